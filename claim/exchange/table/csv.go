// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Dialect says how a CSV file was written.
type Dialect struct {
	Separator rune // comma, semicolon or tab
	BOM       bool // a byte order mark stood at its beginning
}

func (d Dialect) String() string {
	s := "separated by " + map[rune]string{',': "commas", ';': "semicolons", '\t': "tabs"}[d.Separator]
	if d.BOM {
		s += ", with a byte order mark"
	}
	return s
}

// utf8Mark is the byte order mark, by which older spreadsheets know UTF-8.
const utf8Mark = "\ufeff"

// WriteCSV writes a sheet by RFC 4180: commas, CRLF, UTF-8. With a mark for
// spreadsheets that want one. Cells that a spreadsheet would take for a formula
// are guarded, see [guard].
func WriteCSV(s Sheet, mark bool) []byte {
	var b strings.Builder
	if mark {
		b.WriteString(utf8Mark)
	}
	numeric := s.numeric()
	for _, row := range s.Rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			if i >= len(numeric) || !numeric[i] || !isPlainNumber(cell) {
				cell = guard(cell)
			}
			b.WriteString(quoted(cell, len(row) == 1))
		}
		b.WriteString("\r\n")
	}
	return []byte(b.String())
}

// quoted puts a cell in quotation marks where that is needed: also for the other
// separators, lest a program that expects those cut the cell in two.
func quoted(cell string, alone bool) string {
	if !strings.ContainsAny(cell, "\",;\t\r\n") && strings.TrimSpace(cell) == cell && (cell != "" || !alone) && !strings.HasPrefix(cell, utf8Mark) {
		return cell
	}
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}

// isPlainNumber: digits with at most one sign before and one dot among them. A
// spreadsheet reads these as numbers and as nothing else.
func isPlainNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, fraction, dotted := strings.Cut(s, ".")
	return isDigits(whole) && (!dotted || isDigits(fraction))
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// guard puts an apostrophe before a cell that a spreadsheet would take for a
// formula (OWASP, CSV Injection), also behind apostrophes that stood there
// already, so that [unguard] can tell the two apart. What a spreadsheet passes
// over before the sign counts as well.
//
// It does so for each piece of the cell: a program that expects semicolons, as in
// most of Europe, cuts ours there, and at tabs and line ends, for it does not see
// a quotation mark behind our comma.
func guard(cell string) string { return guardPiece(eachPiece(cell, guardPiece)) }

// unguard undoes guard, exactly. A cell that somebody else guarded loses one
// apostrophe too.
func unguard(cell string) string { return eachPiece(unguardPiece(cell), unguardPiece) }

// eachPiece changes the pieces of a cell behind the first.
func eachPiece(cell string, change func(string) string) string {
	const separators = ";\t\r\n"
	at := strings.IndexAny(cell, separators)
	if at < 0 {
		return cell
	}
	var b strings.Builder
	for ; at >= 0; at = strings.IndexAny(cell, separators) {
		b.WriteString(cell[:at+1])
		cell = cell[at+1:]
		next := strings.IndexAny(cell, separators)
		if next < 0 {
			next = len(cell)
		}
		b.WriteString(change(cell[:next]))
		cell = cell[next:]
	}
	return b.String() + cell
}

func guardPiece(piece string) string {
	if isRisky(strings.TrimLeft(piece, "'")) {
		return "'" + piece
	}
	return piece
}

func unguardPiece(piece string) string {
	if rest, ok := strings.CutPrefix(piece, "'"); ok && isRisky(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return piece
}

// isRisky: the signs also in the wide form that keyboards of East Asia write.
func isRisky(cell string) bool {
	if strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") || strings.HasPrefix(cell, "\n") {
		return true
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, " \u00a0"))
	return strings.ContainsRune("=+-@＝＋－＠", r)
}

// ReadCSV reads a file of up to [MaxFile] bytes. Separator 0 finds it out: the
// dialect tells which it was. It undoes the guard of [WriteCSV].
func ReadCSV(b []byte, separator rune) (Sheet, Dialect, error) {
	text, d, err := decode(b)
	if err != nil {
		return Sheet{}, d, err
	}
	first, rest, _ := strings.Cut(text, "\n")
	if sep, ok := strings.CutPrefix(strings.ToLower(strings.TrimSuffix(first, "\r")), "sep="); ok && len(sep) == 1 && strings.Contains(",;\t", sep) {
		separator, text = rune(sep[0]), rest // a line of its own by which spreadsheets tell each other
	}
	if d.Separator = separator; separator == 0 {
		d.Separator = detect(text)
	}
	if !strings.ContainsRune(",;\t", d.Separator) {
		return Sheet{}, d, errors.New("the separator must be a comma, a semicolon or a tab")
	}
	p := csvParser{text: text, separator: byte(d.Separator), line: 1}
	s, err := p.parse()
	return s, d, err
}

// decode checks what can be checked before anything is read.
func decode(b []byte) (string, Dialect, error) {
	if len(b) > MaxFile {
		return "", Dialect{}, fmt.Errorf("the file has %d bytes, more than %d: cut it into parts", len(b), MaxFile)
	}
	if bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		return "", Dialect{}, errors.New("this is no CSV file but a packed one, perhaps a spreadsheet: import it as XLSX")
	}
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return "", Dialect{}, errors.New("the file is in UTF-16: save it as “CSV UTF-8”")
	}
	if !isText(b) {
		return "", Dialect{}, fmt.Errorf("line %d is not in UTF-8: save the file as “CSV UTF-8”", firstLine(b, isText))
	}
	text, marked := strings.CutPrefix(string(b), utf8Mark)
	return text, Dialect{BOM: marked}, nil
}

func isText(b []byte) bool { return utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 }

// firstLine is the number of the first line that is not as it should be.
func firstLine(b []byte, good func([]byte) bool) int {
	number := 0
	for line := range bytes.Lines(b) { // and no list of them, which may be millions
		if number++; !good(line) {
			break
		}
	}
	return number
}

// detect takes the separator that the first row has most often, outside of
// quotation marks; a comma where there is none.
func detect(text string) rune {
	count := map[rune]int{}
	inside := false
	for _, r := range text {
		if r == '"' {
			inside = !inside
		}
		if r == '\n' && !inside {
			break
		}
		if !inside {
			count[r]++
		}
	}
	best := ','
	for _, r := range ";\t" {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}
