// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tamizdat/internal/cli"
)

// proxied is a SOCKS5 proxy that notes who asked for what and answers nobody.
type proxied struct {
	mu   sync.Mutex
	asks []asked
}

type asked struct {
	user, password, host string
	kind                 byte // of the address
	port                 uint16
}

func newProxy(t *testing.T) (*proxied, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxied{}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { defer c.Close(); _ = p.serve(c) })
		}
	})
	return p, l.Addr().String()
}

// serve speaks RFC 1928 and RFC 1929 as far as needed.
func (p *proxied) serve(c net.Conn) error {
	r := bufio.NewReader(c)
	methods, err := counted(r, 1)
	if err != nil || !strings.Contains(methods, "\x02") {
		return errors.Join(err, errors.New("no password offered"))
	}
	c.Write([]byte{5, 2})
	user, err := counted(r, 1)
	if err != nil {
		return err
	}
	password, err := counted(r, 0)
	if err != nil {
		return err
	}
	c.Write([]byte{1, 0})
	head := make([]byte, 4)
	if _, err := io.ReadFull(r, head); err != nil {
		return err
	}
	host, err := counted(r, 0)
	if err != nil {
		return err
	}
	var port [2]byte
	if _, err := io.ReadFull(r, port[:]); err != nil {
		return err
	}
	p.mu.Lock()
	p.asks = append(p.asks, asked{user, password, host, head[3], binary.BigEndian.Uint16(port[:])})
	p.mu.Unlock()
	_, err = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	return err
}

// counted skips some bytes, then reads a length and so many bytes.
func counted(r *bufio.Reader, skip int) (string, error) {
	if _, err := r.Discard(skip); err != nil {
		return "", err
	}
	n, err := r.ReadByte()
	if err != nil {
		return "", err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return string(b), err
}

const somebody = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion" // the Tor Project's

// TestThrough: each connection has credentials of its own, which nobody can
// guess, and the proxy is given the name, which was looked up nowhere.
func TestThrough(t *testing.T) {
	p, at := newProxy(t)
	dial, err := Through(at)
	if err != nil {
		t.Fatal(err)
	}
	const times = 10
	var wg sync.WaitGroup
	for range times {
		wg.Go(func() {
			conn, err := dial(t.Context(), "tcp", somebody+":80")
			if err != nil {
				t.Error(err)
				return
			}
			conn.Close()
		})
	}
	wg.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := map[string]bool{}
	for _, a := range p.asks {
		if a.kind != 3 || a.host != somebody || a.port != 80 || len(a.user) < 20 || len(a.password) < 20 {
			t.Errorf("asked for %+v", a)
		}
		if seen[a.user] || seen[a.password] {
			t.Error("two connections share credentials, and so circuits")
		}
		seen[a.user], seen[a.password] = true, true
	}
	if len(p.asks) != times {
		t.Errorf("%d of %d connections came", len(p.asks), times)
	}
}

func TestWhichProxy(t *testing.T) {
	for at, ok := range map[string]bool{
		"127.0.0.1:9050": true, "[::1]:9050": true, "127.3.2.1:9050": true,
		"10.0.0.1:9050": false, "192.168.1.1:9050": false, "[fd00::1]:9050": false,
		"192.0.2.1:9050": false, "localhost:9050": false, "127.0.0.1": false, "": false,
	} {
		if _, err := Through(at); (err == nil) != ok {
			t.Errorf("%q: %v", at, err)
		}
	}
}

func TestOnThisMachine(t *testing.T) {
	for address, want := range map[string]string{
		"http://127.0.0.1:80": "true", "http://localhost": "true", "http://[::1]:1": "true",
		"http://" + somebody: "false", "http://localhost.example": "false", "http://192.0.2.1": "false",
		"https://127.0.0.1": "error", "127.0.0.1:80": "error", "": "error", "http://": "error",
	} {
		local, err := OnThisMachine(address)
		got := fmt.Sprint(local)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", address, got, want)
		}
	}
}

// TestFinder: a port that was told is taken; this machine is reached directly;
// else the usual ports are tried in their order, and one that does not speak
// SOCKS with a password is passed over.
func TestFinder(t *testing.T) {
	_, first := newProxy(t)
	_, second := newProxy(t)
	dumb, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dumb.Close() })
	go func() {
		for c, err := dumb.Accept(); err == nil; c, err = dumb.Accept() {
			io.WriteString(c, "HTTP/1.0 400 no\r\n\r\n")
			c.Close()
		}
	}()
	for _, c := range []struct {
		usual []string
		want  string
	}{
		{[]string{first, second}, first},
		{[]string{"127.0.0.1:1", second}, second},
		{[]string{dumb.Addr().String(), second}, second},
	} {
		f := &Finder{Getenv: environment(nil), usual: c.usual}
		if got, err := f.find(t.Context()); got != c.want || err != nil {
			t.Errorf("%q: %q, %v", c.usual, got, err)
		}
	}
	f := &Finder{Getenv: environment(nil), usual: []string{}}
	if dial, err := f.To(t.Context(), "http://127.0.0.1:80"); dial != nil || err != nil {
		t.Errorf("this machine: %v", err)
	}
	for _, address := range []string{"http://drop.example", "http://abc.onion", "http://" + strings.Replace(somebody, "2g", "2h", 1)} {
		if _, err := f.To(t.Context(), address); err == nil {
			t.Errorf("%s was accepted", address)
		}
	}
}

// TestOnlyOnions: who says where Tor listens is still kept from the servers of
// the open network, which would be reached in plain text from an exit on.
func TestOnlyOnions(t *testing.T) {
	p, at := newProxy(t)
	f := &Finder{Getenv: environment(nil), Socks: at}
	for _, address := range []string{"http://drop.example", "http://192.0.2.1", "http://abc.onion"} {
		if dial, err := f.To(t.Context(), address); err == nil || dial != nil {
			t.Errorf("%s was accepted", address)
		}
	}
	for _, address := range []string{"http://" + somebody, "http://127.0.0.1:80"} {
		if dial, err := f.To(t.Context(), address); err != nil || dial == nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if len(p.asks) != 0 {
		t.Errorf("asked for %v", p.asks)
	}
}

// TestThere asks this machine alone.
func TestThere(t *testing.T) {
	_, at := newProxy(t)
	for socks, want := range map[string]string{at: at, "127.0.0.1:1": ""} {
		if got, err := (&Finder{Getenv: environment(nil), Socks: socks}).There(t.Context()); got != want || err != nil {
			t.Errorf("%s: %q, %v", socks, got, err)
		}
	}
	for _, socks := range []string{"localhost:1", "192.0.2.1:9050", "10.0.0.1:9050", "tor"} {
		if got, err := (&Finder{Getenv: environment(nil), Socks: socks}).There(t.Context()); err == nil {
			t.Errorf("%s was asked: %q", socks, got)
		}
	}
}

// TestOnlyInMemory: where nothing but a disk could keep it, no tor is started for
// a source.
func TestOnlyInMemory(t *testing.T) {
	needTor(t)
	disk := t.TempDir()
	f := &Finder{Getenv: environment(nil), usual: []string{}, memory: []string{"", "relative", "/proc"}, OnlyInMemory: true}
	t.Setenv("TMPDIR", disk)
	_, err := f.To(t.Context(), "http://"+somebody)
	if err == nil || !slices.Contains(cli.Hints(err), "open Tor Browser and leave it open, then try again") {
		t.Errorf("it says %v", err)
	}
	if left, _ := os.ReadDir(disk); len(left) != 0 {
		t.Errorf("it left %v", left)
	}
}

// TestNoTor: where none runs and none is installed, it says what to install.
func TestNoTor(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	memory := memoryFolder(t)
	f := &Finder{Getenv: environment(map[string]string{"XDG_RUNTIME_DIR": memory}), usual: []string{"127.0.0.1:1"}}
	if _, err := f.To(t.Context(), "http://"+somebody); err == nil || !strings.Contains(err.Error(), "no Tor runs on this machine") {
		t.Errorf("it says %v", err)
	}
	if left, _ := os.ReadDir(memory); len(left) != 0 {
		t.Errorf("it left %v", left)
	}
}

// TestExtra: settings for tests come only from a file that nobody else wrote.
func TestExtra(t *testing.T) {
	path := filepath.Join(t.TempDir(), "extra")
	get := environment(map[string]string{ExtraVariable: path})
	if _, err := Extra(get); err == nil {
		t.Error("a missing file is taken")
	}
	if err := os.WriteFile(path, []byte("X 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Extra(get); got != "X 1\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if err := os.Chmod(path, 0o622); err != nil {
		t.Fatal(err)
	}
	if _, err := Extra(get); err == nil {
		t.Error("a file that others can write is taken")
	}
}

func TestKeys(t *testing.T) {
	if err := CheckHost(somebody); err != nil {
		t.Error(err)
	}
	for _, host := range []string{"", ".onion", "abc.onion", strings.ToUpper(somebody), somebody + ".", strings.Replace(somebody, "2g", "2h", 1), "a" + somebody[1:]} {
		if CheckHost(host) == nil {
			t.Errorf("%q is taken for an onion", host)
		}
	}
	k := newKey(t)
	if err := CheckHost(k.Host()); err != nil || OnionKeyFromSeed(k.Seed()).Host() != k.Host() {
		t.Errorf("%s: %v", k.Host(), err)
	}
	k = OnionKeyFromSeed([SeedSize]byte{0xab, 0xab, 0xab})
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		if out := fmt.Sprintf(format, k); out != "REDACTED" {
			t.Errorf("%s prints %q", format, out)
		}
	}
}

// TestCommands: a line break would be a second command.
func TestCommands(t *testing.T) {
	ours, theirs := net.Pipe()
	c := newControl(ours)
	for _, bad := range []string{"GETINFO a\r\nQUIT", "A\n", "A\x00"} {
		if _, err := c.do(context.Background(), bad); err == nil {
			t.Errorf("%q was sent", bad)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		bufio.NewReader(theirs).ReadString('\n')
		cancel() // instead of an answer
	}()
	if _, err := c.do(ctx, "GETINFO a"); !errors.Is(err, context.Canceled) {
		t.Errorf("without an answer: %v", err)
	}
	if _, err := c.do(t.Context(), "GETINFO b"); err == nil {
		t.Error("a connection out of step is used again")
	}
	c.Close()
}
