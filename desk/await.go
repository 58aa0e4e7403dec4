// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"errors"

	"tamizdat/letter/wire"
)

// newsroomDrafted notes which newsroom this person drafted, so that the desk can
// make it its own as soon as a drop shows it signed.
type newsroomDrafted struct {
	Key       hash32   `json:"key"`
	Addresses []string `json:"addresses"`
}

func (*newsroomDrafted) kind() string { return "newsroom.drafted" }

func (e *newsroomDrafted) apply(s *state, _ int64) error {
	if s.newsroom != nil {
		return errors.New("a newsroom was drafted by a desk that belongs to one")
	}
	if len(e.Addresses) == 0 {
		return errors.New("a newsroom was drafted without an address")
	}
	s.drafted = e
	return nil
}

// Drafted reports whether this desk drafted a newsroom and belongs to none yet.
func (d *Desk) Drafted() bool { return d.s.newsroom == nil && d.s.drafted != nil }

// JoinDrafted asks the drop for the newsroom that this desk drafted last, and
// joins it when enough have signed and somebody has published it. Until then it
// returns the drop's answer, or that there was none; ErrNoNewsroom where nothing
// was drafted. The key commits to everybody who was in the draft, so a drop can
// show no other newsroom.
func (d *Desk) JoinDrafted(ctx context.Context) error {
	if !d.Drafted() {
		return ErrNoNewsroom
	}
	l := &line{connect: d.connect, addresses: d.s.drafted.Addresses}
	defer l.Close()
	if err := l.next(); err != nil {
		return err
	}
	return d.JoinFrom(ctx, l, wire.NewsroomKey(d.s.drafted.Key))
}
