// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// WriteXLSX writes sheets as a workbook. Texts are texts: a cell that begins with
// an equals sign is no formula there and needs no guard. The same sheets give
// the same bytes, and nothing in them tells where or when they were made.
func WriteXLSX(sheets ...Sheet) ([]byte, error) {
	if len(sheets) == 0 || len(sheets) > maxSheets {
		return nil, fmt.Errorf("a workbook has 1 to %d sheets, not %d", maxSheets, len(sheets))
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	parts := []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes(len(sheets))},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + nsPackage + `/relationships"><Relationship Id="rId1" Type="` + nsOffice + `/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", workbookXML(sheets)},
		{"xl/_rels/workbook.xml.rels", workbookRels(len(sheets))},
		{"xl/styles.xml", stylesXML},
	}
	for i, s := range sheets {
		text, err := sheetXML(s)
		if err != nil {
			return nil, err
		}
		parts = append(parts, struct{ name, text string }{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), text})
	}
	for _, p := range parts {
		if err := writePart(z, p.name, p.text); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	nsMain    = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	nsOffice  = "http://schemas.openxmlformats.org/officeDocument/2006"
	nsPackage = "http://schemas.openxmlformats.org/package/2006"
	mimeSheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"

	// stylesXML has the plain format, 0, and the bold one of the first row, 1.
	stylesXML = xmlHead + `<styleSheet xmlns="` + nsMain + `"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
)

// writePart uses one time for all parts, the first that the archive can tell.
func writePart(z *zip.Writer, name, text string) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return err
	}
	_, err = w.Write([]byte(text))
	return err
}

func contentTypes(sheets int) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Types xmlns="` + nsPackage + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + mimeSheet + `.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="` + mimeSheet + `.styles+xml"/>`)
	for i := range sheets {
		fmt.Fprintf(&b, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%s.worksheet+xml"/>`, i+1, mimeSheet)
	}
	return b.String() + `</Types>`
}

func workbookXML(sheets []Sheet) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<workbook xmlns="` + nsMain + `" xmlns:r="` + nsOffice + `/relationships"><sheets>`)
	for i, s := range sheets {
		fmt.Fprintf(&b, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escapedXML(sheetName(s.Name, i)), i+1, i+1)
	}
	return b.String() + `</sheets></workbook>`
}

func workbookRels(sheets int) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="` + nsPackage + `/relationships">`)
	for i := range sheets {
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s/relationships/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, nsOffice, i+1)
	}
	fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s/relationships/styles" Target="styles.xml"/>`, sheets+1, nsOffice)
	return b.String() + `</Relationships>`
}

// sheetName keeps to what spreadsheets take: 31 characters, none of these signs.
func sheetName(name string, i int) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return '-'
		}
		return r
	}, name), "'")
	if name == "" {
		name = fmt.Sprintf("Sheet%d", i+1)
	}
	runes := []rune(name)
	return string(runes[:min(len(runes), 31)])
}

func sheetXML(s Sheet) (string, error) {
	if len(s.Rows) > MaxRows+1 {
		return "", fmt.Errorf("the table of %s has more than %d rows", s.Name, MaxRows)
	}
	var b strings.Builder
	b.WriteString(xmlHead + `<worksheet xmlns="` + nsMain + `"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`)
	numeric := s.numeric()
	for i, row := range s.Rows {
		fmt.Fprintf(&b, `<row r="%d">`, i+1)
		for j, cell := range row {
			writeCell(&b, columnName(j)+strconv.Itoa(i+1), cell, i == 0, i > 0 && j < len(numeric) && numeric[j])
		}
		b.WriteString(`</row>`)
	}
	return b.String() + `</sheetData></worksheet>`, nil
}

func writeCell(b *strings.Builder, reference, cell string, head, numeric bool) {
	style := ""
	if head {
		style = ` s="1"`
	}
	switch {
	case cell == "":
	case numeric && isPlainNumber(cell):
		fmt.Fprintf(b, `<c r="%s"%s><v>%s</v></c>`, reference, style, cell)
	default:
		fmt.Fprintf(b, `<c r="%s"%s t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, reference, style, escapedXML(escapeX(cell)))
	}
}

// columnName gives A, B … Z, AA for 0, 1 … 25, 26.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

func escapedXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

var escapeForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^_x[0-9A-Fa-f]{4}`) })

// escapeX undoes [unescapeX] beforehand: it writes what XML cannot hold in that
// form, and with it every underscore that would begin one.
func escapeX(s string) string {
	var b strings.Builder
	for i, r := range s {
		rest := s[i:]
		begins := r == '_' && escapeForm().MatchString(rest) && len(rest) > 6
		if begins {
			next, _ := utf8.DecodeRuneInString(rest[6:])
			begins = next == '_' || !inXML(next)
		}
		if begins || !inXML(r) {
			fmt.Fprintf(&b, "_x%04X_", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func inXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r != 0xfffe && r != 0xffff
}
