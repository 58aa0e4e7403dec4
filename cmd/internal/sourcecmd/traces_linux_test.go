// SPDX-License-Identifier: Apache-2.0

package sourcecmd_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tamizdat/cmd/internal/sourcecmd"
	"tamizdat/internal/cli"
	"tamizdat/letter"
)

// childEnv makes the test binary be the program, in a process of its own.
const childEnv = "TAMIZDAT_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	os.Exit(m.Run())
}

func child() {
	if os.Getenv(childEnv) == "writes" { // the control: a program that leaves something
		f, _ := os.Create("left-behind")
		dir, _ := os.UserCacheDir()
		_ = os.MkdirAll(dir, 0o700)
		_, _ = io.ReadAll(os.Stdin) // until it was looked at
		_ = f.Close()
		return
	}
	if os.Getenv(childEnv) == "main" { // with the signals of the system
		cli.Main(sourcecmd.Command())
	}
	env := &cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
	os.Exit(cli.Run(context.Background(), sourcecmd.Command(), env, os.Args[1:]))
}

// trace is what a process left or could have left.
type trace struct {
	tree    []string // of HOME, TMPDIR and working folder, afterwards
	open    []string // files that it had open for writing at any look
	written int64    // blocks that it had the system write
	code    int
	output  string
}

// watch runs the program with HOME, TMPDIR and working folder in empty folders
// and a limit of zero bytes on every file it writes, which even root obeys, and
// looks at its open files all the time.
func watch(t *testing.T, mode, stdin string, args ...string) trace {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{"home", "tmp", "cwd"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sh := append([]string{"-c", `ulimit -f 0; exec "$0" "$@"`, os.Args[0]}, args...)
	cmd := exec.Command("/bin/sh", sh...)
	cmd.Dir = filepath.Join(dir, "cwd")
	cmd.Env = []string{childEnv + "=" + mode, "HOME=" + filepath.Join(dir, "home"), "TMPDIR=" + filepath.Join(dir, "tmp")}
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var tr trace
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(time.Millisecond):
			for _, name := range openForWriting(cmd.Process.Pid) {
				if !slices.Contains(tr.open, name) {
					tr.open = append(tr.open, name)
				}
			}
		}
	}
	tr.code, tr.output = cmd.ProcessState.ExitCode(), out.String()
	tr.written = cmd.ProcessState.SysUsage().(*syscall.Rusage).Oublock
	_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error {
		rel, _ := filepath.Rel(dir, path)
		tr.tree = append(tr.tree, rel)
		return nil
	})
	return tr
}

// openForWriting lists the regular files that a process has open for writing.
func openForWriting(pid int) []string {
	var found []string
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	for _, e := range entries {
		target, err := os.Stat(fmt.Sprintf("/proc/%d/fd/%s", pid, e.Name()))
		if err != nil || !target.Mode().IsRegular() {
			continue
		}
		link, err := os.Lstat(fmt.Sprintf("/proc/%d/fd/%s", pid, e.Name()))
		name, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", pid, e.Name()))
		if err == nil && link.Mode().Perm()&0o200 != 0 && !strings.HasPrefix(name, "anon_inode:") {
			found = append(found, name)
		}
	}
	return found
}

func (tr *trace) clean() bool {
	return slices.Equal(tr.tree, []string{".", "cwd", "home", "tmp"}) && len(tr.open) == 0 && tr.written == 0
}

// Nothing is ever written to a disk: not by new, not by send with a file, not by
// read, not when things go wrong.
func TestD06NothingIsWritten(t *testing.T) {
	s := newStage(t)
	phrase := letter.NewWords().In(letter.English())
	film := filepath.Join(t.TempDir(), "film.bin")
	if err := os.WriteFile(film, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		stdin string
		args  []string
		code  int
	}{
		"new":                {"", s.here("new"), 0},
		"send":               {phrase + "\nhello\n", s.here("send", "--attach", film), 0},
		"read":               {phrase + "\n", s.here("read"), 0},
		"send without words": {"hello\n", s.here("send"), 1},
		"no drop there":      {phrase + "\n", []string{"read", "--drop", "http://127.0.0.1:1", "--newsroom", s.nr.String()}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			tr := watch(t, "program", c.stdin, c.args...)
			if tr.written > 0 {
				// The kernel charges a process for noting when its program file was
				// last read. It notes that once; a second run has no such excuse.
				tr = watch(t, "program", c.stdin, c.args...)
			}
			if tr.code != c.code {
				t.Fatalf("exit %d, want %d:\n%s", tr.code, c.code, tr.output)
			}
			if !tr.clean() {
				t.Errorf("left %v, had open %v, wrote %d blocks", tr.tree, tr.open, tr.written)
			}
		})
	}
	t.Run("control", func(t *testing.T) {
		tr := watch(t, "writes", strings.Repeat("x", 1<<20))
		if tr.clean() || len(tr.tree) != 6 {
			t.Errorf("a program that leaves files passes: %v", tr.tree)
		}
	})
}
