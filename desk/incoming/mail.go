// SPDX-License-Identifier: Apache-2.0

package incoming

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
)

// ReadMail reads the file of a message (RFC 5322, MIME). It fails with ErrNoMail,
// or when the header is longer than any message's. What is wrong further inside is
// remarked.
func ReadMail(raw []byte) (*Mail, error) {
	if len(raw) > MaxMail {
		return nil, fmt.Errorf("an e-mail of more than %d bytes is not read", MaxMail)
	}
	if err := checkHeader(raw); err != nil {
		return nil, err
	}
	msg, err := mail.ReadMessage(bytes.NewReader(afterEnvelope(raw)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoMail, err)
	}
	if !looksLikeMail(msg.Header) {
		return nil, ErrNoMail
	}
	r := &reader{m: &Mail{}}
	r.m.From, r.m.Subject, r.m.Date = r.field(msg.Header, "From"), r.field(msg.Header, "Subject"), r.field(msg.Header, "Date")
	r.m.To = Line(strings.TrimSuffix(r.field(msg.Header, "To")+", "+r.field(msg.Header, "Cc"), ", "), maxField)
	r.part(textproto.MIMEHeader(msg.Header), msg.Body, 0)
	if strings.TrimSpace(r.text.String()) == "" && r.page != "" {
		r.remark("there is no plain text; what stands here was made of the HTML, which can look different")
		r.write(textOf(r.page))
	}
	r.m.Text = strings.TrimRight(r.text.String(), "\n")
	return r.m, nil
}

// afterEnvelope passes over the line that mailboxes put before a message.
func afterEnvelope(raw []byte) []byte {
	if bytes.HasPrefix(raw, []byte("From ")) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	return raw
}

// checkHeader refuses a header that would fill the memory when it is parsed.
func checkHeader(raw []byte) error {
	head := raw[:min(len(raw), maxHeader)]
	if len(head) < maxHeader || bytes.Contains(head, []byte("\n\n")) || bytes.Contains(head, []byte("\n\r\n")) {
		return nil
	}
	return fmt.Errorf("%w: its header does not end within %d bytes", ErrNoMail, maxHeader)
}

func looksLikeMail(h mail.Header) bool {
	return slices.ContainsFunc([]string{"From", "Date", "Subject", "To", "Received", "Message-Id"}, func(name string) bool { return h.Get(name) != "" })
}

// reader gathers what a message says.
type reader struct {
	m    *Mail
	text strings.Builder
	page string // the first in HTML that is no file
}

func (r *reader) remark(format string, a ...any) {
	s := fmt.Sprintf(format, a...)
	if len(r.m.Remarks) < maxMarks && !slices.Contains(r.m.Remarks, s) {
		r.m.Remarks = append(r.m.Remarks, s)
	}
}

// field decodes a field of the header. Of several with one name the first counts,
// and it is said that there are more: readers differ in which they show.
func (r *reader) field(h mail.Header, name string) string {
	if len(h[name]) > 1 {
		r.remark("the field %s is there %d times; the first is shown", name, len(h[name]))
	}
	return Line(r.decodeWords(h.Get(name)), maxField)
}

func (r *reader) decodeWords(s string) string {
	d := mime.WordDecoder{CharsetReader: charsetReader}
	out, err := d.DecodeHeader(s)
	if err != nil {
		r.remark("a field of the header could not be decoded")
		return s
	}
	return out
}

// part reads one part, and those in it.
func (r *reader) part(h textproto.MIMEHeader, body io.Reader, depth int) {
	kind, params := r.mediaType(h)
	if !strings.HasPrefix(kind, "multipart/") {
		r.leaf(h, kind, params, body)
		return
	}
	switch {
	case depth >= MaxDepth:
		r.remark("parts more than %d deep were not read", MaxDepth)
		r.attach(h, params, "application/octet-stream", body)
	case params["boundary"] == "":
		r.remark("a part says that it has parts and not where they begin")
		r.attach(h, params, "application/octet-stream", body)
	default:
		if kind == "multipart/encrypted" {
			r.remark("this message is encrypted; it was kept as it is")
		}
		r.parts(multipart.NewReader(body, params["boundary"]), depth+1)
	}
}

func (r *reader) parts(parts *multipart.Reader, depth int) {
	for first := true; ; first = false {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) && !first {
			return
		}
		if err != nil {
			r.remark("the message breaks off or is not well formed; what could be read is here")
			return
		}
		if len(r.m.Parts) >= MaxParts {
			r.remark("more than %d attachments; the others were not read", MaxParts)
			return
		}
		r.part(p.Header, p, depth)
	}
}

// mediaType is what a part says that it is: plain text if it says nothing (RFC
// 2045 §5.2).
func (r *reader) mediaType(h textproto.MIMEHeader) (string, map[string]string) {
	said := h.Get("Content-Type")
	if said == "" {
		return "text/plain", nil
	}
	kind, params, err := mime.ParseMediaType(said)
	if err != nil && (kind == "" || strings.HasPrefix(kind, "multipart/")) {
		r.remark("a part does not say in a readable way of what kind it is")
		return "application/octet-stream", nil
	}
	return kind, params
}

// leaf takes plain text as text and all else as an attachment.
func (r *reader) leaf(h textproto.MIMEHeader, kind string, params map[string]string, body io.Reader) {
	disposition, _, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	if kind != "text/plain" || disposition == "attachment" || r.name(h, params) != "" {
		r.attach(h, params, kind, body)
		if kind == "text/html" && disposition != "attachment" {
			r.keepPage(params["charset"])
		}
		return
	}
	text, known := decodeText(r.transfer(h, body), params["charset"])
	if !known {
		r.remark("text in an unknown charset %q; what is not ASCII was left out", Line(params["charset"], 40))
	} else if strings.ContainsRune(text, '\uFFFD') {
		r.remark("some of the text is not in the charset that the message names, and cannot be shown")
	}
	r.write(strings.ReplaceAll(text, "\r\n", "\n"))
}

// keepPage remembers the attachment that was just taken, if it is the first page.
func (r *reader) keepPage(charset string) {
	n := len(r.m.Parts)
	if r.page != "" || n == 0 || r.m.Parts[n-1].Name != "" {
		return
	}
	r.page, _ = decodeText(r.m.Parts[n-1].Content, charset)
}

func (r *reader) write(text string) {
	if r.text.Len() > 0 && text != "" {
		r.text.WriteString("\n")
	}
	if room := MaxText - r.text.Len(); len(text) > room {
		r.remark("the text is longer than %d bytes; the rest is only in the original", MaxText)
		text = strings.ToValidUTF8(text[:max(room, 0)], "")
	}
	r.text.WriteString(text)
}

func (r *reader) attach(h textproto.MIMEHeader, params map[string]string, kind string, body io.Reader) {
	if len(r.m.Parts) >= MaxParts {
		r.remark("more than %d attachments; the others were not read", MaxParts)
		return
	}
	r.m.Parts = append(r.m.Parts, Part{Name: r.name(h, params), Type: Line(kind, 100), Content: r.transfer(h, body)})
}

// name is what an attachment is said to be called. Many programs write encoded
// words where RFC 2231 is meant.
func (r *reader) name(h textproto.MIMEHeader, params map[string]string) string {
	_, disposition, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := disposition["filename"]
	if name == "" {
		name = params["name"]
	}
	return Line(r.decodeWords(name), maxName)
}
