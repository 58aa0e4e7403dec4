// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

const (
	maxLine  = 64 << 10 // bytes of one answer
	maxInput = 16 << 20 // bytes of everything that is read at once
)

// ErrEnd says that Stdin ended before an answer; on a terminal that is Ctrl-D.
var ErrEnd = errors.New("standard input ended before an answer")

// Terminal reports whether a person sits there: Stdin and Stderr are both a
// terminal.
func (e *Env) Terminal() bool {
	_, in := terminalFD(e.Stdin)
	_, out := terminalFD(e.Stderr)
	return in && out
}

// ShowsResults reports whether Stdout is a terminal, to which bytes meant for a
// file must not go.
func (e *Env) ShowsResults() bool {
	_, screen := terminalFD(e.Stdout)
	return screen
}

func terminalFD(stream any) (int, bool) {
	f, ok := stream.(*os.File)
	if !ok {
		return 0, false
	}
	fd := int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// Secret asks for a secret with prompt and returns it without its line end.
// On a terminal nothing is echoed; otherwise the next line of Stdin is the
// answer and no prompt is shown. It fails if the input ends before.
func (e *Env) Secret(prompt string) (string, error) {
	if !e.Terminal() {
		return e.wait(e.readLine)
	}
	fd, _ := terminalFD(e.Stdin)
	state, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("prepare the terminal: %w", err)
	}
	e.Notef("%s", prompt)
	secret, err := e.wait(func() (string, error) {
		b, err := term.ReadPassword(fd)
		return string(b), err
	})
	if e.context().Err() != nil {
		err = errors.Join(err, term.Restore(fd, state)) // or the shell would stay without echo
	}
	e.Notef("\n")
	return secret, err
}

// Line asks with prompt and returns the next line of Stdin without its line
// end. The prompt is shown only on a terminal.
func (e *Env) Line(prompt string) (string, error) {
	if e.Terminal() {
		e.Notef("%s", prompt)
	}
	return e.wait(e.readLine)
}

// ReadAll returns what is left of Stdin after the lines that were read, at
// most 16 MiB.
func (e *Env) ReadAll() ([]byte, error) {
	text, err := e.wait(func() (string, error) {
		b, err := io.ReadAll(io.LimitReader(e.reader(), maxInput+1))
		if len(b) > maxInput {
			return "", fmt.Errorf("standard input holds more than %d MiB", maxInput>>20)
		}
		return string(b), err
	})
	return []byte(text), err
}

// readLine returns one line. The last may lack its line end.
func (e *Env) readLine() (string, error) {
	var line []byte
	for {
		part, err := e.reader().ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return "", fmt.Errorf("a line of the input is longer than %d KiB", maxLine>>10)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && len(line) > 0:
		case err == io.EOF:
			return "", WithHint(ErrEnd,
				"in a terminal you will be asked; in a script give one answer a line on standard input")
		case err != nil:
			return "", fmt.Errorf("read standard input: %w", err)
		}
		return strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r"), nil
	}
}

func (e *Env) reader() *bufio.Reader {
	if e.input == nil {
		e.input = bufio.NewReader(e.Stdin)
	}
	return e.input
}

func (e *Env) context() context.Context {
	if e.ctx == nil {
		return context.Background()
	}
	return e.ctx
}

// wait runs read and returns its answer, or stops waiting when the program is
// interrupted. Nothing can wake a blocked read of a terminal: its goroutine
// then ends with the process, and until then keeps the reader to itself,
// which is why no later call reads.
func (e *Env) wait(read func() (string, error)) (string, error) {
	ctx := e.context()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := read()
		got <- answer{text, err}
	}()
	select {
	case a := <-got:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
