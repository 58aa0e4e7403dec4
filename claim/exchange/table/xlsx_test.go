// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tamizdat/claim"
)

// TestXLSXComesBackExactly, whatever stands in the cells.
func TestXLSXComesBackExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := anyRows(t)
		b, err := WriteXLSX(Sheet{Name: "a", Rows: rows})
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadXLSX(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(trimmed(rows), trimmed(got[0].Rows)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// trimmed drops empty cells at the ends of rows: a workbook does not keep them.
func trimmed(rows [][]string) [][]string {
	var out [][]string
	for _, row := range rows {
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		out = append(out, append([]string{}, row...))
	}
	return out
}

// TestAWorkbookFromElsewhere reads what other programs write: shared strings,
// formats, formulas, days, gaps.
func TestAWorkbookFromElsewhere(t *testing.T) {
	got, err := ReadXLSX(book(map[string]string{
		"xl/sharedStrings.xml": `<sst><si><t>text</t></si><si><r><t>Чего </t></r><r><t>не было</t></r><rPh><t>x</t></rPh></si></sst>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd\.mm\.yyyy"/><numFmt numFmtId="165" formatCode="0.00&quot; days&quot;"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
		"xl/worksheets/one.xml": `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>a_x000A_b</t></is></c></row>` +
			`<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="1"><v>44644</v></c><c r="C3" s="2"><v>44644.75</v></c><c r="D3" s="3"><v>2</v></c>` +
			`<c r="E3"><f>1+1</f><v>2</v></c><c r="F3"><v>4.2000000000000003E-2</v></c><c r="G3" t="b"><v>1</v></c><c r="H3" t="str"><f>A1</f><v>x</v></c></row></sheetData></worksheet>`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []Sheet{{Name: "One", Rows: [][]string{{"text", "", "a\nb"}, nil, {"Чего не было", "2022-03-24", "2022-03-24", "2", "2", "0.042", "yes", "x"}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// book packs a workbook with one sheet.
func book(parts map[string]string) []byte {
	all := map[string]string{
		"xl/workbook.xml":            `<workbook><workbookPr/><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="/xl/worksheets/one.xml"/></Relationships>`,
		"xl/worksheets/one.xml":      `<worksheet/>`,
	}
	maps.Copy(all, parts)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		w, _ := z.Create(name)
		w.Write([]byte(text))
	}
	z.Close()
	return b.Bytes()
}

func sheetOf(data string) []byte {
	return book(map[string]string{"xl/worksheets/one.xml": `<worksheet><sheetData>` + data + `</sheetData></worksheet>`})
}

// TestHostileWorkbooks are refused before they cost anything.
func TestHostileWorkbooks(t *testing.T) {
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"a bomb":         {sheetOf(strings.Repeat("<!--"+strings.Repeat(" ", maxTag-10)+"-->", maxUnpacked/maxTag+1)), "more than 67108864 bytes"},
		"one huge tag":   {sheetOf(`<row ` + strings.Repeat(`a="" `, maxTag/5) + `/>`), "too large"},
		"depth":          {sheetOf(strings.Repeat("<row>", maxDepth+1)), "nested too deeply"},
		"entities":       {book(map[string]string{"xl/worksheets/one.xml": `<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>`}), "document type"},
		"a far row":      {sheetOf(`<row r="2000000"/>`), "more than 100000 rows"},
		"a far column":   {sheetOf(`<row r="1"><c r="XFD1"/></row>`), "more than 200 columns"},
		"a cell outside": {sheetOf(`<c r="A1"/>`), "outside of every row"},
		"a lost text":    {sheetOf(`<row><c t="s"><v>5</v></c></row>`), "not in the file"},
		"an error":       {sheetOf(`<row><c r="A1" t="e"><v>#REF!</v></c></row>`), "#REF!"},
		"no number":      {sheetOf(`<row><c r="A1"><v>seven</v></c></row>`), "no number"},
		"an open cell":   {sheetOf(`<row><c r="A1"><v>7`), "cannot be read"},
		"no workbook":    {[]byte("id,text\n"), "no XLSX file"},
	} {
		if _, err := ReadXLSX(tt.file); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

// TestSmallFilesStaySmall: one text that a thousand cells share, and cells far to
// the right, make much of little.
func TestSmallFilesStaySmall(t *testing.T) {
	long := `<sst><si><t>` + strings.Repeat("x", MaxCell) + `</t></si></sst>`
	rows := `<worksheet><sheetData>` + strings.Repeat(`<row><c t="s"><v>0</v></c></row>`, maxUnpacked/MaxCell) + `</sheetData></worksheet>`
	far := strings.Repeat(`<row><c r="GR1"/></row>`, maxCells/MaxColumns+1)
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"a text shared often": {book(map[string]string{"xl/sharedStrings.xml": long, "xl/worksheets/one.xml": rows}), "more than 67108864 bytes"},
		"cells far away":      {sheetOf(far), "more than 5000000 cells"},
	} {
		if _, err := ReadXLSX(tt.file); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	wide := strings.Repeat(strings.Repeat(",", MaxColumns-1)+"\n", maxCells/MaxColumns+1)
	if _, _, err := ReadCSV([]byte(wide), ','); err == nil || !strings.Contains(err.Error(), "more than 5000000 cells") {
		t.Errorf("CSV: %v", err)
	}
}

// TestOtherProgramsWorkbooks reads files that were made by other programs.
func TestOtherProgramsWorkbooks(t *testing.T) {
	for _, name := range []string{"openpyxl.xlsx", "excelize.xlsx"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		sheets, err := ReadXLSX(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p := Read(claim.Case{}, counted(), Input{Kind: claim.KindClaim, Sheet: sheets[0]})
		c, err := p.Apply(claim.Case{})
		if err != nil || len(c.Claims) != 2 {
			t.Fatalf("%s: %+v %v", name, c.Claims, err)
		}
		if got := c.Claims[0]; got.Text != "=Прилив опоздал" || got.Time.String() != "2031-05-18" || got.Credibility != 3 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func FuzzReadXLSX(f *testing.F) {
	b, err := WriteXLSX(Sheet{Name: "claim", Rows: [][]string{{"id", "text"}, {"", "_x0041_=1"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(sheetOf(`<row r="2"><c r="B2" t="inlineStr"><is><t>a</t></is></c></row>`))
	f.Add(sheetOf(`<row><c s="9"><v>1e300</v></c></row>`))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		sheets, err := ReadXLSX(b)
		if err != nil {
			return
		}
		for _, s := range sheets {
			if len(s.Rows) > MaxRows+1 {
				t.Fatalf("%d rows", len(s.Rows))
			}
			Read(claim.Case{}, Options{NewID: func() string { return "n" }}, Input{Kind: claim.KindClaim, Sheet: s})
		}
	})
}

// FuzzSheetXML goes past the archive, at what is inside.
func FuzzSheetXML(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>`)
	f.Add(`<row><c><v>1</v></c><c><f>x</f></c></row><row r="9"/>`)
	f.Add(`<row><c t="s"><v>-1</v></c></row>`)
	f.Fuzz(func(_ *testing.T, data string) {
		_, _ = ReadXLSX(sheetOf(data)) // an error is an answer, a panic is none
	})
}
