// SPDX-License-Identifier: Apache-2.0

package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// Ten thousand letters of about 300 words each, a third in each language, from a
// vocabulary in which the words are as unequally common as they are in life
// (Zipf) and each takes its endings.
const (
	benchLetters = 10_000
	benchWords   = 300
	benchStems   = 15_000 // a language
)

type language struct {
	consonants, vowels []string
	endings            []string
}

func languages() []language {
	split := func(s string) []string { return strings.Split(s, " ") }
	return []language{
		{split("b c d f g h l m n p r s t v w st tr pr"), split("a e i o u ea"), split(" s ed ing er")},
		{split("б в г д ж з к л м н п р с т ф х ш ст пр тр"), split("а е и о у ы я"), split(" а у ом е ы ов ам ами ах ый ого ому ая ой ую")},
		{split("б в г д ж з к л м н п р с т ф х ш ст пр тр"), split("а е и о у і я є"), split(" а у ом і и ів ам ами ах ий ого ому ої ою")},
	}
}

// vocabulary invents words.
func (l language) vocabulary(r *rand.Rand) [][]string {
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	words := make([][]string, benchStems)
	for i := range words {
		var stem strings.Builder
		for range 1 + i*3/benchStems + r.IntN(2) {
			stem.WriteString(pick(l.consonants) + pick(l.vowels))
		}
		stem.WriteString(pick(l.consonants))
		for _, e := range l.endings {
			words[i] = append(words[i], stem.String()+e)
		}
	}
	return words
}

// letters writes the letters, always the same.
func letters() []string {
	r := rand.New(rand.NewPCG(1, 2))
	langs := languages()
	vocabularies := make([][][]string, len(langs))
	for i, l := range langs {
		vocabularies[i] = l.vocabulary(r)
	}
	texts := make([]string, benchLetters)
	for i := range texts {
		v := vocabularies[i%len(langs)]
		var b strings.Builder
		for range benchWords*3/4 + r.IntN(benchWords/2) {
			// The rank of a word, by the inverse of Zipf's law; the first endings
			// are the more common ones.
			forms := v[int(math.Pow(benchStems, r.Float64()))-1]
			b.WriteString(forms[int(float64(len(forms))*math.Pow(r.Float64(), 3))])
			b.WriteString([]string{" ", " ", " ", ", ", ". "}[r.IntN(5)])
		}
		texts[i] = b.String()
	}
	return texts
}

func indexed(texts []string) *Index {
	x := New()
	put(x, texts)
	return x
}

func put(x *Index, texts []string) {
	for i, s := range texts {
		x.Put(Key{ID: fmt.Sprintf("%032x", i)}, s)
	}
}

// BenchmarkSearch10k asks five questions of ten thousand letters, each of which has
// very common words: a word, three words, a phrase, a beginning, an exclusion. The
// time is that of the five together.
func BenchmarkSearch10k(b *testing.B) {
	texts := letters()
	x := indexed(texts)
	common := strings.FieldsFunc(texts[1], func(r rune) bool { return strings.ContainsRune(" ,.", r) })
	queries := []string{
		common[0], strings.Join(common[:3], " "), `"` + strings.Join(common[3:5], " ") + `"`,
		string([]rune(common[5])[:1]) + "*", common[6] + " -" + common[7],
	}
	found := 0
	for b.Loop() {
		found = 0
		for _, q := range queries {
			f, err := x.Search(q, Options{})
			if err != nil {
				b.Fatal(err)
			}
			found += f.Total
		}
	}
	b.ReportMetric(float64(found), "found")
}

// BenchmarkBuild10k makes the index, as it is done whenever a desk is opened, and
// measures what it keeps of memory without the texts.
func BenchmarkBuild10k(b *testing.B) {
	texts := letters()
	var x *Index
	before := inUse()
	for b.Loop() {
		x = indexed(texts)
	}
	b.ReportMetric(float64(inUse()-before)/benchLetters, "B/letter")
	b.ReportMetric(float64(len(x.forms)), "forms")
	b.ReportMetric(float64(x.total), "words")
	runtime.KeepAlive(texts)
}

// BenchmarkOnce10k is what somebody waits for who asks one question of a desk that has no
// index: the making of one for it, and the answer.
func BenchmarkOnce10k(b *testing.B) {
	texts := letters()
	query := strings.Join(strings.FieldsFunc(texts[1], func(r rune) bool { return strings.ContainsRune(" ,.", r) })[:2], " ")
	for b.Loop() {
		x, err := NewFor(query)
		if err != nil {
			b.Fatal(err)
		}
		put(x, texts)
		if f, err := x.Search(query, Options{}); err != nil || f.Total == 0 {
			b.Fatalf("%d found, %v", f.Total, err)
		}
	}
}

func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
