// SPDX-License-Identifier: Apache-2.0

package search

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shelf is a small desk.
func shelf() *Index {
	x := New()
	x.Put(Key{ID: "a"}, "Из архива вынесли одиннадцать коробок. Приказ подписал начальник отдела, 7 000 страниц.")
	x.Put(Key{ID: "a", Field: Translation, Name: "en"}, "Eleven boxes were carried out of the archive. The head of department signed the order, 7,000 pages.")
	x.Put(Key{ID: "a", Field: Tags}, "urgent archive")
	x.Put(Key{ID: "b"}, "Наказ підписав начальник відділу; у в'язниці 7000 осіб. Об’єкт зачинено.")
	x.Put(Key{ID: "b", Field: Note}, "Called on Monday. Ask Boris about the prison, the source's own words.")
	x.Put(Key{ID: "c"}, "Социально-экономический отдел. Ещё раз: отчёт от 12.05.2022, доля 7,5 процента. Т-90 стоят у Ґрунтової.")
	x.Put(Key{ID: "d", Field: Note}, "Nothing new. An order of magnitude, the order of the day.")
	return x
}

func ids(t *testing.T, x *Index, query string) string {
	t.Helper()
	found, err := x.Search(query, Options{})
	if err != nil {
		t.Fatalf("%q: %v", query, err)
	}
	var out []string
	for _, h := range found.Hits {
		out = append(out, h.Key.ID)
	}
	if found.Total != len(out) {
		t.Errorf("%q: total %d of %d hits", query, found.Total, len(out))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestAJournalistLooksForALetter(t *testing.T) {
	x := shelf()
	for _, tt := range []struct{ query, want string }{
		{"архивы", "a"},
		{"archives", "a"},
		{"urgent коробка", "a"}, // across fields
		{"наказами", "b"},
		{"order", "a d"},
		{"order -magnitude", "a"},
		{"order −magnitude", "a"},
		{`order -"order of magnitude"`, "a"},
		{"order -magn*", "a"},
		{`"the order"`, "a d"},
		{`"signed the order"`, "a"},
		{`"sign the order"`, ""}, // quoted: these very forms
		{`«начальник отдела»`, "a"},
		{`"начальник отдел"`, ""},
		{`„начальник відділу“`, "b"},
		{"начальник", "a b"},
		{"7000", "a b"},
		{"7,000", "a b"},
		{"7 000", "a b"},
		{"7\u00a0000", "a b"},
		{"7'000", "a b"},
		{`"7,000 pages"`, "a"},
		{`"7000 страниц"`, "a"},
		{"7.5", "c"},
		{"7,5", "c"},
		{"2022", "c"},
		{"12.05.2022", "c"},
		{"05.2022", "c"},
		{"еще", "c"},
		{"ЕЩЁ", "c"},
		{"отчеты", "c"},
		{"в’язниця", "b"},
		{"вязниця", "b"},
		{"обʼєкта", "b"},
		{"социально-экономического", "c"},
		{"экономический", "c"},
		{"Т-90", "c"},
		{"т90", ""},
		{"арх*", "a"},
		{"архива*", "a"},
		{"архиво*", ""},
		{"соци*", "c"},
		{"sou*", "b"},
		{"грунтова", "c"},
		{"source’s", "b"},
		{"e\u0301", ""},
		{"о\u0301тчет", "c"}, // a stress mark
		{"ар\u00adхив", "a"}, // a soft hyphen
		{"nothing at all", ""},
		{"ʼорder ʼ наказ ʹ", ""}, // what looks like an apostrophe alone is no word
		{"ʼ наказ ʹ", "b"},
	} {
		if got := ids(t, x, tt.query); got != tt.want {
			t.Errorf("%q finds %q, want %q", tt.query, got, tt.want)
		}
	}
}

func TestWhatIsNoQuestion(t *testing.T) {
	for query, want := range map[string]error{
		"": ErrNothing, " \t": ErrNothing, "-приказ": ErrNothing, `"`: ErrNothing, "*": ErrNothing, "- - -": ErrNothing, `""`: ErrNothing, `-"" a`: nil,
		strings.Repeat("a ", 33): ErrTooLong, strings.Repeat("a ", 32): nil, strings.Repeat("a", maxQuery+1): ErrTooLong,
	} {
		if _, err := shelf().Search(query, Options{}); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", query, err, want)
		}
	}
}

func TestTheCallerNarrowsAndTurnsPages(t *testing.T) {
	x := shelf()
	found, err := x.Search("order", Options{Keep: func(id string) bool { return id != "a" }})
	if err != nil || found.Total != 1 || found.Hits[0].Key.ID != "d" {
		t.Errorf("got %+v, %v", found, err)
	}
	for skip, want := range []int{1, 1, 0, 0} {
		found, err := x.Search("order", Options{Limit: 1, Skip: skip})
		if err != nil || found.Total != 2 || len(found.Hits) != want {
			t.Errorf("page %d: got %+v, %v", skip, found, err)
		}
	}
}

func TestTheBetterMatchComesFirst(t *testing.T) {
	x := New()
	x.Put(Key{ID: "once"}, "prison "+strings.Repeat("other words here ", 20))
	x.Put(Key{ID: "often"}, "prison prison prison "+strings.Repeat("other words here ", 20))
	x.Put(Key{ID: "short"}, "prison")
	x.Put(Key{ID: "z twin"}, "guard")
	x.Put(Key{ID: "a twin"}, "guard")
	for query, want := range map[string][]string{"prison": {"short", "often", "once"}, "guard": {"a twin", "z twin"}} {
		found, err := x.Search(query, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range found.Hits {
			got = append(got, h.Key.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

// TestASnippetIsTheOriginal: what is shown is what was written, whatever was done
// to find it.
func TestASnippetIsTheOriginal(t *testing.T) {
	x := shelf()
	for _, tt := range []struct {
		query string
		field Field
		marks []string
	}{
		{"коробки архив", Letter, []string{"архива", "коробок"}},
		{`"carried out" archive`, Translation, []string{"carried", "out", "archive"}},
		{"отчеты 7.5", Letter, []string{"отчёт", "7,5"}},
		{"7000 приказы", Letter, []string{"Приказ", "7", "000"}},
		{"обєкт", Letter, []string{"Об’єкт"}},
		{"bor* -called x", Note, nil},
		{"bor*", Note, []string{"Boris"}},
	} {
		found, err := x.Search(tt.query, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if tt.marks == nil {
			if found.Total != 0 {
				t.Errorf("%q: found %d", tt.query, found.Total)
			}
			continue
		}
		h := found.Hits[0]
		var marks []string
		for _, m := range h.Marks {
			marks = append(marks, h.Text[m[0]:m[1]])
		}
		if diff := cmp.Diff(tt.marks, marks); diff != "" || h.Key.Field != tt.field {
			t.Errorf("%q in the %s (-want +got):\n%s", tt.query, h.Key.Field, diff)
		}
	}
}

func TestALongTextIsShownWhereItMatters(t *testing.T) {
	x := New()
	x.Put(Key{ID: "1"}, strings.Repeat("guard ", 500)+"the prison guard spoke "+strings.Repeat("word ", 500))
	found, err := x.Search("prison guard", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if h := found.Hits[0]; !strings.Contains(h.Text, "the prison guard spoke") || len(strings.Fields(h.Text)) > snippetWords {
		t.Errorf("shown is %q", h.Text)
	}
}
