// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tamizdat/desk/casebook"
	"tamizdat/letter/wire"
)

// Agreement is whether colleagues' desks found the same in a letter. The drop, or the
// source, may seal one text for some and another, or none, for others (M-15): what is
// not the same at all desks and not explained must not be relied on.
type Agreement struct {
	Same      []string `json:"same"`      // colleagues whose desk found the same text
	Other     []string `json:"other"`     // another text under the same id
	Nothing   []string `json:"nothing"`   // nothing, though they have read that far
	Unheard   []string `json:"unheard"`   // those of whom it is not known yet
	Explained string   `json:"explained"` // what a person found out, or empty
	Given     string   `json:"given"`     // who gave it to this desk, where it did not open
	Unproven  string   `json:"unproven"`  // why nobody but who gave it speaks for it, or empty
}

// Doubtful reports whether somebody has to look into it before the letter is used.
func (a Agreement) Doubtful() bool {
	return (len(a.Other) > 0 || len(a.Nothing) > 0 || a.Unproven != "") && a.Explained == ""
}

// Words say in a sentence what is not as it should be; they are empty where all is.
func (a Agreement) Words() string {
	var parts []string
	if len(a.Other) > 0 {
		parts = append(parts, strings.Join(a.Other, " and ")+" got another text under the same id")
	}
	if len(a.Nothing) > 0 {
		parts = append(parts, "nothing opened at the desk of "+strings.Join(a.Nothing, " and of "))
	}
	if a.Unproven != "" {
		parts = append(parts, a.Unproven)
	}
	if len(parts) == 0 {
		return ""
	}
	words := strings.Join(parts, "; ")
	if a.Explained != "" {
		return words + "; explained: " + a.Explained
	}
	return words + ": compare by voice, then tamizdat desk explain"
}

// Agreement compares what this desk and colleagues' desks found in a letter.
func (d *Desk) Agreement(id LetterID) (Agreement, error) {
	l := d.s.letters[id]
	if l == nil {
		return Agreement{}, ErrNoLetter
	}
	return d.agreement(l), nil
}

func (d *Desk) agreement(l *keptLetter) Agreement {
	a := Agreement{Explained: d.s.text(letterThing(l), fieldExplained)}
	explains := d.explains(l)
	unless := func(known bool) {
		if !known {
			a.Explained = ""
		}
	}
	if l.given != nil {
		a.Given, a.Unproven = d.nameOf(*l.given), d.unproven(l)
		if d.shouldHaveOpened(l) {
			a.Nothing = append(a.Nothing, d.nameOf(d.ID()))
		}
		g, _ := d.s.shared.gift(l.ID, d.ID())
		unless(a.Unproven == "" && len(a.Nothing) == 0 || g.in != nil && explains(g.in))
	}
	r := d.s.newsroom.Roster()
	said := d.s.shared.opened[ownID{wire.Pseudonym(l.Sender), l.OwnID}]
	for i := range r.Journalists {
		j := &r.Journalists[i]
		if j.ID == d.ID() || l.Note && j.Tuple.Pseudonym() == wire.Pseudonym(l.Sender) {
			continue
		}
		by := func(s statement) bool { return s.by == j.ID }
		same := func(s statement) bool { return by(s) && s.digest == l.Digest }
		switch {
		case slices.ContainsFunc(said, same):
			a.Same = append(a.Same, j.Name)
		case d.s.shared.looked[j.ID].pages <= l.Page:
			a.Unheard = append(a.Unheard, j.Name)
		case slices.ContainsFunc(said, by):
			a.Other = append(a.Other, j.Name)
			unless(slices.ContainsFunc(said, func(s statement) bool { return by(s) && explains(s.in) }))
		case d.s.shared.looked[j.ID].over(l.Page):
			a.Nothing = append(a.Nothing, j.Name)
			unless(slices.ContainsFunc(d.s.shared.looked[j.ID].all, func(k lookedIn) bool { return k.pages > l.Page && explains(k.in) }))
		}
	}
	return a
}

// explains tells whether a letter was explained in knowledge of an event. Who explains
// before a colleague's desk has spoken, or did not hear of it, explains nothing: else
// one could end every doubt before it begins.
func (d *Desk) explains(l *keptLetter) func(*casebook.Taken) bool {
	values := d.s.shared.cells.Values(casebook.Cell{Thing: letterThing(l), Field: fieldExplained})
	return func(t *casebook.Taken) bool { return len(values) > 0 && values[0].By.Knew(t) }
}

const (
	fieldExplained = "explained"
	maxExplanation = 2000 // bytes
)

// letterThing is what a letter is called in the casebook: not by this desk's name for
// it, which depends on what opened here.
func letterThing(l *keptLetter) string { return fmt.Sprintf("letter/%x/%x", l.Sender[:], l.OwnID[:]) }

// ExplainLetter writes down why desks found different things in a letter, for all colleagues.
func (d *Desk) ExplainLetter(id LetterID, why string) error {
	l := d.s.letters[id]
	why = strings.TrimSpace(why)
	switch {
	case l == nil:
		return ErrNoLetter
	case why == "" || len(why) > maxExplanation:
		return fmt.Errorf("an explanation has 1 to %d bytes", maxExplanation)
	}
	return d.setText(letterThing(l), fieldExplained, why)
}

// setText sets one field, or takes its value back where text is empty.
func (d *Desk) setText(thing, field, text string) error {
	value := json.RawMessage("null")
	if text != "" {
		b, err := json.Marshal(text)
		if err != nil {
			return err
		}
		value = b
	}
	return d.tell(kindSet, &fieldsSet{Thing: thing, Fields: map[string]json.RawMessage{field: value}})
}

// text is a field that holds a text, or empty.
func (s *state) text(thing, field string) string {
	var text string
	if s.shared == nil || json.Unmarshal(s.shared.cells.Get(casebook.Cell{Thing: thing, Field: field}), &text) != nil {
		return ""
	}
	return text
}

// Choice is a field to which colleagues gave different values without knowing of each
// other. The first is shown until somebody sets the field again.
type Choice struct {
	Thing  string        `json:"thing"`
	Field  string        `json:"field"`
	Values []ChoiceValue `json:"values"`
}

// ChoiceValue is one of the values.
type ChoiceValue struct {
	Value json.RawMessage `json:"value"`
	By    string          `json:"by"`
	At    int64           `json:"at"` // Unix seconds of the author's clock
}

// Choices lists what waits for a person's choice.
func (d *Desk) Choices() ([]Choice, error) {
	if _, err := d.Newsroom(); err != nil {
		return nil, err
	}
	var out []Choice
	listed := map[casebook.Cell]bool{} // with the thread they belong to
	for _, hands := range d.hands() {
		if len(hands) == 1 {
			continue
		}
		for _, field := range []string{FieldState, FieldAssigned, FieldDeadline, FieldNextContact} {
			if values := d.threadValues(hands, field); len(values) > 1 {
				out = append(out, d.choice(casebook.Cell{Thing: threadThing(hands[0]), Field: field}, values))
				for _, p := range hands {
					listed[casebook.Cell{Thing: threadThing(p), Field: field}] = true
				}
			}
		}
	}
	for _, cell := range d.s.shared.cells.Conflicts() {
		if !listed[cell] {
			out = append(out, d.choice(cell, d.s.shared.cells.Values(cell)))
		}
	}
	slices.SortFunc(out, func(a, b Choice) int { return cmp.Or(cmp.Compare(a.Thing, b.Thing), cmp.Compare(a.Field, b.Field)) })
	return out, nil
}

func (d *Desk) choice(cell casebook.Cell, values []casebook.Value) Choice {
	c := Choice{Thing: cell.Thing, Field: cell.Field}
	for _, v := range values {
		c.Values = append(c.Values, ChoiceValue{v.Bytes, d.nameOf(v.By.Chain.Author), v.By.At})
	}
	return c
}
