// SPDX-License-Identifier: Apache-2.0

// Package tor is what the programs need of Tor, and no more: to reach an onion
// service, to be one, and to run a tor where there is none.
//
// To reach: a [Finder] finds a Tor on this machine or starts one, and its To
// gives the way to an address; [Through] is for a SOCKS port that is known.
// Each connection has random credentials, so that Tor takes a circuit of its own
// for it. Names are given to Tor as they are and never looked up here.
//
// To be reached: an [OnionKey] has an address before Tor has ever run. A
// [Service] gives it to a tor over its control socket, [Dial], and keeps it there
// when that tor is started anew. [Start] runs a tor of our own.
//
// It refuses a tor in which services are not anonymous, a control port that is
// not a socket of root, of ours or of tor's user, a SOCKS port on another machine,
// addresses that are no onions, commands with line breaks in them, and replies
// that are longer or otherwise than tor's (control-spec). It trusts the tor that
// it speaks to; a SOCKS port cannot prove that it is Tor's, so it also trusts that
// nobody else on this machine listens at Tor's place.
//
// The format of addresses is that of rend-spec-v3, the control port that of
// control-spec, the proxy that of RFC 1928 and RFC 1929.
package tor

import (
	"context"
	"errors"
	"net"
)

// DialFunc opens a connection, like net.Dialer's DialContext.
type DialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

var (
	// ErrAuthentication is the error when tor does not let us in.
	ErrAuthentication = errors.New("tor does not accept us at its control port")
	// ErrNotAnonymous is the error for a tor that would show where a service is.
	ErrNotAnonymous = errors.New("this tor is set to services that are not anonymous: it would show where the drop is")
	// ErrNotInstalled is the error when there is no program tor to start.
	ErrNotInstalled = errors.New("there is no program tor on this machine")
)
