// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"slices"
)

// BundleBody is the signed part of a bundle: one journalist's keys of one period
// (spec/keys.md §5).
type BundleBody struct {
	Newsroom     NewsroomKey
	ID           JournalistID
	Period       Period
	RosterNumber uint64 // the newest that the journalist knew
	DH           DHKey
	PQ           PQKey
	PKE          PKEKey
}

// SignedPart is what the journalist signs, tag TagBundle.
func (b *BundleBody) SignedPart() []byte {
	w := newWriter(typeBundle, BundleSize)
	w.bytes(b.Newsroom[:])
	w.bytes(b.ID[:])
	w.u32(uint32(b.Period))
	w.u64(b.RosterNumber)
	w.bytes(b.DH[:])
	w.bytes(b.PQ[:])
	w.bytes(b.PKE[:])
	return w.b
}

// AssembleBundle joins a signed part with its signature.
func AssembleBundle(signedPart []byte, sig [64]byte) []byte { return join(signedPart, sig) }

// UnverifiedBundle is a bundle of which only the form was checked.
type UnverifiedBundle struct {
	body   BundleBody
	raw    []byte
	signed []byte
	sig    [64]byte
}

// Bundle is a bundle signed by a journalist of a roster. Its fields are for reading.
type Bundle struct {
	bundleBody
	raw []byte
}

type bundleBody = BundleBody

// Body is a copy of what was signed.
func (b *Bundle) Body() BundleBody { return b.bundleBody }

// Verified reports whether b came out of UnverifiedBundle.Verify.
func (b *Bundle) Verified() bool { return b != nil && b.raw != nil }

// Bytes is the bundle with its signature.
func (b *Bundle) Bytes() []byte { return bytes.Clone(b.raw) }

// ParseBundle reads a bundle, BundleSize bytes. Its keys are looked at by Verify, so
// that one bad bundle does not spoil a keys file.
func ParseBundle(b []byte) (*UnverifiedBundle, error) {
	b = bytes.Clone(b)
	r := newReader("bundle", b)
	r.header(typeBundle)
	u := &UnverifiedBundle{raw: b}
	u.body = BundleBody{Newsroom: r.a32(), ID: r.a32(), Period: Period(r.u32()), RosterNumber: r.whole("roster number")}
	u.body.DH = r.a32()
	copy(u.body.PQ[:], r.take(PQSize))
	copy(u.body.PKE[:], r.take(PKESize))
	r.require(r.err != nil || u.body.RosterNumber >= 1, "roster number is 0")
	u.signed = r.signedPart()
	u.sig = r.a64()
	if err := r.done(); err != nil {
		return nil, err
	}
	return u, nil
}

// ClaimedID is the journalist whom the bundle names. It proves nothing.
func (u *UnverifiedBundle) ClaimedID() JournalistID { return u.body.ID }

// ClaimedPeriod is the period that the bundle names. It proves nothing.
func (u *UnverifiedBundle) ClaimedPeriod() Period { return u.body.Period }

// Bytes is the bundle with its signature.
func (u *UnverifiedBundle) Bytes() []byte { return bytes.Clone(u.raw) }

// Verify checks the bundle against a verified roster. ErrMismatch: another
// newsroom's, or of nobody in r; treat it as absent. So with ErrSignature, and with
// ErrMalformed, for keys that are not well formed. ErrChain: whole and signed, but
// made under a later roster than r, so r is outdated (spec/misbehaviour.md M-2).
func (u *UnverifiedBundle) Verify(r *Roster) (*Bundle, error) {
	if u.body.Newsroom != r.Newsroom {
		return nil, fail("bundle", ErrMismatch, "it is another newsroom's")
	}
	if _, _, ok := r.Journalist(u.body.ID); !ok {
		return nil, fail("bundle", ErrMismatch, "its journalist is not in the roster")
	}
	if !verifySignature(u.body.ID, TagBundle, u.signed, u.sig[:]) {
		return nil, fail("bundle", ErrSignature, "it is not signed by its journalist")
	}
	if u.body.RosterNumber > r.Number {
		return nil, fail("bundle", ErrChain, "it names roster %d, later than %d", u.body.RosterNumber, r.Number)
	}
	if !u.body.wellFormed() {
		return nil, fail("bundle", ErrMalformed, "its keys are not well formed")
	}
	return &Bundle{bundleBody: u.body, raw: u.raw}, nil
}

func (b *BundleBody) wellFormed() bool {
	return goodDH(b.DH) && goodPQ(b.PQ[:]) && goodPKE(b.PKE)
}

// KeysFile is the bundles of one period, one file for all who ask (spec/keys.md
// §5). None is verified.
type KeysFile struct {
	Newsroom NewsroomKey
	Period   Period
	Bundles  []*UnverifiedBundle // ascending by journalist, 0 to 8
}

// EncodeKeysFile builds a keys file, sorting the bundles by journalist. Each must be
// BundleSize bytes, of that newsroom and period; at most MaxJournalists.
func EncodeKeysFile(nr NewsroomKey, p Period, bundles [][]byte) []byte {
	w := newWriter(typeKeysFile, 39+BundleSize*len(bundles))
	w.bytes(nr[:])
	w.u32(uint32(p))
	w.sorted8(bundles)
	return w.b
}

// ParseKeysFile reads a keys file. A bundle of another newsroom or period makes
// the whole file ErrMismatch.
func ParseKeysFile(b []byte) (*KeysFile, error) {
	r := newReader("keys file", b)
	r.header(typeKeysFile)
	f := &KeysFile{Newsroom: r.a32(), Period: Period(r.u32())}
	items := r.items8("bundles", MaxJournalists, BundleSize)
	if err := r.done(); err != nil {
		return nil, err
	}
	for i, item := range items {
		u, err := ParseBundle(item)
		if err != nil {
			return nil, err
		}
		if u.body.Newsroom != f.Newsroom || u.body.Period != f.Period {
			return nil, fail("keys file", ErrMismatch, "bundle %d is of another newsroom or period", i+1)
		}
		if i > 0 && !less(f.Bundles[i-1].body.ID, u.body.ID) {
			return nil, fail("keys file", ErrMalformed, "bundles are not in ascending order of journalists")
		}
		f.Bundles = append(f.Bundles, u)
	}
	return f, nil
}

// CheckFor reports whether the file is of the newsroom and period that were asked for
// (ErrMismatch).
func (f *KeysFile) CheckFor(nr NewsroomKey, p Period) error {
	if f.Newsroom != nr || f.Period != p {
		return fail("keys file", ErrMismatch, "it is of another newsroom or period")
	}
	return nil
}

func less(a, b JournalistID) bool { return bytes.Compare(a[:], b[:]) < 0 }

// items8 reads a u8 count and so many items of one size.
func (r *reader) items8(what string, max int, size uint64) [][]byte {
	n := r.count8(what, 0, max)
	items := make([][]byte, 0, n)
	for range n {
		items = append(items, r.take(size))
	}
	return items
}

// sorted8 writes a u8 count and the items in ascending order. Items begin with what
// is alike in all of them and then the signing key, so that this is the order of keys.
func (w *writer) sorted8(items [][]byte) {
	sorted := slices.Clone(items)
	slices.SortFunc(sorted, bytes.Compare)
	w.u8(len(sorted))
	for _, item := range sorted {
		w.bytes(item)
	}
}
