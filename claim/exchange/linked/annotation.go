// SPDX-License-Identifier: Apache-2.0

package linked

import (
	"tamizdat/claim"
	"tamizdat/claim/exchange"
)

// annotation is a W3C Web Annotation: a passage, and the claims found in it.
type annotation struct {
	Context    string `json:"@context"`
	ID         string `json:"id"`
	Type       string `json:"type"`
	Motivation string `json:"motivation"`
	Body       []body `json:"body,omitempty"`
	Target     target `json:"target"`
}

type body struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Value  string `json:"value"`
	Format string `json:"format"`
}

type target struct {
	Source   string     `json:"source"`
	Selector []selector `json:"selector"`
}

// selector is a TextQuoteSelector, or a TextPositionSelector with offsets in
// Unicode code points.
type selector struct {
	Type   string `json:"type"`
	Exact  string `json:"exact,omitempty"`
	Prefix string `json:"prefix,omitempty"`
	Suffix string `json:"suffix,omitempty"`
	Start  *int   `json:"start,omitempty"`
	End    *int   `json:"end,omitempty"`
}

// Annotations gives a JSON array with one annotation for each marked passage,
// and for each quotation of a document that no passage has.
func Annotations(c claim.Case, waived ...string) ([]byte, error) {
	c = exchange.Public(c, waived...)
	x := claim.NewIndex(&c)
	list := []annotation{}
	for i := range c.Spans {
		if d := x.Document(c.Spans[i].Document); d != nil {
			list = append(list, newAnnotation(claim.KindSpan, c.Spans[i].ID, d, selectors(&c.Spans[i]), bodies(x, c.Spans[i].ID)))
		}
	}
	for i := range c.Utterances {
		u := &c.Utterances[i]
		if d := x.Document(u.Doc); d != nil && u.Span == "" && u.Quote != "" {
			quote := []selector{{Type: "TextQuoteSelector", Exact: u.Quote}}
			list = append(list, newAnnotation(claim.KindUtterance, u.ID, d, quote, claimBodies(x, u.Claims)))
		}
	}
	return encode(list)
}

func newAnnotation(kind, id string, d *claim.Document, s []selector, b []body) annotation {
	return annotation{
		Context: "http://www.w3.org/ns/anno.jsonld", ID: urn("annotation", kind+"-"+id), Type: "Annotation", Motivation: "identifying",
		Body: b, Target: target{place(d), s},
	}
}

func selectors(s *claim.Span) []selector {
	out := []selector{{Type: "TextQuoteSelector", Exact: s.Exact, Prefix: s.Prefix, Suffix: s.Suffix}}
	if s.Start != nil && s.End != nil {
		out = append(out, selector{Type: "TextPositionSelector", Start: s.Start, End: s.End})
	}
	return out
}

// bodies are the claims of the utterances that stand in a passage.
func bodies(x *claim.Index, span string) []body {
	var out []body
	for i := range x.Case.Utterances {
		if u := &x.Case.Utterances[i]; u.Span == span {
			out = append(out, claimBodies(x, u.Claims)...)
		}
	}
	return out
}

func claimBodies(x *claim.Index, ids []string) []body {
	var out []body
	for _, id := range ids {
		if k := x.Claim(id); k != nil {
			out = append(out, body{urn(claim.KindClaim, id), "TextualBody", k.Text, "text/plain"})
		}
	}
	return out
}
