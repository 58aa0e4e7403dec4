// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
)

// watch is a desk that runs. It lets go of the folder between two rounds.
type watch struct {
	p    *program
	env  *cli.Env
	o    *options
	key  *vault.Key
	last string // what went wrong in the round before

	warned time.Time // when the roster's end was last spoken of
}

// keep runs rounds until ctx ends, which is no failure. It ends by itself only
// when the desk has left the newsroom or its folder cannot be used any more.
func (w *watch) keep(ctx context.Context, d *desk.Desk) error {
	for {
		next, err := w.round(ctx, d)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return explain(err)
		}
		if !sleep(ctx, next.Sub(w.p.now())) {
			return nil
		}
		d, err = waitFor(ctx, w.env, func() (*desk.Desk, error) { return desk.OpenWith(w.key, w.p.options(w.o)) })
		if ctx.Err() != nil {
			return errors.Join(closeIf(d))
		}
		if err != nil {
			return explain(err)
		}
	}
}

func closeIf(d *desk.Desk) error {
	if d == nil {
		return nil
	}
	return d.Close()
}

// round looks at the drop, tells what is to be told, and lets go of the folder.
func (w *watch) round(ctx context.Context, d *desk.Desk) (time.Time, error) {
	r, err := d.Round(ctx)
	if errors.Is(err, desk.ErrExpelled) {
		return time.Time{}, errors.Join(err, d.Close())
	}
	if ctx.Err() == nil {
		w.complain(err)
		tell(w.env, r)
		w.warn(d.Status())
	}
	next, nextErr := d.Next()
	return next, errors.Join(nextErr, d.Close())
}

// complain says once what went wrong, and once that it is over.
func (w *watch) complain(err error) {
	said := ""
	if err != nil {
		said = err.Error()
	}
	switch {
	case said == w.last:
	case said == "":
		w.env.Notef("the drop answers again\n")
	default:
		w.env.Notef("%s\n", said)
	}
	w.last = said
}

// warn says once a day that the roster will run out.
func (w *watch) warn(s desk.Status) {
	now := w.p.now()
	if time.Unix(s.RosterUntil, 0).Sub(now) >= rosterWarning || now.Sub(w.warned) < 24*time.Hour {
		return
	}
	w.warned = now
	w.env.Notef("%s\n", rosterLine(s, now))
}

// tell says that something came, and no more: a screen is seen by others.
func tell(env *cli.Env, r desk.Report) {
	if r.Letters > 0 {
		env.Printf("something arrived\n")
	}
	if r.Alarms > 0 {
		env.Printf("an alarm: look at tamizdat desk status\n")
	}
}

// sleep waits; false means that ctx ended. A machine that slept meanwhile is
// late by no more than a minute.
func sleep(ctx context.Context, span time.Duration) bool {
	until := time.Now().Round(0).Add(span)
	for {
		left := time.Until(until)
		if left <= 0 {
			return ctx.Err() == nil
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(min(left, time.Minute)):
		}
	}
}
