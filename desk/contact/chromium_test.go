// SPDX-License-Identifier: Apache-2.0

package contact_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

// A browser is one running Chromium with one tab, spoken to over a pipe in the
// DevTools protocol: no port is opened, and nothing but the program is needed.
type browser struct {
	t       testing.TB
	to      io.Writer
	from    *bufio.Reader
	session string
	last    int
}

// startBrowser starts Chromium with a fresh profile, and ends it after the test.
func startBrowser(t testing.TB) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium here, so no page was looked at in a browser: run make deps")
	}
	in, to, err := os.Pipe()
	must(t, err)
	from, out, err := os.Pipe()
	must(t, err)
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--disable-dev-shm-usage", "--hide-scrollbars", "--proxy-server=127.0.0.1:9", "--remote-debugging-pipe",
		"--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{in, out} // its descriptors 3 and 4
	must(t, cmd.Start())
	must(t, in.Close())
	must(t, out.Close())
	b := &browser{t: t, to: to, from: bufio.NewReaderSize(from, 1<<20)}
	t.Cleanup(func() {
		must(t, to.Close()) // by which it ends
		_, _ = io.Copy(io.Discard, from)
		_ = cmd.Wait() // how it ends says nothing about the pages
		must(t, from.Close())
	})
	b.attach()
	return b
}

// attach takes the first tab.
func (b *browser) attach() {
	b.t.Helper()
	var made struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &made)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": made.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	b.call("Page.enable", nil, nil)
	b.call("Network.enable", nil, nil)
}

// message is a call, its answer, or an event.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// call sends a command and waits for its answer. Events in between are dropped.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.last++
	request, err := json.Marshal(message{ID: b.last, Session: b.session, Method: method, Params: params})
	must(b.t, err)
	_, err = b.to.Write(append(request, 0))
	must(b.t, err)
	m := b.until(func(m *message) bool { return m.ID == b.last })
	if m.Error != nil {
		b.t.Fatalf("%s: %s", method, m.Error)
	}
	if result != nil {
		must(b.t, json.Unmarshal(m.Result, result))
	}
}

// until reads messages up to one that is wanted.
func (b *browser) until(wanted func(*message) bool) *message {
	b.t.Helper()
	for {
		raw, err := b.from.ReadBytes(0)
		must(b.t, err)
		m := &message{}
		must(b.t, json.Unmarshal(bytes.TrimRight(raw, "\x00"), m))
		if wanted(m) {
			return m
		}
	}
}

// open loads a file, and waits until all of it is there.
func (b *browser) open(file string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": "file://" + file}, nil)
	b.until(func(m *message) bool { return m.Method == "Page.loadEventFired" })
}

// look makes the window so wide and the system light or dark.
func (b *browser) look(width int, scheme, media string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{
		"media": media, "features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}},
	}, nil)
}

// evaluate asks the page. The page's own rules against script do not bind the
// tester's.
func (b *browser) evaluate(script string, result any) {
	b.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true}, &answer)
	if answer.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", script, answer.ExceptionDetails)
	}
	must(b.t, json.Unmarshal(answer.Result.Value, result))
}

// area is a part of a page.
type area struct{ X, Y, Width, Height float64 }

// whole is all of the page.
func (b *browser) whole() (a area) {
	b.t.Helper()
	b.evaluate("({Width: document.documentElement.clientWidth, Height: Math.ceil(document.documentElement.getBoundingClientRect().height)})", &a)
	return a
}

// picture is a part of the page as PNG.
func (b *browser) picture(a area, scale float64) []byte {
	b.t.Helper()
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{
		"captureBeyondViewport": true,
		"clip":                  map[string]any{"x": a.X, "y": a.Y, "width": a.Width, "height": a.Height, "scale": scale},
	}, &shot)
	return decoded(b.t, shot.Data)
}

// print is the page as PDF on paper of that size, in inches.
func (b *browser) print(paper paper) []byte {
	b.t.Helper()
	b.call("Emulation.clearDeviceMetricsOverride", nil, nil)
	var printed struct{ Data string }
	b.call("Page.printToPDF", map[string]any{
		"paperWidth": paper.width, "paperHeight": paper.height, "preferCSSPageSize": false,
		"marginTop": 0, "marginBottom": 0, "marginLeft": 0, "marginRight": 0, "printBackground": true,
	}, &printed)
	return decoded(b.t, printed.Data)
}

type paper struct {
	name          string
	width, height float64 // inches
}

func papers() []paper { return []paper{{"a4", 8.27, 11.69}, {"letter", 8.5, 11}} }

// sheets counts the pages of a PDF that Chromium made.
func sheets(pdf []byte) int {
	return bytes.Count(pdf, []byte("/Type /Page\n")) + bytes.Count(pdf, []byte("/Type /Page "))
}

func decoded(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	must(t, err)
	return b
}

func (p paper) String() string {
	return fmt.Sprintf("%s (%.2f by %.2f inches)", p.name, p.width, p.height)
}
