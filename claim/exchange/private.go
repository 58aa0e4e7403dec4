// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"slices"

	"tamizdat/claim"
)

// privacy says which things tell of a source, so that less of them leaves.
type privacy struct {
	letters map[string]bool // documents that are letters, that a hidden party made, or made from one
	hidden  map[string]bool // parties that must not be told apart
	said    map[string]bool // utterances that only a source can have told of
	counted map[string]bool // numbers that rest on such an utterance
}

func privacyOf(c *claim.Case) privacy {
	p := privacy{letters: letterDocuments(c, nil)}
	for known := -1; known < len(p.letters); { // who speaks in what a source made is hidden too
		known = len(p.letters)
		p.hidden = hiddenParties(c, p.letters)
		p.letters = letterDocuments(c, p.hidden)
	}
	p.said = map[string]bool{}
	for _, u := range c.Utterances {
		if p.hidden[u.Speaker] || p.letters[u.Doc] || p.toldToSource(u) {
			p.said[u.ID] = true
		}
	}
	p.upstream(c)
	p.informants(c)
	p.numbers(c)
	return p
}

// open reports whether a document is one that others than the desk can have.
func (p privacy) open(document string) bool { return document != "" && !p.letters[document] }

// toldToSource: who said something to a source alone knows to whom.
func (p privacy) toldToSource(u claim.Utterance) bool { return p.hidden[u.To] && !p.open(u.Doc) }

// upstream adds what stands in no open document and is repeated in letters only:
// nobody but the source has told of it.
func (p privacy) upstream(c *claim.Case) {
	repeated := map[string][]string{}
	for _, u := range c.Utterances {
		for _, up := range slices.Concat(u.Relays, u.InformedBy) {
			repeated[up] = append(repeated[up], u.ID)
		}
	}
	for grown := true; grown; {
		grown = false
		for _, u := range c.Utterances {
			others := slices.ContainsFunc(repeated[u.ID], func(id string) bool { return !p.said[id] })
			if !p.said[u.ID] && !p.open(u.Doc) && len(repeated[u.ID]) > 0 && !others {
				p.said[u.ID], grown = true, true
			}
		}
	}
}

// informants hides unnamed people of whom only letters tell: a label such as “the
// deputy in the next room” says where the writer sits.
func (p privacy) informants(c *claim.Case) {
	speaks, openly := map[string]bool{}, map[string]bool{}
	for _, u := range c.Utterances {
		speaks[u.Speaker] = true
		openly[u.Speaker] = openly[u.Speaker] || !p.said[u.ID]
	}
	for _, party := range c.Parties {
		if unnamed(party.Kind) && speaks[party.ID] && !openly[party.ID] {
			p.hidden[party.ID] = true
		}
	}
}

// numbers finds the estimates that are known from letters only, with what was
// reckoned from them: since when they are known tells when a letter came.
func (p *privacy) numbers(c *claim.Case) {
	anywhere, openly := map[string]bool{}, map[string]bool{}
	for _, u := range c.Utterances {
		for _, id := range u.Claims {
			anywhere[id] = true
			openly[id] = openly[id] || !p.said[u.ID]
		}
	}
	p.counted = map[string]bool{}
	for grown := true; grown; {
		grown = false
		for _, e := range c.Estimates {
			unsaid := e.By == "" && anywhere[e.Claim] && !openly[e.Claim]
			derived := slices.ContainsFunc(e.DerivedFrom, func(id string) bool { return p.counted[id] })
			if !p.counted[e.ID] && (p.said[e.By] || p.hidden[e.ByParty] || unsaid || derived) {
				p.counted[e.ID], grown = true, true
			}
		}
	}
}
