// SPDX-License-Identifier: Apache-2.0

//go:build unix

package tor

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// impostor listens in tor's place and notes what it is told. It offers methods
// and a cookie, and proves that it knows one.
type impostor struct {
	methods, cookieFile string
	cookie              []byte

	mu   sync.Mutex
	told []string
}

func (i *impostor) listen(t *testing.T, network, at string) string {
	t.Helper()
	l, err := net.Listen(network, at)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { defer c.Close(); i.serve(c) })
		}
	})
	return l.Addr().String()
}

func (i *impostor) serve(c net.Conn) {
	for in := bufio.NewScanner(c); in.Scan(); {
		i.mu.Lock()
		i.told = append(i.told, in.Text())
		i.mu.Unlock()
		f := strings.Fields(in.Text())
		switch {
		case f[0] == "PROTOCOLINFO":
			fmt.Fprintf(c, "250-PROTOCOLINFO 1\r\n250-AUTH METHODS=%s COOKIEFILE=%q\r\n250 OK\r\n", i.methods, i.cookieFile)
		case f[0] == "AUTHCHALLENGE":
			ours, _ := hex.DecodeString(f[2])
			theirs := make([]byte, nonceSize)
			hash := mac(serverKey, bytes.Join([][]byte{i.cookie, ours, theirs}, nil))
			fmt.Fprintf(c, "250 AUTHCHALLENGE SERVERHASH=%X SERVERNONCE=%X\r\n", hash, theirs)
		default:
			fmt.Fprintf(c, "250 OK\r\n")
		}
	}
}

// words is all that it was told.
func (i *impostor) words() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.told)
}

// heard reports whether it was told something that begins so.
func (i *impostor) heard(prefix string) bool {
	return slices.ContainsFunc(i.words(), func(command string) bool { return strings.HasPrefix(command, prefix) })
}

// TestAListenerAtAPort is nobody whom we know: whether it asks for nothing or
// knows the cookie that it names itself, it is told nothing.
func TestAListenerAtAPort(t *testing.T) {
	cookie := bytes.Repeat([]byte{7}, cookieSize)
	named := filepath.Join(t.TempDir(), "cookie")
	write(t, named, cookie, 0o644)
	for _, methods := range []string{"NULL", "COOKIE,SAFECOOKIE", "COOKIE"} {
		i := &impostor{methods: methods, cookieFile: named, cookie: cookie}
		at := i.listen(t, "tcp", "127.0.0.1:0")
		if _, err := Dial(t.Context(), at); err == nil || len(i.words()) != 0 {
			t.Errorf("%s: %v, told %q", methods, err, i.words())
		}
		own := filepath.Join(t.TempDir(), "control_auth_cookie")
		write(t, own, bytes.Repeat([]byte{8}, cookieSize), 0o600)
		_, err := dialOwn(t.Context(), at, own)
		if !errors.Is(err, ErrAuthentication) || i.heard("AUTHENTICATE") {
			t.Errorf("%s, in place of a tor of ours: %v, told %q", methods, err, i.words())
		}
	}
	if _, err := dialOwn(t.Context(), "192.0.2.1:1", named); err == nil {
		t.Error("a tor of ours on another machine")
	}
}

func write(t *testing.T, path string, b []byte, perm os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, b, perm); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, perm); err != nil { // whatever the umask
		t.Fatal(err)
	}
}

// socketFolder has a short name: the path of a socket is bounded.
func socketFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tor")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// TestControlSockets: a socket of ours in a folder of ours is tor's. One that
// somebody else could have put there is not dialled at all, and one that names a
// cookie that somebody else could have written is not believed.
func TestControlSockets(t *testing.T) {
	cookie := bytes.Repeat([]byte{7}, cookieSize)
	for what, c := range map[string]struct {
		spoil func(dir string) error
		heard string // the last thing that it is told; "" for nothing
	}{
		"good":               {func(string) error { return nil }, "AUTHENTICATE"},
		"a link to it":       {func(dir string) error { return relink(dir, "control") }, "AUTHENTICATE"},
		"open folder":        {func(dir string) error { return os.Chmod(dir, 0o777) }, ""},
		"folder of a group":  {func(dir string) error { return os.Chmod(dir, 0o770) }, ""},
		"open folder above":  {func(dir string) error { return os.Chmod(filepath.Dir(dir), 0o777) }, ""},
		"no socket":          {func(dir string) error { return replace(dir, "control", cookie, 0o600) }, ""},
		"nothing":            {func(dir string) error { return os.Remove(filepath.Join(dir, "control")) }, ""},
		"open cookie folder": {func(dir string) error { return os.Chmod(filepath.Join(dir, "in"), 0o777) }, "PROTOCOLINFO"},
		"open cookie":        {func(dir string) error { return os.Chmod(filepath.Join(dir, "in/cookie"), 0o666) }, "PROTOCOLINFO"},
		"linked cookie":      {func(dir string) error { return relink(dir, "in/cookie") }, "PROTOCOLINFO"},
		"short cookie":       {func(dir string) error { return replace(dir, "in/cookie", cookie[1:], 0o600) }, "PROTOCOLINFO"},
		"a pipe for cookie": {func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "in/cookie")), syscall.Mkfifo(filepath.Join(dir, "in/cookie"), 0o600))
		}, "PROTOCOLINFO"},
	} {
		t.Run(what, func(t *testing.T) {
			dir := filepath.Join(socketFolder(t), "tor")
			if err := os.MkdirAll(filepath.Join(dir, "in"), 0o700); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "in/cookie"), cookie, 0o600)
			i := &impostor{methods: "COOKIE,SAFECOOKIE", cookieFile: filepath.Join(dir, "in/cookie"), cookie: cookie}
			i.listen(t, "unix", filepath.Join(dir, "control"))
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			control, err := Dial(t.Context(), filepath.Join(dir, "control"))
			if err == nil {
				defer control.Close()
			}
			if (err == nil) != (c.heard == "AUTHENTICATE") || (len(i.words()) == 0) != (c.heard == "") || !i.heard(c.heard) && c.heard != "" {
				t.Errorf("%v; it was told %q", err, i.words())
			}
		})
	}
}

// relink puts a link in the place of a file, to that file.
func relink(dir, name string) error {
	path := filepath.Join(dir, name)
	return errors.Join(os.Rename(path, path+"-moved"), os.Symlink(path+"-moved", path))
}

func replace(dir, name string, b []byte, perm os.FileMode) error {
	path := filepath.Join(dir, name)
	return errors.Join(os.Remove(path), os.WriteFile(path, b, perm))
}

// TestWhoseFiles: root's, ours and those of tor's user are trusted. In a service
// that sees only nobodies, tor's are those in the folder that root made for it.
func TestWhoseFiles(t *testing.T) {
	const self, tor, other = 1000, 107, 1001
	for _, c := range []struct {
		owner, tor int
		path       string
		want       bool
	}{
		{0, tor, "/x", true},
		{self, tor, "/x", true},
		{tor, tor, "/x", true},
		{other, tor, "/x", false},
		{other, -1, "/x", false},
		{-1, -1, "/x", false},
		{noOwner, tor, "/run/tor/control", false},
		{noOwner, noOwner, "/run/tor/control", true},
		{noOwner, noOwner, "/run/tor", true},
		{noOwner, noOwner, "/run/torn/control", false},
		{noOwner, noOwner, "/somebody/else/control", false},
		{noOwner, -1, "/run/tor/control", false},
	} {
		if got := trusts(c.owner, self, c.tor, c.path); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestAnotherUsersSocket is not dialled, wherever it lies.
func TestAnotherUsersSocket(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a socket to another user; TestWhoseFiles has the rule")
	}
	const somebody = 54321
	for what, name := range map[string]string{"socket": "control", "folder": "."} {
		dir := socketFolder(t)
		i := &impostor{methods: "NULL"}
		at := i.listen(t, "unix", filepath.Join(dir, "control"))
		if err := os.Chown(filepath.Join(dir, name), somebody, somebody); err != nil {
			t.Fatal(err)
		}
		if _, err := Dial(t.Context(), at); err == nil || !strings.Contains(err.Error(), "another user") || len(i.words()) != 0 {
			t.Errorf("%s: %v, told %q", what, err, i.words())
		}
	}
}
