// SPDX-License-Identifier: Apache-2.0

// Package client speaks to a drop over HTTP.
//
// Make a [Client] with [New]; it is a drop.Drop. The caller gives the way to
// the drop, in earnest a dialler through Tor's SOCKS port. Without one the
// client goes to loopback addresses only and refuses all others, so that a
// forgotten setting can never show a source's address to the network.
//
// It sends nothing that tells one client from another: no agent, no cookie,
// no accepted language or compression, and takes no proxy from the
// environment. It follows no redirect and reads no more of an answer than the
// specification allows. Nothing in an answer is verified here; the bytes go to
// letter/wire. What a drop writes into an error is never shown to anyone.
//
// Requests that the drop could not join by what is in them go over connections
// of their own: reading, each letter, each ticket with its chunks, each nonce with
// what it is for, and what a journalist signs. A dialler that has a circuit for
// each connection keeps them apart. A request that got no answer is made again
// over a new connection, never over one that was open before.
//
// It waits long, because circuits are slow, but not forever: a connection on
// which nothing moves for two minutes is given up.
package client

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// Dial opens a connection to a drop, like net.Dialer's DialContext.
type Dial = func(ctx context.Context, network, addr string) (net.Conn, error)

// Client is a drop at the other end of a connection. It may be used by several
// goroutines at once.
type Client struct {
	base  string
	ways  ways
	pause func(ctx context.Context, attempt int) error
}

var _ drop.Drop = (*Client)(nil)

// New returns a client for the drop at address, in the form http://host or
// http://host:port of a roster (spec/README.md §1, url8). With a nil dial it
// connects directly, and only to loopback: any other host is an error here.
func New(address string, dial Dial) (*Client, error) {
	if err := wire.CheckAddress(address); err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address of the drop is not one: %w", err)
	}
	if dial == nil {
		if !loopback(u.Hostname()) {
			return nil, fmt.Errorf("refusing to connect to %s without Tor: only a drop on this machine is reached directly", u.Hostname())
		}
		dial = dialLoopback
	}
	return &Client{base: address, ways: ways{dial: dial, stall: stall}, pause: backOff}, nil
}

// Close gives up idle connections. The client may still be used.
func (c *Client) Close() { c.ways.close() }

// Newsroom implements drop.Drop.
func (c *Client) Newsroom(ctx context.Context) ([]byte, error) {
	return c.get(ctx, "/v1/newsroom", wire.MaxNewsroomSize)
}

// Grant implements drop.Drop.
func (c *Client) Grant(ctx context.Context) ([]byte, error) {
	return c.get(ctx, "/v1/grant", wire.MaxGrantSize)
}

// Keys implements drop.Drop.
func (c *Client) Keys(ctx context.Context, p wire.Period) ([]byte, error) {
	return c.get(ctx, fmt.Sprintf("/v1/keys/%d", p), wire.MaxKeysFileSize)
}

// Beats implements drop.Drop.
func (c *Client) Beats(ctx context.Context) ([]byte, error) {
	return c.get(ctx, "/v1/beats", wire.MaxBeatsFileSize)
}

// Replies implements drop.Drop.
func (c *Client) Replies(ctx context.Context, week bool) (io.ReadCloser, error) {
	path := "/v1/replies"
	if week {
		path = "/v1/replies/week"
	}
	return c.open(ctx, request{lane: visit, method: http.MethodGet, path: path, again: true})
}

// PostLetter implements drop.Drop. Where no answer comes the same post is sent
// again: a drop keeps equal envelopes once.
func (c *Client) PostLetter(ctx context.Context, post []byte) error {
	return c.post(ctx, alone, "/v1/letters", post)
}

// OpenTicket implements drop.Drop.
func (c *Client) OpenTicket(ctx context.Context, req []byte) (wire.Ticket, error) {
	var t wire.Ticket
	b, err := c.read(ctx, request{lane: upload, begins: true, method: http.MethodPost, path: "/v1/tickets", body: req, again: true}, int64(len(t)))
	if err != nil {
		return t, err
	}
	return t, exactly(t[:], b)
}

// TicketChunks implements drop.Drop.
func (c *Client) TicketChunks(ctx context.Context, t wire.Ticket) ([]wire.ChunkID, error) {
	b, err := c.read(ctx, request{lane: upload, method: http.MethodGet, path: "/v1/tickets/" + t.String(), again: true}, 2+32*(1<<16-1))
	if err != nil {
		return nil, err
	}
	return parseChunkIDs(b)
}

// PutChunk implements drop.Drop. The same chunk again is free, so where no
// answer comes it is sent again.
func (c *Client) PutChunk(ctx context.Context, t wire.Ticket, id wire.ChunkID, chunk []byte) error {
	_, err := c.read(ctx, request{
		lane: upload, method: http.MethodPut, path: "/v1/tickets/" + t.String() + "/" + id.String(), body: chunk, again: true,
	}, 0)
	return err
}

// Nonce implements drop.Drop.
func (c *Client) Nonce(ctx context.Context) ([wire.NonceSize]byte, error) {
	var n [wire.NonceSize]byte
	b, err := c.read(ctx, request{lane: asking, begins: true, method: http.MethodGet, path: "/v1/nonce", again: true}, wire.NonceSize)
	if err != nil {
		return n, err
	}
	return n, exactly(n[:], b)
}

// Read implements drop.Drop. It is tried once: the nonce serves only once.
func (c *Client) Read(ctx context.Context, req []byte) (io.ReadCloser, error) {
	return c.open(ctx, request{lane: asking, method: http.MethodPost, path: "/v1/read", body: req})
}

// Chunk implements drop.Drop. It is tried once: the nonce serves only once.
func (c *Client) Chunk(ctx context.Context, req []byte) ([]byte, error) {
	b, err := c.read(ctx, request{lane: asking, method: http.MethodPost, path: "/v1/chunk", body: req}, wire.ChunkSize)
	if err != nil {
		return nil, err
	}
	return b, exactly(make([]byte, wire.ChunkSize), b)
}

// PostReply implements drop.Drop.
func (c *Client) PostReply(ctx context.Context, w []byte) error {
	return c.post(ctx, signed, "/v1/replies", w)
}

// PostSegment implements drop.Drop.
func (c *Client) PostSegment(ctx context.Context, w []byte) error {
	return c.post(ctx, signed, "/v1/segments", w)
}

// PostBundle implements drop.Drop.
func (c *Client) PostBundle(ctx context.Context, b []byte) error {
	return c.post(ctx, signed, "/v1/bundles", b)
}

// Holding implements drop.Drop. The occasion is what a journalist signs next, and
// a drop could hand out another one to each caller: had it come with what
// everyone reads, that would have a name.
func (c *Client) Holding(ctx context.Context) ([wire.NonceSize]byte, error) {
	var n [wire.NonceSize]byte
	b, err := c.read(ctx, request{lane: signed, method: http.MethodGet, path: "/v1/holding", again: true}, wire.NonceSize)
	if err != nil {
		return n, err
	}
	return n, exactly(n[:], b)
}

// PostVouch implements drop.Drop.
func (c *Client) PostVouch(ctx context.Context, v []byte) error {
	return c.post(ctx, signed, "/v1/vouches", v)
}

// PostHead implements drop.Drop.
func (c *Client) PostHead(ctx context.Context, h []byte) error {
	return c.post(ctx, alone, "/v1/heads", h)
}

// PostNewsroom implements drop.Drop.
func (c *Client) PostNewsroom(ctx context.Context, w []byte) error {
	return c.post(ctx, alone, "/v1/newsroom", w)
}
