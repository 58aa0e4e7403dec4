// SPDX-License-Identifier: Apache-2.0

// Package trycmd is "tamizdat try": it plays the whole story of one letter on
// this machine, with the real programs, and shows every command as a person
// would type it.
//
// It only starts programs and reads what they print. It links no room's code,
// so that it can do nothing a person with a shell could not do.
package trycmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tamizdat/internal/cli"
	"tamizdat/internal/tornet"
)

const usage = `tamizdat try [--onion] [--keep] [--bin FOLDER]

Plays the whole story of one letter on this machine: an invented newsroom of
three is founded, a drop starts, a source writes and reads the answer, the letter
is published, verified, and one byte of the page is changed. All programs are the
real ones; only the times between two sealings are seconds instead of hours.

In a terminal the drop and the site stay open at the end, until Ctrl-C.

--onion  start a private Tor network on this machine first, serve the drop as an
         onion service, and reach it through Tor only; needs tor, adds a minute
--keep   leave the folder of the story where it is, and say where
--bin    where the programs are (default: beside this one)
`

// Command is "tamizdat try".
func Command() *cli.Command {
	return &cli.Command{Name: "try", Summary: "play the whole story on this machine", Usage: usage, Run: run}
}

// patience is how long the whole story may take before it counts as failed.
const patience = 5 * time.Minute

func run(ctx context.Context, env *cli.Env, args []string) error {
	fs := flag.NewFlagSet("try", flag.ContinueOnError)
	keep, bin, onion := fs.Bool("keep", false, ""), fs.String("bin", "", ""), fs.Bool("onion", false, "")
	if err := cli.ParseFlags(fs, args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return cli.Usagef("try takes no other words")
	}
	if *onion {
		if err := tornet.Installed(); err != nil {
			return err
		}
	}
	s, err := newStage(env, *bin)
	if err != nil {
		return err
	}
	defer s.close(*keep)
	told, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.play(told, *onion); err != nil {
		return cli.WithHint(fmt.Errorf("the story broke off: %w", err),
			"run it again with --keep and look at the files; if it breaks twice, please report it")
	}
	if env.Terminal() {
		s.stayOpen(ctx)
	}
	return nil
}

// newStage finds the programs and makes a folder to play in.
func newStage(env *cli.Env, bin string) (*stage, error) {
	if bin == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		bin = filepath.Dir(self)
	}
	bin, err := filepath.Abs(bin)
	if err != nil {
		return nil, err
	}
	for _, program := range []string{"tamizdat", "tamizdat-drop", "tamizdat-source", "tamizdat-verify"} {
		if _, err := os.Stat(filepath.Join(bin, program)); err != nil {
			return nil, cli.WithHint(fmt.Errorf("%s is not in %s", program, bin), "make build puts all four programs into bin")
		}
	}
	dir, err := os.MkdirTemp("", "tamizdat-try-")
	if err != nil {
		return nil, err
	}
	return &stage{env: env, bin: bin, dir: dir}, nil
}

// close ends the servers and takes the folder away, unless it is to be kept.
func (s *stage) close(keep bool) {
	s.end()
	if s.network != nil {
		if err := s.network.Close(); err != nil {
			s.env.Notef("The Tor network did not end well: %v\n", err)
		}
	}
	if keep {
		s.env.Notef("The story's files are in %s.\n", s.dir)
		return
	}
	if err := os.RemoveAll(s.dir); err != nil {
		s.env.Notef("Could not remove %s: %v\n", s.dir, err)
	}
}

// play tells the story, scene by scene.
func (s *stage) play(ctx context.Context, onion bool) error {
	began := time.Now()
	s.env.Printf(opening)
	t := &story{stage: s}
	for i, scene := range t.scenes(onion) {
		s.env.Printf("\n%d. %s\n\n", i+1, scene.title)
		if err := scene.play(ctx); err != nil {
			return fmt.Errorf("scene %d (%s): %w", i+1, scene.title, err)
		}
		if err := s.fallen(); err != nil {
			return err
		}
	}
	s.env.Printf("\nThe story took %d seconds.\n", int(time.Since(began).Seconds()))
	return nil
}

const opening = `This is Tamizdat, with real programs on this machine only. The newsroom, the letter
and all people in it are invented. Pages are sealed every 2 and 3 seconds here so
that you need not wait; in earnest it is every hour and every 6 hours, because a
fast rhythm shows when somebody writes.
`

// stayOpen shows where the story can be touched, until Ctrl-C.
func (s *stage) stayOpen(ctx context.Context) {
	site, err := serveFolder(s.path("press", "site"))
	if err != nil {
		s.env.Notef("The site could not be served: %v\n", err)
		return
	}
	defer site.Close()
	writing := append([]string{"new", "--drop", s.dropAddress, "--newsroom", s.newsroom}, s.throughTor()...)
	s.env.Printf(epilogue, site.address, s.dropAddress, shown(filepath.Join(s.bin, "tamizdat-source"), writing), s.dir)
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		s.env.Notef("%v\n", context.Cause(ctx))
	}
}

const epilogue = `
Still open, until Ctrl-C:

  the published site   %s
  the drop             %s

Write a letter of your own, in another terminal:

  %s

The desks run in %s; their passphrase is the one you saw above.
`
