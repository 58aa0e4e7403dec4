// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

// What comes over the wire must not tell whether there is anything to read, or
// whether anybody asked with the right words, or with any.
func TestTrafficIsTheSame(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	s.seal()
	s.beatAll()
	visit := func(read ...*letter.Words) []call {
		d := s.honest()
		v := s.mustOpen(d)
		if len(read) > 0 {
			must(v.Read(read...))(t)
		}
		return d.calls.list()
	}
	dummies := visit(words)
	s.log = s.log.upTo(0)
	s.log.seal(s.now.Unix()-testEvery, [][]byte{
		s.reply(0, src.Tuple(), letter.Reply{Number: 1, Text: "one"}),
		s.reply(0, src.Tuple(), letter.Reply{Number: 2, Text: strings.Repeat("two, which is much longer. ", 100)}),
		s.reply(1, src.Tuple(), letter.Reply{Number: 1, Text: "three"}),
	})
	s.beatAll()
	if m := must(s.mustOpen(s.honest()).Read(words))(t); len(m.Messages) != 3 {
		t.Fatalf("%d replies wait, not 3", len(m.Messages))
	}
	for name, calls := range map[string][]call{
		"right words": visit(words),
		"wrong words": visit(letter.NewWords()),
		"two phrases": visit(letter.NewWords(), words),
		"no words":    visit(),
	} {
		if !slices.Equal(calls, dummies) {
			t.Errorf("%s: the drop sees\n%v\nand with nothing waiting\n%v", name, calls, dummies)
		}
	}
	names := make([]string, 0, len(dummies))
	for _, c := range dummies {
		names = append(names, c.name)
	}
	if want := []string{"beats", fmt.Sprintf("keys %d", s.period()), "newsroom", "replies week=false"}; !slices.Equal(names, want) {
		t.Errorf("a visit makes the calls %v, not %v", names, want)
	}
}

// The same over HTTP, to the byte of each answer.
func TestTrafficIsTheSameOverHTTP(t *testing.T) {
	s := threeDesks(t)
	d := s.real()
	words, src := newcomer(t)
	d.write(nil)
	count := func(read ...*letter.Words) []call {
		c := &counting{Drop: d}
		v := s.mustOpen(c)
		if len(read) > 0 {
			must(v.Read(read...))(t)
		}
		return c.calls.list()
	}
	d.write(nil)
	d.write(map[int][][]byte{0: {s.reply(0, src.Tuple(), letter.Reply{Text: "here you are"})}})
	if m := must(s.mustOpen(d).Read(words))(t); len(m.Messages) != 1 {
		t.Fatal("no reply waits")
	}
	waiting := count(words)
	if wrong, none := count(letter.NewWords()), count(); !slices.Equal(waiting, wrong) || !slices.Equal(waiting, none) {
		t.Errorf("right words %v\nwrong words %v\nno words %v", waiting, wrong, none)
	}
}

// counting counts the bytes that are really read of each answer.
type counting struct {
	drop.Drop
	calls calls
}

func (c *counting) Newsroom(ctx context.Context) ([]byte, error) {
	return c.noted("newsroom")(c.Drop.Newsroom(ctx))
}

func (c *counting) Beats(ctx context.Context) ([]byte, error) {
	return c.noted("beats")(c.Drop.Beats(ctx))
}

func (c *counting) Keys(ctx context.Context, p wire.Period) ([]byte, error) {
	return c.noted("keys")(c.Drop.Keys(ctx, p))
}

func (c *counting) noted(name string) func([]byte, error) ([]byte, error) {
	return func(b []byte, err error) ([]byte, error) {
		c.calls.add(name, len(b))
		return b, err
	}
}

func (c *counting) Replies(ctx context.Context, week bool) (io.ReadCloser, error) {
	r, err := c.Drop.Replies(ctx, week)
	return &countingBody{r, c, 0}, err
}

type countingBody struct {
	io.ReadCloser
	c *counting
	n int
}

func (b *countingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n += n
	return n, err
}

func (b *countingBody) Close() error {
	b.c.calls.add("replies", b.n)
	return b.ReadCloser.Close()
}

func TestWrongWordsSayNothing(t *testing.T) {
	s := threeDesks(t)
	_, src := newcomer(t)
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Text: "not for you"}))
	s.beatAll()
	m := must(s.mustOpen(s.honest()).Read(letter.NewWords()))(t)
	if !m.Empty() || len(m.Gaps)+len(m.Received)+len(m.Warnings()) != 0 {
		t.Errorf("strangers' words show %+v", m)
	}
	if source.NothingForWords != "no letters for these words" {
		t.Errorf("told %q", source.NothingForWords)
	}
}

func TestRepliesAreMergedAndGapsShown(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	to := src.Tuple()
	week := func(n uint32) []letter.Received { return []letter.Received{{Week: 2000 + n, Label: letter.Label(n)}} }
	day := wire.DayOf(s.now.Unix())
	s.seal(
		s.reply(0, to, letter.Reply{Number: 2, Lowest: 2, Day: day, Text: "A two", Received: week(1)}),
		s.reply(0, to, letter.Reply{Number: 6, Lowest: 2, Day: day + 2, Text: "A six", Received: append(week(1), week(2)...)}),
		s.reply(1, to, letter.Reply{Number: 1, Lowest: 1, Day: day + 1, Text: "B one", Received: week(3)}),
	)
	s.seal(
		// B seals A's number 3 again after A's number 6 was sealed
		s.reply(1, to, letter.Reply{Author: s.desks[0].ID(), Number: 3, Lowest: 2, Day: day + 3, Text: "A three"}),
		s.reply(1, to, letter.Reply{Author: s.desks[0].ID(), Number: 2, Lowest: 2, Day: day, Text: "A two"}),
	)
	s.beatAll()
	m := must(s.mustOpen(s.honest()).Read(words))(t)
	var got []string
	for _, msg := range m.Messages {
		got = append(got, fmt.Sprintf("%s by %s", msg.Text, msg.SenderName))
	}
	want := []string{"A two by Anna", "B one by Boris", "A three by Boris", "A six by Anna"}
	slices.Sort(got[1:3]) // B one and A three: of one day or the other, as their authors say
	slices.Sort(want[1:3])
	if !slices.Equal(got, want) {
		t.Errorf("messages are %q, want %q", got, want)
	}
	if !slices.Equal(m.Gaps, []source.Gap{{AuthorName: "Anna", From: 4, To: 5}}) {
		t.Errorf("gaps are %v", m.Gaps)
	}
	if len(m.Received) != 3 || m.Received[0].Week != 2001 || m.Received[2].Week != 2003 {
		t.Errorf("received are %v", m.Received)
	}
}

func TestContradictionIsShownTwice(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	s.seal(
		s.reply(0, src.Tuple(), letter.Reply{Text: "come"}),
		s.reply(1, src.Tuple(), letter.Reply{Author: s.desks[0].ID(), Text: "do not come"}),
	)
	m := must(s.mustOpen(s.honest()).Read(words))(t)
	if len(m.Messages) != 2 || !m.Messages[0].Contradicted || !m.Messages[1].Contradicted || len(m.Warnings()) != 1 {
		t.Errorf("got %+v, warnings %q", m.Messages, m.Warnings())
	}
}

// Numbers come from other people's programs, so the greatest there is must not
// wrap around or make a list of all that is missing.
func TestGapsAtTheEndsOfNumbers(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	const top = 1<<53 - 1
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Number: top, Lowest: 1, Text: "last"}), s.reply(0, src.Tuple(), letter.Reply{Number: 1, Lowest: 1, Text: "first"}))
	m := must(s.mustOpen(s.honest()).Read(words))(t)
	if !slices.Equal(m.Gaps, []source.Gap{{AuthorName: "Anna", From: 2, To: top - 1}}) {
		t.Errorf("gaps are %v", m.Gaps)
	}
}

func TestWeekReadsOnlyTheWeek(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Number: 1, Text: "long ago"}))
	for range 28 {
		s.seal()
	}
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Number: 2, Text: "yesterday"}))
	s.beatAll()
	o := s.options()
	o.Week = true
	m := must(must(source.Open(t.Context(), s.honest(), o))(t).Read(words))(t)
	if len(m.Messages) != 1 || m.Messages[0].Text != "yesterday" || !m.Week {
		t.Errorf("got %+v", m)
	}
	if !slices.Equal(m.Gaps, []source.Gap{{AuthorName: "Anna", From: 1, To: 1}}) {
		t.Errorf("gaps are %v", m.Gaps)
	}
	if m := must(s.mustOpen(s.honest()).Read(words))(t); len(m.Messages) != 2 || len(m.Gaps) != 0 {
		t.Errorf("everything shows %+v", m)
	}
}

// Something with a hint for these words that does not open is counted and not
// shown: anybody who saw one reply can make more like it.
func TestUnreadableIsCounted(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	bad := s.reply(0, src.Tuple(), letter.Reply{Text: "hello"})
	bad[4000] ^= 1
	s.seal(bad)
	m := must(s.mustOpen(s.honest()).Read(words))(t)
	if m.Empty() || len(m.Messages) != 0 || m.Unreadable != 1 || len(m.Warnings()) != 1 {
		t.Errorf("got %+v", m)
	}
}
