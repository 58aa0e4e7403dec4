// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"tamizdat/claim"
)

// secrets are words that nothing in a public copy may contain: pseudonyms, ids
// of sources and letters, hashes of letters. In lower case.
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
		word = strings.ToLower(strings.TrimSpace(word))
		if utf8.RuneCountInString(word) >= shortest {
			out = append(out, word)
		}
	}
	return out
}

// NamesSource reports whether a text has a pseudonym, or an id or hash of a
// source or a letter, as a word. It finds no description, however plain.
func NamesSource(c claim.Case, text string) bool { return secretsOf(&c).in(text) }

// in looks through every text of a thing, by way of its JSON.
func (s secrets) in(v any) bool {
	if len(s) == 0 {
		return false
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return true // what cannot be looked through does not leave
	}
	text := strings.ToLower(b.String())
	for _, word := range s {
		if hasWord(text, word) {
			return true
		}
	}
	return false
}

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
