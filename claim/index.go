// SPDX-License-Identifier: Apache-2.0

package claim

import "slices"

// Index finds things of a case by id, and answers who says what. It is for one
// goroutine at a time, because it remembers what it has counted. It keeps
// pointers into the case: make a new one when the case has changed, except for
// the one change that [Index.SetUtterance] makes.
type Index struct {
	Case       *Case
	parties    map[string]*Party
	documents  map[string]*Document
	spans      map[string]*Span
	claims     map[string]*Claim
	measurands map[string]*Measurand
	estimates  map[string]*Estimate
	indicators map[string]*Indicator
	questions  map[string]*Question
	graph      *graph
}

// NewIndex reads a case through once.
func NewIndex(c *Case) *Index {
	x := &Index{
		Case:       c,
		parties:    byID(c.Parties, func(v *Party) string { return v.ID }),
		documents:  byID(c.Documents, func(v *Document) string { return v.ID }),
		spans:      byID(c.Spans, func(v *Span) string { return v.ID }),
		claims:     byID(c.Claims, func(v *Claim) string { return v.ID }),
		measurands: byID(c.Measurands, func(v *Measurand) string { return v.ID }),
		estimates:  byID(c.Estimates, func(v *Estimate) string { return v.ID }),
		indicators: byID(c.Indicators, func(v *Indicator) string { return v.ID }),
		questions:  byID(c.Questions, func(v *Question) string { return v.ID }),
	}
	x.graph = newGraph(c)
	return x
}

func byID[T any](list []T, id func(*T) string) map[string]*T {
	m := make(map[string]*T, len(list))
	for i := range list {
		m[id(&list[i])] = &list[i]
	}
	return m
}

// Party gives a party, or nil.
func (x *Index) Party(id string) *Party { return x.parties[id] }

// Document gives a document, or nil.
func (x *Index) Document(id string) *Document { return x.documents[id] }

// Span gives a span, or nil.
func (x *Index) Span(id string) *Span { return x.spans[id] }

// Claim gives a claim, or nil.
func (x *Index) Claim(id string) *Claim { return x.claims[id] }

// Utterance gives an utterance, or nil.
func (x *Index) Utterance(id string) *Utterance {
	if i, ok := x.graph.number[id]; ok {
		return &x.Case.Utterances[i]
	}
	return nil
}

// Measurand gives a measurand, or nil.
func (x *Index) Measurand(id string) *Measurand { return x.measurands[id] }

// Estimate gives an estimate, or nil.
func (x *Index) Estimate(id string) *Estimate { return x.estimates[id] }

// Indicator gives an indicator, or nil.
func (x *Index) Indicator(id string) *Indicator { return x.indicators[id] }

// Question gives a question, or nil.
func (x *Index) Question(id string) *Question { return x.questions[id] }

// Name gives the label of a party, or its id where it has none.
func (x *Index) Name(party string) string {
	if p := x.parties[party]; p != nil && p.Label != "" {
		return p.Label
	}
	return party
}

// Words gives the words of an utterance: the passage of its span, or its quote.
func (x *Index) Words(u *Utterance) string {
	if s := x.spans[u.Span]; s != nil {
		return s.Exact
	}
	return u.Quote
}

// Head gives the claim that a claim is a variant of, in the end: all that have
// the same head are one family. Where variants name each other in a ring, the
// head is the least id of the ring.
func (x *Index) Head(id string) string { return x.graph.head(id) }

// Family lists the claims that share a head with one, in the order of the case.
func (x *Index) Family(id string) []string {
	if f := x.graph.family(id); f != nil {
		return slices.Clone(f.claims)
	}
	return nil
}

// Saying lists the utterances that carry a claim of the family of one, in the
// order of the case.
func (x *Index) Saying(id string) []string {
	var out []string
	for _, i := range x.graph.sayers(id) {
		out = append(out, x.graph.utteranceIDs[i])
	}
	return out
}

// SetUtterance changes one utterance of the case, or adds it, and keeps the
// counts that the change does not touch. Claims and parties that it names must be
// in the case already. Pointers from [Index.Utterance] are not good beyond it.
func (x *Index) SetUtterance(u Utterance) {
	i, known := x.graph.number[u.ID]
	if !known {
		i = x.addUtterance(u.ID)
		defer x.relink(u.ID)
	}
	x.Case.Utterances[i] = u
	x.replace(i)
}

func (x *Index) replace(i int) {
	x.graph.forget(i)
	x.graph.leave(i)
	x.graph.enter(i, x.graph.nodeOf(&x.Case.Utterances[i]))
	x.graph.forget(i)
}

func (x *Index) addUtterance(id string) int {
	x.Case.Utterances = append(x.Case.Utterances, Utterance{})
	i := len(x.graph.nodes)
	x.graph.number[id] = i
	x.graph.utteranceIDs = append(x.graph.utteranceIDs, id)
	x.graph.nodes = append(x.graph.nodes, node{})
	x.graph.downs = append(x.graph.downs, nil)
	return i
}

// relink enters again those that had named an utterance before it was there.
func (x *Index) relink(id string) {
	for i := range x.Case.Utterances {
		u := &x.Case.Utterances[i]
		if slices.Contains(u.Relays, id) || slices.Contains(u.InformedBy, id) {
			x.replace(i)
		}
	}
}
