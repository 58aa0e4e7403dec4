// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode"

	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/internal/pause"
)

// How long a tor may take to open its control port, and to end when it is asked.
const (
	startLimit = 60 * time.Second
	endLimit   = 3 * time.Second
	lookAgain  = 100 * time.Millisecond
)

// Options say how a tor of our own runs.
type Options struct {
	Dir   string // its folder, for it alone; made if it is missing
	Socks bool   // open a SOCKS port on loopback
	Extra string // further lines for its settings; for tests
}

// Process is a tor of our own. It ends with us, however we end: it watches a
// connection that we hold and our process.
type Process struct {
	cmd     *exec.Cmd
	said    *tail
	done    chan struct{} // closed when it has ended
	at      string        // control port
	cookie  string        // file of its cookie
	socks   string
	control *Control // tor ends when this connection does
}

// Start runs the program tor and waits until it can be spoken to, which is long
// before it has joined the network; for that call [Process.Ready].
func Start(ctx context.Context, o Options) (*Process, error) {
	program, err := exec.LookPath("tor")
	if err != nil {
		return nil, cli.WithHint(ErrNotInstalled, howToInstall)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := durable.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	// No file of settings: those of the system are not meant for this tor, and
	// what is piped in cannot be changed on the way.
	none := filepath.Join(o.Dir, "none")
	portFile := filepath.Join(o.Dir, "control-port-"+rand.Text())
	defer os.Remove(portFile)
	p := &Process{said: &tail{}, done: make(chan struct{}), cookie: filepath.Join(o.Dir, "control_auth_cookie")}
	p.cmd = exec.Command(program, "--defaults-torrc", none, "--ignore-missing-torrc", "-f", "-", "--hush")
	p.cmd.Stdin = strings.NewReader(o.settings(portFile))
	p.cmd.Stdout, p.cmd.Stderr = p.said, p.said
	p.cmd.WaitDelay = endLimit
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start tor: %w", err)
	}
	go func() {
		_ = p.cmd.Wait() // why it ended is in what it said
		close(p.done)
	}()
	if err := p.meet(ctx, portFile, o.Socks); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

const howToInstall = "install it: on Debian and Ubuntu, sudo apt install tor; or open Tor Browser and leave it open"

// check refuses a folder whose name would be more than one line of the settings.
func (o Options) check() error {
	if strings.ContainsFunc(o.Dir, unicode.IsControl) {
		return fmt.Errorf("the folder of a tor cannot have control characters in its name: %q", o.Dir)
	}
	return nil
}

// settings are strict: ports on loopback only, a cookie, no log, nothing written
// that need not be. The file to which tor writes its control port has a name of
// its own for each start: who read that of another tor would take it over.
func (o Options) settings(portFile string) string {
	socks := "0"
	if o.Socks {
		socks = "127.0.0.1:auto"
	}
	lines := []string{
		"DataDirectory " + quote(o.Dir),
		"SocksPort " + socks,
		"ControlPort 127.0.0.1:auto",
		"ControlPortWriteToFile " + quote(portFile),
		"CookieAuthentication 1",
		fmt.Sprintf("__OwningControllerProcess %d", os.Getpid()),
		"ClientOnly 1",
		"RunAsDaemon 0",
		"SafeLogging 1",
		"AvoidDiskWrites 1",
		o.Extra,
	}
	return strings.Join(lines, "\n") + "\n"
}

// quote writes a path so that spaces and signs in it mean nothing to tor. A line
// break would still mean something: see check.
func quote(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
}

// meet waits for the control port and ties tor's life to ours.
func (p *Process) meet(ctx context.Context, portFile string, socks bool) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for p.at == "" {
		b, err := os.ReadFile(portFile)
		if err == nil {
			p.at = strings.TrimSpace(strings.TrimPrefix(string(b), "PORT="))
			break
		}
		select {
		case <-p.done:
			return p.ended()
		case <-ctx.Done():
			return fmt.Errorf("tor did not open its control port: %w", ctx.Err())
		case <-time.After(lookAgain):
		}
	}
	var err error
	if p.control, err = p.Control(ctx); err != nil {
		return err
	}
	if err := p.control.Own(ctx); err != nil || !socks {
		return err
	}
	text, err := p.control.GetInfo(ctx, "net/listeners/socks")
	if err != nil {
		return err
	}
	if p.socks, _ = value(text); p.socks == "" {
		return errors.New("tor opened no SOCKS port")
	}
	return nil
}

// Control opens a connection to its control port.
func (p *Process) Control(ctx context.Context) (*Control, error) {
	return dialOwn(ctx, p.at, p.cookie)
}

// Socks is its SOCKS port, an address and a port.
func (p *Process) Socks() string { return p.socks }

// Ended reports whether it has ended by itself.
func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *Process) ended() error {
	return fmt.Errorf("the tor that was started has ended; its last words: %q", p.said.String())
}

// Ready waits until it has joined the network. tell is called at each new step.
func (p *Process) Ready(ctx context.Context, tell func(Phase)) error {
	for last := (Phase{Percent: -1}); ; {
		phase, err := p.control.Bootstrap(ctx)
		switch {
		case err != nil && p.Ended():
			return p.ended()
		case err != nil:
			return err
		}
		if phase != last && tell != nil {
			tell(phase)
		}
		if last = phase; phase.Percent == 100 {
			return nil
		}
		if pause.For(ctx, lookAgain) != nil {
			return ctx.Err()
		}
	}
}

// Close ends it: by asking, and after three seconds by force. It waits.
func (p *Process) Close() error {
	var err error
	if p.control != nil {
		err = p.control.Close()
	}
	if p.cmd.Process.Signal(syscall.SIGTERM) != nil {
		_ = p.cmd.Process.Kill() // where there is no such signal; or it has ended
	}
	select {
	case <-p.done:
	case <-time.After(endLimit):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	return err
}

// tail keeps the last words of a program.
type tail struct{ b []byte }

// Write implements io.Writer. Only the goroutine that copies calls it, and
// String is called after that has ended.
func (t *tail) Write(p []byte) (int, error) {
	const most = 1 << 10
	t.b = append(t.b, p...)
	t.b = t.b[max(0, len(t.b)-most):]
	return len(p), nil
}

func (t *tail) String() string { return strings.TrimSpace(string(t.b)) }
