// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/claim"
)

// TestAPseudonymIsFoundHoweverItStands: at the beginning of a line, with signs
// that JSON writes otherwise, in another composition, over a line's end, and with
// characters between its letters that nobody sees.
func TestAPseudonymIsFoundHoweverItStands(t *testing.T) {
	for _, tt := range []struct{ pseudonym, text string }{
		{"Kestrel", "First line.\nKestrel wrote the second."},
		{"Kestrel", "a\tKestrel\r\nb"},
		{"Kestrel", "before\u2028Kestrel"},
		{"Kestrel", "\x01Kestrel"},
		{`Red "Kite" K.`, `It is Red "Kite" K. again.`},
		{`back\slash`, `so says back\slash`},
		{"Зимородок", "как пишет Зимородок"},
		{"Филин й", "Филин и\u0306 сказал"},
		{"Ёж Лесной", "еж лесной говорит"},
		{"North Wind", "the North\n  Wind blew"},
		{"North Wind", "the North\u00a0Wind blew"},
		{"Kestrel", "Kes\u200btrel said"},
		{"Kestrel", "K\u00adestrel said"},
		{"Kes\u200btrel", "Kestrel said"},
		{"Kestrel", "Ｋestrel said"},
	} {
		c := claim.Case{
			Sources: []claim.Source{{ID: "s-invented", Pseudonym: tt.pseudonym}},
			Claims:  []claim.Claim{{ID: "c1", Kind: "state", Text: tt.text}},
		}
		if !NamesSource(c, tt.text) {
			t.Errorf("%q is not found in %q", tt.pseudonym, tt.text)
		}
		if got := Public(c); len(got.Claims) > 0 {
			t.Errorf("%q leaves in %q", tt.pseudonym, got.Claims[0].Text)
		}
	}
}

// TestWhatWasASecretStaysOne: a pseudonym that was changed, a source or a letter that
// was removed, and a document that was called a letter once do not leave; nor does what
// only the holder of the case keeps back, and the rest does.
func TestWhatWasASecretStaysOne(t *testing.T) {
	s := claim.NewShared()
	change := func(verb claim.Verb, kind, object string, pairs ...string) claim.Change {
		c := claim.Change{Verb: verb, Kind: kind, Object: object}
		for i := 0; i < len(pairs); i += 2 {
			if c.Fields == nil {
				c.Fields = map[string]json.RawMessage{}
			}
			c.Fields[pairs[i]] = json.RawMessage(pairs[i+1])
		}
		return c
	}
	err := s.Take(claim.Deed{Person: "a", Actor: "a", At: time.Unix(1e9, 0), Changes: []claim.Change{
		change("create", "source", "s-one", "pseudonym", `"Kestrel"`), change("set", "source", "s-one", "pseudonym", `"Red Kite"`),
		change("create", "source", "s-two", "pseudonym", `"North Wind"`), change("remove", "source", "s-two"),
		change("create", "document", "d-one", "kind", `"letter"`), change("set", "document", "d-one", "kind", `"note"`),
		change("create", "document", "d-two", "kind", `"note"`), change("create", "document", "d-open", "kind", `"note"`),
		change("create", "letter", "l-one", "document", `"d-two"`, "sha256", `"abcd"`), change("remove", "letter", "l-one"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Register().Case()
	if err != nil {
		t.Fatal(err)
	}
	c = c.Hiding(func(text string) bool { return strings.Contains(text, "amber") })
	texts := []string{"said Kestrel", "Red Kite says", "a North  Wind", "it is s-two", "of l-one", "hash abcd", "the amber one", "nothing of it"}
	for i, text := range texts {
		c.Claims = append(c.Claims, claim.Claim{ID: fmt.Sprint("c", i), Kind: "state", Text: text})
	}
	public := Public((&c).Named(func(n string) string { return n }))
	if len(public.Claims) != 1 || public.Claims[0].Text != "nothing of it" {
		t.Errorf("these leave: %+v", public.Claims)
	}
	for id, open := range map[string]bool{"d-one": false, "d-two": false, "d-open": true} {
		if Open(&c)(id) != open {
			t.Errorf("%s is open: %v", id, !open)
		}
	}
}

// TestWordsOfTheFormatAreNoSecret: a pseudonym that is the name of a field keeps
// back what has it in a text, and not everything.
func TestWordsOfTheFormatAreNoSecret(t *testing.T) {
	c := claim.Case{
		Sources: []claim.Source{{ID: "s-invented", Pseudonym: "Label"}},
		Parties: []claim.Party{{ID: "p1", Kind: "outlet", Label: "The Invented Courier"}, {ID: "p2", Kind: "outlet", Label: "The Label"}},
	}
	if got := Public(c).Parties; len(got) != 1 || got[0].ID != "p1" {
		t.Errorf("parties %+v", got)
	}
}

// told is a case in which a source tells what a minister said to them alone and
// what stands in a newspaper. All of it is invented.
func told(t testing.TB) claim.Case {
	return claim.Case{
		Sources: []claim.Source{{ID: "s-invented", Pseudonym: "Kestrel", Party: "p1"}},
		Letters: []claim.Letter{{ID: "l-invented", Document: "d1"}},
		Parties: []claim.Party{
			{ID: "p1", Kind: "unnamed_official", Label: "Kestrel"},
			{ID: "p2", Kind: "person", Label: "Minister of Tides"},
			{ID: "p3", Kind: "outlet", Label: "The Invented Courier"},
			{ID: "p4", Kind: "newsroom", Label: "Demo Desk"},
		},
		Documents: []claim.Document{
			{ID: "d1", Kind: "letter", Publisher: "p1", Published: date(t, "2031-05-14")},
			{ID: "d2", Kind: "article", Publisher: "p3", Published: date(t, "2031-05-02")},
			{ID: "d3", Kind: "recording", Title: "MINE: the meeting", Publisher: "p1", Published: date(t, "2031-05-13"), SHA256: "ab", Address: "MINE"},
			{ID: "d4", Kind: "note", Title: "MINE, written down", DerivativeOf: "d3", Method: "transcription"},
		},
		Spans:  []claim.Span{{ID: "s3", Document: "d3", Exact: "MINE: words on the recording"}},
		Claims: []claim.Claim{{ID: "c1", Kind: "state", Text: "The tide is late."}, {ID: "c2", Kind: "quantity", Text: "By forty minutes."}},
		Utterances: []claim.Utterance{
			{ID: "u1", Speaker: "p2", To: "p1", At: date(t, "2031-05-12"), Quote: "MINE: said behind a closed door", Basis: "own_act", Claims: []string{"c1"}, Relays: []string{}},
			{ID: "u2", Speaker: "p2", Doc: "d1", Claims: []string{"c1"}, Relays: []string{}},
			{ID: "u3", Speaker: "p3", Doc: "d2", Claims: []string{"c1"}, Relays: []string{}, At: date(t, "2031-05-02")},
			{ID: "u4", Speaker: "p1", To: "p4", Doc: "d1", Claims: []string{"c1", "c2"}, Relays: []string{"u1", "u2", "u3"}, InformedBy: []string{"u1", "u3"}, UpstreamUnknown: true},
			{ID: "u5", Speaker: "p3", To: "p1", Doc: "d2", Claims: []string{"c1"}, Relays: []string{}},
		},
		Measurands: []claim.Measurand{{ID: "m1", Quantity: "delay", Population: "tides", Unit: "minutes"}},
		Estimates: []claim.Estimate{
			{ID: "e1", Measurand: "m1", By: "u4", KnownAt: date(t, "2031-05-14"), Method: "MINE: read from the minister's own gauge", StatedConfidence: "MINE: I counted them"},
			{ID: "e2", Measurand: "m1", Claim: "c2", KnownAt: date(t, "2031-05-14")},
			{ID: "e3", Measurand: "m1", DerivedFrom: []string{"e2"}, KnownAt: date(t, "2031-05-14"), Method: "MINE", Formula: "e2 * 2"},
			{ID: "e4", Measurand: "m1", Claim: "c1", KnownAt: date(t, "2031-05-03"), Method: "gauge"},
		},
	}
}

// TestHowASourceKnowsDoesNotLeave: who said it to them alone knows to whom.
func TestHowASourceKnowsDoesNotLeave(t *testing.T) {
	got := Public(told(t))
	x := claim.NewIndex(&got)
	if u := x.Utterance("u1"); u != nil {
		t.Errorf("what was said to a source alone leaves: %+v", u)
	}
	if u := x.Utterance("u5"); u == nil || u.To != "" {
		t.Errorf("a public document names the source as its hearer: %+v", u)
	}
	u := x.Utterance("u4")
	if u == nil || !slices.Equal(u.Relays, []string{"u3"}) || !slices.Equal(u.InformedBy, []string{"u3"}) || u.UpstreamUnknown {
		t.Errorf("the letter's own chain leaves: %+v", u)
	}
}

// TestWhatASourceMadeIsKeptAsALetterIs: a recording is as much theirs.
func TestWhatASourceMadeIsKeptAsALetterIs(t *testing.T) {
	text := encode(t, Public(told(t)))
	for _, never := range []string{"MINE", `"ab"`, `"2031-05-12"`, `"2031-05-13"`, `"2031-05-14"`} {
		if strings.Contains(text, never) {
			t.Errorf("%s leaves:\n%s", never, text)
		}
	}
	for _, stays := range []string{"gauge", `"2031-05-03"`, `"2031-05-02"`} {
		if !strings.Contains(text, stays) {
			t.Errorf("%s does not leave", stays)
		}
	}
}

// TestTheOrderOfWorkDoesNotLeave: a log lists things as they were entered, so that
// a letter that stands between two newspapers came between them.
func TestTheOrderOfWorkDoesNotLeave(t *testing.T) {
	c := told(t)
	want := encode(t, Public(c))
	slices.Reverse(c.Parties)
	slices.Reverse(c.Documents)
	slices.Reverse(c.Spans)
	slices.Reverse(c.Claims)
	slices.Reverse(c.Utterances)
	slices.Reverse(c.Estimates)
	if got := encode(t, Public(c)); got != want {
		t.Errorf("the copy follows the order of the case:\n%s", got)
	}
}

// TestLongDatesHaveNoDayEither: the ends of a long interval are days as well.
func TestLongDatesHaveNoDayEither(t *testing.T) {
	for in, want := range map[string]string{
		"2022-03-15/2022-05-18": "2022-03-14/2022-05-22", "2022-03-15/..": "2022-03-14/..", "../2022-03-15": "../2022-03-20",
		"2022-03-15/": "2022-03-14/", "2022-03-15?/..": "2022-03-14?/..", "2022-03/2022-05": "2022-03/2022-05", "2022-03-15T07:31:00Z/2022-05": "2022-03-14/2022-06-05",
		"2022/2022-05-18": "2021-12-27/2022-05-22", "2022-03-XX": "2022-03-XX",
	} {
		if got := weekOf(date(t, in)).String(); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}

// TestASeriesLosesItsHours as everything else does.
func TestASeriesLosesItsHours(t *testing.T) {
	moment := date(t, "2031-05-14T07:31:00Z")
	series := &claim.Series{Points: []claim.Point{{Date: moment, Value: 1, KnownAt: moment}}, Thresholds: []claim.Threshold{{Name: "line", Fixed: moment}}}
	got := Public(claim.Case{Indicators: []claim.Indicator{{ID: "i1", Name: "gauge", Series: series}}})
	if text := encode(t, got); strings.Contains(text, "07:31") || !strings.Contains(text, "2031-05-14") {
		t.Error(text)
	}
}

// TestOnlyWebAddressesLeave: where a document was found can be a folder of a
// colleague's, a chat, or an address with a name and a password.
func TestOnlyWebAddressesLeave(t *testing.T) {
	for in, want := range map[string]string{
		"https://courier.example/tides?a=1#b": "https://courier.example/tides?a=1#b", "http://courier.example": "http://courier.example",
		"https://anna:pass@courier.example/x": "https://courier.example/x", " https://courier.example/y ": "https://courier.example/y",
		"/ho" + "me/anna/letters/7.pdf": "", "file:///home/anna/7.pdf": "", `C:\Users\anna\7.pdf`: "", "tg://user?id=7": "", "javascript:alert(1)": "", "mailto:anna@x.example": "",
		"from Anna's friend": "", "https://": "", "https://courier.example/\x1b[2J": "",
	} {
		c := claim.Case{Documents: []claim.Document{{ID: "d1", Kind: "article", Address: in}}}
		if got := Public(c).Documents[0].Address; got != want {
			t.Errorf("%q left as %q, want %q", in, got, want)
		}
	}
}

// TestAnAnswerThatIsNoneBlocks: “<= 10” with a space must not mean that anybody
// could know it.
func TestAnAnswerThatIsNoneBlocks(t *testing.T) {
	for answer, leaves := range map[string]bool{"": true, "<=100": true, "more": true, "public": true, "<=10": false, "<= 10": false, "≤10": false, "few": false, "10": false} {
		c := claim.Case{Claims: []claim.Claim{{ID: "c1", Kind: "state", Text: "x", Exposure: answer}, {ID: "c2", Kind: "state", Text: "y", VariantOf: "c1"}}}
		if got := len(Public(c).Claims) == 2; got != leaves || len(Public(c).Claims) == 1 {
			t.Errorf("%q: leaves %v", answer, got)
		}
		if got := len(Public(c, "c1", "c2").Claims); got != 2 {
			t.Errorf("%q, waived: %d claims leave", answer, got)
		}
	}
}

// TestNoVariantLeavesForAnother: what few could know leaves neither as what it is a
// variant of nor as a variant of that.
func TestNoVariantLeavesForAnother(t *testing.T) {
	for few := range 3 {
		c := claim.Case{Claims: []claim.Claim{
			{ID: "c1", Kind: "state", Text: "x", Exposure: "public", VariantOf: "c2"},
			{ID: "c2", Kind: "state", Text: "y", Exposure: "public"},
			{ID: "c3", Kind: "state", Text: "z", Exposure: "public", VariantOf: "c2"},
		}}
		if got := len(Public(c).Claims); got != 3 {
			t.Errorf("%d of a public family leave", got)
		}
		c.Claims[few].Exposure = "<=10"
		if got := Public(c).Claims; len(got) != 0 {
			t.Errorf("few could know %s, and there leaves %+v", c.Claims[few].ID, got)
		}
	}
}

// TestWhatNobodyWasAskedIsListed where a source says it.
func TestWhatNobodyWasAskedIsListed(t *testing.T) {
	c := told(t)
	c.Claims = append(c.Claims, claim.Claim{ID: "c3", Kind: "state", Text: "Only the paper says this."}, claim.Claim{ID: "c4", Kind: "state", Text: "More could know this.", Exposure: "more"})
	c.Utterances = append(c.Utterances, claim.Utterance{ID: "u6", Speaker: "p3", Doc: "d2", Claims: []string{"c3"}}, claim.Utterance{ID: "u7", Speaker: "p1", Doc: "d1", Claims: []string{"c4"}})
	if got := Unanswered(c); !slices.Equal(got, []string{"c1", "c2"}) {
		t.Errorf("%v", got)
	}
}

// TestTheDesksOwnWordsStay: how a letter was worked on, from which table of it a
// number is, and that there are forecasters of questions that stay behind.
func TestTheDesksOwnWordsStay(t *testing.T) {
	c := told(t)
	c.Sources[0].ID = "s-invented"
	c.Documents = append(c.Documents, claim.Document{ID: "d5", Kind: "translation", DerivativeOf: "d1", Method: "MINE: by Anna, from the copy of Tuesday"},
		claim.Document{ID: "d6", Kind: "translation", DerivativeOf: "d1", Method: "translation"}, claim.Document{ID: "d7", Kind: "translation", DerivativeOf: "d2", Method: "by machine"})
	c.Estimates[0].ByDataset = "MINE: table on the second page"
	c.Questions = []claim.Question{{ID: "q1", Text: "Kestrel?"}, {ID: "q2", Text: "Late?"}}
	c.Forecasts = []claim.Forecast{{ID: "f1", Question: "q1", By: "anna"}, {ID: "f2", Question: "q2", By: "boris"}, {ID: "f3", Question: "q2", By: "anna"}}
	text := encode(t, Public(c))
	for what, want := range map[string]bool{"MINE": false, `"method": "translation"`: true, "by machine": true, "forecaster 1": true, "forecaster 2": true, "forecaster 3": false, "Kestrel": false} {
		if strings.Contains(text, what) != want {
			t.Errorf("%s leaves: %v\n%s", what, !want, text)
		}
	}
	if f := Public(c).Forecasts; f[0].By != "forecaster 1" {
		t.Errorf("the first of the forecasters that leave is %s", f[0].By)
	}
}

// TestWhoToldTheSourceIsNotDescribed: an unnamed person of whom only letters tell
// stands near the writer.
func TestWhoToldTheSourceIsNotDescribed(t *testing.T) {
	c := told(t)
	c.Parties = append(c.Parties, claim.Party{ID: "p5", Kind: "unnamed_official", Label: "MINE: deputy in the next room"},
		claim.Party{ID: "p6", Kind: "unnamed_official", Label: "a harbour official"}, claim.Party{ID: "p7", Kind: "unnamed_group", Label: "two pilots"})
	c.Utterances = append(c.Utterances,
		claim.Utterance{ID: "u6", Speaker: "p5", Claims: []string{"c1"}, Relays: []string{}},
		claim.Utterance{ID: "u7", Speaker: "p1", Doc: "d1", Claims: []string{"c1"}, Relays: []string{"u6"}},
		claim.Utterance{ID: "u8", Speaker: "p6", Claims: []string{"c1"}, Relays: []string{}},
		claim.Utterance{ID: "u9", Speaker: "p3", Doc: "d2", Claims: []string{"c1"}, Relays: []string{"u8"}})
	text := encode(t, Public(c))
	for what, want := range map[string]bool{"MINE": false, "a harbour official": true, "two pilots": true, "Minister of Tides": true} {
		if strings.Contains(text, what) != want {
			t.Errorf("%s leaves: %v", what, !want)
		}
	}
}
