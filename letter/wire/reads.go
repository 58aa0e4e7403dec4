// SPDX-License-Identifier: Apache-2.0

package wire

// ReadRequest asks the drop for a desk's view (spec/drop.md §2, §9).
type ReadRequest struct {
	Newsroom NewsroomKey
	Log      Log
	Base     uint64 // size of the log of which only the frontier is wanted
	From     uint64 // number of the first whole page, not below Base
	Count    int    // of whole pages, 0 to MaxReadPages
	Nonce    [NonceSize]byte
}

// SignedPart is what the desk-access key signs, tag TagRead. A Count out of bounds
// becomes one that every parser refuses.
func (q *ReadRequest) SignedPart() []byte {
	w := newWriter(typeReadRequest, ReadRequestSize)
	w.bytes(q.Newsroom[:])
	w.u8(int(q.Log))
	w.u64(q.Base)
	w.u64(q.From)
	w.u16(q.Count)
	w.bytes(q.Nonce[:])
	return w.b
}

// AssembleReadRequest joins a signed part with its signature.
func AssembleReadRequest(signedPart []byte, sig [64]byte) []byte { return join(signedPart, sig) }

// UnverifiedReadRequest is a read request of which only the form was checked.
type UnverifiedReadRequest struct {
	request ReadRequest
	signed  []byte
	sig     [64]byte
}

// ParseReadRequest reads a log read request, ReadRequestSize bytes.
func ParseReadRequest(b []byte) (*UnverifiedReadRequest, error) {
	r := newReader("read request", b)
	r.header(typeReadRequest)
	u := &UnverifiedReadRequest{}
	q := &u.request
	q.Newsroom = r.a32()
	q.Log = r.log()
	q.Base, q.From, q.Count = r.whole("base"), r.whole("from"), int(r.u16())
	q.Nonce = r.a32()
	u.signed = r.signedPart()
	u.sig = r.a64()
	if r.err == nil {
		r.require(q.Count <= MaxReadPages, "%d pages", q.Count)
		r.require(q.Base <= q.From && q.From-q.Base <= MaxViewLeaves, "pages from %d with a base of %d", q.From, q.Base)
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	return u, nil
}

// Verify checks the request under a roster's desk-access key (ErrSignature). Whether
// the nonce is the drop's and unused, and the newsroom its own, the drop compares.
func (u *UnverifiedReadRequest) Verify(key AccessKey) (*ReadRequest, error) {
	if !verifySignature(key, TagRead, u.signed, u.sig[:]) {
		return nil, fail("read request", ErrSignature, "it is not signed by the desk-access key")
	}
	q := u.request
	return &q, nil
}

// ChunkRequest asks the drop for one chunk (spec/drop.md §9).
type ChunkRequest struct {
	Newsroom NewsroomKey
	ID       ChunkID
	Nonce    [NonceSize]byte
}

// SignedPart is what the desk-access key signs, tag TagChunk.
func (q *ChunkRequest) SignedPart() []byte {
	w := newWriter(typeChunkRequest, ChunkRequestSize)
	w.bytes(q.Newsroom[:])
	w.bytes(q.ID[:])
	w.bytes(q.Nonce[:])
	return w.b
}

// AssembleChunkRequest joins a signed part with its signature.
func AssembleChunkRequest(signedPart []byte, sig [64]byte) []byte { return join(signedPart, sig) }

// UnverifiedChunkRequest is a chunk request of which only the form was checked.
type UnverifiedChunkRequest struct {
	request ChunkRequest
	signed  []byte
	sig     [64]byte
}

// ParseChunkRequest reads a chunk read request, ChunkRequestSize bytes.
func ParseChunkRequest(b []byte) (*UnverifiedChunkRequest, error) {
	r := newReader("chunk request", b)
	r.header(typeChunkRequest)
	u := &UnverifiedChunkRequest{}
	u.request = ChunkRequest{Newsroom: r.a32(), ID: r.a32(), Nonce: r.a32()}
	u.signed = r.signedPart()
	u.sig = r.a64()
	if err := r.done(); err != nil {
		return nil, err
	}
	return u, nil
}

// Verify checks the request under a roster's desk-access key (ErrSignature). Whether
// the nonce is the drop's and unused, and the newsroom its own, the drop compares.
func (u *UnverifiedChunkRequest) Verify(key AccessKey) (*ChunkRequest, error) {
	if !verifySignature(key, TagChunk, u.signed, u.sig[:]) {
		return nil, fail("chunk request", ErrSignature, "it is not signed by the desk-access key")
	}
	q := u.request
	return &q, nil
}
