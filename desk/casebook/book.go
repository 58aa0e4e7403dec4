// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"tamizdat/letter/wire"
)

// What may wait for events that have not come.
const (
	maxWaiting      = 4096
	maxWaitingBytes = 64 << 20
)

// Book holds the events that count and those that wait. It is not for use by several
// goroutines at once.
type Book struct {
	newsroom wire.NewsroomKey
	current  map[wire.JournalistID]bool // nil: everybody counts
	chains   []*chain
	number   map[Chain]int
	order    []*Taken // events that count, each after all that it knows
	taken    map[wire.Hash]*Taken
	waiting  map[wire.Hash]*Event
	places   map[place]*Event   // of those that wait
	blocked  map[place][]*Event // those that wait, by one thing that they wait for
	vouched  map[Chain]uint64   // how far events of current authors name a chain
	weight   int                // bytes that wait
	cut      bool               // a fork took back events that counted
}

// chain is one author's row of events that count.
type chain struct {
	name   Chain
	events []*Taken
	fork   [2]*Event // the proof that it ends, nil before
	aside  []*Event  // what stands behind the end
}

// Taken is an event that counts, with what it knows.
type Taken struct {
	*Event
	chain int
	clock Clock
}

// Knew reports whether the event was made in knowledge of another, or is it.
func (t *Taken) Knew(o *Taken) bool { return t.clock.at(o.chain) >= o.N }

// New gives an empty book of a newsroom.
func New(nr wire.NewsroomKey) *Book {
	return &Book{
		newsroom: nr, number: map[Chain]int{}, taken: map[wire.Hash]*Taken{},
		waiting: map[wire.Hash]*Event{}, places: map[place]*Event{}, blocked: map[place][]*Event{}, vouched: map[Chain]uint64{},
	}
}

// SetAuthors tells who is in the newest roster (spec/casebook.md §3). Events of all
// others count from now on only as far as those of these name them. It returns what
// was waiting for that and counts now.
func (b *Book) SetAuthors(ids []wire.JournalistID) []*Taken {
	b.current = map[wire.JournalistID]bool{}
	for _, id := range ids {
		b.current[id] = true
	}
	clear(b.vouched)
	for _, t := range b.order {
		b.vouch(t.Event)
	}
	for _, e := range b.waiting {
		b.vouch(e)
	}
	return b.settleAll()
}

// vouch notes how far an event names the chains of others. It returns those of which
// more is named than before.
func (b *Book) vouch(e *Event) []Chain {
	if !b.counts(e.Chain.Author) {
		return nil
	}
	var more []Chain
	for _, c := range e.Causes {
		if b.vouched[c.Chain] < c.N {
			b.vouched[c.Chain] = c.N
			more = append(more, c.Chain)
		}
	}
	return more
}

func (b *Book) counts(author wire.JournalistID) bool { return b.current == nil || b.current[author] }

// Add takes an event in, and all that waited for it: these are returned, in an order
// that respects causes. None are returned for an event that has to wait, that is
// there already, or that stands where its chain is cut.
//
// Where the event proves a fork that takes back events which counted, [Book.Cut]
// reports it, and the state must be made anew from [Book.All].
func (b *Book) Add(e *Event) ([]*Taken, error) {
	if e.Newsroom != b.newsroom {
		return nil, ErrForeign
	}
	if b.Has(e.id) {
		return nil, nil
	}
	if done, cut := b.isFork(e); cut {
		return b.settleAll(), nil
	} else if done {
		return nil, nil
	}
	if _, waits := b.awaits(e); waits && (len(b.waiting) >= maxWaiting || b.weight+len(e.raw) > maxWaitingBytes) {
		return nil, ErrFull // what need not wait needs no room: a colleague who fills it silences nobody
	}
	b.waiting[e.id], b.places[e.place()] = e, e
	b.weight += len(e.raw)
	free := []*Event{e}
	for _, named := range b.vouch(e) {
		free = append(free, b.unblock(place{named, 0})...)
	}
	return b.settle(free), nil
}

// Cut reports, once, that events which had counted no longer do.
func (b *Book) Cut() bool {
	was := b.cut
	b.cut = false
	return was
}

// Has reports whether an event counts or waits.
func (b *Book) Has(id wire.Hash) bool { return b.waiting[id] != nil || b.taken[id] != nil }

func (b *Book) drop(e *Event) {
	delete(b.waiting, e.id)
	delete(b.places, e.place())
	b.weight -= len(e.raw)
}

// settleAll looks at all that waits.
func (b *Book) settleAll() []*Taken {
	clear(b.blocked)
	return b.settle(b.Waiting())
}

// settle takes in those of the events that wait for nothing any more, and what waited
// for them.
func (b *Book) settle(free []*Event) []*Taken {
	var taken []*Taken
	for len(free) > 0 {
		e := free[0]
		free = free[1:]
		if b.waiting[e.id] == nil {
			continue
		}
		if awaited, waits := b.awaits(e); waits {
			b.blocked[awaited] = append(b.blocked[awaited], e)
			continue
		}
		b.drop(e)
		taken = append(taken, b.take(e))
		free = append(free, b.unblock(e.place())...)
	}
	return taken
}

// unblock gives what waited for a place, in a fixed order.
func (b *Book) unblock(p place) []*Event {
	events := b.blocked[p]
	delete(b.blocked, p)
	slices.SortFunc(events, byPlace)
	return events
}

func byPlace(x, y *Event) int {
	if c := x.Chain.Compare(y.Chain); c != 0 {
		return c
	}
	return int(int64(x.N) - int64(y.N))
}

// awaits tells a place that has to be filled before an event can be taken in; n = 0
// of a chain stands for a word of a current author about that chain.
func (b *Book) awaits(e *Event) (place, bool) {
	if !b.counts(e.Chain.Author) && b.vouched[e.Chain] < e.N {
		return place{e.Chain, 0}, true
	}
	if !b.follows(e) {
		return place{e.Chain, e.N - 1}, true
	}
	for _, cause := range e.Causes {
		if missing, ok := b.reached(cause); !ok {
			return missing, true
		}
	}
	return place{}, false
}

func (b *Book) chain(name Chain) *chain {
	if i, ok := b.number[name]; ok {
		return b.chains[i]
	}
	return nil
}

// end is the n up to which events can count: one below that of the fork.
func (c *chain) end() uint64 {
	if c.fork[0] != nil {
		return c.fork[0].N - 1
	}
	return 1 << 62
}

// follows reports whether an event is the next of its chain.
func (b *Book) follows(e *Event) bool {
	c := b.chain(e.Chain)
	if c == nil || len(c.events) == 0 {
		return e.N == 1
	}
	last := c.events[len(c.events)-1]
	return e.N == last.N+1 && e.Prev == last.id
}

// reached reports whether a cause was taken in or, where it stands behind the end of a
// chain, all before that end. Else it tells which place is missing.
func (b *Book) reached(cause Cause) (place, bool) {
	c := b.chain(cause.Chain)
	if c == nil {
		return place{cause.Chain, cause.N}, false
	}
	if end := c.end(); cause.N > end {
		return place{cause.Chain, end}, uint64(len(c.events)) == end
	}
	there := uint64(len(c.events)) >= cause.N && c.events[cause.N-1].id == cause.ID
	return place{cause.Chain, cause.N}, there
}

// take counts an event that is ready.
func (b *Book) take(e *Event) *Taken {
	i := b.numberOf(e.Chain)
	c := b.chains[i]
	var clock Clock
	if n := len(c.events); n > 0 {
		clock = c.events[n-1].clock
	}
	for _, cause := range e.Causes {
		if n := min(cause.N, uint64(len(b.chain(cause.Chain).events))); n > 0 {
			clock = clock.join(b.chain(cause.Chain).events[n-1].clock)
		}
	}
	t := &Taken{Event: e, chain: i, clock: clock.with(i, e.N)}
	c.events, b.order = append(c.events, t), append(b.order, t)
	b.taken[e.id] = t
	return t
}

func (b *Book) numberOf(name Chain) int {
	i, ok := b.number[name]
	if !ok {
		i = len(b.chains)
		b.number[name] = i
		b.chains = append(b.chains, &chain{name: name})
	}
	return i
}

// All gives the events that count, each after all that it knows.
func (b *Book) All() iter.Seq[*Taken] { return slices.Values(b.order) }

// Len is how many events count.
func (b *Book) Len() int { return len(b.order) }

// Next is what an event by an author must say of its place: its chain, n, prev and
// causes. The author adds the rest and signs.
func (b *Book) Next(name Chain) Body {
	body := Body{Newsroom: b.newsroom, Chain: name, N: 1}
	var knows Clock
	if c := b.chain(name); c != nil && len(c.events) > 0 {
		last := c.events[len(c.events)-1]
		body.N, body.Prev, knows = last.N+1, last.id, last.clock
	}
	for i, c := range b.chains {
		if n := uint64(len(c.events)); c.name != name && n > knows.at(i) {
			body.Causes = append(body.Causes, c.events[n-1].cause())
		}
	}
	slices.SortFunc(body.Causes, func(x, y Cause) int { return x.Chain.Compare(y.Chain) })
	body.Causes = body.Causes[:min(len(body.Causes), MaxCauses)] // the rest is told next time
	return body
}

// Heads tell colleagues what this desk has taken in (spec/casebook.md §4).
func (b *Book) Heads() []Cause {
	var heads []Cause
	for _, c := range b.chains {
		switch n := len(c.events); {
		case c.fork[0] != nil:
			heads = append(heads, Cause{Chain: c.name, N: c.fork[0].N})
		case n > 0:
			heads = append(heads, c.events[n-1].cause())
		}
	}
	slices.SortFunc(heads, func(x, y Cause) int { return x.Chain.Compare(y.Chain) })
	return heads
}

// Waiting lists what does not count: because something that it knows has not come, or
// because its author has left and nobody names it.
func (b *Book) Waiting() []*Event { return slices.SortedFunc(maps.Values(b.waiting), byPlace) }

// String tells how much there is and nothing else.
func (b *Book) String() string {
	return fmt.Sprintf("%d events of %d chains, %d waiting", len(b.order), len(b.chains), len(b.waiting))
}
