// SPDX-License-Identifier: Apache-2.0

package table

import (
	"os"
	"strings"
	"testing"
)

// TestFilesAreKnownByWhatIsInThem, and not by their names.
func TestFilesAreKnownByWhatIsInThem(t *testing.T) {
	book, err := os.ReadFile("testdata/openpyxl.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ file, how, want string }{
		{string(book), "a workbook", ""},
		{"a;b\n1;2\n", "separated by semicolons", ""},
		{"", "separated by commas", ""},
		{"PK\x05\x06", "", "no XLSX file"},
		{"PK\x03\x04" + strings.Repeat("\x00", 100), "", "no XLSX file"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "before 2007"},
		{"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "", "line 2 is not in UTF-8"},
		{"\xfe\xff\x00a", "", "UTF-16"},
		{"a\x00,\x00", "", "line 1 is not in UTF-8"},
	} {
		sheets, how, err := ReadAny([]byte(tt.file))
		if tt.want == "" && (err != nil || how != tt.how || len(sheets) != 1) {
			t.Errorf("%.10q: %q, %v", tt.file, how, err)
		}
		if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%.10q: %v, want %s", tt.file, err, tt.want)
		}
	}
}

func TestKindsAsPeopleNameThem(t *testing.T) {
	for name, want := range map[string]string{
		"claim": "claim", "Claims": "claim", " PARTIES ": "party", "partys": "", "evidence": "evidence", "rumour": "", "": "", "source": "", "letters": "",
	} {
		if got := KindNamed(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	for _, kind := range Kinds() {
		if KindNamed(kind) != kind || KindNamed(plural(kind)) != kind {
			t.Errorf("%s is not known by its name", kind)
		}
	}
}

// FuzzParseMapping: whatever headers a file has, one can map them.
func FuzzParseMapping(f *testing.F) {
	f.Add("Text der Aussage", "text")
	f.Add(`a,b=c\`, "time")
	f.Add("", "")
	f.Add(" ", "x=y")
	f.Fuzz(func(t *testing.T, header, column string) {
		_, _ = ParseMapping(header + "=" + column) // an error is an answer, a panic is none
		header, column = strings.TrimSpace(header), "text"
		if header == "" {
			return
		}
		escaped := strings.NewReplacer(`\`, `\\`, ",", `\,`, "=", `\=`).Replace(header)
		got, err := ParseMapping(escaped + "=" + column + ",other=kind")
		if err != nil || len(got) > 2 || got[header] != column && header != "other" {
			t.Fatalf("%q is mapped as %q, %v", header, got, err)
		}
	})
}
