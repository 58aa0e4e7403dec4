// SPDX-License-Identifier: Apache-2.0

// Package claim keeps what is said, by whom, to whom and through whose hands,
// and works out what that is worth. It holds the editorial rules and nothing
// else: no file, no network, no clock, no log.
//
// A [Case] is the whole of a register at one moment; [ParseCase] reads one and
// [Case.Check] tells what breaks the rules I1 to I13 of docs/CLAIMS.md. People
// work on a case by events: [Register.Propose] makes one, [Register.Apply]
// folds it in, and the same events in any order that respects their causes give
// the same case. [NewIndex] answers who says what; [Index.Origins] counts how
// many independent origins stand behind a claim.
//
// Four judgements stay apart: how reliable a speaker is, how credible a claim,
// how authentic a document, and how sure it is that somebody said something.
// What nobody has judged is absent, and never a value in the middle.
//
// It refuses what it does not know: fields, kinds and values that this version
// has no meaning for. It has no field for the sender of a letter, for the way
// on which it came or for the time of its arrival: those stay with the desk,
// and the import rules of the project keep the two apart.
package claim

import (
	"crypto/rand"
	"strings"
)

// Kinds of thing that a case holds. Events name them.
const (
	KindParty       = "party"
	KindSource      = "source"
	KindLetter      = "letter"
	KindDocument    = "document"
	KindSpan        = "span"
	KindClaim       = "claim"
	KindUtterance   = "utterance"
	KindEvidence    = "evidence"
	KindMeasurand   = "measurand"
	KindEstimate    = "estimate"
	KindIndicator   = "indicator"
	KindQuestion    = "question"
	KindForecast    = "forecast"
	KindAssessment  = "assessment"
	KindReport      = "report"
	KindPublication = "publication"
	KindCorrection  = "correction"
	KindSignOff     = "sign_off"
	KindDecision    = "decision"
)

// NewID names a new thing. It is random: an id that is published tells neither
// how many others there are nor which came first.
func NewID() string { return strings.ToLower(rand.Text()) }
