// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Serve answers connections of l with h until ctx ends, and closes l. It
// speaks HTTP/1.1 only and says nothing of what it sees: the log of
// net/http, which holds addresses, is thrown away. connections bounds those
// that are open at the same time; further ones wait outside.
func Serve(ctx context.Context, l net.Listener, h http.Handler, connections int) error {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    8 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
		Protocols:         onlyHTTP1(),
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
