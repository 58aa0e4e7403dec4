// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTryTellsTheStory runs what "make try" runs, without a terminal: a letter
// goes all the way, is answered, read by somebody who kept nothing, published,
// verified, and one changed byte is found.
func TestTryTellsTheStory(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.limit = tryLimit
	s.passes(s.run("", "tamizdat", "try"), landmarks())
}

// tryLimit is for a whole story beside others.
const tryLimit = 6 * time.Minute

// landmarks are what the story cannot leave out.
func landmarks() []string {
	return []string{
		"the newsroom, the letter",                // it says that all is invented
		"every hour and every 6 hours",            // and that the rhythm is not the real one
		"signed: 2 of 2",                          // two of three founded
		"words: ",                                 // the source has words
		"sent.",                                   // her letter is on disk
		"Пишу вам впервые.",                       // a desk read it
		"the saved file is the one that was sent", // with its attachment
		"Boris, message 1",                        // she read the answer
		"1–2 origins behind",                      // a claim was made of it, and counted
		"sources disagree",                        // two counts were kept apart
		"2.8 % by 2026-06-30",                     // a risk has a number
		"since last Friday: 2.8 → 3.9 %",          // which moves for a reason
		"refused: boxes: nobody has said yet",     // what nobody has looked at is not printed
		"assessed (en): Eleven boxes",             // the page says how sure the newsroom is
		"nothing else of the register",            // and no more than that
		"in the log, and witnessed by 1 of 1",     // it is on the record
		"VERIFIED: in the log",                    // a reader checked it
		`found    "Eleven."`,                      // and the change was found
		"1 verbatim, 1 altered",                   // as was the one in a newspaper
		"the top end does not follow",             // and the study's arithmetic
		"resolved NO on 2023-01-01",               // its board goes to the end
		"skill against it",                        // and is scored
	}
}

// passes checks that a story says all that it must.
func (s *stage) passes(story string, landmarks []string) {
	s.t.Helper()
	for _, landmark := range landmarks {
		if !strings.Contains(strings.ToLower(story), strings.ToLower(landmark)) {
			s.t.Errorf("the story does not say %q", landmark)
		}
	}
	if s.t.Failed() {
		s.t.Log(story)
	}
}

// TestTryCleansUp: nothing of the story stays behind, in no temporary folder.
func TestTryCleansUp(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	tmp := t.TempDir()
	s.env, s.limit = []string{"TMPDIR=" + tmp}, tryLimit
	s.run("", "tamizdat", "try")
	left, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		t.Errorf("left behind: %s", filepath.Join(tmp, e.Name()))
	}
}

// TestTryFailsLoudly: a story that cannot be told ends with an error and a
// non-zero exit, not with silence.
func TestTryFailsLoudly(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.refused("", "is not in", "tamizdat", "try", "--bin", t.TempDir())

	// A drop that does not start.
	broken := t.TempDir()
	for _, name := range []string{"tamizdat", "tamizdat-source", "tamizdat-verify"} {
		if err := os.Symlink(filepath.Join(programs, name), filepath.Join(broken, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(broken, "tamizdat-drop"), []byte("#!/bin/sh\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.refused("", "the story broke off: scene 1", "tamizdat", "try", "--bin", broken)
}
