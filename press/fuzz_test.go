// SPDX-License-Identifier: Apache-2.0

package press

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
)

func FuzzParseEdition(f *testing.F) {
	f.Add(freeze(f, testDraft()).Bytes())
	f.Add([]byte(`{"format":"tamizdat-edition/v1"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseEdition(b)
		if err != nil {
			return
		}
		if !bytes.Equal(e.Bytes(), b) {
			t.Fatal("two spellings of one edition")
		}
		_ = Gate(e)
	})
}

func FuzzParseFile(f *testing.F) {
	e := freeze(f, testDraft())
	f.Add(FormatFile(e, signed(f, e, "anna", "boris")))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, s, err := ParseFile(b)
		if err == nil && !bytes.Equal(FormatFile(e, s), b) {
			t.Fatal("two spellings of one edition file")
		}
	})
}

func FuzzParseSignOffs(f *testing.F) {
	f.Add(signed(f, freeze(f, testDraft()), "anna", "boris").Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSignOffs(b)
		if err == nil && !bytes.Equal(s.Bytes(), b) {
			t.Fatal("two spellings of one sign-off")
		}
	})
}

func FuzzTidy(f *testing.F) {
	f.Add("a\r\n\u00a0b\u2029c  d\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		out := Tidy(s)
		if Tidy(out) != out {
			t.Fatalf("%q: tidying twice gives %q", out, Tidy(out))
		}
		bad := func(r rune) bool {
			return r != '\n' && (unicode.IsControl(r) || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf, unicode.Z))
		}
		if out == "" || len(out) > maxBody || strings.ContainsFunc(out, bad) || strings.ContainsRune(out, '\ufffd') || strings.Count(out, "\n\n") >= maxParagraphs {
			return
		}
		if err := checkBody(out); err != nil {
			t.Fatalf("%q is not clean: %v", out, err)
		}
	})
}
