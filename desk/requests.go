// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"

	"tamizdat/letter/wire"
)

// draftSigned notes that this person compared the words of the newcomers'
// requests and signed a roster. They count from when that roster is adopted: a
// draft that came to nothing fixes nobody's admin key.
type draftSigned struct {
	Roster   hash32   `json:"roster"`
	Requests [][]byte `json:"requests"`
}

func (*draftSigned) kind() string { return "draft.signed" }

func (e *draftSigned) apply(s *state, _ int64) error {
	if _, err := parseRequests(e.Requests); err != nil {
		return err
	}
	s.signed[wire.Hash(e.Roster)] = e.Requests
	return nil
}

// learnSigned takes the requests that came with a roster now adopted. All other
// drafts came to nothing.
func (s *state) learnSigned(roster wire.Hash) error {
	requests := s.signed[roster]
	clear(s.signed)
	return (&requestsKnown{Requests: requests}).apply(s, 0)
}

// requested are the draft's requests by person.
func (d *Draft) requested() map[wire.JournalistID]*wire.JournalistRequest {
	out := map[wire.JournalistID]*wire.JournalistRequest{}
	for _, b := range d.requests {
		if q, err := wire.ParseRequest(b); err == nil {
			out[q.Journalist.ID] = q
		}
	}
	return out
}

// rosterHash is what the next roster will name as previous.
func (d *Draft) rosterHash() wire.Hash {
	part, _, err := wire.SplitRoster(d.roster)
	if err != nil {
		return wire.Hash{}
	}
	return wire.HashTag(wire.TagRoster, part)
}

// newcomers are the requests of those who join by this very draft, or found it.
// A request of anybody else proves nothing here: whoever had the file in hand can
// have put a colleague's public entry beside a key of his own.
func (d *Desk) newcomers(draft *Draft) (out [][]byte) {
	old := d.known()
	direct := draft.body.Number == old.Number+1
	for _, b := range draft.requests {
		q, err := wire.ParseRequest(b)
		if err == nil && (direct && !lists(old, q.Journalist.ID) || bytes.Equal(b, d.Request())) {
			out = append(out, b)
		}
	}
	return out
}

// founders are the requests to believe of a founding that this desk joins without
// having signed it: its check words were compared, and they vouch for every key.
// Of later drafts only who signed compared anything.
func (d *Desk) founders(draft *Draft) [][]byte {
	if d.s.newsroom != nil || draft.body.Number != 1 || len(d.joinFaults(draft)) > 0 {
		return nil
	}
	return d.newcomers(draft)
}

// owners say whose an admin key is, as far as this desk can tell: by the requests
// known from when people joined, and of those who join by this draft.
func (d *Desk) owners(draft *Draft) map[wire.AdminKey]wire.Journalist {
	out := map[wire.AdminKey]wire.Journalist{}
	for _, q := range d.s.requests {
		out[q.Admin] = q.Journalist
	}
	if added, err := parseRequests(d.newcomers(draft)); err == nil {
		for _, q := range added {
			out[q.Admin] = q.Journalist
		}
	}
	return out
}
