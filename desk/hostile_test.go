// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// Each row of spec/misbehaviour.md that a desk must notice is a test here: the
// drop's double misbehaves, one desk looks, and what it then tells is compared.

// hostileWorld is a newsroom of which the drop's double may do what it likes.
// The drop's own key is the enemy's.
func hostileWorld(t *testing.T) (*world, ed25519.PrivateKey) {
	t.Helper()
	w := newWorld(t)
	w.pass(7 * time.Hour) // pages in all logs, beats of all desks
	w.round(w.desks[0])
	w.double.hostile = true
	return w, w.dropPrivate
}

// expect has desk 0 look and wants exactly one new alarm, in these words, with
// evidence, there still when the desk is opened again; and not a second time.
func (w *world) expect(row, words string) {
	w.t.Helper()
	d := w.desks[0]
	before := len(d.Alarms())
	w.round(d)
	alarms := d.Alarms()[before:]
	if len(alarms) != 1 || alarms[0].Row != row || alarms[0].Words != words {
		w.t.Fatalf("told %v %q, want %s %q", rows(d), tell(alarms), row, words)
	}
	if len(alarms[0].Evidence()) == 0 || len(alarms[0].Evidence()[0]) == 0 {
		w.t.Error("nothing is kept as evidence")
	}
	w.round(d)
	if n := len(d.Alarms()); n != before+1 {
		w.t.Errorf("told %d times", n-before)
	}
	again := w.reopen(0).Alarms()
	if a := again[len(again)-1]; a.Row != row || a.Words != words {
		w.t.Errorf("opened again: %s %q", a.Row, a.Words)
	}
}

// expectQuiet has desk 0 look and wants no alarm.
func (w *world) expectQuiet() {
	w.t.Helper()
	if w.round(w.desks[0]); rows(w.desks[0]) != "" {
		w.t.Errorf("told %s", rows(w.desks[0]))
	}
}

func tell(alarms []*Alarm) string {
	var out []string
	for _, a := range alarms {
		out = append(out, a.Row+": "+a.Words)
	}
	return strings.Join(out, "; ")
}

// forgeLog rebuilds a log as its key's holder can: change may do anything to
// the pages. It returns a hook that serves views of it.
func (w *world) forgeLog(log wire.Log, key ed25519.PrivateKey, change func([]wire.Page) []wire.Page) func(req, answer []byte) []byte {
	w.t.Helper()
	pages := change(w.pagesOf(log))
	return func(req, answer []byte) []byte {
		u, err := wire.ParseReadRequest(req)
		w.must(err)
		r, err := u.Verify(w.newsroom().Roster().Access)
		w.must(err)
		if r.Log != log {
			return answer
		}
		return w.viewOf(log, key, pages, r)
	}
}

// pagesOf reads a log whole, as a desk does.
func (w *world) pagesOf(log wire.Log) []wire.Page {
	w.t.Helper()
	d := w.desks[0]
	_, v, err := d.readView(w.t.Context(), w.drop, log, 0, wire.MaxReadPages)
	w.must(err)
	return slices.Clone(v.Pages)
}

func (w *world) viewOf(log wire.Log, key ed25519.PrivateKey, pages []wire.Page, r *wire.ReadRequest) []byte {
	w.t.Helper()
	tree := wire.NewTree()
	base := min(r.Base, uint64(len(pages)))
	var frontier []wire.Hash
	var sources []wire.PageSource
	var after []wire.Hash
	sealed := int64(0)
	for i := range pages {
		if uint64(i) == base {
			frontier = tree.Frontier()
		}
		h := pages[i].Header
		tree.Append(h.LeafHash())
		sealed = h.Sealed
		switch {
		case uint64(i) < base:
		case len(sources) < int(r.Count):
			body := pages[i].Body
			sources = append(sources, wire.PageSource{Header: h.Encode(), Open: func() (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(body)), nil
			}})
		default:
			after = append(after, h.LeafHash())
		}
	}
	if base == uint64(len(pages)) {
		frontier = tree.Frontier()
	}
	head := wire.HeadBody{
		Newsroom: w.draft.Key(), Log: log, Incarnation: w.inc,
		Size: uint64(len(pages)), Sealed: sealed, Root: tree.Root(),
	}
	var b bytes.Buffer
	w.must(wire.WriteView(&b, signHead(head, key), base, frontier, nil, sources, after))
	return b.Bytes()
}

func signHead(h wire.HeadBody, key ed25519.PrivateKey) []byte {
	part := h.SignedPart()
	return wire.AssembleHead(part, [64]byte(ed25519.Sign(key, wire.Preimage(wire.TagHead, part))))
}

// remake gives a page another body or time and keeps it whole.
func remake(p wire.Page, change func(*wire.Page)) wire.Page {
	change(&p)
	p.Header.BodyLen = uint32(len(p.Body))
	p.Header.BodyHash = sha256.Sum256(p.Body)
	return p
}

func TestM07RewoundLog(t *testing.T) {
	t.Parallel()
	for _, log := range []wire.Log{wire.Letters, wire.Replies} {
		t.Run(log.String(), func(t *testing.T) {
			w, key := hostileWorld(t)
			w.double.read = w.forgeLog(log, key, func(p []wire.Page) []wire.Page { return p[:len(p)-1] })
			w.expect("M-7", "the drop has taken back pages")
		})
	}
}

// TestM07RewoundBehindAColleague: this desk sees less than another has seen.
func TestM07RewoundBehindAColleague(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.serveBeat(func(b *wire.BeatBody) { b.Size++; b.Root[0] ^= 1 })
	w.expect("M-7", "the drop has taken back pages")
}

func TestM09ForkedLog(t *testing.T) {
	t.Parallel()
	w, key := hostileWorld(t)
	w.double.read = w.forgeLog(wire.Letters, key, func(p []wire.Page) []wire.Page {
		p[2] = remake(p[2], func(p *wire.Page) { p.Header.Sealed++ })
		last := p[len(p)-1]
		return append(p, remake(last, func(p *wire.Page) { p.Header.Number++; p.Header.Sealed += 3600 }))
	})
	w.expect("M-9", "the drop has rewritten its history")
}

// TestM09ForkedFromAColleague: the drop showed another history to a desk.
func TestM09ForkedFromAColleague(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.serveBeat(func(b *wire.BeatBody) { b.Root[0] ^= 1 })
	w.expect("M-9", "the drop has rewritten its history")
}

func TestM10AlteredPages(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(view []byte) []byte{
		"a reply altered": func(v []byte) []byte { v[len(v)-100] ^= 1; return v },
		"cut short":       func(v []byte) []byte { return v[:len(v)-1] },
		"longer":          func(v []byte) []byte { return append(v, 0) },
		"head altered":    func(v []byte) []byte { v[80] ^= 1; return v },
		"no view at all":  func([]byte) []byte { return []byte("hello") },
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := hostileWorld(t)
			w.clock = w.clock.Add(6 * time.Hour)
			w.must(w.drop.Seal(t.Context()))
			w.double.read = func(req, v []byte) []byte {
				if wire.Log(req[34]) == wire.Replies {
					return change(v)
				}
				return v
			}
			w.expect("M-10", "the drop's log does not add up")
		})
	}
}

// TestM37PagesHeldBack: a proven view that shows leaf hashes where pages were
// asked for would hide letters.
func TestM37PagesHeldBack(t *testing.T) {
	t.Parallel()
	w, key := hostileWorld(t)
	w.clock = w.clock.Add(3 * time.Hour)
	w.must(w.drop.Seal(t.Context()))
	w.double.read = func(req, answer []byte) []byte {
		if wire.Log(req[34]) != wire.Letters {
			return answer
		}
		u, err := wire.ParseReadRequest(req)
		w.must(err)
		r, err := u.Verify(w.newsroom().Roster().Access)
		w.must(err)
		none := *r
		none.Count = 0
		return w.viewOf(wire.Letters, key, w.pagesOf(wire.Letters), &none)
	}
	w.expect("M-37", "the drop's log does not add up")
}

func TestM25TwoHeadsOfOneSize(t *testing.T) {
	t.Parallel()
	w, key := hostileWorld(t)
	w.double.read = w.forgeLog(wire.Letters, key, func(p []wire.Page) []wire.Page {
		p[2] = remake(p[2], func(p *wire.Page) { p.Header.Sealed++ })
		return p
	})
	w.expect("M-25", "the drop has rewritten its history")
	a := w.desks[0].Alarms()[0]
	heads := a.Evidence()
	if len(heads) != 2 {
		t.Fatalf("%d heads are kept", len(heads))
	}
	var both [2]*wire.Head
	for i, raw := range heads {
		u, err := wire.ParseHead(raw)
		w.must(err)
		both[i], err = u.Verify(w.newsroom().Roster())
		w.must(err)
	}
	if !both[0].Convicts(both[1]) {
		t.Error("what is kept does not convict the drop")
	}
}

func TestM33AnotherIncarnation(t *testing.T) {
	t.Parallel()
	w, key := hostileWorld(t)
	was := w.inc
	forged := func(req, answer []byte) []byte {
		w.inc[0] ^= 1
		defer func() { w.inc = was }()
		u, err := wire.ParseReadRequest(req)
		w.must(err)
		r, err := u.Verify(w.newsroom().Roster().Access)
		w.must(err)
		if r.Log != wire.Letters {
			return answer
		}
		return w.viewOf(r.Log, key, nil, r)
	}
	w.double.read = forged
	w.expect("M-33", "the drop has rewritten its history")
}

func TestM29RefusesService(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	w.double.down = errors.New("connection refused")
	if _, err := d.Round(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "the drop does not answer") {
		t.Errorf("told %v", err)
	}
	w.double.down = drop.ErrBusy
	if _, err := d.Round(t.Context()); !errors.Is(err, drop.ErrBusy) || strings.Contains(err.Error(), "does not answer") {
		t.Errorf("a drop that is full: told %v", err)
	}
	if rows(d) != "" {
		t.Errorf("alarms: %s", rows(d))
	}
}
