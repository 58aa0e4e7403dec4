// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"tamizdat/letter/wire"
)

// Book holds the events that count and those that wait. It is not for use by several
// goroutines at once.
//
// Whether an event is complete and whether it counts follows from what is there and from
// the newest roster, never from the order in which it came.
type Book struct {
	newsroom wire.NewsroomKey
	current  map[wire.JournalistID]bool // nil: everybody counts
	authors  map[wire.JournalistID]*author
	chains   []*chain
	number   map[Chain]int
	complete []*Taken // each after all that it knows
	taken    map[wire.Hash]*Taken
	order    []*Taken // of those that are complete, what counts
	held     int      // how many are complete and do not count
	waiting  map[wire.Hash]*Event
	places   map[place]*Event   // of those that wait
	blocked  map[place][]*Event // those that wait, by one thing that they wait for
	aside    map[wire.Hash]*Event
	proofs   map[wire.Hash]bool // events of forks
	most     limits
	stale    bool // events were taken back: clocks and what counts are to be made anew
	cut      bool // events that counted may no longer do
}

// chain is one author's row of complete events.
type chain struct {
	name    Chain
	events  []*Taken
	counted int       // how many of them count
	fork    [2]*Event // the proof that it ends, nil before
}

// Taken is an event that counts, with what it knows.
type Taken struct {
	*Event
	chain  int
	at     int // in the row of those that are complete
	clock  Clock
	counts bool
}

// Knew reports whether the event was made in knowledge of another, or is it.
func (t *Taken) Knew(o *Taken) bool {
	if t.chain == o.chain {
		return t.N >= o.N
	}
	return uint64(t.clock.at(o.chain)) >= o.N
}

// New gives an empty book of a newsroom.
func New(nr wire.NewsroomKey) *Book {
	return &Book{
		newsroom: nr, most: limits{MaxChains, MaxForks}, authors: map[wire.JournalistID]*author{}, number: map[Chain]int{}, taken: map[wire.Hash]*Taken{},
		waiting: map[wire.Hash]*Event{}, places: map[place]*Event{}, blocked: map[place][]*Event{}, aside: map[wire.Hash]*Event{}, proofs: map[wire.Hash]bool{},
	}
}

// Add takes an event in, and all that waited for it: those that count now are returned,
// in an order that respects causes. None are returned for an event that has to wait,
// that is there already, or that stands where its chain has ended.
//
// Where events that counted were taken back, [Book.Cut] reports it: what Add returned
// means nothing then, and the state must be made anew from [Book.All].
func (b *Book) Add(e *Event) ([]*Taken, error) {
	if e.Newsroom != b.newsroom {
		return nil, ErrForeign
	}
	if b.Has(e.id) || b.isVoid(e.Chain) {
		return nil, nil
	}
	if other := b.inPlace(e); other != nil {
		b.cutChain(other, e)
		return b.settleAll(), nil
	}
	if e.N > b.end(e.Chain) {
		b.setAside(e)
		return nil, nil
	}
	if _, waits := b.awaits(e); waits && !b.author(e.Chain.Author).hasRoom(e) {
		return nil, ErrFull // what need not wait needs no room: a colleague who fills it silences nobody
	}
	b.wait(e)
	return b.settle([]*Event{e}), nil
}

// Wants reports whether [Book.Add] would keep an event. What it would not keep need not
// be written down.
func (b *Book) Wants(e *Event) bool {
	switch a := b.author(e.Chain.Author); {
	case b.Has(e.id) || b.isVoid(e.Chain):
		return false
	case b.inPlace(e) != nil:
		return true
	case e.N > b.end(e.Chain):
		return a.mayLeaveAside(e)
	default:
		_, waits := b.awaits(e)
		return !waits || a.hasRoom(e)
	}
}

// Cut reports, once, that events which had counted no longer do.
func (b *Book) Cut() bool {
	b.renew()
	was := b.cut
	b.cut = false
	return was
}

// Has reports whether an event is there: it counts, waits, proves a fork or was set aside.
func (b *Book) Has(id wire.Hash) bool {
	return b.waiting[id] != nil || b.taken[id] != nil || b.aside[id] != nil || b.proofs[id]
}

func (b *Book) wait(e *Event) {
	b.waiting[e.id], b.places[e.place()] = e, e
	b.author(e.Chain.Author).waits.add(e)
}

func (b *Book) drop(e *Event) {
	delete(b.waiting, e.id)
	delete(b.places, e.place())
	b.author(e.Chain.Author).waits.remove(e)
}

// settleAll looks at all that waits.
func (b *Book) settleAll() []*Taken {
	clear(b.blocked)
	return b.settle(slices.SortedFunc(maps.Values(b.waiting), byPlace))
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
		counts, freed := b.take(e)
		taken = append(taken, counts...)
		if free = append(free, b.unblock(e.place())...); freed {
			clear(b.blocked)
			free = slices.SortedFunc(maps.Values(b.waiting), byPlace)
		}
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

// awaits tells a place that has to be filled before an event is complete.
func (b *Book) awaits(e *Event) (place, bool) {
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

// end is the n up to which events of a chain can count: one below that of its fork.
func (b *Book) end(name Chain) uint64 {
	if c := b.chain(name); c != nil && c.fork[0] != nil {
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

// reached reports whether a cause is complete or, where it stands behind the end of a
// chain, all before that end. Else it tells which place is missing.
func (b *Book) reached(cause Cause) (place, bool) {
	if b.isVoid(cause.Chain) {
		return place{}, true
	}
	c := b.chain(cause.Chain)
	if c == nil {
		return place{cause.Chain, cause.N}, false
	}
	if end := b.end(cause.Chain); cause.N > end {
		return place{cause.Chain, end}, uint64(len(c.events)) == end
	}
	there := uint64(len(c.events)) >= cause.N && c.events[cause.N-1].id == cause.ID
	return place{cause.Chain, cause.N}, there
}

// take notes an event that is complete. It returns what counts now, and whether other
// events need not wait any more for a chain that became void.
func (b *Book) take(e *Event) (counts []*Taken, freed bool) {
	i := b.numberOf(e.Chain)
	c := b.chains[i]
	t := &Taken{Event: e, chain: i, at: len(b.complete)}
	c.events, b.complete = append(c.events, t), append(b.complete, t)
	b.taken[e.id] = t
	if !b.stale {
		t.clock = b.knownTo(t)
		counts = b.count(t)
	}
	if e.N == 1 {
		b.begin(e.Chain)
		freed = b.dropVoid(e.Chain.Author)
	}
	return counts, freed
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
func (b *Book) All() iter.Seq[*Taken] {
	b.renew()
	return slices.Values(b.order)
}

// Len is how many events count.
func (b *Book) Len() int {
	b.renew()
	return len(b.order)
}

// Waiting lists what does not count: because something that it knows has not come, or
// because its author has left and nobody of the newsroom knows it.
func (b *Book) Waiting() []*Event {
	b.renew()
	out := slices.Collect(maps.Values(b.waiting))
	for _, t := range b.complete {
		if !t.counts {
			out = append(out, t.Event)
		}
	}
	slices.SortFunc(out, byPlace)
	return out
}

// String tells how much there is and nothing else.
func (b *Book) String() string {
	return fmt.Sprintf("%d events of %d chains, %d waiting", b.Len(), len(b.chains), len(b.waiting)+b.held)
}
