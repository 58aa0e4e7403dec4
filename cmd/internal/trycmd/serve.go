// SPDX-License-Identifier: Apache-2.0

package trycmd

import (
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// folder is a folder served to this machine's browser.
type folder struct {
	address string
	server  *http.Server
}

// serveFolder serves dir on a free loopback port. The published site is plain
// files; any server will do, and this one is only for looking at it here.
func serveFolder(dir string) (*folder, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &folder{
		address: "http://" + l.Addr().String() + "/",
		server: &http.Server{
			Handler:           http.FileServer(http.Dir(dir)),
			ReadHeaderTimeout: 5 * time.Second,
			ErrorLog:          log.New(io.Discard, "", 0),
		},
	}
	go f.server.Serve(l)
	return f, nil
}

// Close stops serving.
func (f *folder) Close() error { return f.server.Close() }
