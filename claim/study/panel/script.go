// SPDX-License-Identifier: Apache-2.0

package panel

import (
	"tamizdat/claim"
	"tamizdat/claim/board"
)

// Everything in this file is invented, and says so where readers will see it.

const notice = "Invented for the demonstration: nobody on this panel exists, nobody gave these numbers in 2022, and the checks of indicators are invented and find nothing about anybody. Only the question and the claims that are cited belong to the founding case. Add it to a log after the founding case without the resolution of Q1."

const (
	panelists   = 3
	firstFriday = "2022-03-25"
	lastFriday  = "2022-12-30"
	noteID      = "panel-note"
	rebellionID = "Q2-panel"
)

// turn is a number that one panelist gives.
type turn struct {
	day, question string
	who           int // 0 is A
	p             float64
	because       []string
	note          string
}

// scripted gives what is said on a Friday beside the passing of time.
func scripted(friday claim.Day) []turn {
	var out []turn
	for _, t := range script() {
		if t.day == friday.String() {
			out = append(out, t)
		}
	}
	return out
}

func script() []turn {
	const q1, q2 = "Q1", rebellionID
	return []turn{
		{"2022-03-25", q1, 0, 0.03, []string{claim.BecauseBaseRate}, "somewhat above the base rate"},
		{"2022-03-25", q1, 1, 0.05, []string{claim.BecauseBaseRate, "C2"}, "discontent is told of, organisation is not"},
		{"2022-03-25", q1, 2, 0.08, []string{"C1", "C10"}, "takes the letter at its word"},
		{"2022-03-25", q2, 0, 0.04, []string{claim.BecauseBaseRate}, "a rebellion is likelier than a deposition"},
		{"2022-03-25", q2, 1, 0.06, []string{"C2"}, "discontent is told of"},
		{"2022-03-25", q2, 2, 0.09, []string{"C17"}, "as long as the war goes on"},
		{"2022-04-22", q1, 2, 0.055, []string{"panel-rouble-2022-04-22"}, "what was said to be falling is not"},
		{"2022-06-03", q1, 1, 0.06, []string{"C1"}, "reads C1 as a hazard that grows by the week"},
		{"2022-06-03", q2, 1, 0.08, []string{"C17"}, "the war goes on, and C17 makes that a condition"},
		{"2022-07-22", q1, 2, 0.025, []string{"panel-organisation-2022-07-22"}, "four months, and nobody who organises anything"},
		{"2022-09-30", q1, 0, 0.02, []string{"panel-letters-2022-09-30"}, "more letters than in the summer"},
		{"2022-10-14", q1, 1, 0.016, []string{claim.BecauseTime, "panel-organisation-2022-10-14"}, "discontent without organisation"},
		{"2022-11-18", q1, 0, 0.006, []string{"panel-letters-2022-11-18", claim.BecauseTime}, "the letters stopped"},
	}
}

// indicators are the panel's own, each with a test written down beforehand.
func indicators() []claim.Indicator {
	check := func(id, on, state string, claims ...string) claim.Check {
		return claim.Check{ID: id + "-" + on, Date: date(on), State: state, Claims: claims, By: name(2), Note: "invented check: it finds nothing about anybody"}
	}
	return []claim.Indicator{
		{
			ID: "panel-rouble", Question: "Q1", Name: "The rouble is weaker than when the question opened (invented checks)", Direction: "+", Cadence: "monthly",
			ObservableTest: "the daily fixing stands above that of 2022-03-24", Claims: []string{"C15"},
			Checks: []claim.Check{check("panel-rouble", "2022-04-22", board.Absent, "C15")},
		},
		{
			ID: "panel-organisation", Question: "Q1", Name: "Signs of organisation, access to force or a split at the top (invented checks)", Direction: "+", Cadence: "monthly",
			ObservableTest: "two wire services name the same people who act together",
			Checks:         []claim.Check{check("panel-organisation", "2022-07-22", board.Absent), check("panel-organisation", "2022-10-14", board.Absent)},
		},
		{
			ID: "panel-letters", Question: "Q1", Name: "More new letters than in the month before (invented checks)", Direction: "+", Cadence: "monthly",
			ObservableTest: "letters published in the four weeks before, counted", Claims: []string{"C4v"},
			Checks: []claim.Check{check("panel-letters", "2022-09-30", board.Present), check("panel-letters", "2022-11-18", board.Absent)},
		},
	}
}

// rebellion is the panel's version of Q2, which the founding case leaves without
// criteria.
func rebellion(q claim.Question) claim.Question {
	q.VersionOf, q.ID, q.Type = q.ID, rebellionID, board.TypeHazard
	q.Opens, q.Closes = date("2022-03-24"), date("2022-12-31")
	q.ResolutionCriteria = "Two independent wire services report that members of the services took up arms against the leadership. Private military companies do not count."
	q.DefaultIfSilent = board.No
	q.Note = "invented: the panel's version of Q2, with criteria of its own"
	return q
}

func note() claim.Document {
	return claim.Document{
		ID: noteID, Kind: "note", Title: "Desk note (invented): who looked where on 2023-01-01", Published: date("2023-01-01"),
		Note: "Invented: two panelists looked for what the criteria of Q1 ask for, and found no such report. That the office was held through 2023 is public.",
	}
}

func reasons() claim.ConfidenceReasons {
	return claim.ConfidenceReasons{
		Assumptions: "the letter is what it says (invented panel)",
		Sourcing:    "one or two origins, unnamed, F",
		Argument:    "discontent is told of; organisation, access to force and a split at the top are not",
	}
}
