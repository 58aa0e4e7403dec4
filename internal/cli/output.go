// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printf writes a result to Stdout. The format is ours and may hold line
// breaks; every argument passes [Clean], which makes line breaks in it
// visible as well. For text of many lines use [Env.Text]. A failed write is
// remembered and makes the program fail at its end.
func (e *Env) Printf(format string, a ...any) {
	e.result(fmt.Sprintf(format, cleanAll(a)...))
}

// result writes to Stdout what is clean already.
func (e *Env) result(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, err := io.WriteString(e.Stdout, text)
	if e.writeErr == nil {
		e.writeErr = err
	}
}

// File writes bytes that are meant for a file, as they are. Where Stdout is a
// terminal, it shows their lines [Clean]: they may hold a stranger's words.
func (e *Env) File(b []byte) error {
	if !e.ShowsResults() {
		_, err := e.Stdout.Write(b)
		return err
	}
	for line := range strings.Lines(string(b)) {
		e.Printf("%s\n", strings.TrimRight(line, "\r\n"))
	}
	return nil
}

// Notef writes a remark to Stderr and treats its arguments as [Env.Printf]
// does.
func (e *Env) Notef(format string, a ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	fmt.Fprintf(e.Stderr, format, cleanAll(a)...)
}

// Text writes the lines of a longer text to Stdout, each cleaned and with
// prefix before it, for instance "  | ". The prefix is what tells the reader
// that a line is quoted: with an empty one, a letter can contain lines that
// look like the program's own. A line that is wider than the terminal, or than
// 78 columns where Stdout is none, is broken into rows that all have it.
func (e *Env) Text(prefix, text string) {
	room := e.columns() - len([]rune(prefix))
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		for _, row := range wrap(Clean(strings.ReplaceAll(line, "\t", "    ")), room) {
			e.result(prefix + row + "\n")
		}
	}
}

// Clean returns s with everything that a terminal would obey instead of show,
// or that a reader could not see, written out in the manner of a Go string:
// control characters (line breaks and tabs too), escape sequences, overrides
// of direction, characters without width, bytes that are not UTF-8. The two
// joiners are left alone between letters of the Arabic script, because Farsi
// is not spelled right without them.
//
// The result is for people. Two different strings can have the same result,
// so compare before cleaning.
func Clean(s string) string {
	var b strings.Builder
	var prev rune
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case isJoiner(r) && unicode.Is(unicode.Arabic, prev) && followedByArabic(s[i+size:]):
			b.WriteRune(r)
		case isSeen(r):
			b.WriteRune(r)
		case r < 0x80:
			b.WriteString(asciiEscape(r))
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		prev = r
	}
	return b.String()
}

// isSeen reports whether r has a shape of its own or is a plain space. Some
// letters and marks are defined to be invisible; Unicode lists them apart.
func isSeen(r rune) bool {
	return unicode.IsGraphic(r) &&
		!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) &&
		!unicode.Is(unicode.Variation_Selector, r)
}

func isJoiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

func followedByArabic(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Arabic, r)
}

func asciiEscape(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	return fmt.Sprintf(`\x%02x`, r)
}

// cleaned formats v with whatever verb it meets and cleans the outcome. It
// does so at the moment of formatting, because what an error or a struct will
// print is not known before.
type cleaned struct{ v any }

// Format implements [fmt.Formatter].
func (c cleaned) Format(s fmt.State, verb rune) {
	io.WriteString(s, Clean(fmt.Sprintf(fmt.FormatString(s, verb), c.v)))
}

// cleanAll wraps every argument except whole numbers, which cannot hold text
// and which a format may want as a width.
func cleanAll(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if _, ok := a.(int); ok {
			out[i] = a
			continue
		}
		out[i] = cleaned{a}
	}
	return out
}
