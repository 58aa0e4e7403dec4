// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"slices"
	"strings"
)

// Count gives the range in words: “1–2 origins”, “1 origin”, “no origin”.
func (o Origins) Count() string {
	switch {
	case o.Max == 0:
		return "no origin"
	case o.Min == o.Max && o.Max == 1:
		return "1 origin"
	case o.Min == o.Max:
		return fmt.Sprintf("%d origins", o.Max)
	}
	return fmt.Sprintf("%d–%d origins", o.Min, o.Max)
}

// most is how many roots are told one by one.
const most = 4

// explain says in a sentence or two where the claim comes from.
func (x *Index) explain(o Origins) string {
	if len(o.Roots) == 0 {
		return "nobody says this in the case"
	}
	var b strings.Builder
	b.WriteString(leads(o.Documents))
	var lead, tied []string
	ties := o.earlierTies()
	for i := range o.Roots {
		t, ok := ties[i]
		if ok {
			tied = append(tied, x.tiedAs(o, i, t))
		}
		if !ok || t.Kind == TieUnknown && !o.Roots[i].UpstreamUnknown {
			lead = append(lead, x.rootAs(o.Roots[i]))
		}
	}
	b.WriteString(listed(lead))
	for _, t := range firstOf(tied) {
		b.WriteString("; " + t)
	}
	return b.String()
}

func leads(documents int) string {
	switch documents {
	case 0:
		return "this leads to "
	case 1:
		return "one document leads to "
	}
	return fmt.Sprintf("%d documents lead to ", documents)
}

// earlierTies gives, by root, the strongest tie to the earliest root that lowers a
// count.
func (o Origins) earlierTies() map[int]Tie {
	ties := make(map[int]Tie, len(o.Roots))
	for _, t := range o.Ties {
		if _, ok := ties[t.B]; !ok && t.Kind.joins() {
			ties[t.B] = t
		}
	}
	return ties
}

// rootAs names a root: “the letter of …”, “what … said on …”.
func (x *Index) rootAs(r Root) string {
	u := x.Utterance(r.Utterance)
	if d := x.documents[u.Doc]; d != nil && d.Kind == "letter" {
		if d.Title != "" {
			return d.Title
		}
		return "the letter of " + x.Name(r.Speaker)
	}
	what := "what " + x.Name(r.Speaker) + " said"
	if !u.At.IsZero() {
		what += " on " + u.At.String()
	}
	return what
}

// tiedAs says why a root may be no origin of its own.
func (x *Index) tiedAs(o Origins, i int, t Tie) string {
	r, earlier := o.Roots[i], o.Roots[t.A]
	name := x.Name(r.Speaker)
	switch t.Kind {
	case TieSpeaker:
		return "one is " + x.Name(r.Speaker) + " again"
	case TieSame:
		return fmt.Sprintf("%s and %s may be the same person", name, x.Name(earlier.Speaker))
	case TieCredits:
		return fmt.Sprintf("%s and %s go back to %s", name, x.Name(earlier.Speaker), x.Name(t.By))
	case TieUnknown:
		return "where " + x.unsourced(o, i) + " had it from is not known"
	case TieCommon:
		return fmt.Sprintf("%s and %s both knew what %s said", name, x.Name(earlier.Speaker), x.speakerOf(t.By))
	}
	return x.informedAs(r, earlier)
}

// unsourced names whom [TieUnknown] is about: the root itself, or where that one's
// origin is known, those before it, which are tied to it because theirs is not.
func (x *Index) unsourced(o Origins, i int) string {
	if o.Roots[i].UpstreamUnknown {
		return x.Name(o.Roots[i].Speaker)
	}
	var names []string
	for _, r := range o.Roots[:i] {
		if name := x.Name(r.Speaker); r.UpstreamUnknown && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}

// informedAs tells an inference of one's own from mere knowledge. The tie has no
// direction, so it looks for who of the two could have known.
func (x *Index) informedAs(r, earlier Root) string {
	if x.Utterance(r.Utterance).Basis == "inferred" {
		return "one is " + x.Name(r.Speaker) + "'s own inference after reading it"
	}
	return x.Name(r.Speaker) + " knew what " + x.Name(earlier.Speaker) + " said"
}

func (x *Index) speakerOf(utterance string) string {
	if u := x.Utterance(utterance); u != nil {
		return x.Name(u.Speaker)
	}
	return utterance
}

func listed(parts []string) string {
	rest := len(parts) - most
	parts = firstOf(parts)
	if rest > 0 {
		parts = append(parts, fmt.Sprintf("%d more", rest))
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and to " + parts[len(parts)-1]
}

func firstOf(parts []string) []string { return append([]string(nil), parts[:min(len(parts), most)]...) }
