// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"slices"
)

const (
	minPeriod = 60
	maxPeriod = 31_536_000
)

// RootBody is the signed part of a root: who may sign rosters (spec/keys.md §3).
type RootBody struct {
	Number    uint32 // 1, 2, 3 …
	Previous  Hash   // of the signed part of the root before; zeros for number 1
	Period    uint32 // seconds of a key period; the same in every root
	Threshold int    // of Admins
	Admins    []AdminKey
}

// Encode is the signed part, with the admin keys sorted. It fails with ErrMalformed
// where ParseRootBody would.
func (b *RootBody) Encode() ([]byte, error) {
	signed := b.encode()
	if _, err := ParseRootBody(signed); err != nil {
		return nil, err
	}
	return signed, nil
}

// encode is Encode without its checks.
func (b *RootBody) encode() []byte {
	admins := slices.Clone(b.Admins)
	slices.SortFunc(admins, func(x, y AdminKey) int { return bytes.Compare(x[:], y[:]) })
	w := newWriter(typeRoot, 44+32*len(admins))
	w.u32(b.Number)
	w.bytes(b.Previous[:])
	w.u32(b.Period)
	w.u8(b.Threshold)
	w.u8(len(admins))
	for _, k := range admins {
		w.bytes(k[:])
	}
	return w.b
}

// Hash is H(tamizdat-root-v1, signed part): what the next root names as previous.
func (b *RootBody) Hash() (Hash, error) {
	signed, err := b.Encode()
	if err != nil {
		return Hash{}, err
	}
	return HashTag(TagRoot, signed), nil
}

// ParseRootBody reads a signed part, for an admin who is asked to sign it.
func ParseRootBody(b []byte) (*RootBody, error) {
	r := newReader("root", b)
	body := r.rootBody()
	if err := r.done(); err != nil {
		return nil, err
	}
	return body, nil
}

// AssembleRoot joins a signed part with its signatures.
func AssembleRoot(signedPart []byte, sigs []Signature) []byte { return assemble(signedPart, sigs) }

// SplitRoot parts a root into what is signed and the signatures, to collect more of
// them. It verifies nothing.
func SplitRoot(b []byte) (signedPart []byte, sigs []Signature, err error) {
	root, err := parseRoot(b)
	if err != nil {
		return nil, nil, err
	}
	return root.signed, root.sigs, nil
}

// NewsroomKeyOf is the key of the newsroom that this first root founds.
func NewsroomKeyOf(genesisSignedPart []byte) NewsroomKey {
	return NewsroomKey(HashTag(tagNewsroom, genesisSignedPart))
}

func (r *reader) rootBody() *RootBody {
	r.header(typeRoot)
	b := &RootBody{Number: r.u32(), Previous: r.a32()}
	b.Period = r.within32("period", minPeriod, maxPeriod)
	b.Threshold = int(r.u8())
	n := r.count8("admin keys", 1, MaxAdmins)
	for i := range n {
		k := AdminKey(r.signingKey("an admin key"))
		r.require(i == 0 || bytes.Compare(b.Admins[i-1][:], k[:]) < 0, "admin keys are not in ascending order")
		b.Admins = append(b.Admins, k)
	}
	r.require(b.Threshold >= 1 && b.Threshold <= n, "threshold %d of %d admin keys", b.Threshold, n)
	r.require(b.Number >= 1, "number is 0")
	r.require((b.Number == 1) == (b.Previous == Hash{}), "number 1 has no previous root, every other has")
	return b
}

// signedRoot is a root of which no signature was checked yet.
type signedRoot struct {
	body        *RootBody
	raw, signed []byte
	sigs        []Signature
}

func parseRoot(b []byte) (*signedRoot, error) {
	r := newReader("root", b)
	body := r.rootBody()
	signed := r.signedPart()
	sigs := r.signatures(2 * MaxAdmins)
	if err := r.done(); err != nil {
		return nil, err
	}
	return &signedRoot{body: body, raw: b, signed: signed, sigs: sigs}, nil
}

func (s *signedRoot) hash() Hash { return HashTag(TagRoot, s.signed) }

// verifyAfter checks s as the successor of prev; prev nil means the first root.
func (s *signedRoot) verifyAfter(prev *signedRoot) error {
	if err := s.follows(prev); err != nil {
		return err
	}
	var allowed []AdminKey
	if prev != nil {
		allowed = prev.body.Admins
	}
	allowed = append(slices.Clone(allowed), s.body.Admins...)
	if err := verifySignatures("root", TagRoot, s.signed, s.sigs, allowed); err != nil {
		return err
	}
	if prev != nil && countSigners(s.sigs, prev.body.Admins) < prev.body.Threshold {
		return fail("root", ErrThreshold, "root %d lacks signatures of the keys of root %d", s.body.Number, prev.body.Number)
	}
	if countSigners(s.sigs, s.body.Admins) < s.body.Threshold {
		return fail("root", ErrThreshold, "root %d lacks signatures of its own keys", s.body.Number)
	}
	return nil
}

func (s *signedRoot) follows(prev *signedRoot) error {
	number, previous := uint32(1), Hash{}
	if prev != nil {
		number, previous = prev.body.Number+1, prev.hash()
	}
	switch {
	case s.body.Number != number:
		return fail("root", ErrChain, "number %d stands in place %d", s.body.Number, number)
	case s.body.Previous != previous:
		return fail("root", ErrChain, "root %d does not name the root before it", number)
	case prev != nil && prev.body.Period != s.body.Period:
		return fail("root", ErrChain, "root %d changes the key period", number)
	}
	return nil
}

// verifySignatures checks that every signature is by an allowed key and holds.
func verifySignatures(object, tag string, signed []byte, sigs []Signature, allowed []AdminKey) error {
	for _, s := range sigs {
		if !slices.Contains(allowed, AdminKey(s.Key)) {
			return fail(object, ErrSignature, "signed by a key that is none of its admins")
		}
		if !verifySignature(s.Key, tag, signed, s.Sig[:]) {
			return fail(object, ErrSignature, "a signature does not verify")
		}
	}
	return nil
}

func countSigners(sigs []Signature, of []AdminKey) int {
	n := 0
	for _, s := range sigs {
		if slices.Contains(of, AdminKey(s.Key)) {
			n++
		}
	}
	return n
}
