// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"bytes"
	"testing"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// testReplySlots: each slot has one owner and one content.
func testReplySlots(t *testing.T, mk Make) {
	n, d := open(t, mk, 3)
	ctx := t.Context()
	size, root := n.State(t, d)
	const at = Noon + 7200
	roster := n.Verified().Roster()
	mine, own := n.Desks[0], roster.SlotsOf(n.Desks[0].ID, at)
	foreign := roster.SlotsOf(n.Desks[1].ID, at)[0]
	beat := n.Beat(mine, Noon, size, root)
	reply := func() []byte { return n.Envelope(wire.ReplySize) }

	first := reply()
	Expect(t, "a reply", d.PostReply(ctx, n.Reply(mine, beat, at, own[0], first)), nil)
	Expect(t, "the same again", d.PostReply(ctx, n.Reply(mine, beat, at, own[0], first)), nil)
	tomorrow := n.Beat(mine, Noon+86400, size, root)
	Expect(t, "the same with a fresh beat", d.PostReply(ctx, n.Reply(mine, tomorrow, at, own[0], first)), nil)
	if f := n.beats(t, d); len(f) != 1 || !bytes.Equal(f[0].Bytes(), tomorrow) {
		t.Fatal("the fresh beat is not served")
	}
	Expect(t, "the first again, after the fresh beat", d.PostReply(ctx, n.Reply(mine, beat, at, own[0], first)), nil)
	Expect(t, "another reply with the old beat", d.PostReply(ctx, n.Reply(mine, beat, at, own[1], reply())), drop.ErrRefused)
	beat = tomorrow
	Expect(t, "another in the slot", d.PostReply(ctx, n.Reply(mine, beat, at, own[0], reply())), drop.ErrConflict)
	Expect(t, "a colleague's slot", d.PostReply(ctx, n.Reply(mine, beat, at, foreign, reply())), drop.ErrRefused)
	Expect(t, "a slot that is none", d.PostReply(ctx, n.Reply(mine, beat, at, 8, reply())), drop.ErrRefused)
	for _, when := range []int64{Noon, Noon + 3*7200, at + 1, 0} {
		for _, slot := range roster.SlotsOf(mine.ID, when) {
			Expect(t, "a page that is not next", d.PostReply(ctx, n.Reply(mine, beat, when, slot, reply())), drop.ErrRefused)
		}
	}
	later := roster.SlotsOf(mine.ID, at+7200)[0]
	Expect(t, "the page after next", d.PostReply(ctx, n.Reply(mine, beat, at+7200, later, reply())), nil)
	good := n.Reply(mine, beat, at, own[1], reply())
	Expect(t, "a forged one", d.PostReply(ctx, edit(good, len(good)-1, []byte{good[len(good)-1] ^ 1})), drop.ErrRefused)
	Expect(t, "one signed by a colleague", d.PostReply(ctx, n.Reply(&Desk{Key: n.Desks[1].Key}, beat, at, own[1], reply())), drop.ErrRefused)
	Expect(t, "a bad hint", d.PostReply(ctx, n.Reply(mine, beat, at, own[1], make([]byte, wire.ReplySize))), drop.ErrMalformed)
	Expect(t, "no reply write", d.PostReply(ctx, good[1:]), drop.ErrMalformed)

	d.SealAt(t, 7200)
	Expect(t, "a sealed page", d.PostReply(ctx, n.Reply(mine, beat, at, own[1], reply())), drop.ErrRefused)
	v := n.View(t, d, wire.Replies, 0, 0, 64)
	if !bytes.Equal(v.Pages[0].Body, append([]byte{1}, first...)) {
		t.Fatalf("the page has %d replies, or another", v.Pages[0].Body[0])
	}
	if f := n.beats(t, d); len(f) != 1 || !bytes.Equal(f[0].Bytes(), tomorrow) {
		t.Fatal("the fresh beat is forgotten at sealing")
	}
}

// testSegments: a desk has one segment a page.
func testSegments(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	size, root := n.State(t, d)
	const at = Noon + 3600
	mine, other := n.Desks[0], n.Desks[1]
	beat := n.Beat(mine, Noon, size, root)
	segment := random(wire.SegmentSize)
	Expect(t, "a segment", d.PostSegment(ctx, n.SegmentWrite(mine, beat, at, segment)), nil)
	Expect(t, "the same again", d.PostSegment(ctx, n.SegmentWrite(mine, beat, at, segment)), nil)
	Expect(t, "another", d.PostSegment(ctx, n.SegmentWrite(mine, beat, at, random(wire.SegmentSize))), drop.ErrConflict)
	Expect(t, "a colleague's", d.PostSegment(ctx, n.SegmentWrite(other, n.Beat(other, Noon, size, root), at, random(wire.SegmentSize))), nil)
	Expect(t, "one too early", d.PostSegment(ctx, n.SegmentWrite(mine, beat, at+7200, random(wire.SegmentSize))), drop.ErrRefused)
	Expect(t, "one signed by a colleague", d.PostSegment(ctx, n.SegmentWrite(&Desk{Key: other.Key}, beat, at+3600, segment)), drop.ErrRefused)
	Expect(t, "no segment write", d.PostSegment(ctx, segment), drop.ErrMalformed)

	// Who is no longer in the newest roster at sealing has no place in the page.
	n.Succeed(func() { n.Desks = n.Desks[:1] })
	Expect(t, "a roster without the colleague", d.PostNewsroom(ctx, n.Write()), nil)
	d.SealAt(t, 3600)
	v := n.View(t, d, wire.Desk, 0, 0, 64)
	if !bytes.Equal(v.Pages[0].Body, append([]byte{1}, segment...)) {
		t.Fatalf("the page has %d segments, or another", v.Pages[0].Body[0])
	}
}

// testMissedWrites: a drop that was down seals the pages that something was
// accepted for, each under its own time, and skips the others.
func testMissedWrites(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	size, root := n.State(t, d)
	desk := n.Desks[0]
	beat := n.Beat(desk, Noon, size, root)
	var segments, replies [2][]byte
	for i := range segments {
		segments[i], replies[i] = random(wire.SegmentSize), n.Envelope(wire.ReplySize)
		at := Noon + int64(i+1)*3600
		Expect(t, "a segment", d.PostSegment(ctx, n.SegmentWrite(desk, beat, at, segments[i])), nil)
		at = Noon + int64(i+1)*7200
		slot := n.Verified().Roster().SlotsOf(desk.ID, at)[0]
		Expect(t, "a reply", d.PostReply(ctx, n.Reply(desk, beat, at, slot, replies[i])), nil)
	}
	d.Clock.Set(Noon + 10*3600 + 1234)
	d.Seal(t)
	for _, tt := range []struct {
		log   wire.Log
		want  [2][]byte
		every int64
	}{{wire.Desk, segments, 3600}, {wire.Replies, replies, 7200}} {
		v := n.View(t, d, tt.log, 0, 0, 64)
		if len(v.Pages) != 3 || v.Head.Sealed != Noon+10*3600 {
			t.Fatalf("%s log: %d pages, the newest of %d", tt.log, len(v.Pages), v.Head.Sealed)
		}
		for i, want := range tt.want {
			p := v.Pages[i]
			if p.Header.Sealed != Noon+int64(i+1)*tt.every || !bytes.Equal(p.Body, append([]byte{1}, want...)) {
				t.Errorf("%s log: page %d is of %d, or holds something else", tt.log, i, p.Header.Sealed)
			}
		}
	}
	if v := n.View(t, d, wire.Letters, 0, 0, 64); v.Head.Size != 1 {
		t.Errorf("the letters log has %d pages", v.Head.Size)
	}
}

// testFalseBeats: a beat that says anything untrue is refused with what it
// came with.
func testFalseBeats(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	d.SealAt(t, 7200)
	d.SealAt(t, 7200)
	now := d.Clock.Unix()
	size, root := n.State(t, d)
	desk := n.Desks[0]
	v := n.View(t, d, wire.Replies, 0, 0, 64)
	before, _ := v.Proof.RootAt(1)
	try := func(what string, want error, change func(b *wire.BeatBody)) {
		t.Helper()
		b := n.BeatBody(desk, now, size, root)
		change(b)
		Expect(t, what, d.PostSegment(ctx, n.SegmentWrite(desk, n.SignBeat(desk, b), now+3600, random(wire.SegmentSize))), want)
	}
	lies := map[string]func(b *wire.BeatBody){
		"a state that is to come":      func(b *wire.BeatBody) { b.Size++ },
		"another root":                 func(b *wire.BeatBody) { b.Root[0]++ },
		"another size's root":          func(b *wire.BeatBody) { b.Size-- },
		"another incarnation":          func(b *wire.BeatBody) { b.Incarnation[0]++ },
		"a later roster":               func(b *wire.BeatBody) { b.RosterNumber++ },
		"another roster of the number": func(b *wire.BeatBody) { b.RosterHash[0]++ },
		"the day after tomorrow":       func(b *wire.BeatBody) { b.Day += 2 },
		"the day before yesterday":     func(b *wire.BeatBody) { b.Day -= 2 },
		"another newsroom":             func(b *wire.BeatBody) { b.Newsroom[0]++ },
		"another journalist":           func(b *wire.BeatBody) { b.ID = n.Desks[1].ID },
		"nobody":                       func(b *wire.BeatBody) { b.ID = newDesk(t, "Nobody").ID },
	}
	for what, lie := range lies {
		try(what, drop.ErrRefused, lie)
	}
	if f := n.beats(t, d); len(f) != 0 {
		t.Fatal("a false beat is served")
	}
	try("an earlier true state", nil, func(b *wire.BeatBody) { b.Size, b.Root = 1, before })
}

func (n *Newsroom) beats(t *testing.T, d drop.Drop) []*wire.UnverifiedBeat {
	t.Helper()
	b, err := d.Beats(t.Context())
	Expect(t, "beats", err, nil)
	f := must[*wire.BeatsFile](t)(wire.ParseBeatsFile(b))
	if f.Newsroom != n.NR {
		t.Fatal("the beats file is another's")
	}
	return f.Beats
}

// testBeatsFile: the newest beat of each journalist, at once, and after
// sealing still.
func testBeatsFile(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	size, root := n.State(t, d)
	if len(n.beats(t, d)) != 0 {
		t.Fatal("a fresh drop has beats")
	}
	write := func(desk *Desk, day int64, at int64) ([]byte, error) {
		beat := n.Beat(desk, Noon+day*86400, size, root)
		return beat, d.PostSegment(ctx, n.SegmentWrite(desk, beat, at, random(wire.SegmentSize)))
	}
	_, err := write(n.Desks[0], -1, Noon+3600)
	Expect(t, "yesterday's", err, nil)
	newest, err := write(n.Desks[0], 0, Noon+7200)
	Expect(t, "today's", err, nil)
	other, err := write(n.Desks[1], 0, Noon+7200)
	Expect(t, "a colleague's", err, nil)
	_, err = write(n.Desks[1], -1, Noon+3600)
	Expect(t, "an older one", err, drop.ErrRefused)
	for range 3 {
		f := n.beats(t, d)
		if len(f) != 2 || !bytes.Equal(f[0].Bytes(), newest) || !bytes.Equal(f[1].Bytes(), other) {
			t.Fatalf("%d beats are served, or others", len(f))
		}
		d.SealAt(t, 3600)
	}
	n.Succeed(func() { n.Desks = n.Desks[1:] })
	Expect(t, "a roster without the first", d.PostNewsroom(ctx, n.Write()), nil)
	if f := n.beats(t, d); len(f) != 1 || !bytes.Equal(f[0].Bytes(), other) {
		t.Fatalf("%d beats are served", len(f))
	}
}
