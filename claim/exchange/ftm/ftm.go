// SPDX-License-Identifier: Apache-2.0

// Package ftm writes a case as FollowTheMoney entities, one JSON object a line,
// which Aleph and other tools for investigations read. Call [Entities].
//
// FollowTheMoney knows people, organisations, documents and events, and nothing
// that is said: an act of saying becomes a Note about its speaker, with the
// document as its proof, and who repeats whom an UnknownLink. Credibility,
// estimates and forecasts have no place there and stay behind.
//
// A letter becomes a PlainText and not a Message, which must name its sender.
//
// All of it is made from the copy that may leave, see [exchange.Public], and the
// same case gives the same bytes.
package ftm

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/exchange"
)

// Entity is one FollowTheMoney entity. Every property has a list of values.
type Entity struct {
	ID         string              `json:"id"`
	Schema     string              `json:"schema"`
	Properties map[string][]string `json:"properties"`
}

// Entities gives the case as lines of JSON.
func Entities(c claim.Case, waived ...string) ([]byte, error) {
	c = exchange.Public(c, waived...)
	w := &writer{x: claim.NewIndex(&c), seen: map[string]bool{}}
	for i := range c.Parties {
		w.party(&c.Parties[i])
	}
	for i := range c.Documents {
		w.document(&c.Documents[i])
	}
	for i := range c.Claims {
		w.event(&c.Claims[i])
	}
	for i := range c.Utterances {
		w.utterance(&c.Utterances[i])
	}
	for i := range c.Parties {
		w.links(&c.Parties[i])
	}
	return w.out.Bytes(), w.err
}

// writer writes entities, each once.
type writer struct {
	x    *claim.Index
	out  bytes.Buffer
	seen map[string]bool
	err  error
}

// name is the id of an entity.
func name(kind, id string) string { return "tamizdat-" + kind + "-" + url.PathEscape(id) }

// add writes an entity without the values that are empty.
func (w *writer) add(id, schema string, properties map[string][]string) {
	if w.seen[id] || w.err != nil {
		return
	}
	w.seen[id] = true
	kept := map[string][]string{}
	for p, values := range properties {
		for _, v := range values {
			if v = strings.TrimSpace(v); v != "" {
				kept[p] = append(kept[p], v)
			}
		}
	}
	enc := json.NewEncoder(&w.out)
	enc.SetEscapeHTML(false)
	w.err = enc.Encode(Entity{id, schema, kept})
}

func (w *writer) party(p *claim.Party) {
	label := p.Label
	if label == "" {
		label = exchange.Unnamed(p.Kind)
	}
	w.add(name(claim.KindParty, p.ID), partySchema(p.Kind), map[string][]string{"name": {label}})
}

func partySchema(kind string) string {
	switch kind {
	case "person", "unnamed_person", "unnamed_official":
		return "Person"
	case "government":
		return "PublicBody"
	case "outlet", "organisation", "newsroom":
		return "Organization"
	}
	return "LegalEntity"
}

func (w *writer) document(d *claim.Document) {
	title := d.Title
	if title == "" {
		title = "a document of the kind " + d.Kind
	}
	w.add(name(claim.KindDocument, d.ID), documentSchema(d.Kind), map[string][]string{
		"name": {title}, "title": {d.Title}, "fileName": {title}, "publishedAt": {exchange.ISODate(d.Published)}, "language": {language(d.Language)},
		"sourceUrl": {d.Address}, "publisher": {w.label(d.Publisher)},
	})
}

func (w *writer) label(party string) string {
	if p := w.x.Party(party); p != nil {
		return p.Label
	}
	return ""
}

func documentSchema(kind string) string {
	switch kind {
	case "article", "interview":
		return "Article"
	case "letter":
		return "PlainText"
	}
	return "Document"
}

// event is for claims that something happened. What else is claimed has no
// schema, and stands in the notes of those who say it.
func (w *writer) event(c *claim.Claim) {
	if c.Kind == "event" {
		w.add(name(claim.KindClaim, c.ID), "Event", map[string][]string{
			"name": {c.Text}, "date": {exchange.ISODate(c.Time)}, "location": {c.Place}, "summary": {"a claim that something happened: " + standing(c)},
		})
	}
}

func standing(c *claim.Claim) string {
	if words := exchange.Credibilities(c.Credibility); words != "" {
		return words
	}
	return "not judged"
}

// utterance is a note about the speaker, and about the event where it tells of
// one. Who repeats somebody is linked to them.
func (w *writer) utterance(u *claim.Utterance) {
	about, texts := []string{name(claim.KindParty, u.Speaker)}, []string{}
	for _, id := range u.Claims {
		c := w.x.Claim(id)
		if c == nil {
			continue
		}
		texts = append(texts, c.Text)
		if c.Kind == "event" {
			about = append(about, name(claim.KindClaim, id))
		}
	}
	proof := ""
	if w.x.Document(u.Doc) != nil {
		proof = name(claim.KindDocument, u.Doc)
	}
	w.add(name(claim.KindUtterance, u.ID), "Note", map[string][]string{
		"name": {w.label(u.Speaker) + " " + mode(u.Mode)}, "description": texts, "summary": {when(u.At)}, "entity": about, "proof": {proof},
	})
	for _, up := range u.Relays {
		if from := w.x.Utterance(up); from != nil {
			w.link(u.ID+"-"+up, u.Speaker, from.Speaker, "repeats", exchange.ISODate(u.At))
		}
	}
}

func mode(m string) string {
	if m == "" {
		return "asserts"
	}
	return m
}

// when keeps the doubts of a date, which no field for dates does.
func when(d claim.Date) string {
	if d.IsZero() {
		return ""
	}
	return "said on " + d.String() + " (EDTF)"
}

func (w *writer) links(p *claim.Party) {
	if p.MemberOf != "" {
		w.link(p.ID+"-member", p.ID, p.MemberOf, "belongs to or speaks for", "")
	}
	for _, o := range p.PossiblySameAs {
		w.link(min(p.ID, o)+"-same-"+max(p.ID, o), p.ID, o, "may be the same as", "")
	}
}

func (w *writer) link(id, from, to, role, date string) {
	w.add(name("link", id), "UnknownLink", map[string][]string{
		"subject": {name(claim.KindParty, from)}, "object": {name(claim.KindParty, to)}, "role": {role}, "date": {date},
	})
}
