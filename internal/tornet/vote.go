// SPDX-License-Identifier: Apache-2.0

package tornet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"
)

const (
	pollEvery = 250 * time.Millisecond

	// lead is how far ahead a vote is set: the two delays before it, and a moment
	// for the authorities to reread their torrc.
	lead = 2*voteDelay + 2*time.Second

	// grace is how long after its time a consensus may still appear.
	grace = 3 * time.Second
)

// silent is a time for a vote that will not come: the last one has just been
// missed, so the next is almost a whole interval away.
func (n *node) silent() time.Time { return time.Now().Add(-time.Minute) }

func (n *Network) startNodes(context.Context) error {
	for _, a := range n.nodes {
		if err := n.start(a); err != nil {
			return err
		}
	}
	return nil
}

// meet waits until every authority has the descriptor of every relay, so that
// the first consensus will list them all.
func (n *Network) meet(ctx context.Context) error {
	return n.until(ctx, func() bool { return n.everywhere(ctx, "/tor/server/all", "router ") })
}

// vote sets a time for a consensus, and again if none came.
func (n *Network) vote(ctx context.Context) error {
	for {
		at := time.Now().Add(lead).Round(time.Second)
		if err := n.schedule(at); err != nil {
			return err
		}
		round, cancel := context.WithDeadline(ctx, at.Add(grace))
		err := n.until(round, func() bool {
			return n.everywhere(round, "/tor/status-vote/current/consensus-microdesc", "r ")
		})
		cancel()
		if err == nil {
			return n.spread()
		}
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}

// schedule tells the authorities when the next consensus is due.
func (n *Network) schedule(at time.Time) error {
	for _, a := range n.nodes[:authorities] {
		if err := a.configure(network(n.nodes), at); err != nil {
			return err
		}
		if err := a.signal(syscall.SIGHUP); err != nil {
			return err
		}
	}
	return nil
}

// spread makes the relays ask for the consensus now. By themselves they would,
// after so many refusals, wait for longer and longer.
func (n *Network) spread() error {
	for _, a := range n.nodes[authorities:] {
		if err := a.signal(syscall.SIGHUP); err != nil {
			return err
		}
	}
	return nil
}

// startClient starts the network's own client and waits until it has built a
// circuit. Of the others nobody asks that: a relay serves without.
func (n *Network) startClient(ctx context.Context) error {
	if err := n.start(n.client); err != nil {
		return err
	}
	if err := n.until(ctx, n.client.bootstrapped); err != nil {
		return fmt.Errorf("%w; the last it said: %s", err, n.client.lastWords())
	}
	return nil
}

// until asks again and again, until the answer is yes, a tor has ended or the
// time is over.
func (n *Network) until(ctx context.Context, yes func() bool) error {
	for !yes() {
		if err := n.fallen(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
	return nil
}

// everywhere tells whether a document of every authority has, for every node, a
// line that begins with label and the node's name.
func (n *Network) everywhere(ctx context.Context, path, label string) bool {
	for _, a := range n.nodes[:authorities] {
		text, err := fetch(ctx, "http://"+a.dirs.String()+path)
		if err != nil {
			return false
		}
		for _, b := range n.nodes {
			if !strings.Contains("\n"+text, "\n"+label+b.name+" ") {
				return false
			}
		}
	}
	return true
}

// fetch gets a document from an authority.
func fetch(ctx context.Context, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	// No proxy from the environment, and no compression: an authority that is
	// offered gzip answers with something else.
	direct := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	resp, err := direct.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", url, resp.Status)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return string(text), err
}
