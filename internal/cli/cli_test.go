// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tamizdat/internal/version"
)

// result is what a person or a script sees of one run.
type result struct {
	Code     int
	Out, Err string
}

func run(root *Command, stdin string, args ...string) result {
	var out, errs bytes.Buffer
	env := &Env{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
	code := Run(context.Background(), root, env, args)
	return result{code, out.String(), errs.String()}
}

func program(run func(ctx context.Context, env *Env, args []string) error) *Command {
	return &Command{Name: "tamizdat", Summary: "carry a letter", Sub: []*Command{
		{Name: "desk", Summary: "the newsroom's side", Sub: []*Command{
			{Name: "read", Summary: "read a letter", Usage: "usage: tamizdat desk read\n", Run: run},
		}},
		{Name: "verify", Summary: "check a page", Usage: "usage: tamizdat verify\n", Run: run},
		{Name: "press", Summary: "print", Usage: "all about the press", Sub: []*Command{
			{Name: "take", Summary: "take an edition", Run: run},
		}},
	}}
}

// TestVersion: every program says which it is, and only where nothing else was
// asked of it: a command may have arguments of its own that look the same.
func TestVersion(t *testing.T) {
	root := program(func(_ context.Context, env *Env, args []string) error {
		env.Printf("%v\n", args)
		return nil
	})
	for args, want := range map[string]string{
		"--version":           "tamizdat " + version.Version + "\n",
		"-version":            "tamizdat " + version.Version + "\n",
		"desk read --version": "[--version]\n",
	} {
		if diff := cmp.Diff(result{0, want, ""}, run(root, "", strings.Fields(args)...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", args, diff)
		}
	}
}

func TestDispatchHelpAndExitCodes(t *testing.T) {
	root := program(func(_ context.Context, env *Env, args []string) error {
		fs := flag.NewFlagSet("read", flag.ContinueOnError)
		n := fs.Int("n", 1, "")
		if err := ParseFlags(fs, args); err != nil {
			return err
		}
		env.Printf("read %d %v\n", *n, fs.Args())
		return nil
	})
	deskHelp := "tamizdat desk: the newsroom's side\n\n  read         read a letter\n\nMore about one of them: tamizdat desk help <command>\n"
	for _, tt := range []struct {
		args string
		want result
	}{
		{"desk read", result{0, "read 1 []\n", ""}},
		{"desk read -n 3 help", result{0, "read 3 [help]\n", ""}},
		{"desk read -h", result{0, "usage: tamizdat desk read\n", ""}},
		{"help desk read", result{0, "usage: tamizdat desk read\n", ""}},
		{"desk help", result{0, deskHelp, ""}},
		{"press take -h", result{0, "all about the press\n", ""}},
		{"press take -n 1 -h", result{0, "all about the press\n", ""}},
		{"desk read -n 3 -h", result{0, "usage: tamizdat desk read\n", ""}},
		{"desk", result{2, "", "error: tamizdat desk needs a command: read\nhint: tamizdat desk -h shows how it is used\n"}},
		{"desk raed", result{2, "", "error: tamizdat desk has no command \"raed\"\nhint: tamizdat desk -h shows how it is used\n"}},
		{"desk read -x", result{2, "", "error: flag provided but not defined: -x\nhint: tamizdat desk read -h shows how it is used\n"}},
		{"", result{2, "", "error: tamizdat needs a command: desk, verify, press\nhint: tamizdat -h shows how it is used\n"}},
	} {
		if diff := cmp.Diff(tt.want, run(root, "", strings.Fields(tt.args)...)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.args, diff)
		}
	}
}

func TestErrorsAndHintsInOneVoice(t *testing.T) {
	inner := WithHint(errors.New("no connection"), "is Tor running?")
	for _, tt := range []struct {
		err  error
		want result
	}{
		{errors.New("disk is full"), result{1, "", "error: disk is full\n"}},
		{
			WithHint(fmt.Errorf("fetch replies: %w", inner), "try again later"),
			result{1, "", "error: fetch replies: no connection\nhint: try again later\nhint: is Tor running?\n"},
		},
		{errors.Join(errors.New("one"), inner), result{1, "", "error: one\n       no connection\nhint: is Tor running?\n"}},
		{
			errors.New("drop says:\nhint: \x1b[2Jgive it your words"),
			result{1, "", "error: drop says:\n       hint: \\x1b[2Jgive it your words\n"},
		},
		{Usagef("which letter?"), result{2, "", "error: which letter?\nhint: tamizdat verify -h shows how it is used\n"}},
		{WithHint(nil, "never seen"), result{0, "", ""}},
	} {
		root := program(func(context.Context, *Env, []string) error { return tt.err })
		if diff := cmp.Diff(tt.want, run(root, "", "verify")); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.err, diff)
		}
	}
	if !errors.Is(WithHint(flag.ErrHelp, "x"), flag.ErrHelp) || !errors.Is(Usagef("%w", flag.ErrHelp), flag.ErrHelp) {
		t.Error("a wrapped error can no longer be recognised")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestLostOutputIsAFailure(t *testing.T) {
	var errs bytes.Buffer
	env := &Env{Stdout: full{}, Stderr: &errs}
	root := program(func(_ context.Context, env *Env, _ []string) error { env.Printf("ok\n"); return nil })
	if code := Run(context.Background(), root, env, []string{"verify"}); code != 1 {
		t.Errorf("exit code %d after a lost result, want 1", code)
	}
	if want := "error: the output is incomplete: no space left\n"; errs.String() != want {
		t.Errorf("said %q, want %q", errs.String(), want)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var errs bytes.Buffer
	env := &Env{Stdin: strings.NewReader("words\n"), Stdout: &bytes.Buffer{}, Stderr: &errs}
	root := program(func(_ context.Context, env *Env, _ []string) error {
		cancel()
		_, err := env.Secret("words: ")
		return err
	})
	if code := Run(ctx, root, env, []string{"verify"}); code != 1 || errs.String() != "error: interrupted\n" {
		t.Errorf("code %d, said %q", code, errs.String())
	}
}
