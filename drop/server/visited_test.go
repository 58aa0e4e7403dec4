// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"

	"tamizdat/drop/droptest"
	"tamizdat/drop/fs"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
	"tamizdat/letter/wire"
)

// visitedServer opens the drop of BenchmarkVisit in its own process, at the
// time at which its last page was sealed.
func visitedServer(dir, newsroom, incarnation, seed string) *server.Server {
	nr, err := wire.ParseNewsroomKey(newsroom)
	if err != nil {
		panic(err)
	}
	store, err := sqlite.Open(dir)
	if err != nil {
		panic(err)
	}
	blobs, err := fs.Open(dir)
	if err != nil {
		panic(err)
	}
	s, err := server.New(context.Background(), server.Config{
		Newsroom: nr, Incarnation: wire.Incarnation(unhex(incarnation)),
		Key: ed25519.NewKeyFromSeed(unhex(seed)), Store: store, Blobs: blobs,
		Now: droptest.NewClock(droptest.Noon).Now, Random: rand.Reader,
	})
	if err != nil {
		panic(err)
	}
	return s
}

func unhex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return b
}
