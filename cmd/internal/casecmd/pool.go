// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/measure"
	"tamizdat/claim/wording"
	"tamizdat/internal/cli"
)

// runPool makes one range of several estimates, because somebody asks for it; it
// keeps nothing. The words are estimates, or one measurand for all of its own.
func (p *program) runPool(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	ask := measure.Ask{Weights: map[string]float64{}}
	fs := o.reading("pool")
	fs.Func("weight", "", func(s string) error { return weightFrom(s, ask.Weights) })
	listFlag(fs, "floor", &ask.Floors)
	fs.Float64Var(&ask.About, "about", 0, "")
	f, err := p.read(ctx, env, &o, fs, args, 2, -1)
	if err != nil {
		return err
	}
	x := claim.NewIndex(&f.c)
	if ask.Estimates, err = toPool(x, o.words[1:]); err != nil {
		return err
	}
	pooled, err := measure.Pool(x, ask)
	if err != nil {
		return err
	}
	if o.json {
		return env.JSON(pooled)
	}
	printPool(env, &pooled)
	return nil
}

// weightFrom reads ESTIMATE=NUMBER.
func weightFrom(s string, into map[string]float64) error {
	id, text, ok := strings.Cut(s, "=")
	w, err := strconv.ParseFloat(text, 64)
	if !ok || err != nil {
		return fmt.Errorf("%q has not the form ESTIMATE=NUMBER", s)
	}
	into[id] = w
	return nil
}

// toPool lists the estimates that are asked for. Those of a measurand are what
// counts the same, whatever its id.
func toPool(x *claim.Index, words []string) ([]string, error) {
	m := x.Measurand(words[0])
	if m == nil {
		return words, nil
	}
	if len(words) > 1 {
		return nil, cli.Usagef("pool takes estimates, or one measurand alone")
	}
	var out []string
	for i := range x.Case.Estimates {
		e := &x.Case.Estimates[i]
		if of := x.Measurand(e.Measurand); of != nil && measure.Same(*m, *of) {
			out = append(out, e.ID)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("there is no estimate of %s in the case", m.ID)
	}
	return out, nil
}

func printPool(env *cli.Env, p *measure.Pooled) {
	env.Text("", fmt.Sprintf("%s: %s of %s, in %s", p.Measurand.ID, p.Measurand.Quantity, p.Measurand.Population, p.Measurand.Unit))
	if p.Disagree {
		env.Printf("sources disagree: there is no one range\n")
	} else {
		env.Printf("80 %%: %s–%s, median %s\n", rough(*p.Low), rough(*p.High), rough(*p.Median))
	}
	env.Printf("how it was made (weights and “about” are conventions of the house)\n")
	for _, step := range p.Steps {
		env.Text("    ", step)
	}
	if len(p.LeftOut) > 0 {
		env.Printf("left out\n")
	}
	for _, why := range p.LeftOut {
		env.Text("    ", why)
	}
}

// rough writes a number without a fraction that nobody measured.
func rough(v float64) string {
	if v >= 100 {
		v = math.Round(v)
	}
	return wording.Write(v)
}
