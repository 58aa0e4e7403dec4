// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	_ "embed" // the lexicon is part of the program
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"tamizdat/claim/wording"
)

//go:embed lexicon.txt
var lexiconText string

// concept is what a word stands for in any of the three languages, such as
// measurand killed.
type concept struct{ group, name string }

func (c concept) key() string { return c.group + ":" + c.name }

// piece is a word, or the beginning of one.
type piece struct {
	text  string
	whole bool
}

func (p piece) matches(word string) bool {
	return word == p.text || !p.whole && strings.HasPrefix(word, p.text)
}

// phrase is words that follow each other and mean one thing.
type phrase struct {
	pieces   []piece
	concepts []concept
}

// lexicon finds the concepts of words. Nothing changes it once it is read.
type lexicon struct {
	whole, begin map[string][]concept
	phrases      map[string][]phrase // by the first two letters, longest first
}

// readLexicon reads the list that is part of the program; a mistake in it is the
// programmer's, and every test would meet it.
func readLexicon(text string) *lexicon {
	l := &lexicon{whole: map[string][]concept{}, begin: map[string][]concept{}, phrases: map[string][]phrase{}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		head, entries, ok := strings.Cut(line, ":")
		group, name, named := strings.Cut(head, " ")
		if !ok || !named {
			panic(fmt.Sprintf("the lexicon has a line without a group and a name: %q", line))
		}
		for entry := range strings.FieldsSeq(entries) {
			l.add(wording.Fold(entry), concept{group, name})
		}
	}
	return l
}

func (l *lexicon) add(entry string, c concept) {
	if strings.Contains(entry, "_") {
		l.addPhrase(entry, c)
		return
	}
	table := l.begin
	if word, ok := strings.CutPrefix(entry, "="); ok && word != "" {
		table, entry = l.whole, word
	}
	table[entry] = append(table[entry], c)
}

func (l *lexicon) addPhrase(entry string, c concept) {
	var p phrase
	for part := range strings.SplitSeq(entry, "_") {
		word, whole := strings.CutPrefix(part, "=")
		p.pieces = append(p.pieces, piece{word, whole})
	}
	p.concepts = []concept{c}
	at := firstTwo(p.pieces[0].text)
	list := l.phrases[at]
	i := 0
	for i < len(list) && len(list[i].pieces) >= len(p.pieces) {
		i++
	}
	l.phrases[at] = append(list[:i:i], append([]phrase{p}, list[i:]...)...)
}

func firstTwo(s string) string {
	_, a := utf8.DecodeRuneInString(s)
	_, b := utf8.DecodeRuneInString(s[a:])
	return s[:a+b]
}

// concepts gives what a folded word means: the whole word if it is listed, a month,
// and otherwise the longest listed beginning.
func (l *lexicon) concepts(word string) []concept {
	if c := l.whole[word]; c != nil {
		return c
	}
	if m := wording.Month(word); m > 0 {
		return []concept{{"month", strconv.Itoa(m)}}
	}
	for n := len(word); n > 0; n-- {
		if n < len(word) && !utf8.RuneStart(word[n]) {
			continue
		}
		if c := l.begin[word[:n]]; c != nil {
			return c
		}
	}
	return nil
}

// phraseAt gives the longest phrase that begins at a word, and how many words it has.
func (l *lexicon) phraseAt(tokens []token) ([]concept, int) {
	if tokens[0].kind != aWord {
		return nil, 0
	}
	for _, p := range l.phrases[firstTwo(tokens[0].text)] {
		if p.isAt(tokens) {
			return p.concepts, len(p.pieces)
		}
	}
	return nil, 0
}

func (p phrase) isAt(tokens []token) bool {
	if len(tokens) < len(p.pieces) {
		return false
	}
	for i, piece := range p.pieces {
		if tokens[i].kind != aWord || !piece.matches(tokens[i].text) {
			return false
		}
	}
	return true
}
