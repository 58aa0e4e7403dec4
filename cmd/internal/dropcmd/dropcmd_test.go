// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"bytes"
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/letter/wire"
)

// fails runs the program and demands that it fails with those words.
func fails(t *testing.T, words string, args ...string) {
	t.Helper()
	code, out, errs := run(t, args...)
	if code == 0 || !strings.Contains(errs, words) {
		t.Errorf("%v: exit %d, printed %q and %q; wanted to read %q", args, code, out, errs, words)
	}
}

// TestStory founds, adopts, serves, publishes, and asks for the state, as an
// operator does.
func TestStory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "drop")
	out := must(t, "init", "--dir", dir)
	m := regexp.MustCompile(`^drop key     ([0-9a-f]{64})\nincarnation  ([0-9a-f]{32})\n` +
		`address      (http://[a-z2-7]{56}\.onion)\ndrop's line  (http.*)\n$`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("init printed %q", out)
	}
	id, err := readIdentity(dir)
	droptest.Expect(t, "identity", err, nil)
	public := id.public()
	if m[1] != hex.EncodeToString(public[:]) || m[2] != hex.EncodeToString(id.incarnation[:]) {
		t.Error("init printed something else than it stored")
	}
	onion, err := readOnion(dir)
	droptest.Expect(t, "onion", err, nil)
	if m[3] != "http://"+onion.Host() || m[4] != m[3]+"#"+m[1]+"."+m[2] {
		t.Errorf("the address is %s, and the drop's line %s", onion.Host(), m[4])
	}
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), now())
	n.ServedBy(id.key(), id.incarnation)
	must(t, "adopt", "--dir", dir, n.NR.String())
	must(t, "adopt", "--dir", dir, n.NR.String())
	if out := must(t, "status", "--dir", dir); !strings.Contains(out, "never served") {
		t.Errorf("status printed %q", out)
	}

	p := start(t, dir)
	c := p.client(t)
	droptest.Expect(t, "newsroom", c.PostNewsroom(t.Context(), n.Write()), nil)
	if v := n.View(t, c, wire.Letters, 0, 0, 1); v.Head.Size != 0 {
		t.Errorf("the log has %d pages", v.Head.Size)
	}
	fails(t, "another process uses this folder", "serve", "--dir", dir)
	out = must(t, "status", "--dir", dir)
	for _, want := range []string{n.NR.String(), "letters   0 pages", "replies   0 pages", "desk      0 pages", " GiB\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("status does not say %q: %q", want, out)
		}
	}
	p.stop(t)
	p = start(t, dir)
	got, err := p.client(t).Newsroom(t.Context())
	if err != nil || !bytes.Equal(got, n.File()) {
		t.Errorf("after a restart another newsroom is served: %v", err)
	}
}

// TestInitIfNone: what starts a service may ask for a drop each time, and gets
// the same one. Whoever types init without the flag is told.
func TestInitIfNone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "drop")
	first := must(t, "init", "--if-none", "--dir", dir)
	if again := must(t, "init", "--if-none", "--dir", dir); again != first {
		t.Errorf("first %q, then %q", first, again)
	}
	fails(t, "there is a drop in this folder already", "init", "--dir", dir)
	if err := os.WriteFile(filepath.Join(dir, identityFile), []byte("tamizdat-drop 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fails(t, "is damaged", "init", "--if-none", "--dir", dir)
}

// TestF13AFreshDropIsNobodys: without a newsroom's key a drop does not even
// start.
func TestF13AFreshDropIsNobodys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "drop")
	fails(t, "there is no drop in this folder", "serve", "--dir", dir)
	fails(t, "there is no drop in this folder", "adopt", "--dir", dir, wire.NewsroomKey{1}.String())
	must(t, "init", "--dir", dir)
	fails(t, "not told which newsroom", "serve", "--dir", dir)
	fails(t, "checksum", "adopt", "--dir", dir, "tamizdat1"+strings.Repeat("a", 56))
	must(t, "adopt", "--dir", dir, wire.NewsroomKey{1}.String())
	fails(t, "another newsroom already", "adopt", "--dir", dir, wire.NewsroomKey{2}.String())
}

// TestF14KeysAreFresh: each drop makes its own secrets; there are none to
// forget to change.
func TestF14KeysAreFresh(t *testing.T) {
	one, two := filepath.Join(t.TempDir(), "drop"), filepath.Join(t.TempDir(), "drop")
	if must(t, "init", "--dir", one) == must(t, "init", "--dir", two) {
		t.Error("two drops have the same key")
	}
	fails(t, "there is a drop in this folder already", "init", "--dir", one)
}

// TestOnlyLoopback: a drop listens nowhere that a network could see.
func TestOnlyLoopback(t *testing.T) {
	dir, _ := founded(t, 2, droptest.Schedule())
	for _, addr := range []string{"0.0.0.0:0", "[::]:0", "192.0.2.1:80"} {
		fails(t, "refusing to listen", "serve", "--dir", dir, "--listen", addr)
	}
	for _, addr := range []string{"", ":0", "localhost:0", "127.0.0.1"} {
		fails(t, "takes an address and a port", "serve", "--dir", dir, "--listen", addr)
	}
	ifaces, err := net.InterfaceAddrs()
	droptest.Expect(t, "interfaces", err, nil)
	for _, a := range ifaces {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() {
			fails(t, "refusing to listen", "serve", "--dir", dir, "--listen", net.JoinHostPort(ip.IP.String(), "0"))
		}
	}
}

// TestDoubtfulFolders: what others could have touched, or a later version
// made, is not served.
func TestDoubtfulFolders(t *testing.T) {
	dir, _ := founded(t, 2, droptest.Schedule())
	identity := filepath.Join(dir, identityFile)
	good, err := os.ReadFile(identity)
	droptest.Expect(t, "identity", err, nil)
	for _, path := range []string{dir, identity, filepath.Join(dir, newsroomFile)} {
		info, err := os.Stat(path)
		droptest.Expect(t, "stat", err, nil)
		droptest.Expect(t, "chmod", os.Chmod(path, info.Mode()|0o040), nil)
		fails(t, "other users may", "serve", "--dir", dir)
		droptest.Expect(t, "chmod", os.Chmod(path, info.Mode()), nil)
	}
	for words, text := range map[string]string{
		"newer version": strings.Replace(string(good), "tamizdat-drop 1", "tamizdat-drop 2", 1),
		"damaged":       string(good[:len(good)-2]) + "\n",
	} {
		droptest.Expect(t, "write", os.WriteFile(identity, []byte(text), 0o600), nil)
		fails(t, words, "serve", "--dir", dir)
	}
	for _, text := range []string{"", "x", string(good) + "\n", strings.ToUpper(string(good))} {
		droptest.Expect(t, "write", os.WriteFile(identity, []byte(text), 0o600), nil)
		fails(t, "damaged", "serve", "--dir", dir)
	}
}

// TestWrongUse: mistakes on the command line exit with 2 and change nothing.
func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{
		{"init", "--dir", "x", "more"}, {"adopt", "--dir", "x"}, {"serve", "--bogus"}, {"nonsense"}, {"status", "more"},
	} {
		if code, _, errs := run(t, args...); code != 2 || errs == "" {
			t.Errorf("%v: exit %d, %q", args, code, errs)
		}
	}
}

// TestSecretsDoNotPrint: the seed stays out of whatever formats an identity.
func TestSecretsDoNotPrint(t *testing.T) {
	id, err := newIdentity(bytes.NewReader(bytes.Repeat([]byte{0xab}, 48)))
	droptest.Expect(t, "identity", err, nil)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		if out := formatted(format, id); strings.Contains(strings.ToLower(out), "ab") || strings.Contains(out, "171") {
			t.Errorf("%s prints %q", format, out)
		}
	}
}

// TestD4NothingIsLogged: whatever strangers send, the program says nothing
// about it.
func TestD4NothingIsLogged(t *testing.T) {
	dir, n := founded(t, 2, droptest.Schedule())
	p := start(t, dir)
	c := p.client(t)
	droptest.Expect(t, "newsroom", c.PostNewsroom(t.Context(), n.Write()), nil)
	post, err := n.Letter(now()).Encode()
	droptest.Expect(t, "letter", err, nil)
	droptest.Expect(t, "sending", c.PostLetter(t.Context(), post), nil)
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	droptest.Expect(t, "dial", err, nil)
	_, err = conn.Write([]byte("\x16\x03\x01 this is not HTTP\r\n\r\n"))
	droptest.Expect(t, "nonsense", err, nil)
	conn.Close()
	if err := c.PostLetter(t.Context(), post[1:]); err == nil {
		t.Error("half a letter was taken")
	}
	p.stop(t)
	if got := p.errs.String(); got != "The drop is listening. Stop it with Ctrl-C.\n" {
		t.Errorf("the program said %q", got)
	}
}
