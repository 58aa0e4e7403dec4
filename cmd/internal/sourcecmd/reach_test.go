// SPDX-License-Identifier: Apache-2.0

package sourcecmd_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"tamizdat/letter"
)

const onion = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion" // the Tor Project's

// socks is a SOCKS5 proxy that notes who asked for what and connects everybody
// to one address.
type socks struct {
	to   string
	mu   sync.Mutex
	asks []asked
	gets sync.WaitGroup // connections that only read, as long as they are open
	late bool           // one of them was open when a letter came
}

type asked struct {
	user, password, host string
	first                string // line of the first request
}

func newSOCKS(t *testing.T, to string) (*socks, string) {
	t.Helper()
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	s := &socks{to: to}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { defer c.Close(); _ = s.serve(c) })
		}
	})
	return s, l.Addr().String()
}

// serve speaks RFC 1928 and 1929 as far as needed.
func (s *socks) serve(c net.Conn) error {
	r := bufio.NewReader(c)
	methods, err := counted(r, 1)
	if err != nil || !strings.Contains(methods, "\x02") {
		return errors.Join(err, errors.New("no password offered"))
	}
	c.Write([]byte{5, 2})
	var a asked
	if a.user, err = counted(r, 1); err != nil {
		return err
	}
	if a.password, err = counted(r, 0); err != nil {
		return err
	}
	c.Write([]byte{1, 0})
	if a.host, err = counted(r, 4); err != nil { // version, command, reserved, type 3
		return err
	}
	var port [2]byte
	if _, err := io.ReadFull(r, port[:]); err != nil {
		return err
	}
	if binary.BigEndian.Uint16(port[:]) != 80 {
		return errors.New("another port")
	}
	c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	if a.first, err = r.ReadString('\n'); err != nil {
		return err
	}
	s.mu.Lock()
	s.asks = append(s.asks, a)
	s.mu.Unlock()
	switch {
	case strings.HasPrefix(a.first, "GET "):
		s.gets.Add(1)
		defer s.gets.Done()
	case strings.HasPrefix(a.first, "POST /v1/letters"):
		s.awaitReaders()
	}
	return s.join(c, io.MultiReader(strings.NewReader(a.first), r))
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

// awaitReaders waits until the connections of the visit have ended. How soon that
// comes after the client closed them is the system's matter.
func (s *socks) awaitReaders() {
	ended := make(chan struct{})
	go func() { s.gets.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		s.mu.Lock()
		s.late = true
		s.mu.Unlock()
	}
}

func (s *socks) join(c net.Conn, from io.Reader) error {
	up, err := net.Dial("tcp", s.to)
	if err != nil {
		return err
	}
	go func() {
		io.Copy(up, from)
		up.Close()
	}()
	_, err = io.Copy(c, up)
	return err
}

// Through Tor every connection has circuits of its own, the onion's name is
// never looked up, and a letter travels apart from the visit and from its files,
// when the connections of the visit have ended.
func TestThroughTor(t *testing.T) {
	s := newStage(t)
	proxy, at := newSOCKS(t, strings.TrimPrefix(s.url, "http://"))
	phrase := letter.NewWords().In(letter.English())
	got := run(t, phrase+"\nhello\n", "send", "--drop", "http://"+onion, "--newsroom", s.nr.String(), "--socks", at, "--attach", "reach_test.go")
	if got.code != 0 || strings.Contains(got.stderr, "warning") {
		t.Fatalf("%d\n%s", got.code, got.stderr)
	}
	proxy.mu.Lock()
	defer proxy.mu.Unlock()
	if proxy.late {
		t.Error("the visit's connection was open when the letter was sent")
	}
	seen := make(map[string]bool)
	ways := make(map[string]int)
	for _, a := range proxy.asks {
		if a.host != onion || len(a.user) < 20 || len(a.password) < 20 {
			t.Errorf("asked for %q as %q", a.host, a.user)
		}
		if seen[a.user+a.password] {
			t.Error("two connections share credentials, and so circuits")
		}
		seen[a.user+a.password] = true
		ways[a.first[:min(len(a.first), 10)]]++
	}
	for _, first := range []string{"POST /v1/l", "POST /v1/t"} {
		if ways[first] != 1 {
			t.Errorf("%q does not begin a connection of its own: %v", first, ways)
		}
	}
}

// Whoever says where Tor listens is not sent through an exit either, where all
// would be read.
func TestOpenNetworkThroughTor(t *testing.T) {
	proxy, at := newSOCKS(t, "127.0.0.1:1")
	s := newStage(t)
	got := run(t, letter.NewWords().In(letter.English())+"\n", "read", "--drop", "http://drop.example", "--newsroom", s.nr.String(), "--socks", at)
	if got.code != 1 || !strings.Contains(got.stderr, "not the address of an onion") || len(proxy.asks) != 0 {
		t.Errorf("%d, asked for %v\n%s", got.code, proxy.asks, got.stderr)
	}
}

func TestTorNotRunning(t *testing.T) {
	if testing.Short() {
		t.Skip("the client tries for some seconds")
	}
	s := newStage(t)
	got := run(t, letter.NewWords().In(letter.English())+"\n", "read", "--drop", "http://"+onion, "--newsroom", s.nr.String(), "--socks", "127.0.0.1:1")
	if got.code != 1 || !strings.Contains(got.stderr, "the drop does not answer") {
		t.Errorf("%d\n%s", got.code, got.stderr)
	}
}
