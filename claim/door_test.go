// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A rule is asked in two places: by [Case.Check], for what is there, and at the
// door, by [Register.Propose], for what is to come. The tables of this file put
// each thing to both.

// sameAnswer holds rule and door to one answer about the thing x that with has
// and base has not. Want is a part of what they say, or empty where x is in order.
func sameAnswer(t *testing.T, name string, base, with Case, rule Rule, want string) {
	t.Helper()
	var says []string
	for _, p := range with.Check() {
		if p.Rule == rule && p.Object == "x" {
			says = append(says, p.Says)
		}
	}
	refused := proposeX(t, base, with)
	if (len(says) == 0) != (want == "") || !strings.Contains(strings.Join(says, "; "), want) {
		t.Errorf("%s: the rule says %q, want %q", name, says, want)
	}
	because := func(s string) bool { return strings.Contains(refused.Error(), s) }
	if (len(says) == 0) != (refused == nil) || refused != nil && !slices.ContainsFunc(says, because) && !because("needs ") { // a field that its kind requires
		t.Errorf("%s: the rule says %q, and the door %v", name, says, refused)
	}
}

func proposeX(t *testing.T, base, with Case) error {
	t.Helper()
	changes, err := with.Changes()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(changes, func(c Change) bool { return c.Object == "x" })
	_, err = registerOf(t, base).Propose("anna", moment(100), changes[i])
	return err
}

func TestI5HasOneAnswer(t *testing.T) {
	base := Case{Case: "t", Measurands: []Measurand{{ID: "m", Quantity: "delay", Population: "tides", Unit: "minutes"}}}
	good := Estimate{ID: "x", Measurand: "m", AsOf: date("2022-03"), Bound: "unstated_range", Low: new(1.0), Point: new(2.0), High: new(3.0)}
	for _, tt := range []struct {
		name, want string
		change     func(*Estimate)
	}{
		{"in order", "", func(*Estimate) {}},
		{"no measurand", "name a measurand", func(e *Estimate) { e.Measurand = "" }},
		{"no day", "give as_of", func(e *Estimate) { e.AsOf = Date{} }},
		{"no bound", "give bound", func(e *Estimate) { e.Bound = "" }},
		{"an unknown bound", "is no bound", func(e *Estimate) { e.Bound = "roughly" }},
		{"a point outside", "not in order", func(e *Estimate) { e.Point = new(4.0) }},
		{"upside down", "not in order", func(e *Estimate) { e.Low, e.High = e.High, e.Low }},
		{"no number", "needs low and high", func(e *Estimate) { e.Low, e.Point, e.High = nil, nil, nil }},
		{"half a range", "needs low and high", func(e *Estimate) { e.Low = nil }},
		{"an interval without a level", "needs its level", func(e *Estimate) { e.Bound = "interval" }},
		{"an interval with a level", "", func(e *Estimate) { e.Bound, e.Level = "interval", new(0.8) }},
		{"a range with a level", "only an interval", func(e *Estimate) { e.Level = new(0.8) }},
		{"a level of 80", "a level lies between", func(e *Estimate) { e.Bound, e.Level = "interval", new(80.0) }},
		{"a level of 1", "a level lies between", func(e *Estimate) { e.Bound, e.Level = "interval", new(1.0) }},
		{"a floor", "", func(e *Estimate) { e.Bound, e.Point, e.High = "at_least", nil, nil }},
		{"a floor without a number", "at_least needs", func(e *Estimate) { e.Bound, e.Low, e.Point = "at_least", nil, nil }},
		{"a ceiling without a number", "at_most needs", func(e *Estimate) { e.Bound, e.Point, e.High = "at_most", nil, nil }},
		{"about nothing", "about needs", func(e *Estimate) { e.Bound, e.Point = "about", nil }},
	} {
		e, with := good, base
		tt.change(&e)
		with.Estimates = []Estimate{e}
		sameAnswer(t, tt.name, base, with, I5, tt.want)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} { // JSON has none of them, so the door never meets them
		e := good
		e.High = &v
		if says := e.Wrong(); len(says) == 0 || !strings.Contains(says[0], "not finite") {
			t.Errorf("%g: %q", v, says)
		}
	}
}

func TestAuthenticityHasOneAnswer(t *testing.T) {
	base := Case{Case: "t"}
	for _, tt := range []struct {
		name, want, value string
		given             map[string]float64
	}{
		{"nobody judged", "", "", nil},
		{"a value", "", "probable", nil},
		{"an unknown value", "it can be confirmed", "sure", nil},
		{"two rivals", "", "", map[string]float64{"genuine_insider": 0.6, "insider_with_agenda": 0.4}},
		{"tenths in binary", "", "", map[string]float64{"genuine_insider": 0.1, "insider_with_agenda": 0.2, "outside_fabricator": 0.7}},
		{"less than all", "adds up to 0.6", "", map[string]float64{"genuine_insider": 0.6}},
		{"a hundredth short", "adds up to 0.99", "", map[string]float64{"genuine_insider": 0.99}},
		{"a stranger", "alien", "", map[string]float64{"genuine_insider": 1, "alien": 0}},
		{"less than nothing", "between 0 and 1", "", map[string]float64{"genuine_insider": 1.1, "insider_with_agenda": -0.1}},
	} {
		with := base
		with.Documents = []Document{{ID: "x", Kind: "letter", Authenticity: &Authenticity{Value: tt.value, Hypotheses: tt.given}}}
		sameAnswer(t, tt.name, base, with, RuleValue, tt.want)
	}
	a := Authenticity{Hypotheses: map[string]float64{"genuine_insider": math.NaN()}}
	if says := a.Wrong(); len(says) != 2 { // no probability, and no sum
		t.Errorf("NaN: %q", says)
	}
}

func TestI8HasOneAnswer(t *testing.T) {
	base := Case{Case: "t", Documents: []Document{{ID: "d", Kind: "article"}}}
	good := Question{
		ID: "x", Text: "?", Type: TypeBinary, Opens: date("2022-03-24"), Closes: date("2022-12-31"),
		Resolution: No, ResolvedAt: date("2023-01-01"), ResolvedBy: []string{"anna", "boris"}, ResolutionDocument: "d",
	}
	for _, tt := range []struct {
		name, want string
		change     func(*Question)
	}{
		{"in order", "", func(*Question) {}},
		{"open", "", func(q *Question) { *q = Question{ID: "x", Text: "?"} }},
		{"ambiguous", "", func(q *Question) { q.Resolution = Ambiguous }},
		{"perhaps", "resolves nothing", func(q *Question) { q.Resolution = "PERHAPS" }},
		{"a number for a yes", "resolves nothing", func(q *Question) { q.Resolution = "104.5" }},
		{"a number", "", func(q *Question) { q.Type, q.Resolution = TypeNumeric, "104.5" }},
		{"a comma", "is no number", func(q *Question) { q.Type, q.Resolution = TypeNumeric, "104,5" }},
		{"NaN", "is no number", func(q *Question) { q.Type, q.Resolution = TypeNumeric, "NaN" }},
		{"no day", "needs the day", func(q *Question) { q.ResolvedAt = Date{} }},
		{"a month", "needs the day", func(q *Question) { q.ResolvedAt = date("2023-01") }},
		{"before it opened", "cannot have been", func(q *Question) { q.ResolvedAt = date("2022-03-23") }},
		{"nobody", "and 0 did", func(q *Question) { q.ResolvedBy = nil }},
		{"one", "and 1 did", func(q *Question) { q.ResolvedBy = []string{"anna"} }},
		{"one twice", "and 1 did", func(q *Question) { q.ResolvedBy = []string{"anna", "Anna "} }},
		{"one and an empty name", "and 1 did", func(q *Question) { q.ResolvedBy = []string{"anna", ""} }},
		{"three", "", func(q *Question) { q.ResolvedBy = []string{"anna", "boris", "vera"} }},
		{"no document", "cites a document", func(q *Question) { q.ResolutionDocument = "" }},
	} {
		q, with := good, base
		tt.change(&q)
		with.Questions = []Question{q}
		sameAnswer(t, tt.name, base, with, I8, tt.want)
	}
}

// TestWhatAQuestionAsksIsFrozenInOnePlace puts a change of each field to the door
// and to [Question.AsksTheSame], by which the board judges an edit.
func TestWhatAQuestionAsksIsFrozenInOnePlace(t *testing.T) {
	q := Question{
		ID: "q", Text: "?", Type: TypeBinary, Opens: date("2022-03-24"), Closes: date("2022-12-31"), ResolutionCriteria: "a", ResolvingSources: []string{"b"},
		DefaultIfSilent: No, BaseRate: new(0.1), ReferenceClass: "c", Unit: "d", VersionOf: "p", Note: "e",
	}
	c := Case{
		Case: "t", Questions: []Question{{ID: "p", Text: "?"}, q},
		Forecasts: []Forecast{{ID: "f", Question: "q", By: "anna", At: date("2022-04-01"), P: new(0.1)}},
	}
	r, other := registerOf(t, c), Question{ID: "q"}
	now, err := q.fields()
	if err != nil {
		t.Fatal(err)
	}
	for field, value := range now {
		frozen := slices.Contains(asks(), field)
		if frozen == (field == "id" || field == "note") {
			t.Errorf("%s: frozen is %v", field, frozen)
		}
		if field == "id" {
			continue
		}
		if _, err := r.Propose("anna", moment(100), set(KindQuestion, "q", field, string(value))); err != nil {
			t.Errorf("%s as it was: %v", field, err)
		}
		changed := q
		fieldOf(&changed, field).Set(fieldOf(&other, field))
		if changed.AsksTheSame(&q) == frozen {
			t.Errorf("without %s it asks the same: %v", field, !frozen)
		}
		if _, err := r.Propose("anna", moment(100), set(KindQuestion, "q", field, "null")); (err != nil) != frozen {
			t.Errorf("without %s: %v", field, err)
		}
	}
}

func fieldOf(q *Question, name string) reflect.Value {
	v := reflect.ValueOf(q).Elem()
	for i := range v.NumField() {
		if tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); tag == name {
			return v.Field(i)
		}
	}
	panic(name)
}
