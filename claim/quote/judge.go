// SPDX-License-Identifier: Apache-2.0

package quote

import "unicode/utf8"

// passage is a piece of the article to be answered.
type passage struct {
	line  int
	form  Form
	q     *query
	words string
	notes []string
	by    credit

	turned bool // a reader may see its characters in another order
}

// judge answers one passage; ok is false where nothing needs an answer.
func (x *Index) judge(p passage) (f Finding, ok bool) {
	f = Finding{Line: p.line, Form: p.form, Words: shorten(p.words), Notes: p.notes, Credits: p.by.name}
	if len(p.q.ids) == 0 {
		return f, false
	}
	if p.form != Quotation {
		return x.judgeSentence(p, f)
	}
	if len(p.q.ids) < minWords {
		return x.judgeShort(p, f), true
	}
	return x.judgeQuotation(p, f), true
}

// judgeQuotation answers what stands in quotation marks.
func (x *Index) judgeQuotation(p passage, f Finding) Finding {
	parts := x.parts(p.q)
	same, solid := 0, 0
	for _, part := range parts {
		same += part.same
		solid += content(p.q.part(part.from, part.to), part.alignment)
	}
	n := len(p.q.ids)
	long := same >= longVerbal-1 && same >= n-1 // too many in a row to be chance
	near := float64(same) >= minShare*float64(n) && same >= minWords-1
	if !near || same < n && solid < minContent && !long {
		return x.notOurs(p, f, parts)
	}
	enough := solid >= minContent || long
	if !enough {
		f.Answer, f.Sentence = TooShort, "too short to tell: words as common as these stand everywhere"
		return f
	}
	for _, part := range parts {
		own := p.q.part(part.from, part.to)
		f.Differences = append(f.Differences, x.differences(own, part.alignment, false)...)
		if len(part.runs) > 0 {
			f.Places = append(f.Places, x.place(part.alignment))
			f.Notes = append(f.Notes, x.notes(own, part.alignment)...)
		}
	}
	return x.conclude(p, f, joinOf(x, parts))
}

// conclude chooses the answer from places and differences.
func (x *Index) conclude(p passage, f Finding, join string) Finding {
	first := f.Places[0]
	if join == "" && p.turned && first.Kind != Other {
		join = "marks of direction make a reader see its characters in another order"
	}
	altered := join != ""
	for _, d := range f.Differences {
		altered = altered || d.harms()
	}
	switch {
	case first.Kind == Other && join == "":
		f.Answer, f.Nearest, f.Places, f.Differences = NotOurs, &first, nil, nil
	case first.deskWords:
		f.Answer, f.Differences = Said, nil
	case altered:
		f.Answer = Altered
	case first.Kind == Publisher:
		f.Answer = Said
	default:
		f.Answer = Verbatim
	}
	f.Miscredited = f.Answer != NotOurs && x.miscredited(p.by, f.Places)
	f.Sentence = x.sentence(f, p.by, join)
	return f
}

// joinOf says how the parts of a quotation were put together, or "".
func joinOf(x *Index, parts []part) string {
	var placed []part
	for _, p := range parts {
		if len(p.runs) > 0 {
			placed = append(placed, p)
		}
	}
	if len(placed) < 2 {
		return ""
	}
	for i := 1; i < len(placed); i++ {
		a, b := placed[i-1], placed[i]
		switch {
		case x.owner(a.text) != x.owner(b.text):
			return "stitched together from different texts"
		case a.text != b.text:
			return "joined from different versions of one text"
		case b.runs[0].p < a.runs[0].p:
			return "put in another order"
		}
	}
	return "joined without a mark of omission"
}

// owner names what a text belongs to.
func (x *Index) owner(text int) string {
	t := x.texts[text]
	if t.Letter != "" {
		return t.Letter
	}
	return t.Name
}

// notOurs answers with the nearest that there is, if it is near enough to be
// worth a look.
func (x *Index) notOurs(p passage, f Finding, parts []part) Finding {
	f.Answer = NotOurs
	for _, part := range parts {
		own := p.q.part(part.from, part.to)
		share := float64(part.same) / float64(len(p.q.ids))
		if share >= nearShare && part.longest() >= shingle && content(own, part.alignment) >= minContent {
			place := x.place(part.alignment)
			f.Nearest = &place
			break
		}
	}
	f.Sentence = x.sentence(f, p.by, "")
	return f
}

// judgeSentence answers a sentence without quotation marks.
func (x *Index) judgeSentence(p passage, f Finding) (Finding, bool) {
	a, found := x.best(p.q)
	if !found || !follows(p.q, a) || x.texts[a.text].Kind == Other {
		if p.by.writing && p.form == Attributed {
			f.Answer, f.Sentence = OwnWords, "in the article's own words: a comparison of words cannot tell whether the account is right"
			return f, true
		}
		return f, false
	}
	f.Places = []Place{x.place(a)}
	f.Differences = x.differences(p.q, a, true)
	f.Notes = append(f.Notes, x.notes(p.q, a)...)
	f = x.conclude(p, f, "")
	if f.Answer == Altered && !grave(f.Differences) {
		f.Answer = Reworded
		f.Sentence = x.sentence(f, p.by, "")
	}
	return f, true
}

func grave(list []Difference) bool {
	for _, d := range list {
		if d.grave() {
			return true
		}
	}
	return false
}

// follows reports whether a sentence keeps closely to a published text.
func follows(q *query, a alignment) bool {
	last := a.runs[len(a.runs)-1]
	core := int(last.q + last.n - a.runs[0].q)
	return len(q.ids) >= followWords && a.longest() >= followRun && core >= followWords &&
		float64(a.same) >= minShare*float64(core) && content(q, a) >= minContent+2
}

// judgeShort answers two or three words only where they are rare: together in
// one letter and nowhere else, with a long word or number that stands at most
// twice in all texts.
func (x *Index) judgeShort(p passage, f Finding) Finding {
	f.Answer, f.Sentence = TooShort, "too short to tell"
	a, ok := x.exact(p.q)
	if !ok {
		return f
	}
	place := x.place(a)
	f.Sentence += "; the words stand in " + describe(place)
	if x.rare(p.q) {
		f.Places = []Place{place}
		return x.conclude(p, f, "")
	}
	return f
}

// exact finds a short query word for word, if it stands in one letter only.
func (x *Index) exact(q *query) (alignment, bool) {
	id := q.ids[0]
	if id == 0 || len(q.ids) < 2 {
		return alignment{}, false
	}
	var found alignment
	n := int32(len(q.ids))
	for _, p := range x.places(id) {
		text := x.textAt(p)
		if p+n > x.begin[text+1] || !equal(x.words[p:p+n], q.ids) {
			continue
		}
		if len(found.runs) > 0 && x.owner(found.text) != x.owner(text) {
			return alignment{}, false
		}
		found = alignment{text: text, runs: []run{{0, p, n}}, same: int(n)}
		for k := range n {
			found.steps = append(found.steps, step{q: k, p: p + k, same: true})
		}
	}
	return found, len(found.runs) > 0
}

func equal(a, b []int32) bool {
	for i := range a {
		if a[i] != b[i] || b[i] == 0 {
			return false
		}
	}
	return true
}

func (x *Index) rare(q *query) bool {
	for i, id := range q.ids {
		w := plain(q.word(i))
		long := utf8.RuneCountInString(w) >= 8 || isNumeral(w) && len(w) >= 4 && isDigit(w[0])
		if id != 0 && long && len(x.places(id)) <= 2 {
			return true
		}
	}
	return false
}

// maxShown bounds how much of a passage is repeated in an answer, in runes.
const maxShown = 600

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= maxShown {
		return s
	}
	return string([]rune(s)[:maxShown]) + " …"
}

// place puts into words where an alignment lies.
func (x *Index) place(a alignment) Place {
	from, to := a.span()
	t := x.texts[a.text]
	p := Place{Text: t.Name, Kind: t.Kind, Letter: t.Letter, Revision: t.Revision, Lang: t.Lang, Role: t.Role, Speaker: t.Speaker, Remark: t.Remark, deskWords: t.DeskWords}
	p.Words = shorten(x.between(from, to))
	first, end := a.runs[0], a.runs[len(a.runs)-1]
	p.Paragraph = x.paraAt(first.p).number
	if last := x.paraAt(end.p + end.n - 1).number; last != p.Paragraph {
		p.LastParagraph = last
	}
	return p
}
