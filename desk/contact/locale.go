// SPDX-License-Identifier: Apache-2.0

package contact

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed locales
var localeFiles embed.FS

// reviewed marks a translation that a native speaker has read.
const reviewed = "done"

// tags are the languages in the order in which they are offered.
func tags() []string { return []string{"en", "ru", "uk", "be", "fa", "ar"} }

// locale is one file in locales/.
type locale struct {
	Lang   string            `json:"lang"`
	Dir    string            `json:"dir"`  // ltr or rtl
	Name   string            `json:"name"` // of the language, in itself
	Review string            `json:"review"`
	Digits string            `json:"digits"` // zero to nine
	Months []string          `json:"months"` // as they stand in a date
	Texts  map[string]string `json:"texts"`
}

func readLocale(tag string) (*locale, error) {
	b, err := localeFiles.ReadFile("locales/" + tag + ".json")
	if err != nil {
		return nil, fmt.Errorf("there are no texts in %q; there are some in: %s", tag, strings.Join(tags(), " "))
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	l := &locale{}
	if err := d.Decode(l); err != nil {
		return nil, fmt.Errorf("texts in %s: %w", tag, err)
	}
	return l, nil
}

// choose gives the languages wanted, all if none are named, in our order.
func choose(wanted []string) ([]*locale, error) {
	for _, tag := range wanted {
		if !slices.Contains(tags(), tag) {
			return nil, fmt.Errorf("there are no texts in %q; there are some in: %s", tag, strings.Join(tags(), " "))
		}
	}
	var chosen []*locale
	for _, tag := range tags() {
		if len(wanted) > 0 && !slices.Contains(wanted, tag) {
			continue
		}
		l, err := readLocale(tag)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, l)
	}
	return chosen, nil
}

// ReviewOwed names those of the languages (all if none are given) whose texts
// no native speaker has read yet. Whoever publishes them must be told.
func ReviewOwed(languages ...string) ([]string, error) {
	chosen, err := choose(languages)
	if err != nil {
		return nil, err
	}
	var owed []string
	for _, l := range chosen {
		if l.Review != reviewed {
			owed = append(owed, l.Name)
		}
	}
	return owed, nil
}

// text gives a text as HTML, each {placeholder} replaced by its value.
func (l *locale) text(key string, values map[string]template.HTML) (template.HTML, error) {
	text, ok := l.Texts[key]
	if !ok {
		return "", fmt.Errorf("no text %q in %s", key, l.Lang)
	}
	var b strings.Builder
	for text != "" {
		plain, rest, found := strings.Cut(text, "{")
		b.WriteString(template.HTMLEscapeString(plain))
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := values[name]
		if !closed || !known {
			return "", fmt.Errorf("text %q in %s: no value for {%s}", key, l.Lang, name)
		}
		b.WriteString(string(value))
		text = after
	}
	return template.HTML(b.String()), nil
}

// date writes a day as people write it, by the common calendar.
func (l *locale) date(unix int64) template.HTML {
	t := time.Unix(unix, 0).UTC()
	return isolate(fmt.Sprintf("%s %s %s", l.number(t.Day()), l.Months[t.Month()-1], l.number(t.Year())))
}

func (l *locale) number(n int) string {
	digits := []rune(l.Digits)
	var b strings.Builder
	for _, c := range strconv.Itoa(n) {
		b.WriteRune(digits[c-'0'])
	}
	return b.String()
}
