// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"testing"

	"github.com/gtank/ristretto255"

	"tamizdat/letter/wire"
)

// Newsroom is a newsroom with all of its keys, for tests: it signs whatever a
// test wants a drop to see. What it seals can be opened by nobody.
type Newsroom struct {
	t testing.TB

	NR          wire.NewsroomKey
	Drop        ed25519.PrivateKey // the drop's own
	Incarnation wire.Incarnation
	Access      ed25519.PrivateKey
	Permit      ed25519.PrivateKey
	Desks       []*Desk // in the order of the roster
	Roster      wire.RosterBody
	Grant       []byte

	admin  ed25519.PrivateKey
	root   []byte
	points [][]byte // encodings that may stand in a hint
}

// Desk is one journalist's keys.
type Desk struct {
	Key    ed25519.PrivateKey
	ID     wire.JournalistID
	Entry  wire.Journalist
	Bundle wire.BundleBody // without newsroom, period and roster number
}

// Schedule is one for tests: short pages, little work, hourly letters.
func Schedule() wire.Schedule {
	s := wire.DefaultSchedule()
	s.WorkIterations, s.WorkBits = 1, 0
	s.LettersEvery, s.RepliesEvery, s.DeskEvery = 3600, 7200, 3600
	s.LettersKept, s.RepliesKept, s.DeskKept = 4, 3, 4
	s.Chunks = 3
	return s
}

// NewNewsroom founds a newsroom with that many journalists, whose first roster
// is issued at the Unix second now.
func NewNewsroom(t testing.TB, journalists int, s wire.Schedule, now int64) *Newsroom {
	t.Helper()
	n := &Newsroom{t: t, Drop: newKey(t), Access: newKey(t), Permit: newKey(t), admin: newKey(t)}
	fill(t, n.Incarnation[:])
	root := wire.RootBody{Number: 1, Period: 604800, Threshold: 1, Admins: []wire.AdminKey{wire.AdminKey(public(n.admin))}}
	part := must[[]byte](t)(root.Encode())
	n.NR = wire.NewsroomKeyOf(part)
	n.root = wire.AssembleRoot(part, []wire.Signature{n.adminSign(wire.TagRoot, part)})
	for range 32 {
		n.points = append(n.points, newPoint(t))
	}
	for i := range journalists {
		n.Desks = append(n.Desks, newDesk(t, "Desk "+string(rune('A'+i))))
	}
	slices.SortFunc(n.Desks, func(a, b *Desk) int { return slices.Compare(a.ID[:], b.ID[:]) })
	n.Roster = wire.RosterBody{
		Newsroom: n.NR, Root: 1, Number: 1, Issued: now, Expires: now + 50*86400,
		Name: "The Test", Addresses: []string{"http://127.0.0.1:1"},
		Drop: wire.DropKey(public(n.Drop)), Incarnation: n.Incarnation, HeadRoot: sha256.Sum256(nil),
		Access: wire.AccessKey(public(n.Access)), Permit: wire.PermitKey(public(n.Permit)), Schedule: s,
	}
	n.remake()
	return n
}

// ServedBy makes the first roster name another drop than the one that
// NewNewsroom made up.
func (n *Newsroom) ServedBy(key ed25519.PrivateKey, inc wire.Incarnation) {
	n.Drop, n.Incarnation = key, inc
	n.Roster.Drop, n.Roster.Incarnation = wire.DropKey(public(key)), inc
}

// remake makes grant and list of journalists those of n.Desks.
func (n *Newsroom) remake() {
	n.t.Helper()
	n.Roster.Journalists = nil
	grant := wire.Grant{Newsroom: n.NR, RosterNumber: n.Roster.Number}
	for _, d := range n.Desks {
		n.Roster.Journalists = append(n.Roster.Journalists, d.Entry)
		grant.Wraps = append(grant.Wraps, wire.Wrap{ID: d.ID})
	}
	n.Grant = must[[]byte](n.t)(grant.Encode())
	n.Roster.Grant = wire.GrantHash(n.Grant)
}

// Succeed turns n.Roster into the next one, after change has changed it and
// n.Desks.
func (n *Newsroom) Succeed(change func()) {
	n.t.Helper()
	part := must[[]byte](n.t)(n.Roster.Encode())
	n.Roster.Number++
	n.Roster.Previous = wire.HashTag(wire.TagRoster, part)
	change()
	n.remake()
}

// File is the newsroom file with the roster as it is now.
func (n *Newsroom) File() []byte {
	n.t.Helper()
	part := must[[]byte](n.t)(n.Roster.Encode())
	roster := wire.AssembleRoster(part, []wire.Signature{n.adminSign(wire.TagRoster, part)})
	return wire.AssembleNewsroom([][]byte{n.root}, roster)
}

// Verified is the newsroom as a client knows it.
func (n *Newsroom) Verified() *wire.Newsroom {
	n.t.Helper()
	u := must[*wire.UnverifiedNewsroom](n.t)(wire.ParseNewsroom(n.File()))
	return must[*wire.Newsroom](n.t)(u.Verify(n.NR))
}

// Write is the newsroom write of the roster as it is now.
func (n *Newsroom) Write() []byte {
	n.t.Helper()
	w := wire.NewsroomWrite{Newsroom: n.File(), Grant: n.Grant}
	return must[[]byte](n.t)(w.Encode())
}

func (n *Newsroom) adminSign(tag string, part []byte) wire.Signature {
	return wire.Signature{Key: public(n.admin), Sig: Sign(n.admin, tag, part)}
}

// Sign signs preimage(tag, part).
func Sign(key ed25519.PrivateKey, tag string, part []byte) [64]byte {
	return [64]byte(ed25519.Sign(key, wire.Preimage(tag, part)))
}

func newDesk(t testing.TB, name string) *Desk {
	key := newKey(t)
	d := &Desk{Key: key, ID: wire.JournalistID(public(key))}
	d.Entry = wire.Journalist{ID: d.ID, Name: name, Tuple: newTuple(t), Editor: wire.EditorKey(public(newKey(t)))}
	d.Entry.Sig = Sign(key, wire.TagJournalist, d.Entry.SignedPart())
	tuple := newTuple(t)
	d.Bundle = wire.BundleBody{ID: d.ID, DH: tuple.DH, PQ: tuple.PQ, PKE: tuple.PKE}
	return d
}

func newTuple(t testing.TB) (tuple wire.Tuple) {
	copy(tuple.DH[:], newX25519(t))
	copy(tuple.PQ[:], newMLKEM(t))
	copy(tuple.Fetch[:], newPoint(t))
	copy(tuple.PKE[:], append(newMLKEM(t), newX25519(t)...))
	return tuple
}

func newX25519(t testing.TB) []byte {
	return must[*ecdh.PrivateKey](t)(ecdh.X25519().GenerateKey(rand.Reader)).PublicKey().Bytes()
}

func newMLKEM(t testing.TB) []byte {
	return must[*mlkem.DecapsulationKey768](t)(mlkem.GenerateKey768()).EncapsulationKey().Bytes()
}

// newPoint is a random element of ristretto255 other than the identity.
func newPoint(t testing.TB) []byte {
	var wide [64]byte
	fill(t, wide[:])
	s := must[*ristretto255.Scalar](t)(ristretto255.NewScalar().SetUniformBytes(wide[:]))
	return ristretto255.NewIdentityElement().ScalarBaseMult(s).Bytes()
}

func newKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func public(key ed25519.PrivateKey) [32]byte {
	return [32]byte(key.Public().(ed25519.PublicKey))
}

func fill(t testing.TB, b []byte) {
	t.Helper()
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
}

// must returns a function that passes a value on and ends the test on an error.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
