// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"math"
	"slices"
	"strconv"
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
	low, n, lowTimes := r.numberAt(i)
	if n == 0 {
		return quantity{}, 0
	}
	q := quantity{low: low, high: low, exact: true, from: i, to: i + n}
	if high, m, times := r.rangeEnd(i, i+n); m > 0 && high > low {
		if lowTimes == 1 && times > 1 && low < high/times {
			q.low *= times
		}
		q.high, q.to = high, m
	}
	r.approximate(&q)
	return q, q.to - i
}

// rangeEnd reads the second number of “7,000 to 15,000”.
func (r *reading) rangeEnd(from, at int) (value float64, to int, times float64) {
	if at >= len(r.tokens) {
		return 0, 0, 1
	}
	join := r.tokens[at].text
	if r.tokens[at].kind == aNumber && r.tokens[at].dashed { // 7,000–15,000
		v, n, t := r.numberAt(at)
		return v, at + n, t
	}
	if !slices.Contains([]string{"to", "до", "по"}, join) && (join != "and" && join != "и" && join != "і" && join != "та" || !r.between(from)) {
		return 0, 0, 1
	}
	if at+1 >= len(r.tokens) {
		return 0, 0, 1
	}
	v, n, t := r.numberAt(at + 1)
	if n == 0 {
		return 0, 0, 1
	}
	return v, at + 1 + n, t
}

func (r *reading) between(from int) bool {
	return from > 0 && slices.Contains([]string{"between", "между", "між"}, r.tokens[from-1].text)
}

// numberAt reads a number in digits or words, with its multipliers.
func (r *reading) numberAt(i int) (value float64, n int, times float64) {
	times = 1
	total, current, any := 0.0, 0.0, false
	for k := i; k < len(r.tokens); k++ {
		t := r.tokens[k]
		switch {
		case k > i && t.dashed && !any:
			return 0, 0, 1
		case t.kind == aNumber && !any:
			current, any = t.value, true
		case t.is("number") && (!any || current == 0 || fitsBelow(current, factor(t, "number"))):
			current, any = current+factor(t, "number"), true
		case t.is("times") && (any || r.single(i, k)):
			current, any = max(current, 1)*factor(t, "times"), true
			times *= factor(t, "times")
			if factor(t, "times") >= 1000 {
				total, current = total+current, 0
			}
		case t.is("share") && !any:
			return factor(t, "share") * 100, 1, 1
		case any && t.text == "and" && k+1 < len(r.tokens) && r.tokens[k+1].is("number") && current >= 100:
		default:
			return total + current, k - i, times
		}
		if t.kind == aNumber && k+1 < len(r.tokens) && r.tokens[k+1].kind == aNumber {
			return total + current, k + 1 - i, times
		}
	}
	return total + current, len(r.tokens) - i, times
}

func factor(t token, group string) float64 {
	name, _ := t.name(group)
	v, _ := strconv.ParseFloat(name, 64)
	return v
}

// fitsBelow lets twenty be followed by five, and not by thirty.
func fitsBelow(above, below float64) bool {
	return above >= 20 && below < 10 && math.Mod(above, 10) == 0 || above >= 100 && below < 100 && math.Mod(above, 100) == 0
}

// single lets “a dozen” and “тысяча” be numbers, and not the loose “thousands”.
func (r *reading) single(i, k int) bool {
	t := r.tokens[k].text
	return k == i && (t == "dozen" || t == "hundred" || t == "thousand" || t == "million" || t == "billion" ||
		t == "дюжина" || t == "дюжины" || t == "дюжини" || t == "тысяча" || t == "тысячу" || t == "тисяча")
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
