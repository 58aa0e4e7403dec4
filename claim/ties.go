// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"slices"

	"tamizdat/internal/disjoint"
)

// ties finds what binds roots together. Where many roots share one thing, each is
// tied to the first that has it and not to every other: every count is the same,
// and a case with ten thousand roots stays quick.
func (x *Index) ties(roots []Root) []Tie {
	if len(roots) < 2 {
		return nil
	}
	t := tier{x: x, roots: roots}
	for _, r := range roots {
		t.said = append(t.said, x.graph.number[r.Utterance])
	}
	t.bySpeaker()
	t.byIdentity()
	t.byCredit()
	t.byHolder()
	t.byKnowledge()
	t.byIgnorance()
	slices.SortStableFunc(t.found, func(a, b Tie) int {
		return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B), cmp.Compare(b.Kind.Rho(), a.Kind.Rho()), cmp.Compare(a.Kind, b.Kind))
	})
	return slices.CompactFunc(t.found, func(a, b Tie) bool { return a.A == b.A && a.B == b.B && a.Kind == b.Kind })
}

// tier collects ties.
type tier struct {
	x     *Index
	roots []Root
	said  []int // the number of each root's utterance
	found []Tie
}

func (t *tier) tie(a, b int, kind TieKind, by string) {
	if a == b {
		return
	}
	if a > b {
		a, b = b, a
	}
	t.found = append(t.found, Tie{A: a, B: b, Kind: kind, By: by})
}

func (t *tier) utterance(root int) *Utterance { return &t.x.Case.Utterances[t.said[root]] }

// sharing ties each root to the first with the same key; an empty key is none.
func (t *tier) sharing(kind TieKind, key func(root int) string) {
	first := make(map[string]int, len(t.roots))
	for i := range t.roots {
		k := key(i)
		if k == "" {
			continue
		}
		if f, ok := first[k]; ok {
			t.tie(f, i, kind, k)
			continue
		}
		first[k] = i
	}
}

func (t *tier) bySpeaker() {
	t.sharing(TieSpeaker, func(i int) string { return t.roots[i].Speaker })
}

// byIdentity follows possibly_same_as in both directions: who entered it on one
// party meant both.
func (t *tier) byIdentity() {
	if len(t.x.sameParties()) == 0 {
		return
	}
	first := make(map[string]int, len(t.roots))
	for i := len(t.roots) - 1; i >= 0; i-- {
		first[t.roots[i].Speaker] = i
	}
	for _, group := range t.x.sameParties() {
		at := -1
		for _, party := range group {
			if i, ok := first[party]; ok {
				if at < 0 {
					at = i
				}
				t.tie(at, i, TieSame, "")
			}
		}
	}
}

// sameParties gives the groups that possibly_same_as makes of the parties. A party
// that is named and is not in the case still holds those together who name it.
func (x *Index) sameParties() [][]string {
	if x.graph.same != nil {
		return x.graph.same
	}
	number, ids := x.partyNumbers()
	s := disjoint.New(len(ids))
	for i := range x.Case.Parties {
		for _, other := range x.Case.Parties[i].PossiblySameAs {
			s.Join(number[x.Case.Parties[i].ID], number[other])
		}
	}
	groups := make(map[int][]string)
	for i, id := range ids {
		groups[s.Top(i)] = append(groups[s.Top(i)], id)
	}
	x.graph.same = [][]string{}
	for i := range ids {
		if len(groups[i]) > 1 {
			x.graph.same = append(x.graph.same, groups[i])
		}
	}
	return x.graph.same
}

// partyNumbers numbers the parties, and behind them those that are only named.
func (x *Index) partyNumbers() (number map[string]int, ids []string) {
	number = make(map[string]int, len(x.Case.Parties))
	add := func(id string) {
		if _, known := number[id]; !known {
			number[id] = len(ids)
			ids = append(ids, id)
		}
	}
	for i := range x.Case.Parties {
		add(x.Case.Parties[i].ID)
	}
	for i := range x.Case.Parties {
		for _, other := range x.Case.Parties[i].PossiblySameAs {
			add(other)
		}
	}
	return number, ids
}

// Alike lists a party and all that may be the same, directly or through others.
func (x *Index) Alike(party string) []string {
	if x.graph.alike == nil {
		x.graph.alike = make(map[string][]string)
		for _, group := range x.sameParties() {
			for _, id := range group {
				x.graph.alike[id] = group
			}
		}
	}
	if group := x.graph.alike[party]; group != nil {
		return slices.Clone(group)
	}
	return []string{party}
}

// byCredit ties roots that credit one party, and a root to one spoken by the
// party that it credits.
func (t *tier) byCredit() {
	credited := func(i int) string { return t.utterance(i).AttributedTo }
	t.sharing(TieCredits, credited)
	first := make(map[string]int, len(t.roots))
	for i := len(t.roots) - 1; i >= 0; i-- {
		first[t.roots[i].Speaker] = i
	}
	for i := range t.roots {
		if f, ok := first[credited(i)]; ok && credited(i) != "" {
			t.tie(f, i, TieCredits, credited(i))
		}
	}
}

func (t *tier) byHolder() {
	t.sharing(TieHolder, func(i int) string { return t.utterance(i).To })
	t.sharing(TieHolder, func(i int) string {
		if p := t.x.parties[t.roots[i].Speaker]; p != nil {
			return p.MemberOf
		}
		return ""
	})
}

// byIgnorance ties a root that had it from somebody unknown to the earliest whose
// origin is known, or where there is none, to the earliest of all.
func (t *tier) byIgnorance() {
	known := max(0, slices.IndexFunc(t.roots, func(r Root) bool { return !r.UpstreamUnknown }))
	for i, r := range t.roots {
		if r.UpstreamUnknown {
			t.tie(known, i, TieUnknown, "")
		}
	}
}
