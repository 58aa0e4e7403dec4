// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"tamizdat/claim"
)

// cell reads one cell and puts it in its place.
func (w *workbook) cell(in *tokens, e xml.StartElement, s *Sheet, row int) error {
	if row == 0 {
		return errors.New("a cell stands outside of every row")
	}
	cells := &s.Rows[row-1]
	column := columnNumber(attr(e, "r"), len(*cells)+1)
	if column > MaxColumns {
		return fmt.Errorf("row %d: more than %d columns", row, MaxColumns)
	}
	value, err := w.value(in, e)
	if err != nil {
		return fmt.Errorf("cell %s: %w", attr(e, "r"), err)
	}
	if len(value) > MaxCell {
		return fmt.Errorf("cell %s has %d bytes, more than %d: texts belong in documents", attr(e, "r"), len(value), MaxCell)
	}
	if w.cells += max(0, column-len(*cells)); w.cells > maxCells {
		return fmt.Errorf("more than %d cells: cut it into parts", maxCells)
	}
	for len(*cells) < column {
		*cells = append(*cells, "")
	}
	(*cells)[column-1] = value
	return nil
}

// columnNumber reads the letters of a reference such as AB12, from 1; without
// any it is the next one.
func columnNumber(reference string, next int) int {
	n := 0
	for _, r := range reference {
		if r < 'A' || r > 'Z' || n > MaxColumns {
			break
		}
		n = n*26 + int(r-'A') + 1
	}
	if n == 0 {
		return next
	}
	return n
}

// value reads a cell to its end.
func (w *workbook) value(in *tokens, e xml.StartElement) (string, error) {
	raw, err := cellText(in)
	if err != nil {
		return "", err
	}
	switch attr(e, "t") {
	case "s":
		i, err := strconv.Atoi(raw)
		if err != nil || i < 0 || i >= len(w.strings) {
			return "", fmt.Errorf("names a text %q that is not in the file", raw)
		}
		// A shared text counts as often as it is used, as it will be in the plan.
		if w.left -= int64(len(w.strings[i])); w.left < 0 {
			return "", errTooLong
		}
		return w.strings[i], nil
	case "inlineStr", "str":
		return unescapeX(raw), nil
	case "b":
		return map[bool]string{true: "yes", false: "no"}[raw == "1" || raw == "true"], nil
	case "e":
		return "", fmt.Errorf("holds the error %s of the spreadsheet: mend its formula", raw)
	case "d":
		return raw, nil
	}
	return w.number(raw, attr(e, "s"))
}

// number gives a day for a number that is shown as one.
func (w *workbook) number(raw, format string) (string, error) {
	if raw == "" {
		return "", nil
	}
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return "", fmt.Errorf("holds %q, which is no number", beginning(raw))
	}
	if f, err := strconv.Atoi(format); err == nil && f >= 0 && f < len(w.dates) && w.dates[f] {
		return w.day(n)
	}
	return writeNumber(n), nil
}

// day counts from 1899-12-30, which is right from March 1900 on: the format
// believes that 1900 had a 29 February. Older workbooks count from 1904.
func (w *workbook) day(n float64) (string, error) {
	const epoch1900, epoch1904 = claim.Day(-25569), claim.Day(-24107)
	if n < 61 || n > 2_958_465 {
		return "", fmt.Errorf("holds the day %v, which is out of range: write the date as text", n)
	}
	if w.from1904 {
		return (epoch1904 + claim.Day(n)).String(), nil
	}
	return (epoch1900 + claim.Day(n)).String(), nil
}

// cellText reads the value, or the inline text, up to the end of a cell. The
// formula is passed over.
func cellText(in *tokens) (string, error) {
	var value strings.Builder
	for {
		t, err := in.next()
		if err != nil {
			return "", cut(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				s, err := chars(in, "v")
				if err != nil {
					return "", err
				}
				value.WriteString(s)
			case "is":
				s, err := rawText(in, "is")
				if err != nil {
					return "", err
				}
				value.WriteString(s)
			}
		case xml.EndElement:
			if t.Name.Local == "c" {
				return value.String(), nil
			}
		}
	}
}

// plainText is what a reader sees of a text with formats.
func plainText(in *tokens, end string) (string, error) {
	s, err := rawText(in, end)
	return unescapeX(s), err
}

// rawText joins the pieces t up to the end of an element, without the readings
// (rPh) that stand beside Chinese characters.
func rawText(in *tokens, end string) (string, error) {
	var out strings.Builder
	reading := false
	for {
		t, err := in.next()
		if err != nil {
			return "", cut(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch {
			case t.Name.Local == "rPh":
				reading = true
			case t.Name.Local == "t" && !reading:
				s, err := chars(in, "t")
				if err != nil {
					return "", err
				}
				out.WriteString(s)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "rPh":
				reading = false
			case end:
				return out.String(), nil
			}
		}
	}
}

// chars reads the characters up to the end of an element.
func chars(in *tokens, end string) (string, error) {
	var out strings.Builder
	for {
		t, err := in.next()
		if err != nil {
			return "", cut(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			out.Write(t)
		case xml.EndElement:
			if t.Name.Local == end {
				return out.String(), nil
			}
		}
	}
}

func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("the file ends too early")
	}
	return err
}

// escaped is the form that unescapeX looks for, made once: a sheet has many cells.
var escaped = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`) })

// unescapeX reads the form in which the format writes characters that XML cannot
// hold (ST_Xstring): _x0007_.
func unescapeX(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escaped().ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(m[2:6], 16, 16)
		if err != nil || n == 0 || n >= 0xd800 && n < 0xe000 {
			return m
		}
		return string(rune(n))
	})
}

// readFormats finds which formats of cells show days.
func (w *workbook) readFormats() error {
	codes := map[string]bool{}
	inCells := false
	return w.each("xl/styles.xml", func(_ *tokens, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			codes[attr(e, "numFmtId")] = showsDays(attr(e, "formatCode"))
		case "cellXfs":
			inCells = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if inCells {
				w.dates = append(w.dates, codes[attr(e, "numFmtId")] || builtInDay(attr(e, "numFmtId")))
			}
		}
		return nil
	})
}

// builtInDay knows the numbers that the standard gives to formats of days
// (ECMA-376, part 1, 18.8.30).
func builtInDay(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58)
}

// showsDays looks for a year or a day in the code, outside of quoted words.
func showsDays(code string) bool {
	code = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.`).ReplaceAllString(strings.ToLower(code), "")
	return strings.ContainsAny(code, "yd")
}
