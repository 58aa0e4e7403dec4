// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

func TestM14ReplayedReplyIsShownOnce(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	first := s.reply(0, src.Tuple(), letter.Reply{Text: "first"})
	s.seal(first)
	s.seal(first, s.reply(1, src.Tuple(), letter.Reply{Author: s.desks[0].ID(), Text: "first"}))
	s.beatAll()
	m := must(s.mustOpen(s.honest()).Read(words))(t)
	if len(m.Messages) != 1 || m.Messages[0].Contradicted || m.Messages[0].Old || m.Messages[0].SenderName != "Anna" {
		t.Errorf("got %+v", m.Messages)
	}
}

// When the first copy is gone, a later reply's lowest number tells.
func TestM14OldReplyBroughtUpAgain(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	old := s.reply(0, src.Tuple(), letter.Reply{Number: 1, Text: "meet me at the old place", Day: 20000})
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Number: 4, Lowest: 3, Text: "fourth"}), s.reply(0, src.Tuple(), letter.Reply{Number: 3, Lowest: 3, Text: "third"}))
	s.seal(old)
	m := must(s.mustOpen(s.honest()).Read(words))(t)
	if len(m.Messages) != 3 || !m.Messages[0].Old || m.Messages[1].Old || m.Messages[2].Old {
		t.Fatalf("got %+v", m.Messages)
	}
	if got := m.Messages[0].Date().Format("2006-01-02"); got != "2024-10-04" {
		t.Errorf("dated %s", got)
	}
	if len(m.Gaps) != 0 {
		t.Errorf("what was let go is no gap: %v", m.Gaps)
	}
}

func TestM14OldIncarnationBroughtUpAgain(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Incarnation: 1, Number: 1, Text: "after the restore"}))
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Number: 7, Text: "before it"}))
	m := must(s.mustOpen(s.honest()).Read(words))(t)
	if len(m.Messages) != 2 || m.Messages[0].Incarnation != 0 || !m.Messages[0].Old || m.Messages[1].Old || len(m.Gaps) != 0 {
		t.Errorf("got %+v, gaps %v", m.Messages, m.Gaps)
	}
}

func TestM17BeatsHeldBack(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Text: "hello"}))
	s.beatAll()
	d := s.honest()
	beaten := s.now
	for _, c := range []struct {
		days    int
		warned  bool
		maySend bool
	}{{4, false, true}, {5, true, true}, {14, true, true}, {15, true, false}} {
		s.now = beaten.Add(time.Duration(c.days) * 24 * time.Hour)
		s.log.seal(s.now.Unix()/testEvery*testEvery, nil)
		for i := range s.desks {
			s.bundle(i, s.period())
		}
		v := s.mustOpen(d)
		told := fmt.Sprintf("the newsroom has not been heard of for %d days", c.days)
		if got := slices.Contains(v.Warnings(), source.Warning{Row: "M-17", Told: told}); got != c.warned {
			t.Errorf("%d days: warned %v: %q", c.days, got, v.Warnings())
		}
		draft := must(v.Compose(words, "are you there?"))(t)
		_, err := v.Send(t.Context(), draft, source.SendOptions{})
		if c.maySend && err != nil {
			t.Errorf("%d days: %v", c.days, err)
		}
		if !c.maySend {
			wantAlarm(t, nil, err, "M-17", told)
		}
		if m := must(v.Read(words))(t); len(m.Messages) != 1 {
			t.Errorf("%d days: reading stops", c.days)
		}
	}
	if len(d.posts) != 3 {
		t.Errorf("%d letters were posted, not 3", len(d.posts))
	}
}

// The newest beat is not enough: the second newest counts, so that one stolen
// desk cannot keep a dead newsroom alive.
func TestM17OneDeskIsNotEnough(t *testing.T) {
	s := threeDesks(t)
	s.now = s.now.Add(15 * 24 * time.Hour)
	s.beat(0)
	v := s.mustOpen(s.honest())
	wantWarning(t, v, "M-17", "the newsroom has not been heard of for 15 days")
	wantAlarm(t, nil, v.MaySend(), "M-17", "the newsroom has not been heard of for 15 days")
}

func TestM17NoBeatsThatCount(t *testing.T) {
	const tooFew = "the newsroom has not been heard of: too few signs of life from it"
	s := threeDesks(t)
	ahead := s.beatAt(0, s.now.Add(3*24*time.Hour), s.log)
	other := threeDesks(t)
	for name, beats := range map[string][]byte{
		"none":             wire.EncodeBeatsFile(s.nr, nil),
		"one":              wire.EncodeBeatsFile(s.nr, [][]byte{s.beats[0]}),
		"a false one":      wire.EncodeBeatsFile(s.nr, [][]byte{s.beats[0], flip(s.beats[1], wire.BeatSize-1)}),
		"one dated ahead":  wire.EncodeBeatsFile(s.nr, [][]byte{ahead, s.beats[1]}),
		"others' beats":    wire.EncodeBeatsFile(other.nr, [][]byte{other.beats[0], other.beats[1]}),
		"not a beats file": []byte("hello"),
	} {
		t.Run(name, func(t *testing.T) {
			v := s.mustOpen(&hostile{Drop: s.honest(), beats: beats})
			wantWarning(t, v, "M-17", tooFew)
			wantAlarm(t, nil, v.MaySend(), "M-17", tooFew)
		})
	}
}

func TestM18BundleWithheld(t *testing.T) {
	s := threeDesks(t)
	delete(s.bundles[s.period()], 1)
	d := s.honest()
	v := s.mustOpen(d)
	wantWarning(t, v, "M-18", "no current keys of Boris: Boris will not get this letter")
	words, _ := newcomer(t)
	sent := must(v.Send(t.Context(), must(v.Compose(words, "to two"))(t), source.SendOptions{}))(t)
	if !slices.Equal(sent.Without, []string{"Boris"}) || len(sent.To) != 2 || len(d.envelopes(0)) != 3 {
		t.Errorf("sent to %v, not to %v, in %d envelopes", sent.To, sent.Without, len(d.envelopes(0)))
	}
	for i, opens := range []bool{true, false, true} {
		if _, err := s.deskOpens(i, d.envelopes(0)[s.place(i)]); (err == nil) != opens {
			t.Errorf("desk %d: %v", i, err)
		}
	}

	delete(s.bundles[s.period()], 2)
	v = s.mustOpen(d)
	wantAlarm(t, nil, v.MaySend(), "M-18", nobody)
	_, err := v.Send(t.Context(), must(v.Compose(words, "to one"))(t), source.SendOptions{})
	wantAlarm(t, nil, err, "M-18", nobody)
	if len(d.posts) != 1 {
		t.Error("a letter to one journalist of three was posted")
	}
}

func TestM19BundleFromElsewhere(t *testing.T) {
	s := threeDesks(t)
	other := threeDesks(t)
	p := s.period()
	for i := range s.desks {
		s.bundle(i, p+1)
	}
	const who = 1
	id := s.desks[who].ID()
	relabelled := slices.Clone(s.bundles[p][0])
	copy(relabelled[2+32:], id[:])
	others := [][]byte{s.bundles[p][0], s.bundles[p][2]}
	cases := map[string][]byte{
		"another's under this name": wire.EncodeKeysFile(s.nr, p, append(others, relabelled)),
		"an altered key":            wire.EncodeKeysFile(s.nr, p, append(others, flip(s.bundles[p][who], 200))), // M-20
		"another roster's":          wire.EncodeKeysFile(s.nr, p, append(others, relabel(other.bundles[p][0], s.nr))),
	}
	for name, file := range cases {
		t.Run(name, func(t *testing.T) {
			v := s.mustOpen(&hostile{Drop: s.honest(), keys: func(wire.Period) []byte { return file }})
			wantWarning(t, v, "M-18", "no current keys of Boris: Boris will not get this letter")
			if err := v.MaySend(); err != nil {
				t.Errorf("two are left: %v", err)
			}
		})
	}
	for name, file := range map[string][]byte{
		"the next period's":      wire.EncodeKeysFile(s.nr, p+1, [][]byte{s.bundles[p+1][0], s.bundles[p+1][1], s.bundles[p+1][2]}),
		"one of the next period": wire.EncodeKeysFile(s.nr, p, [][]byte{s.bundles[p+1][0], s.bundles[p][1], s.bundles[p][2]}),
		"another newsroom's":     wire.EncodeKeysFile(other.nr, p, [][]byte{other.bundles[p][0], other.bundles[p][1]}),
		"not a keys file":        []byte("hello"),
	} {
		t.Run(name, func(t *testing.T) {
			v := s.mustOpen(&hostile{Drop: s.honest(), keys: func(wire.Period) []byte { return file }})
			wantAlarm(t, nil, v.MaySend(), "M-18", nobody)
		})
	}
}

func relabel(bundle []byte, nr wire.NewsroomKey) []byte {
	b := slices.Clone(bundle)
	copy(b[2:], nr[:])
	return b
}

// A thief of a journalist's keys writes as that journalist. Nobody notices.
func TestM26ThiefOfAJournalistsKeys(t *testing.T) {
	s := threeDesks(t)
	words, src := newcomer(t)
	thief := must(letter.ParseJournalistKeys(s.desks[2].Marshal()))(t)
	s.seal(must(thief.SealReply(s.nr, src.Tuple(), &letter.Reply{Number: 1, Lowest: 1, Text: "tell me your name"}))(t))
	v, err := s.open(s.honest())
	wantQuiet(t, v, err)
	if m := must(v.Read(words))(t); len(m.Messages) != 1 || m.Messages[0].SenderName != "Clara" || len(m.Warnings()) != 0 {
		t.Errorf("got %+v", m)
	}
}

// A second bundle signed with a stolen signing key, shown to one source only,
// is like any other to her. Nobody notices.
func TestM35StolenSigningKeyMakesABundle(t *testing.T) {
	s := threeDesks(t)
	forged := s.desks[0].Bundle(s.nr, 1, letter.NewPeriodKeys(s.period()))
	p := s.period()
	file := wire.EncodeKeysFile(s.nr, p, [][]byte{forged, s.bundles[p][1], s.bundles[p][2]})
	v, err := s.open(&hostile{Drop: s.honest(), keys: func(wire.Period) []byte { return file }})
	wantQuiet(t, v, err)
}
