// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// Bounds on packed files, beside those of every table.
const (
	maxUnpacked = 64 << 20  // bytes, of all parts that are read
	maxParts    = 1000      // files in the archive
	maxTag      = 512 << 10 // bytes from one < to the next
	maxDepth    = 40        // of elements in elements
	maxSheets   = 50
)

// ReadXLSX reads the sheets of an Office Open XML workbook (ECMA-376), in their
// order: values only. Formulas are not computed, the value that was saved with
// one counts; days become EDTF. A cell with an error value refuses the file.
//
// It unpacks at most 64 MB, whatever the archive promises, and reads no part
// that it does not need.
func ReadXLSX(b []byte) ([]Sheet, error) {
	if len(b) > MaxFile {
		return nil, fmt.Errorf("the file has %d bytes, more than %d: cut it into parts", len(b), MaxFile)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, errors.New("this is no XLSX file: save it as an Excel workbook (.xlsx), or as CSV")
	}
	p := &workbook{parts: map[string]*zip.File{}, left: maxUnpacked}
	if err := p.list(z.File); err != nil {
		return nil, err
	}
	return p.sheets()
}

var errTooLong = fmt.Errorf("unpacked it has more than %d bytes", maxUnpacked)

// workbook is an open file.
type workbook struct {
	parts    map[string]*zip.File
	left     int64 // bytes that may still be unpacked
	cells    int   // that were made
	strings  []string
	dates    []bool // by number of a cell's format
	from1904 bool
}

func (w *workbook) list(files []*zip.File) error {
	if len(files) > maxParts {
		return fmt.Errorf("the workbook has %d parts, more than %d", len(files), maxParts)
	}
	for _, f := range files {
		if w.parts[f.Name] != nil {
			return fmt.Errorf("the workbook has the part %q twice", f.Name)
		}
		w.parts[f.Name] = f
	}
	if w.parts["xl/workbook.xml"] == nil {
		return errors.New("this is no XLSX file: it has no workbook; save it as an Excel workbook (.xlsx), or as CSV")
	}
	return nil
}

// tokens reads XML and counts how deep it is.
type tokens struct {
	dec   *xml.Decoder
	depth int
}

func (t *tokens) next() (xml.Token, error) {
	tok, err := t.dec.RawToken()
	if err != nil {
		return nil, err
	}
	switch tok.(type) {
	case xml.StartElement:
		t.depth++
	case xml.EndElement:
		t.depth--
	case xml.Directive:
		return nil, errors.New("it defines its own document type")
	}
	if t.depth > maxDepth {
		return nil, errors.New("it is nested too deeply")
	}
	return tok, nil
}

// each calls visit for every element that begins in a part; visit may read on.
// A part that is absent has no elements.
func (w *workbook) each(part string, visit func(*tokens, xml.StartElement) error) error {
	f := w.parts[part]
	if f == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("the part %s of the workbook cannot be unpacked: %w", part, err)
	}
	defer r.Close()
	in := &tokens{dec: xml.NewDecoder(&bounded{r: r, left: &w.left})}
	for {
		t, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if e, ok := t.(xml.StartElement); ok && err == nil {
			err = visit(in, e)
		}
		if err != nil {
			return fmt.Errorf("the part %s of the workbook cannot be read: %w", part, err)
		}
	}
}

// bounded ends the reading of a part that is too large or has too large a tag.
type bounded struct {
	r     io.Reader
	left  *int64
	since int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if *b.left -= int64(n); *b.left < 0 {
		return 0, errTooLong
	}
	for _, c := range p[:n] {
		if b.since++; c == '<' {
			b.since = 0
		}
		if b.since > maxTag {
			return 0, errors.New("a piece of it is too large")
		}
	}
	return n, err
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// sheets reads all that a cell's meaning depends on, and then the sheets.
func (w *workbook) sheets() ([]Sheet, error) {
	type entry struct{ name, rel string }
	var list []entry
	err := w.each("xl/workbook.xml", func(_ *tokens, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.from1904 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case "sheet":
			list = append(list, entry{attr(e, "name"), relation(e)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(list) > maxSheets {
		return nil, fmt.Errorf("the workbook has %d sheets, more than %d", len(list), maxSheets)
	}
	targets, err := w.targets()
	if err == nil {
		err = w.readStrings()
	}
	if err == nil {
		err = w.readFormats()
	}
	var out []Sheet
	for _, s := range list {
		if err != nil {
			return nil, err
		}
		var sheet Sheet
		sheet, err = w.sheet(s.name, targets[s.rel])
		out = append(out, sheet)
	}
	return out, err
}

// relation is the id with a prefix; a sheet has a number without one too.
func relation(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Space != "" && a.Name.Local == "id" {
			return a.Value
		}
	}
	return ""
}

func (w *workbook) targets() (map[string]string, error) {
	out := map[string]string{}
	err := w.each("xl/_rels/workbook.xml.rels", func(_ *tokens, e xml.StartElement) error {
		if e.Name.Local != "Relationship" {
			return nil
		}
		target := attr(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = "/xl/" + target
		}
		out[attr(e, "Id")] = strings.TrimPrefix(path.Clean(target), "/")
		return nil
	})
	return out, err
}

// readStrings reads the texts that cells share.
func (w *workbook) readStrings() error {
	return w.each("xl/sharedStrings.xml", func(in *tokens, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := plainText(in, "si")
		if w.strings = append(w.strings, s); len(w.strings) > maxCells {
			return fmt.Errorf("more than %d texts: cut it into parts", maxCells)
		}
		return err
	})
}

// sheet reads one sheet into rows.
func (w *workbook) sheet(name, part string) (Sheet, error) {
	s := Sheet{Name: name}
	if w.parts[part] == nil {
		return s, fmt.Errorf("the sheet %q has no content in the file", name)
	}
	row := 0
	err := w.each(part, func(in *tokens, e xml.StartElement) error {
		switch e.Name.Local {
		case "row":
			row = next(attr(e, "r"), row)
			return s.reach(row)
		case "c":
			return w.cell(in, e, &s, row)
		}
		return nil
	})
	if err != nil {
		return s, fmt.Errorf("sheet %q: %w", name, err)
	}
	return s, nil
}

// next is the number that a row gives itself, or the one after the last.
func next(given string, last int) int {
	if n, err := strconv.Atoi(given); err == nil && n > last {
		return n
	}
	return last + 1
}

// reach makes rows up to a number.
func (s *Sheet) reach(row int) error {
	if row > MaxRows+1 {
		return fmt.Errorf("more than %d rows: cut it into parts", MaxRows)
	}
	for len(s.Rows) < row {
		s.Rows = append(s.Rows, nil)
	}
	return nil
}
