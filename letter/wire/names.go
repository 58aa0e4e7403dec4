// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxName    = 96
	maxAddress = 128
	maxLabel   = 63
)

// CheckName reports whether s may be the name of a newsroom or a journalist
// (spec/README.md §1, name8): NFC, nothing invisible, no white space at its ends,
// 1 to 96 bytes. The error is ErrMalformed and says what is wrong.
func CheckName(s string) error {
	reason := nameFault(s)
	if reason == "" {
		return nil
	}
	return fail("name", ErrMalformed, "%s", reason)
}

func nameFault(s string) string {
	switch {
	case len(s) == 0 || len(s) > maxName:
		return "not 1 to 96 bytes long"
	case !utf8.ValidString(s):
		return "not UTF-8"
	case !norm.NFC.IsNormalString(s):
		return "not in Unicode normal form C"
	case strings.TrimSpace(s) != s:
		return "white space at an end"
	}
	for _, c := range s {
		if !unicode.In(c, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs) {
			return "holds the invisible or unassigned character " + strconv.QuoteRuneToASCII(c)
		}
	}
	return ""
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
