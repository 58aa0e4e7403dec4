// SPDX-License-Identifier: Apache-2.0

package table

import (
	"fmt"
	"slices"
	"strings"
)

// Match says what was made of one column of a file.
type Match struct {
	Sheet  string `json:"sheet,omitempty"`
	Header string `json:"header"`
	Column string `json:"column,omitempty"` // ours; empty if it is left out
	Told   bool   `json:"told,omitempty"`   // by the mapping, and not guessed from the header
}

// ParseMapping reads pairs such as “Text der Aussage=text,Datum=time”. A comma or
// an equals sign that belongs to a header has a backslash before it.
func ParseMapping(s string) (map[string]string, error) {
	out := map[string]string{}
	for _, pair := range splitAt(s, ',') {
		parts := splitAt(pair, '=')
		if len(parts) != 2 || strings.TrimSpace(parts[0]) == "" {
			return nil, fmt.Errorf("%q is not a mapping: write header=column, and commas between several", pair)
		}
		out[unescape(strings.TrimSpace(parts[0]))] = strings.TrimSpace(parts[1])
	}
	return out, nil
}

// splitAt splits where the separator has no backslash before it.
func splitAt(s string, sep rune) []string {
	var out []string
	start, escaped := 0, false
	for i, r := range s {
		if r == sep && !escaped {
			out = append(out, s[start:i])
			start = i + len(string(sep))
		}
		escaped = r == '\\' && !escaped
	}
	if rest := s[start:]; strings.TrimSpace(rest) != "" || len(out) > 0 {
		out = append(out, rest)
	}
	return out
}

func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\,`, ",", `\=`, "=").Replace(s)
}

// matched are the columns of a sheet in our terms.
type matched struct {
	names  []string          // by place; empty for what is left out
	header map[string]string // from ours to the file's
}

// match finds our column for each header, and says so.
func (r *reader) match(k tableKind, in Input) matched {
	m := matched{header: map[string]string{}}
	at := &row{sheet: in.Sheet.Name, number: 1, line: in.Sheet.line(0)}
	used := map[string]bool{}
	for _, h := range in.Sheet.Rows[0] {
		name, told := columnFor(k, in.Mapping, h)
		switch {
		case told && !hasColumn(k, name):
			r.complain(at, h, "", "is mapped to "+fmt.Sprintf("%q", name)+", which is no column of this table", "choose one of "+strings.Join(header(k), ", "))
			name = ""
		case name != "" && m.header[name] != "":
			r.complain(at, h, "", "is the column "+name+", and so is "+fmt.Sprintf("%q", m.header[name]), "map one of the two to another column, or rename it")
			name = ""
		case name != "":
			m.header[name] = h
		case strings.TrimSpace(h) != "":
			r.notice(in.Sheet.Name, 1, "the column %q is left out: nothing in this table is called so. To take it in, map it", beginning(h))
		}
		used[h] = true
		m.names = append(m.names, name)
		r.plan.Matches = append(r.plan.Matches, Match{in.Sheet.Name, h, name, told})
	}
	r.unused(at, in.Mapping, used)
	if len(m.header) == 0 {
		r.complain(at, "", "", "no column of this file is known", "name them as in the template, or map them: header=column")
	}
	return m
}

// unused complains of headers that the mapping names and the file has not.
func (r *reader) unused(at *row, mapping map[string]string, used map[string]bool) {
	var missing []string
	for h := range mapping {
		if !used[h] {
			missing = append(missing, h)
		}
	}
	slices.Sort(missing)
	for _, h := range missing {
		r.complain(at, h, "", "is mapped, but the file has no such column", "write the header exactly as it stands in the file")
	}
}

func hasColumn(k tableKind, name string) bool { return slices.Contains(header(k), name) }

func columnFor(k tableKind, mapping map[string]string, h string) (name string, told bool) {
	if name, ok := mapping[h]; ok {
		return name, true
	}
	key := fold(h)
	for _, c := range header(k) {
		if fold(c) == key {
			return c, false
		}
	}
	for _, g := range guesses() {
		if hasColumn(k, g.column) && slices.Contains(g.headers, key) {
			return g.column, false
		}
	}
	return "", false
}

// guess lists headers that people give to a column, folded.
type guess struct {
	column  string
	headers []string
}

// guesses are in English, Russian and Ukrainian. A header that could be two
// columns of one table stands at neither.
func guesses() []guess {
	return []guess{
		{"text", []string{"claim", "statement", "sentence", "claim text", "утверждение", "текст", "текст утверждения", "твердження", "текст твердження", "question", "вопрос", "питання"}},
		{"kind", []string{"type", "sort", "тип", "вид", "род"}},
		{"label", []string{"name", "title", "имя", "название", "имя или название", "ім'я", "назва"}},
		{"time", []string{"date", "event date", "when", "дата", "дата события", "когда", "дата події", "коли"}},
		{"place", []string{"location", "where", "место", "где", "місце", "де"}},
		{"topic", []string{"subject", "theme", "тема"}},
		{"status", []string{"state", "статус", "состояние", "стан"}},
		{"credibility", []string{"rating", "достоверность", "достовірність"}},
		{"reliability", []string{"надежность", "надійність"}},
		{"interest", []string{"interests", "интерес", "интересы", "інтерес", "інтереси"}},
		{"exposure", []string{"known to", "кто мог знать", "хто міг знати"}},
		{"note", []string{"notes", "comment", "comments", "remark", "примечание", "комментарий", "заметка", "примітка", "коментар", "нотатка"}},
		{"title", []string{"headline", "заголовок", "название", "назва"}},
		{"publisher", []string{"outlet", "published by", "издание", "издатель", "видання", "видавець"}},
		{"published", []string{"date", "publication date", "date published", "дата", "дата публикации", "опубликовано", "дата публікації", "опубліковано"}},
		{"address", []string{"url", "link", "адрес", "ссылка", "адреса", "посилання"}},
		{"language", []string{"lang", "язык", "мова"}},
		{"sha256", []string{"sha 256", "sha-256", "hash", "хеш", "хэш", "геш"}},
		{"speaker", []string{"who", "said by", "source", "кто", "кто сказал", "источник", "говорящий", "хто", "хто сказав", "джерело", "мовець"}},
		{"claims", []string{"claim", "statement", "what", "утверждение", "утверждения", "что", "твердження", "що"}},
		{"to", []string{"told to", "кому"}},
		{"attributed_to", []string{"credited to", "citing", "со ссылкой на", "з посиланням на"}},
		{"doc", []string{"document", "where published", "документ"}},
		{"quote", []string{"quotation", "words", "цитата"}},
		{"at", []string{"date", "when", "said on", "дата", "когда", "коли"}},
		{"relays", []string{"repeats", "повторяет", "повторює"}},
		{"quantity", []string{"what is counted", "величина"}},
		{"population", []string{"of whom", "совокупность", "сукупність"}},
		{"unit", []string{"units", "единица", "единица измерения", "одиниця", "одиниця виміру"}},
		{"measurand", []string{"what is counted", "измеряемая величина", "вимірювана величина"}},
		{"low", []string{"min", "minimum", "lower", "from", "минимум", "мин", "от", "мінімум", "мін", "від"}},
		{"high", []string{"max", "maximum", "upper", "to", "максимум", "макс", "до"}},
		{"point", []string{"value", "number", "estimate", "значение", "число", "оценка", "значення", "оцінка"}},
		{"as_of", []string{"date", "as of date", "по состоянию на", "на дату", "станом на"}},
		{"known_at", []string{"known since", "published", "известно с", "відомо з"}},
		{"by_party", []string{"source", "who", "estimated by", "источник", "чья оценка", "джерело", "чия оцінка"}},
		{"method", []string{"метод"}},
		{"claim", []string{"statement", "утверждение", "твердження"}},
		{"item", []string{"evidence", "document", "доказательство", "документ", "доказ"}},
		{"direction", []string{"for or against", "за или против", "направление", "за чи проти", "напрям"}},
		{"reason", []string{"why", "причина", "почему", "чому"}},
		{"closes", []string{"close", "deadline", "closing date", "срок", "до какого числа", "строк", "термін"}},
		{"opens", []string{"open", "opening date", "открыт", "відкрито"}},
		{"resolution_criteria", []string{"criteria", "resolution", "критерии", "критерій", "критерії"}},
		{"question", []string{"вопрос", "питання"}},
		{"p", []string{"probability", "forecast", "вероятность", "прогноз", "ймовірність", "імовірність"}},
		{"by", []string{"author", "person", "forecaster", "автор", "кто", "хто"}},
	}
}
