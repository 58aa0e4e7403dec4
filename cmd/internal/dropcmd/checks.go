// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"tamizdat/drop/server"
	"tamizdat/internal/doctor"
	"tamizdat/letter/wire"
)

const (
	rosterWarning = 30 * 24 * time.Hour // left of a roster: time to renew it
	pagesLate     = 2                   // intervals without a page
	comfortable   = 8                   // times the room below which letters are refused
)

func (p *patient) checkConfig() doctor.Finding {
	if p.configured != nil {
		return doctor.Failed(p.configured, "correct the file; until then no command of the drop works")
	}
	if p.listenOnly && path.Base(p.unit) != service+".service" { // the unit says which tor
		return doctor.Warn("drop.conf has listen without tor, which means that nobody reaches the drop through Tor", "add a line: tor auto")
	}
	return doctor.OK("there is none, or it is right")
}

func (p *patient) checkDrop() doctor.Finding {
	switch {
	case p.identity != nil:
		return doctor.Failed(p.identity, "make a drop with tamizdat-drop init, or bring back a copy of "+p.called)
	case errors.Is(p.adopted, errNotAdopted):
		return doctor.Warn("it waits for its newsroom", "sudo tamizdat-drop adopt KEY")
	case p.adopted != nil:
		return doctor.Failed(p.adopted, "bring back a copy of "+p.called)
	}
	return doctor.OK("it knows whom it serves")
}

func (p *patient) checkFolder() doctor.Finding {
	if p.identity != nil && p.pid == 0 {
		return doctor.Later()
	}
	return p.machine.Folder(p.dir)
}

func (p *patient) checkService() doctor.Finding {
	unit := service + ".service"
	switch {
	case p.machine.System != "linux":
		return doctor.Unknown("whether it runs can be seen on Linux only")
	case p.identity != nil || p.adopted != nil:
		return doctor.Later()
	case p.pid == 0:
		return doctor.Fail("the drop does not run", "systemctl start "+service+"; journalctl -u "+service+" says why it ended")
	case path.Base(p.unit) != unit:
		return doctor.Warn("the drop runs, but not as a service: it will not come back when the machine is started anew", "stop it and systemctl enable --now "+service)
	}
	return doctor.OK("the drop runs as a service")
}

func (p *patient) checkVersion() doctor.Finding {
	switch {
	case p.state == nil && errors.Is(p.stored, fs.ErrNotExist):
		return doctor.OK("it has never served, so nothing is of another version")
	case p.state == nil && p.stored == nil:
		return doctor.Later()
	case p.stored != nil:
		return doctor.Failed(p.stored, "use the newest version of this program, or bring back a copy of "+p.called)
	case p.state.Schema < p.state.Known && p.pid != 0:
		return doctor.Warn("the service still runs an older version of this program", "systemctl restart "+service)
	}
	return doctor.OK("what it keeps is of this version or will be brought up to it")
}

func (p *patient) checkRoster() doctor.Finding {
	switch {
	case p.published != nil:
		return doctor.Failed(p.published, "this folder holds another drop's pages: bring back a copy of "+p.called)
	case p.identity != nil || p.adopted != nil || p.stored != nil && !errors.Is(p.stored, fs.ErrNotExist):
		return doctor.Later()
	case p.newsroom == nil:
		return doctor.Warn("its newsroom was not published here yet", "a desk does that: tamizdat desk publish DRAFT")
	}
	const renew = "tell a journalist: tamizdat desk roster propose --renew"
	r := p.newsroom.Roster()
	left := time.Unix(r.Expires, 0).Sub(p.machine.Now())
	switch days := int(left.Hours() / 24); {
	case r.CheckTime(p.machine.Now().Unix()) != nil:
		return doctor.Fail("its list of journalists is not valid now: sources cannot write", renew)
	case left < rosterWarning:
		return doctor.Warn(fmt.Sprintf("its list of journalists is valid for %d days more", days), renew)
	default:
		return doctor.OK(fmt.Sprintf("its list of journalists is valid for %d days more", days))
	}
}

// checkBundles counts the journalists whose keys a source finds.
func (p *patient) checkBundles() doctor.Finding {
	if p.newsroom == nil {
		return doctor.Later()
	}
	const do = "the desks post theirs when they look at the drop: ask the journalists whether theirs run"
	period := wire.PeriodAt(p.machine.Now().Unix(), p.newsroom.PeriodSeconds())
	all := len(p.newsroom.Roster().Journalists)
	current, next := p.bundles(period), p.bundles(period+1)
	switch {
	case current < min(2, all):
		return doctor.Fail(fmt.Sprintf("%d of %d journalists have keys here for now: sources cannot write", current, all), do)
	case next < min(2, all):
		return doctor.Warn(fmt.Sprintf("%d of %d journalists have keys here for the next period", next, all), do)
	case current < all || next < all:
		return doctor.Warn(fmt.Sprintf("only %d of %d journalists have keys here for now, %d for the next period", current, all, next), do)
	}
	return doctor.OK("all journalists have keys here for this period and the next")
}

func (p *patient) bundles(period wire.Period) (n int) {
	for _, b := range p.state.Bundles {
		if b.Period != period {
			continue
		}
		if u, err := wire.ParseBundle(b.Bundle); err == nil {
			if _, err := u.Verify(p.newsroom.Roster()); err == nil {
				n++
			}
		}
	}
	return n
}

// checkHolding looks whether a drop that came back from a copy, or lost pages,
// waits for the desks (spec/drop.md §11).
func (p *patient) checkHolding() doctor.Finding {
	if p.state == nil {
		return doctor.Later()
	}
	if told := p.state.Holding.Told(); told != "" {
		return doctor.Fail("the drop seals nothing and takes no letters", told)
	}
	return doctor.OK("it waits for nobody")
}

// checkPages looks whether sealing keeps its schedule. Pages are sealed at their
// time with or without letters, so this tells nothing of letters.
func (p *patient) checkPages() doctor.Finding {
	if p.newsroom == nil || p.pid == 0 || p.state.Holding != server.Going {
		return doctor.Later()
	}
	r := p.newsroom.Roster()
	for _, log := range threeLogs() {
		newest, err := p.newest(log)
		if err != nil {
			return doctor.Later() // the heads say more
		}
		if newest == 0 {
			newest = p.state.Rosters[0].Since
		}
		if late := p.machine.Now().Unix() - newest; late > pagesLate*r.Schedule.Interval(log) {
			return doctor.Fail("the newest page of the "+log.String()+" log should have been followed by others",
				"look at the disk and the clock; journalctl -u "+service+" says what failed")
		}
	}
	return doctor.OK("pages are sealed at their time")
}

// newest is when the newest page of a log was sealed; 0 without one.
func (p *patient) newest(log wire.Log) (int64, error) {
	raw := p.state.Logs[log].Head
	if raw == nil {
		return 0, nil
	}
	h, err := wire.ParseHead(raw)
	if err != nil {
		return 0, err
	}
	v, err := h.Verify(p.newsroom.Roster())
	if err != nil {
		return 0, err
	}
	return v.Sealed, nil
}

func threeLogs() []wire.Log { return []wire.Log{wire.Letters, wire.Replies, wire.Desk} }

// checkHeads compares what the drop has signed with what it keeps: a copy that
// was mixed of two states is noticed here before the desks notice it.
func (p *patient) checkHeads() doctor.Finding {
	if p.newsroom == nil {
		return doctor.Later()
	}
	for _, log := range threeLogs() {
		if err := headMatches(p.newsroom.Roster(), log, p.state.Logs[log]); err != nil {
			return doctor.Fail(fmt.Sprintf("the %s log is not what the drop has signed: %v", log, err),
				"touch nothing in the folder, stop the drop, and bring back a copy")
		}
	}
	return doctor.OK("the logs are what the drop has signed")
}

func headMatches(r *wire.Roster, log wire.Log, rec server.LogRecord) error {
	if rec.Head == nil {
		if len(rec.Headers) > 0 {
			return errors.New("there are pages without a head")
		}
		return nil
	}
	u, err := wire.ParseHead(rec.Head)
	if err != nil {
		return err
	}
	h, err := u.Verify(r)
	if err != nil {
		return err
	}
	tree := wire.NewTree()
	for _, raw := range rec.Headers {
		page, err := wire.ParsePageHeader(raw)
		if err != nil {
			return err
		}
		tree.Append(page.LeafHash())
	}
	if h.Log != log || h.Size != tree.Size() || h.Root != tree.Root() {
		return errors.New("the head is that of other pages")
	}
	return nil
}

// checkClock compares the clock with the newest time that the drop or the
// newsroom has signed.
func (p *patient) checkClock() doctor.Finding {
	if p.newsroom == nil {
		return p.machine.Clock(time.Time{}, "")
	}
	newest := p.newsroom.Roster().Issued
	for _, log := range threeLogs() {
		if sealed, err := p.newest(log); err == nil {
			newest = max(newest, sealed)
		}
	}
	return p.machine.Clock(time.Unix(newest, 0), "what was signed with this drop's and its newsroom's keys")
}

func (p *patient) checkDisk() doctor.Finding {
	if p.identity != nil {
		return doctor.Later()
	}
	least := server.DefaultLimits().FreeBytes
	return p.machine.Disk(p.dir, least, comfortable*least)
}
