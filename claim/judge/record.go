// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"tamizdat/claim"
)

// Topic is how the claims of one speaker on one topic turned out. A speaker who
// denied what was refuted was right.
type Topic struct {
	Topic     string // "" for claims without one
	Confirmed []string
	Refuted   []string
	Open      []string // nobody knows yet, or it is disputed
}

// Resolved counts the claims that turned out one way or the other.
func (t Topic) Resolved() int { return len(t.Confirmed) + len(t.Refuted) }

// Record gives the track record of a speaker by topic, sorted by topic. Only what
// the speaker said first-hand counts: what is merely repeated is the record of
// somebody else.
func Record(x *claim.Index, party string) []Topic {
	said := map[string]string{} // claim → mode
	var order []string
	for i := range x.Case.Utterances {
		u := &x.Case.Utterances[i]
		if u.Speaker != party || len(u.Relays) > 0 || u.Mode == "asks" {
			continue
		}
		for _, c := range u.Claims {
			if _, ok := said[c]; !ok {
				order = append(order, c)
			}
			said[c] = u.Mode // the last word counts
		}
	}
	topics := map[string]*Topic{}
	for _, id := range order {
		if c := x.Claim(id); c != nil {
			count(topics, c, said[id] == "denies")
		}
	}
	return sorted(topics)
}

func count(topics map[string]*Topic, c *claim.Claim, denied bool) {
	t := topics[c.Topic]
	if t == nil {
		t = &Topic{Topic: c.Topic}
		topics[c.Topic] = t
	}
	switch {
	case c.Status == "confirmed" && !denied, c.Status == "refuted" && denied:
		t.Confirmed = append(t.Confirmed, c.ID)
	case c.Status == "refuted", c.Status == "confirmed":
		t.Refuted = append(t.Refuted, c.ID)
	default:
		t.Open = append(t.Open, c.ID)
	}
}

func sorted(topics map[string]*Topic) []Topic {
	var names []string
	for n := range topics {
		names = append(names, n)
	}
	slices.Sort(names)
	var out []Topic
	for _, n := range names {
		out = append(out, *topics[n])
	}
	return out
}

// ErrNoRecord is wrapped where a letter other than F lacks a prior claim.
var ErrNoRecord = errors.New("nothing that this writer said earlier has turned out true or false")

// MayRate tells whether a party can be given a reliability on a topic, "" for all
// (R3). Whoever writes without a name begins at F, and leaves it only when an
// earlier claim under the same pseudonym, on that topic, has been resolved. What a
// suspected double of the pseudonym said is not its own record. Offices that do
// not name their speaker have the record of the office, and are free of this rule.
func MayRate(x *claim.Index, party, topic string, r claim.Reliability) error {
	p := x.Party(party)
	switch {
	case p == nil:
		return fmt.Errorf("there is no party %q in the case", party)
	case r == "" || r == "F":
		return nil
	case !slices.Contains(claim.Reliabilities(), r):
		return fmt.Errorf("%q is no reliability; it is A to F, or empty where nobody has judged", r)
	case !pseudonymous(x, p):
		return nil
	}
	for _, t := range Record(x, party) {
		if (topic == "" || t.Topic == topic) && t.Resolved() > 0 {
			return nil
		}
	}
	return fmt.Errorf("%s stays at F: %w%s", x.Name(party), ErrNoRecord, onTopic(topic))
}

func onTopic(topic string) string {
	if topic == "" {
		return ""
	}
	return " on the topic " + topic
}

func pseudonymous(x *claim.Index, p *claim.Party) bool {
	return p.Kind == "unnamed_person" || p.Kind == "unnamed_group" || sourceOf(x, p.ID) != nil
}

// Unearned lists what breaks R3 in a case: parties and sources with a reliability
// for which there is no record.
func Unearned(x *claim.Index) []claim.Problem {
	var out []claim.Problem
	ask := func(object, party, topic string, r claim.Reliability) {
		if err := MayRate(x, party, topic, r); err != nil {
			out = append(out, claim.Problem{Object: object, Says: err.Error()})
		}
	}
	for i := range x.Case.Parties {
		p := &x.Case.Parties[i]
		ask(p.ID, p.ID, "", p.Reliability)
	}
	for i := range x.Case.Sources {
		s := &x.Case.Sources[i]
		if x.Party(s.Party) == nil {
			continue
		}
		for _, t := range slices.Sorted(maps.Keys(s.Reliability)) {
			ask(s.ID, s.Party, t, s.Reliability[t])
		}
	}
	return out
}
