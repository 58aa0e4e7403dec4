// SPDX-License-Identifier: Apache-2.0

package release

import (
	"fmt"
	"strings"

	"tamizdat/claim"
)

// Record gives what the register keeps of a page: which thing, at which state,
// stands behind which statement of the edition. Before is how many statements
// stand before those of the page; edition is the hash of the edition.
func (p Page) Record(c *claim.Case, id, edition, author string, before int) claim.Publication {
	out := claim.Publication{ID: id, ManifestHash: edition, Authors: []string{author}}
	for i, l := range p.Lines {
		freeze := func(ids []string) []claim.Frozen {
			var list []claim.Frozen
			for _, id := range ids {
				hash, _ := c.Hash(id)
				list = append(list, claim.Frozen{ID: id, Hash: hash, Statement: before + i + 1})
			}
			return list
		}
		out.Claims = append(out.Claims, freeze(l.Claims)...)
		out.Estimates = append(out.Estimates, freeze(l.Estimates)...)
		out.Assessments = append(out.Assessments, freeze(l.Assessments)...)
	}
	return out
}

// Change is something that happened behind a statement since it was frozen.
type Change struct {
	Statement int    `json:"statement"` // of the edition, from 1
	Object    string `json:"object"`
	Fallen    bool   `json:"fallen,omitempty"` // the claim has fallen or was taken out: think of a correction
	Says      string `json:"says"`
}

// Since tells what has changed behind the statements of an edition. The statements
// themselves are frozen, and stay as they are.
func Since(c *claim.Case, conflicts []claim.Conflict, p *claim.Publication, statements []string) []Change {
	w := &watcher{maker: newMaker(c, conflicts, chosen(c, p)), statements: statements}
	w.printed = w.choice.Claims // they were named, whatever has become of them
	for n := 1; n <= len(statements); n++ {
		w.claims(at(p.Claims, n))
		w.numbers(at(p.Estimates, n))
		w.assessments(at(p.Assessments, n))
	}
	return w.found
}

// chosen is the choice of which a publication was made.
func chosen(c *claim.Case, p *claim.Publication) Choice {
	x := claim.NewIndex(c)
	choice := Choice{Claims: idsOf(p.Claims), Estimates: idsOf(p.Estimates)}
	for _, a := range c.Assessments {
		for _, f := range p.Assessments {
			if f.ID == a.ID && x.Question(a.Question) != nil {
				choice.Questions = append(choice.Questions, a.Question)
			}
		}
	}
	return choice
}

func idsOf(list []claim.Frozen) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.ID)
	}
	return out
}

// at gives what stands behind one statement.
func at(list []claim.Frozen, statement int) []claim.Frozen {
	var out []claim.Frozen
	for _, f := range list {
		if f.Statement == statement {
			out = append(out, f)
		}
	}
	return out
}

type watcher struct {
	*maker
	statements []string
	found      []Change
}

func (w *watcher) tell(f claim.Frozen, fallen bool, format string, args ...any) {
	w.found = append(w.found, Change{f.Statement, f.ID, fallen, fmt.Sprintf(format, args...)})
}

func (w *watcher) claims(list []claim.Frozen) {
	for _, f := range list {
		switch c := w.all.Claim(f.ID); {
		case c == nil:
			w.tell(f, true, "the claim behind statement %d was taken out of the register", f.Statement)
		case c.Fallen():
			w.tell(f, true, "the claim behind statement %d has fallen since: %s", f.Statement, fell(c))
		default:
			l, why := w.claim(f.ID)
			w.compare([]claim.Frozen{f}, l, why)
		}
	}
}

func (w *watcher) numbers(list []claim.Frozen) {
	if len(list) > 0 {
		l, why := w.lane(idsOf(list))
		w.compare(list, l, why)
	}
}

// assessments are frozen themselves: what can change is what follows them.
func (w *watcher) assessments(list []claim.Frozen) {
	for _, f := range list {
		a := w.assessment(f.ID)
		if a == nil {
			w.tell(f, false, "the assessment behind statement %d was taken out of the register", f.Statement)
			continue
		}
		l, why := w.question(a.Question, a)
		w.compare([]claim.Frozen{f}, l, why)
		if newer := w.newest(a.Question); newer != nil && week(newer) > week(a) {
			w.tell(f, false, "there is a newer assessment than the one behind statement %d: that of the week of %s", f.Statement, newer.Week)
		}
	}
}

func (w *watcher) assessment(id string) *claim.Assessment {
	for i := range w.all.Case.Assessments {
		if a := &w.all.Case.Assessments[i]; a.ID == id {
			return a
		}
	}
	return nil
}

// compare holds a statement against what would be printed now. All in the list
// stand behind one statement.
func (w *watcher) compare(list []claim.Frozen, now Line, why []string) {
	first := list[0]
	switch {
	case len(why) > 0:
		w.tell(first, false, "statement %d could not be printed now: %s", first.Statement, strings.Join(why, "; "))
	case now.Text != w.statements[first.Statement-1]:
		w.tell(first, false, "statement %d would now read: %s", first.Statement, now.Text)
	default:
		for _, f := range list {
			if hash, _ := w.all.Case.Hash(f.ID); hash != f.Hash {
				w.tell(f, false, "%s behind statement %d was edited since; the statement would be the same", f.ID, f.Statement)
			}
		}
	}
}
