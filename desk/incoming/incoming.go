// SPDX-License-Identifier: Apache-2.0

// Package incoming reads what reaches a newsroom by another way than the drop, as
// far as it must be read to be listed: an e-mail message in a file.
//
// Call [ReadMail] with the bytes of the file. What it gives is a reading; the
// bytes are the original, and whoever calls keeps them as they came. Attachments
// are decoded and never looked into: no archive is unpacked, no page shown, no
// message inside a message read. Only where there is no plain text at all, the text
// is taken out of the page in HTML, and that is remarked. Nothing is fetched,
// whatever a message asks for.
//
// A message is a stranger's from its first byte to its last. Everything that is
// said of it is his claim: who sent it, when, what a file is called and of what
// kind it is. What could not be read is not guessed; [Mail.Remarks] says so.
//
// It refuses what is no message ([ErrNoMail]) or has a header without end, and
// reads no further than [MaxDepth] parts deep, [MaxParts] parts wide and [MaxText]
// bytes of text.
package incoming

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Bounds of what is read of one message.
const (
	MaxMail  = 64 << 20 // bytes of the file
	MaxDepth = 8        // parts within parts
	MaxParts = 500      // attachments
	MaxText  = 1 << 20  // bytes of text, as UTF-8

	maxHeader = 256 << 10 // bytes of the message's header
	maxField  = 1000      // runes of a field that is shown
	maxName   = 255       // runes of a file's name
	maxMarks  = 50        // remarks
)

// ErrNoMail means that the bytes are no e-mail message.
var ErrNoMail = errors.New("this is not an e-mail message")

// Mail is what a message says of itself. All strings are UTF-8, of one line but
// Text.
type Mail struct {
	From    string
	To      string // and Cc
	Subject string
	Date    string // as it stands there
	Text    string // lines end with \n
	Parts   []Part // attachments, and whatever else is not plain text
	Remarks []string
}

// Part is an attachment.
type Part struct {
	Name    string // as it was given; "" for none. Never use it as a file's name
	Type    string // media type
	Content []byte // decoded from its transfer encoding
}

// Line makes a stranger's words into one line of at most max runes: valid UTF-8,
// spaces drawn together.
func Line(s string, limit int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit]) + "…"
}
