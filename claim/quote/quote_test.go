// SPDX-License-Identifier: Apache-2.0

package quote_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tamizdat/claim/quote"
	"tamizdat/claim/study"
)

// wordsOf cuts a letter into words as a person would see them.
func wordsOf(body string) []string {
	strip := strings.NewReplacer("«", "", "»", "", "“", "", "”", "", ":", "", ";", "", ",", "", ".", "", "7 000", "7000")
	return strings.Fields(strip.Replace(body))
}

// TestAnyPieceIsVerbatim: eight words or more of a letter, however they are
// spaced and quoted.
func TestAnyPieceIsVerbatim(t *testing.T) {
	x := demoIndex(t)
	marks := [][2]string{{"«", "»"}, {"“", "”"}, {"„", "“"}, {`"`, `"`}, {"‘", "’"}, {"»", "«"}, {"“", "“"}}
	spaces := []string{" ", "  ", "\u00a0", "\n", " — ", "\u00ad ", ", "}
	rapid.Check(t, func(r *rapid.T) {
		words := wordsOf(rapid.SampledFrom([]string{letter1ru, letter1en, letter2en}).Draw(r, "letter"))
		from := rapid.IntRange(0, len(words)-8).Draw(r, "from")
		to := rapid.IntRange(from+8, len(words)).Draw(r, "to")
		m := rapid.SampledFrom(marks).Draw(r, "marks")
		piece := strings.Join(words[from:to], rapid.SampledFrom(spaces).Draw(r, "space"))
		if rapid.Bool().Draw(r, "upper") {
			piece = strings.ToUpper(piece)
		}
		got := check(t, x, "So: "+m[0]+piece+m[1])
		if len(got) != 1 || got[0].Answer != quote.Verbatim {
			r.Fatalf("%s\n%+v", piece, got)
		}
	})
}

// TestAnyChangedWordIsNamed: one other word anywhere in eight or more.
func TestAnyChangedWordIsNamed(t *testing.T) {
	x := demoIndex(t)
	rapid.Check(t, func(r *rapid.T) {
		words := wordsOf(rapid.SampledFrom([]string{letter1ru, letter1en, letter2en}).Draw(r, "letter"))
		from := rapid.IntRange(0, len(words)-8).Draw(r, "from")
		to := rapid.IntRange(from+8, len(words)).Draw(r, "to")
		piece := append([]string(nil), words[from:to]...)
		k := rapid.IntRange(0, len(piece)-1).Draw(r, "changed")
		was := piece[k]
		piece[k] = "xylophone"
		got := check(t, x, "“"+strings.Join(piece, " ")+"”")
		if len(got) != 1 || got[0].Answer != quote.Altered {
			r.Fatalf("%v: %s", piece, told(got[0]))
		}
		for _, d := range got[0].Differences {
			if d.Article == "xylophone" && strings.EqualFold(strip(d.Published), strip(was)) {
				return
			}
		}
		r.Fatalf("%q became xylophone, and the answer does not name it: %s", was, told(got[0]))
	})
}

func strip(s string) string { return strings.NewReplacer(" ", "", ",", "").Replace(s) }

// TestAnUnrelatedArticleHasNothingOfOurs: a thousand invented words, with
// quotations and with the commonest turns of phrase.
func TestAnUnrelatedArticleHasNothingOfOurs(t *testing.T) {
	x := demoIndex(t)
	sentences := []string{
		"The harbour council met in the evening to talk about the price of ice.",
		"“We will not raise the fees before the end of the season,” the chairwoman said at the meeting.",
		"Fishermen from the northern villages told the council that the boats had been in the yard since March.",
		"According to the harbour master, 7,000 crates were sold in the week to Wednesday.",
		"Nobody knows what the new pier will cost, and nobody says when it will be ready.",
		"«Мы не знаем, когда привезут лёд, но мы его ждём», — сказал председатель.",
		"В порту с утра стояла очередь, и никто не понимал, чего ждут люди у ворот.",
		"The ferry to the island was taken out of service in the night because of the wind.",
		"I write to you because they put up the prices again, a reader says in a letter.",
		"Three lorries with ice arrived on Tuesday, and the drivers slept in the cabins.",
		"He said that what everybody in the town needs is a warm room and a dry coat.",
		"The museum on the second floor of the old customs house is open until six.",
	}
	var article strings.Builder
	for n := 0; n < 1000; {
		s := sentences[n%len(sentences)]
		fmt.Fprintf(&article, "%s\n\n", s)
		n += len(strings.Fields(s))
	}
	for _, s := range sentences {
		fmt.Fprintf(&article, "%s\n\n", s)
	}
	for _, f := range check(t, x, article.String()) {
		if f.Answer != quote.NotOurs && f.Answer != quote.OwnWords && f.Answer != quote.TooShort {
			t.Errorf("line %d: %s: %s", f.Line, f.Answer, told(f))
		}
	}
}

// TestTheStudy: the founding case has no words of letters, only the desk's
// account of what the publisher said.
func TestTheStudy(t *testing.T) {
	c := study.Case()
	x, err := quote.NewIndex(quote.FromCase(&c))
	if err != nil {
		t.Fatal(err)
	}
	got := check(t, x, "“For every week and month that the war continues, the possibility of a rebellion by those in the security service increases”")
	if len(got) != 1 || got[0].Answer != quote.Said || !strings.Contains(got[0].Sentence, "no letters were given") {
		t.Fatalf("%+v", got)
	}
}

func TestANewerRevisionIsPreferredAndMissed(t *testing.T) {
	text := func(rev int, body string) quote.Text {
		return quote.Text{Kind: quote.Letter, Letter: "letter 7", Name: fmt.Sprintf("letter 7, revision %d", rev), Revision: rev, Paragraphs: []string{body}}
	}
	x, err := quote.NewIndex([]quote.Text{
		text(1, "The guards were counted twice on Monday. The cellar door was painted red."),
		text(2, "The guards were counted twice on Tuesday. The cellar door was painted red."),
	})
	if err != nil {
		t.Fatal(err)
	}
	same := check(t, x, "“The cellar door was painted red.”")[0]
	old := check(t, x, "“The guards were counted twice on Monday.”")[0]
	if same.Places[0].Revision != 2 || len(same.Notes) != 0 {
		t.Errorf("%+v", same)
	}
	if old.Answer != quote.Verbatim || old.Places[0].Revision != 1 || !strings.Contains(told(old), "newer revision") {
		t.Errorf("%+v", old)
	}
}

func TestMarkdownAndLines(t *testing.T) {
	x := demoIndex(t)
	r, err := x.Check(quote.Markdown("# News\r\n\r\nIt says:\r\n\r\n> We are **not** [retreating](https://example.org/a), we are\r\n> freeing the shelves\r\n> — Letter 1\r\n\r\nText.[^1] The letter:\r\n“In the cellar 7,000\r\nfolders remained”\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 2 || r.Findings[0].Line != 5 || r.Findings[1].Line != 10 || r.Count(quote.Verbatim) != 2 {
		t.Fatalf("%+v", r.Findings)
	}
}

func TestBounds(t *testing.T) {
	x := demoIndex(t)
	if _, err := x.Check([]quote.Block{{Line: 1, Text: strings.Repeat("a ", quote.MaxArticle)}}); err == nil {
		t.Error("an article beyond the bound was taken")
	}
	if got := check(t, x, ""); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	empty, err := quote.NewIndex(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := check(t, empty, "“We are not retreating, we are freeing the shelves.”"); got[0].Answer != quote.NotOurs {
		t.Errorf("%+v", got)
	}
}

// TestHostileArticles are large and made to cost: they end, and that is all.
func TestHostileArticles(t *testing.T) {
	x := demoIndex(t)
	for _, piece := range []string{`"x `, "‘x ", "“x ", "“x” ", "[a] ", "“we are not …", "«x ", "„x ", "a\n", ", — said he, — ", "     "} {
		article := strings.Repeat(piece, 200_000/len(piece))
		if _, err := x.Check([]quote.Block{{Line: 1, Text: article}, {Line: 2, Text: article, Quote: true}}); err != nil && !strings.Contains(err.Error(), "in parts") {
			t.Error(err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("“We are […] retreating, … we are freeing the shelves” said Vera", letter1en)
	f.Add("«Мы, — сказал он, — мы [не] отступаем»... 7 000 -5 ‘a’ 'b", letter1ru)
	f.Add("\"a b c a b c a b c … c b a\" \xff ’’’ „x“ »y«", "a b c a b c\n\na b")
	f.Add("“[T]he … the … the …”", "the the the the the the")
	f.Fuzz(func(t *testing.T, article, letter string) {
		x, err := quote.NewIndex([]quote.Text{
			{Kind: quote.Letter, Letter: "l", Name: "l", Paragraphs: strings.Split(letter, "\n\n")},
			{Kind: quote.Publisher, Name: "said", Speaker: "V", Paragraphs: []string{letter}},
		})
		if err != nil {
			return
		}
		for _, blocks := range [][]quote.Block{quote.Plain(article), quote.Markdown(article), {{Line: 1, Text: article, Quote: true}}} {
			r, err := x.Check(blocks)
			if err != nil {
				continue
			}
			for _, f := range r.Findings {
				if f.Answer == "" || f.Sentence == "" || f.Line < 1 {
					t.Fatalf("no answer: %+v", f)
				}
			}
		}
	})
}

// BenchmarkQuote compares an article of 1,500 words with 200 letters of 2,000.
func BenchmarkQuote(b *testing.B) {
	texts, article := benchTexts()
	x, err := quote.NewIndex(texts)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			if _, err := quote.NewIndex(texts); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			if _, err := x.Check(article); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// benchTexts draws words with the frequencies of a language, by a fixed rule.
func benchTexts() ([]quote.Text, []quote.Block) {
	state := uint64(1)
	word := func() string {
		state = state*6364136223846793005 + 1442695040888963407
		r := float64(state>>40)/float64(1<<24) + 1e-4
		return fmt.Sprintf("w%c%d", 'a'+rune(state>>59)%3, int(3/r))
	}
	var texts []quote.Text
	for n := range 200 {
		var words []string
		for range 2000 {
			words = append(words, word())
		}
		texts = append(texts, quote.Text{Kind: quote.Letter, Letter: fmt.Sprint(n), Name: fmt.Sprint(n), Paragraphs: []string{strings.Join(words, " ")}})
	}
	var blocks []quote.Block
	for n := range 50 {
		from := strings.Fields(texts[n*4].Paragraphs[0])[n*10 : n*10+20]
		from[7] = "changed"
		var own []string
		for range 10 {
			own = append(own, word())
		}
		blocks = append(blocks, quote.Block{Line: n + 1, Text: "“" + strings.Join(from, " ") + "” " + strings.Join(own, " ")})
	}
	return texts, blocks
}
