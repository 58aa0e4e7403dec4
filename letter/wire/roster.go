// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"slices"
)

// RosterBody is the signed part of a roster: all that a source or a desk must know
// of a newsroom (spec/keys.md §4).
type RosterBody struct {
	Newsroom    NewsroomKey
	Root        uint32 // number of the root whose keys sign
	Number      uint64 // 1, 2, 3 …
	Previous    Hash   // of the signed part of the roster before; zeros for number 1
	Issued      int64  // Unix seconds
	Expires     int64  // Unix seconds, at most 60 days after Issued
	Name        string
	Addresses   []string // in order of preference
	Drop        DropKey
	Incarnation Incarnation
	HeadSize    uint64 // of the replies log that the signers knew
	HeadRoot    Hash
	Access      AccessKey
	Permit      PermitKey
	Grant       Hash   // GrantHash of the grant that goes with this roster
	LogKey      string // C2SP verifier key of the public record; may be empty
	Schedule    Schedule
	Journalists []Journalist // ascending by ID
	Former      []Former     // ascending by ID
}

// Encode is the signed part, with journalists and former ones sorted. It fails where
// ParseRosterBody or CheckName would. Journalists' own signatures must be in place.
func (b *RosterBody) Encode() ([]byte, error) {
	if err := b.checkNames(); err != nil {
		return nil, err
	}
	w := b.write()
	if w.over {
		return nil, fail("roster", ErrMalformed, "a number or a text is beyond its bound")
	}
	if _, err := ParseRosterBody(w.b); err != nil {
		return nil, err
	}
	return w.b, nil
}

// write is Encode without its checks.
func (b *RosterBody) write() *writer {
	w := newWriter(typeRoster, MaxRosterSize)
	b.encodeFixed(w)
	w.u8(len(b.Journalists))
	for _, j := range sortedByID(b.Journalists, func(j *Journalist) JournalistID { return j.ID }) {
		w.journalist(&j)
	}
	w.u8(len(b.Former))
	for _, f := range sortedByID(b.Former, func(f *Former) JournalistID { return f.ID }) {
		w.former(&f)
	}
	return w
}

func (b *RosterBody) encodeFixed(w *writer) {
	w.bytes(b.Newsroom[:])
	w.u32(b.Root)
	w.u64(b.Number)
	w.bytes(b.Previous[:])
	w.time(b.Issued)
	w.time(b.Expires)
	w.bytes8([]byte(b.Name))
	w.u8(len(b.Addresses))
	for _, a := range b.Addresses {
		w.bytes8([]byte(a))
	}
	w.bytes(b.Drop[:])
	w.bytes(b.Incarnation[:])
	w.u64(b.HeadSize)
	w.bytes(b.HeadRoot[:])
	w.bytes(b.Access[:])
	w.bytes(b.Permit[:])
	w.bytes(b.Grant[:])
	w.bytes8([]byte(b.LogKey))
	w.schedule(b.Schedule)
}

// checkNames asks for what parsers do not: normal form C.
func (b *RosterBody) checkNames() error {
	names := []string{b.Name}
	for i := range b.Journalists {
		names = append(names, b.Journalists[i].Name)
	}
	for i := range b.Former {
		names = append(names, b.Former[i].Name)
	}
	for _, name := range names {
		if err := CheckName(name); err != nil {
			return err
		}
	}
	return nil
}

func sortedByID[T any](list []T, id func(*T) JournalistID) []T {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b T) int {
		x, y := id(&a), id(&b)
		return bytes.Compare(x[:], y[:])
	})
	return sorted
}

// ParseRosterBody reads a signed part, for an admin who is asked to sign it. It
// verifies the journalists' own signatures (ErrSignature) and nothing else.
func ParseRosterBody(b []byte) (*RosterBody, error) {
	r := newReader("roster", b)
	body := r.rosterBody()
	if err := r.done(); err != nil {
		return nil, err
	}
	if err := body.verifyJournalists(); err != nil {
		return nil, err
	}
	return body, nil
}

// AssembleRoster joins a signed part with its signatures.
func AssembleRoster(signedPart []byte, sigs []Signature) []byte { return assemble(signedPart, sigs) }

// SplitRoster parts a roster into what is signed and the signatures, to collect more
// of them. It verifies no admin's signature.
func SplitRoster(b []byte) (signedPart []byte, sigs []Signature, err error) {
	s, err := parseRoster(b)
	if err != nil {
		return nil, nil, err
	}
	return s.signed, s.sigs, nil
}

func (r *reader) rosterBody() *RosterBody {
	r.header(typeRoster)
	b := &RosterBody{Newsroom: r.a32(), Root: r.u32(), Number: r.whole("number"), Previous: r.a32()}
	b.Issued, b.Expires = r.time("issue"), r.time("expiry")
	b.Name = r.name("the newsroom's name")
	r.addresses(b)
	b.Drop = DropKey(r.signingKey("the drop key"))
	b.Incarnation = r.a16()
	b.HeadSize, b.HeadRoot = r.whole("size"), r.a32()
	b.Access = AccessKey(r.signingKey("the desk-access key"))
	b.Permit = PermitKey(r.signingKey("the permit key"))
	b.Grant = r.a32()
	b.LogKey = r.logKey()
	b.Schedule = r.schedule()
	r.journalists(b)
	r.formerJournalists(b)
	if r.err == nil {
		b.check(r)
	}
	return b
}

func (r *reader) addresses(b *RosterBody) {
	for range r.count8("addresses", 1, MaxAddresses) {
		a := r.address()
		r.require(!slices.Contains(b.Addresses, a), "an address stands twice")
		b.Addresses = append(b.Addresses, a)
	}
}

func (r *reader) journalists(b *RosterBody) {
	n := r.count8("journalists", 1, MaxJournalists)
	b.Journalists = make([]Journalist, 0, n)
	for i := range n {
		j := r.journalist()
		if r.err != nil {
			return
		}
		r.require(i == 0 || bytes.Compare(b.Journalists[i-1].ID[:], j.ID[:]) < 0, "journalists are not in ascending order")
		b.Journalists = append(b.Journalists, j)
	}
}

func (r *reader) formerJournalists(b *RosterBody) {
	for i := range r.count8("former journalists", 0, MaxFormer) {
		f := r.former()
		if r.err != nil {
			return
		}
		r.require(i == 0 || bytes.Compare(b.Former[i-1].ID[:], f.ID[:]) < 0, "former journalists are not in ascending order")
		b.Former = append(b.Former, f)
	}
}

// check holds the rules that join several fields.
func (b *RosterBody) check(r *reader) {
	r.require(b.Root >= 1, "root number is 0")
	r.require(b.Number >= 1, "number is 0")
	r.require((b.Number == 1) == (b.Previous == Hash{}), "number 1 has no previous roster, every other has")
	r.require(b.Issued < b.Expires, "it expires before it is issued")
	r.require(b.Expires-b.Issued <= MaxRosterAge, "it is valid for longer than 60 days")
	r.require(b.HeadSize > 0 || b.HeadRoot == emptyTree(), "the root hash of no pages is wrong")
	for i := range b.Former {
		r.require(b.Former[i].Pages <= b.HeadSize, "a former journalist's replies count in pages that do not exist")
	}
	b.checkDistinct(r)
}

// checkDistinct refuses two people that share what must tell them apart.
func (b *RosterBody) checkDistinct(r *reader) {
	seen := make(map[string]bool, 7*len(b.Journalists)+2*len(b.Former))
	once := func(kind string, v []byte) {
		key := kind + string(v)
		r.require(!seen[key], "two people share a %s", kind)
		seen[key] = true
	}
	for i := range b.Journalists {
		j := &b.Journalists[i]
		pseudonym := j.Tuple.Pseudonym()
		once("signing key", j.ID[:])
		once("pseudonym", pseudonym[:])
		once("DH key", j.Tuple.DH[:])
		once("PQ key", j.Tuple.PQ[:])
		once("fetch key", j.Tuple.Fetch[:])
		once("PKE key", j.Tuple.PKE[:])
		once("editor key", j.Editor[:])
		once("name", []byte(j.Name))
	}
	for i := range b.Former {
		once("signing key", b.Former[i].ID[:])
		once("pseudonym", b.Former[i].Pseudonym[:])
	}
}

func (b *RosterBody) verifyJournalists() error {
	for i := range b.Journalists {
		if err := b.Journalists[i].Verify(); err != nil {
			return err
		}
	}
	return nil
}

// signedRoster is a roster of which no admin's signature was checked yet.
type signedRoster struct {
	body        *RosterBody
	raw, signed []byte
	sigs        []Signature
}

func parseRoster(b []byte) (*signedRoster, error) {
	r := newReader("roster", b)
	body := r.rosterBody()
	signed := r.signedPart()
	sigs := r.signatures(MaxAdmins)
	if err := r.done(); err != nil {
		return nil, err
	}
	if err := body.verifyJournalists(); err != nil {
		return nil, err
	}
	return &signedRoster{body: body, raw: b, signed: signed, sigs: sigs}, nil
}

// verify checks the roster under the root it names.
func (s *signedRoster) verify(nr NewsroomKey, root *RootBody) (*Roster, error) {
	if s.body.Newsroom != nr {
		return nil, fail("roster", ErrMismatch, "it is another newsroom's")
	}
	if err := verifySignatures("roster", TagRoster, s.signed, s.sigs, root.Admins); err != nil {
		return nil, err
	}
	if len(s.sigs) < root.Threshold {
		return nil, fail("roster", ErrThreshold, "%d of %d signatures that root %d asks for", len(s.sigs), root.Threshold, root.Number)
	}
	return &Roster{rosterBody: *s.body, raw: s.raw, hash: HashTag(TagRoster, s.signed)}, nil
}
