// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
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
	p.Header.BodyHash = wire.Hash(sha(p.Body))
	return p
}

func TestM01AnotherNewsroom(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	other := newWorld(t)
	w.double.newsroom = func([]byte) []byte { return other.newsroom().Bytes() }
	w.expect("M-1", "this is not the newsroom you asked for")
}

func TestM01RosterNotSigned(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.double.newsroom = func(file []byte) []byte {
		file[len(file)-1] ^= 1 // in a signature
		return file
	}
	w.expect("M-1", "the roster is not signed by this newsroom")
}

func TestM03OlderRoster(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	old := w.newsroom().Bytes()
	draft, err := w.desks[0].Propose(Change{})
	w.must(err)
	w.signAndJoin(draft, 0, 1)
	w.double.newsroom = func([]byte) []byte { return old }
	w.expect("M-3", "the drop went back to an earlier roster")
}

// TestM36NewestRootLeftOut: those who were expelled keep a threshold of the
// former keys and go on from the roster before.
func TestM36NewestRootLeftOut(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	apart, err := w.desks[1].Propose(Change{})
	w.must(err)
	w.must(w.desks[1].Sign(apart))
	w.must(w.desks[2].Sign(apart))
	fork, err := apart.Newsroom()
	w.must(err)
	draft, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
	w.must(err)
	w.signAndJoin(draft, 0, 1)
	w.double.newsroom = func([]byte) []byte { return fork.Bytes() }
	w.expect("M-3", "the drop went back to an earlier roster")
}

func TestM04TwoRosters(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	drafts := make([]*Draft, 2)
	for i := range drafts {
		var err error
		drafts[i], err = w.desks[1].Propose(Change{}) // each with a seed of its own
		w.must(err)
		w.must(w.desks[1].Sign(drafts[i]))
		w.must(w.desks[2].Sign(drafts[i]))
	}
	w.must(w.desks[0].Join(drafts[0]))
	second, err := drafts[1].Newsroom()
	w.must(err)
	w.double.newsroom = func([]byte) []byte { return second.Bytes() }
	w.expect("M-4", "two different lists of journalists carry the same number")
}

// TestM04TwoRostersByABeat: a colleague was shown the other one.
func TestM04TwoRostersByABeat(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.serveBeat(func(b *wire.BeatBody) { b.RosterHash[0] ^= 1 })
	w.expect("M-4", "two different lists of journalists carry the same number")
}

// serveBeat has the drop show one more beat of desk 1, changed by its desk.
func (w *world) serveBeat(change func(*wire.BeatBody)) {
	w.t.Helper()
	d := w.desks[1]
	u, err := wire.ParseBeat(d.beat())
	w.must(err)
	b, err := u.Verify(d.s.newsroom.Roster())
	w.must(err)
	body := b.Body()
	change(&body)
	file := wire.EncodeBeatsFile(body.Newsroom, [][]byte{d.keys.Beat(body)})
	w.double.beats = func([]byte) []byte { return file }
}

func TestM03OlderRosterByABeat(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.serveBeat(func(b *wire.BeatBody) { b.RosterNumber++ })
	w.expect("M-3", "the drop went back to an earlier roster")
}

func TestM05ExpiredRoster(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.clock = w.clock.Add(61 * 24 * time.Hour)
	d := w.desks[0]
	w.round(d)
	if got := rows(d); !strings.HasPrefix(got, "M-5") || d.Alarms()[0].Words != "the list of journalists has expired" {
		t.Errorf("told %s %q", got, tell(d.Alarms()))
	}
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

// TestM11ReplyNeverSealed: the drop says yes and drops it. The reply waits for
// another slot and arrives when the drop behaves again.
func TestM11ReplyNeverSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "hello")
	w.pass(2 * time.Hour)
	d := w.desks[0]
	_, err := d.Reply(d.Letters()[0].ID, "answer")
	w.must(err)
	w.double.hostile = true
	w.double.reply = func(write []byte) bool {
		u, err := wire.ParseReplyWrite(write)
		w.must(err)
		v, err := u.Verify(w.newsroom().Roster())
		w.must(err)
		return v.VerifiedBeat().ID == d.ID()
	}
	w.pass(8 * time.Hour)
	if !strings.Contains(rows(d), "M-11") || d.Alarms()[0].Words != "a reply of yours did not appear in the log" {
		t.Fatalf("told %s", tell(d.Alarms()))
	}
	w.double.reply = nil
	w.pass(14 * time.Hour)
	if got := w.readReplies(src); len(got) != 1 || got[0].Text != "answer" || got[0].Number != 1 {
		t.Errorf("the source reads %d replies", len(got))
	}
}

func TestM13ReplayedLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	envelopes := w.send(src, letter.NewLetter("once", nil))
	w.pass(2 * time.Hour)
	w.post(envelopes)
	w.pass(2 * time.Hour)
	// Sealed anew by the same hand, it is the same letter still.
	l := letter.NewLetter("twice", nil)
	w.send(src, l)
	w.send(src, l)
	w.pass(2 * time.Hour)
	for _, d := range w.desks {
		if s := d.Status(); texts(d) != "once|twice" || s.Replays != 2 || rows(d) != "" {
			t.Errorf("%s: %q, %d replays, %s", d.s.name, texts(d), s.Replays, rows(d))
		}
	}
}

// TestSameIDAnotherText: kept beside the first, and shown as a contradiction;
// and an id that a stranger has learnt does not hide the true letter.
func TestSameIDAnotherText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	l := letter.NewLetter("I saw three", nil)
	w.send(src, l)
	w.pass(2 * time.Hour)
	w.send(src, &letter.Letter{ID: l.ID, Text: "I saw four"})
	w.send(newSource(t), &letter.Letter{ID: l.ID, Text: "mine"})
	w.pass(2 * time.Hour)
	d := w.reopen(0)
	if got := texts(d); got != "I saw four|I saw three|mine" {
		t.Fatalf("letters: %q", got)
	}
	for _, i := range d.Letters() {
		if whole, err := d.Letter(i.ID); err != nil || i.Disputed != (i.Begins != "mine") || len(whole.Disputes) > 1 {
			t.Errorf("%s: disputed %v, %v", i.Begins, i.Disputed, err)
		}
	}
}

func TestM20SwappedKeys(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	body := w.newsroom().Roster().Body()
	a, b := body.Journalists[0].Tuple.Bytes(), body.Journalists[1].Tuple.Bytes()
	w.double.newsroom = func(file []byte) []byte {
		i, j := bytes.Index(file, a), bytes.Index(file, b)
		copy(file[i:], b)
		copy(file[j:], a)
		return file
	}
	w.expect("M-1", "the roster is not signed by this newsroom")
}

func TestM24WrongClock(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sealed, own time.Duration }{
		"runs ahead": {sealed: 5 * time.Hour, own: time.Hour},
		"runs back":  {sealed: time.Hour, own: 9 * time.Hour}, // after a look 4 hours before
	} {
		t.Run(name, func(t *testing.T) {
			w, key := hostileWorld(t)
			if c.own > c.sealed {
				w.clock = w.clock.Add(5 * time.Hour)
				w.round(w.desks[0])
				w.clock = w.clock.Add(c.own - 5*time.Hour)
			} else {
				w.clock = w.clock.Add(c.own)
			}
			w.double.read = w.forgeLog(wire.Letters, key, func(p []wire.Page) []wire.Page {
				return append(p, remake(p[len(p)-1], func(p *wire.Page) {
					p.Header.Number++
					p.Header.Sealed += int64(c.sealed / time.Second)
				}))
			})
			w.expect("M-24", "the drop's clock is off")
		})
	}
}

// TestM34PagesDatedAhead: keys do not die because the drop says that it is late.
func TestM34PagesDatedAhead(t *testing.T) {
	t.Parallel()
	w, key := hostileWorld(t)
	d := w.desks[0]
	first := d.currentPeriod()
	w.double.read = w.forgeLog(wire.Letters, key, func(p []wire.Page) []wire.Page {
		return append(p, remake(p[len(p)-1], func(p *wire.Page) {
			p.Header.Number++
			p.Header.Sealed = first.End(testPeriod) + testPeriod
		}))
	})
	w.expect("M-24", "the drop's clock is off")
	d = w.desks[0]
	if _, ok := d.v.Secret(periodSecret(first)); !ok || d.s.periods[first].destroyed {
		t.Error("the keys of the current period were destroyed at the drop's word")
	}
}

// TestKeysDieAtTheLatest: a drop that delivers nothing cannot keep them alive.
func TestKeysDieAtTheLatest(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	first := d.currentPeriod()
	w.double.read = func([]byte, []byte) []byte { return nil }
	w.clock = time.Unix(first.End(testPeriod)+5*testPeriod-1, 0)
	w.round(d)
	if d.s.periods[first].destroyed {
		t.Error("destroyed before the pages were seen and before the latest time")
	}
	w.clock = time.Unix(first.End(testPeriod)+5*testPeriod, 0)
	w.round(d)
	if _, ok := d.v.Secret(periodSecret(first)); ok {
		t.Error("the keys live on for as long as the drop likes")
	}
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

func TestM28OneKeyChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "true")
	w.pass(2 * time.Hour)
	known := src.Pseudonym()
	for part, forge := range map[string]func(mine, hers *wire.Tuple){
		"PQ":    func(m, h *wire.Tuple) { m.PQ = h.PQ },
		"fetch": func(m, h *wire.Tuple) { m.Fetch = h.Fetch },
		"PKE":   func(m, h *wire.Tuple) { m.PKE = h.PKE },
		"DH":    func(m, h *wire.Tuple) { m.DH = h.DH },
	} {
		d := w.desks[0]
		forged := *newSource(t).Tuple()
		forge(&forged, src.Tuple())
		in := &intake{f: &found{d: d}, seen: map[LetterID]bool{}, senders: map[wire.Pseudonym]*wire.Tuple{}}
		in.page.Header = wire.PageHeader{Number: 9, Sealed: testStart}
		text := "false " + part
		o := &letter.Opened{Sender: forged, Pseudonym: forged.Pseudonym(), Kind: letter.KindLetter, Letter: letter.NewLetter(text, nil)}
		rand.Read(o.Digest[:])
		k, err := describe(o, in.page.Header)
		w.must(err)
		w.must(d.keep(in, o, k, make([]byte, wire.EnvelopeSize)))
		w.must(d.flush(in))
		words := fmt.Sprintf("quarantined: claims to be %s but one key differs", SenderName(known))
		info := d.info(d.s.letters[k.ID])
		if info.Quarantine != words {
			t.Errorf("%s: shown as %q", part, info.Quarantine)
		}
		last := d.Alarms()[len(d.Alarms())-1]
		if last.Row != "M-28" || last.Words != words {
			t.Errorf("%s: told %s %q", part, last.Row, last.Words)
		}
		if _, err := d.Reply(k.ID, "who are you"); err == nil || !strings.Contains(err.Error(), "quarantined") {
			t.Errorf("%s: a reply to a quarantined sender: %v", part, err)
		}
	}
	if i := w.desks[0].Letters()[0]; i.Quarantine != "" {
		t.Errorf("the true sender is shown as %q", i.Quarantine)
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

func TestM35ForeignBundle(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	p := d.currentPeriod()
	stolen := d.keys.Bundle(w.draft.Key(), 1, letter.NewPeriodKeys(p))
	w.double.keys = func(asked wire.Period, b []byte) []byte {
		if asked != p {
			return b
		}
		return wire.EncodeKeysFile(w.draft.Key(), p, [][]byte{stolen})
	}
	w.expect("M-35", "keys under your name that you did not make")
}

// TestNobodyNotices shows what stands in the threat model: an honest desk sees
// nothing of it.
func TestNobodyNotices(t *testing.T) {
	t.Parallel()
	t.Run("M-15 a letter for some desks only", func(t *testing.T) {
		w := newWorld(t)
		w.pass(3 * time.Hour)
		src := newSource(t)
		n := w.newsroom()
		envelopes, err := src.SealLetter(n.Key(), n.Roster(), w.bundles(), letter.NewLetter("partly", nil))
		w.must(err)
		dummies, err := letter.CoverLetter(n.Key(), 3)
		w.must(err)
		_, mine, _ := n.Roster().Journalist(w.desks[0].ID())
		envelopes[mine] = dummies[0] // what a drop can put in its place
		w.post(envelopes)
		w.pass(2 * time.Hour)
		w.expectQuiet()
		if texts(w.desks[0]) != "" || texts(w.desks[1]) != "partly" {
			t.Errorf("%q and %q", texts(w.desks[0]), texts(w.desks[1]))
		}
	})
	t.Run("M-23 yes, and thrown away", func(t *testing.T) {
		w := newWorld(t)
		w.pass(5 * time.Hour) // the letter is nowhere
		w.expectQuiet()
	})
	t.Run("M-26 stolen long-term keys", func(t *testing.T) {
		w := newWorld(t)
		w.pass(3 * time.Hour)
		src := newSource(t)
		forged, err := w.desks[1].keys.SealReply(w.draft.Key(), src.Tuple(), &letter.Reply{
			Incarnation: 1, Number: 1, Lowest: 1, Author: w.desks[1].ID(), Text: "go to the bridge at noon",
		})
		w.must(err)
		r := w.newsroom().Roster()
		if got, err := src.OpenReply(r.Newsroom, r, 3, forged); err != nil || got.SenderName != "Boris" {
			t.Errorf("the source sees %v", err)
		}
		w.expectQuiet()
	})
	t.Run("M-32 envelopes of its own", func(t *testing.T) {
		w := newWorld(t)
		w.pass(3 * time.Hour)
		cover, err := letter.CoverLetter(w.draft.Key(), 3)
		w.must(err)
		w.post(cover)
		w.write(newSource(t), "I am the drop")
		w.pass(2 * time.Hour)
		w.expectQuiet()
		if texts(w.desks[0]) != "I am the drop" {
			t.Errorf("letters: %q", texts(w.desks[0]))
		}
	})
}
