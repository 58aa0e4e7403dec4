// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"errors"
	"testing"

	"tamizdat/letter/wire"
)

// A source writes to three journalists; two can read; one answers; the source
// comes back with her words only and reads the answer.
func TestStoryOfALetter(t *testing.T) {
	n := newTestRoom(t, "Anna", "Boris", "Vera")
	periods, bundles := n.bundles(2960)
	words := NewWords()
	phrase := words.In(English())
	s, err := words.Source()
	if err != nil {
		t.Fatal(err)
	}
	sent := NewLetter("Передайте редактору: собрание перенесли на четверг.", nil)
	envelopes, err := s.SealLetter(n.key(), n.roster(), bundles, sent, n.members[2].ID())
	if err != nil {
		t.Fatal(err)
	}
	var got *Opened
	for i, k := range n.members {
		if len(envelopes[i]) != wire.EnvelopeSize {
			t.Fatalf("envelope %d has %d bytes", i, len(envelopes[i]))
		}
		o, err := k.Open(n.key(), n.roster(), []*PeriodKeys{NewPeriodKeys(2959), periods[i]}, envelopes[i])
		if i == 2 {
			if k.Mine(envelopes[i]) || !errors.Is(err, ErrCannotOpen) {
				t.Fatalf("who was left out can open: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("journalist %d: %v", i, err)
		}
		if o.Letter.Text != sent.Text || o.Letter.ID != sent.ID || o.Pseudonym != s.Pseudonym() || o.Period != 2960 {
			t.Fatalf("journalist %d read something else", i)
		}
		got = o
	}

	answer := &Reply{Number: 1, Lowest: 1, Text: "Спасибо. Кто ещё был на собрании?", Received: []Received{{Week: 2960, Label: sent.Label()}}}
	page := make([][]byte, 8)
	for i := range page {
		if page[i], err = DummyReply(n.key()); err != nil {
			t.Fatal(err)
		}
	}
	if page[5], err = n.members[0].SealReply(n.key(), &got.Sender, answer); err != nil {
		t.Fatal(err)
	}

	again, err := ReadWords(phrase)
	if err != nil || len(again) != 1 {
		t.Fatalf("words read back: %v", err)
	}
	back, err := again[0].Source()
	if err != nil {
		t.Fatal(err)
	}
	found := back.Scan(page)
	if len(found) != 1 || found[0] != 5 {
		t.Fatalf("scan found %v", found)
	}
	r, err := back.OpenReply(n.key(), n.roster(), 12, page[5])
	if err != nil {
		t.Fatal(err)
	}
	if r.Text != answer.Text || r.Sender != n.members[0].ID() || r.SenderName == "" || r.AuthorName != r.SenderName || r.Received[0].Label != sent.Label() {
		t.Fatal("the reply reads otherwise than it was written")
	}
}
