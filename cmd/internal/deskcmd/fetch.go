// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"tamizdat/desk"
	"tamizdat/internal/cli"
)

// fetchFlag is how many MiB of attachments a desk fetches a day.
func (o *options) fetchFlag(fs *flag.FlagSet) { fs.IntVar(&o.fetch, "fetch", desk.FetchADay, "") }

func (o *options) checkFetch() error {
	if o.fetch < 0 || o.fetch > desk.MaxFetchADay {
		return cli.Usagef("--fetch is a number of MiB a day, from 0 to %d", desk.MaxFetchADay)
	}
	return nil
}

func (p *program) runSave(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("save")
	to := fs.String("to", "", "")
	now := fs.Bool("now", false, "")
	words, err := o.parse(env, fs, args, 1, 1)
	if err != nil {
		return err
	}
	if *to == "" {
		return cli.Usagef("--to is missing: the folder to copy into")
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		id, err := find(d, words[0])
		if err == nil {
			err = comes(env, d, id, *now)
		}
		if err != nil {
			return err
		}
		names, err := save(ctx, env, d, id, *to)
		for _, name := range names {
			env.Printf("%s\n", name)
		}
		return err
	})
}

// comes refuses to fetch what comes by itself, unless the person wants it now.
func comes(env *cli.Env, d *desk.Desk, id desk.LetterID, now bool) error {
	here, all, err := d.Pieces(id)
	if err != nil || here == all {
		return err
	}
	if now {
		env.Notef("The drop learns that a desk fetches these pieces now.\n")
		return nil
	}
	return cli.WithHint(fmt.Errorf("%d of %d pieces of these attachments are here", here, all),
		"the others come by themselves while the desk runs (tamizdat desk run), and the drop does not learn which letter they are of; with --now they are fetched at once, and it learns that a desk wants just these")
}

// save fetches what is missing, and copies out.
func save(ctx context.Context, env *cli.Env, d *desk.Desk, id desk.LetterID, to string) ([]string, error) {
	var progress *cli.Progress
	names, err := d.Save(ctx, id, to, func(done, all int) {
		if progress == nil {
			progress = env.Progress("pieces", int64(all))
		}
		progress.Add(1)
	})
	if progress != nil {
		progress.Done()
	}
	return names, err
}

// printPieces tells how the fetching of a letter's attachments stands, while it is not done.
func printPieces(env *cli.Env, l *desk.Letter) {
	if l.Here < l.Pieces {
		env.Printf("%d of %d pieces are here; the others come by themselves while the desk runs\n", l.Here, l.Pieces)
	}
}

// piecesLine tells it of all letters, where there is anything to tell.
func piecesLine(p desk.PiecesInfo) string {
	var say []string
	if p.Missing > 0 {
		say = append(say, count(p.Missing, "piece", "pieces")+" still to come")
	}
	if p.Lost > 0 {
		say = append(say, count(p.Lost, "piece", "pieces")+" given up: the drop does not have them, or does not name them")
	}
	if len(say) == 0 && p.Today > 0 {
		say = append(say, "all are here")
	}
	if len(say) == 0 {
		return ""
	}
	return fmt.Sprintf("attachments: %s; %s fetched today, needed or not\n", strings.Join(say, ", "), count(p.Today, "piece", "pieces"))
}
