// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"

	"tamizdat/drop"
)

// Row is the id of a row of spec/misbehaviour.md, "M-1" and so on.
type Row string

const (
	rowNewsroom    Row = "M-1"
	rowOutdated    Row = "M-2"
	rowTwoRosters  Row = "M-4"
	rowExpired     Row = "M-5"
	rowRewound     Row = "M-6"
	rowForked      Row = "M-8"
	rowBroken      Row = "M-10"
	rowReplayed    Row = "M-14"
	rowStale       Row = "M-16"
	rowSilent      Row = "M-17"
	rowBundle      Row = "M-18"
	rowFormer      Row = "M-27"
	rowUnserved    Row = "M-29"
	rowIncarnation Row = "M-33"
	rowShape       Row = "M-37"
)

// What people are told. The words of spec/misbehaviour.md stand in its table
// and are repeated here to the letter; a test compares the two.
const (
	toldOtherNewsroom = "this is not the newsroom you asked for"
	toldUnsigned      = "the roster is not signed by this newsroom"
	toldOutdated      = "the drop is showing an outdated list of journalists"
	toldTwoRosters    = "two different lists of journalists carry the same number"
	toldExpired       = "the list of journalists has expired"
	toldEarly         = "the list of journalists is dated ahead of your clock"
	toldRewound       = "the drop has taken back replies that the newsroom had seen"
	toldForked        = "the drop shows you another history than it showed the newsroom"
	toldBroken        = "the drop's log does not add up"
	toldReplayed      = "an old reply that the drop has brought up again"
	toldStale         = "the drop's replies are %d days old: newer ones may be missing"
	toldSilent        = "the newsroom has not been heard of for %d days"
	toldTooFew        = "the newsroom has not been heard of: too few signs of life from it"
	toldNoKeys        = "no current keys of %s: %s will not get this letter"
	toldNobody        = "too few journalists have current keys: nothing is sent"
	toldFormer        = "a message from someone who has left the newsroom was not shown"
	toldNoAnswer      = "the drop does not answer"
	toldFull          = "the drop is full"
	toldAddress       = "the newsroom does not name this address as its own: %s"
	toldUnreadable    = "%d messages for these words could not be opened"
	toldContradiction = "two messages carry the same author and number and differ; ask the newsroom before you believe either"
	toldOneJournalist = "this newsroom is one person; nobody else there can read or check"
)

const (
	hintCompare = "compare the newsroom's key or check words with what you were given; if they differ, leave this address alone"
	hintHostile = "nothing was shown and nothing was sent; if it stays so, reach the newsroom another way before you write"
	hintClock   = "look whether this machine's clock is right; if it is, the newsroom must act before you can write"
	hintSilent  = "somebody may keep the newsroom away from its drop, or it may have stopped; nothing is sent so that no letter lies there unread"
	hintLater   = "nothing was stored; try again later"
)

// An Alarm is something that the drop was caught at, or that keeps a source
// from reading or sending. Its text is the words for the person.
type Alarm struct {
	Row  Row    // of spec/misbehaviour.md; empty where the table has none
	Told string // the words for the person
	Hint string // what to do about it
	// Evidence holds signed objects of the drop and the newsroom that
	// contradict each other, whole, for rows that have them.
	Evidence [][]byte

	cause error
}

// Error returns the words for the person.
func (a *Alarm) Error() string { return a.Told }

// Unwrap returns what was found, for a developer to read.
func (a *Alarm) Unwrap() error { return a.cause }

func alarm(row Row, told, hint string, cause error, evidence ...[]byte) *Alarm {
	return &Alarm{Row: row, Told: told, Hint: hint, Evidence: evidence, cause: cause}
}

// unserved turns what a call returned into words (M-29). It does not blame the
// drop when ctx has ended.
func unserved(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("ask the drop: %w", ctx.Err())
	case errors.Is(err, drop.ErrFull), errors.Is(err, drop.ErrBusy):
		return alarm(rowUnserved, toldFull, hintLater, err)
	}
	return alarm(rowUnserved, toldNoAnswer, "the drop or the way to it may be down; try again later", err)
}

// refused is for a write that the drop answered with a no that is not about
// room.
func refused(what string, err error) error {
	return alarm(rowUnserved, "the drop refused the "+what,
		"nothing was stored; look whether this machine's clock is right, then try again", fmt.Errorf("%s: %w", what, err))
}
