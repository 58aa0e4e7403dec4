// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"bufio"
	"strings"
	"testing"
)

func parse(s string) (reply, error) { return readReply(bufio.NewReader(strings.NewReader(s))) }

func TestReplies(t *testing.T) {
	for text, want := range map[string]reply{
		"250 OK\r\n":                                 {250, []line{{text: "OK"}}},
		"250-a=1\r\n250 b\r\n":                       {250, []line{{text: "a=1"}, {text: "b"}}},
		"250+k=\r\nx\r\n..y\r\n.\r\n250 OK\r\n":      {250, []line{{"k=", "x\n.y\n"}, {text: "OK"}}},
		"650 HS_DESC UPLOADED a b c\r\n250 next\r\n": {650, []line{{text: "HS_DESC UPLOADED a b c"}}},
		"510 \r\n": {510, []line{{}}},
	} {
		got, err := parse(text)
		if err != nil || got.code != want.code || len(got.lines) != len(want.lines) {
			t.Errorf("%q: %v, %v", text, got, err)
			continue
		}
		for i := range got.lines {
			if got.lines[i] != want.lines[i] {
				t.Errorf("%q: line %d is %q", text, i, got.lines[i])
			}
		}
	}
}

// TestHostileReplies: what no tor sends is an error, and never more than a
// bounded piece of it is read.
func TestHostileReplies(t *testing.T) {
	for what, text := range map[string]string{
		"nothing":           "",
		"no end":            "250-a\r\n",
		"half a line":       "250 OK",
		"no code":           "OK\r\n",
		"short":             "25\r\n",
		"letters":           "2a0 OK\r\n",
		"another sign":      "250_OK\r\n",
		"two codes":         "250-a\r\n251 b\r\n",
		"an event within":   "250-a\r\n650 b\r\n",
		"NUL":               "250 a\x00b\r\n",
		"a bare LF":         "250 a\n",
		"a bare CR":         "250 a\rb\r\n",
		"two CRs":           "250 a\r\r\n",
		"a long line":       "250 " + strings.Repeat("a", maxLine) + "\r\n",
		"endless lines":     strings.Repeat("250-a\r\n", maxReply),
		"endless data":      "250+a\r\n" + strings.Repeat("b\r\n", maxReply),
		"data without end":  "250+a\r\nb\r\n",
		"a NUL in the data": "250+a\r\n\x00\r\n.\r\n250 OK\r\n",
	} {
		if got, err := parse(text); err == nil {
			t.Errorf("%s: %v", what, got)
		}
	}
}

func TestFields(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"":                              {},
		"METHODS=COOKIE,SAFECOOKIE":     {"METHODS": "COOKIE,SAFECOOKIE"},
		`A=b COOKIEFILE="/a \"b\\" C=d`: {"A": "b", "COOKIEFILE": `/a "b\`, "C": "d"},
		"NOTICE BOOTSTRAP PROGRESS=5":   {"NOTICE": "", "BOOTSTRAP": "", "PROGRESS": "5"},
		`SUMMARY="never closed`:         {"SUMMARY": "never closed"},
		`A="x"B=y`:                      {"A": "x", "B": "y"},
	} {
		got := fields(text)
		if len(got) != len(want) {
			t.Errorf("%q: %q", text, got)
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("%q: %q", text, got)
			}
		}
	}
}

// FuzzReply: whatever listens there, a reply is bounded, all of it has one code,
// and nothing that could end a line is in it.
func FuzzReply(f *testing.F) {
	for _, s := range []string{"250 OK\r\n", "250+a=\r\nb\r\n..\r\n.\r\n250 OK\r\n", "650-x\r\n650 y\r\n", "250-a=\"b\\\"\" c\r\n250 OK\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := parse(s)
		if err != nil {
			return
		}
		if r.code < 0 || r.code > 999 || len(r.lines) == 0 {
			t.Errorf("%q: %v", s, r)
		}
		for _, l := range r.lines {
			if len(l.text) > maxLine || len(l.data) > maxReply || strings.ContainsAny(l.text, "\r\n\x00") || strings.ContainsAny(l.data, "\r\x00") {
				t.Errorf("%q: %q", s, l)
			}
			fields(l.text)
		}
	})
}
