// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tamizdat/internal/pause"
	"tamizdat/internal/tornet"
)

// TestReachableAndBack is the whole story over a private Tor network: a service
// is added, is found, answers through a tor that a Finder starts; its tor is
// killed, and it comes back at the same address.
func TestReachableAndBack(t *testing.T) {
	if testing.Short() {
		t.Skip("a Tor network takes half a minute to start")
	}
	if err := tornet.Installed(); err != nil {
		t.Skipf("no private Tor network: %v", err)
	}
	net, err := tornet.Start(t.Context(), t.TempDir(), tornet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	host := &hosted{t: t, options: Options{Dir: filepath.Join(t.TempDir(), "tor"), Extra: net.ClientConfig()}, reachable: make(chan struct{})}
	s := &Service{Key: newKey(t), Target: answering(t), Connect: host.connect}
	s.Reachable = func() { host.reachable <- struct{}{} }
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	began := time.Now()
	go func() { done <- s.Run(ctx) }()
	<-host.reachable
	t.Logf("reachable after %v, tor's start included", time.Since(began).Round(100*time.Millisecond))

	extra := filepath.Join(t.TempDir(), "extra")
	if err := os.WriteFile(extra, []byte(net.ClientConfig()), 0o600); err != nil {
		t.Fatal(err)
	}
	memory := memoryFolder(t)
	f := &Finder{Getenv: environment(map[string]string{ExtraVariable: extra, "XDG_RUNTIME_DIR": memory}), Tell: func(s string) { t.Log(s) }}
	dial, err := f.To(t.Context(), "http://"+s.Key.Host())
	if err != nil {
		t.Fatal(err)
	}
	getHello(t, dial, s.Key.Host())
	first := f.own
	if _, err := f.To(t.Context(), "http://"+s.Key.Host()); err != nil || f.own != first {
		t.Errorf("a second tor was started: %v", err)
	}

	began = time.Now()
	if err := host.process.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-host.reachable
	t.Logf("reachable again after %v", time.Since(began).Round(100*time.Millisecond))
	getHello(t, dial, s.Key.Host())
	stop()
	if err := errors.Join(<-done, host.process.Close(), f.Close()); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(memory); err != nil || len(left) != 0 {
		t.Errorf("the client's tor left %v, %v", left, err)
	}
}

func environment(m map[string]string) func(string) string {
	return func(name string) string { return m[name] }
}

// hosted is the tor of a service, started again when it has ended.
type hosted struct {
	t         *testing.T
	options   Options
	process   *Process
	reachable chan struct{}
}

func (h *hosted) connect(ctx context.Context) (*Control, error) {
	if h.process == nil || h.process.Ended() {
		var err error
		if h.process, err = Start(ctx, h.options); err != nil {
			return nil, err
		}
	}
	return h.process.Control(ctx)
}

// answering is a server that says hello.
func answering(t *testing.T) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })}
	ended := make(chan struct{})
	go func() { srv.Serve(l); close(ended) }()
	t.Cleanup(func() { srv.Close(); <-ended })
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// getHello asks until it is answered: a service that has just been announced
// anew may still be looked for where it was, and a circuit may stall without an
// end. So each try is short and, as every connection, goes over a circuit of its
// own.
func getHello(t *testing.T, dial DialFunc, host string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		said, err := askOnce(ctx, dial, host)
		if err == nil {
			if said != "hello" {
				t.Errorf("it says %q", said)
			}
			return
		}
		t.Logf("asked again: %v", err)
		_ = pause.For(ctx, time.Second) // the loop looks at ctx
	}
	t.Error("the service does not answer")
}

func askOnce(ctx context.Context, dial DialFunc, host string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	conn, err := dial(ctx, "tcp", host+":80")
	if err != nil {
		return "", err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\nHost: "+host+"\r\n\r\n"); err != nil {
		return "", err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}
