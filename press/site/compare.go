// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxDifferences bounds how many places of one file are told.
const maxDifferences = 5

// compare tells where got departs from want: each differing line when the
// number of lines is the same, else the first difference.
func compare(file string, want, got []byte) []Problem {
	if bytes.Equal(want, got) {
		return nil
	}
	w, g := bytes.SplitAfter(want, []byte("\n")), bytes.SplitAfter(got, []byte("\n"))
	if len(w) != len(g) {
		p := difference(file, want, got)
		p.What += fmt.Sprintf("; the file has %d lines instead of %d", len(g), len(w))
		return []Problem{p}
	}
	var list []Problem
	for i := range w {
		if bytes.Equal(w[i], g[i]) {
			continue
		}
		if len(list) == maxDifferences {
			list[0].What += "; more lines than the ones shown are different"
			break
		}
		p := difference(file, w[i], g[i])
		p.Line = i + 1
		list = append(list, p)
	}
	return list
}

// difference names the first place where got departs from want, and the words
// there.
func difference(file string, want, got []byte) Problem {
	at := 0
	for at < len(want) && at < len(got) && want[at] == got[at] {
		at++
	}
	for at > 0 && at < len(want) && !utf8.RuneStart(want[at]) {
		at-- // the whole character is different, not its last byte
	}
	line, column := position(want, at)
	p := Problem{File: file, Line: line, Column: column, What: "changed" + place(want, at)}
	switch {
	case at == len(got):
		p.What = "cut short"
	case at == len(want):
		p.What = "something was added at the end"
	}
	p.Expected, p.Found = wordsAt(want, got, at)
	return p
}

// position counts line and column (characters) of a byte offset, from 1.
func position(b []byte, at int) (line, column int) {
	before := b[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// wordsAt gives the words around a difference on both sides. Both begin at the
// same byte.
func wordsAt(want, got []byte, at int) (expected, found string) {
	start := at
	for start > 0 && at-start < 60 && !isGap(want[start-1]) {
		start--
	}
	for start < at && !utf8.RuneStart(want[start]) {
		start++
	}
	return wordFrom(want, start, at), wordFrom(got, start, at)
}

func wordFrom(b []byte, start, at int) string {
	end := min(at, len(b))
	for end < len(b) && end-at < 60 && !isGap(b[end]) {
		end++
	}
	if end == at && end < len(b) {
		end++ // the gap itself is what differs
	}
	for end < len(b) && !utf8.RuneStart(b[end]) {
		end++
	}
	return string(b[min(start, len(b)):end])
}

func isGap(c byte) bool {
	return c == ' ' || c == '\n' || c == '<' || c == '>' || c == ',' || c == '\t'
}

// place names the part of a page that holds the offset.
func place(page []byte, at int) string {
	line := string(page[bytes.LastIndexByte(page[:at], '\n')+1 : at])
	i := strings.LastIndex(line, `<p id="`)
	if i < 0 {
		return ""
	}
	id, _, _ := strings.Cut(line[i+len(`<p id="`):], `"`)
	cut := strings.LastIndexByte(id, '-')
	if cut < 0 {
		return ""
	}
	return fmt.Sprintf(", in paragraph %s of the text %s", id[cut+1:], id[:cut])
}
