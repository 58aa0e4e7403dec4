// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/internal/cli"
	"tamizdat/letter/wire"
)

// said collects what a program prints while it runs.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestF13ADropThatWaitsIsNobodys: with --wait a drop that nobody adopted runs
// and tells systemd that it does, but listens nowhere; adopted, it opens.
func TestF13ADropThatWaitsIsNobodys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "drop")
	fails(t, "there is no drop in this folder", "serve", "--dir", dir, "--wait")
	must(t, "init", "--dir", dir)
	socket := filepath.Join(t.TempDir(), "notify")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	droptest.Expect(t, "notify socket", err, nil)
	defer systemd.Close()
	ctx, stop := context.WithCancel(t.Context())
	out, errs, code := &said{}, &said{}, make(chan int, 1)
	env := &cli.Env{Stdin: strings.NewReader(""), Stdout: out, Stderr: errs, Getenv: func(name string) string {
		return map[string]string{"NOTIFY_SOCKET": socket}[name]
	}}
	go func() {
		code <- cli.Run(ctx, Command(), env, []string{"serve", "--dir", dir, "--wait", "--tor", "none"})
	}()
	hears(t, systemd, "READY=1")
	if status := receive(t, systemd); !strings.Contains(status, "waits for tamizdat-drop adopt") || out.String() != "" {
		t.Errorf("it told systemd %q and printed %q", status, out)
	}
	must(t, "adopt", "--dir", dir, wire.NewsroomKey{1}.String())
	hears(t, systemd, "STATUS=listening on this machine")
	hears(t, systemd, "READY=1")
	stop()
	if c := <-code; c != 0 || !strings.HasPrefix(out.String(), "http://127.0.0.1:") {
		t.Errorf("exit %d, %q, %q", c, out, errs)
	}
}

func hears(t *testing.T, c *net.UnixConn, want string) {
	t.Helper()
	if got := receive(t, c); got != want {
		t.Errorf("systemd heard %q, want %q", got, want)
	}
}

func receive(t *testing.T, c *net.UnixConn) string {
	t.Helper()
	b := make([]byte, 256)
	n, err := c.Read(b)
	droptest.Expect(t, "reading", err, nil)
	return string(b[:n])
}

// TestInitThatWasCutOff: an onion key without an identity is used by the next
// init; with an identity nothing is touched.
func TestInitThatWasCutOff(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "drop")
	droptest.Expect(t, "folder", makeFolder(dir), nil)
	key, err := makeOnion(dir)
	droptest.Expect(t, "onion", err, nil)
	if out := must(t, "init", "--dir", dir); !strings.Contains(out, key.Host()) {
		t.Errorf("init made another address: %q", out)
	}
	fails(t, "there is a drop in this folder already", "init", "--dir", dir)
}

// TestF5AFolderFromBeforeOnions: a drop without an onion key is given one when
// it is first to be reached, keeps it, and says so.
func TestF5AFolderFromBeforeOnions(t *testing.T) {
	dir, _ := founded(t, 2, droptest.Schedule())
	droptest.Expect(t, "remove", os.Remove(filepath.Join(dir, onionFile)), nil)
	if out := must(t, "status", "--dir", dir); !strings.Contains(out, "address   none yet") {
		t.Errorf("status says %q", out)
	}
	nobody := filepath.Join(t.TempDir(), "control")
	fails(t, "It was given one: http://", "serve", "--dir", dir, "--tor", nobody)
	key, err := readOnion(dir)
	droptest.Expect(t, "onion", err, nil)
	if code, _, errs := run(t, "serve", "--dir", dir, "--tor", nobody); code != 1 || strings.Contains(errs, "given one") || !strings.Contains(errs, "cannot be reached through Tor") {
		t.Errorf("exit %d, %q", code, errs)
	}
	again, err := readOnion(dir)
	if err != nil || again.Seed() != key.Seed() {
		t.Errorf("it has another key: %v", err)
	}
}

// TestL10TheAddressIsTheNewsrooms: a drop whose newsroom tells sources an address
// is not given another because a file is missing. That takes a word of its own.
func TestL10TheAddressIsTheNewsrooms(t *testing.T) {
	dir := sound(t).dir
	lost := filepath.Join(dir, onionFile)
	nobody := filepath.Join(t.TempDir(), "control")
	fails(t, "this drop has an address", "init", "--dir", dir, "--new-address")
	droptest.Expect(t, "remove", os.Remove(lost), nil)
	for _, args := range [][]string{{"init", "--if-none"}, {"serve", "--tor", nobody}, {"status"}} {
		args = append(args, "--dir", dir)
		fails(t, "the newsroom tells sources the address http://"+hostOfTest, args...)
		fails(t, "init --new-address", args...)
		if _, err := os.Lstat(lost); !os.IsNotExist(err) {
			t.Fatalf("%v made another key: %v", args, err)
		}
	}
	out := must(t, "init", "--dir", dir, "--new-address")
	key, err := readOnion(dir)
	if err != nil || !strings.Contains(out, "http://"+key.Host()) {
		t.Errorf("it printed %q: %v", out, err)
	}
	must(t, "status", "--dir", dir)
	fails(t, "cannot be reached through Tor", "serve", "--dir", dir, "--tor", nobody)
	fails(t, "there is no drop in this folder", "init", "--dir", filepath.Join(dir, "none"), "--new-address")
}

// TestDoubtfulOnions: a key that is damaged, or newer, or open to others, makes
// no address.
func TestDoubtfulOnions(t *testing.T) {
	dir, _ := founded(t, 2, droptest.Schedule())
	path := filepath.Join(dir, onionFile)
	good, err := os.ReadFile(path)
	droptest.Expect(t, "onion", err, nil)
	serve := func(words string) {
		t.Helper()
		fails(t, words, "serve", "--dir", dir, "--tor", filepath.Join(dir, "nobody"))
	}
	droptest.Expect(t, "chmod", os.Chmod(path, 0o640), nil)
	serve("other users may")
	droptest.Expect(t, "chmod", os.Chmod(path, 0o600), nil)
	other := strings.Replace(string(good), "address ", "address a", 1)
	for _, text := range []string{"", "x", string(good) + "\n", strings.ToUpper(string(good)), other, string(good[:len(good)-3])} {
		droptest.Expect(t, "write", os.WriteFile(path, []byte(text), 0o600), nil)
		serve("the file onion is damaged")
	}
	newer := strings.Replace(string(good), "onion 1", "onion 2", 1)
	droptest.Expect(t, "write", os.WriteFile(path, []byte(newer), 0o600), nil)
	serve("newer version")
}

// TestWhichTor: what --tor means, and that a drop without Tor says what it is.
func TestWhichTor(t *testing.T) {
	dir, _ := founded(t, 2, droptest.Schedule())
	for _, at := range []string{"192.0.2.1:9051", "127.0.0.1:9051", "tor"} {
		fails(t, "not the path of a control socket", "serve", "--dir", dir, "--tor", at)
	}
	t.Setenv("PATH", t.TempDir())
	fails(t, "no program tor", "serve", "--dir", dir, "--tor", "start")
	fails(t, "sudo apt install tor", "serve", "--dir", dir, "--tor", "start")
	if _, err := os.Stat(systemControl); err != nil {
		fails(t, "there is no tor on this machine", "serve", "--dir", dir)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, errs bytes.Buffer
	env := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: os.Getenv}
	code := cli.Run(ctx, Command(), env, []string{"serve", "--dir", dir, "--listen", "127.0.0.1:0"})
	if code != 0 || !strings.Contains(errs.String(), "this machine only") {
		t.Errorf("exit %d, %q", code, errs.String())
	}
}
