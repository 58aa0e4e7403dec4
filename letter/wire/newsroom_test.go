// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"crypto/ed25519"
	"testing"
)

// TestStoryOfANewsroom tells how a newsroom is founded, changes its people and its
// admins, and what a client that comes back accepts.
func TestStoryOfANewsroom(t *testing.T) {
	h := found("Anna", "Boris")
	if got := must(ParseNewsroomKey(h.key.String())); got != h.key {
		t.Fatal("the key does not survive its text form")
	}

	// Clara joins: she brings a request, and two admins sign roster 2.
	request := must(ParseRequest(h.request()))
	next := h.successor()
	next.Journalists = append(next.Journalists, request.Journalist)
	second := h.with(&next)
	wantError(t, h.room.Follow(second), "")
	wantError(t, h.room.CheckNewer(second), "")

	// The admins change: root 2 is signed by the old and the new, roster 3 under it.
	third := h.rotated(second)
	wantError(t, second.Follow(third), "")
	if third.Threshold() != 1 || len(third.Admins()) != 2 {
		t.Error("root 2 is not in force")
	}

	// Who was away while roster 2 was current may take 3; a drop that sees each step may not.
	wantError(t, h.room.CheckNewer(third), "")
	wantError(t, h.room.Follow(third), "chain")

	// Nobody goes back.
	wantError(t, third.CheckNewer(second), "rollback")
	wantError(t, second.CheckNewer(h.room), "rollback")
	wantError(t, third.Follow(third), "")
}

// rotated is n with a second root of two admins, one of them new and one of whom must
// sign, and the roster that follows n's under it.
func (h *house) rotated(n *Newsroom) *Newsroom {
	newcomer := keyOf("admin 4")
	root := RootBody{
		Number: 2, Previous: n.RootHash(), Period: testPeriod, Threshold: 1,
		Admins: []AdminKey{publicOf(h.admins[0]), publicOf(newcomer)},
	}
	b := n.Roster().Body()
	b.Root, b.Number, b.Previous = 2, b.Number+1, n.Roster().Hash()
	roots := append(n.RootBytes(), h.signRoot(&root, h.admins[0], h.admins[1], newcomer))
	file := AssembleNewsroom(roots, h.signRoster(&b, newcomer))
	return must(must(ParseNewsroom(file)).Verify(h.key))
}

// TestRootSignatures covers who must sign a root, and who may not.
func TestRootSignatures(t *testing.T) {
	h := found("Anna", "Boris")
	stranger, newcomer := keyOf("stranger"), keyOf("admin 4")
	a := h.admins
	second := RootBody{
		Number: 2, Previous: h.room.RootHash(), Period: testPeriod, Threshold: 2,
		Admins: []AdminKey{publicOf(a[0]), publicOf(newcomer)},
	}
	for _, tt := range []struct {
		name string
		root RootBody
		by   []ed25519.PrivateKey
		want string
	}{
		{"two of three", h.root, a[:2], ""},
		{"all three", h.root, a, ""},
		{"one of three", h.root, a[:1], "threshold"},
		{"nobody", h.root, nil, "threshold"},
		{"two and a stranger", h.root, []ed25519.PrivateKey{a[0], a[1], stranger}, "signature"},
		{"second: both sides", second, []ed25519.PrivateKey{a[0], a[1], newcomer}, ""},
		{"second: the old alone", second, a, "threshold"},
		{"second: the new alone", second, []ed25519.PrivateKey{a[0], newcomer}, "threshold"},
		{"second: names no root", with(second, func(b *RootBody) { b.Previous = Hash{1} }), []ed25519.PrivateKey{a[0], a[1], newcomer}, "chain"},
		{"second: another period", with(second, func(b *RootBody) { b.Period++ }), []ed25519.PrivateKey{a[0], a[1], newcomer}, "chain"},
		{"second: number 3", with(second, func(b *RootBody) { b.Number = 3 }), []ed25519.PrivateKey{a[0], a[1], newcomer}, "chain"},
	} {
		root := must(parseRoot(h.signRoot(&tt.root, tt.by...)))
		var prev *signedRoot
		if tt.root.Number > 1 {
			prev = h.room.roots[0]
		}
		t.Run(tt.name, func(t *testing.T) { wantError(t, root.verifyAfter(prev), tt.want) })
	}
}

func with[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

// TestRootBodyBounds covers what no root may say.
func TestRootBodyBounds(t *testing.T) {
	h := found("Anna")
	for name, change := range rootFaults() {
		b := h.root
		change(&b)
		_, err := b.Encode()
		t.Run(name, func(t *testing.T) { wantError(t, err, "malformed") })
	}
	b := with(h.root, func(b *RootBody) { b.Threshold = 257 })
	_, err := b.Encode()
	wantError(t, err, "malformed")
}

// rootFaults are changes that make a root malformed; spec/vectors has them too.
func rootFaults() map[string]func(*RootBody) {
	many := make([]AdminKey, MaxAdmins+1)
	for i := range many {
		many[i] = publicOf(keyOf(string(rune('a' + i))))
	}
	return map[string]func(*RootBody){
		"number 0":          func(b *RootBody) { b.Number = 0 },
		"first of another":  func(b *RootBody) { b.Previous = Hash{1} },
		"second of none":    func(b *RootBody) { b.Number = 2 },
		"period too short":  func(b *RootBody) { b.Period = 59 },
		"period too long":   func(b *RootBody) { b.Period = 31_536_001 },
		"threshold 0":       func(b *RootBody) { b.Threshold = 0 },
		"threshold 4 of 3":  func(b *RootBody) { b.Threshold = 4 },
		"no admins":         func(b *RootBody) { b.Admins, b.Threshold = nil, 0 },
		"17 admins":         func(b *RootBody) { b.Admins = many },
		"an admin twice":    func(b *RootBody) { b.Admins = append(b.Admins[:2:2], b.Admins[0]) },
		"key of no point":   func(b *RootBody) { b.Admins = []AdminKey{{2}, b.Admins[0], b.Admins[1]} },
		"key 0":             func(b *RootBody) { b.Admins = append(b.Admins[:2:2], AdminKey{}) },
		"key not canonical": func(b *RootBody) { b.Admins = append(b.Admins[:2:2], AdminKey(keyBeyond())) },
	}
}

// keyBeyond encodes y = 2^255 − 19 + 3, which is 3 again.
func keyBeyond() [32]byte {
	k := [32]byte{0xf0}
	for i := 1; i < 32; i++ {
		k[i] = 0xff
	}
	k[31] = 0x7f
	return k
}

// TestNewsroomFile covers what ties roots, roster and newsroom together (M-1).
func TestNewsroomFile(t *testing.T) {
	h := found("Anna", "Boris")
	other := h.root
	other.Threshold = 1
	otherRoot := h.signRoot(&other, h.admins[:1]...)
	underTwo := with(h.roster.Body(), func(b *RosterBody) { b.Root = 2 })
	otherRoom := with(h.roster.Body(), func(b *RosterBody) { b.Newsroom = NewsroomKey{1} })
	roots := h.room.RootBytes()
	rotated := h.rotated(h.room)
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"as founded", h.file, ""},
		{"other root", AssembleNewsroom([][]byte{otherRoot}, h.roster.Bytes()), "mismatch"},
		{"no root", AssembleNewsroom(nil, h.roster.Bytes()), "malformed"},
		{"root twice", AssembleNewsroom([][]byte{roots[0], roots[0]}, h.roster.Bytes()), "chain"},
		{"roster of another newsroom", AssembleNewsroom(roots, h.signRoster(&otherRoom, h.admins[:2]...)), "mismatch"},
		{"roster of a root to come", AssembleNewsroom(roots, h.signRoster(&underTwo, h.admins[:2]...)), "chain"},
		{"old roster under a new root", AssembleNewsroom(rotated.RootBytes(), h.roster.Bytes()), "chain"},
		{"one admin", AssembleNewsroom(roots, h.signRoster(&h.body, h.admins[0])), "threshold"},
		{"nobody", AssembleNewsroom(roots, h.signRoster(&h.body)), "threshold"},
		{"a stranger", AssembleNewsroom(roots, h.signRoster(&h.body, h.admins[0], keyOf("stranger"))), "signature"},
		{"roots in the wrong order", AssembleNewsroom([][]byte{rotated.RootBytes()[1], roots[0]}, h.roster.Bytes()), "mismatch"},
	} {
		t.Run(tt.name, func(t *testing.T) { wantError(t, verifyFile(h, tt.file), tt.want) })
	}
}

// TestSuccession covers each rule by which one roster follows another (M-3, M-4).
func TestSuccession(t *testing.T) {
	h := found("Anna", "Boris")
	counted := func(b *RosterBody) {
		b.HeadSize, b.HeadRoot = 3, Hash{3}
		b.Former[0].Pages = 3
	}
	for _, tt := range []struct {
		name          string
		change        func(*RosterBody)
		follow, newer string
	}{
		{"plain", func(*RosterBody) {}, "", ""},
		{"two of one number", func(b *RosterBody) { b.Number, b.Previous, b.Name = 1, Hash{}, "Other" }, "two-rosters", "two-rosters"},
		{"one left out", func(b *RosterBody) { b.Number++; b.Previous = Hash{1} }, "chain", ""},
		{"names another before it", func(b *RosterBody) { b.Previous = Hash{1} }, "chain", "chain"},
		{"issued earlier", func(b *RosterBody) { b.Issued--; b.Expires-- }, "chain", "chain"},
		{"keeps more replies", func(b *RosterBody) { b.Schedule.RepliesKept++ }, "chain", "chain"},
		{"keeps fewer replies", func(b *RosterBody) { b.Schedule.RepliesKept-- }, "", ""},
		{"keeps more in new logs", func(b *RosterBody) { b.Schedule.RepliesKept++; b.Incarnation[0]++ }, "", ""},
		{"keeps more letters", func(b *RosterBody) { b.Schedule.LettersKept++ }, "chain", "chain"},
		{"keeps more segments", func(b *RosterBody) { b.Schedule.DeskKept++ }, "chain", "chain"},
		{"fewer slots", func(b *RosterBody) { b.Schedule.Slots-- }, "chain", "chain"},
		{"more slots", func(b *RosterBody) { b.Schedule.Slots++ }, "", ""},
		{"fewer slots in new logs", func(b *RosterBody) { b.Schedule.Slots--; b.Incarnation[0]++ }, "", ""},
		{"fewer slots, one left out", func(b *RosterBody) { b.Number++; b.Previous = Hash{1}; b.Schedule.Slots-- }, "chain", "chain"},
		{"counts pages", counted, "", ""},
		{"counts pages in new logs", func(b *RosterBody) { counted(b); b.Incarnation[0]++ }, "chain", "chain"},
	} {
		b := with(h.successor(), tt.change)
		next := h.with(&b)
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, h.room.Follow(next), tt.follow)
			wantError(t, h.room.CheckNewer(next), tt.newer)
		})
	}
}

// TestTwoRoots covers a founding that forks: both sides hold valid second roots.
func TestTwoRoots(t *testing.T) {
	h := found("Anna", "Boris")
	one := h.rotated(h.room)
	root := RootBody{
		Number: 2, Previous: h.room.RootHash(), Period: testPeriod, Threshold: 1,
		Admins: []AdminKey{publicOf(h.admins[1])},
	}
	b := with(h.successor(), func(b *RosterBody) { b.Root = 2 })
	roots := append(h.room.RootBytes(), h.signRoot(&root, h.admins[:2]...))
	other := must(must(ParseNewsroom(AssembleNewsroom(roots, h.signRoster(&b, h.admins[1])))).Verify(h.key))
	wantError(t, one.CheckNewer(other), "two-rosters")
	wantError(t, one.CheckNewer(found2(t)), "mismatch")
}

// TestSecondRosterUnderOldKeys: whoever kept the keys of root 1 signs another roster 2
// and leaves root 2 out (M-4, M-36). It is evidence, not only something old.
func TestSecondRosterUnderOldKeys(t *testing.T) {
	h := found("Anna", "Boris")
	known := h.rotated(h.room)
	b := with(h.successor(), func(b *RosterBody) { b.Name = "Other" })
	forged := h.with(&b)
	wantError(t, known.CheckNewer(forged), "two-rosters")
	wantError(t, forged.CheckNewer(known), "two-rosters")
	b = with(h.successor(), func(b *RosterBody) { b.Number, b.Previous = 3, Hash{1} })
	wantError(t, known.CheckNewer(h.with(&b)), "rollback")
}

// TestOldPagesFitTheBound: a log whose pages were filled under the first roster is
// read with the bound that any successor's schedule gives.
func TestOldPagesFitTheBound(t *testing.T) {
	h := found("Anna", "Boris")
	l := h.emptyLog(Replies)
	for range 3 {
		var list [][]byte
		for i := range h.roster.Schedule.Slots {
			list = append(list, envelopeOf(string(rune('a'+i)), ReplySize))
		}
		l.seal(must(EncodeRepliesBody(list)))
	}
	b := with(h.successor(), func(b *RosterBody) { b.Schedule.RepliesKept = 3 })
	for ; h.room.Follow(h.with(&b)) == nil && b.Schedule.Slots > 1; b.Schedule.Slots-- {
		_, err := ReadView(bytes.NewReader(l.view(0, 0, 3)), h.key, Replies, h.body.Incarnation, publicOf(h.drop), b.Schedule.MaxViewBytes())
		wantError(t, err, "")
	}
}

// found2 is another newsroom.
func found2(t *testing.T) *Newsroom {
	t.Helper()
	h := found("Anna")
	root := with(h.root, func(b *RootBody) { b.Threshold = 3 })
	signed := must(root.Encode())
	b := with(h.roster.Body(), func(b *RosterBody) { b.Newsroom = NewsroomKeyOf(signed) })
	file := AssembleNewsroom([][]byte{h.signRoot(&root, h.admins...)}, h.signRoster(&b, h.admins...))
	return must(must(ParseNewsroom(file)).Verify(b.Newsroom))
}

// TestSplit covers collecting signatures one by one.
func TestSplit(t *testing.T) {
	h := found("Anna")
	signed, sigs := h.signRoot(&h.root, h.admins[0]), []Signature(nil)
	signed, sigs, err := SplitRoot(signed)
	if err != nil || len(sigs) != 1 {
		t.Fatalf("%d signatures, %v", len(sigs), err)
	}
	sigs = append(sigs, signatures(TagRoot, signed, h.admins[1:])...)
	wantError(t, verifyFile(h, AssembleNewsroom([][]byte{AssembleRoot(signed, sigs)}, h.roster.Bytes())), "")
	signed, sigs, err = SplitRoster(h.signRoster(&h.body, h.admins[0]))
	if err != nil || len(sigs) != 1 {
		t.Fatalf("%d signatures, %v", len(sigs), err)
	}
	sigs = append(sigs, signatures(TagRoster, signed, h.admins[1:])...)
	wantError(t, verifyFile(h, AssembleNewsroom(h.room.RootBytes(), AssembleRoster(signed, sigs))), "")
}

// TestWhatVerificationReturnsStandsAlone changes the input and all copies afterwards:
// the newsroom does not move.
func TestWhatVerificationReturnsStandsAlone(t *testing.T) {
	h := found("Anna", "Boris")
	input := h.room.Bytes()
	n := must(must(ParseNewsroom(input)).Verify(h.key))
	body := n.Roster().Body()
	for i := range input {
		input[i] = 0xaa
	}
	body.Addresses[0], body.Journalists[0].Name, body.Former[0].Pages = "x", "x", 9
	n.Root().Admins[0] = AdminKey{}
	n.Roster().Bytes()[0] = 9
	n.Bytes()[0] = 9
	if n.Roster().Journalists[0].Name == "x" || n.Roster().Addresses[0] == "x" || n.Roster().Formers()[0].Pages == 9 {
		t.Error("a copy of the body shares lists with the roster")
	}
	wantError(t, verifyFile(h, n.Bytes()), "")
	wantError(t, h.room.Follow(n), "")
}
