// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tamizdat/claim"
)

// trace is what speaks for one utterance having another's words.
type trace struct {
	likeness float64 // of the words
	number   value
	claim    string // that has the number
}

// link is two utterances by number; the order is that of the case.
type link [2]int

// nearest is how many earlier utterances one number proposes for each.
const nearest = 2

// byEvidence proposes relays for words and rare numbers in common.
func (d *desk) byEvidence() {
	traces := make(map[link]trace)
	d.commonWords(traces)
	d.commonNumbers(traces)
	links := slices.SortedFunc(maps.Keys(traces), func(a, b link) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	for _, l := range links {
		d.weigh(l, traces[l])
	}
}

// commonWords compares the words of utterances as [Duplicates] compares texts,
// each also as a quotation of the others.
func (d *desk) commonWords(traces map[link]trace) {
	sets := make([][]uint64, len(d.says))
	quotes := make([]passage, len(d.says))
	for i := range d.says {
		sets[i] = d.says[i].words.set
		quotes[i] = d.says[i].words
	}
	for _, n := range neighbours(sets) {
		d.noteWords(traces, int(n[0]), int(n[1]), jaccard(sets[n[0]], sets[n[1]]), MinJaccard)
	}
	in := whereQuoted(quotes)
	for i := range d.says {
		hits := make(map[int]int)
		for _, h := range sets[i] {
			if len(in[h]) <= crowd {
				for _, q := range in[h] {
					hits[q]++
				}
			}
		}
		for q, n := range hits {
			if n >= leastShared && q != i {
				d.noteWords(traces, q, i, float64(n)/float64(len(sets[q])), MinContainment)
			}
		}
	}
}

func (d *desk) noteWords(traces map[link]trace, a, b int, likeness, least float64) {
	if likeness < least || len(d.says[a].words.words) < leastQuotation || !d.related(a, b) {
		return
	}
	l := link{min(a, b), max(a, b)}
	t := traces[l]
	t.likeness = max(t.likeness, likeness)
	traces[l] = t
}

// related reports whether two utterances carry claims of one family, or one of
// them is an outlet's own voice, whose claims nobody may have joined yet.
func (d *desk) related(a, b int) bool {
	if d.says[a].u.Basis == "own_voice" || d.says[b].u.Basis == "own_voice" {
		return true
	}
	return slices.ContainsFunc(d.says[a].heads, func(h string) bool {
		_, ok := slices.BinarySearch(d.says[b].heads, h)
		return ok
	})
}

// commonNumbers proposes for each utterance the nearest before it in its family
// with the same number.
func (d *desk) commonNumbers(traces map[link]trace) {
	type shared struct {
		head string
		v    value
	}
	groups := make(map[shared][]int)
	for i := range d.says {
		for v := range d.says[i].numbers {
			for _, h := range d.says[i].heads {
				groups[shared{h, v}] = append(groups[shared{h, v}], i)
			}
		}
	}
	for k, members := range groups {
		if !d.rare(k.v, members) {
			continue
		}
		slices.SortStableFunc(members, d.earlier)
		for at, i := range members {
			for _, up := range members[max(0, at-nearest):at] {
				d.noteNumber(traces, link{min(i, up), max(i, up)}, k.v)
			}
		}
	}
}

func (d *desk) noteNumber(traces map[link]trace, l link, v value) {
	t, known := traces[l]
	if known && t.number.beats(v) {
		return
	}
	t.number, t.claim = v, cmp.Or(d.says[l[0]].numbers[v], d.says[l[1]].numbers[v])
	traces[l] = t
}

// beats orders values by how much they tell: a range first, then the greater.
func (v value) beats(o value) bool {
	if (v.low < v.high) != (o.low < o.high) {
		return v.low < v.high
	}
	return cmp.Or(cmp.Compare(v.high, o.high), cmp.Compare(v.low, o.low)) >= 0
}

// rare reports whether a number stands in few documents besides those that tell
// of the same: a tenth of them, or three.
func (d *desk) rare(v value, family []int) bool {
	own := make(map[string]bool)
	for _, i := range family {
		own[d.says[i].u.Doc] = true
	}
	return d.df[v]-len(own) <= max(3, d.docs/10)
}

// earlier orders by the first possible day, then by the place in the case;
// undated ones come last.
func (d *desk) earlier(a, b int) int {
	day := func(i int) claim.Day {
		if at := d.says[i].u.At; !at.IsZero() {
			first, _ := at.Bounds()
			return first
		}
		return 1 << 40
	}
	return cmp.Or(cmp.Compare(day(a), day(b)), cmp.Compare(a, b))
}

// weigh turns a trace into a suggestion, unless the case explains it already.
func (d *desk) weigh(l link, t trace) {
	up, down := l[0], l[1]
	if d.earlier(up, down) > 0 {
		up, down = down, up
	}
	if d.oneBreath(up, down) {
		return
	}
	above, below := d.above(down), d.above(up)
	if above[up] || below[down] {
		return
	}
	if t.likeness == 0 && d.explained(above, t.number) {
		return
	}
	s := Suggestion{Kind: d.kindOf(up, down, t, above, below), Relay: &Relay{From: d.says[down].u.ID, To: d.says[up].u.ID}}
	if s.Kind == "" {
		return
	}
	s.Key = key(s.Kind, s.Relay.From, s.Relay.To)
	s.Reason, s.Strength = d.reason(up, down, t)
	if s.Kind == KindSkipped {
		s.Reason += "; it relays an earlier one that agrees less"
		s.Strength -= 0.1
	}
	d.leads[[2]string{s.Relay.From, d.says[up].u.Doc}] = true
	d.out = append(d.out, s)
}

// oneBreath: the same speaker in the same document repeats nobody.
func (d *desk) oneBreath(a, b int) bool {
	return d.says[a].u.Speaker == d.says[b].u.Speaker && d.says[a].u.Doc == d.says[b].u.Doc
}

func key(kind Kind, ids ...string) string { return string(kind) + ":" + strings.Join(ids, ">") }

// explained reports whether one of those above has the number.
func (d *desk) explained(above map[int]bool, v value) bool {
	for i := range above {
		if _, ok := d.says[i].numbers[v]; ok {
			return true
		}
	}
	return false
}

// kindOf tells a new edge from a hop that was skipped. Where both lead to a
// common one that has the words as well, nothing is left to explain.
func (d *desk) kindOf(up, down int, t trace, above, below map[int]bool) Kind {
	kind := KindRelay
	if d.says[down].u.Basis == "own_voice" {
		kind = KindOwnVoice
	}
	for i := range above {
		if !below[i] {
			continue
		}
		if t.number != (value{}) && t.likeness == 0 || containment(d.says[down].words.set, d.says[i].words.set) >= t.likeness {
			return ""
		}
		kind = KindSkipped
	}
	return kind
}

// mostAbove bounds the climb. Where a chain is longer, a suggestion may come that
// the case explains already.
const mostAbove = 2000

// above gives those to which relays and informed_by lead from one.
func (d *desk) above(from int) map[int]bool {
	seen := make(map[int]bool)
	stack := []int{from}
	for len(stack) > 0 && len(seen) < mostAbove {
		u := d.says[stack[len(stack)-1]].u
		stack = stack[:len(stack)-1]
		for _, ids := range [2][]string{u.Relays, u.InformedBy} {
			for _, id := range ids {
				if i, ok := d.number[id]; ok && !seen[i] {
					seen[i] = true
					stack = append(stack, i)
				}
			}
		}
	}
	return seen
}

// reason puts a trace into a sentence, with its strength.
func (d *desk) reason(up, down int, t trace) (string, float64) {
	var parts []string
	strength := 0.0
	if t.likeness > 0 {
		parts = append(parts, fmt.Sprintf("%.0f %% of the runs of five words agree", 100*t.likeness))
		strength = 0.5 + 0.35*t.likeness
	}
	if t.number != (value{}) {
		more, weight := d.numberReason(t)
		parts = append(parts, more)
		strength = max(strength, weight) + 0.05
	}
	if other := d.contradiction(t); other != "" {
		parts = append(parts, other)
		strength += 0.2
	}
	when, doubt := d.order(up, down)
	text := fmt.Sprintf("%s may repeat %s: %s; %s", d.cite(down), d.cite(up), strings.Join(parts, ", and "), when)
	return text, min(strength, 0.95) - doubt
}

func (d *desk) numberReason(t trace) (string, float64) {
	if t.number.low < t.number.high {
		return fmt.Sprintf("both give the range %s, which few documents have", t.number), 0.55
	}
	return fmt.Sprintf("both give the number %s, which few documents have", t.number), 0.4
}

// order says what the dates tell.
func (d *desk) order(up, down int) (string, float64) {
	a, b := d.says[up].u.At, d.says[down].u.At
	if a.Before(b) {
		return fmt.Sprintf("it came later, %s after %s", b, a), 0
	}
	return "the dates do not tell which was first", 0.15
}

func (d *desk) cite(i int) string {
	return fmt.Sprintf("%s (%s)", d.says[i].u.ID, d.x.Name(d.says[i].u.Speaker))
}
