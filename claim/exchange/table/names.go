// SPDX-License-Identifier: Apache-2.0

package table

import (
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
)

// names finds things by their ids or by the words that people use for them.
type names struct {
	ids   map[string]map[string]string   // by kind, from what is written to the id
	words map[string]map[string][]string // by kind, from folded words to ids
	place map[string]int                 // kind and id of what is in the case, to its place
	file  map[string]bool                // kind and id of rows
}

func newNames(c *claim.Case) *names {
	n := &names{ids: map[string]map[string]string{}, words: map[string]map[string][]string{}, place: map[string]int{}, file: map[string]bool{}}
	for _, k := range kinds() {
		for i, v := range k.named(c) {
			n.place[k.name()+" "+v.id] = i
			n.enter(k.name(), v.id, v.id, v.words)
		}
	}
	for _, s := range c.Spans {
		n.enter(claim.KindSpan, s.ID, s.ID, "")
	}
	for _, s := range c.Sources {
		if s.Party != "" {
			n.enter(claim.KindParty, "", s.Party, s.Pseudonym)
		}
	}
	for _, cause := range causes(c) {
		n.enter(kindCause, cause, cause, "")
	}
	return n
}

func causes(c *claim.Case) []string {
	out := []string{claim.BecauseTime, claim.BecauseBaseRate}
	for _, i := range c.Indicators {
		for _, check := range i.Checks {
			out = append(out, check.ID)
		}
	}
	return out
}

func (n *names) enter(kind, written, id, words string) {
	if n.ids[kind] == nil {
		n.ids[kind], n.words[kind] = map[string]string{}, map[string][]string{}
	}
	if written != "" {
		n.ids[kind][written] = id
	}
	if key := fold(words); key != "" && !slices.Contains(n.words[kind][key], id) {
		n.words[kind][key] = append(n.words[kind][key], id)
	}
}

// add makes a row known, under its id and under what the file calls it.
func (n *names) add(kind, id, given, words string) {
	if id == "" {
		return
	}
	n.enter(kind, id, id, words)
	n.file[kind+" "+id] = true
	if given != "" {
		n.enter(kind, given, id, "")
		n.file[kind+" "+given] = true
	}
}

func (n *names) inFile(kind, id string) bool { return n.file[kind+" "+id] }

// at gives the place of a thing in the case, or -1.
func (n *names) at(kind, id string) int {
	if i, ok := n.place[kind+" "+id]; ok {
		return i
	}
	return -1
}

func (n *names) byWords(kind, words string) []string { return n.words[kind][fold(words)] }

// resolve turns what a cell refers to into ids.
func (n *names) resolve(c Column, cell string) (string, *misfit) {
	if !c.List {
		return n.one(c, strings.TrimSpace(cell))
	}
	var out []string
	for _, item := range splitList(cell) {
		id, bad := n.one(c, item)
		if bad != nil {
			return "", bad
		}
		out = append(out, id)
	}
	return joinList(out), nil
}

func (n *names) one(c Column, written string) (string, *misfit) {
	var found []string
	for _, kind := range c.Refers {
		if id := n.ids[kind][written]; id != "" {
			return id, nil
		}
		found = append(found, n.byWords(kind, written)...)
	}
	kinds := strings.Join(slices.DeleteFunc(slices.Clone(c.Refers), func(k string) bool { return k == kindCause }), " or ")
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", &misfit{"names no " + kinds + ": " + fmt.Sprintf("%q", beginning(written)), "correct the name, write its id, or import it first"}
	}
	return "", &misfit{
		fmt.Sprintf("names %d of the kind %s: %s", len(found), kinds, strings.Join(found[:min(len(found), 5)], ", ")), "write the id of the one that is meant",
	}
}
