// SPDX-License-Identifier: Apache-2.0

package wording

import "math"

// Kind is what a word can be in a number.
type Kind uint8

// The kinds of parts.
const (
	None  Kind = iota
	Digit      // digits: 7,000
	Unit       // a number that is added: seven, двадцати, сто
	Scale      // one that multiplies: dozen, hundred, тыс., million
	And        // the “and” of “two hundred and five”
)

// Part is one word, or one number in digits, of a number.
type Part struct {
	Kind   Kind
	Value  float64
	alone  bool // of a scale: it is a number by itself, as “a dozen” is
	behind bool // of a scale: it stands only behind digits, as k does
}

// Part gives the figure as a part of a number.
func (f Figure) Part() Part { return Part{Kind: Digit, Value: f.Value} }

// Number is a number as it was read.
type Number struct {
	Value   float64
	Scale   float64 // what words multiplied it by: of “7 тыс.” 1000, else 1
	Tokens  int     // how many it takes; 0 where there is none
	Spelled bool    // it has no digits
	Bare    bool    // it is a scale and nothing else: “a thousand”
}

// Count reads the number that begins at a token. The function gives the part that
// begins at a token, and how many tokens it takes. The longest beginning that is
// one number counts: of “two thousand three million” the two thousand.
func Count(from int, at func(token int) (Part, int)) Number {
	var c counter
	c.scale = 1
	for i := from; ; {
		p, n := at(i)
		if n == 0 || !c.take(p) {
			return c.best
		}
		i += n
		c.end(p, i-from)
	}
}

// counter is a number that is being read.
type counter struct {
	total, current float64
	scale          float64
	last           float64 // the last scale of a thousand and more; 0 before one
	before         Part
	digits         bool
	best, settled  Number // settled is how it stood at the last scale or before “and”
}

// take adds a part, and tells whether it can follow.
func (c *counter) take(p Part) bool {
	switch p.Kind {
	case Digit:
		c.current, c.digits = p.Value, true
		return c.before.Kind == None
	case Unit:
		if !c.fits(p.Value) {
			return false
		}
		c.current += p.Value
		return true
	case Scale:
		return c.multiply(p)
	case And:
		c.settled = c.best
		return c.before.Kind == Scale || c.before.Kind == Unit && c.current >= 100
	}
	return false
}

// fits lets twenty be followed by five and not by thirty, and nothing by a word
// that stands behind digits.
func (c *counter) fits(v float64) bool {
	switch {
	case c.before.Kind == None:
		return true
	case v == 0 || c.before.Kind == Digit:
		return false
	case c.current == 0:
		return c.last > 0
	}
	return c.current >= 20 && v < 10 && math.Mod(c.current, 10) == 0 || c.current >= 100 && v < 100 && math.Mod(c.current, 100) == 0
}

// multiply lets scales of a thousand and more only fall. One that does not fit
// shows that the words before it begin another number.
func (c *counter) multiply(p Part) bool {
	switch {
	case c.before.Kind == None && !p.alone, c.before.Kind == And, p.behind && c.before.Kind != Digit:
		return false
	case p.Value < 1000 && c.current >= 100 && c.before.Kind != Digit,
		p.Value >= 1000 && c.last > 0 && p.Value >= c.last,
		p.Value >= 1000 && c.last > 0 && c.current == 0:
		if c.settled.Tokens > 0 {
			c.best = c.settled
		}
		return false
	}
	c.current = max(c.current, 1) * p.Value
	c.scale *= p.Value
	if p.Value >= 1000 {
		c.total, c.current, c.last = c.total+c.current, 0, p.Value
	}
	return true
}

// end notes how the number stands behind a part.
func (c *counter) end(p Part, tokens int) {
	bare := p.Kind == Scale && c.before.Kind == None
	c.before = p
	if p.Kind == And {
		return
	}
	c.best = Number{Value: c.total + c.current, Scale: c.scale, Tokens: tokens, Spelled: !c.digits, Bare: bare}
	if p.Kind == Scale {
		c.settled = c.best
	}
}

// Range makes a range of two numbers that a word or a dash joins. In “7 to 15
// thousand” the word counts for both ends. It is false where the first is not the
// lower one.
func Range(low, high Number) (from, to float64, ok bool) {
	from, to = low.Value, high.Value
	if low.Scale == 1 && high.Scale > 1 && from < to/high.Scale {
		from *= high.Scale
	}
	return from, to, from < to
}
