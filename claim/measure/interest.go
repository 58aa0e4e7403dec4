// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"strings"

	"tamizdat/claim"
)

// Interest says what a number does for whoever gives it.
type Interest string

// The interests. What the case does not tell is [InterestUnknown].
const (
	OwnSideAdmits   Interest = "own side admits"
	EnemyClaims     Interest = "enemy claims"
	Belligerent     Interest = "a belligerent claims"
	ThirdParty      Interest = "third party"
	NamedCount      Interest = "named count"
	InterestUnknown Interest = "unknown"
)

// InterestOf reads the interest from what the case says and from nothing else:
// the method official_admission, adversary_claim or named_count; else how the
// interest noted at the speaker begins: “belligerent”, “third party”, or
// “party-aligned” for a third party that leans to a side. All else is unknown.
func InterestOf(x *claim.Index, e *claim.Estimate) Interest {
	switch e.Method {
	case "official_admission":
		return OwnSideAdmits
	case "adversary_claim":
		return EnemyClaims
	case "named_count":
		return NamedCount
	}
	p := x.Party(SpeakerOf(x, e))
	if p == nil {
		return InterestUnknown
	}
	noted := strings.ToLower(strings.TrimSpace(p.Interest))
	switch {
	case strings.HasPrefix(noted, "belligerent"):
		return Belligerent
	case strings.HasPrefix(noted, "third party"), strings.HasPrefix(noted, "party-aligned"):
		return ThirdParty
	}
	return InterestUnknown
}

// SpeakerOf gives the party that gave an estimate, or "".
func SpeakerOf(x *claim.Index, e *claim.Estimate) string {
	if e.ByParty != "" {
		return e.ByParty
	}
	if u := x.Utterance(e.By); u != nil {
		return u.Speaker
	}
	return ""
}

// nameOf tells who gave an estimate, for readers.
func nameOf(x *claim.Index, e *claim.Estimate) string {
	switch s := SpeakerOf(x, e); {
	case s != "":
		return x.Name(s)
	case e.ByDataset != "":
		return e.ByDataset
	}
	return "unknown"
}
