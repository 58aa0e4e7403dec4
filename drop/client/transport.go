// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// stall is how long nothing may move on a connection.
const stall = 2 * time.Minute

// dialling is how long a circuit to an onion service may take. One that was not
// built in a minute seldom comes at all; another one does.
const dialling = time.Minute

// httpClient returns a client that adds nothing of its own to a request.
func httpClient(dial Dial, stall time.Duration) *http.Client {
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // never from the environment
			DialContext:            patient(dial, stall),
			DisableCompression:     true,
			MaxIdleConnsPerHost:    1, // net/http tries again by itself over an idle one; there shall be none
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 16 << 10,
			Protocols:              protocols,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// patient bounds the dialling and the silence on what was dialled.
func patient(dial Dial, stall time.Duration) Dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, min(dialling, stall))
		defer cancel()
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &patientConn{c, stall}, nil
	}
}

// patientConn moves its deadline with everything that moves. Reading and
// writing share it: while a chunk goes out slowly, the wait for the answer
// must not run out.
type patientConn struct {
	net.Conn
	stall time.Duration
}

// Read implements net.Conn.
func (c *patientConn) Read(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.stall)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// Write implements net.Conn. It writes in steps, because one deadline for a
// whole megabyte would cut off slow circuits.
func (c *patientConn) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		if err := c.SetDeadline(time.Now().Add(c.stall)); err != nil {
			return n, err
		}
		var m int
		m, err = c.Conn.Write(p[:min(len(p), 16<<10)])
		n += m
		p = p[m:]
	}
	return n, err
}

// loopback reports whether a host of an address is this machine, by its
// spelling alone: a name that had to be looked up could be anyone.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// dialLoopback connects directly. It looks at the address once more, so that
// nothing but loopback is ever dialled.
func dialLoopback(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if !loopback(host) {
		return nil, fmt.Errorf("refusing to connect to %s without Tor", host)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	var d net.Dialer
	return d.DialContext(ctx, network, net.JoinHostPort(host, port))
}
