// SPDX-License-Identifier: Apache-2.0

package sourcecmd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"

	"golang.org/x/net/proxy"

	"tamizdat/drop"
	"tamizdat/drop/client"
	"tamizdat/internal/cli"
	"tamizdat/letter/wire"
)

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// reach makes the way to the drop: direct on this machine, through Tor to
// everywhere else.
func (p *place) reach() (*separated, error) {
	local, err := onThisMachine(p.address)
	if err != nil {
		return nil, err
	}
	if p.socks == "" && !local {
		return nil, cli.WithHint(errors.New("this address is not on this machine, and without Tor your network would see that you go there"),
			"start Tor and add --socks 127.0.0.1:9050 (Tor Browser: 127.0.0.1:9150)")
	}
	var dial dialFunc
	if p.socks != "" {
		if dial, err = throughTor(p.socks); err != nil {
			return nil, err
		}
	}
	return separate(p.address, dial)
}

func onThisMachine(address string) (bool, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" {
		return false, cli.WithHint(fmt.Errorf("%q is not the address of a drop", address), "it looks like http://….onion")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback(), nil
}

// separated sends letters and attachments over connections of their own: the
// drop shall not see which of its visitors wrote, nor which files belong to
// which letter. Over Tor each of the three has circuits of its own.
type separated struct {
	drop.Drop // reading
	letters   drop.Drop
	files     drop.Drop
	ways      []*client.Client
}

func separate(address string, dial dialFunc) (*separated, error) {
	s := &separated{}
	for _, way := range []*drop.Drop{&s.Drop, &s.letters, &s.files} {
		c, err := client.New(address, dial)
		if err != nil {
			return nil, fmt.Errorf("reach the drop: %w", err)
		}
		*way, s.ways = c, append(s.ways, c)
	}
	return s, nil
}

// close ends connections that are kept for further calls.
func (s *separated) close() {
	for _, c := range s.ways {
		c.Close()
	}
}

func (s *separated) PostLetter(ctx context.Context, post []byte) error {
	return s.letters.PostLetter(ctx, post)
}

func (s *separated) OpenTicket(ctx context.Context, req []byte) (wire.Ticket, error) {
	return s.files.OpenTicket(ctx, req)
}

func (s *separated) TicketChunks(ctx context.Context, t wire.Ticket) ([]wire.ChunkID, error) {
	return s.files.TicketChunks(ctx, t)
}

func (s *separated) PutChunk(ctx context.Context, t wire.Ticket, id wire.ChunkID, chunk []byte) error {
	return s.files.PutChunk(ctx, t, id, chunk)
}

// throughTor dials by SOCKS5. The name of the onion goes to the proxy as it is
// and is never looked up here. Each connection has random credentials, for
// which Tor takes a circuit of its own (IsolateSOCKSAuth, on by default).
func throughTor(socks string) (dialFunc, error) {
	if err := checkProxy(socks); err != nil {
		return nil, err
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		auth := &proxy.Auth{User: rand.Text(), Password: rand.Text()}
		d, err := proxy.SOCKS5("tcp", socks, auth, &net.Dialer{})
		if err != nil {
			return nil, fmt.Errorf("use the SOCKS port: %w", err)
		}
		conn, err := d.(proxy.ContextDialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, fmt.Errorf("through %s: %w", socks, err)
		}
		return conn, nil
	}, nil
}

// checkProxy refuses a proxy on the open network: the way to it would be plain.
func checkProxy(socks string) error {
	ap, err := netip.ParseAddrPort(socks)
	if err != nil {
		return cli.Usagef("--socks wants an address and a port, such as 127.0.0.1:9050")
	}
	if ip := ap.Addr(); !ip.IsLoopback() && !ip.IsPrivate() {
		return cli.WithHint(errors.New("this SOCKS port is on the open network; what you send there could be read on the way"),
			"use the Tor of this machine: --socks 127.0.0.1:9050")
	}
	return nil
}
