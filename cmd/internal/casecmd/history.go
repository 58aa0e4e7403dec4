// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"fmt"
	"math"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/internal/cli"
)

// showQuestion draws the weeks of one question, and what came of it.
func showQuestion(env *cli.Env, o *options, x *claim.Index, b *board.Board, viewer string, today claim.Day) error {
	h, err := b.History(o.words[1], today)
	if err != nil {
		return err
	}
	if viewer != "" && !b.MaySee(o.words[1], viewer) {
		return fmt.Errorf("%s has given no number for %s yet; until then the board is closed", viewer, o.words[1])
	}
	if o.json {
		return env.JSON(h)
	}
	printAsked(env, h.Question)
	printWeeks(env, h.Weeks)
	if h.Question.Type == board.TypeNumeric {
		printRanges(env, b, h.Entries)
	}
	if len(h.Entries) == 0 {
		env.Printf("\nnobody has given a number yet\n")
	}
	printCauses(env, x, b, h.Entries)
	printLooks(env, &h)
	printQuiet(env, &h)
	printOutcome(env, b, &h)
	return nil
}

func printAsked(env *cli.Env, q *claim.Question) {
	env.Printf("%s  %s\n", q.ID, q.Text)
	var parts []string
	for _, d := range []struct {
		what string
		on   claim.Date
	}{{"opens", q.Opens}, {"closes", q.Closes}} {
		if !d.on.IsZero() {
			parts = append(parts, d.what+" "+d.on.String())
		}
	}
	if q.BaseRate != nil {
		parts = append(parts, "base rate "+board.Percent(*q.BaseRate))
	}
	if len(parts) > 0 {
		env.Printf("    %s\n", strings.Join(parts, ", "))
	}
	if q.ReferenceClass != "" {
		env.Text("    ", "reference class: "+q.ReferenceClass)
	}
}

// bars is how wide the picture of the numbers is.
const bars = 24

// printWeeks draws one line a week: by the end, in one week, the former as a bar
// against what time alone would have left, and the causes in points.
func printWeeks(env *cli.Env, weeks []board.Past) {
	if len(weeks) == 0 {
		return
	}
	top := 0.0
	for _, w := range weeks {
		top = max(top, w.P, orNothing(w.Quiet))
	}
	env.Printf("\nweek        by the end  in a week  %-*s  what moved it, in points\n", bars, "")
	words := ""
	for i, w := range weeks {
		if said := inWords(w); said != words && (w.Confidence != "" || i == 0) {
			words = said
			env.Printf("            %s\n", words)
		}
		causes := people(w.N) + ", " + board.Percent(w.Low) + " to " + board.Percent(w.High)
		if i > 0 {
			causes = moved(weeks[i-1], w)
		}
		env.Printf("%s\n", strings.TrimRight(fmt.Sprintf("%s  %10s  %9s  %s  %s", w.Day, board.Percent(w.P), rate(w), bar(w, top), causes), " "))
	}
	printLegend(env, weeks)
}

func rate(w board.Past) string {
	if w.Hazard == nil {
		return "–"
	}
	return board.Rate(*w.Hazard)
}

// printLegend says what the two curves are, and how each went.
func printLegend(env *cli.Env, weeks []board.Past) {
	first := weeks[0]
	if first.Quiet == nil {
		return
	}
	env.Printf("┊ is what time alone would have left of the first number\n")
	if first.Hazard == nil {
		return
	}
	last := first
	for _, w := range weeks {
		if w.Hazard != nil {
			last = w
		}
	}
	env.Text("", fmt.Sprintf("In a week, if it has not happened before: %s on %s, %s on %s. By the end: %s, then %s. The second falls with every quiet week even where the first stays.",
		board.Rate(*first.Hazard), first.Day, board.Rate(*last.Hazard), last.Day, board.Percent(first.P), board.Percent(last.P)))
	if last.Day != weeks[len(weeks)-1].Day {
		env.Text("", "–: all numbers lie beyond 0.5 % or 99.5 %, where the pool holds them; nothing follows for a week.")
	}
}

func orNothing(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}

func inWords(w board.Past) string {
	if w.Confidence == "" {
		return w.Band
	}
	return w.Band + ", " + w.Confidence + " confidence"
}

// bar draws the number of a week, and the mark of what time would have left.
func bar(w board.Past, top float64) string {
	width := func(p float64) int { return int(p/top*bars + 0.5) }
	out := []rune(strings.Repeat("█", width(w.P)) + strings.Repeat(" ", bars-width(w.P)))
	if w.Quiet != nil {
		out[min(width(*w.Quiet), bars-1)] = '┊'
	}
	return string(out)
}

// moved names the causes that show in a number with one digit after the point; the
// largest also where only their sum does.
func moved(before, w board.Past) string {
	var parts []string
	for _, d := range w.Drivers {
		shows := math.Abs(d.Delta) >= 0.0005
		if shows || len(parts) == 0 && board.Percent(before.P) != board.Percent(w.P) {
			parts = append(parts, shortCause(d.Cause)+" "+board.Points(d.Delta))
		}
	}
	return strings.Join(parts, ", ")
}

// shortCause is how a cause stands in a line; printCauses tells what it is.
func shortCause(cause string) string {
	switch cause {
	case claim.BecauseTime:
		return "time"
	case claim.BecauseBaseRate:
		return "base rate"
	case board.CauseNone:
		return "no cause"
	case board.CausePanel:
		return "who takes part"
	}
	return cause
}

// printCauses tells what the claims and checks are that forecasts cite, in the
// order in which they came up.
func printCauses(env *cli.Env, x *claim.Index, b *board.Board, entries []claim.Forecast) {
	told := map[string]bool{claim.BecauseTime: true, claim.BecauseBaseRate: true}
	for _, f := range entries {
		for _, c := range f.Because {
			if told[c] {
				continue
			}
			if told[c] = true; len(told) == 3 {
				env.Printf("\ncauses\n")
			}
			words := b.CauseName(c)
			if k := x.Claim(c); k != nil {
				words = k.Text
			}
			env.Text("  ", c+": "+words)
		}
	}
}

// printRanges lists what people expect of a number; ranges are not pooled.
func printRanges(env *cli.Env, b *board.Board, entries []claim.Forecast) {
	env.Printf("\n")
	for _, f := range entries {
		env.Printf("%s  %s: %s", f.At, f.By, board.SayQuantiles(f.Quantiles))
		for i, c := range f.Because {
			env.Printf("%s%s", [2]string{"; ", ", "}[min(i, 1)], b.CauseName(c))
		}
		env.Printf("\n")
	}
}

// printLooks shows what was seen of the indicators, one sign a week; and where they
// would take the number, which is proposed only.
func printLooks(env *cli.Env, h *board.History) {
	if len(h.Looks) == 0 {
		return
	}
	env.Printf("\nindicators by week (+ seen, - not seen, ? unclear, · nobody looked)\n")
	for _, l := range h.Looks {
		env.Printf("  %s  %s\n", signs(l.Weeks), l.Indicator.Name)
	}
	if h.Hint != nil {
		env.Printf("their weight (proposed, never applied)\n")
		env.Text("  ", h.Hint.Working)
	}
}

// signs are those of the last year.
func signs(weeks []board.WeekState) string {
	var b strings.Builder
	for _, w := range weeks[max(0, len(weeks)-53):] {
		switch w.State {
		case board.Present:
			b.WriteString("+")
		case board.Absent:
			b.WriteString("-")
		case board.Unclear:
			b.WriteString("?")
		default:
			b.WriteString("·")
		}
	}
	return b.String()
}

// printQuiet shows what time alone makes of the number. It is proposed only.
func printQuiet(env *cli.Env, h *board.History) {
	if h.Quiet != nil {
		env.Printf("\nif it stays quiet (proposed, never applied)\n")
		env.Printf("  %s\n", h.Quiet.Working)
	}
	if h.Silence != "" {
		env.Printf("  %s\n", h.Silence)
	}
	if h.Agreed != "" {
		env.Printf("\nit is due: if nothing was reported, it was agreed to resolve %s\n", h.Agreed)
	}
}

func printOutcome(env *cli.Env, b *board.Board, h *board.History) {
	q := h.Question
	if q.Resolution == "" {
		return
	}
	env.Printf("\nresolved %s on %s", q.Resolution, q.ResolvedAt)
	if len(q.ResolvedBy) > 0 {
		env.Printf(", by %s", strings.Join(q.ResolvedBy, " and "))
	}
	if q.ResolutionDocument != "" {
		env.Printf("; shown by %s", q.ResolutionDocument)
	}
	env.Printf("\n")
	if h.Score != nil {
		printScore(env, h.Score)
	}
	for _, r := range h.Ranges {
		printRange(env, r)
	}
	printLessons(env, b, h.Lessons)
}

// printLessons says which causes led people toward what happened. The unit is log
// odds over all moves.
func printLessons(env *cli.Env, b *board.Board, lessons []board.Lesson) {
	if len(lessons) == 0 {
		return
	}
	env.Printf("\nwhat moved people toward what happened (+) and away from it (-), in log odds; not what was true\n")
	for _, l := range lessons {
		env.Printf("  %+6.2f  %3d ×  %s\n", l.Toward-l.Away, l.Moves, b.CauseName(l.Cause))
	}
}
