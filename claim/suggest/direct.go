// SPDX-License-Identifier: Apache-2.0

package suggest

import "fmt"

// reach is how far from its quotation mark a cue may stand, in tokens.
const reach = 9

// direct looks for the cue of each quotation: inside it between dashes, behind
// it, before it, or at the quotation before, which it may continue.
func (r *reader) direct() {
	last := said{}
	for _, q := range r.quotes {
		if r.taken[q.open] {
			continue
		}
		now, ok := r.split(q.open+1, q.close, "quotation marks")
		if !ok {
			now, ok = r.behind(q)
		}
		if !ok {
			now, ok = r.ahead(q)
		}
		if !ok {
			now, ok = r.continued(q, last)
		}
		if ok {
			last = now
		}
	}
}

// said is the words of an author around a quotation: “said Reiss”.
type said struct {
	cue, speaker phraseOf
	end          int // one past its last token
}

func (r *reader) addDirect(q quotation, s said, reason string, worth float64) {
	r.add(found{content: phraseOf{q.open + 1, q.close}, cue: s.cue, speaker: s.speaker, direct: true, reason: reason, worth: worth})
}

// behind reads “…,” said X and “…,” X said. A mark must stand between the words
// and the author: without one, the quotation is a part of a sentence.
func (r *reader) behind(q quotation) (said, bool) {
	i := q.close + 1
	parted := r.p.isMark(q.close-1, ",.!?…")
	for r.p.isMark(i, ",—–-") {
		i, parted = i+1, true
	}
	if !parted || i >= len(r.p.tokens) || conjunction(r.p.fold(i)) {
		return said{}, false
	}
	if r.p.isMark(q.close-1, ".") && i == q.close+1 && r.p.isWord(i) && r.p.tokens[i].upper {
		return said{}, false
	}
	s, ok := r.author(i, r.end[i])
	if ok {
		r.addDirect(q, s, fmt.Sprintf("quotation marks, then “%s”", r.p.text(s.cue.first, s.cue.end-1)), 0.9)
	}
	return s, ok
}

// author reads a clause that consists of speaker and cue, in any order, and
// begins at a token.
func (r *reader) author(low, high int) (said, bool) {
	for c := low; c < high && c-low < reach; c++ {
		if r.closeOf[c] >= 0 && !r.isName(c) || r.p.isMark(c, ".!?:;") && !r.initial(c-1) {
			return said{}, false
		}
		k := r.p.cueAt(c)
		if k.kind == noCue || r.spoken[c] {
			continue
		}
		s := said{cue: phraseOf{c, c + k.words}, end: c + k.words}
		if c > low && k.kind != phrase {
			s.speaker = r.speakerLeft(c, low)
		}
		if s.speaker.empty() {
			s.speaker = r.speakerRight(s.end, high)
			s.end = max(s.end, s.speaker.end)
		}
		return s, c == low || !s.speaker.empty()
	}
	return said{}, false
}

// ahead reads X said: “…”, X told us “…” and according to X, “…”.
func (r *reader) ahead(q quotation) (said, bool) {
	low := r.first[q.open]
	for c := q.open - 1; c >= low && q.open-c <= reach+widest; c-- {
		if r.spoken[c] || r.openOf[c] >= 0 && !r.isName(r.openOf[c]) {
			break
		}
		if k := r.p.cueAt(c); k.kind != noCue && !r.used[c] {
			return r.aheadFrom(q, c, k, low)
		}
	}
	return said{}, false
}

func (r *reader) aheadFrom(q quotation, c int, k cue, low int) (said, bool) {
	s := said{cue: phraseOf{c, c + k.words}, end: q.open}
	if !r.leadsTo(s.cue.end, q.open) {
		return said{}, false
	}
	if k.kind != phrase {
		s.speaker = r.speakerLeft(c, low)
	}
	if s.speaker.empty() {
		if s.cue.end == q.open && r.isName(q.open) && k.kind != verbEnglish {
			return said{}, false
		}
		s.speaker = r.speakerRight(s.cue.end, q.open)
	}
	r.addDirect(q, s, fmt.Sprintf("“%s”, then quotation marks", r.p.text(c, s.cue.end-1)), 0.85)
	return s, true
}

// leadsTo reports whether what stands between a cue and a mark leaves them
// together: nothing, a mark, or the one who was told.
func (r *reader) leadsTo(from, open int) bool {
	if r.p.isMark(open-1, ":,—–-") {
		for i := from; i < open; i++ {
			if that(r.p.fold(i)) {
				return false
			}
		}
		return true
	}
	return r.skipAddressee(from, open) == open
}

// continued gives a quotation the speaker of the one before, if nothing but the
// author's words stands between them.
func (r *reader) continued(q quotation, last said) (said, bool) {
	if last.end == 0 || q.open < last.end || q.open-last.end > 3 {
		return said{}, false
	}
	for i := last.end; i < q.open; i++ {
		if !r.p.isMark(i, ",.—–-") {
			return said{}, false
		}
	}
	r.addDirect(q, last, fmt.Sprintf("quotation marks that go on after “%s”", r.p.text(last.cue.first, last.cue.end-1)), 0.8)
	last.end = 0
	return last, true
}

func conjunction(w string) bool {
	switch w {
	case "and", "but", "or", "и", "а", "но", "і", "та", "але", "или", "або":
		return true
	}
	return false
}

// leastBare is how many words a quotation without any cue must have: shorter
// ones are titles, names and irony.
const leastBare = 6

// bare gives the quotations that found no cue, for a person to look at.
func (r *reader) bare() {
	for _, q := range r.quotes {
		f := phraseOf{q.open + 1, q.close}
		if r.taken[q.open] || r.anyTaken(f) || r.words(f) < leastBare {
			continue
		}
		r.add(found{content: f, direct: true, reason: "quotation marks around several words, without a cue near them", worth: 0.4})
	}
}

// anyTaken looks at the ends: what is taken within is taken from end to end or
// split into parts of which the first begins here.
func (r *reader) anyTaken(f phraseOf) bool {
	return !f.empty() && (r.taken[f.first] || r.taken[f.end-1] || r.taken[max(f.first, f.end-2)])
}
