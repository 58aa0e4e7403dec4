// SPDX-License-Identifier: Apache-2.0

package board

import (
	"slices"

	"tamizdat/claim"
)

// Saying keeps, as a decision, that one person says how a question resolves.
// Nothing is resolved by it: a second person has to say the same of the outcome,
// the day and the document ([Board.SaidSo]). Whoever changes their mind removes it.
func Saying(id, question string, v Verdict, by string, at claim.Date) claim.Decision {
	return claim.Decision{ID: id, Suggestion: v.key(question), Choice: v.Resolution, Object: question, By: by, At: at}
}

// key names a verdict without the people, so that two who say the same have one.
func (v Verdict) key(question string) string {
	return v.of(&claim.Question{ID: question}).VerdictKey()
}

// SaidSo lists who has said that a question resolves so, each once, the first of
// them first. It believes the name in the decision; what signed a decision, its
// log knows.
func (b *Board) SaidSo(question string, v Verdict) []string {
	var by []string
	for _, d := range b.Sayings(question) {
		same := func(other string) bool { return claim.SamePerson(other, d.By) }
		if d.Suggestion == v.key(question) && !blank(d.By) && !slices.ContainsFunc(by, same) {
			by = append(by, d.By)
		}
	}
	return by
}

// Sayings lists what people have said about how a question resolves, whether
// they agree or not, in the order of the case.
func (b *Board) Sayings(question string) []claim.Decision {
	var out []claim.Decision
	for _, d := range b.index.Case.Decisions {
		if d.Object == question && d.Resolves() {
			out = append(out, d)
		}
	}
	return out
}
