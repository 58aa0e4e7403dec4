// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"tamizdat/claim"
	"tamizdat/desk/casebook"
)

// TestADeedRestsOnAllThatWasSeen: somebody who writes in more chains than one event can
// name keeps nobody's deed from naming what it rests on.
func TestADeedRestsOnAllThatWasSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna, boris := w.desks[0], w.desks[1]
	w.must(anna.Change(create("claim", "own", "kind", `"event"`, "text", `"x"`)))
	const chains = 150
	kept := &eventsKept{}
	for i := range chains {
		b := casebook.Body{Newsroom: anna.s.book.Next(anna.ownChain()).Newsroom, N: 1, At: anna.unix(), Kind: kindClaim}
		b.Chain = casebook.Chain{Author: boris.ID(), Incarnation: uint32(100 + i)}
		var err error
		b.Payload, err = json.Marshal([]claim.Change{create("claim", fmt.Sprint("c", i), "kind", `"event"`, "text", `"y"`)})
		w.must(err)
		e, err := casebook.Sign(boris.keys, b)
		w.must(err)
		kept.Events = append(kept.Events, e.Bytes())
	}
	w.must(anna.commit(kept))
	var all []claim.Change
	for i := range chains {
		all = append(all, set("claim", fmt.Sprint("c", i), "text", `"z"`))
	}
	before := anna.s.book.Len()
	w.must(anna.Change(all[chains-1]))
	if n := anna.s.book.Len() - before; n != 3 {
		t.Errorf("%d events for one deed and %d causes", n, chains)
	}
	w.must(anna.Change(all...))
	c, err := anna.Claims()
	w.must(err)
	last := c.Events[len(c.Events)-1]
	if len(last.Seen) < chains || len(c.Aside) > 0 || len(c.Conflicts()) > 0 {
		t.Errorf("it knew of %d rows, %+v", len(last.Seen), c.Aside)
	}
	if n := anna.s.book.Len() - before; n != 4 {
		t.Errorf("what was named once is named again: %d events", n)
	}
	if err := anna.stillThere(1, map[string]int{"a row": 1}); err == nil {
		t.Error("a deed that rests on less than was seen is not told")
	}
}
