// SPDX-License-Identifier: Apache-2.0

package claim

import "slices"

// Link is one row of the chain by which a claim travelled, drawn as a tree: the
// roots on the left, below each those who repeat it.
type Link struct {
	Depth     int      // 0 for a root
	Last      []bool   // for each depth up to its own, whether it is the last there
	Utterance string   // id
	Claims    []string // of the family that it carries
	Inferred  bool     // hung up by informed_by: an inference of its own
	Again     bool     // drawn above already, with all that hangs below it
}

// Chain draws how a claim and its variants travelled. An utterance that repeats
// two others hangs below each, the second time without what hangs below it. A
// root that was informed by another hangs below that one, and is marked.
func (x *Index) Chain(claim string) []Link {
	k, known := x.graph.familyOf[claim]
	if !known {
		return nil
	}
	d := drawing{x: x, family: k, below: make(map[int][]int), inferred: make(map[[2]int]bool), drawn: make(map[int]bool)}
	roots := d.hang(x.graph.families[k].sayers)
	slices.SortStableFunc(roots, x.earlier)
	for i, r := range roots {
		d.draw(r, -1, []bool{i == len(roots)-1})
	}
	return d.rows
}

type drawing struct {
	x        *Index
	family   int
	below    map[int][]int
	inferred map[[2]int]bool // pairs that only informed_by joins
	drawn    map[int]bool
	rows     []Link
}

// hang puts each utterance below those that it repeats, and gives those that hang
// nowhere. In a ring, the first hangs nowhere.
func (d *drawing) hang(saying []int) []int {
	var roots []int
	for _, i := range saying {
		ups := d.within(d.x.graph.nodes[i].relays)
		if len(ups) == 0 {
			ups = d.within(d.x.graph.nodes[i].informed)
			for _, up := range ups {
				d.inferred[[2]int{up, i}] = true
			}
		}
		for _, up := range ups {
			d.below[up] = append(d.below[up], i)
		}
		if len(ups) == 0 {
			roots = append(roots, i)
		}
	}
	if len(roots) == 0 && len(saying) > 0 {
		roots = saying[:1:1]
	}
	return roots
}

func (d *drawing) within(ups []int) []int {
	return slices.DeleteFunc(slices.Clone(ups), func(up int) bool {
		return !d.x.graph.says(up, d.family)
	})
}

// maxDrawn bounds the rows of a drawing: beyond, nobody reads it.
const maxDrawn = 10_000

func (d *drawing) draw(at, parent int, last []bool) {
	if len(d.rows) >= maxDrawn {
		return
	}
	row := Link{Depth: len(last) - 1, Last: slices.Clone(last), Utterance: d.x.graph.utteranceIDs[at], Claims: d.carried(at), Inferred: d.inferred[[2]int{parent, at}], Again: d.drawn[at]}
	d.rows = append(d.rows, row)
	if row.Again {
		return
	}
	d.drawn[at] = true
	kids := slices.Clone(d.below[at])
	slices.SortStableFunc(kids, d.x.earlier)
	for i, kid := range kids {
		d.draw(kid, at, append(slices.Clone(last), i == len(kids)-1))
	}
}

func (d *drawing) carried(at int) []string {
	var out []string
	for _, c := range d.x.Case.Utterances[at].Claims {
		if k, ok := d.x.graph.familyOf[c]; ok && k == d.family {
			out = append(out, c)
		}
	}
	return out
}
