// SPDX-License-Identifier: Apache-2.0

// Package doctor is what the programs' doctors have in common: a list of checks,
// each of which finds one thing and says what to do about it, and the report of
// them for a person or for monitoring.
//
// Make [Check] values of [OK], [Warn], [Fail] and [Unknown], and give them to
// [Report]. A [Machine] has the checks that concern any program which keeps
// secrets: clock, disk, swap, crashes, folders.
//
// A doctor changes nothing, takes no lock that a running program wants, and says
// nothing about a source: no count or size of what waits, and no time at which
// something came. It trusts the system that it looks at; a machine that was
// broken into can show it anything.
package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"tamizdat/internal/cli"
)

// Grade is how bad a finding is. Its numbers are the exit codes that monitoring
// programs agree on.
type Grade int

const (
	Good     Grade = 0
	Warning  Grade = 1
	Critical Grade = 2
	Unseen   Grade = 3 // it cannot be looked at here; no reason for alarm
)

func (g Grade) String() string {
	switch g {
	case Good:
		return "ok"
	case Warning:
		return "warn"
	case Critical:
		return "FAIL"
	}
	return "?"
}

// MarshalText writes the grade into JSON.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// Finding is what a check found and what to do about it.
type Finding struct {
	Grade Grade  `json:"grade"`
	What  string `json:"what"`
	Do    string `json:"do,omitempty"`
}

// OK is a finding of something as it should be.
func OK(what string) Finding { return Finding{Grade: Good, What: what} }

// Warn is a finding that will do harm if nobody cares.
func Warn(what, do string) Finding { return Finding{Warning, what, do} }

// Fail is a finding that does harm now.
func Fail(what, do string) Finding { return Finding{Critical, what, do} }

// Unknown is for what cannot be seen on this system.
func Unknown(what string) Finding { return Finding{Grade: Unseen, What: what} }

// Failed makes a finding of an error, with the advice that it brings, else with
// another.
func Failed(err error, otherwise string) Finding {
	if hints := cli.Hints(err); len(hints) > 0 {
		otherwise = strings.Join(hints, "; ")
	}
	return Fail(err.Error(), otherwise)
}

// Later stands for a check that needs what another one has complained about.
func Later() Finding { return Unknown("not looked at before the rest is right") }

// Check is one thing to look at. Name is one word.
type Check struct {
	Name string
	Look func(context.Context) Finding
}

// Now makes a look of one that takes no time.
func Now(look func() Finding) func(context.Context) Finding {
	return func(context.Context) Finding { return look() }
}

// result is a finding with its check's name.
type result struct {
	Check string `json:"check"`
	Finding
}

// report is what is printed as JSON.
type report struct {
	Grade  Grade    `json:"grade"` // the worst
	Checks []result `json:"checks"`
}

// Report makes all checks, in their order, and prints one line for each. Its
// error is the exit code: 0 for all well, 1 for warnings, 2 where something
// fails.
func Report(ctx context.Context, env *cli.Env, checks []Check, asJSON bool) error {
	r := report{Checks: []result{}}
	for _, c := range checks {
		f := c.Look(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		r.Checks = append(r.Checks, result{c.Name, f})
		if f.Grade != Unseen {
			r.Grade = max(r.Grade, f.Grade)
		}
		if !asJSON {
			env.Printf("%s\n", line(c.Name, f))
		}
	}
	if asJSON {
		b, err := json.Marshal(r)
		if err != nil {
			return err
		}
		env.Printf("%s\n", b)
	}
	return cli.ExitWith(int(r.Grade))
}

// line is a finding for a person.
func line(name string, f Finding) string {
	text := name + ": " + f.What
	if f.Do != "" {
		text += " — " + f.Do
	}
	return fmt.Sprintf("%-4s  %s", f.Grade, text)
}
