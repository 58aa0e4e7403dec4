// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
	"tamizdat/letter/wire"
)

// machine is one journalist's computer with a runtime folder, as a session of
// systemd gives it.
type machine struct {
	*bench
	name, runtime string
}

func (b *bench) machine(name string) *machine {
	b.t.Helper()
	// The names of sockets are short: a test's own temporary folder is not.
	runtime, err := os.MkdirTemp("", "run")
	b.must(err)
	b.t.Cleanup(func() { os.RemoveAll(runtime) })
	return &machine{b, name, runtime}
}

func (m *machine) env(stdin string, both *output) *cli.Env {
	return &cli.Env{Stdin: strings.NewReader(stdin), Stdout: both, Stderr: both, Getenv: func(name string) string {
		if name == "XDG_RUNTIME_DIR" {
			return m.runtime
		}
		return ""
	}}
}

func (m *machine) program() *cli.Command {
	p := &program{
		now: time.Now, params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1},
		busyFor: time.Minute, joinEvery: 50 * time.Millisecond,
	}
	return p.command()
}

// types runs a command as the person at the machine.
func (m *machine) types(stdin string, args ...string) (string, int) {
	said := &output{}
	code := cli.Run(m.t.Context(), m.program(), m.env(stdin, said), append(args, "--dir", m.path(m.name)))
	return said.String(), code
}

func (m *machine) mustType(stdin string, args ...string) string {
	m.t.Helper()
	out, code := m.types(stdin, args...)
	if code != 0 {
		m.t.Fatalf("%s: %v: exit %d\n%s", m.name, args, code, out)
	}
	return out
}

// service runs the desk in the background until the test ends, as the package's
// service does.
func (m *machine) service() *output {
	m.t.Helper()
	said, code := &output{}, make(chan int, 1)
	ctx, stop := context.WithCancel(m.t.Context())
	go func() {
		code <- cli.Run(ctx, m.program(), m.env("", said), []string{"run", "--background", "--dir", m.path(m.name)})
	}()
	m.t.Cleanup(func() {
		stop()
		if c := <-code; c != 0 {
			m.t.Errorf("the service of %s ended with %d: %s", m.name, c, said.String())
		}
	})
	until(m.t, "a locked desk", func() bool { return strings.Contains(said.String(), "The desk is locked") })
	return said
}

// TestInstallInFewCommands: three people who have just installed the package
// become a newsroom by two, two and one commands, and all three desks keep watch
// in the background without another one.
func TestInstallInFewCommands(t *testing.T) {
	b := newBench(t)
	anna, boris, clara := b.machine("anna"), b.machine("boris"), b.machine("clara")
	services := map[*machine]*output{anna: anna.service(), boris: boris.service(), clara: clara.service()}
	t.Chdir(b.dir)

	boris.mustType("pass\n", "request", "--name", "Boris")
	clara.mustType("pass\n", "request", "--name", "Clara")
	line := wire.DropLine{Address: b.address, Key: wire.DropKey(b.dropKey.Public().(ed25519.PublicKey)), Incarnation: b.inc}
	out := anna.mustType("pass\n", "found", "--name", "The Lamp", "--me", "Anna", "--drop", line.String(), "--schedule", "fast", "--yes", "boris.request", "clara.request")
	if !strings.Contains(out, "signed: 1 of 2") || !strings.Contains(out, "keeps watch in the background") {
		t.Fatalf("found said:\n%s", out)
	}
	nr, err := wire.ParseNewsroomKey(regexp.MustCompile(`tamizdat1[a-z2-7]{56}`).FindString(out))
	b.must(err)

	b.start(nr, time.Now)
	out = boris.mustType("pass\n", "sign", "--yes", "--publish", "the-lamp.draft")
	if !strings.Contains(out, "signed: 2 of 2") || !strings.Contains(out, "keeps watch in the background") {
		t.Errorf("sign said:\n%s", out)
	}
	if out := clara.mustType("pass\n", "join", "the-lamp.draft"); !strings.Contains(out, "keeps watch in the background") {
		t.Errorf("join said:\n%s", out)
	}
	for m, said := range services {
		until(t, "a desk that belongs to the newsroom and has looked", func() bool {
			return strings.Contains(m.mustType("pass\n", "status"), "letters log: ") && !strings.Contains(m.mustType("pass\n", "status"), "never")
		})
		if strings.Contains(said.String(), "The Lamp") {
			t.Errorf("%s's service tells the system's journal whose it is:\n%s", m.name, said.String())
		}
	}
	if out, code := anna.types("pass\n", "read"); code == 0 || !strings.Contains(out, "there is no letter yet") {
		t.Errorf("read said:\n%s", out)
	}
	if out := anna.mustType("wrong\n", "unlock"); !strings.Contains(out, "keeps watch in the background") {
		t.Errorf("unlock of an unlocked desk:\n%s", out)
	}
}

// TestUnlock: a wrong passphrase changes nothing, the right one unlocks, and what
// is no passphrase is not taken for one.
func TestUnlock(t *testing.T) {
	m := newBench(t).machine("anna")
	said := m.service()
	if out, code := m.types("pass\n", "unlock"); code == 0 || !strings.Contains(out, "no desk in this folder yet") {
		t.Errorf("without a desk: %d\n%s", code, out)
	}
	m.mustType("pass\n", "init", "--name", "Anna")
	if out, code := m.types("wrong\n", "unlock"); code == 0 || !strings.Contains(out, vault.ErrPassphrase.Error()) {
		t.Errorf("a wrong passphrase: %d\n%s", code, out)
	}
	socket, err := unlockSocket(m.env("", nil), m.path("anna"))
	m.must(err)
	if state, err := ask(t.Context(), socket, "", time.Second); state != answerLocked || err != nil {
		t.Errorf("a locked desk says %q, %v", state, err)
	}
	for _, nonsense := range [][]byte{nil, []byte("pass"), bytes.Repeat([]byte("x"), 2*maxPassphraseLine)} {
		conn, err := net.Dial("unix", socket)
		m.must(err)
		conn.Write(nonsense) // it may hang up before it has read all
		conn.Close()
	}
	m.mustType("pass\n", "unlock")
	until(t, "an unlocked desk", func() bool {
		state, err := ask(t.Context(), socket, "", time.Second)
		return err == nil && state == answerUnlocked
	})
	if strings.Contains(said.String(), "pass\n") || strings.Contains(said.String(), "wrong") {
		t.Errorf("the service printed a passphrase:\n%s", said.String())
	}
}

// TestUnlockTrustsNoOpenFolder: neither side uses a socket in a folder that
// others may enter.
func TestUnlockTrustsNoOpenFolder(t *testing.T) {
	m := newBench(t).machine("anna")
	socket, err := unlockSocket(m.env("", nil), m.path("anna"))
	m.must(err)
	m.must(os.MkdirAll(filepath.Dir(socket), 0o700))
	m.must(os.Chmod(filepath.Dir(socket), 0o755))
	if _, err := listenPrivately(socket); err == nil {
		t.Error("a desk waits where others may look")
	}
	if err := bringPassphrase(t.Context(), socket, "pass"); err == nil {
		t.Error("a passphrase was brought where others may wait")
	}
	said := &output{}
	env := m.env("", said)
	env.Getenv = func(string) string { return "" }
	if code := cli.Run(t.Context(), m.program(), env, []string{"run", "--background", "--dir", m.path("anna")}); code == 0 ||
		!strings.Contains(said.String(), "tamizdat desk run") {
		t.Errorf("without a runtime folder: %d, %s", code, said.String())
	}
}

// TestOneWaitsAtATime: a second service does not take the first one's socket; one
// that died leaves it to the next.
func TestOneWaitsAtATime(t *testing.T) {
	m := newBench(t).machine("anna")
	socket, err := unlockSocket(m.env("", nil), m.path("anna"))
	m.must(err)
	first, err := listenPrivately(socket)
	m.must(err)
	if _, err := listenPrivately(socket); err == nil {
		t.Error("two wait at one socket")
	}
	first.(*net.UnixListener).SetUnlinkOnClose(false)
	m.must(first.Close())
	second, err := listenPrivately(socket)
	m.must(err)
	m.must(second.Close())
}

// TestStartingWorkIsNotSeen: a desk that has looked before does not call the drop
// when its person unlocks it, but at its next moment.
func TestStartingWorkIsNotSeen(t *testing.T) {
	b := newBench(t)
	b.found("default", b.now)
	b.pass(1, "anna")
	calls := b.listener.(*countingListener)
	before := calls.count.Load()
	p := &program{now: b.now, params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}, busyFor: time.Minute, joinEvery: time.Minute}
	said, code := &output{}, make(chan int, 1)
	ctx, stop := context.WithCancel(t.Context())
	env := &cli.Env{Stdin: strings.NewReader("pass anna\n"), Stdout: said, Stderr: said, Getenv: os.Getenv}
	go func() { code <- cli.Run(ctx, p.command(), env, []string{"run", "--dir", b.path("anna")}) }()
	until(t, "the watch", func() bool { return strings.Contains(said.String(), "looks again") })
	b.isLeft("anna")
	if n := calls.count.Load() - before; n != 0 {
		t.Errorf("the drop was called %d times at once", n)
	}
	stop()
	if c := <-code; c != 0 {
		t.Errorf("run ended with %d: %s", c, said.String())
	}
	b.desk("boris", "", "sync")
	if calls.count.Load() == before {
		t.Error("the count counts nothing")
	}
}
