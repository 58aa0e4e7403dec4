// SPDX-License-Identifier: Apache-2.0

package suggest

import "strings"

// cue is a word, or several, by which a text says that somebody said something.
type cue struct {
	words int // how many tokens
	kind  cueKind
}

type cueKind uint8

const (
	noCue cueKind = iota
	// verbEnglish can be followed by what was said without “that”.
	verbEnglish
	// verbSlavic is a Russian or Ukrainian verb.
	verbSlavic
	// phrase is “according to” and its like: the speaker follows.
	phrase
)

// cueAt looks for a cue that begins at a token.
func (p *page) cueAt(i int) cue {
	w, next := p.fold(i), p.fold(i+1)
	switch {
	case w == "":
		return cue{}
	case isPhrase(w, next):
		return cue{2, phrase}
	case englishVerb(w) && !passive(p.fold(i-1)):
		return cue{1, verbEnglish}
	case slavicVerb(w):
		return cue{1, verbSlavic}
	}
	return cue{}
}

func isPhrase(w, next string) bool {
	switch w {
	case "according":
		return next == "to"
	case "по":
		switch next {
		case "словам", "данным", "сведениям", "информации", "мнению", "версии", "оценке", "оценкам", "утверждению":
			return true
		}
	case "за":
		switch next {
		case "словами", "даними", "інформацією", "версією", "оцінкою", "оцінками", "твердженням", "повідомленням":
			return true
		}
	case "на":
		return next == "думку"
	}
	return false
}

func englishVerb(w string) bool {
	switch w {
	case "said", "says", "say", "told", "tells", "wrote", "writes", "claimed", "claims", "reported",
		"added", "adds", "replied", "replies", "asked", "asks", "answered", "insisted", "insists", "denied", "denies",
		"warned", "warns", "confirmed", "confirms", "acknowledged", "acknowledges", "admitted", "admits",
		"stated", "declared", "announced", "explained", "recalled", "recalls", "argued", "argues", "believes", "believed",
		"estimated", "estimates", "noted", "stressed", "alleged", "alleges", "testified", "predicted", "predicts",
		"conceded", "asserted", "remarked", "tweeted", "posted", "continued", "maintained", "maintains", "suggested":
		return true
	}
	return false
}

// passive is what makes “was denied” out of “denied”.
func passive(before string) bool {
	switch before {
	case "was", "were", "is", "are", "be", "been", "being":
		return true
	}
	return false
}

// slavicVerb knows the past by its stem and the present by its ending.
func slavicVerb(w string) bool {
	for _, end := range [...]string{"ла", "ло", "ли", "л", "в"} {
		if stem, ok := strings.CutSuffix(w, end); ok && pastStem(stem) {
			return true
		}
	}
	for _, end := range [...]string{"ет", "ют", "ут", "ит", "ят", "є", "ють", "уть", "ить", "ять", "е"} {
		if stem, ok := strings.CutSuffix(w, end); ok && presentStem(stem) {
			return true
		}
	}
	return false
}

func pastStem(s string) bool {
	switch s {
	case "сказа", "заяви", "сообщи", "написа", "писа", "рассказа", "отмети", "добави", "подчеркну", "поясни", "объясни",
		"ответи", "призна", "спроси", "предупреди", "подтверди", "утвержда", "говори", "уточни", "попроси", "вспомни",
		"напомни", "отрица", "пообеща", "счита", "заключи", "продолжи", "возрази", "рассужда", "указа", "замети",
		"переда", "сообща", "заявля", "предположи", "опроверг", "опровергну", "воскликну", "доложи":
		return true
	case "повідоми", "розпові", "визна", "дода", "наголоси", "підкресли", "зазначи", "відпові", "запита", "попереди",
		"підтверди", "стверджува", "каза", "згада", "заперечи", "пообіця", "вважа", "нагада", "вигукну", "продовжи",
		"спростува", "припусти", "допові", "зауважи", "повідомля", "відзначи":
		return true
	}
	return false
}

func presentStem(s string) bool {
	switch s {
	case "говор", "пиш", "сообща", "утвержда", "счита", "отмеча", "отрица", "заявля", "переда", "рассказыва", "подчеркива",
		"призна", "предупрежда", "подтвержда", "уверя", "полага", "добавля", "указыва", "напомина", "поясня", "оценива":
		return true
	case "каж", "повідомля", "стверджу", "вважа", "зазнача", "заперечу", "розповіда", "наголошу", "визна", "попереджа",
		"підтверджу", "дода", "підкреслю", "відзнача", "нагаду", "оціню", "запевня":
		return true
	}
	return false
}

// that is the word behind which reported speech begins.
func that(w string) bool {
	switch w {
	case "that", "что", "будто", "якобы", "що", "нібито", "мовляв":
		return true
	}
	return false
}

// as begins “as X writes” in Russian and Ukrainian.
func as(w string) bool { return w == "как" || w == "як" }
