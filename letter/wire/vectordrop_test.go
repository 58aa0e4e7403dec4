// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"slices"
)

func beatVectors(h *house) vectorFile {
	m := newMaker("Beats and beats files (spec/drop.md §3, §4).")
	m.sound("beat", "of five pages", h.beat(0))
	m.frame()
	m.flip("the newsroom", 2, "mismatch")
	m.flip("the signing key", 34, "mismatch")
	m.flip("the day", 69, "signature")
	m.flip("the root hash", 165, "signature")
	m.flip("the signature", -1, "signature")
	signedAs := func(change func(*BeatBody)) []byte {
		b := with(h.beatBody(0), change)
		return h.signBeat(&b)
	}
	m.refused("chain", "names a later roster", "chain", signedAs(func(b *BeatBody) { b.RosterNumber = 2 }))
	m.refused("fork", "names another roster 1", "two-rosters", signedAs(func(b *BeatBody) { b.RosterHash[0]++ }))
	m.refused("fork", "names the roster with other logs", "chain", signedAs(func(b *BeatBody) { b.Incarnation[0]++ }))
	m.refused("bounds", "no pages, but a root hash", "malformed", signedAs(func(b *BeatBody) { b.Size = 0 }))
	m.refused("bounds", "size 2^53", "malformed", signedAs(func(b *BeatBody) { b.Size = 1 << 53 }))
	one, other := h.beat(0), h.beat(1)
	m.sound("beats file", "both", EncodeBeatsFile(h.key, [][]byte{one, other}))
	m.frame()
	m.refused("reordered", "beats in descending order", "malformed", replaced(EncodeBeatsFile(h.key, [][]byte{one, other}), 35, slices.Concat(other, one)...))
	m.refused("duplicated", "one beat twice", "malformed", EncodeBeatsFile(h.key, [][]byte{one, one}))
	m.refused("mismatch", "another newsroom", "mismatch", EncodeBeatsFile(NewsroomKey{1}, nil))
	return m.file
}

func headVectors(h *house) vectorFile {
	m := newMaker("Heads (spec/drop.md §1).")
	l := h.log(Replies, 7)
	empty := h.emptyLog(Letters)
	m.sound("head", "of no pages", empty.head())
	m.sound("head", "of seven pages", l.head())
	m.frame()
	m.flip("the newsroom", 2, "mismatch")
	m.flip("the log", 34, "signature")
	m.flip("the incarnation", 35, "mismatch")
	m.flip("the size", 58, "signature")
	m.flip("the root hash", 70, "signature")
	m.flip("the signature", -1, "signature")
	signedAs := func(change func(*HeadBody)) []byte {
		b := with(l.headBody(), change)
		return AssembleHead(b.SignedPart(), sign(h.drop, TagHead, b.SignedPart()))
	}
	m.refused("bounds", "log 0", "malformed", signedAs(func(b *HeadBody) { b.Log = 0 }))
	m.refused("bounds", "log 4", "malformed", signedAs(func(b *HeadBody) { b.Log = 4 }))
	m.refused("bounds", "no pages, but a root hash", "malformed", signedAs(func(b *HeadBody) { b.Size, b.Sealed = 0, 0 }))
	m.refused("bounds", "no pages, but a time", "malformed", signedAs(func(b *HeadBody) { b.Size, b.Root = 0, emptyTree() }))
	m.refused("bounds", "pages, but no time", "malformed", signedAs(func(b *HeadBody) { b.Sealed = 0 }))
	b := l.headBody()
	m.refused("foreign key", "signed by the desk-access key", "signature", AssembleHead(b.SignedPart(), sign(h.access, TagHead, b.SignedPart())))
	m.refused("tag", "signed under another tag", "signature", AssembleHead(b.SignedPart(), sign(h.drop, TagBeat, b.SignedPart())))
	return m.file
}

func pageVectors(h *house) vectorFile {
	m := newMaker("Page headers and bodies (spec/drop.md §1).")
	m.sound("page header", "of the letters log", h.log(Letters, 1).headers[0])
	m.frame()
	b := m.bases[m.base]
	m.refused("bounds", "log 0", "malformed", replaced(b, 34, 0))
	m.refused("bounds", "log 4", "malformed", replaced(b, 34, 4))
	m.refused("bounds", "number 2^53", "malformed", replaced(b, 51, be64(1<<53)...))
	m.refused("bounds", "never sealed", "malformed", replaced(b, 59, be64(0)...))
	m.refused("bounds", "sealed after 2^40", "malformed", replaced(b, 59, be64(1<<40+1)...))
	m.refused("bounds", "body too long", "malformed", replaced(b, 67, be32(1<<32-1)...))
	m.sound("replies page", "empty", testBody(Replies, 0, 0))
	two := testBody(Replies, 0, 2)
	m.sound("replies page", "two replies", two)
	m.cut()
	m.refused("count", "says one", "malformed", replaced(two, 0, 1))
	m.refused("count", "says 65", "malformed", replaced(two, 0, 65))
	m.refused("swapped", "replies in descending order", "malformed", slices.Concat(two[:1], two[1+ReplySize:], two[1:1+ReplySize]))
	m.refused("duplicated", "one reply twice", "malformed", slices.Concat(two[:1+ReplySize], two[1:1+ReplySize]))
	letters := testBody(Letters, 0, 1)
	chunks := len(letters) - 64
	m.sound("letters page", "one letter, two chunks", letters)
	m.cut()
	m.refused("count", "a list past all memory", "malformed", replaced(letters, 0, be32(1<<32-1)...))
	m.refused("swapped", "chunk ids in descending order", "malformed", slices.Concat(letters[:chunks], letters[chunks+32:], letters[chunks:chunks+32]))
	m.refused("duplicated", "one chunk id twice", "malformed", slices.Concat(letters[:chunks+32], letters[chunks:chunks+32]))
	m.sound("desk page", "empty", testBody(Desk, 0, 0))
	m.refused("count", "says nine", "malformed", []byte{9})
	return m.file
}

func viewVectors(h *house) vectorFile {
	m := newMaker("Views of the replies log (spec/drop.md §2): seven pages, base 2, two leaf hashes, pages 4 and 5 whole, one leaf hash.")
	m.sound("view", "pages 4 and 5 of seven", h.log(Replies, 7).view(2, 4, 6))
	m.frame()
	const base = 2 + HeadSize
	const before = base + 9 + 32
	const page = before + 4 + 2*32 + 4
	m.flip("the head's signature", base-1, "signature")
	m.flip("the frontier", base+9, "mismatch")
	m.flip("a leaf hash before the pages", before+4, "mismatch")
	m.flip("a page's newsroom", page+2, "mismatch")
	m.flip("a page's number", page+58, "mismatch")
	m.flip("a page's time", page+66, "mismatch")
	m.flip("a page's body", page+PageHeaderSize+100, "mismatch")
	m.flip("a leaf hash after the pages", -1, "mismatch")
	b := m.bases[m.base]
	m.refused("count", "base past the end", "malformed", replaced(b, base, be64(8)...))
	m.refused("count", "frontier of another base", "malformed", replaced(b, base+8, 2))
	m.refused("count", "more leaf hashes than the log has", "malformed", replaced(b, before, be32(6)...))
	m.refused("count", "more leaf hashes than any view has", "malformed", replaced(b, before, be32(1<<32-1)...))
	m.refused("count", "more pages than the log has", "malformed", replaced(b, page-4, be32(4)...))
	m.refused("swapped", "leaf hashes swapped", "mismatch", slices.Concat(b[:before+4], b[before+36:before+68], b[before+4:before+36], b[before+68:]))
	m.sound("view", "of no pages", h.emptyLog(Replies).view(0, 0, 0))
	return m.file
}

func postVectors(h *house) vectorFile {
	m := newMaker("Letter posts (spec/drop.md §8, §9), with work. The envelopes hold noise behind sound hints.")
	p := letterPost(h, 2)
	p.Counter = worked(h.key, p.Slot, p.Subject())
	b := must(p.Encode())
	m.sound("letter post", "two envelopes", b)
	m.frame()
	m.flip("the newsroom", 2, "mismatch")
	m.flip("the counter", 49, "work")
	m.flip("an envelope", -1, "work")
	const first = 51
	m.refused("expired", "work for another hour", "expired", replaced(b, 34, be64(testSlot+3)...))
	m.refused("work", "work for another slot", "work", replaced(b, 34, be64(testSlot+1)...))
	m.refused("count", "no envelope", "malformed", replaced(b[:first], first-1, 0))
	m.refused("count", "nine envelopes", "malformed", replaced(b, first-1, 9))
	m.refused("swapped", "envelopes swapped", "work", slices.Concat(b[:first], b[first+EnvelopeSize:], b[first:first+EnvelopeSize]))
	m.refused("duplicated", "an envelope twice", "malformed", slices.Concat(b[:first+EnvelopeSize], b[first:first+EnvelopeSize]))
	m.refused("bad hint", "X is the identity", "malformed", replaced(b, first, make([]byte, 32)...))
	m.refused("bad hint", "Z is the identity", "malformed", replaced(b, first+32, make([]byte, 32)...))
	return m.file
}

func ticketVectors(h *house) vectorFile {
	m := newMaker("Ticket requests and permits (spec/attachments.md §3, §4).")
	q := TicketRequest{Newsroom: h.key, Random: seedOf("ticket"), Slot: testSlot}
	q.Counter = worked(h.key, q.Slot, q.Subject())
	m.sound("ticket", "without a permit", must(q.Encode()))
	q.Permit = h.permitOf(7)
	b := must(q.Encode())
	m.sound("ticket", "with a permit", b)
	m.frame()
	m.flip("the random bytes", 34, "work")
	m.flip("the permit's newsroom", 83+2, "mismatch")
	m.flip("the permit's signature", -1, "signature")
	m.refused("count", "two permits", "malformed", replaced(b, 82, 2))
	m.sound("permit", "class 14", h.permitOf(14))
	m.frame()
	m.flip("the serial", 40, "signature")
	m.flip("the signature", -1, "signature")
	m.refused("bounds", "class 6", "malformed", h.permitOf(6))
	m.refused("bounds", "class 15", "malformed", h.permitOf(15))
	p := must(ParsePermit(h.permitOf(14))).body
	p.Expiry--
	m.refused("expired", "last month", "expired", AssemblePermit(p.SignedPart(), sign(h.permit, TagPermit, p.SignedPart())))
	m.refused("foreign key", "signed by the desk-access key", "signature", AssemblePermit(p.SignedPart(), sign(h.access, TagPermit, p.SignedPart())))
	return m.file
}

func writeVectorsOf(h *house) vectorFile {
	m := newMaker("Reply writes and segment writes (spec/drop.md §5).")
	w := h.replyWrite(0)
	m.sound("reply write", "to slot 3", h.signReplyWrite(&w, 0))
	m.frame()
	m.flip("the beat", 70, "signature")
	m.flip("the slot", 2+BeatSize+8, "signature")
	m.flip("the envelope", 5000, "signature")
	m.flip("the signature", -1, "signature")
	m.refused("foreign key", "signed by a colleague", "signature", h.signReplyWrite(&w, 1))
	bad := w
	bad.Slot = 64
	m.refused("bounds", "slot 64", "malformed", h.signReplyWrite(&bad, 0))
	bad = w
	bad.Envelope = replaced(bad.Envelope, 0, make([]byte, 32)...)
	m.refused("bad hint", "X is the identity", "malformed", h.signReplyWrite(&bad, 0))
	m.sound("segment write", "of noise", h.segmentWrite(0))
	m.frame()
	m.flip("the segment", 20000, "signature")
	m.flip("the signature", -1, "signature")
	return m.file
}

func readVectors(h *house) vectorFile {
	m := newMaker("Log read requests and chunk read requests (spec/drop.md §9).")
	m.sound("read request", "64 letters pages", h.readRequest())
	m.frame()
	m.flip("the newsroom", 2, "signature")
	m.flip("the nonce", 60, "signature")
	m.flip("the signature", -1, "signature")
	signedAs := func(change func(*ReadRequest)) []byte {
		q := with(ReadRequest{Newsroom: h.key, Log: Letters, Base: 3, From: 7, Count: 64, Nonce: [32]byte(noise("nonce", 32))}, change)
		return AssembleReadRequest(q.SignedPart(), sign(h.access, TagRead, q.SignedPart()))
	}
	m.refused("bounds", "log 0", "malformed", signedAs(func(q *ReadRequest) { q.Log = 0 }))
	m.refused("bounds", "65 pages", "malformed", signedAs(func(q *ReadRequest) { q.Count = 65 }))
	m.refused("bounds", "from before base", "malformed", signedAs(func(q *ReadRequest) { q.Base = 8 }))
	m.refused("bounds", "from far past base", "malformed", signedAs(func(q *ReadRequest) { q.From = 3 + 65537 }))
	m.sound("chunk request", "one chunk", h.chunkRequest())
	m.frame()
	m.flip("the id", 40, "signature")
	m.flip("the signature", -1, "signature")
	return m.file
}

func vouchVectors(h *house) vectorFile {
	m := newMaker("Vouches (spec/drop.md §11), checked against the newest roster.")
	m.sound("vouch", "five pages of letters and replies, none of desks", h.vouch(0))
	m.frame()
	m.flip("the newsroom", 2, "mismatch")
	m.flip("the signing key", 34, "mismatch")
	m.flip("the roster hash", 74, "signature")
	m.flip("the size of the replies log", 169, "signature")
	m.flip("the occasion", 242, "signature")
	m.flip("the signature", -1, "signature")
	m.refused("chain", "names a later roster", "chain", h.signVouch(0, func(b *VouchBody) { b.RosterNumber = 2 }))
	m.refused("fork", "names another roster 1", "chain", h.signVouch(0, func(b *VouchBody) { b.RosterHash[0]++ }))
	m.refused("mismatch", "other logs than the roster's", "mismatch", h.signVouch(0, func(b *VouchBody) { b.Incarnation[0]++ }))
	m.refused("bounds", "no pages, but a root hash", "malformed", h.signVouch(0, func(b *VouchBody) { b.Logs[1].Size = 0 }))
	m.refused("bounds", "size 2^53", "malformed", h.signVouch(0, func(b *VouchBody) { b.Logs[2].Size = 1 << 53 }))
	m.refused("bounds", "roster number 0", "malformed", h.signVouch(0, func(b *VouchBody) { b.RosterNumber = 0 }))
	b := h.vouchBody(0)
	m.refused("foreign key", "signed by a colleague", "signature", AssembleVouch(b.SignedPart(), sign(h.people[h.id(1)], TagVouch, b.SignedPart())))
	m.refused("tag", "signed under another tag", "signature", AssembleVouch(b.SignedPart(), sign(h.people[h.id(0)], TagBeat, b.SignedPart())))
	return m.file
}

func envelopeVectors() vectorFile {
	m := newMaker("Shapes of envelopes (spec/letter.md §3, §4). Behind the hint is noise: these open for nobody.")
	for kind, size := range map[string]int{"reply envelope": ReplySize} {
		m.sound(kind, "sound", envelopeOf("shape", size))
		b := m.bases[m.base]
		m.refused("truncated", "last byte missing", "malformed", b[:size-1])
		m.refused("extended", "one zero byte more", "malformed", append(slices.Clone(b), 0))
		for _, at := range []int{0, 32} {
			which := map[int]string{0: "X", 32: "Z"}[at]
			beyond := keyBeyond()
			m.refused("bad hint", which+" is the identity", "malformed", replaced(b, at, make([]byte, 32)...))
			m.refused("bad hint", which+" is negative", "malformed", replaced(b, at, append([]byte{1}, make([]byte, 31)...)...))
			m.refused("bad hint", which+" is not canonical", "malformed", replaced(b, at, beyond[:]...))
		}
	}
	return m.file
}
