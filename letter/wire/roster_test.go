// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"slices"
	"strings"
	"testing"
)

// TestRosterBodyBounds covers what no roster may say. Journalists' signatures are
// right throughout: only the roster is at fault.
func TestRosterBodyBounds(t *testing.T) {
	h := found("Anna", "Boris")
	for name, change := range rosterFaults() {
		b := h.roster.Body()
		change(&b)
		_, err := b.Encode()
		t.Run(name, func(t *testing.T) {
			wantError(t, err, "malformed")
			if strings.HasPrefix(name, "same ") && !strings.Contains(err.Error(), "share") {
				t.Errorf("refused for another reason: %v", err)
			}
		})
	}
}

// encode is Encode without its checks.
func (b *RosterBody) encode() []byte { return b.write().b }

// TestNothingIsCut: a number that its field cannot hold is not cut to its low bits, which
// would make 1 of 257 slots, and no length to that of another text.
func TestNothingIsCut(t *testing.T) {
	h := found("Anna", "Boris")
	for name, change := range map[string]func(*RosterBody){
		"257 slots":         func(b *RosterBody) { b.Schedule.Slots = 257 },
		"-255 slots":        func(b *RosterBody) { b.Schedule.Slots = -255 },
		"256 bits":          func(b *RosterBody) { b.Schedule.WorkBits = 256 },
		"-1 bits":           func(b *RosterBody) { b.Schedule.WorkBits = -1 },
		"65536 chunks":      func(b *RosterBody) { b.Schedule.Chunks = 65_536 },
		"-65535 chunks":     func(b *RosterBody) { b.Schedule.Chunks = -65_535 },
		"log key of 256":    func(b *RosterBody) { b.LogKey = strings.Repeat("k", 256) },
		"issued at -2^63":   func(b *RosterBody) { b.Issued = -1 << 63 },
		"257 journalists":   func(b *RosterBody) { b.Journalists = slices.Repeat(b.Journalists[:1], 257) },
		"257 addresses":     func(b *RosterBody) { b.Addresses = slices.Repeat(b.Addresses[:1], 257) },
		"an address of 300": func(b *RosterBody) { b.Addresses[0] = "http://" + strings.Repeat("a", 293) },
	} {
		b := h.roster.Body()
		change(&b)
		_, err := b.Encode()
		t.Run(name, func(t *testing.T) { wantError(t, err, "malformed") })
	}
	swallow := with(h.roster.Body(), func(b *RosterBody) { b.LogKey = strings.Repeat("k", 256) })
	if !swallow.write().over {
		t.Error("a log key of 256 bytes leaves no trace")
	}
}

// rosterFaults are changes that make a roster malformed; spec/vectors has them too.
func rosterFaults() map[string]func(*RosterBody) {
	return map[string]func(*RosterBody){
		"root 0":                  func(b *RosterBody) { b.Root = 0 },
		"number 0":                func(b *RosterBody) { b.Number = 0 },
		"number 2^53":             func(b *RosterBody) { b.Number, b.Previous = 1<<53, Hash{1} },
		"first of another":        func(b *RosterBody) { b.Previous = Hash{1} },
		"second of none":          func(b *RosterBody) { b.Number = 2 },
		"expires at once":         func(b *RosterBody) { b.Expires = b.Issued },
		"61 days":                 func(b *RosterBody) { b.Expires = b.Issued + MaxRosterAge + 1 },
		"beyond all time":         func(b *RosterBody) { b.Issued, b.Expires = MaxTime, MaxTime+1 },
		"before all time":         func(b *RosterBody) { b.Issued = -1 },
		"no name":                 func(b *RosterBody) { b.Name = "" },
		"name not in NFC":         func(b *RosterBody) { b.Name = "e\u0301" },
		"no address":              func(b *RosterBody) { b.Addresses = nil },
		"five addresses":          func(b *RosterBody) { b.Addresses = strings.Fields("http://a http://b http://c http://d http://e") },
		"an address twice":        func(b *RosterBody) { b.Addresses = []string{"http://a", "http://a"} },
		"no drop key":             func(b *RosterBody) { b.Drop = DropKey{} },
		"access key of no point":  func(b *RosterBody) { b.Access = AccessKey{2} },
		"permit key is identity":  func(b *RosterBody) { b.Permit = PermitKey{1} },
		"root of no pages":        func(b *RosterBody) { b.HeadRoot = Hash{} },
		"log key with space":      func(b *RosterBody) { b.LogKey = "a b" },
		"log key not ASCII":       func(b *RosterBody) { b.LogKey = "é" },
		"never seals":             func(b *RosterBody) { b.Schedule.RepliesEvery = 0 },
		"seals too seldom":        func(b *RosterBody) { b.Schedule.DeskEvery = 86_401 },
		"no slots":                func(b *RosterBody) { b.Schedule.Slots = 0 },
		"65 slots":                func(b *RosterBody) { b.Schedule.Slots = 65 },
		"keeps no letters":        func(b *RosterBody) { b.Schedule.LettersKept = 0 },
		"keeps too many replies":  func(b *RosterBody) { b.Schedule.RepliesKept = 4097 },
		"keeps too many segments": func(b *RosterBody) { b.Schedule.DeskKept = 65_537 },
		"65 chunks":               func(b *RosterBody) { b.Schedule.Chunks = 65 },
		"no iterations":           func(b *RosterBody) { b.Schedule.WorkIterations = 0 },
		"25 bits":                 func(b *RosterBody) { b.Schedule.WorkBits = 25 },
		"no journalist":           func(b *RosterBody) { b.Journalists = nil },
		"nine journalists":        func(b *RosterBody) { b.Journalists = people(9) },
		"65 former":               func(b *RosterBody) { b.Former = gone(65) },
		"counts too many pages":   func(b *RosterBody) { b.Former[0].Pages = 1 },
		"a journalist twice":      func(b *RosterBody) { b.Journalists = []Journalist{b.Journalists[0], b.Journalists[0]} },
		"gone and still there": func(b *RosterBody) {
			b.Former = []Former{{ID: b.Journalists[0].ID, Name: "Anna", Pseudonym: Pseudonym{1}}}
		},
		"gone under a new key": func(b *RosterBody) {
			b.Former = []Former{{ID: publicOf(keyOf("x")), Name: "A", Pseudonym: b.Journalists[0].Tuple.Pseudonym()}}
		},
		"same name":        boris(func(j *Journalist) { j.Name = "Anna" }),
		"same DH key":      boris(share(func(t, o *Tuple) { t.DH = o.DH })),
		"same PQ key":      boris(share(func(t, o *Tuple) { t.PQ = o.PQ })),
		"same fetch key":   boris(share(func(t, o *Tuple) { t.Fetch = o.Fetch })),
		"same PKE key":     boris(share(func(t, o *Tuple) { t.PKE = o.PKE })),
		"same tuple":       boris(share(func(t, o *Tuple) { *t = *o })),
		"same editor key":  boris(func(j *Journalist) { j.Editor = journalistOf("Anna").Editor }),
		"bad fetch key":    boris(func(j *Journalist) { j.Tuple.Fetch = FetchKey{} }),
		"bad DH key":       boris(func(j *Journalist) { j.Tuple.DH = DHKey{} }),
		"bad editor key":   boris(func(j *Journalist) { j.Editor = EditorKey{} }),
		"name with marks":  boris(func(j *Journalist) { j.Name = "Bo\u202eris" }),
		"name of 97 bytes": func(b *RosterBody) { b.Name = strings.Repeat("x", 97) },
	}
}

// boris makes the roster one of Anna and of a Boris whose entry was changed and signed
// again.
func boris(change func(*Journalist)) func(*RosterBody) {
	return func(b *RosterBody) {
		j := journalistOf("Boris")
		change(&j)
		j.Sig = sign(keyOf("Boris"), TagJournalist, j.SignedPart())
		b.Journalists = []Journalist{journalistOf("Anna"), j}
	}
}

// share takes a part of Anna's tuple.
func share(take func(t, anna *Tuple)) func(*Journalist) {
	anna := tupleOf("Anna")
	return func(j *Journalist) { take(&j.Tuple, &anna) }
}

func people(n int) []Journalist {
	var list []Journalist
	for i := range n {
		list = append(list, journalistOf("Person "+string(rune('a'+i))))
	}
	return list
}

func gone(n int) []Former {
	var list []Former
	for i := range n {
		label := "gone " + string(rune('0'+i))
		list = append(list, Former{ID: publicOf(keyOf(label)), Name: label, Pseudonym: Pseudonym(seedOf(label))})
	}
	return list
}

// TestFullRoster fills every list to its bound.
func TestFullRoster(t *testing.T) {
	h := found("Anna", "Boris")
	b := h.roster.Body()
	b.Name = strings.Repeat("n", 96)
	b.Addresses = nil
	for _, c := range "abcd" {
		b.Addresses = append(b.Addresses, "http://"+strings.Repeat(string(c), 57)+"."+strings.Repeat("x", 57)+":65535")
	}
	b.LogKey = strings.Repeat("k", 255)
	b.Journalists, b.Former = people(8), gone(64)
	n := h.with(&b)
	if n.Roster().Hash() == h.roster.Hash() {
		t.Error("two rosters have one hash")
	}
	if len(n.Roster().Bytes()) > MaxRosterSize || len(n.Bytes()) > MaxNewsroomSize {
		t.Error("a full roster is longer than MaxRosterSize")
	}
}

// TestListsInRostersAreOrdered swaps and repeats people and signatures and signs
// anew: the order alone is at fault.
func TestListsInRostersAreOrdered(t *testing.T) {
	h := found("Anna", "Boris", "Clara")
	b := h.roster.Body()
	slices.Reverse(b.Journalists)
	checkSigned(t, h, "journalists reversed", reencode(&b))
	b = h.roster.Body()
	b.Former = sortedByID(gone(3), func(f *Former) JournalistID { return f.ID })
	slices.Reverse(b.Former)
	checkSigned(t, h, "former reversed", reencode(&b))
	b.Former = []Former{b.Former[0], b.Former[0]}
	checkSigned(t, h, "former twice", reencode(&b))

	signed, sigs, err := SplitRoster(h.roster.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	twice := assemble(signed, []Signature{sigs[0], sigs[0]})
	wantError(t, verifyFile(h, AssembleNewsroom(h.room.RootBytes(), twice)), "malformed")
	// One admin cannot sign for two by signing twice, and the order is fixed.
	swapped := replaced(h.roster.Bytes(), len(signed)+1, h.roster.Bytes()[len(signed)+97:]...)
	swapped = replaced(swapped, len(signed)+97, h.roster.Bytes()[len(signed)+1:len(signed)+97]...)
	wantError(t, verifyFile(h, AssembleNewsroom(h.room.RootBytes(), swapped)), "malformed")
}

func checkSigned(t *testing.T, h *house, name string, signed []byte) {
	t.Helper()
	roster := AssembleRoster(signed, signatures(TagRoster, signed, h.admins[:2]))
	if got := nameOf(t, verifyFile(h, AssembleNewsroom(h.room.RootBytes(), roster))); got != "malformed" {
		t.Errorf("%s: %q", name, got)
	}
}

// TestJournalistsEntryIsHerOwn covers keys swapped inside a roster that the admins
// sign (M-20).
func TestJournalistsEntryIsHerOwn(t *testing.T) {
	h := found("Anna", "Boris")
	b := h.roster.Body()
	b.Journalists[0].Tuple, b.Journalists[1].Tuple = b.Journalists[1].Tuple, b.Journalists[0].Tuple
	_, err := b.Encode()
	wantError(t, err, "signature")
	signed := reencode(&b)
	file := AssembleNewsroom(h.room.RootBytes(), AssembleRoster(signed, signatures(TagRoster, signed, h.admins)))
	wantError(t, verifyFile(h, file), "signature")
}

// TestRosterTime covers when a roster is current (M-5).
func TestRosterTime(t *testing.T) {
	r := found("Anna").roster
	for _, tt := range []struct {
		now  int64
		want string
	}{
		{testIssued - daySeconds - 1, "expired"},
		{testIssued - daySeconds, ""},
		{testIssued, ""},
		{testIssued + MaxRosterAge, ""},
		{testIssued + MaxRosterAge + 1, "expired"},
	} {
		wantError(t, r.CheckTime(tt.now), tt.want)
	}
}

// TestLookups finds people by key and by pseudonym.
func TestLookups(t *testing.T) {
	r := found("Anna", "Boris").roster
	for i := range r.Journalists {
		j, at, ok := r.Journalist(r.Journalists[i].ID)
		if !ok || at != i || j.Name != r.Journalists[i].Name {
			t.Errorf("journalist %d is not found by key", i)
		}
		if j, ok = r.BySender(r.Journalists[i].Tuple.Pseudonym()); !ok || j.ID != r.Journalists[i].ID {
			t.Errorf("journalist %d is not found by pseudonym", i)
		}
		if _, ok = r.Former(r.Journalists[i].ID); ok {
			t.Errorf("journalist %d is found among those who left", i)
		}
	}
	gone := r.Formers()[0]
	if f, ok := r.Former(gone.ID); !ok || f.Name != gone.Name {
		t.Error("a former journalist is not found by key")
	}
	if f, ok := r.FormerBySender(gone.Pseudonym); !ok || f.ID != gone.ID {
		t.Error("a former journalist is not found by pseudonym")
	}
	if _, ok := r.BySender(gone.Pseudonym); ok {
		t.Error("a former journalist is found among the current")
	}
}

// TestSlotsGoRound covers that every slot has one owner, that owners take turns, and
// that nobody has more than one slot more than another.
func TestSlotsGoRound(t *testing.T) {
	for _, names := range [][]string{eight()[:1], eight()[:3], eight()[:5], eight()} {
		r := found(names...).roster
		counts := map[JournalistID]int{}
		for page := range int64(len(names)) {
			sealing := testIssued/21600*21600 + page*21600
			taken := 0
			for _, j := range r.Journalists {
				own := r.SlotsOf(j.ID, sealing)
				counts[j.ID] += len(own)
				taken += len(own)
				for _, slot := range own {
					if r.SlotOwner(sealing, slot) != j.ID {
						t.Fatalf("slot %d has two owners", slot)
					}
				}
			}
			if taken != r.Schedule.Slots {
				t.Fatalf("%d of %d slots are owned", taken, r.Schedule.Slots)
			}
		}
		for _, n := range counts {
			if n != r.Schedule.Slots {
				t.Errorf("%d people: one has %d slots in as many pages, not %d", len(names), n, r.Schedule.Slots)
			}
		}
	}
}

// TestGrant covers a grant that is not the roster's.
func TestGrant(t *testing.T) {
	h := found("Anna", "Boris")
	g := must(h.roster.CheckGrant(h.grant))
	if w, ok := g.For(h.id(1)); !ok || w.ID != h.id(1) {
		t.Error("the wrap for a journalist is not found")
	}
	if _, ok := g.For(JournalistID{}); ok {
		t.Error("a wrap for nobody is found")
	}
	for name, change := range map[string]func(*Grant){
		"another newsroom": func(g *Grant) { g.Newsroom[0]++ },
		"another roster":   func(g *Grant) { g.RosterNumber++ },
		"for a stranger":   func(g *Grant) { g.Wraps[0].ID = publicOf(keyOf("stranger")) },
	} {
		g := must(ParseGrant(h.grant))
		change(g)
		raw := must(g.Encode())
		b := with(h.successor(), func(b *RosterBody) { b.Number, b.Previous, b.Grant = 1, Hash{}, GrantHash(raw) })
		_, err := h.with(&b).Roster().CheckGrant(raw)
		t.Run(name, func(t *testing.T) { wantError(t, err, "mismatch") })
	}
	for name, change := range map[string]func(*Grant){
		"for nobody":       func(g *Grant) { g.Wraps = nil },
		"for one twice":    func(g *Grant) { g.Wraps[1].ID = g.Wraps[0].ID },
		"of roster 0":      func(g *Grant) { g.RosterNumber = 0 },
		"for nine at once": func(g *Grant) { g.Wraps = make([]Wrap, 9) },
	} {
		g := must(ParseGrant(h.grant))
		change(g)
		_, err := g.Encode()
		t.Run(name, func(t *testing.T) { wantError(t, err, "malformed") })
	}
}
