// SPDX-License-Identifier: Apache-2.0

// Package sourcecmd is the program of someone who writes to a newsroom and must
// not be found: the session of package source, in a terminal.
//
// Call [Command]. It reads what it is told to read, writes to the terminal and
// to no file, and keeps nothing. It refuses to reach an address of the open
// network except through Tor, and to write to a newsroom that
// nobody compared with its key or check words.
package sourcecmd

import (
	"context"
	"errors"
	"flag"
	"strings"

	"tamizdat/drop/client"
	"tamizdat/internal/cli"
	"tamizdat/internal/tor"
	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

const about = `tamizdat-source writes to a newsroom and reads its answers.
It keeps nothing: twelve words in your head or on paper are all there is.

  tamizdat-source new     get twelve words, and see whom you would write to
  tamizdat-source send    send a letter
  tamizdat-source read    read what the newsroom answered

  tamizdat-source practice   for newsrooms: send a letter that says it is practice

All need the address of the newsroom's drop, and something to know the
newsroom by:

  --drop URL              http://….onion
  --newsroom KEY          the newsroom's key, tamizdat1…
  --check "W W W W"       or its four check words; without either, you are asked
                          to compare them yourself
  --socks HOST:PORT       where Tor listens. Without it Tor is looked for at
                          127.0.0.1:9050 and at Tor Browser's 127.0.0.1:9150;
                          where it does not run, the program tor is started, on
                          Linux, where it can keep what it needs in memory only.
                          HOST is this machine: 127.0.0.1
  --week                  fetch only the last seven days of replies

Whatever you do, the program first fetches the same things from the drop.
tamizdat-source help COMMAND tells more about one of them.
`

// Command is the program.
func Command() *cli.Command {
	return &cli.Command{
		Name: "tamizdat-source", Summary: "write to a newsroom and read its answers, leaving nothing behind", Usage: about,
		Sub: []*cli.Command{newCommand(), sendCommand(), readCommand(), practiceCommand()},
	}
}

// place is which newsroom is meant and how it is reached.
type place struct {
	address, socks  string
	newsroom, check string
	week            bool

	tor   *tor.Finder
	ways  []*client.Client // that were taken
	shown bool             // something stands on the screen that names the newsroom
}

// flags adds what all commands share.
func (p *place) flags(fs *flag.FlagSet) {
	fs.StringVar(&p.address, "drop", "", "")
	fs.StringVar(&p.newsroom, "newsroom", "", "")
	fs.StringVar(&p.check, "check", "", "")
	fs.StringVar(&p.socks, "socks", "", "")
	fs.BoolVar(&p.week, "week", false, "")
}

// parse reads the arguments of a command that takes flags only.
func (p *place) parse(fs *flag.FlagSet, args []string) error {
	p.flags(fs)
	if err := cli.ParseFlags(fs, args); err != nil {
		return err
	}
	switch {
	case fs.NArg() > 0:
		return cli.Usagef("%q is not a flag; words and letters are never given on the command line", fs.Arg(0))
	case p.address == "":
		return cli.Usagef("--drop is missing: the address of the newsroom's drop")
	case p.newsroom != "" && p.check != "":
		return cli.Usagef("--newsroom and --check say the same thing; give one of them")
	}
	p.address = strings.TrimRight(p.address, "/")
	return nil
}

// options are those of the session.
func (p *place) options() (source.Options, error) {
	o := source.Options{Check: p.check, Address: p.address, Week: p.week, Lists: lists()}
	if p.newsroom == "" {
		return o, nil
	}
	key, err := wire.ParseNewsroomKey(strings.TrimSpace(p.newsroom))
	if err != nil {
		return o, cli.WithHint(errors.New("--newsroom is not a newsroom's key"),
			"it begins with tamizdat1 and has 65 characters; look for one that was mistyped or is missing")
	}
	o.Newsroom = key
	return o, nil
}

// lists are the languages of words, the first for showing.
func lists() []letter.List { return []letter.List{letter.English()} }

// visit is a session as a command uses it: begun at once, so that the drop sees
// the same calls and sizes whatever the person types meanwhile.
type visit struct {
	env     *cli.Env
	opening *source.Opening
	way     *client.Client
}

func (p *place) begin(ctx context.Context, env *cli.Env) (*visit, error) {
	o, err := p.options()
	if err != nil {
		return nil, err
	}
	d, err := p.reach(ctx, env)
	if err != nil {
		return nil, err
	}
	return &visit{env, source.Start(ctx, d, o), d}, nil
}

// greet shows whom the drop speaks for.
func (v *visit) greet() (*source.Newsroom, error) {
	n, err := v.opening.Newsroom()
	if err != nil {
		return nil, explain(err)
	}
	showNewsroom(v.env, n)
	return n, nil
}

// confirm has the person compare the check words where nobody else can.
func confirm(env *cli.Env, n *source.Newsroom) error {
	if n.Known {
		return nil
	}
	if !env.Terminal() {
		return cli.Usagef("--newsroom or --check is missing: nobody is here to compare the check words")
	}
	return askYes(env, "Are all four check words the ones you were given? Type yes: ",
		cli.WithHint(errors.New("the check words were not confirmed; nothing was sent"),
			"if you have none, get them from the newsroom another way, never from this drop"))
}

// askYes returns no unless the person types yes.
func askYes(env *cli.Env, question string, no error) error {
	answer, err := env.Line(question)
	if err != nil {
		return err
	}
	if strings.ToLower(strings.TrimSpace(answer)) != "yes" {
		return no
	}
	return nil
}

// meet is the beginning of send and read: the newsroom is shown and confirmed,
// the words are asked for while the download runs, and then everything must be
// in order. A mistake in the words comes last: it must not cut the download
// short.
func (p *place) meet(ctx context.Context, env *cli.Env) (*source.Visit, []*letter.Words, error) {
	v, err := p.begin(ctx, env)
	if err != nil {
		return nil, nil, err
	}
	n, err := v.greet()
	if err != nil {
		return nil, nil, err
	}
	p.shown = true
	if err := confirm(env, n); err != nil {
		return nil, nil, err
	}
	words, wordsErr := askWords(env)
	visit, err := v.checked()
	if err == nil {
		err = wordsErr
	}
	return visit, words, err
}

// complete waits for the whole visit. What it was downloaded over is given up
// then: idle, it would end together with what is sent later (see reach).
func (v *visit) complete() (*source.Visit, error) {
	visit, err := v.opening.Visit()
	v.way.Close()
	return visit, err
}

// checked waits for the whole visit and shows what must be known.
func (v *visit) checked() (*source.Visit, error) {
	checked, err := v.complete()
	if err != nil {
		return nil, explain(err)
	}
	for _, w := range checked.Warnings() {
		v.env.Notef("warning: %s\n", w.Told)
	}
	return checked, nil
}

// askWords asks for the twelve words, three times on a terminal.
func askWords(env *cli.Env) ([]*letter.Words, error) {
	const tries = 3
	for try := 1; ; try++ {
		typed, err := env.Secret("Your twelve words: ")
		if err != nil {
			return nil, err
		}
		words, err := letter.ReadWords(typed, lists()...)
		if err == nil {
			return words, nil
		}
		err = explainWords(err)
		if !env.Terminal() || try == tries {
			return nil, err
		}
		env.Notef("%v\n", err)
	}
}

// explainWords says where the mistake is. It names no typed word: the line that
// holds it may stand in a terminal's memory for long.
func explainWords(err error) error {
	if wrong, ok := errors.AsType[*letter.WordError](err); ok {
		return cli.WithHint(err, "word "+decimal(wrong.Place)+" may be one of: "+strings.Join(wrong.Nearest, ", "))
	}
	return cli.WithHint(err, "twelve words with spaces between them, in the order you were given")
}
