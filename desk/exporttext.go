// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// phrases are what a thread's plain text says, in one language.
type phrases struct {
	title, newsroom, hand, quarantine, joined                           string
	set, disagree, letter, of, by, gap, label, disputed                 string
	explained, attached, notFetched, reply, to, numbering               string
	unsent, note, document, said, remark, custody, whichever, elsewhere string
	fields, found, steps                                                map[string]string
}

func english() *phrases {
	return &phrases{
		title: "Thread", newsroom: "Newsroom", hand: "Source", quarantine: "WARNING", joined: "Taken for one hand",
		set: "Set by colleagues", disagree: "colleagues disagree; nobody has chosen", letter: "Letter", of: "week of", by: "by",
		gap: "DID NOT OPEN HERE; who has it", label: "its label", disputed: "WARNING: the same sender gave the same id to another text",
		explained: "explained", attached: "attached, as it says", notFetched: "never fetched, not in this archive",
		reply: "Answer", to: "to", numbering: "numbering", unsent: "not in the log yet", note: "Note", document: "Document",
		said: "says of itself", remark: "remark", custody: "How each file came here", elsewhere: "not in this archive; it lies at the desk of", whichever: "any desk",
	}
}

func russian() *phrases {
	return &phrases{
		title: "Переписка", newsroom: "Редакция", hand: "Источник", quarantine: "ВНИМАНИЕ", joined: "Считаются одним человеком",
		set: "Отмечено коллегами", disagree: "коллеги расходятся, выбор не сделан", letter: "Письмо", of: "неделя с", by: "кем",
		gap: "ЗДЕСЬ НЕ ОТКРЫЛОСЬ; у кого есть", label: "его метка", disputed: "ВНИМАНИЕ: тот же отправитель дал тот же номер другому тексту",
		explained: "объяснение", attached: "вложено, как сказано в письме", notFetched: "не загружено, в архиве нет",
		reply: "Ответ", to: "кому", numbering: "нумерация", unsent: "ещё не в журнале", note: "Заметка", document: "Документ",
		said: "говорит о себе", remark: "замечание", custody: "Как сюда попал каждый файл", elsewhere: "в архиве нет; хранится у", whichever: "любой стол",
		fields: map[string]string{
			FieldState: "состояние", FieldAssigned: "у кого в работе", FieldTags: "метки", FieldDeadline: "срок", FieldNextContact: "обещанное письмо",
			"new": "новое", "reading": "читается", "in-work": "в работе", "closed": "закрыто",
		},
		found: map[string]string{
			FoundSame: "тот же текст", FoundOther: "другой текст", FoundNothing: "ничего", FoundUnheard: "пока неизвестно", FoundText: "есть текст",
		},
		steps: map[string]string{
			stepOpened: "открыто", stepPieces: "сложено из частей, названных в письме", "taken in": "принято", "copied out of the mail": "скопировано из письма", stepGiven: "передано: ",
			wayDrop: "через сервер редакции", wayHistory: "файл для коллеги",
		},
	}
}

// in is a word in a language; as it is where the language has none of its own.
func in(words map[string]string, word string) string {
	if own, ok := words[word]; ok {
		return own
	}
	return word
}

// readable writes a manifest and the texts of which it tells for a person. Whatever a
// stranger or colleague chose stands behind a bar or in quotation marks, so that it cannot
// pass for a line of ours.
func readable(a *archive, m *Manifest, p *phrases) string {
	w := &writing{a: a, p: p}
	w.line("%s: %s", p.newsroom, shownText(m.Newsroom))
	w.head(m)
	for _, l := range m.Letters {
		w.letter(&l)
	}
	for i, r := range m.Replies {
		w.reply(i+1, &r)
	}
	for i, n := range m.Notes {
		w.line("")
		w.line("== %s %d, %s %s, %s %s", p.note, i+1, p.by, shownText(n.By), p.of, n.Week)
		w.quote(n.Text)
	}
	for i, d := range m.Documents {
		w.document(i+1, &d)
	}
	w.line("")
	w.line("== %s", p.custody)
	for _, l := range m.Letters {
		w.custody(l.Custody)
	}
	for _, d := range m.Documents {
		w.custody(d.Custody)
	}
	return w.b.String()
}

type writing struct {
	b strings.Builder
	a *archive
	p *phrases
}

func (w *writing) line(format string, a ...any) { fmt.Fprintf(&w.b, format+"\n", a...) }

// quote writes a text of the archive behind bars.
func (w *writing) quote(file string) { w.barred(w.a.texts[file]) }

func (w *writing) barred(text string) {
	for line := range strings.Lines(text) {
		w.line("    | %s", shownText(strings.TrimRight(line, "\r\n")))
	}
}

func (w *writing) head(m *Manifest) {
	for _, h := range m.Hands {
		w.line("%s: %s", w.p.hand, h.Name)
		if h.Quarantine != "" {
			w.line("%s: %s", w.p.quarantine, shownText(h.Quarantine))
		}
	}
	for _, j := range m.Joined {
		w.line("%s: %s + %s (%s %s, %s %s):", w.p.joined, j.Hands[0], j.Hands[1], w.p.by, shownText(j.By), w.p.of, j.Week)
		w.barred(j.Reason)
	}
	if len(m.Fields) > 0 {
		w.line("")
		w.line("%s:", w.p.set)
	}
	for _, f := range m.Fields {
		w.field(&f)
	}
}

func (w *writing) field(f *ExportedField) {
	if len(f.Values) > 1 {
		w.line("  %s, %s (%s):", f.Hand, in(w.p.fields, f.Field), w.p.disagree)
	} else {
		w.line("  %s, %s:", f.Hand, in(w.p.fields, f.Field))
	}
	for _, v := range f.Values {
		w.line("    “%s” (%s %s, %s %s)", shownText(in(w.p.fields, v.Value)), w.p.by, shownText(v.By), w.p.of, v.Week)
	}
}

func (w *writing) letter(l *ExportedLetter) {
	w.line("")
	if l.Gap {
		w.line("== %s %d, %s. %s: %s", w.p.letter, l.Number, l.Hand, w.p.gap, w.desks(l.Desks))
		return
	}
	w.line("== %s %d, %s, %s %s (%s: %s)", w.p.letter, l.Number, l.Hand, w.p.of, l.Week, w.p.label, l.Label)
	w.line("%s", w.desks(l.Desks))
	if l.Disputed {
		w.line("%s", w.p.disputed)
	}
	if l.Explained != "" {
		w.line("%s:", w.p.explained)
		w.barred(l.Explained)
	}
	w.quote(l.Text)
	for _, f := range l.Attachments {
		w.attachment(f)
	}
}

func (w *writing) desks(all []ExportedFinding) string {
	var parts []string
	for _, f := range all {
		parts = append(parts, shownText(f.Desk)+": "+in(w.p.found, f.Found))
	}
	return strings.Join(parts, "; ")
}

func (w *writing) attachment(f ExportedAttachment) {
	where := f.File
	if where == "" {
		where = w.p.notFetched
	}
	w.line("  %s: “%s”, “%s”: %s", w.p.attached, shownText(f.SaidName), shownText(f.SaidType), where)
}

func (w *writing) reply(n int, r *ExportedReply) {
	w.line("")
	more := ""
	if r.Numbering > 1 {
		more = fmt.Sprintf(", %s %d", w.p.numbering, r.Numbering)
	}
	if !r.Sent {
		more += ", " + w.p.unsent
	}
	w.line("== %s %d, %s %s, %s %s: № %d%s, %s %s", w.p.reply, n, w.p.to, r.To, w.p.by, shownText(r.By), r.Number, more, w.p.of, r.Week)
	w.quote(r.Text)
}

func (w *writing) document(n int, d *ExportedItem) {
	w.line("")
	w.line("== %s %d: %s", w.p.document, n, cmp.Or(d.Original, w.p.elsewhere+" "+shownText(d.LiesAt)))
	if said := slices.DeleteFunc([]string{d.From, d.To, d.Subject, d.Date}, func(s string) bool { return s == "" }); len(said) > 0 {
		w.line("%s:", w.p.said)
		w.barred(strings.Join(said, "\n"))
	}
	w.barred(d.Text)
	for _, f := range d.Attachments {
		w.attachment(f)
	}
	for _, r := range d.Remarks {
		w.line("  %s: %s", w.p.remark, shownText(r))
	}
}

func (w *writing) custody(steps []ExportedStep) {
	for _, s := range steps {
		by := shownText(s.By)
		if by == "" {
			by = w.p.whichever
		}
		when := ""
		if s.Week != "" {
			when = ", " + w.p.of + " " + s.Week
		}
		step := in(w.p.steps, s.Step)
		if to, ok := strings.CutPrefix(s.Step, stepGiven); ok {
			step = in(w.p.steps, stepGiven) + to
		}
		if s.How != "" {
			when = " (“" + shownText(in(w.p.steps, s.How)) + "”)" + when
		}
		w.line("  %s: “%s”, %s %s%s", cmp.Or(s.File, s.SHA256, "–"), shownText(step), w.p.by, by, when)
	}
}

// shownText leaves only what can be seen of a line that somebody else wrote: no control
// character, none that turns the direction of writing.
func shownText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == '\u200c', r == '\u200d': // Farsi is not spelled right without them
			return r
		case unicode.IsGraphic(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
			return r
		}
		return '�'
	}, s)
}
