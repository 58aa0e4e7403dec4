// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/wording"
)

// Quoted would add an utterance that a document seems to report. The speaker is a
// guess, as written there.
type Quoted struct {
	Document string
	Attribution
}

// Texts is [Relays] for somebody who has texts of documents: beside what that
// proposes, who seems to be quoted in each of them, where the case has no such
// utterance, and rare numbers that two of them share.
func Texts(x *claim.Index, texts map[string]string) []Suggestion {
	d := relays(x, texts)
	d.bySharedNumber()
	d.byVoice()
	return d.open()
}

// byVoice proposes whom the texts quote. What the case has of a document already,
// in the same words, is not proposed again.
func (d *desk) byVoice() {
	had := make(map[string][]string)
	for i := range d.says {
		u := d.says[i].u
		had[u.Doc] = append(had[u.Doc], plain(d.x.Words(u)))
	}
	for _, doc := range slices.Sorted(maps.Keys(d.texts)) {
		for _, a := range Attributions(d.texts[doc]) {
			words := plain(a.Content.Exact)
			if words == "" || slices.ContainsFunc(had[doc], func(s string) bool { return within(words, s) || within(s, words) }) {
				continue
			}
			d.out = append(d.out, Suggestion{
				Key: key(KindQuoted, doc, hashed(words)), Kind: KindQuoted, Strength: a.Strength, Quoted: &Quoted{doc, a},
				Reason: fmt.Sprintf("in document %s %s seems to say “%s”: %s", doc, speakerOf(a), shortened(a.Content.Exact), a.Reason),
			})
		}
	}
}

// within reports whether words stand in others, from word to word.
func within(words, others string) bool {
	return words != "" && strings.Contains(" "+others+" ", " "+words+" ")
}

func speakerOf(a Attribution) string {
	switch {
	case a.Speaker.Text == "":
		return "somebody who is not found"
	case a.Pronoun:
		return a.Speaker.Text + " (whoever that is)"
	}
	return a.Speaker.Text
}

// plain gives the words of a text, as they are compared.
func plain(text string) string {
	var out []string
	for _, t := range readPage(text).tokens {
		if t.kind == isWord {
			out = append(out, t.fold)
		}
	}
	return strings.Join(out, " ")
}

// hashed names words in a key: it ends when they are edited.
func hashed(words string) string {
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:8])
}

// mostShown is how many code points of a passage a reason shows.
const mostShown = 120

func shortened(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > mostShown {
		return string(runes[:mostShown]) + "…"
	}
	return string(runes)
}

// mostSharing is in how many documents a number may stand to be rare between texts.
const mostSharing = 3

// bySharedNumber proposes pairs of texts with a number that hardly any other has,
// unless a passage of both is proposed, or a relay leads from one to the other.
func (d *desk) bySharedNumber() {
	known := d.joined()
	for _, s := range d.out {
		if s.Kind == KindPassage {
			known[[2]string{s.Shared.A, s.Shared.B}] = true
		}
	}
	in := make(map[value][]string)
	for _, doc := range slices.Sorted(maps.Keys(d.texts)) {
		for _, v := range telling(d.texts[doc]) {
			if list := in[v]; len(list) == 0 || list[len(list)-1] != doc {
				in[v] = append(in[v], doc)
			}
		}
	}
	for v, docs := range in {
		if d.df[v] > mostSharing {
			continue
		}
		for i, a := range docs {
			for _, b := range docs[i+1:] {
				if known[[2]string{a, b}] || known[[2]string{b, a}] || d.derived(a, b) {
					continue
				}
				d.out = append(d.out, Suggestion{
					Key: key(KindNumber, a, b, wording.Write(v.low)+"-"+wording.Write(v.high)), Kind: KindNumber, Strength: 0.4,
					Reason: fmt.Sprintf("documents %s and %s both have %s, which stands in %d of %d documents, and no utterance leads from one to the other", a, b, v, d.df[v], d.docs),
				})
			}
		}
	}
}
