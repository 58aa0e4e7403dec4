// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net"
	"sync"
)

// limited is a listener with a bound on the connections that are open at the
// same time; further ones wait in the system's queue. Unlike netutil's it hands
// out TCP connections as such, so that the kernel can still send files.
type limited struct {
	net.Listener
	slots chan struct{}
	done  chan struct{}
	once  sync.Once
}

func limit(l net.Listener, n int) net.Listener {
	return &limited{Listener: l, slots: make(chan struct{}, n), done: make(chan struct{})}
}

// Accept implements net.Listener.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	free := sync.OnceFunc(func() { <-l.slots })
	if tcp, ok := c.(*net.TCPConn); ok {
		return &limitedTCP{tcp, free}, nil
	}
	return &limitedConn{c, free}, nil
}

// Close implements net.Listener.
func (l *limited) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

type limitedTCP struct {
	*net.TCPConn
	free func()
}

// Close implements net.Conn.
func (c *limitedTCP) Close() error {
	defer c.free()
	return c.TCPConn.Close()
}

type limitedConn struct {
	net.Conn
	free func()
}

// Close implements net.Conn.
func (c *limitedConn) Close() error {
	defer c.free()
	return c.Conn.Close()
}
