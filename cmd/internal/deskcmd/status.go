// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tamizdat/desk"
	"tamizdat/internal/cli"
)

const (
	rosterWarning = 30 * 24 * time.Hour // left of a roster: time to renew it
	pageWarning   = 3                   // intervals without a page
)

func (p *program) runStatus(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("status")
	seen := fs.Bool("seen", false, "")
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		s := d.Status()
		if o.json {
			if err := env.JSON(s); err != nil {
				return err
			}
		} else {
			p.printStatus(env, s)
		}
		if *seen {
			return d.SeeAlarms()
		}
		return nil
	})
}

func (p *program) printStatus(env *cli.Env, s desk.Status) {
	env.Printf("desk of %s\n%s\n", s.Name, sharesLine(s.Shares))
	if s.Newsroom == "" {
		env.Printf("belongs to no newsroom yet\n")
		return
	}
	env.Printf("newsroom %s: %s\n%s\n", s.Newsroom, strings.Join(s.Colleagues, ", "), s.Key)
	if !s.Member {
		env.Printf("YOU ARE NOT IN ITS LIST OF JOURNALISTS ANY MORE\n")
	}
	env.Printf("%s\n", rosterLine(s, p.now()))
	env.Printf("your keys are at the drop until %s; the private keys of %s are here\n", date(s.KeysUntil), count(s.LiveKeys, "period", "periods"))
	env.Printf("%s\n", p.contactLine(s.Contact))
	for _, l := range s.Logs {
		env.Printf("%s log: %s\n", l.Log, p.logLine(l))
	}
	env.Printf("%s", piecesLine(s.Pieces))
	env.Printf("%s, %d not read; replies that wait for their slot: %d\n", count(s.Letters, "letter", "letters"), s.Unread, s.Waiting)
	if s.Replays+s.WrongKind+s.Opaque > 0 {
		env.Printf("not shown: %s, %d that their sender may not send, %d that did not open\n", count(s.Replays, "replay", "replays"), s.WrongKind, s.Opaque)
	}
	if s.Behind {
		env.Printf("THIS DESK CAME BACK FROM A COPY: it shows letters when it has looked at all logs once\n")
	}
	printAlarms(env, s.Alarms)
}

func sharesLine(shares string) string {
	if shares == "" {
		return "no recovery shares: a forgotten passphrase loses everything. Make some: tamizdat desk shares make"
	}
	return "recovery shares: " + shares + " set a new passphrase"
}

func printAlarms(env *cli.Env, alarms []*desk.Alarm) {
	for _, a := range alarms {
		state := "ALARM"
		if a.Seen {
			state = "alarm, noted"
		}
		env.Printf("%s: %s (%s, %s)\n", state, a.Words, a.Row, date(a.At))
		if a.Do != "" && !a.Seen {
			env.Printf("  what to do: %s\n", a.Do)
		}
	}
	if len(alarms) == 0 {
		env.Printf("no alarms\n")
	}
}

func (p *program) logLine(l desk.LogStatus) string {
	switch {
	case l.Looked == 0 && l.Pages == 0:
		return "not seen yet"
	case l.Pages == 0:
		return "no pages yet"
	}
	line := fmt.Sprintf("%s, last page %s ago", count(l.Pages, "page", "pages"), ago(p.now().Unix()-l.Sealed))
	switch {
	case l.Looked == 0:
		line += "; not all of them were seen"
	case l.Looked-l.Sealed > pageWarning*l.Every:
		line += fmt.Sprintf("; none came since, and one is due every %s", ago(l.Every))
	}
	return line
}

// contactLine tells whether the drop answers, and when it is asked next.
func (p *program) contactLine(c desk.Contact) string {
	now := p.now().Unix()
	next := "now"
	if c.Next > now {
		next = "in " + ago(c.Next-now)
	}
	switch {
	case c.Tries > 0:
		return fmt.Sprintf("the drop has not answered for %s: tried %s, last %s ago; the next try is %s, if this desk runs then",
			ago(now-c.SilentSince), count(c.Tries, "time", "times"), ago(now-c.Tried), next)
	case c.Answered == 0:
		return "the drop was not looked at yet"
	}
	return fmt.Sprintf("the drop answered %s ago; the next look is %s, if this desk runs then", ago(now-c.Answered), next)
}

// rosterLine tells how long the roster is valid, and when that is short.
func rosterLine(s desk.Status, now time.Time) string {
	left := time.Unix(s.RosterUntil, 0).Sub(now)
	switch {
	case left < 0:
		return "roster: THE LIST OF JOURNALISTS HAS EXPIRED; sources cannot write. Renew it now: tamizdat desk roster propose --renew"
	case left < rosterWarning:
		return fmt.Sprintf("roster %d: only %s left. Renew it: tamizdat desk roster propose --renew", s.Roster, count(int(left.Hours()/24), "day", "days"))
	}
	return fmt.Sprintf("roster %d: %s left", s.Roster, count(int(left.Hours()/24), "day", "days"))
}

// ago writes seconds as people say them.
func ago(seconds int64) string {
	switch {
	case seconds < 120:
		return count(max(seconds, 0), "second", "seconds")
	case seconds < 2*3600:
		return fmt.Sprintf("%d minutes", seconds/60)
	case seconds < 2*86400:
		return fmt.Sprintf("%d hours", seconds/3600)
	}
	return fmt.Sprintf("%d days", seconds/86400)
}

func date(unix int64) string {
	if unix == 0 {
		return "never"
	}
	return time.Unix(unix, 0).UTC().Format("2006-01-02")
}

func (p *program) runPassphrase(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("passphrase")
	shares := fs.Bool("shares", false, "")
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	if *shares {
		return p.setPassphrase(ctx, env, o)
	}
	var next string
	return p.asking(ctx, env, o, nothing, func() (err error) {
		next, err = newPassphrase(env)
		return err
	}, func(d *desk.Desk) error {
		if err := d.ChangePassphrase(next, p.costs()); err != nil {
			return err
		}
		env.Printf("The passphrase is changed. Old copies of the folder still open with the old one.\n")
		return nil
	})
}

func (p *program) runRestored(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("restored")
	asItIs := fs.Bool("as-it-is", false, "")
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		if *asItIs {
			return d.AcceptBehind()
		}
		if err := d.NewIncarnation(); err != nil {
			return err
		}
		env.Printf("Your answers are numbered anew, so that none can be mistaken for one that the copy does not know.\n")
		return nil
	})
}
