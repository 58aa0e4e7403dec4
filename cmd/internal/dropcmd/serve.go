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
	"tamizdat/internal/tor"
)

// connections bounds those that are open at the same time.
const connections = 1024

// serving is what the flags of serve say.
type serving struct {
	dir, listen, addrFile, tor string
	wait                       bool
	tell                       notifier
}

func parseServe(env *cli.Env, args []string) (*serving, error) {
	s := &serving{tell: notifierOf(env)}
	fl := flag.NewFlagSet("serve", flag.ContinueOnError)
	fl.StringVar(&s.listen, "listen", "", "")
	fl.StringVar(&s.addrFile, "addr-file", "", "")
	fl.StringVar(&s.tor, "tor", "", "")
	fl.BoolVar(&s.wait, "wait", false, "")
	var err error
	if s.dir, err = serviceFlag(env, fl, args); err != nil {
		return nil, err
	}
	given := make(map[string]bool)
	fl.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if !given["tor"] {
		s.tor = torAuto
		if given["listen"] {
			s.tor = torNone
			env.Notef("Without --tor, --listen means this machine only: nobody reaches the drop through Tor.\n")
		}
	}
	if !given["listen"] {
		s.listen = "127.0.0.1:0"
	}
	return s, checkLoopback(s.listen)
}

func runServe(ctx context.Context, env *cli.Env, args []string) error {
	s, err := parseServe(env, args)
	if err != nil {
		return err
	}
	if s.wait {
		if err := s.awaitAdoption(ctx, env); err != nil {
			return err
		}
	}
	h, err := openFolder(ctx, env, s.dir)
	if err != nil {
		return err
	}
	g, err := chooseGate(s.dir, s.tor, env.Getenv)
	if err == nil {
		err = h.serve(ctx, env, s, g)
	}
	return errors.Join(err, h.close())
}

// adoptionPoll is how often a drop that waits looks whether it was adopted.
const adoptionPoll = 2 * time.Second

// awaitAdoption returns when the drop was told which newsroom it serves. Until
// then it listens nowhere: a fresh drop is nobody's.
func (s *serving) awaitAdoption(ctx context.Context, env *cli.Env) error {
	if _, err := readIdentity(s.dir); err != nil {
		return err
	}
	for told := false; ; told = true {
		_, err := readNewsroom(s.dir)
		if !errors.Is(err, errNotAdopted) {
			return err
		}
		if !told {
			s.tell.ready()
			s.tell.status("waits for tamizdat-drop adopt; listens nowhere")
			env.Notef("This drop waits until tamizdat-drop adopt tells it which newsroom it serves. It listens nowhere.\n")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(adoptionPoll):
		}
	}
}

// checkLoopback refuses to show a drop to any network: a drop that listened
// elsewhere would learn the addresses of those who connect.
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
	if err := checkNotMoved(dir); err != nil { // under the lock: a move holds it
		return nil, errors.Join(err, h.close())
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

// serve answers, seals, and is reachable until ctx ends. With a nil gate only
// this machine reaches it.
func (h *house) serve(ctx context.Context, env *cli.Env, s *serving, g *gate) error {
	key, err := h.onion(env, s.dir, g)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", s.listen)
	if err != nil {
		return err
	}
	url := "http://" + l.Addr().String()
	if s.addrFile != "" {
		if err := durable.WriteFile(s.addrFile, []byte(url+"\n"), 0o644); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	env.Printf("%s\n", url)
	env.Notef("The drop is listening. Stop it with Ctrl-C.\n")
	s.tell.status("listening on this machine")
	s.tell.ready()
	// Whichever of them ends, ends the others.
	ctx, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { h.drop.Run(ctx) })
	var gateErr error
	if g != nil {
		beside.Go(func() {
			gateErr = g.stay(ctx, env, key, l.Addr().(*net.TCPAddr).AddrPort(), s.tell)
			stop()
		})
	}
	err = server.Serve(ctx, l, h.drop.Handler(), connections)
	stop()
	beside.Wait()
	return errors.Join(err, gateErr)
}

// onion is the key of the drop's onion service, if it is to have one.
func (h *house) onion(env *cli.Env, dir string, g *gate) (key tor.OnionKey, err error) {
	if g == nil {
		return key, nil
	}
	key, made, err := onionOf(dir)
	if made {
		env.Notef("This drop had no onion address yet. It was given one: http://%s\nPut it into the newsroom's next roster.\n", key.Host())
	}
	return key, err
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
