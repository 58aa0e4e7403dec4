// SPDX-License-Identifier: Apache-2.0

package claim

import "slices"

// byKnowledge climbs from the roots by what informed them, and by relays of other
// claims. Either way it may meet another root. Two roots that were informed by a
// third both knew it; two that relay a third on other matters need not have had
// this from there.
//
// Each utterance is entered once for all roots, so that a case stays quick in
// which many know of one long chain. Ties that would only join again what hangs
// together already, with the same strength, are left out.
func (t *tier) byKnowledge() {
	if !slices.ContainsFunc(t.said, func(i int) bool { return len(t.x.graph.ups(i)) > 0 }) {
		return
	}
	own := make(map[int]int, len(t.roots)) // roots by the number of their utterance
	for i, self := range t.said {
		own[self] = i
	}
	r := relayed{tier: t, own: own, below: map[int]int{}, above: map[int]int{}}
	r.climb()
	r.descend()
	r.bind()
	t.informed(own)
}

// informed ties each root to those that it was informed by, and to the first that
// met an utterance on the way up.
func (t *tier) informed(own map[int]int) {
	g := t.x.graph
	met := make(map[int]int) // the first root that came by an utterance
	for i, self := range t.said {
		todo := slices.Clone(g.nodes[self].informed)
		for len(todo) > 0 {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			first, before := met[at]
			if r, root := own[at]; root {
				t.tie(r, i, TieInformed, "")
			} else if before {
				t.tie(first, i, TieCommon, g.utteranceIDs[at])
			}
			if !before {
				met[at] = i
				todo = append(todo, g.ups(at)...)
			}
		}
	}
}

// relayed ties roots to those to which their relays lead.
type relayed struct {
	*tier
	own   map[int]int
	below map[int]int // by utterance on the way up: a root that came by
	above map[int]int // and a root to which it leads
	found []int       // roots that were come by, as utterances
}

// climb goes up from all roots, and no further than to the next root, which climbs
// for itself.
func (r *relayed) climb() {
	g := r.x.graph
	for i, self := range r.said {
		todo := slices.Clone(g.nodes[self].relays)
		for len(todo) > 0 {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if _, before := r.below[at]; before {
				continue
			}
			r.below[at] = i
			if _, root := r.own[at]; root {
				r.found = append(r.found, at)
			} else {
				todo = append(todo, g.ups(at)...)
			}
		}
	}
}

// descend tells the utterances on the way to which root they lead. Where one leads
// to two, a root below knew both.
func (r *relayed) descend() {
	todo := slices.Clone(r.found)
	for _, at := range todo {
		r.above[at] = r.own[at]
	}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		for _, down := range r.x.graph.downs[at] {
			witness, onTheWay := r.below[down]
			if _, root := r.own[down]; root || !onTheWay {
				continue
			}
			if other, told := r.above[down]; !told {
				r.above[down] = r.above[at]
				todo = append(todo, down)
			} else if other != r.above[at] {
				r.tie(other, witness, TieInformed, "")
				r.tie(r.above[at], witness, TieInformed, "")
			}
		}
	}
}

// bind ties each root to one to which a relay of its own leads.
func (r *relayed) bind() {
	for i, self := range r.said {
		for _, up := range r.x.graph.nodes[self].relays {
			if root, leads := r.above[up]; leads {
				r.tie(root, i, TieInformed, "")
			}
		}
	}
}
