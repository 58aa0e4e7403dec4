// SPDX-License-Identifier: Apache-2.0

package tornet

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// needTor skips where the programs are missing.
func needTor(t *testing.T) {
	t.Helper()
	if err := Installed(); err != nil {
		t.Skipf("%v (make deps installs it)", err)
	}
}

func startForTest(t *testing.T) *Network {
	t.Helper()
	needTor(t)
	n, err := Start(t.Context(), t.TempDir(), Options{Progress: func(s string) { t.Log(s) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// TestAnOnionAnswers is what the package is for: a service of one tor is
// reached through another, and when the network is closed nothing of it runs.
// Under TAMIZDAT_SOAK it goes on being reached, on fresh circuits, for twelve
// minutes.
func TestAnOnionAnswers(t *testing.T) {
	n := startForTest(t)
	onion := n.serveHello(t)
	reach(t, n, onion, 60*time.Second)
	if os.Getenv("TAMIZDAT_SOAK") != "" {
		soak(t, n, onion)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	for _, a := range n.all() {
		select {
		case <-a.process.done:
		default:
			t.Errorf("%s still runs", a.name)
		}
	}
	if c, err := net.Dial("tcp", n.Socks()); err == nil {
		c.Close()
		t.Error("the client still listens")
	}
}

// serveHello starts a further tor that belongs to the network by
// [Network.ClientConfig] alone, and is the host of an onion service.
func (n *Network) serveHello(t *testing.T) (onion string) {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }))
	t.Cleanup(web.Close)
	host, err := newNode("host", client, t.TempDir(), "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	host.release()
	text := n.ClientConfig() + fmt.Sprintf("SocksPort 0\nDataDirectory %s\nLog notice file %s\nHiddenServiceDir %s\nHiddenServicePort 80 %s\n",
		host.dir, host.path("log"), host.path("service"), web.Listener.Addr())
	if err := CheckPrivate(text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(host.path("torrc"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := n.tor(t.Context(), host, "--hush")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if name, err := os.ReadFile(host.path("service", "hostname")); err == nil {
			return strings.TrimSpace(string(name))
		}
	}
	t.Fatalf("the service has no name: %s", host.lastWords())
	return ""
}

// hello asks the service once, on a circuit of its own.
func hello(ctx context.Context, n *Network, onion, circuit string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	proxy := &url.URL{Scheme: "socks5", Host: n.Socks(), User: url.UserPassword(circuit, "x")}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), DisableKeepAlives: true}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+onion+"/", nil)
	if err != nil {
		return err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || string(text) != "hello" {
		return fmt.Errorf("it said %q, %v", text, err)
	}
	return nil
}

// reach waits until the service answers: its descriptor has to be published.
func reach(t *testing.T, n *Network, onion string, patience time.Duration) {
	t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(250 * time.Millisecond) {
		if err = hello(t.Context(), n, onion, fmt.Sprint("reach", time.Now().UnixNano())); err == nil {
			return
		}
	}
	t.Fatalf("the service does not answer: %v", err)
}

// soak asks the service every four seconds for twelve minutes.
func soak(t *testing.T, n *Network, onion string) {
	asked, failed := 0, 0
	for end := time.Now().Add(12 * time.Minute); time.Now().Before(end); time.Sleep(4 * time.Second) {
		asked++
		if err := hello(t.Context(), n, onion, fmt.Sprint("soak", asked)); err != nil {
			failed++
			t.Logf("request %d: %v", asked, err)
		}
	}
	t.Logf("%d requests on fresh circuits, %d failed", asked, failed)
	if failed > 0 {
		t.Errorf("%d of %d requests failed", failed, asked)
	}
}

// TestItLeavesTheRealNetworkAlone: no tor of ours is configured, and none
// starts, with a torrc that does not name the private network.
func TestItLeavesTheRealNetworkAlone(t *testing.T) {
	const line = "DirAuthority a orport=5000 no-v2 v3ident=AA 127.0.0.1:7000 BB\n"
	const testing = "TestingTorNetwork 1\n"
	good := map[string]string{
		"loopback":   testing + line,
		"any case":   "testingtornetwork 1\ndirauthority a 127.0.0.1:7000 BB\n",
		"a bridge's": testing + strings.ReplaceAll(line, "127.0.0.1", "10.77.0.1"),
		"made keys":  unborn,
	}
	bad := map[string]string{
		"empty":             "",
		"no authority":      testing + "SocksPort 0\n",
		"not for testing":   line,
		"testing off":       testing + line + "TestingTorNetwork 0\n",
		"commented out":     testing + "# " + line,
		"a real authority":  testing + line + "DirAuthority moria1 orport=9201 128.31.0.39:9231 F533\n",
		"no address":        testing + "DirAuthority a orport=5000 somewhere:7000 BB\n",
		"two addresses":     testing + "DirAuthority a 127.0.0.1:7000 10.0.0.1:7000 BB\n",
		"a fallback":        testing + line + "FallbackDir 128.31.0.39:9131 orport=9101 id=F533\n",
		"another file":      testing + line + "%include /etc/tor/torrc\n",
		"another authority": testing + line + "AlternateDirAuthority b 128.31.0.39:9131 CC\n",
	}
	for name, text := range good {
		if err := CheckPrivate(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range bad {
		if CheckPrivate(text) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestNoTorStartsWithoutAuthorities: the check stands in the way of starting,
// not beside it.
func TestNoTorStartsWithoutAuthorities(t *testing.T) {
	n := &Network{programs: programs{tor: filepath.Join(t.TempDir(), "never run")}}
	a, err := newNode("relay1", relay, t.TempDir(), "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	defer a.release()
	n.nodes = []*node{a}
	if err := n.start(a); err == nil || !strings.Contains(err.Error(), "no private network") {
		t.Errorf("started with no authority: %v", err)
	}
	if _, err := os.Stat(a.path("torrc")); err == nil {
		t.Error("a torrc without authorities was written")
	}
}

func TestAddresses(t *testing.T) {
	for _, good := range []string{"", "127.0.0.1", "10.77.0.1", "192.168.3.4"} {
		if _, err := (Options{Address: good}).checked(); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"0.0.0.0", "8.8.8.8", "::1", "localhost", "127.0.0.1:80", "10.0.0.1\nDirAuthority x"} {
		if _, err := (Options{Address: bad}).checked(); err == nil {
			t.Errorf("%q: accepted", bad)
		}
	}
}

// TestAStartThatFailsLeavesNothing: every tor ends although the start was
// given up in the middle.
func TestAStartThatFailsLeavesNothing(t *testing.T) {
	needTor(t)
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	n := &Network{}
	n.opts, _ = Options{Progress: func(says string) {
		if strings.Contains(says, "vote") {
			cancel()
		}
	}}.checked()
	n.programs, _ = find()
	if err := n.attempt(ctx, dir, 2*time.Minute); err == nil {
		t.Fatal("it came up although it was given up")
	}
	if len(n.nodes) != authorities+relays {
		t.Fatalf("%d nodes, the start was given up too early for this test", len(n.nodes))
	}
	for _, a := range n.nodes {
		if a.process == nil {
			t.Fatalf("%s was never started", a.name)
		}
		if a.process.cmd.ProcessState == nil {
			t.Errorf("%s still runs", a.name)
		}
	}
}
