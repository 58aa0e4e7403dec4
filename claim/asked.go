// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"slices"
)

// Question is something that the future answers. Text and criteria are frozen
// at the first forecast (I8); a change makes a new question that names the old.
type Question struct {
	ID                 string   `json:"id"`
	Text               string   `json:"text"`
	Type               string   `json:"type,omitempty"` // binary, hazard_by_date, numeric
	Opens              Date     `json:"opens,omitzero"`
	Closes             Date     `json:"closes,omitzero"`
	ResolutionCriteria string   `json:"resolution_criteria,omitempty"`
	ResolvingSources   []string `json:"resolving_sources,omitempty"` // who is believed about the outcome, by name
	DefaultIfSilent    string   `json:"default_if_silent,omitempty"` // YES or NO
	BaseRate           *float64 `json:"base_rate,omitempty"`         // probability by the closing date, frozen
	ReferenceClass     string   `json:"reference_class,omitempty"`
	Unit               string   `json:"unit,omitempty"`       // of a numeric question
	Resolution         string   `json:"resolution,omitempty"` // YES, NO, AMBIGUOUS, ANNULLED, or a number
	ResolvedAt         Date     `json:"resolved_at,omitzero"`
	ResolvedBy         []string `json:"resolved_by,omitempty"`         // two people
	ResolutionDocument string   `json:"resolution_document,omitempty"` // document
	VersionOf          string   `json:"version_of,omitempty"`          // question
	Note               string   `json:"note,omitempty"`
}

// asks lists the fields by which a question asks what it asks. The first forecast
// freezes them (I8).
func asks() []string {
	return []string{"text", "type", "opens", "closes", "resolution_criteria", "resolving_sources", "default_if_silent", "base_rate", "reference_class", "unit", "version_of"}
}

// AsksTheSame reports whether two questions agree in all that the first forecast
// freezes. What has no JSON form agrees with nothing.
func (q *Question) AsksTheSame(o *Question) bool {
	a, errA := q.fields()
	b, errB := o.fields()
	differs := func(name string) bool { return string(a[name]) != string(b[name]) }
	return errA == nil && errB == nil && !slices.ContainsFunc(asks(), differs)
}

func (q *Question) fields() (map[string]json.RawMessage, error) {
	b, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	err = json.Unmarshal(b, &fields)
	return fields, err
}

// Indicator is something observable that bears on a question, looked at in a
// fixed rhythm, by a test that was written down beforehand.
type Indicator struct {
	ID             string   `json:"id"`
	Question       string   `json:"question,omitempty"`
	Name           string   `json:"name"`
	ObservableTest string   `json:"observable_test,omitempty"`
	Direction      string   `json:"direction,omitempty"`  // + where its presence makes the event likelier, -
	LRPresent      *float64 `json:"lr_present,omitempty"` // likelihood ratio where it is seen
	LRAbsent       *float64 `json:"lr_absent,omitempty"`  // and where it is not
	Cadence        string   `json:"cadence,omitempty"`    // weekly, daily, monthly
	Claims         []string `json:"claims,omitempty"`
	Checks         []Check  `json:"checks,omitempty"`
	Series         *Series  `json:"series,omitempty"`
}

// Check is one look at an indicator.
type Check struct {
	ID     string   `json:"id"`
	Date   Date     `json:"date"`
	State  string   `json:"state"` // present, absent, unclear
	Claims []string `json:"claims,omitempty"`
	By     string   `json:"by,omitempty"`
	Note   string   `json:"note,omitempty"`
}

// Series is a dated row of numbers, such as the daily fixing of a currency.
type Series struct {
	Unit       string      `json:"unit"`
	Source     string      `json:"source"`
	Points     []Point     `json:"points,omitempty"`
	Thresholds []Threshold `json:"thresholds,omitempty"`
}

// Point is one number of a series.
type Point struct {
	Date    Date    `json:"date"`
	Value   float64 `json:"value"`
	KnownAt Date    `json:"known_at,omitzero"` // empty: on the same day
}

// Threshold is a line that was drawn before the numbers were known.
type Threshold struct {
	Name  string  `json:"name"`
	Side  string  `json:"side"` // above or below
	Value float64 `json:"value"`
	Fixed Date    `json:"fixed"` // the day on which it was drawn
}

// Forecast is what one person gives for a question at one time. Forecasts are
// only added, never changed.
type Forecast struct {
	ID        string     `json:"id"`
	Question  string     `json:"question"`
	P         *float64   `json:"p,omitempty"`         // probability of YES
	Hazard    *float64   `json:"hazard,omitempty"`    // this week's, where the forecast is by hazard
	Growth    *float64   `json:"growth,omitempty"`    // of the hazard, a week: 0.05 for 5 %
	Quantiles []Quantile `json:"quantiles,omitempty"` // of a numeric question
	Because   []string   `json:"because,omitempty"`   // claims, checks of indicators, [BecauseTime], [BecauseBaseRate]
	By        string     `json:"by"`
	At        Date       `json:"at"`
	Blind     *bool      `json:"blind,omitempty"` // given before the others' were seen
	Note      string     `json:"note,omitempty"`
}

// Causes that a forecast can name beside claims and checks.
const (
	BecauseTime     = "time_decay"
	BecauseBaseRate = "base_rate"
)

// Quantile says that the value is at most X with probability Q.
type Quantile struct {
	Q float64 `json:"q"`
	X float64 `json:"x"`
}

// Assessment is what the desk says about a question in one week, frozen.
type Assessment struct {
	ID                string            `json:"id"`
	Question          string            `json:"question"`
	Week              Date              `json:"week"` // its Friday
	P                 float64           `json:"p"`
	Method            string            `json:"method,omitempty"`
	Low               *float64          `json:"low,omitempty"` // the lowest and
	High              *float64          `json:"high,omitempty"`
	Band              string            `json:"band,omitempty"`       // words of ICD 203
	Confidence        string            `json:"confidence,omitempty"` // low, moderate, high
	ConfidenceReasons ConfidenceReasons `json:"confidence_reasons,omitzero"`
	Drivers           []Driver          `json:"drivers,omitempty"`
	Text              string            `json:"text,omitempty"`
	Author            string            `json:"author,omitempty"`
	Reviewer          string            `json:"reviewer,omitempty"`
}

// ConfidenceReasons are the three grounds of a confidence (ICD 203).
type ConfidenceReasons struct {
	Assumptions string `json:"assumptions,omitempty"`
	Sourcing    string `json:"sourcing,omitempty"`
	Argument    string `json:"argument,omitempty"`
}

// Driver says how far one cause moved the number since the last assessment.
type Driver struct {
	Cause string  `json:"cause"`
	Delta float64 `json:"delta"` // in probability
}
