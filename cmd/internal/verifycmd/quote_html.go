// SPDX-License-Identifier: Apache-2.0

package verifycmd

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tamizdat/claim/quote"
)

// htmlReader gathers the visible text of a page into blocks. It runs nothing
// and fetches nothing.
type htmlReader struct {
	blocks []quote.Block
	now    bytes.Buffer // the text of the block that is being read
	began  int          // its line
	raised int          // 1 + where what stands raised in it begins; 0 for nothing
	line   int
	hidden int // depth inside elements that show no text
	quotes int // depth inside blockquote
}

// htmlBlocks reads a page with the tokenizer alone: no tree is built, so no
// nesting can exhaust memory.
func htmlBlocks(page []byte) ([]quote.Block, error) {
	r := &htmlReader{line: 1}
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		lines := bytes.Count(z.Raw(), []byte("\n"))
		r.take(kind, z.Token(), lines)
		r.line += lines
	}
	r.flush()
	if err := z.Err(); !errors.Is(err, io.EOF) {
		return nil, err
	}
	return r.blocks, nil
}

func (r *htmlReader) take(kind html.TokenType, t html.Token, lines int) {
	switch kind {
	case html.TextToken:
		r.text(t.Data)
		return
	case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
		r.tag(kind, t.DataAtom)
	}
	if r.now.Len() > 0 {
		r.now.WriteString(strings.Repeat("\n", lines)) // inside a tag; keeps the count of lines
	}
}

func (r *htmlReader) text(s string) {
	if r.hidden > 0 {
		return
	}
	if r.now.Len() == 0 {
		trimmed := strings.TrimLeft(s, " \t\r\n")
		r.began = r.line + strings.Count(s[:len(s)-len(trimmed)], "\n")
		s = trimmed
	}
	r.now.WriteString(s)
}

func (r *htmlReader) tag(kind html.TokenType, name atom.Atom) {
	step := 1
	if kind == html.EndTagToken {
		step = -1
	}
	switch name {
	case atom.Script, atom.Style, atom.Title, atom.Textarea:
		if kind != html.SelfClosingTagToken {
			r.hidden = max(0, r.hidden+step)
		}
		return
	case atom.Sup:
		r.raise(step)
		return
	case atom.Q:
		r.mark(step)
		return
	case atom.Br:
		r.text(" ")
		return
	case atom.Bdo:
		r.text(map[int]string{1: "\u202e", -1: "\u202c"}[step]) // as a browser does
		return
	}
	if inline(name) {
		return
	}
	r.flush()
	if name == atom.Blockquote {
		r.quotes = max(0, r.quotes+step)
	}
}

// mark writes the quotation marks that a browser shows for the element q.
func (r *htmlReader) mark(step int) {
	if step > 0 {
		r.text("“")
	} else {
		r.text("”")
	}
}

// raise puts the mark of a footnote in brackets, which are the article's: it would
// become a part of the word before it. Behind a digit it is a part of the number,
// and behind a space it may look like any number.
func (r *htmlReader) raise(step int) {
	from := r.raised - 1
	r.raised = 0
	if step > 0 {
		r.raised = r.now.Len() + 1
		return
	}
	if from <= 0 || from >= r.now.Len() {
		return
	}
	mark := string(r.now.Bytes()[from:])
	before, _ := utf8.DecodeLastRune(r.now.Bytes()[:from])
	if strings.Trim(mark, "0123456789*†‡[],") != "" || unicode.IsDigit(before) || unicode.IsSpace(before) {
		return
	}
	r.now.Truncate(from)
	r.text("[" + mark + "]")
}

func inline(name atom.Atom) bool {
	switch name {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Cite, atom.Code, atom.Data, atom.Del, atom.Dfn, atom.Em, atom.Font, atom.I, atom.Img, atom.Ins, atom.Kbd, atom.Mark, atom.S, atom.Samp, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Time, atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}

func (r *htmlReader) flush() {
	if text := r.now.String(); strings.TrimSpace(text) != "" {
		r.blocks = append(r.blocks, quote.Block{Line: r.began, Text: text, Quote: r.quotes > 0})
	}
	r.now.Reset()
	r.raised = 0
}
