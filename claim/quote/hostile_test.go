// SPDX-License-Identifier: Apache-2.0

package quote_test

import (
	"runtime"
	"strings"
	"testing"

	"tamizdat/claim/quote"
)

// harbour is an invented letter with numbers, units and a negation.
const harbour = "We lost 7,000–15,000 crates in one month, and 5 % of the fleet was sunk for €5 million at the harbour. " +
	"They will not leave the northern city before the autumn rain begins. The café was closed at noon and five officers were arrested. " +
	"One and a half, or 1½ million, people left the coast last winter because nobody paid them."

func harbourIndex(t testing.TB) *quote.Index {
	t.Helper()
	x, err := quote.NewIndex([]quote.Text{{Kind: quote.Letter, Letter: "letter 1", Name: "letter 1", Paragraphs: []string{harbour}}})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// answered checks one passage that is the only one of an article.
func answered(t *testing.T, x *quote.Index, article string, want quote.Answer) quote.Finding {
	t.Helper()
	got := check(t, x, article)
	if len(got) != 1 {
		t.Errorf("%.80q has %d answers", article, len(got))
		return quote.Finding{}
	}
	if got[0].Answer != want {
		t.Errorf("%.80q: %s, want %s\n%s", article, got[0].Answer, want, told(got[0]))
	}
	return got[0]
}

// TestNothingHidesBehindALongQuotation: words beyond the bound of one comparison
// are compared on their own, whatever padding stands before them.
func TestNothingHidesBehindALongQuotation(t *testing.T) {
	x := harbourIndex(t)
	first, lie := "They will not leave the northern city before the autumn", " and everything here is a lie that nobody ever wrote anywhere"
	for name, padding := range map[string]string{
		"unseen characters": strings.Repeat("\u200b", 40_000), "spaces": strings.Repeat(" ", 70_000), "words": strings.Repeat(" word", 2_100),
	} {
		r, err := x.Check(quote.Plain("“" + first + padding + lie + "”"))
		if err != nil {
			t.Fatal(err)
		}
		if r.Good() {
			t.Errorf("%s hide a lie: %+v", name, r.Findings)
		}
	}
	// A true quotation stays true where it is cut.
	for _, f := range check(t, x, "“"+first+strings.Repeat("\u200b", 40_000)+" rain begins”") {
		if f.Answer != quote.Verbatim && f.Answer != quote.TooShort {
			t.Errorf("%s: %s", f.Answer, told(f))
		}
	}
}

// TestManyShortLinesCostNoMore: a paragraph of them takes memory in proportion.
func TestManyShortLinesCostNoMore(t *testing.T) {
	const lines = 20_000
	article := strings.Repeat("a\n", lines)
	for name, read := range map[string]func(string) []quote.Block{"plain": quote.Plain, "markdown": quote.Markdown} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if got := read(article); len(got) != 1 {
			t.Errorf("%s: %d blocks", name, len(got))
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 1000*lines {
			t.Errorf("%s: %d bytes for %d short lines", name, used, lines)
		}
	}
}

// TestTypographyIsNoAlteration: what a browser, a PDF or another keyboard makes of
// the same words.
func TestTypographyIsNoAlteration(t *testing.T) {
	x := harbourIndex(t)
	for _, words := range []string{
		"The cafe\u0301 was closed at noon and five officers were arrested", // decomposed
		"The café was closed at noon and ﬁve oﬃcers were arrested",          // ligatures
		"The café was clo\u200b\u200bsed at noon and five officers were arrested",
		"The café was clo\u2060\u00adsed at noon and five officers were arrested",
		"The \u2068café\u2069 was clo\u2066se\u2069d at noon and five officers were arrested",
		"The café was closed\ufe0f at noon and five officers were arrested",
		"The café was clo\u034fsed at noon and five officers were arrested",
		"Ｔｈｅ café was closed at noon and five officers were arrested", // wide
	} {
		answered(t, x, "“"+words+"”", quote.Verbatim)
	}
}

// TestASignIsAWord: what is counted and in what money is not punctuation.
func TestASignIsAWord(t *testing.T) {
	x := harbourIndex(t)
	for words, sign := range map[string]string{
		"We lost 7,000–15,000 crates in one month, and 5 of the fleet was sunk": "%",
		"and 5 % of the fleet was sunk for $5 million at the harbour":           "$",
		"and 5 % of the fleet was sunk for 5 million at the harbour":            "€",
		"and 5 ‰ of the fleet was sunk for €5 million at the harbour":           "‰",
		"One and a half, or 1 million, people left the coast last winter":       "½",
	} {
		f := answered(t, x, "“"+words+"”", quote.Altered)
		if len(f.Differences) != 1 || f.Differences[0].About != quote.Number || !strings.Contains(f.Differences[0].Article+f.Differences[0].Published, sign) {
			t.Errorf("%s: %s", words, told(f))
		}
	}
	for _, words := range []string{
		"and 5% of the fleet was sunk for € 5 million at the harbour",
		"and 5 percent of the fleet was sunk for €5 million at the harbour",
		"and five per cent of the fleet was sunk for €5 million at the harbour",
		"and 5 % of the fleet was sunk for 5 million euros at the harbour",
		"and 5 % of the fleet was sunk for 5 million € at the harbour",
	} {
		answered(t, x, "“"+words+"”", quote.Verbatim)
	}
	for _, words := range []string{
		"and 5 % of the fleet was sunk for 5 million dollars at the harbour",
		"and five of the fleet was sunk for €5 million at the harbour",
	} {
		answered(t, x, "“"+words+"”", quote.Altered)
	}
}

// TestWhatIsShownIsCompared: a mark that turns the order of characters makes a
// reader see another number than the one that is written.
func TestWhatIsShownIsCompared(t *testing.T) {
	x := harbourIndex(t)
	for _, article := range []string{
		"“We lost \u202e7,000–15,000\u202c crates in one month”", "\u202e“We lost 7,000–15,000 crates in one month”\u202c",
		"“We lost \u20677,000–15,000\u2069 crates in one month”", "“We lost \u202b7,000–15,000\u202c crates in one month”",
		"“We lost \u200f7,000–15,000\u200f crates in one month”",
	} {
		f := answered(t, x, article, quote.Altered)
		if !strings.Contains(f.Sentence, "order") {
			t.Errorf("%q: %s", article, f.Sentence)
		}
	}
	answered(t, x, "שלום “We lost \u20677,000–15,000\u2069 crates in one month”", quote.Verbatim)
}

// TestBracketsHideNoNegation: words in square brackets are the article's, but a
// “not” there turns the quotation round.
func TestBracketsHideNoNegation(t *testing.T) {
	x := harbourIndex(t)
	for _, words := range []string{
		"and five officers were [not] arrested. One and a half", "and five officers were [never ever] arrested. One and a half",
		"before the autumn rain begins. The café was [un]closed at noon", "people left the coast last winter because [не] nobody paid them",
	} {
		answered(t, x, "“"+words+"”", quote.Altered)
	}
	for _, words := range []string{
		"and five officers [of the harbour] were arrested. One and a half", "[T]hey will not leave the northern city", "They will [not] leave the northern city",
	} {
		answered(t, x, "“"+words+"”", quote.Verbatim)
	}
}

// TestAnOmissionKeepsARangeWhole: half of a range is another number.
func TestAnOmissionKeepsARangeWhole(t *testing.T) {
	x, err := quote.NewIndex([]quote.Text{{Kind: quote.Letter, Letter: "letter 1", Name: "letter 1", Paragraphs: []string{
		harbour, "From ten to fifteen ships of the northern fleet were lost, 12 of them at night, in the year 2031, and nobody counted the small boats.",
	}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{
		"We lost 7,000 […] crates in one month, and 5 % of the fleet was sunk", "We lost … 15,000 crates in one month, and 5 % of the fleet was sunk",
		"From ten … ships of the northern fleet were lost", "From […] fifteen ships of the northern fleet were lost",
	} {
		if f := answered(t, x, "“"+words+"”", quote.Altered); len(f.Differences) == 0 || f.Differences[0].About != quote.Number {
			t.Errorf("%s: %s", words, told(f))
		}
	}
	for _, words := range []string{
		"ships of the northern fleet were lost, 12 of them at night, … and nobody counted the small boats", "ships of the northern fleet were lost … and nobody counted the small boats",
	} {
		answered(t, x, "“"+words+"”", quote.Verbatim)
	}
}

// TestACutRangeIsTold, like a negation just before the passage.
func TestACutRangeIsTold(t *testing.T) {
	x := harbourIndex(t)
	for _, words := range []string{"15,000 crates in one month, and 5 % of the fleet", "at the harbour. They will not leave the northern city"} {
		f := answered(t, x, "“"+words+"”", quote.Verbatim)
		if told := strings.Contains(strings.Join(f.Notes, " "), "7,000"); told != strings.HasPrefix(words, "15") {
			t.Errorf("%s: %q", words, f.Notes)
		}
	}
}

// TestAngleMarksQuote as French and German papers set them.
func TestAngleMarksQuote(t *testing.T) {
	x := harbourIndex(t)
	answered(t, x, "It says: ‹They will not leave the northern city before the autumn rain begins›.", quote.Verbatim)
	answered(t, x, "It says: ‹They will leave the northern city before the autumn rain begins›.", quote.Altered)
	answered(t, x, "It says: ›They will not leave the northern city before the autumn rain begins‹.", quote.Verbatim)
}

// TestAQuestionIsTold: punctuation is not compared, but a statement that became a
// question is worth a look.
func TestAQuestionIsTold(t *testing.T) {
	x := harbourIndex(t)
	for words, told := range map[string]bool{
		"They will not leave the northern city before the autumn rain begins?":                       true,
		"before the autumn rain begins? The café was closed at noon and five officers were arrested": true,
		"They will not leave the northern city before the autumn rain begins":                        false,
		"They will not leave the northern city – before the autumn rain begins!":                     false,
	} {
		f := answered(t, x, "“"+words+"”", quote.Verbatim)
		if got := strings.Contains(strings.Join(f.Notes, " "), "question mark"); got != told {
			t.Errorf("%s: %q", words, f.Notes)
		}
	}
}
