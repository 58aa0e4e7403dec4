// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"tamizdat/internal/cli"
	"tamizdat/internal/pause"
)

// maxStreams is how many connections one visitor's circuit may hold open. A
// browser opens six; a client of ours uses a circuit for each. A circuit that
// wants more is closed.
const maxStreams = 64

// How long to wait before a service is added again, and between looks for its
// descriptor.
const (
	firstWait = time.Second
	longWait  = 30 * time.Second
	lookEvery = 3 * time.Second
	lookLater = 16 * time.Minute
	looks     = 10 // then lookLater: tor asks the same directory once in a quarter of an hour
)

// Service is an onion service: what comes to its address at port 80 goes to
// Target. Tor keeps it for as long as a connection to its control port lasts.
type Service struct {
	Key     OnionKey
	Target  netip.AddrPort                          // on loopback
	Connect func(context.Context) (*Control, error) // to the tor that shall serve

	// Each of these is called, if it is not nil, by the goroutine that runs Run.
	Added     func()           // tor has it and begins to announce it
	Reachable func()           // visitors find it; again after each Lost
	Unseen    func()           // it is announced, and could not be found for a while; Reachable may yet come
	Lost      func(error)      // tor went away; it is tried again
	Weaker    func(why string) // it runs with less defence than it should
}

// Run adds the service and keeps it until ctx ends, which is no error. What is
// wrong before the service was there once is an error; after that tor may come
// and go, and only a tor that is not anonymous ends it.
func (s *Service) Run(ctx context.Context) error {
	if !s.Target.Addr().IsLoopback() {
		return errors.New("an onion service leads to this machine only")
	}
	for wait, added := firstWait, false; ; wait = min(2*wait, longWait) {
		began := time.Now()
		err := s.once(ctx, &added)
		switch {
		case ctx.Err() != nil:
			return nil
		case !added, errors.Is(err, ErrNotAnonymous):
			return err
		}
		if s.Lost != nil {
			s.Lost(err)
		}
		if time.Since(began) > longWait {
			wait = firstWait
		}
		if pause.For(ctx, wait) != nil {
			return nil
		}
	}
}

func call(f func()) {
	if f != nil {
		f()
	}
}

// once adds the service to one tor and stays until the connection ends.
func (s *Service) once(ctx context.Context, added *bool) error {
	c, err := s.Connect(ctx)
	if err != nil {
		return err
	}
	if err = c.checkAnonymous(ctx); err == nil {
		_, err = c.do(ctx, "SETEVENTS HS_DESC")
	}
	if err == nil {
		err = s.add(ctx, c)
	}
	if err == nil {
		*added = true
		call(s.Added)
		err = s.follow(ctx, c)
	}
	return errors.Join(err, c.Close())
}

// checkAnonymous refuses a tor whose services are reached by one hop: everybody
// could learn where they are.
func (c *Control) checkAnonymous(ctx context.Context) error {
	names := []string{"HiddenServiceNonAnonymousMode", "HiddenServiceSingleHopMode"}
	conf, err := c.GetConf(ctx, names...)
	if err != nil {
		return err
	}
	for _, name := range names {
		if conf[name] != "0" {
			return cli.WithHint(ErrNotAnonymous, "take "+name+" out of its torrc and restart it")
		}
	}
	return nil
}

// add hands the key to tor. Tor is told not to hand it back.
func (s *Service) add(ctx context.Context, c *Control) error {
	command := fmt.Sprintf("ADD_ONION %s Flags=DiscardPK,MaxStreamsCloseCircuit MaxStreams=%d Port=80,%s", s.Key.expanded(), maxStreams, s.Target)
	// The rates of the defence stay at tor's defaults: a low PoWQueueRate was
	// seen to leave honest visitors in the queue for ever.
	rep, err := c.do(ctx, command+" PoWDefensesEnabled=1")
	if no, ok := errors.AsType[*refusal](err); ok && no.code == codeSyntax {
		if rep, err = c.do(ctx, command); err == nil && s.Weaker != nil {
			s.Weaker("this tor cannot ask visitors for work while it is flooded; install tor 0.4.9 or newer")
		}
	}
	if err != nil {
		return fmt.Errorf("add the onion service: %w", err)
	}
	if id, ok := strings.CutPrefix(rep.lines[0].text, "ServiceID="); !ok || id+onionSuffix != s.Key.Host() {
		return errReply("it made another address of the key than we do")
	}
	return nil
}

// codeSyntax answers a command that tor does not understand.
const codeSyntax = 512

// follow reports whether the service is reachable and returns when the connection
// ends. An upload of the descriptor is not enough: there are two, of which a
// visitor needs the one of his hour. So tor fetches it, as he would.
func (s *Service) follow(ctx context.Context, c *Control) error {
	id := strings.TrimSuffix(s.Key.Host(), onionSuffix)
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	seen := sight{reachable: s.Reachable, unseen: s.Unseen}
	for {
		fetch := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-c.events:
			if !ok {
				return fmt.Errorf("the connection to tor ended: %w", c.failed)
			}
			fetch = seen.hears(action(e, id))
		case <-look.C:
			if fetch = seen.looks(); seen.tries == looks {
				look.Reset(lookLater)
			}
		}
		if fetch {
			c.fetch(ctx, id)
		}
	}
}

// sight is what is known of how a service is seen from the network.
type sight struct {
	reachable, unseen func()
	uploaded, found   bool
	tries             int
}

// hears takes an event of the descriptor, and reports whether to fetch it now.
func (s *sight) hears(action string) bool {
	switch {
	case action == "UPLOADED" && !s.uploaded:
		s.uploaded = true
		return true
	case action == "RECEIVED" && !s.found:
		s.found = true
		call(s.reachable)
	}
	return false
}

// looks reports whether to fetch the descriptor once more. When that was in vain
// for long it says so, and not that all is well.
func (s *sight) looks() bool {
	if !s.uploaded || s.found {
		return false
	}
	if s.tries++; s.tries == looks {
		call(s.unseen)
	}
	return true
}

// fetch asks tor to fetch a descriptor. What comes of it is an event; a refusal
// is met by asking again.
func (c *Control) fetch(ctx context.Context, id string) { _, _ = c.do(ctx, "HSFETCH "+id) }

// action is what an event tells of our descriptor, or empty.
func action(e reply, id string) string {
	words := strings.Fields(e.lines[0].text)
	if len(words) < 3 || words[0] != "HS_DESC" || words[2] != id || !slices.Contains([]string{"UPLOADED", "RECEIVED"}, words[1]) {
		return ""
	}
	return words[1]
}
