// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"slices"
	"time"
)

// Task is something that a publication needs after its release (I11).
type Task struct {
	Publication string `json:"publication"`
	Object      string `json:"object"` // the claim or the correction
	Says        string `json:"says"`
}

// Tasks lists partners who have not acknowledged a correction, and claims in a
// released publication that have fallen or changed since. A correction that names
// the claim ends such a task only if it is not older than the fall or the change,
// by the day that it bears and by when it was entered. In a case that no register
// gave, nobody can tell that, and the task stays.
func (c *Case) Tasks() []Task {
	var tasks []Task
	for i := range c.Publications {
		p := &c.Publications[i]
		if p.Released.IsZero() {
			continue
		}
		tasks = append(tasks, c.fallen(p)...)
		for _, k := range c.Corrections {
			for _, partner := range p.Fetched {
				if k.Publication == p.ID && !slices.Contains(k.Notified, partner) {
					tasks = append(tasks, Task{p.ID, k.ID, partner + " took this and has not acknowledged the correction " + k.ID})
				}
			}
		}
	}
	return tasks
}

func (c *Case) fallen(p *Publication) []Task {
	var tasks []Task
	for _, f := range p.report() {
		if f.Hash != "" && c.changed(f) {
			tasks = append(tasks, Task{p.ID, f.ID, "the report " + f.ID + " has changed since this was printed; what was printed is what was signed"})
		}
	}
	for _, f := range p.Claims {
		i := slices.IndexFunc(c.Claims, func(v Claim) bool { return v.ID == f.ID })
		if i < 0 && c.corrected(p.ID, f.ID, changing) {
			continue
		}
		if i < 0 {
			tasks = append(tasks, Task{p.ID, f.ID, "the claim " + f.ID + " was removed since this was printed; look whether it needs a correction"})
			continue
		}
		switch v := &c.Claims[i]; {
		case v.Fallen() && c.corrected(p.ID, v.ID, falling):
		case v.Fallen():
			tasks = append(tasks, Task{p.ID, v.ID, "the claim " + v.ID + " has fallen since this was printed (" + v.FallenAs() + "); draft a correction"})
		case c.changed(f) && !c.corrected(p.ID, v.ID, changing):
			tasks = append(tasks, Task{p.ID, v.ID, "the claim " + v.ID + " has changed since this was printed; look whether it needs a correction"})
		}
	}
	return tasks
}

// turned is when claims came to stand as they do, and when corrections were entered,
// by the clocks of those who did it.
type turned struct {
	fell    map[string]time.Time // the status or credibility that a claim has
	changed map[string]time.Time // the last of anything of a claim, its removal too
	entered map[string]time.Time // by correction
}

// What can have happened to a claim that was printed.
func falling(t *turned) map[string]time.Time  { return t.fell }
func changing(t *turned) map[string]time.Time { return t.changed }

// corrected reports whether a correction speaks of what has happened to a claim.
func (c *Case) corrected(publication, claim string, what func(*turned) map[string]time.Time) bool {
	if c.turned == nil {
		return false
	}
	since, known := what(c.turned)[claim]
	return known && slices.ContainsFunc(c.Corrections, func(k Correction) bool {
		names := k.Publication == publication && slices.Contains(k.Claims, claim)
		return names && !k.At.IsZero() && k.At.latest >= DayOf(since) && !c.turned.entered[k.ID].Before(since)
	})
}

// turned looks up what [Case.Tasks] asks, where there is a correction that could
// end a task.
func (r *Register) turned(c *Case) *turned {
	if len(c.Corrections) == 0 {
		return nil
	}
	out := &turned{fell: map[string]time.Time{}, changed: map[string]time.Time{}, entered: map[string]time.Time{}}
	for k, t := range r.things {
		switch k.kind {
		case KindClaim:
			out.fell[k.object] = t.lastOf("status", "credibility")
			out.changed[k.object] = t.lastOf(kinds()[KindClaim].fields...)
			if !t.present() {
				out.changed[k.object] = shown(t.removed).at
			}
		case KindCorrection:
			for _, by := range t.makings(k.kind) {
				out.entered[t.called(k, by)] = by.at
			}
		}
	}
	return out
}

// lastOf gives the time of the newest value of some fields, or of the making of the
// thing.
func (t *thing) lastOf(fields ...string) time.Time {
	last := slices.MinFunc(t.created, version.compare).at
	for _, name := range fields {
		if list := t.fields[name]; len(list) > 0 && shown(list).at.After(last) {
			last = shown(list).at
		}
	}
	return last
}

// Fallen reports whether the desk holds a claim for refuted, doubtful or
// improbable, or has withdrawn it.
func (c Claim) Fallen() bool { return c.FallenAs() != "" }

// FallenAs says how a claim has fallen, and is empty for one that stands.
func (c Claim) FallenAs() string {
	switch {
	case c.Status == "refuted" || c.Status == "withdrawn":
		return c.Status
	case c.Credibility == 4:
		return "doubtful (4)"
	case c.Credibility == 5:
		return "improbable (5)"
	}
	return ""
}
