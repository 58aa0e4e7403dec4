// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxName    = 96
	maxAddress = 128
	maxLabel   = 63
)

// CheckName reports whether s may be chosen as the name of a newsroom or a journalist
// (spec/README.md §1, name8): 1 to 96 bytes in normal form C, nothing invisible, no
// white space at its ends. The error is ErrMalformed and says what is wrong. Parsers
// do not ask for the normal form, whose tables change with the years: ask here before
// a name is signed.
func CheckName(s string) error {
	reason := nameFault(s)
	if reason == "" && !norm.NFC.IsNormalString(s) {
		reason = "not in Unicode normal form C"
	}
	if reason == "" {
		return nil
	}
	return fail("name", ErrMalformed, "%s", reason)
}

func nameFault(s string) string {
	if len(s) == 0 || len(s) > maxName {
		return "not 1 to 96 bytes long"
	}
	if !utf8.ValidString(s) {
		return "not UTF-8"
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	if blank(first) || blank(last) {
		return "white space at an end"
	}
	var before rune
	for i, c := range s {
		if unseen(c) && !joins(before, c, s[i+utf8.RuneLen(c):]) {
			return "holds the invisible character " + strconv.QuoteRuneToASCII(c)
		}
		before = c
	}
	return ""
}

// joins tells whether c is the zero-width non-joiner between two Arabic letters:
// Persian names are not spelled right without it.
func joins(before, c rune, rest string) bool {
	after, _ := utf8.DecodeRuneInString(rest)
	return c == 0x200c && arabic(before) && arabic(after)
}

func arabic(c rune) bool { return within(c, []span{{0x620, 0x64a}, {0x66e, 0x6d3}}) }

// span is a range of code points, both ends included.
type span struct{ low, high rune }

func within(c rune, spans []span) bool {
	for _, s := range spans {
		if c >= s.low && c <= s.high {
			return true
		}
	}
	return false
}

// unseen is the fixed list of what no name may hold: controls, format characters,
// fillers, variation selectors, private use.
func unseen(c rune) bool {
	return within(c, []span{
		{0, 0x1f},
		{0x7f, 0x9f},
		{0xad, 0xad},
		{0x34f, 0x34f},
		{0x600, 0x605},
		{0x61c, 0x61c},
		{0x6dd, 0x6dd},
		{0x70f, 0x70f},
		{0x890, 0x891},
		{0x8e2, 0x8e2},
		{0x115f, 0x1160},
		{0x17b4, 0x17b5},
		{0x180b, 0x180f},
		{0x200b, 0x200f},
		{0x2028, 0x202e},
		{0x2060, 0x206f},
		{0xfeff, 0xfeff},
		{0xffa0, 0xffa0},
		{0xfff9, 0xfffb},
		{0x1d173, 0x1d17a},
		{0x2800, 0x2800},
		{0x3164, 0x3164},
		{0xe000, 0xf8ff},
		{0xfe00, 0xfe0f},
		{0xe0000, utf8.MaxRune},
	})
}

// blank is the fixed list of white space that no name may begin or end with.
func blank(c rune) bool {
	return within(c, []span{
		{0x20, 0x20}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x2000, 0x200a}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
	})
}

// CheckAddress reports whether s may be an address of the drop (spec/README.md
// §1, url8): "http://", a lower-case host, perhaps a port, and nothing after it.
// The error is ErrMalformed and says what is wrong.
func CheckAddress(s string) error {
	reason := addressFault(s)
	if reason == "" {
		return nil
	}
	return fail("address", ErrMalformed, "%s", reason)
}

func addressFault(s string) string {
	if len(s) > maxAddress {
		return "longer than 128 bytes"
	}
	rest, ok := strings.CutPrefix(s, "http://")
	if !ok {
		return "does not begin with http://"
	}
	host, port, hasPort := strings.Cut(rest, ":")
	if hasPort && !goodPort(port) {
		return "the port is not 1 to 65535 without leading zero"
	}
	for label := range strings.SplitSeq(host, ".") {
		if !goodLabel(label) {
			return "the host is not lower-case letters, digits, dots and hyphens"
		}
	}
	return ""
}

func goodPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0 && strconv.FormatUint(n, 10) == s
}

func goodLabel(s string) bool {
	if s == "" || len(s) > maxLabel || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// name reads a name8.
func (r *reader) name(what string) string {
	s := string(r.bytes8())
	if r.err == nil {
		if fault := nameFault(s); fault != "" {
			r.malformed("%s: %s", what, fault)
		}
	}
	return s
}

// address reads a url8.
func (r *reader) address() string {
	s := string(r.bytes8())
	if r.err == nil {
		if fault := addressFault(s); fault != "" {
			r.malformed("address: %s", fault)
		}
	}
	return s
}

// logKey reads the verifier key of the public record: printable ASCII without
// space, perhaps nothing.
func (r *reader) logKey() string {
	s := string(r.bytes8())
	for _, c := range []byte(s) {
		r.require(c > ' ' && c < 0x7f, "log key holds a byte that is not printable ASCII")
	}
	return s
}
