// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tamizdat/desk"
	"tamizdat/internal/cli"
	"tamizdat/letter"
)

func (p *program) runList(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	if _, err := o.parse(env, o.flags("list"), args, 0, 0); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		if d.Behind() {
			return desk.ErrBehind
		}
		letters := d.Letters()
		if o.json {
			return env.JSON(letters)
		}
		for _, l := range letters {
			printLine(env, l)
		}
		if len(letters) == 0 {
			env.Notef("No letters yet.\n")
		}
		return nil
	})
}

func printLine(env *cli.Env, l desk.LetterInfo) {
	mark := " "
	if !l.Read {
		mark = "*"
	}
	env.Printf("%s %s  week of %s  %s (%s)", mark, l.ID.Short(), weekOf(l.Week), l.From, orDash(l.Label))
	if l.Files > 0 {
		env.Printf("  %s", count(l.Files, "file", "files"))
	}
	if l.Replies > 0 {
		env.Printf("  %s", count(l.Replies, "reply", "replies"))
	}
	if l.Quarantine != "" {
		env.Printf("  [%s]", l.Quarantine)
	}
	if l.Disputed {
		env.Printf("  [another text came under the same id]")
	}
	if l.Given != "" {
		env.Printf("  [given by %s, not opened here]", l.Given)
	}
	env.Printf("  %s\n", quoted(l.Begins))
}

// count writes a number of things.
func count[N int | int64 | uint64](n N, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", one)
	}
	return fmt.Sprintf("%d %s", n, many)
}

// quoted shows where a stranger's words begin and end within a line. Spaces are
// drawn together, so that they cannot push the rest into another row.
func quoted(s string) string {
	return `"` + strings.ReplaceAll(strings.Join(strings.Fields(s), " "), `"`, `\"`) + `"`
}

// weekOf is the Monday of a week (spec/README.md §1).
func weekOf(week uint32) string { return date((int64(week)*7 - 3) * 86400) }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func (p *program) runRead(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("read"), args, 0, 1)
	if err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		id, err := findOrNext(d, words)
		if err != nil {
			return err
		}
		l, err := d.Letter(id)
		if err != nil {
			return err
		}
		if o.json {
			err = env.JSON(l)
		} else {
			printLetter(env, l)
		}
		return errors.Join(err, d.MarkRead(id))
	})
}

// findOrNext finds the letter that was named, or else the oldest that nobody has
// read here, or else the newest.
func findOrNext(d *desk.Desk, words []string) (desk.LetterID, error) {
	if len(words) > 0 {
		return find(d, words[0])
	}
	if d.Behind() {
		return desk.LetterID{}, desk.ErrBehind
	}
	letters := d.Letters()
	if len(letters) == 0 {
		return desk.LetterID{}, cli.WithHint(errors.New("there is no letter yet"), "a letter can be read after the drop's next sealing: tamizdat desk status")
	}
	for _, l := range letters {
		if !l.Read {
			return l.ID, nil
		}
	}
	return letters[len(letters)-1].ID, nil
}

func find(d *desk.Desk, typed string) (desk.LetterID, error) {
	id, err := d.Find(typed)
	if errors.Is(err, desk.ErrNoLetter) {
		err = cli.WithHint(err, "tamizdat desk list shows the names; type the whole of one or its beginning")
	}
	return id, err
}

func printLetter(env *cli.Env, l *desk.Letter) {
	env.Printf("%s %s\nfrom %s, label %s (English), week of %s\n", l.Kind, l.ID, l.From, orDash(l.Label), weekOf(l.Week))
	if l.Quarantine != "" {
		env.Printf("WARNING: %s\n", l.Quarantine)
	}
	if l.Given != "" {
		env.Printf("given by %s, not opened here; the same text opened at the desk of %s\n", l.Given, orDash(strings.Join(l.Agreement.Same, ", ")))
	}
	for _, other := range l.Disputes {
		env.Printf("WARNING: the same sender gave the same id to another text: %s\n", other.Short())
	}
	if l.Agreement.Words() != "" {
		env.Printf("WARNING: %s\n", l.Agreement.Words())
	}
	env.Printf("\n")
	env.Text("| ", l.Text)
	printAttached(env, l.Attached)
	printPieces(env, l)
	for _, a := range l.Answers {
		whose := "your answer"
		if a.By != "" {
			whose = "answer of " + a.By + ","
		}
		env.Printf("\n%s %d, %s (%s)\n", whose, a.Number, date(int64(a.Day)*86400), a.State)
		env.Text("> ", a.Text)
	}
}

func printAttached(env *cli.Env, files []desk.FileInfo) {
	for i, f := range files {
		env.Printf("\nfile %d: %s, said to be %s, %d bytes", i+1, quoted(f.Name), quoted(orDash(f.Type)), f.Length)
	}
	if len(files) > 0 {
		env.Printf("\n")
	}
}

func (p *program) runReply(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("reply"), args, 1, 1)
	if err != nil {
		return err
	}
	var id desk.LetterID
	var text string
	return p.asking(ctx, env, o, func(d *desk.Desk) (err error) {
		id, err = find(d, words[0])
		return err
	}, func() (err error) {
		text, err = answer(env)
		return err
	}, func(d *desk.Desk) error {
		at, err := d.Reply(id, text)
		if errors.Is(err, letter.ErrTooLong) {
			err = cli.WithHint(err, "write two answers")
		}
		if err != nil {
			return err
		}
		env.Printf("Queued. It goes to the drop about %s, if this desk runs then.\n", p.when(at))
		return nil
	})
}

// answer gets the text of a reply. What was typed is shown before it is queued,
// since nobody can take it back.
func answer(env *cli.Env) (string, error) {
	if !env.Terminal() {
		text, err := env.ReadAll()
		return string(text), err
	}
	env.Notef("Write the answer. A line with a single dot, or Ctrl-D, ends it.\n\n")
	text, err := env.Typed()
	if errors.Is(err, cli.ErrCut) {
		err = cli.WithHint(fmt.Errorf("%w; nothing was queued", err),
			"break long paragraphs into lines, or give the answer on standard input, after a line with the passphrase")
	}
	if err != nil {
		return "", err
	}
	env.Notef("\nThis would be sent:\n")
	env.Text("> ", text)
	return text, confirm(env, "Type yes to queue it: ")
}

// when tells a moment to come as people do.
func (p *program) when(t time.Time) string {
	in := t.Sub(p.now()).Round(time.Second)
	if in >= time.Minute {
		in = in.Round(time.Minute)
	}
	return fmt.Sprintf("%s (in %s)", t.UTC().Format("2 January 15:04 UTC"), strings.TrimSuffix(in.String(), "0s"))
}

func (p *program) runRun(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("run")
	background := fs.Bool("background", false, "")
	idle := fs.Duration("lock-after", lockAfter, "")
	covers := fs.Int("covers", desk.CoversADay, "")
	o.fetchFlag(fs)
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	if err := errors.Join(checkCovers(*covers), o.checkFetch()); err != nil {
		return err
	}
	w := &watch{p: p, env: env, o: o, background: *background, idle: *idle, covers: *covers}
	if *background {
		return explain(w.lockedWatch(ctx))
	}
	return w.begin(ctx)
}

func (p *program) runSync(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("sync")
	o.fetchFlag(fs)
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	if err := o.checkFetch(); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		r, err := d.Round(ctx)
		tell(env, r)
		return err
	})
}
