// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"fmt"
	"strings"
	"testing"

	"tamizdat/claim"
)

// checkAttributions holds what must be true of any text.
func checkAttributions(t *testing.T, text string) {
	runes := bounded(text)
	for _, a := range Attributions(text) {
		from, to := *a.Content.Start, *a.Content.End
		if from < 0 || to > len(runes) || from >= to || string(runes[from:to]) != a.Content.Exact {
			t.Fatalf("content %d–%d is not %q", from, to, a.Content.Exact)
		}
		if a.Content.Prefix != string(runes[max(0, from-surroundings):from]) || a.Content.Suffix != string(runes[to:min(len(runes), to+surroundings)]) {
			t.Fatal("the surroundings are not those of the text")
		}
		for _, p := range []Passage{a.Cue, a.Speaker} {
			if p.Text != string(runes[p.Start:p.End]) {
				t.Fatalf("%d–%d is not %q", p.Start, p.End, p.Text)
			}
		}
		if a.Reason == "" || a.Strength <= 0 || a.Strength > 1 {
			t.Fatalf("reason %q, strength %v", a.Reason, a.Strength)
		}
	}
}

func FuzzAttributions(f *testing.F) {
	for _, name := range []string{"tuning.txt", "heldout.txt", "hard.txt"} {
		for _, s := range readCorpus(f, name) {
			f.Add(s.text)
		}
	}
	for _, s := range []string{"", "“", "”“", "— ", "\n\n— said", "«„“‘\"'‘“„»", "\xff said \xfe", "said that", "according to", "\"a\" said A. B. C.", ", said", "x said, said, said"} {
		f.Add(s)
	}
	f.Fuzz(checkAttributions)
}

// FuzzWords: every token has its place, in order, and no code point that is
// neither space nor in a token is lost.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "don't — зв’язку", "й ё ï", "a\n\nb\n— c", "7,000–15,000", "\u2029\u00a0\u200b", "-'-'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := readPage(text)
		at := 0
		for _, k := range p.tokens {
			if k.start < at || k.end <= k.start || k.end > len(p.runes) {
				t.Fatalf("token %d–%d behind %d", k.start, k.end, at)
			}
			if gap := string(p.runes[at:k.start]); strings.TrimSpace(gap) != "" {
				t.Fatalf("%q is in no token", gap)
			}
			at = k.end
		}
		for _, n := range Numbers(text) {
			if n.Low > n.High || string(p.runes[n.Start:n.End]) != n.Text {
				t.Fatalf("%+v", n)
			}
		}
	})
}

// TestHostileTexts are long and shaped to make a careless reader climb. Where the
// work grew with the square, the test would not end.
func TestHostileTexts(t *testing.T) {
	const n, quotes = 30_000, 100_000
	for name, text := range map[string]string{
		"quotations":        strings.Repeat("“a b c d e f,” he said. ", quotes),
		"open marks":        strings.Repeat("«", n),
		"mixed marks":       strings.Repeat("\"'«„“‘", n),
		"dashes":            "— " + strings.Repeat("a, — said b, ", n),
		"dashes in a quote": "«" + strings.Repeat("a, — ", n) + "»",
		"cues":              strings.Repeat("said ", n),
		"cues and commas":   strings.Repeat("said, that ", n),
		"no full stop":      strings.Repeat("according to a ", n),
		"paragraphs":        strings.Repeat("“a\n\n", n),
		"to whom":           strings.Repeat("said reporters on Monday ", n),
		"digits":            strings.Repeat("1 234 567–", n),
		"one word":          strings.Repeat("я", n),
		"marks on a letter": "a" + strings.Repeat("\u0301", n),
	} {
		t.Run(name, func(t *testing.T) {
			checkAttributions(t, text)
			Numbers(text)
			Duplicates(map[string]string{"a": text, "b": text})
		})
	}
}

// TestMoreThanIsRead: what stands behind MaxText is not looked at.
func TestMoreThanIsRead(t *testing.T) {
	text := strings.Repeat(". ", MaxText/2) + "“We signed nothing at all,” said Olm."
	if got := Attributions(text); len(got) > 0 {
		t.Errorf("got %+v", got)
	}
}

// TestALongCase: a chain of relays and a family that everybody speaks of.
func TestALongCase(t *testing.T) {
	c := claim.Case{Claims: []claim.Claim{{ID: "C", Text: "7,000 to 15,000 died."}}}
	for i := range 3000 {
		u := claim.Utterance{ID: fmt.Sprint(i), Speaker: fmt.Sprint("s", i), Doc: fmt.Sprint("d", i), Claims: []string{"C"}, AttributedTo: "s0", Quote: copied}
		if i > 0 && i%2 == 0 {
			u.Relays = []string{fmt.Sprint(i - 1)}
		}
		c.Utterances = append(c.Utterances, u)
	}
	if len(Relays(claim.NewIndex(&c), nil)) == 0 {
		t.Error("nothing is proposed")
	}
}
