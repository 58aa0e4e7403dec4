// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"tamizdat/drop"
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
