// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"tamizdat/desk"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/internal/tor"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

const (
	periodInEarnest = 7 * 86400
	periodFast      = 3600
	maxRequestFile  = 16 << 10
)

func (p *program) runInit(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("init")
	name := fs.String("name", "", "")
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	if *name == "" {
		return cli.Usagef("--name is missing: the name that colleagues and sources will read")
	}
	d, err := p.create(ctx, env, o, *name)
	if err != nil {
		return err
	}
	return d.Close()
}

// create sets a desk up. The caller closes it.
func (p *program) create(ctx context.Context, env *cli.Env, o *options, name string) (*desk.Desk, error) {
	passphrase, err := newPassphrase(env)
	if err != nil {
		return nil, err
	}
	with := p.options(ctx, env, o)
	with.Params = p.costs()
	d, err := desk.Create(o.dir, passphrase, name, with)
	if err != nil {
		return nil, err
	}
	o.passphrase = passphrase
	env.Printf("The desk of %s is set up in %s.\n", name, o.dir)
	env.Notef("Nobody can open it without the passphrase, you neither. Write it down and keep the paper far from this machine.\n" +
		"Papers for others to keep, of which two set a new one: tamizdat desk shares make\n")
	return d, nil
}

// setUp sets a desk up where name is given and there is none yet.
func (p *program) setUp(ctx context.Context, env *cli.Env, o *options, name string) error {
	if name == "" || desk.Exists(o.dir) {
		return nil
	}
	d, err := p.create(ctx, env, o, name)
	if err != nil {
		return err
	}
	return d.Close()
}

// newPassphrase asks twice on a terminal.
func newPassphrase(env *cli.Env) (string, error) {
	first, err := env.Secret("A passphrase for this desk (six random words are good): ")
	if err != nil || !env.Terminal() {
		return first, err
	}
	again, err := env.Secret("The same once more: ")
	if err == nil && again != first {
		err = errors.New("the two were not the same; nothing was set up")
	}
	return first, err
}

func (p *program) runRequest(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("request")
	name, out := fs.String("name", "", ""), outFlag(fs)
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	if err := p.setUp(ctx, env, o, *name); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		request, file := d.Request(), *out
		if file == "" {
			file = fileNameOf(d.Status().Name) + ".request"
		}
		if err := durable.WriteFile(file, request, 0o644); err != nil {
			return err
		}
		env.Printf("%s\n", sixWords(request))
		env.Notef("Send %s to the colleague who founds or changes the newsroom, and read these six words aloud.\n", file)
		return nil
	})
}

// fileNameOf makes a name that every system takes for a file of a name that a
// person chose.
func fileNameOf(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '-'
	}, name)
	if name = strings.Trim(name, "-"); name == "" {
		return "tamizdat"
	}
	return name
}

// sixWords is a request's fingerprint.
func sixWords(request []byte) string {
	words := letter.Fingerprint(request, letter.English())
	return strings.Join(words[:], " ")
}

func (p *program) runFound(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("found")
	f := desk.Founding{}
	fs.StringVar(&f.Name, "name", "", "")
	fs.StringVar(&f.LogKey, "log-key", "", "")
	fs.IntVar(&f.Threshold, "threshold", 2, "")
	for _, name := range []string{"drop", "address"} {
		fs.Func(name, "", func(s string) error { return addDrop(&f, s) })
	}
	fs.Func("drop-key", "", func(s string) error { return fromHex(f.Drop[:], s) })
	fs.Func("incarnation", "", func(s string) error { return fromHex(f.Incarnation[:], s) })
	me, schedule, out, yes := fs.String("me", "", ""), fs.String("schedule", "default", ""), outFlag(fs), fs.Bool("yes", false, "")
	files, err := o.parse(env, fs, args, 0, wire.MaxJournalists-1)
	if err != nil {
		return err
	}
	if missing := missing(&f); len(missing) > 0 {
		return cli.Usagef("found needs %s", strings.Join(missing, ", "))
	}
	if *out == "" {
		*out = fileNameOf(f.Name) + ".draft"
	}
	if err := useSchedule(env, &f, *schedule); err != nil {
		return err
	}
	if err := p.setUp(ctx, env, o, *me); err != nil {
		return err
	}
	err = p.asking(ctx, env, o, nothing, func() (err error) {
		f.Requests, err = readRequests(env, files, *yes)
		return err
	}, func(d *desk.Desk) error {
		f.Threshold = atMost(env, f.Threshold, len(f.Requests)+1)
		draft, err := d.Found(f)
		if err != nil {
			return err
		}
		if err := d.Sign(draft); err != nil {
			return err
		}
		if err := writeDraft(env, d, draft, *out); err != nil {
			return err
		}
		signed, needed := draft.Signers()
		env.Printf("signed: %d of %d\n", signed, needed)
		return nil
	})
	if err == nil {
		p.handOver(ctx, env, o, o.passphrase)
	}
	return err
}

// addDrop takes a drop's line, or its address alone.
func addDrop(f *desk.Founding, text string) error {
	if !strings.Contains(text, "#") {
		f.Addresses = append(f.Addresses, text)
		return wire.CheckAddress(text)
	}
	l, err := parseDropLine(text)
	if err != nil {
		return err
	}
	if (f.Drop != wire.DropKey{}) && (f.Drop != l.Key || f.Incarnation != l.Incarnation) {
		return errors.New("these are the lines of two drops, and a newsroom has one")
	}
	f.Addresses, f.Drop, f.Incarnation = append(f.Addresses, l.Address), l.Key, l.Incarnation
	return nil
}

// parseDropLine reads a drop's line and finds a mistyped onion address by its
// checksum.
func parseDropLine(text string) (wire.DropLine, error) {
	l, err := wire.ParseDropLine(text)
	if err != nil {
		return l, err
	}
	u, err := url.Parse(l.Address)
	if err == nil && strings.HasSuffix(u.Hostname(), ".onion") {
		err = tor.CheckHost(u.Hostname())
	}
	return l, err
}

// missing names the flags of found that were not given.
func missing(f *desk.Founding) []string {
	var flags []string
	for _, need := range []struct {
		flag string
		none bool
	}{
		{"--name", f.Name == ""},
		{"--drop", len(f.Addresses) == 0},
		{"--drop-key (or the drop's line as --drop)", f.Drop == wire.DropKey{}},
		{"--incarnation", f.Incarnation == wire.Incarnation{}},
	} {
		if need.none {
			flags = append(flags, need.flag)
		}
	}
	return flags
}

// atMost lowers a threshold that the newsroom is too small for.
func atMost(env *cli.Env, threshold, people int) int {
	if people == 1 {
		env.Notef("A newsroom of one: nobody can check you, and sources are told so. Have somebody outside sign what you print.\n")
	}
	return min(threshold, people)
}

func useSchedule(env *cli.Env, f *desk.Founding, name string) error {
	f.Schedule, f.Period = wire.DefaultSchedule(), periodInEarnest
	switch name {
	case "default":
		return nil
	case "fast":
		tryOut(env, f, 2, 3)
		f.Schedule.DeskKept = fastDeskKept
		return nil
	case "trial":
		tryOut(env, f, 20, 30)
		return nil
	}
	return cli.Usagef("--schedule is default, trial or fast, not %q", name)
}

// fastDeskKept lets whoever tries it see within a minute what it is to be away for longer
// than pages are kept.
const fastDeskKept = 20

// tryOut sets so many seconds between pages of letters and of replies.
func tryOut(env *cli.Env, f *desk.Founding, letters, replies uint32) {
	s := &f.Schedule
	s.LettersEvery, s.RepliesEvery, s.DeskEvery = letters, replies, letters
	s.LettersKept, s.RepliesKept, s.DeskKept = 2000, 1000, 2000
	s.WorkIterations, s.WorkBits = 1000, 4
	f.Period = periodFast
	env.Notef("This schedule is for trying only: pages every %d seconds would show a listener when a source writes.\n", letters)
}

// readRequests shows each request's six words and has a person confirm them.
func readRequests(env *cli.Env, files []string, yes bool) ([][]byte, error) {
	var out [][]byte
	for _, file := range files {
		b, err := cli.ReadFile(file, maxRequestFile)
		if err != nil {
			return nil, err
		}
		q, err := wire.ParseRequest(b)
		if err != nil {
			return nil, fmt.Errorf("%s is not a journalist's request: %w", file, err)
		}
		env.Printf("%s: %s\n", q.Journalist.Name, sixWords(b))
		out = append(out, b)
	}
	if yes || len(files) == 0 {
		return out, nil
	}
	return out, confirm(env, "Have you heard each of these six words from its owner's own mouth? Type yes: ")
}

func confirm(env *cli.Env, question string) error {
	answer, err := env.Line(question)
	if err != nil {
		return err
	}
	if strings.ToLower(strings.TrimSpace(answer)) != "yes" {
		return errors.New("this was not confirmed; nothing was done")
	}
	return nil
}

// writeDraft writes the draft and says what it would do.
func writeDraft(env *cli.Env, d *desk.Desk, draft *desk.Draft, file string) error {
	if err := cli.WriteNew(file, draft.Bytes()); err != nil {
		return err
	}
	if err := showDraft(env, d, draft); err != nil {
		return err
	}
	env.Notef("Written to %s. It goes from desk to desk: tamizdat desk sign %s\n", file, file)
	return nil
}

func showDraft(env *cli.Env, d *desk.Desk, draft *desk.Draft) error {
	lines, err := d.Explain(draft)
	if err != nil {
		return err
	}
	env.Printf("This draft\n")
	for _, line := range lines {
		env.Printf("  %s\n", line)
	}
	words := letter.CheckWords(draft.Key(), letter.English())
	env.Printf("newsroom: %s\ncheck words (English): %s\n", draft.Key(), strings.Join(words[:], " "))
	return nil
}

func fromHex(into []byte, s string) error {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(into) {
		return fmt.Errorf("it has %d hexadecimal digits", 2*len(into))
	}
	copy(into, b)
	return nil
}
