// SPDX-License-Identifier: Apache-2.0

package report

import (
	"regexp"
	"strings"

	"tamizdat/claim"
)

// Moved is a footnote that the register would not write as it stands in a page:
// the claim has changed since, or an editor changed the footnote, which has no
// effect.
type Moved struct {
	Claim string `json:"claim"`
	Was   string `json:"was"` // in the page
	Is    string `json:"is"`  // from the register
}

// Outdated tells which footnotes of a page the register would write otherwise
// now, in the order of the text. A page that cannot be read has none.
func Outdated(c claim.Case, page []byte, waived ...string) []Moved {
	r, notes, err := split(page)
	if err != nil {
		return nil
	}
	fresh, _ := Render(c, r, waived...)
	_, made, _ := split(fresh) // which is a page, since we made it
	was, is := footnotes(notes), footnotes(made)
	var out []Moved
	for _, id := range Cited(r.Text) {
		if was[id] != "" && was[id] != is[id] {
			out = append(out, Moved{id, was[id], is[id]})
		}
	}
	return out
}

// footnotes reads footnotes of claims, each up to the next; an editor may have
// broken them into lines.
func footnotes(notes string) map[string]string {
	out := map[string]string{}
	begins := regexp.MustCompile(`(?m)^`+cite+`:`).FindAllStringSubmatchIndex(notes, -1)
	for i, at := range begins {
		end := len(notes)
		if i+1 < len(begins) {
			end = begins[i+1][0]
		}
		out[notes[at[2]:at[3]]] = oneLine(notes[at[1]:end])
	}
	return out
}

// Line is a line of a text that another has not.
type Line struct {
	Added bool   `json:"added"` // else it was taken away
	Text  string `json:"text"`
}

// maxCells bounds the table that finds the lines in common.
const maxCells = 4 << 20

// Changed lists the lines that differ between two texts, in their order, as few
// as there can be (the longest common subsequence). Where very much differs, all
// lines between the first and the last difference are given.
func Changed(before, after string) []Line {
	a, b := lines(before), lines(after)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if (len(a)+1)*(len(b)+1) > maxCells {
		return append(side(a, false), side(b, true)...)
	}
	return walk(a, b, common(a, b))
}

func lines(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }

func side(list []string, added bool) []Line {
	var out []Line
	for _, text := range list {
		out = append(out, Line{added, text})
	}
	return out
}

// common gives for each pair of places how many lines the rests have in common.
func common(a, b []string) [][]int32 {
	n := make([][]int32, len(a)+1)
	for i := range n {
		n[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if n[i][j] = max(n[i+1][j], n[i][j+1]); a[i] == b[j] {
				n[i][j] = n[i+1][j+1] + 1
			}
		}
	}
	return n
}

func walk(a, b []string, n [][]int32) []Line {
	var out []Line
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			i, j = i+1, j+1
		case n[i+1][j] >= n[i][j+1]:
			out = append(out, Line{false, a[i]})
			i++
		default:
			out = append(out, Line{true, b[j]})
			j++
		}
	}
	return append(append(out, side(a[i:], false)...), side(b[j:], true)...)
}
