// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// broken lists the objects that break a rule.
func broken(c Case, r Rule) []string {
	var out []string
	for _, p := range c.Check() {
		if p.Rule == r {
			out = append(out, p.Object)
		}
	}
	return out
}

func wantBroken(t *testing.T, c Case, r Rule, want ...string) {
	t.Helper()
	if got := broken(c, r); !slices.Equal(got, want) {
		t.Errorf("%s is broken by %v, want %v", r, got, want)
	}
}

func date(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// TestTheFoundingCaseAndTheRules: the study keeps all rules but those that a desk
// would still have to see to.
func TestTheFoundingCaseAndTheRules(t *testing.T) {
	for _, p := range func() []Problem { c := foundingCase(t); return c.Check() }() {
		if p.Rule == I8 && p.Object == "Q1" { // nobody is named who resolved it
			continue
		}
		t.Errorf("%s %s: %s", p.Rule, p.Object, p.Says)
	}
}

func TestI1RelaysFormNoRingAndFollowInTime(t *testing.T) {
	said := func(id, at string, relays ...string) Utterance {
		u := Utterance{ID: id, Speaker: "p", Claims: []string{"c"}, Relays: relays}
		if at != "" {
			u.At = date(at)
		}
		return u
	}
	for _, tt := range []struct {
		name string
		said []Utterance
		want []string
	}{
		{"a chain", []Utterance{said("a", "2022-03-01"), said("b", "2022-03-02", "a"), said("c", "2022-03-02", "b")}, nil},
		{"a ring of two, with one behind it", []Utterance{said("a", "", "b"), said("b", "", "a"), said("c", "", "b")}, []string{"a", "b"}},
		{"itself", []Utterance{said("a", "", "a")}, []string{"a"}},
		{"before what it repeats", []Utterance{said("a", "2022-03-02"), said("b", "2022-03-01", "a")}, []string{"b"}},
		{"perhaps before: the date is uncertain", []Utterance{said("a", "2022-03-02"), said("b", "2022-03-01?", "a")}, nil},
		{"perhaps before: only the month is known", []Utterance{said("a", "2022-03-02"), said("b", "2022-03", "a")}, nil},
		{"certainly before: the month ended", []Utterance{said("a", "2022-03-02"), said("b", "2022-02", "a")}, []string{"b"}},
	} {
		c := Case{Case: "t", Parties: []Party{{ID: "p"}}, Claims: []Claim{{ID: "c"}}, Utterances: tt.said}
		t.Run(tt.name, func(t *testing.T) { wantBroken(t, c, I1, tt.want...) })
	}
}

func TestI2EveryClaimIsSaidOrSeen(t *testing.T) {
	c := Case{
		Case: "t", Parties: []Party{{ID: "p"}}, Claims: []Claim{{ID: "said"}, {ID: "seen", DeskObservation: true}, {ID: "neither"}},
		Utterances: []Utterance{{ID: "u", Speaker: "p", Claims: []string{"said"}}},
	}
	wantBroken(t, c, I2, "neither")
}

func TestI3OriginalsStayAndDerivativesAreNamed(t *testing.T) {
	c := Case{Case: "t", Documents: []Document{
		{ID: "original", Kind: "letter", SHA256: "aa"},
		{ID: "good", Kind: "translation", DerivativeOf: "original", Method: "translation", By: "anna", SHA256: "bb"},
		{ID: "no method", Kind: "translation", DerivativeOf: "original", By: "anna"},
		{ID: "nobody", Kind: "translation", DerivativeOf: "original", Method: "translation"},
		{ID: "same bytes", Kind: "translation", DerivativeOf: "original", Method: "translation", By: "anna", SHA256: "aa"},
	}}
	wantBroken(t, c, I3, "no method", "nobody", "same bytes")

	r := registerOf(t, c)
	if _, err := r.Propose("anna", moment(100), set(KindDocument, "original", "sha256", `"cc"`)); err == nil || !strings.Contains(err.Error(), "never change") {
		t.Errorf("other bytes under an original: %v", err)
	}
	if _, err := r.Propose("anna", moment(100), set(KindDocument, "original", "title", `"x"`)); err != nil {
		t.Errorf("a title for an original: %v", err)
	}
}

func TestI4CredibilityOneNeedsTwoOrigins(t *testing.T) {
	c := foundingCase(t)
	for _, tt := range []struct {
		claim       string
		credibility int
		want        bool
	}{{"C1", 1, true}, {"C1", 2, false}, {"C1", 6, false}, {"C23", 1, false}, {"C21k", 1, true}} {
		i := slices.IndexFunc(c.Claims, func(v Claim) bool { return v.ID == tt.claim })
		c.Claims[i].Credibility = tt.credibility
		if is := slices.Contains(broken(c, I4), tt.claim); is != tt.want {
			t.Errorf("credibility %d of %s: broken is %v", tt.credibility, tt.claim, is)
		}
		c.Claims[i].Credibility = 0
	}
	r := registerOf(t, c)
	_, err := r.Propose("anna", moment(500), set(KindClaim, "C1", "credibility", "1"))
	if err == nil || !strings.Contains(err.Error(), "the letter of FSB whistleblower") {
		t.Errorf("refused with %v; the reason should name the letter", err)
	}
	if Reliability("F").Judged() || Reliability("").Judged() || !Reliability("E").Judged() {
		t.Error("F and nothing take no part in arithmetic, and E does")
	}
}

func TestI6AChangedRelayIsLabelled(t *testing.T) {
	c := foundingCase(t)
	for i := range c.Claims {
		c.Claims[i].Mutation = ""
	}
	wantBroken(t, c, I6, "C21", "C4", "C5")
	for i := range c.Claims {
		if c.Claims[i].VariantOf != "" {
			c.Claims[i].Mutation = "something"
		}
	}
	wantBroken(t, c, I6)
}

func TestI7AForecastThatMovesHasACause(t *testing.T) {
	for _, tt := range []struct {
		was, is float64
		because []string
		bad     bool
	}{
		{0.05, 0.05, nil, false},
		{0.05, 0.055, nil, false}, // 10.6 % in odds
		{0.05, 0.062, nil, true},  // 25.6 % in odds, 1.2 points
		{0.50, 0.52, nil, false},  // 2 points
		{0.50, 0.53, nil, true},
		{0.50, 0.80, []string{"c"}, false},
		{0.50, 0.30, []string{BecauseTime}, false},
		{0.0, 0.0, nil, false},
		{1.0, 0.99, nil, true},
	} {
		c := Case{Case: "t", Claims: []Claim{{ID: "c", DeskObservation: true}}, Questions: []Question{{ID: "q"}}, Forecasts: []Forecast{
			{ID: "late", Question: "q", By: "anna", At: date("2022-04-08"), P: &tt.is, Because: tt.because},
			{ID: "other", Question: "q", By: "boris", At: date("2022-04-05"), P: new(0.9)},
			{ID: "early", Question: "q", By: "anna", At: date("2022-04-01"), P: &tt.was},
		}}
		if is := slices.Contains(broken(c, I7), "late"); is != tt.bad {
			t.Errorf("%g → %g because %v: broken is %v", tt.was, tt.is, tt.because, is)
		}
	}
}

func TestI8AQuestionIsFrozenAndTwoPeopleResolveIt(t *testing.T) {
	c := Case{
		Case: "t", Documents: []Document{{ID: "d", Kind: "article"}},
		Questions: []Question{{ID: "q", Text: "?", Closes: date("2022-12-31"), ResolutionCriteria: "two wires"}, {ID: "open", Text: "?"}},
		Forecasts: []Forecast{{ID: "f", Question: "q", By: "anna", At: date("2022-04-01"), P: new(0.1)}},
	}
	r := registerOf(t, c)
	propose := func(ch Change) error { _, err := r.Propose("anna", moment(100), ch); return err }
	if err := propose(set(KindQuestion, "q", "resolution_criteria", `"one wire"`)); err == nil || !strings.Contains(err.Error(), "version_of q") {
		t.Errorf("other criteria after a forecast: %v", err)
	}
	if err := propose(set(KindQuestion, "open", "resolution_criteria", `"one wire"`)); err != nil {
		t.Errorf("criteria before a forecast: %v", err)
	}
	if err := propose(Change{Verb: VerbCreate, Kind: KindForecast, Object: "f2", Fields: raw("question", `"open"`, "by", `"anna"`, "at", `"2022-04-01"`, "p", "0.1")}); err != nil {
		t.Errorf("a forecast: %v", err)
	}
	if err := propose(set(KindForecast, "f", "p", "0.2")); err == nil {
		t.Error("a forecast was changed")
	}
	for _, tt := range []struct {
		by  string
		doc string
		bad bool
	}{{`["anna","boris"]`, `"d"`, false}, {`["anna"]`, `"d"`, true}, {`["anna","anna"]`, `"d"`, true}, {`["anna","boris"]`, `null`, true}} {
		err := propose(Change{Verb: VerbSet, Kind: KindQuestion, Object: "q", Fields: raw("resolution", `"NO"`, "resolved_at", `"2023-01-01"`, "resolved_by", tt.by, "resolution_document", tt.doc)})
		if (err != nil) != tt.bad {
			t.Errorf("resolved by %s with %s: %v", tt.by, tt.doc, err)
		}
	}
}

// printed is a case with a publication that two people have signed.
func printed(t *testing.T) Case {
	t.Helper()
	c := Case{
		Case: "t", Parties: []Party{{ID: "p", Label: "P", Kind: "person"}},
		Claims:       []Claim{{ID: "c", Kind: "state", Text: "It is so."}},
		Utterances:   []Utterance{{ID: "u", Speaker: "p", Claims: []string{"c"}}},
		Publications: []Publication{{ID: "pub", Authors: []string{"anna"}}},
	}
	c.Publications[0].Claims = []Frozen{{ID: "c", Hash: hashOf(t, c, "c")}}
	for _, who := range []string{"boris", "vera"} {
		c.SignOffs = append(c.SignOffs, SignOff{ID: "by " + who, Object: "pub", ObjectHash: hashOf(t, c, "pub"), Person: who, Decision: "approve"})
	}
	return c
}

func hashOf(t *testing.T, c Case, id string) string {
	t.Helper()
	h, ok := c.Hash(id)
	if !ok {
		t.Fatalf("%s has no hash", id)
	}
	return h
}

func TestI9TwoPeopleSignTheSameHash(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Case)
		says   string
	}{
		{"two editors", func(*Case) {}, ""},
		{"one editor", func(c *Case) { c.SignOffs = c.SignOffs[:1] }, "and 1 did"},
		{"one editor twice", func(c *Case) { c.SignOffs[1].Person = "boris" }, "and 1 did"},
		{"one editor, spelled twice", func(c *Case) { c.SignOffs[1].Person = " Boris" }, "and 1 did"},
		{"the only author and one", func(c *Case) { c.SignOffs[1].Person = "anna" }, "and 1 did"},
		{"one of two authors", func(c *Case) {
			c.Publications[0].Authors = []string{"anna", "vera"}
			for i := range c.SignOffs {
				c.SignOffs[i].ObjectHash = hashOf(t, *c, "pub")
			}
		}, ""},
		{"another hash", func(c *Case) { c.SignOffs[1].ObjectHash = "aa" }, "and 1 did"},
		{"a refusal", func(c *Case) {
			c.SignOffs = append(c.SignOffs, SignOff{ID: "no", Object: "pub", ObjectHash: c.SignOffs[0].ObjectHash, Person: "gleb", Decision: "refuse"})
		}, "and 0 did"},
		{"the list was edited", func(c *Case) { c.Publications[0].Channels = []string{"site"} }, "and 0 did"},
		{"a report as it was signed", func(c *Case) { c.report(t, "It is so.") }, ""},
		{"a report that was rewritten", func(c *Case) { c.report(t, "It is so."); c.Reports[0].Text = "It is not so." }, "r has changed"},
		{"a report that was removed", func(c *Case) { c.report(t, "It is so."); c.Reports = nil }, "r has changed"},
		{"a report without a hash", func(c *Case) { c.report(t, "It is so."); c.Publications[0].ReportHash = "" }, "give its hash as report_hash"},
		{"a claim was edited", func(c *Case) { c.Claims[0].Text = "It is not so." }, "c has changed"},
	} {
		c := printed(t)
		tt.change(&c)
		err := c.Approved("pub")
		if said := fmt.Sprint(err); (tt.says == "") != (err == nil) || tt.says != "" && !strings.Contains(said, tt.says) {
			t.Errorf("%s: %v", tt.name, err)
		}
		c.Publications[0].Released = date("2022-04-01")
		if changes := strings.Contains(tt.says, "changed") || strings.Contains(tt.says, "hash"); !changes && (len(broken(c, I9)) > 0) != (tt.says != "") {
			t.Errorf("%s, released: %v", tt.name, c.Check())
		}
	}
}

// report puts a report on the list of the publication, and has both sign again.
func (c *Case) report(t *testing.T, text string) {
	t.Helper()
	c.Reports = []Report{{ID: "r", Title: "The archive (invented)", Text: text}}
	c.Publications[0].Report, c.Publications[0].ReportHash = "r", hashOf(t, *c, "r")
	for i := range c.SignOffs {
		c.SignOffs[i].ObjectHash = hashOf(t, *c, "pub")
	}
}

// TestI9AReportIsFrozenByTheSignatures: a release waits for the text that was
// signed, and one that is rewritten later is told of.
func TestI9AReportIsFrozenByTheSignatures(t *testing.T) {
	c := printed(t)
	c.report(t, "It is so.")
	release := set(KindPublication, "pub", "released", `"2022-04-02"`)
	r := registerOf(t, c)
	if err := apply(r, "boris", set(KindReport, "r", "text", `"It is not so."`)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Propose("anna", moment(100), release); err == nil || !strings.Contains(err.Error(), "r has changed") {
		t.Errorf("the release of a report that was rewritten: %v", err)
	}
	r = registerOf(t, c)
	for _, ch := range []Change{release, set(KindReport, "r", "text", `"It is not so."`)} {
		if err := apply(r, "boris", ch); err != nil {
			t.Fatal(err)
		}
	}
	wantBroken(t, caseOf(t, r), I11, "pub")
}

func TestI10NothingElseIsOnTheList(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Case)
		bad    bool
	}{
		{"a claim", func(*Case) {}, false},
		{"what few could know", func(c *Case) { c.Claims[0].Exposure = "<=10" }, true},
		{"waived by one", func(c *Case) { c.Claims[0].Exposure = "<=10"; c.waive("anna", "Anna") }, true},
		{"waived by two", func(c *Case) { c.Claims[0].Exposure = "<=10"; c.waive("anna", "boris") }, false},
		{"what a hundred could know", func(c *Case) { c.Claims[0].Exposure = "<=100" }, false},
		{"a letter", func(c *Case) {
			c.Letters = []Letter{{ID: "l", Document: "d"}}
			c.Publications[0].Documents = []Frozen{{ID: "l"}}
		}, true},
		{"the original of a letter", func(c *Case) {
			c.Letters, c.Documents = []Letter{{ID: "l", Document: "d"}}, []Document{{ID: "d", Kind: "letter"}}
			c.Publications[0].Documents = []Frozen{{ID: "d"}}
		}, true},
		{"a source", func(c *Case) {
			c.Sources = []Source{{ID: "s", Pseudonym: "x"}}
			c.Publications[0].Documents = []Frozen{{ID: "s"}}
		}, true},
		{"something unknown", func(c *Case) { c.Publications[0].Estimates = []Frozen{{ID: "e"}} }, true},
	} {
		c := printed(t)
		tt.change(&c)
		if is := len(broken(c, I10)) > 0; is != tt.bad {
			t.Errorf("%s: %v", tt.name, c.Check())
		}
	}
}

func (c *Case) waive(by ...string) {
	c.Publications[0].Waivers = []Waiver{{Claim: "c", By: by, Reason: "it was in three papers"}}
}

func TestI11CorrectionsReachThoseWhoPrinted(t *testing.T) {
	c := printed(t)
	c.Publications[0].Released = date("2022-04-01")
	c.Publications[0].Fetched = []string{"paper", "radio"}
	wantBroken(t, c, I11)
	c.Claims[0].Status = "refuted"
	wantBroken(t, c, I11, "pub")
	c.Corrections = []Correction{{ID: "k", Publication: "pub", WhatWasWrong: "a", WhatIsRight: "b", At: date("2022-04-01"), Claims: []string{"c"}, Notified: []string{"paper"}}}
	whole := caseOf(t, registerOf(t, c))
	tasks := whole.Tasks()
	if len(tasks) != 1 || !strings.Contains(tasks[0].Says, "radio") {
		t.Errorf("tasks %v, want one for the radio", tasks)
	}
	c.Corrections[0].Notified = []string{"paper", "radio"}
	wantBroken(t, caseOf(t, registerOf(t, c)), I11)
	wantBroken(t, c, I11, "pub") // nobody can tell when it fell
}

// TestI11NoCorrectionIsAboutALaterFall: one that was written before the claim fell,
// or bears no day or an earlier one, does not end the task.
func TestI11NoCorrectionIsAboutALaterFall(t *testing.T) {
	refuted := set(KindClaim, "c", "status", `"refuted"`)
	edited := set(KindClaim, "c", "text", `"It is not so."`)
	removed := []Change{{Verb: VerbRemove, Kind: KindUtterance, Object: "u"}, {Verb: VerbRemove, Kind: KindClaim, Object: "c"}}
	corrected := func(id, at string) Change {
		return create(KindCorrection, id, "publication", `"pub"`, "what_was_wrong", `"a"`, "what_is_right", `"b"`, "claims", `["c"]`, "at", at)
	}
	for _, tt := range []struct {
		name    string
		changes []Change
		open    bool
	}{
		{"fallen", []Change{refuted}, true},
		{"and corrected", []Change{refuted, corrected("k", `"2022-04-01"`)}, false},
		{"corrected before", []Change{corrected("k", `"2022-04-01"`), refuted}, true},
		{"before and after", []Change{corrected("k", `"2022-04-01"`), refuted, corrected("k2", `"2022-04-02"`)}, false},
		{"a later day, but entered before", []Change{corrected("k", `"2022-05-01"`), refuted}, true},
		{"an earlier day, entered later", []Change{refuted, corrected("k", `"2022-03-01"`)}, true},
		{"no day", []Change{refuted, corrected("k", "null")}, true},
		{"another fall", []Change{refuted, corrected("k", `"2022-04-01"`), set(KindClaim, "c", "credibility", "5")}, true},
		{"a note after it", []Change{refuted, corrected("k", `"2022-04-01"`), set(KindClaim, "c", "note", `"x"`)}, false},
		{"edited", []Change{corrected("k", `"2022-04-01"`), edited}, true},
		{"edited and corrected", []Change{edited, corrected("k", `"2022-04-01"`)}, false},
		{"removed", slices.Concat([]Change{corrected("k", `"2022-04-01"`)}, removed), true},
		{"removed and corrected", slices.Concat(removed, []Change{corrected("k", `"2022-04-01"`)}), false},
	} {
		c := printed(t)
		c.Publications[0].Released = date("2022-04-01")
		r := registerOf(t, c)
		for i, ch := range tt.changes {
			if err := r.Apply(r.event("boris", moment(i+1), ch)); err != nil {
				t.Fatal(tt.name, err)
			}
		}
		whole := caseOf(t, r)
		if tasks := whole.Tasks(); (len(tasks) > 0) != tt.open {
			t.Errorf("%s: %v", tt.name, tasks)
		}
	}
}

// TestI12LosingASourceBreaksNothing: nothing refers to a source, and no field of
// one says who it is.
func TestI12LosingASourceBreaksNothing(t *testing.T) {
	c := foundingCase(t)
	with := c
	with.Sources = []Source{{ID: "s", Pseudonym: "Linden", Party: "P-W"}}
	if a, b := c.Check(), with.Check(); !reflect.DeepEqual(a, b) {
		t.Errorf("with a source: %v; without: %v", b, a)
	}
	for field := range reflect.TypeFor[Case]().Fields() {
		if !field.IsExported() || field.Type.Kind() != reflect.Slice {
			continue
		}
		for field0 := range field.Type.Elem().Fields() {
			name := field0.Name
			for _, never := range []string{"Identity", "Sender", "Received", "Vault"} {
				if strings.Contains(name, never) {
					t.Errorf("%s has a field %s", field.Name, name)
				}
			}
			if name == "Source" || name == "Sources" {
				t.Errorf("%s refers to a source", field.Name)
			}
		}
	}
}

func TestI13TheChainVerifies(t *testing.T) {
	c := printed(t)
	events := eventsOf(t, c)
	if err := VerifyChain(events); err != nil {
		t.Fatal(err)
	}
	if err := c.Releasable("pub", events); err != nil {
		t.Errorf("not releasable: %v", err)
	}
	for name, change := range map[string]func([]Event) []Event{
		"a value changed":    func(e []Event) []Event { e[2].Fields["text"] = json.RawMessage(`"It is not so."`); return e },
		"one taken out":      func(e []Event) []Event { return slices.Delete(e, 2, 3) },
		"two exchanged":      func(e []Event) []Event { e[2].Change, e[3].Change = e[3].Change, e[2].Change; return e },
		"one twice":          func(e []Event) []Event { return append(e, e[2]) },
		"the first taken":    func(e []Event) []Event { return e[1:] },
		"a time moved":       func(e []Event) []Event { e[1].At = e[1].At.Add(time.Hour); return e },
		"an actor's name":    func(e []Event) []Event { e[1].Actor = "boris"; return e },
		"a hash changed":     func(e []Event) []Event { e[1].Prev = "00" + e[1].Prev[2:]; return e },
		"the kind exchanged": func(e []Event) []Event { e[1].Kind = KindSource; return e },
	} {
		changed := change(eventsOf(t, c))
		if err := VerifyChain(changed); err == nil {
			t.Errorf("%s: the chain still verifies", name)
		}
		if err := c.Releasable("pub", changed); err == nil || !strings.Contains(err.Error(), string(I13)) {
			t.Errorf("%s: releasable, %v", name, err)
		}
	}
}

func TestValuesAndReferences(t *testing.T) {
	c := Case{
		Case:       "t",
		Parties:    []Party{{ID: "p", Kind: "robot"}, {ID: "p", Kind: "person", MemberOf: "q"}},
		Claims:     []Claim{{ID: "c", Kind: "state", Credibility: 7}},
		Utterances: []Utterance{{ID: "u", Speaker: "p", Claims: []string{"c", "d"}, Relays: []string{"v"}}},
		Forecasts:  []Forecast{{ID: "f", Question: "q", P: new(1.5), Because: []string{"weather"}}},
		Documents:  []Document{{ID: "d", Kind: "letter", Authenticity: &Authenticity{Value: "sure", Hypotheses: map[string]float64{"genuine_insider": 0.5}}}},
	}
	wantBroken(t, c, RuleReference, "f", "f", "p", "p", "u", "u")
	wantBroken(t, c, RuleValue, "c", "d", "d", "f", "p")
}
