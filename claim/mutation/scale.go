// SPDX-License-Identifier: Apache-2.0

package mutation

import "math"

// near is how far a number may be from another that is called “about” so much.
const near = 0.1

// is tells whether two numbers are written alike.
func (q quantity) is(o quantity) bool {
	return q.low == o.low && q.high == o.high && q.openLow == o.openLow && q.openHigh == o.openHigh && q.unit == o.unit
}

// onOneScale gives two numbers in the same unit. Where one of them names no
// unit they are taken as they are written.
func onOneScale(a, b quantity) (x, y quantity, dimension string, comparable bool) {
	if a.unit == "" || b.unit == "" {
		return a, b, "", true
	}
	x, dx := a.scaled()
	y, dy := b.scaled()
	return x, y, dx, dx == dy
}

// alike tells whether two numbers can be the same, units taken into account.
// Spans of time are said loosely: four weeks are almost a month.
func alike(a, b quantity) bool {
	x, y, dimension, comparable := onOneScale(a, b)
	return comparable && (x.agrees(y) || dimension == "time" && close(x.low, y.low, 0.1))
}

// agrees tells whether two numbers can be the same thing said differently. The
// end that “more than” leaves out counts only against another such word: the
// exact number may well be the round one.
func (q quantity) agrees(o quantity) bool {
	if q.low == o.low && q.high == o.high && q.openLow == o.openLow && q.openHigh == o.openHigh {
		return true
	}
	if q.exact && o.exact {
		return close(q.low, o.low, 0.001) && close(q.high, o.high, 0.001) || q.share(o)
	}
	low, high := max(q.low, o.low), min(q.high, o.high)
	if low == high {
		return q.exact || o.exact || !(q.openLow || o.openLow || q.openHigh || o.openHigh)
	}
	return low < high
}

// share lets a third be 33 percent.
func (q quantity) share(o quantity) bool {
	return q.unit == "percent" && o.unit == "percent" && close(q.low, o.low, 0.02)
}

func close(a, b, within float64) bool { return math.Abs(a-b) <= within*max(math.Abs(a), math.Abs(b)) }

// scaled gives the number in the smallest unit of its kind, where the kind has
// several: lengths in metres, times in days.
func (q quantity) scaled() (quantity, string) {
	size, dimension := 1.0, q.unit
	switch q.unit {
	case "km":
		size, dimension = 1000, "length"
	case "miles":
		size, dimension = 1609.344, "length"
	case "metres":
		dimension = "length"
	case "feet":
		size, dimension = 0.3048, "length"
	case "seconds":
		size, dimension = 1.0/86400, "time"
	case "minutes":
		size, dimension = 1.0/1440, "time"
	case "hours":
		size, dimension = 1.0/24, "time"
	case "days":
		dimension = "time"
	case "weeks":
		size, dimension = 7, "time"
	case "months":
		size, dimension = 30, "time"
	case "years":
		size, dimension = 365, "time"
	}
	q.low, q.high = q.low*size, q.high*size
	return q, dimension
}
