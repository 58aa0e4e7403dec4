// SPDX-License-Identifier: Apache-2.0

package desk

import (
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

// Explain says in sentences what a draft would do, beside the newsroom that
// this desk knows. The names and texts in it are strangers' until signed.
func (d *Desk) Explain(draft *Draft) ([]string, error) {
	if err := d.checkFollows(draft); err != nil {
		return nil, err
	}
	var old *wire.RosterBody
	admins := map[wire.AdminKey]bool{}
	if n := d.s.newsroom; n != nil {
		b := n.Roster().Body()
		old = &b
		for _, k := range n.Admins() {
			admins[k] = true
		}
	} else {
		old = &wire.RosterBody{}
	}
	now := draft.body
	var out []string
	say := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)) }
	if draft.body.Number == 1 {
		say("founds the newsroom %q with the key %s", now.Name, draft.Key())
	} else {
		say("makes roster %d of the newsroom %q", now.Number, now.Name)
	}
	explainPeople(say, old, now)
	explainRoot(say, admins, draft)
	if old.Number > 0 {
		explainSettings(say, old, now)
	} else {
		say("address of the drop: %v", now.Addresses)
		say("a page of letters is sealed every %d seconds, of replies every %d, %d replies a page",
			now.Schedule.LettersEvery, now.Schedule.RepliesEvery, now.Schedule.Slots)
	}
	say("is valid for %d days", (now.Expires-now.Issued)/86400)
	signed, needed := draft.Signers()
	say("is signed by %d, needs %d", signed, needed)
	return out, nil
}

func explainPeople(say func(string, ...any), old, now *wire.RosterBody) {
	was := map[wire.JournalistID]*wire.Journalist{}
	for i := range old.Journalists {
		was[old.Journalists[i].ID] = &old.Journalists[i]
	}
	for i := range now.Journalists {
		j := &now.Journalists[i]
		before := was[j.ID]
		delete(was, j.ID)
		switch {
		case before == nil:
			say("%s joins", j.Name)
		case before.Name != j.Name || before.Tuple != j.Tuple || before.Editor != j.Editor:
			say("the keys or the name of %s change (now %s)", before.Name, j.Name)
		}
	}
	for _, j := range old.Journalists {
		if was[j.ID] != nil {
			say("%s leaves: letters are not sealed to them any more, and their replies stop counting", j.Name)
		}
	}
}

func explainRoot(say func(string, ...any), was map[wire.AdminKey]bool, draft *Draft) {
	added, owned := 0, draft.owners()
	for _, k := range draft.root.Admins {
		if !was[k] {
			added++
			if !owned[k] {
				say("A KEY THAT BELONGS TO NOBODY IN THIS DRAFT may sign for the newsroom: %x", k[:])
			}
		}
		delete(was, k)
	}
	if added > 0 || len(was) > 0 {
		say("%d people may sign for the newsroom, %d must (%d new, %d gone)",
			len(draft.root.Admins), draft.root.Threshold, added, len(was))
	}
}

func explainSettings(say func(string, ...any), old, now *wire.RosterBody) {
	if !slices.Equal(old.Addresses, now.Addresses) {
		say("the addresses of the drop change from %v to %v", old.Addresses, now.Addresses)
	}
	if old.Drop != now.Drop || old.Incarnation != now.Incarnation {
		say("the drop's key or the incarnation of its logs changes")
	}
	if old.Name != now.Name || old.LogKey != now.LogKey {
		say("the newsroom's name or the key of its public record changes")
	}
	if old.Schedule != now.Schedule {
		say("the schedule or the limits change")
	}
}

// owners are the admin keys of which a request says whose they are.
func (d *Draft) owners() map[wire.AdminKey]bool {
	out := map[wire.AdminKey]bool{}
	for _, b := range d.requests {
		if q, err := wire.ParseRequest(b); err == nil {
			out[q.Admin] = true
		}
	}
	return out
}
