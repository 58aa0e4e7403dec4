// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"fmt"
	"slices"
)

// Rule names what a case has to keep.
type Rule string

// The rules. I12 is kept by the types, and I13 by [VerifyChain].
const (
	RuleReference Rule = "reference" // what is named exists
	RuleValue     Rule = "value"     // values are of those that the field knows
	I1            Rule = "I1"        // relays form no ring, and none is earlier than what it repeats
	I2            Rule = "I2"        // every claim is said by somebody, or seen by the desk
	I3            Rule = "I3"        // originals stay, and a derivative names parent, method and person
	I4            Rule = "I4"        // credibility 1 needs two independent origins
	I5            Rule = "I5"        // an estimate has a measurand, a day and a bound
	I6            Rule = "I6"        // a relay that says something else points to a labelled variant
	I7            Rule = "I7"        // a forecast that moves has a cause
	I8            Rule = "I8"        // a question is frozen at its first forecast, an indicator at its first check, and two people resolve
	I9            Rule = "I9"        // a publication has two sign-offs on the same hash
	I10           Rule = "I10"       // nothing is in a publication that must not be
	I11           Rule = "I11"       // corrections and fallen claims reach the publications
	I12           Rule = "I12"       // who a source is stands nowhere here, and losing a source breaks nothing
	I13           Rule = "I13"       // the log of events verifies
)

// stops reports whether a change that breaks the rule is refused. The others wait
// until the desk gets to them.
func (r Rule) stops() bool { return r != I2 && r != I6 && r != I11 }

// Problem is a rule that a thing breaks.
type Problem struct {
	Rule   Rule   `json:"rule"`
	Object string `json:"object"`
	Says   string `json:"says"`
}

// Check lists what breaks the rules, by rule and object.
func (c *Case) Check() []Problem {
	k := &checker{c: c, x: NewIndex(c)}
	k.references()
	k.values()
	k.relays()
	k.unsaid()
	k.derivatives()
	k.credibility()
	k.estimates()
	k.variants()
	k.forecasts()
	k.questions()
	k.publications()
	slices.SortStableFunc(k.found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(ruleOrder(a.Rule), ruleOrder(b.Rule)), cmp.Compare(a.Object, b.Object))
	})
	return k.found
}

func ruleOrder(r Rule) int {
	return slices.Index([]Rule{RuleReference, RuleValue, I1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11}, r)
}

type checker struct {
	c     *Case
	x     *Index
	found []Problem
}

func (k *checker) problem(r Rule, object, format string, args ...any) {
	k.found = append(k.found, Problem{Rule: r, Object: object, Says: fmt.Sprintf(format, args...)})
}

// wrong takes over what a rule that others ask too has found.
func (k *checker) wrong(r Rule, object string, says []string) {
	for _, s := range says {
		k.problem(r, object, "%s", s)
	}
}

// relays checks I1.
func (k *checker) relays() {
	for _, i := range k.x.graph.rings() {
		k.problem(I1, k.c.Utterances[i].ID, "this repeats itself: its relays lead back to it")
	}
	for i := range k.c.Utterances {
		u := &k.c.Utterances[i]
		for _, id := range slices.Concat(u.Relays, u.InformedBy) {
			if up := k.x.Utterance(id); up != nil && u.At.Before(up.At) {
				k.problem(I1, u.ID, "said on %s, before %s, which it repeats or knew (%s)", u.At, up.At, up.ID)
			}
		}
	}
}

// unsaid checks I2.
func (k *checker) unsaid() {
	said := make(map[string]bool)
	for i := range k.c.Utterances {
		for _, c := range k.c.Utterances[i].Claims {
			said[c] = true
		}
	}
	for i := range k.c.Claims {
		if c := &k.c.Claims[i]; !said[c.ID] && !c.DeskObservation {
			k.problem(I2, c.ID, "nobody says this; enter who does, or mark it as the desk's own observation")
		}
	}
}

// derivatives checks the part of I3 that a state shows; [Register.Propose] keeps
// the other.
func (k *checker) derivatives() {
	for i := range k.c.Documents {
		d := &k.c.Documents[i]
		if d.DerivativeOf == "" {
			continue
		}
		if d.Method == "" || d.By == "" {
			k.problem(I3, d.ID, "a derivative names how it was made, and by whom")
		}
		if parent := k.x.Document(d.DerivativeOf); parent != nil && d.SHA256 != "" && d.SHA256 == parent.SHA256 {
			k.problem(I3, d.ID, "this has the same bytes as what it derives from")
		}
	}
}

// credibility checks I4.
func (k *checker) credibility() {
	for i := range k.c.Claims {
		c := &k.c.Claims[i]
		if c.Credibility != 1 {
			continue
		}
		if o := k.x.Origins(c.ID); o.Min < 2 {
			k.problem(I4, c.ID, "credibility 1 needs two independent origins, and this has %s: %s", o.Count(), o.Sentence)
		}
	}
}

// estimates checks I5.
func (k *checker) estimates() {
	for i := range k.c.Estimates {
		k.wrong(I5, k.c.Estimates[i].ID, k.c.Estimates[i].Wrong())
	}
}

// variants checks I6: what a relay says in a way in which nothing that it repeats
// says it.
func (k *checker) variants() {
	for i := range k.c.Utterances {
		u := &k.c.Utterances[i]
		var heard []string
		for _, id := range u.Relays {
			if up := k.x.Utterance(id); up != nil {
				heard = append(heard, up.Claims...)
			}
		}
		for _, said := range u.Claims {
			if !slices.Contains(heard, said) && k.x.Claim(said) != nil {
				k.labelled(u, said, heard)
			}
		}
	}
}

func (k *checker) labelled(u *Utterance, said string, heard []string) {
	for _, was := range heard {
		if k.x.Claim(was) != nil && k.x.Head(said) == k.x.Head(was) && !k.named(said, was) {
			k.problem(I6, said, "%s says this where it had heard %s; say in a word what was changed", u.ID, was)
			return
		}
	}
}

// named reports whether the variants on the way between two claims of a family
// say what they change.
func (k *checker) named(a, b string) bool {
	for _, id := range [2]string{a, b} {
		for seen := map[string]bool{}; !seen[id]; {
			seen[id] = true
			c := k.x.Claim(id)
			if c == nil || c.VariantOf == "" {
				break
			}
			if c.Mutation == "" {
				return false
			}
			id = c.VariantOf
		}
	}
	return true
}
