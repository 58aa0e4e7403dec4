// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"maps"
	"slices"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

const (
	testPeriod = 7 * 86400
	testEvery  = 6 * 3600 // between reply pages
	testSlots  = 3
	testKept   = 40
)

// stage is a newsroom, its desks and all secrets of its drop, so that a test
// can play every part. It stands still at its own time.
type stage struct {
	t       testing.TB
	now     time.Time
	desks   []*letter.JournalistKeys
	periods map[wire.Period]map[int]*letter.PeriodKeys
	seed    *letter.DeskSeed
	dropKey ed25519.PrivateKey
	root    []byte
	nr      wire.NewsroomKey

	newsroom *wire.Newsroom
	grant    []byte
	log      *replyLog
	beats    map[int][]byte
	bundles  map[wire.Period]map[int][]byte
}

// newStage founds a newsroom of the named journalists: threshold two, or one
// where there is one. All have beats and keys of the current period.
func newStage(t testing.TB, names ...string) *stage {
	t.Helper()
	s := &stage{
		t:       t,
		now:     time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC),
		periods: make(map[wire.Period]map[int]*letter.PeriodKeys),
		seed:    letter.NewDeskSeed(),
		beats:   make(map[int][]byte),
		bundles: make(map[wire.Period]map[int][]byte),
	}
	for _, name := range names {
		s.desks = append(s.desks, must(letter.NewJournalistKeys(name))(t))
	}
	_, s.dropKey, _ = ed25519.GenerateKey(rand.Reader)
	s.found()
	s.log = newReplyLog(s)
	s.adopt(s.issue(nil))
	for i := range s.desks {
		s.bundle(i, s.period())
		s.beat(i)
	}
	return s
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (s *stage) found() {
	body := wire.RootBody{Number: 1, Period: testPeriod, Threshold: min(2, len(s.desks))}
	for _, k := range s.desks {
		body.Admins = append(body.Admins, k.AdminKey())
	}
	slices.SortFunc(body.Admins, func(a, b wire.AdminKey) int { return bytes.Compare(a[:], b[:]) })
	part := must(body.Encode())(s.t)
	var sigs []wire.Signature
	for _, k := range s.desks {
		sigs = append(sigs, must(k.SignRoot(part))(s.t))
	}
	s.root, s.nr = wire.AssembleRoot(part, sigs), wire.NewsroomKeyOf(part)
}

// draft is the next roster, before changes.
func (s *stage) draft() wire.RosterBody {
	sched := wire.DefaultSchedule()
	sched.RepliesEvery, sched.Slots, sched.RepliesKept = testEvery, testSlots, testKept
	sched.WorkIterations, sched.WorkBits = 1, 1
	b := wire.RosterBody{
		Newsroom: s.nr, Root: 1, Number: 1, Name: "The Test Bulletin",
		Issued: s.now.Unix() - 3600, Expires: s.now.Unix() + 30*86400,
		Addresses: []string{"http://drop.example"},
		Drop:      wire.DropKey(s.dropKey.Public().(ed25519.PublicKey)), Incarnation: wire.Incarnation{1, 2, 3},
		HeadRoot: wire.NewTree().Root(),
		Access:   s.seed.AccessKey(), Permit: s.seed.PermitKey(),
		Schedule: sched,
	}
	for _, k := range s.desks {
		b.Journalists = append(b.Journalists, k.Public())
	}
	if s.newsroom != nil {
		last := s.newsroom.Roster()
		b.Number, b.Previous, b.Former = last.Number+1, last.Hash(), last.Body().Former
		b.Incarnation, b.HeadSize, b.HeadRoot = last.Incarnation, s.log.size(), s.log.rootAt(s.log.size())
	}
	return b
}

// issue makes the next roster after change and has all admins sign it.
func (s *stage) issue(change func(*wire.RosterBody)) []byte {
	return s.issueBy(s.desks, change)
}

func (s *stage) issueBy(signers []*letter.JournalistKeys, change func(*wire.RosterBody)) []byte {
	s.t.Helper()
	b := s.draft()
	if change != nil {
		change(&b)
	}
	s.grant = must(s.seed.Grant(s.nr, b.Number, b.Journalists))(s.t)
	b.Grant = wire.HashTag("tamizdat-grant-v1", s.grant)
	part := must(b.Encode())(s.t)
	var sigs []wire.Signature
	for _, k := range signers {
		sigs = append(sigs, must(k.SignRoster(part))(s.t))
	}
	return wire.AssembleNewsroom([][]byte{s.root}, wire.AssembleRoster(part, sigs))
}

// adopt makes a newsroom file the one that the stage's drop shows.
func (s *stage) adopt(file []byte) {
	s.t.Helper()
	u := must(wire.ParseNewsroom(file))(s.t)
	s.newsroom = must(u.Verify(s.nr))(s.t)
}

func (s *stage) roster() *wire.Roster { return s.newsroom.Roster() }

func (s *stage) period() wire.Period { return wire.PeriodAt(s.now.Unix(), testPeriod) }

// bundle publishes desk i's keys of period p under the newest roster.
func (s *stage) bundle(i int, p wire.Period) {
	if s.periods[p] == nil {
		s.periods[p], s.bundles[p] = make(map[int]*letter.PeriodKeys), make(map[int][]byte)
	}
	if s.periods[p][i] == nil {
		s.periods[p][i] = letter.NewPeriodKeys(p)
	}
	s.bundles[p][i] = s.desks[i].Bundle(s.nr, s.roster().Number, s.periods[p][i])
}

// beat has desk i vouch for what the drop shows now.
func (s *stage) beat(i int) { s.beats[i] = s.beatAt(i, s.now, s.log) }

func (s *stage) beatAt(i int, at time.Time, log *replyLog) []byte {
	return s.desks[i].Beat(s.beatBody(at, log))
}

func (s *stage) beatBody(at time.Time, log *replyLog) wire.BeatBody {
	r := s.roster()
	return wire.BeatBody{
		Newsroom: s.nr, Day: wire.DayOf(at.Unix()), RosterNumber: r.Number, RosterHash: r.Hash(),
		Incarnation: r.Incarnation, Size: log.size(), Root: log.rootAt(log.size()),
	}
}

func (s *stage) beatAll() {
	for i := range s.desks {
		s.beat(i)
	}
}

// reply seals a reply of desk i to a source.
func (s *stage) reply(i int, to *wire.Tuple, r letter.Reply) []byte {
	s.t.Helper()
	if r.Number == 0 {
		r.Number = 1
	}
	if r.Lowest == 0 {
		r.Lowest = 1
	}
	if r.Day == 0 {
		r.Day = wire.DayOf(s.now.Unix())
	}
	return must(s.desks[i].SealReply(s.nr, to, &r))(s.t)
}

// seal adds a page with these envelopes to the replies log, filled up with
// dummies, and lets the interval pass.
func (s *stage) seal(envelopes ...[]byte) {
	s.t.Helper()
	for len(envelopes) < testSlots {
		envelopes = append(envelopes, must(letter.DummyReply(s.nr))(s.t))
	}
	s.log.seal(s.now.Unix()/testEvery*testEvery, envelopes)
	s.now = s.now.Add(testEvery * time.Second)
}

// options are those of a source who has the newsroom's key.
func (s *stage) options() source.Options {
	return source.Options{
		Newsroom: s.nr,
		Now:      func() time.Time { return s.now },
		Wait:     func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

// open visits d with what a source of this newsroom has.
func (s *stage) open(d drop.Drop) (*source.Visit, error) {
	return source.Open(s.t.Context(), d, s.options())
}

func (s *stage) mustOpen(d drop.Drop) *source.Visit {
	s.t.Helper()
	return must(s.open(d))(s.t)
}

// deskOpens opens an envelope as desk i would, with the keys of any period.
func (s *stage) deskOpens(i int, envelope []byte) (*letter.Opened, error) {
	var keys []*letter.PeriodKeys
	for _, p := range slices.Sorted(maps.Keys(s.periods)) {
		if k := s.periods[p][i]; k != nil {
			keys = append(keys, k)
		}
	}
	return s.desks[i].Open(s.nr, s.roster(), keys, envelope)
}

// place is where desk i stands in the roster, which is in order of keys.
func (s *stage) place(i int) int {
	_, at, ok := s.roster().Journalist(s.desks[i].ID())
	if !ok {
		s.t.Fatalf("desk %d is not in the roster", i)
	}
	return at
}

// newcomer is a source with fresh words.
func newcomer(t testing.TB) (*letter.Words, *letter.Source) {
	w := letter.NewWords()
	return w, must(w.Source())(t)
}
