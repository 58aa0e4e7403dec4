// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// hostileNames are what peers' programs fell for (research ids in the keys).
var hostileNames = map[string]string{
	"A-1 parent":             "../../etc/passwd",
	"A-1 absolute":           "/etc/cron.d/x",
	"A-1 folder":             "folder/name.txt",
	"A-2 gzip name":          "../../../../home/x",
	"A-2 windows":            `..\..\Windows\System32\x.dll`,
	"A-3 only dots":          "..",
	"A-3 dot":                ".",
	"A-3 home":               "~/.bashrc",
	"A-4 url":                "../path?junk=",
	"A-4 scheme":             "http://example.org/a?b#c",
	"A-4 drive":              `C:\boot.ini`,
	"A-4 stream":             "a.txt:hidden",
	"A-7 CR LF":              "a\r\nSet-Cookie: x=1.txt",
	"A-7 quotes":             `a"; filename="b.exe`,
	"A-7 not ASCII":          "отчёт №5.pdf",
	"A-7 semicolon":          "a;b.txt",
	"A-9 newline":            "a\nb.txt",
	"A-9 HTML":               "<img src=x onerror=alert(1)>.png",
	"A-9 255 bytes":          strings.Repeat("a", 255),
	"A-9 long extension":     "a." + strings.Repeat("b", 250),
	"A-9 long Cyrillic":      strings.Repeat("ж", 127),
	"A-9 right to left":      "photo\u202egpj.exe",
	"A-9 zero width":         "a\u200bb\u200d.txt",
	"A-9 only invisible":     "\u200b\u202e\u2066",
	"A-9 NUL":                "a\x00.txt",
	"A-9 escape":             "\x1b[2Ja.txt",
	"reserved":               "CON",
	"reserved with type":     "nul.txt",
	"reserved with number":   "COM1.tar.gz",
	"reserved superscript":   "LPT¹",
	"trailing dot and space": "a.txt. . ",
	"leading dash":           "-rf",
	"leading dots":           "...x",
	"shell":                  "$(rm -rf ~)`id`|&.sh",
	"glob":                   "*?[a].txt",
	"not UTF-8":              "a\xff\xfe.txt",
	"only separators":        "////",
	"only bad":               "???",
	"combining first":        "\u0301\u0301",
	"many marks":             "a" + strings.Repeat("\u0301", 100),
	"private use":            "\ue000.txt",
	"tag characters":         "a\U000e0041b.txt",
	"variation selector":     "a\ufe0f.txt",
	"ideographic space":      "a\u3000b.txt",
	"line separator":         "a\u2028b.txt",
	"empty":                  "",
}

func TestSafeNames(t *testing.T) {
	for name, hostile := range hostileNames {
		for _, index := range []int{0, 8, 31} {
			checkSafe(t, name, SafeName(hostile, index))
		}
	}
}

func checkSafe(t *testing.T, name, safe string) {
	t.Helper()
	base, _, _ := strings.Cut(strings.ToUpper(safe), ".")
	switch {
	case safe == "" || len(safe) > 120:
		t.Errorf("%s: %q has %d bytes", name, safe, len(safe))
	case !utf8.ValidString(safe) || !norm.NFC.IsNormalString(safe):
		t.Errorf("%s: %q is not NFC", name, safe)
	case safe != filepath.Base(safe) || !filepath.IsLocal(safe) || strings.ContainsAny(safe, `/\:*?"<>|;&$'`+"`~#%()[]{}!= \t\r\n"):
		t.Errorf("%s: %q holds what means something to somebody", name, safe)
	case strings.HasPrefix(safe, ".") || strings.HasPrefix(safe, "-") || strings.HasSuffix(safe, ".") || strings.Contains(safe, ".."):
		t.Errorf("%s: %q has dots or dashes in a bad place", name, safe)
	case base == "CON" || base == "NUL" || strings.HasPrefix(base, "COM1"):
		t.Errorf("%s: %q is a device", name, safe)
	}
	for _, r := range safe {
		if unicode.Is(unicode.C, r) || unicode.Is(unicode.Z, r) || unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) {
			t.Errorf("%s: %q holds %U", name, safe, r)
		}
	}
}

func TestSafeNamesKeepWhatIsHarmless(t *testing.T) {
	for name, want := range map[string]string{
		"report.pdf":             "01-report.pdf",
		"отчёт №5.pdf":           "01-отчёт__5.pdf",
		"گزارش.docx":             "01-گزارش.docx",
		"photo 1.JPG":            "01-photo_1.JPG",
		"archive.tar.gz":         "01-archive.tar.gz",
		`C:\Users\Anna\list.txt`: "01-list.txt",
		"nul.txt":                "01-filenul.txt",
		"":                       "01-file",
	} {
		if got := SafeName(name, 0); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	if SafeName("A.txt", 0) == SafeName("a.txt", 1) {
		t.Error("two names of a parcel fall together")
	}
	if got := SafeName(strings.Repeat("ж", 100)+".pdf", 3); !strings.HasSuffix(got, ".pdf") || len(got) > 120 {
		t.Errorf("the extension is lost: %q", got)
	}
}

func FuzzSafeName(f *testing.F) {
	for _, name := range hostileNames {
		f.Add(name, 3)
	}
	f.Fuzz(func(t *testing.T, name string, index int) {
		checkSafe(t, "fuzz", SafeName(name, index&31))
	})
}
