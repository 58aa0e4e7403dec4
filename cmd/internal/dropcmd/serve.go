// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	blobs "tamizdat/drop/fs"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
)

// connections bounds those that are open at the same time.
const connections = 1024

func runServe(ctx context.Context, env *cli.Env, args []string) error {
	fl := flag.NewFlagSet("serve", flag.ContinueOnError)
	listen := fl.String("listen", "127.0.0.1:0", "")
	addrFile := fl.String("addr-file", "", "")
	dir, err := serviceFlag(env, fl, args)
	if err != nil {
		return err
	}
	if err := checkLoopback(*listen); err != nil {
		return err
	}
	h, err := openFolder(ctx, env, dir)
	if err != nil {
		return err
	}
	return errors.Join(h.serve(ctx, env, *listen, *addrFile), h.close())
}

// checkLoopback refuses to show a drop to any network. An onion service comes
// with the installation; until the program sets one up by itself, a drop that
// listened elsewhere would learn the addresses of those who connect.
func checkLoopback(listen string) error {
	addr, err := netip.ParseAddrPort(listen)
	if err != nil {
		return cli.Usagef("--listen takes an address and a port, such as 127.0.0.1:0")
	}
	if !addr.Addr().IsLoopback() {
		return cli.WithHint(fmt.Errorf("refusing to listen on %s", listen),
			"a drop listens on loopback only and is reached through an onion service: elsewhere it would see who connects",
			"use --listen 127.0.0.1:0")
	}
	return nil
}

// house is an open folder with the drop that lives in it.
type house struct {
	lock  *lock
	store *sqlite.Store
	blobs *blobs.Blobs
	drop  *server.Server
}

// openFolder opens the drop in dir for this process alone.
func openFolder(ctx context.Context, env *cli.Env, dir string) (*house, error) {
	if err := noCoreDumps(); err != nil {
		return nil, err
	}
	id, err := readIdentity(dir)
	if err != nil {
		return nil, err
	}
	newsroom, err := readNewsroom(dir)
	if err != nil {
		return nil, err
	}
	h := &house{}
	if h.lock, err = takeLock(dir); err != nil {
		return nil, err
	}
	if h.store, err = sqlite.Open(dir); err != nil {
		return nil, errors.Join(err, h.close())
	}
	report := func(err error) { env.Notef("%v\n", err) }
	h.store.Report = report
	if h.blobs, err = blobs.Open(dir); err != nil {
		return nil, errors.Join(err, h.close())
	}
	h.drop, err = server.New(ctx, server.Config{
		Newsroom: newsroom, Key: id.key(), Incarnation: id.incarnation,
		Store: h.store, Blobs: h.blobs, Now: time.Now, Random: rand.Reader,
		Free:   func() (int64, error) { return blobs.Free(dir) },
		Report: report,
	})
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// serve answers and seals until ctx ends.
func (h *house) serve(ctx context.Context, env *cli.Env, listen, addrFile string) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	url := "http://" + l.Addr().String()
	if addrFile != "" {
		if err := durable.WriteFile(addrFile, []byte(url+"\n"), 0o644); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	env.Printf("%s\n", url)
	env.Notef("The drop is listening. Stop it with Ctrl-C.\n")
	// Whichever of the two ends, ends the other.
	ctx, stop := context.WithCancel(ctx)
	var sealing sync.WaitGroup
	sealing.Go(func() { h.drop.Run(ctx) })
	err = server.Serve(ctx, l, h.drop.Handler(), connections)
	stop()
	sealing.Wait()
	return err
}

func (h *house) close() error {
	var err error
	if h.blobs != nil {
		err = h.blobs.Close()
	}
	if h.store != nil {
		err = errors.Join(err, h.store.Close())
	}
	return errors.Join(err, h.lock.release())
}
