// SPDX-License-Identifier: Apache-2.0

package table

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tamizdat/claim"
)

// TestFormulasAreText: what a stranger wrote into a letter does nothing when an
// editor opens the table.
func TestFormulasAreText(t *testing.T) {
	for in, want := range map[string]string{
		`=HYPERLINK("http://x")`: `'=HYPERLINK("http://x")`, "+1": "'+1", "-1": "'-1", "@SUM(1)": "'@SUM(1)", "\t=1": "'\t'=1", "\r=1": "'\r'=1", "\n=1": "'\n'=1",
		"'=1": "''=1", "''=1": "'''=1", "'tis": "'tis", "'": "'", "": "", "a=1": "a=1", "＝1": "'＝1", " =1": "' =1", "−1": "−1",
	} {
		got := guard(in)
		if got != want {
			t.Errorf("%q is guarded as %q, want %q", in, got, want)
		}
		if back := unguard(got); back != in {
			t.Errorf("%q came back as %q", in, back)
		}
	}
}

// TestNoPieceIsAFormula: a program that expects another separator cuts a cell in
// pieces, because its quotation mark does not stand at the beginning of one.
func TestNoPieceIsAFormula(t *testing.T) {
	for in, want := range map[string]string{
		`x;=HYPERLINK("http://x")`: `x;'=HYPERLINK("http://x")`, "x\n=1": "x\n'=1", "x\r\n@a": "x\r\n'@a", "x\t+1": "x\t'+1", "x;'=1": "x;''=1",
		"x; -y": "x;' -y", "a, -b": "a, -b", ";;=1": ";;'=1", "x;": "x;", "x;y=1": "x;y=1", "'x;'tis": "'x;'tis", "=1;=2": "'=1;'=2",
	} {
		got := guard(in)
		if got != want {
			t.Errorf("%q is guarded as %q, want %q", in, got, want)
		}
		if back := unguard(got); back != in {
			t.Errorf("%q came back as %q", in, back)
		}
	}
}

// TestNegativeNumbersStayNumbers where a column holds numbers.
func TestNegativeNumbersStayNumbers(t *testing.T) {
	minus := -3.5
	c := claim.Case{
		Claims:    []claim.Claim{{ID: "c1", Text: "-3.5"}},
		Estimates: []claim.Estimate{{ID: "e1", Low: &minus, Bound: "about", Note: "-3.5"}},
	}
	s, _ := Working(c, claim.KindEstimate)
	if got := string(WriteCSV(s, false)); !strings.Contains(got, ",-3.5,") || !strings.Contains(got, ",'-3.5\r\n") {
		t.Error(got)
	}
	s, _ = Working(c, claim.KindClaim)
	if got := string(WriteCSV(s, false)); !strings.Contains(got, "c1,'-3.5,") {
		t.Error(got)
	}
}

// anyRows draws rows that are hard on separators, quotes, guards and XML.
func anyRows(t *rapid.T) [][]string {
	cell := rapid.OneOf(
		rapid.StringMatching(`['=+\-@\t\r\n ",;]{0,4}[a-zA-Zя=]{0,3}['=+\-@\t\r\n ",;]{0,3}`),
		rapid.StringMatching(`(_x00|_x0041_|_|x004|1_){0,4}`),
		rapid.Map(rapid.String(), func(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "") }),
	)
	width := rapid.IntRange(1, 5).Draw(t, "width")
	return rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 6).Draw(t, "rows")
}

// TestCSVComesBackExactly, whatever stands in the cells.
func TestCSVComesBackExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := anyRows(t)
		got, d, err := ReadCSV(WriteCSV(Sheet{Rows: rows}, true), ',')
		if err != nil || !d.BOM {
			t.Fatal(err, d)
		}
		if diff := cmp.Diff(rows, got.Rows); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestNoCellIsAFormula: no cell of what is written begins as a formula does.
func TestNoCellIsAFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, row := range anyRows(t) {
			for _, cell := range row {
				g := guard(cell)
				if unguard(g) != cell {
					t.Fatalf("%q is guarded as %q", cell, g)
				}
				for piece := range strings.FieldsFuncSeq(g, func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
					if isRisky(piece) {
						t.Fatalf("%q is guarded as %q", cell, g)
					}
				}
			}
		}
	})
}

// TestDialectsAreFound and said.
func TestDialectsAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"a,b\n1,2\n":             "separated by commas",
		"a;b,c;d\n":              "separated by semicolons",
		"a\tb\n":                 "separated by tabs",
		"\"a;b;c\",d\n":          "separated by commas",
		"\ufeffa;b\r\n1;2":       "separated by semicolons, with a byte order mark",
		"sep=;\r\na,b,c;d\r\n":   "separated by semicolons",
		"alone\nand alone again": "separated by commas",
	} {
		s, d, err := ReadCSV([]byte(text), 0)
		if err != nil || d.String() != want {
			t.Errorf("%q: %v, %v, want %s", text, d, err, want)
		}
		if slices.Contains(s.Rows[0], "sep=") {
			t.Errorf("%q: %q", text, s.Rows)
		}
	}
}

// TestFilesThatAreNoCSV say what they are and what to do.
func TestFilesThatAreNoCSV(t *testing.T) {
	for text, want := range map[string]string{
		"\xff\xfea\x00":                       "UTF-16",
		"PK\x03\x04":                          "import it as XLSX",
		"a\n\xcf\xf0\xe8\n":                   "line 2 is not in UTF-8",
		"a,\"b\nc\n":                          "line 1: a quotation mark opens",
		"a\n\"b\"c\n":                         "line 2: something stands behind",
		"a\x00":                               "line 1 is not",
		strings.Repeat("a,", MaxColumns+1):    "more than 200 columns",
		strings.Repeat("\n", MaxRows+3):       "more than 100000 rows",
		"a," + strings.Repeat("b", MaxCell+1): "texts belong in documents",
	} {
		if _, _, err := ReadCSV([]byte(text), 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %s", text, err, want)
		}
	}
	if _, _, err := ReadCSV([]byte("a"), '|'); err == nil {
		t.Error("a bar was taken for a separator")
	}
}

// TestRowsKnowTheirLines: a cell can have several.
func TestRowsKnowTheirLines(t *testing.T) {
	s, _, err := ReadCSV([]byte("a,b\r\n\"x\ny\",1\r\n2,3"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 2, 4}, s.Lines); diff != "" {
		t.Error(diff)
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a;\"b\"\"c\"\r\n", "\ufeffid\ttext\n'=1\t\"\n\"", "sep=,\n", "\"", "a,\"b\"c", "id,text,kind\n#x,y,z\n,a,state\n", "\xff\xfe"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, d, err := ReadCSV(b, 0)
		if err != nil || len(s.Rows) == 0 {
			return
		}
		again, _, err := ReadCSV(WriteCSV(s, d.BOM), ',')
		if err != nil {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
		if diff := cmp.Diff(s.Rows, again.Rows); diff != "" && !strings.HasPrefix(strings.ToLower(s.Rows[0][0]), "sep=") {
			t.Fatal(diff)
		}
		for _, kind := range Kinds() {
			Read(claim.Case{}, Options{NewID: func() string { return "n" }}, Input{Kind: kind, Sheet: s})
		}
	})
}
