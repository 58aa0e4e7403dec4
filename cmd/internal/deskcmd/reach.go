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
	c, err := client.New(address, dial)
	if err != nil {
		return nil, fmt.Errorf("reach the drop: %w", err)
	}
	return c, nil
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
