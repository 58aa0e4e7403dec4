// SPDX-License-Identifier: Apache-2.0

package sourcecmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"tamizdat/letter"
)

// settle starts the program in a process of its own, in a terminal that it owns,
// as in a window that somebody has opened for it.
func settle(t *testing.T, environment []string, args ...string) (*person, *os.Process) {
	t.Helper()
	master, program := openTerminal(t)
	cmd := exec.Command(os.Args[0], args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.Env = append(environment, childEnv+"=main")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	program.Close() // or the terminal would not be the child's alone
	p := &person{t: t, tty: master, came: make(chan string), code: make(chan int, 1)}
	go p.look()
	go func() {
		_ = cmd.Wait()
		p.code <- cmd.ProcessState.ExitCode()
	}()
	return p, cmd.Process
}

// offline is the network of a tor that never touches one.
const offline = "TestingTorNetwork 1\nDirAuthority nobody orport=1 no-v2 v3ident=FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 127.0.0.1:1 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"

// When the window is closed, the tor that was started and its folder are gone.
func TestWindowClosed(t *testing.T) {
	if _, err := exec.LookPath("tor"); err != nil {
		t.Skip("the program tor is not installed (Debian: apt install tor)")
	}
	memory := must(os.MkdirTemp("/dev/shm", "tamizdat-test"))(t)
	t.Cleanup(func() { os.RemoveAll(memory) })
	extra := filepath.Join(t.TempDir(), "extra")
	if err := os.WriteFile(extra, []byte(offline), 0o600); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	p, _ := settle(t, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "XDG_RUNTIME_DIR=" + memory, "TAMIZDAT_TOR_EXTRA=" + extra},
		"new", "--drop", "http://"+onion, "--newsroom", newStage(t).nr.String())
	p.await("starting one for this once")
	if there := must(os.ReadDir(memory))(t); len(there) != 1 {
		t.Fatalf("while its tor runs it has %v", there)
	}
	p.tty.Close()
	if code := <-p.code; code != 1 {
		t.Errorf("exit %d", code)
	}
	for _, dir := range []string{memory, home} {
		if left := must(os.ReadDir(dir))(t); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// Where the terminal outlives the hang-up, it shows nothing. A second hang-up,
// which comes from the shell, does not keep the program from clearing up.
func TestHangUpClears(t *testing.T) {
	s := newStage(t)
	p, process := settle(t, []string{"HOME=" + t.TempDir()}, s.here("send")...)
	p.secret("Your twelve words: ", letter.NewWords().In(letter.English()))
	p.await("ends it.")
	p.say("Dear Anna,")
	p.await("Dear Anna,")
	for range 2 {
		if err := process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	p.await("\x1b[3J")
	p.await("error: interrupted")
	if code := <-p.code; code != 1 {
		t.Errorf("exit %d", code)
	}
}
