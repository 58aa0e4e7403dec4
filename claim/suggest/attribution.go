// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
)

// Attribution says that a text seems to let somebody say something.
type Attribution struct {
	Content claim.Span // what was said; without id and document
	Direct  bool       // in quotation marks or behind a dialogue dash
	Cue     Passage    // the word by which it was found; empty where marks stand alone
	Speaker Passage    // as written, without article; empty where none was found
	// Pronoun says that the speaker is “she” or “they”. Who that is, is left to
	// the reader.
	Pronoun  bool
	Reason   string
	Strength float64 // 0 to 1, for the order only
}

// Passage is words of a text, with their place in code points.
type Passage struct {
	Text       string
	Start, End int
}

// Attributions finds who seems to be quoted in a text, in the order of the text:
// English, Russian and Ukrainian, by quotation marks, dialogue dashes and cue
// words. What is quoted inside of a quotation is not looked at. It reads
// [MaxText] code points and no more.
func Attributions(text string) []Attribution {
	r := newReader(readPage(text))
	r.dialogues()
	r.direct()
	r.reported()
	r.bare()
	slices.SortStableFunc(r.out, func(a, b Attribution) int {
		return cmp.Or(cmp.Compare(*a.Content.Start, *b.Content.Start), cmp.Compare(*a.Content.End, *b.Content.End))
	})
	return r.out
}

// reader looks for attributions on one page.
type reader struct {
	p       *page
	quotes  []quotation // outermost ones, in order
	closeOf []int       // by the token of an opening mark; -1 for all other tokens
	openOf  []int       // by the token of a closing mark; -1 for all other tokens
	first   []int       // of the sentence in which a token stands
	end     []int       // one past its last token
	spoken  []bool      // inside of a quotation or a dialogue
	used    []bool      // cues that have found their words
	taken   []bool      // words that have found a cue
	out     []Attribution
}

func newReader(p *page) *reader {
	n := len(p.tokens)
	r := &reader{
		p: p, closeOf: filled(n, -1), openOf: filled(n, -1), first: make([]int, n), end: make([]int, n),
		spoken: make([]bool, n), used: make([]bool, n), taken: make([]bool, n),
	}
	for _, q := range p.quotations() {
		r.closeOf[q.open], r.openOf[q.close] = q.close, q.open
		if q.depth == 0 {
			r.quotes = append(r.quotes, q)
			for i := q.open + 1; i < q.close; i++ {
				r.spoken[i] = true
			}
		}
	}
	r.sentences()
	return r
}

func filled(n, v int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// longestSentence is how many tokens one may have before it is cut, so that a text
// without full stops stays linear.
const longestSentence = 400

// sentences finds the ends of sentences outside of quotations.
func (r *reader) sentences() {
	begin := 0
	for i := range r.p.tokens {
		if i == len(r.p.tokens)-1 || i-begin == longestSentence || !r.spoken[i] && r.endsSentence(i) {
			for k := begin; k <= i; k++ {
				r.first[k], r.end[k] = begin, i+1
			}
			begin = i + 1
		}
	}
}

// endsSentence: a full stop, unless it belongs to an initial or an abbreviation;
// or a closing mark behind a full stop, if a capital follows.
func (r *reader) endsSentence(i int) bool {
	t := r.p.tokens[i]
	next := i + 1
	capital := r.p.isWord(next) && r.p.tokens[next].upper
	switch {
	case t.kind == isBreak:
		return true
	case r.openOf[i] >= 0:
		return capital && r.p.isMark(i-1, ".!?…") && !r.isName(r.openOf[i])
	case r.p.isMark(i, "!?…"):
		return !r.p.isWord(next) || capital
	case r.p.isMark(i, "."):
		return (!r.p.isWord(next) || capital) && !r.initial(i-1) && !abbreviation(r.p.fold(i-1))
	}
	return r.p.isMark(i, ";")
}

func abbreviation(w string) bool {
	switch w {
	case "mr", "mrs", "ms", "dr", "gen", "col", "lt", "st", "no", "prof", "sgt", "capt",
		"г", "ул", "тыс", "млн", "млрд", "им", "т", "см", "стр", "проф", "ген", "полк", "тис", "вул", "ім", "див":
		return true
	}
	return false
}

// found is what one attribution is made of, before its words are cut out.
type found struct {
	content phraseOf
	cue     phraseOf
	speaker phraseOf
	direct  bool
	reason  string
	worth   float64
}

// add cuts out an attribution and marks its tokens.
func (r *reader) add(f found) {
	f.content = r.tidy(f.content)
	if f.content.empty() {
		return
	}
	for i := f.content.first; i < f.content.end; i++ {
		r.taken[i] = true
	}
	for i := f.cue.first; i < f.cue.end; i++ {
		r.used[i] = true
	}
	a := Attribution{
		Content: r.p.span(r.p.tokens[f.content.first].start, r.p.tokens[f.content.end-1].end),
		Direct:  f.direct, Cue: r.passage(f.cue), Speaker: r.passage(f.speaker), Strength: f.worth,
	}
	a.Pronoun = f.speaker.end-f.speaker.first == 1 && pronoun(r.p.fold(f.speaker.first))
	a.Reason = f.reason + r.whom(f, a)
	if a.Pronoun || f.speaker.empty() {
		a.Strength -= 0.2
	}
	r.out = append(r.out, a)
}

// whom says what stands for the speaker.
func (r *reader) whom(f found, a Attribution) string {
	switch {
	case f.speaker.empty():
		return "; who speaks is not found"
	case a.Pronoun:
		return fmt.Sprintf(" and “%s”; who that is, is left open", a.Speaker.Text)
	case strings.ContainsFunc(a.Speaker.Text, func(c rune) bool { return c == '«' || c == '“' || c == '"' || c == '„' }):
		return " and a name in quotation marks"
	case r.p.tokens[f.speaker.end-1].upper:
		return " and a name"
	}
	return " and what may be a role"
}

// tidy takes marks off both ends that belong to the sentence around the words.
func (r *reader) tidy(f phraseOf) phraseOf {
	for !f.empty() && (r.p.isMark(f.first, ",.:;—–-") || r.p.tokens[f.first].kind == isBreak) {
		f.first++
	}
	for !f.empty() && (r.p.isMark(f.end-1, ",.:;—–-") || r.p.tokens[f.end-1].kind == isBreak) {
		f.end--
	}
	return f
}

func (r *reader) passage(f phraseOf) Passage {
	if f.empty() {
		return Passage{}
	}
	return Passage{Text: r.p.text(f.first, f.end-1), Start: r.p.tokens[f.first].start, End: r.p.tokens[f.end-1].end}
}

func (r *reader) words(f phraseOf) int {
	n := 0
	for i := f.first; i < f.end; i++ {
		if r.p.isWord(i) {
			n++
		}
	}
	return n
}
