// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"tamizdat/claim"
)

func (k *copier) parties() {
	for _, p := range k.from.Parties {
		offer(k, claim.KindParty, p.ID, &k.to.Parties, k.party(p))
	}
	for i := range k.to.Parties {
		p := &k.to.Parties[i]
		p.MemberOf = k.only(claim.KindParty, p.MemberOf)
		p.PossiblySameAs = k.all(claim.KindParty, p.PossiblySameAs)
	}
}

// party leaves of a hidden party only that somebody speaks. A living person is
// not rated in public.
func (k *copier) party(p claim.Party) claim.Party {
	if k.hidden[p.ID] {
		kind := anonymous(p.Kind)
		return claim.Party{ID: p.ID, Kind: kind, Label: Unnamed(kind)}
	}
	out := claim.Party{ID: p.ID, Kind: p.Kind, Label: p.Label, MemberOf: p.MemberOf}
	if p.Kind != "person" {
		out.Reliability, out.Interest = p.Reliability, p.Interest
	}
	out.PossiblySameAs = k.sayable(p)
	if k.hidden[out.MemberOf] {
		out.MemberOf = ""
	}
	return out
}

// sayable drops every guess at who an unnamed person is.
func (k *copier) sayable(p claim.Party) []string {
	if unnamed(p.Kind) {
		return nil
	}
	var out []string
	for _, o := range k.from.Parties {
		if slices.Contains(p.PossiblySameAs, o.ID) && !unnamed(o.Kind) && !k.hidden[o.ID] {
			out = append(out, o.ID)
		}
	}
	slices.Sort(out)
	return out
}

func anonymous(kind string) string {
	if unnamed(kind) {
		return kind
	}
	return "unnamed_person"
}

// Unnamed gives the words for a party of a kind that is not named.
func Unnamed(kind string) string {
	switch kind {
	case "unnamed_official":
		return "an unnamed official"
	case "unnamed_group":
		return "a group of unnamed people"
	}
	return "an unnamed person"
}

func (k *copier) documents() {
	for _, d := range k.from.Documents {
		offer(k, claim.KindDocument, d.ID, &k.to.Documents, k.document(d))
	}
	for i := range k.to.Documents {
		d := &k.to.Documents[i]
		d.DerivativeOf = k.only(claim.KindDocument, d.DerivativeOf)
	}
}

// document leaves of a letter neither its first line, nor its day, nor its hash,
// by which whoever finds a copy could prove what it is.
func (k *copier) document(d claim.Document) claim.Document {
	out := claim.Document{
		ID: d.ID, Kind: d.Kind, Publisher: k.only(claim.KindParty, d.Publisher), Published: dayOf(d.Published),
		Language: d.Language, DerivativeOf: d.DerivativeOf, Method: d.Method,
	}
	if d.Authenticity != nil {
		out.Authenticity = &claim.Authenticity{Value: d.Authenticity.Value}
	}
	if k.letters[d.ID] {
		out.Published, out.Method = weekOf(d.Published), oneOf(d.Method, "translation", "transcription", "redaction")
		return out
	}
	out.Title, out.SHA256, out.Address = d.Title, d.SHA256, WebAddress(d.Address)
	return out
}

// oneOf keeps a word that anybody may read, and no remark of the desk's.
func oneOf(word string, known ...string) string {
	if slices.Contains(known, word) {
		return word
	}
	return ""
}

// WebAddress gives what a browser opens, without a name or password in it, and
// nothing else: other places are those of somebody's machine, or no addresses.
func WebAddress(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	return u.String()
}

func (k *copier) spans() {
	for _, s := range k.from.Spans {
		switch {
		case k.letters[s.Document]:
			k.withhold(claim.KindSpan, s.ID, "it has words of a letter; those leave only in an edition")
		case k.only(claim.KindDocument, s.Document) == "":
			k.withhold(claim.KindSpan, s.ID, "its document is not in the copy")
		default:
			s := claim.Span{ID: s.ID, Document: s.Document, Exact: s.Exact, Prefix: s.Prefix, Suffix: s.Suffix, Start: s.Start, End: s.End}
			offer(k, claim.KindSpan, s.ID, &k.to.Spans, s)
		}
	}
}

func (k *copier) claims() {
	for _, c := range k.from.Claims {
		if why := k.exposed(c.ID); why != "" {
			k.withhold(claim.KindClaim, c.ID, why)
			continue
		}
		offer(k, claim.KindClaim, c.ID, &k.to.Claims, claim.Claim{
			ID: c.ID, Kind: c.Kind, Text: c.Text, Time: dayOf(c.Time), Place: c.Place, Topic: c.Topic, Status: c.Status,
			Credibility: c.Credibility, VariantOf: c.VariantOf, Mutation: c.Mutation, Contradicts: c.Contradicts,
			DeskObservation: c.DeskObservation, Measurand: c.Measurand,
		})
	}
	for i := range k.to.Claims {
		c := &k.to.Claims[i]
		c.Contradicts = k.all(claim.KindClaim, c.Contradicts)
		if c.VariantOf = k.only(claim.KindClaim, c.VariantOf); c.VariantOf == "" {
			c.Mutation = ""
		}
	}
}

// exposed says why a claim that few could know does not leave. What is no answer
// counts as the worst.
func (k *copier) exposed(id string) string {
	switch answer := k.exposure[id]; {
	case k.waived[id] || answer == "":
		return ""
	case answer == claim.Exposures()[0]:
		return "ten people or fewer could know it, and nobody has waived that"
	case !slices.Contains(claim.Exposures(), answer):
		return fmt.Sprintf("%q does not say how many could know it; it is one of %s", answer, strings.Join(claim.Exposures(), ", "))
	}
	return ""
}

func (k *copier) utterances() {
	for _, u := range k.from.Utterances {
		claims := k.all(claim.KindClaim, u.Claims)
		if len(claims) == 0 {
			k.withhold(claim.KindUtterance, u.ID, "none of its claims is in the copy")
			continue
		}
		if k.only(claim.KindParty, u.Speaker) == "" {
			k.withhold(claim.KindUtterance, u.ID, "its speaker is not in the copy")
			continue
		}
		if k.toldToSource(u) {
			k.withhold(claim.KindUtterance, u.ID, "it was said to a source, and whoever said it knows to whom")
			continue
		}
		offer(k, claim.KindUtterance, u.ID, &k.to.Utterances, k.utterance(u, claims))
	}
	for i := range k.to.Utterances {
		u := &k.to.Utterances[i]
		known := len(u.Relays)
		u.Relays = append([]string{}, k.upstreamOf(u.ID, u.Relays)...)
		u.InformedBy = k.upstreamOf(u.ID, u.InformedBy)
		u.UpstreamUnknown = !k.said[u.ID] && (u.UpstreamUnknown || len(u.Relays) < known)
	}
}

// upstreamOf lists what an utterance repeats or knew. Of what only a source told
// of it lists what is open to everybody: the rest is how the source knows.
func (k *copier) upstreamOf(id string, ids []string) []string {
	out := k.all(claim.KindUtterance, ids)
	if !k.said[id] {
		return out
	}
	return slices.DeleteFunc(out, func(up string) bool { return k.said[up] })
}

// utterance tells of a source neither how it knows, nor when, nor in which words.
func (k *copier) utterance(u claim.Utterance, claims []string) claim.Utterance {
	out := claim.Utterance{
		ID: u.ID, Speaker: u.Speaker, To: k.hearer(u), AttributedTo: k.only(claim.KindParty, u.AttributedTo),
		Doc: k.only(claim.KindDocument, u.Doc), Span: k.only(claim.KindSpan, u.Span), Mode: u.Mode, Claims: claims,
		Relays: u.Relays, InformedBy: u.InformedBy, Fidelity: u.Fidelity, UpstreamUnknown: u.UpstreamUnknown,
	}
	if k.said[u.ID] {
		out.At = weekOf(u.At)
		return out
	}
	out.At, out.Quote, out.Basis = dayOf(u.At), u.Quote, u.Basis
	return out
}

func (k *copier) hearer(u claim.Utterance) string {
	if k.hidden[u.To] {
		return ""
	}
	return k.only(claim.KindParty, u.To)
}
