// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"io"
)

// codec is one parser of this package, and the way back: encode(parse(b)) must be b.
type codec struct {
	kind  string
	again func(h *house, b []byte) ([]byte, error)
}

func codecs() []codec {
	return append(signedCodecs(), plainCodecs()...)
}

func signedCodecs() []codec {
	return []codec{
		{"root", func(_ *house, b []byte) ([]byte, error) {
			s, err := parseRoot(b)
			if err != nil {
				return nil, err
			}
			return AssembleRoot(must(s.body.Encode()), s.sigs), nil
		}},
		{"roster", func(_ *house, b []byte) ([]byte, error) {
			s, err := parseRoster(b)
			if err != nil {
				return nil, err
			}
			return AssembleRoster(reencode(s.body), s.sigs), nil
		}},
		{"newsroom", func(_ *house, b []byte) ([]byte, error) {
			u, err := ParseNewsroom(b)
			if err != nil {
				return nil, err
			}
			var roots [][]byte
			for _, root := range u.roots {
				roots = append(roots, root.raw)
			}
			return AssembleNewsroom(roots, u.roster.raw), nil
		}},
		{"request", func(_ *house, b []byte) ([]byte, error) {
			q, err := ParseRequest(b)
			if err != nil {
				return nil, err
			}
			return BuildRequest(q.Journalist, q.Admin, [64]byte(q.raw[len(q.raw)-64:])), nil
		}},
		{"bundle", func(_ *house, b []byte) ([]byte, error) {
			u, err := ParseBundle(b)
			if err != nil {
				return nil, err
			}
			return AssembleBundle(u.body.SignedPart(), u.sig), nil
		}},
		{"beat", func(_ *house, b []byte) ([]byte, error) {
			u, err := ParseBeat(b)
			if err != nil {
				return nil, err
			}
			return AssembleBeat(u.body.SignedPart(), u.sig), nil
		}},
		{"head", func(_ *house, b []byte) ([]byte, error) {
			u, err := ParseHead(b)
			if err != nil {
				return nil, err
			}
			return AssembleHead(u.body.SignedPart(), u.sig), nil
		}},
		{"permit", func(_ *house, b []byte) ([]byte, error) {
			u, err := ParsePermit(b)
			if err != nil {
				return nil, err
			}
			return AssemblePermit(u.body.SignedPart(), u.sig), nil
		}},
		{"reply write", func(_ *house, b []byte) ([]byte, error) {
			u, err := ParseReplyWrite(b)
			if err != nil {
				return nil, err
			}
			return AssembleReplyWrite(u.write.SignedPart(), u.sig), nil
		}},
		{"segment write", func(_ *house, b []byte) ([]byte, error) {
			u, err := ParseSegmentWrite(b)
			if err != nil {
				return nil, err
			}
			return AssembleSegmentWrite(u.write.SignedPart(), u.sig), nil
		}},
		{"read request", func(_ *house, b []byte) ([]byte, error) {
			u, err := ParseReadRequest(b)
			if err != nil {
				return nil, err
			}
			return AssembleReadRequest(u.request.SignedPart(), u.sig), nil
		}},
		{"chunk request", func(_ *house, b []byte) ([]byte, error) {
			u, err := ParseChunkRequest(b)
			if err != nil {
				return nil, err
			}
			return AssembleChunkRequest(u.request.SignedPart(), u.sig), nil
		}},
		{"vouch", func(_ *house, b []byte) ([]byte, error) {
			u, err := ParseVouch(b)
			if err != nil {
				return nil, err
			}
			return AssembleVouch(u.body.SignedPart(), u.sig), nil
		}},
	}
}

func plainCodecs() []codec {
	return []codec{
		{"keys file", func(_ *house, b []byte) ([]byte, error) {
			f, err := ParseKeysFile(b)
			if err != nil {
				return nil, err
			}
			var list [][]byte
			for _, u := range f.Bundles {
				list = append(list, u.raw)
			}
			return EncodeKeysFile(f.Newsroom, f.Period, list), nil
		}},
		{"beats file", func(_ *house, b []byte) ([]byte, error) {
			f, err := ParseBeatsFile(b)
			if err != nil {
				return nil, err
			}
			var list [][]byte
			for _, u := range f.Beats {
				list = append(list, u.raw)
			}
			return EncodeBeatsFile(f.Newsroom, list), nil
		}},
		{"grant", func(_ *house, b []byte) ([]byte, error) { return reparse[*Grant](b, ParseGrant) }},
		{"letter post", func(_ *house, b []byte) ([]byte, error) { return reparse[*LetterPost](b, ParseLetterPost) }},
		{"ticket request", func(_ *house, b []byte) ([]byte, error) { return reparse[*TicketRequest](b, ParseTicketRequest) }},
		{"newsroom write", func(_ *house, b []byte) ([]byte, error) { return reparse[*NewsroomWrite](b, ParseNewsroomWrite) }},
		{"page header", func(_ *house, b []byte) ([]byte, error) {
			p, err := ParsePageHeader(b)
			if err != nil {
				return nil, err
			}
			return p.Encode(), nil
		}},
		{"letters page", func(_ *house, b []byte) ([]byte, error) {
			body, err := ParseLettersBody(b)
			if err != nil {
				return nil, err
			}
			return EncodeLettersBody(body.Envelopes, body.Chunks)
		}},
		{"replies page", func(_ *house, b []byte) ([]byte, error) {
			items, err := ParseRepliesBody(b)
			if err != nil {
				return nil, err
			}
			return EncodeRepliesBody(items)
		}},
		{"desk page", func(_ *house, b []byte) ([]byte, error) {
			items, err := ParseSegmentsBody(b)
			if err != nil {
				return nil, err
			}
			return EncodeSegmentsBody(items)
		}},
		{"key tuple", func(_ *house, b []byte) ([]byte, error) {
			tuple, err := ParseTuple(b)
			if err != nil {
				return nil, err
			}
			return tuple.Bytes(), nil
		}},
		{"view", func(h *house, b []byte) ([]byte, error) {
			v, err := h.readView(b, Replies)
			if err != nil {
				return nil, err
			}
			return rewriteView(v)
		}},
	}
}

func reparse[T interface{ Encode() ([]byte, error) }](b []byte, parse func([]byte) (T, error)) ([]byte, error) {
	v, err := parse(b)
	if err != nil {
		return nil, err
	}
	return v.Encode()
}

// reencode is Encode without the question for normal form C, which parsers do not
// ask either.
func reencode(b *RosterBody) []byte {
	w := newWriter(typeRoster, MaxRosterSize)
	b.encodeFixed(w)
	w.u8(len(b.Journalists))
	for i := range b.Journalists {
		w.journalist(&b.Journalists[i])
	}
	w.u8(len(b.Former))
	for i := range b.Former {
		w.former(&b.Former[i])
	}
	return w.b
}

func rewriteView(v *View) ([]byte, error) {
	p := ViewParts{Head: v.Head.raw, Base: v.Base, Frontier: v.Proof.base.Frontier()}
	shape := v.Shape()
	p.Before = v.Proof.leaves[:shape.Before]
	p.After = v.Proof.leaves[shape.Before+shape.Pages:]
	for _, page := range v.Pages {
		p.Pages = append(p.Pages, PageSource{Header: page.Header.Encode(), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(page.Body)), nil
		}})
	}
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// whole is one sound object of each kind.
func whole(h *house) map[string][]byte {
	post := must(letterPost(h, 2).Encode())
	ticket := TicketRequest{Newsroom: h.key, Random: seedOf("ticket"), Slot: testSlot, Permit: h.permitOf(7)}
	write := h.replyWrite(0)
	return map[string][]byte{
		"root":           h.room.RootBytes()[0],
		"roster":         h.roster.Bytes(),
		"newsroom":       h.file,
		"request":        h.request(),
		"bundle":         h.bundle(0, 2959),
		"keys file":      EncodeKeysFile(h.key, 2959, [][]byte{h.bundle(0, 2959), h.bundle(1, 2959)}),
		"beat":           h.beat(0),
		"beats file":     EncodeBeatsFile(h.key, [][]byte{h.beat(0), h.beat(1)}),
		"head":           h.log(Replies, 7).head(),
		"permit":         h.permitOf(14),
		"reply write":    h.signReplyWrite(&write, 0),
		"segment write":  h.segmentWrite(0),
		"read request":   h.readRequest(),
		"chunk request":  h.chunkRequest(),
		"vouch":          h.vouch(0),
		"grant":          h.grant,
		"letter post":    post,
		"ticket request": must(ticket.Encode()),
		"newsroom write": must((&NewsroomWrite{Newsroom: h.file, Grant: h.grant}).Encode()),
		"page header":    h.log(Letters, 1).headers[0],
		"letters page":   testBody(Letters, 0, 2),
		"replies page":   testBody(Replies, 0, 2),
		"desk page":      testBody(Desk, 0, 2),
		"key tuple":      tupleBytes(tupleOf("source")),
		"view":           h.log(Replies, 7).view(2, 4, 6),
	}
}

func tupleBytes(t Tuple) []byte { return t.Bytes() }

const testSlot = testIssued / 3600

// letterPost has no work in it yet.
func letterPost(h *house, k int) *LetterPost {
	p := &LetterPost{Newsroom: h.key, Slot: testSlot}
	for i := range k {
		p.Envelopes = append(p.Envelopes, envelopeOf("letter "+string(rune('a'+i)), EnvelopeSize))
	}
	return p
}
