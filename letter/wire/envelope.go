// SPDX-License-Identifier: Apache-2.0

package wire

// CheckEnvelope reports whether b has the given size, EnvelopeSize or ReplySize,
// and both points of its hint are canonical and not the identity (spec/letter.md
// §3). Everybody refuses others, with ErrMalformed; whether an envelope can be
// opened this package cannot tell.
func CheckEnvelope(b []byte, size int) error {
	if len(b) != size {
		return fail("envelope", ErrMalformed, "%d bytes, not %d", len(b), size)
	}
	if !goodElement(b[:32]) || !goodElement(b[32:64]) {
		return fail("envelope", ErrMalformed, "the hint is not of two usable points")
	}
	return nil
}

// Hint is X and Z of an envelope of at least 64 bytes.
func Hint(b []byte) (x, z [32]byte) { return [32]byte(b[:32]), [32]byte(b[32:64]) }

// envelope reads an envelope of one size and checks its hint.
func (r *reader) envelope(size int) []byte {
	b := r.take(uint64(size))
	if r.err == nil {
		r.require(CheckEnvelope(b, size) == nil, "the hint of an envelope is not of two usable points")
	}
	return b
}
