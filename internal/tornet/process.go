// SPDX-License-Identifier: Apache-2.0

package tornet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// process is a tor that was started and has to be ended.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// command is a program that ends with ctx, or with this process, and takes
// nothing from this process's environment.
func command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.SysProcAttr = childAttributes()
	return cmd
}

// tor is a tor with the node's torrc and no other configuration: the system's
// own files name no private network.
func (n *Network) tor(ctx context.Context, a *node, args ...string) *exec.Cmd {
	base := []string{"--defaults-torrc", os.DevNull, "-f", a.path("torrc")}
	cmd := command(ctx, n.programs.tor, append(base, args...)...)
	cmd.Env = append(cmd.Env, "HOME="+a.dir)
	return cmd
}

// start starts the node's tor, which then lives until it is stopped: not until
// the end of any context.
func (n *Network) start(a *node) error {
	if err := a.configure(network(n.nodes), a.silent()); err != nil {
		return err
	}
	a.release()
	log, err := os.OpenFile(a.path("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the tor has a descriptor of its own
	p := &process{cmd: n.tor(context.Background(), a), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		return err
	}
	a.process = p
	go func() {
		p.cmd.Wait()
		close(p.done)
	}()
	return nil
}

// fallen reports a tor that ended by itself, with its last words.
func (n *Network) fallen() error {
	for _, a := range n.all() {
		if a.process == nil {
			continue
		}
		select {
		case <-a.process.done:
			return fmt.Errorf("%s ended: %s", a.name, a.lastWords())
		default:
		}
	}
	return nil
}

// lastWords is the last line of a node's log.
func (n *node) lastWords() string {
	text, err := os.ReadFile(n.path("log"))
	if err != nil {
		return "it left no log"
	}
	return lastLine(text)
}

func lastLine(text []byte) string {
	text = bytes.TrimSpace(text)
	return string(text[bytes.LastIndexByte(text, '\n')+1:])
}

// bootstrapped tells whether a node's tor can build circuits.
func (n *node) bootstrapped() bool {
	text, err := os.ReadFile(n.path("log"))
	return err == nil && strings.Contains(string(text), "Bootstrapped 100%")
}

// signal sends a signal to a node's tor if it runs.
func (n *node) signal(s os.Signal) error {
	if err := n.process.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("%s: %w", n.name, err)
	}
	return nil
}

// stopAll lets go of ports, asks every tor to end, waits 3 seconds in all, and
// kills those that are left.
func stopAll(nodes []*node) error {
	var running []*node
	for _, n := range nodes {
		n.release()
		if n.process != nil {
			running = append(running, n)
			n.signal(syscall.SIGTERM) // whoever cannot be asked is killed below
		}
	}
	late := time.After(3 * time.Second)
	var errs []error
	for _, n := range running {
		select {
		case <-n.process.done:
			continue
		case <-late:
			late = time.After(0)
		}
		errs = append(errs, n.signal(os.Kill))
		<-n.process.done
	}
	return errors.Join(errs...)
}
