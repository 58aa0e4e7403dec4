// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of a reply. What we ask for has a few hundred bytes.
const (
	maxLine  = 4 << 10
	maxReply = 64 << 10
)

// Codes of replies (control-spec, "Replies").
const (
	codeOK    = 250
	codeEvent = 650
)

// reply is one answer of tor, or one event. All its lines have one code.
type reply struct {
	code  int
	lines []line
}

// line is one line of a reply, with the data that follows it, if any.
type line struct{ text, data string }

// errReply is the error for bytes that no tor sends. They are not shown: they
// could be anything.
func errReply(what string) error {
	return fmt.Errorf("what listens at the control port does not speak as tor does: %s", what)
}

// readReply reads a reply strictly:
//
//	250-text CRLF            a line with more to follow
//	250+text CRLF data .CRLF a line with data
//	250 text CRLF            the last line
func readReply(r *bufio.Reader) (reply, error) {
	var rep reply
	for left := maxReply; ; {
		text, err := readLine(r, &left)
		if err != nil {
			return reply{}, err
		}
		code, kind, err := parseStatus(text)
		if err != nil {
			return reply{}, err
		}
		if rep.lines != nil && code != rep.code {
			return reply{}, errReply("a reply with two codes")
		}
		l := line{text: text[4:]}
		if kind == '+' {
			if l.data, err = readData(r, &left); err != nil {
				return reply{}, err
			}
		}
		rep.code, rep.lines = code, append(rep.lines, l)
		if kind == ' ' {
			return rep, nil
		}
	}
}

// parseStatus reads the three digits and the sign at the beginning of a line.
func parseStatus(text string) (code int, kind byte, err error) {
	if len(text) < 4 || !strings.ContainsRune(" -+", rune(text[3])) {
		return 0, 0, errReply("a line without a code")
	}
	for _, d := range []byte(text[:3]) {
		if d < '0' || d > '9' {
			return 0, 0, errReply("a line without a code")
		}
		code = code*10 + int(d-'0')
	}
	return code, text[3], nil
}

// readData reads lines up to a lone dot. A dot at the beginning of a line is
// written twice.
func readData(r *bufio.Reader, left *int) (string, error) {
	var b strings.Builder
	for {
		text, err := readLine(r, left)
		if err != nil {
			return "", err
		}
		if text == "." {
			return b.String(), nil
		}
		b.WriteString(strings.TrimPrefix(text, ".") + "\n")
	}
}

// readLine reads a line without its CRLF and takes its length from what may
// still come.
func readLine(r *bufio.Reader, left *int) (string, error) {
	var b []byte
	for {
		c, err := r.ReadByte()
		if errors.Is(err, io.EOF) && len(b) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		if *left--; *left < 0 || len(b) > maxLine {
			return "", errReply("it does not end")
		}
		b = append(b, c)
		switch n := len(b); {
		case c == '\n' && n >= 2 && b[n-2] == '\r':
			return string(b[:n-2]), nil
		case c == 0 || c == '\n' || n >= 2 && b[n-2] == '\r':
			return "", errReply("control characters in a line")
		}
	}
}

// fields reads `KEY=VALUE` words, where a value may be quoted. What is no such
// word has an empty value.
func fields(s string) map[string]string {
	m := make(map[string]string)
	for s = strings.TrimLeft(s, " "); s != ""; s = strings.TrimLeft(s, " ") {
		end := strings.IndexAny(s, "= ")
		if end < 0 || s[end] == ' ' {
			word, rest, _ := strings.Cut(s, " ")
			m[word], s = "", rest
			continue
		}
		m[s[:end]], s = value(s[end+1:])
	}
	return m
}

// value takes a word or a quoted string off s.
func value(s string) (v, rest string) {
	if !strings.HasPrefix(s, `"`) {
		v, rest, _ = strings.Cut(s, " ")
		return v, rest
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
