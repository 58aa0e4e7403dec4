// SPDX-License-Identifier: Apache-2.0

package quote

import "strings"

// hunk is a row of steps that belong to one difference.
type hunk struct {
	steps  []step
	before int // index of its first step
}

// hunks groups what does not agree. Words left out at a mark and words that
// differ without one are kept apart.
func hunks(steps []step) []hunk {
	var list []hunk
	for i := 0; i < len(steps); {
		if steps[i].same {
			i++
			continue
		}
		j := i
		for j < len(steps) && !steps[j].same && steps[j].left == steps[i].left {
			j++
		}
		list = append(list, hunk{steps[i:j], i})
		i = j
	}
	return list
}

// difference puts a hunk into words.
func (x *Index) difference(q *query, a alignment, h hunk) Difference {
	d := Difference{About: Word, After: before(q, a.steps[:h.before])}
	var article, published []string
	qFrom, qTo, pFrom, pTo := -1, -1, int32(-1), int32(-1)
	for _, s := range h.steps {
		if s.q >= 0 {
			i := int(s.q)
			d.About = graver(d.About, aboutOf(q.word(i), q.opens(i)))
			article = append(article, plain(q.word(i)))
			qFrom, qTo = first(qFrom, i), i
		}
		if s.p >= 0 {
			d.About = graver(d.About, aboutOf(x.raw(s.p), x.opens(s.p)))
			published = append(published, plain(x.raw(s.p)))
			pFrom, pTo = int32(first(int(pFrom), int(s.p))), s.p
		}
	}
	if qFrom >= 0 {
		d.Article = q.raw[q.at[qFrom].start:q.at[qTo].end]
	}
	if pFrom >= 0 {
		d.Published = x.between(pFrom, pTo+1)
	}
	d.Change = changeOf(article, published, h.steps[0].left)
	if d.Change == LeftOut && x.halvesRange(a, h) {
		d.Change, d.About = Dropped, Number
	}
	return d
}

// halvesRange reports whether words left out are one end of a range whose other
// end stands in the article: a mark of omission does not make that the same number.
func (x *Index) halvesRange(a alignment, h hunk) bool {
	from, to := h.steps[0].p, h.steps[len(h.steps)-1].p
	after := h.before + len(h.steps)
	keepsLow := h.before > 0 && a.steps[h.before-1].same && x.spans(from-1, from, to)
	keepsHigh := after < len(a.steps) && a.steps[after].same && x.spans(to+1, to, from)
	return keepsLow || keepsHigh
}

// spans reports whether the word at kept and the one that comes next in the
// direction of the last are the ends of a range: “7–15”, “seven to fifteen”.
func (x *Index) spans(kept, next, last int32) bool {
	step := int32(1)
	if next < kept {
		step = -1
	}
	joined := dashed(x.between(min(kept, next), max(kept, next)+1))
	if joins := rangeWord(plain(x.raw(next))); joins && next != last {
		joined, next = true, next+step
	}
	return joined && isNumeral(plain(x.raw(kept))) && isNumeral(plain(x.raw(next)))
}

func dashed(words string) bool {
	at := split(words)
	return len(at) == 2 && strings.ContainsAny(words[at[0].end:at[1].start], "-–—−‑‒")
}

func rangeWord(w string) bool {
	switch w {
	case "to", "or", "through", "до", "или", "по", "або":
		return true
	}
	return false
}

func first(had, now int) int {
	if had < 0 {
		return now
	}
	return had
}

func changeOf(article, published []string, left bool) Change {
	switch {
	case left:
		return LeftOut
	case len(published) == 0:
		return Added
	case len(article) == 0:
		return Dropped
	}
	if sameAmount(article, published) {
		return Respelled
	}
	return Changed
}

// before gives up to three words of the article that agree, to find the place.
func before(q *query, steps []step) string {
	end := len(steps)
	start := end
	for start > 0 && end-start < 3 && steps[start-1].same {
		start--
	}
	if start == end {
		return ""
	}
	return q.raw[q.at[steps[start].q].start:q.at[steps[end-1].q].end]
}

// opens reports whether word i begins the passage, a sentence, or goes on after
// a mark of omission: its capital letter then shows nothing.
func (q *query) opens(i int) bool {
	return i == 0 || q.gaps[i] || opensSentence(q.raw, q.at[i].start)
}

// opensSentence looks back over marks and spaces for what ends a sentence.
func opensSentence(text string, at int) bool {
	head := strings.TrimRight(text[:at], " \t\n\u00a0«»„“”\"'‘’()—–-*_>")
	return head == "" || strings.HasSuffix(head, ".") || strings.HasSuffix(head, "!") || strings.HasSuffix(head, "?") || strings.HasSuffix(head, "…") || strings.HasSuffix(head, ":")
}

// shortOmission is the most words that a mark of omission may hide a negation
// or a hedge in before it counts as an alteration.
const shortOmission = 5

// harms reports whether a difference makes a passage an altered one.
func (d Difference) harms() bool {
	switch d.Change {
	case Respelled:
		return false
	case LeftOut:
		return (d.About == Negation || d.About == Modality) && len(split(d.Published)) <= shortOmission
	}
	return true
}

// grave reports whether a difference touches what no account of a text may
// change.
func (d Difference) grave() bool { return d.harms() && d.About != Word }

// differences lists what differs in one part. With frame, longer additions
// before the first and after the last words that agree are the article's own
// and not reported.
func (x *Index) differences(q *query, a alignment, frame bool) []Difference {
	if len(a.steps) == 0 && len(q.at) > 0 {
		return []Difference{{Change: Added, About: Word, Article: q.raw[q.at[0].start:q.at[len(q.at)-1].end]}}
	}
	var list []Difference
	var at []int
	for _, h := range hunks(a.steps) {
		outer := h.before == 0 || h.before+len(h.steps) == len(a.steps)
		if frame && outer && len(h.steps) > 2 {
			continue
		}
		list, at = append(list, x.difference(q, a, h)), append(at, h.before)
	}
	moved(list, at)
	return list
}
