// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
)

// acceptance is all that this layer can say about an object: parse it, verify it, and
// compare it with what was asked for.
type acceptance func(h *house, b []byte) error

// acceptances has one entry for each kind whose every byte is bound to something. What
// is only bound by another layer is not in it: an envelope (TestEnvelopeShape), and
// the bodies of pages, which their header hashes.
func acceptances() map[string]acceptance {
	return map[string]acceptance{
		"root": func(h *house, b []byte) error {
			return verifyFile(h, AssembleNewsroom([][]byte{b}, h.roster.raw))
		},
		"roster": func(h *house, b []byte) error {
			return verifyFile(h, AssembleNewsroom(h.room.RootBytes(), b))
		},
		"newsroom":       verifyFile,
		"newsroom write": acceptNewsroomWrite,
		"request": func(_ *house, b []byte) error {
			_, err := ParseRequest(b)
			return err
		},
		"bundle":    acceptBundle,
		"keys file": acceptKeysFile,
		"grant": func(h *house, b []byte) error {
			_, err := h.roster.CheckGrant(b)
			return err
		},
		"beat":          acceptBeat,
		"beats file":    acceptBeatsFile,
		"head":          acceptHead,
		"page":          acceptPage,
		"view":          acceptView,
		"letter post":   acceptLetterPost,
		"ticket":        acceptTicket,
		"permit":        acceptPermit,
		"reply write":   acceptReplyWrite,
		"segment write": acceptSegmentWrite,
		"read request": func(h *house, b []byte) error {
			u, err := ParseReadRequest(b)
			if err != nil {
				return err
			}
			_, err = u.Verify(publicOf(h.access))
			return err
		},
		"vouch": func(h *house, b []byte) error {
			u, err := ParseVouch(b)
			if err != nil {
				return err
			}
			_, err = u.Verify(h.roster)
			return err
		},
		"chunk request": func(h *house, b []byte) error {
			u, err := ParseChunkRequest(b)
			if err != nil {
				return err
			}
			_, err = u.Verify(publicOf(h.access))
			return err
		},
	}
}

func verifyFile(h *house, b []byte) error {
	u, err := ParseNewsroom(b)
	if err != nil {
		return err
	}
	_, err = u.Verify(h.key)
	return err
}

func acceptNewsroomWrite(h *house, b []byte) error {
	w, err := ParseNewsroomWrite(b)
	if err != nil {
		return err
	}
	u, err := ParseNewsroom(w.Newsroom)
	if err != nil {
		return err
	}
	n, err := u.Verify(h.key)
	if err != nil {
		return err
	}
	_, err = n.Roster().CheckGrant(w.Grant)
	return err
}

func acceptBundle(h *house, b []byte) error {
	u, err := ParseBundle(b)
	if err != nil {
		return err
	}
	_, err = u.Verify(h.roster)
	return err
}

func acceptKeysFile(h *house, b []byte) error {
	f, err := ParseKeysFile(b)
	if err != nil {
		return err
	}
	if err := f.CheckFor(h.key, 2959); err != nil {
		return err
	}
	for _, u := range f.Bundles {
		if _, err := u.Verify(h.roster); err != nil {
			return err
		}
	}
	return nil
}

func acceptBeat(h *house, b []byte) error {
	u, err := ParseBeat(b)
	if err != nil {
		return err
	}
	_, err = u.Verify(h.roster)
	return err
}

func acceptBeatsFile(h *house, b []byte) error {
	f, err := ParseBeatsFile(b)
	if err != nil {
		return err
	}
	if err := f.CheckFor(h.key); err != nil {
		return err
	}
	for _, u := range f.Beats {
		if _, err := u.Verify(h.roster); err != nil {
			return err
		}
	}
	return nil
}

func acceptHead(h *house, b []byte) error {
	u, err := ParseHead(b)
	if err != nil {
		return err
	}
	_, err = u.Verify(h.roster)
	return err
}

// acceptPage holds a page against the leaf hash that a proven view has in its place.
func acceptPage(h *house, b []byte) error {
	const object = "page"
	if len(b) < PageHeaderSize {
		return fail(object, ErrMalformed, "cut short")
	}
	header, err := ParsePageHeader(b[:PageHeaderSize])
	if err != nil {
		return err
	}
	if err := header.CheckBody(b[PageHeaderSize:]); err != nil {
		return err
	}
	if header.LeafHash() != h.log(Replies, 2).leaves[1] {
		return fail(object, ErrMismatch, "another leaf")
	}
	return nil
}

func acceptView(h *house, b []byte) error {
	_, err := h.readView(b, Replies)
	return err
}

const testBits = 16

func acceptLetterPost(h *house, b []byte) error {
	p, err := ParseLetterPost(b)
	if err != nil {
		return err
	}
	if p.Newsroom != h.key {
		return fail("letter post", ErrMismatch, "another newsroom")
	}
	if err := CheckWorkSlot(p.Slot, testSlot); err != nil {
		return err
	}
	return CheckWork(p.Newsroom, p.Slot, p.Subject(), p.Counter, 1, testBits)
}

func acceptTicket(h *house, b []byte) error {
	q, err := ParseTicketRequest(b)
	if err != nil {
		return err
	}
	if q.Newsroom != h.key {
		return fail("ticket request", ErrMismatch, "another newsroom")
	}
	if err := CheckWorkSlot(q.Slot, testSlot); err != nil {
		return err
	}
	if err := CheckWork(q.Newsroom, q.Slot, q.Subject(), q.Counter, 1, testBits); err != nil {
		return err
	}
	if q.Permit == nil {
		return nil
	}
	return acceptPermit(h, q.Permit)
}

func acceptPermit(h *house, b []byte) error {
	u, err := ParsePermit(b)
	if err != nil {
		return err
	}
	_, err = u.Verify(h.key, publicOf(h.permit), testIssued)
	return err
}

func acceptReplyWrite(h *house, b []byte) error {
	u, err := ParseReplyWrite(b)
	if err != nil {
		return err
	}
	_, err = u.Verify(h.roster)
	return err
}

func acceptSegmentWrite(h *house, b []byte) error {
	u, err := ParseSegmentWrite(b)
	if err != nil {
		return err
	}
	_, err = u.Verify(h.roster)
	return err
}

// worked searches from 0 on, so that the result is the same each time.
func worked(nr NewsroomKey, slot uint64, subject Hash) uint64 {
	password := workPassword(nr, slot, subject)
	for counter := uint64(0); ; counter++ {
		if leadingZeros(workHash(password, counter, 1)) >= testBits {
			return counter
		}
	}
}

// bound is one sound object of each kind in acceptances.
func bound(h *house) map[string][]byte {
	objects := whole(h)
	out := map[string][]byte{}
	for kind := range acceptances() {
		out[kind] = objects[kind]
	}
	post := letterPost(h, 2)
	post.Counter = worked(h.key, post.Slot, post.Subject())
	out["letter post"] = must(post.Encode())
	ticket := TicketRequest{Newsroom: h.key, Random: seedOf("ticket"), Slot: testSlot, Permit: h.permitOf(7)}
	ticket.Counter = worked(h.key, ticket.Slot, ticket.Subject())
	out["ticket"] = must(ticket.Encode())
	l := h.log(Replies, 2)
	out["page"] = bytes.Join([][]byte{l.headers[1], l.bodies[1]}, nil)
	return out
}

// opaque are the stretches of ciphertext or noise in a bound object, and of objects in
// it that are tried by themselves, of which the mutation test takes samples only.
func opaque(kind string, size int) [][2]int {
	switch kind {
	case "letter post":
		const first = 2 + 32 + 8 + 8 + 1
		return [][2]int{{first + 64, first + EnvelopeSize}, {first + EnvelopeSize + 64, size}}
	case "reply write":
		const first = 2 + BeatSize + 8 + 1
		return [][2]int{{first + 64, first + ReplySize}}
	case "segment write":
		const first = 2 + BeatSize + 8
		return [][2]int{{first, first + SegmentSize}}
	case "page":
		return [][2]int{{PageHeaderSize + 1, size}}
	case "newsroom":
		return [][2]int{{3 + 2 + 333 + 4, size}} // the roster
	case "newsroom write":
		return [][2]int{{6 + 3 + 2, size}} // the newsroom file and the grant
	case "grant":
		return [][2]int{{43 + 32, 43 + 1200}, {43 + 1200 + 32, 43 + 2400}}
	}
	return nil
}
