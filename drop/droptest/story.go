// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"bytes"
	"testing"

	"tamizdat/drop"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// open makes a drop that serves a newsroom of that many journalists already.
func open(t *testing.T, mk Make, journalists int) (*Newsroom, *Drop) {
	t.Helper()
	return openWith(t, mk, journalists, Schedule(), server.Limits{})
}

func openWith(t *testing.T, mk Make, journalists int, s wire.Schedule, l server.Limits) (*Newsroom, *Drop) {
	t.Helper()
	clock := NewClock(Noon)
	n := NewNewsroom(t, journalists, s, Noon)
	d := mk(t, n, clock, l)
	Expect(t, "the first newsroom write", d.PostNewsroom(t.Context(), n.Write()), nil)
	return n, d
}

// RunDrop runs the whole suite of the contract.
func RunDrop(t *testing.T, mk Make) {
	for name, test := range map[string]func(*testing.T, Make){
		"Story":                            testStory,
		"F13StrangersCannotTakeAFreshDrop": testFreshDrop,
		"NewsroomsFollowEachOther":         testNewsrooms,
		"Bundles":                          testBundles,
		"LettersThatAreRefused":            testBadLetters,
		"TheSameLetterTwice":               testSameLetter,
		"LettersAcrossAChangeOfRoster":     testChangeover,
		"A13LimitsOfAnUpload":              testUploadLimits,
		"A10UploadsOfOneSecond":            testManyUploads,
		"A11NothingToUpload":               testNothingToUpload,
		"A15EightyChunks":                  testLargeUpload,
		"A16AbandonedUploads":              testAbandonedUpload,
		"LongUploads":                      testLongUpload,
		"ManyTickets":                      testManyTickets,
		"TicketRequests":                   testTicketRequests,
		"Permits":                          testPermits,
		"ReplySlots":                       testReplySlots,
		"Segments":                         testSegments,
		"FalseBeats":                       testFalseBeats,
		"BeatsFile":                        testBeatsFile,
		"ReadsProveThemselves":             testReads,
		"ShapesOfViews":                    testShapes,
		"PagesAndChunksExpire":             testRetention,
		"MissedTimesAreSkipped":            testMissedTimes,
		"MissedTimesThatWereWrittenFor":    testMissedWrites,
		"ChunksLeaveRoomForLetters":        testChunksLeaveRoom,
		"FullSpool":                        testFullSpool,
		"AllVisitsAreAlike":                testVisitsAreAlike,
		"EvidenceOfLostPages":              testEvidence,
		"NewLogsAfterLostPages":            testRenewal,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, mk)
		})
	}
}

// testStory is a day of a drop: founded, written to by a source, read by the
// desks, answered by them, and read by anyone.
func testStory(t *testing.T, mk Make) {
	n, d := open(t, mk, 3)
	ctx := t.Context()
	period := wire.PeriodAt(Noon, 604800)
	for _, desk := range n.Desks {
		Expect(t, "bundle", d.PostBundle(ctx, n.BundleOf(desk, period)), nil)
	}
	keys, err := d.Keys(ctx, period)
	Expect(t, "keys", err, nil)
	if f := must[*wire.KeysFile](t)(wire.ParseKeysFile(keys)); len(f.Bundles) != 3 {
		t.Fatalf("the keys file has %d bundles", len(f.Bundles))
	}

	chunk, id := n.Chunk()
	ticket, err := d.OpenTicket(ctx, n.TicketRequest(Noon, nil))
	Expect(t, "ticket", err, nil)
	Expect(t, "chunk", d.PutChunk(ctx, ticket, id, chunk), nil)
	letter := n.Letter(Noon)
	Expect(t, "letter", d.PostLetter(ctx, must[[]byte](t)(letter.Encode())), nil)

	size, root := n.State(t, d)
	slot := n.Verified().Roster().SlotsOf(n.Desks[0].ID, Noon+7200)[0]
	reply := n.Envelope(wire.ReplySize)
	beat := n.Beat(n.Desks[0], Noon, size, root)
	Expect(t, "reply", d.PostReply(ctx, n.Reply(n.Desks[0], beat, Noon+7200, slot, reply)), nil)
	segment := n.Envelope(wire.SegmentSize)
	Expect(t, "segment", d.PostSegment(ctx, n.SegmentWrite(n.Desks[0], beat, Noon+3600, segment)), nil)

	d.SealAt(t, 3600)
	v := n.View(t, d, wire.Letters, 0, 0, 64)
	body := must[*wire.LettersBody](t)(wire.ParseLettersBody(v.Pages[0].Body))
	if len(body.Envelopes) != 3 || len(body.Chunks) != 1 || body.Chunks[0] != id {
		t.Fatalf("the page has %d envelopes and %d chunks", len(body.Envelopes), len(body.Chunks))
	}
	got, err := d.Chunk(ctx, n.ChunkRequest(t, d, id))
	Expect(t, "reading the chunk", err, nil)
	if !bytes.Equal(got, chunk) {
		t.Fatal("the chunk is another")
	}
	v = n.View(t, d, wire.Desk, 0, 0, 64)
	if !bytes.Equal(v.Pages[0].Body, append([]byte{1}, segment...)) {
		t.Fatal("the desk page is not the segment")
	}

	d.SealAt(t, 7200)
	for _, week := range []bool{false, true} {
		r, err := d.Replies(ctx, week)
		Expect(t, "replies", err, nil)
		v := n.Prove(t, r, wire.Replies)
		if len(v.Pages) != 1 || !bytes.Equal(v.Pages[0].Body, append([]byte{1}, reply...)) {
			t.Fatalf("the view has %d pages, or another reply", len(v.Pages))
		}
	}
	_, err = d.Chunk(ctx, n.ChunkRequest(t, d, wire.ChunkID{1}))
	Expect(t, "an absent chunk", err, drop.ErrAbsent)
}
