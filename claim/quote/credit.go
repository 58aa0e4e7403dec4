// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"strings"
	"unicode/utf8"
)

// credit is whom an article names as the one who says something.
type credit struct {
	name    string // as it stands there; empty where no name stands near
	writing bool   // a letter or its author is named
}

const (
	creditReach = 4   // words between “said” and a name
	creditBytes = 200 // how far from a quotation its speaker is looked for
)

// creditOf looks for the speaker in what stands before and after a quotation in
// the same sentence. It is a guess by cue words and capital letters, and finds
// nothing sooner than the wrong person.
func creditOf(before, after string) credit {
	if strings.HasSuffix(strings.TrimSpace(before), ":") {
		return creditIn(before).or(creditIn(after))
	}
	c := creditIn(after).or(creditIn(before))
	return c
}

func (c credit) or(d credit) credit {
	if c.name == "" && !c.writing {
		return d
	}
	return c
}

// creditIn finds the name nearest to a word such as “said”.
func creditIn(text string) credit {
	words := split(text)
	var c credit
	cue, best := false, creditReach+1
	for i, w := range words {
		word := plain(text[w.start:w.end])
		c.writing = c.writing || writing(word)
		if !saying(word) {
			continue
		}
		cue = true
		if name, distance := nameNear(text, words, i); distance < best {
			c.name, best = name, distance
		}
	}
	if !cue && !strings.HasSuffix(strings.TrimSpace(text), ":") {
		return credit{}
	}
	return c
}

// nameNear looks to both sides of a cue.
func nameNear(text string, words []word, cue int) (string, int) {
	best, distance := "", creditReach+1
	for d := 1; d <= creditReach; d++ {
		for _, i := range []int{cue - d, cue + d} {
			if i < 0 || i >= len(words) || d >= distance {
				continue
			}
			if d == 1 && pronoun(plain(text[words[i].start:words[i].end])) {
				return "", creditReach + 1
			}
			if isName(text, words, i, d) {
				best, distance = nameAt(text, words, i), d
			}
		}
	}
	return best, distance
}

// isName takes a capital letter at the beginning of a sentence for a name only
// directly beside the cue.
func isName(text string, words []word, i, distance int) bool {
	raw := text[words[i].start:words[i].end]
	w := plain(raw)
	if !capital(raw) || common(w) || saying(w) || writing(w) || isNumeral(w) {
		return false
	}
	return distance == 1 || !opensSentence(text, words[i].start) || i+1 < len(words) && capital(text[words[i+1].start:words[i+1].end])
}

// nameAt takes the words with capital letters around one.
func nameAt(text string, words []word, i int) string {
	from, to := i, i
	part := func(k int) bool {
		raw := text[words[k].start:words[k].end]
		return capital(raw) && !saying(plain(raw))
	}
	for from > 0 && part(from-1) && text[words[from-1].end:words[from].start] == " " {
		from--
	}
	for to+1 < len(words) && part(to+1) && text[words[to].end:words[to+1].start] == " " {
		to++
	}
	return text[words[from].start:words[to].end]
}

// miscredited reports whether the article gives the words of a place to
// somebody else.
func (x *Index) miscredited(by credit, places []Place) bool {
	p := places[0]
	switch {
	case by.name == "" && !by.writing:
		return false
	case p.Kind == Publisher:
		return !alike(by.name, p.Speaker)
	case p.Kind == Letter:
		return by.name != "" && !by.writing && !alike(by.name, p.Text)
	}
	return false
}

// alike reports whether two names share a word, whatever its ending: “Петров”
// and “Петрова”.
func alike(a, b string) bool {
	for _, v := range split(a) {
		for _, w := range split(b) {
			if sameStem(plain(a[v.start:v.end]), plain(b[w.start:w.end])) {
				return true
			}
		}
	}
	return false
}

func sameStem(a, b string) bool {
	if common(a) || common(b) || utf8.RuneCountInString(a) < 3 {
		return false
	}
	x, y := []rune(a), []rune(b)
	n := min(len(x), len(y))
	k := 0
	for k < n && x[k] == y[k] {
		k++
	}
	return k >= 3 && max(len(x), len(y))-k <= 2
}

func credited(places []Place, by credit) string {
	p := places[0]
	whose := "the words are those of " + describe(p)
	if p.Kind == Publisher {
		whose = "the words are " + p.Speaker + "'s"
	}
	if by.name == "" {
		return whose + ", and the article credits a letter or its author"
	}
	return whose + ", and the article credits " + by.name
}
