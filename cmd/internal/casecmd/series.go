// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/internal/cli"
)

// taken is what a file of numbers brings to the series of an indicator.
type taken struct {
	Indicator string
	New       int // numbers
	Already   int // numbers that are there
	Problems  []board.RowError
	Weeks     []weekRead // of the new numbers, oldest first

	series claim.Series
	weeks  map[claim.Day]bool
	enter  string // the command that does
}

// weekRead is what the numbers of a week say of a threshold: a proposal.
type weekRead struct {
	Week      string // its Friday
	Threshold string
	State     string // empty where no number of the week is evidence
	Why       string
}

// runSeries takes dated numbers from a file into the series of an indicator: all of
// them, or none. What they say of its thresholds is proposed; a check is entered by
// a person.
func (p *program) runSeries(_ context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.writing("series")
	dry := fs.Bool("dry-run", false, "")
	if err := o.parse(fs, args, 3, 3); err != nil {
		return err
	}
	points, bad, err := readSeries(env, o.words[2])
	if err != nil {
		return err
	}
	var t *taken
	add := func(f *file) ([]claim.Change, error) {
		if t, err = takeSeries(f, o.words[1], points, bad); err != nil {
			return nil, err
		}
		return t.changes()
	}
	if *dry {
		f, err := p.open(env, o.words[0])
		if err != nil {
			return err
		}
		_, err = add(f)
		return t.tell(env, &o, err)
	}
	if err := p.needsName(&o); err != nil {
		return err
	}
	_, err = p.change(env, o.words[0], o.by, add)
	return t.tell(env, &o, err)
}

func readSeries(env *cli.Env, path string) ([]claim.Point, []board.RowError, error) {
	b, err := env.ReadInput(path, board.MaxSeries)
	if err != nil {
		return nil, nil, err
	}
	points, bad, err := board.ParseSeries(b)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return points, bad, nil
}

// takeSeries joins numbers with those that are there. The unit, the source and the
// thresholds come first: a line that is drawn through known numbers tests nothing.
func takeSeries(f *file, indicator string, points []claim.Point, bad []board.RowError) (*taken, error) {
	in := claim.NewIndex(&f.c).Indicator(indicator)
	switch {
	case in == nil:
		return nil, fmt.Errorf("there is no indicator %s in %s", indicator, f.path)
	case in.Series == nil:
		return nil, cli.WithHint(fmt.Errorf("nobody has said yet what the numbers of %s count, and which line they are to cross", indicator),
			"first: "+f.shell("set", word(indicator)+` series='{"unit":"…","source":"…","thresholds":[{"name":"…","side":"above","value":100,"fixed":"2025-03-01"}]}'`, true))
	}
	t := &taken{Indicator: indicator, Problems: bad, series: *in.Series, weeks: map[claim.Day]bool{}}
	t.enter = f.shell("set", word(indicator)+" checks='{…}' --append", true)
	t.series.Points = slices.Clone(t.series.Points)
	t.join(points)
	if len(t.Problems) > 0 {
		return t, nil
	}
	return t, t.readWeeks()
}

// join adds the numbers that are new. One that says otherwise than the series for
// the same day and known on the same is a slip: a revision is known later.
func (t *taken) join(points []claim.Point) {
	had := make(map[[2]string]float64, len(t.series.Points))
	key := func(p claim.Point) [2]string { return [2]string{p.Date.String(), p.KnownAt.String()} }
	for _, p := range t.series.Points {
		had[key(p)] = p.Value
	}
	for _, p := range points {
		switch v, there := had[key(p)]; {
		case !there:
			t.series.Points = append(t.series.Points, p)
			t.New++
			_, day := p.Date.Bounds()
			t.weeks[board.Friday(day)] = true
		case v == p.Value:
			t.Already++
		default:
			t.Problems = append(t.Problems, board.RowError{Column: "value", Text: fmt.Sprintf("%s is %v in the series, and %v here; a revision has another known_at", p.Date, v, p.Value)})
		}
	}
	if len(t.series.Points) > board.MaxPoints {
		t.Problems = append(t.Problems, board.RowError{Text: fmt.Sprintf("the series would have more than %d numbers", board.MaxPoints)})
	}
}

func (t *taken) readWeeks() error {
	weeks := make([]claim.Day, 0, len(t.weeks))
	for w := range t.weeks {
		weeks = append(weeks, w)
	}
	slices.Sort(weeks)
	weeks = weeks[max(0, len(weeks)-mostWeeks):]
	for _, line := range t.series.Thresholds {
		for _, friday := range weeks {
			state, err := board.StateFrom(&t.series, line, friday)
			if err != nil {
				return err
			}
			t.Weeks = append(t.Weeks, weekRead{friday.String(), line.Name, state, t.why(line, friday, state)})
		}
	}
	return nil
}

// mostWeeks is how many of the last weeks are read for a file.
const mostWeeks = 52

// why names the number by which a state is proposed, or why there is none.
func (t *taken) why(line claim.Threshold, friday claim.Day, state string) string {
	why := "no number of this week was known by its Friday"
	readings, err := board.Readings(&t.series, line, friday)
	if err != nil {
		return err.Error()
	}
	for _, r := range readings {
		_, day := r.Point.Date.Bounds()
		switch {
		case board.Friday(day) != friday:
		case r.Refused != "":
			why = "no evidence: " + r.Refused
		case state == board.Present && r.Crossed, state == board.Absent:
			return fmt.Sprintf("%v on %s; the line is %s %v, drawn on %s", r.Point.Value, r.Point.Date, line.Side, line.Value, line.Fixed)
		}
	}
	return why
}

// errRows stops a change for what stands in the rows of a file.
var errRows = errors.New("the file has rows that cannot be taken")

func (t *taken) changes() ([]claim.Change, error) {
	if len(t.Problems) > 0 {
		return nil, errRows
	}
	if t.New == 0 {
		return nil, errors.New("the file has no number that the series has not")
	}
	b, err := json.Marshal(t.series)
	if err != nil {
		return nil, err
	}
	return []claim.Change{{Verb: claim.VerbSet, Kind: claim.KindIndicator, Object: t.Indicator, Fields: map[string]json.RawMessage{"series": b}}}, nil
}

// tell says what was taken, or which rows keep the others out.
func (t *taken) tell(env *cli.Env, o *options, err error) error {
	if t == nil || err != nil && !errors.Is(err, errRows) {
		return err
	}
	if err == nil && o.json {
		return env.JSON(t)
	}
	for _, bad := range t.Problems {
		says := bad.Error()
		if bad.Line == 0 { // against the series, not the form
			says = bad.Text
		}
		env.Printf("%s\n", says)
	}
	if err != nil {
		return cli.WithHint(fmt.Errorf("%s: %w", o.words[2], err), "correct the file; none of its numbers was taken")
	}
	env.Printf("%s: %s new, %d there already\n", t.Indicator, count(t.New, "number"), t.Already)
	for _, w := range t.Weeks {
		state := w.State
		if state == "" {
			state = "nothing"
		}
		env.Text("    ", fmt.Sprintf("week of %s, %s: %s (%s)", w.Week, w.Threshold, state, w.Why))
	}
	if len(t.series.Thresholds) == 0 {
		env.Notef("no threshold was drawn before, so the numbers say nothing yet\n")
	} else {
		env.Notef("proposed, not entered: %s\n", t.enter)
	}
	return nil
}
