// SPDX-License-Identifier: Apache-2.0

package sourcecmd_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tamizdat/cmd/internal/sourcecmd"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/internal/cli"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// stage is a newsroom of three with a real drop on loopback. The source's clock
// is the machine's; the drop's can be set ahead, so that it seals.
type stage struct {
	t     *testing.T
	desks []*letter.JournalistKeys
	keys  []*letter.PeriodKeys
	seed  *letter.DeskSeed
	nr    wire.NewsroomKey
	room  *wire.Newsroom
	srv   *server.Server
	ahead atomic.Int64
	url   string
}

const hour = 3600

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, seed: letter.NewDeskSeed()}
	for _, name := range []string{"Anna", "Boris", "Clara"} {
		s.desks = append(s.desks, must(letter.NewJournalistKeys(name))(t))
	}
	_, key, _ := ed25519.GenerateKey(rand.Reader)
	file, grant := s.found(wire.DropKey(key.Public().(ed25519.PublicKey)))
	s.room = must(must(wire.ParseNewsroom(file))(t).Verify(s.nr))(t)
	s.srv = must(server.New(t.Context(), server.Config{
		Newsroom: s.nr, Key: key, Incarnation: s.room.Roster().Incarnation,
		Store: memory.New(), Blobs: memory.NewBlobs(), Now: s.now, Random: rand.Reader,
	}))(t)
	w := wire.NewsroomWrite{Newsroom: file, Grant: grant}
	s.do(s.srv.PostNewsroom(t.Context(), must(w.Encode())(t)))
	for _, k := range s.desks {
		pk := letter.NewPeriodKeys(wire.PeriodAt(time.Now().Unix(), 604800))
		s.keys = append(s.keys, pk)
		s.do(s.srv.PostBundle(t.Context(), k.Bundle(s.nr, 1, pk)))
	}
	web := httptest.NewServer(s.srv.Handler())
	t.Cleanup(web.Close)
	s.url = web.URL
	s.write(0, nil)
	return s
}

func (s *stage) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load()) * time.Second) }

func (s *stage) do(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// found makes root and roster of the newsroom.
func (s *stage) found(dropKey wire.DropKey) (file, grant []byte) {
	root := wire.RootBody{Number: 1, Period: 604800, Threshold: 2}
	for _, k := range s.desks {
		root.Admins = append(root.Admins, k.AdminKey())
	}
	slices.SortFunc(root.Admins, func(a, b wire.AdminKey) int { return bytes.Compare(a[:], b[:]) })
	part := must(root.Encode())(s.t)
	s.nr = wire.NewsroomKeyOf(part)
	var rootSigs, sigs []wire.Signature
	sched := wire.DefaultSchedule()
	sched.RepliesEvery, sched.WorkIterations, sched.WorkBits, sched.Slots = hour, 1, 1, 3
	now := time.Now().Unix()
	r := wire.RosterBody{
		Newsroom: s.nr, Root: 1, Number: 1, Issued: now - hour, Expires: now + 40*86400, Name: "The Test Bulletin",
		Addresses: []string{"http://" + onion}, Drop: dropKey, Incarnation: wire.Incarnation{7}, HeadRoot: wire.NewTree().Root(),
		Access: s.seed.AccessKey(), Permit: s.seed.PermitKey(), Schedule: sched,
	}
	for _, k := range s.desks {
		r.Journalists = append(r.Journalists, k.Public())
	}
	grant = must(s.seed.Grant(s.nr, 1, r.Journalists))(s.t)
	r.Grant = wire.GrantHash(grant)
	roster := must(r.Encode())(s.t)
	for _, k := range s.desks {
		rootSigs, sigs = append(rootSigs, must(k.SignRoot(part))(s.t)), append(sigs, must(k.SignRoster(roster))(s.t))
	}
	return wire.AssembleNewsroom([][]byte{wire.AssembleRoot(part, rootSigs)}, wire.AssembleRoster(roster, sigs)), grant
}

// enlarge gives the drop a second roster, with one journalist more.
func (s *stage) enlarge(name string) {
	s.t.Helper()
	ctx, admins := s.t.Context(), s.desks
	k, pk := must(letter.NewJournalistKeys(name))(s.t), letter.NewPeriodKeys(s.keys[0].Period())
	s.desks, s.keys = append(s.desks, k), append(s.keys, pk)
	r := s.room.Roster().Body()
	r.Number, r.Previous, r.Journalists = 2, s.room.Roster().Hash(), append(r.Journalists, k.Public())
	grant := must(s.seed.Grant(s.nr, 2, r.Journalists))(s.t)
	r.Grant = wire.GrantHash(grant)
	part := must(r.Encode())(s.t)
	var sigs []wire.Signature
	for _, a := range admins {
		sigs = append(sigs, must(a.SignRoster(part))(s.t))
	}
	w := wire.NewsroomWrite{Newsroom: wire.AssembleNewsroom(s.room.RootBytes(), wire.AssembleRoster(part, sigs)), Grant: grant}
	s.do(s.srv.PostNewsroom(ctx, must(w.Encode())(s.t)))
	s.do(s.srv.PostBundle(ctx, k.Bundle(s.nr, 2, pk)))
}

// write has desk i put replies into its slots and all desks beat, and sets the
// drop's clock ahead by an hour so that it seals.
func (s *stage) write(i int, replies [][]byte) {
	s.t.Helper()
	ctx, r := s.t.Context(), s.room.Roster()
	body := must(s.srv.Replies(ctx, false))(s.t)
	v := must(wire.ReadView(body, s.nr, wire.Replies, r.Incarnation, r.Drop, r.Schedule.MaxViewBytes()))(s.t)
	sealing := (s.now().Unix()/hour + 1) * hour
	for d, k := range s.desks {
		beat := k.Beat(wire.BeatBody{
			Newsroom: s.nr, Day: wire.DayOf(time.Now().Unix()), RosterNumber: 1, RosterHash: r.Hash(),
			Incarnation: r.Incarnation, Size: v.Head.Size, Root: v.Head.Root,
		})
		for _, slot := range r.SlotsOf(k.ID(), sealing) {
			e := must(letter.DummyReply(s.nr))(s.t)
			if d == i && len(replies) > 0 {
				e, replies = replies[0], replies[1:]
			}
			s.do(s.srv.PostReply(ctx, k.SealReplyWrite(beat, sealing, slot, e)))
		}
	}
	s.ahead.Add(hour)
	s.do(s.srv.Seal(ctx))
}

// letters are those that desk i can open.
func (s *stage) letters(i int) []*letter.Opened {
	s.t.Helper()
	ctx, r := s.t.Context(), s.room.Roster()
	nonce := must(s.srv.Nonce(ctx))(s.t)
	body := must(s.srv.Read(ctx, s.seed.SignRead(wire.ReadRequest{Newsroom: s.nr, Log: wire.Letters, Count: 64, Nonce: nonce})))(s.t)
	v := must(wire.ReadView(body, s.nr, wire.Letters, r.Incarnation, r.Drop, 64<<20))(s.t)
	var out []*letter.Opened
	for _, p := range v.Pages {
		for _, e := range must(wire.ParseLettersBody(p.Body))(s.t).Envelopes {
			if o, err := s.desks[i].Open(s.nr, r, s.keys[i:i+1], e); err == nil {
				out = append(out, o)
			}
		}
	}
	return out
}

// result is what one run of the program shows.
type result struct {
	code           int
	stdout, stderr string
}

// run runs the program without a terminal.
func run(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	return runIn(context.Background(), stdin, args...)
}

func runIn(ctx context.Context, stdin string, args ...string) result {
	var out, errs bytes.Buffer
	env := &cli.Env{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
	code := cli.Run(ctx, sourcecmd.Command(), env, args)
	return result{code, out.String(), errs.String()}
}

// here are the flags that name the stage's newsroom.
func (s *stage) here(command string, more ...string) []string {
	return append([]string{command, "--drop", s.url, "--newsroom", s.nr.String()}, more...)
}

// line is what follows a label at the beginning of a line of text.
func line(t *testing.T, text, label string) string {
	t.Helper()
	for l := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(l, label); ok {
			return strings.TrimSpace(rest)
		}
	}
	t.Fatalf("no line %q in\n%s", label, text)
	return ""
}
