// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"context"
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"tamizdat/internal/doctor"
	"tamizdat/internal/tor"
)

// asker is the control port of a tor, for a doctor who only asks.
type asker interface {
	GetInfo(ctx context.Context, key string) (string, error)
	Close() error
}

// errNotAsked says that there is a tor that the doctor does not ask.
var errNotAsked = errors.New("the drop is not reached through the tor of this machine; serve says how it stands")

// dialTor reaches the tor that serve would use, where it is one that others may
// ask too. said is what --tor says.
func dialTor(ctx context.Context, said string) (asker, error) {
	if said == "" || said == torAuto {
		var err error
		if said, err = findTor(); err != nil {
			return nil, err
		}
	}
	if said == torStart || said == torNone {
		return nil, errNotAsked
	}
	c, err := tor.Dial(ctx, said)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// checkTor asks the system's tor whether it is in the network and whether it has
// announced this drop's onion service there.
func (p *patient) checkTor(ctx context.Context) doctor.Finding {
	const look = "systemctl status tor@default says more"
	switch {
	case errors.Is(p.torFailed, errNotAsked):
		return doctor.Unknown(p.torFailed.Error())
	case p.torFailed != nil:
		return doctor.Failed(p.torFailed, "systemctl start tor; run this with sudo")
	}
	version, err := p.tor.GetInfo(ctx, "version")
	if err != nil {
		return doctor.Fail(err.Error(), look)
	}
	phase, err := p.tor.GetInfo(ctx, "status/bootstrap-phase")
	switch {
	case err != nil:
		return doctor.Fail(err.Error(), look)
	case !strings.Contains(" "+phase+" ", " PROGRESS=100 "):
		return doctor.Fail("tor is not in its network yet", "wait a minute; where the network is blocked Tor needs a bridge; "+look)
	}
	return p.checkOnion(ctx, "tor "+short(version)+" is in its network")
}

// short is the number of a version.
func short(version string) string {
	return regexp.MustCompile(`^[0-9A-Za-z.-]{0,40}`).FindString(version)
}

// checkOnion looks whether tor has the onion service, once the drop is to be
// reached.
func (p *patient) checkOnion(ctx context.Context, good string) doctor.Finding {
	switch {
	case p.pid == 0 || p.adopted != nil:
		return doctor.OK(good)
	case p.onion == "":
		return p.checkNoOnion()
	}
	host := strings.TrimSuffix(p.onion, ".onion")
	if text, err := p.tor.GetInfo(ctx, "hs/service/desc/id/"+host); err != nil || text == "" {
		return doctor.Fail("tor does not have this drop's onion service: nobody reaches it", "wait a minute after a start; then systemctl restart "+service)
	}
	if p.newsroom != nil && !slices.Contains(p.newsroom.Roster().Addresses, "http://"+p.onion) {
		return doctor.Warn("the newsroom tells sources another address than this drop's", "a journalist puts http://"+p.onion+" into the next roster")
	}
	return doctor.OK(good + " and has announced the onion service")
}

// checkNoOnion tells a key that was lost from one that was never made.
func (p *patient) checkNoOnion() doctor.Finding {
	if !errors.Is(p.keyless, fs.ErrNotExist) {
		return doctor.Failed(p.keyless, "bring back a copy of "+p.called)
	}
	if p.newsroom != nil {
		if err := noneTold(p.newsroom.Roster()); err != nil {
			return doctor.Failed(err, "")
		}
	}
	return doctor.Fail("this drop has no onion address", "systemctl restart "+service+"; then put the address into the newsroom's next roster")
}
