// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
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
		sigs = append(sigs, k.SignRoot(part))
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
		sigs = append(sigs, k.SignRoster(part))
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

// replyLog is the replies log of a drop whose key the test holds.
type replyLog struct {
	s       *stage
	inc     wire.Incarnation
	headers [][]byte
	bodies  [][]byte
	sealed  []int64
}

func newReplyLog(s *stage) *replyLog { return &replyLog{s: s, inc: wire.Incarnation{1, 2, 3}} }

func (l *replyLog) size() uint64 { return uint64(len(l.headers)) }

func (l *replyLog) seal(at int64, envelopes [][]byte) {
	l.s.t.Helper()
	l.sealBody(at, must(wire.EncodeRepliesBody(envelopes))(l.s.t))
}

// sealBody seals any bytes at all.
func (l *replyLog) sealBody(at int64, body []byte) {
	if n := len(l.sealed); n > 0 && at <= l.sealed[n-1] {
		at = l.sealed[n-1] + testEvery
	}
	h := wire.PageHeader{
		Newsroom: l.s.nr, Log: wire.Replies, Incarnation: l.inc, Number: l.size(), Sealed: at,
		BodyLen: uint32(len(body)), BodyHash: wire.Hash(wire.ChunkIDOf(body)),
	}
	l.headers, l.bodies, l.sealed = append(l.headers, h.Encode()), append(l.bodies, body), append(l.sealed, at)
}

func (l *replyLog) leaf(i int) wire.Hash {
	return must(wire.ParsePageHeader(l.headers[i]))(l.s.t).LeafHash()
}

func (l *replyLog) tree(size uint64) *wire.Tree {
	t := wire.NewTree()
	for i := range size {
		t.Append(l.leaf(int(i)))
	}
	return t
}

func (l *replyLog) rootAt(size uint64) wire.Hash { return l.tree(size).Root() }

// upTo is the log as it was when it had size pages.
func (l *replyLog) upTo(size int) *replyLog {
	return &replyLog{l.s, l.inc, slices.Clone(l.headers[:size]), slices.Clone(l.bodies[:size]), slices.Clone(l.sealed[:size])}
}

// head is signed by the drop.
func (l *replyLog) head() []byte {
	b := wire.HeadBody{Newsroom: l.s.nr, Log: wire.Replies, Incarnation: l.inc, Size: l.size(), Root: l.rootAt(l.size())}
	if l.size() > 0 {
		b.Sealed = l.sealed[l.size()-1]
	}
	part := b.SignedPart()
	return wire.AssembleHead(part, [64]byte(ed25519.Sign(l.s.dropKey, wire.Preimage(wire.TagHead, part))))
}

// viewFrom is the view in which whole pages begin at from.
func (l *replyLog) viewFrom(base, from uint64) []byte {
	return l.viewBetween(base, from, l.size())
}

func (l *replyLog) viewBetween(base, from, to uint64) []byte {
	l.s.t.Helper()
	var before, after []wire.Hash
	var pages []wire.PageSource
	for i := base; i < l.size(); i++ {
		switch {
		case i < from:
			before = append(before, l.leaf(int(i)))
		case i < to:
			body := l.bodies[i]
			open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
			pages = append(pages, wire.PageSource{Header: l.headers[i], Open: open})
		default:
			after = append(after, l.leaf(int(i)))
		}
	}
	var out bytes.Buffer
	if err := wire.WriteView(&out, l.head(), base, l.tree(base).Frontier(), before, pages, after); err != nil {
		l.s.t.Fatal(err)
	}
	return out.Bytes()
}

// view is everyone's, or the week's.
func (l *replyLog) view(week bool) []byte {
	shape := l.s.roster().Schedule.EveryonesView(l.size())
	if week {
		shape = l.s.roster().Schedule.WeeksView(l.size())
	}
	return l.viewFrom(shape.Base, shape.Base+shape.Before)
}

// honest is the stage's drop as it should be, for those calls that a source
// makes. It notes them.
type honest struct {
	drop.Drop // nil: a source makes no other calls
	s         *stage

	calls   calls
	posts   [][]byte
	tickets map[wire.Ticket][]wire.ChunkID
	chunks  map[wire.ChunkID][]byte
}

func (s *stage) honest() *honest {
	return &honest{s: s, tickets: make(map[wire.Ticket][]wire.ChunkID), chunks: make(map[wire.ChunkID][]byte)}
}

func (h *honest) Newsroom(context.Context) ([]byte, error) {
	return h.calls.bytes("newsroom", h.s.newsroom.Bytes())
}

func (h *honest) Keys(_ context.Context, p wire.Period) ([]byte, error) {
	return h.calls.bytes(fmt.Sprintf("keys %d", p), wire.EncodeKeysFile(h.s.nr, p, slices.Collect(maps.Values(h.s.bundles[p]))))
}

func (h *honest) Beats(context.Context) ([]byte, error) {
	return h.calls.bytes("beats", wire.EncodeBeatsFile(h.s.nr, slices.Collect(maps.Values(h.s.beats))))
}

func (h *honest) Replies(_ context.Context, week bool) (io.ReadCloser, error) {
	b, err := h.calls.bytes(fmt.Sprintf("replies week=%v", week), h.s.log.view(week))
	return io.NopCloser(bytes.NewReader(b)), err
}

func (h *honest) PostLetter(_ context.Context, post []byte) error {
	p, err := wire.ParseLetterPost(post)
	if err != nil {
		return fmt.Errorf("%w: %w", drop.ErrMalformed, err)
	}
	h.calls.add("letter", len(post))
	if err := h.checkWork(p.Newsroom, p.Slot, p.Subject(), p.Counter); err != nil {
		return err
	}
	if len(p.Envelopes) != len(h.s.roster().Journalists) {
		return drop.ErrRefused
	}
	h.posts = append(h.posts, post)
	return nil
}

func (h *honest) checkWork(nr wire.NewsroomKey, slot uint64, subject wire.Hash, counter uint64) error {
	s := h.s.roster().Schedule
	if nr != h.s.nr || wire.CheckWorkSlot(slot, s.WorkSlot(h.s.now.Unix())) != nil ||
		!wire.WorkDone(nr, slot, subject, counter, s.WorkIterations, s.WorkBits) {
		return drop.ErrRefused
	}
	return nil
}

func (h *honest) OpenTicket(_ context.Context, req []byte) (wire.Ticket, error) {
	q, err := wire.ParseTicketRequest(req)
	if err != nil {
		return wire.Ticket{}, fmt.Errorf("%w: %w", drop.ErrMalformed, err)
	}
	h.calls.add("ticket", len(req))
	if err := h.checkWork(q.Newsroom, q.Slot, q.Subject(), q.Counter); err != nil {
		return wire.Ticket{}, err
	}
	t := wire.Ticket(q.Random[:16])
	h.tickets[t] = []wire.ChunkID{}
	return t, nil
}

func (h *honest) TicketChunks(_ context.Context, t wire.Ticket) ([]wire.ChunkID, error) {
	h.calls.add("list", 0)
	ids, ok := h.tickets[t]
	if !ok {
		return nil, drop.ErrAbsent
	}
	return slices.SortedFunc(slices.Values(ids), func(a, b wire.ChunkID) int { return bytes.Compare(a[:], b[:]) }), nil
}

func (h *honest) PutChunk(_ context.Context, t wire.Ticket, id wire.ChunkID, chunk []byte) error {
	h.calls.add("chunk", len(chunk))
	ids, ok := h.tickets[t]
	switch {
	case !ok:
		return drop.ErrAbsent
	case len(chunk) != wire.ChunkSize:
		return drop.ErrTooLarge
	case wire.ChunkIDOf(chunk) != id:
		return drop.ErrRefused
	case slices.Contains(ids, id):
		return nil
	case len(ids) >= h.s.roster().Schedule.Chunks:
		return drop.ErrBudget
	}
	h.tickets[t], h.chunks[id] = append(ids, id), bytes.Clone(chunk)
	return nil
}

// envelopes are those of post i.
func (h *honest) envelopes(i int) [][]byte {
	return must(wire.ParseLetterPost(h.posts[i]))(h.s.t).Envelopes
}
