// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tamizdat/drop/client"
	"tamizdat/drop/droptest"
	"tamizdat/internal/cli"
	"tamizdat/letter/wire"
)

// asProgram makes the test binary behave as the program itself, so that tests
// can kill a real process without building one.
const asProgram = "TAMIZDAT_TEST_IS_DROP"

// asWitness makes the test binary become the owner of a folder and tell what
// rights it then has. Its value is the function that does it and the folder.
const asWitness = "TAMIZDAT_TEST_TELLS_RIGHTS"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		cli.Main(Command())
	}
	if how := os.Getenv(asWitness); how != "" {
		tellRights(how)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// getenv is the environment of a machine on which nothing is installed.
func getenv(name string) string {
	switch name {
	case "STATE_DIRECTORY", "CONFIGURATION_DIRECTORY":
		return "/nonexistent"
	}
	return os.Getenv(name)
}

// run runs the program in this process.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: getenv}
	code = cli.Run(t.Context(), Command(), env, args)
	return code, out.String(), errs.String()
}

// must runs the program and ends the test if it fails.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := run(t, args...)
	if code != 0 {
		t.Fatalf("%v: exit %d: %s", args, code, errs)
	}
	return out
}

// founded makes the folder of a drop and the newsroom that it serves.
func founded(t *testing.T, journalists int, s wire.Schedule) (dir string, n *droptest.Newsroom) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "drop")
	must(t, "init", "--dir", dir)
	id, err := readIdentity(dir)
	droptest.Expect(t, "identity", err, nil)
	n = droptest.NewNewsroom(t, journalists, s, time.Now().Unix())
	n.ServedBy(id.key(), id.incarnation)
	must(t, "adopt", "--dir", dir, n.NR.String())
	return dir, n
}

// process is a running drop.
type process struct {
	cmd  *exec.Cmd
	url  string
	errs *bytes.Buffer
	done chan error
}

// start runs serve as a process of its own and waits until it listens.
func start(t *testing.T, dir string) *process {
	t.Helper()
	addrFile := filepath.Join(t.TempDir(), "addr")
	p := &process{errs: &bytes.Buffer{}, done: make(chan error, 1)}
	p.cmd = exec.Command(os.Args[0], "serve", "--dir", dir, "--tor", "none", "--addr-file", addrFile)
	p.cmd.Env = append(os.Environ(), asProgram+"=1", "CONFIGURATION_DIRECTORY=/nonexistent")
	p.cmd.Stdout, p.cmd.Stderr = io.Discard, p.errs
	droptest.Expect(t, "starting the drop", p.cmd.Start(), nil)
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(p.kill)
	for {
		b, err := os.ReadFile(addrFile)
		if err == nil {
			p.url = strings.TrimSpace(string(b))
			return p
		}
		select {
		case err := <-p.done:
			p.done <- err
			t.Fatalf("the drop did not start: %v: %s", err, p.errs)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// kill ends the process as a power cut would, as far as a process can be cut.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	p.done <- <-p.done
}

// stop asks the process to end, and waits.
func (p *process) stop(t *testing.T) {
	t.Helper()
	droptest.Expect(t, "asking it to end", p.cmd.Process.Signal(os.Interrupt), nil)
	err := <-p.done
	p.done <- err
	droptest.Expect(t, "ending", err, nil)
}

func (p *process) client(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(p.url, nil)
	droptest.Expect(t, "client", err, nil)
	t.Cleanup(c.Close)
	return c
}

// eventually waits for what takes real time, for at most half a minute.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: it did not come about", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func now() int64 { return time.Now().Unix() }

func formatted(format string, v any) string { return fmt.Sprintf(format, v) }
