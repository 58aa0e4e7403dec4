// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tamizdat/claim"
	"tamizdat/desk/casebook"
	"tamizdat/letter/wire"
)

// claimBook makes the register of claims out of the casebook (spec/casebook.md §7).
// It is made when it is first asked for and then goes on from there: a round, and a
// command that has to do with letters, never pay for it.
type claimBook struct {
	waiting  []*casebook.Taken // of kind claim, and not looked at yet
	register *claim.Shared     // nil before it is asked for
	rows     map[casebook.Chain]*claimRow
	order    []*claimRow
	aside    []setAside
	standing *claim.Case // as the register stands; nil where it has changed since
}

// claimRow is what one chain has done to the register.
type claimRow struct {
	actor string
	taken []*casebook.Taken
	count []int          // events of the register up to each of them
	seen  map[string]int // what the last of them knew of other rows
}

// setAside is an event that counts in the casebook and for nothing in the register.
type setAside struct {
	in  *casebook.Taken
	why string
}

// personOf is what stands for a journalist in the register: her key.
func personOf(id wire.JournalistID) string { return fmt.Sprintf("%x", id[:]) }

// actorOf is a row of the register: one person has one for each incarnation of her
// desk, which may not have known of each other.
func actorOf(c casebook.Chain) string {
	return fmt.Sprintf("%s.%d", personOf(c.Author), c.Incarnation)
}

// personIn is whose row it is.
func personIn(actor string) string {
	person, _, _ := strings.Cut(actor, ".")
	return person
}

// catchUp folds in what came since.
func (b *claimBook) catchUp() {
	if b.register == nil {
		b.register, b.rows = claim.NewShared(), map[casebook.Chain]*claimRow{}
	}
	if len(b.waiting) > 0 {
		b.standing = nil
	}
	for _, t := range b.waiting {
		if err := b.take(t); err != nil {
			b.aside = append(b.aside, setAside{t, err.Error()})
		}
	}
	b.waiting = nil
}

// take folds one event in. An error is the same at all desks: it rests on what the
// event knew, and on nothing that came beside.
func (b *claimBook) take(t *casebook.Taken) error {
	changes, err := claim.ParseChanges(t.Payload)
	if err != nil {
		return fmt.Errorf("it cannot be read: %w", err)
	}
	row := b.rows[t.Chain]
	if row == nil {
		row = &claimRow{actor: actorOf(t.Chain)}
	}
	deed := claim.Deed{Person: personOf(t.Chain.Author), Actor: row.actor, Seen: b.seen(t, row.seen), At: time.Unix(t.At, 0), Changes: changes}
	if err := b.register.Take(deed); err != nil {
		return err
	}
	if len(row.taken) == 0 {
		b.rows[t.Chain] = row
		b.order = append(b.order, row)
	}
	row.taken, row.count, row.seen = append(row.taken, t), append(row.count, b.register.Count(deed.Actor)), deed.Seen
	return nil
}

// seen tells how much of other rows an event knew. Where that is what the one before it
// knew they share it: whoever opens many rows must not fill every desk's memory.
func (b *claimBook) seen(t *casebook.Taken, last map[string]int) map[string]int {
	seen := map[string]int{}
	for _, row := range b.order {
		if row.taken[0].Chain == t.Chain {
			continue
		}
		if n := row.knownTo(t); n > 0 {
			seen[row.actor] = n
		}
	}
	if maps.Equal(seen, last) {
		return last
	}
	return seen
}

// knownTo finds the last event of the row that another knew. Who knows one of a
// chain knows all before it.
func (r *claimRow) knownTo(t *casebook.Taken) int {
	i, _ := slices.BinarySearchFunc(r.taken, true, func(o *casebook.Taken, _ bool) int {
		if t.Knew(o) {
			return -1
		}
		return 1
	})
	if i == 0 {
		return 0
	}
	return r.count[i-1]
}

// state is the case as the register stands.
func (b *claimBook) state() (*claim.Case, error) {
	b.catchUp()
	if b.standing == nil {
		c, err := b.register.Register().Case()
		if err != nil {
			return nil, err
		}
		b.standing = &c
	}
	return b.standing, nil
}
