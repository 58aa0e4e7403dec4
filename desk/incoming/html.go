// SPDX-License-Identifier: Apache-2.0

package incoming

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// textOf is what is written in a page, without its form. Nothing of the page is
// obeyed: no style, no script, no address. What the page would hide is therefore
// there too, and what it would draw is not.
func textOf(page string) string {
	z := html.NewTokenizer(strings.NewReader(page))
	var b strings.Builder
	hidden := atom.Atom(0) // the element whose content is no text
	for {
		switch z.Next() {
		case html.ErrorToken:
			return tidy(b.String())
		case html.TextToken:
			if hidden == 0 {
				b.WriteString(strings.Map(unbroken, string(z.Text())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			hidden = enter(&b, hidden, atom.Lookup(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			if tag := atom.Lookup(name); tag == hidden {
				hidden = 0
			} else {
				enter(&b, hidden, tag)
			}
		}
	}
}

// unbroken makes the line ends of the file into spaces: in a page they are no more.
func unbroken(r rune) rune {
	if r == '\n' || r == '\r' {
		return ' '
	}
	return r
}

// enter begins a new line where an element does, and returns the element that now
// hides what follows.
func enter(b *strings.Builder, hidden, tag atom.Atom) atom.Atom {
	if hidden != 0 {
		return hidden
	}
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Template:
		return tag
	case atom.P, atom.Div, atom.Br, atom.Li, atom.Tr, atom.Table, atom.Blockquote, atom.Pre, atom.Hr,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Section, atom.Article:
		b.WriteByte('\n')
	case atom.Td, atom.Th:
		b.WriteByte(' ')
	}
	return 0
}

// tidy draws spaces together and leaves at most one line empty between two.
func tidy(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		if line != "" || len(lines) > 0 && lines[len(lines)-1] != "" {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
