// SPDX-License-Identifier: Apache-2.0

package sourcecmd_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tamizdat/cmd/internal/sourcecmd"
	"tamizdat/internal/cli"
	"tamizdat/letter"
)

// person sits before a terminal in which the program runs: sees all that is on
// the screen and types.
type person struct {
	t    *testing.T
	tty  *os.File
	came chan string
	seen string // everything so far
	read int    // of it, up to the last thing waited for
	code chan int
}

// sit starts the program in a pseudo-terminal.
func sit(t *testing.T, args ...string) *person {
	t.Helper()
	return sitIn(t, context.Background(), args...)
}

func sitIn(t *testing.T, ctx context.Context, args ...string) *person {
	t.Helper()
	master, program := openTerminal(t)
	p := &person{t: t, tty: master, came: make(chan string), code: make(chan int, 1)}
	go p.look()
	env := &cli.Env{Stdin: program, Stdout: program, Stderr: program, Getenv: func(string) string { return "" }}
	go func() {
		code := cli.Run(ctx, sourcecmd.Command(), env, args)
		fmt.Fprint(program, "<the end>")
		p.code <- code
	}()
	return p
}

// openTerminal returns the two ends of a pseudo-terminal: where a person sits,
// and what a program has.
func openTerminal(t *testing.T) (master, program *os.File) {
	t.Helper()
	master = must(os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0))(t)
	t.Cleanup(func() { master.Close() })
	var number int
	raw := must(master.SyscallConn())(t) // Fd would keep Close from closing while somebody reads
	var err error
	if failed := raw.Control(func(fd uintptr) {
		if number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN); err == nil {
			err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		}
	}); failed != nil || err != nil {
		t.Fatal(failed, err)
	}
	program = must(os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0))(t)
	t.Cleanup(func() { program.Close() })
	return master, program
}

func (p *person) look() {
	defer close(p.came)
	buf := make([]byte, 4096)
	for {
		n, err := p.tty.Read(buf)
		if err != nil {
			return
		}
		p.came <- string(buf[:n])
	}
}

// await looks on until text stands on the screen, and returns what came with it.
func (p *person) await(text string) string {
	p.t.Helper()
	timeout := time.After(time.Minute)
	for {
		if i := strings.Index(p.seen[p.read:], text); i >= 0 {
			from := p.read
			p.read += i + len(text)
			return p.seen[from:p.read]
		}
		select {
		case more, ok := <-p.came:
			if !ok {
				p.t.Fatalf("the terminal closed; waiting for %q in\n%s", text, p.seen)
			}
			p.seen += more
		case <-timeout:
			p.t.Fatalf("waiting for %q in\n%q", text, p.seen)
		}
	}
}

// say types a line.
func (p *person) say(line string) {
	p.t.Helper()
	if _, err := p.tty.WriteString(line + "\n"); err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) end(code int) {
	p.t.Helper()
	p.await("<the end>")
	if got := <-p.code; got != code {
		p.t.Fatalf("exit %d, want %d\n%s", got, code, p.seen)
	}
}

// secret waits until nothing is echoed, then types.
func (p *person) secret(prompt, line string) {
	p.t.Helper()
	p.await(prompt)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		state := must(unix.IoctlGetTermios(int(p.tty.Fd()), unix.TCGETS))(p.t)
		if state.Lflag&unix.ECHO == 0 {
			break
		}
		if time.Now().After(deadline) {
			p.t.Fatal("the words would be echoed")
		}
	}
	p.say(line)
}

// A newcomer compares the check words, is shown twelve words once on a screen of
// their own, names two of them, and nothing of them is left on the first screen.
func TestTerminalNew(t *testing.T) {
	s := newStage(t)
	p := sit(t, "new", "--drop", s.url)
	check := letter.CheckWords(s.nr, letter.English())
	p.await("check words: " + strings.Join(check[:], " "))
	p.await("Type yes: ")
	p.say("yes")
	p.await("\x1b[?1049h")
	shown := p.await("Press Enter")
	if !strings.Contains(shown, strings.Join(check[:], " ")) {
		t.Error("the check words do not stand beside the twelve")
	}
	words := numbered(shown)
	if len(words) != 12 {
		t.Fatalf("%d words are shown:\n%s", len(words), shown)
	}
	p.say("")
	p.await("\x1b[2J")
	ask(p)
	p.secretNow("not-a-word")
	p.await("Here they are again")
	if again := p.await("Press Enter"); strings.Join(numbered(again), " ") != strings.Join(words, " ") {
		t.Error("other words are shown the second time")
	}
	p.say("")
	for range 2 {
		p.secretNow(words[ask(p)-1])
	}
	p.await("\x1b[2J\x1b[?1049l")
	p.end(0)
	outside := p.seen[:strings.Index(p.seen, "\x1b[?1049h")] + p.seen[strings.LastIndex(p.seen, "\x1b[?1049l"):]
	if len(numbered(outside)) > 0 {
		t.Errorf("words are left on the first screen:\n%q", outside)
	}
	if _, err := letter.ReadWords(strings.Join(words, " ")); err != nil {
		t.Error(err)
	}
}

// numbered finds the words that stand after their numbers.
func numbered(screen string) []string {
	var words []string
	fields := strings.Fields(screen)
	for i := range len(fields) - 1 {
		if fields[i] == fmt.Sprint(len(words)+1) {
			words = append(words, fields[i+1])
		}
	}
	return words
}

// ask waits for the question after a word and returns its number.
func ask(p *person) int {
	p.t.Helper()
	p.await("Word ")
	var n int
	if _, err := fmt.Sscanf(p.await(": "), "%d:", &n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

// secretNow types when the prompt is there already.
func (p *person) secretNow(line string) {
	p.t.Helper()
	p.secret("", line)
}

func TestTerminalNewNotConfirmed(t *testing.T) {
	s := newStage(t)
	p := sit(t, "new", "--drop", s.url)
	p.await("Type yes: ")
	p.say("no")
	p.await("the check words were not confirmed")
	p.end(1)
	if strings.Contains(p.seen, "\x1b[?1049h") {
		t.Error("words are shown for a newsroom that nobody vouches for")
	}
}

// Words without echo, one mistake forgiven, a letter ended by a dot, the screen
// cleared at the end.
func TestTerminalSendAndRead(t *testing.T) {
	s := newStage(t)
	words := letter.NewWords()
	phrase := words.In(letter.English())
	p := sit(t, s.here("send")...)
	p.secret("Your twelve words: ", strings.Replace(phrase, " ", " abandom ", 1))
	p.await("these are 13")
	p.secret("Your twelve words: ", phrase)
	p.await("ends it.")
	p.say("Dear Anna,")
	p.say("the plan is on my desk.")
	p.say(".")
	p.await("label: ")
	p.await("Press Enter to clear the screen")
	p.say("")
	p.await("\x1b[3J")
	p.end(0)
	if strings.Contains(p.seen, phrase[:20]) {
		t.Error("the words were echoed")
	}
	s.write(0, nil)
	got := s.letters(0)
	if len(got) != 1 || got[0].Letter.Text != "Dear Anna,\nthe plan is on my desk." {
		t.Fatalf("Anna opened %d letters", len(got))
	}

	p = sit(t, s.here("read")...)
	p.secret("Your twelve words: ", phrase)
	p.await("no letters for these words")
	p.await("Press Enter to clear the screen")
	p.say("")
	p.await("\x1b[3J")
	p.end(0)
}

// A terminal silently drops what goes beyond 4,095 bytes of a line. A letter must
// not lose its end that way.
func TestTerminalLineTooLong(t *testing.T) {
	s := newStage(t)
	p := sit(t, s.here("send")...)
	p.secret("Your twelve words: ", letter.NewWords().In(letter.English()))
	p.await("ends it.")
	go func() { p.say(strings.Repeat("long ", 1000) + "\nwhat follows\n.") }()
	p.await("Press Enter to clear the screen")
	p.say("")
	p.await("\x1b[3J")
	p.await("its end is lost; nothing was sent")
	p.end(1)
	s.write(0, nil)
	if len(s.letters(0)) != 0 {
		t.Error("half a letter was sent")
	}
}

// Ctrl-D ends a letter as well.
func TestTerminalEndOfInput(t *testing.T) {
	s := newStage(t)
	p := sit(t, s.here("send")...)
	p.secret("Your twelve words: ", letter.NewWords().In(letter.English()))
	p.await("ends it.")
	p.say("short")
	if _, err := p.tty.WriteString("\x04"); err != nil {
		t.Fatal(err)
	}
	p.await("label: ")
	p.await("Press Enter to clear the screen")
	p.say("")
	p.end(0)
}

// While the letter is being written the newsroom gets a new list. The person is
// shown it, and the same letter goes to those who are on it.
func TestTerminalListChangesMeanwhile(t *testing.T) {
	for _, agreed := range []bool{true, false} {
		s := newStage(t)
		p := sit(t, "send", "--drop", s.url)
		p.await("Type yes: ")
		p.say("yes")
		p.secret("Your twelve words: ", letter.NewWords().In(letter.English()))
		p.await("ends it.")
		s.enlarge("Dora")
		s.ahead.Add(26 * hour) // the drop takes letters under the old list no more
		p.say("hello")
		p.say(".")
		p.await("Dora")
		p.await("The list of journalists has changed. Type yes to send to these: ")
		s.ahead.Add(-26 * hour)
		if !agreed {
			p.say("no")
			p.await("Press Enter to clear the screen")
			p.say("")
			p.await("\x1b[3J")
			p.await("the newsroom has a new list of journalists, and the letter was not sent to these")
			p.end(1)
			continue
		}
		p.say("yes")
		p.await("label: ")
		if to := p.await("\r\n\r\n"); !strings.Contains(to, "Dora") {
			t.Errorf("sent %s", to)
		}
		p.await("Press Enter to clear the screen")
		p.say("")
		p.end(0)
	}
}

// A letter that could not be sent does not stay on the screen either, nor do the
// newsroom's answers. The reason is told on the empty screen.
func TestTerminalClearedAfterFailure(t *testing.T) {
	s := newStage(t)
	p := sit(t, s.here("send")...)
	phrase := letter.NewWords().In(letter.English())
	p.secret("Your twelve words: ", phrase)
	p.await("ends it.")
	p.say("I am " + phrase)
	p.say(".")
	p.await("Press Enter to clear the screen")
	p.say("")
	p.await("\x1b[3J")
	p.await("error: ")
	p.end(1)

	p = sit(t, s.here("read")...)
	for range 3 {
		p.secret("Your twelve words: ", "not these")
	}
	p.await("Press Enter to clear the screen")
	p.say("")
	p.await("\x1b[3J")
	p.end(1)
}

// An interrupt leaves nothing on the screen, and asks nothing.
func TestTerminalClearedAfterInterrupt(t *testing.T) {
	s := newStage(t)
	ctx, interrupt := context.WithCancel(t.Context())
	p := sitIn(t, ctx, s.here("send")...)
	p.secret("Your twelve words: ", letter.NewWords().In(letter.English()))
	p.await("ends it.")
	p.say("Dear Anna,")
	p.await("Dear Anna,")
	interrupt()
	p.await("\x1b[3J")
	p.await("error: interrupted")
	p.end(1)
}
