// SPDX-License-Identifier: Apache-2.0

package deskcmd

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
)

// connect makes the way to the drop: direct on this machine, through Tor to
// everywhere else.
func (o *options) connect(address string) (drop.Drop, error) {
	if o.socks == "" && !onThisMachine(address) {
		return nil, cli.WithHint(errors.New("the drop is not on this machine, and without Tor your network would see that you go there"),
			"start Tor and add --socks 127.0.0.1:9050")
	}
	var dial client.Dial
	if o.socks != "" {
		var err error
		if dial, err = throughTor(o.socks); err != nil {
			return nil, err
		}
	}
	return separate(address, dial)
}

// apart writes over connections of its own. What a desk reads from the letters
// log it asks for with a key that all desks share, so that the drop does not
// learn who reads; what it writes carries the journalist's name. On one
// connection the second would name the first. Over Tor each connection has
// circuits of its own. The moments still tell something: a desk that writes has
// just read.
type apart struct {
	drop.Drop // reading
	writing   drop.Drop
	ways      []*client.Client
}

func separate(address string, dial client.Dial) (*apart, error) {
	a := &apart{}
	for _, way := range []*drop.Drop{&a.Drop, &a.writing} {
		c, err := client.New(address, dial)
		if err != nil {
			return nil, fmt.Errorf("reach the drop: %w", err)
		}
		*way, a.ways = c, append(a.ways, c)
	}
	return a, nil
}

// Close gives up idle connections.
func (a *apart) Close() {
	for _, c := range a.ways {
		c.Close()
	}
}

// PostReply implements drop.Drop.
func (a *apart) PostReply(ctx context.Context, w []byte) error { return a.writing.PostReply(ctx, w) }

// PostSegment implements drop.Drop.
func (a *apart) PostSegment(ctx context.Context, w []byte) error {
	return a.writing.PostSegment(ctx, w)
}

// PostBundle implements drop.Drop.
func (a *apart) PostBundle(ctx context.Context, b []byte) error { return a.writing.PostBundle(ctx, b) }

// PostNewsroom implements drop.Drop.
func (a *apart) PostNewsroom(ctx context.Context, w []byte) error {
	return a.writing.PostNewsroom(ctx, w)
}

func onThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

// throughTor dials by SOCKS5. The name of the onion goes to the proxy as it is
// and is never looked up here. Each connection has random credentials, for
// which Tor takes a circuit of its own.
func throughTor(socks string) (client.Dial, error) {
	ap, err := netip.ParseAddrPort(socks)
	if err != nil {
		return nil, cli.Usagef("--socks wants an address and a port, such as 127.0.0.1:9050")
	}
	if ip := ap.Addr(); !ip.IsLoopback() && !ip.IsPrivate() {
		return nil, cli.WithHint(errors.New("this SOCKS port is on the open network; what you send there could be read on the way"),
			"use the Tor of this machine: --socks 127.0.0.1:9050")
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
