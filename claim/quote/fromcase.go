// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"strings"

	"tamizdat/claim"
)

// FromCase gives the words that a case holds: passages of letters, what the
// publisher said elsewhere, and what others said. The publisher is every party
// of kind newsroom, who belongs to one, and to whom a letter is addressed.
//
// Where the case has no words of what the publisher said, the claims that it
// carries stand in, marked as the desk's account: what is near them is said
// elsewhere, and never verbatim.
func FromCase(c *claim.Case) []Text {
	f := fromCase{Index: claim.NewIndex(c), publishers: publishers(c)}
	var letters, said, others []Text
	for i := range c.Spans {
		if s := &c.Spans[i]; f.letterOf(s.Document) != "" {
			letters = append(letters, f.passage(s.Document, s.Exact))
		}
	}
	for i := range c.Utterances {
		u := &c.Utterances[i]
		words := f.Words(u)
		switch {
		case f.letterOf(u.Doc) != "":
			if words != "" && f.Span(u.Span) == nil {
				letters = append(letters, f.passage(u.Doc, words))
			}
		case f.publishers[u.Speaker]:
			said = append(said, f.said(u, words))
		case words != "":
			t := f.said(u, words)
			t.Kind = Other
			others = append(others, t)
		}
	}
	return append(append(letters, said...), others...)
}

type fromCase struct {
	*claim.Index
	publishers map[string]bool
}

func publishers(c *claim.Case) map[string]bool {
	set := map[string]bool{}
	for _, p := range c.Parties {
		if p.Kind == "newsroom" {
			set[p.ID] = true
		}
	}
	for _, p := range c.Parties {
		if set[p.MemberOf] {
			set[p.ID] = true
		}
	}
	letters := map[string]bool{}
	for _, d := range c.Documents {
		letters[d.ID] = d.Kind == "letter"
	}
	for _, u := range c.Utterances {
		if letters[u.Doc] && u.To != "" {
			set[u.To] = true
		}
	}
	return set
}

// letterOf gives the letter that a document is, or is a translation of. The
// number of hops is bounded because a case can be wrong.
func (f fromCase) letterOf(id string) string {
	for range 8 {
		d := f.Document(id)
		switch {
		case d == nil:
			return ""
		case d.Kind == "letter":
			return d.ID
		case d.Kind != "translation":
			return ""
		}
		id = d.DerivativeOf
	}
	return ""
}

func (f fromCase) passage(document, words string) Text {
	d := f.Document(document)
	t := Text{
		Kind: Letter, Letter: "the letter " + f.letterOf(document) + " of the case", Lang: d.Language,
		Remark:     "these words are in the case file; whether they were published was not checked",
		Paragraphs: strings.Split(words, "\n\n"), Role: "original",
	}
	t.Name = t.Letter
	if d.Title != "" {
		t.Name += " (" + d.Title + ")"
	}
	if d.Kind == "translation" {
		t.Role = "translation"
	}
	return t
}

func (f fromCase) said(u *claim.Utterance, words string) Text {
	t := Text{Kind: Publisher, Speaker: f.Name(u.Speaker), DeskWords: words == ""}
	t.Name = "said by " + t.Speaker + f.where(u)
	if f.informed(u) {
		t.Remark = "it is the speaker's own inference, made after reading a letter"
	} else if f.relaysLetter(u) {
		t.Remark = "the speaker passes on what a letter says"
	}
	if d := f.Document(u.Doc); d != nil {
		t.Lang = d.Language
	}
	if words != "" {
		t.Paragraphs = strings.Split(words, "\n\n")
		return t
	}
	for _, id := range u.Claims {
		if c := f.Claim(id); c != nil {
			t.Paragraphs = append(t.Paragraphs, c.Text)
		}
	}
	return t
}

// where names document and date: “ in the interview of 2022-03-22 (The Lamp)”.
func (f fromCase) where(u *claim.Utterance) string {
	d := f.Document(u.Doc)
	if d == nil {
		if u.At.IsZero() {
			return ""
		}
		return " on " + u.At.String()
	}
	s := " in the " + d.Kind
	if to := f.Party(u.To); to != nil && d.Kind == "article" && u.Speaker != d.Publisher {
		s = " to " + f.Name(u.To) + " in the " + d.Kind
	}
	date := u.At
	if date.IsZero() {
		date = d.Published
	}
	if !date.IsZero() {
		s += " of " + date.String()
	}
	if d.Title != "" {
		s += " (" + d.Title + ")"
	}
	return s
}

func (f fromCase) informed(u *claim.Utterance) bool { return f.anyLetter(u.InformedBy) }

func (f fromCase) relaysLetter(u *claim.Utterance) bool { return f.anyLetter(u.Relays) }

func (f fromCase) anyLetter(ids []string) bool {
	for _, id := range ids {
		if u := f.Utterance(id); u != nil && f.letterOf(u.Doc) != "" {
			return true
		}
	}
	return false
}
