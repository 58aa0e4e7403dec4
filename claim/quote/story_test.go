// SPDX-License-Identifier: Apache-2.0

package quote_test

import (
	"strings"
	"testing"

	"tamizdat/claim"
	"tamizdat/claim/quote"
)

// The newsroom, its letters and the articles of these tests are invented.

const letter1ru = `Пишу вам при лампе, потому что свет у нас гасят в десять. То, что я скажу, известно в отделе всем, но вслух об этом не говорит никто.

Архив вывезли в ночь на среду. Три машины, без номеров; грузили свои же, по списку. В подвале осталось 7 000 папок, и ещё двенадцать ящиков без описи.

Начальник сказал на совещании: «Мы не отступаем, мы освобождаем полки». Никто не засмеялся.`

const letter1en = `I write to you by lamplight, because they put out our lights at ten. What I am about to say everybody in the department knows, and nobody says aloud.

The archive was taken away in the night to Wednesday. Three lorries without plates; our own people loaded them, by a list. In the cellar 7,000 folders remained, and another twelve boxes without an inventory.

The chief said at the meeting: “We are not retreating, we are freeing the shelves.” Nobody laughed.`

const letter2en = `The locks on the second floor were changed the day before the inspection. Deputy Orlov may have ordered it, but I did not see the paper.

Since then the duty officer keeps no keys to the reading room, and visitors are sent to the side entrance.`

const demoCase = `{
 "case": "lamp-demo", "note": "invented for the demonstration",
 "parties": [
  {"id": "P-L", "kind": "newsroom", "label": "The Lamp"},
  {"id": "P-V", "kind": "person", "label": "Vera Lampova", "member_of": "P-L"},
  {"id": "P-W", "kind": "unnamed_person", "label": "letter writer"},
  {"id": "P-M", "kind": "government", "label": "Ministry of Shelves"}
 ],
 "documents": [
  {"id": "D1", "kind": "letter", "publisher": "P-W", "language": "ru"},
  {"id": "D2", "kind": "interview", "publisher": "P-L", "published": "2026-11-24", "title": "Radio Lantern"},
  {"id": "D3", "kind": "post", "publisher": "P-M", "published": "2026-11-25"}
 ],
 "claims": [
  {"id": "C1", "kind": "prediction", "text": "The risk that the archive is burned grows every week."},
  {"id": "C2", "kind": "inference", "text": "Whoever moves files at night expects a visit from the prosecutor before the winter is over."}
 ],
 "utterances": [
  {"id": "U1", "speaker": "P-W", "to": "P-V", "doc": "D1", "claims": [], "relays": []},
  {"id": "U2", "speaker": "P-V", "doc": "D2", "at": "2026-11-24", "quote": "The risk that they burn what is left of the archive grows every single week.", "claims": ["C1"], "relays": [], "informed_by": ["U1"]},
  {"id": "U3", "speaker": "P-V", "doc": "D2", "at": "2026-11-24", "claims": ["C2"], "relays": []},
  {"id": "U4", "speaker": "P-M", "doc": "D3", "at": "2026-11-25", "quote": "No folder has ever left the building of the ministry without a written order.", "claims": [], "relays": []}
 ]
}`

func demoTexts(t testing.TB) []quote.Text {
	t.Helper()
	letter := func(n, name, lang, role, body string) quote.Text {
		return quote.Text{Kind: quote.Letter, Letter: "letter " + n, Name: "letter " + n + name, Revision: 1, Lang: lang, Role: role, Paragraphs: strings.Split(body, "\n\n")}
	}
	c, err := claim.ParseCase([]byte(demoCase))
	if err != nil {
		t.Fatal(err)
	}
	return append([]quote.Text{
		letter("1", ", revision 1", "ru", "original", letter1ru),
		letter("1", ", revision 1", "en", "translation", letter1en),
		letter("2", ", revision 1", "en", "original", letter2en),
	}, quote.FromCase(&c)...)
}

func demoIndex(t testing.TB) *quote.Index {
	t.Helper()
	x, err := quote.NewIndex(demoTexts(t))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func check(t testing.TB, x *quote.Index, article string) []quote.Finding {
	t.Helper()
	r, err := x.Check(quote.Plain(article))
	if err != nil {
		t.Fatal(err)
	}
	return r.Findings
}

// TestAnswers is the story: what a newspaper can do with a letter, and what the
// newsroom is told.
func TestAnswers(t *testing.T) {
	x := demoIndex(t)
	for _, tt := range []struct {
		name, article string
		answer        quote.Answer
		says          string // part of the sentence, of a difference or of a note
		bad           bool
	}{
		{"the translation, as published", `“We are not retreating, we are freeing the shelves,” the letter says.`, quote.Verbatim, "letter 1, revision 1, paragraph 3 (en, translation)", false},
		{"the original, in other marks and without dots on ё", `В письме сказано: "и еще двенадцать ящиков без описи".`, quote.Verbatim, "(ru, original)", false},
		{"a negation dropped", `“We are retreating, we are freeing the shelves,” the letter says.`, quote.Altered, "a negation was dropped", true},
		{"a negation dropped in Russian", `«Мы отступаем, мы освобождаем полки», — говорится в письме.`, quote.Altered, "a negation was dropped", true},
		{"ten times as many", `“In the cellar 70,000 folders remained, and another twelve boxes,” the letter says.`, quote.Altered, "a number was changed", true},
		{"the same number, in words", `“In the cellar seven thousand folders remained, and another 12 boxes without an inventory”`, quote.Verbatim, "respelled", false},
		{"the same number in Russian", `«В подвале осталось 7 тыс. папок, и ещё 12 ящиков без описи»`, quote.Verbatim, "respelled", false},
		{"another name", `“Deputy Sokolov may have ordered it, but I did not see the paper.”`, quote.Altered, "a name was changed", true},
		{"surer than the letter", `“Deputy Orlov must have ordered it, but I did not see the paper.”`, quote.Altered, "how sure it is was changed", true},
		{"shortened with a mark", `“The archive was taken away … by a list.”`, quote.Verbatim, "shortened in order", false},
		{"shortened in brackets, with the editor's word", `“[They] put out our lights at ten. [...] nobody says aloud.”`, quote.Verbatim, "shortened in order", false},
		{"a bracket in place of a negation", `“We are […] retreating, we are freeing the shelves”`, quote.Altered, "a negation was left out", true},
		{"shortened without a mark", `“Three lorries without plates by a list”`, quote.Altered, "the wording was dropped", true},
		{"stitched from two letters", `“The archive was taken away in the night to Wednesday, and visitors are sent to the side entrance”`, quote.Altered, "stitched together", true},
		{"in another order", `“Our own people loaded them, by a list. The archive was taken away in the night to Wednesday.”`, quote.Altered, "put in another order", true},
		{"cut so that the negation stays outside", `“retreating, we are freeing the shelves”`, quote.Verbatim, `has "not"`, false},
		{"a Russian remark inside the marks", `«Мы не отступаем, — пишет автор письма, — мы освобождаем полки».`, quote.Verbatim, "paragraph 3", false},
		{"credited to the publisher", `“We are not retreating, we are freeing the shelves,” said Vera Lampova.`, quote.Verbatim, "the article credits Vera Lampova", true},
		{"the publisher's words", `“The risk that they burn what is left of the archive grows every single week,” said Vera Lampova.`, quote.Said, "said by Vera Lampova in the interview of 2026-11-24 (Radio Lantern), not in any letter", false},
		{"the publisher's words, given to the letter", `“The risk that they burn what is left of the archive grows every single week,” the letter says.`, quote.Said, "the article credits a letter", true},
		{"what the desk noted of an interview", `“Whoever moves files at night expects a visit from the prosecutor before winter”`, quote.Said, "an account of it, not the words", false},
		{"somebody else's words", `“No folder has ever left the building of the ministry without a written order.”`, quote.NotOurs, "said by Ministry of Shelves", true},
		{"from nowhere", `“The minister wept when he heard about the fish in the fountain.”`, quote.NotOurs, "nothing that was compared is near", true},
		{"too short", `They call it “freeing”.`, quote.TooShort, "", false},
		{"short and rare", `They now have “no keys”, “duty officer keeps” and boxes.`, quote.TooShort, "", false},
		{"inside another quotation", `“I read it in the paper and could not sleep: ‘Nobody says aloud what everybody in the department knows’, he told me.”`, quote.NotOurs, "", true},
		{"a letter of another alphabet", `“We are not retreаting, we are freeing the shelves,”`, quote.Verbatim, "another alphabet", false},
		{"invisible characters", "“We are not re\u00adtrea\u200bting, we are freeing the shelves,”", quote.Verbatim, "invisible", false},
		{"without marks", `The archive was taken away in the night to Wednesday.`, quote.Verbatim, "without quotation marks", false},
		{"without marks, another number", `According to the letter, in the cellar 9,000 folders remained, and another twelve boxes without an inventory.`, quote.Altered, "a number was changed", true},
		{"without marks, in other words", `In the cellar 7,000 folders remained, and another twelve boxes without a list.`, quote.Reworded, "in other words", false},
		{"an account", `The author of the letter writes that officials have moved their papers somewhere.`, quote.OwnWords, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := check(t, x, tt.article)
			if len(got) == 0 {
				t.Fatal("no finding")
			}
			f := got[0]
			if f.Answer != tt.answer || f.Good() == tt.bad || !strings.Contains(told(f), tt.says) {
				t.Errorf("%s\nanswer %q, good %v: %s", tt.article, f.Answer, f.Good(), told(f))
			}
		})
	}
}

// told puts all words of a finding in one string.
func told(f quote.Finding) string {
	var s strings.Builder
	s.WriteString(f.Sentence)
	for _, d := range f.Differences {
		s.WriteString("\n  " + string(d.Change) + " " + string(d.About) + " article " + d.Article + " published " + d.Published + " after " + d.After)
	}
	return s.String() + "\n  " + strings.Join(f.Notes, "\n  ")
}
