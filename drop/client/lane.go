// SPDX-License-Identifier: Apache-2.0

package client

import (
	"net/http"
	"sync"
	"time"
)

// lane is a set of requests that may go over one connection, because the drop
// could tell by what is in them that one client makes them. Through Tor each
// connection has a circuit of its own, so what is in different lanes cannot be
// joined by the way it came. The moments still tell something.
type lane int

const (
	visit  lane = iota // what everyone reads, in one visit
	signed             // what a journalist signs
	upload             // one ticket and what goes up under it
	asking             // one nonce and the request that uses it
	lanes
	alone // a letter, a newsroom: nothing else goes over its connection
)

// ways are the connections of each lane.
type ways struct {
	dial  Dial
	stall time.Duration
	mu    sync.Mutex
	of    [lanes]*http.Client
}

// get is the way of a lane. Nothing that is sent later goes over a connection of
// the lane alone: it closes when its answer has been read.
func (w *ways) get(l lane) *http.Client {
	if l == alone {
		return httpClient(w.dial, w.stall)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of[l] == nil {
		w.of[l] = httpClient(w.dial, w.stall)
	}
	return w.of[l]
}

// renew has a lane begin with a new connection. One that is in use is given up
// when its answer has been read.
func (w *ways) renew(l lane) {
	if l == alone {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of[l] != nil {
		w.of[l].CloseIdleConnections()
	}
	w.of[l] = nil
}

// close gives up all connections.
func (w *ways) close() {
	for l := range lanes {
		w.renew(l)
	}
}
