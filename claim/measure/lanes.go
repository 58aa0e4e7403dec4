// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"cmp"
	"math"
	"slices"

	"tamizdat/claim"
)

// Bar is one estimate, ready to be drawn.
type Bar struct {
	Estimate string
	Who      string
	Method   string
	Interest Interest
	AsOf     claim.Date
	KnownAt  claim.Date
	Text     string // its number in words: at least 1,351

	Low, Point, High *float64 // as stated; the one-sided have one end
	OpenLow          bool     // nothing bounds it below: drawn hollow there
	OpenHigh         bool     // nothing bounds it above
	About            bool     // the number is a rough one

	Read     Interval // the 80 % interval as which it is compared, see [Disagreements]
	Reading  string   // what was assumed for that, or ""
	SetAside string   // why it is shown and not reckoned with, or ""
}

// Lane holds the estimates of one measurand, by method and then by the day since
// when they are known.
type Lane struct {
	Measurand claim.Measurand // the first in the case with this content
	Bars      []Bar
}

// Lanes is a chart: lanes in the order of the measurands in the case.
type Lanes struct {
	Lanes   []Lane
	Hidden  []string // estimates that were not yet known on the day
	Undated []string // estimates of which nobody says since when they are known; hidden when a day is given
	Broken  []string // estimates without a measurand of the case, or without a number that fits their bound
}

// Chart sorts the estimates of a case into lanes, as known at the end of a day;
// nil is now, with all that the case holds.
func Chart(x *claim.Index, knownBy *claim.Day) Lanes {
	var out Lanes
	lanes := make([]Lane, 0, len(x.Case.Measurands))
	place := lanePlaces(x.Case.Measurands)
	for _, m := range x.Case.Measurands {
		if place[m.ID] == len(lanes) {
			lanes = append(lanes, Lane{Measurand: m})
		}
	}
	for i := range x.Case.Estimates {
		e := &x.Case.Estimates[i]
		if !out.shows(x, e, knownBy) {
			continue
		}
		at, ok := place[e.Measurand]
		bar, fits := barOf(x, e)
		if !ok || !fits {
			out.Broken = append(out.Broken, e.ID)
			continue
		}
		lanes[at].Bars = append(lanes[at].Bars, bar)
	}
	for _, l := range lanes {
		if len(l.Bars) > 0 {
			slices.SortStableFunc(l.Bars, byMethod)
			out.Lanes = append(out.Lanes, l)
		}
	}
	return out
}

// lanePlaces numbers the measurands, equal ones alike.
func lanePlaces(measurands []claim.Measurand) map[string]int {
	place, seen := map[string]int{}, map[[6]string]int{}
	for _, m := range measurands {
		if _, twice := place[m.ID]; twice {
			continue
		}
		key := content(m)
		if _, ok := seen[key]; !ok {
			seen[key] = len(seen)
		}
		place[m.ID] = seen[key]
	}
	return place
}

func (l *Lanes) shows(x *claim.Index, e *claim.Estimate, knownBy *claim.Day) bool {
	if knownBy == nil {
		return true
	}
	is, dated := known(x, e, *knownBy)
	switch {
	case !dated:
		l.Undated = append(l.Undated, e.ID)
	case !is:
		l.Hidden = append(l.Hidden, e.ID)
	}
	return is
}

func byMethod(a, b Bar) int {
	return cmp.Or(cmp.Compare(a.Method, b.Method), cmp.Compare(firstDay(a.KnownAt), firstDay(b.KnownAt)), cmp.Compare(a.Estimate, b.Estimate))
}

// firstDay puts what has no date last.
func firstDay(d claim.Date) claim.Day {
	if d.IsZero() {
		return math.MaxInt
	}
	day, _ := d.Bounds()
	return day
}

func barOf(x *claim.Index, e *claim.Estimate) (Bar, bool) {
	v, ok := Stated(e)
	if !ok {
		return Bar{}, false
	}
	b := Bar{
		Estimate: e.ID, Who: nameOf(x, e), Method: e.Method, Interest: InterestOf(x, e),
		AsOf: e.AsOf, KnownAt: e.KnownAt, Text: v.String(), Point: e.Point,
		About: e.Bound == "about", SetAside: setAside(e),
	}
	if b.About {
		b.Text = "about " + b.Text
	}
	if !b.About && !math.IsInf(v.Low, 0) {
		b.Low = &v.Low
	}
	if !b.About && !math.IsInf(v.High, 0) {
		b.High = &v.High
	}
	as, words, _ := read(e, AboutFactor)
	b.Read, b.Reading = opened(as, b.Interest), words
	b.OpenLow, b.OpenHigh = math.IsInf(b.Read.Low, -1), math.IsInf(b.Read.High, 1)
	return b, true
}
