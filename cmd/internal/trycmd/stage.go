// SPDX-License-Identifier: Apache-2.0

package trycmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"tamizdat/internal/cli"
	"tamizdat/internal/tornet"
)

// stage is what the story plays on: a folder, the four programs, and the
// processes that it started and must end.
type stage struct {
	env *cli.Env
	bin string // folder of the programs
	dir string // folder of everything that the story writes

	dropAddress string // http://127.0.0.1:port, or an onion
	newsroom    string // tamizdat1…

	network *tornet.Network // nil where the story is told without Tor

	mu    sync.Mutex
	procs []*process
}

// process is a server that the story started.
type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{}
	said *tail // on standard output
	tail *tail // on standard error
}

// run plays one command as a person would type it: it prints the command and
// what it answered, and fails with the program's own words.
func (s *stage) run(ctx context.Context, stdin, program string, args ...string) (string, error) {
	s.env.Printf("  $ %s\n", shown(program, args))
	out, err := s.quiet(ctx, stdin, program, args...)
	s.show(out)
	return out, err
}

// whole is run for an answer that is worth more than a screenful.
func (s *stage) whole(ctx context.Context, program string, args ...string) (string, error) {
	s.env.Printf("  $ %s\n", shown(program, args))
	out, err := s.quiet(ctx, "", program, args...)
	s.showLines(out, 100)
	return out, err
}

// again plays a command whose answer was seen before: it prints the last line.
func (s *stage) again(ctx context.Context, stdin, program string, args ...string) error {
	s.env.Printf("  $ %s\n", shown(program, args))
	out, err := s.quiet(ctx, stdin, program, args...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) > 1 {
		s.env.Printf("    …\n")
	}
	s.show(lines[len(lines)-1])
	return err
}

// quiet is run without printing.
func (s *stage) quiet(ctx context.Context, stdin, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), args...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Dir = s.dir
	cmd.Env = s.environment(s.unconfigured())
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), &failure{shown(program, args), err, strings.TrimSpace(stderr.String())}
	}
	return stdout.String(), nil
}

// unconfigured is the environment of a person who has configured nothing.
func (s *stage) unconfigured() []string {
	return append(os.Environ(), "HOME="+s.dir, "XDG_CONFIG_HOME="+s.dir, "CONFIGURATION_DIRECTORY="+s.dir)
}

// failure is a program of the story that did not do its part.
type failure struct {
	command string
	err     error
	said    string
}

func (f *failure) Error() string {
	return fmt.Sprintf("%s: %v\n%s", f.command, f.err, f.said)
}

func (f *failure) Unwrap() error { return f.err }

// show prints at most a screenful of what a program said, indented.
func (s *stage) show(out string) { s.showLines(out, 26) }

func (s *stage) showLines(out string, most int) {
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	if len(lines) == 1 && lines[0] == "" {
		return
	}
	for i, line := range lines {
		if i == most {
			s.env.Printf("    … %d more lines\n", len(lines)-most)
			return
		}
		s.env.Printf("    %s\n", line)
	}
}

// start starts a server of the story. It is ended by [stage.end], or by the
// kernel if this process dies first.
func (s *stage) start(name, stdin, program string, args ...string) error {
	_, err := s.startProcess(name, stdin, program, args...)
	return err
}

// startProcess is start for who wants to know what the server says.
func (s *stage) startProcess(name, stdin, program string, args ...string) (*process, error) {
	s.env.Printf("  $ %s &\n", shown(program, args))
	p := &process{name: name, done: make(chan struct{}), said: &tail{}, tail: &tail{}}
	p.cmd = exec.Command(filepath.Join(s.bin, program), args...)
	p.cmd.Dir = s.dir
	p.cmd.Env = s.environment(s.unconfigured())
	p.cmd.Stdin = strings.NewReader(stdin)
	p.cmd.Stdout, p.cmd.Stderr = p.said, p.tail
	p.cmd.SysProcAttr = childAttributes()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("could not start %s: %w", program, err)
	}
	go func() {
		p.cmd.Wait()
		close(p.done)
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.procs = append(s.procs, p)
	return p, nil
}

// end asks every server to stop, last started first, and waits for each.
func (s *stage) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.procs) - 1; i >= 0; i-- {
		s.procs[i].stop()
	}
	s.procs = nil
}

func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(6 * time.Second): // a drop's own tor has 3 of them
		p.cmd.Process.Kill()
		<-p.done
	}
}

// fallen reports a server that ended by itself, with its last words.
func (s *stage) fallen() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.procs {
		select {
		case <-p.done:
			return fmt.Errorf("the %s stopped: %s", p.name, p.tail)
		default:
		}
	}
	return nil
}

// errLate is what waitFor says when the story's patience is over.
var errLate = errors.New("it took too long")

// waitFor asks again, once a second, until ready says yes: more often would keep
// a desk's folder from the desk that runs. It gives up after the given time, or
// as soon as a server of the story has fallen.
func (s *stage) waitFor(ctx context.Context, what string, patience time.Duration, ready func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		ok, err := ready()
		if ok {
			return nil
		}
		if fell := s.fallen(); fell != nil {
			return fell
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, errors.Join(errLate, err))
		case <-time.After(time.Second):
		}
	}
}

// write puts a file of the story into its folder.
func (s *stage) write(name, text string) error {
	return os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600)
}

// path is the place of a file of the story.
func (s *stage) path(name ...string) string {
	return filepath.Join(append([]string{s.dir}, name...)...)
}

// freeAddress is a loopback address on which nobody listens just now. Between
// this call and its use somebody else may take it; then the server says so.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// shown is a command as it would be typed in a shell.
func shown(program string, args []string) string {
	words := make([]string, 0, len(args)+1)
	for _, a := range append([]string{program}, args...) {
		if a == "" || strings.ContainsAny(a, " '\"$&;()<>|*?") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}

// tail keeps the last words of a server.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if extra := len(t.buf) - 2048; extra > 0 {
		t.buf = t.buf[extra:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.buf))
}
