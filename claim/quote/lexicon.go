// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"strings"
	"unicode"

	"tamizdat/claim/wording"
)

// The word lists of this file are of English, Russian and Ukrainian, in the
// form that [plain] gives. They decide what a difference is called and whether
// words are too common to tell; they never decide whether words are the same.

// negates tells words that turn a sentence round.
func negates(w string) bool {
	switch w {
	case "not", "no", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "cannot", "hardly", "unable", "denied", "denies", "refused",
		"не", "ни", "нет", "нету", "никто", "никого", "никогда", "ничего", "ничто", "нигде", "никак", "никакой", "никаких", "нельзя", "без", "невозможно", "вряд", "едва",
		"ні", "немає", "нема", "ніхто", "нікого", "ніколи", "нічого", "ніщо", "ніде", "ніяк", "жоден", "жодного", "неможливо", "навряд":
		return true
	}
	return strings.HasSuffix(w, "n't")
}

// hedges tells words that say how sure, how likely or how binding something is.
func hedges(w string) bool {
	switch w {
	case "may", "might", "can", "could", "would", "should", "must", "shall", "will", "ought", "perhaps", "maybe", "possibly", "possible", "probably", "probable",
		"likely", "unlikely", "certainly", "certain", "surely", "allegedly", "reportedly", "apparently", "supposedly", "presumably", "definitely", "undoubtedly", "always", "sometimes", "usually", "rarely", "if", "about", "almost", "nearly", "roughly", "least", "only",
		"может", "могут", "мог", "могла", "могли", "можно", "должен", "должна", "должны", "должно", "возможно", "вероятно", "наверное", "наверно", "кажется", "якобы", "видимо", "похоже", "пожалуй", "бы", "несомненно", "точно", "обязательно", "всегда", "иногда", "обычно", "редко", "если", "около", "почти", "примерно", "только", "лишь", "будет", "будут",
		"може", "можуть", "міг", "могло", "повинен", "повинна", "повинні", "можливо", "імовірно", "ймовірно", "мабуть", "здається", "нібито", "начебто", "певно", "б", "би", "завжди", "іноді", "зазвичай", "рідко", "якщо", "близько", "майже", "приблизно", "лише", "тільки", "буде", "будуть":
		return true
	}
	return false
}

// common tells words so frequent that they show nothing about where a passage
// comes from.
func common(w string) bool {
	switch w {
	case "the", "a", "an", "and", "or", "but", "of", "to", "in", "on", "at", "by", "for", "with", "from", "as", "into", "than", "then", "so", "that", "this", "these", "those", "there", "here", "it", "its", "is", "are", "was", "were", "be", "been", "being", "am", "has", "have", "had", "do", "does", "did", "he", "she", "they", "we", "you", "i", "him", "her", "them", "us", "me", "his", "their", "our", "your", "my", "who", "whom", "which", "what", "when", "where", "why", "how", "all", "any", "some", "one", "two", "out", "up", "down", "over", "after", "before", "about", "more", "most", "very", "just", "also", "only", "even", "if", "because", "while", "time", "people", "now", "not", "no", "will", "would", "can", "could", "said", "says", "end", "same", "other", "it's", "don't",
		"и", "а", "но", "или", "в", "во", "на", "с", "со", "к", "ко", "у", "о", "об", "от", "до", "из", "за", "по", "под", "над", "при", "про", "для", "без", "не", "ни", "что", "чтобы", "как", "так", "это", "этот", "эта", "эти", "этого", "этом", "этой", "тот", "та", "то", "те", "того", "том", "той", "тех", "я", "мы", "ты", "вы", "он", "она", "оно", "они", "его", "ее", "их", "им", "ему", "ей", "нас", "нам", "вас", "вам", "меня", "мне", "себя", "свои", "свой", "был", "была", "было", "были", "быть", "есть", "бы", "же", "ли", "уже", "еще", "только", "все", "всех", "всего", "там", "здесь", "тут", "когда", "где", "кто", "если", "потому", "тоже", "также", "самом", "деле", "может", "очень", "сказал", "сказала", "нет", "да", "который", "которые", "которая",
		"і", "й", "або", "але", "з", "із", "зі", "від", "під", "що", "щоб", "як", "це", "цей", "ця", "ці", "ті", "ми", "ти", "ви", "він", "вона", "воно", "вони", "його", "її", "їх", "їм", "йому", "був", "була", "було", "були", "бути", "є", "ж", "вже", "ще", "тільки", "всі", "усі", "коли", "де", "хто", "якщо", "тому", "також", "дуже", "ні", "який", "які", "яка":
		return true
	}
	return false
}

// saying tells the words that attribute what stands near them.
func saying(w string) bool {
	switch w {
	case "said", "says", "say", "saying", "wrote", "writes", "write", "written", "told", "tells", "stated", "states", "claimed", "claims", "warned", "warns", "according", "added", "adds", "explained", "explains", "reported", "reports", "reads", "insisted", "insists", "argued", "argues", "called", "announced", "acknowledged", "noted", "notes", "asked", "replied", "quoted", "quoting", "words",
		"сказал", "сказала", "сказали", "говорит", "говорил", "говорила", "говорится", "говорят", "пишет", "писал", "писала", "пишут", "написал", "написала", "написано", "сообщил", "сообщила", "сообщает", "сообщается", "сообщили", "заявил", "заявила", "заявляет", "заявили", "утверждает", "утверждал", "утверждается", "словам", "мнению", "данным", "добавил", "добавила", "пояснил", "пояснила", "объяснил", "объяснила", "предупредил", "предупреждает", "отметил", "отметила", "рассказал", "рассказала", "сказано", "цитирует", "признал", "ответил", "ответила", "подчеркнул",
		"сказав", "каже", "кажуть", "говорить", "пише", "пишуть", "писав", "написав", "йдеться", "повідомив", "повідомила", "повідомляє", "заявив", "заявляє", "стверджує", "словами", "даними", "додав", "додала", "пояснив", "попередив", "зазначив", "зазначила", "розповів", "розповіла", "цитує", "відповів":
		return true
	}
	return false
}

// writing tells the words by which articles mean a letter or its author.
func writing(w string) bool {
	switch w {
	case "letter", "letters", "author", "authors", "writer", "insider", "whistleblower", "source", "sources", "officer", "analyst", "correspondent",
		"письмо", "письма", "письме", "письму", "письмах", "письмом", "писем", "автор", "автора", "автором", "авторы", "источник", "источника", "источники", "инсайдер", "офицер", "аналитик",
		"лист", "листа", "листі", "листу", "листах", "листи", "автори", "джерело", "джерела", "інсайдер", "офіцер", "аналітик":
		return true
	}
	return false
}

// pronoun tells the words that stand for a name that is elsewhere.
func pronoun(w string) bool {
	switch w {
	case "he", "she", "they", "it", "we", "i", "who", "you", "он", "она", "они", "мы", "я", "кто", "він", "вона", "вони", "ми", "хто":
		return true
	}
	return false
}

// aboutOf names what one word of a difference touches.
func aboutOf(raw string, first bool) About {
	w := plain(raw)
	switch {
	case negates(w):
		return Negation
	case isNumeral(w):
		return Number
	case !first && capital(raw) && w != "i":
		return Name
	case hedges(w):
		return Modality
	}
	return Word
}

func capital(raw string) bool {
	for _, r := range raw {
		if !wording.Hidden(r) {
			return unicode.IsUpper(r)
		}
	}
	return false
}

// graver gives the one of two that a reader must hear of first.
func graver(a, b About) About {
	for _, x := range []About{Negation, Number, Name, Modality} {
		if a == x || b == x {
			return x
		}
	}
	return Word
}
