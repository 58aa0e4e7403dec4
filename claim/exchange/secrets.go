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

// secrets are words that nothing in a public copy may contain: pseudonyms, ids
// of sources and letters, hashes of letters. All are [folded].
type secrets []string

// shortest is the length below which a pseudonym is too common a word to look
// for. Choose longer pseudonyms.
const shortest = 3

func secretsOf(c *claim.Case) secrets {
	var s secrets
	for _, v := range c.Sources {
		s = append(s, v.ID, v.Pseudonym)
	}
	for _, v := range c.Letters {
		s = append(s, v.ID, v.SHA256)
	}
	var out secrets
	for _, word := range s {
		word = folded(word)
		if utf8.RuneCountInString(word) >= shortest {
			out = append(out, word)
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
	if len(s) == 0 {
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
		return slices.ContainsFunc(s, func(word string) bool { return hasWord(text, word) })
	case []any:
		return slices.ContainsFunc(v, s.inTree)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), s.inTree)
	}
	return false
}

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
