// SPDX-License-Identifier: Apache-2.0

// Package source is the session of someone who writes to a newsroom and must
// not be found. It runs between a [drop.Drop] and whatever shows it to a
// person; it knows no terminal and no network, and it writes nothing anywhere.
//
// Call [Open], or [Start] to show whom one is talking to while the rest still
// loads. Both ask the drop for the same four things, whatever follows: the
// newsroom file, the beats, the keys of the current period and one view of all
// replies. They check them in the order of spec/drop.md §4. The [Visit] that
// comes back can [Visit.Read] with words, [Visit.Compose] a letter and
// [Visit.Send] it.
//
// It trusts the newsroom key it is given, the clock, and nobody else. The drop
// is taken for an enemy: what it is caught at comes back as an [*Alarm] with
// the row of spec/misbehaviour.md and the words for the person. What cannot be
// noticed by someone who keeps nothing stands there too, under "nobody".
//
// What Go cannot promise: words, keys and letters lie in memory until the
// collector takes them, and the operating system may swap that memory out. The
// session keeps few copies and gives up what it can when it is told to; whoever
// fears for the memory should use a machine that forgets, such as Tails.
package source

import (
	"context"
	"fmt"
	"time"

	"tamizdat/drop"
	"tamizdat/internal/pause"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// Options say which newsroom is meant and how a visit is made.
type Options struct {
	// Newsroom is the key that the source was given. Zero: it has none, and
	// must compare the check words itself before it trusts anything.
	Newsroom wire.NewsroomKey
	// Check are the four check words instead of the key, or empty.
	Check string
	// Lists are the languages in which words are read and shown, the first for
	// showing. None: English.
	Lists []letter.List
	// Address is where the drop was reached. If it is given and the roster does
	// not name it, the visit carries a warning.
	Address string
	// Week fetches only the replies of the last seven days. The drop sees this
	// choice.
	Week bool
	// Now is the source's clock; nil is time.Now.
	Now func() time.Time
	// Wait pauses between tries of an upload; nil sleeps.
	Wait func(ctx context.Context, d time.Duration) error
}

// Newsroom is whom one is talking to, taken from a verified roster.
type Newsroom struct {
	Key             wire.NewsroomKey
	Name            string
	Journalists     []string // names, in the roster's order
	Roster          uint64   // number of the roster
	Issued, Expires time.Time
	// Known: the key or the check words were given and match. Otherwise this is
	// what the drop claims, and only comparing the check words helps.
	Known bool

	list letter.List
}

// CheckWords are the four words to compare by eye or voice. It takes about a
// tenth of a second.
func (n *Newsroom) CheckWords() [4]string { return letter.CheckWords(n.Key, n.list) }

// A Recipient is one journalist who could get a letter.
type Recipient struct {
	ID   wire.JournalistID
	Name string
	Keys bool // has current keys; without, the letter cannot be sealed to them
}

// A Warning does not stop reading.
type Warning struct {
	Row  Row // of spec/misbehaviour.md, or empty
	Told string
}

// Visit is one checked state of the drop. It is not safe for concurrent use.
type Visit struct {
	drop     drop.Drop
	opt      Options
	newsroom *wire.Newsroom
	front    *Newsroom
	period   wire.Period
	bundles  []*wire.Bundle // by place in the roster; nil: no current keys
	beats    []*wire.Beat
	pages    []page
	sealed   int64 // Unix time of the newest page
}

// Open makes a whole visit: it fetches everything, checks everything and
// returns when it is done. Errors are *Alarm where the drop is to blame.
func Open(ctx context.Context, d drop.Drop, o Options) (*Visit, error) {
	return Start(ctx, d, o).Visit()
}

// Opening is a visit that is still loading.
type Opening struct {
	front, done chan struct{}

	newsroom *wire.Newsroom
	shown    *Newsroom
	frontErr error // set before front is closed

	visit *Visit
	err   error // set before done is closed
}

// Start begins a visit. What it starts ends when ctx does, at the latest, and
// is over when [Opening.Visit] has returned.
func Start(ctx context.Context, d drop.Drop, o Options) *Opening {
	op := &Opening{front: make(chan struct{}), done: make(chan struct{})}
	check, err := o.prepare()
	if err != nil {
		op.frontErr, op.err = err, err
		close(op.front)
		close(op.done)
		return op
	}
	go func() {
		defer close(op.done)
		op.visit, op.err = op.run(ctx, d, o, check)
	}()
	return op
}

// Newsroom waits for step 1 of spec/drop.md §4 and tells whom the drop speaks
// for. The other checks are not made yet.
func (op *Opening) Newsroom() (*Newsroom, error) {
	<-op.front
	return op.shown, op.frontErr
}

// Visit waits for all downloads and checks.
func (op *Opening) Visit() (*Visit, error) {
	<-op.done
	return op.visit, op.err
}

// prepare fills in defaults and reads the check words.
func (o *Options) prepare() (*checkNumbers, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = pause.For
	}
	if len(o.Lists) == 0 {
		o.Lists = []letter.List{letter.English()}
	}
	if o.Check == "" {
		return nil, nil
	}
	return readCheckWords(o.Check, o.Lists)
}

// Newsroom tells whom the drop speaks for.
func (v *Visit) Newsroom() *Newsroom { return v.front }

// Recipients lists the roster's journalists in its order.
func (v *Visit) Recipients() []Recipient {
	var all []Recipient
	for i, j := range v.roster().Journalists {
		all = append(all, Recipient{ID: j.ID, Name: j.Name, Keys: v.bundles[i] != nil})
	}
	return all
}

// Warnings lists what the person must know before reading or writing, the
// gravest first.
func (v *Visit) Warnings() []Warning {
	var all []Warning
	all = append(all, v.silenceWarning()...)
	all = append(all, v.staleWarning()...)
	for _, r := range v.Recipients() {
		if !r.Keys {
			all = append(all, Warning{rowBundle, fmt.Sprintf(toldNoKeys, r.Name, r.Name)})
		}
	}
	all = append(all, v.addressWarning()...)
	if len(v.roster().Journalists) == 1 {
		all = append(all, Warning{"", toldOneJournalist})
	}
	return all
}

// MaySend is nil when a letter can be sent now, else the reason as an *Alarm.
// It looks at the clock each time, so a visit that was left open for long may
// lose its permission (spec/drop.md §4, steps 1, 5 and 7).
func (v *Visit) MaySend() error {
	now := v.opt.Now()
	return firstError(checkTime(v.roster(), now), v.checkSilence(now), v.checkReach())
}

func (v *Visit) roster() *wire.Roster { return v.newsroom.Roster() }

func (v *Visit) key() wire.NewsroomKey { return v.newsroom.Key() }
