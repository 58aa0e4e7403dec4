// SPDX-License-Identifier: Apache-2.0

package search

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// pool are words from which texts are drawn, so that they share some.
func pool() []string {
	var out []string
	for _, rows := range inflections() {
		for _, row := range rows {
			out = append(out, strings.Fields(row)...)
		}
	}
	slices.Sort(out)
	return append(out, "7000", "7,5", "a", "и", "Т-90", "…", "\u0301", "\xff")
}

// TestIndexIsWhatAFreshOneWouldBe: after any row of changes, every search gives
// what an index gives that was made from the texts that are left, and the words of
// what was removed are nowhere.
func TestIndexIsWhatAFreshOneWouldBe(t *testing.T) {
	words := pool()
	rapid.Check(t, func(t *rapid.T) {
		x, texts := New(), map[Key]string{}
		text := rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 12).Draw(t, "words"), " ")
		})
		id := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
		for range rapid.IntRange(1, 30).Draw(t, "changes") {
			if rapid.IntRange(0, 3).Draw(t, "remove") == 0 {
				gone := id.Draw(t, "id")
				x.Remove(gone)
				maps.DeleteFunc(texts, func(k Key, _ string) bool { return k.ID == gone })
				continue
			}
			k := Key{ID: id.Draw(t, "id"), Field: Field(rapid.IntRange(0, 3).Draw(t, "field"))}
			s := text.Draw(t, "text")
			x.Put(k, s)
			if texts[k] = s; s == "" {
				delete(texts, k)
			}
		}
		compare(t, x, texts, words)
	})
}

func compare(t *rapid.T, x *Index, texts map[Key]string, words []string) {
	fresh, forms := New(), map[string]bool{}
	for k, s := range texts {
		fresh.Put(k, s)
		var scan scanner
		for scan.begin(s); scan.next(); {
			forms[string(scan.form)] = true
		}
	}
	if got := slices.Collect(maps.Keys(x.forms)); len(got) != len(forms) || len(x.stems) != len(fresh.stems) || x.total != fresh.total || x.Len() != fresh.Len() {
		t.Fatalf("words %q are kept, want %v; %d stems, want %d", got, forms, len(x.stems), len(fresh.stems))
	}
	for _, w := range x.words {
		if w.form == "" && w.list.b != nil {
			t.Fatal("a free place holds something")
		}
	}
	for range 5 {
		q := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 3).Draw(t, "query"), rapid.SampledFrom([]string{" ", "* ", " -"}).Draw(t, "sign"))
		if rapid.Bool().Draw(t, "quoted") {
			q = `"` + q + `"`
		}
		got, err1 := x.Search(q, Options{})
		want, err2 := fresh.Search(q, Options{})
		if diff := cmp.Diff(want, got); diff != "" || (err1 == nil) != (err2 == nil) {
			t.Fatalf("%q: %v, %v (-want +got):\n%s", q, err1, err2, diff)
		}
	}
}

// TestEveryWordOfATextFindsIt by its form and by a phrase of it.
func TestEveryWordOfATextFindsIt(t *testing.T) {
	words := pool()
	rapid.Check(t, func(t *rapid.T) {
		drawn := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(words), rapid.StringN(1, 8, -1)), 1, 12).Draw(t, "words")
		text := strings.Join(drawn, " ")
		x := New()
		x.Put(Key{ID: "other"}, "something else")
		x.Put(Key{ID: "1"}, text)
		var s scanner
		for s.begin(text); s.next(); {
			word := text[s.start:s.end]
			for _, q := range []string{word, `"` + word + `"`, word + "*"} {
				found, err := x.Search(q, Options{})
				if err != nil || !slices.ContainsFunc(found.Hits, func(h Hit) bool { return h.Key.ID == "1" && len(h.Marks) > 0 }) {
					t.Fatalf("%q does not find %q: %+v, %v", q, text, found, err)
				}
			}
		}
	})
}

// TestPostings holds the bytes against a map.
func TestPostings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p postings
		model := map[uint32][]uint32{}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			unit := rapid.OneOf(rapid.Uint32Range(0, 5), rapid.Uint32()).Draw(t, "text")
			if model[unit] != nil {
				p.drop(unit)
				delete(model, unit)
			} else {
				where := rapid.SliceOfNDistinct(rapid.Uint32(), 1, 4, rapid.ID).Draw(t, "where")
				slices.Sort(where)
				p.put(unit, where)
				model[unit] = where
			}
			got := map[uint32][]uint32{}
			last := int64(-1)
			for e := range p.all() {
				if int64(e.unit) <= last {
					t.Fatal("the texts are out of order")
				}
				last = int64(e.unit)
				if got[e.unit] = e.positions(nil); len(got[e.unit]) != e.count {
					t.Fatal("a count is wrong")
				}
			}
			if diff := cmp.Diff(model, got); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
		}
	})
}

func TestHugeWordsAndTextsFit(t *testing.T) {
	x := New()
	x.Put(Key{ID: "1"}, strings.Repeat("щ", 1<<20)+" "+strings.Repeat("9", 1<<16)+" "+strings.Repeat("1,000,", 1<<14)+"'''''"+strings.Repeat("a\u0301", 1000))
	for form := range x.forms {
		if len(form) > maxForm {
			t.Errorf("a form has %d bytes", len(form))
		}
	}
	x.Remove("1")
	if len(x.forms)+len(x.stems)+len(x.units)+len(x.things) != 0 || x.total != 0 {
		t.Error("something is left")
	}
}

func FuzzSearch(f *testing.F) {
	for _, seed := range []struct{ text, query string }{
		{"Из архива вынесли 7 000 коробок", "архивы 7,000"},
		{"The source's order", `"source's order" -x ord*`},
		{"в'язниця об’єкт", "«в'язниця» -„обєкт“"},
		{"1,2,3.4.5,000,", "1,2 3.4 5,000, *"},
		{"\xff\xfe й\u0306\u0306 a\u200db", "- -- \"* \u0301 й*"},
		{"ЇІЄҐ' 'ї", "-\"а\" -"},
		{"ʼ ʹʼ ʼї їʼ 1ʼ ʼ1", "ʼ ʹ*"}, // letters that are apostrophes
	} {
		f.Add(seed.text, seed.query)
	}
	f.Fuzz(func(t *testing.T, text, query string) {
		x := New()
		x.Put(Key{ID: "1"}, text)
		x.Put(Key{ID: "2"}, "Из архива вынесли 7 000 коробок the order")
		for _, q := range []string{query, text, fmt.Sprintf("%q", text), query + "*"} {
			found, err := x.Search(q, Options{})
			if err != nil {
				continue
			}
			for _, h := range found.Hits {
				end := 0
				for _, m := range h.Marks {
					if m[0] < end || m[1] <= m[0] || m[1] > len(h.Text) {
						t.Fatalf("%q: marks %v in %q", q, h.Marks, h.Text)
					}
					end = m[1]
				}
			}
		}
		x.Remove("1")
		x.Remove("2")
		if len(x.forms)+len(x.stems)+len(x.units)+len(x.things) != 0 {
			t.Fatal("something is left")
		}
	})
}
