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
	Kind   string `json:"kind,omitempty"` // of the thing, where others have its id
}

// Check lists what breaks the rules, by rule and object.
func (c *Case) Check() []Problem {
	k := &checker{c: c, x: NewIndex(c), looks: c.checkIDs()}
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
	looks map[string]bool // ids of checks
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
	v := variants{checker: k, labels: map[string]bool{}}
	for i := range k.c.Utterances {
		if u := &k.c.Utterances[i]; len(u.Relays) > 0 {
			v.judge(u)
		}
	}
}

// variants knows of claims whether they say what they change, so that no list of
// claims is held against another one by one: somebody could make both long.
type variants struct {
	*checker
	labels map[string]bool
}

// heard is what a relay had heard of one family: the first claim, and the first that
// does not say what it changes.
type heard struct{ first, unlabelled string }

func (v variants) judge(u *Utterance) {
	all, families := v.heardBy(u)
	for _, said := range u.Claims {
		h, ok := families[v.x.Head(said)]
		if all[said] || !ok || v.x.Claim(said) == nil {
			continue
		}
		was := h.unlabelled
		if !v.labelled(said) {
			was = h.first
		}
		if was != "" {
			v.problem(I6, said, "%s says this where it had heard %s; say in a word what was changed", u.ID, was)
		}
	}
}

// heardBy gives what the relays of an utterance say, and the same by family.
func (v variants) heardBy(u *Utterance) (all map[string]bool, families map[string]heard) {
	all, families = map[string]bool{}, map[string]heard{}
	seen := map[string]bool{}
	for _, id := range u.Relays {
		up := v.x.Utterance(id)
		if up == nil || seen[id] {
			continue
		}
		seen[id] = true
		for _, was := range up.Claims {
			if all[was] {
				continue
			}
			if all[was] = true; v.x.Claim(was) != nil {
				v.hear(families, was)
			}
		}
	}
	return all, families
}

func (v variants) hear(families map[string]heard, was string) {
	h, there := families[v.x.Head(was)]
	if !there {
		h.first = was
	}
	if h.unlabelled == "" && !v.labelled(was) {
		h.unlabelled = was
	}
	families[v.x.Head(was)] = h
}

// labelled reports whether a claim, and all that it is in the end a variant of, say
// what they change.
func (v variants) labelled(id string) bool {
	var way []string
	says, known := true, false
	for seen := map[string]bool{}; !seen[id]; {
		if says, known = v.labels[id]; known {
			break
		}
		says, seen[id], way = true, true, append(way, id)
		c := v.x.Claim(id)
		if c == nil || c.VariantOf == "" {
			break
		}
		if c.Mutation == "" {
			says = false
			break
		}
		id = c.VariantOf
	}
	for _, id := range way {
		v.labels[id] = says
	}
	return says
}
