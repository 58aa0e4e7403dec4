// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/drop/client"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

// file is an attachment in memory.
func file(name string, content []byte) source.File {
	return source.File{
		Name: name, Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// real is a real drop for the stage's newsroom, reached over HTTP on loopback.
type real struct {
	s   *stage
	srv *server.Server
	drop.Drop
}

func (s *stage) real() *real {
	s.t.Helper()
	srv := must(server.New(s.t.Context(), server.Config{
		Newsroom: s.nr, Key: s.dropKey, Incarnation: s.roster().Incarnation,
		Store: memory.New(), Blobs: memory.NewBlobs(),
		Now: func() time.Time { return s.now }, Random: rand.Reader,
	}))(s.t)
	web := httptest.NewServer(srv.Handler())
	s.t.Cleanup(web.Close)
	c := must(client.New(web.URL, nil))(s.t)
	s.t.Cleanup(c.Close)
	r := &real{s, srv, c}
	r.publish()
	return r
}

// publish gives the drop the newest roster and its journalists' bundles.
func (r *real) publish() {
	r.s.t.Helper()
	w := wire.NewsroomWrite{Newsroom: r.s.newsroom.Bytes(), Grant: r.s.grant}
	r.do(r.PostNewsroom(r.s.t.Context(), must(w.Encode())(r.s.t)))
	for _, b := range r.s.bundles[r.s.period()] {
		r.do(r.PostBundle(r.s.t.Context(), b))
	}
}

func (r *real) do(err error) {
	r.s.t.Helper()
	if err != nil {
		r.s.t.Fatal(err)
	}
}

// beatOf is desk i's beat on what the drop shows it.
func (r *real) beatOf(i int) []byte {
	body := must(r.Replies(r.s.t.Context(), false))(r.s.t)
	defer body.Close()
	roster := r.s.roster()
	v := must(wire.ReadView(body, r.s.nr, wire.Replies, roster.Incarnation, roster.Drop, roster.Schedule.MaxViewBytes()))(r.s.t)
	return r.s.desks[i].Beat(wire.BeatBody{
		Newsroom: r.s.nr, Day: wire.DayOf(r.s.now.Unix()), RosterNumber: roster.Number, RosterHash: roster.Hash(),
		Incarnation: roster.Incarnation, Size: v.Head.Size, Root: v.Head.Root,
	})
}

// write has every desk fill all its slots of the next page, with the given
// replies first, and lets the drop seal.
func (r *real) write(replies map[int][][]byte) {
	r.s.t.Helper()
	sealing := (r.s.now.Unix()/testEvery + 1) * testEvery
	for i, k := range r.s.desks {
		beat, own := r.beatOf(i), replies[i]
		for _, slot := range r.s.roster().SlotsOf(k.ID(), sealing) {
			envelope := must(letter.DummyReply(r.s.nr))(r.s.t)
			if len(own) > 0 {
				envelope, own = own[0], own[1:]
			}
			r.do(r.PostReply(r.s.t.Context(), k.SealReplyWrite(beat, sealing, slot, envelope)))
		}
		if len(own) > 0 {
			r.s.t.Fatalf("desk %d has no slots for %d replies", i, len(own))
		}
	}
	r.s.now = time.Unix(sealing, 0)
	r.do(r.srv.Seal(r.s.t.Context()))
}

// letters is what a desk reads of the letters log: all envelopes at its place.
func (r *real) letters(i int) []*letter.Opened {
	r.s.t.Helper()
	ctx := r.s.t.Context()
	nonce := must(r.Nonce(ctx))(r.s.t)
	body := must(r.Read(ctx, r.s.seed.SignRead(wire.ReadRequest{Newsroom: r.s.nr, Log: wire.Letters, Count: 64, Nonce: nonce})))(r.s.t)
	defer body.Close()
	roster := r.s.roster()
	v := must(wire.ReadView(body, r.s.nr, wire.Letters, roster.Incarnation, roster.Drop, 64<<20))(r.s.t)
	var opened []*letter.Opened
	for _, p := range v.Pages {
		for _, e := range must(wire.ParseLettersBody(p.Body))(r.s.t).Envelopes {
			if o, err := r.s.deskOpens(i, e); err == nil {
				opened = append(opened, o)
			}
		}
	}
	return opened
}

// files is what a desk saves of a parcel.
func (r *real) files(p *letter.Parcel) map[string][]byte {
	r.s.t.Helper()
	ctx := r.s.t.Context()
	get := func(id wire.ChunkID) ([]byte, error) {
		nonce, err := r.Nonce(ctx)
		if err != nil {
			return nil, err
		}
		b, err := r.Chunk(ctx, r.s.seed.SignChunk(wire.ChunkRequest{Newsroom: r.s.nr, ID: id, Nonce: nonce}))
		if errors.Is(err, drop.ErrAbsent) {
			return nil, fs.ErrNotExist
		}
		return b, err
	}
	return saved(r.s.t, p, get)
}

func saved(t testing.TB, p *letter.Parcel, get func(wire.ChunkID) ([]byte, error)) map[string][]byte {
	t.Helper()
	parts := make([]bytes.Buffer, len(p.Files))
	err := p.Extract(t.Context(), get, func(i int) (io.WriteCloser, error) { return closer{&parts[i]}, nil })
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]byte)
	for i, f := range p.Files {
		out[f.Name] = parts[i].Bytes()
	}
	return out
}

type closer struct{ io.Writer }

func (closer) Close() error { return nil }

// The whole way: someone takes words, writes with files, and comes back months
// later with the words on paper and nothing else.
func TestStoryLetterAndAnswer(t *testing.T) {
	s := threeDesks(t)
	d := s.real()
	d.write(nil) // the desks are there: first beats, first page

	phrase := letter.NewWords().In(letter.English())
	content := map[string][]byte{
		"empty.txt": {}, "one.bin": {7}, "chunk.bin": noise(1_048_528), "film.mp4": noise(5 << 20),
	}
	text := "They meet every Thursday.\r\nThe list is in the film."
	label := func() string {
		words := must(letter.ReadWords(phrase))(t)
		v := s.mustOpen(d)
		wantQuiet(t, v, nil)
		var files []source.File
		for _, name := range []string{"empty.txt", "one.bin", "chunk.bin", "film.mp4"} {
			files = append(files, file(name, content[name]))
		}
		draft := must(v.Compose(words[0], text, files...))(t)
		var done, total int64
		sent := must(v.Send(t.Context(), draft, source.SendOptions{Progress: func(d, of int64) { done, total = d, of }}))(t)
		if done != total || done != int64(draft.Chunks())<<20 {
			t.Errorf("progress ends at %d of %d bytes", done, total)
		}
		if want := s.now.Truncate(time.Hour).Add(time.Hour); !sent.Sealing.Equal(want) {
			t.Errorf("sealed at %s, not %s", sent.Sealing, want)
		}
		return sent.Label
	}()

	d.write(nil)
	var to *wire.Tuple
	var received letter.Received
	for i := range s.desks {
		got := d.letters(i)
		if len(got) != 1 || got[0].Letter == nil || got[0].Letter.Text != "They meet every Thursday.\nThe list is in the film." {
			t.Fatalf("desk %d opened %d letters", i, len(got))
		}
		for name, b := range d.files(got[0].Letter.Parcel) {
			if !bytes.Equal(b, content[name]) {
				t.Errorf("desk %d: %s arrived changed", i, name)
			}
		}
		to = &got[0].Sender
		received = letter.Received{Week: 2968, Label: got[0].Letter.Label()}
	}
	answer := s.reply(1, to, letter.Reply{Text: "Thank you. Which hall?", Received: []letter.Received{received}})
	d.write(map[int][][]byte{1: {answer}})

	words := must(letter.ReadWords(phrase))(t)
	mail := must(s.mustOpen(d).Read(words...))(t)
	if len(mail.Messages) != 1 || mail.Messages[0].Text != "Thank you. Which hall?" || mail.Messages[0].AuthorName != "Boris" {
		t.Fatalf("read %+v", mail.Messages)
	}
	if !slices.Equal(mail.Received, []source.Received{{Week: 2968, Label: label}}) || len(mail.Gaps) != 0 || len(mail.Warnings()) != 0 {
		t.Errorf("received %v, gaps %v, warnings %v", mail.Received, mail.Gaps, mail.Warnings())
	}
}

// A letter sealed for one roster is refused by a drop that has another number of
// journalists a day later. The draft survives and goes out under the new one.
func TestStoryRosterChangesMeanwhile(t *testing.T) {
	s := threeDesks(t)
	d := s.real()
	d.write(nil)
	words, _ := newcomer(t)
	v := s.mustOpen(d)
	draft := must(v.Compose(words, "to whoever is there", file("a", noise(100))))(t)

	s.desks = append(s.desks, must(letter.NewJournalistKeys("Dora"))(t))
	s.adopt(s.issueBy(s.desks[:3], func(b *wire.RosterBody) { b.HeadSize, b.HeadRoot = 0, wire.NewTree().Root() }))
	s.bundle(3, s.period())
	r := wire.NewsroomWrite{Newsroom: s.newsroom.Bytes(), Grant: s.grant}
	d.do(d.PostNewsroom(t.Context(), must(r.Encode())(t)))
	d.do(d.PostBundle(t.Context(), s.bundles[s.period()][3]))
	for range 5 {
		d.write(nil)
	}

	_, err := v.Send(t.Context(), draft, source.SendOptions{})
	wantAlarm(t, nil, err, "M-29", "the drop refused the letter")
	if !errors.Is(err, drop.ErrRefused) {
		t.Error("the caller cannot see that a new visit is due")
	}
	v = s.mustOpen(d)
	if n := v.Newsroom(); n.Roster != 2 || !slices.Contains(n.Journalists, "Dora") {
		t.Fatalf("the new visit shows %+v", n)
	}
	sent := must(v.Send(t.Context(), draft, source.SendOptions{}))(t)
	if len(sent.To) != 4 {
		t.Errorf("sent to %v", sent.To)
	}
	d.write(nil)
	for i := range s.desks {
		if got := d.letters(i); len(got) != 1 || len(d.files(got[0].Letter.Parcel)) != 1 {
			t.Errorf("desk %d has %d letters", i, len(got))
		}
	}
}

// The visit begins before midnight and the letter goes out after it, when a new
// period of keys has begun.
func TestStoryPeriodChangesAtMidnight(t *testing.T) {
	s := threeDesks(t)
	s.now = time.Unix(s.period().End(testPeriod)-600, 0)
	s.log.seal(s.now.Unix(), nil)
	s.beatAll()
	d := s.honest()
	v := s.mustOpen(d)
	words, _ := newcomer(t)
	draft := must(v.Compose(words, "late"))(t)

	s.now = s.now.Add(20 * time.Minute)
	s.bundle(0, s.period())
	s.bundle(1, s.period())
	_, err := v.Send(t.Context(), draft, source.SendOptions{})
	wantAlarm(t, nil, err, "M-18", "no current keys of Clara: Clara will not get this letter")
	sent := must(v.Send(t.Context(), draft, source.SendOptions{}))(t)
	if !slices.Equal(sent.Without, []string{"Clara"}) {
		t.Errorf("not sent to %v", sent.Without)
	}
	if got := must(s.deskOpens(0, d.envelopes(0)[s.place(0)]))(t); got.Period != s.period() {
		t.Errorf("sealed to period %d, not %d", got.Period, s.period())
	}
}

// Who does not want Clara to read leaves her out before midnight and is not
// asked about her keys after it.
func TestStoryLeaveOut(t *testing.T) {
	s := threeDesks(t)
	d := s.honest()
	v := s.mustOpen(d)
	words, _ := newcomer(t)
	clara := s.desks[2].ID()
	sent := must(v.Send(t.Context(), must(v.Compose(words, "not for Clara"))(t), source.SendOptions{LeaveOut: []wire.JournalistID{clara}}))(t)
	if len(sent.To) != 2 || !slices.Equal(sent.Without, []string{"Clara"}) {
		t.Errorf("sent to %v, not to %v", sent.To, sent.Without)
	}
	if e := d.envelopes(0); len(e) != 3 || len(e[s.place(2)]) != wire.EnvelopeSize {
		t.Error("the drop can tell that somebody was left out")
	}
	if _, err := s.deskOpens(2, d.envelopes(0)[s.place(2)]); !errors.Is(err, letter.ErrCannotOpen) {
		t.Errorf("Clara opens it: %v", err)
	}
	all := []wire.JournalistID{s.desks[0].ID(), s.desks[1].ID(), clara}
	if _, err := v.Send(t.Context(), must(v.Compose(words, "for nobody"))(t), source.SendOptions{LeaveOut: all}); err == nil || len(d.posts) != 1 {
		t.Error("a letter to nobody was sent")
	}
}

func TestStoryNewsroomOfOne(t *testing.T) {
	s := newStage(t, "Olga")
	d := s.honest()
	v := s.mustOpen(d)
	wantWarning(t, v, "", "this newsroom is one person; nobody else there can read or check")
	words, _ := newcomer(t)
	must(v.Send(t.Context(), must(v.Compose(words, "dear Olga"))(t), source.SendOptions{}))(t)
	if got := must(s.deskOpens(0, d.envelopes(0)[0]))(t); got.Letter.Text != "dear Olga" {
		t.Errorf("Olga reads %q", got.Letter.Text)
	}
}

// A roster is known by its addresses too: who is shown the right newsroom at the
// wrong address is on a mirror that nobody named.
func TestStoryAddressThatTheNewsroomDoesNotName(t *testing.T) {
	s := threeDesks(t)
	o := s.options()
	o.Address = "http://drop.example/"
	v, err := source.Open(t.Context(), s.honest(), o)
	wantQuiet(t, v, err)
	o.Address = "http://dr0p.example"
	v = must(source.Open(t.Context(), s.honest(), o))(t)
	wantWarning(t, v, "", "the newsroom does not name this address as its own: http://dr0p.example")
}
