// SPDX-License-Identifier: Apache-2.0

package suggest

import "fmt"

// dialogues reads paragraphs that begin with a dash, as Russian and Ukrainian
// print a talk: — Подождите, — попросил капитан, — я скоро вернусь.
func (r *reader) dialogues() {
	for i := 0; i < len(r.p.tokens); i++ {
		if i > 0 && r.p.tokens[i-1].kind != isBreak {
			continue
		}
		if !r.p.isMark(i, "—–-―") || !r.p.isWord(i+1) && !r.p.isMark(i+1, "«„“…") {
			continue
		}
		end := i
		for end < len(r.p.tokens) && r.p.tokens[end].kind != isBreak {
			end++
		}
		r.dialogue(i+1, end)
		i = end - 1
	}
}

func (r *reader) dialogue(low, high int) {
	if _, ok := r.split(low, high, "a dialogue dash"); !ok {
		if r.words(phraseOf{low, high}) == 0 {
			return
		}
		r.add(found{content: phraseOf{low, high}, direct: true, reason: "a dialogue dash without a cue", worth: 0.5})
	}
	for i := low; i < high; i++ {
		r.spoken[i], r.taken[i] = true, true
	}
}

// split reads speech into which the author's words are set between dashes:
// «Потери велики, — признал генерал, — и они растут». It adds each part of the
// speech, and reports whether there were author's words.
func (r *reader) split(low, high int, by string) (said, bool) {
	var parts []phraseOf
	var s said
	from := low
	for i := low; i < high; i++ {
		if !r.dashBehindMark(i) || i < from {
			continue
		}
		now, ok := r.setIn(i+1, high)
		if !ok {
			continue
		}
		if len(parts) == 0 {
			s = now
		}
		parts = append(parts, phraseOf{from, i})
		from = now.end
	}
	if len(parts) == 0 {
		return said{}, false
	}
	parts = append(parts, phraseOf{from, high})
	reason := fmt.Sprintf("%s, and “%s” between dashes", by, r.p.text(s.cue.first, s.cue.end-1))
	for _, f := range parts {
		r.add(found{content: f, cue: s.cue, speaker: s.speaker, direct: true, reason: reason, worth: 0.9})
	}
	s.end = high + 1
	return s, true
}

func (r *reader) dashBehindMark(i int) bool {
	return r.p.isMark(i, "—–-") && (r.p.isMark(i-1, ",.!?…") || r.openOf[i-1] >= 0)
}

// setIn reads the author's words from a token to the next dash, or to the end.
func (r *reader) setIn(from, high int) (said, bool) {
	end := from
	for end < high && end-from <= longestSentence && !r.dashBehindMark(end) {
		end++
	}
	spoken := r.spoken[from:end]
	kept := append([]bool(nil), spoken...)
	clear(spoken)
	s, ok := r.author(from, end)
	copy(spoken, kept)
	if s.end > end || !ok {
		return said{}, false
	}
	s.end = end
	return s, true
}
