// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Keys of people who share a register.
var (
	anna  = strings.Repeat("a1", 32)
	boris = strings.Repeat("b2", 32)
	vera  = strings.Repeat("c3", 32)
)

// desk is one person at a shared register who knows all that is in it.
func (s *Shared) as(person string, minute int, changes ...Change) error {
	seen := map[string]int{}
	for actor, h := range s.register.heads {
		if actor != person+".1" {
			seen[actor] = h.n
		}
	}
	return s.unaware(person, seen, minute, changes...)
}

// unaware is one who knows of others what seen says.
func (s *Shared) unaware(person string, seen map[string]int, minute int, changes ...Change) error {
	return s.Take(Deed{Person: person, Actor: person + ".1", Seen: seen, At: moment(minute), Changes: changes})
}

func says(names ...string) string {
	var out []string
	for _, n := range names {
		out = append(out, quoted(n))
	}
	return "[" + strings.Join(out, ",") + "]"
}

// askedBy is a register with a question, a document, a publication and a claim.
func askedBy(t *testing.T) *Shared {
	t.Helper()
	s := NewShared()
	for _, c := range []Change{
		create(KindParty, "p", "label", `"The Tide"`, "kind", `"outlet"`),
		create(KindClaim, "c", "text", `"Boxes were carried out."`, "kind", `"event"`),
		create(KindQuestion, "q", "text", `"Will it be opened?"`),
		create(KindDocument, "d", "kind", `"note"`),
		create(KindPublication, "pub", "channels", `["site"]`),
		create(KindIndicator, "i", "name", `"lights"`),
	} {
		if err := s.as(anna, 1, c); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func resolving(by string) Change {
	return set(KindQuestion, "q", "resolution", `"YES"`, "resolved_at", `"2022-04-01"`, "resolved_by", by, "resolution_document", `"d"`)
}

func saying(id, by string) Change {
	q := Question{ID: "q", Resolution: Yes, ResolvedAt: DateOn(DayOf(moment(0))), ResolutionDocument: "d"}
	return create(KindDecision, id, "suggestion", quoted(q.VerdictKey()), "choice", `"YES"`, "object", `"q"`, "by", quoted(by))
}

// TestNobodySignsForAnother: wherever a thing names who did it, it is who signed
// the event.
func TestNobodySignsForAnother(t *testing.T) {
	sign := func(by string) Change {
		return create(KindSignOff, "s", "object", `"pub"`, "object_hash", `"00"`, "person", by, "decision", `"approve"`)
	}
	for name, c := range map[string]Change{
		"a sign-off":              sign(quoted(boris)),
		"a typed name":            sign(`"Anna"`),
		"spaces around one's key": sign(quoted(" " + anna)),
		"capital letters":         sign(quoted(strings.ToUpper(anna))),
		"a forecast":              create(KindForecast, "f", "question", `"q"`, "by", quoted(boris), "at", `"2022-04-01"`, "p", "0.5"),
		"an author":               create(KindAssessment, "a", "question", `"q"`, "week", `"2022-04-01"`, "p", "0.5", "author", quoted(boris)),
		"a reviewer":              create(KindAssessment, "a", "question", `"q"`, "week", `"2022-04-01"`, "p", "0.5", "author", quoted(anna), "reviewer", quoted(boris)),
		"a correction":            create(KindCorrection, "k", "publication", `"pub"`, "what_was_wrong", `"x"`, "what_is_right", `"y"`, "by", quoted(boris)),
		"a decision":              saying("y", boris),
		"evidence":                create(KindEvidence, "e", "claim", `"c"`, "item", `"d"`, "direction", `"+"`, "by", quoted(boris)),
		"evidence of nobody":      create(KindEvidence, "e", "claim", `"c"`, "item", `"d"`, "direction", `"+"`),
		"a look":                  {Verb: VerbAppend, Kind: KindIndicator, Object: "i", Fields: raw("checks", fmt.Sprintf(`{"id":"l","date":"2022-04-01","state":"present","by":%q}`, boris))},
		"a look at the beginning": create(KindIndicator, "j", "name", `"j"`, "checks", fmt.Sprintf(`[{"id":"l","date":"2022-04-01","state":"present","by":%q}]`, boris)),
		"a resolution":            resolving(says(anna, boris)),
		"half a resolution":       set(KindQuestion, "q", "resolution", `"NO"`),
		"a waiver":                set(KindPublication, "pub", "waivers", fmt.Sprintf(`[{"claim":"c","by":%s,"reason":"r"}]`, says(anna, boris))),
		"an author beside":        set(KindPublication, "pub", "authors", says(anna, boris)),
		"an author of a report":   create(KindReport, "r", "title", `"t"`, "text", `"t"`, "authors", says(boris)),
	} {
		s := askedBy(t)
		before := s.Count(anna + ".1")
		if err := s.as(anna, 2, c); err == nil || s.Count(anna+".1") != before {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.Forged(anna, anna+".1", []Change{c})) == 0 {
			t.Errorf("%s: not refused beforehand", name)
		}
	}
	s := askedBy(t)
	for name, c := range map[string]Change{
		"her sign-off":        sign(quoted(anna)),
		"a freelance":         create(KindReport, "r", "title", `"t"`, "text", `"t"`, "authors", says("a freelance", anna)),
		"who made the copy":   create(KindDocument, "d2", "kind", `"translation"`, "derivative_of", `"d"`, "by", `"a translator abroad"`, "method", `"translation"`),
		"her own waiver":      set(KindPublication, "pub", "waivers", fmt.Sprintf(`[{"claim":"c","by":%s,"reason":"r"}]`, says(anna))),
		"a resolution of her": resolving(says(anna)),
	} {
		if err := s.as(anna, 2, c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNamesThatAreCarriedOver: two people stand behind one thing where each has put
// their own name there, until they take it back.
func TestNamesThatAreCarriedOver(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := askedBy(t)
	must(s.as(boris, 2, saying("y", boris)))
	other := resolving(says(anna, boris))
	other.Fields["resolution"] = []byte(`"NO"`)
	if s.as(anna, 3, other) == nil {
		t.Error("Boris said something else")
	}
	if s.unaware(anna, nil, 3, resolving(says(anna, boris))) == nil {
		t.Error("she did not know that Boris had said so")
	}
	must(s.as(anna, 3, resolving(says(anna, boris))))

	s = askedBy(t)
	must(s.as(boris, 2, saying("y", boris)))
	must(s.as(boris, 3, Change{Verb: VerbRemove, Kind: KindDecision, Object: "y"}))
	if s.as(anna, 4, resolving(says(anna, boris))) == nil {
		t.Error("Boris has taken his word back")
	}
	if s.as(anna, 4, Change{Verb: VerbRestore, Kind: KindDecision, Object: "y"}) == nil {
		t.Error("Anna brings the word of Boris back")
	}

	if err := s.unaware(anna, map[string]int{boris + ".1": 1}, 5, resolving(says(anna, boris))); err != nil {
		t.Errorf("she did not know that he has taken it back, and no desk may say otherwise: %v", err)
	}

	s = askedBy(t)
	waive := func(reason string, by ...string) Change {
		return set(KindPublication, "pub", "waivers", fmt.Sprintf(`[{"claim":"c","by":%s,"reason":%q}]`, says(by...), reason))
	}
	must(s.as(boris, 2, waive("r", boris)))
	if s.as(anna, 3, waive("another", anna, boris)) == nil {
		t.Error("Boris gave another reason")
	}
	must(s.as(anna, 3, waive("r", anna, boris)))
	must(s.as(boris, 4, waive("r", anna)))
	if s.as(vera, 5, waive("r", anna, boris, vera)) == nil {
		t.Error("Boris has taken his name off the list")
	}
	must(s.as(boris, 6, waive("r", boris, anna)))
	must(s.as(vera, 7, waive("r", anna, boris, vera)))
}

// TestWhatIsBroughtBack: a word counts again when its maker brings it back, and only
// they do, whoever else made a thing of that id.
func TestWhatIsBroughtBack(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	remove, restore := Change{Verb: VerbRemove, Kind: KindDecision, Object: "y"}, Change{Verb: VerbRestore, Kind: KindDecision, Object: "y"}
	s := askedBy(t)
	must(s.as(anna, 2, saying("y", anna)))
	must(s.as(boris, 3, remove))
	if s.as(vera, 4, resolving(says(anna, vera))) == nil {
		t.Error("the word was taken back")
	}
	must(s.as(anna, 5, restore))
	must(s.as(vera, 6, resolving(says(anna, vera))))

	for _, kind := range []string{KindDecision, KindEvidence} {
		thing := func(by string) Change { return saying("y", by) }
		if kind == KindEvidence {
			thing = func(by string) Change {
				return create(KindEvidence, "y", "claim", `"c"`, "item", `"d"`, "direction", `"+"`, "by", quoted(by))
			}
		}
		remove.Kind, restore.Kind = kind, kind
		s = askedBy(t)
		must(s.as(anna, 5, thing(anna)))
		must(s.unaware(boris, map[string]int{anna + ".1": 6}, 2, thing(boris))) // with an old clock
		must(s.as(anna, 6, remove))
		if s.as(boris, 7, restore) == nil {
			t.Errorf("Boris brings back the %s of Anna", kind)
		}
		if s.unaware(boris, map[string]int{anna + ".1": 6}, 8, remove, restore) != nil {
			t.Errorf("of what he knows, the %s is his own", kind)
		}
	}
}

// TestTheChoiceIsTheWord: what people read in a decision is what its key says.
func TestTheChoiceIsTheWord(t *testing.T) {
	for field, v := range map[string]string{"choice": `"declined"`, "object": `"another"`} {
		s := askedBy(t)
		d := saying("y", anna)
		d.Fields[field] = []byte(v)
		if err := s.as(anna, 2, d); err != nil {
			t.Fatal(err)
		}
		if s.as(vera, 3, resolving(says(anna, vera))) == nil {
			t.Errorf("Anna has said something else: %s %s", field, v)
		}
	}
	q := Question{ID: "q", Resolution: "104.50"}
	if d := (Decision{Object: "q", Choice: "104.50", Suggestion: q.VerdictKey()}); !d.Resolves() {
		t.Error("a number in another form is the same number")
	}
}

// TestLongListsOfNames: who fills a list with reasons and empties it, over and over,
// costs no more than what they write.
func TestLongListsOfNames(t *testing.T) {
	s := askedBy(t)
	var n int
	for i := range 200 {
		var waivers []string
		for j := range 20 {
			waivers = append(waivers, fmt.Sprintf(`{"claim":"c","by":%s,"reason":"%d %d"}`, says(boris), i, j))
		}
		for _, v := range []string{"[" + strings.Join(waivers, ",") + "]", "[]"} {
			if err := s.as(boris, 2, set(KindPublication, "pub", "waivers", v)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, l := range s.lists {
		for _, row := range l {
			for _, w := range row {
				n += 1 + len(w.says)
			}
		}
	}
	if n > 200*22 {
		t.Errorf("%d words are kept", n)
	}
}

// TestADeedIsWhole: of changes that belong together all are taken or none.
func TestADeedIsWhole(t *testing.T) {
	s := askedBy(t)
	ok := create(KindClaim, "c2", "text", `"x"`, "kind", `"event"`)
	for name, c := range map[string]Change{
		"nothing there":  set(KindClaim, "c3", "text", `"x"`),
		"there already":  create(KindClaim, "c", "text", `"x"`, "kind", `"event"`),
		"twice":          ok,
		"another's name": saying("y", boris),
	} {
		if err := s.as(anna, 2, ok, c); err == nil || len(s.Events()) != 6 {
			t.Errorf("%s: %v, %d events", name, err, len(s.Events()))
		}
	}
	if err := s.as(anna, 2, ok, set(KindClaim, "c2", "text", `"y"`)); err != nil || len(s.Events()) != 8 {
		t.Errorf("made and changed: %v", err)
	}
	if err := s.Take(Deed{Person: anna, Actor: anna + ".1", At: moment(0).AddDate(9000, 0, 0), Changes: []Change{set(KindClaim, "c2", "text", `"z"`)}}); err == nil {
		t.Error("a day in the year 11022 was taken")
	}
}

// TestNoMakingIsLost: who makes a thing under the id of another's, as if not knowing
// of it, puts no words under the other's name and makes nothing unsaid.
func TestNoMakingIsLost(t *testing.T) {
	for _, minute := range []int{1, 9} { // before by the clock, and after
		s := askedBy(t)
		if err := s.as(anna, 5, saying("y", anna)); err != nil {
			t.Fatal(err)
		}
		forged := create(KindDecision, "y", "suggestion", `"anything"`, "choice", `"refused"`, "reason", `"because"`, "hint", `"h"`)
		if err := s.unaware(boris, nil, minute, forged); err != nil {
			t.Fatal(err)
		}
		both := caseOf(t, s.register).Decisions
		if len(both) != 2 || len(s.register.Conflicts()) > 0 {
			t.Fatalf("minute %d: %+v", minute, both)
		}
		for _, d := range both {
			if d.By == anna && (d.Choice != "YES" || d.Reason != "" || d.Hint != "") || d.By == "" && d.Choice != "refused" {
				t.Errorf("minute %d: %+v", minute, d)
			}
		}
		if ids := []string{both[0].ID, both[1].ID}; !slices.Contains([]string{"y~b2b2b2b2.1 y", "y~a1a1a1a1.1 y", "y y~a1a1a1a1.1", "y y~b2b2b2b2.1"}, strings.Join(ids, " ")) {
			t.Errorf("minute %d: %v", minute, ids)
		}
	}
}

// TestARefusalStands: a veto is not made unsaid by a sign-off of the same id.
func TestARefusalStands(t *testing.T) {
	s := askedBy(t)
	hash := func() string { c := caseOf(t, s.register); h, _ := c.Hash("pub"); return h }
	sign := func(id, by, decision string) Change {
		return create(KindSignOff, id, "object", `"pub"`, "object_hash", quoted(hash()), "person", quoted(by), "decision", quoted(decision))
	}
	for _, err := range []error{
		s.as(anna, 2, sign("s1", anna, "refuse")), s.unaware(boris, map[string]int{anna + ".1": 6}, 9, sign("s1", boris, "approve")),
		s.as(vera, 10, sign("s2", vera, "approve")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	c := caseOf(t, s.register)
	if err := c.Approved("pub"); err == nil || len(c.SignOffs) != 3 {
		t.Errorf("the refusal is gone: %+v", c.SignOffs)
	}
}

// TestEvidenceIsOneWord: no part of what one says stands under the name of another.
func TestEvidenceIsOneWord(t *testing.T) {
	s := askedBy(t)
	reasoned := create(KindEvidence, "e", "claim", `"c"`, "item", `"d"`, "direction", `"--"`, "reason", `"it is a lie"`, "by", quoted(boris))
	for _, err := range []error{
		s.as(anna, 5, create(KindEvidence, "e", "claim", `"c"`, "item", `"d"`, "direction", `"+"`, "by", quoted(anna))),
		s.unaware(boris, nil, 2, reasoned),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if e := caseOf(t, s.register).Evidence[0]; e.By != anna || e.Reason != "" {
		t.Errorf("the reason of Boris stands under Anna: %+v", e)
	}
	full := func(verb Verb, by, direction, reason string) Change {
		return Change{Verb: verb, Kind: KindEvidence, Object: "e", Fields: raw(
			"claim", `"c"`, "item", `"d"`, "direction", direction, "reason", reason, "by", quoted(by), "at", "null")}
	}
	for _, minute := range []int{4, 9} {
		s := askedBy(t)
		for _, err := range []error{
			s.as(anna, 2, create(KindEvidence, "e", "claim", `"c"`, "item", `"d"`, "direction", `"+"`, "by", quoted(anna))),
			s.as(anna, 5, full(VerbSet, anna, `"++"`, "null")),
			s.unaware(boris, map[string]int{anna + ".1": 7}, minute, full(VerbSet, boris, `"--"`, `"it is a lie"`)),
			s.unaware(vera, map[string]int{anna + ".1": 6}, 3, full(VerbCreate, vera, `"0"`, `"none"`)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		e := caseOf(t, s.register).Evidence[0]
		if e.By == anna && (e.Direction != "++" || e.Reason != "") || e.By == boris && (e.Direction != "--" || e.Reason == "") || e.By == vera {
			t.Errorf("minute %d: %+v", minute, e)
		}
		if s.as(boris, 11, set(KindEvidence, "e", "direction", `"--"`, "by", quoted(boris))) == nil {
			t.Error("a part of it was set")
		}
		c := caseOf(t, s.register)
		part, err := c.Completed(set(KindEvidence, "e", "direction", `"0"`)).SignedBy(boris, func(n string) string { return n })
		if err == nil {
			err = s.as(boris, 12, part)
		}
		if e := caseOf(t, s.register).Evidence[0]; err != nil || e.By != boris || e.Direction != "0" {
			t.Errorf("%+v %v", e, err)
		}
	}
}

// TestChangesAsTheyTravel: parts are within bounds, and are read strictly.
func TestChangesAsTheyTravel(t *testing.T) {
	var all []Change
	for i := range 9000 {
		all = append(all, create(KindClaim, fmt.Sprint("c", i), "text", quoted(strings.Repeat("x", 100)), "kind", `"event"`))
	}
	parts, err := EncodeChanges(all)
	if err != nil {
		t.Fatal(err)
	}
	var back []Change
	for _, p := range parts {
		read, err := ParseChanges(p)
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, read...)
	}
	if len(parts) < 3 || len(back) != len(all) || back[8999].Object != "c8999" {
		t.Errorf("%d parts, %d changes", len(parts), len(back))
	}
	if _, err := EncodeChanges([]Change{create(KindClaim, "c", "text", quoted(strings.Repeat("x", MaxDeed)), "kind", `"event"`)}); err == nil {
		t.Error("a change of more than an event can hold was taken")
	}
}

func FuzzParseChanges(f *testing.F) {
	for _, s := range []string{
		`[{"verb":"create","kind":"claim","object":"c","fields":{"text":"x","kind":"event"}}]`,
		`[{"verb":"remove","kind":"claim","object":"c"}]`,
		`[{"verb":"append","kind":"indicator","object":"i","fields":{"checks":{"id":"l","date":"2022-04-01","state":"present","by":"x"}}}]`,
		`[{"verb":"set","kind":"question","object":"q","fields":{"resolution":null,"resolved_at":null,"resolved_by":null,"resolution_document":null}}]`,
		`[]`, `{}`, `[null]`, `[{"verb":"set","kind":"claim","object":"c","fields":{"text":"x","text":"y"}}]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		changes, err := ParseChanges(b)
		if err != nil {
			return
		}
		s := NewShared()
		_ = s.Take(Deed{Person: anna, Actor: anna + ".1", At: moment(1), Changes: changes})
		_ = s.Take(Deed{Person: boris, Actor: boris + ".1", At: moment(2), Changes: changes})
		if _, err := s.Register().Case(); err != nil {
			t.Errorf("what was taken makes no case: %v", err)
		}
		s.Register().Conflicts()
		CheckLog(s.Events())
	})
}
