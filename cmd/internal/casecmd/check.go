// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"encoding/json"
	"strconv"

	"tamizdat/claim"
	"tamizdat/internal/cli"
)

// printHoldings says how much of what a case holds.
func printHoldings(env *cli.Env, c *claim.Case) {
	env.Printf("%s\n", c.Case)
	if c.Note != "" {
		env.Text("  ", c.Note)
	}
	for _, h := range []struct {
		n    int
		what string
	}{
		{len(c.Documents), "documents"},
		{len(c.Parties), "parties"},
		{len(c.Claims), "claims"},
		{len(c.Utterances), "utterances"},
		{len(c.Estimates), "estimates"},
		{len(c.Questions), "questions"},
		{len(c.Forecasts), "forecasts"},
		{len(c.Assessments), "assessments"},
	} {
		if h.n > 0 {
			env.Printf("%6d %s\n", h.n, h.what)
		}
	}
}

func printProblems(env *cli.Env, f *file) {
	problems := f.problems()
	for _, p := range problems {
		env.Printf("%-9s %s: %s\n", p.Rule, p.Object, p.Says)
	}
	if len(problems) == 0 {
		env.Printf("it keeps all rules\n")
	}
	for _, c := range f.conflicts() {
		env.Printf("choose    %s: %s is", c.Object, c.Field)
		for i, v := range c.Values {
			if i > 0 {
				env.Printf(", or")
			}
			env.Printf(" %s (%s, %s)", valueText(v.Value), v.Actor, v.At.Format("2006-01-02"))
		}
		env.Printf("\n")
	}
	for _, a := range f.aside() {
		env.Printf("aside     %s, %s: %s\n", a.By, a.At.Format("2006-01-02"), a.Why)
	}
}

// valueText gives a value as people write it: JSON escapes more than they do.
func valueText(v json.RawMessage) string {
	var text string
	if json.Unmarshal(v, &text) != nil {
		return string(v)
	}
	return strconv.Quote(text)
}

// problems lists what breaks a rule as the case stands, and what only its log tells.
func (f *file) problems() []claim.Problem {
	if f.shared != nil {
		return f.shared.Problems()
	}
	return append(f.c.Check(), claim.CheckLog(f.log)...)
}

// conflicts lists what waits for a choice.
func (f *file) conflicts() []claim.Conflict {
	switch {
	case f.shared != nil:
		return f.shared.Conflicts()
	case f.register != nil:
		return f.register.Conflicts()
	}
	return nil
}

// aside lists what came from colleagues and counts for nothing.
func (f *file) aside() []Aside {
	if f.shared == nil {
		return nil
	}
	return f.shared.Aside
}

// hash is what a publication lists a thing by; empty where none can.
func (f *file) hash(id string) string {
	if f.shared != nil {
		return f.shared.Hash(id)
	}
	hash, _ := f.c.Hash(id)
	return hash
}

func (p *program) runCheck(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	f, err := p.read(ctx, env, &o, o.reading("check"), args, 1, 1)
	if err != nil {
		return err
	}
	if o.json {
		return env.JSON(struct {
			Problems  []claim.Problem  `json:"problems"`
			Conflicts []claim.Conflict `json:"conflicts"`
			Aside     []Aside          `json:"aside,omitempty"`
		}{f.problems(), f.conflicts(), f.aside()})
	}
	printProblems(env, f)
	return nil
}
