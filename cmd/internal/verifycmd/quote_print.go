// SPDX-License-Identifier: Apache-2.0

package verifycmd

import (
	"fmt"
	"strings"

	"tamizdat/claim/quote"
	"tamizdat/internal/cli"
)

func printQuoteJSON(env *cli.Env, r quote.Report, basis []string) error {
	out := struct {
		OK       bool     `json:"ok"`
		Compared []string `json:"compared_with"`
		quote.Report
	}{r.Good(), basis, r}
	return env.JSON(out)
}

func printQuotes(env *cli.Env, r quote.Report, basis []string) {
	for _, line := range basis {
		env.Printf("compared with %s\n", line)
	}
	env.Printf("letters: %d; texts with translations and what the case has: %d\n", r.Letters, r.Texts)
	for _, f := range r.Findings {
		printFinding(env, f)
	}
	env.Printf("\n%s\n", counts(r))
}

// counts gives the answers in numbers: “3 verbatim, 1 altered”.
func counts(r quote.Report) string {
	var list []string
	for _, a := range []quote.Answer{quote.Verbatim, quote.Altered, quote.Reworded, quote.Said, quote.NotOurs, quote.TooShort, quote.OwnWords} {
		if n := r.Count(a); n > 0 {
			list = append(list, fmt.Sprintf("%d %s", n, a))
		}
	}
	wrong := 0
	for _, f := range r.Findings {
		if f.Miscredited {
			wrong++
		}
	}
	if wrong > 0 {
		list = append(list, fmt.Sprintf("%d credited to somebody else", wrong))
	}
	if len(list) == 0 {
		return "no quotation, and no sentence near a published text"
	}
	return strings.Join(list, ", ")
}

func printFinding(env *cli.Env, f quote.Finding) {
	env.Printf("\nline %d: %s\n", f.Line, f.Sentence)
	env.Printf("  article:   %s\n", oneLine(f.Words))
	if f.Answer == quote.Altered || f.Answer == quote.Reworded {
		for _, p := range f.Places {
			env.Printf("  published: %s\n", oneLine(p.Words))
		}
	}
	for _, d := range f.Differences {
		printDifference(env, d)
	}
	if f.Nearest != nil {
		env.Printf("  nearest:   %s\n", oneLine(f.Nearest.Words))
	}
	for _, n := range f.Notes {
		env.Printf("  note: %s\n", n)
	}
}

func printDifference(env *cli.Env, d quote.Difference) {
	after := ""
	if d.After != "" {
		after = fmt.Sprintf(" after “%s”", oneLine(d.After))
	}
	about := ""
	if d.About != quote.Word {
		about = " (" + string(d.About) + ")"
	}
	switch {
	case d.Article == "":
		env.Printf("    %s%s: “%s”%s\n", d.Change, about, oneLine(d.Published), after)
	case d.Published == "":
		env.Printf("    %s%s: “%s”%s\n", d.Change, about, oneLine(d.Article), after)
	default:
		env.Printf("    %s%s: published “%s”, the article has “%s”%s\n", d.Change, about, oneLine(d.Published), oneLine(d.Article), after)
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
