// SPDX-License-Identifier: Apache-2.0

// Package exchange decides what of a case may leave the newsroom. Call [Public]
// for the copy that every export is made of, and [Withheld] for what is not in
// it and why; the formats stand in the packages below this one.
//
// The copy is built from an empty case, field by field: what nobody has thought
// of here is not in it. It holds no source and no letter, no note, no name of a
// colleague, no draft, no words of a letter and no day of one, nor a claim that
// few could know, unless two people have waived that ([claim.Waiver]; to check
// that is the caller's duty).
//
// It refuses to guess. A sentence that tells who wrote it passes: no program
// reads for that, and the person who signs must.
package exchange

import (
	"cmp"
	"slices"
	"strings"

	"tamizdat/claim"
)

// Withholding says what was kept back, and why. The ids are for the desk.
type Withholding struct {
	Kind string
	ID   string
	Why  string
}

// Public gives the copy of a case that may leave. Waived are the ids of claims
// that may leave although few could know them.
//
// How many origins a claim has must be counted on the case itself: the copy does
// not say which unnamed people may be one, so that its counts can be too high.
func Public(c claim.Case, waived ...string) claim.Case {
	return newCopier(&c, waived).copy()
}

// Withheld lists what [Public] leaves out of the lists that it copies. Sources,
// letters, reports, sign-offs and decisions never leave, and are not listed.
func Withheld(c claim.Case, waived ...string) []Withholding {
	k := newCopier(&c, waived)
	k.copy()
	return k.withheld
}

// Unanswered lists the claims of the copy that a source says, and of which nobody
// has said how many could know them.
func Unanswered(c claim.Case, waived ...string) []string {
	k := newCopier(&c, waived)
	bySource := map[string]bool{}
	for _, u := range c.Utterances {
		for _, id := range u.Claims {
			bySource[id] = bySource[id] || k.said[u.ID]
		}
	}
	var out []string
	for _, v := range k.copy().Claims {
		if bySource[v.ID] && k.exposure[v.ID] == "" {
			out = append(out, v.ID)
		}
	}
	return out
}

// copier makes one copy.
type copier struct {
	from   *claim.Case
	to     claim.Case
	waived map[string]bool
	privacy
	secrets  secrets
	exposure map[string]string
	kept     map[string]map[string]bool // by kind, ids in the copy
	withheld []Withholding
}

func newCopier(c *claim.Case, waived []string) *copier {
	k := &copier{from: c, waived: map[string]bool{}, kept: map[string]map[string]bool{}}
	for _, id := range waived {
		k.waived[id] = true
	}
	k.privacy = privacyOf(c)
	k.secrets = secretsOf(c)
	k.exposure = exposures(c)
	return k
}

// copy goes from what is named to what names it, so that a reference to
// something that stays behind is never made.
func (k *copier) copy() claim.Case {
	k.to = claim.Case{Case: "public copy"}
	k.parties()
	k.documents()
	k.spans()
	k.claims()
	k.utterances()
	k.measures()
	k.evidence()
	k.board()
	k.printed()
	k.mix()
	return k.to
}

// mix orders things by their ids, which are random: the order in which they were
// entered tells between which newspapers a letter came.
func (k *copier) mix() {
	byID(k.to.Parties, func(v claim.Party) string { return v.ID })
	byID(k.to.Documents, func(v claim.Document) string { return v.ID })
	byID(k.to.Spans, func(v claim.Span) string { return v.ID })
	byID(k.to.Claims, func(v claim.Claim) string { return v.ID })
	byID(k.to.Utterances, func(v claim.Utterance) string { return v.ID })
	byID(k.to.Measurands, func(v claim.Measurand) string { return v.ID })
	byID(k.to.Estimates, func(v claim.Estimate) string { return v.ID })
	byID(k.to.Evidence, func(v claim.Evidence) string { return v.ID })
}

// byID puts shorter ids first, so that C10 comes after C9.
func byID[T any](list []T, id func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Or(len(id(a))-len(id(b)), strings.Compare(id(a), id(b))) })
}

// keep notes that a thing is in the copy.
func (k *copier) keep(kind, id string) {
	if k.kept[kind] == nil {
		k.kept[kind] = map[string]bool{}
	}
	k.kept[kind][id] = true
}

func (k *copier) withhold(kind, id, why string) {
	k.withheld = append(k.withheld, Withholding{kind, id, why})
}

// only gives the reference if what it names is in the copy.
func (k *copier) only(kind, id string) string {
	if k.kept[kind][id] {
		return id
	}
	return ""
}

func (k *copier) all(kind string, ids []string) []string {
	var out []string
	for _, id := range ids {
		if k.kept[kind][id] {
			out = append(out, id)
		}
	}
	return out
}

// offer adds a copied thing to its list unless it holds a secret. It is the one
// door through which things get into the copy.
func offer[T any](k *copier, kind, id string, list *[]T, v T) {
	if k.secrets.in(v) {
		k.withhold(kind, id, "it names a source or a letter")
		return
	}
	*list = append(*list, v)
	k.keep(kind, id)
}

// letterDocuments are the documents that hold a letter or that a hidden party
// made, and what was made of them: translations, transcriptions, redactions.
func letterDocuments(c *claim.Case, hidden map[string]bool) map[string]bool {
	set := map[string]bool{}
	for _, id := range c.Hidden().Letters { // once a letter, always a letter
		set[id] = true
	}
	for _, l := range c.Letters {
		set[l.Document] = true
	}
	for _, d := range c.Documents {
		if d.Kind == "letter" || hidden[d.Publisher] {
			set[d.ID] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, d := range c.Documents {
			if set[d.DerivativeOf] && !set[d.ID] {
				set[d.ID], grown = true, true
			}
		}
	}
	delete(set, "")
	return set
}

// hiddenParties are those as whom a source speaks, and unnamed people who speak
// in a letter: their labels may be a pseudonym, and what is known of them is
// the desk's.
func hiddenParties(c *claim.Case, letters map[string]bool) map[string]bool {
	hidden, pseudonyms := map[string]bool{}, map[string]bool{}
	for _, s := range c.Sources {
		hidden[s.Party] = true
		pseudonyms[folded(s.Pseudonym)] = true
	}
	writers := map[string]bool{}
	for _, d := range c.Documents {
		writers[d.Publisher] = writers[d.Publisher] || letters[d.ID] && d.DerivativeOf == ""
	}
	for _, u := range c.Utterances {
		writers[u.Speaker] = writers[u.Speaker] || letters[u.Doc]
	}
	for _, p := range c.Parties {
		if pseudonyms[folded(p.Label)] || writers[p.ID] && unnamed(p.Kind) {
			hidden[p.ID] = true
		}
	}
	delete(hidden, "")
	return hidden
}

func unnamed(kind string) bool {
	return slices.Contains([]string{"unnamed_official", "unnamed_person", "unnamed_group"}, kind)
}

// exposures gives for each claim how many could know it ([claim.Index.Exposure]).
// A variant of which nobody has said it is taken to be as exposed as what it
// varies.
func exposures(c *claim.Case) map[string]string {
	x := claim.NewIndex(c)
	out := make(map[string]string, len(c.Claims))
	for _, v := range c.Claims {
		at := &v
		for range len(c.Claims) { // a ring of variants ends too
			above := x.Claim(at.VariantOf)
			if x.Exposure(at.ID) != "" || above == nil {
				break
			}
			at = above
		}
		out[v.ID] = x.Exposure(at.ID)
	}
	return out
}
