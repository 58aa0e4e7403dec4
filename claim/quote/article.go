// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// Block is a paragraph of an article. Line feeds in Text count its lines.
type Block struct {
	Line  int    // of the article, where Text begins; from 1
	Text  string // UTF-8
	Quote bool   // set apart as a quotation
}

// Plain reads plain text: empty lines part its paragraphs. A text without any
// whose lines are long has a paragraph on each.
func Plain(text string) []Block {
	text = lineFeeds(text)
	if !strings.Contains(strings.TrimSpace(text), "\n\n") && longLines(text) {
		return blocksOf(text, func(string) bool { return true })
	}
	return blocksOf(text, func(string) bool { return false })
}

func lineFeeds(s string) string {
	s = strings.ToValidUTF8(strings.TrimPrefix(s, "\ufeff"), "\ufffd")
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
}

// longLine is the length in bytes beyond which a line was not broken by an
// editor that breaks lines.
const longLine = 200

func longLines(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > longLine {
			return true
		}
	}
	return false
}

// blocksOf parts a text at empty lines and after lines that end a block.
func blocksOf(text string, ends func(line string) bool) []Block {
	var list []Block
	var lines []string
	n := 0
	flush := func() {
		if len(lines) > 0 {
			list = append(list, Block{Line: n - len(lines) + 1, Text: strings.Join(lines, "\n")})
		}
		lines = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			flush()
			n++
			continue
		}
		n++
		lines = append(lines, line)
		if ends(line) {
			flush()
		}
	}
	flush()
	return list
}

var (
	markdownLink  = regexp.MustCompile(`!?\[([^\[\]\n]*)\]\([^()\n]*\)`)
	markdownRef   = regexp.MustCompile(`\[\^[^\[\]\n]*\]:?`)
	markdownURL   = regexp.MustCompile(`<(?:https?|mailto):[^<>\s]*>`)
	markdownStart = regexp.MustCompile(`(?m)^[ \t]*(?:#{1,6}[ \t]+|[-*+][ \t]+|\d{1,3}[.)][ \t]+)`)
	quoteStart    = regexp.MustCompile(`(?m)^[ \t]*>[ \t]?`)
)

// Markdown reads the parts of Markdown that matter here: headings, lists,
// emphasis and links lose their marks, and what begins with > is a quotation.
func Markdown(text string) []Block {
	list := blocksOf(lineFeeds(text), func(string) bool { return false })
	for i, b := range list {
		b.Quote = strings.HasPrefix(strings.TrimLeft(b.Text, " \t"), ">")
		if b.Quote {
			b.Text = quoteStart.ReplaceAllString(b.Text, "")
		}
		b.Text = markdownRef.ReplaceAllString(b.Text, "")
		b.Text = markdownLink.ReplaceAllString(b.Text, "$1")
		b.Text = markdownURL.ReplaceAllString(b.Text, "")
		b.Text = markdownStart.ReplaceAllString(b.Text, "")
		b.Text = strings.NewReplacer(`\*`, "", `\[`, "[", `\]`, "]", `\`, "", "*", "", "__", "", "`", "").Replace(b.Text)
		list[i] = b
	}
	return list
}

var (
	bracketLetter = regexp.MustCompile(`\[(\p{L}{1,4})\](\p{L})`) // “[W]e”, and “[un]able”, which is no remark
	bracket       = regexp.MustCompile(`\[[^\[\]]*\]|\(\s*(?:…|\.\.\.|\. \. \.)\s*\)|<\s*(?:…|\.\.\.)\s*>`)
	aside         = regexp.MustCompile(`[,!?…]\s*[—–-]\s+([^—–«»“”„]{3,120}?)[,.:]\s*[—–-]\s+`)
)

// queryOf makes a passage ready. Words in square brackets are the article's,
// and so is a remark such as “, — he said, —” inside a Russian quotation.
func (x *Index) queryOf(raw string, quotation bool) *query {
	var cuts, asides [][]int
	raw, rest := cutLong(raw)
	if quotation {
		raw = bracketLetter.ReplaceAllString(raw, "$1$2")
		cuts = remarks(raw)
		asides = asidesOf(raw)
	}
	q := &query{raw: raw, rest: rest}
	end := 0
	for _, w := range split(raw) {
		if within(cuts, w) || within(asides, w) {
			continue
		}
		if len(q.at) == maxWords {
			q.rest = raw[w.start:] + rest
			break
		}
		between := raw[end:w.start]
		gap := quotation && (strings.Contains(between, "…") || strings.Contains(between, "...") || strings.Contains(between, ". . .") || overlaps(cuts, end, w.start))
		q.at, q.gaps = append(q.at, w), append(q.gaps, gap)
		q.ids = append(q.ids, x.ids[skeleton(plain(raw[w.start:w.end]))])
		end = w.end
	}
	return q
}

// remarks finds what is the article's and no part of the quotation: marks of
// omission, and words in brackets unless they turn the quotation round.
func remarks(raw string) [][]int {
	return slices.DeleteFunc(bracket.FindAllStringIndex(raw, -1), func(at []int) bool {
		inner := raw[at[0]:at[1]]
		return slices.ContainsFunc(split(inner), func(w word) bool { return negates(plain(inner[w.start:w.end])) })
	})
}

// maxRaw bounds the bytes of a passage that are looked at together: more than
// [maxWords] words need.
const maxRaw = 64 << 10

// cutLong takes off what is beyond the bound, at a space if there is one.
func cutLong(raw string) (head, rest string) {
	if len(raw) <= maxRaw {
		return raw, ""
	}
	at := maxRaw
	for !utf8.RuneStart(raw[at]) {
		at--
	}
	if space := strings.LastIndexAny(raw[:at], " \n\u00a0"); space > 0 {
		at = space
	}
	return raw[:at], raw[at:]
}

func asidesOf(raw string) [][]int {
	var list [][]int
	for _, m := range aside.FindAllStringSubmatchIndex(raw, -1) {
		inner := raw[m[2]:m[3]]
		for _, w := range split(inner) {
			if saying(plain(inner[w.start:w.end])) {
				list = append(list, []int{m[2], m[3]})
				break
			}
		}
	}
	return list
}

func within(cuts [][]int, w word) bool {
	for _, c := range cuts {
		if w.start >= c[0] && w.end <= c[1] {
			return true
		}
	}
	return false
}

func overlaps(cuts [][]int, from, to int) bool {
	for _, c := range cuts {
		if c[0] < to && c[1] > from {
			return true
		}
	}
	return false
}

// counter gives the line of an offset, for many offsets of one block.
func (b Block) counter() func(at int) int {
	var feeds []int
	for i := range len(b.Text) {
		if b.Text[i] == '\n' {
			feeds = append(feeds, i)
		}
	}
	return func(at int) int { return b.Line + sort.SearchInts(feeds, at) }
}

// sentenceEnd finds the end of the sentence that an offset is in.
func sentenceEnd(text string, at int) int {
	for i := at; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if r != '.' && r != '!' && r != '?' && r != '…' {
			continue
		}
		for i < len(text) && strings.ContainsRune(".!?…)»”\"’", rune1(text[i:])) {
			i += utf8.RuneLen(rune1(text[i:]))
		}
		if i >= len(text) || startsSentence(text[i:]) {
			return i
		}
	}
	return len(text)
}

func rune1(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

// startsSentence reports whether white space and then a capital letter, a
// digit, a dash or an opening mark follow.
func startsSentence(rest string) bool {
	trimmed := strings.TrimLeft(rest, " \t\n\u00a0")
	if len(trimmed) == len(rest) {
		return false
	}
	return trimmed == "" || capital(trimmed) || strings.ContainsRune("«„“\"‘'(—–-0123456789[", rune1(trimmed))
}
