// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"fmt"
	"strings"
)

// reported looks at the cues outside of quotations that have no words yet.
func (r *reader) reported() {
	for c := 0; c < len(r.p.tokens); c++ {
		if r.spoken[c] || r.used[c] {
			continue
		}
		switch k := r.p.cueAt(c); k.kind {
		case verbEnglish, verbSlavic:
			r.reportedByVerb(c, k)
		case phrase:
			r.reportedByPhrase(c)
		}
	}
}

func (r *reader) reportedByVerb(c int, k cue) {
	low, high := r.clauseStart(c), r.sentenceEnd(c)
	if as(r.p.fold(c-1)) && c-1 == r.first[c] {
		r.leading(phraseOf{c - 1, c + 1}, high)
		return
	}
	if r.behindThat(c, low, high) || r.trailing(c, low, high) {
		return
	}
	if k.kind == verbEnglish {
		r.withoutThat(c, low, high)
	}
}

// clauseStart is the start of the sentence, or where the words of an earlier
// attribution end.
func (r *reader) clauseStart(c int) int {
	low := c
	for low > r.first[c] && !r.taken[low-1] && !r.used[low-1] {
		low--
	}
	if r.p.isMark(low, ",") {
		low++
	}
	return low
}

// sentenceEnd leaves the full stop out.
func (r *reader) sentenceEnd(c int) int {
	end := r.end[c]
	for end > c && (r.p.isMark(end-1, ".!?…;") || r.p.tokens[end-1].kind == isBreak) {
		end--
	}
	return end
}

// addresseeRoom is how many tokens may stand between “told” and “that”.
const addresseeRoom = 7

// behindThat reads X said that … and X сказал, что ….
func (r *reader) behindThat(c, low, high int) bool {
	for i := c + 1; i < high && i-c <= addresseeRoom; i++ {
		if r.closeOf[i] >= 0 && !r.isName(i) {
			return false
		}
		if !that(r.p.fold(i)) {
			continue
		}
		speaker := r.speakerLeft(c, low)
		if speaker.empty() {
			speaker = r.speakerRight(c+1, i)
		}
		if speaker.empty() {
			return false
		}
		r.add(found{
			content: phraseOf{i + 1, r.nextAuthor(i+1, high)}, cue: phraseOf{c, c + 1}, speaker: speaker, worth: 0.8,
			reason: fmt.Sprintf("“%s … %s”", r.p.text(c, c), r.p.text(i, i)),
		})
		return true
	}
	return false
}

// nextAuthor ends reported words where “, and X said” begins.
func (r *reader) nextAuthor(from, high int) int {
	for i := from; i+1 < high; i++ {
		if !r.p.isMark(i, ",") || !conjunction(r.p.fold(i+1)) {
			continue
		}
		for k := i + 2; k < high && k-i <= 6 && r.p.isWord(k); k++ {
			if r.p.cueAt(k).kind != noCue {
				return i
			}
		}
	}
	return high
}

// longestTail is how many tokens “, the ministry said on Monday” may have.
const longestTail = 10

// trailing reads …, X said. and …, сообщил X.
func (r *reader) trailing(c, low, high int) bool {
	comma := -1
	for i := c - 1; i > low && c-i <= widest; i-- {
		if r.p.isMark(i, ",") {
			comma = i
			break
		}
	}
	if comma < 0 || high-comma > longestTail {
		return false
	}
	var speaker phraseOf
	end := c + 1
	first := comma + 1
	if as(r.p.fold(first)) {
		first++
	}
	if first == c {
		if r.hasClause(phraseOf{c + 1, high}) {
			return false
		}
		speaker = r.speakerRight(c+1, high)
		end = speaker.end
	} else {
		speaker = r.speakerLeft(c, first)
	}
	if speaker.empty() || r.skipAddressee(end, high) != high && !r.p.isMark(end, ",") || r.words(phraseOf{low, comma}) < 2 {
		return false
	}
	r.add(found{
		content: phraseOf{low, comma}, cue: phraseOf{c, c + 1}, speaker: speaker, worth: 0.7,
		reason: fmt.Sprintf("a sentence that ends in “%s”", r.p.text(c, c)),
	})
	return true
}

// withoutThat reads X said the road was open. There must be a verb that stands
// for a clause: “confirmed the report” is none.
func (r *reader) withoutThat(c, low, high int) {
	f := phraseOf{c + 1, r.nextAuthor(c+1, high)}
	if f.empty() || !r.p.isWord(f.first) || r.words(f) < 3 || !r.hasClause(f) || preposition(r.p.fold(f.first)) && !r.hasName(f.first) {
		return
	}
	speaker := r.speakerLeft(c, low)
	if speaker.empty() {
		return
	}
	r.add(found{
		content: f, cue: phraseOf{c, c + 1}, speaker: speaker, worth: 0.6,
		reason: fmt.Sprintf("“%s” before a whole clause", r.p.text(c, c)),
	})
}

func (r *reader) hasName(i int) bool { return r.p.isWord(i+1) && r.p.tokens[i+1].upper }

func (r *reader) hasClause(f phraseOf) bool {
	for i := f.first; i < f.end; i++ {
		switch w := r.p.fold(i); w {
		case "was", "were", "is", "are", "had", "has", "have", "would", "will", "can", "could", "may", "might", "did", "does", "do",
			"must", "should", "cannot", "went", "left", "came", "fell", "took", "gave", "made", "ran", "lost", "knew", "saw":
			return true
		default:
			if len(w) > 4 && strings.HasSuffix(w, "ed") && i > f.first+1 {
				return true
			}
		}
	}
	return false
}

// reportedByPhrase reads according to X, … and …, according to X.
func (r *reader) reportedByPhrase(c int) {
	cueOf, high := phraseOf{c, c + 2}, r.sentenceEnd(c)
	if c-r.first[c] <= 1 && !r.p.isMark(c-1, ",") {
		r.leading(cueOf, high)
		return
	}
	low := r.clauseStart(c)
	speaker := r.speakerRight(c+2, high)
	if speaker.empty() || r.words(phraseOf{low, c}) < 2 {
		return
	}
	r.add(found{
		content: phraseOf{low, c}, cue: cueOf, speaker: speaker, worth: 0.7,
		reason: fmt.Sprintf("a sentence that ends in “%s”", r.p.text(c, c+1)),
	})
}

// leading reads a sentence that begins with its cue: По словам X, ….
func (r *reader) leading(cueOf phraseOf, high int) {
	comma := cueOf.end
	for comma < high && !(r.p.isMark(comma, ",") && !r.spoken[comma]) {
		comma++
	}
	speaker := r.speakerRight(cueOf.end, comma)
	if comma == high || speaker.empty() {
		return
	}
	r.add(found{
		content: phraseOf{comma + 1, high}, cue: cueOf, speaker: speaker, worth: 0.75,
		reason: fmt.Sprintf("a sentence that begins with “%s”", r.p.text(cueOf.first, cueOf.end-1)),
	})
}
