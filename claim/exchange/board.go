// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"fmt"

	"tamizdat/claim"
)

// measures copies estimates and the measurands that they or claims need.
func (k *copier) measures() {
	for _, m := range k.from.Measurands {
		offer(k, claim.KindMeasurand, m.ID, &k.to.Measurands, claim.Measurand{
			ID: m.ID, Quantity: m.Quantity, Population: m.Population, Unit: m.Unit, Area: m.Area, From: dayOf(m.From), InclusionRule: m.InclusionRule,
		})
	}
	for i := range k.to.Claims {
		k.to.Claims[i].Measurand = k.only(claim.KindMeasurand, k.to.Claims[i].Measurand)
	}
	for _, e := range k.from.Estimates {
		if why := k.keepsBack(e); why != "" {
			k.withhold(claim.KindEstimate, e.ID, why)
			continue
		}
		offer(k, claim.KindEstimate, e.ID, &k.to.Estimates, k.estimate(e))
	}
	k.mendEstimates()
}

// keepsBack: a number tells what the claim behind it tells.
func (k *copier) keepsBack(e claim.Estimate) string {
	switch {
	case e.Claim != "" && k.only(claim.KindClaim, e.Claim) == "":
		return "its claim is not in the copy"
	case e.By != "" && k.only(claim.KindUtterance, e.By) == "":
		return "what says it is not in the copy"
	case k.only(claim.KindMeasurand, e.Measurand) == "":
		return "its measurand is not in the copy"
	}
	return ""
}

// estimate tells of a number from a letter neither since which day it is known,
// nor how it was found or how sure its maker is, in their words.
func (k *copier) estimate(e claim.Estimate) claim.Estimate {
	out := claim.Estimate{
		ID: e.ID, Measurand: e.Measurand, Low: e.Low, Point: e.Point, High: e.High, Bound: e.Bound, Level: e.Level, Claim: e.Claim,
		By: e.By, ByParty: k.only(claim.KindParty, e.ByParty), AsOf: dayOf(e.AsOf), KnownAt: dayOf(e.KnownAt),
		DerivedFrom: e.DerivedFrom, Formula: e.Formula, Status: e.Status, Misquotes: e.Misquotes,
	}
	if k.counted[e.ID] {
		out.KnownAt, out.AsOf = weekOf(e.KnownAt), weekOf(e.AsOf)
		return out
	}
	out.Method, out.StatedConfidence, out.ByDataset = e.Method, e.StatedConfidence, e.ByDataset
	return out
}

func (k *copier) mendEstimates() {
	for i := range k.to.Estimates {
		e := &k.to.Estimates[i]
		known := len(e.DerivedFrom)
		if e.DerivedFrom = k.all(claim.KindEstimate, e.DerivedFrom); len(e.DerivedFrom) < known {
			e.Formula = ""
		}
		e.Misquotes = k.only(claim.KindEstimate, e.Misquotes)
	}
}

func (k *copier) evidence() {
	for _, e := range k.from.Evidence {
		item := k.only(claim.KindUtterance, e.Item) + k.only(claim.KindDocument, e.Item) + k.only(claim.KindClaim, e.Item)
		if item == "" || k.only(claim.KindClaim, e.Claim) == "" {
			k.withhold(claim.KindEvidence, e.ID, "its claim or its item is not in the copy")
			continue
		}
		offer(k, claim.KindEvidence, e.ID, &k.to.Evidence, claim.Evidence{ID: e.ID, Claim: e.Claim, Item: e.Item, Direction: e.Direction})
	}
}

// board copies questions with what is said about them. Forecasters are numbered
// in the order of their first forecast.
func (k *copier) board() {
	for _, q := range k.from.Questions {
		offer(k, claim.KindQuestion, q.ID, &k.to.Questions, claim.Question{
			ID: q.ID, Text: q.Text, Type: q.Type, Opens: dayOf(q.Opens), Closes: dayOf(q.Closes), ResolutionCriteria: q.ResolutionCriteria,
			ResolvingSources: q.ResolvingSources, DefaultIfSilent: q.DefaultIfSilent, BaseRate: q.BaseRate, ReferenceClass: q.ReferenceClass, Unit: q.Unit,
			Resolution: q.Resolution, ResolvedAt: dayOf(q.ResolvedAt), ResolutionDocument: k.only(claim.KindDocument, q.ResolutionDocument), VersionOf: q.VersionOf,
		})
	}
	for i := range k.to.Questions {
		k.to.Questions[i].VersionOf = k.only(claim.KindQuestion, k.to.Questions[i].VersionOf)
	}
	for _, i := range k.from.Indicators {
		offer(k, claim.KindIndicator, i.ID, &k.to.Indicators, k.indicator(i))
	}
	for _, i := range k.to.Indicators {
		for _, c := range i.Checks {
			k.keep("check", c.ID)
		}
	}
	k.forecasts()
	for _, a := range k.from.Assessments {
		if k.only(claim.KindQuestion, a.Question) == "" {
			k.withhold(claim.KindAssessment, a.ID, "its question is not in the copy")
			continue
		}
		offer(k, claim.KindAssessment, a.ID, &k.to.Assessments, k.assessment(a))
	}
}

func (k *copier) indicator(i claim.Indicator) claim.Indicator {
	out := claim.Indicator{
		ID: i.ID, Question: k.only(claim.KindQuestion, i.Question), Name: i.Name, ObservableTest: i.ObservableTest, Direction: i.Direction,
		LRPresent: i.LRPresent, LRAbsent: i.LRAbsent, Cadence: i.Cadence, Claims: k.all(claim.KindClaim, i.Claims), Series: series(i.Series),
	}
	for _, c := range i.Checks {
		out.Checks = append(out.Checks, claim.Check{ID: c.ID, Date: dayOf(c.Date), State: c.State, Claims: k.all(claim.KindClaim, c.Claims)})
	}
	return out
}

func series(s *claim.Series) *claim.Series {
	if s == nil {
		return nil
	}
	out := &claim.Series{Unit: s.Unit, Source: s.Source}
	for _, p := range s.Points {
		out.Points = append(out.Points, claim.Point{Date: dayOf(p.Date), Value: p.Value, KnownAt: dayOf(p.KnownAt)})
	}
	for _, t := range s.Thresholds {
		out.Thresholds = append(out.Thresholds, claim.Threshold{Name: t.Name, Side: t.Side, Value: t.Value, Fixed: dayOf(t.Fixed)})
	}
	return out
}

func (k *copier) forecasts() {
	numbers := map[string]int{}
	for _, f := range k.from.Forecasts {
		if k.only(claim.KindQuestion, f.Question) == "" {
			k.withhold(claim.KindForecast, f.ID, "its question is not in the copy")
			continue
		}
		if numbers[f.By] == 0 {
			numbers[f.By] = len(numbers) + 1
		}
		offer(k, claim.KindForecast, f.ID, &k.to.Forecasts, claim.Forecast{
			ID: f.ID, Question: f.Question, P: f.P, Hazard: f.Hazard, Growth: f.Growth, Quantiles: f.Quantiles,
			Because: k.causes(f.Because), By: fmt.Sprintf("forecaster %d", numbers[f.By]), At: dayOf(f.At), Blind: f.Blind,
		})
	}
}

func (k *copier) causes(because []string) []string {
	var out []string
	for _, b := range because {
		if k.isCause(b) {
			out = append(out, b)
		}
	}
	return out
}

func (k *copier) isCause(b string) bool {
	return b == claim.BecauseTime || b == claim.BecauseBaseRate || k.only(claim.KindClaim, b) != "" || k.only("check", b) != ""
}

func (k *copier) assessment(a claim.Assessment) claim.Assessment {
	out := claim.Assessment{
		ID: a.ID, Question: a.Question, Week: dayOf(a.Week), P: a.P, Method: a.Method, Low: a.Low, High: a.High, Band: a.Band,
		Confidence: a.Confidence, Text: a.Text,
	}
	for _, d := range a.Drivers {
		if k.isCause(d.Cause) {
			out.Drivers = append(out.Drivers, d)
		}
	}
	return out
}

// printed copies what is public already: editions that were released, and what
// corrects them.
func (k *copier) printed() {
	for _, p := range k.from.Publications {
		if p.Released.IsZero() {
			k.withhold(claim.KindPublication, p.ID, "it is not released")
			continue
		}
		offer(k, claim.KindPublication, p.ID, &k.to.Publications, claim.Publication{
			ID: p.ID, Claims: k.frozen(claim.KindClaim, p.Claims), Documents: k.frozen(claim.KindDocument, p.Documents),
			Estimates: k.frozen(claim.KindEstimate, p.Estimates), Assessments: k.frozen(claim.KindAssessment, p.Assessments),
			Released: dayOf(p.Released), ManifestHash: p.ManifestHash, Supersedes: p.Supersedes,
		})
	}
	for i := range k.to.Publications {
		k.to.Publications[i].Supersedes = k.only(claim.KindPublication, k.to.Publications[i].Supersedes)
	}
	for _, c := range k.from.Corrections {
		if k.only(claim.KindPublication, c.Publication) == "" {
			k.withhold(claim.KindCorrection, c.ID, "its publication is not in the copy")
			continue
		}
		offer(k, claim.KindCorrection, c.ID, &k.to.Corrections, claim.Correction{
			ID: c.ID, Publication: c.Publication, WhatWasWrong: c.WhatWasWrong, WhatIsRight: c.WhatIsRight, Severity: c.Severity,
			Claims: k.all(claim.KindClaim, c.Claims), At: dayOf(c.At),
		})
	}
}

// frozen leaves out the hashes: they are over fields that stay behind.
func (k *copier) frozen(kind string, list []claim.Frozen) []claim.Frozen {
	var out []claim.Frozen
	for _, f := range list {
		if k.kept[kind][f.ID] {
			out = append(out, claim.Frozen{ID: f.ID})
		}
	}
	return out
}
