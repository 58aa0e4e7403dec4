// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"fmt"
	"maps"
	"slices"
)

// byText uses the texts of documents: for passages that two share, and for words
// of an utterance that stand in the text of another document.
func (d *desk) byText() {
	joined := d.joined()
	for _, p := range Duplicates(d.texts) {
		if d.derived(p.A, p.B) || joined[[2]string{p.A, p.B}] || joined[[2]string{p.B, p.A}] {
			continue
		}
		d.out = append(d.out, Suggestion{
			Key: key(KindPassage, p.A, p.B), Kind: KindPassage, Strength: 0.8 * p.Strength, Shared: &p,
			Reason: fmt.Sprintf("documents %s and %s share a passage (%s), and no utterance leads from one to the other", p.A, p.B, p.Reason),
		})
	}
	d.wordsElsewhere()
}

// joined gives the pairs of documents between which a relay leads, through any
// number of hops.
func (d *desk) joined() map[[2]string]bool {
	out := make(map[[2]string]bool)
	for i := range d.says {
		from := d.says[i].u.Doc
		if _, ok := d.texts[from]; !ok {
			continue
		}
		for up := range d.above(i) {
			out[[2]string{from, d.says[up].u.Doc}] = true
		}
	}
	return out
}

// derived reports whether one document was made from the other, or both from a
// third.
func (d *desk) derived(a, b string) bool {
	p, q := d.x.Document(a), d.x.Document(b)
	if p == nil || q == nil {
		return false
	}
	return p.DerivativeOf == b || q.DerivativeOf == a || p.DerivativeOf != "" && p.DerivativeOf == q.DerivativeOf
}

// wordsElsewhere looks for utterances without anything above them whose words
// stand in an earlier document's text.
func (d *desk) wordsElsewhere() {
	var quotes []passage
	for i := range d.says {
		if s := &d.says[i]; s.u.Doc != "" && len(s.u.Relays) == 0 && len(s.words.words) >= leastQuotation {
			quotes = append(quotes, s.words)
		}
	}
	in := whereQuoted(quotes)
	shelf := newShelf(d.texts)
	for doc, id := range shelf.ids {
		hits := make(map[int]int)
		for _, h := range shelf.passages[doc].set {
			if len(in[h]) <= crowd {
				for _, q := range in[h] {
					hits[q]++
				}
			}
		}
		for _, q := range slices.Sorted(maps.Keys(hits)) {
			if n := hits[q]; n >= leastShared {
				d.elsewhere(quotes[q].doc, id, float64(n)/float64(len(quotes[q].set)))
			}
		}
	}
}

// leastElsewhere is how much of an utterance must stand in the other text: more
// than of a quotation, because nobody marked it as borrowed.
const leastElsewhere = 0.5

func (d *desk) elsewhere(i int, doc string, share float64) {
	u := d.says[i].u
	if doc == u.Doc || share < leastElsewhere || d.derived(doc, u.Doc) || d.later(doc, i) || d.leads[[2]string{u.ID, doc}] {
		return
	}
	h := Hop{From: u.ID, Document: doc}
	if k := d.x.Document(doc); k != nil {
		h.Speaker = k.Publisher
	}
	kind := KindRelay
	if u.Basis == "own_voice" {
		kind = KindOwnVoice
	}
	d.out = append(d.out, Suggestion{
		Key: key(kind, u.ID, doc), Kind: kind, Strength: 0.4 + 0.3*share, Hop: &h,
		Reason: fmt.Sprintf("%.0f %% of the runs of five words of %s stand in document %s as well", 100*share, d.cite(i), doc),
	})
}

// later reports whether a document certainly came after an utterance.
func (d *desk) later(doc string, i int) bool {
	k := d.x.Document(doc)
	return k != nil && d.says[i].u.At.Before(k.Published)
}
