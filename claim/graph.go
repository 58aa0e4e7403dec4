// SPDX-License-Identifier: Apache-2.0

package claim

import "slices"

// graph is the case as numbers: who relays whom, who says which family.
type graph struct {
	familyOf     map[string]int // by claim
	families     []family
	utteranceIDs []string
	number       map[string]int // of an utterance
	nodes        []node
	downs        [][]int             // by utterance, who relays it or was informed by it
	marks        [4]marks            // for one search at a time
	same         [][]string          // groups of parties; nil until asked for
	alike        map[string][]string // the group of each; nil until asked for
}

// family is a claim with all that vary it.
type family struct {
	head    string
	claims  []string // in the order of the case
	sayers  []int    // utterances in the order of the case
	counted *Origins // nil until asked for, and after a change
}

// node is one utterance.
type node struct {
	ups              []int // all that it repeats or knew
	relays, informed []int // parts of ups
	families         []int // of the claims that it carries, sorted
	lost             bool  // it names an utterance that is not in the case, or no speaker
}

func newGraph(c *Case) *graph {
	g := &graph{
		familyOf: make(map[string]int, len(c.Claims)),
		number:   make(map[string]int, len(c.Utterances)),
		nodes:    make([]node, len(c.Utterances)),
		downs:    make([][]int, len(c.Utterances)),
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
		above[claims[i].ID] = claims[i].VariantOf
	}
	heads, byHead := headsOf(above), make(map[string]int, len(claims))
	for i := range claims {
		head := heads[claims[i].ID]
		k, known := byHead[head]
		if !known {
			k = len(g.families)
			byHead[head] = k
			g.families = append(g.families, family{head: head})
		}
		g.familyOf[claims[i].ID] = k
		g.families[k].claims = append(g.families[k].claims, claims[i].ID)
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
	ups := g.numbers(nil, u.Relays)
	relays := len(ups)
	ups = g.numbers(ups, u.InformedBy)
	n := node{ups: ups, relays: ups[:relays:relays], informed: ups[relays:]}
	n.lost = u.Speaker == "" || len(n.relays) < len(u.Relays) || len(n.informed) < len(u.InformedBy)
	for _, c := range u.Claims {
		if k, ok := g.familyOf[c]; ok {
			n.families = append(n.families, k)
		}
	}
	slices.Sort(n.families)
	n.families = slices.Compact(n.families)
	return n
}

// enter puts an utterance in its place; the lists stay in the order of the case.
func (g *graph) enter(i int, n node) {
	g.nodes[i] = n
	for _, k := range n.families {
		f := &g.families[k]
		at, _ := slices.BinarySearch(f.sayers, i)
		f.sayers = slices.Insert(f.sayers, at, i)
	}
	for _, up := range n.ups {
		g.downs[up] = append(g.downs[up], i)
	}
}

// leave undoes enter.
func (g *graph) leave(i int) {
	is := func(k int) bool { return k == i }
	for _, k := range g.nodes[i].families {
		f := &g.families[k]
		f.sayers = slices.DeleteFunc(f.sayers, is)
	}
	for _, up := range g.nodes[i].ups {
		g.downs[up] = slices.DeleteFunc(g.downs[up], is)
	}
	g.nodes[i] = node{}
}

// forget drops the counts that an utterance has a part in: of what it says, and
// of what those say who know it.
func (g *graph) forget(i int) {
	for _, k := range g.below(i) {
		for _, f := range g.nodes[k].families {
			g.families[f].counted = nil
		}
	}
}

// numbers appends the numbers of utterances. It drops what is not in the case; [Case.Check] tells about it.
func (g *graph) numbers(out []int, ids []string) []int {
	for _, id := range ids {
		if i, ok := g.number[id]; ok {
			out = append(out, i)
		}
	}
	return out
}

// family gives the family of a claim, or nil for one that is not in the case.
func (g *graph) family(id string) *family {
	if k, ok := g.familyOf[id]; ok {
		return &g.families[k]
	}
	return nil
}

func (g *graph) head(id string) string {
	if f := g.family(id); f != nil {
		return f.head
	}
	return id
}

// sayers gives the utterances that carry a claim of the family of one.
func (g *graph) sayers(id string) []int {
	if f := g.family(id); f != nil {
		return f.sayers
	}
	return nil
}

// says reports whether an utterance carries a claim of a family.
func (g *graph) says(utterance, family int) bool {
	_, says := slices.BinarySearch(g.nodes[utterance].families, family)
	return says
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
