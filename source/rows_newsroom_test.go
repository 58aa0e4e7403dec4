// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

func TestM01OtherNewsroom(t *testing.T) {
	asked, shown := threeDesks(t), threeDesks(t)
	d := shown.honest()
	v, err := asked.open(d)
	wantAlarm(t, v, err, "M-1", otherNewsroom)

	t.Run("by check words", func(t *testing.T) {
		o := asked.options()
		o.Newsroom = wire.NewsroomKey{}
		words := letter.CheckWords(asked.nr, letter.English())
		o.Check = strings.ToUpper(strings.Join(words[:], ", "))
		v, err := source.Open(t.Context(), d, o)
		wantAlarm(t, v, err, "M-1", otherNewsroom)
		v, err = source.Open(t.Context(), asked.honest(), o)
		wantQuiet(t, v, err)
		if n := v.Newsroom(); !n.Known || n.CheckWords() != words {
			t.Errorf("known %v, words %v", n.Known, n.CheckWords())
		}
	})
	t.Run("without either it is only a claim", func(t *testing.T) {
		o := asked.options()
		o.Newsroom = wire.NewsroomKey{}
		v, err := source.Open(t.Context(), d, o)
		wantQuiet(t, v, err)
		if v.Newsroom().Known {
			t.Error("a newsroom that nobody named passes for known")
		}
	})
}

func TestM01RosterWithoutThreshold(t *testing.T) {
	s := threeDesks(t)
	one := s.issueBy(s.desks[:1], nil)
	v, err := s.open(&hostile{Drop: s.honest(), newsroom: one})
	wantAlarm(t, v, err, "M-1", unsigned)
	two := s.issueBy(s.desks[:2], nil)
	v, err = s.open(&hostile{Drop: s.honest(), newsroom: two})
	wantQuiet(t, v, err)
}

func TestM02OutdatedRosterBetrayedByBeat(t *testing.T) {
	s := threeDesks(t)
	old := s.newsroom.Bytes()
	s.adopt(s.issue(nil))
	s.beat(0)
	v, err := s.open(&hostile{Drop: s.honest(), newsroom: old})
	a := wantAlarm(t, v, err, "M-2", outdated)
	if len(a.Evidence) != 2 || !bytes.Equal(a.Evidence[1], s.beats[0]) {
		t.Error("the beat that convicts the drop is not kept")
	}
}

func TestM02OutdatedRosterBetrayedByBundle(t *testing.T) {
	s := threeDesks(t)
	old := s.newsroom.Bytes()
	s.adopt(s.issue(nil))
	s.bundle(1, s.period())
	v, err := s.open(&hostile{Drop: s.honest(), newsroom: old})
	wantAlarm(t, v, err, "M-2", outdated)
}

// The limit of M-2: who holds back everything that is newer than the change is
// noticed only by its silence.
func TestM02EverythingHeldBack(t *testing.T) {
	s := threeDesks(t)
	old := &hostile{Drop: s.honest(), newsroom: s.newsroom.Bytes()}
	old.beats, _ = s.honest().Beats(t.Context())
	s.adopt(s.issue(nil))
	s.beatAll()
	v, err := s.open(old)
	wantQuiet(t, v, err)
	s.now = s.now.Add(5 * 24 * time.Hour)
	wantWarning(t, s.mustOpen(old), "M-17", "the newsroom has not been heard of for 5 days")
}

func TestM04TwoRostersOfOneNumber(t *testing.T) {
	s := threeDesks(t)
	other := s.issue(func(b *wire.RosterBody) { b.Name = "The Other Bulletin" })
	s.adopt(s.issue(nil))
	s.beat(2)
	v, err := s.open(&hostile{Drop: s.honest(), newsroom: other})
	a := wantAlarm(t, v, err, "M-4", twoRosters)
	if !bytes.Equal(a.Evidence[0], other) || !bytes.Equal(a.Evidence[1], s.beats[2]) {
		t.Error("the evidence is not kept")
	}
}

func TestM05ExpiredRoster(t *testing.T) {
	s := threeDesks(t)
	s.now = time.Unix(s.roster().Expires, 0)
	s.beatAll()
	if _, err := s.open(s.honest()); err != nil {
		t.Errorf("refused in its last second: %v", err)
	}
	s.now = s.now.Add(time.Second)
	v, err := s.open(s.honest())
	wantAlarm(t, v, err, "M-5", expired)

	s.now = time.Unix(s.roster().Issued-86400-1, 0)
	v, err = s.open(s.honest())
	wantAlarm(t, v, err, "M-5", "the list of journalists is dated ahead of your clock")
}

// A visit that was left open does not outlive the roster.
func TestM05ExpiresDuringTheVisit(t *testing.T) {
	s := threeDesks(t)
	v := s.mustOpen(s.honest())
	words, _ := newcomer(t)
	d := must(v.Compose(words, "hello"))(t)
	s.now = time.Unix(s.roster().Expires+1, 0)
	_, err := v.Send(t.Context(), d, source.SendOptions{})
	wantAlarm(t, nil, err, "M-5", expired)
}

func TestM20KeysSwappedInTheRoster(t *testing.T) {
	s := threeDesks(t)
	file := s.newsroom.Bytes()
	mine, theirs := s.roster().Journalists[0].Tuple.Bytes(), s.roster().Journalists[1].Tuple.Bytes()
	for name, bad := range map[string][]byte{
		"another's tuple": bytes.Replace(file, mine, theirs, 1),
		"one bit":         flip(file, bytes.Index(file, mine)+1300),
	} {
		t.Run(name, func(t *testing.T) {
			v, err := s.open(&hostile{Drop: s.honest(), newsroom: bad})
			wantAlarm(t, v, err, "M-1", unsigned)
		})
	}
	t.Run("no byte of the file may change", func(t *testing.T) {
		for at := 0; at < len(file); at += 97 {
			if v, err := s.open(&hostile{Drop: s.honest(), newsroom: flip(file, at)}); err == nil || v != nil {
				t.Fatalf("byte %d was changed and nobody noticed", at)
			}
		}
	})
}

func TestM27ReplyOfOneWhoHasLeft(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	s.seal(s.reply(2, src.Tuple(), letter.Reply{Number: 1, Text: "while I was there"}))
	gone := s.desks[2]
	s.adopt(s.issue(func(b *wire.RosterBody) { expel(b, gone, s.log.size()) }))
	s.seal(s.reply(2, src.Tuple(), letter.Reply{Number: 2, Text: "I am still here, trust me"}))
	// A colleague may go on sealing what was said in time.
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Author: gone.ID(), Number: 1, Text: "while I was there"}))
	delete(s.beats, 2)
	delete(s.bundles[s.period()], 2)
	s.beat(0)
	s.beat(1)
	m := must(s.mustOpen(s.honest()).Read(words))(t)
	if len(m.Messages) != 1 || m.Messages[0].Text != "while I was there" || m.Former != 1 {
		t.Errorf("got %+v, former %d", m.Messages, m.Former)
	}
	if !slices.Contains(m.Warnings(), source.Warning{Row: "M-27", Told: former}) {
		t.Errorf("warnings are %q", m.Warnings())
	}
}

func expel(b *wire.RosterBody, gone *letter.JournalistKeys, pages uint64) {
	b.Journalists = slices.DeleteFunc(b.Journalists, func(j wire.Journalist) bool { return j.ID == gone.ID() })
	p := gone.Public()
	b.Former = append(b.Former, wire.Former{ID: p.ID, Name: p.Name, Pseudonym: gone.Pseudonym(), Pages: pages})
}
