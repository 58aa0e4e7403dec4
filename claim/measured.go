// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Measurand says what a number counts. Numbers are compared only where all of
// this is equal (JCGM 200, 2.3).
type Measurand struct {
	ID            string `json:"id"`
	Quantity      string `json:"quantity"`
	Population    string `json:"population"`
	Unit          string `json:"unit"`
	Area          string `json:"area,omitempty"`
	From          Date   `json:"from,omitzero"` // counted from this date on
	InclusionRule string `json:"inclusion_rule,omitempty"`
}

// Estimate is a number or a range, for a measurand, with two dates: as of which
// day it counts, and since when it is known.
type Estimate struct {
	ID               string   `json:"id"`
	Measurand        string   `json:"measurand"`
	Low              *float64 `json:"low,omitempty"`
	Point            *float64 `json:"point,omitempty"`
	High             *float64 `json:"high,omitempty"`
	Bound            string   `json:"bound"`           // see [Bounds]
	Level            *float64 `json:"level,omitempty"` // of an interval: 0.8 for 80 %
	Claim            string   `json:"claim,omitempty"` // the claim that it puts in numbers
	By               string   `json:"by,omitempty"`    // utterance
	ByParty          string   `json:"by_party,omitempty"`
	ByDataset        string   `json:"by_dataset,omitempty"`
	AsOf             Date     `json:"as_of,omitzero"`
	KnownAt          Date     `json:"known_at,omitzero"`
	Method           string   `json:"method,omitempty"`
	DerivedFrom      []string `json:"derived_from,omitempty"` // estimates
	Formula          string   `json:"formula,omitempty"`      // over the ids in derived_from, such as "E1 * 4"
	StatedConfidence string   `json:"stated_confidence,omitempty"`
	Status           string   `json:"status,omitempty"`
	Misquotes        string   `json:"misquotes,omitempty"` // estimate
	Check            string   `json:"check,omitempty"`     // what an editor found about its arithmetic
	Note             string   `json:"note,omitempty"`
}

// Bounds lists how a number can be meant: an interval with a level, a range
// that says nothing about itself, a floor, a ceiling, or about so much.
func Bounds() []string {
	return []string{"interval", "unstated_range", "at_least", "at_most", "about"}
}

// Wrong lists what keeps an estimate from being saved (I5): it needs a measurand,
// the day as of which it counts, and a bound with the numbers that this bound
// has; its numbers are finite and low ≤ point ≤ high; an interval has a level.
func (e *Estimate) Wrong() []string {
	var says []string
	if e.Measurand == "" {
		says = append(says, "it does not say what it counts; name a measurand")
	}
	if e.AsOf.IsZero() {
		says = append(says, "it does not say as of which day it counts; give as_of")
	}
	return slices.Concat(says, e.WrongNumbers(), e.WrongLevel())
}

// WrongNumbers lists what is wrong with the numbers of an estimate and with the
// way in which they are meant. Where it is silent, the number that the bound
// speaks of is there.
func (e *Estimate) WrongNumbers() []string {
	var says []string
	for _, s := range [2]string{e.outOfOrder(), e.missing()} {
		if s != "" {
			says = append(says, s)
		}
	}
	return says
}

func (e *Estimate) outOfOrder() string {
	last := math.Inf(-1)
	for _, v := range [3]*float64{e.Low, e.Point, e.High} {
		switch {
		case v == nil:
			continue
		case math.IsNaN(*v) || math.IsInf(*v, 0):
			return "a number is not finite"
		case *v < last:
			return "its numbers are not in order; low ≤ point ≤ high"
		}
		last = *v
	}
	return ""
}

// missing says which number its bound speaks of and it does not have.
func (e *Estimate) missing() string {
	switch e.Bound {
	case "":
		return "it does not say how its number is meant; give bound, one of " + strings.Join(Bounds(), ", ")
	case "interval", "unstated_range":
		if e.Low == nil || e.High == nil {
			return fmt.Sprintf("a bound of %s needs low and high", e.Bound)
		}
	case "at_least":
		if e.Low == nil && e.Point == nil {
			return "a bound of at_least needs the number in low or point"
		}
	case "at_most":
		if e.High == nil && e.Point == nil {
			return "a bound of at_most needs the number in high or point"
		}
	case "about":
		if e.Point == nil {
			return "a bound of about needs the number in point"
		}
	default:
		return fmt.Sprintf("%q is no bound; it is one of %s", e.Bound, strings.Join(Bounds(), ", "))
	}
	return ""
}

// WrongLevel says what is wrong with the level: an interval has one, and nothing
// else does.
func (e *Estimate) WrongLevel() []string {
	switch {
	case e.Bound == "interval" && e.Level == nil:
		return []string{"an interval needs its level, such as 0.8; a range that says nothing about itself is an unstated_range"}
	case e.Bound != "interval" && e.Level != nil:
		return []string{"only an interval has a level"}
	case e.Level != nil && !(*e.Level >= 0.01 && *e.Level <= 0.999):
		return []string{"a level lies between 0.01 and 0.999; 80 % is 0.8"}
	}
	return nil
}
