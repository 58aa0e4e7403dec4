// SPDX-License-Identifier: Apache-2.0

package sourcecmd

import (
	"context"
	"fmt"

	"tamizdat/drop/client"
	"tamizdat/internal/cli"
	"tamizdat/internal/tor"
)

// reach makes the way to the drop: direct on this machine, through Tor to
// everywhere else. A letter, a visit and each upload go over connections of
// their own (package client), so nothing in them joins what one person does. The
// moments may: a drop on which little happens sees who was there when a letter
// came. So that at least no connection of the visit is open when something is
// sent, and none ends when the sending does, they are given up before (complete).
//
// Where this has to start a tor, that tor keeps what it downloads of the network
// in memory, and is gone at the end (package tor); where nothing but a disk could
// keep it, none is started. Who wants nothing of the kind on this machine opens
// Tor Browser first.
func (p *place) reach(ctx context.Context, env *cli.Env) (*client.Client, error) {
	if p.tor == nil {
		p.tor = &tor.Finder{Socks: p.socks, Getenv: env.Getenv, OnlyInMemory: true, Tell: func(s string) { env.Notef("%s\n", s) }}
	}
	dial, err := p.tor.To(ctx, p.address)
	if err != nil {
		return nil, err
	}
	c, err := client.New(p.address, dial)
	if err != nil {
		return nil, fmt.Errorf("reach the drop: %w", err)
	}
	p.ways = append(p.ways, c)
	return c, nil
}

// leave gives up all connections, and the tor that was started, if one was.
func (p *place) leave(env *cli.Env) {
	for _, c := range p.ways {
		c.Close()
	}
	if p.tor == nil {
		return
	}
	if err := p.tor.Close(); err != nil {
		env.Notef("warning: the tor that was started left something behind: %v\n", err)
	}
}
