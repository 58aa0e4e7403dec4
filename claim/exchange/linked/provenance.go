// SPDX-License-Identifier: Apache-2.0

package linked

import (
	"slices"

	"tamizdat/claim"
	"tamizdat/claim/exchange"
)

// node is one thing of a PROV graph. Documents, claims, publications and what
// was said are entities; saying it, and correcting it, are activities; parties
// are agents.
type node struct {
	ID              string `json:"@id"`
	Type            string `json:"@type"`
	Label           string `json:"rdfs:label,omitempty"`
	Value           string `json:"prov:value,omitempty"`
	Kind            string `json:"tz:kind,omitempty"`
	Date            string `json:"tz:date,omitempty"` // EDTF, with its doubts
	Location        *link  `json:"prov:atLocation,omitempty"`
	Attributed      *link  `json:"prov:wasAttributedTo,omitempty"`
	Associated      *link  `json:"prov:wasAssociatedWith,omitempty"`
	Generated       *link  `json:"prov:wasGeneratedBy,omitempty"`
	Quoted          []link `json:"prov:wasQuotedFrom,omitempty"`
	Derived         []link `json:"prov:wasDerivedFrom,omitempty"`
	Primary         []link `json:"prov:hadPrimarySource,omitempty"`
	Revision        *link  `json:"prov:wasRevisionOf,omitempty"`
	Informed        []link `json:"prov:wasInformedBy,omitempty"`
	Used            []link `json:"prov:used,omitempty"`
	Members         []link `json:"prov:hadMember,omitempty"`
	Asserts         []link `json:"tz:asserts,omitempty"`
	Credits         *link  `json:"tz:credits,omitempty"`
	StandsIn        *link  `json:"tz:standsIn,omitempty"`
	Fidelity        string `json:"tz:fidelity,omitempty"`
	Mode            string `json:"tz:mode,omitempty"`
	Basis           string `json:"tz:basis,omitempty"`
	Mutation        string `json:"tz:mutation,omitempty"`
	UpstreamUnknown bool   `json:"tz:upstreamUnknown,omitempty"`
	Credibility     int    `json:"tz:credibility,omitempty"`
	Severity        string `json:"tz:severity,omitempty"`
}

type link struct {
	ID string `json:"@id"`
}

func to(kind, id string) *link {
	if id == "" {
		return nil
	}
	return &link{urn(kind, id)}
}

func toAll(kind string, ids []string) []link {
	var out []link
	for _, id := range ids {
		out = append(out, link{urn(kind, id)})
	}
	return out
}

// The kinds of node that a case has no kind of its own for: the words that an
// utterance brought into the world, and a publication as it was corrected.
const (
	kindStatement = "statement"
	kindCorrected = "corrected"
)

// graph is a PROV document as JSON-LD.
type graph struct {
	Context map[string]string `json:"@context"`
	Graph   []node            `json:"@graph"`
}

// Provenance gives the whole of a case as a PROV graph in JSON-LD: each statement
// is attributed to its speaker, quoted or derived from those that it repeats,
// and names as its primary sources those at the end of the chain.
func Provenance(c claim.Case, waived ...string) ([]byte, error) {
	c = exchange.Public(c, waived...)
	x := claim.NewIndex(&c)
	g := graph{Context: map[string]string{
		"prov": "http://www.w3.org/ns/prov#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "tz": "urn:tamizdat:vocabulary:",
	}}
	for _, p := range c.Parties {
		g.add(node{ID: urn(claim.KindParty, p.ID), Type: provAgent(p.Kind), Label: p.Label, Kind: p.Kind})
	}
	for i := range c.Documents {
		g.add(document(&c.Documents[i]))
	}
	for _, k := range c.Claims {
		g.add(claimNode(k))
	}
	for i := range c.Utterances {
		g.add(said(&c.Utterances[i]), statement(x, &c.Utterances[i]))
	}
	for _, p := range c.Publications {
		g.add(publication(p))
	}
	g.corrections(c.Corrections)
	return encode(g)
}

func (g *graph) add(n ...node) { g.Graph = append(g.Graph, n...) }

func provAgent(kind string) string {
	switch kind {
	case "person", "unnamed_official", "unnamed_person":
		return "prov:Person"
	case "outlet", "government", "organisation", "newsroom":
		return "prov:Organization"
	}
	return "prov:Agent"
}

func document(d *claim.Document) node {
	n := node{
		ID: urn(claim.KindDocument, d.ID), Type: "prov:Entity", Label: d.Title, Kind: d.Kind, Date: d.Published.String(),
		Attributed: to(claim.KindParty, d.Publisher),
	}
	if d.Address != "" {
		n.Location = &link{d.Address}
	}
	if d.DerivativeOf != "" {
		n.Derived = toAll(claim.KindDocument, []string{d.DerivativeOf})
		n.Mutation = d.Method
	}
	return n
}

func claimNode(k claim.Claim) node {
	n := node{ID: urn(claim.KindClaim, k.ID), Type: "prov:Entity", Value: k.Text, Kind: k.Kind, Date: k.Time.String(), Mutation: k.Mutation, Credibility: k.Credibility}
	if k.VariantOf != "" {
		n.Derived = toAll(claim.KindClaim, []string{k.VariantOf})
	}
	return n
}

func said(u *claim.Utterance) node {
	return node{
		ID: urn(claim.KindUtterance, u.ID), Type: "prov:Activity", Date: u.At.String(), Associated: to(claim.KindParty, u.Speaker),
		Informed: toAll(claim.KindUtterance, u.InformedBy), Used: toAll(kindStatement, u.Relays), Mode: u.Mode, Basis: u.Basis,
	}
}

func statement(x *claim.Index, u *claim.Utterance) node {
	n := node{
		ID: urn(kindStatement, u.ID), Type: "prov:Entity", Value: x.Words(u), Generated: to(claim.KindUtterance, u.ID),
		Attributed: to(claim.KindParty, u.Speaker), Credits: to(claim.KindParty, u.AttributedTo), StandsIn: to(claim.KindDocument, u.Doc),
		Asserts: toAll(claim.KindClaim, u.Claims), Fidelity: u.Fidelity, UpstreamUnknown: u.UpstreamUnknown, Primary: toAll(kindStatement, roots(x, u)),
	}
	if u.Fidelity == "verbatim" || u.Fidelity == "translation" {
		n.Quoted = toAll(kindStatement, u.Relays)
	} else {
		n.Derived = toAll(kindStatement, u.Relays)
	}
	return n
}

// roots follows what an utterance repeats to those that repeat nobody.
func roots(x *claim.Index, u *claim.Utterance) []string {
	var out []string
	seen := map[string]bool{u.ID: true}
	stack := slices.Clone(u.Relays)
	for len(stack) > 0 {
		up := x.Utterance(stack[0])
		stack = stack[1:]
		if up == nil || seen[up.ID] {
			continue
		}
		seen[up.ID] = true
		if len(up.Relays) == 0 {
			out = append(out, up.ID)
		}
		stack = append(stack, up.Relays...)
	}
	slices.Sort(out)
	return out
}

func publication(p claim.Publication) node {
	n := node{ID: urn(claim.KindPublication, p.ID), Type: "prov:Entity", Date: p.Released.String(), Revision: to(claim.KindPublication, p.Supersedes)}
	for _, f := range p.Claims {
		n.Members = append(n.Members, *to(claim.KindClaim, f.ID))
	}
	for _, f := range p.Documents {
		n.Members = append(n.Members, *to(claim.KindDocument, f.ID))
	}
	return n
}

// corrections: each is an activity, and the publication as it has to be read
// since is a revision of the one that was printed.
func (g *graph) corrections(list []claim.Correction) {
	for _, k := range list {
		g.add(
			node{
				ID: urn(claim.KindCorrection, k.ID), Type: "prov:Activity", Label: k.WhatWasWrong, Date: k.At.String(), Severity: k.Severity,
				Used: append(toAll(claim.KindPublication, []string{k.Publication}), toAll(claim.KindClaim, k.Claims)...),
			},
			node{
				ID: urn(kindCorrected, k.ID), Type: "prov:Entity", Value: k.WhatIsRight, Generated: to(claim.KindCorrection, k.ID),
				Revision: to(claim.KindPublication, k.Publication),
			},
		)
	}
}
