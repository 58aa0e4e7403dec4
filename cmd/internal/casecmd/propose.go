// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"fmt"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/measure"
	"tamizdat/claim/mutation"
	"tamizdat/internal/cli"
)

// runOrigins counts the origins of one claim, or of all.
func (p *program) runOrigins(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	f, err := p.read(ctx, env, &o, o.reading("origins"), args, 1, 2)
	if err != nil {
		return err
	}
	x := claim.NewIndex(&f.c)
	var counts []claim.Origins
	if len(o.words) == 2 {
		if x.Claim(o.words[1]) == nil {
			return fmt.Errorf("there is no claim %s in %s", o.words[1], o.words[0])
		}
		counts = append(counts, x.Origins(o.words[1]))
	} else {
		for i := range f.c.Claims {
			if id := f.c.Claims[i].ID; x.Head(id) == id {
				counts = append(counts, x.Origins(id))
			}
		}
	}
	if o.json {
		return env.JSON(counts)
	}
	for _, c := range counts {
		env.Printf("%s  %s behind %s (n_eff %.2f)\n", c.Claim, c.Count(), count(c.Documents, "document"), c.Effective)
		env.Printf("    %s\n", c.Sentence)
	}
	return nil
}

// runMutations proposes what relays have changed.
func (p *program) runMutations(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	f, err := p.read(ctx, env, &o, o.reading("mutations"), args, 1, 1)
	if err != nil {
		return err
	}
	found := mutation.Propose(claim.NewIndex(&f.c))
	if o.json {
		return env.JSON(append([]mutation.Proposal{}, found...))
	}
	for _, m := range found {
		env.Printf("%s  %s: %s\n", m.Utterance, m.Label, m.Reason)
		env.Printf("    key %s\n", m.Key)
	}
	if len(found) == 0 {
		env.Printf("no relay says anything else than what it repeats, as far as this can be read\n")
	}
	return nil
}

// runLanes draws the estimates, one lane a measurand.
func (p *program) runLanes(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.reading("lanes")
	knownAt := fs.String("known-at", "", "")
	f, err := p.read(ctx, env, &o, fs, args, 1, 1)
	if err != nil {
		return err
	}
	var by *claim.Day
	if *knownAt != "" {
		d, err := claim.ParseDate(*knownAt)
		if err != nil {
			return cli.Usagef("--known-at: %w", err)
		}
		_, last := d.Bounds()
		by = &last
	}
	x := claim.NewIndex(&f.c)
	lanes := measure.Chart(x, by)
	findings, broken := measure.CheckAll(x)
	apart := measure.Disagreements(x, by)
	if o.json {
		return env.JSON(struct {
			Lanes         measure.Lanes          `json:"lanes"`
			Arithmetic    []measure.Finding      `json:"arithmetic"`
			Disagreements []measure.Disagreement `json:"disagreements"`
		}{lanes, findings, apart})
	}
	for _, f := range findings {
		env.Printf("arithmetic: %s\n", f.Sentence)
	}
	for _, err := range broken {
		env.Printf("arithmetic: %v\n", err)
	}
	for _, d := range apart {
		env.Printf("%s\n", d.Sentence)
	}
	if len(findings)+len(broken)+len(apart) > 0 {
		env.Printf("\n")
	}
	for line := range strings.Lines(lanes.Draw(lanesWidth)) {
		env.Printf("%s\n", strings.TrimSuffix(line, "\n"))
	}
	return nil
}

const lanesWidth = 78
