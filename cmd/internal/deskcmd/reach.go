// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"fmt"
	"path/filepath"

	"tamizdat/drop"
	"tamizdat/drop/client"
	"tamizdat/internal/cli"
	"tamizdat/internal/places"
	"tamizdat/internal/tor"
)

// connect is how a verb reaches the drop: directly on this machine, through Tor
// to everywhere else. What a desk reads from the letters log it asks for with a
// key that all desks share, so that the drop does not learn who reads; what it
// writes carries the journalist's name. The two go over connections of their own
// (package client). The moments still tell something: a desk that writes has just
// read.
func (p *program) connect(ctx context.Context, env *cli.Env, o *options) func(address string) (drop.Drop, error) {
	return func(address string) (drop.Drop, error) {
		dial, err := p.finder(env, o).To(ctx, address)
		if err != nil {
			return nil, err
		}
		c, err := client.New(address, dial)
		if err != nil {
			return nil, fmt.Errorf("reach the drop: %w", err)
		}
		return c, nil
	}
}

// finder finds Tor once for the whole program, and starts one at most.
func (p *program) finder(env *cli.Env, o *options) *tor.Finder {
	p.torOnce.Do(func() {
		p.tor = &tor.Finder{Socks: o.socks, Getenv: env.Getenv, Keep: torFolder(env), Tell: func(s string) { env.Notef("%s\n", s) }}
	})
	return p.tor
}

// torFolder is where a tor that desks start remembers its entries into the
// network, so that it does not choose new ones every hour. It tells that this
// person uses Tor, and nothing else.
func torFolder(env *cli.Env) string {
	dir, err := places.Data(env.Getenv)
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "tor")
}

// closing ends the tor that a verb started, when the verb ends.
func (p *program) closing(cmd *cli.Command) *cli.Command {
	if run := cmd.Run; run != nil {
		cmd.Run = func(ctx context.Context, env *cli.Env, args []string) error {
			err := run(ctx, env, args)
			if p.tor == nil {
				return err
			}
			if torErr := p.tor.Close(); torErr != nil {
				env.Notef("warning: the tor that was started left something behind: %v\n", torErr)
			}
			return err
		}
	}
	for _, sub := range cmd.Sub {
		p.closing(sub)
	}
	return cmd
}
