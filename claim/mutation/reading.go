// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"tamizdat/claim/wording"
)

// reading is what the rules see in one statement.
type reading struct {
	text       string
	tokens     []token
	dated      []bool // tokens that belong to dates
	keys       []string
	counts     []quantity
	dates      []when
	credits    []credit
	deeds      []deed
	certainty  string // possible, probable …; empty where it is stated flatly
	condition  bool
	negated    bool
	weak       bool     // a word such as refuse or fail, which denies without “not”
	amount     string   // all, most, some, none; empty where none is said
	upheavals  []string // sorted
	places     []string // sorted; where it happens
	measurands []string // sorted
	cyrillic   bool
}

// maxOfEach is how many numbers, dates, speakers and deeds of one statement are
// compared: each is compared with each of the other statement.
const maxOfEach = 16

func first[T any](list []T) []T { return list[:min(len(list), maxOfEach)] }

func (l *lexicon) read(text string) *reading {
	r := &reading{text: text, tokens: l.tokenize(text)}
	r.dated = make([]bool, len(r.tokens))
	r.cyrillic = strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Cyrillic, c) })
	r.readDates()
	r.dates = first(r.dates)
	r.counts = first(r.quantities())
	r.readCredits()
	r.credits = first(r.credits)
	r.readDeeds()
	r.deeds = first(r.deeds)
	r.readCertainty()
	r.readAmount()
	r.readPlaces()
	r.upheavals = r.names("upheaval")
	r.measurands = r.names("measurand")
	r.keys = r.content()
	return r
}

func (r *reading) names(group string) []string {
	var out []string
	for _, t := range r.tokens {
		if name, ok := t.name(group); ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *reading) has(group string) bool {
	return slices.ContainsFunc(r.tokens, func(t token) bool { return t.is(group) })
}

// content gives what the statement is about, by keys that are alike across the
// languages: concepts, numbers, and of other words the consonants.
func (r *reading) content() []string {
	var out []string
	for i, t := range r.tokens {
		if k := t.content(); k != "" && !r.dated[i] {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// content is empty for words that say how and not what.
func (t token) content() string {
	switch {
	case t.kind == aNumber:
		return "#" + t.text
	case t.kind != aWord || t.part.Kind == wording.Scale:
		return ""
	case t.counts():
		return "number:" + strconv.FormatFloat(t.part.Value, 'f', -1, 64)
	}
	if len(t.concepts) == 0 {
		return skeleton(t.text)
	}
	c := t.concepts[0]
	how := []string{"stop", "approx", "quant", "modal", "condition", "say", "accord", "negation"}
	if slices.Contains(how, c.group) && c.name != "possible" { // a risk is also a matter
		return ""
	}
	return c.key()
}

// skeleton spells a word so that it is found again in the other alphabet and in
// another case of its declension: without its ending, in Latin consonants. Short
// words keep their vowels.
func skeleton(word string) string {
	latin := transliterate(stem(word))
	var b strings.Builder
	for _, c := range latin {
		if !strings.ContainsRune("aeiouyj'", c) {
			b.WriteRune(c)
		}
	}
	if b.Len() >= 3 {
		return b.String()
	}
	return latin
}

// stem cuts the commonest endings off. It is crude on purpose: it serves only to
// see that two words may be one.
func stem(word string) string {
	endings := []string{"ing", "ed", "es", "s"}
	if strings.ContainsFunc(word, func(c rune) bool { return unicode.Is(unicode.Cyrillic, c) }) {
		endings = []string{
			"ского", "ському", "ского", "ого", "ему", "ому", "ыми", "ими", "ами", "ями", "иями", "ах", "ях", "ов", "ев", "ів", "їв", "ей", "ом", "ем", "ем", "ою", "ею", "ой", "ый", "ий", "ой", "им", "ым", "их", "ых",
			"ая", "яя", "ое", "ее", "ые", "ие", "ую", "юю", "а", "я", "о", "е", "у", "ю", "ы", "и", "і", "ї", "ь", "й", "є",
		}
	}
	for _, e := range endings {
		if rest, ok := strings.CutSuffix(word, e); ok && len([]rune(rest)) >= 3 {
			return rest
		}
	}
	return word
}

func transliterate(word string) string {
	var b strings.Builder
	for _, c := range word {
		if c < 0x80 {
			b.WriteRune(c)
			continue
		}
		b.WriteString(latin(c))
	}
	return strings.NewReplacer("kh", "h", "ck", "k", "c", "k", "w", "v", "ph", "f", "x", "ks", "q", "k").Replace(b.String())
}

func latin(c rune) string {
	const from = "абвгґдезийклмнопрстуфыэіїє"
	const to = "abvggdeziiklmnoprstufieiie"
	if i := strings.IndexRune(from, c); i >= 0 {
		return string(to[len([]rune(from[:i]))])
	}
	switch c {
	case 'ж':
		return "zh"
	case 'х':
		return "h"
	case 'ц':
		return "ts"
	case 'ч':
		return "ch"
	case 'ш':
		return "sh"
	case 'щ':
		return "shch"
	case 'ю':
		return "yu"
	case 'я':
		return "ya"
	}
	return ""
}

// readCertainty reads how sure the statement is of what it says. The least sure
// word counts; “risk” and “chance” are such words.
func (r *reading) readCertainty() {
	for i, t := range r.tokens {
		if name, ok := t.name("modal"); ok && !r.dated[i] && weaker(name, r.certainty) {
			r.certainty = name
		}
		if name, ok := t.name("negation"); ok {
			r.negated = r.negated || name == "no"
			r.weak = r.weak || name == "weak"
		}
		r.condition = r.condition || t.is("condition") || r.everyThat(i)
	}
}

func weaker(a, b string) bool {
	order := []string{"", "planned", "probable", "possible", "unlikely", "alleged"}
	return slices.Index(order, a) > slices.Index(order, b)
}

// everyThat reads “for every week that the war continues” as the condition it is.
func (r *reading) everyThat(i int) bool {
	if r.tokens[i].text != "every" && r.tokens[i].text != "each" {
		return false
	}
	for k := i + 1; k < min(i+5, len(r.tokens)-1); k++ {
		if r.tokens[k].text == "that" && r.tokens[k-1].is("unit") {
			return !slices.ContainsFunc(r.tokens[k:], func(t token) bool { return strings.HasPrefix(t.text, "pass") || t.text == "goes" })
		}
	}
	return false
}

// readAmount reads how many of them it speaks of. “Every week” is about time,
// and “all-time” about nothing.
func (r *reading) readAmount() {
	for i, t := range r.tokens {
		name, ok := t.name("quant")
		if !ok || i+1 < len(r.tokens) && (r.tokens[i+1].is("unit") || r.tokens[i+1].text == "time") {
			continue
		}
		if i > 0 && slices.Contains([]string{"at", "after", "above", "of", "прежде", "после"}, r.tokens[i-1].text) && name == "all" {
			continue
		}
		if r.amount == "" {
			r.amount = name
		}
	}
}

// readPlaces takes the towns and countries in which it happens: after “in”, not
// before “said”.
func (r *reading) readPlaces() {
	for i, t := range r.tokens {
		if i == 0 || !slices.Contains([]string{"in", "near", "around", "across", "throughout", "outside", "at", "в", "у", "под", "под", "біля", "возле", "около", "під", "на", "по"}, r.tokens[i-1].text) {
			continue
		}
		if name, ok := t.name("place"); ok {
			r.places = append(r.places, name)
		} else if name, ok := t.name("nation"); ok {
			r.places = append(r.places, name)
		}
	}
	slices.Sort(r.places)
	r.places = slices.Compact(r.places)
}
