// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

func TestM06RewoundReplies(t *testing.T) {
	s := threeDesks(t)
	s.seal()
	before := s.log.upTo(1)
	s.seal()
	s.beat(1)
	v, err := s.open(&hostile{Drop: s.honest(), view: before.view(false)})
	a := wantAlarm(t, v, err, "M-6", rewound)
	if !bytes.Equal(a.Evidence[0], before.head()) || !bytes.Equal(a.Evidence[1], s.beats[1]) {
		t.Error("the evidence is not kept")
	}
}

func TestM06RewoundBehindTheRoster(t *testing.T) {
	s := threeDesks(t)
	beats, _ := s.honest().Beats(t.Context())
	s.seal()
	before := s.log.upTo(1)
	s.seal()
	s.adopt(s.issue(nil))
	v, err := s.open(&hostile{Drop: s.honest(), beats: beats, view: before.view(false)})
	wantAlarm(t, v, err, "M-6", rewound)
}

func TestM08ForkedReplies(t *testing.T) {
	s := threeDesks(t)
	s.seal()
	fork := s.log.upTo(1)
	s.seal()
	s.beat(0)
	s.seal()
	fork.seal(s.now.Unix()-10*testEvery, nil)
	fork.seal(s.now.Unix()-9*testEvery, nil)
	fork.seal(s.now.Unix()-8*testEvery, nil)
	v, err := s.open(&hostile{Drop: s.honest(), view: fork.view(false)})
	wantAlarm(t, v, err, "M-8", forked)
}

// The drop may tell one client what it tells nobody else: each is checked
// against the same beats.
func TestM08OneClientAnsweredDifferently(t *testing.T) {
	s := threeDesks(t)
	s.seal()
	words, src := newcomer(t)
	fork := s.log.upTo(1)
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Text: "come on Friday"}))
	fork.seal(s.now.Unix(), nil)
	s.beatAll()
	asOthers := s.mustOpen(s.honest())
	if m := must(asOthers.Read(words))(t); len(m.Messages) != 1 {
		t.Fatalf("the honest view shows %d messages", len(m.Messages))
	}
	v, err := s.open(&hostile{Drop: s.honest(), view: fork.view(false)})
	wantAlarm(t, v, err, "M-8", forked)
}

// A beat that vouches for a state from before the view's base vouches for
// nothing that can be compared.
func TestM08BeatFromBeforeTheView(t *testing.T) {
	s := threeDesks(t)
	for i := range 4*testKept + 1 {
		s.log.seal(s.now.Unix()-int64(4*testKept-i)*testEvery, nil)
	}
	s.beatAll()
	fork := s.log.upTo(int(s.log.size()))
	wantQuiet(t, s.mustOpen(&hostile{Drop: s.honest(), view: fork.view(false)}), nil)
	for range 4*testKept + 2 {
		fork.seal(s.now.Unix(), nil)
	}
	v, err := s.open(&hostile{Drop: s.honest(), view: fork.view(false)})
	wantAlarm(t, v, err, "M-8", forked)
}

func TestM10AlteredPages(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Text: "the true reply"}))
	s.seal()
	s.beatAll()
	good := s.log.view(false)
	if m := must(s.mustOpen(s.honest()).Read(words))(t); len(m.Messages) != 1 {
		t.Fatal("the honest view does not show the reply")
	}
	body := bytes.Index(good, s.log.bodies[0])
	header := bytes.Index(good, s.log.headers[1])
	bad := map[string][]byte{
		"a byte of a reply":    flip(good, body+5000),
		"the number of slots":  flip(good, body),
		"a page's hash":        flip(good, header+wire.PageHeaderSize-1),
		"a page's number":      flip(good, header+58),
		"the root in the head": flip(good, 2+2+32+1+16+8+8+5),
		"the head's signature": flip(good, 2+wire.HeadSize-1),
		"a page left out":      slices.Concat(good[:body-wire.PageHeaderSize], good[header:]),
		"a page twice":         slices.Concat(good[:header], good[body-wire.PageHeaderSize:]),
		"cut short":            good[:len(good)-1],
		"a byte too many":      append(slices.Clone(good), 0),
		"nothing":              {},
		"two replies swapped":  swapped(good, body),
	}
	for name, view := range bad {
		t.Run(name, func(t *testing.T) {
			v, err := s.open(&hostile{Drop: s.honest(), view: view})
			wantAlarm(t, v, err, "M-10", broken)
		})
	}
}

func flip(b []byte, at int) []byte {
	b = slices.Clone(b)
	b[at] ^= 1
	return b
}

func swapped(view []byte, body int) []byte {
	view = slices.Clone(view)
	first, second := view[body+1:body+1+wire.ReplySize], view[body+1+wire.ReplySize:body+1+2*wire.ReplySize]
	keep := slices.Clone(first)
	copy(first, second)
	copy(second, keep)
	return view
}

// A page that the drop made up and sealed with the rest hashes well and is
// still no page.
func TestM10SealedGarbage(t *testing.T) {
	s := threeDesks(t)
	s.log.sealBody(s.now.Unix(), []byte("\x01not a reply"))
	v, err := s.open(s.honest())
	wantAlarm(t, v, err, "M-10", broken)
}

// A hint that no receiver could have been meant by is skipped; the page stands.
func TestM10BadHintIsSkipped(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	bad := bytes.Repeat([]byte{0xff}, wire.ReplySize)
	none := make([]byte, wire.ReplySize)
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Text: "still here"}), bad, none)
	m := must(s.mustOpen(s.honest()).Read(words))(t)
	if len(m.Messages) != 1 || m.Unreadable != 0 {
		t.Errorf("got %d messages, %d unreadable", len(m.Messages), m.Unreadable)
	}
}

// An older state that was once true, with beats no newer than it, is noticed
// when it grows old and not before.
func TestM16StaleReplies(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	s.seal()
	s.beatAll()
	stale := &hostile{Drop: s.honest(), view: s.log.view(false)}
	stale.beats, _ = s.honest().Beats(t.Context())
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Text: "hidden"}))
	s.beatAll()
	v, err := s.open(stale)
	wantQuiet(t, v, err)
	if m := must(v.Read(words))(t); !m.Empty() {
		t.Error("the stale view shows the new reply")
	}
	sealed := s.log.sealed[0]
	s.now = time.Unix(sealed+86400+2*testEvery, 0)
	v, err = s.open(stale)
	wantQuiet(t, v, err)
	s.now = s.now.Add(time.Second)
	wantWarning(t, s.mustOpen(stale), "M-16", "the drop's replies are 1 days old: newer ones may be missing")

	t.Run("the next beat ends it", func(t *testing.T) {
		stale.beats = nil
		v, err := s.open(stale)
		wantAlarm(t, v, err, "M-6", rewound)
	})
}

// A newsroom that has just been founded has no pages yet.
func TestM16NoPagesYet(t *testing.T) {
	s := threeDesks(t)
	v, err := s.open(s.honest())
	wantQuiet(t, v, err)
	s.now = s.now.Add(3 * 24 * time.Hour)
	wantWarning(t, s.mustOpen(s.honest()), "M-16", "the drop's replies are 3 days old: newer ones may be missing")
}

// Two heads of one size convict the drop. A desk's beat carries one, the view
// the other; both are kept whole.
func TestM25TwoHeadsOfOneSize(t *testing.T) {
	s := threeDesks(t)
	s.seal()
	fork := newReplyLog(s)
	fork.seal(s.log.sealed[0], nil)
	s.beat(1)
	v, err := s.open(&hostile{Drop: s.honest(), view: fork.view(false)})
	a := wantAlarm(t, v, err, "M-8", forked)
	r := s.roster()
	head := must(must(wire.ParseHead(a.Evidence[0]))(t).Verify(r))(t)
	beat := must(must(wire.ParseBeat(a.Evidence[1]))(t).Verify(r))(t)
	if head.Size != beat.Size || head.Root == beat.Root {
		t.Error("the evidence does not convict")
	}
}

func TestM33OtherIncarnation(t *testing.T) {
	s := threeDesks(t)
	other := newReplyLog(s)
	other.inc = wire.Incarnation{9}
	other.seal(s.now.Unix(), nil)
	v, err := s.open(&hostile{Drop: s.honest(), view: other.view(false)})
	wantAlarm(t, v, err, "M-33", forked)
}

func TestM33BeatOfOtherIncarnation(t *testing.T) {
	s := threeDesks(t)
	body := s.beatBody(s.now, s.log)
	body.Incarnation = wire.Incarnation{9}
	s.beats[0] = s.desks[0].Beat(body)
	v, err := s.open(s.honest())
	wantAlarm(t, v, err, "M-33", forked)
}

// After a restore without history the roster brings a new incarnation, and beats
// from before it are no fraud; they only do not count.
func TestM33BeatFromBeforeARestore(t *testing.T) {
	s := threeDesks(t)
	s.seal()
	s.beatAll()
	s.log = newReplyLog(s)
	s.log.inc = wire.Incarnation{9}
	s.adopt(s.issue(func(b *wire.RosterBody) { b.Incarnation = s.log.inc }))
	v := s.mustOpen(s.honest())
	wantAlarm(t, nil, v.MaySend(), "M-17", "the newsroom has not been heard of: too few signs of life from it")
	s.beat(0)
	s.beat(1)
	v, err := s.open(s.honest())
	wantQuiet(t, v, err)
}

// The shape of a view is not the drop's to choose: with bare hashes instead of
// pages it would hide replies, and with a late base it would hide a fork.
func TestM37OtherShape(t *testing.T) {
	s := threeDesks(t)
	for range 4 {
		s.seal()
	}
	s.beatAll()
	n := s.log.size()
	for name, view := range map[string][]byte{
		"no pages":                s.log.viewFrom(0, n),
		"the newest pages hidden": s.log.viewBetween(0, 0, n-1),
		"the oldest page hidden":  s.log.viewFrom(0, 1),
		"a late base":             s.log.viewFrom(2, 2),
		"all is base":             s.log.viewFrom(n, n),
	} {
		t.Run(name, func(t *testing.T) {
			v, err := s.open(&hostile{Drop: s.honest(), view: view})
			wantAlarm(t, v, err, "M-37", broken)
		})
	}
	t.Run("the week's where everything was asked for", func(t *testing.T) {
		for range 30 {
			s.seal()
		}
		s.beatAll()
		for i := range s.desks {
			s.bundle(i, s.period())
		}
		v, err := s.open(&hostile{Drop: s.honest(), view: s.log.view(true)})
		wantAlarm(t, v, err, "M-37", broken)
		o := s.options()
		o.Week = true
		v, err = source.Open(t.Context(), s.honest(), o)
		wantQuiet(t, v, err)
	})
}
