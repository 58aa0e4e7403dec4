// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestD5TerminalEscapes: what a stranger wrote reaches the terminal only as
// something to look at.
func TestD5TerminalEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, ёжик":             "plain text, ёжик",
		"\x1b[31mred\x1b[0m":           `\x1b[31mred\x1b[0m`,
		"\x1b]0;title\a":               `\x1b]0;title\x07`,
		"a\nerror: b\r\tc":             `a\nerror: b\r\tc`,
		"\u009b2J":                     `\u009b2J`,
		"\u202egnp.exe":                `\u202egnp.exe`,
		"a\u2066b\u2069":               `a\u2066b\u2069`,
		"zero\u200bwidth\ufeff":        `zero\u200bwidth\ufeff`,
		"soft\u00adhyphen":             `soft\u00adhyphen`,
		"line\u2028sep":                `line\u2028sep`,
		"hangul\u3164filler":           `hangul\u3164filler`,
		"mark\U000e0100":               `mark\U000e0100`,
		"tag\U000e0041":                `tag\U000e0041`,
		"latin\u200cjoin":              `latin\u200cjoin`,
		"می\u200cخواهم":                "می\u200cخواهم",
		"می\u200c":                     `می\u200c`,
		"bad\xff\xfeutf8":              `bad\xff\xfeutf8`,
		"replacement \ufffd":           "replacement \ufffd",
		"\x7f":                         `\x7f`,
		"narrow\u00a0space \U0001f4dc": "narrow\u00a0space \U0001f4dc",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestEveryArgumentIsCleaned(t *testing.T) {
	evil := "a\x1b[2Jb"
	var out, errs bytes.Buffer
	env := &Env{Stdout: &out, Stderr: &errs}
	args := []any{evil, []byte(evil), errors.New(evil), struct{ Name string }{evil}, []string{evil}, rune(0x1b), map[string]error{evil: errors.New(evil)}}
	for _, a := range args {
		env.Printf("%v|", a)
		env.Notef("%+v|", a)
	}
	env.Printf("%-8s|%*d|%5.1f|%q|%x\n", "ab", 4, 7, 2.25, evil, evil)
	env.Text("> ", "one\x1b\r\ntwo\tx\n\n")
	for _, text := range []string{out.String(), errs.String()} {
		if strings.Contains(text, "\x1b") {
			t.Errorf("an escape came through: %q", text)
		}
	}
	want := "ab      |   7|  2.2|\"a\\x1b[2Jb\"|611b5b324a62\n> one\\x1b\n> two    x\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("printed %q, want it to end in %q", out.String(), want)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31m")
	f.Add("می\u200cخواهم")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) {
			t.Errorf("Clean(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if !unicode.IsGraphic(r) && !isJoiner(r) {
				t.Errorf("Clean(%q) = %q holds %U", s, got, r)
			}
		}
		if again := Clean(got); again != got {
			t.Errorf("Clean changed %q again to %q", got, again)
		}
	})
}
