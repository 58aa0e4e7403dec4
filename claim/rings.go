// SPDX-License-Identifier: Apache-2.0

package claim

import "slices"

// rings gives the utterances that their relays or informed_by lead back to: those
// in a strongly connected part of more than one, or that name themselves. It
// finds the parts with two walks (Kosaraju; Sharir 1981), without recursion,
// because a chain can be as long as the case.
func (g *graph) rings() []int {
	var rings []int
	done := make([]bool, len(g.nodes))
	order := g.finished()
	for _, root := range slices.Backward(order) {
		part := g.collect(root, done)
		if len(part) > 1 || len(part) == 1 && slices.Contains(g.ups(root), root) {
			rings = append(rings, part...)
		}
	}
	slices.Sort(rings)
	return rings
}

func (g *graph) ups(i int) []int { return g.nodes[i].ups }

// finished lists all utterances in the order in which a depth-first walk upward
// leaves them.
func (g *graph) finished() []int {
	type visit struct {
		at  int
		ups []int // not yet walked
	}
	seen := make([]bool, len(g.nodes))
	var order []int
	for start := range g.nodes {
		var walk []visit
		enter := func(i int) {
			if !seen[i] {
				seen[i] = true
				walk = append(walk, visit{i, g.ups(i)})
			}
		}
		enter(start)
		for len(walk) > 0 {
			top := &walk[len(walk)-1]
			if len(top.ups) == 0 {
				order = append(order, top.at)
				walk = walk[:len(walk)-1]
				continue
			}
			next := top.ups[0]
			top.ups = top.ups[1:]
			enter(next)
		}
	}
	return order
}

// collect walks downward from one, and takes all that is not done.
func (g *graph) collect(from int, done []bool) []int {
	var part []int
	stack := []int{from}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !done[at] {
			done[at] = true
			part = append(part, at)
			stack = append(stack, g.downs[at]...)
		}
	}
	return part
}
