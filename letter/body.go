// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"encoding/binary"
	"fmt"

	"tamizdat/letter/wire"
)

// Bodies of the three kinds (spec/letter.md §6 to §8).

const (
	maxReceived = 64
	labelBits   = 22
)

func (l *Letter) encode() ([]byte, error) {
	text := lineFeeds(l.Text)
	if err := checkText(text, l.Parcel != nil); err != nil {
		return nil, err
	}
	b := appendBytes32(append([]byte(nil), l.ID[:]...), text)
	if l.Parcel == nil {
		return append(b, 0), nil
	}
	return l.Parcel.appendManifest(append(b, 1))
}

func parseLetter(body []byte) (*Letter, error) {
	c := &cursor{rest: body}
	l := &Letter{}
	c.fill(l.ID[:])
	l.Text = string(c.bytes32())
	switch c.u8() {
	case 0:
	case 1:
		p, err := parseManifest(c)
		if err != nil {
			return nil, err
		}
		l.Parcel = p
	default:
		return nil, fmt.Errorf("%w: letter: unknown kind of parcel", errMessage)
	}
	if !c.done() {
		return nil, fmt.Errorf("%w: letter: wrong length", errMessage)
	}
	if err := checkText(l.Text, l.Parcel != nil); err != nil {
		return nil, fmt.Errorf("%w: letter: %w", errMessage, err)
	}
	return l, nil
}

func (n *Note) encode() ([]byte, error) {
	text := lineFeeds(n.Text)
	if err := checkText(text, false); err != nil {
		return nil, err
	}
	return appendBytes32(append([]byte(nil), n.ID[:]...), text), nil
}

func parseNote(body []byte) (*Note, error) {
	c := &cursor{rest: body}
	n := &Note{}
	c.fill(n.ID[:])
	n.Text = string(c.bytes32())
	if !c.done() {
		return nil, fmt.Errorf("%w: note: wrong length", errMessage)
	}
	if err := checkText(n.Text, false); err != nil {
		return nil, fmt.Errorf("%w: note: %w", errMessage, err)
	}
	return n, nil
}

func (r *Reply) encode() ([]byte, error) {
	text := lineFeeds(r.Text)
	if err := r.check(text); err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint32(nil, r.Incarnation)
	b = binary.BigEndian.AppendUint64(b, r.Number)
	b = binary.BigEndian.AppendUint64(b, r.Lowest)
	b = binary.BigEndian.AppendUint32(b, r.Day)
	b = append(append(b, r.Author[:]...), byte(len(r.Received)))
	for _, got := range r.Received {
		b = binary.BigEndian.AppendUint32(b, got.Week)
		b = binary.BigEndian.AppendUint32(b, uint32(got.Label))
	}
	b = appendBytes32(b, text)
	if r.Permit == nil {
		return append(b, 0), nil
	}
	return append(append(b, 1), r.Permit...), nil
}

func parseReply(body []byte) (*Reply, error) {
	c := &cursor{rest: body}
	r := &Reply{Incarnation: c.u32(), Number: c.u64(), Lowest: c.u64(), Day: c.u32()}
	c.fill(r.Author[:])
	for range min(c.u8(), maxReceived+1) { // one too many is seen by check
		r.Received = append(r.Received, Received{Week: c.u32(), Label: Label(c.u32())})
	}
	r.Text = string(c.bytes32())
	switch c.u8() {
	case 0:
	case 1:
		r.Permit = append([]byte(nil), c.take(wire.PermitSize)...)
	default:
		return nil, fmt.Errorf("%w: reply: unknown kind of permit", errMessage)
	}
	if !c.done() {
		return nil, fmt.Errorf("%w: reply: wrong length", errMessage)
	}
	if err := r.check(r.Text); err != nil {
		return nil, fmt.Errorf("%w: %w", errMessage, err)
	}
	return r, nil
}

func (r *Reply) check(text string) error {
	switch {
	case r.Lowest < 1 || r.Number < r.Lowest || r.Number >= 1<<53:
		return fmt.Errorf("letter: reply: numbers %d to %d make no sense", r.Lowest, r.Number)
	case len(r.Received) > maxReceived:
		return fmt.Errorf("letter: reply: it lists more than %d letters", maxReceived)
	}
	for _, got := range r.Received {
		if got.Label >= 1<<labelBits {
			return fmt.Errorf("letter: reply: a label has more than %d bits", labelBits)
		}
	}
	if r.Permit != nil {
		if _, err := wire.ParsePermit(r.Permit); err != nil {
			return fmt.Errorf("letter: reply: %w", err)
		}
	}
	return checkText(text, false)
}

func checkText(s string, mayBeEmpty bool) error {
	switch {
	case s == "" && !mayBeEmpty:
		return fmt.Errorf("%w: it is empty", ErrText)
	case !goodText(s):
		return fmt.Errorf("%w: it is not UTF-8, or holds a control character other than line feed and tab", ErrText)
	}
	return nil
}
