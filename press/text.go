// SPDX-License-Identifier: Apache-2.0

package press

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxBody       = 256 << 10
	maxParagraphs = 2000
)

var (
	manySpaces = regexp.MustCompile(` {2,}`)
	manyLines  = regexp.MustCompile(`\n{3,}`)
)

// Tidy brings a text into the clean form of spec/record.md §1: NFC, line feeds
// only, plain single spaces, one empty line between paragraphs. What it takes
// away (kinds and numbers of spaces, line ends, decomposed letters) are places
// where a copy can be marked. It leaves hidden characters for [Gate] to show.
func Tidy(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n", "\u0085", "\n", "\f", "\n\n").Replace(s)
	s = strings.TrimPrefix(s, "\ufeff")
	s = norm.NFC.String(s)
	s = strings.Map(plainSpace, s)
	s = manySpaces.ReplaceAllString(s, " ")
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.Trim(l, " ")
	}
	s = manyLines.ReplaceAllString(strings.Join(lines, "\n"), "\n\n")
	return strings.Trim(s, "\n")
}

func plainSpace(r rune) rune {
	if r != '\n' && unicode.IsSpace(r) {
		return ' '
	}
	return r
}

// CheckLine refuses a string that is not a line of at most limit bytes; what
// names it in the error.
func CheckLine(what, s string, limit int) error {
	if s == "" || len(s) > limit {
		return fmt.Errorf("%s: has %d bytes, not 1 to %d", what, len(s), limit)
	}
	if strings.Contains(s, "\n") {
		return fmt.Errorf("%s: goes over more than one line", what)
	}
	if err := checkClean(s); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func checkBody(s string) error {
	if s == "" || len(s) > maxBody {
		return fmt.Errorf("the body has %d bytes, not 1 to %d", len(s), maxBody)
	}
	if strings.HasPrefix(s, "\n") || strings.HasSuffix(s, "\n") || strings.Contains(s, "\n\n\n") {
		return errors.New("the body begins or ends with an empty line, or has two in a row")
	}
	if n := strings.Count(s, "\n\n") + 1; n > maxParagraphs {
		return fmt.Errorf("%d paragraphs, more than %d", n, maxParagraphs)
	}
	return checkClean(s)
}

// checkClean is the rule for clean text, and the reverse of what [Tidy] does.
func checkClean(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("not valid UTF-8")
	}
	if !norm.NFC.IsNormalString(s) {
		return errors.New("not in Unicode form NFC")
	}
	line, column, prev := 1, 1, '\n'
	for _, r := range s {
		if why := uncleanRune(prev, r); why != "" {
			return fmt.Errorf("line %d, character %d: %s", line, column, why)
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
		prev = r
	}
	if prev == ' ' {
		return errors.New("ends with a space")
	}
	return nil
}

func uncleanRune(prev, r rune) string {
	switch {
	case r == '\n' && prev == ' ':
		return "a space at the end of a line"
	case r == ' ' && prev == '\n':
		return "a space at the beginning of a line"
	case r == ' ' && prev == ' ':
		return "two spaces in a row"
	case r == '\n' || r == ' ':
		return ""
	case unicode.IsControl(r):
		return fmt.Sprintf("control character %U", r)
	case unicode.In(r, unicode.Z):
		return fmt.Sprintf("space or separator %U; only the plain space U+0020 is used", r)
	case !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf):
		return fmt.Sprintf("unassigned or private code point %U", r)
	}
	return ""
}

func checkHex(what, s string) error {
	if len(s) != 64 || strings.Trim(s, "0123456789abcdef") != "" {
		return fmt.Errorf("%s: not the 64 hex digits of a SHA-256", what)
	}
	return nil
}
