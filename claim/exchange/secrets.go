// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tamizdat/claim"
	"tamizdat/claim/wording"
)

// secrets are words that nothing in a public copy may contain: pseudonyms, ids of
// sources and letters, hashes of letters, those that there were before as well, and
// what the holder of a case keeps back. The words are [folded].
type secrets struct {
	words map[string][]string // by their [beginning]: somebody can have made many
	also  func(text string) bool
}

// shortest is the length below which a pseudonym is too common a word to look
// for. Choose longer pseudonyms.
const shortest = 3

func secretsOf(c *claim.Case) secrets {
	hidden := c.Hidden()
	s := slices.Clone(hidden.Names)
	for _, v := range c.Sources {
		s = append(s, v.ID, v.Pseudonym)
	}
	for _, v := range c.Letters {
		s = append(s, v.ID, v.SHA256)
	}
	out := secrets{words: map[string][]string{}, also: hidden.Also}
	for _, word := range s {
		word = folded(word)
		if utf8.RuneCountInString(word) >= shortest {
			at := strings.Join(beginning(parts(word)), " ")
			out.words[at] = append(out.words[at], word)
		}
	}
	return out
}

// NamesSource reports whether a text has a pseudonym, or an id or hash of a
// source or a letter, as a word. It finds no description, however plain.
func NamesSource(c claim.Case, text string) bool { return secretsOf(&c).in(text) }

// in looks through every text of a thing, by way of its JSON. It looks at the
// texts and not at how JSON writes them, where a pseudonym that begins a line
// stands directly behind an n.
func (s secrets) in(v any) bool {
	if len(s.words) == 0 && s.also == nil {
		return false
	}
	b, err := json.Marshal(v)
	var tree any
	if err != nil || json.Unmarshal(b, &tree) != nil {
		return true // what cannot be looked through does not leave
	}
	return s.inTree(tree)
}

func (s secrets) inTree(tree any) bool {
	switch v := tree.(type) {
	case string:
		text := folded(v)
		return s.also != nil && s.also(v) || s.inText(text)
	case []any:
		return slices.ContainsFunc(v, s.inTree)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), s.inTree)
	}
	return false
}

func (s secrets) inText(text string) bool {
	has := func(word string) bool { return hasWord(text, word) }
	if slices.ContainsFunc(s.words[""], has) { // which are signs alone
		return true
	}
	all := parts(text)
	for i := range all {
		for n := range beginning(all[i:]) {
			if slices.ContainsFunc(s.words[strings.Join(all[i:i+n+1], " ")], has) {
				return true
			}
		}
	}
	return false
}

// parts are what stands in a text between all other signs.
func parts(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !inWord(r) })
}

// beginning gives as many parts as words are looked up by.
func beginning(parts []string) []string { return parts[:min(3, len(parts))] }

// folded makes texts alike that look alike, as words are folded elsewhere, and
// spaces and line ends besides.
func folded(text string) string { return strings.Join(strings.Fields(wording.Fold(text)), " ") }

// hasWord finds a word that is not a part of a longer one.
func hasWord(text, word string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if !inWord(before) && !inWord(after) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		from = at + size
	}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
