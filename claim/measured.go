// SPDX-License-Identifier: Apache-2.0

package claim

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
