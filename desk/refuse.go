// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tamizdat/letter/wire"
)

const daySeconds = 86400

// moment is a Unix time as it stands in sentences.
func moment(t int64) string { return time.Unix(t, 0).UTC().Format("2006-01-02 15:04:05 UTC") }

// faults are the reasons for which this desk does not sign a draft that follows,
// whatever a person would say to it.
func (d *Desk) faults(draft *Draft) []error {
	return slices.Concat(
		d.rootFaults(draft), d.joinFaults(draft), d.formerFaults(draft),
		d.headFaults(draft), d.orderFaults(draft), d.grantFaults(draft),
	)
}

// rootFaults: the root is the successor of the known one, and signs this roster.
func (d *Desk) rootFaults(draft *Draft) (out []error) {
	root, n := draft.root, d.s.newsroom
	if draft.body.Root != root.Number {
		out = append(out, fmt.Errorf("the roster names root %d, but the newest is root %d", draft.body.Root, root.Number))
	}
	switch {
	case n == nil && root.Number != 1:
		out = append(out, errors.New("the first root must have number 1"))
	case n == nil || !d.newRoot(draft):
	case root.Number != n.Root().Number+1 || root.Previous != n.RootHash():
		out = append(out, errors.New("the new root does not follow the one known here"))
	case root.Period != n.PeriodSeconds():
		out = append(out, errors.New("the new root changes the length of a key period, which never changes"))
	}
	return out
}

// joinFaults: whoever joins must come with a request, whose six words a person
// can compare, and with an admin key of their own.
func (d *Desk) joinFaults(draft *Draft) (out []error) {
	old, with := d.known(), draft.requested()
	var admins []wire.AdminKey
	if d.s.newsroom != nil {
		admins = d.s.newsroom.Admins()
	}
	for i := range draft.body.Journalists {
		j := &draft.body.Journalists[i]
		q := with[j.ID]
		switch {
		case lists(old, j.ID):
		case q == nil:
			out = append(out, fmt.Errorf("%s would join without a request: nobody could compare six words", j.Name))
		case slices.Contains(admins, q.Admin):
			out = append(out, fmt.Errorf("%s would join with an admin key that is somebody's already", j.Name))
		}
	}
	return out
}

// formerFaults: who has left stays on the list for good, with no more pages than
// before, and only those who leave now come onto it.
func (d *Desk) formerFaults(draft *Draft) (out []error) {
	old, now := d.known(), draft.body
	left := formers(now)
	for _, f := range old.Former {
		g, ok := left[f.ID]
		switch {
		case !ok:
			out = append(out, fmt.Errorf("%s, who has left, would be taken off the list of those who left", f.Name))
		case g.Name != f.Name || g.Pseudonym != f.Pseudonym:
			out = append(out, fmt.Errorf("the entry of %s, who has left, would become another's", f.Name))
		case g.Pages > f.Pages:
			out = append(out, fmt.Errorf("later replies of %s, who has left, would count again (%d pages, not %d)", f.Name, g.Pages, f.Pages))
		}
		delete(left, f.ID)
	}
	for _, f := range left {
		i := slices.IndexFunc(old.Journalists, func(j wire.Journalist) bool { return j.ID == f.ID })
		if i < 0 || old.Journalists[i].Name != f.Name || old.Journalists[i].Tuple.Pseudonym() != f.Pseudonym {
			out = append(out, fmt.Errorf("%s would be listed as one who has left, but was never here", f.Name))
		}
	}
	return out
}

// headFaults: what the roster says of the replies log is what this desk saw.
func (d *Desk) headFaults(draft *Draft) (out []error) {
	old, now := d.known(), draft.body
	if old.Number == 0 || old.Incarnation != now.Incarnation {
		if d.s.ended[now.Incarnation] {
			out = append(out, errors.New("the drop's logs would begin anew as ones that it had before: their pages would contradict each other"))
		}
		if now.HeadSize != 0 {
			out = append(out, fmt.Errorf("the drop's logs would begin anew, and yet have %d pages of replies", now.HeadSize))
		}
		return out
	}
	log := d.s.position(wire.Replies)
	root, ok := log.roots[now.HeadSize]
	switch {
	case now.HeadSize > log.size:
		out = append(out, fmt.Errorf("it speaks of %d pages of replies, and this desk has seen %d: sync first, then look at it again", now.HeadSize, log.size))
	case now.HeadSize < old.HeadSize:
		out = append(out, fmt.Errorf("it speaks of %d pages of replies, and the roster before of %d", now.HeadSize, old.HeadSize))
	case !ok || root != now.HeadRoot:
		out = append(out, errors.New("the replies log it speaks of is not the one that this desk has seen"))
	}
	return out
}

// orderFaults: times and limits that no drop or source would take.
func (d *Desk) orderFaults(draft *Draft) (out []error) {
	old, now := d.known(), draft.body
	switch {
	case now.Issued > d.unix()+daySeconds:
		out = append(out, fmt.Errorf("it is issued at %s, which lies ahead: this computer's clock says %s", moment(now.Issued), moment(d.unix())))
	case now.Expires < d.unix():
		out = append(out, fmt.Errorf("it expired at %s", moment(now.Expires)))
	case now.Issued < old.Issued:
		out = append(out, errors.New("it is issued before the roster known here"))
	}
	if old.Number == 0 || old.Incarnation != now.Incarnation {
		return out
	}
	a, b := old.Schedule, now.Schedule
	if b.LettersKept > a.LettersKept || b.RepliesKept > a.RepliesKept || b.DeskKept > a.DeskKept || b.Slots < a.Slots {
		out = append(out, errors.New("the pages kept would rise or the reply slots fall, which sources refuse"))
	}
	return out
}

// grantFaults: the seed opens, is a fresh one, and everybody gets it.
func (d *Desk) grantFaults(draft *Draft) (out []error) {
	old, now := d.known(), draft.body
	if old.Number > 0 && (old.Access == now.Access || old.Permit == now.Permit) {
		out = append(out, errors.New("the desks' seed is not a new one: whoever left could go on reading"))
	}
	g, err := draft.unverified().CheckGrant(draft.grant)
	if err != nil {
		return append(out, fmt.Errorf("the desks' seed: %w", err))
	}
	for i := range now.Journalists {
		if _, ok := g.For(now.Journalists[i].ID); !ok {
			out = append(out, fmt.Errorf("%s would get no seed and could read nothing", now.Journalists[i].Name))
		}
	}
	if !lists(now, d.ID()) {
		return out
	}
	if _, err := d.keys.OpenGrant(draft.grant, draft.unverified()); err != nil {
		out = append(out, fmt.Errorf("the desks' seed does not open here: %w", err))
	}
	return out
}

// unverified is the draft's roster in the form that grants are checked against.
// Nobody's signature vouches for it: it must not leave this package.
func (d *Draft) unverified() *wire.Roster {
	r := &wire.Roster{}
	r.Newsroom, r.Number, r.Journalists = d.body.Newsroom, d.body.Number, d.body.Journalists
	r.Access, r.Permit, r.Grant = d.body.Access, d.body.Permit, d.body.Grant
	return r
}

// known is what this desk knows of the newsroom; before it belongs to one, an
// empty roster of number 0.
func (d *Desk) known() *wire.RosterBody {
	if d.s.newsroom == nil {
		return &wire.RosterBody{}
	}
	b := d.s.newsroom.Roster().Body()
	return &b
}

func lists(b *wire.RosterBody, id wire.JournalistID) bool {
	return slices.ContainsFunc(b.Journalists, func(j wire.Journalist) bool { return j.ID == id })
}

func formers(b *wire.RosterBody) map[wire.JournalistID]wire.Former {
	out := map[wire.JournalistID]wire.Former{}
	for _, f := range b.Former {
		out[f.ID] = f
	}
	return out
}
