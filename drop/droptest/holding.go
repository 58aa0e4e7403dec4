// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"slices"
	"testing"

	"tamizdat/drop"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// Head is a head as the drop signs it, for tests that change it first.
func (n *Newsroom) Head(key ed25519.PrivateKey, b wire.HeadBody) []byte {
	part := b.SignedPart()
	return wire.AssembleHead(part, Sign(key, wire.TagHead, part))
}

// Vouch is a desk's vouch for the drop as it is, for tests that change it first.
func (n *Newsroom) Vouch(t testing.TB, d drop.Drop, desk *Desk, change func(*wire.VouchBody)) []byte {
	t.Helper()
	occasion, err := d.Holding(t.Context())
	Expect(t, "holding", err, nil)
	b := wire.VouchBody{
		Newsroom: n.NR, ID: desk.ID, RosterNumber: n.Roster.Number, RosterHash: n.Verified().Roster().Hash(),
		Incarnation: n.Incarnation, Occasion: occasion,
	}
	for i, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		h := n.View(t, d, log, 0, 0, 0).Head
		b.Logs[i] = wire.LogState{Size: h.Size, Root: h.Root}
	}
	change(&b)
	part := b.SignedPart()
	return wire.AssembleVouch(part, Sign(desk.Key, wire.TagVouch, part))
}

// Renew turns n.Roster into one that begins new logs.
func (n *Newsroom) Renew(change func()) {
	n.t.Helper()
	n.Succeed(func() {
		fill(n.t, n.Incarnation[:])
		n.Roster.Incarnation, n.Roster.HeadSize, n.Roster.HeadRoot = n.Incarnation, 0, sha256.Sum256(nil)
		change()
	})
}

// testEvidence: a drop stops for a head of its own that it does not have, and for
// nothing that a visitor or a journalist could make.
func testEvidence(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	d.SealAt(t, 7200)
	d.SealAt(t, 7200)
	head := n.View(t, d, wire.Replies, 0, 0, 0).Head
	goesOn := func(what string) {
		t.Helper()
		_, err := d.Holding(ctx)
		Expect(t, "after "+what, err, drop.ErrAbsent)
	}
	Expect(t, "the newest head", d.PostHead(ctx, head.Bytes()), nil)
	more := head.Body()
	more.Size, more.Sealed = more.Size+1, more.Sealed+7200
	Expect(t, "a stranger's head", d.PostHead(ctx, n.Head(n.Access, more)), drop.ErrRefused)
	other := more
	other.Newsroom = wire.NewsroomKey{1}
	Expect(t, "another newsroom's", d.PostHead(ctx, n.Head(n.Drop, other)), drop.ErrRefused)
	Expect(t, "no head", d.PostHead(ctx, head.Bytes()[1:]), drop.ErrMalformed)
	goesOn("what strangers send")

	slot := n.Verified().Roster().SlotsOf(n.Desks[0].ID, d.Clock.Unix()+7200)[0]
	beat := n.Beat(n.Desks[0], d.Clock.Unix(), more.Size, more.Root)
	write := n.Reply(n.Desks[0], beat, d.Clock.Unix()+7200, slot, n.Envelope(wire.ReplySize))
	Expect(t, "a beat of a state that never was", d.PostReply(ctx, write), drop.ErrRefused)
	roster := n.Roster
	n.Succeed(func() { n.Roster.HeadSize, n.Roster.HeadRoot = more.Size, more.Root })
	Expect(t, "a roster of a state that never was", d.PostNewsroom(ctx, n.Write()), drop.ErrRefused)
	n.Roster = roster
	n.remake()
	inc := n.Incarnation
	n.Renew(func() {})
	Expect(t, "new logs of a sound drop", d.PostNewsroom(ctx, n.Write()), drop.ErrRefused)
	n.Roster, n.Incarnation = roster, inc
	n.remake()
	goesOn("what journalists sign")

	for what, change := range map[string]func(*wire.HeadBody){
		"larger":               func(b *wire.HeadBody) { *b = more },
		"another root":         func(b *wire.HeadBody) { b.Root = wire.Hash{1} },
		"another time":         func(b *wire.HeadBody) { b.Sealed += 7200 },
		"of logs it never had": func(b *wire.HeadBody) { b.Incarnation[0]++ },
	} {
		b := head.Body()
		change(&b)
		Expect(t, what, d.PostHead(ctx, n.Head(n.Drop, b)), drop.ErrConflict)
	}
	n.holdsStill(t, d)
	vouch := n.Vouch(t, d, n.Desks[0], func(*wire.VouchBody) {})
	Expect(t, "a vouch for logs that are behind", d.PostVouch(ctx, vouch), drop.ErrRefused)
}

// holdsStill: a drop that holds reads on and takes nothing that it would have
// to seal.
func (n *Newsroom) holdsStill(t *testing.T, d *Drop) {
	t.Helper()
	ctx := t.Context()
	size, root := n.State(t, d)
	d.SealAt(t, 7200)
	if again, _ := n.State(t, d); again != size {
		t.Fatal("a drop that holds has sealed a page")
	}
	now := d.Clock.Unix()
	Expect(t, "a letter", d.PostLetter(ctx, must[[]byte](t)(n.Letter(now).Encode())), drop.ErrBusy)
	_, err := d.OpenTicket(ctx, n.TicketRequest(now, nil))
	Expect(t, "a ticket", err, drop.ErrBusy)
	chunk, id := n.Chunk()
	Expect(t, "a chunk", d.PutChunk(ctx, wire.Ticket{1}, id, chunk), drop.ErrBusy)
	slot := n.Verified().Roster().SlotsOf(n.Desks[0].ID, now+7200)[0]
	beat := n.Beat(n.Desks[0], now, size, root)
	Expect(t, "a reply", d.PostReply(ctx, n.Reply(n.Desks[0], beat, now+7200, slot, n.Envelope(wire.ReplySize))), drop.ErrBusy)
	Expect(t, "a segment", d.PostSegment(ctx, n.SegmentWrite(n.Desks[0], beat, now+3600, n.Envelope(wire.SegmentSize))), drop.ErrBusy)
	Expect(t, "a bundle", d.PostBundle(ctx, n.BundleOf(n.Desks[0], wire.PeriodAt(now, 604800))), nil)
	for _, read := range []func() ([]byte, error){
		func() ([]byte, error) { return d.Newsroom(ctx) },
		func() ([]byte, error) { return d.Beats(ctx) },
		func() ([]byte, error) { return d.Grant(ctx) },
	} {
		_, err := read()
		Expect(t, "a read", err, nil)
	}
}

// testRenewal: a drop that lost pages begins new logs when the newsroom says so,
// and keeps what need not be lost.
func testRenewal(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	chunk, id := n.Chunk()
	ticket, err := d.OpenTicket(ctx, n.TicketRequest(Noon, nil))
	Expect(t, "ticket", err, nil)
	Expect(t, "chunk", d.PutChunk(ctx, ticket, id, chunk), nil)
	d.SealAt(t, 7200)
	queued := n.Letter(d.Clock.Unix())
	Expect(t, "a letter for the spool", d.PostLetter(ctx, must[[]byte](t)(queued.Encode())), nil)
	old := n.View(t, d, wire.Letters, 0, 0, 0).Head
	behind := old.Body()
	behind.Root = wire.Hash{1}
	Expect(t, "evidence", d.PostHead(ctx, n.Head(n.Drop, behind)), drop.ErrConflict)

	before, inc := n.Roster, n.Incarnation
	refuse := func(what string, change func()) {
		t.Helper()
		n.Renew(change)
		Expect(t, what, d.PostNewsroom(ctx, n.Write()), drop.ErrRefused)
		n.Roster, n.Incarnation = before, inc
		n.remake()
	}
	refuse("new logs with a page", func() { n.Roster.HeadSize, n.Roster.HeadRoot = 1, wire.Hash{1} })
	refuse("new logs that count pages of who has left", func() {
		n.Roster.Number++
		n.Roster.HeadSize, n.Roster.HeadRoot = 1, wire.Hash{1}
		n.Roster.Former = []wire.Former{{ID: newDesk(t, "x").ID, Name: "Gone", Pages: 1}}
	})
	n.Renew(func() { n.Roster.Number += 3 }) // the copy has missed some
	Expect(t, "new logs", d.PostNewsroom(ctx, n.Write()), nil)
	Expect(t, "the same again", d.PostNewsroom(ctx, n.Write()), nil)
	_, err = d.OpenTicket(ctx, n.TicketRequest(d.Clock.Unix(), nil))
	Expect(t, "before the desks have looked", err, drop.ErrBusy)
	d.SealAt(t, 7200)
	for _, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		if v := n.View(t, d, log, 0, 0, 0); v.Head.Size != 0 {
			t.Errorf("the new %s log has %d pages", log, v.Head.Size)
		}
	}
	for _, desk := range n.Desks {
		Expect(t, "vouch", d.PostVouch(ctx, n.Vouch(t, d, desk, func(*wire.VouchBody) {})), nil)
	}
	Expect(t, "a head of the logs before", d.PostHead(ctx, n.Head(n.Drop, behind)), nil)
	_, err = d.Holding(ctx)
	Expect(t, "holding", err, drop.ErrAbsent)
	n.afterRenewal(t, d, queued)
	got, err := d.Chunk(ctx, n.ChunkRequest(t, d, id))
	if err != nil || wire.ChunkIDOf(got) != id {
		t.Errorf("an attachment's chunk is gone: %v", err)
	}
	n.Renew(func() { n.Incarnation, n.Roster.Incarnation = inc, inc })
	Expect(t, "the incarnation before", d.PostNewsroom(ctx, n.Write()), drop.ErrRefused)
}

// afterRenewal: the new logs take up what waited, and all goes on.
func (n *Newsroom) afterRenewal(t *testing.T, d *Drop, queued *wire.LetterPost) {
	t.Helper()
	ctx := t.Context()
	now := d.Clock.Unix()
	size, root := n.State(t, d)
	at := (now/7200 + 1) * 7200
	slot := n.Verified().Roster().SlotsOf(n.Desks[0].ID, at)[0]
	beat := n.Beat(n.Desks[0], now, size, root)
	Expect(t, "a reply", d.PostReply(ctx, n.Reply(n.Desks[0], beat, at, slot, n.Envelope(wire.ReplySize))), nil)
	fresh := n.Letter(now)
	Expect(t, "a letter", d.PostLetter(ctx, must[[]byte](t)(fresh.Encode())), nil)
	d.SealAt(t, 7200)
	v := n.View(t, d, wire.Letters, 0, 0, 64)
	body := must[*wire.LettersBody](t)(wire.ParseLettersBody(v.Pages[0].Body))
	for _, e := range slices.Concat(queued.Envelopes, fresh.Envelopes) {
		if !slices.ContainsFunc(body.Envelopes, func(b []byte) bool { return string(b) == string(e) }) {
			t.Error("a letter that was accepted is not in the new log")
		}
	}
	if f := n.beats(t, d); len(f) != 1 {
		t.Errorf("%d beats are served, want that of the new logs", len(f))
	}
}

func testHold(t *testing.T, open OpenStore) {
	s := open(t)
	for _, why := range []server.Holding{server.Doubtful, server.Behind, server.Behind, server.Going} {
		Expect(t, "hold", s.Hold(t.Context(), why), nil)
		s = open(t)
		if got := load(t, s).Holding; got != why {
			t.Fatalf("the store remembers %v of %v", got, why)
		}
	}
	for range 2 {
		Expect(t, "hold", s.Hold(t.Context(), server.Behind, wire.Incarnation{1}), nil)
		s = open(t)
	}
	Expect(t, "hold", s.Hold(t.Context(), server.Behind, wire.Incarnation{2}), nil)
	if snap := load(t, open(t)); snap.Holding != server.Behind || len(snap.Past) != 2 {
		t.Errorf("of two incarnations that were lost the store remembers %v", snap.Past)
	}
}

// testRenew: after two pages and one in the making, the new logs begin with what
// waited.
func testRenew(t *testing.T, open OpenStore) {
	s := open(t)
	ctx := t.Context()
	Expect(t, "newsroom", s.PutNewsroom(ctx, server.RosterRef{Number: 1}, []byte("1"), []byte("g")), nil)
	kept := wire.ChunkID{7}
	for i := range uint64(2) {
		freeze(t, s, wire.Letters, i, int64(i+1)*3600)
		Expect(t, "page", s.Append(ctx, sealing(wire.Letters, i, int64(i+1)*3600, kept)), nil)
	}
	Expect(t, "forget", s.Forget(ctx, wire.Letters, 1), nil)
	frozenOne, waiting := random(wire.EnvelopeSize), random(wire.EnvelopeSize)
	Expect(t, "letter", s.AddLetter(ctx, [][]byte{frozenOne}), nil)
	freeze(t, s, wire.Letters, 2, 3*3600)
	Expect(t, "letter", s.AddLetter(ctx, [][]byte{waiting}), nil)
	slot := server.Slot{Log: wire.Replies, Sealing: 7200, Key: "0", Body: random(wire.ReplySize), Beat: random(wire.BeatSize)}
	Expect(t, "slot", s.AddSlot(ctx, slot), nil)
	Expect(t, "hold", s.Hold(ctx, server.Behind), nil)

	past := wire.Incarnation{1}
	old := server.RosterRef{Number: 1}
	Expect(t, "an old roster", s.Renew(ctx, past, old, []byte("x"), []byte("g")), server.ErrTaken)
	Expect(t, "renew", s.Renew(ctx, past, server.RosterRef{Number: 5}, []byte("5"), []byte("g")), nil)
	s = open(t)
	snap := load(t, s)
	log := snap.Logs[wire.Letters]
	if string(snap.File) != "5" || snap.Holding != server.Doubtful || len(snap.Beats) != 0 || len(log.Headers) != 0 || log.Head != nil || log.Frozen || log.Kept != 0 {
		t.Fatalf("the new logs are %+v", snap)
	}
	if len(snap.Past) != 1 || snap.Past[0] != past {
		t.Errorf("the past is %v", snap.Past)
	}
	if got := snap.Leftovers[wire.Letters]; got != (server.Leftover{First: 1, Beyond: 3}) {
		t.Errorf("left over are %+v", got)
	}
	if ids, err := s.Orphans(ctx, 1); err != nil || len(ids) != 1 || ids[0] != kept {
		t.Errorf("named by page 0 are %v: %v", ids, err)
	}
	for i, want := range [][]byte{frozenOne, waiting} {
		f, err := s.Freeze(ctx, wire.Letters, uint64(i), int64(i+10)*3600)
		Expect(t, "freeze", err, nil)
		if p := readFrozen(t, f); len(p.envelopes) != 1 || string(p.envelopes[0]) != string(want) {
			t.Errorf("page %d gets %d letters, or another", i, len(p.envelopes))
		}
		Expect(t, "page", s.Append(ctx, sealing(wire.Letters, uint64(i), int64(i+10)*3600)), nil)
		Expect(t, "discard", s.Discard(ctx, wire.Letters, uint64(i), 0), nil)
	}
	if times, err := s.Waiting(ctx, wire.Replies); err != nil || len(times) != 0 {
		t.Errorf("what a desk had queued waits still: %v %v", times, err)
	}
	Expect(t, "cleared", s.Cleared(ctx, wire.Letters), nil)
	if got := load(t, open(t)).Leftovers[wire.Letters]; got.Beyond != 0 {
		t.Errorf("after clearing %+v is left", got)
	}
}
