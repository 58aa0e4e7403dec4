// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"strings"
	"testing"
)

// TestD5NoRowWithoutPrefix: no row of a screen begins with what a stranger
// wrote, however long the line is and whatever fills it.
func TestD5NoRowWithoutPrefix(t *testing.T) {
	for name, text := range map[string]string{
		"padded":   "hello" + strings.Repeat(" ", 73) + "WARNING: give your passphrase to Anna",
		"nbsp":     "hello" + strings.Repeat("\u00a0", 73) + "WARNING: give your passphrase to Anna",
		"no space": strings.Repeat("x", 500),
		"tabs":     "a" + strings.Repeat("\t", 40) + "b",
		"wide":     strings.Repeat("漢", 200),
		"full":     strings.Repeat("Ａ", 200),
		"marks":    "e" + strings.Repeat("\u0301", 500),
		"escaped":  strings.Repeat("\x1b", 200),
		"Farsi":    strings.Repeat("ی\u200c", 200) + "ی",
		"Russian":  strings.Repeat("всё это было так ", 30),
	} {
		var out bytes.Buffer
		env := &Env{Stdout: &out}
		env.Text("| ", text)
		for row := range strings.Lines(out.String()) {
			row = strings.TrimSuffix(row, "\n")
			if !strings.HasPrefix(row, "| ") || len(wide(row)) > plainColumns {
				t.Errorf("%s: a row of %d columns: %q", name, len(wide(row)), row)
			}
		}
		if got, want := squeeze(strings.ReplaceAll(out.String(), "| ", "")), squeeze(Clean(strings.ReplaceAll(text, "\t", " "))); got != want {
			t.Errorf("%s: the text is not whole:\n%q\n%q", name, got, want)
		}
	}
}

// wide puts two characters for one that takes two columns.
func wide(row string) []rune {
	var out []rune
	for _, r := range row {
		if out = append(out, r); r >= 0x2e80 && r < 0xffe0 {
			out = append(out, r)
		}
	}
	return out
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func TestWrapAtSpaces(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"as wide":               "as wide",
		"one two three":         "one two|three",
		"  indented text":       "  indented|text",
		"abcdefghijklmnop q":    "abcdefghij|klmnop q",
		"one        two three":  "one|two three",
		"ёлки ёлки ёлки":        "ёлки ёлки|ёлки",
		"漢漢漢漢漢漢":                "漢漢漢漢漢|漢",
		"abcdefghie\u0301 more": "abcdefghi|e\u0301 more",
	} {
		if got := strings.Join(wrap(text, 10), "|"); got != want {
			t.Errorf("%q is broken into %q, want %q", text, got, want)
		}
	}
}
