// SPDX-License-Identifier: Apache-2.0

package suggest

// widest is how many words the name of a speaker may have.
const widest = 8

// phraseOf is a run of tokens: from first to before end. Nothing is the zero.
type phraseOf struct{ first, end int }

func (f phraseOf) empty() bool { return f.end <= f.first }

// speakerLeft reads the subject that stands before a verb: “Anton Reiss, the
// director, said”. It does not look before token low.
func (r *reader) speakerLeft(verb, low int) phraseOf {
	end := verb
	for end > low && beside(r.p.fold(end-1)) {
		end--
	}
	if r.p.isMark(end-1, ",") {
		return r.beforeApposition(end-1, low)
	}
	first := r.walkLeft(end, low)
	return r.trimmed(phraseOf{first, end})
}

// beforeApposition steps over “, the director,”.
func (r *reader) beforeApposition(comma, low int) phraseOf {
	for i := comma - 1; i >= low && comma-i <= widest+2; i-- {
		if r.p.isMark(i, ",") {
			return r.trimmed(phraseOf{r.walkLeft(i, low), i})
		}
	}
	return phraseOf{}
}

func (r *reader) walkLeft(end, low int) int {
	first := end
	for n := 0; first > low && n < widest; n++ {
		before := first - 1
		switch {
		case r.isName(r.openOf[before]):
			first = max(low, r.openOf[before])
		case r.p.isMark(before, ".") && r.initial(before-1):
			first = before
		case r.p.isWord(before) && (!stopsLeft(r.p.fold(before)) || r.joinsNames(before)):
			first = before
		default:
			return first
		}
	}
	return first
}

// speakerRight reads the subject that follows: “said Anton Reiss on Monday”. It
// does not look at token high or behind it.
func (r *reader) speakerRight(after, high int) phraseOf {
	first := r.skipAddressee(after, high)
	end := first
	for n := 0; end < high && n < widest; n++ {
		switch {
		case r.closeOf[end] > 0 && r.isName(end):
			end = min(high, r.closeOf[end]+1)
		case r.p.isMark(end, ".") && r.initial(end-1) && end+1 < high && r.p.isWord(end+1):
			end++
		case r.p.isWord(end) && (!stopsRight(r.p.fold(end)) || r.joinsNames(end)):
			end++
		default:
			return r.trimmed(phraseOf{first, end})
		}
	}
	return r.trimmed(phraseOf{first, end})
}

// skipAddressee steps over “reporters on Monday”: whom and when, not who.
func (r *reader) skipAddressee(i, high int) int {
	for i < high {
		w := r.p.fold(i)
		switch {
		case addressee(w):
			i++
		case preposition(w) && i+1 < high && r.p.isWord(i+1):
			i += 2
		default:
			return i
		}
	}
	return i
}

// trimmed takes articles and what tells only when or where off the front.
func (r *reader) trimmed(f phraseOf) phraseOf {
	for !f.empty() {
		w := r.p.fold(f.first)
		switch {
		case preposition(w):
			f.first = min(f.end, f.first+2)
		case article(w) || beside(w):
			f.first++
		default:
			return f
		}
	}
	return phraseOf{}
}

func (r *reader) initial(i int) bool {
	return r.p.isWord(i) && r.p.tokens[i].upper && r.p.tokens[i].end-r.p.tokens[i].start == 1
}

// joinsNames is “and” between two names.
func (r *reader) joinsNames(i int) bool {
	switch r.p.fold(i) {
	case "and", "и", "і", "та":
		return r.p.isWord(i-1) && r.p.isWord(i+1) && r.p.tokens[i-1].upper && r.p.tokens[i+1].upper
	}
	return false
}

// longestName is how many words between marks may be the name of a paper.
const longestName = 5

// isName takes a short quotation with a capital for a name: «Северный берег».
func (r *reader) isName(open int) bool {
	if open < 0 || r.closeOf[open] < 0 {
		return false
	}
	end := r.closeOf[open]
	return end-open-1 <= longestName && r.p.isWord(open+1) && r.p.tokens[open+1].upper && r.p.isWord(end-1)
}

func pronoun(w string) bool {
	switch w {
	case "he", "she", "they", "i", "we", "it", "you", "он", "она", "они", "я", "мы", "оно", "він", "вона", "вони", "ми", "воно", "who", "кто", "хто":
		return true
	}
	return false
}

func article(w string) bool {
	switch w {
	case "the", "a", "an", "this", "these", "another", "эта", "этот", "ця", "цей":
		return true
	}
	return false
}

// beside is what may stand between a subject and its verb, or before it.
func beside(w string) bool {
	switch w {
	case "also", "later", "then", "has", "had", "have", "once", "even", "only", "still", "meanwhile", "yesterday", "today", "again",
		"также", "позже", "потом", "уже", "еще", "тоже", "затем", "вчера", "сегодня", "ранее", "тихо", "ж", "же", "ведь",
		"також", "пізніше", "потім", "вже", "ще", "теж", "учора", "вчора", "сьогодні", "раніше":
		return true
	}
	return false
}

func addressee(w string) bool {
	switch w {
	case "reporters", "journalists", "me", "us", "him", "her", "them", "lawmakers", "correspondents",
		"журналистам", "репортерам", "мне", "нам", "ему", "ей", "им", "журналістам", "мені", "йому", "їй", "їм":
		return true
	}
	return false
}

func preposition(w string) bool {
	switch w {
	case "in", "on", "at", "from", "after", "before", "during", "by", "with", "since", "under",
		"в", "во", "на", "с", "со", "у", "о", "об", "после", "до", "при", "через", "к", "ко", "из",
		"від", "після", "під", "про", "з", "із", "зі", "перед", "й":
		return true
	}
	return false
}

func stopsLeft(w string) bool {
	switch w {
	case "that", "what", "when", "while", "but", "and", "or", "because", "which", "who", "if", "as", "so", "where", "how", "than",
		"что", "когда", "но", "а", "и", "или", "который", "которая", "которые", "как", "если", "где", "чтобы",
		"що", "коли", "але", "і", "та", "або", "який", "яка", "які", "як", "якщо", "де", "щоб":
		return true
	}
	return slavicVerb(w)
}

// stopsRight is stopsLeft and the prepositions that do not belong to a name.
func stopsRight(w string) bool { return stopsLeft(w) || preposition(w) }
