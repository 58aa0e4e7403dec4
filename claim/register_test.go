// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func moment(minute int) time.Time {
	return time.Date(2022, 4, 1, 12, minute, 0, 0, time.UTC)
}

func raw(pairs ...string) map[string]json.RawMessage {
	m := make(map[string]json.RawMessage)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return m
}

// event puts a change after all that the register knows.
func (r *Register) event(actor string, at time.Time, c Change) Event {
	return r.after(r.others(actor), actor, at, c)
}

func set(kind, object string, pairs ...string) Change {
	return Change{Verb: VerbSet, Kind: kind, Object: object, Fields: raw(pairs...)}
}

func create(kind, object string, pairs ...string) Change {
	return Change{Verb: VerbCreate, Kind: kind, Object: object, Fields: raw(pairs...)}
}

// eventsOf gives a case as the events of one person, without asking the rules.
func eventsOf(t testing.TB, c Case) []Event {
	t.Helper()
	changes, err := c.Changes()
	if err != nil {
		t.Fatal(err)
	}
	var events []Event
	prev := ""
	for i, ch := range changes {
		e := Event{Actor: "anna", N: i + 1, At: moment(0), Prev: prev, Change: ch}
		prev = e.Hash()
		events = append(events, e)
	}
	return events
}

func registerOf(t testing.TB, c Case) *Register {
	t.Helper()
	r, err := Fold(eventsOf(t, c))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func caseOf(t testing.TB, r *Register) Case {
	t.Helper()
	c, err := r.Case()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// do proposes a change and applies it.
func do(t testing.TB, r *Register, actor string, minute int, ch Change) Event {
	t.Helper()
	e, err := r.Propose(actor, moment(minute), ch)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Apply(e); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestStoryOfTwo: Anna and Boris work on one claim, first together, then apart on
// two trains, and meet again.
func TestStoryOfTwo(t *testing.T) {
	anna := NewRegister()
	var log []Event
	log = append(log, do(t, anna, "anna", 0, create(KindCase, "case", "case", `"harbour"`)))
	log = append(log, do(t, anna, "anna", 1, create(KindParty, "p", "label", `"a clerk"`, "kind", `"unnamed_person"`)))
	log = append(log, do(t, anna, "anna", 2, create(KindClaim, "c", "text", `"The gate was open."`, "kind", `"state"`)))
	boris, err := Fold(log)
	if err != nil {
		t.Fatal(err)
	}

	fromAnna := do(t, anna, "anna", 10, set(KindClaim, "c", "credibility", "3", "place", `"north gate"`))
	fromBoris := do(t, boris, "boris", 5, set(KindClaim, "c", "credibility", "2"))
	for _, step := range []struct {
		r *Register
		e Event
	}{{anna, fromBoris}, {boris, fromAnna}} {
		if err := step.r.Apply(step.e); err != nil {
			t.Fatal(err)
		}
	}
	a, b := caseOf(t, anna), caseOf(t, boris)
	if diff := cmp.Diff(a, b, cmp.AllowUnexported(Case{}, Date{})); diff != "" {
		t.Error(diff)
	}
	if a.Claims[0].Credibility != 3 || a.Claims[0].Place != "north gate" {
		t.Errorf("it shows %+v, want the later of the two", a.Claims[0])
	}
	conflicts := anna.Conflicts()
	if len(conflicts) != 1 || conflicts[0].Field != "credibility" || len(conflicts[0].Values) != 2 || conflicts[0].Values[1].Actor != "boris" {
		t.Fatalf("conflicts %+v, want Boris's 2 kept", conflicts)
	}
	do(t, anna, "anna", 20, set(KindClaim, "c", "credibility", "2"))
	if c := caseOf(t, anna); len(anna.Conflicts()) != 0 || c.Claims[0].Credibility != 2 {
		t.Errorf("after the choice: %+v, %+v", anna.Conflicts(), c.Claims[0])
	}
}

// TestRemovingIsUndone: nothing is deleted, and a removal that crosses an edit is
// a conflict.
func TestRemovingIsUndone(t *testing.T) {
	c := printed(t)
	r := registerOf(t, c)
	do(t, r, "anna", 1, Change{Verb: VerbRemove, Kind: KindPublication, Object: "pub"})
	if c := caseOf(t, r); len(c.Publications) != 0 {
		t.Error("it is still shown")
	}
	if _, err := r.Propose("anna", moment(2), set(KindPublication, "pub", "embargo", `"2022-05-01"`)); err == nil || !strings.Contains(err.Error(), "restore it first") {
		t.Errorf("an edit of what was removed: %v", err)
	}
	do(t, r, "anna", 3, Change{Verb: VerbRestore, Kind: KindPublication, Object: "pub"})
	if diff := cmp.Diff(c, caseOf(t, r), cmp.AllowUnexported(Case{}, Date{})); diff != "" {
		t.Error(diff)
	}
	other := registerOf(t, c)
	gone := do(t, r, "boris", 4, Change{Verb: VerbRemove, Kind: KindUtterance, Object: "u"})
	do(t, other, "vera", 5, set(KindClaim, "c", "place", `"here"`))
	err := other.Apply(gone)
	if !errors.Is(err, ErrMissing) {
		t.Fatalf("an event came before its causes: %v", err)
	}
}

// TestEveryOrderGivesTheSame lets four people work with random delays, then folds
// their events in many orders.
func TestEveryOrderGivesTheSame(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		events := work(t, r)
		want := outcome(t, events)
		for range 10 {
			r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			if got := outcome(t, events); got != want {
				t.Fatalf("seed %d: %s", seed, cmp.Diff(want, got))
			}
		}
	}
}

func outcome(t *testing.T, events []Event) string {
	t.Helper()
	r, err := Fold(events)
	if err != nil {
		t.Fatal(err)
	}
	return outcomeOf(t, r)
}

func outcomeOf(t *testing.T, r *Register) string {
	t.Helper()
	c := caseOf(t, r)
	b, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	conflicts, err := json.Marshal(r.Conflicts())
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + string(conflicts)
}

// work gives the events of four people who hear of each other now and then.
// Their clocks are wrong by up to an hour.
func work(t *testing.T, r *rand.Rand) []Event {
	t.Helper()
	names := []string{"anna", "boris", "vera", "gleb"}
	desks := make([]*Register, len(names))
	for i := range desks {
		desks[i] = NewRegister()
	}
	var all []Event
	for step := range 60 {
		who := r.IntN(len(names))
		for _, e := range all {
			if r.IntN(3) == 0 {
				if err := desks[who].Apply(e); err != nil && !errors.Is(err, ErrMissing) && !errors.Is(err, ErrKnown) {
					t.Fatal(err)
				}
			}
		}
		e, err := desks[who].Propose(names[who], moment(step+r.IntN(60)), randomChange(r, step))
		if err != nil {
			continue
		}
		if err := desks[who].Apply(e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func randomChange(r *rand.Rand, step int) Change {
	id := fmt.Sprint("c", r.IntN(4))
	switch r.IntN(6) {
	case 0:
		return create(KindClaim, id, "text", fmt.Sprintf(`"text %d"`, step), "kind", `"state"`)
	case 1:
		return create(KindIndicator, "i", "name", fmt.Sprintf(`"name %d"`, step))
	case 2:
		return Change{Verb: VerbAppend, Kind: KindIndicator, Object: "i", Fields: raw("checks", fmt.Sprintf(`{"id":"k%d","date":"2022-04-01","state":"absent"}`, step))}
	case 3:
		return Change{Verb: VerbRemove, Kind: KindClaim, Object: id}
	case 4:
		return Change{Verb: VerbRestore, Kind: KindClaim, Object: id}
	}
	return set(KindClaim, id, "credibility", fmt.Sprint(2+r.IntN(5)), "place", fmt.Sprintf(`"place %d"`, r.IntN(3)))
}

func TestFoundingCaseAsEvents(t *testing.T) {
	c := foundingCase(t)
	back := caseOf(t, registerOf(t, c))
	back.numbered = true
	a, errA := c.Encode()
	b, errB := back.Encode()
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if diff := cmp.Diff(string(a), string(b)); diff != "" {
		t.Error(diff)
	}
	again, err := ParseEvent([]byte(mustJSON(t, eventsOf(t, c)[3])))
	if err != nil || !reflect.DeepEqual(again.Hash(), eventsOf(t, c)[3].Hash()) {
		t.Errorf("an event written and read is another: %v", err)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEventsAreRefused(t *testing.T) {
	good := Event{Actor: "anna", N: 1, At: moment(0), Change: create(KindClaim, "c", "text", `"x"`, "kind", `"state"`)}
	for name, change := range map[string]func(*Event){
		"no actor":             func(e *Event) { e.Actor = "" },
		"number 0":             func(e *Event) { e.N = 0 },
		"no object":            func(e *Event) { e.Object = "" },
		"the first has a past": func(e *Event) { e.Prev = "aa" },
		"a second has none":    func(e *Event) { e.N = 2 },
		"no time":              func(e *Event) { e.At = time.Time{} },
		"saw itself":           func(e *Event) { e.Seen = map[string]int{"anna": 1} },
		"an unknown kind":      func(e *Event) { e.Kind = "rumour" },
		"an unknown verb":      func(e *Event) { e.Verb = "delete" },
		"an unknown field":     func(e *Event) { e.Fields = raw("text", `"x"`, "kind", `"state"`, "sender", `"y"`) },
		"a field missing":      func(e *Event) { e.Fields = raw("text", `"x"`) },
		"an empty field":       func(e *Event) { e.Fields = raw("text", `""`, "kind", `"state"`) },
		"another type":         func(e *Event) { e.Fields = raw("text", `"x"`, "kind", `"state"`, "credibility", `"high"`) },
		"no such date":         func(e *Event) { e.Fields = raw("text", `"x"`, "kind", `"state"`, "time", `"2022-02-30"`) },
		"an id as a field":     func(e *Event) { e.Fields = raw("text", `"x"`, "kind", `"state"`, "id", `"z"`) },
		"appended to a text":   func(e *Event) { e.Verb = VerbAppend; e.Fields = raw("text", `"x"`) },
		"removal with fields":  func(e *Event) { e.Verb = VerbRemove },
	} {
		e := good
		change(&e)
		if err := NewRegister().Apply(e); err == nil {
			t.Errorf("%s: it was taken", name)
		}
		if _, err := ParseEvent([]byte(mustJSON(t, e))); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
	if err := NewRegister().Apply(good); err != nil {
		t.Error(err)
	}
	if _, err := Fold([]Event{{Actor: "anna", N: 2, Prev: "aa", At: moment(0), Change: good.Change}}); !errors.Is(err, ErrMissing) {
		t.Errorf("a log without its beginning: %v", err)
	}
}

func FuzzParseEvent(f *testing.F) {
	c := foundingCase(f)
	for _, e := range eventsOf(f, c)[:40] {
		b, err := json.Marshal(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseEvent(b)
		if err != nil {
			return
		}
		again, err := ParseEvent([]byte(mustJSON(t, e)))
		if err != nil || again.Hash() != e.Hash() {
			t.Errorf("written and read it is another: %v", err)
		}
		r := NewRegister()
		if e.N == 1 && len(e.Seen) == 0 && r.Apply(e) == nil {
			if _, err := r.Case(); err != nil {
				t.Error(err)
			}
		}
	})
}

func FuzzParseCase(f *testing.F) {
	c := foundingCase(f)
	b, err := c.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"case":"x","claims":[{"id":"a","variant_of":"a"}],"utterances":[{"id":"u","claims":["a"],"relays":["u"]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCase(b)
		if err != nil {
			return
		}
		c.Check()
		x := NewIndex(&c)
		for _, k := range c.Claims {
			if o := x.Origins(k.ID); o.Min > o.Max || o.Max > len(o.Roots) || o.Min < 0 {
				t.Errorf("%d–%d origins of %d roots", o.Min, o.Max, len(o.Roots))
			}
		}
		once, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseCase(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := again.Encode(); err != nil || !slices.Equal(once, twice) {
			t.Errorf("written twice it differs: %v", err)
		}
	})
}

func TestFieldFromText(t *testing.T) {
	for _, tt := range []struct{ kind, field, text, want string }{
		{KindClaim, "text", "a, b", `"a, b"`},
		{KindClaim, "credibility", "3", "3"},
		{KindClaim, "credibility", "", "null"},
		{KindClaim, "desk_observation", "yes", "true"},
		{KindClaim, "time", "2022-03~", `"2022-03~"`},
		{KindUtterance, "claims", "a, b", `["a","b"]`},
		{KindUtterance, "claims", `["a"]`, `["a"]`},
		{KindEstimate, "low", "7000", "7000"},
		{KindDocument, "held", "no", "false"},
		{KindIndicator, "checks", `[{"id":"k"}]`, `[{"id":"k"}]`},
		{KindClaim, "credibility", "high", ""},
		{KindClaim, "time", "yesterday", ""},
		{KindClaim, "sender", "x", ""},
		{KindDocument, "held", "perhaps", ""},
		{"rumour", "text", "x", ""},
	} {
		b, err := FieldFromText(tt.kind, tt.field, tt.text)
		if string(b) != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s of a %s %q: %s, %v", tt.field, tt.kind, tt.text, b, err)
		}
	}
}

// TestProposingChangesNothing: what was proposed and not applied leaves no trace.
func TestProposingChangesNothing(t *testing.T) {
	r := registerOf(t, printed(t))
	was := outcomeOf(t, r)
	batch := []Change{
		set(KindClaim, "c", "place", `"here"`), set(KindClaim, "c", "place", `"there"`),
		{Verb: VerbRemove, Kind: KindUtterance, Object: "u"},
		create(KindClaim, "new", "text", `"x"`, "kind", `"state"`),
	}
	if _, err := r.ProposeAll("boris", moment(9), batch); err != nil {
		t.Fatal(err)
	}
	if is := outcomeOf(t, r); is != was {
		t.Error(cmp.Diff(was, is))
	}
}

// TestAForecastStays keeps a question as it was asked, from who would take their
// forecast away to ask something else.
func TestAForecastStays(t *testing.T) {
	c := Case{Case: "x", Questions: []Question{{ID: "q", Text: "Will it?", Closes: DateOn(20000), ResolutionCriteria: "It is seen."}}}
	r := registerOf(t, c)
	do(t, r, "anna", 1, create(KindForecast, "f", "question", `"q"`, "by", `"anna"`, "at", `"2022-04-01"`, "p", "0.1", "blind", "true"))
	for _, ch := range []Change{
		{Verb: VerbRemove, Kind: KindForecast, Object: "f"},
		set(KindQuestion, "q", "text", `"Will something else?"`),
	} {
		if _, err := r.Propose("anna", moment(2), ch); err == nil {
			t.Errorf("%s %s was let in", ch.Verb, ch.Object)
		}
	}
}

// TestADiscardedProposalLeavesNoTrace proposes one thing, applies another, and
// proposes again: the rules look at what is there.
func TestADiscardedProposalLeavesNoTrace(t *testing.T) {
	r := registerOf(t, Case{Case: "x", Parties: []Party{{ID: "p", Kind: "outlet", Label: "The Tide"}}})
	claimIt := func(at int) (Event, error) {
		return r.Propose("anna", moment(at), create(KindClaim, "c", "text", `"It is so."`, "kind", `"state"`, "variant_of", `"nothing"`))
	}
	for range 2 { // the second asks what the first has left behind
		if _, err := claimIt(1); err == nil {
			t.Error("a variant of a claim that is not there was let in")
		}
	}
	e, err := r.Propose("anna", moment(2), create(KindClaim, "nothing", "text", `"It is."`, "kind", `"state"`))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Apply(e); err != nil {
		t.Fatal(err)
	}
	if _, err := claimIt(3); err != nil {
		t.Error(err)
	}
}

// TestARefusalNamesAll that is in the way, and not the first of it only.
func TestARefusalNamesAll(t *testing.T) {
	r := registerOf(t, Case{Case: "demo", Claims: []Claim{{ID: "c", Text: "x", Kind: "state"}}})
	for name, tt := range map[string]struct {
		batch []Change
		want  string
	}{
		"rules": {
			[]Change{set(KindClaim, "c", "credibility", "1"), set(KindClaim, "c", "variant_of", `"nobody"`)},
			"c: names the claim nobody, which is not in the case (reference); and 1 more",
		},
		"what cannot be": {
			[]Change{create(KindClaim, "c", "text", `"y"`, "kind", `"state"`), set(KindClaim, "d", "text", `"y"`), set(KindClaim, "e", "text", `"y"`)},
			"c: this is there already; and 2 more",
		},
	} {
		_, err := r.ProposeAll("anna", moment(1), tt.batch)
		refusal, ok := errors.AsType[Refusal](err)
		if !ok || refusal.Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}
