// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"tamizdat/letter/wire"
)

const zeroPhrase = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"

// cyrillicList is a made-up list, to test what a list in another script needs.
func cyrillicList(t testing.TB) List {
	t.Helper()
	letters := []rune("абвгежзийклмнопр") // the й must not be folded to и
	words := make([]string, listSize)
	for i := range words {
		words[i] = string([]rune{letters[i>>8&15], letters[i>>4&15], letters[i&15], 'ё', 'ш', 'ь'})
	}
	l, err := NewList("xx", words)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestWordsForgive(t *testing.T) {
	want, err := ReadWords("letter advice cage absurd amount doctor acoustic avoid letter advice cage above")
	if err != nil {
		t.Fatal(err)
	}
	for name, typed := range map[string]string{
		"capitals":        "LETTER Advice cage absurd amount doctor acoustic avoid letter advice cage above",
		"white space":     "\t letter\u00a0advice\u3000cage\nabsurd   amount doctor acoustic\r\navoid letter advice cage above \n",
		"commas":          "letter, advice,cage, absurd, amount, doctor، acoustic, avoid, letter, advice, cage, above",
		"hyphens":         "letter-advice-cage-absurd-amount-doctor-acoustic‐avoid—letter-advice-cage-above",
		"cut":             "lett advi cage absu amou doct acou avoi lett advi cage abov",
		"direction marks": "\u200eletter\u200f \u202badvice\u202c cage absurd amount doctor acoustic avoid letter advice cage above\ufeff \u200e",
		"full width":      "ｌｅｔｔｅｒ advice cage absurd amount doctor acoustic avoid letter advice cage above",
	} {
		got, err := ReadWords(typed)
		if err != nil || len(got) != 1 || !sameBytes(got[0].entropy[:], want[0].entropy[:]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWordsForgiveCyrillic(t *testing.T) {
	l := cyrillicList(t)
	w := NewWords()
	phrase := w.In(l)
	for name, typed := range map[string]string{
		"as written":  phrase,
		"ё typed е":   strings.ReplaceAll(phrase, "ё", "е"),
		"capitals":    strings.ToUpper(phrase),
		"decomposed":  norm.NFD.String(phrase),
		"after marks": "\u200f" + phrase,
	} {
		got, err := ReadWords(typed, English(), l)
		if err != nil || len(got) != 1 || !sameBytes(got[0].entropy[:], w.entropy[:]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A phrase that is valid in two lists is two candidates.
func TestWordsOfTwoLists(t *testing.T) {
	reversed := make([]string, listSize)
	for i := range reversed {
		reversed[i] = English().Word(listSize - 1 - i)
	}
	other, err := NewList("reversed", reversed)
	if err != nil {
		t.Fatal(err)
	}
	both := 0
	for range 400 {
		phrase := NewWords().In(English())
		got, err := ReadWords(phrase, English(), other)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 2 {
			both++
			if got[0].In(English()) != phrase || got[1].In(other) != phrase {
				t.Fatal("a candidate does not read as the phrase")
			}
		}
	}
	if both == 0 {
		t.Fatal("no phrase of 400 was valid in both lists; a sixteenth should be")
	}
}

func TestWordsNameThePlace(t *testing.T) {
	_, err := ReadWords("letter advice cage absurd amount docotr acoustic avoid letter advice cage above")
	var wrong *WordError
	if !errors.As(err, &wrong) || wrong.Place != 6 || wrong.Word != "docotr" || !slices.Contains(wrong.Nearest, "doctor") {
		t.Fatalf("%v", err)
	}
	if wrong.Nearest[0] != "doctor" {
		t.Errorf("a swap of neighbours is one step: nearest are %v", wrong.Nearest)
	}
	for _, printed := range []string{err.Error(), fmt.Sprintf("%v %+v %#v %s %q %x", wrong, wrong, wrong, wrong, wrong, wrong), fmt.Sprintf("%+v", *wrong), fmt.Errorf("words: %w", err).Error()} {
		if strings.Contains(printed, "docotr") || strings.Contains(printed, "doctor") || !strings.Contains(printed, "word 6") {
			t.Errorf("the error prints as %q", printed)
		}
	}
}

func TestWordsRefused(t *testing.T) {
	cases := []struct {
		name, typed string
		want        error
	}{
		{"eleven", strings.TrimSuffix(zeroPhrase, " about"), ErrWordCount},
		{"thirteen", zeroPhrase + " about", ErrWordCount},
		{"nothing", "", ErrWordCount},
		{"only marks", "\u200e \u200f", ErrWordCount},
		{"too long", strings.Repeat(zeroPhrase, 100), ErrWordCount},
		{"checksum", strings.Repeat("abandon ", 12), ErrChecksum},
		{"two swapped", "advice letter cage absurd amount doctor acoustic avoid letter advice cage above", ErrChecksum},
	}
	for _, c := range cases {
		if _, err := ReadWords(c.typed); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, typed := range []string{"aband", "abandonn", "aba", "абан"} { // it does not guess
		var wrong *WordError
		if _, err := ReadWords(strings.Replace(zeroPhrase, "abandon", typed, 1)); !errors.As(err, &wrong) || wrong.Place != 1 {
			t.Errorf("%q was taken for a word: %v", typed, err)
		}
	}
}

func TestListsThatCannotBe(t *testing.T) {
	good := func() []string { return slices.Clone(strings.Fields(englishText)) }
	for name, spoil := range map[string]func([]string) []string{
		"too few":             func(w []string) []string { return w[1:] },
		"too many":            func(w []string) []string { return append(w, "zzzz") },
		"repeated":            func(w []string) []string { w[7] = w[3]; return w },
		"same four letters":   func(w []string) []string { w[0] = "abanxyz"; w[1] = "abanabc"; return w },
		"same after folding":  func(w []string) []string { w[0] = "ёлка"; w[1] = "Елка"; return w },
		"empty":               func(w []string) []string { w[5] = ""; return w },
		"space inside":        func(w []string) []string { w[5] = "two words"; return w },
		"hyphen inside":       func(w []string) []string { w[5] = "half-way"; return w },
		"a mark and no word":  func(w []string) []string { w[5] = "\u200f"; return w },
		"word is a beginning": func(w []string) []string { w[0] = "zzqx"; w[1] = "zzqxlong"; return w },
	} {
		if _, err := NewList("bad", spoil(good())); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestWordsRoundTrip(t *testing.T) {
	l := cyrillicList(t)
	rapid.Check(t, func(t *rapid.T) {
		entropy := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "entropy")
		w, err := WordsFromEntropy(entropy)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range []List{English(), l} {
			got, err := ReadWords(w.In(list), list)
			if err != nil || len(got) != 1 || !sameBytes(got[0].entropy[:], entropy) {
				t.Fatalf("%v", err)
			}
		}
	})
}

func TestEntropyHasSixteenBytes(t *testing.T) {
	for _, n := range []int{0, 15, 17, 32} {
		if _, err := WordsFromEntropy(make([]byte, n)); err == nil {
			t.Errorf("%d bytes accepted", n)
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "acb", 1}, {"doctor", "docotr", 1}, {"kitten", "sitting", 3}, {"абв", "абг", 1}} {
		if got := editDistance([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestCheckWordsDiffer(t *testing.T) {
	a := CheckWords(wire.NewsroomKey{1}, English())
	b := CheckWords(wire.NewsroomKey{2}, English())
	if a == b || a != CheckWords(wire.NewsroomKey{1}, English()) {
		t.Fatal(a, b)
	}
	if f := Fingerprint([]byte("request"), English()); f == Fingerprint([]byte("Request"), English()) {
		t.Fatal(f)
	}
}

func ExampleWords_In() {
	w, _ := WordsFromEntropy(make([]byte, 16))
	fmt.Println(w.In(English()))
	fmt.Println(w)
	// Output:
	// abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about
	// REDACTED
}
