// SPDX-License-Identifier: Apache-2.0

// Package judge helps three people to say how far something can be believed,
// and keeps four questions apart: how reliable is who says it ([Record],
// [MayRate]), how credible is what is said ([CeilingOf], [HintFor]), is the
// document what it says it is ([Weigh]), and did this speaker say it at all
// ([AttributionOf]). [Matrix] compares rival explanations, and [Exposed] asks how
// many could have known what is about to be printed.
//
// It proposes and never decides: each hint comes with every step of its working,
// and the person's choice is recorded beside it ([HintDecision], [Agreement]).
// What nobody has judged is absent. F and 6 take no part in any arithmetic. It
// refuses a credibility of 1 that fewer than two origins carry, and a reliability
// for an unknown writer of whom nothing has ever come true or false.
package judge

import (
	"slices"

	"tamizdat/claim"
)

// Counter counts the origins of a claim; [claim.Index.Origins] is one.
type Counter func(claim string) claim.Origins

// ReliabilityFor gives what the desk has said of a party on a topic, and where:
// at its source for that topic, at its source for all, or at the party itself.
// Empty where nobody has judged.
func ReliabilityFor(x *claim.Index, party, topic string) (r claim.Reliability, where string) {
	if s := sourceOf(x, party); s != nil {
		if r := s.Reliability[topic]; r != "" && topic != "" {
			return r, "for the topic " + topic
		}
		if r := s.Reliability[""]; r != "" {
			return r, "for all topics"
		}
	}
	if p := x.Party(party); p != nil && p.Reliability != "" {
		return p.Reliability, "for all topics"
	}
	return "", "nobody has judged"
}

func sourceOf(x *claim.Index, party string) *claim.Source {
	if party == "" {
		return nil
	}
	i := slices.IndexFunc(x.Case.Sources, func(s claim.Source) bool { return s.Party == party })
	if i < 0 {
		return nil
	}
	return &x.Case.Sources[i]
}
