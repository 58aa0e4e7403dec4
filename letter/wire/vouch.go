// SPDX-License-Identifier: Apache-2.0

package wire

// LogState is how far a log has come: its size and the root hash over its pages.
type LogState struct {
	Size uint64
	Root Hash
}

// VouchBody is the signed part of a vouch: the newest state of each log that a desk
// has seen, told to a drop that holds (spec/drop.md §11).
type VouchBody struct {
	Newsroom     NewsroomKey
	ID           JournalistID
	RosterNumber uint64
	RosterHash   Hash
	Incarnation  Incarnation
	Logs         [3]LogState // letters, replies, desk
	Occasion     [NonceSize]byte
}

// SignedPart is what the journalist signs, tag TagVouch.
func (b *VouchBody) SignedPart() []byte {
	w := newWriter(typeVouch, VouchSize)
	w.bytes(b.Newsroom[:])
	w.bytes(b.ID[:])
	w.u64(b.RosterNumber)
	w.bytes(b.RosterHash[:])
	w.bytes(b.Incarnation[:])
	for _, l := range b.Logs {
		w.u64(l.Size)
		w.bytes(l.Root[:])
	}
	w.bytes(b.Occasion[:])
	return w.b
}

// AssembleVouch joins a signed part with its signature.
func AssembleVouch(signedPart []byte, sig [64]byte) []byte { return join(signedPart, sig) }

// UnverifiedVouch is a vouch of which only the form was checked.
type UnverifiedVouch struct {
	body   VouchBody
	signed []byte
	sig    [64]byte
}

// ParseVouch reads a vouch, VouchSize bytes.
func ParseVouch(b []byte) (*UnverifiedVouch, error) {
	r := newReader("vouch", b)
	r.header(typeVouch)
	u := &UnverifiedVouch{}
	u.body.Newsroom, u.body.ID = r.a32(), r.a32()
	u.body.RosterNumber, u.body.RosterHash = r.whole("roster number"), r.a32()
	u.body.Incarnation = r.a16()
	for i := range u.body.Logs {
		l := &u.body.Logs[i]
		l.Size, l.Root = r.whole("size"), r.a32()
		r.require(r.err != nil || l.Size > 0 || l.Root == emptyTree(), "the root hash of no pages is wrong")
	}
	u.body.Occasion = r.a32()
	u.signed = r.signedPart()
	u.sig = r.a64()
	if r.err == nil {
		r.require(u.body.RosterNumber >= 1, "roster number is 0")
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	return u, nil
}

// Verify checks the vouch against the newest roster, which it must name. Errors:
// ErrMismatch, another newsroom's, of nobody in r, or of other logs than r's;
// ErrSignature; ErrChain, another roster than r. Whether the occasion and the states
// of the logs are the drop's own, the drop compares.
func (u *UnverifiedVouch) Verify(r *Roster) (*VouchBody, error) {
	const object = "vouch"
	if u.body.Newsroom != r.Newsroom {
		return nil, fail(object, ErrMismatch, "it is another newsroom's")
	}
	if _, _, ok := r.Journalist(u.body.ID); !ok {
		return nil, fail(object, ErrMismatch, "its journalist is not in the roster")
	}
	if !verifySignature(u.body.ID, TagVouch, u.signed, u.sig[:]) {
		return nil, fail(object, ErrSignature, "it is not signed by its journalist")
	}
	switch {
	case u.body.RosterNumber != r.Number || u.body.RosterHash != r.hash:
		return nil, fail(object, ErrChain, "it names another roster than the newest")
	case u.body.Incarnation != r.Incarnation:
		return nil, fail(object, ErrMismatch, "it is of another incarnation of the logs")
	}
	b := u.body
	return &b, nil
}
