// SPDX-License-Identifier: Apache-2.0

package quote

// step pairs a word of the query with one of the text; −1 where a side has none.
type step struct {
	q, p int32
	same bool
	left bool // only in the text, at a mark of omission
}

// alignment lays a query beside a stretch of one text, word by word.
type alignment struct {
	text  int
	steps []step
	runs  []run
	same  int // words that agree
	edits int // words changed, dropped or added
}

// worth orders alignments: what agrees, less what does not.
func (a alignment) worth() int { return 2*a.same - a.edits }

// align chains the seeds of a region into stretches of equal words and lays
// the words between them side by side. Only what lies between stretches is
// compared each with each, so the cost is near linear in the query's length.
func (x *Index) align(q *query, r region) alignment {
	a := &aligner{x: x, q: q, from: x.begin[r.text], to: x.begin[r.text+1]}
	a.runs = a.heaviest(a.extend(longestChain(r.seeds)))
	if len(a.runs) == 0 {
		return alignment{text: r.text}
	}
	first, last := a.runs[0], a.runs[len(a.runs)-1]
	a.head(first.q, first.p)
	for i, run := range a.runs {
		if i > 0 {
			before := a.runs[i-1]
			a.gap(before.q+before.n, run.q, before.p+before.n, run.p)
		}
		for k := range run.n {
			a.steps = append(a.steps, step{q: run.q + k, p: run.p + k, same: true})
		}
	}
	a.tail(last.q+last.n, last.p+last.n)
	out := alignment{text: r.text, steps: a.steps, runs: a.runs}
	for _, s := range a.steps {
		switch {
		case s.same:
			out.same++
		case !s.left:
			out.edits++
		}
	}
	return out
}

type aligner struct {
	x        *Index
	q        *query
	from, to int32 // the text
	runs     []run
	steps    []step
}

func (a *aligner) equal(q, p int32) bool {
	return a.q.ids[q] != 0 && a.q.ids[q] == a.x.words[p]
}

// head lays the query's first words beside those before the first run.
func (a *aligner) head(q, p int32) {
	mark := a.lastMark(1, q)
	if mark < 0 {
		moves := a.edit(0, q, max(a.from, p-q-8), p, true, false)
		a.add(0, p-consumed(moves), moves)
		return
	}
	moves := a.edit(mark, q, max(a.from, p-q+mark-8), p, true, false)
	at := p - consumed(moves)
	start := max(a.lastMark(1, mark-1), 0)
	if before := a.findLast(start, mark, max(a.from, at-omissionReach), at); before >= 0 {
		a.head(start, before)
		a.agree(start, mark, before)
		a.leaveOut(before+mark-start, at)
	} else {
		a.alone(0, mark)
	}
	a.add(mark, at, moves)
}

// tail lays the query's last words beside those after the last run.
func (a *aligner) tail(q, p int32) {
	end := int32(len(a.q.ids))
	mark := a.firstMark(q, end-1)
	if mark < 0 {
		a.add(q, p, a.edit(q, end, p, min(a.to, p+end-q+8), false, true))
		return
	}
	moves := a.edit(q, mark, p, min(a.to, p+mark-q+8), false, true)
	a.add(q, p, moves)
	p += consumed(moves)
	next := a.firstMark(mark+1, end-1)
	if next < 0 {
		next = end
	}
	if at := a.find(mark, next, p, min(a.to, p+omissionReach)); at >= 0 {
		a.leaveOut(p, at)
		a.agree(mark, next, at)
		a.tail(next, at+next-mark)
		return
	}
	a.alone(mark, end)
}

// omissionReach is how many words away a passage too short to be a seed is
// looked for beyond a mark of omission.
const omissionReach = 400

func (a *aligner) firstMark(from, to int32) int32 {
	for i := from; i <= to; i++ {
		if a.q.gaps[i] {
			return i
		}
	}
	return -1
}

func (a *aligner) lastMark(from, to int32) int32 {
	for i := to; i >= from; i-- {
		if a.q.gaps[i] {
			return i
		}
	}
	return -1
}

func (a *aligner) agree(q0, q1, p int32) {
	for i := q0; i < q1; i++ {
		a.steps = append(a.steps, step{q: i, p: p + i - q0, same: true})
	}
}

func (a *aligner) alone(q0, q1 int32) {
	for i := q0; i < q1; i++ {
		a.steps = append(a.steps, step{q: i, p: -1})
	}
}

// gap lays side by side what stands between two runs. At marks of omission the
// text may have more words; these are left out and not dropped.
func (a *aligner) gap(q0, q1, p0, p1 int32) {
	mark := a.firstMark(q0, q1)
	if mark < 0 {
		a.add(q0, p0, a.edit(q0, q1, p0, p1, false, false))
		return
	}
	left := a.edit(q0, mark, p0, min(p1, p0+mark-q0+4), false, true)
	at := p0 + consumed(left)
	last := a.lastMark(mark, q1)
	right := a.edit(last, q1, max(at, p1-(q1-last)-4), p1, true, false)
	upTo := p1 - consumed(right)
	a.add(q0, p0, left)
	at = a.middle(mark, last, at, upTo)
	a.leaveOut(at, upTo)
	a.add(last, upTo, right)
}

// middle finds the passages between several marks of omission, each exactly.
func (a *aligner) middle(q0, q1, p0, p1 int32) int32 {
	for q0 < q1 {
		end := a.firstMark(q0+1, q1)
		if p := a.find(q0, end, p0, p1); p >= 0 {
			a.leaveOut(p0, p)
			a.agree(q0, end, p)
			p0 = p + end - q0
		} else {
			a.alone(q0, end)
		}
		q0 = end
	}
	return p0
}

// find gives the first place of query words between two places, or −1.
func (a *aligner) find(q0, q1, p0, p1 int32) int32 {
	for p := p0; p+q1-q0 <= p1; p++ {
		if equal(a.x.words[p:p+q1-q0], a.q.ids[q0:q1]) {
			return p
		}
	}
	return -1
}

func (a *aligner) findLast(q0, q1, p0, p1 int32) int32 {
	for p := p1 - q1 + q0; p >= p0; p-- {
		if equal(a.x.words[p:p+q1-q0], a.q.ids[q0:q1]) {
			return p
		}
	}
	return -1
}

func (a *aligner) leaveOut(p0, p1 int32) {
	for ; p0 < p1; p0++ {
		a.steps = append(a.steps, step{q: -1, p: p0, left: true})
	}
}

// add appends moves that begin at q and p.
func (a *aligner) add(q, p int32, moves []move) {
	for _, m := range moves {
		s := step{q: q, p: p}
		switch m {
		case pair:
			s.same = a.equal(q, p)
			q, p = q+1, p+1
		case drop:
			s.q = -1
			p++
		case put:
			s.p = -1
			q++
		}
		a.steps = append(a.steps, s)
	}
}
