// SPDX-License-Identifier: Apache-2.0

// Package mutation reads each relay beside what it relays, and proposes where the
// two differ: another number, unit or population, another thing counted, another
// speaker, doer and done-to in each other's place, more or less certain, another
// day, a wider claim. Call [Propose].
//
// It proposes and never decides: every [Proposal] shows both wordings and has a
// key by which a person accepts or refuses it, once. It needs none of the labels
// that editors give (variant_of, mutation, fidelity, misquotes), and where they
// gave them it uses only variant_of, to know what is about the same thing.
//
// It reads by rules and a list of words in English, Russian and Ukrainian, and is
// silent where it does not understand. Silence is no sign that a relay is
// faithful. docs/CLAIMS.md lists what it cannot find, and what was measured.
package mutation

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"tamizdat/claim"
)

// Label says what a relay changed.
type Label string

// The labels.
const (
	LabelCount      Label = "count"
	LabelUnit       Label = "unit"
	LabelPopulation Label = "population"
	LabelMeasurand  Label = "measurand"
	LabelSpeaker    Label = "speaker"
	LabelRoles      Label = "agent and patient swapped"
	LabelModality   Label = "modality"
	LabelDate       Label = "date"
	LabelScope      Label = "scope"
)

// Labels lists them in the order in which proposals about one statement stand.
func Labels() []Label {
	return []Label{LabelCount, LabelUnit, LabelPopulation, LabelMeasurand, LabelSpeaker, LabelRoles, LabelModality, LabelDate, LabelScope}
}

// Kinds of thing that a [Side] can be, besides claim.KindClaim, claim.KindEstimate
// and claim.KindParty: a sentence of the words of an utterance, and the day on
// which a document was published.
const (
	KindWords    = "words"
	KindDocument = claim.KindDocument
)

// Side is one of the two things that differ.
type Side struct {
	Kind string `json:"kind"`
	ID   string `json:"id"` // of the claim, estimate, party or document; of the utterance for words
	Text string `json:"text"`
}

// Proposal is one difference that a person is asked about.
type Proposal struct {
	Key       string `json:"key"`       // for [claim.Decision]; changes when either wording does
	Utterance string `json:"utterance"` // the relay
	Relayed   string `json:"relayed"`   // the utterance that it relays, perhaps through others
	Informed  bool   `json:"informed"`  // it does not relay that one, its speaker only knew it
	From      Side   `json:"from"`      // what was said
	To        Side   `json:"to"`        // what the relay says
	Label     Label  `json:"label"`
	Reason    string `json:"reason"`   // one sentence with both wordings
	Labelled  bool   `json:"labelled"` // the editors have recorded it already
}

// Limits of one utterance's climb toward its roots. A chain of hands longer than
// this is compared with its nearer part only.
const (
	maxHops      = 32
	maxAncestors = 256
)

// Propose compares every utterance with what it relays, up to the roots, and with
// what it was informed by. The order is that of the case; equal cases give equal
// lists. What a person has accepted or refused is not proposed again.
func Propose(x *claim.Index) []Proposal {
	e := engine{x: x, lexicon: readLexicon(lexiconText), readings: map[string]*reading{}, decided: map[string]bool{}, named: map[string][]claim.Estimate{}}
	for _, d := range x.Case.Decisions {
		e.decided[d.Suggestion] = true
	}
	for _, s := range x.Case.Estimates {
		if s.By != "" {
			e.named[s.By] = append(e.named[s.By], s)
		}
	}
	e.parties()
	for i := range x.Case.Utterances {
		e.utterance(&x.Case.Utterances[i])
	}
	return e.proposals
}

// engine is one run over a case.
type engine struct {
	x         *claim.Index
	lexicon   *lexicon
	readings  map[string]*reading // by text: claims are repeated far more often than changed
	decided   map[string]bool
	named     map[string][]claim.Estimate // by the utterance that gives them
	aliases   map[string][]alias          // of parties, by one of their words
	proposals []Proposal
}

func (e *engine) read(text string) *reading {
	r := e.readings[text]
	if r == nil {
		r = e.lexicon.read(text)
		e.readings[text] = r
	}
	return r
}

// ancestor is an utterance that another leads to.
type ancestor struct {
	*claim.Utterance
	hops     int
	informed bool
}

// ancestors climbs the relays, the nearest first; what the utterance was only
// informed by comes last, and is not climbed from.
func (e *engine) ancestors(u *claim.Utterance) []ancestor {
	seen := map[string]bool{u.ID: true}
	var out []ancestor
	add := func(id string, hops int, informed bool) {
		if v := e.x.Utterance(id); v != nil && !seen[id] && len(out) < maxAncestors {
			seen[id] = true
			out = append(out, ancestor{v, hops, informed})
		}
	}
	for _, id := range u.Relays {
		add(id, 1, false)
	}
	for i := 0; i < len(out) && out[i].hops < maxHops; i++ {
		for _, id := range out[i].Relays {
			add(id, out[i].hops+1, false)
		}
	}
	for _, id := range u.InformedBy {
		add(id, maxHops+1, true)
	}
	return out
}

func (e *engine) utterance(u *claim.Utterance) {
	if len(u.Relays) == 0 && len(u.InformedBy) == 0 {
		return
	}
	above := e.ancestors(u)
	from := len(e.proposals)
	loose := e.statements(u, above)
	e.modes(u, above)
	e.estimates(u, above)
	e.speaker(u, above, loose)
	e.published(u, above, loose)
	e.settle(from)
}

// settle orders the proposals of one utterance and drops what is decided or
// proposed twice.
func (e *engine) settle(from int) {
	list := e.proposals[from:]
	rank := func(p Proposal) int { return slices.Index(Labels(), p.Label) }
	slices.SortStableFunc(list, func(a, b Proposal) int { return cmp.Compare(rank(a), rank(b)) })
	seen := map[string]bool{}
	list = slices.DeleteFunc(list, func(p Proposal) bool {
		again := e.decided[p.Key] || seen[p.Key]
		seen[p.Key] = true
		return again
	})
	e.proposals = e.proposals[:from+len(list)]
}

func (e *engine) propose(u *claim.Utterance, v ancestor, label Label, from, to Side, reason string) {
	p := Proposal{Utterance: u.ID, Relayed: v.ID, Informed: v.informed, From: from, To: to, Label: label, Reason: reason}
	p.Labelled = e.labelled(p)
	p.Key = key(p)
	e.proposals = append(e.proposals, p)
}

// labelled tells whether the editors said so themselves.
func (e *engine) labelled(p Proposal) bool {
	switch p.To.Kind {
	case claim.KindClaim:
		a, b := e.x.Claim(p.From.ID), e.x.Claim(p.To.ID)
		return a != nil && b != nil && (b.VariantOf == a.ID && b.Mutation != "" || a.VariantOf == b.ID && a.Mutation != "")
	case claim.KindEstimate:
		s := e.x.Estimate(p.To.ID)
		return s != nil && s.Misquotes == p.From.ID
	}
	return false
}

// key names a proposal by where it stands, and by a hash of both wordings: a
// decision is about the words that a person saw, and not about later ones.
func key(p Proposal) string {
	sum := sha256.Sum256([]byte(p.From.Text + "\x00" + p.To.Text))
	where := []string{"mutation", p.Utterance, p.Relayed, p.From.Kind, p.From.ID, p.To.Kind, p.To.ID, strings.ReplaceAll(string(p.Label), " ", "-")}
	return strings.Join(append(where, hex.EncodeToString(sum[:6])), "/")
}
