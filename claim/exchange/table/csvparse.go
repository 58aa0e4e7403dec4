// SPDX-License-Identifier: Apache-2.0

package table

import (
	"fmt"
	"strings"
)

// csvParser reads RFC 4180. The standard library's reader would do but for one
// thing: it drops a carriage return before a line feed inside a cell, and what
// comes back must be what went out. It also tells on which line a row begins.
type csvParser struct {
	text      string
	separator byte
	at, line  int
	cells     int
}

func (p *csvParser) parse() (Sheet, error) {
	var s Sheet
	for p.at < len(p.text) {
		if len(s.Rows) > MaxRows {
			return s, fmt.Errorf("line %d: more than %d rows: cut the file into parts", p.line, MaxRows)
		}
		s.Lines = append(s.Lines, p.line)
		row, err := p.row()
		if err != nil {
			return s, err
		}
		if p.cells += len(row); p.cells > maxCells {
			return s, fmt.Errorf("line %d: more than %d cells: cut the file into parts", p.line, maxCells)
		}
		s.Rows = append(s.Rows, row)
	}
	return s, nil
}

// row reads up to the end of a row.
func (p *csvParser) row() ([]string, error) {
	var row []string
	for {
		cell, err := p.cell()
		if err != nil {
			return nil, err
		}
		if row = append(row, unguard(cell)); len(row) > MaxColumns {
			return nil, fmt.Errorf("line %d: more than %d columns", p.line, MaxColumns)
		}
		if p.at < len(p.text) && p.text[p.at] == p.separator {
			p.at++
			continue
		}
		return row, p.endOfRow()
	}
}

func (p *csvParser) endOfRow() error {
	rest := p.text[p.at:]
	switch {
	case rest == "":
		return nil
	case strings.HasPrefix(rest, "\r\n"):
		p.at += 2
	case rest[0] == '\n', rest[0] == '\r':
		p.at++
	default:
		return fmt.Errorf("line %d: something stands behind the closing quotation mark of a cell: write quotation marks inside a cell twice", p.line)
	}
	p.line++
	return nil
}

func (p *csvParser) cell() (string, error) {
	if p.at < len(p.text) && p.text[p.at] == '"' {
		return p.quotedCell()
	}
	end := strings.IndexAny(p.text[p.at:], string([]byte{p.separator, '\r', '\n'}))
	if end < 0 {
		end = len(p.text) - p.at
	}
	cell := p.text[p.at : p.at+end]
	p.at += end
	return cell, p.small(cell)
}

func (p *csvParser) quotedCell() (string, error) {
	began := p.line
	var b strings.Builder
	for p.at++; ; {
		end := strings.IndexByte(p.text[p.at:], '"')
		if end < 0 {
			return "", fmt.Errorf("line %d: a quotation mark opens a cell that never ends: close it, or write quotation marks inside a cell twice", began)
		}
		part := p.text[p.at : p.at+end]
		b.WriteString(part)
		p.line += strings.Count(part, "\n")
		p.at += end + 1
		if p.at >= len(p.text) || p.text[p.at] != '"' {
			return b.String(), p.small(b.String())
		}
		b.WriteByte('"')
		p.at++
	}
}

func (p *csvParser) small(cell string) error {
	if len(cell) > MaxCell {
		return fmt.Errorf("line %d: a cell has %d bytes, more than %d: texts belong in documents", p.line, len(cell), MaxCell)
	}
	return nil
}
