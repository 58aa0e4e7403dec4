// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"slices"

	"tamizdat/claim"
)

// Credibilities gives the words of the Admiralty code (AJP-2.1) for a
// credibility from 1 to 6, and "" for what nobody has judged.
func Credibilities(credibility int) string {
	words := [...]string{"", "confirmed by other sources", "probably true", "possibly true", "doubtful", "improbable", "cannot be judged"}
	if credibility < 1 || credibility >= len(words) {
		return ""
	}
	return words[credibility]
}

// FirstSpeaker gives who said exactly this claim first, as far as the case
// knows, or nil: the speaker of [First].
//
// Call it on an index of a [Public] copy, where sources have no label.
func FirstSpeaker(x *claim.Index, id string) *claim.Party {
	first := First(x, id)
	if first == nil {
		return nil
	}
	return x.Party(first.Speaker)
}

// First gives the utterance that made exactly this claim first, as far as the
// case knows, or nil: among those that carry it and repeat none that does, the
// one of the earliest date, and then the first of the case. One that had it from
// somebody unknown stands back behind all others, whatever the dates: it is known
// not to be the first. Who denies the claim or asks about it has not said it.
func First(x *claim.Index, id string) *claim.Utterance {
	var first *claim.Utterance
	for _, sid := range x.Saying(id) {
		u := x.Utterance(sid)
		if !says(u, id) || repeats(x, u, id) {
			continue
		}
		if first == nil || before(u, first) {
			first = u
		}
	}
	return first
}

func before(u, first *claim.Utterance) bool {
	if u.UpstreamUnknown != first.UpstreamUnknown {
		return first.UpstreamUnknown
	}
	return !u.At.IsZero() && (first.At.IsZero() || earliest(u) < earliest(first))
}

func says(u *claim.Utterance, id string) bool {
	return u != nil && u.Mode != "denies" && u.Mode != "asks" && slices.Contains(u.Claims, id)
}

func repeats(x *claim.Index, u *claim.Utterance, id string) bool {
	return slices.ContainsFunc(u.Relays, func(up string) bool { return up != u.ID && says(x.Utterance(up), id) })
}

func earliest(u *claim.Utterance) claim.Day {
	d, _ := u.At.Bounds()
	return d
}

// Appearances lists the documents in which exactly this claim stands, in the
// order of the case.
func Appearances(x *claim.Index, id string) []*claim.Document {
	var out []*claim.Document
	for _, sid := range x.Saying(id) {
		u := x.Utterance(sid)
		if d := x.Document(u.Doc); d != nil && says(u, id) && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}
