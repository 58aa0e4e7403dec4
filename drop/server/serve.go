// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// bodyTimeout is how long a request may take whose body no call has asked for:
// where net/http answers by itself it reads the body, and would wait for it
// without end. The calls set deadlines of their own.
const bodyTimeout = 10 * time.Second

// Serve answers connections of l with h until ctx ends, and closes l. It
// speaks HTTP/1.1 only and says nothing of what it sees: the log of
// net/http, which holds addresses, is thrown away. connections bounds those
// that are open at the same time; further ones wait outside.
//
// net/http refuses an Expect header that it does not know with 417, before h
// is asked and with a Date. That cannot be switched off; it tells the clock of
// the machine, as spec/drop.md §9 admits.
func Serve(ctx context.Context, l net.Listener, h http.Handler, connections int) error {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 30 * time.Second,
		ReadTimeout:       bodyTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    8 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
		Protocols:         onlyHTTP1(),

		DisableGeneralOptionsHandler: true, // its answer to "OPTIONS *" has a Date
	}
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(closed)
		shutDown(srv)
	})
	err := srv.Serve(limit(l, connections))
	if !stop() {
		<-closed
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// shutDown lets answers that have begun end, for a few seconds.
func shutDown(srv *http.Server) {
	grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if srv.Shutdown(grace) != nil {
		srv.Close()
	}
}

func onlyHTTP1() *http.Protocols {
	p := &http.Protocols{}
	p.SetHTTP1(true)
	return p
}

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
