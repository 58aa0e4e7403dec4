// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"cmp"
)

// BeatBody is the signed part of a beat: the newest roster and replies log that a
// desk has seen (spec/drop.md §3).
type BeatBody struct {
	Newsroom     NewsroomKey
	ID           JournalistID
	Day          uint32 // Unix seconds / 86400
	RosterNumber uint64
	RosterHash   Hash
	Incarnation  Incarnation
	Size         uint64 // of the replies log
	Root         Hash
}

// DayOf is the day of a Unix second, as beats count it.
func DayOf(now int64) uint32 {
	if now < 0 {
		return 0
	}
	return uint32(min(now/daySeconds, 1<<32-1))
}

// SignedPart is what the journalist signs, tag TagBeat.
func (b *BeatBody) SignedPart() []byte {
	w := newWriter(typeBeat, BeatSize)
	w.bytes(b.Newsroom[:])
	w.bytes(b.ID[:])
	w.u32(b.Day)
	w.u64(b.RosterNumber)
	w.bytes(b.RosterHash[:])
	w.bytes(b.Incarnation[:])
	w.u64(b.Size)
	w.bytes(b.Root[:])
	return w.b
}

// AssembleBeat joins a signed part with its signature.
func AssembleBeat(signedPart []byte, sig [64]byte) []byte { return join(signedPart, sig) }

// UnverifiedBeat is a beat of which only the form was checked.
type UnverifiedBeat struct {
	body   BeatBody
	raw    []byte
	signed []byte
	sig    [64]byte
}

// Beat is a beat signed by a journalist of a roster. Its fields are for reading.
type Beat struct {
	beatBody
	raw []byte
}

type beatBody = BeatBody

// Body is a copy of what was signed.
func (b *Beat) Body() BeatBody { return b.beatBody }

// Bytes is the beat with its signature.
func (b *Beat) Bytes() []byte { return bytes.Clone(b.raw) }

// ParseBeat reads a beat, BeatSize bytes.
func ParseBeat(b []byte) (*UnverifiedBeat, error) {
	b = bytes.Clone(b)
	r := newReader("beat", b)
	r.header(typeBeat)
	u := &UnverifiedBeat{raw: b}
	u.body = BeatBody{
		Newsroom: r.a32(), ID: r.a32(), Day: r.u32(),
		RosterNumber: r.whole("roster number"), RosterHash: r.a32(),
		Incarnation: r.a16(), Size: r.whole("size"), Root: r.a32(),
	}
	u.signed = r.signedPart()
	u.sig = r.a64()
	if r.err == nil {
		r.require(u.body.Day <= MaxTime/daySeconds, "day is beyond all time")
		r.require(u.body.RosterNumber >= 1, "roster number is 0")
		r.require(u.body.Size > 0 || u.body.Root == emptyTree(), "the root hash of no pages is wrong")
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	return u, nil
}

// ClaimedID is the journalist whom the beat names. It proves nothing.
func (u *UnverifiedBeat) ClaimedID() JournalistID { return u.body.ID }

// Bytes is the beat with its signature.
func (u *UnverifiedBeat) Bytes() []byte { return bytes.Clone(u.raw) }

// Verify checks the beat against a verified roster (spec/drop.md §4).
//
// Three classes only mean that the beat is as good as absent: ErrMismatch, another
// newsroom's or of nobody in r; ErrSignature, not theirs; ErrExpired, it speaks of
// logs before r's incarnation. Two mean that the drop is showing something false:
// ErrChain, the beat names a later roster than r, or r with other logs; ErrTwoRosters,
// it names r's number with another hash (spec/misbehaviour.md M-2, M-4, M-33).
func (u *UnverifiedBeat) Verify(r *Roster) (*Beat, error) {
	const object = "beat"
	if u.body.Newsroom != r.Newsroom {
		return nil, fail(object, ErrMismatch, "it is another newsroom's")
	}
	if _, _, ok := r.Journalist(u.body.ID); !ok {
		return nil, fail(object, ErrMismatch, "its journalist is not in the roster")
	}
	if !verifySignature(u.body.ID, TagBeat, u.signed, u.sig[:]) {
		return nil, fail(object, ErrSignature, "it is not signed by its journalist")
	}
	switch {
	case u.body.RosterNumber > r.Number:
		return nil, fail(object, ErrChain, "it names roster %d, later than %d", u.body.RosterNumber, r.Number)
	case u.body.RosterNumber == r.Number && u.body.RosterHash != r.hash:
		return nil, fail(object, ErrTwoRosters, "it names another roster %d", r.Number)
	case u.body.Incarnation != r.Incarnation && u.body.RosterNumber == r.Number:
		return nil, fail(object, ErrChain, "it names the roster, but other logs than the roster's")
	case u.body.Incarnation != r.Incarnation:
		return nil, fail(object, ErrExpired, "it speaks of logs before the newest incarnation")
	}
	return &Beat{beatBody: u.body, raw: u.raw}, nil
}

// Newer reports whether b is newer than o by day, roster number and size, in this
// order (spec/drop.md §3). Equal beats are not newer.
func (b *Beat) Newer(o *Beat) bool { return NewestFirst(b, o) < 0 }

// NewestFirst compares two beats for sorting: it is below 0 where a is newer.
func NewestFirst(a, b *Beat) int {
	return cmp.Or(
		cmp.Compare(b.Day, a.Day),
		cmp.Compare(b.RosterNumber, a.RosterNumber),
		cmp.Compare(b.Size, a.Size),
	)
}

// BeatsFile is the newest beat of each journalist, one file for all who ask
// (spec/drop.md §3). None is verified.
type BeatsFile struct {
	Newsroom NewsroomKey
	Beats    []*UnverifiedBeat // ascending by journalist, 0 to 8
}

// EncodeBeatsFile builds a beats file, sorting the beats by journalist. Each must be
// BeatSize bytes of that newsroom; at most MaxJournalists.
func EncodeBeatsFile(nr NewsroomKey, beats [][]byte) []byte {
	w := newWriter(typeBeatsFile, 35+BeatSize*len(beats))
	w.bytes(nr[:])
	w.sorted8(beats)
	return w.b
}

// ParseBeatsFile reads a beats file. A beat of another newsroom makes the whole file
// ErrMismatch.
func ParseBeatsFile(b []byte) (*BeatsFile, error) {
	r := newReader("beats file", b)
	r.header(typeBeatsFile)
	f := &BeatsFile{Newsroom: r.a32()}
	items := r.items8("beats", MaxJournalists, BeatSize)
	if err := r.done(); err != nil {
		return nil, err
	}
	for i, item := range items {
		u, err := ParseBeat(item)
		if err != nil {
			return nil, err
		}
		if u.body.Newsroom != f.Newsroom {
			return nil, fail("beats file", ErrMismatch, "beat %d is of another newsroom", i+1)
		}
		if i > 0 && !less(f.Beats[i-1].body.ID, u.body.ID) {
			return nil, fail("beats file", ErrMalformed, "beats are not in ascending order of journalists")
		}
		f.Beats = append(f.Beats, u)
	}
	return f, nil
}

// CheckFor reports whether the file is of the newsroom that was asked for
// (ErrMismatch).
func (f *BeatsFile) CheckFor(nr NewsroomKey) error {
	if f.Newsroom != nr {
		return fail("beats file", ErrMismatch, "it is another newsroom's")
	}
	return nil
}
