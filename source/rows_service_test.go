// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/source"
)

// Neither the drop that never seals a letter (M-12) nor the one that throws it
// away (M-23) is noticed when it happens; later the label is missing.
func TestM12AndM23LetterNeverArrives(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	honest := s.honest()
	lost := &hostile{Drop: honest, post: func([]byte) error { return nil }}
	v, err := s.open(lost)
	wantQuiet(t, v, err)
	gone := must(v.Send(t.Context(), must(v.Compose(words, "the lost one"))(t), source.SendOptions{}))(t)

	v = s.mustOpen(honest)
	kept := must(v.Send(t.Context(), must(v.Compose(words, "the kept one"))(t), source.SendOptions{}))(t)
	got := must(s.deskOpens(0, honest.envelopes(0)[s.place(0)]))(t)
	week := uint32((s.now.Unix()/86400 + 3) / 7)
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Text: "thank you", Received: []letter.Received{{Week: week, Label: got.Letter.Label()}}}))

	m := must(s.mustOpen(honest).Read(words))(t)
	want := []source.Received{{Week: week, Label: kept.Label}}
	if !slices.Equal(m.Received, want) {
		t.Errorf("received are %v, want %v", m.Received, want)
	}
	if kept.Label == gone.Label {
		t.Error("two letters carry one label")
	}
	if monday := source.Monday(week); monday.Format("Mon 2006-01-02") != "Mon 2026-11-23" {
		t.Errorf("the week begins on %s", monday)
	}
}

func TestM29NoService(t *testing.T) {
	s := threeDesks(t)
	for name, c := range map[string]struct {
		err  error
		told string
	}{
		"silent":      {errors.New("connection refused"), noAnswer},
		"not found":   {drop.ErrAbsent, noAnswer},
		"no newsroom": {drop.ErrBusy, full},
		"full":        {drop.ErrFull, full},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := s.open(&hostile{Drop: s.honest(), dead: c.err})
			wantAlarm(t, v, err, "M-29", c.told)
		})
	}
	t.Run("given up by the person", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := source.Open(ctx, &hostile{Drop: s.honest(), dead: errors.New("stopped")}, s.options())
		if a, blamed := errors.AsType[*source.Alarm](err); blamed || !errors.Is(err, context.Canceled) {
			t.Errorf("the drop is blamed: %v %v", a, err)
		}
	})
}

// A letter that found no room stays in memory for another try.
func TestM29FullDropThenRoom(t *testing.T) {
	s := threeDesks(t)
	words, _ := newcomer(t)
	honest := s.honest()
	d := &hostile{Drop: honest}
	v := s.mustOpen(d)
	draft := must(v.Compose(words, "a letter"))(t)
	for _, c := range []struct {
		err  error
		told string
	}{
		{drop.ErrFull, full},
		{drop.ErrBusy, full},
		{errors.New("broken pipe"), noAnswer},
		{drop.ErrRefused, "the drop refused the letter"},
		{drop.ErrMalformed, "the drop refused the letter"},
	} {
		d.post = func([]byte) error { return c.err }
		_, err := v.Send(t.Context(), draft, source.SendOptions{})
		wantAlarm(t, nil, err, "M-29", c.told)
	}
	d.post = nil
	sent := must(v.Send(t.Context(), draft, source.SendOptions{}))(t)
	got := must(s.deskOpens(1, honest.envelopes(0)[s.place(1)]))(t)
	if got.Letter.Text != "a letter" || got.Letter.Label().In(letter.English()) != sent.Label {
		t.Errorf("got %q under %q", got.Letter.Text, sent.Label)
	}
	if _, err := v.Send(t.Context(), draft, source.SendOptions{}); !errors.Is(err, source.ErrSent) || len(honest.posts) != 1 {
		t.Errorf("sent twice: %v, %d posts", err, len(honest.posts))
	}
}

// The drop sees calls, their sizes and their times, and how many chunks come.
// Nobody can keep it from looking.
func TestM30DropWatches(t *testing.T) {
	s := threeDesks(t)
	words, _ := newcomer(t)
	d := s.honest()
	v, err := s.open(d)
	wantQuiet(t, v, err)
	draft := must(v.Compose(words, "see attachment", file("a.bin", make([]byte, 3<<20))))(t)
	must(v.Send(t.Context(), draft, source.SendOptions{}))(t)
	if n := d.calls.count("chunk"); n != draft.Chunks() || n != 4 {
		t.Errorf("the drop counted %d chunks, the person is told %d", n, draft.Chunks())
	}
}
