// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// twoPapers is a letter that two papers repeat.
func twoPapers() Case {
	c := Case{Case: "t", Claims: []Claim{{ID: "c", Kind: "state", Text: "The gate was open."}}}
	for _, id := range []string{"w", "a", "b"} {
		c.Parties = append(c.Parties, Party{ID: id, Kind: "person", Label: id})
	}
	c.Utterances = []Utterance{
		{ID: "letter", Speaker: "w", Claims: []string{"c"}},
		{ID: "ua", Speaker: "a", Claims: []string{"c"}, Relays: []string{"letter"}},
		{ID: "ub", Speaker: "b", Claims: []string{"c"}, Relays: []string{"letter"}},
	}
	return c
}

// TestWhatIsMissingMakesNoOrigin: who repeats or knew something that is not in the
// case, or is nobody, is no second origin.
func TestWhatIsMissingMakesNoOrigin(t *testing.T) {
	for name, change := range map[string]func(*Case){
		"the letter is gone": func(c *Case) { c.Utterances = c.Utterances[1:] },
		"what both knew is gone": func(c *Case) {
			c.Utterances = c.Utterances[1:]
			for i := range c.Utterances {
				c.Utterances[i].InformedBy, c.Utterances[i].Relays = c.Utterances[i].Relays, nil
			}
		},
		"nobody is named": func(c *Case) { c.Utterances[1].Speaker, c.Utterances[1].Relays = "", nil },
		"the one who may be both is gone": func(c *Case) {
			c.Utterances = c.Utterances[1:]
			for i := range c.Utterances {
				c.Utterances[i].Relays = nil
				c.Parties[i+1].PossiblySameAs = []string{"gone"}
			}
		},
		"what both say variants of is gone": func(c *Case) {
			c.Claims = []Claim{{ID: "v", VariantOf: "c"}, {ID: "c2", VariantOf: "c"}}
			c.Utterances[0].Claims, c.Utterances[1].Claims, c.Utterances[2].Claims = []string{"c2"}, []string{"v"}, []string{"v"}
		},
	} {
		c := twoPapers()
		change(&c)
		id := c.Claims[0].ID
		if o := NewIndex(&c).Origins(id); o.Min != 1 {
			t.Errorf("%s: %s: %s", name, o.Count(), o.Sentence)
		}
	}
}

// TestRingsOfVariantsAgree: all members of a family have one head, whatever rings,
// gaps and forks lie on the way.
func TestRingsOfVariantsAgree(t *testing.T) {
	c := Case{Claims: []Claim{
		{ID: "r2", VariantOf: "r1"},
		{ID: "r1", VariantOf: "r3"},
		{ID: "r3", VariantOf: "r2"},
		{ID: "below", VariantOf: "r3"},
		{ID: "self", VariantOf: "self"},
		{ID: "g2", VariantOf: "gone"},
		{ID: "g1", VariantOf: "gone"},
		{ID: "g3", VariantOf: "g2"},
		{ID: "alone"},
	}}
	x := NewIndex(&c)
	for id, want := range map[string]string{
		"r1": "r1", "r2": "r1", "r3": "r1", "below": "r1", "self": "self", "g1": "g1", "g2": "g1", "g3": "g1", "alone": "alone", "gone": "gone",
	} {
		if is := x.Head(id); is != want {
			t.Errorf("the head of %s is %s, want %s", id, is, want)
		}
	}
}

// TestLongCasesStayQuick holds what grew with the square of a case; the bound is
// a hundred times what it takes.
func TestLongCasesStayQuick(t *testing.T) {
	const n = 10_000
	for name, c := range map[string]Case{
		"a chain of variants":          variantChain(n),
		"one speaker, over and over":   said(n, func(int) Utterance { return Utterance{Speaker: "p"} }),
		"many who knew a long chain":   said(n, func(i int) Utterance { return Utterance{Speaker: fmt.Sprint(i), InformedBy: knowing(n, i)} }),
		"many who repeat a long chain": said(n, func(i int) Utterance { return Utterance{Speaker: fmt.Sprint(i), Relays: knowing(n, i)} }),
	} {
		begin := time.Now()
		NewIndex(&c).Origins("c")
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s: %s", name, took)
		}
	}
}

func variantChain(n int) Case {
	c := Case{Claims: []Claim{{ID: "c"}}}
	above := "c"
	for i := range n {
		id := fmt.Sprint("v", i)
		c.Claims = append(c.Claims, Claim{ID: id, VariantOf: above})
		above = id
	}
	return c
}

func said(n int, by func(int) Utterance) Case {
	c := Case{Claims: []Claim{{ID: "c"}, {ID: "other"}}}
	for i := range n {
		u := by(i)
		u.ID, u.Claims = fmt.Sprint(i), []string{"c"}
		if len(u.InformedBy)+len(u.Relays) > 0 && i < n/2 {
			u.Claims = []string{"other"}
		}
		c.Utterances = append(c.Utterances, u)
	}
	return c
}

// knowing makes the first half of n a chain, and hangs the rest onto it one by one.
func knowing(n, i int) []string {
	if i >= n/2 {
		return []string{fmt.Sprint(i - n/2)}
	}
	return []string{fmt.Sprint(max(i-1, 0))}
}

// TestKnowledgeIsCountedAsByHand holds the count against every root's own climb,
// one by one, in random cases with rings.
func TestKnowledgeIsCountedAsByHand(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 11))
		n := 3 + r.IntN(14)
		c := Case{Claims: []Claim{{ID: "c"}, {ID: "other"}}}
		for i := range n {
			u := Utterance{ID: fmt.Sprint(i), Speaker: fmt.Sprint(i), Claims: []string{[]string{"c", "other"}[r.IntN(2)]}}
			for range r.IntN(3) {
				u.Relays = append(u.Relays, fmt.Sprint(r.IntN(n)))
			}
			for range r.IntN(2) {
				u.InformedBy = append(u.InformedBy, fmt.Sprint(r.IntN(n)))
			}
			c.Utterances = append(c.Utterances, u)
		}
		x := NewIndex(&c)
		is := x.Origins("c")
		want := Origins{Roots: is.Roots, Ties: knownByHand(x, is.Roots)}
		want.count()
		if is.Min != want.Min || is.Max != want.Max || !near(is.Effective, want.Effective) {
			t.Fatalf("seed %d: %s, %g; by hand %s, %g\n%+v", seed, is.Count(), is.Effective, want.Count(), want.Effective, c.Utterances)
		}
	}
}

func knownByHand(x *Index, roots []Root) []Tie {
	g := x.graph
	above := func(self int, todo []int) map[int]bool {
		seen := map[int]bool{self: true}
		for todo = slices.Clone(todo); len(todo) > 0; todo = todo[1:] {
			if !seen[todo[0]] {
				seen[todo[0]] = true
				todo = append(todo, g.ups(todo[0])...)
			}
		}
		delete(seen, self)
		return seen
	}
	var ties []Tie
	for i, a := range roots {
		self := g.number[a.Utterance]
		relayed, knew := above(self, g.nodes[self].relays), above(self, g.nodes[self].informed)
		for j, b := range roots {
			other := g.number[b.Utterance]
			if i != j && (relayed[other] || knew[other]) {
				ties = append(ties, Tie{A: i, B: j, Kind: TieInformed})
			}
			for up := range above(other, g.nodes[other].informed) {
				if i < j && knew[up] {
					ties = append(ties, Tie{A: i, B: j, Kind: TieCommon})
				}
			}
		}
	}
	return ties
}

// apply makes an event of somebody whose desk asks no rules, and who knows all that
// the register knows.
func apply(r *Register, actor string, c Change) error {
	return r.Apply(r.event(actor, moment(30), c))
}

func asked(resolution string) Case {
	return Case{
		Case: "t", Documents: []Document{{ID: "d", Kind: "article"}},
		Questions: []Question{{
			ID: "q", Text: "?", Closes: date("2022-12-31"), ResolutionCriteria: "two wires", Resolution: resolution,
			ResolvedBy: []string{"anna", "boris"}, ResolvedAt: date("2022-11-01"), ResolutionDocument: "d",
		}},
		Forecasts:   []Forecast{{ID: "f", Question: "q", By: "anna", At: date("2022-04-01"), P: new(0.1)}},
		Assessments: []Assessment{{ID: "week", Question: "q", Week: date("2022-04-01"), P: 0.1}},
		SignOffs:    []SignOff{{ID: "no", Object: "pub", ObjectHash: "aa", Person: "gleb", Decision: "refuse"}},
		Corrections: []Correction{{ID: "k", Publication: "pub", WhatWasWrong: "a", WhatIsRight: "b"}},
	}
}

// TestWhatPeopleSaidStays: not even a colleague whose desk asks no rules changes,
// replaces or removes a forecast, a frozen assessment, a sign-off or a correction.
func TestWhatPeopleSaidStays(t *testing.T) {
	r := registerOf(t, asked("NO"))
	was := outcomeOf(t, r)
	for name, c := range map[string]Change{
		"another number":           set(KindForecast, "f", "p", "0.9"),
		"the forecast once more":   create(KindForecast, "f", "question", `"q"`, "by", `"anna"`, "at", `"2022-04-01"`, "p", "0.9"),
		"no forecast":              {Verb: VerbRemove, Kind: KindForecast, Object: "f"},
		"another assessment":       set(KindAssessment, "week", "p", "0.9"),
		"no assessment":            {Verb: VerbRemove, Kind: KindAssessment, Object: "week"},
		"no refusal":               {Verb: VerbRemove, Kind: KindSignOff, Object: "no"},
		"no correction":            {Verb: VerbRemove, Kind: KindCorrection, Object: "k"},
		"a question without words": set(KindQuestion, "q", "text", "null"),
		"words taken back":         set(KindQuestion, "q", "text", `""`),
		"a second case":            create(KindCase, "case2", "case", `"mine"`),
		"what is not there":        set(KindClaim, "later", "credibility", "1"),
	} {
		if err := apply(r, "eve", c); err == nil {
			t.Errorf("%s: it was taken", name)
			r = registerOf(t, asked("NO"))
		}
	}
	if is := outcomeOf(t, r); is != was {
		t.Error(cmp.Diff(was, is))
	}
}

// steps proposes changes one after the other, and gives the first refusal.
func steps(t *testing.T, c Case, changes ...Change) error {
	t.Helper()
	r := registerOf(t, c)
	for i, ch := range changes {
		e, err := r.Propose("eve", moment(40+i), ch)
		if err != nil {
			return err
		}
		if err := r.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return nil
}

// TestRulesAreNotSteppedRound tries in two steps what no one step may do.
func TestRulesAreNotSteppedRound(t *testing.T) {
	released := printed(t)
	released.Publications[0].Released = date("2022-04-02")
	open := asked("")
	open.Questions[0].ResolvedBy, open.Questions[0].ResolvedAt, open.Questions[0].ResolutionDocument = nil, Date{}, ""
	resolve := set(KindQuestion, "q", "resolution", `"NO"`, "resolved_by", `["anna","boris"]`, "resolution_document", `"d"`, "resolved_at", `"2022-11-01"`)
	late := create(KindForecast, "late", "question", `"q"`, "by", `"eve"`, "at", `"2022-04-02"`, "p", "0.01", "blind", "true")
	for _, tt := range []struct {
		name    string
		c       Case
		changes []Change
		says    string // "" where it is allowed
	}{
		{"release what was signed", printed(t), []Change{set(KindPublication, "pub", "released", `"2022-04-02"`)}, ""},
		{"release what was edited after it was signed", printed(t), []Change{
			set(KindClaim, "c", "text", `"It is not so."`), set(KindPublication, "pub", "released", `"2022-04-02"`),
		}, "c has changed"},
		{"take a release back", released, []Change{set(KindPublication, "pub", "released", "null")}, "not taken back"},
		{"remove what was released", released, []Change{{Verb: VerbRemove, Kind: KindPublication, Object: "pub"}}, "stays"},
		{"resolve, and resolve otherwise", open, []Change{resolve, set(KindQuestion, "q", "resolution", `"YES"`)}, "that stays"},
		{"resolve, and take it back", open, []Change{resolve, set(KindQuestion, "q", "resolution", "null")}, "that stays"},
		{"resolve, and add a note", open, []Change{resolve, set(KindQuestion, "q", "note", `"as expected"`, "resolution", `"NO"`)}, ""},
		{"a forecast", open, []Change{late}, ""},
		{"a forecast of what is known", open, []Change{resolve, late}, "takes no more"},
		{"remove a question that went badly", open, []Change{resolve, {Verb: VerbRemove, Kind: KindQuestion, Object: "q"}}, "ANNULLED"},
		{"remove a letter under two papers", twoPapers(), []Change{{Verb: VerbRemove, Kind: KindUtterance, Object: "letter"}, set(KindClaim, "c", "credibility", "1")}, "something else rests on this"},
		{"remove what nothing names", twoPapers(), []Change{{Verb: VerbRemove, Kind: KindUtterance, Object: "ub"}, {Verb: VerbRemove, Kind: KindParty, Object: "b"}}, ""},
		{"confirm what the desk saw alone", twoPapers(), []Change{set(KindClaim, "c", "desk_observation", "true"), set(KindClaim, "c", "credibility", "1")}, "two independent origins"},
		{"a claim of another thing's id", printed(t), []Change{create(KindClaim, "p", "text", `"x"`, "kind", `"state"`)}, "two of this id"},
	} {
		err := steps(t, tt.c, tt.changes...)
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v; want %q", tt.name, err, tt.says)
		}
	}
}

// TestWhatIsLetOutIsWatched has more of I9 to I11.
func TestWhatIsLetOutIsWatched(t *testing.T) {
	c := printed(t)
	c.Publications[0].Authors = []string{"boris", "boris"}
	for i := range c.SignOffs {
		c.SignOffs[i].ObjectHash = hashOf(t, c, "pub")
	}
	if err := c.Approved("pub"); err == nil {
		t.Error("its only author, named twice, signed it off")
	}
	c = printed(t)
	c.Claims[0].Exposure = Exposures()[0]
	c.Publications[0].Documents, c.Publications[0].Claims = c.Publications[0].Claims, nil
	wantBroken(t, c, I10, "pub")
	c = printed(t)
	c.Claims = append(c.Claims, Claim{ID: "few", Exposure: Exposures()[0], DeskObservation: true})
	c.Estimates = []Estimate{{ID: "e", Claim: "few"}}
	c.Publications[0].Estimates = []Frozen{{ID: "e"}}
	wantBroken(t, c, I10, "pub")
	c = printed(t)
	c.Publications[0].Released = date("2022-04-02")
	c.Claims = nil
	if tasks := c.Tasks(); len(tasks) != 1 || !strings.Contains(tasks[0].Says, "removed") {
		t.Errorf("a printed claim is gone: %v", tasks)
	}
}

// TestEveryReaderReadsTheSame: what one program takes for the first of two fields,
// another for the last, is refused.
func TestEveryReaderReadsTheSame(t *testing.T) {
	for _, bad := range []string{
		`{"case":"x","claims":[{"id":"a","kind":"state","text":"t","credibility":1}],"claims":[{"id":"b"}]}`,
		`{"case":"x","case":"y"}`,
		`{"case":"x","Claims":[{"id":"a"}]}`,
		`{"case":"x","claims":[{"id":"a","ID":"b"}]}`,
		`{"case":"x","claims":[{"id":"a","text":"yes","text":"no"}]}`,
		`{"case":"x","question":{"id":"q"},"question":{"id":"p"}}`,
		`{"case":"x","sources":[{"id":"s","reliability":{"":"A","":"E"}}]}`,
		"{\"case\":\"x\",\"claims\":[{\"id\":\"a\xff\"}]}",
	} {
		if c, err := ParseCase([]byte(bad)); err == nil {
			t.Errorf("%s was read as %+v", bad, c)
		}
	}
	good := `{"actor":"anna","n":1,"at":"2022-04-01T00:00:00Z","verb":"create","kind":"indicator","object":"i","fields":{"name":"x","series":{"unit":"u","source":"s"}}}`
	if _, err := ParseEvent([]byte(good)); err != nil {
		t.Error(err)
	}
	for from, to := range map[string]string{
		`"actor":"anna",`: `"actor":"anna","actor":"eve",`,
		`"n":1,`:          `"n":1,"N":1,`,
		`"unit":"u"`:      `"unit":"u","Unit":"v"`,
		`"source":"s"`:    `"source":"s","source":"r"`,
		`"name":"x"`:      `"name":"x","name":"y"`,
	} {
		if _, err := ParseEvent([]byte(strings.Replace(good, from, to, 1))); err == nil {
			t.Errorf("%s was read", to)
		}
	}
}

// TestTheLogTellsWhatNoStateShows has a colleague whose desk asks no rules, and two
// who did not know of each other.
func TestTheLogTellsWhatNoStateShows(t *testing.T) {
	c := asked("")
	c.Questions[0].ResolvedBy, c.Questions[0].ResolvedAt, c.Questions[0].ResolutionDocument = nil, Date{}, ""
	c.Documents[0].SHA256 = "aa"
	c.Publications = []Publication{{ID: "pub", Released: date("2022-04-01")}}
	resolve := set(KindQuestion, "q", "resolution", `"NO"`)
	forecast := func(at string) Change {
		return create(KindForecast, "f2", "question", `"q"`, "by", `"eve"`, "at", `"`+at+`"`, "p", "0.01")
	}
	for _, tt := range []struct {
		name    string
		changes []Change
		later   time.Duration
		rule    Rule // "" where all is well
	}{
		{"nothing", nil, 0, ""},
		{"a note", []Change{set(KindQuestion, "q", "note", `"x"`)}, 0, ""},
		{"other criteria", []Change{set(KindQuestion, "q", "resolution_criteria", `"one wire"`)}, 0, I8},
		{"a base rate, after the first forecast", []Change{set(KindQuestion, "q", "base_rate", "0.5")}, 0, I8},
		{"the same criteria", []Change{set(KindQuestion, "q", "resolution_criteria", `"two wires"`)}, 0, ""},
		{"no question", []Change{{Verb: VerbRemove, Kind: KindQuestion, Object: "q"}}, 0, I8},
		{"resolved", []Change{resolve}, 0, ""},
		{"resolved twice", []Change{resolve, set(KindQuestion, "q", "resolution", `"YES"`)}, 0, I8},
		{"resolved and taken back", []Change{resolve, set(KindQuestion, "q", "resolution", "null")}, 0, I8},
		{"a forecast of what is known", []Change{resolve, forecast("2022-04-01")}, 0, I8},
		{"other bytes", []Change{set(KindDocument, "d", "sha256", `"bb"`)}, 0, I3},
		{"no bytes", []Change{set(KindDocument, "d", "sha256", "null")}, 0, I3},
		{"a release taken back", []Change{set(KindPublication, "pub", "released", "null")}, 0, I11},
		{"no release", []Change{{Verb: VerbRemove, Kind: KindPublication, Object: "pub"}}, 0, I11},
		{"a forecast of today", []Change{forecast("2022-04-11")}, 240 * time.Hour, ""},
		{"a forecast of ten days ago", []Change{forecast("2022-04-01")}, 240 * time.Hour, I7},
		{"a forecast of next week", []Change{forecast("2022-04-08")}, 0, I7},
		{"a clock set back", []Change{forecast("2022-03-20")}, -288 * time.Hour, I13},
	} {
		log := eventsOf(t, c)
		r := registerOf(t, c)
		for _, ch := range tt.changes {
			e := r.event("eve", moment(1).Add(tt.later), ch)
			if err := r.Apply(e); err != nil {
				t.Fatal(tt.name, err)
			}
			log = append(log, e)
		}
		found := CheckLog(log)
		slices.Reverse(log)
		if !slices.Equal(found, CheckLog(log)) {
			t.Errorf("%s: another order tells another thing", tt.name)
		}
		if len(found) != min(len(tt.rule), 1) || len(found) > 0 && found[0].Rule != tt.rule {
			t.Errorf("%s: %v, want %q", tt.name, found, tt.rule)
		}
	}
}

// TestTwoWhoDidNotKnow: one rewrites a question while the other answers it.
func TestTwoWhoDidNotKnow(t *testing.T) {
	c := asked("")
	c.Questions[0].ResolvedBy, c.Questions[0].ResolvedAt, c.Questions[0].ResolutionDocument, c.Forecasts = nil, Date{}, "", nil
	r, log := registerOf(t, c), eventsOf(t, c)
	one, errOne := r.Propose("boris", moment(5), set(KindQuestion, "q", "resolution_criteria", `"one wire"`))
	two, errTwo := r.Propose("vera", moment(6), create(KindForecast, "f", "question", `"q"`, "by", `"vera"`, "at", `"2022-04-01"`, "p", "0.1"))
	if errOne != nil || errTwo != nil {
		t.Fatal(errOne, errTwo)
	}
	found := CheckLog(append(log, one, two))
	if len(found) != 1 || found[0].Rule != I8 || !strings.Contains(found[0].Says, "forecast f ") {
		t.Errorf("found %v", found)
	}
}

// TestASecondHistoryIsNoticed: two events under one number are not the same event.
func TestASecondHistoryIsNoticed(t *testing.T) {
	first := func(text string) Event {
		return Event{Actor: "anna", N: 1, At: moment(0), Change: create(KindClaim, "c", "text", text, "kind", `"state"`)}
	}
	r := NewRegister()
	if err := r.Apply(first(`"x"`)); err != nil {
		t.Fatal(err)
	}
	if err := r.Apply(first(`"x"`)); !errors.Is(err, ErrKnown) {
		t.Errorf("the same: %v", err)
	}
	if err := r.Apply(first(`"y"`)); !errors.Is(err, ErrForked) {
		t.Errorf("another: %v", err)
	}
	if _, err := Fold([]Event{first(`"x"`), first(`"y"`)}); !errors.Is(err, ErrForked) {
		t.Errorf("both at once: %v", err)
	}
}

// TestACutLogIsNoticed as far as somebody has seen what is cut off.
func TestACutLogIsNoticed(t *testing.T) {
	r := registerOf(t, printed(t))
	log := eventsOf(t, printed(t))
	seen := r.event("boris", moment(1), set(KindClaim, "c", "place", `"here"`))
	if err := VerifyChain(append(slices.Clone(log), seen)); err != nil {
		t.Fatal(err)
	}
	if err := VerifyChain(append(slices.Clone(log[:len(log)-1]), seen)); err == nil {
		t.Error("the last sign-off was cut off, which Boris had seen")
	}
}

// TestFoldIsQuickInAnyOrder folds a log from its end.
func TestFoldIsQuickInAnyOrder(t *testing.T) {
	var log []Event
	for i := range 2_000 {
		e := Event{Actor: []string{"anna", "boris"}[i%2], N: i/2 + 1, At: moment(0), Change: create(KindParty, fmt.Sprint(i), "label", `"x"`, "kind", `"person"`)}
		if i > 0 {
			e.Seen = map[string]int{log[i-1].Actor: log[i-1].N}
		}
		if i > 1 {
			e.Prev = log[i-2].Hash()
		}
		log = append(log, e)
	}
	slices.Reverse(log)
	begin := time.Now()
	if _, err := Fold(log); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestNumbersThatAreNoChances has what is typed at two in the morning.
func TestNumbersThatAreNoChances(t *testing.T) {
	c := asked("NO")
	wantBroken(t, c, RuleValue)
	c.Questions[0].BaseRate = new(float64(5))
	c.Assessments[0].P = -0.1
	c.Indicators = []Indicator{{ID: "i", LRPresent: new(float64(0))}}
	wantBroken(t, c, RuleValue, "i", "q", "week")
}

// TestForgersFoldAlikeInEveryOrder has desks that ask no rules, say wrongly what they
// have seen, share one clock and make one thing twice: whatever each desk takes or
// refuses, it does in every order that respects the causes.
func TestForgersFoldAlikeInEveryOrder(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 5))
		events := forged(r)
		want := arrived(t, events, r)
		for range 3 {
			if got := arrived(t, events, r); got != want {
				t.Fatalf("seed %d: %s", seed, cmp.Diff(want, got))
			}
		}
	}
}

// forged makes events of which each follows in its actor's chain. What a desk that
// has all refuses is among them, and the next has its number.
func forged(r *rand.Rand) []Event {
	names := []string{"anna", "boris", "vera"}
	desk := NewRegister()
	var all []Event
	for step := range 60 {
		actor := names[r.IntN(len(names))]
		e := desk.event(actor, moment(r.IntN(2)), randomChange(r, step))
		if r.IntN(5) == 0 {
			e.Change = create(KindForecast, fmt.Sprint("f", r.IntN(2)), "question", `"q"`, "by", `"x"`, "at", `"2022-04-01"`, "p", fmt.Sprint(r.Float64()))
		}
		for other, n := range e.Seen {
			if e.Seen[other] = r.IntN(n + 1); e.Seen[other] == 0 {
				delete(e.Seen, other)
			}
		}
		_ = desk.Apply(e) // refused or not, it is sent around
		all = append(all, e)
	}
	return all
}

// arrived offers events again and again in random orders, for as long as any is
// taken.
func arrived(t *testing.T, events []Event, r *rand.Rand) string {
	t.Helper()
	desk := NewRegister()
	for again := true; again; {
		again = false
		for _, i := range r.Perm(len(events)) {
			again = desk.Apply(events[i]) == nil || again
		}
	}
	return outcomeOf(t, desk)
}
