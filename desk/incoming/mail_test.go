// SPDX-License-Identifier: Apache-2.0

package incoming

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
)

// eml writes a message with the line ends that mail has.
func eml(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

func koi8(t *testing.T, s string) string {
	t.Helper()
	out, err := charmap.KOI8R.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func windows1251(t *testing.T, s string) string {
	t.Helper()
	out, err := charmap.Windows1251.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestALetterThatCameByMail(t *testing.T) {
	body := koi8(t, "Здравствуйте.\n\nИз архива вынесли коробки.\n")
	got, err := ReadMail(eml(`From MAILER-DAEMON Mon May  2 00:00:00 2022
Received: from somewhere
From: =?koi8-r?B?` + base64.StdEncoding.EncodeToString([]byte(koi8(t, "Ветер"))) + `?= <wind@lamp.example>
To: desk@tide.example
Cc: other@tide.example
Subject: =?UTF-8?Q?=D0=9F=D0=B8=D1=81=D1=8C=D0=BC=D0=BE?=
 =?UTF-8?Q?_=D0=BE=D0=B4=D0=B8=D0=BD?=
Date: Mon, 2 May 2022 10:00:00 +0300
Content-Type: multipart/mixed; boundary=x

preamble, which nobody shows
--x
Content-Type: text/plain; charset=koi8-r
Content-Transfer-Encoding: 8bit

` + body + `
--x
Content-Type: image/jpeg; name="scan.jpg"
Content-Disposition: attachment; filename*=UTF-8''%D1%81%D0%BA%D0%B0%D0%BD.jpg
Content-Transfer-Encoding: base64

//4A
/w==
--x
Content-Type: text/html; charset=utf-8

<p>see <img src="http://lamp.example/pixel">
--x--
epilogue
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &Mail{
		From: "Ветер <wind@lamp.example>", To: "desk@tide.example, other@tide.example", Subject: "Письмо один", Date: "Mon, 2 May 2022 10:00:00 +0300",
		Text: "Здравствуйте.\n\nИз архива вынесли коробки.",
		Parts: []Part{
			{Name: "скан.jpg", Type: "image/jpeg", Content: []byte("\xff\xfe\x00\xff")},
			{Type: "text/html", Content: []byte(`<p>see <img src="http://lamp.example/pixel">`)},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsNoMail(t *testing.T) {
	for name, raw := range map[string]string{
		"empty": "", "prose": "Dear editor,\n\nnothing here is a header: no.\n", "an image": "\xff\xd8\xff\xe0\n\n",
		"fields of something else": "Key: value\n\ntext", "A-12: a header without end": "From: a\n" + strings.Repeat("X: y\n", maxHeader/5),
		"one endless line": "Subject: " + strings.Repeat("x", maxHeader),
	} {
		if m, err := ReadMail([]byte(raw)); !errors.Is(err, ErrNoMail) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
	if _, err := ReadMail(make([]byte, MaxMail+1)); err == nil {
		t.Error("a message of any length was read")
	}
}

// TestNamesAreOnlyClaims. Here a name is one line of text and
// nothing more; letter.SafeName makes a file's name of it.
func TestNamesAreOnlyClaims(t *testing.T) {
	for disposition, want := range map[string]string{
		`attachment; filename="../../etc/passwd"`:                  "../../etc/passwd",
		`attachment; filename="..\\..\\Windows\\x.exe"`:            `..\..\Windows\x.exe`,
		`attachment; filename*=UTF-8''%2e%2e%2f%00x`:               "../\x00x",
		`attachment; filename="a` + "\t" + `b"`:                    "a b",
		`attachment; filename="=?utf-8?B?0YTQsNC50Ls=?="`:          "файл",
		`attachment; filename*0="long"; filename*1="er.pdf"`:       "longer.pdf",
		`attachment; filename="` + strings.Repeat("щ", 5000) + `"`: strings.Repeat("щ", maxName) + "…",
		"attachment; filename=\"photo\u202egpj.exe\"":              "photo\u202egpj.exe",
		`attachment; filename*=windows-1251''%F4`:                  "", // only UTF-8 and ASCII are read there
		`attachment; filename="a"; filename="b"`:                   "", // two names are none
		"attachment; filename=\"\xf4\xe0\xe9\xeb\"":                "\uFFFD",
		`attachment`: "",
	} {
		m, err := ReadMail(eml("From: a\nContent-Type: application/x\nContent-Disposition: " + disposition + "\n\nx"))
		if err != nil {
			t.Errorf("%q: %v", disposition, err)
			continue
		}
		if len(m.Parts) != 1 || m.Parts[0].Name != want {
			t.Errorf("%q: %+v, want the name %q", disposition, m.Parts, want)
		}
	}
}

func nested(depth int) string {
	var b strings.Builder
	b.WriteString("From: a\n")
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("\ninnermost\n")
	for i := range depth {
		fmt.Fprintf(&b, "--b%d--\n", depth-1-i)
	}
	return b.String()
}

// TestHostileMail: what is wrong is said, what is readable is there, and nothing
// takes more memory than the message has.
func TestHostileMail(t *testing.T) {
	html := "Content-Type: text/html\n\n<p>\n"
	for _, tt := range []struct{ name, raw, text, remark string }{
		{"parts in parts", nested(MaxDepth), "innermost", ""},
		{"too many of them", nested(MaxDepth + 1), "", "deep"},
		{"a thousand deep", nested(1000), "", "deep"},
		{"A-15: too many attachments", "From: a\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n"+html, MaxParts+10) + "--b--\n", "", "more than 500"},
		{"it breaks off", "From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\nContent-Type: text/html\n\nhal", "first", "breaks off"},
		{"no boundary", "From: a\nContent-Type: multipart/mixed\n\nwords", "", "not where they begin"},
		{"the boundary never comes", "From: a\nContent-Type: multipart/mixed; boundary=b\n\nwords", "", "breaks off"},
		{"wrong charset", "From: a\nContent-Type: text/plain; charset=utf-8\n\n" + windows1251(t, "привет") + " all", "\uFFFD all", "not in the charset"},
		{"unknown charset", "From: a\nContent-Type: text/plain; charset=x-none\n\nabc\xff", "abc", "unknown charset"},
		{"8 bit and no charset", "From: a\n\nabc \xff", "abc \uFFFD", "not in the charset"},
		{"UTF-16", "From: a\nContent-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\nPwQ=", "п", ""},
		{"UTF-7 is nobody's", "From: a\nContent-Type: text/plain; charset=utf-7\n\n+AGE-", "+AGE-", "unknown charset"},
		{"bad base64", "From: a\nContent-Transfer-Encoding: base64\n\n!!!!", "!!!!", "not encoded as it says"},
		{"bad encoding", "From: a\nContent-Transfer-Encoding: x-uuencode\n\nM", "M", "not known"},
		{"two subjects", "From: a\nSubject: one\nSubject: two\n\nx", "x", "Subject is there 2 times"},
		{"A-18: encrypted", "From: a\nContent-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n", "", "encrypted"},
		{"C-1: it only speaks of encryption", "From: a\n\n-----BEGIN PGP MESSAGE-----", "-----BEGIN PGP MESSAGE-----", ""},
		{"a bad content type", "From: a\nContent-Type: ;;;\n\nx", "", "not say in a readable way"},
		{"D-10: only HTML", "From: a\nContent-Type: text/html; charset=windows-1251\n\n<title>t</title><style>p{}</style><p>" + windows1251(t, "Из архива") + "<br>11&nbsp;boxes <img src=http://lamp.example/x onerror=y></p><script>z</script></b><p>&lt;the\n<b>end</b>&gt;", "Из архива\n11 boxes\n\n<the end>", "made of the HTML"},
		{"HTML that never ends", "From: a\nContent-Type: text/html\n\n<style><p>x", "", "made of the HTML"},
		{"HTML beside text", "From: a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: text/html\n\n<p>other\n--b--\n", "text", ""},
		{"a page that is a file", "From: a\nContent-Type: text/html\nContent-Disposition: attachment\n\n<p>x", "", ""},
		{"a message in a message", "From: a\nContent-Type: message/rfc822\n\nFrom: b\n\ninner", "", ""},
		{"encoded words of no charset", "From: =?x-none?Q?a?=\n\nx", "x", "could not be decoded"},
		{"CR alone", "From: a\n\none\rtwo", "one\rtwo", ""},
	} {
		m, err := ReadMail(eml(tt.raw))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if text := strings.ReplaceAll(m.Text, "\uFFFD\uFFFD", "\uFFFD"); !strings.HasSuffix(text, tt.text) || tt.text == "" && text != "" {
			t.Errorf("%s: the text is %q, want %q", tt.name, m.Text, tt.text)
		}
		if all := strings.Join(m.Remarks, "; "); !strings.Contains(all, tt.remark) || tt.remark == "" && all != "" {
			t.Errorf("%s: the remarks are %q, want %q", tt.name, all, tt.remark)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	part := "--b\n\n" + strings.Repeat("щ", 300<<10) + "\n"
	m, err := ReadMail(eml("From: a\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat(part, 3) + "--b--\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Text) > MaxText || !utf8.ValidString(m.Text) || len(m.Remarks) != 1 {
		t.Errorf("%d bytes of text, remarks %q", len(m.Text), m.Remarks)
	}
}

func FuzzReadMail(f *testing.F) {
	f.Add(eml(nested(3)))
	f.Add(eml("From: a\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n\n=C1=\n"))
	f.Add(eml("From x\nSubject: =?utf-8?B?w7w=?=\nContent-Disposition: attachment; filename*=''%41\nContent-Transfer-Encoding: base64\n\nQQ=="))
	f.Add(eml("From: a\nContent-Type: text/html; charset=utf-16\n\n<p>a<script>b</p><td>c"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		m, err := ReadMail(raw)
		if !bytes.Equal(before, raw) {
			t.Fatal("the original was touched")
		}
		if err != nil {
			return
		}
		total := 0
		for _, p := range m.Parts {
			total += len(p.Content)
			if strings.ContainsAny(p.Name+p.Type, "\r\n") || !utf8.ValidString(p.Name+p.Type) {
				t.Fatalf("a name is not a line: %q %q", p.Name, p.Type)
			}
		}
		if total > len(raw) || len(m.Text) > MaxText || len(m.Parts) > MaxParts || len(m.Remarks) > maxMarks {
			t.Fatalf("%d bytes and %d parts of %d bytes", total, len(m.Parts), len(raw))
		}
		for _, s := range []string{m.From, m.To, m.Subject, m.Date, m.Text} {
			if !utf8.ValidString(s) {
				t.Fatalf("not UTF-8: %q", s)
			}
		}
	})
}
