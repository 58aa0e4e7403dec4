// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"tamizdat/claim/wording"
)

// The narrowest and the widest drawing.
const (
	MinWidth = 60
	MaxWidth = 400
)

// Draw writes the lanes as text of the given width in columns, brought between
// [MinWidth] and [MaxWidth]. Each lane has a scale of its own that begins at zero.
// A filled end is a stated one; a hollow end with a dotted line says that nothing
// bounds the number on that side. What is set aside stands in the lane with the
// reason.
func (l Lanes) Draw(width int) string {
	width = min(max(width, MinWidth), MaxWidth)
	var out strings.Builder
	for i, lane := range l.Lanes {
		if i > 0 {
			out.WriteByte('\n')
		}
		lane.draw(&out, width)
	}
	for _, n := range []struct {
		ids  []string
		what string
	}{
		{l.Hidden, "not yet known on this day"},
		{l.Undated, "hidden, since nobody says since when they are known"},
		{l.Broken, "not drawn, without a measurand or a number that fits the bound"},
	} {
		if len(n.ids) > 0 {
			fmt.Fprintf(&out, "\n%s: %s\n", n.what, plain(strings.Join(n.ids, ", ")))
		}
	}
	return out.String()
}

// draw writes one lane. The label takes two fifths of the width.
func (l Lane) draw(out *strings.Builder, width int) {
	label := width * 2 / 5
	chart := width - label - 1
	fmt.Fprintf(out, "%s\n", strings.TrimRight(fit(l.Title(), width), " "))
	scale := l.scale()
	for _, b := range l.Bars {
		fmt.Fprintf(out, "%s %s\n", fit(b.Estimate+" "+b.Who, label), strings.TrimRight(string(b.line(chart, scale)), " "))
		fmt.Fprintf(out, "%s\n", strings.TrimRight(fit("   "+b.words(), width), " "))
	}
	top := wording.Write(scale)
	fmt.Fprintf(out, "%s 0%s%s\n", fit("", label), strings.Repeat(" ", max(1, chart-1-len(top))), top)
}

// Title names what a lane counts.
func (l Lane) Title() string {
	t := l.Measurand.Quantity + " · " + l.Measurand.Population
	if l.Measurand.Area != "" {
		t += " · " + l.Measurand.Area
	}
	if !l.Measurand.From.IsZero() {
		t += " · from " + l.Measurand.From.String()
	}
	return t + " · " + l.Measurand.Unit
}

func (b Bar) words() string {
	w := b.Text
	if b.Interest != InterestUnknown {
		w += " · " + string(b.Interest)
	}
	if b.Method != "" {
		w += " · " + b.Method
	}
	if !b.AsOf.IsZero() {
		w += " · as of " + b.AsOf.String()
	}
	if !b.KnownAt.IsZero() && b.KnownAt != b.AsOf {
		w += " · known " + b.KnownAt.String()
	}
	if b.SetAside != "" {
		w += " · set aside: " + b.SetAside
	}
	return w
}

// scale gives the number at the right edge: a round one that leaves room for the
// tail of a bar that is open upwards.
func (l Lane) scale() float64 {
	top := 0.0
	for _, b := range l.Bars {
		room := 1.05
		if b.OpenHigh {
			room = 1.5
		}
		for _, v := range []*float64{b.Low, b.Point, b.High} {
			if v != nil {
				top = max(top, *v*room)
			}
		}
	}
	if top <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(top)))
	for _, step := range []float64{1.2, 1.5, 2, 3, 4, 5, 6, 8, 10} {
		if step*unit >= top {
			return step * unit
		}
	}
	return 12 * unit
}

// line draws one bar on a row of cells.
func (b Bar) line(cells int, scale float64) []rune {
	row := []rune(strings.Repeat(" ", cells))
	at := func(v *float64, otherwise int) int {
		if v == nil {
			return otherwise
		}
		return min(max(int(math.Round(*v/scale*float64(cells-1))), 0), cells-1)
	}
	from, to := at(first(b.Low, first(b.Point, b.High)), 0), at(first(b.High, first(b.Point, b.Low)), cells-1)
	if b.OpenLow {
		dotted(row, 0, from)
	}
	if b.OpenHigh {
		dotted(row, to, cells-1)
	}
	for i := from; i <= to && b.Low != nil && b.High != nil; i++ {
		row[i] = '─'
	}
	b.ends(row, from, to, at(b.Point, -1))
	return row
}

func dotted(row []rune, from, to int) {
	for i := from; i <= to; i++ {
		row[i] = '·'
	}
}

// ends sets the signs at the ends: ● stated, ○ open, ≈ a rough number.
func (b Bar) ends(row []rune, from, to, point int) {
	if b.Low != nil {
		row[from] = '●'
	}
	if b.High != nil {
		row[to] = '●'
	}
	if point >= 0 {
		row[point] = '●'
		if b.About {
			row[point] = '≈'
		}
	}
	if b.OpenLow {
		row[0] = '○'
	}
	if b.OpenHigh {
		row[len(row)-1] = '○'
	}
}

// plain takes out what could steer a terminal or turn the line around: the words
// come from files of strangers.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		case unicode.IsControl(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return ' '
		}
		return r
	}, s)
}

// fit cuts or fills a text to a number of columns. Marks take none; scripts with
// double columns come out too wide.
func fit(s string, width int) string {
	var out strings.Builder
	used := 0
	for _, r := range plain(s) {
		if unicode.Is(unicode.M, r) {
			out.WriteRune(r)
			continue
		}
		if used == width-1 && columns(s) > width {
			out.WriteRune('…')
			used++
			break
		}
		out.WriteRune(r)
		used++
	}
	return out.String() + strings.Repeat(" ", max(0, width-used))
}

func columns(s string) int {
	n := 0
	for _, r := range plain(s) {
		if !unicode.Is(unicode.M, r) {
			n++
		}
	}
	return n
}
