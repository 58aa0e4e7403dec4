// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"tamizdat/letter/wire"
)

// Change is what a new roster would do. All fields may be used together; with
// none of them the roster is renewed as it is.
type Change struct {
	Add   [][]byte // requests
	Expel []string // names as the roster has them
	// NewLogs begins new logs at a drop that holds, because pages of the ones
	// before are lost (spec/drop.md §11).
	NewLogs bool
	// Drop moves to the drop of that line. With the same drop key only its
	// address changes; another key is another drop, with logs of its own.
	Drop *wire.DropLine
}

// Propose drafts the next roster: valid for 60 days from now, with a fresh seed
// for the desks. Who comes or goes also enters or leaves the root, so that one
// who was expelled can sign nothing.
//
// An expelled journalist's replies count in the pages that this desk has seen
// sealed, and in none after. What he has on his laptop stays his: the letters
// he opened, his copies of keys until their periods end.
func (d *Desk) Propose(c Change) (*Draft, error) {
	n, err := d.member()
	if err != nil {
		return nil, err
	}
	body := n.Roster().Body()
	root := n.Root()
	fresh := c.NewLogs || c.Drop != nil && c.Drop.Key != body.Drop
	if err := d.mayPropose(&body, fresh); err != nil {
		return nil, err
	}
	if err := d.expel(&body, root, c.Expel); err != nil {
		return nil, err
	}
	added, err := parseRequests(c.Add)
	if err != nil {
		return nil, err
	}
	for _, q := range added {
		body.Journalists = append(body.Journalists, q.Journalist)
		root.Admins = append(root.Admins, q.Admin)
	}
	body.Number++
	body.Previous = n.Roster().Hash()
	body.Issued = max(d.unix(), body.Issued)
	body.Expires = body.Issued + rosterLife
	log := d.s.position(wire.Replies)
	body.HeadSize, body.HeadRoot = log.size, log.tree.Root()
	if c.Drop != nil {
		body.Addresses = []string{c.Drop.Address}
	}
	if fresh {
		beginLogs(&body, c.Drop)
	}
	roots := n.RootBytes()
	if len(c.Add)+len(c.Expel) > 0 {
		next, err := nextRoot(n, root)
		if err != nil {
			return nil, err
		}
		roots = append(roots, next)
		body.Root = root.Number
	}
	return finishDraft(roots, &body, d.requestsOf(&body, added))
}

// beginLogs makes the roster that of empty logs: of another drop, where one is
// given and its key is another, else of the same.
func beginLogs(body *wire.RosterBody, to *wire.DropLine) {
	rand.Read(body.Incarnation[:])
	if to != nil && to.Key != body.Drop {
		body.Drop, body.Incarnation = to.Key, to.Incarnation
	}
	body.HeadSize, body.HeadRoot = 0, wire.NewTree().Root()
	body.Former = slices.Clone(body.Former)
	for i := range body.Former {
		body.Former[i].Pages = 0
	}
}

// mayPropose refuses to draft what no colleague's desk would sign.
func (d *Desk) mayPropose(known *wire.RosterBody, fresh bool) error {
	switch {
	case known.Issued > d.unix()+daySeconds:
		return fmt.Errorf("this computer's clock says %s, but the newest roster was issued at %s: set the clock first",
			moment(d.unix()), moment(known.Issued))
	case !fresh && d.s.position(wire.Replies).size < known.HeadSize:
		return errors.New("this desk has not seen the whole replies log yet: sync first")
	}
	return nil
}

// nextRoot completes the successor of n's root.
func nextRoot(n *wire.Newsroom, root *wire.RootBody) ([]byte, error) {
	root.Number++
	root.Previous = n.RootHash()
	root.Threshold = min(root.Threshold, len(root.Admins))
	part, err := root.Encode()
	if err != nil {
		return nil, err
	}
	return wire.AssembleRoot(part, nil), nil
}

func (d *Desk) expel(body *wire.RosterBody, root *wire.RootBody, names []string) error {
	for _, name := range names {
		i := slices.IndexFunc(body.Journalists, func(j wire.Journalist) bool { return j.Name == name })
		if i < 0 {
			return fmt.Errorf("the roster lists nobody called %q", name)
		}
		j := body.Journalists[i]
		q := d.s.requests[j.ID]
		if q == nil {
			return fmt.Errorf("which admin key is %s's is not known to this desk: let a desk propose it that has signed %s in", name, name)
		}
		body.Journalists = slices.Delete(body.Journalists, i, i+1)
		root.Admins = slices.DeleteFunc(root.Admins, func(k wire.AdminKey) bool { return k == q.Admin })
		body.Former = append(body.Former, wire.Former{
			ID: j.ID, Name: j.Name, Pseudonym: j.Tuple.Pseudonym(), Pages: d.s.position(wire.Replies).size,
		})
	}
	if len(body.Journalists) == 0 {
		return errors.New("a newsroom needs at least one journalist")
	}
	return nil
}

// requestsOf collects the requests of those whom the roster lists.
func (d *Desk) requestsOf(body *wire.RosterBody, added []*wire.JournalistRequest) []*wire.JournalistRequest {
	var out []*wire.JournalistRequest
	for i := range body.Journalists {
		if q := d.s.requests[body.Journalists[i].ID]; q != nil {
			out = append(out, q)
		}
	}
	return append(out, added...)
}
