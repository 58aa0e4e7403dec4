// SPDX-License-Identifier: Apache-2.0

package incoming

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/textproto"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// transfer undoes the encoding in which a part travelled. One that cannot be
// undone, in whole or at all, leaves the part as it came: half a file is no file.
func (r *reader) transfer(h textproto.MIMEHeader, body io.Reader) []byte {
	raw, err := io.ReadAll(body) // of a message that is in memory already
	if err != nil {
		r.remark("the message breaks off or is not well formed; what could be read is here")
	}
	var decoded io.Reader
	switch how := strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))); how {
	case "", "7bit", "8bit", "binary":
		return raw
	case "base64":
		decoded = base64.NewDecoder(base64.StdEncoding, bytes.NewReader(bytes.Join(bytes.Fields(raw), nil)))
	case "quoted-printable":
		decoded = quotedprintable.NewReader(bytes.NewReader(raw))
	default:
		r.remark("a part is encoded as %q, which is not known; it was kept as it came", Line(how, 40))
		return raw
	}
	out, err := io.ReadAll(decoded)
	if err != nil {
		r.remark("a part is not encoded as it says; it was kept as it came")
		return raw
	}
	return out
}

// decodeText makes UTF-8 of a text in a charset. What does not belong to the
// charset becomes U+FFFD. Without a charset it is UTF-8, of which ASCII is a part.
// known is false for a charset that nobody has heard of.
func decodeText(b []byte, charset string) (text string, known bool) {
	e, err := charsetOf(charset)
	if err != nil {
		ascii := bytes.Map(func(r rune) rune {
			if r >= utf8.RuneSelf {
				return -1
			}
			return r
		}, b)
		return string(ascii), false
	}
	if e == nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), true
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), true
	}
	return strings.ToValidUTF8(string(out), "\uFFFD"), true
}

// charsetOf finds a charset by its name; nil is UTF-8.
func charsetOf(name string) (encoding.Encoding, error) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return nil, nil
	}
	return htmlindex.Get(strings.TrimSpace(name))
}

// charsetReader is for the words of a header.
func charsetReader(charset string, in io.Reader) (io.Reader, error) {
	e, err := charsetOf(charset)
	if err != nil {
		return nil, fmt.Errorf("charset %q: %w", charset, err)
	}
	if e == nil {
		return in, nil
	}
	return e.NewDecoder().Reader(in), nil
}
