// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// forgery is a view that its maker took apart and put together again, with a head
// signed by the drop wherever that helps him.
type forgery struct {
	name   string
	change func(l *testLog, p *ViewParts)
	want   string
}

func forgeries() []forgery {
	return []forgery{
		{"as it is", func(*testLog, *ViewParts) {}, ""},
		{"page left out", func(_ *testLog, p *ViewParts) { p.Pages = p.Pages[1:] }, "malformed"},
		{"page left out and hashed", func(_ *testLog, p *ViewParts) { p.Pages[1] = p.Pages[0] }, "mismatch"},
		{"pages swapped", func(_ *testLog, p *ViewParts) { p.Pages[0], p.Pages[1] = p.Pages[1], p.Pages[0] }, "mismatch"},
		{"leaf swapped", func(_ *testLog, p *ViewParts) { p.Before = []Hash{p.Before[1], p.Before[0]} }, "mismatch"},
		{"leaf altered", func(_ *testLog, p *ViewParts) { p.After = []Hash{{1}} }, "mismatch"},
		{"subtree altered", func(_ *testLog, p *ViewParts) { p.Frontier = []Hash{{1}} }, "mismatch"},
		{"later base", func(_ *testLog, p *ViewParts) { p.Base++; p.Before = p.Before[1:]; p.Frontier = []Hash{{1}, {2}} }, "mismatch"},
		{"body of another page", func(l *testLog, p *ViewParts) { p.Pages[0].Open = open(l.bodies[1]) }, "mismatch"},
		{"page of another log", func(l *testLog, p *ViewParts) { p.Pages[0] = reheaded(l, 4, func(h *PageHeader) { h.Log = Desk }) }, "mismatch"},
		{"page of another incarnation", func(l *testLog, p *ViewParts) {
			p.Pages[0] = reheaded(l, 4, func(h *PageHeader) { h.Incarnation[0]++ })
		}, "mismatch"},
		{"page of another newsroom", func(l *testLog, p *ViewParts) {
			p.Pages[0] = reheaded(l, 4, func(h *PageHeader) { h.Newsroom[0]++ })
		}, "mismatch"},
		{"page sealed at the same time", func(l *testLog, p *ViewParts) {
			p.Pages[1] = reheaded(l, 5, func(h *PageHeader) { h.Sealed -= 21600 })
		}, "mismatch"},
		{"page sealed after the head", func(l *testLog, p *ViewParts) {
			p.Pages[1] = reheaded(l, 5, func(h *PageHeader) { h.Sealed += 90000 })
		}, "mismatch"},
		{"page sealed a little later", func(l *testLog, p *ViewParts) {
			p.Pages[1] = reheaded(l, 5, func(h *PageHeader) { h.Sealed++ })
		}, "mismatch"},
	}
}

// reheaded is page n with another header and the same body.
func reheaded(l *testLog, n int, change func(*PageHeader)) PageSource {
	h := must(ParsePageHeader(l.headers[n]))
	change(h)
	return PageSource{Header: h.Encode(), Open: open(l.bodies[n])}
}

func open(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// TestForgedViews covers M-10: a page dropped, added, swapped or altered.
func TestForgedViews(t *testing.T) {
	h := found("Anna")
	for _, f := range forgeries() {
		l := h.log(Replies, 7)
		p := l.parts(2, 4, 6)
		f.change(l, p)
		t.Run(f.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := p.Write(&b); err != nil {
				wantError(t, err, f.want) // the writer may notice first
				return
			}
			_, err := h.readView(b.Bytes(), Replies)
			wantError(t, err, f.want)
		})
	}
}

// TestLogThatWasNeverSound covers pages that a lying drop has sealed, hashed and signed
// properly, and that still are no pages of this log.
func TestLogThatWasNeverSound(t *testing.T) {
	h := found("Anna")
	l := h.log(Replies, 4)
	for name, tt := range map[string]struct {
		change func(*PageHeader)
		want   string
	}{
		"sound":                     {func(*PageHeader) {}, ""},
		"another newsroom":          {func(p *PageHeader) { p.Newsroom[0]++ }, "another log"},
		"another log":               {func(p *PageHeader) { p.Log = Letters }, "another log"},
		"another incarnation":       {func(p *PageHeader) { p.Incarnation[0]++ }, "another log"},
		"another number":            {func(p *PageHeader) { p.Number++ }, "stands in place"},
		"sealed at the same time":   {func(p *PageHeader) { p.Sealed -= 21600 }, "after the page before"},
		"sealed before":             {func(p *PageHeader) { p.Sealed -= 21601 }, "after the page before"},
		"sealed with the last":      {func(p *PageHeader) { p.Sealed += 21600 }, "agree with the head"},
		"sealed after the last":     {func(p *PageHeader) { p.Sealed += 21601 }, "agree with the head"},
		"another body":              {func(p *PageHeader) { p.BodyHash[0]++ }, "another body"},
		"a little later, but sound": {func(p *PageHeader) { p.Sealed++ }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.readView(l.resealed(2, tt.change).view(0, 1, 4), Replies)
			if tt.want == "" {
				wantError(t, err, "")
				return
			}
			wantError(t, err, "mismatch")
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("refused for another reason: %v", err)
			}
		})
	}
}
