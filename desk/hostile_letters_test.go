// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// TestM11ReplyNeverSealed: the drop says yes and drops it. The reply waits for
// another slot and arrives when the drop behaves again.
func TestM11ReplyNeverSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "hello")
	w.pass(2 * time.Hour)
	d := w.desks[0]
	_, err := d.Reply(d.Letters()[0].ID, "answer")
	w.must(err)
	w.double.hostile = true
	w.double.reply = func(write []byte) bool {
		u, err := wire.ParseReplyWrite(write)
		w.must(err)
		v, err := u.Verify(w.newsroom().Roster())
		w.must(err)
		return v.VerifiedBeat().ID == d.ID()
	}
	w.pass(8 * time.Hour)
	if !strings.Contains(rows(d), "M-11") || d.Alarms()[0].Words != "a reply of yours did not appear in the log" {
		t.Fatalf("told %s", tell(d.Alarms()))
	}
	w.double.reply = nil
	w.pass(14 * time.Hour)
	if got := w.readReplies(src); len(got) != 1 || got[0].Text != "answer" || got[0].Number != 1 {
		t.Errorf("the source reads %d replies", len(got))
	}
}

func TestM13ReplayedLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	envelopes := w.send(src, letter.NewLetter("once", nil))
	w.pass(6 * time.Hour) // an honest drop keeps a repetition out of the next pages
	w.post(envelopes)
	w.pass(2 * time.Hour)
	// Sealed anew by the same hand, it is the same letter still.
	l := letter.NewLetter("twice", nil)
	w.send(src, l)
	w.send(src, l)
	w.pass(2 * time.Hour)
	for _, d := range w.desks {
		if s := d.Status(); texts(d) != "once|twice" || s.Replays != 2 || rows(d) != "" {
			t.Errorf("%s: %q, %d replays, %s", d.s.name, texts(d), s.Replays, rows(d))
		}
	}
}

// TestSameIDAnotherText: kept beside the first, and shown as a contradiction;
// and an id that a stranger has learnt does not hide the true letter.
func TestSameIDAnotherText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	l := letter.NewLetter("I saw three", nil)
	w.send(src, l)
	w.pass(2 * time.Hour)
	w.send(src, &letter.Letter{ID: l.ID, Text: "I saw four"})
	w.send(newSource(t), &letter.Letter{ID: l.ID, Text: "mine"})
	w.pass(2 * time.Hour)
	d := w.reopen(0)
	if got := texts(d); got != "I saw four|I saw three|mine" {
		t.Fatalf("letters: %q", got)
	}
	for _, i := range d.Letters() {
		if whole, err := d.Letter(i.ID); err != nil || i.Disputed != (i.Begins != "mine") || len(whole.Disputes) > 1 {
			t.Errorf("%s: disputed %v, %v", i.Begins, i.Disputed, err)
		}
	}
}

func TestM28OneKeyChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "true")
	w.pass(2 * time.Hour)
	known := src.Pseudonym()
	for part, forge := range map[string]func(mine, hers *wire.Tuple){
		"PQ":    func(m, h *wire.Tuple) { m.PQ = h.PQ },
		"fetch": func(m, h *wire.Tuple) { m.Fetch = h.Fetch },
		"PKE":   func(m, h *wire.Tuple) { m.PKE = h.PKE },
		"DH":    func(m, h *wire.Tuple) { m.DH = h.DH },
	} {
		d := w.desks[0]
		forged := *newSource(t).Tuple()
		forge(&forged, src.Tuple())
		in := &intake{f: &found{d: d}, seen: map[LetterID]bool{}, senders: map[wire.Pseudonym]*wire.Tuple{}}
		in.page.Header = wire.PageHeader{Number: 9, Sealed: testStart}
		text := "false " + part
		o := &letter.Opened{Sender: forged, Pseudonym: forged.Pseudonym(), Kind: letter.KindLetter, Letter: letter.NewLetter(text, nil)}
		rand.Read(o.Digest[:])
		k, err := describe(o, in.page.Header)
		w.must(err)
		w.must(d.keep(in, o, k, make([]byte, wire.EnvelopeSize)))
		w.must(d.flush(in))
		words := fmt.Sprintf("quarantined: claims to be %s but one key differs", SenderName(known))
		info := d.info(d.s.letters[k.ID])
		if info.Quarantine != words {
			t.Errorf("%s: shown as %q", part, info.Quarantine)
		}
		last := d.Alarms()[len(d.Alarms())-1]
		if last.Row != "M-28" || last.Words != words {
			t.Errorf("%s: told %s %q", part, last.Row, last.Words)
		}
		if _, err := d.Reply(k.ID, "who are you"); err == nil || !strings.Contains(err.Error(), "quarantined") {
			t.Errorf("%s: a reply to a quarantined sender: %v", part, err)
		}
	}
	if i := w.desks[0].Letters()[0]; i.Quarantine != "" {
		t.Errorf("the true sender is shown as %q", i.Quarantine)
	}
}

// TestNobodyNotices shows what stands in the threat model: an honest desk sees
// nothing of it, or of M-15 not at once (TestM15LettersThatDiffer).
func TestNobodyNotices(t *testing.T) {
	t.Parallel()
	t.Run("M-15 a letter for some desks only", func(t *testing.T) {
		w := newWorld(t)
		w.pass(3 * time.Hour)
		src := newSource(t)
		n := w.newsroom()
		envelopes, err := src.SealLetter(n.Key(), n.Roster(), w.bundles(), letter.NewLetter("partly", nil))
		w.must(err)
		dummies, err := letter.CoverLetter(n.Key(), 3)
		w.must(err)
		_, mine, _ := n.Roster().Journalist(w.desks[0].ID())
		envelopes[mine] = dummies[0] // what a drop can put in its place
		w.post(envelopes)
		w.pass(2 * time.Hour)
		w.expectQuiet()
		if texts(w.desks[0]) != "" || texts(w.desks[1]) != "partly" {
			t.Errorf("%q and %q", texts(w.desks[0]), texts(w.desks[1]))
		}
	})
	t.Run("M-23 yes, and thrown away", func(t *testing.T) {
		w := newWorld(t)
		w.pass(5 * time.Hour) // the letter is nowhere
		w.expectQuiet()
	})
	t.Run("M-26 stolen long-term keys", func(t *testing.T) {
		w := newWorld(t)
		w.pass(3 * time.Hour)
		src := newSource(t)
		forged, err := w.desks[1].keys.SealReply(w.draft.Key(), src.Tuple(), &letter.Reply{
			Incarnation: 1, Number: 1, Lowest: 1, Author: w.desks[1].ID(), Text: "go to the bridge at noon",
		})
		w.must(err)
		r := w.newsroom().Roster()
		if got, err := src.OpenReply(r.Newsroom, r, 3, forged); err != nil || got.SenderName != "Boris" {
			t.Errorf("the source sees %v", err)
		}
		w.expectQuiet()
	})
	t.Run("M-32 envelopes of its own", func(t *testing.T) {
		w := newWorld(t)
		w.pass(3 * time.Hour)
		cover, err := letter.CoverLetter(w.draft.Key(), 3)
		w.must(err)
		w.post(cover)
		w.write(newSource(t), "I am the drop")
		w.pass(2 * time.Hour)
		w.expectQuiet()
		if texts(w.desks[0]) != "I am the drop" {
			t.Errorf("letters: %q", texts(w.desks[0]))
		}
	})
}
