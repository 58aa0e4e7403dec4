// SPDX-License-Identifier: Apache-2.0

package wire

import "bytes"

// Journalist is one entry of a roster (spec/keys.md §4). In a Roster or a
// JournalistRequest its signature was verified.
type Journalist struct {
	ID     JournalistID
	Name   string
	Tuple  Tuple
	Editor EditorKey
	Sig    [64]byte // by ID over SignedPart, tag TagJournalist
}

// Former is one who has left: replies from them count in the first Pages pages of the
// replies log.
type Former struct {
	ID        JournalistID
	Name      string
	Pseudonym Pseudonym
	Pages     uint64
}

// SignedPart is what the journalist signs: signing key ‖ name8 ‖ tuple ‖ editor key.
func (j *Journalist) SignedPart() []byte {
	w := writer{b: make([]byte, 0, 32+1+len(j.Name)+TupleSize+32)}
	w.bytes(j.ID[:])
	w.bytes8([]byte(j.Name))
	w.bytes(j.Tuple.Bytes())
	w.bytes(j.Editor[:])
	return w.b
}

// Verify checks the journalist's own signature; its error is ErrSignature.
func (j *Journalist) Verify() error {
	if !verifySignature(j.ID, TagJournalist, j.SignedPart(), j.Sig[:]) {
		return fail("journalist", ErrSignature, "the entry is not signed by its own key")
	}
	return nil
}

func (w *writer) journalist(j *Journalist) {
	w.bytes(j.SignedPart())
	w.bytes(j.Sig[:])
}

func (r *reader) journalist() (j Journalist) {
	j.ID = JournalistID(r.signingKey("a journalist's signing key"))
	j.Name = r.name("a journalist's name")
	j.Tuple = r.tuple()
	j.Editor = EditorKey(r.signingKey("an editor key"))
	j.Sig = r.a64()
	return j
}

func (w *writer) former(f *Former) {
	w.bytes(f.ID[:])
	w.bytes8([]byte(f.Name))
	w.bytes(f.Pseudonym[:])
	w.u64(f.Pages)
}

func (r *reader) former() (f Former) {
	f.ID = JournalistID(r.signingKey("a former journalist's signing key"))
	f.Name = r.name("a former journalist's name")
	f.Pseudonym = r.a32()
	f.Pages = r.whole("the pages of a former journalist")
	return f
}

// JournalistRequest asks to be put into the roster, or gives an admin key
// (spec/keys.md §6). Values come from ParseRequest, which has verified both
// signatures; that the request is from the right person only a comparison of its
// fingerprint tells.
type JournalistRequest struct {
	Journalist Journalist
	Admin      AdminKey
	raw        []byte
}

// Bytes is the request as it travels.
func (q *JournalistRequest) Bytes() []byte { return bytes.Clone(q.raw) }

// Fingerprint is FingerprintNumbers of the request's bytes.
func (q *JournalistRequest) Fingerprint() [6]uint16 { return FingerprintNumbers(q.raw) }

// RequestSignedPart is what the admin key signs, tag TagRequest. j must carry
// its own signature already.
func RequestSignedPart(j Journalist, admin AdminKey) []byte {
	w := newWriter(typeRequest, MaxRequestSize)
	w.journalist(&j)
	w.bytes(admin[:])
	return w.b
}

// BuildRequest joins all parts of a request.
func BuildRequest(j Journalist, admin AdminKey, adminSig [64]byte) []byte {
	return join(RequestSignedPart(j, admin), adminSig)
}

// ParseRequest reads a request and verifies both of its signatures
// (ErrSignature).
func ParseRequest(b []byte) (*JournalistRequest, error) {
	b = bytes.Clone(b)
	r := newReader("journalist's request", b)
	r.header(typeRequest)
	q := &JournalistRequest{Journalist: r.journalist(), Admin: AdminKey(r.signingKey("the admin key")), raw: b}
	signed := r.signedPart()
	sig := r.a64()
	if err := r.done(); err != nil {
		return nil, err
	}
	if err := q.Journalist.Verify(); err != nil {
		return nil, err
	}
	if !verifySignature(q.Admin, TagRequest, signed, sig[:]) {
		return nil, fail(r.object, ErrSignature, "it is not signed by its admin key")
	}
	return q, nil
}
