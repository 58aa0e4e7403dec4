// SPDX-License-Identifier: Apache-2.0

package trycmd

import (
	"context"
	"strings"
	"time"

	"tamizdat/internal/tornet"
)

// torSettings is the story's file with what a tor needs in order to belong to
// the private network.
const torSettings = "network.torrc"

// openNetwork starts the private Tor network that the story is told over.
func (t *story) openNetwork(ctx context.Context) error {
	n, err := tornet.Start(ctx, t.path("network"), tornet.Options{
		Progress: func(says string) { t.env.Printf("  %s …\n", says) },
	})
	if err != nil {
		return err
	}
	t.network = n
	t.env.Printf("  ready: programs find it at %s\n", n.Socks())
	return t.write(torSettings, n.ClientConfig())
}

// throughTor are the arguments that send a client through the private network;
// none where the story is told without.
func (s *stage) throughTor() []string {
	if s.network == nil {
		return nil
	}
	return []string{"--socks", s.network.Socks()}
}

// environment is what the programs find in theirs: where the story is told over
// the private network, a tor that they start must belong to it.
func (s *stage) environment(inherited []string) []string {
	if s.network == nil {
		return inherited
	}
	return append(inherited, "TAMIZDAT_TOR_EXTRA="+s.path(torSettings))
}

// patient is how long to wait for something that takes d without Tor.
func (s *stage) patient(d time.Duration) time.Duration {
	if s.network == nil {
		return d
	}
	return 2 * d
}

// openOnion starts the drop with a tor of its own, and waits until it says that
// it is reachable.
func (t *story) openOnion(ctx context.Context) error {
	t.env.Printf("  (TAMIZDAT_TOR_EXTRA=%s: the tor that the drop starts belongs to the private network)\n", torSettings)
	drop, err := t.startProcess("drop", "", "tamizdat-drop", "serve", "--dir", "drop", "--tor", "start")
	if err != nil {
		return err
	}
	err = t.waitFor(ctx, "the drop's onion service", 90*time.Second, func() (bool, error) {
		return strings.Contains(drop.said.String(), t.dropAddress), nil
	})
	if err == nil {
		t.show(drop.said.String())
	}
	return err
}
