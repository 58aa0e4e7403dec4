// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"strings"
	"unicode"

	"tamizdat/claim/wording"
)

type kind byte

const (
	aWord     kind = iota
	aNumber        // digits
	anOrdinal      // 29th
	aDate          // 14.07.2023 or 2023-07-14
	aBreak         // punctuation that ends a thought
)

// token is a word, a number or a break, as it stands in a text.
type token struct {
	kind     kind
	text     string // folded
	raw      string
	part     wording.Part // what it is in a number
	dashed   bool         // joined by a dash to what stands before
	concepts []concept
	day      span // of a date
}

func (t token) is(group string) bool { _, ok := t.name(group); return ok }

func (t token) name(group string) (string, bool) {
	for _, c := range t.concepts {
		if c.group == group {
			return c.name, true
		}
	}
	return "", false
}

func (t token) capital() bool {
	for _, r := range t.raw {
		return unicode.IsUpper(r)
	}
	return false
}

// maxText is how much of a statement is read, in bytes; claims are single
// sentences, and a longer one is cut rather than allowed to slow everything down.
const maxText = 4 << 10

// tokenize cuts a text into tokens, phrases of the lexicon joined.
func (l *lexicon) tokenize(text string) []token {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	s := scanner{lexicon: l, text: []rune(text)}
	raw := s.tokens()
	var out []token
	for i := 0; i < len(raw); {
		if c, n := l.phraseAt(raw[i:]); n > 0 {
			out = append(out, joined(raw[i:i+n], c))
			i += n
			continue
		}
		t := raw[i]
		if t.kind == aWord {
			t.read(l)
		}
		out = append(out, t)
		i++
	}
	return out
}

// read finds what a word means. A word that counts means that and nothing else.
func (t *token) read(l *lexicon) {
	if t.part = wording.PartOf(t.text); !t.counts() {
		t.concepts = l.concepts(t.text)
	}
}

// counts tells the words of numbers, but for “one”, which is oftener another word.
func (t token) counts() bool {
	return t.part.Kind == wording.Scale || t.part.Kind == wording.Unit && t.part.Value >= 2
}

func joined(parts []token, c []concept) token {
	t := token{kind: aWord, concepts: c, raw: parts[0].raw, text: parts[0].text}
	for _, p := range parts[1:] {
		t.raw += " " + p.raw
		t.text += " " + p.text
	}
	return t
}

// scanner walks over the letters of a text.
type scanner struct {
	lexicon *lexicon
	text    []rune
	at      int
	out     []token
}

func (s *scanner) tokens() []token {
	for s.at < len(s.text) {
		r := s.text[s.at]
		switch {
		case unicode.IsDigit(r):
			s.digits()
		case unicode.IsLetter(r):
			s.word()
		case strings.ContainsRune("%$€£₽₴~", r):
			s.put(token{kind: aWord, text: string(r), raw: string(r)})
			s.at++
		case s.breaks(r):
			s.put(token{kind: aBreak, text: string(r), raw: string(r)})
			s.at++
		default:
			s.at++
		}
	}
	return s.out
}

func (s *scanner) put(t token) { s.out = append(s.out, t) }

// breaks leaves out the full stop after a shortened word such as тыс.
func (s *scanner) breaks(r rune) bool {
	if r == '.' {
		return s.at+2 >= len(s.text) || unicode.IsUpper(s.text[s.at+2])
	}
	return strings.ContainsRune(",;:!?()\"«»“”—", r)
}

func (s *scanner) peek(n int) rune {
	if s.at+n < len(s.text) && s.at+n >= 0 {
		return s.text[s.at+n]
	}
	return 0
}

func (s *scanner) word() {
	from := s.at
	for s.at < len(s.text) && (unicode.IsLetter(s.text[s.at]) || unicode.IsMark(s.text[s.at]) || wording.Inside(s.text, s.at)) {
		s.at++
	}
	raw := string(s.text[from:s.at])
	t := token{kind: aWord, raw: raw, text: wording.Fold(raw)}
	switch {
	case strings.HasSuffix(t.text, "n't"):
		s.put(token{kind: aWord, raw: "n't", text: "n't"})
		return
	case strings.HasSuffix(t.text, "'s"):
		t.text = strings.TrimSuffix(t.text, "'s")
	}
	s.put(t)
}
