// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tamizdat/drop"
	"tamizdat/drop/client"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// SendOptions are a sender's choices.
type SendOptions struct {
	// LeaveOut are journalists who shall not get the letter. The drop cannot
	// tell: they get something of the same size that nobody can open.
	LeaveOut []wire.JournalistID
	// Progress is told the bytes of attachments that are safe at the drop, and
	// of how many; nil is fine.
	Progress func(done, total int64)
}

// Sent tells what became of a letter that the drop answered for.
type Sent struct {
	Label   string    // two words that replies will name it by
	To      []string  // names of those who can read it
	Without []string  // names of those who cannot: left out, or without keys
	Sealing time.Time // when the drop will seal it: desks can read it from then on
}

// Send uploads the draft's files, then seals and posts the letter. Only a 2xx
// of the drop counts as sent. After an error the draft holds all that is needed
// for another try, in this visit, which goes on where this one stopped.
//
// Errors are *Alarm where the drop or the newsroom's state is the reason. When
// the key period has changed and someone lost their keys by it, the first call
// fails with that warning and the next one goes on without them.
func (v *Visit) Send(ctx context.Context, d *Draft, o SendOptions) (*Sent, error) {
	if d.sent {
		return nil, ErrSent
	}
	if err := v.ready(ctx, o.LeaveOut); err != nil {
		return nil, err
	}
	if err := v.upload(ctx, d, o.Progress); err != nil {
		return nil, err
	}
	if err := v.ready(ctx, o.LeaveOut); err != nil { // an upload can take hours
		return nil, err
	}
	if err := v.post(ctx, d, o.LeaveOut); err != nil {
		return nil, err
	}
	d.sent = true
	return v.receipt(d, o.LeaveOut), nil
}

// ready asks for new keys when the period has changed, and whether a letter may
// be sent now.
func (v *Visit) ready(ctx context.Context, leaveOut []wire.JournalistID) error {
	now := v.opt.Now()
	p := wire.PeriodAt(now.Unix(), v.newsroom.PeriodSeconds())
	if p == v.period {
		return v.MaySend()
	}
	file, err := v.drop.Keys(ctx, p)
	if err != nil {
		return unserved(ctx, err)
	}
	before := v.bundles
	if err := v.takeKeys(file, p); err != nil {
		return err
	}
	return firstError(v.MaySend(), v.checkLost(before, leaveOut))
}

// checkLost names the first journalist who had keys before and has none now.
func (v *Visit) checkLost(before []*wire.Bundle, leaveOut []wire.JournalistID) error {
	for i, r := range v.Recipients() {
		if before[i] == nil || r.Keys || slices.Contains(leaveOut, r.ID) {
			continue
		}
		return alarm(rowBundle, fmt.Sprintf(toldNoKeys, r.Name, r.Name), "a new week of keys has begun; send again to go on without them", nil)
	}
	return nil
}

// prepare makes the post, or keeps the one there is: only identical bytes may be
// sent again, since a second sealing shows the drop, and the desks, a second
// letter. So what must be sealed anew gets a new id, and with it a new label
// (spec/letter.md §6).
func (v *Visit) prepare(ctx context.Context, d *Draft, leaveOut []wire.JournalistID) error {
	now := v.roster().Schedule.WorkSlot(v.opt.Now().Unix())
	want := madeFor{v.roster().Hash(), v.period, idList(leaveOut), d.made.slot}
	if d.post != nil && !d.refused && d.made == want && wire.CheckWorkSlot(d.made.slot, now) == nil {
		return nil
	}
	if d.post != nil {
		d.letter = letter.NewLetter(d.letter.Text, d.letter.Parcel)
	}
	envelopes, err := v.seal(d, leaveOut)
	if err != nil {
		return err
	}
	post := wire.LetterPost{Newsroom: v.key(), Envelopes: envelopes}
	if post.Slot, post.Counter, err = v.work(ctx, post.Subject()); err != nil {
		return err
	}
	raw, err := post.Encode()
	if err != nil {
		return fmt.Errorf("write the letter post: %w", err)
	}
	want.slot = post.Slot
	d.post, d.made, d.refused = raw, want, false
	return nil
}

func (v *Visit) seal(d *Draft, leaveOut []wire.JournalistID) ([][]byte, error) {
	if d.parcel != nil && d.letter.Parcel == nil {
		manifest, err := d.parcel.Manifest()
		if err != nil {
			return nil, fmt.Errorf("write down the files: %w", err)
		}
		d.letter.Parcel = manifest
	}
	have := slices.DeleteFunc(slices.Clone(v.bundles), func(b *wire.Bundle) bool { return b == nil })
	envelopes, err := d.src.SealLetter(v.key(), v.roster(), have, d.letter, leaveOut...)
	if err != nil {
		return nil, fmt.Errorf("seal the letter: %w", err)
	}
	return envelopes, nil
}

func idList(ids []wire.JournalistID) string {
	var all []string
	for _, id := range ids {
		all = append(all, string(id[:]))
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

// post hands the letter over. After a refusal it is sealed anew.
func (v *Visit) post(ctx context.Context, d *Draft, leaveOut []wire.JournalistID) error {
	var made error
	err := v.sender().Post(ctx, func(ctx context.Context) ([]byte, error) {
		made = v.prepare(ctx, d, leaveOut)
		return d.post, made
	}, func(err error) {
		if !client.Answered(err) {
			d.unanswered(v.label(d))
		}
		d.refused = errors.Is(err, drop.ErrRefused)
	})
	if err == nil || made != nil {
		return made
	}
	return v.blame(ctx, "letter", err)
}

func (v *Visit) sender() client.Sender { return client.Sender{Drop: v.drop, Wait: v.opt.Wait} }

// work does the work that the roster asks for, bound to subject and this hour
// (spec/drop.md §8).
func (v *Visit) work(ctx context.Context, subject wire.Hash) (slot, counter uint64, err error) {
	s := v.roster().Schedule
	slot = s.WorkSlot(v.opt.Now().Unix())
	counter, err = wire.DoWork(ctx, v.key(), slot, subject, s.WorkIterations, s.WorkBits)
	return slot, counter, err
}

// blame puts the failure of a write into words.
func (v *Visit) blame(ctx context.Context, what string, err error) error {
	if ctx.Err() == nil && client.Answered(err) && !errors.Is(err, drop.ErrBusy) && !errors.Is(err, drop.ErrFull) {
		return refused(what, err)
	}
	return unserved(ctx, err)
}

func (v *Visit) label(d *Draft) string { return d.letter.Label().In(v.opt.Lists[0]) }

func (v *Visit) receipt(d *Draft, leaveOut []wire.JournalistID) *Sent {
	s := &Sent{Label: v.label(d)}
	for _, r := range v.Recipients() {
		if r.Keys && !slices.Contains(leaveOut, r.ID) {
			s.To = append(s.To, r.Name)
		} else {
			s.Without = append(s.Without, r.Name)
		}
	}
	every := v.roster().Schedule.Interval(wire.Letters)
	s.Sealing = time.Unix((v.opt.Now().Unix()/every+1)*every, 0).UTC()
	return s
}
