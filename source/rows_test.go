// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"os"
	"testing"

	"tamizdat/source"
)

// One test for each row of spec/misbehaviour.md that a source notices, with the
// words she is told, and for each that she cannot notice, so that the table
// stays true in both directions.

const (
	otherNewsroom = "this is not the newsroom you asked for"
	unsigned      = "the roster is not signed by this newsroom"
	outdated      = "the drop is showing an outdated list of journalists"
	twoRosters    = "two different lists of journalists carry the same number"
	expired       = "the list of journalists has expired"
	rewound       = "the drop has taken back replies that the newsroom had seen"
	forked        = "the drop shows you another history than it showed the newsroom"
	broken        = "the drop's log does not add up"
	nobody        = "too few journalists have current keys: nothing is sent"
	former        = "a message from someone who has left the newsroom was not shown"
	noAnswer      = "the drop does not answer"
	full          = "the drop is full"
)

func threeDesks(t testing.TB) *stage { return newStage(t, "Anna", "Boris", "Clara") }

func TestHonestDropRaisesNothing(t *testing.T) {
	s := threeDesks(t)
	for range 3 {
		s.seal()
		s.beatAll()
	}
	v, err := s.open(s.honest())
	wantQuiet(t, v, err)
}

// The words of this package are those of the table, to the letter.
func TestToldAsInTheTable(t *testing.T) {
	table, err := os.ReadFile("../spec/misbehaviour.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, told := range []string{
		otherNewsroom, unsigned, outdated, twoRosters, expired, rewound, forked, broken, former, noAnswer, full,
		"no current keys of NAME: NAME will not get this letter",
		"the newsroom has not been heard of for N days",
		"the drop's replies are N days old: newer ones may be missing",
		source.OldReply,
	} {
		if !bytes.Contains(table, []byte(`"`+told+`"`)) {
			t.Errorf("the table does not have %q", told)
		}
	}
}
