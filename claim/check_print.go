// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Hash is SHA-256, in hex, over the JSON of a thing that can be published: a
// claim, a document, an estimate, an assessment, a report or a publication. What
// happens to a publication after it was signed (its release, who fetched it) is
// not part of its hash.
func (c *Case) Hash(id string) (hash string, ok bool) {
	thing := c.printable(id)
	if thing == nil {
		return "", false
	}
	b, err := json.Marshal(thing)
	if err != nil {
		panic("claim: a thing of a case without a JSON form: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), true
}

func (c *Case) printable(id string) any {
	for _, v := range c.Publications {
		if v.ID == id {
			v.Released, v.Fetched = Date{}, nil
			return v
		}
	}
	return firstNonNil(
		named(c.Claims, id, func(v Claim) string { return v.ID }), named(c.Documents, id, func(v Document) string { return v.ID }),
		named(c.Estimates, id, func(v Estimate) string { return v.ID }), named(c.Assessments, id, func(v Assessment) string { return v.ID }),
		named(c.Reports, id, func(v Report) string { return v.ID }))
}

func named[T any](list []T, id string, of func(T) string) any {
	if i := slices.IndexFunc(list, func(v T) bool { return of(v) == id }); i >= 0 {
		return list[i]
	}
	return nil
}

func firstNonNil(values ...any) any {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

// publications checks I9, I10 and I11.
func (k *checker) publications() {
	for i := range k.c.Publications {
		p := &k.c.Publications[i]
		k.allowed(p)
		if p.Released.IsZero() {
			continue
		}
		if err := k.c.Approved(p.ID); err != nil {
			k.problem(I9, p.ID, "released, but %s", err)
		}
	}
	for _, t := range k.c.Tasks() {
		k.problem(I11, t.Publication, "%s", t.Says)
	}
}

// Approved reports whether two people have signed a publication off as it now
// stands (I9): different people, on the same hash, neither of them its only
// author. It gives an error that says what is missing. A thing on its list that
// has changed voids every sign-off.
func (c *Case) Approved(publication string) error {
	i := slices.IndexFunc(c.Publications, func(p Publication) bool { return p.ID == publication })
	if i < 0 {
		return fmt.Errorf("there is no publication %s", publication)
	}
	p := &c.Publications[i]
	if p.Report != "" && p.ReportHash == "" && p.Released.IsZero() {
		return fmt.Errorf("the report %s can still be rewritten under the signatures; give its hash as report_hash, and sign again", p.Report)
	}
	for _, f := range p.frozen() {
		if p.Released.IsZero() && c.changed(f) {
			return fmt.Errorf("%s has changed since it was put on the list; put it there again and sign again", f.ID)
		}
	}
	hash, _ := c.Hash(publication)
	if n := c.approvers(p, hash); n < 2 {
		return fmt.Errorf("two different people sign off, neither of them the only author, and %d did", n)
	}
	return nil
}

func (c *Case) changed(f Frozen) bool {
	hash, ok := c.Hash(f.ID)
	return !ok || hash != f.Hash
}

// approvers counts who signed a publication as it is. One refusal voids them all.
func (c *Case) approvers(p *Publication, hash string) int {
	var signed []string
	for _, s := range c.SignOffs {
		if s.Object != p.ID || s.ObjectHash != hash {
			continue
		}
		soleAuthor := people(p.Authors) == 1 && slices.ContainsFunc(p.Authors, func(a string) bool { return SamePerson(a, s.Person) })
		switch {
		case s.Decision == "refuse":
			return 0
		case s.Decision == "approve" && !soleAuthor:
			signed = append(signed, s.Person)
		}
	}
	return people(signed)
}

// frozen lists all that a publication lets out.
func (p *Publication) frozen() []Frozen {
	return slices.Concat(p.Claims, p.Documents, p.Estimates, p.Assessments, p.report())
}

// report is the report of a publication as it was signed, if it has one.
func (p *Publication) report() []Frozen {
	if p.Report == "" {
		return nil
	}
	return []Frozen{{ID: p.Report, Hash: p.ReportHash}}
}

// allowed checks I10: the list names nothing that must not be public.
func (k *checker) allowed(p *Publication) {
	for _, l := range k.c.Letters {
		if slices.ContainsFunc(p.frozen(), func(f Frozen) bool { return f.ID == l.ID || f.ID == l.Document }) {
			k.problem(I10, p.ID, "the original of a letter is on the list; publish a derivative of it")
		}
	}
	for _, s := range k.c.Sources {
		if slices.ContainsFunc(p.frozen(), func(f Frozen) bool { return f.ID == s.ID }) {
			k.problem(I10, p.ID, "a source is on the list")
		}
	}
	k.listed(p, p.Claims, "claim", idsOf(k.c.Claims, func(v Claim) string { return v.ID }))
	k.listed(p, p.Documents, "document", idsOf(k.c.Documents, func(v Document) string { return v.ID }))
	k.listed(p, p.Estimates, "estimate", idsOf(k.c.Estimates, func(v Estimate) string { return v.ID }))
	k.listed(p, p.Assessments, "assessment", idsOf(k.c.Assessments, func(v Assessment) string { return v.ID }))
	for _, f := range p.Claims {
		k.exposed(p, f.ID)
	}
	for _, f := range p.Estimates {
		if e := k.x.Estimate(f.ID); e != nil {
			k.exposed(p, e.Claim)
		}
	}
}

// listed checks that a list names things of its own kind: a claim under another
// name would pass by who could know it.
func (k *checker) listed(p *Publication, list []Frozen, kind string, ids []string) {
	if len(list) == 0 {
		return
	}
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	for _, f := range list {
		if !known[f.ID] {
			k.problem(I10, p.ID, "the list names %s, which cannot be published as %s or is not in the case", f.ID, Article(kind))
		}
	}
}

func (k *checker) exposed(p *Publication, claim string) {
	if c := k.x.Claim(claim); c != nil && k.x.Exposure(claim) == Exposures()[0] && !p.waived(claim) {
		k.problem(I10, p.ID, "at most ten people could know %s%s; two people have to waive it, with a reason", claim, inFamily(c))
	}
}

// inFamily says of a claim that few could know that its own answer is another.
func inFamily(c *Claim) string {
	if c.Exposure == Exposures()[0] {
		return ""
	}
	return ", because a claim of its family is so exposed"
}

func (p *Publication) waived(claim string) bool {
	return slices.ContainsFunc(p.Waivers, func(w Waiver) bool {
		return w.Claim == claim && w.Reason != "" && people(w.By) >= 2
	})
}

// Releasable reports whether a publication can go out: the log verifies (I13), it
// is approved (I9), and nothing is on it that must not be (I10). It gives all
// that is in the way.
func (c *Case) Releasable(publication string, log []Event) error {
	var errs []error
	if err := VerifyChain(log); err != nil {
		errs = append(errs, fmt.Errorf("%w (%s)", err, I13))
	}
	if err := c.Approved(publication); err != nil {
		errs = append(errs, fmt.Errorf("%w (%s)", err, I9))
	}
	for _, p := range c.Check() {
		if p.Object == publication && p.Rule == I10 {
			errs = append(errs, fmt.Errorf("%s (%s)", p.Says, p.Rule))
		}
	}
	return errors.Join(errs...)
}
