// SPDX-License-Identifier: Apache-2.0

package contact

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the templates and the styles
	"encoding/base64"
	"fmt"
	"html/template"
	"math"
	"strings"
	"unicode/utf8"
)

var (
	//go:embed page.html
	pageSource string
	//go:embed card.html
	cardSource string
	//go:embed common.css
	commonStyle string
	//go:embed page.css
	pageStyle string
	//go:embed card.css
	cardStyle string
)

// cardsOnSheet fit on A4 and on Letter alike, two beside each other.
const cardsOnSheet = 8

// lineOfName and lineOfWords are how many letters fit on a line of a card.
const (
	lineOfName  = 30
	lineOfWords = 24
)

// view is what the templates see.
type view struct {
	Lang, Dir   string
	Name        string // of the newsroom
	LongName    bool
	Languages   []*locale
	Style       template.CSS
	StyleHash   string
	Addresses   []string
	QR          template.HTML // of the first address
	Words       [4]string
	LongWords   bool
	Key         string
	Journalists []string
	Bridges     []string
	Program     bool // it is known where the program is
	Site        bool // it is known where this page is
	Log         bool // there is a public record
	Cards       []struct{}
}

func render(l *locale, all []*locale, f *facts) ([]File, error) {
	v, err := viewOf(l, all, f)
	if err != nil {
		return nil, err
	}
	values := valuesOf(l, f)
	page, err := execute(pageSource, commonStyle+pageStyle, l, v, values)
	if err != nil {
		return nil, err
	}
	card, err := execute(cardSource, commonStyle+cardStyle, l, v, values)
	if err != nil {
		return nil, err
	}
	return []File{{"contact." + l.Lang + ".html", page}, {"card." + l.Lang + ".html", card}}, nil
}

func viewOf(l *locale, all []*locale, f *facts) (*view, error) {
	picture, err := qrSVG(f.addresses[0])
	if err != nil {
		return nil, err
	}
	name := f.name(l.Lang)
	return &view{
		Lang: l.Lang, Dir: l.Dir, Name: name, LongName: utf8.RuneCountInString(name) > lineOfName, Languages: all,
		Addresses: f.addresses, QR: picture, Words: f.words, LongWords: len(strings.Join(f.words[:], "")) > lineOfWords, Key: f.key,
		Journalists: f.journalists(), Bridges: f.options.Bridges,
		Program: f.options.Program != "", Site: f.options.Site != "", Log: f.body.LogKey != "",
		Cards: make([]struct{}, cardsOnSheet),
	}, nil
}

func execute(source, style string, l *locale, v *view, values map[string]template.HTML) ([]byte, error) {
	t, err := template.New(l.Lang).Funcs(template.FuncMap{
		"t": func(key string) (template.HTML, error) { return l.text(key, values) },
	}).Parse(source)
	if err != nil {
		return nil, err
	}
	styled := *v
	styled.Style = template.CSS(style)
	sum := sha256.Sum256([]byte(style))
	styled.StyleHash = "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	var b bytes.Buffer
	if err := t.Execute(&b, &styled); err != nil {
		return nil, fmt.Errorf("make the page in %s: %w", l.Lang, err)
	}
	return b.Bytes(), nil
}

// valuesOf are the values of all placeholders. Whatever is written in Latin
// letters in every language is a placeholder, so that in a text that runs from
// right to left it is set apart and cannot change places with its neighbours.
func valuesOf(l *locale, f *facts) map[string]template.HTML {
	values := map[string]template.HTML{
		"number": isolate(l.number(int(min(f.body.Number, math.MaxInt32)))),
		"issued": l.date(f.body.Issued),
		"until":  l.date(f.body.Expires),
	}
	for name, text := range map[string]string{
		"tor": "Tor", "tor_browser": "Tor Browser", "tails": "Tails", "snowflake": "Snowflake", "obfs4": "obfs4",
		"gmail": "Gmail", "riseup": "Riseup", "a4": "A4", "letter": "Letter",
	} {
		values[name] = latin(text)
	}
	for name, text := range map[string]string{
		"tor_site": "https://www.torproject.org", "tails_site": "https://tails.net",
		"mirror_eff": "https://tor.eff.org", "mirror_calyx": "https://tor.calyxinstitute.org",
		"gettor": "gettor@torproject.org", "bridges_mail": "bridges@torproject.org", "get_obfs4": "get transport obfs4",
		"windows": "windows", "macos": "macos", "linux": "linux",
		"program": "tamizdat-source", "program_url": f.options.Program, "site": f.options.Site,
	} {
		values[name] = exact(text)
	}
	return values
}

// isolate sets a text apart from the direction around it.
func isolate(s string) template.HTML {
	return template.HTML("<bdi>" + template.HTMLEscapeString(s) + "</bdi>")
}

func latin(s string) template.HTML {
	return template.HTML(`<bdi dir="ltr" translate="no">` + template.HTMLEscapeString(s) + "</bdi>")
}

// longExact is the length from which such a text may be broken over two lines.
const longExact = 28

// exact is what must be typed as it stands.
func exact(s string) template.HTML {
	open := "<code>"
	if len(s) < longExact {
		open = `<code class="short">`
	}
	return template.HTML(`<bdi dir="ltr" translate="no">` + open + template.HTMLEscapeString(s) + "</code></bdi>")
}

// FileNames are all names under which [Make] may make a file, so that a page
// left from before can be found.
func FileNames() []string {
	var names []string
	for _, tag := range tags() {
		names = append(names, "contact."+tag+".html", "card."+tag+".html")
	}
	return names
}
