// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"slices"
	"strconv"

	"tamizdat/claim/wording"
)

// quantity is a number that a statement gives, with what it says about it.
type quantity struct {
	low, high         float64 // as written
	openLow, openHigh bool    // more than so much, less than so much
	exact             bool    // no word says about, almost, more than
	unit, rate        string  // unit dollars, per week; empty where none is said
	measurand         string
	population        string
	nation            string
	from, to          int // its tokens
	order             int // its place among the numbers of the statement
}

// quantities reads the numbers of a statement that are not dates.
func (r *reading) quantities() []quantity {
	var out []quantity
	for i := 0; i < len(r.tokens); {
		q, n := r.quantityAt(i)
		if n == 0 {
			i++
			continue
		}
		out = append(out, q)
		i += n
	}
	for i := range out {
		out[i].order = i
		r.describe(&out[i], r.stop(out, i), r.start(out, i))
	}
	return out
}

// stop and start are the tokens between which words can be about the number:
// the numbers beside it, and what ends a thought.
func (r *reading) stop(all []quantity, i int) int {
	end := len(r.tokens)
	if i+1 < len(all) {
		end = all[i+1].from
	}
	for k := all[i].to; k < end; k++ {
		if r.tokens[k].kind == aBreak {
			return k
		}
	}
	return end
}

func (r *reading) start(all []quantity, i int) int {
	begin := 0
	if i > 0 {
		begin = all[i-1].to
	}
	for k := all[i].from - 1; k >= begin; k-- {
		if r.tokens[k].kind == aBreak {
			return k + 1
		}
	}
	return begin
}

// quantityAt reads a number or a range that begins at a token, and tells how
// many tokens it takes.
func (r *reading) quantityAt(i int) (quantity, int) {
	if r.dated[i] {
		return quantity{}, 0
	}
	low := r.numberAt(i)
	if low.Tokens == 0 {
		return quantity{}, 0
	}
	q := quantity{low: low.Value, high: low.Value, exact: true, from: i, to: i + low.Tokens}
	high, at := r.rangeEnd(i, q.to)
	if from, to, ok := wording.Range(low, high); ok && high.Tokens > 0 {
		q.low, q.high, q.to = from, to, at+high.Tokens
	}
	r.approximate(&q)
	return q, q.to - i
}

// rangeEnd reads the second number of “7,000 to 15,000”, and tells where it begins.
func (r *reading) rangeEnd(from, at int) (high wording.Number, begin int) {
	if at >= len(r.tokens) {
		return wording.Number{}, at
	}
	t := r.tokens[at]
	if t.kind == aNumber && t.dashed { // 7,000–15,000
		return r.numberAt(at), at
	}
	if joins, afterBetween := wording.Joins(t.text); !joins || afterBetween && !r.between(from) {
		return wording.Number{}, at
	}
	return r.numberAt(at + 1), at + 1
}

// between reports whether a range opens before a token.
func (r *reading) between(at int) bool { return at > 0 && wording.Between(r.tokens[at-1].text) }

// numberAt reads a number in digits or words, with its multipliers, or a share of
// a whole. Behind “between”, “and” parts two of them.
func (r *reading) numberAt(i int) wording.Number {
	if i < len(r.tokens) && r.tokens[i].is("share") {
		return wording.Number{Value: factor(r.tokens[i], "share") * 100, Scale: 1, Tokens: 1, Spelled: true}
	}
	between := r.between(i)
	n := wording.Count(i, func(k int) (wording.Part, int) {
		if k >= len(r.tokens) || between && r.tokens[k].part.Kind == wording.And {
			return wording.Part{}, 0
		}
		return r.tokens[k].part, 1
	})
	if n.Spelled && n.Value < 2 {
		return wording.Number{}
	}
	return n
}

func factor(t token, group string) float64 {
	name, _ := t.name(group)
	v, _ := strconv.ParseFloat(name, 64)
	return v
}

// approximate reads the word before the number that says how it is meant.
func (r *reading) approximate(q *quantity) {
	k := q.from - 1
	for k >= 0 && slices.Contains([]string{"a", "an", "the", "from", "от", "від", "на", "до", "в"}, r.tokens[k].text) {
		k--
	}
	if k < 0 {
		return
	}
	how, ok := r.tokens[k].name("approx")
	if !ok {
		return
	}
	q.exact = false
	switch how {
	case "about":
		q.low, q.high = q.low*(1-near), q.high*(1+near)
	case "almost":
		q.low, q.openHigh = q.low*0.8, true
	case "over":
		q.high, q.openLow = q.high*1.5, true
	case "under":
		q.low, q.openHigh = 0, true
	}
}

// describe reads what the number counts, from the words around it.
func (r *reading) describe(q *quantity, stop, start int) {
	r.unitOf(q, stop)
	q.measurand = r.nearest(q, "measurand", start, stop)
	for k := q.to; k < min(stop, q.to+4); k++ {
		t := r.tokens[k]
		if name, ok := t.name("population"); ok && (q.population == "" || q.population == "people") {
			q.population = name
		}
		if name, ok := t.name("nation"); ok && q.nation == "" {
			q.nation = name
		}
	}
}

// unitOf looks right behind the number, and before it for a sign of money.
func (r *reading) unitOf(q *quantity, stop int) {
	for k := q.to; k < min(stop, q.to+2) && q.unit == ""; k++ {
		q.unit, _ = r.tokens[k].name("unit")
	}
	if q.unit == "" && q.from > 0 && r.tokens[q.from-1].kind == aWord && len(r.tokens[q.from-1].raw) <= 3 {
		if name, ok := r.tokens[q.from-1].name("unit"); ok && r.tokens[q.from-1].text != "us" {
			q.unit = name
		}
	}
	if q.unit == "" && r.tokens[q.from].is("share") {
		q.unit = "percent"
	}
	q.rate = r.rateOf(q, stop)
}

// rateOf reads “a week”, “per day”, “в неделю” after the thing counted.
func (r *reading) rateOf(q *quantity, stop int) string {
	for k := q.to; k+1 < min(stop, q.to+5); k++ {
		if !slices.Contains([]string{"a", "per", "each", "в", "на", "за"}, r.tokens[k].text) {
			continue
		}
		if name, ok := r.tokens[k+1].name("unit"); ok && slices.Contains([]string{"seconds", "minutes", "hours", "days", "weeks", "months", "years"}, name) {
			return name
		}
	}
	return ""
}

// nearest gives the word of a group that stands next to the number, the one
// behind it where two are as near.
func (r *reading) nearest(q *quantity, group string, start, stop int) string {
	for d := range 6 {
		if k := q.to + d; k < stop {
			if name, ok := r.tokens[k].name(group); ok {
				return name
			}
		}
		if k := q.from - 1 - d; k >= start {
			if name, ok := r.tokens[k].name(group); ok {
				return name
			}
		}
	}
	return ""
}
