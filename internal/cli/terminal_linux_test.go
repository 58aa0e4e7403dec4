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
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal returns the two ends of a pseudo-terminal: where a person
// types and looks, and what the program has as its standard streams.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return person, program
}

// abandoned keeps terminals open on which a read is still waiting. When that
// read ends it restores its terminal by number, and a test that had got the
// same number for another terminal would find it changed.
var abandoned []*os.File

func echoes(t *testing.T, terminal *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Error(err)
		return false
	}
	return state.Lflag&unix.ECHO != 0
}

// awaitSilence waits until the terminal stops echoing, as a person would see
// the prompt before typing.
func awaitSilence(t *testing.T, terminal *os.File) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); echoes(t, terminal); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("the terminal goes on echoing while a secret is asked for")
			return
		}
	}
}

func TestSecretIsNotEchoed(t *testing.T) {
	person, program := openTerminal(t)
	defer program.Close()
	env := &Env{Stdin: program, Stdout: program, Stderr: program}
	if !env.Terminal() {
		t.Fatal("a terminal was not recognised")
	}
	seen := make(chan string)
	go func() {
		var b strings.Builder
		r := bufio.NewReader(person)
		for !strings.Contains(b.String(), "typed") {
			c, err := r.ReadByte()
			if err != nil {
				break
			}
			b.WriteByte(c)
		}
		seen <- b.String()
	}()
	go func() {
		awaitSilence(t, program)
		fmt.Fprint(person, "twelve words\n")
	}()
	secret, err := env.Secret("words: ")
	if err != nil || secret != "twelve words" {
		t.Errorf("secret %q, %v", secret, err)
	}
	if !echoes(t, program) {
		t.Error("the terminal was left without echo")
	}
	env.Notef("typed\n")
	if got := <-seen; !strings.HasPrefix(got, "words: ") || strings.Contains(got, "twelve") {
		t.Errorf("the screen showed %q", got)
	}
}

func TestInterruptWhileASecretIsAsked(t *testing.T) {
	_, program := openTerminal(t)
	abandoned = append(abandoned, program)
	ctx, cancel := context.WithCancel(context.Background())
	env := &Env{Stdin: program, Stdout: program, Stderr: program, ctx: ctx}
	go func() {
		awaitSilence(t, program)
		cancel()
	}()
	if _, err := env.Secret("words: "); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if !echoes(t, program) {
		t.Error("the terminal was left without echo")
	}
}

// TestAFileOnAScreenSteersNothing: what is meant for a file may hold a stranger's
// words, and people look at it without writing it to one.
func TestAFileOnAScreenSteersNothing(t *testing.T) {
	person, program := openTerminal(t)
	const file = "a,\x1b[2J\u202eb\r\nc\td\n"
	if err := (&Env{Stdout: program}).File([]byte(file)); err != nil {
		t.Fatal(err)
	}
	program.Close()
	var seen strings.Builder
	_, _ = io.Copy(&seen, person) // a closed terminal ends with an error
	if want := "a,\\x1b[2J\\u202eb\r\nc\\td\r\n"; seen.String() != want {
		t.Errorf("the screen showed %q, want %q", seen.String(), want)
	}
	var out strings.Builder
	if err := (&Env{Stdout: &out}).File([]byte(file)); err != nil || out.String() != file {
		t.Errorf("the file has %q, %v", out.String(), err)
	}
}
