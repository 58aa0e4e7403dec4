// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"
	"unicode"

	"golang.org/x/term"
	"golang.org/x/text/width"
)

const (
	plainColumns = 78 // of a line of text where nobody knows how wide the screen is
	leastColumns = 8  // of text on a row, however narrow the screen is
)

// columns is how wide a row on Stdout may be.
func (e *Env) columns() int {
	fd, ok := terminalFD(e.Stdout)
	if !ok {
		return plainColumns
	}
	if wide, _, err := term.GetSize(fd); err == nil && wide > 0 {
		return wide
	}
	return plainColumns
}

// wrap cuts a clean line into rows of at most most columns, at a space where
// there is one. A terminal that broke the line itself would begin the next row
// at its left edge, without the prefix, and a stranger who counts spaces could
// write there in the program's name.
func wrap(line string, most int) []string {
	var rows []string
	left := []rune(line)
	for {
		n := fit(left, max(most, leastColumns))
		if n == len(left) {
			return append(rows, string(left))
		}
		rows = append(rows, strings.TrimRight(string(left[:n]), " "))
		left = left[n:]
	}
}

// fit is how many runes of line go on one row. It prefers to end behind a space
// and does not part a letter from its marks, unless nothing else fits.
func fit(line []rune, most int) int {
	used, space, letter, begun := 0, 0, 0, false
	for i, r := range line {
		if begun && line[i-1] == ' ' && r != ' ' {
			space = i
		}
		if i > 0 && !unicode.Is(unicode.M, r) {
			letter = i
		}
		begun = begun || r != ' '
		if used += columnsOf(r); used > most {
			if begun && r == ' ' {
				return i + spaces(line[i:])
			}
			return firstOf(space, letter, i)
		}
	}
	return len(line)
}

// spaces counts those at the beginning of line.
func spaces(line []rune) int {
	n := 0
	for n < len(line) && line[n] == ' ' {
		n++
	}
	return n
}

// firstOf is the first place that is one; the last always is.
func firstOf(places ...int) int {
	for _, p := range places {
		if p > 0 {
			return p
		}
	}
	return 1
}

// columnsOf is the most that terminals give a rune. Too much only breaks a row
// early, so a mark counts as if it stood alone, and what some fonts draw wide
// as wide, except letters: all of Cyrillic is among those.
func columnsOf(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	case width.EastAsianAmbiguous:
		if !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) {
			return 2
		}
	}
	return 1
}
