// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"fmt"
)

// keepsThing refuses to remove what was printed, and what people have given
// numbers for: tasks would end with it, and scores be better without it.
func (r *Register) keepsThing(c Change, t *thing) error {
	switch {
	case c.Kind == KindPublication && t.field("released") != nil:
		return fmt.Errorf("what was released stays (%s); publish a correction", I11)
	case c.Kind == KindQuestion && r.asked(c.Object):
		return fmt.Errorf("a question with forecasts stays (%s); resolve it as ANNULLED", I8)
	}
	return nil
}

// resolved lists what says how a question ended.
var resolved = [...]string{"resolution", "resolved_at", "resolved_by", "resolution_document"}

// keepsResolution lets a question be resolved once.
func (t *thing) keepsResolution(c Change) error {
	if t.field("resolution") == nil {
		return nil
	}
	for _, name := range resolved {
		now, named := c.Fields[name]
		if had := t.field(name); named && !(had == nil && isNull(now) || had != nil && sameJSON(now, had)) {
			return fmt.Errorf("%s is resolved, and that stays (%s)", c.Object, I8)
		}
	}
	return nil
}

// keepsRelease lets out only what is approved as it stands now (I9): once it is
// released, what changes on its list no longer voids the sign-offs. A release is
// not taken back.
func (r *Register) keepsRelease(c Change, t *thing) error {
	now, named := c.Fields["released"]
	had := t.field("released")
	switch {
	case !named || had == nil && isNull(now) || had != nil && sameJSON(now, had):
		return nil
	case had != nil:
		return fmt.Errorf("a release is not taken back (%s); publish a correction", I11)
	}
	whole, err := r.Case()
	if err != nil {
		return err
	}
	if err := whole.Approved(c.Object); err != nil {
		return fmt.Errorf("%w (%s)", err, I9)
	}
	return nil
}

// stillOpen refuses a forecast for what was resolved before. A register that is
// loaded whole brings both at once.
func (r *Register) stillOpen(c Change) error {
	if c.Kind != KindForecast || c.Verb != VerbCreate {
		return nil
	}
	var question string
	if err := json.Unmarshal(c.Fields["question"], &question); err != nil {
		return err
	}
	if q := r.things[key{KindQuestion, question}]; q != nil && q.field("resolution") != nil {
		return fmt.Errorf("question %s is resolved; it takes no more forecasts", question)
	}
	return nil
}
