// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"fmt"
	"strings"

	"tamizdat/claim/wording"
)

// sentence says the answer in words.
func (x *Index) sentence(f Finding, by credit, join string) string {
	s := x.answerWords(f, join)
	if f.Miscredited {
		s += "; " + credited(f.Places, by)
	}
	return s
}

func (x *Index) answerWords(f Finding, join string) string {
	switch f.Answer {
	case Verbatim:
		return verbatimWords(f) + " " + describe(f.Places[0])
	case Reworded:
		return "follows " + describe(f.Places[0]) + " in other words, outside quotation marks; no number, negation, name or modality differs"
	case Altered:
		return "altered: " + whatDiffers(f, join) + "; " + describeAll(f.Places)
	case Said:
		return saidWords(f.Places[0]) + x.notInLetters()
	case NotOurs:
		return x.notOursWords(f)
	}
	return string(f.Answer)
}

func verbatimWords(f Finding) string {
	shortened := false
	for _, d := range f.Differences {
		shortened = shortened || d.Change == LeftOut
	}
	switch {
	case f.Form != Quotation:
		return "word for word, without quotation marks, from"
	case shortened:
		return "verbatim, shortened in order, from"
	}
	return "verbatim from"
}

func saidWords(p Place) string {
	if p.deskWords {
		return "near to what was " + p.Text + " (the case holds an account of it, not the words)"
	}
	return p.Text
}

func (x *Index) notInLetters() string {
	for _, t := range x.texts {
		if t.Kind == Letter {
			return ", not in any letter that was compared"
		}
	}
	return "; no letters were given to compare"
}

func (x *Index) notOursWords(f Finding) string {
	if f.Nearest == nil {
		return "not ours: nothing that was compared is near"
	}
	if f.Nearest.Kind == Other {
		return "not ours: " + f.Nearest.Text
	}
	return "not ours; the nearest is in " + describe(*f.Nearest)
}

// whatDiffers names the gravest differences first.
func whatDiffers(f Finding, join string) string {
	var list []string
	if join != "" {
		list = append(list, join)
	}
	for _, about := range []About{Negation, Number, Name, Modality, Word} {
		for _, c := range []Change{Dropped, Changed, Added, LeftOut} {
			if has(f.Differences, about, c) {
				list = append(list, named(about)+" was "+string(c))
			}
		}
	}
	return strings.Join(list, ", ")
}

func has(list []Difference, a About, c Change) bool {
	for _, d := range list {
		if d.About == a && d.Change == c && d.harms() {
			return true
		}
	}
	return false
}

func named(a About) string {
	switch a {
	case Negation, Number, Name:
		return "a " + string(a)
	case Modality:
		return "how sure it is"
	}
	return "the wording"
}

// describe names a place: “letter 7, revision 2, paragraph 3 (ru, original)”.
func describe(p Place) string {
	s := p.Text
	switch {
	case p.LastParagraph > p.Paragraph:
		s += fmt.Sprintf(", paragraphs %d to %d", p.Paragraph, p.LastParagraph)
	case p.Paragraph > 0 && p.Kind == Letter:
		s += fmt.Sprintf(", paragraph %d", p.Paragraph)
	case p.Kind == Letter:
		s += ", its title"
	}
	if p.Lang != "" || p.Role != "" {
		s += " (" + strings.Trim(p.Lang+", "+p.Role, ", ") + ")"
	}
	return s
}

func describeAll(places []Place) string {
	var list []string
	for _, p := range places {
		if s := describe(p); len(list) == 0 || list[len(list)-1] != s {
			list = append(list, s)
		}
	}
	return "from " + strings.Join(list, ", and ")
}

// notes gives what a reader should know about words that agree.
func (x *Index) notes(q *query, a alignment) []string {
	var notes []string
	if w := x.negatedBefore(a); w != "" {
		notes = append(notes, fmt.Sprintf("just before these words the published text has %q, which turns them round", w))
	}
	if other := x.halfOutside(a); other != "" {
		notes = append(notes, fmt.Sprintf("the published text has a range here, of which the quotation has one end; the other is %q", other))
	}
	if after := x.asked(q, a); after != "" {
		notes = append(notes, fmt.Sprintf("a question mark stands after %q in only one of the two", after))
	}
	if x.newer(a) {
		notes = append(notes, "a newer revision of this letter reads otherwise here")
	}
	if r := x.texts[a.text].Remark; r != "" {
		notes = append(notes, r)
	}
	return append(notes, x.marks(q, a)...)
}

// negatedBefore looks at the three words before a passage that begins inside a
// sentence: a quotation can be cut so that its negation stays outside.
func (x *Index) negatedBefore(a alignment) string {
	p, _ := a.span()
	for n := 0; n < 3 && p > x.begin[a.text] && !x.opens(p); n++ {
		p--
		if negates(plain(x.raw(p))) {
			return x.raw(p)
		}
	}
	return ""
}

// halfOutside gives the end of a range that a passage was cut off from.
func (x *Index) halfOutside(a alignment) string {
	from, to := a.span()
	first, end := x.begin[a.text], x.begin[a.text+1]
	switch {
	case from > first && x.spans(from, from-1, first):
		return x.between(max(first, from-2), from)
	case to < end && x.spans(to-1, to, end-1):
		return x.between(to, min(end, to+2))
	}
	return ""
}

// asked gives the word behind which the article has a question mark where the
// published text has none, or inside the passage the other way round.
func (x *Index) asked(q *query, a alignment) string {
	for _, s := range a.steps {
		if !s.same {
			continue
		}
		w, i := q.at[s.q], int(s.q)
		rest := q.raw[w.end:]
		if next := strings.IndexFunc(rest, letterOrDigit); next >= 0 {
			rest = rest[:next]
		}
		here, there := strings.Contains(rest, "?"), strings.Contains(x.behind(s.p), "?")
		inside := i+1 < len(q.at) && !q.gaps[i+1]
		if here && !there || there && !here && inside {
			return q.word(i)
		}
	}
	return ""
}

// behind gives what stands between a word and the next of its paragraph.
func (x *Index) behind(p int32) string {
	raw := x.paraAt(p).raw
	to := len(raw)
	if int(p)+1 < len(x.at) && x.paraIndex(p+1) == x.paraIndex(p) {
		to = x.at[p+1].start
	}
	return raw[x.at[p].end:to]
}

// newer relies on [Index.best], which prefers the newest of equals.
func (x *Index) newer(a alignment) bool {
	mine := x.texts[a.text]
	for _, t := range x.texts {
		if mine.Letter != "" && t.Letter == mine.Letter && t.Lang == mine.Lang && t.Revision > mine.Revision {
			return true
		}
	}
	return false
}

// marks notices letters of another alphabet and characters that nobody sees:
// both can mark a copy, and hide words from a search.
func (x *Index) marks(q *query, a alignment) []string {
	var notes []string
	for _, s := range a.steps {
		if s.q < 0 {
			continue
		}
		raw := q.word(int(s.q))
		latin, cyrillic := scripts(raw)
		other := latin && cyrillic
		if s.same && !other && len(notes) < maxMarks {
			l, c := scripts(x.raw(s.p))
			other = latin != l || cyrillic != c
		}
		if other && len(notes) < maxMarks {
			notes = append(notes, fmt.Sprintf("the word %q has letters that look like those of another alphabet", raw))
		}
		if strings.ContainsFunc(raw, wording.Hidden) && len(notes) < maxMarks {
			notes = append(notes, fmt.Sprintf("there are invisible characters in the word %q", wording.Visible(raw)))
		}
	}
	return notes
}

// maxMarks bounds how many marked words of one passage are told.
const maxMarks = 3
