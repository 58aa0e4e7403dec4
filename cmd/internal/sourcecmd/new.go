// SPDX-License-Identifier: Apache-2.0

package sourcecmd

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"math/big"
	"strings"

	"tamizdat/internal/cli"
	"tamizdat/letter"
)

const aboutNew = `tamizdat-source new --drop URL [--newsroom KEY | --check "W W W W"] [--socks HOST:PORT]

Shows whom you would write to, and gives you twelve words. They are your only
way to send letters as the same person and to read answers. Learn them or write
them down where nobody looks; this program keeps them nowhere. In a terminal you
are asked for two of them, and then the screen is cleared.

Nothing is sent: the drop sees a visit like any other. The words are good from
the moment you first use them.

Without a terminal, the words are the line "words: …" of standard output.
`

// Control sequences of a terminal. The other screen has no memory of lines that
// scrolled away, and it is emptied before it is left.
const (
	otherScreen = "\x1b[?1049h\x1b[H\x1b[2J"
	clearScreen = "\x1b[H\x1b[2J"
	firstScreen = "\x1b[?1049l"
	clearAll    = "\x1b[H\x1b[2J\x1b[3J"
)

func newCommand() *cli.Command {
	return &cli.Command{Name: "new", Summary: "get twelve words, and see whom you would write to", Usage: aboutNew, Run: runNew}
}

func runNew(ctx context.Context, env *cli.Env, args []string) error {
	var p place
	defer p.leave(env)
	if err := p.parse(flag.NewFlagSet("new", flag.ContinueOnError), args); err != nil {
		return err
	}
	v, err := p.begin(ctx, env)
	if err != nil {
		return err
	}
	n, err := v.greet()
	if err != nil {
		return err
	}
	if env.Terminal() {
		if err := confirm(env, n); err != nil {
			return err
		}
	}
	if _, err := v.checked(); err != nil {
		return err
	}
	words := letter.NewWords()
	check := n.CheckWords()
	if !env.Terminal() {
		env.Printf("words: %s\n", words.In(lists()[0]))
		return nil
	}
	return teach(env, words, strings.Join(check[:], " "))
}

// teach shows the words once, on a screen of their own, and asks for two.
func teach(env *cli.Env, words *letter.Words, check string) error {
	env.Notef(otherScreen)
	defer env.Notef(clearScreen + firstScreen)
	for {
		env.Notef("Your twelve words, shown once:\n\n")
		for line := range strings.Lines(wordsIn(words)) {
			env.Notef("%s\n", strings.TrimRight(line, "\n"))
		}
		env.Notef("\nThe newsroom's check words, to compare and to keep with them:\n\n    %s\n\n", check)
		if _, err := env.Line("Press Enter when you have them. The screen is then cleared. "); err != nil {
			return err
		}
		env.Notef(clearScreen)
		known, err := recite(env, words)
		if err != nil || known {
			return err
		}
		env.Notef(clearScreen + "That was not the word. Here they are again.\n\n")
	}
}

// recite asks for two words at places drawn by chance.
func recite(env *cli.Env, words *letter.Words) (bool, error) {
	own := strings.Fields(words.In(lists()[0]))
	first, err := below(len(own))
	if err != nil {
		return false, err
	}
	second, err := below(len(own) - 1)
	if err != nil {
		return false, err
	}
	if second >= first {
		second++
	}
	for _, place := range []int{first, second} {
		typed, err := env.Secret("Word " + decimal(place+1) + ": ")
		if err != nil {
			return false, err
		}
		want, _ := lists()[0].Index(own[place])
		if got, ok := lists()[0].Index(strings.TrimSpace(typed)); !ok || got != want {
			return false, nil
		}
	}
	return true, nil
}

func below(n int) (int, error) {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		return 0, errors.New("this machine gives no random numbers")
	}
	return int(i.Int64()), nil
}
