// SPDX-License-Identifier: Apache-2.0

package table

import (
	"slices"
	"strconv"
	"strings"

	"tamizdat/claim"
)

func measurands() tableKind {
	type T = claim.Measurand
	return &kind[T]{
		label: claim.KindMeasurand,
		list:  func(c *claim.Case) *[]T { return &c.Measurands },
		id:    func(v *T) *string { return &v.ID },
		words: func(v *T) string { return strings.Join([]string{v.Quantity, v.Population, v.Unit}, ", ") },
		cols: []column[T]{
			text("quantity", func(v *T) *string { return &v.Quantity }).required().help("what is counted", "delay of the tide"),
			text("population", func(v *T) *string { return &v.Population }).required().help("of whom or what", "spring tides"),
			text("unit", func(v *T) *string { return &v.Unit }).required().help("unit", "minutes"),
			text("area", func(v *T) *string { return &v.Area }).help("where", "Invented Harbour"),
			date("from", func(v *T) *claim.Date { return &v.From }).help("counted from", "2031-01-01"),
			text("inclusion_rule", func(v *T) *string { return &v.InclusionRule }).help("what is in and what is out", ""),
		},
	}
}

func estimates() tableKind {
	type T = claim.Estimate
	return &kind[T]{
		label: claim.KindEstimate,
		list:  func(c *claim.Case) *[]T { return &c.Estimates },
		id:    func(v *T) *string { return &v.ID },
		words: func(*T) string { return "" },
		check: checkEstimate,
		cols: []column[T]{
			ref("measurand", func(v *T) *string { return &v.Measurand }, claim.KindMeasurand).required().help("id, or “quantity, population, unit”", "delay of the tide, spring tides, minutes"),
			number("low", func(v *T) **float64 { return &v.Low }).help("lower end", "30"),
			number("point", func(v *T) **float64 { return &v.Point }).help("single number", ""),
			number("high", func(v *T) **float64 { return &v.High }).help("upper end", "50"),
			choice("bound", func(v *T) *string { return &v.Bound }, claim.Bounds()...).required().help("how it is meant", "unstated_range"),
			date("as_of", func(v *T) *claim.Date { return &v.AsOf }).required().help("day that it counts for", "2031-05-18"),
			date("known_at", func(v *T) *claim.Date { return &v.KnownAt }).help("since when it is known", "2031-05-20"),
			share("level", func(v *T) **float64 { return &v.Level }).help("of an interval", ""),
			ref("claim", func(v *T) *string { return &v.Claim }, claim.KindClaim).help("claim that it puts in numbers", ""),
			ref("by", func(v *T) *string { return &v.By }, claim.KindUtterance).help("utterance, by id", ""),
			ref("by_party", func(v *T) *string { return &v.ByParty }, claim.KindParty).help("party", "The Invented Courier"),
			text("by_dataset", func(v *T) *string { return &v.ByDataset }).help("data set", ""),
			text("method", func(v *T) *string { return &v.Method }).help("how it was found", "gauge"),
			refs("derived_from", func(v *T) *[]string { return &v.DerivedFrom }, claim.KindEstimate).help("estimates, by id", ""),
			text("formula", func(v *T) *string { return &v.Formula }).help("over their ids", ""),
			text("stated_confidence", func(v *T) *string { return &v.StatedConfidence }).help("in its maker's words", ""),
			text("status", func(v *T) *string { return &v.Status }).help("such as misquoted", ""),
			ref("misquotes", func(v *T) *string { return &v.Misquotes }, claim.KindEstimate).help("estimate, by id", ""),
			text("check", func(v *T) *string { return &v.Check }).help("what an editor found about its arithmetic", ""),
			text("note", func(v *T) *string { return &v.Note }).help("for colleagues", ""),
		},
	}
}

// checkEstimate holds a row to I5, and its numbers to their order.
func checkEstimate(e *claim.Estimate) (string, *misfit) {
	if e.Low == nil && e.Point == nil && e.High == nil {
		return "point", &misfit{"has no number, nor have low and high", "write a number in at least one of the three"}
	}
	ends := []*float64{e.Low, e.Point, e.High}
	for i, a := range ends {
		for _, b := range ends[i+1:] {
			if a != nil && b != nil && *a > *b {
				return "low", &misfit{"the numbers are not in order", "low is at most point, and point at most high"}
			}
		}
	}
	if says := slices.Concat(e.WrongNumbers(), e.WrongLevel()); len(says) > 0 {
		return "bound", &misfit{"does not go with the row", says[0]}
	}
	return "", nil
}

func evidence() tableKind {
	type T = claim.Evidence
	return &kind[T]{
		label: claim.KindEvidence,
		list:  func(c *claim.Case) *[]T { return &c.Evidence },
		id:    func(v *T) *string { return &v.ID },
		words: func(*T) string { return "" },
		cols: []column[T]{
			ref("claim", func(v *T) *string { return &v.Claim }, claim.KindClaim).required().help("claim, by its text or id", "The tide was 40 minutes late."),
			ref("item", func(v *T) *string { return &v.Item }, claim.KindUtterance, claim.KindDocument, claim.KindClaim).required().help("utterance, document or claim", "Tide tables questioned"),
			choice("direction", func(v *T) *string { return &v.Direction }, "--", "-", "0", "+", "++").required().help("against or for", "+"),
			text("reason", func(v *T) *string { return &v.Reason }).help("why", "it shows the gauge"),
			text("by", func(v *T) *string { return &v.By }).help("who judged", "first editor"),
			date("at", func(v *T) *claim.Date { return &v.At }).help("when", "2031-05-21"),
		},
	}
}

func questions() tableKind {
	type T = claim.Question
	return &kind[T]{
		label: claim.KindQuestion,
		list:  func(c *claim.Case) *[]T { return &c.Questions },
		id:    func(v *T) *string { return &v.ID },
		words: func(v *T) string { return v.Text },
		cols: []column[T]{
			text("text", func(v *T) *string { return &v.Text }).required().help("question that the future answers", "Will the tide be late in June 2031?"),
			date("closes", func(v *T) *claim.Date { return &v.Closes }).required().help("last day", "2031-06-30"),
			text("resolution_criteria", func(v *T) *string { return &v.ResolutionCriteria }).required().help("what counts as yes", "The harbour's gauge reports a delay of 10 minutes or more."),
			choice("type", func(v *T) *string { return &v.Type }, "binary", "hazard_by_date", "numeric").help("kind of answer", "binary"),
			date("opens", func(v *T) *claim.Date { return &v.Opens }).help("first day", "2031-06-01"),
			texts("resolving_sources", func(v *T) *[]string { return &v.ResolvingSources }).help("who is believed about the outcome", "Harbour office; The Invented Courier"),
			choice("default_if_silent", func(v *T) *string { return &v.DefaultIfSilent }, "YES", "NO").help("outcome if nobody reports", "NO"),
			share("base_rate", func(v *T) **float64 { return &v.BaseRate }).help("probability from the reference class", "0.04"),
			text("reference_class", func(v *T) *string { return &v.ReferenceClass }).help("of what", "Junes since 2001"),
			text("unit", func(v *T) *string { return &v.Unit }).help("of a numeric question", ""),
			text("resolution", func(v *T) *string { return &v.Resolution }).help("YES, NO, AMBIGUOUS, ANNULLED or a number", ""),
			date("resolved_at", func(v *T) *claim.Date { return &v.ResolvedAt }).help("when", ""),
			texts("resolved_by", func(v *T) *[]string { return &v.ResolvedBy }).help("two people", ""),
			ref("resolution_document", func(v *T) *string { return &v.ResolutionDocument }, claim.KindDocument).help("document", ""),
			ref("version_of", func(v *T) *string { return &v.VersionOf }, claim.KindQuestion).help("question that it replaces", ""),
			text("note", func(v *T) *string { return &v.Note }).help("for colleagues", ""),
		},
	}
}

func forecasts() tableKind {
	type T = claim.Forecast
	return &kind[T]{
		label:  claim.KindForecast,
		list:   func(c *claim.Case) *[]T { return &c.Forecasts },
		id:     func(v *T) *string { return &v.ID },
		words:  func(*T) string { return "" },
		frozen: true,
		check:  checkForecast,
		cols: []column[T]{
			ref("question", func(v *T) *string { return &v.Question }, claim.KindQuestion).required().help("question, by its text or id", "Will the tide be late in June 2031?"),
			share("p", func(v *T) **float64 { return &v.P }).help("probability of YES", "0.05"),
			share("hazard", func(v *T) **float64 { return &v.Hazard }).help("this week's probability", ""),
			number("growth", func(v *T) **float64 { return &v.Growth }).help("of the hazard, a week", ""),
			quantiles(),
			refs("because", func(v *T) *[]string { return &v.Because }, claim.KindClaim, kindCause).help("claims, checks of indicators, time_decay, base_rate", "base_rate"),
			text("by", func(v *T) *string { return &v.By }).required().help("who", "forecaster one"),
			date("at", func(v *T) *claim.Date { return &v.At }).required().help("when", "2031-06-02"),
			maybe("blind", func(v *T) **bool { return &v.Blind }).help("given before the others' were seen", "yes"),
			text("note", func(v *T) *string { return &v.Note }).help("for colleagues", ""),
		},
	}
}

func checkForecast(f *claim.Forecast) (string, *misfit) {
	if f.P == nil && f.Hazard == nil && len(f.Quantiles) == 0 {
		return "p", &misfit{"has no probability, nor have hazard and quantiles", "write at least one of the three"}
	}
	return "", nil
}

// quantiles are written as pairs: 0.1 = 20; 0.5 = 40; 0.9 = 90.
func quantiles() column[claim.Forecast] {
	c := text("quantiles", func(v *claim.Forecast) *string { return new(string) })
	c.List = true
	c.get = func(v *claim.Forecast) string {
		var out []string
		for _, q := range v.Quantiles {
			out = append(out, strconv.FormatFloat(q.Q, 'f', -1, 64)+" = "+writeNumber(q.X))
		}
		return joinList(out)
	}
	c.set = func(v *claim.Forecast, cell string) *misfit {
		v.Quantiles = nil
		for _, pair := range splitList(cell) {
			left, right, _ := strings.Cut(pair, "=")
			q, bad := readShare(left)
			x, worse := readNumber(right)
			if bad != nil || worse != nil {
				return &misfit{"has a quantile that cannot be read", "write pairs such as 0.1 = 20; 0.5 = 40; 0.9 = 90"}
			}
			v.Quantiles = append(v.Quantiles, claim.Quantile{Q: q, X: x})
		}
		return nil
	}
	return c.help("of a numeric question, as 0.1 = 20", "")
}
