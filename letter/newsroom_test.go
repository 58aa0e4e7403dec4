// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/sha256"
	"slices"
	"testing"

	"tamizdat/letter/wire"
)

// testRoom is a newsroom with all its secrets, for tests.
type testRoom struct {
	t       testing.TB
	members []*JournalistKeys // in the roster's order
	seed    *DeskSeed
	room    *wire.Newsroom
	grant   []byte
	body    wire.RosterBody
	rootSig []byte
}

const (
	testIssued  = 1_790_000_000
	testExpires = testIssued + 50*86400
	testPeriod  = 604_800
)

func newTestRoom(t testing.TB, names ...string) *testRoom {
	t.Helper()
	n := &testRoom{t: t, seed: NewDeskSeed()}
	byID := map[wire.JournalistID]*JournalistKeys{}
	var entries []wire.Journalist
	for _, name := range names {
		k, err := NewJournalistKeys(name)
		if err != nil {
			t.Fatal(err)
		}
		byID[k.ID()] = k
		entries = append(entries, k.Public())
		n.members = append(n.members, k)
	}
	n.found(entries)
	n.members = n.members[:0]
	for _, j := range n.roster().Journalists {
		n.members = append(n.members, byID[j.ID])
	}
	return n
}

func (n *testRoom) roster() *wire.Roster { return n.room.Roster() }

func (n *testRoom) key() wire.NewsroomKey { return n.room.Key() }

// found signs root 1 and roster 1.
func (n *testRoom) found(entries []wire.Journalist) {
	n.t.Helper()
	root := wire.RootBody{Number: 1, Period: testPeriod, Threshold: min(2, len(n.members))}
	for _, k := range n.members {
		root.Admins = append(root.Admins, k.AdminKey())
	}
	part, err := root.Encode()
	if err != nil {
		n.t.Fatal(err)
	}
	n.rootSig = wire.AssembleRoot(part, n.allSign(part, (*JournalistKeys).SignRoot))
	nr := wire.NewsroomKeyOf(part)
	n.body = wire.RosterBody{
		Newsroom: nr, Root: 1, Number: 1, Issued: testIssued, Expires: testExpires, Name: "The Overseas Gazette",
		Addresses: []string{"http://127.0.0.1:8080"}, Drop: wire.DropKey(newSigningKey(make([]byte, 32)).public()),
		HeadRoot: emptyTree(), Access: n.seed.AccessKey(), Permit: n.seed.PermitKey(),
		Schedule: wire.DefaultSchedule(), Journalists: entries,
	}
	n.publish()
}

// publish signs n.body as it stands and verifies the result.
func (n *testRoom) publish() {
	n.t.Helper()
	var err error
	if n.grant, err = n.seed.Grant(n.body.Newsroom, n.body.Number, n.body.Journalists); err != nil {
		n.t.Fatal(err)
	}
	n.body.Grant = wire.GrantHash(n.grant)
	part, err := n.body.Encode()
	if err != nil {
		n.t.Fatal(err)
	}
	file := wire.AssembleNewsroom([][]byte{n.rootSig}, wire.AssembleRoster(part, n.allSign(part, (*JournalistKeys).SignRoster)))
	u, err := wire.ParseNewsroom(file)
	if err != nil {
		n.t.Fatal(err)
	}
	if n.room, err = u.Verify(n.body.Newsroom); err != nil {
		n.t.Fatal(err)
	}
}

// expel signs the next roster, without member i, whose replies count in the
// first pages pages. The member stays in n.members.
func (n *testRoom) expel(i int, pages uint64) {
	n.t.Helper()
	k := n.members[i]
	prev := n.roster()
	n.body = prev.Body()
	n.body.Number, n.body.Previous = prev.Number+1, prev.Hash()
	if n.body.HeadSize = pages; pages > 0 {
		n.body.HeadRoot = wire.Hash{1}
	}
	n.body.Journalists = slices.DeleteFunc(n.body.Journalists, func(j wire.Journalist) bool { return j.ID == k.ID() })
	j, _, _ := prev.Journalist(k.ID())
	n.body.Former = append(n.body.Former, wire.Former{ID: j.ID, Name: j.Name, Pseudonym: j.Tuple.Pseudonym(), Pages: pages})
	n.publish()
}

func (n *testRoom) allSign(part []byte, sign func(*JournalistKeys, []byte) (wire.Signature, error)) []wire.Signature {
	var sigs []wire.Signature
	for _, k := range n.members {
		sig, err := sign(k, part)
		if err != nil {
			n.t.Fatal(err)
		}
		sigs = append(sigs, sig)
	}
	return sigs
}

// bundles draws keys of period p for all members.
func (n *testRoom) bundles(p wire.Period) (keys []*PeriodKeys, bundles []*wire.Bundle) {
	n.t.Helper()
	for _, k := range n.members {
		pk := NewPeriodKeys(p)
		keys = append(keys, pk)
		bundles = append(bundles, n.verifyBundle(k.Bundle(n.key(), n.roster().Number, pk)))
	}
	return keys, bundles
}

func (n *testRoom) verifyBundle(b []byte) *wire.Bundle {
	n.t.Helper()
	u, err := wire.ParseBundle(b)
	if err != nil {
		n.t.Fatal(err)
	}
	bundle, err := u.Verify(n.roster())
	if err != nil {
		n.t.Fatal(err)
	}
	return bundle
}

func newTestSource(t testing.TB) *Source {
	t.Helper()
	s, err := NewWords().Source()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// emptyTree is the root hash of a log without pages: H of nothing.
func emptyTree() wire.Hash { return sha256.Sum256(nil) }
