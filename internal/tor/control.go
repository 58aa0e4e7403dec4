// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"tamizdat/internal/cli"
)

// commandLimit is how long tor may take for a command. It does what we ask for
// at once, or in a moment when it is starting.
const commandLimit = 30 * time.Second

// eventQueue is how many events wait to be taken. More are dropped: whoever
// listens must live with an event that never came.
const eventQueue = 256

// Control is a connection to tor's control port, authenticated. Its methods may
// be called by several goroutines. Whatever a connection asked for, such as a
// service, ends with it.
type Control struct {
	conn    net.Conn
	events  chan reply    // closed by the reader at its end
	replies chan reply    // closed by the reader at its end
	closing chan struct{} // closed by Close
	once    sync.Once
	mu      sync.Mutex // one command at a time
	failed  error      // set by the reader before it closes the channels
}

// Dial connects to the control socket at a path and authenticates. Whoever listens
// there will be given the key of an onion, so it refuses a socket that another
// user could have put there: it and the folders above it must belong to root, to
// us or to the system's tor, and be writable by nobody else. A port has no owner,
// so none is dialled. The connection is to be closed; ctx bounds only the dialling.
func Dial(ctx context.Context, path string) (*Control, error) {
	if !filepath.IsAbs(path) {
		return nil, cli.WithHint(fmt.Errorf("%q is not the path of a control socket, from / on", path),
			"a port is not taken: any user of this machine could listen there in tor's place and be given the key of the onion; use ControlSocket in torrc")
	}
	socket, err := checkSocket(path)
	if err != nil {
		return nil, fmt.Errorf("reach the control socket of tor: %w", err)
	}
	return dial(ctx, "unix", socket, (*Control).authenticate)
}

// dialOwn connects to the control port of a tor that we started, which can read
// the cookie in its folder. Nothing that the listener says names another one.
func dialOwn(ctx context.Context, at, cookieFile string) (*Control, error) {
	if ap, err := netip.ParseAddrPort(at); err != nil || !ap.Addr().IsLoopback() {
		return nil, errReply("a control port that is not on this machine")
	}
	return dial(ctx, "tcp", at, func(c *Control, ctx context.Context) error {
		return withCookie(cookieFile, func(cookie []byte) error { return c.safeCookie(ctx, cookie) })
	})
}

func dial(ctx context.Context, network, at string, authenticate func(*Control, context.Context) error) (*Control, error) {
	ctx, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, at)
	if err != nil {
		return nil, fmt.Errorf("reach the control port of tor: %w", err)
	}
	c := newControl(conn)
	if err := authenticate(c, ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func newControl(conn net.Conn) *Control {
	c := &Control{
		conn: conn, events: make(chan reply, eventQueue), replies: make(chan reply), closing: make(chan struct{}),
	}
	go c.read()
	return c
}

// Close ends the connection and waits until nothing of it runs.
func (c *Control) Close() error {
	err := c.hangUp()
	for range c.replies { // until the reader has ended
	}
	return err
}

func (c *Control) hangUp() (err error) {
	c.once.Do(func() {
		close(c.closing)
		err = c.conn.Close()
	})
	return err
}

// read takes replies and events apart until the connection ends.
func (c *Control) read() {
	r := bufio.NewReader(c.conn)
	for c.failed == nil {
		var rep reply
		rep, c.failed = readReply(r)
		switch {
		case c.failed != nil:
		case rep.code == codeEvent:
			select {
			case c.events <- rep:
			default:
			}
		default:
			select {
			case c.replies <- rep:
			case <-c.closing:
				c.failed = net.ErrClosed
			}
		}
	}
	c.hangUp()
	close(c.events)
	close(c.replies)
}

// do sends a command and waits for its reply. A reply that comes too late would
// be taken for that of the next command, so then the connection is given up.
func (c *Control) do(ctx context.Context, command string) (reply, error) {
	if strings.ContainsAny(command, "\r\n\x00") {
		return reply{}, errors.New("a command to tor cannot hold a line break")
	}
	ctx, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	defer context.AfterFunc(ctx, func() { c.hangUp() })()
	if _, err := c.conn.Write([]byte(command + "\r\n")); err != nil {
		return reply{}, c.broken(ctx, err)
	}
	rep, ok := <-c.replies
	if !ok {
		return reply{}, c.broken(ctx, c.failed)
	}
	if rep.code != codeOK {
		return rep, &refusal{verb: strings.SplitN(command, " ", 2)[0], code: rep.code, text: rep.lines[0].text}
	}
	return rep, nil
}

// broken is the error of a command that got no reply.
func (c *Control) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("the connection to tor's control port broke: %w", err)
}

// refusal is tor's no. The command is named by its first word alone, because
// the others may be a key.
type refusal struct {
	verb string
	code int
	text string
}

// Error implements error.
func (e *refusal) Error() string {
	return fmt.Sprintf("tor answers %s with %d %s", e.verb, e.code, e.text)
}

// GetConf asks for settings that have one value each. One at its default may
// have an empty value.
func (c *Control) GetConf(ctx context.Context, names ...string) (map[string]string, error) {
	rep, err := c.do(ctx, "GETCONF "+strings.Join(names, " "))
	if err != nil {
		return nil, err
	}
	m := make(map[string]string)
	for _, l := range rep.lines {
		name, value, _ := strings.Cut(l.text, "=")
		m[name] = value
	}
	for _, name := range names {
		if _, ok := m[name]; !ok {
			return nil, errReply("a setting is missing from a reply")
		}
	}
	return m, nil
}

// GetInfo asks for one piece of information.
func (c *Control) GetInfo(ctx context.Context, key string) (string, error) {
	rep, err := c.do(ctx, "GETINFO "+key)
	if err != nil {
		return "", err
	}
	text, ok := strings.CutPrefix(rep.lines[0].text, key+"=")
	if !ok {
		return "", errReply("another answer than was asked for")
	}
	return text + rep.lines[0].data, nil
}

// Phase is how far a tor is in joining the network.
type Phase struct {
	Percent int
	Summary string // tor's words, for a person; may hold anything
	Warning string // what keeps it, or empty
}

// Bootstrap tells how far tor is.
func (c *Control) Bootstrap(ctx context.Context) (Phase, error) {
	text, err := c.GetInfo(ctx, "status/bootstrap-phase")
	if err != nil {
		return Phase{}, err
	}
	f := fields(text)
	percent, err := strconv.Atoi(f["PROGRESS"])
	if err != nil || percent < 0 || percent > 100 {
		return Phase{}, errReply("a progress that is no percentage")
	}
	return Phase{Percent: percent, Summary: f["SUMMARY"], Warning: f["WARNING"]}, nil
}

// DelOnion takes a service away that this connection has added.
func (c *Control) DelOnion(ctx context.Context, host string) error {
	if err := CheckHost(host); err != nil {
		return err
	}
	_, err := c.do(ctx, "DEL_ONION "+strings.TrimSuffix(host, onionSuffix))
	return err
}

// Own makes tor end when this connection does.
func (c *Control) Own(ctx context.Context) error {
	_, err := c.do(ctx, "TAKEOWNERSHIP")
	return err
}
