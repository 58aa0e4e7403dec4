// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// references checks that what is named exists.
func (k *checker) references() {
	c := k.c
	k.twice()
	party, document := refer(k, "party", k.x.parties), refer(k, "document", k.x.documents)
	claims, span := refer(k, "claim", k.x.claims), refer(k, "span", k.x.spans)
	estimate, question := refer(k, "estimate", k.x.estimates), refer(k, "question", k.x.questions)
	measurand := refer(k, "measurand", k.x.measurands)
	utterance := refer(k, "utterance", k.x.graph.number)
	for _, v := range c.Parties {
		party(v.ID, v.MemberOf)
		party(v.ID, v.PossiblySameAs...)
	}
	for _, v := range c.Letters {
		document(v.ID, v.Document)
	}
	for _, v := range c.Documents {
		party(v.ID, v.Publisher)
		document(v.ID, v.DerivativeOf)
	}
	for _, v := range c.Spans {
		document(v.ID, v.Document)
	}
	for _, v := range c.Claims {
		claims(v.ID, v.VariantOf)
		claims(v.ID, v.Contradicts...)
		measurand(v.ID, v.Measurand)
	}
	for _, v := range c.Utterances {
		party(v.ID, v.Speaker, v.To, v.AttributedTo)
		document(v.ID, v.Doc)
		span(v.ID, v.Span)
		claims(v.ID, v.Claims...)
		utterance(v.ID, v.Relays...)
		utterance(v.ID, v.InformedBy...)
	}
	for _, v := range c.Evidence {
		claims(v.ID, v.Claim)
		k.item(v)
	}
	for _, v := range c.Estimates {
		measurand(v.ID, v.Measurand)
		claims(v.ID, v.Claim)
		utterance(v.ID, v.By)
		party(v.ID, v.ByParty)
		estimate(v.ID, v.DerivedFrom...)
		estimate(v.ID, v.Misquotes)
	}
	for _, v := range c.Indicators {
		question(v.ID, v.Question)
		claims(v.ID, v.Claims...)
		for _, check := range v.Checks {
			claims(v.ID, check.Claims...)
		}
	}
	for _, v := range c.Questions {
		question(v.ID, v.VersionOf)
		document(v.ID, v.ResolutionDocument)
	}
	for _, v := range c.Forecasts {
		question(v.ID, v.Question)
		k.because(v)
	}
	for _, v := range c.Assessments {
		question(v.ID, v.Question)
	}
	for _, v := range c.Corrections {
		claims(v.ID, v.Claims...)
	}
}

// refer gives a check for one kind of reference. An empty id names nothing.
func refer[T any](k *checker, kind string, known map[string]T) func(from string, to ...string) {
	return func(from string, to ...string) {
		for _, id := range to {
			if _, ok := known[id]; id != "" && !ok {
				k.problem(RuleReference, from, "names the %s %s, which is not in the case", kind, id)
			}
		}
	}
}

// item checks what an evidence points to: an utterance, a document or a claim.
func (k *checker) item(v Evidence) {
	if k.x.Utterance(v.Item) == nil && k.x.Document(v.Item) == nil && k.x.Claim(v.Item) == nil {
		k.problem(RuleReference, v.ID, "names the item %s, which is not in the case", v.Item)
	}
}

// because checks the causes of a forecast.
func (k *checker) because(v Forecast) {
	for _, cause := range v.Because {
		if cause != BecauseTime && cause != BecauseBaseRate && k.x.Claim(cause) == nil && !k.looks[cause] {
			k.problem(RuleReference, v.ID, "names the cause %s, which is neither a claim nor a check of an indicator", cause)
		}
	}
}

// checkIDs gives the ids of all checks of indicators.
func (c *Case) checkIDs() map[string]bool {
	ids := map[string]bool{}
	for i := range c.Indicators {
		for _, check := range c.Indicators[i].Checks {
			ids[check.ID] = true
		}
	}
	return ids
}

// twice finds an id that two things have, of whatever kinds: people name a thing by
// its id alone, and lists of a publication hold hashes by it. Where a register tells
// which came later, that one is in the way, and the other is not.
func (k *checker) twice() {
	ids := slices.Concat(k.c.allIDs()...)
	slices.Sort(ids)
	n := 0 // of those with this id before
	for i := 1; i < len(ids); i++ {
		if ids[i] != ids[i-1] {
			n = 0
			continue
		}
		n++
		p := Problem{Rule: RuleReference, Object: ids[i], Says: "there are two of this id"}
		if later := k.c.later[ids[i]]; len(later) >= n {
			p.Kind, p.Says = later[n-1], fmt.Sprintf("there are two of this id, and %s came later: make it anew under another", Article(later[n-1]))
		}
		k.found = append(k.found, p)
	}
}

// allIDs gives the ids of each kind.
func (c *Case) allIDs() [][]string {
	return [][]string{
		idsOf(c.Parties, func(v Party) string { return v.ID }), idsOf(c.Sources, func(v Source) string { return v.ID }),
		idsOf(c.Letters, func(v Letter) string { return v.ID }), idsOf(c.Documents, func(v Document) string { return v.ID }),
		idsOf(c.Spans, func(v Span) string { return v.ID }), idsOf(c.Claims, func(v Claim) string { return v.ID }),
		idsOf(c.Utterances, func(v Utterance) string { return v.ID }), idsOf(c.Evidence, func(v Evidence) string { return v.ID }),
		idsOf(c.Measurands, func(v Measurand) string { return v.ID }), idsOf(c.Estimates, func(v Estimate) string { return v.ID }),
		idsOf(c.Indicators, func(v Indicator) string { return v.ID }), idsOf(c.Questions, func(v Question) string { return v.ID }),
		idsOf(c.Forecasts, func(v Forecast) string { return v.ID }), idsOf(c.Assessments, func(v Assessment) string { return v.ID }),
		idsOf(c.Reports, func(v Report) string { return v.ID }), idsOf(c.Publications, func(v Publication) string { return v.ID }),
		idsOf(c.Corrections, func(v Correction) string { return v.ID }), idsOf(c.SignOffs, func(v SignOff) string { return v.ID }),
		idsOf(c.Decisions, func(v Decision) string { return v.ID }),
	}
}

func idsOf[T any](list []T, id func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = id(v)
	}
	return out
}

// values checks that words are of those that a field knows. Empty is unknown, and
// is allowed wherever a kind does not require the field.
func (k *checker) values() {
	c := k.c
	for _, v := range c.Parties {
		k.oneOf(v.ID, "kind", v.Kind, PartyKinds())
		k.reliability(v.ID, v.Reliability)
	}
	for _, v := range c.Sources {
		for _, topic := range slices.Sorted(maps.Keys(v.Reliability)) {
			k.reliability(v.ID, v.Reliability[topic])
		}
	}
	for _, v := range c.Letters {
		k.oneOf(v.ID, "state", v.State, []string{"new", "reading", "in_work", "closed"})
	}
	for _, v := range c.Documents {
		k.oneOf(v.ID, "kind", v.Kind, DocumentKinds())
		if v.Authenticity != nil {
			k.wrong(RuleValue, v.ID, v.Authenticity.Wrong())
		}
	}
	for _, v := range c.Claims {
		k.oneOf(v.ID, "kind", v.Kind, ClaimKinds())
		k.oneOf(v.ID, "exposure", v.Exposure, Exposures())
		k.oneOf(v.ID, "status", v.Status, []string{"open", "confirmed", "refuted", "disputed", "withdrawn"})
		if v.Credibility < 0 || v.Credibility > 6 {
			k.problem(RuleValue, v.ID, "credibility is 1 to 6, or absent where nobody has judged")
		}
	}
	for _, v := range c.Utterances {
		k.oneOf(v.ID, "mode", v.Mode, []string{"asserts", "denies", "estimates", "predicts", "asks"})
		k.oneOf(v.ID, "basis", v.Basis, Bases())
		k.oneOf(v.ID, "fidelity", v.Fidelity, []string{"verbatim", "translation", "paraphrase", "distorted"})
	}
	for _, v := range c.Evidence {
		k.oneOf(v.ID, "direction", v.Direction, Directions())
	}
	k.askedValues()
}

func (k *checker) askedValues() {
	for _, v := range k.c.Indicators {
		k.oneOf(v.ID, "direction", v.Direction, []string{"+", "-"})
		for _, check := range v.Checks {
			k.oneOf(v.ID, "state of a check", check.State, []string{"present", "absent", "unclear"})
		}
	}
	for _, v := range k.c.Questions {
		k.oneOf(v.ID, "type", v.Type, []string{TypeBinary, TypeHazard, TypeNumeric})
		k.oneOf(v.ID, "default_if_silent", v.DefaultIfSilent, []string{Yes, No})
	}
	for _, v := range k.c.Assessments {
		k.oneOf(v.ID, "confidence", v.Confidence, []string{"low", "moderate", "high"})
	}
	for _, v := range k.c.Corrections {
		k.oneOf(v.ID, "severity", v.Severity, []string{"clarify", "correct", "retract"})
	}
	for _, v := range k.c.SignOffs {
		k.oneOf(v.ID, "decision", v.Decision, []string{"approve", "refuse"})
	}
}

func (k *checker) oneOf(object, field, value string, known []string) {
	if value != "" && !slices.Contains(known, value) {
		k.problem(RuleValue, object, "%s", oneOf(field, value, known))
	}
}

func oneOf(field, value string, known []string) string {
	return fmt.Sprintf("%s is %q; it can be %s", field, value, strings.Join(known, ", "))
}

// Reliabilities lists the letters of the Admiralty code, best first; F is none.
func Reliabilities() []Reliability { return []Reliability{"A", "B", "C", "D", "E", "F"} }

func (k *checker) reliability(object string, r Reliability) {
	k.oneOf(object, "reliability", string(r), idsOf(Reliabilities(), func(r Reliability) string { return string(r) }))
}

// Directions lists how strongly evidence can speak, against first.
func Directions() []string { return []string{"--", "-", "0", "+", "++"} }
