// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"tamizdat/desk/vault"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

const (
	maxBatch = 50 // letters written down as one record
	// maxBatchBytes bounds what they add to the record. Encoded, a letter can be
	// twice as long as its text.
	maxBatchBytes = 8 << 20
)

// intake is the opening of one page of the letters log.
type intake struct {
	f       *found
	page    wire.Page
	periods []*letter.PeriodKeys
	objects []vault.Name
	seen    map[LetterID]bool
	senders map[wire.Pseudonym]*wire.Tuple // new in this page
	opened  []openedLetter                 // in this batch
	bytes   int
	dropped lettersDropped
}

// takeLetters opens what is for this desk. A page is written down in batches;
// if the desk dies between two, the page is opened again, and what was kept
// from it before is not a replay.
func (d *Desk) takeLetters(f *found, p wire.Page, late bool) error {
	body, err := wire.ParseLettersBody(p.Body)
	if err != nil {
		return err
	}
	periods, err := d.livePeriods(p.Header.Sealed, late)
	if err != nil {
		return err
	}
	f.noteChunks(p.Header.Number, body.Chunks)
	in := &intake{f: f, page: p, periods: periods, seen: map[LetterID]bool{}, senders: map[wire.Pseudonym]*wire.Tuple{}}
	for _, envelope := range body.Envelopes {
		if err := d.takeEnvelope(in, envelope); err != nil {
			return err
		}
	}
	if late && in.dropped.Opaque > 0 {
		words := fmt.Sprintf("%d letters for you waited at the drop and do not open: their keys were destroyed meanwhile, or strangers made them so; ask your colleagues", in.dropped.Opaque)
		f.alarm("late", words, d.today(), p.Header.Encode())
	}
	if in.dropped != (lettersDropped{}) {
		f.add(&in.dropped)
	}
	return d.flush(in)
}

func (d *Desk) flush(in *intake) error {
	if err := d.v.Keep(in.objects...); err != nil {
		return err
	}
	if len(in.opened) > 0 {
		e, err := d.own(kindOpened, &lettersOpened{Letters: in.opened})
		if err != nil {
			return err
		}
		in.f.add(e)
	}
	in.objects, in.opened, in.bytes = nil, nil, 0
	return in.f.commit()
}

// takeEnvelope skips what is not for this desk: most of a page.
func (d *Desk) takeEnvelope(in *intake, envelope []byte) error {
	if wire.CheckEnvelope(envelope, wire.EnvelopeSize) != nil || !d.keys.Mine(envelope) {
		return nil
	}
	r := d.s.newsroom.Roster()
	o, err := d.keys.Open(r.Newsroom, r, in.periods, envelope)
	liar, lies := errors.AsType[*letter.ImpersonationError](err)
	switch _, kind := errors.AsType[*letter.KindError](err); {
	case lies:
		o = liar.Opened // quarantined below, as whoever shares a key with anyone
	case kind:
		in.dropped.Kinds++
		return nil
	case err != nil:
		in.dropped.Opaque++
		return nil
	}
	kept, err := describe(o, in.page.Header)
	if err != nil {
		in.skip(envelope)
		return nil
	}
	if old := d.s.letters[kept.ID]; old != nil && old.given == nil || in.seen[kept.ID] {
		if old == nil || old.Page != kept.Page {
			in.dropped.Replays++
		}
		return nil
	}
	return d.keep(in, o, kept, envelope)
}

// describe turns what was opened into what is written down.
func describe(o *letter.Opened, h wire.PageHeader) (*letterKept, error) {
	k := &letterKept{
		Sender: hash32(o.Pseudonym), Digest: hash32(o.Digest),
		Page: h.Number, PageSealed: h.Sealed, Period: uint32(o.Period),
	}
	if o.Kind == letter.KindNote {
		k.Note, k.OwnID, k.Text = true, o.Note.ID, o.Note.Text
	} else {
		k.OwnID, k.Text, k.Label = o.Letter.ID, o.Letter.Text, uint32(o.Letter.Label())
		if o.Letter.Parcel != nil {
			parcel, err := o.Letter.Parcel.Marshal()
			if err != nil {
				return nil, err
			}
			k.Parcel = parcel
		}
	}
	k.ID = letterID(o.Pseudonym, k.OwnID, [32]byte(k.Digest))
	return k, nil
}

// skip tells of a letter that cannot be written down. One letter must not keep
// those behind it away.
func (in *intake) skip(envelope []byte) {
	h := sha256.Sum256(envelope)
	in.f.alarm("skipped", "a letter could not be written down and was left out", fmt.Sprintf("%x", h[:16]), h[:])
}

// keep seals the original and adds the letter, and its sender if new. What was
// taken before is written down first where both are too much for one record.
func (d *Desk) keep(in *intake, o *letter.Opened, k *letterKept, envelope []byte) error {
	size, err := sizeOf(k)
	if err != nil || size > maxBatchBytes {
		in.skip(envelope)
		return nil
	}
	if len(in.objects) >= maxBatch || in.bytes+size > maxBatchBytes {
		if err := d.flush(in); err != nil {
			return err
		}
	}
	object, err := d.v.PutObject(envelope)
	if err != nil {
		return err
	}
	k.Envelope = object
	in.objects = append(in.objects, object)
	in.bytes += size
	in.seen[k.ID] = true
	in.opened = append(in.opened, openedLetter{k.Sender, k.OwnID, k.Digest, k.Page})
	if !k.Note {
		d.meet(in.f, in.senders, &o.Sender, in.page.Header.Encode())
	}
	in.f.add(k)
	return nil
}

// meet notes a sender who was not seen before, and quarantines one who shares
// a key with a known one, or with a journalist whom a roster ever listed, but
// not all four (M-28, M-38). senders are those that will be written down with him.
func (d *Desk) meet(f *found, senders map[wire.Pseudonym]*wire.Tuple, t *wire.Tuple, evidence []byte) {
	p := t.Pseudonym()
	if d.s.senders[p] != nil || senders[p] != nil {
		return
	}
	e := &senderSeen{Tuple: t.Bytes()}
	if claim, ok := d.claims(senders, t); ok {
		e.Claim = hash32(claim)
		words := fmt.Sprintf("quarantined: claims to be %s but one key differs", d.colleague(claim))
		f.alarm("M-28", words, fmt.Sprintf("%x", p), evidence)
	}
	senders[p] = t
	f.add(e)
}

// claims finds the known sender with whom t shares a key.
func (d *Desk) claims(senders map[wire.Pseudonym]*wire.Tuple, t *wire.Tuple) (wire.Pseudonym, bool) {
	for _, part := range keyParts(t) {
		if p, ok := d.s.byKey[part]; ok {
			return p, true
		}
		for p, other := range senders {
			for _, theirs := range keyParts(other) {
				if theirs == part {
					return p, true
				}
			}
		}
	}
	return wire.Pseudonym{}, false
}
