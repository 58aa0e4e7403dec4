// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"fmt"
	"math"

	"tamizdat/claim"
	"tamizdat/claim/wording"
)

// read gives the 80 % interval as which an estimate is taken when it is held
// against others. A floor and a ceiling stay open on one side, and so does what a
// party to the conflict gives: a named count or an admission is a floor, and
// beneath the claim of an enemy all is possible. The words tell what was assumed.
func read(e *claim.Estimate, about float64) (Interval, string, bool) {
	v, ok := Stated(e)
	if !ok {
		return v, "", false
	}
	words := ""
	switch e.Bound {
	case "unstated_range":
		words = "no level was stated; low and high are read as 10 % and 90 %"
	case "about":
		if v.Low > 0 {
			v = Interval{v.Low / about, v.Low * about}
			words = fmt.Sprintf("“about” is read as 80 %% between x/%s and x·%s", wording.Write(about), wording.Write(about))
		}
	case "interval":
		if v.Low > 0 && len(e.WrongLevel()) == 0 && *e.Level != Level {
			v = LognormalOf(v.Low, v.High, *e.Level).Interval(Level)
			words = fmt.Sprintf("the stated level of %s %% is carried over to 80 %% on the logarithm", wording.Write(*e.Level*100))
		}
	}
	return v, words, true
}

// opened opens the side on which an interested speaker does not bind himself.
func opened(v Interval, interest Interest) Interval {
	switch interest {
	case OwnSideAdmits, NamedCount:
		v.High = math.Inf(1)
	case EnemyClaims:
		v.Low = math.Inf(-1)
	}
	return v
}

// Disagreement is a pair of estimates of one measurand, from different clusters,
// that cannot both be right.
type Disagreement struct {
	Measurand string
	A, B      string // ids; A lies below B
	Sentence  string
}

// Disagreements compares what was known on a day, or everything for nil. Where
// the count runs from a date on, it can only grow: a higher number as of a later
// day is then no disagreement.
func Disagreements(x *claim.Index, knownBy *claim.Day) []Disagreement {
	cluster := map[string]int{}
	for i, c := range Clusters(x) {
		for _, id := range c.Estimates {
			cluster[id] = i
		}
	}
	var out []Disagreement
	for _, lane := range Chart(x, knownBy).Lanes {
		for i, a := range lane.Bars {
			for _, b := range lane.Bars[i+1:] {
				if a.SetAside != "" || b.SetAside != "" || cluster[a.Estimate] == cluster[b.Estimate] {
					continue
				}
				if d, ok := disagree(lane.Measurand, a, b); ok {
					out = append(out, d)
				}
			}
		}
	}
	return out
}

func disagree(m claim.Measurand, a, b Bar) (Disagreement, bool) {
	if a.Read.meets(b.Read) {
		return Disagreement{}, false
	}
	if a.Read.Low > b.Read.High {
		a, b = b, a
	}
	if !m.From.IsZero() && a.AsOf.Before(b.AsOf) {
		return Disagreement{}, false
	}
	return Disagreement{Measurand: m.ID, A: a.Estimate, B: b.Estimate, Sentence: fmt.Sprintf(
		"sources disagree: %s (%s) gives %s, %s (%s) gives %s", a.Who, a.Estimate, a.Text, b.Who, b.Estimate, b.Text)}, true
}
