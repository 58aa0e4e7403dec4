// SPDX-License-Identifier: Apache-2.0

package board

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tamizdat/claim"
)

// Limits of a file of numbers.
const (
	MaxSeries = 8 << 20 // bytes
	MaxPoints = 100_000
)

// RowError says what is wrong in one line of a file.
type RowError struct {
	Line   int    // 1 is the first
	Column string // date, value, known_at, or empty for the whole line
	Text   string
}

func (e RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Text)
	}
	return fmt.Sprintf("line %d, %s: %s", e.Line, e.Column, e.Text)
}

// ParseSeries reads a file of numbers: CSV (RFC 4180) in UTF-8, separated by
// commas or semicolons, with the heading date,value or date,value,known_at.
// Numbers have a point and no grouping: in “7,000” nobody can tell which of the
// two the comma is. An empty known_at means the same day. The same date may come
// twice with different known_at: the later one is a revision. Either the rows
// have no errors, or there are no points; the error is for a file that cannot be
// read at all.
func ParseSeries(file []byte) ([]claim.Point, []RowError, error) {
	if len(file) > MaxSeries {
		return nil, nil, fmt.Errorf("a file of numbers has at most %d bytes, and this has %d", MaxSeries, len(file))
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	r := csv.NewReader(bytes.NewReader(file))
	if heading, _, _ := bytes.Cut(file, []byte("\n")); bytes.ContainsRune(heading, ';') {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	if err := checkHeading(r); err != nil {
		return nil, nil, err
	}
	points, bad, err := readPoints(r)
	if err != nil || len(bad) > 0 {
		return nil, bad, err
	}
	return points, nil, nil
}

func checkHeading(r *csv.Reader) error {
	heading, err := r.Read()
	if err != nil {
		return errors.New("the file is empty; its first line is date,value,known_at")
	}
	for i := range heading {
		heading[i] = strings.ToLower(strings.TrimSpace(heading[i]))
	}
	want := []string{"date", "value", "known_at"}
	if !slices.Equal(heading, want) && !slices.Equal(heading, want[:2]) {
		return fmt.Errorf("the first line is %q; it has to be date,value,known_at", strings.Join(heading, ","))
	}
	r.ReuseRecord = true
	return nil
}

func readPoints(r *csv.Reader) (points []claim.Point, bad []RowError, err error) {
	seen := map[[2]string]int{}
	for len(points)+len(bad) <= MaxPoints {
		row, err := r.Read()
		if err == io.EOF {
			return points, bad, nil
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			bad = append(bad, RowError{parse.StartLine, "", parse.Err.Error()})
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		line, _ := r.FieldPos(0)
		p, wrong := parsePoint(row, line)
		key := [2]string{p.Date.String(), p.KnownAt.String()}
		if wrong == nil && seen[key] > 0 {
			wrong = &RowError{line, "date", fmt.Sprintf("the same as line %d; a revision has another known_at", seen[key])}
		}
		if wrong != nil {
			bad = append(bad, *wrong)
			continue
		}
		seen[key] = line
		points = append(points, p)
	}
	return nil, nil, fmt.Errorf("a file of numbers has at most %d rows", MaxPoints)
}

func parsePoint(row []string, line int) (claim.Point, *RowError) {
	if len(row) != 2 && len(row) != 3 {
		return claim.Point{}, &RowError{line, "", fmt.Sprintf("%d fields; it has date, value and perhaps known_at", len(row))}
	}
	date, err := parseCell(row[0])
	if err != nil || date.IsZero() {
		return claim.Point{}, &RowError{line, "date", wrongDate(err)}
	}
	value, err := parseValue(strings.TrimSpace(row[1]))
	if err != nil {
		return claim.Point{}, &RowError{line, "value", err.Error()}
	}
	p := claim.Point{Date: date, Value: value}
	if len(row) == 3 {
		if p.KnownAt, err = parseCell(row[2]); err != nil {
			return claim.Point{}, &RowError{line, "known_at", wrongDate(err)}
		}
	}
	if p.KnownAt.Before(p.Date) {
		return claim.Point{}, &RowError{line, "known_at", fmt.Sprintf("known on %s, before %s", p.KnownAt, p.Date)}
	}
	return p, nil
}

func parseCell(s string) (claim.Date, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return claim.Date{}, nil
	}
	return claim.ParseDate(s)
}

func wrongDate(err error) string {
	if err == nil {
		return "there is no date"
	}
	return err.Error()
}

// parseValue is stricter than strconv: no hexadecimal, no words, no grouping.
func parseValue(s string) (float64, error) {
	if !decimal().MatchString(s) {
		return 0, fmt.Errorf("%q is no number with a decimal point, such as 7000 or 103.95", s)
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(x, 0) {
		return 0, fmt.Errorf("%q is too large", s)
	}
	return x, nil
}

// decimal is compiled once, not for each number of a series.
var decimal = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)
})

// knownOn is the last day that the known-at date of a point allows: from then
// on it was certainly known.
func knownOn(p claim.Point) claim.Day {
	_, day := knownAt(p).Bounds()
	return day
}

// firstKnown is the first day that the known-at date of a point allows.
func firstKnown(p claim.Point) claim.Day {
	day, _ := knownAt(p).Bounds()
	return day
}

// knownAt is the date of the point itself where no other is given.
func knownAt(p claim.Point) claim.Date {
	if p.KnownAt.IsZero() {
		return p.Date
	}
	return p.KnownAt
}

// Known gives what a series said on a day: the points known by its end, in the
// order of their dates, and of several for one date the one known last.
func Known(s *claim.Series, day claim.Day) []claim.Point {
	var out []claim.Point
	for _, p := range s.Points {
		if knownOn(p) <= day {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b claim.Point) int {
		if c := compareDates(a.Date, b.Date); c != 0 {
			return c
		}
		return int(knownOn(b) - knownOn(a))
	})
	return slices.CompactFunc(out, func(a, b claim.Point) bool { return a.Date == b.Date })
}

func compareDates(a, b claim.Date) int {
	a1, a2 := a.Bounds()
	b1, b2 := b.Bounds()
	if a1 != b1 {
		return int(a1 - b1)
	}
	if a2 != b2 {
		return int(a2 - b2)
	}
	return strings.Compare(a.String(), b.String())
}

// Reading is one number against one threshold.
type Reading struct {
	Point     claim.Point
	Threshold claim.Threshold
	Crossed   bool
	Refused   string // why this is no evidence, where it is none
}

// Readings holds the points known by a day against a threshold. One that was
// not drawn before the day on which a point was known is no evidence for it: by
// then the answer could be seen. Days have no hours here, so the same day is too
// late as well.
func Readings(s *claim.Series, t claim.Threshold, day claim.Day) ([]Reading, error) {
	if t.Side != "above" && t.Side != "below" {
		return nil, fmt.Errorf("threshold %s lies above or below its value, not %q", t.Name, t.Side)
	}
	if math.IsNaN(t.Value) || math.IsInf(t.Value, 0) {
		return nil, fmt.Errorf("the value of threshold %s is no number", t.Name)
	}
	var out []Reading
	for _, p := range Known(s, day) {
		r := Reading{Point: p, Threshold: t}
		r.Crossed = (t.Side == "above" && p.Value > t.Value) || (t.Side == "below" && p.Value < t.Value)
		r.Refused = lateThreshold(t, p)
		out = append(out, r)
	}
	return out, nil
}

func lateThreshold(t claim.Threshold, p claim.Point) string {
	if t.Fixed.IsZero() {
		return "nobody says when the threshold was drawn"
	}
	if _, drawn := t.Fixed.Bounds(); drawn >= firstKnown(p) {
		return fmt.Sprintf("the threshold was drawn on %s, and the number was known on %s", t.Fixed, firstKnown(p))
	}
	return ""
}
