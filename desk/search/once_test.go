// SPDX-License-Identifier: Apache-2.0

package search

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOneQuestionHasTheSameAnswer: an index for one question finds what the whole one
// finds, in the same order, rank and words, whatever is asked.
func TestOneQuestionHasTheSameAnswer(t *testing.T) {
	t.Parallel()
	texts := append(letters()[:100],
		"Ікс стоїть окс; ґанок і ганку, ґудзик.", "Прошло 12 345 человек, 12345 ящиков.", "Ёлка, елка, ё́лка", "it's its ʼтис",
		"dying die dies; skis ski; ugly uglier", "його йому ґрунт грунту", "їхній їхнього єхн",
	)
	whole := indexed(texts)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 100 {
		query := questionOf(r, texts)
		if i < len(texts) && i >= 94 {
			query = texts[i+6]
		}
		one, err := NewFor(query)
		if err != nil {
			continue // as the whole one would, which the tests of queries hold
		}
		put(one, texts)
		want, err := whole.Search(query, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := one.Search(query, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: (-whole +one)\n%s", query, diff)
		}
	}
	for _, query := range []string{"окс", "ікс", "ганок", "ґанку", "грунт", "їхній", "єхн", "12345", `"12 345"`, "елка", "йому", "die", "ski", "ugl*"} {
		one, err := NewFor(query)
		if err != nil {
			t.Fatal(err)
		}
		put(one, texts)
		want, _ := whole.Search(query, Options{})
		if got, _ := one.Search(query, Options{}); got.Total == 0 || !cmp.Equal(want, got) {
			t.Errorf("%q: %d of %d found", query, got.Total, want.Total)
		}
	}
	if _, err := NewFor("-nothing"); err == nil {
		t.Error("a question without a word has an answer")
	}
}

// questionOf asks for words of a text, some of them as phrases, beginnings and what must
// not be there.
func questionOf(r *rand.Rand, texts []string) string {
	words := strings.Fields(texts[r.IntN(len(texts))])
	var parts []string
	for range 1 + r.IntN(3) {
		i := r.IntN(len(words))
		switch w := words[i]; r.IntN(5) {
		case 0:
			parts = append(parts, `"`+strings.Join(words[i:min(i+2, len(words))], " ")+`"`)
		case 1:
			parts = append(parts, string([]rune(w)[:1+r.IntN(len([]rune(w)))])+"*")
		case 2:
			parts = append(parts, "-"+w)
		default:
			parts = append(parts, w)
		}
	}
	return strings.Join(parts, " ")
}

// TestStemsKeepTheFirstLetter is what an index for one question lives by.
func TestStemsKeepTheFirstLetter(t *testing.T) {
	t.Parallel()
	texts := []string{"їжа їхній їздити ікло ідеї єгер єресь ґава гава ёж йод еж ые ыть dying ugly it's"}
	for _, c := range "абвгґдеєжзиіїйклмнопрстуфхцчшщьыэюяabcdefghijklmnopqrstuvwxyz" {
		for _, rest := range []string{"", "х", "хн", "хній", "хати", "ї", "ння", "x", "es", "ing", "eying"} {
			texts = append(texts, string(c)+rest)
		}
	}
	for _, text := range texts {
		for _, form := range forms(text) {
			for _, stem := range stemsOf(form) {
				if firstOf([]byte(stem)) != firstOf([]byte(form)) {
					t.Errorf("%s has the stem %s", form, stem)
				}
			}
		}
	}
}
