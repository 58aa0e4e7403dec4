// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
)

// finding is what comparing two statements tells about one label.
type finding struct {
	label  Label
	how    agreement
	reason string
}

// comparison collects findings; of several about one label the first that
// differs stands.
type comparison struct {
	from, to         *reading
	saidFrom, saidTo claim.Date
	likeness         float64
	found            []finding
}

// compare reads what differs between a statement and its relay.
func compare(from, to *reading, saidFrom, saidTo claim.Date) []finding {
	c := comparison{from: from, to: to, saidFrom: saidFrom, saidTo: saidTo, likeness: likeness(from.keys, to.keys)}
	c.numbers()
	c.sets(LabelMeasurand, from.measurands, to.measurands, len(from.counts) == 0 && len(to.counts) == 0)
	c.speakers()
	c.roles()
	c.modality()
	c.dates()
	c.scope()
	return c.found
}

func (c *comparison) add(label Label, how agreement, reason string, values ...any) {
	if how == unsaid {
		return
	}
	for i := range c.found {
		if c.found[i].label != label {
			continue
		}
		if c.found[i].how == same && how == differs {
			c.found[i] = finding{label, how, fmt.Sprintf(reason, values...)}
		}
		return
	}
	c.found = append(c.found, finding{label, how, fmt.Sprintf(reason, values...)})
}

// sets compares two lists of names of which neither may be empty.
func (c *comparison) sets(label Label, from, to []string, asked bool) {
	if !asked || len(from) == 0 || len(to) == 0 {
		return
	}
	how := differs
	if overlap(from, to) || len(from) == 1 && len(to) == 1 && alikeMeasurands(from[0], to[0]) {
		how = same
	}
	c.add(label, how, "it says “%s” where what it relays says “%s”", strings.Join(to, ", "), strings.Join(from, ", "))
}

// numbers pairs the numbers of both and compares what they count. The very same
// come first, then those that agree; of the rest those that count one thing.
func (c *comparison) numbers() {
	used := make([]bool, len(c.from.counts))
	left := c.pairNumbers(used, c.to.counts, func(a, b quantity) bool { return a.is(b) && a.measurand == b.measurand })
	left = c.pairNumbers(used, left, quantity.is)
	left = c.pairNumbers(used, left, alike)
	left = c.pairNumbers(used, left, func(a, b quantity) bool { return a.agrees(b) && a.unit != b.unit })
	c.pairNumbers(used, left, func(a, b quantity) bool {
		_, _, _, comparable := onOneScale(a, b)
		return comparable && (a.measurand == b.measurand || a.measurand == "" || b.measurand == "" || len(c.from.counts)*len(c.to.counts) == 1)
	})
}

func (c *comparison) pairNumbers(used []bool, to []quantity, fits func(a, b quantity) bool) (left []quantity) {
	for _, b := range to {
		i := slices.IndexFunc(c.from.counts, func(a quantity) bool { return !used[a.order] && fits(a, b) })
		if i < 0 {
			left = append(left, b)
			continue
		}
		used[i] = true
		c.number(c.from.counts[i], b)
	}
	return left
}

func (c *comparison) number(a, b quantity) {
	was, is := c.from.around(a), c.to.around(b)
	if otherUnit(a, b) {
		c.add(LabelUnit, differs, "“%s” became “%s”: another unit", was, is)
	} else {
		c.add(LabelCount, agree(alike(a, b)), "“%s” became “%s”: another number", was, is)
	}
	if a.measurand != "" && b.measurand != "" {
		c.add(LabelMeasurand, agree(alikeMeasurands(a.measurand, b.measurand)), "“%s” (%s) became “%s” (%s): another thing is counted", was, a.measurand, is, b.measurand)
	}
	if how := samePopulation(a.population, b.population); how != unsaid {
		c.add(LabelPopulation, how, "“%s” (%s) became “%s” (%s): others are counted", was, a.population, is, b.population)
	}
	if a.nation != "" && b.nation != "" {
		c.add(LabelPopulation, agree(a.nation == b.nation), "“%s” (%s) became “%s” (%s): others are counted", was, a.nation, is, b.nation)
	}
}

// otherUnit tells whether the number stayed and its unit did not: 40 miles for
// 40 kilometres. Another number in another unit is another number.
func otherUnit(a, b quantity) bool {
	if a.rate != "" && b.rate != "" && a.rate != b.rate && a.agrees(b) {
		return true
	}
	return a.unit != "" && b.unit != "" && a.unit != b.unit && !alike(a, b) && a.agrees(b)
}

func agree(yes bool) agreement {
	if yes {
		return same
	}
	return differs
}

// around gives the words of a number with its neighbours, for a reason.
func (r *reading) around(q quantity) string {
	from := q.from
	for from > 0 && q.from-from < 2 && (r.tokens[from-1].is("approx") || slices.Contains([]string{"a", "from", "between", "от", "від"}, r.tokens[from-1].text)) {
		from--
	}
	to := q.to
	for to < len(r.tokens) && to-q.to < 3 && r.tokens[to].kind == aWord {
		to++
	}
	return r.words(from, to)
}

// alikeMeasurands lets потери and втрати be casualties as well as losses: the
// words say either.
func alikeMeasurands(a, b string) bool {
	loose := func(s string) bool { return s == "losses" || s == "casualties" }
	return a == b || loose(a) && loose(b)
}

// samePopulation is silent where the relay only widens, or one says merely people.
func samePopulation(from, to string) agreement {
	if from == "" || to == "" || from == "people" || to == "people" {
		return unsaid
	}
	if from == to {
		return same
	}
	if to == "soldiers" && slices.Contains([]string{"officers", "generals", "conscripts", "volunteers"}, from) ||
		to == "fighters" && from != "civilians" && from != "children" {
		return unsaid
	}
	return differs
}

// speakers compares whom the statements themselves credit. Words outside the
// lexicon that are no names cannot be known in another language.
func (c *comparison) speakers() {
	if len(c.from.credits) == 0 || len(c.to.credits) == 0 {
		return
	}
	for _, a := range c.from.credits {
		for _, b := range c.to.credits {
			if overlap(a.keys, b.keys) {
				c.add(LabelSpeaker, same, "")
				return
			}
			if c.from.cyrillic != c.to.cyrillic && !(a.sure && b.sure) {
				return
			}
		}
	}
	c.add(LabelSpeaker, differs, "it credits “%s” where what it relays credits “%s”", c.to.credits[0].text, c.from.credits[0].text)
}

// roles looks for deeds that trade places. A relay that has the deed as it was
// may tell of another besides.
func (c *comparison) roles() {
	for _, b := range c.to.deeds {
		if slices.ContainsFunc(c.from.deeds, func(a deed) bool { return a.verb == b.verb && overlap(a.agent, b.agent) }) {
			c.add(LabelRoles, same, "")
			continue
		}
		for _, a := range c.from.deeds {
			if swapped(a, b) {
				c.add(LabelRoles, differs, "“%s” became “%s”: who does it and to whom it is done have changed places", a.text, b.text)
			}
		}
	}
}

func (c *comparison) modality() {
	from, to := c.from, c.to
	switch {
	case from.condition != to.condition:
		c.add(LabelModality, differs, "“%s” became “%s”: a condition %s", from.text, to.text, came(to.condition))
	case c.surer():
		c.add(LabelModality, differs, "“%s” (%s) became “%s” (%s)", from.text, sureness(from), to.text, sureness(to))
	case from.negated != to.negated && !from.weak && !to.weak && c.likeness >= 0.6:
		c.add(LabelModality, differs, "“%s” became “%s”: a “not” %s", from.text, to.text, came(to.negated))
	default:
		c.add(LabelModality, same, "")
	}
}

// surer tells whether they are not equally sure. What somebody is said to have
// said is as good as alleged, and what will be can be planned.
func (c *comparison) surer() bool {
	a, b := c.from, c.to
	if a.certainty == b.certainty {
		return false
	}
	if a.certainty != "" && b.certainty != "" {
		return true
	}
	flat, hedged := a, b
	if a.certainty != "" {
		flat, hedged = b, a
	}
	switch hedged.certainty {
	case "alleged":
		return len(flat.credits) == 0
	case "planned":
		return !slices.ContainsFunc(flat.tokens, func(t token) bool { return t.text == "will" || strings.HasPrefix(t.text, "буд") })
	}
	return true
}

func came(is bool) string {
	if is {
		return "was added"
	}
	return "was dropped"
}

func sureness(r *reading) string {
	if r.certainty == "" {
		return "stated flatly"
	}
	return r.certainty
}

// dates proposes only where each has a date that the other has not.
func (c *comparison) dates() {
	for _, b := range c.to.dates {
		for _, a := range c.from.dates {
			how := sameDay(a, c.saidFrom, b, c.saidTo)
			if how == differs && (c.matched(a, c.to.dates, c.saidFrom, c.saidTo) || c.matched(b, c.from.dates, c.saidTo, c.saidFrom)) {
				continue
			}
			c.add(LabelDate, how, "“%s”%s became “%s”%s: another day", a.text, said(a, c.saidFrom), b.text, said(b, c.saidTo))
		}
	}
}

func (c *comparison) matched(w when, others []when, saidW, saidOthers claim.Date) bool {
	return slices.ContainsFunc(others, func(o when) bool { return sameDay(w, saidW, o, saidOthers) == same })
}

func said(w when, on claim.Date) string {
	if w.relative == "" {
		return ""
	}
	return " said on " + on.String()
}

func (c *comparison) scope() {
	from, to := c.from, c.to
	c.sets(LabelScope, from.upheavals, to.upheavals, true)
	c.sets(LabelScope, from.places, to.places, true)
	switch {
	case from.amount == to.amount && to.amount != "":
		c.add(LabelScope, same, "")
	case from.amount != "" && to.amount != "", to.amount == "all" && c.likeness >= 0.5,
		(from.amount == "some" || from.amount == "most") && len(to.counts) == 0 && c.likeness >= 0.6:
		c.add(LabelScope, differs, "“%s” (%s) became “%s” (%s)", from.text, howMany(from), to.text, howMany(to))
	}
}

func howMany(r *reading) string {
	if r.amount == "" {
		return "no word for how many"
	}
	return r.amount
}
