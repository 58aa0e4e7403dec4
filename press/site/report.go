// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tamizdat/press/tlog"
)

// Problem is one thing that is wrong, with its place. Line and Column count
// from 1, columns in characters; they are 0 where a whole file is meant.
type Problem struct {
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	What     string `json:"what"`
	Expected string `json:"expected,omitempty"`
	Found    string `json:"found,omitempty"`
}

// String puts the problem in one line, or three with the words.
func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(", line %d, character %d", p.Line, p.Column)
	}
	s += ": " + p.What
	if p.Expected != "" || p.Found != "" {
		s += "\n  expected " + strconv.Quote(p.Expected) + "\n  found    " + strconv.Quote(p.Found)
	}
	return s
}

// Report is the outcome of a verification. It is good only if OK says so.
type Report struct {
	Verdicts  []tlog.Verdict `json:"verdicts"`  // one for each edition of a page, or one for a site
	Problems  []Problem      `json:"problems"`  // anything here means: do not believe it
	Notes     []string       `json:"notes"`     // true, and worth knowing
	Checked   []string       `json:"checked"`   // what was verified
	Unchecked []string       `json:"unchecked"` // what cannot be, from these files
}

// OK tells whether everything that was looked at is as it was published and
// the policy accepts the log's witnesses.
func (r Report) OK() bool {
	if len(r.Problems) > 0 || len(r.Verdicts) == 0 {
		return false
	}
	for _, v := range r.Verdicts {
		if !v.Accepted {
			return false
		}
	}
	return true
}

// Answer is the weakest of the verdicts in words; with a problem it is
// always that something was changed.
func (r Report) Answer() string {
	if len(r.Verdicts) == 0 {
		return tlog.Verdict{}.String()
	}
	if len(r.Problems) > 0 {
		return "changed: this is not what was published"
	}
	worst := r.Verdicts[0]
	for _, v := range r.Verdicts {
		if v.Answer < worst.Answer {
			worst = v
		}
	}
	return worst.String()
}

func (r *Report) problem(p Problem) { r.Problems = append(r.Problems, p) }

// has tells whether a problem with the file has been reported.
func (r *Report) has(file string) bool {
	for _, p := range r.Problems {
		if p.File == file {
			return true
		}
	}
	return false
}

func (r *Report) note(format string, a ...any) {
	n := fmt.Sprintf(format, a...)
	if slices.Contains(r.Notes, n) {
		return
	}
	r.Notes = append(r.Notes, n)
}

func (r *Report) ignored(v tlog.Verdict) {
	if len(v.Ignored) > 0 {
		r.note("signature lines by keys that the policy does not know were not counted: %s", strings.Join(v.Ignored, ", "))
	}
}
