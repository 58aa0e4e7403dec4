// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// offline is the network of a tor that never touches one: its only authority is
// a port of this machine at which nobody listens.
const offline = "TestingTorNetwork 1\nDirAuthority nobody orport=1 no-v2 v3ident=FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 127.0.0.1:1 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"

// needTor skips, and says so, where the program tor is missing.
func needTor(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("tor"); err != nil {
		t.Skip("the program tor is not installed (Debian: apt install tor)")
	}
}

func startReal(t *testing.T, extra string) *Process {
	t.Helper()
	needTor(t)
	p, err := Start(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "tor"), Socks: true, Extra: offline + "\n" + extra})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func newKey(t *testing.T) OnionKey {
	t.Helper()
	k, err := NewOnionKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func loopbackTarget() netip.AddrPort { return netip.MustParseAddrPort("127.0.0.1:9") }

// TestStoryOfAService starts a tor, gives it a service, kills it, starts it
// anew, and finds the same address there again.
func TestStoryOfAService(t *testing.T) {
	needTor(t)
	o := Options{Dir: filepath.Join(t.TempDir(), "tor"), Socks: true, Extra: offline}
	p, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !speaksSOCKS(t.Context(), p.Socks()) {
		t.Errorf("no SOCKS with a password at %q", p.Socks())
	}
	ctx, stop := context.WithCancel(t.Context())
	added := make(chan *Process)
	s := &Service{Key: newKey(t), Target: loopbackTarget()}
	s.Connect = func(ctx context.Context) (*Control, error) {
		if p.Ended() {
			if p, err = Start(ctx, o); err != nil {
				return nil, err
			}
		}
		return p.Control(ctx)
	}
	s.Added = func() { added <- p }
	s.Weaker = func(why string) { t.Errorf("this tor is old: %s", why) }
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	first := <-added
	s.isAt(t, first)
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	second := <-added
	if first == second {
		t.Fatal("the dead tor was asked again")
	}
	s.isAt(t, second)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := errors.Join(first.Close(), second.Close()); err != nil {
		t.Error(err)
	}
}

// isAt demands that a tor has the service. Only its own connection may see it;
// that it is there shows when it cannot be added again.
func (s *Service) isAt(t *testing.T, p *Process) {
	t.Helper()
	c, err := p.Control(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if no, ok := errors.AsType[*refusal](s.add(t.Context(), c)); !ok || !strings.Contains(no.text, "collision") {
		t.Errorf("the service is not there: %v", no)
	}
}

// TestSingleHopIsRefused: a tor whose services can be found by everybody gets
// no key.
func TestSingleHopIsRefused(t *testing.T) {
	needTor(t)
	o := Options{
		Dir:   filepath.Join(t.TempDir(), "tor"),
		Extra: offline + "\nHiddenServiceNonAnonymousMode 1\nHiddenServiceSingleHopMode 1",
	}
	p, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	s := &Service{Key: newKey(t), Target: loopbackTarget(), Connect: p.Control}
	if err := s.Run(t.Context()); !errors.Is(err, ErrNotAnonymous) {
		t.Errorf("run: %v", err)
	}
}

// TestWrongCookie: with another cookie nobody gets in, and the true one never
// leaves.
func TestWrongCookie(t *testing.T) {
	needTor(t)
	dir := filepath.Join(t.TempDir(), "tor")
	p, err := Start(t.Context(), Options{Dir: dir, Extra: offline})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for what, cookie := range map[string][]byte{"another": make([]byte, cookieSize), "short": {1}, "long": make([]byte, cookieSize+1)} {
		if err := os.WriteFile(filepath.Join(dir, "control_auth_cookie"), cookie, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Control(t.Context()); !errors.Is(err, ErrAuthentication) {
			t.Errorf("%s cookie: %v", what, err)
		}
	}
}

// TestAProcessThatCannotStart says why.
func TestAProcessThatCannotStart(t *testing.T) {
	needTor(t)
	_, err := Start(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "tor"), Extra: "NoSuchSetting 1"})
	if err == nil || !strings.Contains(err.Error(), "NoSuchSetting") {
		t.Errorf("it says %v", err)
	}
}

// TestATorOfOurOwn: its folder is private, it has the phase of a beginning, and
// it ends when the connection that owns it does.
func TestATorOfOurOwn(t *testing.T) {
	p := startReal(t, "")
	phase, err := p.control.Bootstrap(t.Context())
	if err != nil || phase.Percent == 100 {
		t.Errorf("a tor without a network is at %+v, %v", phase, err)
	}
	if v, err := p.control.GetInfo(t.Context(), "config-text"); err != nil || !strings.Contains(v, "ClientOnly 1") {
		t.Errorf("settings %q, %v", v, err)
	}
	if err := p.control.Close(); err != nil {
		t.Error(err)
	}
	<-p.done
}

// memoryFolder is a folder in memory, where the system has them.
func memoryFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "tamizdat-test")
	if err != nil {
		t.Skipf("this system has no folder in memory: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// TestKeptFolder: programs that keep a folder share the tor of the one that came
// first. It leaves its memory behind, and when it has ended the next one starts.
func TestKeptFolder(t *testing.T) {
	needTor(t)
	keep, memory := filepath.Join(t.TempDir(), "tor"), memoryFolder(t)
	start := func() *Finder {
		t.Helper()
		f := &Finder{Getenv: environment(map[string]string{"XDG_RUNTIME_DIR": memory}), Keep: keep}
		if err := f.startOwn(t.Context(), offline); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
		return f
	}
	first, second := start(), start()
	if first.dir != "" || second.own != nil || second.shared != first.own.Socks() {
		t.Errorf("the second has %v and %q, the first %q", second.own, second.shared, first.own.Socks())
	}
	if err := second.Close(); err != nil || first.own.Ended() || !speaksSOCKS(t.Context(), first.own.Socks()) {
		t.Errorf("the second took the first's tor with it: %v", err)
	}
	third := start()
	if third.shared != first.own.Socks() {
		t.Errorf("the third has %q", third.shared)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if next := start(); next.own == nil || next.dir != "" {
		t.Errorf("when the first has gone, the next has %q", next.shared)
	}
	if left, err := os.ReadDir(memory); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(keep, "state")); err != nil {
		t.Errorf("nothing was kept: %v", err)
	}
}

// TestKeptFolderInUse: where who holds the folder has no tor that answers, or is
// said to have one elsewhere, the next has one that forgets. It leaves the folder
// as it was.
func TestKeptFolderInUse(t *testing.T) {
	needTor(t)
	for _, note := range []string{"", "127.0.0.1:1\n", "192.0.2.1:9050\n", "x"} {
		keep, memory := t.TempDir(), memoryFolder(t)
		lock, err := lockFile(filepath.Join(keep, lockName))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(keep, socksName), []byte(note), 0o600); err != nil {
			t.Fatal(err)
		}
		f := &Finder{Getenv: environment(map[string]string{"XDG_RUNTIME_DIR": memory}), Keep: keep, wait: 1}
		if err := f.startOwn(t.Context(), offline); err != nil || f.own == nil || f.dir == "" || f.shared != "" {
			t.Errorf("%q: it has %q, %q, %v", note, f.dir, f.shared, err)
		}
		if err := errors.Join(f.Close(), lock.Close()); err != nil {
			t.Error(err)
		}
		if files, err := os.ReadDir(keep); err != nil || len(files) != 2 {
			t.Errorf("%q: the folder has %v, %v", note, files, err)
		}
	}
}

// TestFoldersWithLineBreaks: what follows a line break in a path would be a
// setting.
func TestFoldersWithLineBreaks(t *testing.T) {
	needTor(t)
	for _, name := range []string{"a\nSocksPort 192.0.2.1:9050", "a\rb", "a\x00b", "a\tb", "a\x7fb"} {
		dir := filepath.Join(t.TempDir(), name)
		if _, err := Start(t.Context(), Options{Dir: dir, Extra: offline}); err == nil || !strings.Contains(err.Error(), "control characters") {
			t.Errorf("%q: %v", name, err)
		}
	}
}
