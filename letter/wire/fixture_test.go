// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/mlkem"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gtank/ristretto255"
)

// seedOf is the 32-byte seed that belongs to a label: all keys and all opaque bytes
// of these tests and of spec/vectors/wire come from such seeds.
func seedOf(label string) [32]byte { return sha256.Sum256([]byte("tamizdat wire vectors " + label)) }

func keyOf(label string) ed25519.PrivateKey {
	seed := seedOf(label)
	return ed25519.NewKeyFromSeed(seed[:])
}

func publicOf(k ed25519.PrivateKey) [32]byte { return [32]byte(k.Public().(ed25519.PublicKey)) }

func sign(k ed25519.PrivateKey, tag string, msg []byte) [64]byte {
	return [64]byte(ed25519.Sign(k, Preimage(tag, msg)))
}

// noise is n bytes of ChaCha8 under the label's seed.
func noise(label string, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8(seedOf(label)).Read(b)
	return b
}

func elementOf(label string) [32]byte {
	wide := sha512.Sum512(noise(label, 32))
	e, err := ristretto255.NewIdentityElement().SetUniformBytes(wide[:])
	if err != nil {
		panic(err)
	}
	return [32]byte(e.Bytes())
}

func dhOf(label string) DHKey {
	seed := seedOf(label)
	k, err := ecdh.X25519().NewPrivateKey(seed[:])
	if err != nil {
		panic(err)
	}
	return DHKey(k.PublicKey().Bytes())
}

func pqOf(label string) PQKey {
	k, err := mlkem.NewDecapsulationKey768(noise(label, 64))
	if err != nil {
		panic(err)
	}
	return PQKey(k.EncapsulationKey().Bytes())
}

func pkeOf(label string) PKEKey {
	pq, dh := pqOf(label+" pq"), dhOf(label+" dh")
	return PKEKey(append(pq[:], dh[:]...))
}

func tupleOf(label string) Tuple {
	return Tuple{DH: dhOf(label + " dh"), PQ: pqOf(label + " pq"), Fetch: elementOf(label + " fetch"), PKE: pkeOf(label + " pke")}
}

// envelopeOf has a sound hint and noise.
func envelopeOf(label string, size int) []byte {
	x, z := elementOf(label+" x"), elementOf(label+" z")
	return append(append(x[:], z[:]...), noise(label, size-64)...)
}

func journalistOf(name string) Journalist {
	k := keyOf(name)
	j := Journalist{ID: publicOf(k), Name: name, Tuple: tupleOf(name), Editor: publicOf(keyOf(name + " editor"))}
	j.Sig = sign(k, TagJournalist, j.SignedPart())
	return j
}

const (
	testIssued = 1_790_000_000
	testPeriod = 604_800
)

// house is a newsroom with all keys.
type house struct {
	admins []ed25519.PrivateKey
	people map[JournalistID]ed25519.PrivateKey
	drop   ed25519.PrivateKey
	access ed25519.PrivateKey
	permit ed25519.PrivateKey

	root   RootBody
	body   RosterBody
	grant  []byte
	file   []byte
	key    NewsroomKey
	room   *Newsroom
	roster *Roster
}

// found builds a newsroom of the named journalists with three admins, of whom two
// must sign.
func found(names ...string) *house {
	h := &house{
		people: map[JournalistID]ed25519.PrivateKey{},
		drop:   keyOf("drop"), access: keyOf("access"), permit: keyOf("permit"),
	}
	for _, label := range []string{"admin 1", "admin 2", "admin 3"} {
		h.admins = append(h.admins, keyOf(label))
	}
	h.root = RootBody{Number: 1, Period: testPeriod, Threshold: 2}
	for _, k := range h.admins {
		h.root.Admins = append(h.root.Admins, publicOf(k))
	}
	signed := must(h.root.Encode())
	h.key = NewsroomKeyOf(signed)
	h.compose(names)
	h.file = AssembleNewsroom([][]byte{h.signRoot(&h.root, h.admins[:2]...)}, h.signRoster(&h.body, h.admins[:2]...))
	h.room = must(must(ParseNewsroom(h.file)).Verify(h.key))
	h.roster = h.room.Roster()
	return h
}

func (h *house) compose(names []string) {
	former := journalistOf("Former Colleague")
	var wraps []Wrap
	for _, name := range names {
		j := journalistOf(name)
		h.people[j.ID] = keyOf(name)
		h.body.Journalists = append(h.body.Journalists, j)
		w := Wrap{ID: j.ID}
		copy(w.Enc[:], noise(name+" enc", WrapEncSize))
		copy(w.Ct[:], noise(name+" ct", WrapCtSize))
		wraps = append(wraps, w)
	}
	h.grant = must((&Grant{Newsroom: h.key, RosterNumber: 1, Wraps: wraps}).Encode())
	h.body.Newsroom, h.body.Root, h.body.Number = h.key, 1, 1
	h.body.Issued, h.body.Expires = testIssued, testIssued+MaxRosterAge
	h.body.Name = "Вольный голос"
	h.body.Addresses = []string{"http://" + strings.Repeat("a", 56) + ".onion", "http://127.0.0.1:8080"}
	h.body.Drop, h.body.Access, h.body.Permit = publicOf(h.drop), publicOf(h.access), publicOf(h.permit)
	copy(h.body.Incarnation[:], noise("incarnation", 16))
	h.body.HeadRoot = emptyTree()
	h.body.Grant = GrantHash(h.grant)
	h.body.LogKey = "example.org/log+0123abcd+AAAA"
	h.body.Schedule = DefaultSchedule()
	h.body.Former = []Former{{ID: former.ID, Name: former.Name, Pseudonym: former.Tuple.Pseudonym()}}
}

func (h *house) signRoot(b *RootBody, by ...ed25519.PrivateKey) []byte {
	signed := must(b.Encode())
	return AssembleRoot(signed, signatures(TagRoot, signed, by))
}

func (h *house) signRoster(b *RosterBody, by ...ed25519.PrivateKey) []byte {
	signed := must(b.Encode())
	return AssembleRoster(signed, signatures(TagRoster, signed, by))
}

func signatures(tag string, signed []byte, by []ed25519.PrivateKey) []Signature {
	var sigs []Signature
	for _, k := range by {
		sigs = append(sigs, Signature{Key: publicOf(k), Sig: sign(k, tag, signed)})
	}
	return sigs
}

// successor is a roster body that follows h's.
func (h *house) successor() RosterBody {
	b := h.roster.Body()
	b.Number, b.Previous = b.Number+1, h.roster.Hash()
	return b
}

// with is the newsroom with another roster under the same root.
func (h *house) with(b *RosterBody) *Newsroom {
	file := AssembleNewsroom(h.room.RootBytes(), h.signRoster(b, h.admins[:2]...))
	return must(must(ParseNewsroom(file)).Verify(h.key))
}

func (h *house) id(i int) JournalistID { return h.roster.Journalists[i].ID }

func (h *house) bundle(i int, p Period) []byte {
	id := h.id(i)
	label := "bundle " + h.roster.Journalists[i].Name
	b := BundleBody{
		Newsroom: h.key, ID: id, Period: p, RosterNumber: 1,
		DH: dhOf(label + " dh"), PQ: pqOf(label + " pq"), PKE: pkeOf(label + " pke"),
	}
	return h.signBundle(&b)
}

func (h *house) signBundle(b *BundleBody) []byte {
	return AssembleBundle(b.SignedPart(), sign(h.people[b.ID], TagBundle, b.SignedPart()))
}

func (h *house) beatBody(i int) BeatBody {
	l := h.log(Replies, 5)
	return BeatBody{
		Newsroom: h.key, ID: h.id(i), Day: DayOf(testIssued), RosterNumber: 1, RosterHash: h.roster.Hash(),
		Incarnation: h.body.Incarnation, Size: 5, Root: l.tree.Root(),
	}
}

func (h *house) beat(i int) []byte {
	b := h.beatBody(i)
	return h.signBeat(&b)
}

func (h *house) signBeat(b *BeatBody) []byte {
	return AssembleBeat(b.SignedPart(), sign(h.people[b.ID], TagBeat, b.SignedPart()))
}

func (h *house) replyWrite(i int) ReplyWrite {
	return ReplyWrite{Beat: h.beat(i), Sealing: 1_790_013_600, Slot: 3, Envelope: envelopeOf("reply write", ReplySize)}
}

func (h *house) signReplyWrite(w *ReplyWrite, i int) []byte {
	return AssembleReplyWrite(w.SignedPart(), sign(h.people[h.id(i)], TagReply, w.SignedPart()))
}

func (h *house) segmentWrite(i int) []byte {
	w := SegmentWrite{Beat: h.beat(i), Sealing: 1_790_013_600, Segment: noise("segment write", SegmentSize)}
	return AssembleSegmentWrite(w.SignedPart(), sign(h.people[h.id(i)], TagSegment, w.SignedPart()))
}

func (h *house) request() []byte {
	j, admin := journalistOf("Newcomer"), keyOf("newcomer admin")
	signed := RequestSignedPart(j, publicOf(admin))
	return BuildRequest(j, publicOf(admin), sign(admin, TagRequest, signed))
}

func (h *house) permitOf(class uint8) []byte {
	p := PermitBody{Newsroom: h.key, Class: class, Expiry: MonthOf(testIssued)}
	copy(p.Serial[:], noise("serial", 16))
	return AssemblePermit(p.SignedPart(), sign(h.permit, TagPermit, p.SignedPart()))
}

func (h *house) readRequest() []byte {
	q := ReadRequest{Newsroom: h.key, Log: Letters, Base: 3, From: 7, Count: 64, Nonce: [32]byte(noise("nonce", 32))}
	return AssembleReadRequest(q.SignedPart(), sign(h.access, TagRead, q.SignedPart()))
}

func (h *house) chunkRequest() []byte {
	q := ChunkRequest{Newsroom: h.key, ID: ChunkIDOf([]byte("chunk")), Nonce: [32]byte(noise("nonce", 32))}
	return AssembleChunkRequest(q.SignedPart(), sign(h.access, TagChunk, q.SignedPart()))
}

func (h *house) vouchBody(i int) VouchBody {
	state := LogState{Size: 5, Root: h.log(Replies, 5).tree.Root()}
	return VouchBody{
		Newsroom: h.key, ID: h.id(i), RosterNumber: 1, RosterHash: h.roster.Hash(), Incarnation: h.roster.Incarnation,
		Logs: [3]LogState{state, state, {Root: emptyTree()}}, Occasion: [32]byte(noise("occasion", 32)),
	}
}

func (h *house) signVouch(i int, change func(*VouchBody)) []byte {
	b := with(h.vouchBody(i), change)
	return AssembleVouch(b.SignedPart(), sign(h.people[h.id(i)], TagVouch, b.SignedPart()))
}

func (h *house) vouch(i int) []byte { return h.signVouch(i, func(*VouchBody) {}) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func sentinels() map[string]error {
	return map[string]error{
		"malformed": ErrMalformed, "signature": ErrSignature, "threshold": ErrThreshold, "chain": ErrChain,
		"expired": ErrExpired, "mismatch": ErrMismatch, "work": ErrWork, "rollback": ErrRollback, "two-rosters": ErrTwoRosters,
	}
}

// nameOf is the name of the one sentinel that err matches; "" for no error.
func nameOf(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var names []string
	for name, sentinel := range sentinels() {
		if errors.Is(err, sentinel) {
			names = append(names, name)
		}
	}
	if len(names) != 1 {
		t.Fatalf("error %q matches %d sentinels, not one", err, len(names))
	}
	return names[0]
}

func wantError(t testing.TB, err error, name string) {
	t.Helper()
	if got := nameOf(t, err); got != name {
		t.Fatalf("got %q (%v), want %q", got, err, name)
	}
}

// replaced is b with the bytes at an offset replaced.
func replaced(b []byte, at int, by ...byte) []byte {
	out := bytes.Clone(b)
	copy(out[at:], by)
	return out
}

func be64(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }
func be32(v uint32) []byte { return binary.BigEndian.AppendUint32(nil, v) }
