// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// usageError is wrong use of the command line, as against a failed command.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Usagef returns an error about the way the command was called. It makes the
// program exit with 2 and point to the command's help. The verb %w wraps.
func Usagef(format string, a ...any) error {
	return usageError{fmt.Errorf(format, a...)}
}

// hintError carries advice beside an error.
type hintError struct {
	error
	hints []string
}

func (e hintError) Unwrap() error { return e.error }

// WithHint returns err with advice that the program prints below it, each
// hint on a line of its own. The error text itself stays as it is. WithHint
// of nil is nil.
func WithHint(err error, hints ...string) error {
	if err == nil {
		return nil
	}
	return hintError{err, hints}
}

// Hints collects the advice in err and in all it wraps, outermost first.
func Hints(err error) []string {
	var found []string
	if h, ok := err.(hintError); ok {
		found = h.hints
	}
	switch w := err.(type) {
	case interface{ Unwrap() error }:
		if inner := w.Unwrap(); inner != nil {
			found = append(found, Hints(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range w.Unwrap() {
			found = append(found, Hints(inner)...)
		}
	}
	return found
}

// finish prints what err has to say and returns the exit code. The command
// with the full name path failed or, with a nil err, succeeded.
func (e *Env) finish(err error, path string) int {
	c, quiet := errors.AsType[exitCode](err)
	if err == nil || quiet {
		if err = e.outputError(); err == nil {
			return int(c)
		}
	}
	if e.ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	advice := Hints(err)
	code := 1
	if _, ok := errors.AsType[usageError](err); ok {
		code = 2
		advice = append(advice, fmt.Sprintf("%s -h shows how it is used", path))
	}
	e.block("error: ", err.Error())
	for _, h := range advice {
		e.block("hint: ", h)
	}
	return code
}

// outputError is the reason why results did not reach standard output. A
// program that could not say its result has not succeeded.
func (e *Env) outputError() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.writeErr == nil {
		return nil
	}
	return fmt.Errorf("the output is incomplete: %w", e.writeErr)
}

// block prints text to Stderr after label, further lines of it indented below
// the first, so that no line of it can pass for one of the program's own.
func (e *Env) block(label, text string) {
	indent := strings.Repeat(" ", len(label))
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if i > 0 {
			label = indent
		}
		e.Notef("%s%s\n", label, line)
	}
}

// exitCode ends a program without a word: what there was to say was said.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit with %d", int(c)) }

// ExitWith is for a command whose result is its exit code as well, as monitoring
// wants it. Nothing is printed for it. Code 0 is no error.
func ExitWith(code int) error {
	if code == 0 {
		return nil
	}
	return exitCode(code)
}
