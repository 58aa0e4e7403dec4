// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"time"

	"golang.org/x/net/proxy"

	"tamizdat/internal/cli"
)

// Through dials by the SOCKS5 proxy at an address and a port. The name of the
// onion goes to the proxy as it is and is never looked up here. Each connection
// has fresh random credentials, for which Tor takes a circuit of its own
// (IsolateSOCKSAuth, on by default).
//
// It refuses a proxy on another machine, be it the next: what goes there is not
// encrypted by Tor yet, and shows which drop is meant.
func Through(socks string) (DialFunc, error) {
	if err := checkSocks(socks); err != nil {
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

// checkSocks refuses what is no SOCKS port of this machine.
func checkSocks(socks string) error {
	ap, err := netip.ParseAddrPort(socks)
	if err != nil {
		return cli.Usagef("--socks wants an address and a port, such as 127.0.0.1:9050")
	}
	if !ap.Addr().IsLoopback() {
		return cli.WithHint(errors.New("this SOCKS port is on another machine; where you go could be read on the way there"),
			"use the Tor of this machine: --socks 127.0.0.1:9050",
			"where Tor runs on a gateway, forward a port of this machine to it; Whonix does so by itself")
	}
	return nil
}

// OnThisMachine reports whether the address of a drop, http://host or
// http://host:port, is on this machine, by its spelling alone: a name that had to
// be looked up could be anyone's.
func OnThisMachine(address string) (bool, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" {
		return false, cli.WithHint(fmt.Errorf("%q is not the address of a drop", address), "it looks like http://….onion")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback(), nil
}

// checkAddress refuses what is no onion: through Tor, a server of the open network
// is reached in plain text from its exit on. It does so before anything is
// started.
func checkAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	return cli.WithHint(CheckHost(u.Hostname()), "look at the address once more, or copy it")
}

// speaksSOCKS reports whether something at a port takes SOCKS5 with user and
// password, without which connections could not be kept apart. It asks for
// nothing. That it is Tor's cannot be proved.
func speaksSOCKS(ctx context.Context, socks string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", socks)
	if err != nil {
		return false
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if _, err := conn.Write([]byte{5, 1, 2}); err != nil { // version 5, one method: password
		return false
	}
	var answer [2]byte
	_, err = io.ReadFull(conn, answer[:])
	return err == nil && answer == [2]byte{5, 2}
}
