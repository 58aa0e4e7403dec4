// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"errors"
	"fmt"
	"strings"
)

// ErrArticle is wrapped where an article is too large to be looked at.
var ErrArticle = errors.New("the article cannot be compared")

// Check answers every quotation of an article, every sentence that credits a
// letter, and every sentence that keeps closely to a published text.
func (x *Index) Check(article []Block) (Report, error) {
	r := Report{Findings: []Finding{}, Texts: len(x.texts), Letters: x.letters()}
	size := 0
	for _, b := range article {
		size += len(b.Text)
	}
	if size > MaxArticle {
		return r, fmt.Errorf("%w: it has %d bytes, more than %d; give it in parts", ErrArticle, size, MaxArticle)
	}
	for i, b := range article {
		b.Text = strings.ToValidUTF8(b.Text, "\ufffd")
		goesOn := i+1 < len(article) && startsWithMark(article[i+1].Text)
		turned := turnsOrder(b.Text)
		for _, p := range x.passages(b, goesOn) {
			p.turned = turned
			r.Findings = append(r.Findings, x.answers(p)...)
			for p.q.rest != "" {
				p = x.remainder(p)
				r.Findings = append(r.Findings, x.answers(p)...)
			}
		}
		if len(r.Findings) > maxPassages {
			return r, fmt.Errorf("%w: it has more than %d quotations; give it in parts", ErrArticle, maxPassages)
		}
	}
	return r, nil
}

// remainder is what of a passage was too long to be compared with the rest: a
// true beginning must not vouch for it.
func (x *Index) remainder(p passage) passage {
	next := passage{form: p.form, words: p.q.rest, q: x.queryOf(p.q.rest, p.form == Quotation), by: p.by, turned: p.turned}
	next.line = p.line + strings.Count(p.words, "\n") - strings.Count(next.words, "\n")
	return next
}

func (x *Index) letters() int {
	seen := map[string]bool{}
	for _, t := range x.texts {
		if t.Kind == Letter {
			seen[t.Letter] = true
		}
	}
	return len(seen)
}

func startsWithMark(text string) bool {
	return strings.ContainsRune("«„“", rune1(strings.TrimSpace(text)))
}

// answers judges a passage; of a quotation that is not ours, it judges what is
// quoted inside it as well.
func (x *Index) answers(p passage) []Finding {
	f, ok := x.judge(p)
	if !ok {
		return nil
	}
	list := []Finding{f}
	if f.Answer != NotOurs || p.form != Quotation {
		return list
	}
	for _, inner := range quotations(p.words) {
		words := p.words[inner.from:inner.to]
		q := x.queryOf(words, true)
		if len(q.ids) < minWords {
			continue
		}
		line := p.line + strings.Count(p.words[:inner.outer], "\n")
		by := creditOf(lastSentence(p.words[:inner.outer]), p.words[inner.end:sentenceEnd(p.words, inner.end)])
		if g, ok := x.judge(passage{line: line, form: Quotation, q: q, words: words, by: by, turned: p.turned}); ok && g.Answer != NotOurs {
			list = append(list, g)
		}
	}
	return list
}

// passages takes a block apart, in its order.
func (x *Index) passages(b Block, goesOn bool) []passage {
	if b.Quote {
		return []passage{x.setApart(b)}
	}
	var list []passage
	at, marks, lineAt := 0, quotations(b.Text), b.counter()
	for i, m := range marks {
		list = append(list, x.sentences(b, at, m.outer, lineAt)...)
		next := len(b.Text)
		if i+1 < len(marks) {
			next = marks[i+1].outer
		}
		p := passage{line: lineAt(m.outer), form: Quotation, words: b.Text[m.from:m.to]}
		p.q = x.queryOf(p.words, true)
		p.by = creditOf(lastSentence(b.Text[at:m.outer]), after(b.Text, m, next))
		if m.open && !goesOn {
			p.notes = append(p.notes, "the quotation is never closed; it is taken to the end of the paragraph")
		}
		list = append(list, p)
		at = m.end
	}
	return append(list, x.sentences(b, at, len(b.Text), lineAt)...)
}

// setApart reads a block quotation, whose last line may name its speaker.
func (x *Index) setApart(b Block) passage {
	words := b.Text
	var by credit
	if cut := strings.LastIndexByte(words, '\n'); cut >= 0 {
		last := strings.TrimSpace(words[cut:])
		if strings.ContainsRune("—–-", rune1(last)) {
			words, by = words[:cut], creditIn("says "+strings.TrimLeft(last, "—–- "))
		}
	}
	return passage{line: b.Line, form: Quotation, words: words, q: x.queryOf(words, true), by: by}
}

// lastSentence gives what belongs to the sentence that goes on after a text.
func lastSentence(text string) string {
	at := max(0, len(text)-creditBytes)
	text = strings.ToValidUTF8(text[at:], "")
	from := 0
	for from < len(text) {
		end := sentenceEnd(text, from)
		if strings.TrimSpace(text[end:]) == "" {
			break
		}
		from = end
	}
	if at == 0 || from > 0 {
		return text[from:]
	}
	return text
}

// after gives what follows a quotation in its sentence. A quotation that ends
// one itself is followed by nothing, except where its speaker comes in small
// letters or after a dash.
func after(text string, m quoted, next int) string {
	next = min(next, m.end+creditBytes)
	end := sentenceEnd(text[:next], m.end)
	rest := strings.ToValidUTF8(text[m.end:end], "")
	inner := strings.TrimRight(text[m.from:m.to], " ")
	ended := strings.HasSuffix(inner, ".") || strings.HasSuffix(inner, "!") || strings.HasSuffix(inner, "?")
	trimmed := strings.TrimSpace(rest)
	if ended && capital(trimmed) {
		return ""
	}
	return rest
}

// sentences gives the sentences of a stretch without quotation marks that are
// long enough to be told, and those that give an account of a letter.
func (x *Index) sentences(b Block, from, to int, lineAt func(int) int) []passage {
	var list []passage
	for at := from; at < to; {
		end := sentenceEnd(b.Text[:to], at)
		words := b.Text[at:end]
		p := passage{form: Follows, words: strings.TrimSpace(words), q: x.queryOf(words, false)}
		p.line = lineAt(at + len(words) - len(strings.TrimLeft(words, " \t\n\u00a0")))
		if p.by = creditIn(words); hasCue(words) {
			p.form = Attributed
		}
		whole := end < to || to == len(b.Text)
		if len(p.q.ids) >= followWords && (whole || p.form == Follows || !p.by.writing) {
			list = append(list, p)
		}
		at = end
	}
	return list
}

func hasCue(text string) bool {
	for _, w := range split(text) {
		if saying(plain(text[w.start:w.end])) {
			return true
		}
	}
	return false
}
