// SPDX-License-Identifier: Apache-2.0

package sourcecmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/drop"
	"tamizdat/internal/cli"
	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

const aboutSend = `tamizdat-source send --drop URL [--newsroom KEY | --check "W W W W"] [--socks HOST:PORT]
                     [--text FILE] [--attach FILE]… [--leave-out NAME]…

Sends a letter. In a terminal you are asked for your twelve words, which are not
shown, and type the letter; a line with a single dot, or Ctrl-D, ends it. A
terminal takes lines of at most 4,095 bytes: longer paragraphs come by --text.
However it ends, the screen can then be cleared.

  --text FILE        take the letter from FILE, - for standard input
  --attach FILE      send FILE with it; give it again for more files. The bare
                     name of the file is sent, and the file as it is: remove what
                     names you inside it first
  --leave-out NAME   do not let this journalist read it; nobody can tell

Where the drop did not answer when the letter was handed over, nobody knows
whether it has it. Look for the label in the replies before you send it again.

Without a terminal, the words are the first line of standard input, and the
letter is the rest.
`

func sendCommand() *cli.Command {
	return &cli.Command{Name: "send", Summary: "send a letter", Usage: aboutSend, Run: runSend}
}

// errand is what one call of send has to do.
type errand struct {
	place
	text     string
	attach   list
	leaveOut list
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string { return strings.Join(*l, ", ") }

// Set implements flag.Value.
func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

func runSend(ctx context.Context, env *cli.Env, args []string) (err error) {
	var e errand
	defer e.leave(env)
	defer func() { err = e.sweepAfter(env, err) }()
	fs := flag.NewFlagSet("send", flag.ContinueOnError)
	fs.StringVar(&e.text, "text", "", "")
	fs.Var(&e.attach, "attach", "")
	fs.Var(&e.leaveOut, "leave-out", "")
	if err := e.parse(fs, args); err != nil {
		return err
	}
	files, err := attachments(e.attach)
	if err != nil {
		return err
	}
	visit, words, err := e.meet(ctx, env)
	if err != nil {
		return err
	}
	return e.write(ctx, env, visit, words[0], files)
}

// write is the second half of a call, when the drop is checked and the words
// are known.
func (e *errand) write(ctx context.Context, env *cli.Env, visit *source.Visit, words *letter.Words, files []source.File) error {
	leaveOut, err := e.leftOut(visit)
	if err != nil {
		return err
	}
	if err := visit.MaySend(); err != nil {
		return explain(err)
	}
	text, err := e.letter(env)
	if err != nil {
		return err
	}
	draft, err := visit.Compose(words, text, files...)
	if err != nil {
		return explainDraft(err)
	}
	defer draft.Discard()
	showDraft(env, draft, files)
	sent, err := e.deliver(ctx, env, visit, draft, leaveOut)
	if err != nil {
		return explainUnsent(env, err, draft)
	}
	showSent(env, sent, draft.Perhaps())
	return nil
}

// explainUnsent does not call a letter unsent that may have arrived: a second one
// would have another label, and whoever counts sees that somebody wrote twice.
func explainUnsent(env *cli.Env, err error, d *source.Draft) error {
	labels := d.Perhaps()
	if len(labels) == 0 {
		return explain(err)
	}
	env.Printf("perhaps not sent.\n")
	for _, l := range labels {
		env.Printf("label: %s\n", l)
	}
	return cli.WithHint(fmt.Errorf("perhaps not sent, because one try got no answer: %v", err), hintPerhaps)
}

const hintPerhaps = "look for the label in the replies before you send again"

// leftOut finds the journalists whom --leave-out names.
func (e *errand) leftOut(visit *source.Visit) ([]wire.JournalistID, error) {
	var ids []wire.JournalistID
	for _, name := range e.leaveOut {
		found := false
		for _, r := range visit.Recipients() {
			if r.Name == name {
				ids, found = append(ids, r.ID), true
			}
		}
		if !found {
			return nil, cli.Usagef("--leave-out %q is none of the journalists", name)
		}
	}
	if len(ids) >= len(visit.Recipients()) {
		return nil, cli.Usagef("--leave-out leaves nobody who could read the letter")
	}
	return ids, nil
}

// attachments looks at the files before anything else is done.
func attachments(paths []string) ([]source.File, error) {
	var files []source.File
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("attach a file: %w", err)
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is not a file that can be attached", path)
		}
		open := func() (io.ReadCloser, error) { return os.Open(path) }
		files = append(files, source.File{Name: filepath.Base(path), Size: info.Size(), Open: open})
	}
	return files, nil
}

// letter gets the text from where the person said.
func (e *errand) letter(env *cli.Env) (string, error) {
	switch {
	case e.text != "" && e.text != "-":
		return fromFile(e.text)
	case env.Terminal():
		return typed(env)
	}
	text, err := env.ReadAll()
	return string(text), err
}

// fromFile reads a little more than a letter can hold, so that a wrong file is
// refused and not read whole.
func fromFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the letter: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return "", fmt.Errorf("read the letter: %w", err)
	}
	return string(text), nil
}

func typed(env *cli.Env) (string, error) {
	env.Notef("Write the letter. A line with a single dot, or Ctrl-D, ends it.\n\n")
	text, err := env.Typed()
	if errors.Is(err, cli.ErrCut) {
		err = cli.WithHint(fmt.Errorf("%w; nothing was sent", err),
			"break long paragraphs into lines, or give the letter by --text FILE")
	}
	return text, err
}

func explainDraft(err error) error {
	switch {
	case errors.Is(err, letter.ErrTooLong):
		return cli.WithHint(err, "shorten it, or send the rest as a second letter; about 2,000 words fit")
	case errors.Is(err, letter.ErrText):
		return cli.WithHint(err, "a letter is text in UTF-8 and not empty, with line breaks and tabs and no other control characters")
	case errors.Is(err, source.ErrOwnWords):
		return cli.WithHint(err, "nothing was sent; the newsroom knows you by your words without reading them")
	}
	return explain(err)
}

func showDraft(env *cli.Env, d *source.Draft, files []source.File) {
	if used, total, err := d.Room(); err == nil {
		env.Notef("the letter uses %d %% of the space\n", (used*100+total-1)/total)
	}
	for _, f := range files {
		env.Notef("with it goes %s, %d bytes; the file's name is sent too\n", f.Name, f.Size)
	}
	if n := d.Chunks(); n > 0 {
		env.Notef("the drop sees that someone brings %d MiB\n", n)
	}
}

// deliver sends, and on a terminal tries again as often as the person likes:
// what was uploaded stays uploaded, and the letter stays in memory.
func (e *errand) deliver(ctx context.Context, env *cli.Env, visit *source.Visit, d *source.Draft, leaveOut []wire.JournalistID) (*source.Sent, error) {
	for {
		sent, err := sendOnce(ctx, env, visit, d, leaveOut)
		if err == nil {
			return sent, nil
		}
		if errors.Is(err, drop.ErrRefused) {
			if next, changed := e.revisit(ctx, env, visit); changed != nil {
				return nil, changed
			} else if next != nil {
				visit = next
				continue
			}
		}
		if ctx.Err() != nil || !env.Terminal() {
			return nil, err
		}
		noteUnsent(env, err, d.Perhaps())
		if askYes(env, "Type yes to try again: ", err) != nil {
			return nil, err
		}
	}
}

func noteUnsent(env *cli.Env, err error, perhaps []string) {
	if len(perhaps) == 0 {
		env.Notef("not sent: %v\n", err)
		return
	}
	env.Notef("perhaps not sent: %v\nlabel: %s\n%s; now, the same letter can be handed over once more\n",
		err, strings.Join(perhaps, ", "), hintPerhaps)
}

// revisit looks whether a letter was refused because the newsroom has a new list
// of journalists since the visit began (spec/drop.md §9). It returns a visit
// under the new list, which the person has seen, or nil if there is none.
func (e *errand) revisit(ctx context.Context, env *cli.Env, old *source.Visit) (*source.Visit, error) {
	e.newsroom, e.check = old.Newsroom().Key.String(), "" // what was compared once is not left open again
	v, err := e.begin(ctx, env)
	if err != nil {
		return nil, err
	}
	next, err := v.complete()
	if err != nil {
		return nil, explain(err)
	}
	if next.Newsroom().Roster == old.Newsroom().Roster {
		return nil, nil
	}
	changed := cli.WithHint(errors.New("the newsroom has a new list of journalists, and the letter was not sent to these"), "send the letter again to write to those who are on it now")
	if !env.Terminal() {
		return nil, changed
	}
	showNewsroom(env, next.Newsroom())
	if err := askYes(env, "The list of journalists has changed. Type yes to send to these: ", changed); err != nil {
		return nil, err
	}
	return next, nil
}

func sendOnce(ctx context.Context, env *cli.Env, visit *source.Visit, d *source.Draft, leaveOut []wire.JournalistID) (*source.Sent, error) {
	o := source.SendOptions{LeaveOut: leaveOut}
	if d.Chunks() > 0 {
		bar := env.Progress("uploading", int64(d.Chunks())*wire.ChunkSize)
		defer bar.Done()
		var before int64
		o.Progress = func(done, _ int64) {
			bar.Add(done - before)
			before = done
		}
	}
	return visit.Send(ctx, d, o)
}

func showSent(env *cli.Env, s *source.Sent, perhaps []string) {
	env.Printf("sent.\nlabel: %s\n", s.Label)
	env.Printf("for: %s\n", strings.Join(s.To, ", "))
	if len(s.Without) > 0 {
		env.Printf("not for: %s\n", strings.Join(s.Without, ", "))
	}
	for _, label := range perhaps {
		if label != s.Label {
			env.Printf("perhaps also sent, by a try that got no answer: %s\n", label)
		}
	}
	env.Printf("\nThe drop has it on disk. The newsroom can read it after %s UTC.\n"+
		"Replies will name your letter by its label. Come back with your twelve words\n"+
		"in a day or two; if after a week the label is in no reply, send it again.\n", s.Sealing.Format("15:04 on 2 January"))
}
