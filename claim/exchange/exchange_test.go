// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

func date(t testing.TB, s string) claim.Date {
	t.Helper()
	d, err := claim.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// invented is a case of the newsroom with a source in every place where one can
// stand. All of it is invented.
func invented(t testing.TB) claim.Case {
	day := func(s string) claim.Date { return date(t, s) }
	return claim.Case{
		Case:    "operation SECRET",
		Sources: []claim.Source{{ID: "sSECRET", Pseudonym: "Kestrel", Party: "p1", Access: "SECRET", Handling: "SECRET"}},
		Letters: []claim.Letter{{ID: "lSECRET", Document: "d1", SHA256: strings.Repeat("ab", 32)}},
		Parties: []claim.Party{
			{ID: "p1", Kind: "person", Label: "Kestrel", Reliability: "B", Interest: "SECRET", MemberOf: "p2", PossiblySameAs: []string{"p3"}},
			{ID: "p2", Kind: "government", Label: "Ministry of Tides", Reliability: "D", Note: "SECRET"},
			{ID: "p3", Kind: "person", Label: "Ada Invented", Reliability: "C", Interest: "SECRET", PossiblySameAs: []string{"p1"}},
			{ID: "p4", Kind: "outlet", Label: "The Invented Courier"},
			{ID: "p5", Kind: "unnamed_person", Label: "SECRET nickname"},
			{ID: "p6", Kind: "outlet", Label: "who is KESTREL?"},
		},
		Documents: []claim.Document{
			{ID: "d1", Kind: "note", Title: "SECRET first line", Publisher: "p5", Published: day("2031-05-14T07:31:00Z"), SHA256: strings.Repeat("ab", 32), Address: "SECRET", Archive: []string{"SECRET"}, Note: "SECRET", By: "SECRET"},
			{ID: "d2", Kind: "translation", Title: "SECRET first line", DerivativeOf: "d1", Method: "translation", By: "SECRET", SHA256: "cd"},
			{ID: "d3", Kind: "article", Title: "Tides", Publisher: "p4", Published: day("2031-05-20"), SHA256: strings.Repeat("ef", 32), Archive: []string{"SECRET"}, By: "SECRET", Authenticity: &claim.Authenticity{Value: "probable", Reasons: "SECRET", Method: "SECRET", By: "SECRET"}},
		},
		Spans: []claim.Span{{ID: "s1", Document: "d2", Exact: "SECRET"}, {ID: "s2", Document: "d3", Exact: "the tide", Prefix: "it is "}},
		Claims: []claim.Claim{
			{ID: "c1", Kind: "state", Text: "The tide is late.", Credibility: 2, CredibilityReason: "SECRET", Exposure: "<=100", Note: "SECRET"},
			{ID: "c2", Kind: "state", Text: "SECRET: the tide table is wrong by design.", Exposure: "<=10"},
			{ID: "c3", Kind: "state", Text: "SECRET: the tide table is wrong.", VariantOf: "c2", Mutation: "scope"},
			{ID: "c4", Kind: "state", Text: "Kestrel wrote it. SECRET", Exposure: "public"},
			{ID: "c5", Kind: "state", Text: "The clock is slow.", VariantOf: "c2", Mutation: "x", Exposure: "public", Contradicts: []string{"c2", "c1"}},
		},
		Utterances: []claim.Utterance{
			{ID: "u1", Speaker: "p1", Doc: "d2", Span: "s1", Quote: "SECRET", At: day("2031-05-14"), Basis: "witnessed", Claims: []string{"c1", "c2", "c5"}, Note: "SECRET", UpstreamInferred: "SECRET"},
			{ID: "u2", Speaker: "p3", Claims: []string{"c2"}, Relays: []string{"u1"}, At: day("2031-05-16")},
			{ID: "u3", Speaker: "p4", Doc: "d3", Span: "s2", Quote: "the tide", Claims: []string{"c1"}, Relays: []string{"u2", "u1"}, At: day("2031-05-20")},
		},
		Measurands: []claim.Measurand{{ID: "m1", Quantity: "delay", Population: "tides", Unit: "minutes"}},
		Estimates: []claim.Estimate{
			{ID: "e1", Measurand: "m1", Claim: "c2", Note: "SECRET"},
			{ID: "e2", Measurand: "m1", By: "u1", KnownAt: day("2031-05-14"), DerivedFrom: []string{"e1"}, Formula: "e1 * 2", Check: "SECRET"},
			{ID: "e3", Measurand: "m1", By: "u2"},
		},
		Evidence: []claim.Evidence{
			{ID: "v1", Claim: "c1", Item: "u3", Direction: "+", Reason: "SECRET", By: "SECRET"},
			{ID: "v2", Claim: "c2", Item: "u3", Direction: "+"},
		},
		Questions:    []claim.Question{{ID: "q1", Text: "Late again?", ResolvedBy: []string{"SECRET", "SECRET2"}, Note: "SECRET"}},
		Indicators:   []claim.Indicator{{ID: "i1", Name: "gauge", Checks: []claim.Check{{ID: "k1", State: "present", By: "SECRET", Note: "SECRET"}}, Claims: []string{"c2", "c1"}}},
		Forecasts:    []claim.Forecast{{ID: "f1", Question: "q1", By: "SECRET", Because: []string{"c2", "c1", "k1", "base_rate"}, Note: "SECRET"}, {ID: "f2", Question: "gone"}},
		Assessments:  []claim.Assessment{{ID: "a1", Question: "q1", Author: "SECRET", Reviewer: "SECRET", Drivers: []claim.Driver{{Cause: "c2"}, {Cause: "c1", Delta: 0.1}}}},
		Reports:      []claim.Report{{ID: "r1", Title: "SECRET", Text: "SECRET"}},
		Publications: []claim.Publication{{ID: "b1", Report: "r1", Claims: []claim.Frozen{{ID: "c1", Hash: "SECRET"}, {ID: "c2"}}, Authors: []string{"SECRET"}, Released: day("2031-06-01T12:00:00Z"), Channels: []string{"SECRET"}, Fetched: []string{"SECRET"}, Waivers: []claim.Waiver{{Claim: "c2", By: []string{"SECRET"}, Reason: "SECRET"}}, Redactions: []claim.Redaction{{Span: "s1", Reason: "SECRET"}}}, {ID: "b2", Report: "SECRET"}},
		Corrections:  []claim.Correction{{ID: "x1", Publication: "b1", WhatWasWrong: "a", WhatIsRight: "b", By: "SECRET", Notified: []string{"SECRET"}, Claims: []string{"c2", "c1"}}, {ID: "x2", Publication: "b2", WhatWasWrong: "SECRET"}},
		SignOffs:     []claim.SignOff{{ID: "z1", Person: "SECRET"}},
		Decisions:    []claim.Decision{{ID: "y1", Reason: "SECRET"}},
	}
}

// TestNothingOfASourceLeaves plants secrets wherever one can stand and looks for
// them in the copy.
func TestNothingOfASourceLeaves(t *testing.T) {
	got := Public(invented(t))
	b, err := got.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"SECRET", "Kestrel", "KESTREL", strings.Repeat("ab", 32), "T07:31", "2031-05-14\"", "c2", "witnessed"} {
		if strings.Contains(string(b), secret) {
			t.Errorf("the copy has %q:\n%s", secret, b)
		}
	}
	x := claim.NewIndex(&got)
	if p := x.Party("p1"); p == nil || cmp.Diff(claim.Party{ID: "p1", Kind: "unnamed_person", Label: "an unnamed person"}, *p) != "" {
		t.Errorf("the source's party is %+v", p)
	}
	if p := FirstSpeaker(x, "c1"); p == nil || p.Label != "an unnamed person" {
		t.Errorf("c1 was said first by %+v", p)
	}
	if d := x.Document("d1").Published.String(); d != "2031-05-12/2031-05-18" {
		t.Errorf("the letter is of %s", d)
	}
	if u := x.Utterance("u3"); cmp.Diff([]string{"u1"}, u.Relays) != "" || !u.UpstreamUnknown || u.Quote != "the tide" {
		t.Errorf("u3 is %+v", u)
	}
	if e := x.Estimate("e2"); e == nil || e.Formula != "" || e.KnownAt.String() != "2031-05-12/2031-05-18" {
		t.Errorf("e2 is %+v", e)
	}
	if got.Forecasts[0].By != "forecaster 1" || cmp.Diff([]string{"c1", "k1", "base_rate"}, got.Forecasts[0].Because) != "" {
		t.Errorf("the forecast is %+v", got.Forecasts[0])
	}
}

// TestWhatIsWithheldIsSaid: nothing is left out silently.
func TestWhatIsWithheldIsSaid(t *testing.T) {
	var got []string
	for _, w := range Withheld(invented(t)) {
		got = append(got, fmt.Sprintf("%s %s", w.Kind, w.ID))
	}
	want := []string{
		"party p6", "span s1", "claim c2", "claim c3", "claim c4", "claim c5", "utterance u2", "estimate e1", "estimate e3", "evidence v2", "forecast f2",
		"publication b2", "correction x2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWaivedClaimsLeave, and only they do: a waiver is for one claim, and not for
// its family.
func TestWaivedClaimsLeave(t *testing.T) {
	if got := Public(invented(t), "c2"); len(got.Claims) != 2 {
		t.Errorf("claims %+v", got.Claims)
	}
	got := Public(invented(t), "c2", "c5")
	x := claim.NewIndex(&got)
	if x.Claim("c2") == nil || x.Claim("c3") != nil || x.Utterance("u2") == nil || x.Claim("c5").VariantOf != "c2" {
		t.Errorf("claims %+v", got.Claims)
	}
}

// TestTheCopyOfACopyIsTheSame: exporters copy again without harm.
func TestTheCopyOfACopyIsTheSame(t *testing.T) {
	for _, c := range []claim.Case{invented(t), study.Case()} {
		once := Public(c)
		if diff := cmp.Diff(encode(t, once), encode(t, Public(once))); diff != "" {
			t.Error(diff)
		}
	}
}

func encode(t testing.TB, c claim.Case) string {
	t.Helper()
	b, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestEveryFieldWasThoughtOf fills every text of a case with a mark. A field that
// is added to an entity must be put on one side here, or it does not leave.
func TestEveryFieldWasThoughtOf(t *testing.T) {
	filled := filledCase()
	got := Public(filled)
	left := map[string]bool{}
	b, _ := json.Marshal(got)
	for word := range strings.FieldsSeq(strings.NewReplacer(`"`, " ", ",", " ", "[", " ", "]", " ", ":", " ", "}", " ").Replace(string(b))) {
		if after, ok := strings.CutPrefix(word, "mark-"); ok {
			left[after] = true
		}
	}
	for _, kind := range []string{"Sources", "Letters", "Reports", "SignOffs", "Decisions"} {
		for field := range left {
			if strings.HasPrefix(field, kind+".") {
				t.Errorf("%s leaves", field)
			}
		}
	}
	for field := range left {
		for _, never := range []string{".Note", ".By", ".Author", ".Authors", ".Reviewer", ".Notified", ".Fetched", ".Channels", ".Archive", ".CredibilityReason", ".Exposure", ".UpstreamInferred", ".Hash", ".Reasons", ".Reason", ".Check", ".Person", ".Report"} {
			if strings.HasSuffix(field, never) && field != "Estimates.By" {
				t.Errorf("%s leaves", field)
			}
		}
	}
	if len(left) < 40 {
		t.Errorf("only %d fields leave: %v", len(left), left)
	}
}

// filledCase has one thing of each kind, all of whose texts say where they stand.
func filledCase() claim.Case {
	var c claim.Case
	v := reflect.ValueOf(&c).Elem()
	for i := range v.NumField() {
		list := v.Field(i)
		if list.Kind() != reflect.Slice || !list.CanSet() {
			continue
		}
		list.Set(reflect.MakeSlice(list.Type(), 1, 1))
		fill(list.Index(0), v.Type().Field(i).Name)
		list.Index(0).FieldByName("ID").SetString("same")
	}
	c.Documents[0].DerivativeOf, c.Sources[0].ID, c.Letters[0].ID, c.Letters[0].Document = "", "", "", ""
	c.Claims[0].VariantOf, c.Claims[0].Exposure = "same", ""
	c.Utterances[0].Claims, c.Utterances[0].Speaker, c.Utterances[0].Doc = []string{"same"}, "same", ""
	c.Utterances[0].Span = "same"
	c.Spans[0].Document, c.Publications[0].Released = "same", claim.DateOn(20000)
	c.Estimates[0].Claim, c.Estimates[0].By, c.Estimates[0].Measurand = "same", "same", "same"
	c.Evidence[0].Claim, c.Evidence[0].Item = "same", "same"
	c.Forecasts[0].Question, c.Assessments[0].Question, c.Corrections[0].Publication = "same", "same", "same"
	return c
}

func fill(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("mark-" + path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), path)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fill(v.Field(i), path+"."+f.Name)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), path)
	}
}

// TestWeeks: the day of a letter is told by its week.
func TestWeeks(t *testing.T) {
	for in, want := range map[string]string{
		"2022-03-15?": "2022-03-14?/2022-03-20?", "2022-03-14": "2022-03-14/2022-03-20", "2022-03-20": "2022-03-14/2022-03-20",
		"2022-03?": "2022-03?", "2022": "2022", "1969-12-31": "1969-12-29/1970-01-04", "2031-05-14T07:31:00Z": "2031-05-12/2031-05-18",
		"2022-03-13/2022-03-14": "2022-03-07/2022-03-20",
	} {
		if got := weekOf(date(t, in)).String(); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
	if got := dayOf(date(t, "2031-05-14T07:31:00Z")).String(); got != "2031-05-14" {
		t.Error(got)
	}
	if !weekOf(claim.Date{}).IsZero() {
		t.Error("an absent date came to be")
	}
}

// TestFirstIsNotWhoHadItFromSomebody: a paper with a source that nobody names is
// first only where nobody else is there.
func TestFirstIsNotWhoHadItFromSomebody(t *testing.T) {
	said := func(id, at string, unknown bool) claim.Utterance {
		u := claim.Utterance{ID: id, Speaker: id, Claims: []string{"c"}, UpstreamUnknown: unknown}
		if at != "" {
			u.At, _ = claim.ParseDate(at)
		}
		return u
	}
	for name, tt := range map[string]struct {
		said []claim.Utterance
		want string
	}{
		"the paper is earlier":         {[]claim.Utterance{said("paper", "2025-03-01", true), said("clerk", "2025-03-02", false)}, "clerk"},
		"the paper is earlier, behind": {[]claim.Utterance{said("clerk", "2025-03-02", false), said("paper", "2025-03-01", true)}, "clerk"},
		"the clerk has no date":        {[]claim.Utterance{said("paper", "2025-03-01", true), said("clerk", "", false)}, "clerk"},
		"neither has a date":           {[]claim.Utterance{said("paper", "", true), said("clerk", "", false)}, "clerk"},
		"two papers":                   {[]claim.Utterance{said("paper", "2025-03-02", true), said("other", "2025-03-01", true)}, "other"},
		"nobody else":                  {[]claim.Utterance{said("paper", "2025-03-02", true)}, "paper"},
	} {
		c := claim.Case{Claims: []claim.Claim{{ID: "c"}}, Utterances: tt.said}
		if u := First(claim.NewIndex(&c), "c"); u == nil || u.ID != tt.want {
			t.Errorf("%s: %+v, want %s", name, u, tt.want)
		}
	}
}

// TestFirstSpeakers of the founding case: who said it, and not who repeats it.
func TestFirstSpeakers(t *testing.T) {
	c := Public(study.Case())
	x := claim.NewIndex(&c)
	for id, want := range map[string]string{
		"C1": "an unnamed person", "C3": "P-OS", "C21": "P-SEED", "C21k": "P-UA", "C6": "P-AP", "C18": "P-W0",
	} {
		p := FirstSpeaker(x, id)
		if p == nil || p.ID != want && p.Label != want {
			t.Errorf("%s was said first by %+v, want %s", id, p, want)
		}
	}
	if FirstSpeaker(x, "absent") != nil {
		t.Error("somebody said what is not in the case")
	}
	if n := len(Appearances(x, "C1")); n != 4 {
		t.Errorf("C1 stands in %d documents", n)
	}
}

// TestDatesLoseTheirDoubts and no more.
func TestDatesLoseTheirDoubts(t *testing.T) {
	for in, want := range map[string]string{
		"2022-03-24~": "2022-03-24", "2022-03?": "2022-03", "2022": "2022", "2022-03-14/2022-03-20": "2022-03", "2022-03/2023-01": "", "202X": "",
		"2022-12/2023-01": "",
	} {
		if got := ISODate(date(t, in)); got != want {
			t.Errorf("%s became %q, want %q", in, got, want)
		}
	}
}
