// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"fmt"
	"slices"
)

// keepsThing refuses to remove what was printed, and what people have given
// numbers for: tasks would end with it, and scores be better without it.
func (r *Register) keepsThing(c Change, t *thing) error {
	switch {
	case c.Kind == KindPublication && t.field("released") != nil:
		return fmt.Errorf("what was released stays (%s); publish a correction", I11)
	case c.Kind == KindQuestion && len(r.forecasts(c.Object)) > 0:
		return fmt.Errorf("a question with forecasts stays (%s); resolve it as ANNULLED", I8)
	}
	return nil
}

// resolved lists what says how a question ended.
var resolved = [...]string{"resolution", "resolved_at", "resolved_by", "resolution_document"}

// keepsResolution lets a question be resolved once. What one person alone put there
// resolves nothing, and can be taken away.
func (t *thing) keepsResolution(c Change) error {
	if t.field("resolution") == nil || t.unlawful(key{c.Kind, c.Object}) {
		return nil
	}
	for _, name := range resolved {
		now, named := c.Fields[name]
		if named && !sameValue(now, t.field(name)) && !t.original(name, now) {
			return fmt.Errorf("%s is resolved, and that stays (%s)", c.Object, I8)
		}
	}
	return nil
}

// keepsRelease lets out only what is approved as it stands now (I9): once it is
// released, what changes on its list no longer voids the sign-offs. A release is
// not taken back, unless two people never approved it.
func (r *Register) keepsRelease(c Change, t *thing) error {
	now, named := c.Fields["released"]
	had := t.field("released")
	if !named || sameValue(now, had) {
		return nil
	}
	whole, err := r.Case()
	if err != nil {
		return err
	}
	back := t.original("released", now)
	if had != nil {
		if back || isNull(now) && !whole.everApproved(c.Object) {
			return nil
		}
		return fmt.Errorf("a release is not taken back (%s); publish a correction", I11)
	}
	if back { // it was out: what has changed on its list since changes nothing
		i := slices.IndexFunc(whole.Publications, func(p Publication) bool { return p.ID == c.Object })
		if err := json.Unmarshal(now, &whole.Publications[i].Released); err != nil {
			return err
		}
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
