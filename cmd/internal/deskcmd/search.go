// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"strings"

	"tamizdat/desk"
	"tamizdat/desk/search"
	"tamizdat/internal/cli"
)

const searchUsage = `tamizdat desk search [--dir D] [QUERY] [--limit N] [--json]

Finds letters, colleagues' notes and what was taken in by their words, in English,
Russian and Ukrainian, best match first. QUERY is one argument, in quotes for your
shell; without it you are asked, which leaves no trace in the shell's history.

  boxes archive        both words, in any inflection
  "carried out"        these very words, side by side
  arch*                words that begin so
  boxes -archive       not with that word

Letter case, stress marks, ё or е, the kind of apostrophe and how a number's
thousands are parted make no difference. What was found stands in [brackets]. The
index is made anew in memory each time and never written down.

--limit   how many are shown; 20 where nothing is said
`

func (p *program) runSearch(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("search")
	limit := fs.Int("limit", 20, "")
	words, err := o.parse(env, fs, args, 0, 1)
	if err != nil {
		return err
	}
	if *limit < 1 {
		return cli.Usagef("--limit is a number from 1")
	}
	query := strings.Join(words, "")
	return p.asking(ctx, env, o, nothing, func() (err error) {
		if query == "" {
			query, err = env.Line("Look for: ")
		}
		return err
	}, func(d *desk.Desk) error {
		hits, total, err := d.Search(query, *limit)
		if err != nil {
			return err
		}
		if o.json {
			return env.JSON(map[string]any{"total": total, "hits": hits})
		}
		for _, h := range hits {
			printMatch(env, h)
		}
		env.Notef("%s found, %d shown\n", count(total, "text", "texts"), len(hits))
		return nil
	})
}

func printMatch(env *cli.Env, h desk.Match) {
	kind := h.Kind
	if h.Item {
		kind += " taken in"
	}
	env.Printf("%s  week of %s  %s, %s", h.ID[:8], weekOf(h.Week), kind, quoted(h.From))
	if h.Field != "text" {
		env.Printf(", %s", h.Field)
	}
	env.Printf("  %s\n", quoted(marked(h.Snippet)))
}

// marked puts brackets around what was found.
func marked(s search.Snippet) string {
	var b strings.Builder
	at := 0
	for _, m := range s.Marks {
		b.WriteString(s.Text[at:m[0]] + "[" + s.Text[m[0]:m[1]] + "]")
		at = m[1]
	}
	return b.String() + s.Text[at:]
}
