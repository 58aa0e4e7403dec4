// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"slices"

	"tamizdat/claim"
	"tamizdat/internal/disjoint"
)

// DerivationRing gives the ids of estimates that are derived from each other in
// a ring, beginning with its least, or nil where there is none.
func DerivationRing(c *claim.Case) []string {
	from := make(map[string][]string, len(c.Estimates))
	for i := range c.Estimates {
		from[c.Estimates[i].ID] = c.Estimates[i].DerivedFrom
	}
	done := make(map[string]bool, len(from))
	for i := range c.Estimates {
		if ring := ringFrom(c.Estimates[i].ID, from, done); ring != nil {
			least := slices.Index(ring, slices.Min(ring))
			return append(slices.Clone(ring[least:]), ring[:least]...)
		}
	}
	return nil
}

// ringFrom walks without recursion, because a file can be a chain of any length.
func ringFrom(start string, from map[string][]string, done map[string]bool) []string {
	path, next := []string{start}, []int{0}
	on := map[string]bool{start: true}
	for len(path) > 0 {
		top := len(path) - 1
		id := path[top]
		if done[id] || next[top] == len(from[id]) {
			done[id], on[id] = true, false
			path, next = path[:top], next[:top]
			continue
		}
		up := from[id][next[top]]
		next[top]++
		if on[up] {
			return path[slices.Index(path, up):]
		}
		if !done[up] {
			path, next, on[up] = append(path, up), append(next, 0), true
		}
	}
	return nil
}

// Cluster is estimates that cannot be taken as independent of each other.
type Cluster struct {
	Estimates []string // in the order of the case
	Because   []string // what they share, in words
}

// Clusters puts together the estimates that lean on each other: one is derived
// from the other or misquotes it, both come from one speaker or data set, or what
// one speaker said repeats or was informed by what the other said. Speakers that
// may be the same person count as the same. It is the lower end of independence.
func Clusters(x *claim.Index) []Cluster {
	c := clusterer{x: x, holders: map[string]int{}, group: disjoint.New(len(x.Case.Estimates))}
	for i := range x.Case.Estimates {
		c.claimAll(i)
	}
	return c.clusters()
}

type clusterer struct {
	x       *claim.Index
	holders map[string]int // what an estimate leans on → the first estimate that does
	group   disjoint.Sets  // of estimates
	shared  []sharing
}

type sharing struct {
	estimate int
	because  string
}

// claimAll joins an estimate to all that lean on something it leans on.
func (c *clusterer) claimAll(i int) {
	for _, on := range leansOn(c.x, &c.x.Case.Estimates[i]) {
		first, taken := c.holders[on.key]
		if !taken {
			c.holders[on.key] = i
			continue
		}
		if c.group.Join(first, i) {
			c.shared = append(c.shared, sharing{i, leaning(c.x.Case.Estimates[first].ID, c.x.Case.Estimates[i].ID, on.name)})
		}
	}
}

func leaning(a, b, on string) string {
	switch on {
	case a:
		return b + " rests on " + a
	case b:
		return a + " rests on " + b
	}
	return a + " and " + b + " both rest on " + on
}

func (c *clusterer) clusters() []Cluster {
	place := map[int]int{}
	var out []Cluster
	for i := range c.x.Case.Estimates {
		top := c.group.Top(i)
		k, ok := place[top]
		if !ok {
			k = len(out)
			place[top], out = k, append(out, Cluster{})
		}
		out[k].Estimates = append(out[k].Estimates, c.x.Case.Estimates[i].ID)
	}
	for _, s := range c.shared {
		k := place[c.group.Top(s.estimate)]
		out[k].Because = append(out[k].Because, s.because)
	}
	return out
}

// support is a thing that an estimate rests on in the end.
type support struct{ key, name string }

// leansOn collects what an estimate rests on: itself, the estimates that it comes
// from, which look further up for themselves, and all that was said upstream.
func leansOn(x *claim.Index, e *claim.Estimate) []support {
	u := upstream{x: x, seen: map[string]bool{}}
	u.estimate(e)
	for len(u.utterances) > 0 {
		n := len(u.utterances)
		id := u.utterances[n-1]
		u.utterances = u.utterances[:n-1]
		if u.add("utterance "+id, "what "+u.sayer(id)+" said ("+id+")") {
			u.utterance(u.x.Utterance(id))
		}
	}
	return u.found
}

type upstream struct {
	x          *claim.Index
	seen       map[string]bool
	utterances []string // still to be looked at
	found      []support
}

func (u *upstream) sayer(id string) string {
	if s := u.x.Utterance(id); s != nil {
		return u.x.Name(s.Speaker)
	}
	return "somebody"
}

func (u *upstream) add(key, name string) bool {
	if u.seen[key] {
		return false
	}
	u.seen[key] = true
	u.found = append(u.found, support{key, name})
	return true
}

func (u *upstream) estimate(e *claim.Estimate) {
	u.add("estimate "+e.ID, e.ID)
	for _, id := range e.DerivedFrom {
		u.add("estimate "+id, id)
	}
	if e.Misquotes != "" {
		u.add("estimate "+e.Misquotes, e.Misquotes)
	}
	if e.By != "" {
		u.utterances = append(u.utterances, e.By)
	}
	u.speaker(e.ByParty)
	if e.ByDataset != "" {
		u.add("data set "+e.ByDataset, "the data set "+e.ByDataset)
	}
}

// utterance goes up through relays. Whoever only repeats is no support: a paper
// that repeats two offices does not make them one.
func (u *upstream) utterance(s *claim.Utterance) {
	if s == nil {
		return
	}
	if len(s.Relays) == 0 {
		u.speaker(s.Speaker)
	}
	u.utterances = append(u.utterances, s.Relays...)
	u.utterances = append(u.utterances, s.InformedBy...)
}

func (u *upstream) speaker(id string) {
	if id == "" || !u.add("party "+id, u.x.Name(id)) {
		return
	}
	for _, other := range u.x.Alike(id) {
		u.add("party "+other, u.x.Name(other))
	}
}
