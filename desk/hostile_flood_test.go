// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
)

// TestWorstLettersDoNotStopTheIntake: a stranger sends fifty letters whose text
// is as long as can be and grows when it is written down. All are kept, and so
// is what comes after them.
func TestWorstLettersDoNotStopTheIntake(t *testing.T) {
	t.Parallel()
	for name, worst := range map[string]string{"markup": "<", "quotes": "\"", "separators": "\u2028"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.pass(3 * time.Hour)
			for range 50 {
				l := letter.NewLetter(strings.Repeat(worst, 261_000/len(worst)), nil)
				if used, total, err := letter.Room(l); err != nil {
					t.Fatalf("%d of %d: %v", used, total, err)
				}
				w.send(newSource(t), l)
			}
			w.write(newSource(t), "the true one")
			w.pass(2 * time.Hour)
			for i, d := range w.desks {
				if got := len(d.s.letters); got != 51 || rows(d) != "" {
					t.Errorf("%s has %d letters, told %s", d.s.name, got, tell(d.Alarms()))
				}
				w.reopen(i)
			}
		})
	}
}

// TestOneLetterThatCannotBeKept is left out with an alarm, and the next is kept.
func TestOneLetterThatCannotBeKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.desks[0]
	in := &intake{f: &found{d: d}, seen: map[LetterID]bool{}}
	in.skip([]byte("an envelope"))
	k := &letterKept{Note: true, Text: strings.Repeat("\"", maxBatchBytes/2+1)}
	w.must(d.keep(in, nil, k, []byte("another")))
	next := &letterKept{Note: true, Text: "the next"}
	next.ID[0] = 1
	w.must(d.keep(in, nil, next, []byte("a third")))
	w.must(d.flush(in))
	if texts(d) != "the next" || rows(d) != "skipped skipped" {
		t.Errorf("kept %.20q, told %s", texts(d), rows(d))
	}
}
