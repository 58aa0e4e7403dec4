// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tamizdat/claim/wording"
)

// What a formula may be at most.
const (
	maxFormula = 1000 // bytes
	maxDepth   = 32   // of parentheses and signs within each other
)

// Formula is a sum over estimates, such as E1 * (1 + 3). Numbers are decimal,
// with a point and without separators. An id is a run of letters, digits and
// underscores that is not a number; any other id stands in brackets: [P-1].
// The signs are + - * / and × · ÷ −.
type Formula struct{ root *term }

// term is a number, an id, or an operation on two terms.
type term struct {
	op          rune // 'n' number, 'i' id, or + - * /
	value       float64
	id          string
	left, right *term
}

// ParseFormula reads a formula. It refuses more than 1,000 bytes, and more than
// 32 parentheses or signs within each other.
func ParseFormula(s string) (Formula, error) {
	if len(s) > maxFormula {
		return Formula{}, fmt.Errorf("a formula has at most %d bytes, and this has %d", maxFormula, len(s))
	}
	if !utf8.ValidString(s) {
		return Formula{}, errors.New("a formula is UTF-8 text")
	}
	p := &formulaParser{rest: s}
	root, err := p.sum(0)
	if err == nil && p.peek() != 0 {
		err = fmt.Errorf("%q was not expected here", p.rest)
	}
	if err != nil {
		return Formula{}, fmt.Errorf("formula %q: %w; write it like E1 * (1 + 3)", s, err)
	}
	return Formula{root}, nil
}

type formulaParser struct{ rest string }

// peek gives the next sign in its plain spelling, without taking it; 0 at the end.
func (p *formulaParser) peek() rune {
	p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	if p.rest == "" {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(p.rest)
	switch r {
	case '×', '·':
		return '*'
	case '÷':
		return '/'
	case '−':
		return '-'
	}
	return r
}

func (p *formulaParser) take() {
	_, n := utf8.DecodeRuneInString(p.rest)
	p.rest = p.rest[n:]
}

func (p *formulaParser) sum(depth int) (*term, error) { return p.chain(depth, "+-", p.product) }

func (p *formulaParser) product(depth int) (*term, error) { return p.chain(depth, "*/", p.factor) }

// chain reads operands between operators of one rank, from left to right.
func (p *formulaParser) chain(depth int, ops string, operand func(int) (*term, error)) (*term, error) {
	left, err := operand(depth)
	for err == nil {
		op := p.peek()
		if op == 0 || !strings.ContainsRune(ops, op) {
			return left, nil
		}
		p.take()
		var right *term
		right, err = operand(depth)
		left = &term{op: op, left: left, right: right}
	}
	return nil, err
}

func (p *formulaParser) factor(depth int) (*term, error) {
	if depth >= maxDepth {
		return nil, fmt.Errorf("more than %d parentheses or signs stand within each other", maxDepth)
	}
	switch r := p.peek(); {
	case r == 0:
		return nil, errors.New("it ends where a number or an id should stand")
	case r == '(':
		return p.parenthesis(depth)
	case r == '[':
		return p.bracketed()
	case r == '-':
		p.take()
		t, err := p.factor(depth + 1)
		return &term{op: '-', left: &term{op: 'n'}, right: t}, err
	case wordly(r) || r == '.':
		return p.word()
	default:
		return nil, fmt.Errorf("%q cannot stand in a formula", r)
	}
}

func (p *formulaParser) parenthesis(depth int) (*term, error) {
	p.take()
	t, err := p.sum(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.peek() != ')' {
		return nil, errors.New("a parenthesis is not closed")
	}
	p.take()
	return t, nil
}

func (p *formulaParser) bracketed() (*term, error) {
	p.take()
	id, rest, ok := strings.Cut(p.rest, "]")
	if !ok || id == "" || strings.Contains(id, "[") {
		return nil, errors.New("a bracket holds one id and is closed")
	}
	p.rest = rest
	return &term{op: 'i', id: id}, nil
}

func wordly(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// word reads a number, or an id, which can begin with a digit too.
func (p *formulaParser) word() (*term, error) {
	n := strings.IndexFunc(p.rest, func(r rune) bool { return !wordly(r) && r != '.' })
	if n < 0 {
		n = len(p.rest)
	}
	w := p.rest[:n]
	p.rest = p.rest[n:]
	if strings.IndexFunc(w, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }) < 0 {
		v, err := strconv.ParseFloat(w, 64)
		if err != nil || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%q is not a number", w)
		}
		return &term{op: 'n', value: v}, nil
	}
	if strings.Contains(w, ".") {
		return nil, fmt.Errorf("%q is neither a number nor an id; an id with a point stands in brackets", w)
	}
	return &term{op: 'i', id: w}, nil
}

// IDs lists the ids of a formula, sorted, each once.
func (f Formula) IDs() []string {
	ids := f.root.ids(nil)
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (t *term) ids(into []string) []string {
	switch {
	case t == nil:
		return into
	case t.op == 'i':
		return append(into, t.id)
	}
	return t.right.ids(t.left.ids(into))
}

// Eval works the formula out by interval arithmetic (Moore 1966). Each mention
// of an id counts as a number of its own, so E1 - E1 is wider than zero: the
// result can be too wide and never too narrow. value gives the interval of an id.
func (f Formula) Eval(value func(id string) (Interval, bool)) (Interval, error) {
	if f.root == nil {
		return Interval{}, errors.New("the formula is empty")
	}
	r, err := f.root.eval(value)
	if err == nil && (math.IsNaN(r.Low) || math.IsNaN(r.High) || math.IsInf(r.Low, 1) || math.IsInf(r.High, -1)) {
		err = errors.New("its numbers grow beyond all bounds")
	}
	return r, err
}

func (t *term) eval(value func(string) (Interval, bool)) (Interval, error) {
	switch t.op {
	case 'n':
		return exactly(t.value), nil
	case 'i':
		v, ok := value(t.id)
		if !ok {
			return v, fmt.Errorf("there is no number for %s", t.id)
		}
		return v, nil
	}
	a, err := t.left.eval(value)
	if err != nil {
		return a, err
	}
	b, err := t.right.eval(value)
	if err != nil {
		return b, err
	}
	switch t.op {
	case '+':
		return a.add(b), nil
	case '-':
		return a.sub(b), nil
	case '*':
		return a.mul(b), nil
	}
	return a.div(b)
}

// String writes the formula for readers: with × ÷ − and with sums of bare
// numbers worked out, so that E1 * (1 + 3) is E1 × 4.
func (f Formula) String() string {
	if f.root == nil {
		return ""
	}
	s, _ := f.root.text()
	return s
}

// text also tells how tightly the term holds together: 1 a sum, 2 a product, 3
// one thing.
func (t *term) text() (string, int) {
	if v, ok := t.constant(); ok {
		if v < 0 {
			return wording.Write(v), 1
		}
		return wording.Write(v), 3
	}
	if t.op == 'i' {
		return t.id, 3
	}
	rank, sign := 1, map[rune]string{'+': " + ", '-': " − ", '*': " × ", '/': " ÷ "}[t.op]
	if t.op == '*' || t.op == '/' {
		rank = 2
	}
	return t.left.within(rank) + sign + t.right.within(rank+1), rank
}

func (t *term) within(rank int) string {
	s, is := t.text()
	if is < rank {
		return "(" + s + ")"
	}
	return s
}

func (t *term) constant() (float64, bool) {
	if len(t.ids(nil)) > 0 {
		return 0, false
	}
	v, err := t.eval(nil)
	return v.Low, err == nil
}
