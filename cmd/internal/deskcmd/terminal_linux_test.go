// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
	"tamizdat/letter"
)

// seat is a place before a terminal in which a verb runs.
type seat struct {
	t      *testing.T
	tty    *os.File
	screen *output
	code   chan int
}

// sit starts a verb in a pseudo-terminal and gives the passphrase.
func (b *bench) sit(name string, args ...string) *seat {
	b.t.Helper()
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	b.must(err)
	b.t.Cleanup(func() { tty.Close() })
	b.must(unix.IoctlSetPointerInt(int(tty.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPTN)
	b.must(err)
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	b.must(err)
	b.t.Cleanup(func() { screen.Close() })
	s := &seat{b.t, tty, &output{}, make(chan int, 1)}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := tty.Read(buf)
			if err != nil {
				return
			}
			_, _ = s.screen.Write(buf[:n])
		}
	}()
	p := &program{now: b.now, params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}}
	env := &cli.Env{Stdin: screen, Stdout: screen, Stderr: screen, Getenv: os.Getenv}
	go func() { s.code <- cli.Run(b.t.Context(), p.command(), env, append(args, "--dir", b.path(name))) }()
	if !slices.Contains(args, "--shares") {
		s.passphrase("Passphrase of this desk: ", "pass "+name)
	}
	return s
}

// passphrase waits until a passphrase is asked for, and types it.
func (s *seat) passphrase(prompt, phrase string) {
	s.t.Helper()
	s.await(prompt)
	until(s.t, "silence", func() bool {
		state, err := unix.IoctlGetTermios(int(s.tty.Fd()), unix.TCGETS)
		if err != nil {
			s.t.Fatal(err)
		}
		return state.Lflag&unix.ECHO == 0
	})
	s.say(phrase)
}

func (s *seat) await(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(s.screen.String(), text); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("waiting for %q in\n%q", text, s.screen.String())
		}
	}
}

func (s *seat) say(line string) {
	s.t.Helper()
	if _, err := s.tty.WriteString(line + "\n"); err != nil {
		s.t.Fatal(err)
	}
}

func (s *seat) end(code int) {
	s.t.Helper()
	if got := <-s.code; got != code {
		s.t.Errorf("exit %d, want %d\n%s", got, code, s.screen.String())
	}
}

// TestAnswerTypedInATerminal: an answer is shown before it is queued, and one of
// which the terminal swallowed a part is not.
func TestAnswerTypedInATerminal(t *testing.T) {
	b := newBench(t)
	n := b.found("default", b.now)
	all := []string{"anna", "boris", "vera"}
	b.pass(2, all...)
	src, err := letter.NewWords().Source()
	b.must(err)
	b.write(n, src, "hello", b.now())
	b.pass(2, all...)
	id := listOf(t, b.desk("anna", "", "list", "--json"))[0].ID.Short()

	s := b.sit("anna", "reply", id)
	s.await("ends it.")
	s.say(strings.Repeat("long ", 1000))
	s.say(".")
	s.await("its end is lost; nothing was queued")
	s.end(1)

	s = b.sit("anna", "reply", id)
	s.await("ends it.")
	b.isLeft("anna")
	s.say("We hear you.\n.")
	s.await("> We hear you.")
	s.await("Type yes to queue it: ")
	s.say("no")
	s.end(1)
	if out := b.desk("anna", "", "read", id); strings.Contains(out, "your answer") {
		t.Errorf("an answer was queued:\n%s", out)
	}

	s = b.sit("anna", "reply", id)
	s.await("ends it.")
	s.say("We hear you.\n.")
	s.await("Type yes to queue it: ")
	s.say("yes")
	s.await("Queued.")
	s.end(0)
	if out := b.desk("anna", "", "read", id); !strings.Contains(out, "your answer 1") || !strings.Contains(out, "> We hear you.") {
		t.Errorf("no answer was queued:\n%s", out)
	}
}

// TestPapersTypedInATerminal: a paper goes in row by row, a row with a mistyped word
// is typed again and no other, and what is no good paper costs only that paper.
func TestPapersTypedInATerminal(t *testing.T) {
	b := newBench(t)
	b.desk("anna", "", "init", "--name", "Anna")
	printed := numbered.FindAllString(b.desk("anna", "", "shares", "make"), -1)
	if len(printed) != 3 {
		t.Fatalf("%d papers", len(printed))
	}
	s := b.sit("anna", "passphrase", "--shares")
	s.await("(2 more): ")
	rows := strings.Split(printed[0], "\n")
	for i, row := range rows {
		if i == 3 {
			s.say("tamizdat " + row)
			s.await("word 13 is not in the list")
			s.await("that line once more, from word 13: ")
		}
		s.say(strings.ToUpper(row))
		if i < len(rows)-1 {
			s.await(fmt.Sprintf("and on from word %d: ", 4*i+5))
		}
	}
	s.await("Share 1 is good.")
	s.say(strings.Join(rows, " "))
	s.await("the same paper does not count twice")
	s.say(strings.Join(strings.Split(printed[2], "\n"), " "))
	s.await("Share 3 is good.")
	s.passphrase("A passphrase for this desk", "pass anew")
	s.passphrase("The same once more: ", "pass anew")
	s.await("The passphrase is changed.")
	s.end(0)
	if out, code := b.try(b.now, "anna", "", "status"); code == 0 {
		t.Errorf("the old passphrase opens it: %s", out)
	}
}
