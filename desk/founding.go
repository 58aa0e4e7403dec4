// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// rosterLife is how long a roster is valid: as long as it may be.
const rosterLife = wire.MaxRosterAge

// Founding is what a new newsroom is made of.
type Founding struct {
	Name        string
	Addresses   []string
	Drop        wire.DropKey
	Incarnation wire.Incarnation
	Threshold   int
	Period      uint32 // seconds of a key period
	Schedule    wire.Schedule
	LogKey      string   // of the public record; may be empty
	Requests    [][]byte // of the colleagues; this desk's own is added
}

// Found drafts a newsroom: the first root with everybody's admin key, the first
// roster, and the seed that the desks will share, wrapped for each. Nothing is
// signed yet. The desk remembers what it drafted, for [Desk.JoinDrafted].
func (d *Desk) Found(f Founding) (*Draft, error) {
	if d.s.newsroom != nil {
		return nil, errors.New("this desk belongs to a newsroom already")
	}
	requests, err := d.withOwn(f.Requests)
	if err != nil {
		return nil, err
	}
	root := &wire.RootBody{Number: 1, Period: f.Period, Threshold: f.Threshold}
	body := &wire.RosterBody{
		Root: 1, Number: 1,
		Issued: d.unix(), Expires: d.unix() + rosterLife,
		Name: f.Name, Addresses: f.Addresses,
		Drop: f.Drop, Incarnation: f.Incarnation,
		HeadRoot: wire.NewTree().Root(),
		LogKey:   f.LogKey, Schedule: f.Schedule,
	}
	for _, q := range requests {
		root.Admins = append(root.Admins, q.Admin)
		body.Journalists = append(body.Journalists, q.Journalist)
	}
	part, err := root.Encode()
	if err != nil {
		return nil, err
	}
	body.Newsroom = wire.NewsroomKeyOf(part)
	draft, err := finishDraft([][]byte{wire.AssembleRoot(part, nil)}, body, requests)
	if err != nil {
		return nil, err
	}
	return draft, d.commit(&newsroomDrafted{Key: hash32(body.Newsroom), Addresses: f.Addresses})
}

// withOwn parses requests and adds this desk's own if it is not among them.
func (d *Desk) withOwn(raw [][]byte) ([]*wire.JournalistRequest, error) {
	if !slices.ContainsFunc(raw, func(b []byte) bool { return bytes.Equal(b, d.Request()) }) {
		raw = append(slices.Clone(raw), d.Request())
	}
	return parseRequests(raw)
}

func parseRequests(raw [][]byte) ([]*wire.JournalistRequest, error) {
	var out []*wire.JournalistRequest
	for _, b := range raw {
		q, err := wire.ParseRequest(b)
		if err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, nil
}

// finishDraft gives the roster a fresh seed and puts the parts together.
func finishDraft(roots [][]byte, body *wire.RosterBody, requests []*wire.JournalistRequest) (*Draft, error) {
	seed := letter.NewDeskSeed()
	grant, err := seed.Grant(body.Newsroom, body.Number, body.Journalists)
	if err != nil {
		return nil, err
	}
	body.Access, body.Permit, body.Grant = seed.AccessKey(), seed.PermitKey(), wire.GrantHash(grant)
	part, err := body.Encode()
	if err != nil {
		return nil, err
	}
	d := &Draft{roots: roots, roster: wire.AssembleRoster(part, nil), grant: grant}
	for _, q := range requests {
		d.requests = append(d.requests, q.Bytes())
	}
	return d, d.check()
}

// Sign adds this desk's signatures to the draft: to its roster, and to its
// newest root where that is new. One whose key the new root leaves out signs the
// root alone: where all must sign, nobody could be let go otherwise.
//
// It refuses a draft that does not follow the newsroom this desk belongs to, one
// with a fault that a person should not have to find (the reasons are in
// [Desk.Explain] too), and one whose seed does not open. Show a person
// [Desk.Explain] first.
func (d *Desk) Sign(draft *Draft) error {
	if err := d.checkFollows(draft); err != nil {
		return err
	}
	if err := errors.Join(d.faults(draft)...); err != nil {
		return err
	}
	own := d.keys.AdminKey()
	stays := slices.Contains(draft.root.Admins, own)
	if !stays && (!d.newRoot(draft) || draft.before == nil || !slices.Contains(draft.before.Admins, own)) {
		return errors.New("your admin key is not among those that sign for this newsroom")
	}
	if err := d.signRoot(draft); err != nil || !stays {
		return err
	}
	if err := d.signRoster(draft); err != nil {
		return err
	}
	return d.commit(&draftSigned{Roster: hash32(draft.rosterHash()), Requests: d.newcomers(draft)})
}

func (d *Desk) signRoster(draft *Draft) error {
	part, _, err := wire.SplitRoster(draft.roster)
	if err != nil {
		return err
	}
	sig, err := d.keys.SignRoster(part)
	if err != nil {
		return err
	}
	draft.roster, err = withSignature(draft.roster, sig, wire.SplitRoster, wire.AssembleRoster)
	return err
}

// newRoot reports whether the draft's last root is one that this desk does not
// know.
func (d *Desk) newRoot(draft *Draft) bool {
	return d.s.newsroom == nil || len(draft.roots) > len(d.s.newsroom.RootBytes())
}

// signRoot signs the draft's last root if this desk does not know it yet.
func (d *Desk) signRoot(draft *Draft) error {
	if !d.newRoot(draft) {
		return nil
	}
	last := len(draft.roots) - 1
	part, _, err := wire.SplitRoot(draft.roots[last])
	if err != nil {
		return err
	}
	sig, err := d.keys.SignRoot(part)
	if err != nil {
		return err
	}
	draft.roots[last], err = withSignature(draft.roots[last], sig, wire.SplitRoot, wire.AssembleRoot)
	return err
}

// checkFollows refuses what could never become the next roster.
func (d *Desk) checkFollows(draft *Draft) error {
	n := d.s.newsroom
	if n == nil {
		if draft.body.Number != 1 || len(draft.roots) != 1 {
			return errors.New("this draft changes a newsroom that this desk does not belong to")
		}
		return nil
	}
	r := n.Roster()
	switch {
	case draft.Key() != n.Key():
		return errors.New("this draft is another newsroom's")
	case draft.body.Number != r.Number+1 || draft.body.Previous != r.Hash():
		return fmt.Errorf("this draft does not follow roster %d, the newest that this desk knows", r.Number)
	case len(draft.roots) < len(n.RootBytes()) || len(draft.roots) > len(n.RootBytes())+1:
		return errors.New("this draft does not follow the newsroom's root")
	}
	for i, known := range n.RootBytes() {
		if !sameRoot(known, draft.roots[i]) {
			return errors.New("this draft replaces a root of the newsroom")
		}
	}
	return d.checkKnownRequests(draft)
}

// checkKnownRequests refuses a draft that says of somebody's admin key other
// than what this desk has known.
func (d *Desk) checkKnownRequests(draft *Draft) error {
	requests, err := parseRequests(draft.requests)
	if err != nil {
		return err
	}
	for _, q := range requests {
		if known := d.s.requests[q.Journalist.ID]; known != nil && known.Admin != q.Admin {
			return fmt.Errorf("this draft gives %s another admin key than the one known here", q.Journalist.Name)
		}
	}
	return nil
}

func sameRoot(a, b []byte) bool {
	x, _, err1 := wire.SplitRoot(a)
	y, _, err2 := wire.SplitRoot(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// Publish sends a draft that enough have signed to the drop, and joins it.
// A drop that has it already says so, and that is no error.
func (d *Desk) Publish(ctx context.Context, draft *Draft) error {
	n, err := draft.Newsroom()
	if err != nil {
		return err
	}
	if err := d.checkFollows(draft); err != nil {
		return err
	}
	to, done, err := d.reach(n)
	if err != nil {
		return err
	}
	defer done()
	w := wire.NewsroomWrite{Newsroom: n.Bytes(), Grant: draft.grant}
	body, err := w.Encode()
	if err != nil {
		return err
	}
	if err := to.PostNewsroom(ctx, body); err != nil {
		if errors.Is(err, drop.ErrRefused) {
			d.confront(ctx, to) // the roster may name pages that it has lost
		}
		return fmt.Errorf("publish the newsroom: %w", err)
	}
	return d.adopt(n, draft.grant, d.founders(draft))
}

// Join makes the newsroom of a fully signed draft this desk's. A desk that
// belongs to the newsroom already moves on to the draft's roster only if the drop
// has it: one that nobody published would make an honest drop look as if it had
// gone back (spec/misbehaviour.md M-3).
func (d *Desk) Join(ctx context.Context, draft *Draft) error {
	n, err := draft.Newsroom()
	if err != nil {
		return err
	}
	if d.s.newsroom != nil {
		if err := d.isPublished(ctx, n); err != nil {
			return err
		}
	}
	return d.adopt(n, draft.grant, d.founders(draft))
}

// isPublished asks n's drop, which may be a new one, whether n is its newest
// roster. What else the drop shows is judged in the next round.
func (d *Desk) isPublished(ctx context.Context, n *wire.Newsroom) error {
	to, done, err := d.reach(n)
	if err != nil {
		return err
	}
	defer done()
	file, err := to.Newsroom(ctx)
	if err != nil {
		return err
	}
	u, err := wire.ParseNewsroom(file)
	if err != nil {
		return fmt.Errorf("%s: %w", wordsNotSigned, err)
	}
	there, err := u.Verify(n.Key())
	if err != nil {
		return fmt.Errorf("%s: %w", rosterFault(err), err)
	}
	if there.Roster().Hash() != n.Roster().Hash() {
		return fmt.Errorf("the drop has roster %d and not this draft of roster %d: have it published, then sync",
			there.Roster().Number, n.Roster().Number)
	}
	return nil
}

// JoinFrom fetches the newsroom with the key nr from a drop and joins it. The
// drop cannot show another newsroom, but it can show an old roster.
func (d *Desk) JoinFrom(ctx context.Context, from drop.Drop, nr wire.NewsroomKey) error {
	file, err := from.Newsroom(ctx)
	if err != nil {
		return err
	}
	u, err := wire.ParseNewsroom(file)
	if err != nil {
		return fmt.Errorf("%s: %w", wordsNotSigned, err)
	}
	n, err := u.Verify(nr)
	if err != nil {
		return fmt.Errorf("%s: %w", rosterFault(err), err)
	}
	if err := n.Roster().CheckTime(d.unix()); err != nil {
		return fmt.Errorf("%s: %w", wordsExpired, err)
	}
	grant, err := from.Grant(ctx)
	if err != nil {
		return err
	}
	return d.adopt(n, grant, nil)
}

// adopt takes a verified newsroom for the newest. The seed goes into the
// keyring first: a desk that dies in between opens the grant once more.
func (d *Desk) adopt(n *wire.Newsroom, grant []byte, requests [][]byte) error {
	if old := d.s.newsroom; old != nil {
		if err := old.CheckNewer(n); err != nil {
			return err
		}
	}
	_, _, listed := n.Roster().Journalist(d.ID())
	if !listed && d.s.newsroom == nil {
		return ErrExpelled
	}
	if err := d.takeSeed(n.Roster(), grant, listed); err != nil {
		return err
	}
	events := []payload{&newsroomKnown{Key: hash32(n.Key()), File: n.Bytes()}}
	if len(requests) > 0 {
		events = append(events, &requestsKnown{Requests: requests})
	}
	first := d.s.newsroom == nil
	if listed && !first {
		told, err := d.adopted(n)
		if err != nil {
			return err
		}
		events = append(events, told)
	}
	if err := d.commit(events...); err != nil || !listed || !first {
		return err
	}
	told, err := d.adopted(n)
	if err != nil {
		return err
	}
	return d.commit(told)
}

// adopted is the event that tells colleagues of a roster. It is made before the roster
// counts here, and names what had come from those who leave (spec/casebook.md §3).
func (d *Desk) adopted(n *wire.Newsroom) (*eventsKept, error) {
	if err := d.leaveFork(); err != nil {
		return nil, err
	}
	return d.own(kindRoster, &rosterAdopted{Number: n.Roster().Number, Hash: hash32(n.Roster().Hash())})
}

// takeSeed opens the seed that goes with a roster, or lets go of the old one
// where the roster does not list this journalist.
func (d *Desk) takeSeed(r *wire.Roster, grant []byte, listed bool) error {
	if !listed {
		d.seed = nil
		return d.v.ChangeSecrets(nil, secretSeed)
	}
	seed, err := d.keys.OpenGrant(grant, r)
	if err != nil {
		return fmt.Errorf("the desks' seed that goes with roster %d does not open: %w", r.Number, err)
	}
	if err := d.v.ChangeSecrets(map[string][]byte{secretSeed: seed.Marshal()}); err != nil {
		return err
	}
	d.seed = seed
	return nil
}
