// SPDX-License-Identifier: Apache-2.0

// Package e2e tells stories across the real programs: they are built, started
// as processes, and spoken to as a person would, through their arguments, input
// and output.
package e2e

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programs is the folder of the built programs.
var programs string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "tamizdat-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-buildid=", "-o", dir, "./cmd/...")
	build.Dir = ".."
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	programs = dir
	if err := manyAtOnce(); err != nil {
		return 0, err
	}
	for _, variable := range []string{"XDG_CONFIG_HOME", "CONFIGURATION_DIRECTORY"} { // not of whoever runs the tests
		os.Setenv(variable, "/nonexistent")
	}
	return m.Run(), nil
}

// manyAtOnce has more stories told at a time than there are processors: most of a story is
// waiting for the next page. Who names another number is not overruled.
func manyAtOnce() error {
	flag.Parse()
	named := false
	flag.Visit(func(f *flag.Flag) { named = named || f.Name == "test.parallel" })
	if named {
		return nil
	}
	return flag.Set("test.parallel", strconv.Itoa(max(4, runtime.GOMAXPROCS(0))))
}

// stage is a folder in which a story's people type commands.
type stage struct {
	t     *testing.T
	dir   string
	limit time.Duration // for one command
	env   []string      // besides that of the tests
}

func newStage(t *testing.T) *stage {
	t.Helper()
	return &stage{t: t, dir: t.TempDir(), limit: 2 * time.Minute}
}

// try runs a command and gives what it said on both outputs.
func (s *stage) try(stdin string, args ...string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), s.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(programs, args[0]), args[1:]...)
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), s.env...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// run is try for a command that must succeed.
func (s *stage) run(stdin string, args ...string) string {
	s.t.Helper()
	out, errs, err := s.try(stdin, args...)
	if err != nil {
		s.t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, out, errs)
	}
	return out
}

// refused is try for a command that must fail, with words to be found in what
// it says.
func (s *stage) refused(stdin, words string, args ...string) {
	s.t.Helper()
	out, errs, err := s.try(stdin, args...)
	if err == nil {
		s.t.Fatalf("%s: this should have been refused\n%s", strings.Join(args, " "), out)
	}
	if !strings.Contains(out+errs, words) {
		s.t.Fatalf("%s: refused, but not with %q:\n%s%s", strings.Join(args, " "), words, out, errs)
	}
}

// start starts a server that lives until the test is over, or until the
// returned function is called. It must end well when it is asked to.
func (s *stage) start(stdin string, args ...string) (stop func()) {
	s.t.Helper()
	stop = s.startAny(stdin, func(err error, said string) {
		if err != nil {
			s.t.Errorf("%s ended with %v:\n%s", strings.Join(args, " "), err, said)
		}
	}, args...)
	return stop
}

// startAny is start with a say in how the server may end.
func (s *stage) startAny(stdin string, ended func(err error, said string), args ...string) (stop func()) {
	s.t.Helper()
	cmd := exec.Command(filepath.Join(programs, args[0]), args[1:]...)
	cmd.Dir = s.dir
	cmd.Stdin = strings.NewReader(stdin)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cmd.Process.Signal(syscall.SIGTERM)
		ended(cmd.Wait(), said.String())
	}
	s.t.Cleanup(stop)
	return stop
}

// until repeats a question until the answer is yes, for at most two minutes. It
// asks once a second: a desk that runs leaves a round out while somebody else
// holds its folder, and asking without a pause would leave it none.
func (s *stage) until(what string, yes func() bool) {
	s.t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(time.Second) {
		if yes() {
			return
		}
	}
	s.t.Fatalf("waited two minutes for %s", what)
}

func (s *stage) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// freeAddress is a loopback address on which nobody listens just now. It is none of those
// that systems give to whoever does not ask for one: by the time that it is used, another
// story's connection would have it.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000)))
		if err != nil {
			continue
		}
		defer l.Close()
		return l.Addr().String()
	}
	t.Fatal("no free port")
	return ""
}

func listening(address string) bool {
	c, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	c.Close()
	return true
}
