// SPDX-License-Identifier: Apache-2.0

package stix

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"tamizdat/claim"
	"tamizdat/claim/exchange"
)

func (w *writer) identity(p claim.Party) object {
	class := "organization"
	switch p.Kind {
	case "person", "unnamed_official", "unnamed_person":
		class = "individual"
	case "unnamed_group", "collective":
		class = "group"
	}
	return object{
		Type: "identity", ID: id("identity", claim.KindParty, p.ID), Name: p.Label, IdentityClass: class,
		Extensions: extended(extension{PartyKind: p.Kind, SourceReliability: string(p.Reliability)}),
	}
}

// claim is a note about those who say it, or about the desk where nobody does.
func (w *writer) claim(c *claim.Claim) object {
	e := extension{ClaimKind: c.Kind, Credibility: c.Credibility, Status: c.Status, Mutation: c.Mutation, Date: c.Time.String()}
	if c.VariantOf != "" {
		e.VariantOf = claimID(c.VariantOf)
	}
	o := object{
		Type: "note", ID: claimID(c.ID), Content: c.Text, Confidence: Confidence(c.Credibility), Extensions: extended(e),
		Objects: w.speakers(c.ID),
	}
	if words := exchange.Credibilities(c.Credibility); words != "" {
		o.Abstract = "Claim, " + words
	}
	return o
}

func claimID(c string) string { return id("note", claim.KindClaim, c) }

func partyID(p string) string {
	if p == "" {
		return ""
	}
	return id("identity", claim.KindParty, p)
}

// speakers lists who says exactly this claim, in the order of the case.
func (w *writer) speakers(claimID string) []string {
	var out []string
	for _, sid := range w.x.Saying(claimID) {
		u := w.x.Utterance(sid)
		if p := partyID(u.Speaker); slices.Contains(u.Claims, claimID) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return []string{w.desk}
	}
	return out
}

// documentID: a report must have its day, so that a document of which only the
// month is known is a note. A letter is one always.
func (w *writer) documentID(d *claim.Document) string {
	if d.Kind != "letter" && d.Published.Exact() && len(w.claimsIn(d.ID)) > 0 {
		return id("report", claim.KindDocument, d.ID)
	}
	return id("note", claim.KindDocument, d.ID)
}

func (w *writer) claimsIn(document string) []string {
	var out []string
	for i := range w.x.Case.Utterances {
		u := &w.x.Case.Utterances[i]
		if u.Doc != document {
			continue
		}
		for _, c := range u.Claims {
			if ref := claimID(c); w.x.Claim(c) != nil && !slices.Contains(out, ref) {
				out = append(out, ref)
			}
		}
	}
	return out
}

func (w *writer) document(d *claim.Document) object {
	o := object{
		ID: w.documentID(d), Lang: d.Language, Objects: w.claimsIn(d.ID), References: []reference{w.reference(d)},
		Extensions: extended(extension{DocumentKind: d.Kind, Date: d.Published.String()}),
	}
	if d.Publisher != "" {
		o.Objects = append([]string{partyID(d.Publisher)}, o.Objects...)
	}
	title := strings.TrimSpace(d.Title)
	if title == "" {
		title = "a document of the kind " + d.Kind
	}
	if o.Type = "report"; strings.HasPrefix(o.ID, "report--") {
		o.Name, o.Published = title, midnight(d.Published)
		return o
	}
	o.Type, o.Content = "note", title
	if len(o.Objects) == 0 {
		o.Objects = []string{w.desk}
	}
	return o
}

// reference tells where a document is and, by its hash, which one it is.
func (w *writer) reference(d *claim.Document) reference {
	r := reference{SourceName: "document", ExternalID: d.ID}
	if p := w.x.Party(d.Publisher); p != nil {
		r.SourceName = p.Label
	}
	if u, err := url.Parse(d.Address); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		r.URL = u.String()
	}
	if sha256Hex().MatchString(d.SHA256) {
		r.Hashes = map[string]string{"SHA-256": strings.ToLower(d.SHA256)}
	}
	return r
}

// utterance is one relationship for each claim, and one to each speaker that it
// repeats: a relationship cannot lead to another.
func (w *writer) utterance(u *claim.Utterance) {
	e := extension{
		Utterance: u.ID, Mode: u.Mode, Basis: u.Basis, Fidelity: u.Fidelity, Date: u.At.String(), AttributedTo: partyID(u.AttributedTo),
		Relays: u.Relays, InformedBy: u.InformedBy, UpstreamUnknown: u.UpstreamUnknown,
	}
	if d := w.x.Document(u.Doc); d != nil {
		e.Document = w.documentID(d)
	}
	if len(u.Relays) == 0 {
		e.Relays = nil
	}
	for _, c := range u.Claims {
		w.add(object{
			Type: "relationship", ID: id("relationship", u.ID, c), RelationshipType: relation(u.Mode), Description: w.x.Words(u),
			Source: partyID(u.Speaker), Target: claimID(c), Extensions: extended(e),
		})
	}
	for _, up := range u.Relays {
		if from := w.x.Utterance(up); from != nil {
			w.add(object{
				Type: "relationship", ID: id("relationship", u.ID, "relays "+up), RelationshipType: "relays",
				Source: partyID(u.Speaker), Target: partyID(from.Speaker), Extensions: extended(e),
			})
		}
	}
}

// The forms of a hash and of a mode, made once: a case has many documents and
// utterances.
var (
	sha256Hex = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-fA-F]{64}$`) })
	oneWord   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z]+$`) })
)

func relation(mode string) string {
	if oneWord().MatchString(mode) {
		return mode
	}
	return "asserts"
}

// evidence is an opinion about a claim, on a scale that has five steps too.
func (w *writer) evidence(e claim.Evidence) {
	steps := map[string]string{"--": "strongly-disagree", "-": "disagree", "0": "neutral", "+": "agree", "++": "strongly-agree"}
	opinion, ok := steps[e.Direction]
	if !ok {
		return
	}
	w.add(object{
		Type: "opinion", ID: id("opinion", claim.KindEvidence, e.ID), Opinion: opinion, Objects: []string{claimID(e.Claim)},
		Extensions: extended(extension{EvidenceItem: e.Item}),
	})
}
