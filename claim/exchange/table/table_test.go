// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

// counted names new things n1, n2 …, so that tests can.
func counted() Options {
	n := 0
	return Options{NewID: func() string { n++; return fmt.Sprintf("n%d", n) }}
}

func csvSheet(t testing.TB, kind, text string) Input {
	t.Helper()
	s, _, err := ReadCSV([]byte(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	s.Name = kind
	return Input{Kind: kind, Sheet: s}
}

// TestAWeekInASpreadsheet: a colleague abroad collects claims in a spreadsheet
// with her own headers, in Russian, separated by semicolons, and the desk takes
// them in.
func TestAWeekInASpreadsheet(t *testing.T) {
	c := claim.Case{Case: "demo", Parties: []claim.Party{{ID: "p1", Kind: "outlet", Label: "Вымышленный вестник"}}}
	o := counted()
	in := csvSheet(t, "claim", "\ufeffУтверждение;Тип;Дата;Город\r\n\"Прилив опоздал; на 40 минут.\";event;18.05.2031;Гавань\r\n")
	in.Mapping = map[string]string{"Город": "place"}
	p := Read(c, o, in)
	if len(p.Problems) > 0 || p.Rows != 1 {
		t.Fatalf("%+v", p)
	}
	c, err := p.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	got := c.Claims[0]
	if got.Text != "Прилив опоздал; на 40 минут." || got.Time.String() != "2031-05-18" || got.Place != "Гавань" || got.Kind != "event" || got.ID != "n1" {
		t.Errorf("%+v", got)
	}
	p = Read(c, o, csvSheet(t, "utterance", "Кто,Утверждение,Дата\nвымышленный  вестник,прилив опоздал\\; на 40 минут.,2031-05-20~\n"))
	if c, err = p.Apply(c); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`[{"id":"n2","speaker":"p1","at":"2031-05-20~","claims":["n1"],"relays":[]}]`, asJSON(t, c.Utterances)); diff != "" {
		t.Error(diff)
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestTwentyBadRowsOfFiveHundred is test A12: each is named with its column, and
// nothing is imported.
func TestTwentyBadRowsOfFiveHundred(t *testing.T) {
	var b strings.Builder
	b.WriteString("text,kind,time,variant_of\n")
	want := map[int]string{}
	for row := 2; row <= 501; row++ {
		text, kind, date, variant := fmt.Sprintf("Sentence %d.", row), "state", "2031-05-18", ""
		if row%25 == 0 {
			switch row / 25 % 4 {
			case 0:
				text, want[row] = "", "text"
			case 1:
				kind, want[row] = "guess", "kind"
			case 2:
				date, want[row] = "05/18/2031", "time"
			case 3:
				variant, want[row] = "a sentence that nobody wrote", "variant_of"
			}
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s\n", text, kind, date, variant)
	}
	c := claim.Case{Case: "demo"}
	p := Read(c, counted(), csvSheet(t, "claim", b.String()))
	got := map[int]string{}
	for _, problem := range p.Problems {
		got[problem.Row] = problem.Column
		if problem.What == "" || problem.Do == "" || problem.Line != problem.Row {
			t.Errorf("%+v", problem)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(p.Problems) != 20 || p.Rows != 500 {
		t.Errorf("%d problems of %d rows: %s", len(p.Problems), p.Rows, diff)
	}
	if !slices.IsSortedFunc(p.Problems, func(a, b Problem) int { return a.Row - b.Row }) {
		t.Error("the problems are not in the order of the rows")
	}
	after, err := p.Apply(c)
	if err == nil || len(after.Claims) != 0 || len(p.Changes) != 0 {
		t.Errorf("%d claims, %d changes, %v", len(after.Claims), len(p.Changes), err)
	}
}

// TestTheFoundingCaseGoesOutAndBack: into itself nothing changes; into an empty
// case everything is there again.
func TestTheFoundingCaseGoesOutAndBack(t *testing.T) {
	c := study.Case()
	for _, pack := range []struct {
		name  string
		write func([]Sheet) []Sheet
	}{
		{"csv", func(in []Sheet) []Sheet {
			for i := range in {
				s, _, err := ReadCSV(WriteCSV(in[i], i%2 == 0), 0)
				if err != nil {
					t.Fatal(err)
				}
				s.Name = in[i].Name
				in[i] = s
			}
			return in
		}},
		{"xlsx", func(in []Sheet) []Sheet {
			b, err := WriteXLSX(in...)
			if err != nil {
				t.Fatal(err)
			}
			out, err := ReadXLSX(b)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}},
	} {
		t.Run(pack.name, func(t *testing.T) {
			var sheets []Sheet
			for _, kind := range Kinds() {
				s, err := Working(c, kind)
				if err != nil {
					t.Fatal(err)
				}
				sheets = append(sheets, s)
			}
			var in []Input
			for _, s := range pack.write(sheets) {
				in = append(in, Input{Kind: s.Name, Sheet: s})
			}
			if p := Read(c, counted(), in...); len(p.Problems)+len(p.Changes) > 0 {
				t.Fatalf("the case changes: %v %v", p.Problems, p.Changes)
			}
			empty := claim.Case{Case: c.Case, Questions: c.Questions[1:]} // the second question has no criteria yet
			p := Read(empty, Options{NewID: claim.NewID, KeepIDs: true}, in...)
			again, err := p.Apply(empty)
			if err != nil {
				t.Fatal(err)
			}
			for _, pair := range [][2]any{
				{c.Parties, again.Parties},
				{c.Documents, again.Documents},
				{c.Claims, again.Claims},
				{c.Utterances, again.Utterances},
				{c.Measurands, again.Measurands},
				{c.Estimates, again.Estimates},
				{c.Questions[:1], again.Questions[1:]},
			} {
				if diff := cmp.Diff(asJSON(t, pair[0]), asJSON(t, pair[1])); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// TestExportsAreStable and have what may leave, and nothing else.
func TestExportsAreStable(t *testing.T) {
	c := study.Case()
	c.Claims[0].Exposure = "<=10"
	for _, kind := range Kinds() {
		a, err := Export(c, kind)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := Export(c, kind)
		if string(WriteCSV(a, false)) != string(WriteCSV(b, false)) {
			t.Errorf("%s differs", kind)
		}
		x, err := WriteXLSX(a)
		if err != nil {
			t.Fatal(err)
		}
		y, _ := WriteXLSX(b)
		if string(x) != string(y) {
			t.Errorf("%s differs as XLSX", kind)
		}
		for _, row := range a.Rows {
			if slices.Contains(row, "C1") || slices.Contains(row, c.Documents[0].Note) {
				t.Errorf("%s lets out %q", kind, row)
			}
		}
	}
	if _, err := Export(c, "source"); err == nil {
		t.Error("there is a table of sources")
	}
}

// TestTemplatesAreUnderstood: a template that comes back unfilled adds nothing,
// and its example would be taken if it were written in earnest.
func TestTemplatesAreUnderstood(t *testing.T) {
	var examples []Input
	for _, kind := range Kinds() {
		s, err := Template(kind)
		if err != nil {
			t.Fatal(err)
		}
		in := csvSheet(t, kind, string(WriteCSV(s, true)))
		if p := Read(claim.Case{}, counted(), in); p.Rows != 0 || len(p.Problems)+len(p.Changes) != 0 {
			t.Errorf("%s: %+v", kind, p)
		}
		s.Rows = [][]string{s.Rows[0], s.Rows[2]}
		s.Rows[1][0] = ""
		examples = append(examples, Input{Kind: kind, Sheet: s})
	}
	p := Read(claim.Case{Case: "demo"}, counted(), examples...)
	if len(p.Problems) > 0 {
		t.Error(p.Problems)
	}
	r := claim.NewRegister()
	for _, ch := range p.Changes {
		if e, err := r.Propose("editor", time.Unix(2e9, 0), ch.Change); err != nil {
			t.Errorf("the register does not take %+v: %v", ch, err)
		} else if err := r.Apply(e); err != nil {
			t.Error(err)
		}
	}
	c, err := p.Apply(claim.Case{Case: "demo"})
	folded, ferr := r.Case()
	if diff := cmp.Diff(asJSON(t, c.Claims)+asJSON(t, c.Utterances), asJSON(t, folded.Claims)+asJSON(t, folded.Utterances)); diff != "" || ferr != nil {
		t.Error(diff, ferr)
	}
	if err != nil || len(c.Claims) != 1 || c.Utterances[0].Claims[0] != c.Claims[0].ID || c.Evidence[0].Item != c.Documents[0].ID {
		t.Errorf("%+v %v", c, err)
	}
	for _, kind := range Kinds() {
		for _, col := range Columns(kind) {
			if col.Help == "" || col.Required && col.Example == "" {
				t.Errorf("%s: the column %s is not explained", kind, col.Name)
			}
		}
	}
}

// TestChangesNameTheirFields, and an empty cell takes nothing away.
func TestChangesNameTheirFields(t *testing.T) {
	c := study.Case()
	p := Read(c, counted(), csvSheet(t, "claim", "id,text,kind,credibility\nC1,,,3\nC2,New words.,causal,\n"))
	if len(p.Problems) > 0 || len(p.Changes) != 2 {
		t.Fatal(p.Problems, p.Changes)
	}
	if diff := cmp.Diff(`{"credibility":3}`, asJSON(t, p.Changes[0].Fields)); diff != "" || p.Changes[0].Verb != claim.VerbSet || p.Changes[0].Object != "C1" {
		t.Error(diff)
	}
	if diff := cmp.Diff(`{"text":"New words."}`, asJSON(t, p.Changes[1].Fields)); diff != "" {
		t.Error(diff)
	}
	after, err := p.Apply(c)
	if err != nil || after.Claims[0].Credibility != 3 || c.Claims[0].Credibility != 0 || after.Claims[0].Text != c.Claims[0].Text {
		t.Errorf("%+v %+v %v", after.Claims[0], c.Claims[0], err)
	}
	if _, err := p.Apply(claim.Case{}); err == nil {
		t.Error("a plan for one case was applied to another")
	}
}

// TestWhatIsRefused, and what a person is told.
func TestWhatIsRefused(t *testing.T) {
	c := study.Case()
	p5 := 0.5
	c.Parties = append(c.Parties, claim.Party{ID: "twin1", Label: "Twin"}, claim.Party{ID: "twin2", Label: "twin"})
	c.Forecasts = []claim.Forecast{{ID: "f1", Question: "Q1", By: "a", P: &p5}}
	for _, tt := range []struct{ kind, text, column, what string }{
		{"utterance", "speaker,claims\nTwin,C1\n", "speaker", "names 2 of the kind party: twin1, twin2"},
		{"utterance", "speaker,claims\nNobody,C1\n", "speaker", `names no party: "Nobody"`},
		{"utterance", "speaker,claims\nP-TT,C1; C99\n", "claims", `names no claim: "C99"`},
		{"claim", "id,text\nC1,a\nC1,b\n", "id", "two rows"},
		{"claim", "id,text,kind\n=C1(),a,state\n", "id", "cannot be an id"},
		{"claim", "kind,text,Text\nstate,a,b\n", "Text", "is the column text, and so is"},
		{"claim", "text,kind\na,state,c\n", "", "beyond the last column"},
		{"claim", "colour\nred\n", "", "no column of this file is known"},
		{"estimate", "measurand,bound,as_of\nM1,about,2022\n", "point", "has no number"},
		{"estimate", "measurand,bound,as_of,low,high\nM1,about,2022,9,8\n", "low", "not in order"},
		{"estimate", "measurand,bound,as_of,point\nM1,about,2022,7.000\n", "point", "in two ways"},
		{"estimate", "measurand,bound,as_of,point\nM1,about,2022,many\n", "point", "not a number"},
		{"forecast", "question,by,at,p\nQ1,a,2022,1.5\n", "p", "not between 0 and 1"},
		{"forecast", "question,by,at\nQ1,a,2022\n", "p", "no probability"},
		{"forecast", "id,p\nf1,0.6\n", "id", "with other values"},
		{"claim", "text,kind,credibility\na,state,7\n", "credibility", "not a credibility"},
		{"document", "kind,held\narticle,perhaps\n", "held", "neither yes nor no"},
		{"claim", "text,kind,time\na,state,2022-02-30\n", "time", "not a date"},
		{"letter", "id\n1\n", "", "no kind of thing"},
	} {
		p := Read(c, counted(), csvSheet(t, tt.kind, tt.text))
		if len(p.Problems) != 1 || p.Problems[0].Column != tt.column || !strings.Contains(p.Problems[0].String(), tt.what) {
			t.Errorf("%q gave %v, want %s: %s", tt.text, p.Problems, tt.column, tt.what)
		}
	}
}

// TestNumbersAsPeopleWriteThem in three languages.
func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]float64{
		"7000": 7000, "7,000": 7000, "7 000": 7000, "7\u00a0000": 7000, "7\u202f000": 7000, "1,234,567.5": 1234567.5, "0.05": 0.05, "0,05": 0.05,
		"7,5": 7.5, "-3": -3, "\u22123": -3, "7.0000": 7, "1e3": 1000, "7'000": 7000,
	} {
		if got, bad := readNumber(in); bad != nil || got != want {
			t.Errorf("%q is %v, %v", in, got, bad)
		}
	}
	for _, in := range []string{"7.000", "7 тыс.", "ten", "", "0x10", "1_000", "NaN", "Inf", "1,2,3", "1.000,5"} {
		if got, bad := readNumber(in); bad == nil {
			t.Errorf("%q was read as %v", in, got)
		}
	}
	if n, bad := readShare("5 %"); bad != nil || n != 0.05 {
		t.Error(n, bad)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Float64Range(-1e12, 1e12).Draw(t, "n")
		if got, bad := readNumber(writeNumber(n)); bad != nil || got != n {
			t.Fatalf("%v became %v, %v", n, got, bad)
		}
	})
}

// TestHandmadeIDsOnlyLinkRows: a published C7 would tell that there are others.
func TestHandmadeIDsOnlyLinkRows(t *testing.T) {
	p := Read(claim.Case{}, counted(), csvSheet(t, "claim", "id,text,kind,variant_of\n2,Second.,state,1\n1,First.,state,\n"))
	c, err := p.Apply(claim.Case{})
	if err != nil || c.Claims[0].ID != "n1" || c.Claims[0].VariantOf != "n2" || c.Claims[1].ID != "n2" {
		t.Errorf("%+v %v", c.Claims, err)
	}
}

// TestPseudonymsResolve to the party as whom the source speaks, inside the desk.
func TestPseudonymsResolve(t *testing.T) {
	c := claim.Case{
		Sources: []claim.Source{{ID: "s1", Pseudonym: "Kestrel", Party: "p1"}},
		Parties: []claim.Party{{ID: "p1", Kind: "unnamed_person", Label: "officer"}},
		Claims:  []claim.Claim{{ID: "c1", Text: "The tide is late."}},
	}
	p := Read(c, counted(), csvSheet(t, "utterance", "speaker,claims\nkestrel,The tide is late.\n"))
	if c, err := p.Apply(c); err != nil || c.Utterances[0].Speaker != "p1" {
		t.Errorf("%+v %v", c.Utterances, err)
	}
}

// TestListsComeBack, whatever is in them.
func TestListsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(rapid.StringMatching(`[a-zяї;\\"',=][a-z ;\\]*[a-z;\\]`)).Draw(t, "list")
		if got := splitList(joinList(list)); !slices.Equal(got, list) {
			t.Fatalf("%q became %q", list, got)
		}
	})
}

// TestMappings as a person types them.
func TestMappings(t *testing.T) {
	got, err := ParseMapping(`Text der Aussage=text, a\,b = place ,x\=y=topic`)
	if diff := cmp.Diff(map[string]string{"Text der Aussage": "text", "a,b": "place", "x=y": "topic"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, bad := range []string{"text", "=text", "a=b=c"} {
		if _, err := ParseMapping(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	in := csvSheet(t, "claim", "a,b\nx,y\n")
	in.Mapping = map[string]string{"a": "text", "c": "kind", "b": "colour"}
	p := Read(claim.Case{}, counted(), in)
	if len(p.Problems) < 2 {
		t.Error(p.Problems)
	}
}
