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
	g := t.x.graph
	own := g.marks[0].begin(len(g.nodes)) // roots by the number of their utterance
	for i, self := range t.said {
		own.set(self, i)
	}
	r := relayed{tier: t, own: own, below: g.marks[1].begin(len(g.nodes)), above: g.marks[2].begin(len(g.nodes))}
	r.climb()
	r.descend()
	r.bind()
	t.informed(own)
}

// marks are numbers at utterances, which are all wiped at once. A graph keeps a few
// and uses them for one family after the other.
type marks struct {
	turn        int
	when, value []int
}

// begin wipes the marks, of n utterances.
func (m *marks) begin(n int) *marks {
	m.turn++
	if missing := n - len(m.when); missing > 0 {
		m.when = append(m.when, make([]int, missing)...)
		m.value = append(m.value, make([]int, missing)...)
	}
	return m
}

func (m *marks) get(i int) (int, bool) { return m.value[i], m.when[i] == m.turn }
func (m *marks) set(i, v int)          { m.when[i], m.value[i] = m.turn, v }

// informed ties each root to those that it was informed by, and to the first that
// met an utterance on the way up.
func (t *tier) informed(own *marks) {
	g := t.x.graph
	met := g.marks[3].begin(len(g.nodes)) // the first root that came by an utterance
	for i, self := range t.said {
		todo := slices.Clone(g.nodes[self].informed)
		for len(todo) > 0 {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			first, before := met.get(at)
			if r, root := own.get(at); root {
				t.tie(r, i, TieInformed, "")
			} else if before {
				t.tie(first, i, TieCommon, g.utteranceIDs[at])
			}
			if !before {
				met.set(at, i)
				todo = append(todo, g.ups(at)...)
			}
		}
	}
}

// relayed ties roots to those to which their relays lead.
type relayed struct {
	*tier
	own   *marks
	below *marks // by utterance on the way up: a root that came by
	above *marks // and a root to which it leads
	found []int  // roots that were come by, as utterances
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
			if _, before := r.below.get(at); before {
				continue
			}
			r.below.set(at, i)
			if _, root := r.own.get(at); root {
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
		root, _ := r.own.get(at)
		r.above.set(at, root)
	}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		mine, _ := r.above.get(at)
		for _, down := range r.x.graph.downs[at] {
			witness, onTheWay := r.below.get(down)
			if _, root := r.own.get(down); root || !onTheWay {
				continue
			}
			if other, told := r.above.get(down); !told {
				r.above.set(down, mine)
				todo = append(todo, down)
			} else if other != mine {
				r.tie(other, witness, TieInformed, "")
				r.tie(mine, witness, TieInformed, "")
			}
		}
	}
}

// bind ties each root to one to which a relay of its own leads.
func (r *relayed) bind() {
	for i, self := range r.said {
		for _, up := range r.x.graph.nodes[self].relays {
			if root, leads := r.above.get(up); leads {
				r.tie(root, i, TieInformed, "")
			}
		}
	}
}
