// SPDX-License-Identifier: Apache-2.0

package release

import (
	_ "embed"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

// archive is invented: one letter, what was made of it, and what must not leave.
//
//go:embed testdata/archive.json
var archive []byte

func invented(t testing.TB) *claim.Case {
	t.Helper()
	c, err := claim.ParseCase(archive)
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func texts(p Page) []string {
	var out []string
	for _, l := range p.Lines {
		out = append(out, l.Text)
	}
	return out
}

// TestPage is the story: a claim, two counts that do not meet, a question.
func TestPage(t *testing.T) {
	p := Make(invented(t), nil, Choice{Claims: []string{"boxes", "seen"}, Estimates: []string{"n1", "n2"}, Questions: []string{"inquiry"}})
	for _, r := range p.Refused {
		t.Errorf("refused: %v", r)
	}
	want := []string{
		"Eleven boxes were carried out. Possibly true (3 of 6); 1–2 origins behind 1 public document. Said first, as far as known, by an unnamed person, in a letter that this newsroom holds. Denied by the ministry (invented).",
		"The gate was shut on 2 March. Seen by this newsroom.",
		"Boxes destroyed · the archive (invented) · boxes: sources disagree. The ministry (invented): 2–4, as of 2026-03-04; The Tide (invented): at least 11, as of 2026-03-01.",
		"Will the archive open an inquiry before 2026-07-01? 4.0 % by 2026-06-30, remote / almost no chance, low confidence; forecasts from 3.0 % to 8.0 %; base rate 5.0 %. Week of 2026-03-13, since last Friday: 2.8 → 4.0 %, because of “Eleven boxes were carried out” (+0.9), a claim that is not printed here (+0.4), an indicator that is not named here (-0.1).",
	}
	got := texts(p)
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Errorf("line %d is\n%q, want\n%q", i+1, slices.Concat(got, make([]string, len(want)))[i], want[i])
		}
	}
	if p.Lines[0].Verified || !p.Lines[1].Verified || p.Lines[3].Verified {
		t.Error("only what the newsroom saw, or others confirm, is verified")
	}
}

// TestWhatIsNotChosenIsNotNamed: the cause of a move is on the list, or unnamed.
func TestWhatIsNotChosenIsNotNamed(t *testing.T) {
	p := Make(invented(t), nil, Choice{Questions: []string{"inquiry"}})
	if got := strings.Join(texts(p), "\n"); strings.Contains(got, "boxes") || !strings.Contains(got, "a claim that is not printed here (+0.9)") {
		t.Error(got)
	}
	if p := Make(invented(t), nil, Choice{}); len(p.Lines)+len(p.Refused)+len(p.Notes) > 0 {
		t.Errorf("out of nothing came %+v", p)
	}
}

// TestNothingElseLeaves: whatever is chosen, no sentence has what is the desk's.
func TestNothingElseLeaves(t *testing.T) {
	c := invented(t)
	said := strings.Join(texts(Make(c, nil, everything(c))), "\n")
	silent(t, said)
	if len(said) < 500 {
		t.Errorf("hardly anything was made: %s", said)
	}
}

func everything(c *claim.Case) Choice {
	var all Choice
	for _, v := range c.Claims {
		all.Claims = append(all.Claims, v.ID)
	}
	for _, v := range c.Estimates {
		all.Estimates = append(all.Estimates, v.ID)
	}
	for _, v := range c.Questions {
		all.Questions = append(all.Questions, v.ID)
	}
	return all
}

func silent(t *testing.T, said string) {
	t.Helper()
	for _, never := range forbidden() {
		if strings.Contains(strings.ToLower(said), strings.ToLower(never)) {
			t.Errorf("%q leaves:\n%s", never, said)
		}
	}
}

// TestNothingLeavesOfWhatIsBroken: with any one thing gone from the case, and all
// that refers to it left hanging, nothing panics and nothing leaves. Sources stay:
// without them nobody could know the pseudonym.
func TestNothingLeavesOfWhatIsBroken(t *testing.T) {
	whole := invented(t)
	all := everything(whole)
	pub := Make(whole, nil, all).Record(whole, "p", "hash", "anna", 0)
	fields := reflect.TypeFor[claim.Case]()
	for i := range fields.NumField() {
		if !fields.Field(i).IsExported() || fields.Field(i).Type.Kind() != reflect.Slice || fields.Field(i).Name == "Sources" {
			continue
		}
		for n := range reflect.ValueOf(*whole).Field(i).Len() {
			c := invented(t)
			list := reflect.ValueOf(c).Elem().Field(i)
			list.Set(reflect.AppendSlice(list.Slice(0, n), list.Slice(n+1, list.Len())))
			silent(t, strings.Join(texts(Make(c, nil, all)), "\n"))
			Since(c, nil, &pub, make([]string, len(Make(whole, nil, all).Lines)))
		}
	}
}

// forbidden are words of the case that no page may have.
func forbidden() []string {
	return []string{
		"heron", "s-heron", "l-heron", "clerk", "letter 1", "aaaa", "witnessed", "<=10", "vera", "anna", "the desk's note",
		"usually lies", "Eleven BOXES WENT", "a place at the ministry", "credibility_reason", "the third door", "insider_report", "counted at the gate",
	}
}

// TestRefusals: each thing that may not leave, with its reason.
func TestRefusals(t *testing.T) {
	claimed := func(id string) Choice { return Choice{Claims: []string{id}} }
	for name, tt := range map[string]struct {
		change    func(*claim.Case)
		conflicts []claim.Conflict
		choice    Choice
		why       string
	}{
		"absent":                 {choice: claimed("nobody"), why: "there is no such claim"},
		"another kind":           {choice: claimed("inquiry"), why: "there is no such claim"},
		"few could know":         {choice: claimed("door"), why: "ten people or fewer could know it"},
		"a variant few knew":     {choice: claimed("boxes"), change: func(c *claim.Case) { c.Claims[0].Exposure = "public"; c.Claims[2].VariantOf = "boxes" }, why: "ten people or fewer could know it"},
		"nobody asked":           {choice: claimed("boxes"), change: func(c *claim.Case) { c.Claims[0].Exposure = "" }, why: "nobody has said yet how many could know this"},
		"fallen by credibility":  {choice: claimed("boxes"), change: func(c *claim.Case) { c.Claims[0].Credibility = 5 }, why: "it has fallen: improbable"},
		"refuted":                {choice: claimed("boxes"), change: func(c *claim.Case) { c.Claims[0].Status = "refuted" }, why: "it has fallen: refuted"},
		"withdrawn":              {choice: claimed("boxes"), change: func(c *claim.Case) { c.Claims[0].Status = "withdrawn" }, why: "it has fallen: withdrawn"},
		"I4":                     {choice: claimed("boxes"), change: func(c *claim.Case) { c.Claims[0].Credibility = 1 }, why: "two independent origins"},
		"I2":                     {choice: claimed("boxes"), change: func(c *claim.Case) { c.Utterances = nil }, why: "nobody says this"},
		"I1":                     {choice: claimed("boxes"), change: func(c *claim.Case) { c.Utterances[0].Relays = []string{"u1"} }, why: "its relays lead back to it"},
		"a reference to nothing": {choice: claimed("boxes"), change: func(c *claim.Case) { c.Utterances[1].Doc = "gone" }, why: "gone"},
		"two values":             {choice: claimed("boxes"), conflicts: []claim.Conflict{{Kind: "claim", Object: "boxes", Field: "text"}}, why: "text has two values, and nobody has chosen"},
		"two values behind it":   {choice: claimed("boxes"), conflicts: []claim.Conflict{{Kind: "utterance", Object: "u2", Field: "relays"}}, why: "u2: relays has two values"},
		"a pseudonym":            {choice: claimed("boxes"), change: func(c *claim.Case) { c.Claims[0].Text = "Heron saw it." }, why: "it names a source or a letter"},
		"an unnamed speaker":     {choice: claimed("boxes"), change: func(c *claim.Case) { c.Claims[0].Text = "A clerk (invented) saw it." }, why: "names a source, a letter or an unnamed speaker"},
		"too long":               {choice: claimed("boxes"), change: func(c *claim.Case) { c.Claims[0].Text = strings.Repeat("long ", 130) }, why: "600 are the most"},
		"Cyrillic":               {choice: claimed("boxes"), change: func(c *claim.Case) { c.Claims[0].Text = "Вынесли одиннадцать ящиков." }, why: "not in Latin letters"},

		"no estimate":            {choice: Choice{Estimates: []string{"boxes"}}, why: "there is no such estimate"},
		"its claim is withheld":  {choice: Choice{Estimates: []string{"n3"}}, why: "its claim is not in the copy"},
		"its claim has fallen":   {choice: Choice{Estimates: []string{"n1"}}, change: func(c *claim.Case) { c.Estimates[0].Claim, c.Claims[0].Credibility = "boxes", 4 }, why: "boxes behind it has fallen: doubtful"},
		"set aside":              {choice: Choice{Estimates: []string{"n1"}}, change: func(c *claim.Case) { c.Estimates[0].Status = "withdrawn" }, why: "its status is withdrawn"},
		"no number":              {choice: Choice{Estimates: []string{"n1"}}, change: func(c *claim.Case) { c.Estimates[0].Point = nil }, why: "no number that fits its bound"},
		"I5":                     {choice: Choice{Estimates: []string{"n1"}}, change: func(c *claim.Case) { c.Estimates[0].AsOf = claim.Date{} }, why: "(I5)"},
		"one of two in the lane": {choice: Choice{Estimates: []string{"n1", "n2"}}, conflicts: []claim.Conflict{{Object: "n2", Field: "high"}}, why: "high has two values"},

		"no question":      {choice: Choice{Questions: []string{"boxes"}}, why: "there is no such question"},
		"not frozen":       {choice: Choice{Questions: []string{"inquiry"}}, change: func(c *claim.Case) { c.Assessments = nil }, why: "no week of it is frozen"},
		"I7":               {choice: Choice{Questions: []string{"inquiry"}}, change: func(c *claim.Case) { c.Forecasts[2].Because = nil }, why: "(I7)"},
		"names the source": {choice: Choice{Questions: []string{"inquiry"}}, change: func(c *claim.Case) { c.Questions[0].Text = "Will Heron write?" }, why: "it names a source or a letter"},
	} {
		c := invented(t)
		if tt.change != nil {
			tt.change(c)
		}
		p := Make(c, tt.conflicts, tt.choice)
		if len(p.Lines) > 0 || !slices.ContainsFunc(p.Refused, func(r Refusal) bool { return strings.Contains(r.Why, tt.why) }) {
			t.Errorf("%s: made %q, refused %v", name, texts(p), p.Refused)
		}
	}
}

// TestAnotherThingOfItsID: what is amiss with a thing of another kind keeps no claim
// from the page, whoever has given it that id.
func TestAnotherThingOfItsID(t *testing.T) {
	p := Make(invented(t), []claim.Conflict{{Kind: "party", Object: "boxes", Field: "label"}}, Choice{Claims: []string{"boxes"}})
	if len(p.Refused) > 0 || len(p.Lines) != 1 {
		t.Errorf("%+v", p.Refused)
	}
}

// TestNotes tell the editors what stands against what they chose.
func TestNotes(t *testing.T) {
	c := invented(t)
	c.Claims[0].Contradicts = []string{"seen"}
	c.Claims[2].Status = "refuted"
	p := Make(c, nil, Choice{Claims: []string{"boxes"}, Estimates: []string{"n2"}, Questions: []string{"inquiry"}})
	got := strings.Join(p.Notes, "\n")
	for _, want := range []string{"a hundred or fewer could know", "boxes contradicts seen", "n1 measures the same and is not on the page", "forecasts for inquiry rest on door"} {
		if !strings.Contains(got, want) {
			t.Errorf("the notes lack %q:\n%s", want, got)
		}
	}
	if strings.Contains(strings.Join(texts(p), ""), "door") {
		t.Error("a note leaves")
	}
}

// TestSince: an edition stays, and what happens behind it is told.
func TestSince(t *testing.T) {
	choice := Choice{Claims: []string{"boxes", "seen"}, Estimates: []string{"n1", "n2"}, Questions: []string{"inquiry"}}
	for name, tt := range map[string]struct {
		change func(*claim.Case)
		want   string
		fallen bool
	}{
		"nothing":            {change: func(*claim.Case) {}},
		"fallen":             {change: func(c *claim.Case) { c.Claims[0].Status = "refuted" }, want: "the claim behind statement 2 has fallen since: refuted", fallen: true},
		"taken out":          {change: func(c *claim.Case) { c.Claims = slices.Delete(c.Claims, 1, 2) }, want: "the claim behind statement 3 was taken out", fallen: true},
		"surer":              {change: func(c *claim.Case) { c.Claims[0].Credibility = 2 }, want: "statement 2 would now read: Eleven boxes were carried out. Probably true (2 of 6)"},
		"another origin":     {change: func(c *claim.Case) { c.Utterances[1].UpstreamUnknown = false }, want: "2 origins"},
		"only a note":        {change: func(c *claim.Case) { c.Claims[0].CredibilityReason = "x" }, want: "boxes behind statement 2 was edited since"},
		"few could know":     {change: func(c *claim.Case) { c.Claims[0].Exposure = "<=10" }, want: "statement 2 could not be printed now"},
		"a number corrected": {change: func(c *claim.Case) { *c.Estimates[1].High = 5 }, want: "2–5"},
		"a newer week": {change: func(c *claim.Case) {
			a := c.Assessments[1]
			a.ID, a.Week = "a3", claim.DateOn(week(&a)+7)
			c.Assessments = append(c.Assessments, a)
		}, want: "there is a newer assessment than the one behind statement 5: that of the week of 2026-03-20"},
		"resolved": {change: func(c *claim.Case) {
			c.Questions[0].Resolution, c.Questions[0].ResolvedBy, c.Questions[0].ResolutionDocument = "NO", []string{"a", "b"}, "d2"
			c.Questions[0].ResolvedAt = claim.DateOn(week(&c.Assessments[1]) + 30)
		}, want: "Resolved: NO, on "},
	} {
		c := invented(t)
		p := Make(c, nil, choice)
		pub := p.Record(c, "p1", "hash", "anna", 1)
		frozen := append([]string{"typed by hand"}, texts(p)...)
		tt.change(c)
		got := Since(c, nil, &pub, frozen)
		ok := slices.ContainsFunc(got, func(ch Change) bool { return strings.Contains(ch.Says, tt.want) && ch.Fallen == tt.fallen })
		if tt.want == "" && len(got) > 0 || tt.want != "" && !ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestARecordKeepsTheRules: a publication made of a page breaks none.
func TestARecordKeepsTheRules(t *testing.T) {
	c := invented(t)
	p := Make(c, nil, Choice{Claims: []string{"boxes"}, Questions: []string{"inquiry"}})
	c.Publications = append(c.Publications, p.Record(c, "p1", "hash", "anna", 0))
	for _, problem := range c.Check() {
		t.Error(problem)
	}
	if got := c.Publications[0].Assessments; len(got) != 1 || got[0].ID != "a2" || got[0].Statement != 2 {
		t.Errorf("%+v", got)
	}
}

// TestStudy: the founding case's claims can be put into words, once somebody has
// said how many could know them. Nothing of its unnamed people's labels shows.
func TestStudy(t *testing.T) {
	c := study.Case()
	var choice Choice
	for i := range c.Claims {
		c.Claims[i].Exposure = "public"
		choice.Claims = append(choice.Claims, c.Claims[i].ID)
	}
	p := Make(&c, nil, choice)
	if len(p.Lines) < len(c.Claims)/2 {
		t.Errorf("%d of %d claims came out: %v", len(p.Lines), len(c.Claims), p.Refused)
	}
	for _, l := range texts(p) {
		if strings.Contains(l, "whistleblower (letter writer)") {
			t.Error(l)
		}
		t.Log(l)
	}
}
