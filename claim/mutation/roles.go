// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"slices"
	"strings"
)

// credit is somebody whom a statement names as having said it.
type credit struct {
	keys []string
	text string
	sure bool // every word is a name or in the lexicon, so that it can be known in another language
}

// deed is who does what to whom.
type deed struct {
	verb           string
	agent, patient []string // keys
	text           string
}

// readCredits reads “according to …”, “… said”, “сообщил …”.
func (r *reading) readCredits() {
	for i, t := range r.tokens {
		if t.is("accord") {
			r.credit(i+1, r.phraseEnd(i+1, 5))
		}
		if t.is("say") && (t.text != "reported" || i == 0 || !r.tokens[i-1].is("stop")) {
			r.readSayer(i)
		}
		if t.text == "reports" && i+1 < len(r.tokens) && (r.tokens[i+1].kind == aNumber || r.tokens[i+1].text == "that") {
			r.readSayer(i)
		}
	}
}

// readSayer takes who stands before the verb, and if nobody does, who stands behind it.
func (r *reading) readSayer(i int) {
	from := i
	for from > 0 && i-from < 6 && !r.ends(from-1) {
		from--
	}
	if i-from < 6 && r.credit(from, i) {
		return
	}
	if from == i || len(r.keysIn(from, i)) == 0 {
		r.credit(i+1, r.phraseEnd(i+1, 4))
	}
}

// ends tells whether a token closes a group of nouns.
func (r *reading) ends(i int) bool {
	t := r.tokens[i]
	return t.kind == aBreak || t.kind == aNumber || t.is("say") || t.is("accord") ||
		slices.Contains([]string{"that", "что", "що"}, t.text)
}

func (r *reading) phraseEnd(from, longest int) int {
	k := from
	for k < len(r.tokens) && k-from < longest && !r.ends(k) {
		k++
	}
	return k
}

// credit notes a speaker; offices and sources without a name say nothing.
func (r *reading) credit(from, to int) bool {
	keys := slices.DeleteFunc(r.keysIn(from, to), func(k string) bool {
		return strings.HasPrefix(k, "doc:") || slices.Contains([]string{"word:official", "word:source", "population:people", "word:journalist"}, k)
	})
	if len(keys) == 0 || len(keys) > 4 {
		return false
	}
	c := credit{keys: keys, sure: true}
	var words []string
	for _, t := range r.tokens[from:to] {
		words = append(words, t.raw)
		c.sure = c.sure && (len(t.concepts) > 0 || t.capital())
	}
	c.text = strings.Join(words, " ")
	r.credits = append(r.credits, c)
	return true
}

func (r *reading) keysIn(from, to int) []string {
	var out []string
	for k := from; k < to; k++ {
		if key := r.tokens[k].content(); key != "" && !r.dated[k] {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// readDeeds reads who does what to whom around the verbs of the lexicon.
func (r *reading) readDeeds() {
	for i, t := range r.tokens {
		verb, ok := t.name("deed")
		if !ok || r.isNoun(i) {
			continue
		}
		d := r.deedAt(i)
		d.verb = verb
		if len(d.agent) > 0 || len(d.patient) > 0 {
			r.deeds = append(r.deeds, d)
		}
	}
}

// isNoun keeps “the attack on” out.
func (r *reading) isNoun(i int) bool {
	return i > 0 && slices.Contains([]string{"the", "a", "an", "this", "that", "their", "his", "under", "of"}, r.tokens[i-1].text) ||
		i+1 < len(r.tokens) && slices.Contains([]string{"on", "against"}, r.tokens[i+1].text)
}

func (r *reading) deedAt(i int) deed {
	from, to := r.group(i)
	d := deed{text: r.words(from, to)}
	before, after := r.keysIn(from, i), r.keysIn(i+1, to)
	if r.cyrillic {
		d.agent, d.patient = r.byEndings(i, from, to, before, after)
		return d
	}
	if !r.passive(i) {
		d.agent, d.patient = before, after
		return d
	}
	d.patient = before
	if by := r.find(i, "by"); by > 0 {
		end := r.objectEnd(by + 1)
		d.agent, d.text = r.keysIn(by+1, end), r.words(from, end)
	}
	return d
}

// group bounds the nouns on both sides of a verb.
func (r *reading) group(i int) (from, to int) {
	from = i
	for from > 0 && i-from < 8 && !r.ends(from-1) {
		from--
	}
	return from, r.objectEnd(i + 1)
}

// objectEnd stops at the first preposition: “for the failure” is not the one blamed.
func (r *reading) objectEnd(from int) int {
	k := from
	for k < len(r.tokens) && k-from < 6 && !r.ends(k) && !slices.Contains([]string{
		"for", "in", "at", "with", "by", "from", "on", "of", "to", "and", "over", "after", "near",
		"в", "у", "за", "из", "на", "при", "и", "та", "і", "под", "через",
	}, r.tokens[k].text) {
		k++
	}
	return k
}

func (r *reading) words(from, to int) string {
	var out []string
	for _, t := range r.tokens[from:to] {
		out = append(out, t.raw)
	}
	return strings.Join(out, " ")
}

// passive looks for a form of “to be” shortly before the verb.
func (r *reading) passive(i int) bool {
	for k := i - 1; k >= max(0, i-3); k-- {
		if slices.Contains([]string{"is", "are", "was", "were", "been", "be", "being", "got"}, r.tokens[k].text) {
			return !strings.HasSuffix(r.tokens[i].text, "ing")
		}
	}
	return false
}

func (r *reading) find(i int, word string) int {
	for k := i + 1; k < min(len(r.tokens), i+8) && !r.ends(k); k++ {
		if r.tokens[k].text == word {
			return k
		}
	}
	return 0
}

// byEndings tells doer from done-to in Russian and Ukrainian, where the order is
// free: by the endings of declension, and by the order only where those are silent.
func (r *reading) byEndings(i, from, to int, before, after []string) (agent, patient []string) {
	if r.participle(i) {
		if r.cases(i+1, to) == instrumental {
			return after, before
		}
		if r.cases(from, i) == instrumental {
			return before, after
		}
		return nil, before
	}
	if first, second := r.cases(from, i), r.cases(i+1, to); second != accusative && (first == accusative || r.agreesWith(i, to)) {
		return after, before
	}
	return before, after
}

// agreesWith tells whether the verb agrees with the plural behind it and not with
// what stands before: “сенатора поддержали губернаторы”.
func (r *reading) agreesWith(i, to int) bool {
	many := func(k int) bool {
		return k >= 0 && k < to && (strings.HasSuffix(r.tokens[k].text, "ы") || strings.HasSuffix(r.tokens[k].text, "и"))
	}
	return strings.HasSuffix(r.tokens[i].text, "ли") && many(i+1) && !many(i-1)
}

// participle is задержан, обвинена, атаковано.
func (r *reading) participle(i int) bool {
	for _, e := range []string{"ан", "ана", "аны", "ано", "ен", "ена", "ены", "ено", "ені", "ані", "ений", "аний", "ят", "яты"} {
		if strings.HasSuffix(r.tokens[i].text, e) {
			return true
		}
	}
	return false
}

type grammatical byte

const (
	open grammatical = iota // the ending does not tell
	accusative
	instrumental
)

// cases reads the case of a group from its first telling word. Titles of men in
// -а are accusative or genitive; a feminine noun in -а may be the subject.
func (r *reading) cases(from, to int) grammatical {
	for k := from; k < to; k++ {
		t := r.tokens[k]
		if t.kind != aWord || t.is("stop") {
			continue
		}
		if g := r.caseOf(t); g != open {
			return g
		}
	}
	return open
}

func (r *reading) caseOf(t token) grammatical {
	ends := func(list ...string) bool {
		return slices.ContainsFunc(list, func(e string) bool { return strings.HasSuffix(t.text, e) })
	}
	switch {
	case ends("ом", "ем", "ым", "им", "ами", "ями", "ой", "ою", "ею", "ей") && len([]rune(t.text)) > 4:
		return instrumental
	case ends("ого", "его", "ова", "ева", "ина", "іна", "ов", "ів", "їв", "у", "ю"):
		return accusative
	case ends("а", "я") && manly(t):
		return accusative
	}
	return open
}

// manly are the offices whose names end in a consonant.
func manly(t token) bool {
	return slices.ContainsFunc(t.concepts, func(c concept) bool {
		return c.group == "word" && slices.Contains([]string{
			"minister", "president", "governor", "mayor", "commander", "colonel", "general", "prosecutor", "analyst", "journalist", "deputy", "senator", "director",
		}, c.name) || c.group == "population" && c.name != "militia" && c.name != "police"
	})
}

// swapped tells whether two statements of one deed trade the places of doer and
// done-to. That the doer merely changed is not enough.
func swapped(from, to deed) bool {
	if from.verb != to.verb || !overlap(to.agent, from.patient) || overlap(to.agent, from.agent) {
		return false
	}
	return len(to.patient) == 0 || overlap(to.patient, from.agent)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(k string) bool { return slices.Contains(b, k) })
}
