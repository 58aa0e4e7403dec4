// SPDX-License-Identifier: Apache-2.0

// Package cli is the one voice in which all programs speak to people in a
// terminal, and the one way in which they listen.
//
// A program builds a tree of [Command] values and hands its root to [Main].
// A command talks through its [Env]: results with [Env.Printf] and [Env.Text]
// on standard output, remarks with [Env.Notef] on standard error, questions
// with [Env.Line] and [Env.Secret].
//
// How the voice sounds: lower case, no full stop, no blame. An error says what
// happened; a hint, added by [WithHint], says what to do about it. Wrong use
// ([Usagef]) exits with 2, any other failure with 1. Every program answers to
// --help, and to --version with its name and version.
//
// What strangers wrote can reach a terminal through a letter, a file name or
// an error from a server. So every argument of Printf and Notef and every
// error passes [Clean], and nothing of it can move the cursor, recolour,
// retitle or reorder what the person sees. Whoever writes to Env.Stdout
// directly, for bytes meant for a file, gives that protection up.
//
// Secrets come from the keyboard or from standard input, never from flags,
// which other users of the machine can list, or from the environment, which
// child processes inherit. A secret that was typed stays in memory as long as
// the garbage collector likes; Go cannot promise to wipe it.
package cli

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"tamizdat/internal/version"
)

// Env is all that a command may touch of the outside world besides its files.
// The zero value of the unexported fields is ready for use.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string

	ctx   context.Context // ends a wait for input when the program is interrupted
	input *bufio.Reader   // over Stdin; all reading goes through it

	mu       sync.Mutex // guards what follows and the writes to Stdout and Stderr
	writeErr error      // the first failure to write to Stdout
}

// Command is one verb of a program.
type Command struct {
	Name, Summary string // the word to type and one line about it
	Usage         string // the whole help text, written by hand; "" shows that of the command above
	Run           func(ctx context.Context, env *Env, args []string) error
	Sub           []*Command // non-nil: the command only dispatches, and Run is ignored
}

// Main runs the program whose root command is root with the arguments of the
// process and exits: 0 for success, 1 for failure, 2 for wrong use. An
// interrupt cancels the context of the command; a second one kills. A terminal
// that is closed cancels it as well, so that the command can clear up. The memory
// of the process is not kept when it crashes, where the system allows that.
func Main(root *Command) {
	ctx, stop := signal.NotifyContext(untilHangUp(context.Background()), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	env := &Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
	if err := noCoreDumps(); err != nil {
		env.block("error: ", err.Error())
		os.Exit(1)
	}
	os.Exit(Run(ctx, root, env, os.Args[1:]))
}

// Run does what [Main] does, for a given environment and the arguments after
// the program's name, and returns the exit code instead of exiting.
func Run(ctx context.Context, root *Command, env *Env, args []string) int {
	env.ctx = ctx
	if len(args) == 1 && (args[0] == "--version" || args[0] == "-version") {
		env.Printf("%s %s\n", root.Name, version.Version)
		return env.finish(nil, root.Name)
	}
	cmd, usage, path, args, err := find(root, args)
	if err == nil {
		err = cmd.Run(ctx, env, args)
	}
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(env.Stdout, help(cmd, usage, path))
		return 0
	}
	return env.finish(err, path)
}

// find walks down from root along the words of args. It returns the command
// to run, the help text that is nearest to it, its full name and the arguments
// left, or flag.ErrHelp with the command whose help was asked for.
func find(cmd *Command, args []string) (found *Command, usage, path string, rest []string, err error) {
	usage, path = cmd.Usage, cmd.Name
	wantHelp := false
	for {
		if len(args) > 0 && isHelp(args[0]) {
			wantHelp, args = true, args[1:]
			continue
		}
		if cmd.Sub == nil || len(args) == 0 {
			break
		}
		sub := lookup(cmd.Sub, args[0])
		if sub == nil {
			return cmd, usage, path, nil, Usagef("%s has no command %q", path, args[0])
		}
		if sub.Usage != "" || sub.Sub != nil {
			usage = sub.Usage
		}
		cmd, path, args = sub, path+" "+sub.Name, args[1:]
	}
	switch {
	case wantHelp:
		return cmd, usage, path, nil, flag.ErrHelp
	case cmd.Sub != nil:
		return cmd, usage, path, nil, Usagef("%s needs a command: %s", path, names(cmd.Sub))
	}
	return cmd, usage, path, args, nil
}

func isHelp(arg string) bool {
	return arg == "help" || arg == "-h" || arg == "-help" || arg == "--help"
}

func lookup(cmds []*Command, name string) *Command {
	for _, c := range cmds {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func names(cmds []*Command) string {
	var list []string
	for _, c := range cmds {
		list = append(list, c.Name)
	}
	return strings.Join(list, ", ")
}

// help is the text written by hand that is nearest, or where there is none a
// list of what is below the command.
func help(cmd *Command, usage, path string) string {
	if usage != "" {
		return strings.TrimRight(usage, "\n") + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", path, cmd.Summary)
	for i, c := range cmd.Sub {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "  %-12s %s\n", c.Name, c.Summary)
	}
	if cmd.Sub != nil {
		fmt.Fprintf(&b, "\nMore about one of them: %s help <command>\n", path)
	}
	return b.String()
}

// ParseFlags parses args into fs and turns a mistake into wrong use, which
// [Run] reports in one voice instead of the flag package's. Asking for help is
// no mistake: the error is then flag.ErrHelp, for Run to act upon.
func ParseFlags(fs *flag.FlagSet, args []string) error {
	fs.Init(fs.Name(), flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	err := fs.Parse(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return Usagef("%w", err)
}
