// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/drop"
	"tamizdat/internal/cli"
)

// watch is a desk that runs. It lets go of the folder between two rounds.
type watch struct {
	p    *program
	env  *cli.Env
	o    *options
	key  *vault.Key
	last string // what went wrong in the round before
	busy bool   // it was said that another program holds the folder

	background bool // nobody sees what it says; wait for the passphrase, and for a newsroom

	warned time.Time // when the roster's end was last spoken of

	idle  time.Duration // so long unused, and the key is forgotten; 0: never
	guard *guard

	covers   int       // a day; 0: none
	covering *covering // nil before the desk belongs to a newsroom
}

// begin opens the desk, however long that takes, and keeps watch. When the desk has
// locked itself it asks whoever sits there for the passphrase; where nobody does,
// it ends.
func (w *watch) begin(ctx context.Context) error {
	for again := false; ; again = true {
		err := w.beginOnce(ctx)
		giveBack()
		wrong := again && errors.Is(err, vault.ErrPassphrase)
		if !errors.Is(err, errLocked) && !wrong || !w.env.Terminal() {
			return err
		}
		if wrong {
			w.say("%s\n", err)
		}
	}
}

func (w *watch) beginOnce(ctx context.Context) error {
	passphrase, err := askPassphrase(w.env)
	if err != nil {
		return err
	}
	d, err := waitFor(ctx, w.env, forEver, func() (*desk.Desk, error) { return desk.Open(w.o.dir, passphrase, w.p.options(ctx, w.env, w.o)) })
	if err != nil {
		return explain(err)
	}
	return w.keepFrom(ctx, d)
}

// keepFrom keeps watch with an open desk.
func (w *watch) keepFrom(ctx context.Context, d *desk.Desk) error {
	defer w.uncover()
	d, err := w.settle(ctx, d)
	if ctx.Err() != nil {
		return closeIf(d)
	}
	if err != nil {
		return explain(err)
	}
	return w.keep(ctx, d)
}

// settle returns the desk for its first round. One that has looked before waits
// for its next moment, as in [watch.await]: a round at once would show the drop
// when this person sits down to work. A newcomer looks at once; the drop sees
// who is new anyway.
func (w *watch) settle(ctx context.Context, d *desk.Desk) (*desk.Desk, error) {
	w.key, w.guard = d.Key(), w.newGuard()
	next, err := d.Next()
	if errors.Is(err, desk.ErrNoNewsroom) && (w.background || d.Drafted()) {
		if d, err = w.awaitNewsroom(ctx, d); err != nil {
			return d, err
		}
		next, err = d.Next()
	}
	if err == nil {
		err = w.cover(ctx, d)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if !d.HasLooked() {
		w.say("The desk keeps watch. Stop it with Ctrl-C.\n")
		return d, nil
	}
	w.say("The desk keeps watch, and looks again %s. Stop it with Ctrl-C.\n", w.p.when(next))
	if err := d.Close(); err != nil {
		return nil, err
	}
	return w.await(ctx, d, next)
}

// say speaks to the person before the screen. In the background there is none,
// and what was said would stay in the system's journal, with its time: whose
// newsroom this is, and when something came.
func (w *watch) say(format string, a ...any) {
	if !w.background {
		w.env.Notef(format, a...)
	}
}

// awaitNewsroom looks from time to time whether this desk belongs to a newsroom:
// its person may have joined one with another command, or the drop may show the
// one that was drafted here. Nobody writes to a newsroom that is not there yet,
// so these moments tell nothing.
func (w *watch) awaitNewsroom(ctx context.Context, d *desk.Desk) (*desk.Desk, error) {
	w.say("This desk waits until it belongs to a newsroom.\n")
	for pause := w.p.joinEvery; ; pause = min(2*pause, joinSeldom) {
		if w.joined(ctx, d) {
			return d, nil
		}
		if err := d.Close(); err != nil {
			return nil, err
		}
		w.guard.own()
		if err := w.wait(ctx, about(pause)); err != nil {
			return nil, forgetting(d, err)
		}
		var err error
		d, err = waitFor(ctx, nil, forEver, func() (*desk.Desk, error) { return desk.OpenWith(w.key, w.p.options(ctx, w.env, w.o)) })
		if err != nil {
			return nil, err
		}
	}
}

// joinSeldom is how far apart the looks of a desk without a newsroom become.
const joinSeldom = 2 * time.Minute

// about draws a span between half and one and a half of the one given.
func about(span time.Duration) time.Duration {
	var b [2]byte
	rand.Read(b[:])
	return span/2 + span*time.Duration(binary.BigEndian.Uint16(b[:]))/(1<<16)
}

// joined reports whether the desk belongs to a newsroom, after trying to join
// the one that it drafted. The folder is not held for long: a drop that does not
// answer must not keep its person from the other commands.
func (w *watch) joined(ctx context.Context, d *desk.Desk) bool {
	if d.Drafted() {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		w.notYet(d.JoinDrafted(ctx))
	}
	n, err := d.Newsroom()
	if err != nil {
		return false
	}
	w.say("This desk belongs to %s now.\n", n.Roster().Name)
	return true
}

// notYet says what keeps the newsroom away, unless it is only that the drop is
// not open yet.
func (w *watch) notYet(err error) {
	if errors.Is(err, drop.ErrBusy) {
		err = nil
	}
	w.complain(err)
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
		d, err = w.await(ctx, d, next)
		if ctx.Err() != nil {
			return errors.Join(closeIf(d))
		}
		if err != nil {
			return explain(err)
		}
	}
}

// await opens the desk when the next round is due. Where another program holds
// the folder that round is left out, and the next is at the next moment that was
// drawn beforehand: were it made up for when the folder is free again, the drop
// would see when somebody worked here. last is the desk as it was; it is closed
// and only knows the moments.
func (w *watch) await(ctx context.Context, last *desk.Desk, next time.Time) (*desk.Desk, error) {
	w.guard.own()
	for {
		if err := w.wait(ctx, next.Sub(w.p.now())); err != nil {
			return nil, forgetting(last, err)
		}
		d, err := waitFor(ctx, nil, w.p.busyFor, func() (*desk.Desk, error) { return desk.OpenWith(w.key, w.p.options(ctx, w.env, w.o)) })
		if !errors.Is(err, vault.ErrInUse) {
			w.free(err)
			return d, err
		}
		w.taken()
		if next, err = last.Next(); err != nil {
			return nil, err
		}
	}
}

// taken says once that another program holds the folder.
func (w *watch) taken() {
	if !w.busy {
		w.say("another program is using this folder; the desk goes on at the next moment that is due when it is free\n")
	}
	w.busy = true
}

func (w *watch) free(err error) {
	if w.busy && err == nil {
		w.say("the folder is free again\n")
		w.busy = false
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
	noted := w.noteCovers(d)
	r, err := d.Round(ctx)
	if errors.Is(err, desk.ErrExpelled) {
		return time.Time{}, errors.Join(err, d.Close())
	}
	if ctx.Err() == nil {
		w.complain(errors.Join(noted, err))
		if !w.background {
			tell(w.env, r)
		}
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
		w.say("the drop answers again\n")
	default:
		w.say("%s\n", said)
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
	w.say("%s\n", rosterLine(s, now))
}

// tell says that something came, and no more: a screen is seen by others.
func tell(env *cli.Env, r desk.Report) {
	if r.Letters > 0 {
		env.Printf("something arrived\n")
	}
	if r.Holding {
		env.Printf("the drop holds and takes no letters: look at tamizdat desk status\n")
	}
	if r.Alarms > 0 {
		env.Printf("an alarm: look at tamizdat desk status\n")
	}
}
