// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"bytes"
	"testing"

	"tamizdat/drop"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// page reads one page of the letters log.
func (n *Newsroom) page(t *testing.T, d drop.Drop, number uint64) *wire.LettersBody {
	t.Helper()
	v := n.View(t, d, wire.Letters, number, number, 1)
	if len(v.Pages) != 1 {
		t.Fatalf("page %d is not there", number)
	}
	return must[*wire.LettersBody](t)(wire.ParseLettersBody(v.Pages[0].Body))
}

func encode(t *testing.T, p *wire.LetterPost) []byte {
	t.Helper()
	return must[[]byte](t)(p.Encode())
}

// testBadLetters: what does not hold is refused, and nothing of it is stored.
func testBadLetters(t *testing.T, mk Make) {
	s := Schedule()
	s.WorkIterations, s.WorkBits = 2, 6
	n, d := openWith(t, mk, 2, s, server.Limits{})
	ctx := t.Context()
	refuse := func(what string, want error, change func(p *wire.LetterPost)) {
		t.Helper()
		p := n.Letter(Noon)
		change(p)
		Expect(t, what, d.PostLetter(ctx, encode(t, p)), want)
	}
	redo := func(p *wire.LetterPost) { p.Counter = n.Work(p.Slot, p.Subject()) }
	refuse("another newsroom's", drop.ErrRefused, func(p *wire.LetterPost) { p.Newsroom[0]++ })
	refuse("work for another letter", drop.ErrRefused, func(p *wire.LetterPost) {
		for wire.WorkDone(n.NR, p.Slot, p.Subject(), p.Counter, s.WorkIterations, s.WorkBits) {
			p.Envelopes[0] = n.Envelope(wire.EnvelopeSize)
		}
	})
	refuse("work of three hours ago", drop.ErrRefused, func(p *wire.LetterPost) { p.Slot -= 3; redo(p) })
	refuse("work of three hours hence", drop.ErrRefused, func(p *wire.LetterPost) { p.Slot += 3; redo(p) })
	refuse("too few envelopes", drop.ErrRefused, func(p *wire.LetterPost) { p.Envelopes = p.Envelopes[1:]; redo(p) })
	refuse("too many", drop.ErrRefused, func(p *wire.LetterPost) {
		p.Envelopes = append(p.Envelopes, n.Envelope(wire.EnvelopeSize))
		redo(p)
	})

	good := encode(t, n.Letter(Noon))
	for what, bad := range map[string][]byte{
		"cut short": good[:len(good)-1], "prolonged": append(bytes.Clone(good), 0), "empty": {},
		"X not on the curve":  edit(good, 51, bytes.Repeat([]byte{0xff}, 32)),
		"X the identity":      edit(good, 51, make([]byte, 32)),
		"Z the identity":      edit(good, 51+32, make([]byte, 32)),
		"another version":     edit(good, 0, []byte{2}),
		"another object":      edit(good, 1, []byte{0x0e}),
		"more than it brings": edit(good, 50, []byte{3}),
	} {
		Expect(t, what, d.PostLetter(ctx, bad), drop.ErrMalformed)
	}
	for _, hour := range []int64{-2, 2} {
		p := n.Letter(Noon + hour*3600)
		Expect(t, "a clock two hours off", d.PostLetter(ctx, encode(t, p)), nil)
	}
	d.SealAt(t, 3600)
	if b := n.page(t, d, 0); len(b.Envelopes) != 4 {
		t.Fatalf("the page has %d envelopes and not 4", len(b.Envelopes))
	}
}

// edit returns b with some bytes replaced.
func edit(b []byte, at int, with []byte) []byte {
	b = bytes.Clone(b)
	copy(b[at:], with)
	return b
}

// testSameLetter: a client that got no answer sends again, and harms nothing.
func testSameLetter(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	post := encode(t, n.Letter(Noon))
	for range 3 {
		Expect(t, "the same letter", d.PostLetter(t.Context(), post), nil)
	}
	d.SealAt(t, 3600)
	if b := n.page(t, d, 0); len(b.Envelopes) != 2 {
		t.Fatalf("the page has %d envelopes", len(b.Envelopes))
	}
	Expect(t, "once more, after sealing", d.PostLetter(t.Context(), post), nil)
	d.SealAt(t, 3600)
	if b := n.page(t, d, 1); len(b.Envelopes) != 0 {
		t.Fatalf("the letter is in the next page too: %d envelopes", len(b.Envelopes))
	}
}

// testChangeover: for a day after a change, letters sealed for the former
// roster are taken.
func testChangeover(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	former := *n
	n.Succeed(func() { n.Desks = append([]*Desk(nil), n.Desks[:1]...) })
	Expect(t, "the new roster", d.PostNewsroom(ctx, n.Write()), nil)
	for _, tt := range []struct {
		hours int64
		want  error
	}{{0, nil}, {23, nil}, {26, drop.ErrRefused}} {
		now := Noon + tt.hours*3600
		d.Clock.Set(now)
		Expect(t, "a letter for the new roster", d.PostLetter(ctx, encode(t, n.Letter(now))), nil)
		Expect(t, "a letter for the former", d.PostLetter(ctx, encode(t, former.Letter(now))), tt.want)
	}
}

// testMissedTimes: sealed times are multiples of the interval and rise; what
// went by while nobody sealed is skipped.
func testMissedTimes(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	d.Clock.Add(1)
	d.Seal(t)
	if v := n.View(t, d, wire.Letters, 0, 0, 64); v.Head.Size != 0 {
		t.Fatal("a page was sealed before its time")
	}
	Expect(t, "letter", d.PostLetter(ctx, encode(t, n.Letter(d.Clock.Unix()))), nil)
	d.Clock.Set(Noon + 10*3600 + 1234)
	d.Seal(t)
	d.Seal(t)
	v := n.View(t, d, wire.Letters, 0, 0, 64)
	if v.Head.Size != 1 || v.Pages[0].Header.Sealed != Noon+10*3600 {
		t.Fatalf("%d pages, the first of %d", v.Head.Size, v.Pages[0].Header.Sealed)
	}
	if b := n.page(t, d, 0); len(b.Envelopes) != 2 {
		t.Fatal("the letter is not in the page")
	}
	// A clock that goes back seals nothing until it has caught up.
	d.Clock.Set(Noon + 9*3600)
	d.Seal(t)
	d.Clock.Set(Noon + 11*3600)
	d.Seal(t)
	v = n.View(t, d, wire.Letters, 0, 0, 64)
	if v.Head.Size != 2 || v.Head.Sealed != Noon+11*3600 {
		t.Fatalf("%d pages, the newest of %d", v.Head.Size, v.Head.Sealed)
	}
}

// testFullSpool: past the bound the drop says that it is full and loses
// nothing.
func testFullSpool(t *testing.T, mk Make) {
	n, d := openWith(t, mk, 2, Schedule(), server.Limits{SpoolBytes: 100 << 10})
	ctx := t.Context()
	taken := 0
	for range 5 {
		if err := d.PostLetter(ctx, encode(t, n.Letter(Noon))); err == nil {
			taken++
		} else {
			Expect(t, "a letter too many", err, drop.ErrBusy)
		}
	}
	if taken != 3 {
		t.Fatalf("%d letters of 30 kB were taken into 100", taken)
	}
	ticket, err := d.OpenTicket(ctx, n.TicketRequest(Noon, nil))
	Expect(t, "ticket", err, nil)
	chunk, id := n.Chunk()
	Expect(t, "a chunk", d.PutChunk(ctx, ticket, id, chunk), drop.ErrBusy)
	size, root := n.State(t, d)
	desk := n.Desks[0]
	beat := n.Beat(desk, Noon, size, root)
	slot := n.Verified().Roster().SlotsOf(desk.ID, Noon+7200)[0]
	Expect(t, "a reply", d.PostReply(ctx, n.Reply(desk, beat, Noon+7200, slot, n.Envelope(wire.ReplySize))), nil)
	Expect(t, "a segment", d.PostSegment(ctx, n.SegmentWrite(desk, beat, Noon+3600, random(wire.SegmentSize))), nil)
	_, err = d.OpenTicket(ctx, n.TicketRequest(Noon, n.NewPermit(7, wire.MonthOf(Noon))))
	Expect(t, "a permit", err, nil)
	d.SealAt(t, 3600)
	if b := n.page(t, d, 0); len(b.Envelopes) != 2*taken || len(b.Chunks) != 0 {
		t.Fatalf("the page has %d envelopes", len(b.Envelopes))
	}
	Expect(t, "a letter after sealing", d.PostLetter(ctx, encode(t, n.Letter(Noon+3600))), nil)
}

// testChunksLeaveRoom: chunks fill three quarters of the spool, letters all.
func testChunksLeaveRoom(t *testing.T, mk Make) {
	n, d := openWith(t, mk, 2, Schedule(), server.Limits{SpoolBytes: 2 << 20})
	ctx := t.Context()
	ticket, err := d.OpenTicket(ctx, n.TicketRequest(Noon, nil))
	Expect(t, "ticket", err, nil)
	for _, want := range []error{nil, drop.ErrBusy} {
		chunk, id := n.Chunk()
		Expect(t, "a chunk", d.PutChunk(ctx, ticket, id, chunk), want)
	}
	Expect(t, "a letter", d.PostLetter(ctx, encode(t, n.Letter(Noon))), nil)
}
