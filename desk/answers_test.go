// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"testing"
	"time"

	"tamizdat/letter/wire"
)

// TestColleaguesHearWhatWasAnswered: each desk shows what the others told a source, and
// when it is in the log; a reply from before desks told each other is told at the next
// round; and a colleague who gives one number two texts hides neither.
func TestColleaguesHearWhatWasAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "The risk grows every week.")
	w.pass(2 * time.Hour)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	w.replies(0, "Thank you.")
	id := boris.Letters()[0].ID
	sender := boris.s.letters[id].Sender
	w.must(boris.commit(&replyWritten{Sender: sender, Incarnation: 1, Number: 1, Day: wire.DayOf(w.clock.Unix()), Text: "from before"}))
	w.pass(40 * time.Hour)
	w.alike()
	l, err := vera.Letter(id)
	w.must(err)
	if len(l.Answers) != 2 {
		t.Fatalf("Vera sees the answers %+v", l.Answers)
	}
	for _, a := range l.Answers {
		if a.State != "in the log" || a.Number != 1 || a.By != map[string]string{"Thank you.": "Anna", "from before": "Boris"}[a.Text] {
			t.Errorf("Vera sees the answer %+v", a)
		}
	}
	if l, _ := anna.Letter(id); len(l.Answers) != 2 || l.Answers[0].By != "" {
		t.Errorf("Anna sees her own twice, or not as hers: %+v", l.Answers)
	}
	lie := toldReply{replyKey{sender, 1, 1}, wire.DayOf(w.clock.Unix()), "another text"}
	w.must(boris.tell(kindReplied, &repliesTold{Written: []toldReply{lie, lie}}))
	w.pass(5 * time.Hour)
	w.alike()
	if got := w.reopen(2).Threads()[0].Replies; len(got) != 3 {
		t.Errorf("of two texts under one number Vera sees %+v", got)
	}
}
