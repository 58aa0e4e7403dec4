// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"fmt"

	"tamizdat/claim/study"
	"tamizdat/claim/study/panel"
	"tamizdat/internal/cli"
)

// runStudy writes the founding case, or the numbers of an invented panel that can
// be added to it.
func (p *program) runStudy(_ context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.reading("study")
	out := fs.String("out", "", "")
	invented := fs.Bool("panel", false, "")
	if err := o.parse(fs, args, 0, 0); err != nil {
		return err
	}
	b, note, err := study.FoundingCase(), "It is a study of what was published about real people: nobody alive is rated in it, and its sentences are ours.", error(nil)
	if *invented {
		b, err = panel.Case().Encode()
		note = fmt.Sprintf("Its people, numbers and checks are invented. Add it to a log after the founding case, loaded with --leave-out Q1.resolution --leave-out Q1.resolved_at; the panel's base rate for Q1 is base_rate=%v, to be set before.", panel.BaseRate)
	}
	if err != nil {
		return err
	}
	if *out == "" {
		_, err := env.Stdout.Write(b)
		return err
	}
	if err := cli.WriteNew(*out, b); err != nil {
		return err
	}
	env.Notef("Written to %s. %s\n", *out, note)
	return nil
}
