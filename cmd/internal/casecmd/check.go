// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"

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
	problems := append(f.c.Check(), claim.CheckLog(f.log)...)
	for _, p := range problems {
		env.Printf("%-9s %s: %s\n", p.Rule, p.Object, p.Says)
	}
	if len(problems) == 0 {
		env.Printf("it keeps all rules\n")
	}
	if f.register == nil {
		return
	}
	for _, c := range f.register.Conflicts() {
		env.Printf("choose    %s: %s is", c.Object, c.Field)
		for i, v := range c.Values {
			if i > 0 {
				env.Printf(", or")
			}
			env.Printf(" %s (%s, %s)", string(v.Value), v.Actor, v.At.Format("2006-01-02"))
		}
		env.Printf("\n")
	}
}

func (p *program) runCheck(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	f, err := p.read(ctx, env, &o, o.reading("check"), args, 1, 1)
	if err != nil {
		return err
	}
	if o.json {
		out := struct {
			Problems  []claim.Problem  `json:"problems"`
			Conflicts []claim.Conflict `json:"conflicts"`
		}{Problems: append(f.c.Check(), claim.CheckLog(f.log)...)}
		if f.register != nil {
			out.Conflicts = f.register.Conflicts()
		}
		return env.JSON(out)
	}
	printProblems(env, f)
	return nil
}
