// SPDX-License-Identifier: Apache-2.0

// Package tornet runs a private Tor network on this machine: three directory
// authorities, two relays and a client, all of them the installed tor, none of
// which knows of the real network. It is for tests and for the demonstration.
//
// Call [Start], give [Network.Socks] to whoever wants to reach an onion
// service, put [Network.ClientConfig] into the torrc of any other tor that is
// to belong to the network, and call [Network.Close] at the end, whatever
// happened. [Installed] says beforehand whether the programs are there.
//
// It hides nobody: all relays are one machine. It refuses to start a tor whose
// torrc would lead to the real network ([CheckPrivate]), and an address that
// could be reached from outside. It trusts the installed tor, and everybody who
// can reach Options.Address: on a machine with other users those are all of
// them, and they can use the network too.
//
// # Why nothing changes for half an hour
//
// A test network usually votes every few seconds. Its first consensus then
// tends to miss relays, and the hashring on which a service and its clients
// meet is derived from the voting interval and turns every 24 votes. This one
// votes when every authority has every relay's descriptor, not before: the
// authorities are told a time a few seconds ahead (TestingV3AuthVotingStartOffset).
// That one consensus is fresh for 30 minutes, and the ring stands for 12 hours.
//
// On two busy cores (load 9 to 15) an onion service answered 22 to 45 seconds
// after Start was called with no keys made; the network takes about 240 MiB.
// Under TAMIZDAT_SOAK the test asks one for twelve minutes, each time on a fresh
// circuit, and fails if one request does.
package tornet

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

const (
	authorities = 3
	relays      = 2
	attempts    = 2
)

// Options are what [Start] may be told. The zero value is a network on
// 127.0.0.1 that says nothing.
type Options struct {
	// Address is the IP address on which everything listens and which the relays
	// give as theirs. It is 127.0.0.1 unless it is given. Another one must be a
	// private IPv4 address of an interface that nobody outside reaches, such as
	// one end of a bridge between network namespaces.
	Address string

	// Progress hears, in a few words, what is being done.
	Progress func(string)

	// Timeout bounds the whole start, with its one retry: 180 seconds unless it
	// is given.
	Timeout time.Duration
}

func (o Options) checked() (Options, error) {
	if o.Address == "" {
		o.Address = "127.0.0.1"
	}
	if a, err := netip.ParseAddr(o.Address); err != nil || !a.Is4() || !a.IsLoopback() && !a.IsPrivate() {
		return o, fmt.Errorf("%q is neither a loopback nor a private IPv4 address", o.Address)
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if o.Timeout <= 0 {
		o.Timeout = 180 * time.Second
	}
	return o, nil
}

// Network is a private Tor network that runs.
type Network struct {
	opts     Options
	programs programs
	nodes    []*node // authorities first, then relays
	client   *node
	close    sync.Once
}

// Start starts a network with all its files below the folder dir, which is made
// if it is missing and stays behind; the caller deletes it. When Start returns,
// there is a consensus that lists every relay, and the client has built
// circuits. If the network does not come up, it is torn down and begun once
// more. ctx bounds the start only: the network lives until [Network.Close], or
// until this process ends.
//
// On Linux the network also ends with the thread that called Start; a caller
// that locks its goroutine to a thread must keep that goroutine.
func Start(ctx context.Context, dir string, o Options) (*Network, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	programs, err := find()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	var failures []error
	for i := range attempts {
		n := &Network{opts: o, programs: programs}
		err := n.attempt(ctx, filepath.Join(dir, strconv.Itoa(i+1)), o.Timeout/time.Duration(attempts-i))
		if err == nil {
			return n, nil
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			break
		}
		o.Progress(fmt.Sprintf("the network did not come up (%v)", err))
	}
	return nil, fmt.Errorf("starting a private Tor network: %w", errors.Join(failures...))
}

// attempt brings the network up or leaves nothing of it running.
func (n *Network) attempt(ctx context.Context, dir string, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	steps := []struct {
		says string
		do   func(context.Context) error
	}{
		{"making keys for three authorities", func(ctx context.Context) error { return n.prepare(ctx, dir) }},
		{"starting three authorities and two relays", n.startNodes},
		{"waiting until every authority knows every relay", n.meet},
		{"the authorities vote", n.vote},
		{"a client finds its way in", n.startClient},
	}
	for _, step := range steps {
		n.opts.Progress(step.says)
		if err := step.do(ctx); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", step.says, err), n.Close())
		}
	}
	return nil
}

// Close ends every tor of the network and waits until all are gone: asked
// first, and after 3 seconds killed. Calls after the first do nothing.
func (n *Network) Close() error {
	var err error
	n.close.Do(func() { err = stopAll(n.all()) })
	return err
}

func (n *Network) all() []*node {
	if n.client == nil {
		return n.nodes
	}
	return append(n.nodes[:len(n.nodes):len(n.nodes)], n.client)
}

// Socks is the address, host:port, of the network's own client. As in every
// tor, streams with different SOCKS user names or passwords use different
// circuits.
func (n *Network) Socks() string { return n.client.socks.String() }

// ClientConfig is what the torrc of another tor needs in order to belong to the
// network as a client or as the host of an onion service. It sets no SocksPort,
// no ControlPort and no DataDirectory.
func (n *Network) ClientConfig() string { return network(n.nodes) }
