// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestOriginsOfTheFoundingCase holds the count against the table that was worked
// out by hand: many documents, few origins.
func TestOriginsOfTheFoundingCase(t *testing.T) {
	c := foundingCase(t)
	x := NewIndex(&c)
	for _, tt := range []struct {
		claim               string
		documents, min, max int
	}{
		{"C1", 4, 1, 2},
		{"C17", 4, 1, 2},
		{"C2", 5, 1, 2},
		{"C3", 2, 1, 1},
		{"C5", 3, 1, 1},
		{"C6", 2, 1, 1},
		{"C18", 3, 1, 1},
		{"C19", 3, 1, 1},
		{"C20", 3, 1, 1},
		{"C21", 2, 1, 2},
		{"C23", 3, 2, 2},
		{"C15", 1, 1, 1},
	} {
		o := x.Origins(tt.claim)
		if o.Documents != tt.documents || o.Min != tt.min || o.Max != tt.max {
			t.Errorf("%s: %s behind %d documents, want %d–%d behind %d", tt.claim, o.Count(), o.Documents, tt.min, tt.max, tt.documents)
		}
		t.Logf("%s: %s (%.2f): %s", tt.claim, o.Count(), o.Effective, o.Sentence)
	}
}

// TestMoreOutletsAddNoOrigin is the rule for which the register exists: ten
// papers that repeat the Times are still one letter.
func TestMoreOutletsAddNoOrigin(t *testing.T) {
	c := foundingCase(t)
	x := NewIndex(&c)
	was := x.Origins("C1")
	for i := range 10 {
		x.SetUtterance(Utterance{ID: fmt.Sprint("copy", i), Speaker: fmt.Sprint("paper", i), Doc: fmt.Sprint("page", i), Claims: []string{"C1"}, Relays: []string{"U3"}})
	}
	is := x.Origins("C1")
	if is.Min != was.Min || is.Max != was.Max || is.Effective != was.Effective {
		t.Errorf("ten more papers make %s of %s", is.Count(), was.Count())
	}
	if is.Documents != was.Documents+10 {
		t.Errorf("%d documents, want %d", is.Documents, was.Documents+10)
	}
}

func TestTies(t *testing.T) {
	said := func(id, speaker string, more func(*Utterance)) Utterance {
		u := Utterance{ID: id, Speaker: speaker, Claims: []string{"c"}}
		if more != nil {
			more(&u)
		}
		return u
	}
	for _, tt := range []struct {
		name      string
		parties   []Party
		said      []Utterance
		min, max  int
		effective float64
	}{
		{"nobody", nil, nil, 0, 0, 0},
		{"two who know nothing of each other", nil, []Utterance{said("a", "A", nil), said("b", "B", nil)}, 2, 2, 2},
		{"one who says it twice", nil, []Utterance{said("a", "A", nil), said("b", "A", nil)}, 1, 1, 4 / 3.4},
		{"two who may be one", []Party{{ID: "A"}, {ID: "B", PossiblySameAs: []string{"A"}}}, []Utterance{said("a", "A", nil), said("b", "B", nil)}, 1, 2, 4 / 3.4},
		{"two who tell one holder", nil, []Utterance{said("a", "A", func(u *Utterance) { u.To = "H" }), said("b", "B", func(u *Utterance) { u.To = "H" })}, 2, 2, 4 / 3.0},
		{"two of one organisation", []Party{{ID: "A", MemberOf: "O"}, {ID: "B", MemberOf: "O"}}, []Utterance{said("a", "A", nil), said("b", "B", nil)}, 2, 2, 4 / 3.0},
		{"two who credit a third", nil, []Utterance{said("a", "A", func(u *Utterance) { u.AttributedTo = "T" }), said("b", "B", func(u *Utterance) { u.AttributedTo = "T" })}, 1, 2, 4 / 3.4},
		{"one who credits the other", nil, []Utterance{said("a", "A", nil), said("b", "B", func(u *Utterance) { u.AttributedTo = "A" })}, 1, 2, 4 / 3.4},
		{"one who knew the other", nil, []Utterance{said("a", "A", nil), said("b", "B", func(u *Utterance) { u.InformedBy = []string{"a"} })}, 1, 2, 4 / 2.6},
		{"one who denies it", nil, []Utterance{said("a", "A", nil), said("b", "B", func(u *Utterance) { u.Mode = "denies" })}, 1, 1, 1},
		{"a hop that is missing", nil, []Utterance{said("a", "A", nil), said("b", "B", func(u *Utterance) { u.UpstreamUnknown = true })}, 1, 2, 4 / 3.0},
		{"two hops that are missing", nil, []Utterance{said("a", "A", func(u *Utterance) { u.UpstreamUnknown = true }), said("b", "B", func(u *Utterance) { u.UpstreamUnknown = true })}, 1, 2, 4 / 3.0},
		{"two who knew what a third said of something else", nil, []Utterance{
			said("a", "A", func(u *Utterance) { u.InformedBy = []string{"z"} }), said("b", "B", func(u *Utterance) { u.InformedBy = []string{"z"} }), {ID: "z", Speaker: "Z"},
		}, 1, 2, 4 / 2.6},
		{"two who repeat a third on something else", nil, []Utterance{
			said("a", "A", func(u *Utterance) { u.Relays = []string{"z"} }), said("b", "B", func(u *Utterance) { u.Relays = []string{"z"} }), {ID: "z", Speaker: "Z"},
		}, 2, 2, 2},
		{"a ring of relays", nil, []Utterance{said("a", "A", func(u *Utterance) { u.Relays = []string{"b"} }), said("b", "B", func(u *Utterance) { u.Relays = []string{"a"} })}, 1, 1, 1},
	} {
		c := Case{Case: "t", Parties: tt.parties, Claims: []Claim{{ID: "c"}}, Utterances: tt.said}
		o := NewIndex(&c).Origins("c")
		if o.Min != tt.min || o.Max != tt.max || !near(o.Effective, tt.effective) {
			t.Errorf("%s: %d–%d, %g; want %d–%d, %g", tt.name, o.Min, o.Max, o.Effective, tt.min, tt.max, tt.effective)
		}
	}
}

// TestWhoseOriginIsNotKnown names the one that had it from somebody unknown,
// wherever the dates put it.
func TestWhoseOriginIsNotKnown(t *testing.T) {
	for _, tt := range []struct{ name, at, other, sentence string }{
		{"it is later", "2025-03-02", "2025-03-01", "this leads to what Other said on 2025-03-01; where Clerk had it from is not known"},
		{"it is earlier", "2025-03-01", "2025-03-02", "this leads to what Clerk said on 2025-03-01 and to what Other said on 2025-03-02; where Clerk had it from is not known"},
		{"it has no date", "", "2025-03-01", "this leads to what Other said on 2025-03-01; where Clerk had it from is not known"},
		{"the other has none", "2025-03-01", "", "this leads to what Clerk said on 2025-03-01 and to what Other said; where Clerk had it from is not known"},
		{"neither has one", "", "", "this leads to what Clerk said and to what Other said; where Clerk had it from is not known"},
	} {
		date := func(s string) (d Date) {
			if s != "" {
				d, _ = ParseDate(s)
			}
			return d
		}
		c := Case{Case: "t", Parties: []Party{{ID: "A", Label: "Clerk"}, {ID: "B", Label: "Other"}}, Claims: []Claim{{ID: "c"}}, Utterances: []Utterance{
			{ID: "a", Speaker: "A", Claims: []string{"c"}, UpstreamUnknown: true, At: date(tt.at)},
			{ID: "b", Speaker: "B", Claims: []string{"c"}, At: date(tt.other)},
		}}
		if o := NewIndex(&c).Origins("c"); o.Sentence != tt.sentence {
			t.Errorf("%s: %s\nwant %s", tt.name, o.Sentence, tt.sentence)
		}
	}
}

func near(a, b float64) bool { return a-b < 1e-12 && b-a < 1e-12 }

// TestEditingIsTheSameAsReading edits a random case and compares every count with
// that of an index made anew.
func TestEditingIsTheSameAsReading(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	c := largeCase(200, r)
	x := NewIndex(&c)
	for step := range 300 {
		u := randomUtterance(fmt.Sprint("u", r.IntN(220)), r.IntN(200), r)
		for _, k := range c.Claims {
			x.Origins(k.ID)
		}
		x.SetUtterance(u)
		fresh := NewIndex(&c)
		for _, k := range c.Claims {
			if is, want := x.Origins(k.ID), fresh.Origins(k.ID); !reflect.DeepEqual(is, want) {
				t.Fatalf("step %d, %s: %+v\nanew: %+v", step, k.ID, is, want)
			}
		}
	}
}

// largeCase is n utterances about a tenth as many claims, of which a fifth are
// variants; four in five utterances repeat an earlier one.
func largeCase(n int, r *rand.Rand) Case {
	c := Case{Case: "large"}
	for i := range n / 10 {
		k := Claim{ID: fmt.Sprint("c", i), Kind: "state", Text: fmt.Sprint("claim ", i)}
		if i > 0 && r.IntN(5) == 0 {
			k.VariantOf = fmt.Sprint("c", r.IntN(i))
		}
		c.Claims = append(c.Claims, k)
	}
	for i := range n / 20 {
		p := Party{ID: fmt.Sprint("p", i), Kind: "outlet", Label: fmt.Sprint("outlet ", i)}
		if r.IntN(20) == 0 {
			p.PossiblySameAs = []string{fmt.Sprint("p", r.IntN(i+1))}
		}
		c.Parties = append(c.Parties, p)
	}
	for i := range n {
		c.Utterances = append(c.Utterances, randomUtterance(fmt.Sprint("u", i), i, r))
	}
	return c
}

// randomUtterance says up to three of the first claims, and may repeat or know
// one of the utterances before it.
func randomUtterance(id string, before int, r *rand.Rand) Utterance {
	u := Utterance{ID: id, Speaker: fmt.Sprint("p", r.IntN(before/20+1)), Doc: fmt.Sprint("d", r.IntN(before/2+1))}
	for range 1 + r.IntN(3) {
		u.Claims = append(u.Claims, fmt.Sprint("c", r.IntN(before/10+1)))
	}
	if before > 0 && r.IntN(5) > 0 {
		u.Relays = []string{fmt.Sprint("u", r.IntN(before))}
	}
	if before > 0 && r.IntN(10) == 0 {
		u.InformedBy = []string{fmt.Sprint("u", r.IntN(before))}
	}
	u.At = DateOn(Day(19000 + before/10))
	return u
}

// BenchmarkOrigins10k reads a case of 10,000 utterances and counts the origins of
// every claim.
func BenchmarkOrigins10k(b *testing.B) {
	c := largeCase(10_000, rand.New(rand.NewPCG(3, 4)))
	b.ResetTimer()
	for b.Loop() {
		x := NewIndex(&c)
		for i := range c.Claims {
			x.Origins(c.Claims[i].ID)
		}
	}
}

// BenchmarkOrigins10kEdit changes one utterance of the same case and counts again.
func BenchmarkOrigins10kEdit(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	c := largeCase(10_000, r)
	x := NewIndex(&c)
	for i := range c.Claims {
		x.Origins(c.Claims[i].ID)
	}
	b.ResetTimer()
	for b.Loop() {
		n := r.IntN(10_000)
		x.SetUtterance(randomUtterance(fmt.Sprint("u", n), n, r))
		for i := range c.Claims {
			x.Origins(c.Claims[i].ID)
		}
	}
}
