// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"slices"
	"strings"
	"testing"

	"tamizdat/claim"
)

// TestColleaguesRecogniseTheHand: that people of a service know one of theirs
// raises that the letter is from inside. Whether it is a leak somebody allowed, and
// whether what it says is true, stays open.
func TestColleaguesRecogniseTheHand(t *testing.T) {
	w, err := Weigh(Checks()[:1])
	if err != nil {
		t.Fatal(err)
	}
	open := func(a, b string) bool {
		return slices.ContainsFunc(w.Open, func(p [2]claim.Rival) bool { return p[0].Key == a && p[1].Key == b })
	}
	if !open("genuine_insider", "insider_with_agenda") || open("genuine_insider", "outside_fabricator") {
		t.Errorf("left open: %v", w.Open)
	}
	if !strings.Contains(w.Sentence, "Whether the content is true is another question") {
		t.Error(w.Sentence)
	}
	w, err = Weigh(Checks())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range w.Signs {
		if s.Tells == (s.Item == "one hand through all letters") {
			t.Errorf("%s: tells %v", s.Item, s.Tells)
		}
	}
	if len(w.Open) != 0 {
		t.Errorf("all checks together leave open %v", w.Open)
	}
	for _, bad := range []Sign{{Item: "x", Says: map[string]string{"alien": "+"}}, {Item: "x", Says: map[string]string{"genuine_insider": "yes"}}} {
		if _, err := Weigh([]Sign{bad}); err == nil {
			t.Errorf("%v passes", bad)
		}
	}
	if none, err := Weigh(nil); err != nil || len(none.Open) != 10 {
		t.Errorf("without signs %d pairs are open, want all 10", len(none.Open))
	}
}

func TestMatrix(t *testing.T) {
	m := Matrix{
		Hypotheses: []string{"x", "y", "z"},
		Items: []Item{
			{ID: "same", Consistent: []int{4, 4, 4}},
			{ID: "a", Cluster: "k", Consistent: []int{1, 5, 3}},
			{ID: "b", Cluster: "k", Consistent: []int{2, 4, 0}},
			{ID: "f6", Cluster: "k", Unjudged: true, Consistent: []int{5, 1, 1}},
			{ID: "one", Consistent: []int{0, 0, 1}},
		},
	}
	rows, columns, err := m.Analyse()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []Row{{"x", 0.5*4 + 0.5*1, 4}, {"y", 0, 4}, {"z", 4, 4}} {
		if rows[i] != want {
			t.Errorf("%+v, want %+v", rows[i], want)
		}
	}
	var order []string
	for _, c := range columns {
		order = append(order, c.ID)
		if c.Grey != slices.Contains([]string{"same", "f6", "one"}, c.ID) {
			t.Errorf("%s: grey %v", c.ID, c.Grey)
		}
	}
	if !slices.Equal(order, []string{"f6", "a", "b", "same", "one"}) {
		t.Errorf("the order is %v", order)
	}
	if d := *columns[1].Diagnosticity; !near(d, 1.632993161855452) {
		t.Errorf("the spread of 1, 5, 3 is %.15f, want √(8/3)", d)
	}
	for want, change := range map[string]func(*Matrix){
		"has 2 hypotheses": func(m *Matrix) { m.Hypotheses = m.Hypotheses[:2] },
		"has 6 hypotheses": func(m *Matrix) { m.Hypotheses = make([]string, 6) },
		"has 13 items":     func(m *Matrix) { m.Items = make([]Item, 13) },
		"has 1 values":     func(m *Matrix) { m.Items = []Item{{Consistent: []int{1}}} },
		"the value 6":      func(m *Matrix) { m.Items = []Item{{Consistent: []int{1, 6, 1}}} },
	} {
		bad := m
		change(&bad)
		if _, _, err := bad.Analyse(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want a refusal with %q, got %v", want, err)
		}
	}
}

func TestExposure(t *testing.T) {
	x := invented()
	waive := func(by ...string) []claim.Waiver { return []claim.Waiver{{Claim: "c", By: by, Reason: "agreed"}} }
	for _, tt := range []struct {
		answer      string
		waivers     []claim.Waiver
		ask, blocks bool
	}{
		{"", nil, true, false},
		{"<=10", nil, false, true},
		{"<=10", waive("Ada"), false, true},
		{"<=10", waive("Ada", " ada "), false, true},
		{"<=10", []claim.Waiver{{Claim: "c", By: []string{"Ada", "Bo"}}}, false, true},
		{"<=10", []claim.Waiver{{Claim: "c2", By: []string{"Ada", "Bo"}, Reason: "r"}}, false, true},
		{"<=10", append(waive("Ada"), waive("Bo")...), false, false},
		{"<=100", nil, false, false},
		{"public", nil, false, false},
		{"some", nil, true, true},
	} {
		x.Claim("c").Exposure = tt.answer
		if e := Exposed(x, "c", tt.waivers); e.Ask != tt.ask || e.Blocks != tt.blocks || e.Why == "" {
			t.Errorf("%q with %v: %+v", tt.answer, tt.waivers, e)
		}
	}
	if !Exposed(x, "none", nil).Blocks {
		t.Error("what is not in the case can be printed")
	}
}

func TestRareDetails(t *testing.T) {
	for text, want := range map[string]string{
		"On 24 March 2022 the 7,000 men of Colonel Orlov left.":        "date:24 March 2022 number:7,000 name:Colonel Orlov",
		"They may march. In May they did.":                             "date:May",
		"Погибли 7 000 человек, сообщил Иванов 24 марта.":              "number:7 000 name:Иванов date:24 марта",
		"Десять тысяч, или 7 тыс. в марте":                             "number:Десять тысяч number:7 тыс date:марте",
		"Загинуло п'ять тисяч, каже полковник ФСБ Петро Ковальчук.":    "number:п'ять тисяч name:ФСБ Петро Ковальчук",
		"Прибули 2022-03-24 і 25.03.2022 до Херсона; 12 березня — ні.": "date:2022-03-24 date:25.03.2022 name:Херсона date:12 березня",
		"Our T-72 stood at kilometre 14.":                              "name:T-72 number:14",
		"I saw it. We all did.":                                        "",
	} {
		var got []string
		runes := []rune(text)
		for _, d := range RareDetails(text, nil) {
			got = append(got, d.Kind+":"+d.Text)
			if string(runes[d.Start:d.End]) != d.Text {
				t.Errorf("%q is not at %d–%d", d.Text, d.Start, d.End)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s\n has %s\nwant %s", text, strings.Join(got, " "), want)
		}
	}
	if d := RareDetails("In Moscow and Orlov.", func(s string) bool { return s == "Moscow" }); len(d) != 1 || d[0].Text != "Orlov" {
		t.Errorf("what is public is marked: %v", d)
	}
}

// FuzzRareDetails: marks lie in the text, in order and apart.
func FuzzRareDetails(f *testing.F) {
	for _, s := range []string{"On 24 March 2022 7,000 men", "7 000", "Десять тысяч ФСБ", "a'b-c 1/2/3", "\xff 5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		last, n := 0, len([]rune(s))
		for _, d := range RareDetails(s, nil) {
			if d.Start < last || d.End <= d.Start || d.End > n {
				t.Fatalf("%+v after %d of %d", d, last, n)
			}
			last = d.End
		}
	})
}
