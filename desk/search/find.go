// SPDX-License-Identifier: Apache-2.0

package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Options narrow a search.
type Options struct {
	// Limit is how many hits are returned at most; 0 means 20.
	Limit int
	// Skip passes over the best hits, for a further page.
	Skip int
	// Keep, where it is given, says which things count at all.
	Keep func(id string) bool
}

// Found is what a search has found.
type Found struct {
	Total int // things that match, shown or not
	Hits  []Hit
}

// Hit is a thing that matches, by the text of it that does so best.
type Hit struct {
	Key   Key
	Score float64 // to compare within one search only
	Snippet
}

// The constants of BM25, and how many hits are shown where nobody says.
const (
	k1, b      = 1.2, 0.75
	usualLimit = 20
)

// Search finds the things in whose texts, taken together, all of the query is
// found, best first and equally good ones by their id. A phrase must lie in one
// text. It fails with [ErrNothing] or [ErrTooLong].
func (x *Index) Search(query string, o Options) (Found, error) {
	clauses, err := parse(query)
	if err != nil {
		return Found{}, err
	}
	meanings := make([]meaning, len(clauses))
	r := &results{x: x, of: map[*thing]*standing{}}
	for i, c := range clauses {
		meanings[i] = x.mean(c)
		r.judge(c, uint(i), x.matches(meanings[i]))
	}
	hits := r.list(clauses, o.Keep)
	out := Found{Total: len(hits), Hits: []Hit{}}
	if o.Limit <= 0 {
		o.Limit = usualLimit
	}
	from := min(max(o.Skip, 0), len(hits))
	marker := x.marker(meanings)
	for _, h := range hits[from : min(len(hits)-from, o.Limit)+from] {
		best := x.texts[h.best()]
		out.Hits = append(out.Hits, Hit{best.key, h.score, marker.snippet(best.text)})
	}
	return out, nil
}

// results gather how each thing stands.
type results struct {
	x  *Index
	of map[*thing]*standing
}

// standing is how well a thing matches.
type standing struct {
	thing   *thing
	matched uint64 // clauses, as bits
	score   float64
	clause  float64   // best of the clause being judged
	texts   []float64 // for each text of the thing
}

// judge adds the matches of one clause, the times it is in each text. A clause
// counts by the text in which it stands best: a translation says the same again.
func (r *results) judge(c clause, number uint, times map[uint32]int) {
	rarity := math.Log(1 + (float64(len(r.x.units))-float64(len(times))+0.5)/(float64(len(times))+0.5))
	average := float64(r.x.total) / float64(max(len(r.x.units), 1))
	var touched []*standing
	for u, n := range times {
		text := &r.x.texts[u]
		s := r.of[text.of]
		if s == nil {
			s = &standing{thing: text.of, texts: make([]float64, len(text.of.units))}
			r.of[text.of] = s
		}
		s.matched |= 1 << number
		if c.not {
			continue
		}
		weight := rarity * float64(n) * (k1 + 1) / (float64(n) + k1*(1-b+b*float64(text.length)/average))
		s.texts[slices.Index(text.of.units, u)] += weight
		s.clause = max(s.clause, weight)
		touched = append(touched, s)
	}
	for _, s := range touched {
		s.score, s.clause = s.score+s.clause, 0
	}
}

// list returns what all wanted clauses and no unwanted one have matched.
func (r *results) list(clauses []clause, keep func(string) bool) []*standing {
	wanted := uint64(0)
	for i, c := range clauses {
		if !c.not {
			wanted |= 1 << i
		}
	}
	var out []*standing
	for t, s := range r.of {
		if s.matched == wanted && (keep == nil || keep(t.id)) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *standing) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.thing.id, b.thing.id))
	})
	return out
}

// best is the text that matches best, the first of several.
func (s *standing) best() uint32 {
	return s.thing.units[slices.Index(s.texts, slices.Max(s.texts))]
}

// meaning is a clause in the words of the index: for each reading, for each word
// of it in order, those that could stand there.
type meaning struct {
	clause
	rows [][][]uint32
}

func (x *Index) mean(c clause) meaning {
	m := meaning{clause: c}
	for _, words := range c.readings() {
		row := make([][]uint32, len(words))
		for i, w := range words {
			row[i] = x.candidates(c, w, i == len(words)-1)
		}
		m.rows = append(m.rows, row)
	}
	return m
}

// matches counts how often a clause is in each text.
func (x *Index) matches(m meaning) map[uint32]int {
	times := map[uint32]int{}
	for _, row := range m.rows {
		if len(row) == 1 {
			x.count(row[0], times)
		} else {
			x.countRows(row, times)
		}
	}
	return times
}

// readings are the words of a clause, and once more with the thousands of its
// numbers apart, where it has such.
func (c clause) readings() [][]string {
	var apart []string
	for _, w := range c.words {
		if groups := grouped(w); groups != nil && !c.begin {
			apart = append(apart, groups...)
		} else {
			apart = append(apart, w)
		}
	}
	if len(apart) == len(c.words) {
		return [][]string{c.words}
	}
	return [][]string{c.words, apart}
}

// candidates are the words of the index that a word of a clause means.
func (x *Index) candidates(c clause, form string, last bool) []uint32 {
	switch {
	case c.begin && last:
		return x.beginning(form)
	case c.exact:
		if w, ok := x.forms[form]; ok {
			return []uint32{w}
		}
		return nil
	}
	var out []uint32
	for _, s := range stemsOf(form) {
		out = append(out, x.stems[s]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (x *Index) beginning(form string) []uint32 {
	var out []uint32
	for i := range x.words {
		if strings.HasPrefix(x.words[i].form, form) {
			out = append(out, uint32(i))
		}
	}
	return out
}

// count adds how often any of the words is in each text.
func (x *Index) count(words []uint32, times map[uint32]int) {
	for _, w := range words {
		for e := range x.words[w].list.all() {
			times[e.unit] += e.count
		}
	}
}

// countRows adds how often words, one of each set, stand side by side.
func (x *Index) countRows(sets [][]uint32, times map[uint32]int) {
	rows := x.places(sets[0], nil)
	for i, set := range sets[1:] {
		next := x.places(set, rows)
		for u, starts := range rows {
			rows[u] = followed(starts, next[u], uint32(i)+1)
			if len(rows[u]) == 0 {
				delete(rows, u)
			}
		}
	}
	for u, starts := range rows {
		times[u] += len(starts)
	}
}

// places are the positions of any of the words, in order, in the texts of within,
// or in all where that is nil.
func (x *Index) places(words []uint32, within map[uint32][]uint32) map[uint32][]uint32 {
	at := map[uint32][]uint32{}
	for _, w := range words {
		for e := range x.words[w].list.all() {
			if within == nil || within[e.unit] != nil {
				at[e.unit] = e.positions(at[e.unit])
			}
		}
	}
	if len(words) > 1 {
		for _, positions := range at {
			slices.Sort(positions)
		}
	}
	return at
}

// followed keeps those starts that have a word so far behind them.
func followed(starts, words []uint32, distance uint32) []uint32 {
	var out []uint32
	for _, start := range starts {
		if _, ok := slices.BinarySearch(words, start+distance); ok {
			out = append(out, start)
		}
	}
	return out
}
