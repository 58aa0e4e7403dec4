// SPDX-License-Identifier: Apache-2.0

package search

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a query. A person's is far below them.
const (
	maxQuery   = 4 << 10 // bytes
	maxClauses = 32
)

// Errors of a query, made for people.
var (
	// ErrNothing means that the query says only what must not be there, or nothing.
	ErrNothing = errors.New("there is no word to look for")
	// ErrTooLong means that the query is longer than any question.
	ErrTooLong = errors.New("the search is too long: at most 32 words or phrases")
)

// clause is one thing that must be there, or must not.
type clause struct {
	not   bool
	exact bool // these very forms
	begin bool // of the last word only the beginning is given
	words []string
}

// parse reads a query. What makes no sense as a sign is passed over: a person who
// pastes a sentence gets the letters that have its words.
func parse(query string) ([]clause, error) {
	if len(query) > maxQuery {
		return nil, ErrTooLong
	}
	var clauses []clause
	wanted := false
	for _, t := range terms(joinSpaced(query)) {
		c := clause{not: t.not, exact: t.quoted, begin: t.begin, words: forms(t.text)}
		if len(c.words) == 0 {
			continue
		}
		wanted = wanted || !c.not
		clauses = append(clauses, c)
	}
	switch {
	case !wanted:
		return nil, ErrNothing
	case len(clauses) > maxClauses:
		return nil, ErrTooLong
	}
	return clauses, nil
}

// forms are the words of a text, normalised.
func forms(text string) []string {
	var out []string
	var s scanner
	for s.begin(text); s.next(); {
		out = append(out, string(s.form))
	}
	return out
}

// term is a piece of a query, before its words are read.
type term struct {
	text               string
	not, quoted, begin bool
}

// terms cuts a query at spaces and quotation marks of any style. A mark that is
// never closed is closed by the end.
func terms(query string) []term {
	var out []term
	for {
		query = strings.TrimLeftFunc(query, isSpace)
		if query == "" {
			return out
		}
		var t term
		if rest, ok := cutMinus(query); ok {
			t.not, query = true, rest
		}
		if r, size := utf8.DecodeRuneInString(query); isQuote(r) {
			t.quoted = true
			t.text, query = cutAt(query[size:], isQuote)
			_, size = utf8.DecodeRuneInString(query)
			query = query[size:]
		} else {
			t.text, query = cutAt(query, func(r rune) bool { return isSpace(r) || isQuote(r) })
			t.begin = strings.HasSuffix(t.text, "*")
		}
		out = append(out, t)
	}
}

// cutAt splits s before the first rune that ends it.
func cutAt(s string, ends func(rune) bool) (before, after string) {
	if i := strings.IndexFunc(s, ends); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func cutMinus(s string) (rest string, ok bool) {
	for _, minus := range []string{"-", "−", "–"} {
		if rest, ok = strings.CutPrefix(s, minus); ok {
			return rest, rest != "" && !strings.ContainsFunc(rest[:1], isSpace)
		}
	}
	return s, false
}

// isSpace leaves out the spaces that do not break: they hold a number together.
func isSpace(r rune) bool {
	switch r {
	case '\u00a0', '\u202f', '\u2009':
		return false
	}
	return unicode.IsSpace(r)
}

func isQuote(r rune) bool { return strings.ContainsRune(`"“”„‟«»`, r) }
