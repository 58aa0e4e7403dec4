// SPDX-License-Identifier: Apache-2.0

package claim

import "slices"

// graph is the case as numbers: who relays whom, who says which family.
type graph struct {
	claimIDs     []string
	claimNumber  map[string]int
	families     map[string][]string // by head, claim ids in order
	heads        []string            // by claim number
	utteranceIDs []string
	number       map[string]int // of an utterance
	nodes        []node
	sayers       map[string][]int // by head, utterance numbers in order
	downs        map[int][]int    // who relays one or was informed by it
	counted      map[string]Origins
	same         [][]string          // groups of parties; nil until asked for
	alike        map[string][]string // the group of each; nil until asked for
}

// node is one utterance.
type node struct {
	relays, informed []int
	heads            []string // of the claims that it carries, sorted
	lost             bool     // it names an utterance that is not in the case, or no speaker
}

func newGraph(c *Case) *graph {
	g := &graph{
		claimNumber: make(map[string]int, len(c.Claims)),
		families:    make(map[string][]string),
		number:      make(map[string]int, len(c.Utterances)),
		nodes:       make([]node, len(c.Utterances)),
		sayers:      make(map[string][]int),
		downs:       make(map[int][]int, len(c.Utterances)),
		counted:     make(map[string]Origins),
	}
	g.addClaims(c.Claims)
	for i := range c.Utterances {
		g.utteranceIDs = append(g.utteranceIDs, c.Utterances[i].ID)
		g.number[c.Utterances[i].ID] = i
	}
	for i := range c.Utterances {
		g.enter(i, g.nodeOf(&c.Utterances[i]))
	}
	return g
}

func (g *graph) addClaims(claims []Claim) {
	above := make(map[string]string, len(claims))
	for i := range claims {
		g.claimNumber[claims[i].ID] = i
		above[claims[i].ID] = claims[i].VariantOf
	}
	heads := headsOf(above)
	for i := range claims {
		head := heads[claims[i].ID]
		g.claimIDs = append(g.claimIDs, claims[i].ID)
		g.heads = append(g.heads, head)
		g.families[head] = append(g.families[head], claims[i].ID)
	}
}

// headsOf climbs from each variant to what it varies in the end. A ring has no
// top; its least id stands for it, so that all of its members agree. For a claim
// that is not in the case, the least of those that vary it stands: to take the
// original away must not make its variants strangers to each other.
func headsOf(above map[string]string) map[string]string {
	adopt(above)
	heads := make(map[string]string, len(above))
	for id := range above {
		path, head := climb(id, above, heads)
		for _, p := range path {
			heads[p] = head
		}
	}
	return heads
}

// climb gives the way up from a claim as far as no head is known yet, and the head.
func climb(id string, above, heads map[string]string) (path []string, head string) {
	place := map[string]int{}
	for {
		if i, ring := place[id]; ring {
			return path, slices.Min(path[i:])
		}
		if heads[id] != "" {
			return path, heads[id]
		}
		place[id] = len(path)
		path = append(path, id)
		if above[id] == "" {
			return path, id
		}
		id = above[id]
	}
}

// adopt hangs those that vary a missing claim below the least of them.
func adopt(above map[string]string) {
	least := map[string]string{}
	for id, up := range above {
		if _, known := above[up]; up != "" && !known && (least[up] == "" || id < least[up]) {
			least[up] = id
		}
	}
	for id, up := range above {
		if first := least[up]; first == id {
			above[id] = ""
		} else if first != "" {
			above[id] = first
		}
	}
}

func (g *graph) nodeOf(u *Utterance) node {
	n := node{relays: g.numbers(u.Relays), informed: g.numbers(u.InformedBy)}
	n.lost = u.Speaker == "" || len(n.relays) < len(u.Relays) || len(n.informed) < len(u.InformedBy)
	for _, c := range u.Claims {
		if i, ok := g.claimNumber[c]; ok {
			n.heads = append(n.heads, g.heads[i])
		}
	}
	slices.Sort(n.heads)
	n.heads = slices.Compact(n.heads)
	return n
}

// enter puts an utterance in its place; the lists stay in the order of the case.
func (g *graph) enter(i int, n node) {
	g.nodes[i] = n
	for _, h := range n.heads {
		at, _ := slices.BinarySearch(g.sayers[h], i)
		g.sayers[h] = slices.Insert(g.sayers[h], at, i)
	}
	for _, up := range slices.Concat(n.relays, n.informed) {
		g.downs[up] = append(g.downs[up], i)
	}
}

// leave undoes enter.
func (g *graph) leave(i int) {
	is := func(k int) bool { return k == i }
	for _, h := range g.nodes[i].heads {
		g.sayers[h] = slices.DeleteFunc(g.sayers[h], is)
	}
	for _, up := range slices.Concat(g.nodes[i].relays, g.nodes[i].informed) {
		g.downs[up] = slices.DeleteFunc(g.downs[up], is)
	}
	g.nodes[i] = node{}
}

// forget drops the counts that an utterance has a part in: of what it says, and
// of what those say who know it.
func (g *graph) forget(i int) {
	for _, k := range g.below(i) {
		for _, h := range g.nodes[k].heads {
			delete(g.counted, h)
		}
	}
}

// numbers drops what is not in the case; [Case.Check] tells about it.
func (g *graph) numbers(ids []string) []int {
	var out []int
	for _, id := range ids {
		if i, ok := g.number[id]; ok {
			out = append(out, i)
		}
	}
	return out
}

func (g *graph) head(id string) string {
	if i, ok := g.claimNumber[id]; ok {
		return g.heads[i]
	}
	return id
}

func (g *graph) family(id string) []string { return slices.Clone(g.families[g.head(id)]) }

func (g *graph) saying(id string) []string {
	var out []string
	for _, i := range g.sayers[g.head(id)] {
		out = append(out, g.utteranceIDs[i])
	}
	return out
}

// below lists the utterances that lead to one, and itself.
func (g *graph) below(from int) []int {
	seen := map[int]bool{from: true}
	out := []int{from}
	for k := 0; k < len(out); k++ {
		for _, down := range g.downs[out[k]] {
			if !seen[down] {
				seen[down] = true
				out = append(out, down)
			}
		}
	}
	return out
}
