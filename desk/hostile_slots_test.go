// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// waiting is a world in which desk 0 has a reply to write.
func waiting(t *testing.T) (*world, *Desk) {
	t.Helper()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(4 * time.Hour)
	d := w.desks[0]
	_, err := d.Reply(d.Letters()[0].ID, "answer")
	w.must(err)
	w.double.hostile = true
	return w, d
}

// TestM11SlotsSaidToBeTaken: 409 on each write would keep a desk from ever
// answering, and nobody would know.
func TestM11SlotsSaidToBeTaken(t *testing.T) {
	t.Parallel()
	w, d := waiting(t)
	w.pass(6 * time.Hour) // the newsroom's beginning is behind
	w.double.replyErr = func(write []byte) error {
		u, err := wire.ParseReplyWrite(write)
		w.must(err)
		v, err := u.Verify(w.newsroom().Roster())
		w.must(err)
		if v.VerifiedBeat().ID == d.ID() {
			return drop.ErrConflict
		}
		return nil
	}
	_, err := d.Reply(d.Letters()[0].ID, "again")
	w.must(err)
	w.pass(7 * time.Hour)
	if got := rows(d); !strings.HasPrefix(got, "M-11") || d.Alarms()[0].Words != "a reply of yours did not appear in the log" {
		t.Fatalf("told %s", tell(d.Alarms()))
	}
	if len(d.s.queue()) == 0 {
		t.Error("the reply does not wait for the next slot")
	}
}

// TestSlotTakenUnderTheRosterBefore blames nobody.
func TestSlotTakenUnderTheRosterBefore(t *testing.T) {
	t.Parallel()
	w, d := waiting(t)
	w.pass(6 * time.Hour)
	draft, err := d.Propose(Change{})
	w.must(err)
	w.signAndJoin(draft, 0, 1)
	w.double.replyErr = func([]byte) error { return drop.ErrConflict }
	w.clock = time.Unix(d.nextSealing()-60, 0)
	w.must(w.drop.Seal(t.Context()))
	w.round(d)
	if rows(d) != "" {
		t.Errorf("told %s", tell(d.Alarms()))
	}
}

// TestNewIncarnationOfTheLog: page numbers begin anew, so what nobody answered
// is written again, and open slots are nobody's fault.
func TestNewIncarnationOfTheLog(t *testing.T) {
	t.Parallel()
	w, d := waiting(t)
	w.pass(13 * time.Hour)
	key := d.s.outbox[0]
	if !d.s.replies[key].sealed {
		t.Fatal("the reply is not in the log: the test sees nothing")
	}
	w.sendNow()
	draft, err := d.Propose(Change{})
	w.must(err)
	body := *draft.body
	rand.Read(body.Incarnation[:])
	body.HeadSize, body.HeadRoot = 0, wire.NewTree().Root()
	fresh, err := finishDraft(draft.roots, &body, nil)
	w.must(err)
	w.must(d.Sign(fresh))
	w.must(w.desks[1].Sign(fresh))
	n, err := fresh.Newsroom()
	w.must(err)
	w.must(d.commit(&newsroomKnown{Key: hash32(n.Key()), File: n.Bytes()}))
	r := d.s.replies[key]
	if r.sealed || r.pending != nil || len(d.fading()) != 1 {
		t.Errorf("the reply is not queued again: %+v", r)
	}
	page := wire.Page{Header: wire.PageHeader{Log: wire.Replies, Sealed: d.nextSealing()}, Body: []byte{0}}
	f := &found{d: d}
	w.must(d.takeReplies(f, page, 0))
	w.must(f.commit())
	if rows(d) != "" || len(d.s.slots) != 0 {
		t.Errorf("told %s, %d slots are open", tell(d.Alarms()), len(d.s.slots))
	}
}

// TestAnsweredRepliesOfAnOldLogAreGone: they do not hold back the lowest
// number that a source may still find.
func TestAnsweredRepliesOfAnOldLogAreGone(t *testing.T) {
	t.Parallel()
	s := newState()
	who := hash32{1}
	s.senders[wire.Pseudonym(who)] = &sender{newest: 100}
	old := &reply{replyWritten: replyWritten{Sender: who, Incarnation: 1, Number: 1}, sealed: true, page: 50, when: 10}
	s.replies[replyKey{who, 1, 1}] = old
	s.forgetLogs()
	if !s.gone(old) || !old.sealed {
		t.Errorf("%+v", old)
	}
}

// TestBundleRefused: what the drop did not take is not told as being there, and
// a desk that was restored is told another thing than one that was robbed.
func TestBundleRefused(t *testing.T) {
	t.Parallel()
	for row, restored := range map[string]bool{"M-35": false, "restored": true} {
		t.Run(row, func(t *testing.T) {
			w := newWorld(t)
			d := w.desks[0]
			if restored {
				w.must(d.NewIncarnation())
			}
			w.double.hostile = true
			w.double.bundleErr = drop.ErrConflict
			w.round(d)
			d = w.reopen(0)
			if got := rows(d); !strings.HasPrefix(got, row+" "+row) || d.Status().KeysUntil != 0 {
				t.Errorf("told %s, keys until %d", got, d.Status().KeysUntil)
			}
		})
	}
}
