// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"slices"

	"tamizdat/internal/disjoint"
)

// Origins says how many independent origins stand behind a claim, whatever the
// number of documents that repeat it. The count has two ends, because what ties
// two speakers together is often only suspected.
type Origins struct {
	Claim     string // the head of its family; all variants count as one
	Documents int    // in which a claim of the family stands
	Roots     []Root // utterances that repeat nobody, earliest first
	Ties      []Tie  // what makes Min smaller than the number of roots
	Min, Max  int    // 0 and 0 where nobody says it
	// Effective is n²/Σρ over the pairs of the n roots: ρ is 1 for a root with
	// itself and else by the ties, see [TieKind.Rho]. It stands beside the range and
	// never in its place; it can lie above it, because two letters of one hand are
	// more than one letter. 0 where nobody says it.
	Effective float64
	Sentence  string // the count explained
}

// Root is where a claim enters, as far as the case knows.
type Root struct {
	Utterance       string
	Speaker         string
	UpstreamUnknown bool // it had the claim from somebody who is not named, or is not in the case
}

// TieKind says why two roots may be one.
type TieKind string

// The ties. Only [TieSpeaker] lowers the upper end.
const (
	TieSpeaker  TieKind = "same speaker"
	TieSame     TieKind = "possibly the same person"
	TieCredits  TieKind = "both credit the same party"
	TieHolder   TieKind = "same organisation, or the same holder of the material"
	TieUnknown  TieKind = "where it was heard is not known"
	TieInformed TieKind = "one knew what the other said"
	TieCommon   TieKind = "both knew what a third said"
)

// Rho is the correlation that a tie stands for in [Origins.Effective]. The
// values are a convention of the house, not a measurement.
func (k TieKind) Rho() float64 {
	switch k {
	case TieSpeaker, TieSame, TieCredits:
		return 0.7
	case TieHolder, TieUnknown:
		return 0.5
	case TieInformed, TieCommon:
		return 0.3
	}
	return 0
}

// joins reports whether the tie lowers the lower end.
func (k TieKind) joins() bool { return k != TieHolder }

// Tie binds two roots, by their places in [Origins.Roots]. By is what they share:
// a party for TieCredits and TieHolder, an utterance for TieCommon.
type Tie struct {
	A, B int
	Kind TieKind
	By   string
}

// Origins counts the origins of the family of a claim. A speaker who denies the
// claim or asks about it is no origin of it.
//
// The upper end takes roots apart unless their speaker is the same. The lower
// end also joins roots that may be the same person, that credit the same party,
// of which one knew what the other said, or that both knew what a third said;
// and it joins a root that had the claim from somebody unknown to the earliest
// whose origin is known.
func (x *Index) Origins(claim string) Origins {
	k, known := x.graph.familyOf[claim]
	if !known {
		return Origins{Claim: claim, Sentence: x.explain(Origins{Claim: claim})}
	}
	f := &x.graph.families[k]
	if f.counted != nil {
		return *f.counted
	}
	o := Origins{Claim: f.head}
	saying := x.asserting(f.sayers)
	o.Documents = len(x.documentsOf(saying))
	o.Roots = x.roots(k, saying)
	o.Ties = x.ties(o.Roots)
	o.count()
	o.Sentence = x.explain(o)
	f.counted = &o
	return o
}

// asserting lists those of the utterances that stand by what they say.
func (x *Index) asserting(sayers []int) []int {
	out := make([]int, 0, len(sayers))
	for _, i := range sayers {
		if m := x.Case.Utterances[i].Mode; m != "denies" && m != "asks" {
			out = append(out, i)
		}
	}
	return out
}

// DocumentsOf lists the documents in which a claim of the family of one stands and
// is stood by: those that [Origins.Documents] counts. Some may be letters that
// nobody but the desk knows of.
func (x *Index) DocumentsOf(claim string) []string {
	return x.documentsOf(x.asserting(x.graph.sayers(claim)))
}

func (x *Index) documentsOf(saying []int) []string {
	docs := make([]string, 0, len(saying))
	for _, i := range saying {
		if d := x.Case.Utterances[i].Doc; d != "" {
			docs = append(docs, d)
		}
	}
	slices.Sort(docs)
	return slices.Compact(docs)
}

// roots picks the utterances that repeat none of the same family. In a ring of
// relays, which I1 forbids, the earliest stands for the ring.
func (x *Index) roots(family int, saying []int) []Root {
	var found []int
	for _, i := range saying {
		if !x.repeats(i, family) {
			found = append(found, i)
		}
	}
	if len(found) == 0 && len(saying) > 0 {
		found = []int{slices.MinFunc(saying, x.earlier)}
	}
	slices.SortStableFunc(found, x.earlier)
	roots := make([]Root, len(found))
	for k, i := range found {
		u := &x.Case.Utterances[i]
		roots[k] = Root{Utterance: u.ID, Speaker: u.Speaker, UpstreamUnknown: u.UpstreamUnknown || x.graph.nodes[i].lost}
	}
	return roots
}

func (x *Index) repeats(i, family int) bool {
	return slices.ContainsFunc(x.graph.nodes[i].relays, func(up int) bool { return x.graph.says(up, family) })
}

// earlier orders utterances by their first possible day; undated ones come last.
func (x *Index) earlier(a, b int) int {
	return cmp.Compare(x.firstDay(a), x.firstDay(b))
}

func (x *Index) firstDay(i int) Day {
	at := x.Case.Utterances[i].At
	if at.IsZero() {
		return lastDay + 1
	}
	return at.earliest
}

// count fills the numbers from roots and ties.
func (o *Origins) count() {
	if len(o.Roots) == 0 {
		return
	}
	o.Max = o.joined(func(k TieKind) bool { return k == TieSpeaker }).Number()
	o.Min = o.joined(TieKind.joins).Number()
	o.Effective = o.effective()
}

// joined puts the roots together that ties of some kinds hold.
func (o *Origins) joined(by func(TieKind) bool) disjoint.Sets {
	s := disjoint.New(len(o.Roots))
	for _, t := range o.Ties {
		if by(t.Kind) {
			s.Join(t.A, t.B)
		}
	}
	return s
}

// MinWithout is Min without some of the roots. Those that are left and hang
// together only through one that is not still count once.
func (o Origins) MinWithout(out func(Root) bool) int {
	lower, left := o.joined(TieKind.joins), map[int]bool{}
	for i, r := range o.Roots {
		if !out(r) {
			left[lower.Top(i)] = true
		}
	}
	return len(left)
}

// effective takes for ρ of two roots the weakest tie on the strongest chain that
// leads from one to the other (single linkage). So it can be computed from the
// sizes of the groups that hold together at each strength.
func (o *Origins) effective() float64 {
	n := len(o.Roots)
	groups, stronger := disjoint.New(n), 0
	sum := float64(n)
	for _, rho := range [...]float64{0.7, 0.5, 0.3} {
		for _, t := range o.Ties {
			if t.Kind.Rho() == rho {
				groups.Join(t.A, t.B)
			}
		}
		pairs := groups.Pairs()
		sum += rho * float64(pairs-stronger)
		stronger = pairs
	}
	return float64(n) * float64(n) / sum
}
