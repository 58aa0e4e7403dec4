// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
)

// forecasts checks I7 for each person and question, in the order of time.
func (k *checker) forecasts() {
	k.chances()
	for i := range k.c.Forecasts {
		f := &k.c.Forecasts[i]
		if err := f.inRange(); err != "" {
			k.problem(RuleValue, f.ID, "%s", err)
		}
	}
	for _, row := range k.c.rows() {
		footing := row[0]
		for _, f := range row[1:] {
			if f.Uncaused(k.x.Question(f.Question), footing) {
				k.problem(I7, f.ID, "this lies more than 2 points or 20 %% in odds from %s, the last for which there was a cause or the first; name a cause: a claim, a check, %s or %s", footing.ID, BecauseTime, BecauseBaseRate)
			}
			footing = f.Footing(footing)
		}
	}
}

// rows gives each person's forecasts of each question, oldest first.
func (c *Case) rows() [][]*Forecast {
	type who struct{ question, by string }
	at := make(map[who]int)
	var rows [][]*Forecast
	for i := range c.Forecasts {
		f := &c.Forecasts[i]
		w := who{f.Question, f.By}
		n, ok := at[w]
		if !ok {
			n = len(rows)
			at[w] = n
			rows = append(rows, nil)
		}
		rows[n] = append(rows[n], f)
	}
	for _, row := range rows {
		slices.SortStableFunc(row, func(a, b *Forecast) int { return cmp.Compare(a.At.earliest, b.At.earliest) })
	}
	return rows
}

// inRange says what is wrong with the numbers of a forecast, or nothing.
func (f *Forecast) inRange() string {
	for _, p := range []*float64{f.P, f.Hazard} {
		if p != nil && (math.IsNaN(*p) || *p < 0 || *p > 1) {
			return "a probability lies between 0 and 1"
		}
	}
	if g := f.Growth; g != nil && (math.IsNaN(*g) || *g < -1 || math.IsInf(*g, 0)) {
		return "growth is the change in a week, such as 0.05, and at least -1"
	}
	if f.P == nil && f.Hazard == nil && len(f.Quantiles) == 0 {
		return "a forecast needs a probability, a hazard or quantiles"
	}
	for i, q := range f.Quantiles {
		if math.IsNaN(q.Q) || q.Q <= 0 || q.Q >= 1 || math.IsNaN(q.X) || math.IsInf(q.X, 0) {
			return "a quantile has q between 0 and 1 and a finite x"
		}
		if i > 0 && (q.Q <= f.Quantiles[i-1].Q || q.X < f.Quantiles[i-1].X) {
			return "quantiles rise"
		}
	}
	return ""
}

// questions checks the part of I8 that a state shows.
func (k *checker) questions() {
	opened := make(map[string]bool)
	for i := range k.c.Forecasts {
		opened[k.c.Forecasts[i].Question] = true
	}
	for i := range k.c.Questions {
		q := &k.c.Questions[i]
		if opened[q.ID] && (q.ResolutionCriteria == "" || q.Closes.IsZero()) {
			k.problem(I8, q.ID, "this has forecasts, but no closing date or no criteria by which it is resolved")
		}
		k.wrong(I8, q.ID, k.x.WrongResolution(q))
	}
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("claim: a string without a JSON form: " + err.Error())
	}
	return string(b)
}
