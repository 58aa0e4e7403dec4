// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the template and the style
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"

	"tamizdat/press"
	"tamizdat/press/tlog"
)

var (
	//go:embed page.html
	pageSource string
	//go:embed style.css
	styleSource string
)

// style is shared by all pages: it stands inside each, because a style sheet
// beside a verified page could be changed to show other words.
type style struct {
	Style     template.CSS
	StyleHash string
}

func pageStyle() style {
	sum := sha256.Sum256([]byte(styleSource))
	return style{template.CSS(styleSource), "sha256-" + base64.StdEncoding.EncodeToString(sum[:])}
}

type column struct{ Lang, Dir, LangName, What, Title, File string }

type cell struct {
	ID, Lang, Dir string
	Lines         []string
}

type fact struct{ Lang, Dir, Text string }

type credit struct{ What, Name string }

type witnessed struct{ Name, Time string }

type proofBox struct {
	What, Origin, Seen, Signers, Hash, Salted string
	Index                                     int64
	Witnesses                                 []witnessed
	JSON, SignOff, Proof, Page                string
	Texts                                     []column
}

type letterView struct {
	style
	Newsroom, Notice, Title, SeriesName, Name string
	Number, Revision                          int
	Published, Day, Short, File, Layout       string
	Columns                                   []column
	Rows                                      [][]cell
	Verified, Claimed, Assessed               []fact
	Credits                                   []credit
	Proofs                                    []proofBox
	Record                                    string
}

// renderLetter makes the page of one letter. It needs nothing but what the
// page itself carries, so that a page alone can be checked.
func renderLetter(l letter) ([]byte, error) {
	v, err := viewLetter(l)
	if err != nil {
		return nil, err
	}
	if v.Record, err = formatRecord(l); err != nil {
		return nil, err
	}
	v.style = pageStyle()
	return execute("letter", v)
}

func viewLetter(l letter) (letterView, error) {
	d := l[0].Edition.Draft()
	entry := l[0].Proof.Entry.Letter
	if entry == nil {
		return letterView{}, fmt.Errorf("%s: its log entry is not one of a letter", l.name())
	}
	hash := l[0].Edition.Hash().String()
	v := letterView{
		Newsroom: entry.Newsroom, Notice: entry.Notice, Title: d.Texts[0].Title, SeriesName: d.SeriesName, Name: l.name(),
		Number: d.Number, Revision: d.Revision, Published: d.Published, Day: longDay(d.Published),
		Short: hash[:16], File: "letters/" + l.name() + ".html",
	}
	for i, it := range l {
		if it.Proof.Entry.Letter == nil {
			return letterView{}, fmt.Errorf("%s: its log entry is not one of a translation", l.name())
		}
		v.add(l, i)
	}
	v.Layout = layout(len(v.Columns))
	return v, nil
}

func layout(columns int) string {
	switch columns {
	case 1:
		return "rowsone"
	case 2:
		return "two"
	}
	return "three"
}

func (v *letterView) add(l letter, i int) {
	d := l[i].Edition.Draft()
	for _, t := range d.Texts {
		v.Columns = append(v.Columns, viewColumn(l, t))
		for k, p := range t.Paragraphs() {
			if len(v.Rows) <= k {
				v.Rows = append(v.Rows, nil)
			}
			v.Rows[k] = append(v.Rows[k], cell{paragraphID(t.Lang, k), t.Lang, press.Dir(t.Lang), strings.Split(p, "\n")})
		}
	}
	for _, s := range d.Statements {
		f := fact{s.Lang, press.Dir(s.Lang), s.Text}
		switch s.Status {
		case press.StatusVerified:
			v.Verified = append(v.Verified, f)
		case press.StatusAssessed:
			v.Assessed = append(v.Assessed, f)
		default:
			v.Claimed = append(v.Claimed, f)
		}
	}
	for _, c := range d.Credits {
		v.Credits = append(v.Credits, credit{creditName(c.Role), c.Name})
	}
	v.Proofs = append(v.Proofs, viewProof(l, i))
}

func paragraphID(lang string, k int) string { return fmt.Sprintf("%s-%d", lang, k+1) }

func viewColumn(l letter, t press.Text) column {
	what := "original, as edited"
	if t.Role == press.RoleTranslation {
		what = "translation"
	}
	return column{t.Lang, press.Dir(t.Lang), langName(t.Lang), what, t.Title, textFile(l, t.Lang)}
}

func viewProof(l letter, i int) proofBox {
	it, stem := l[i], strings.TrimPrefix(l.stem(i), "letters/")
	box := proofBox{
		What: "How to check this letter", Origin: it.Edition.Draft().Origin, Index: it.Proof.Index,
		Signers: "editors of the press; their signatures are in the sign-off file",
		Hash:    it.Edition.Hash().String(), Salted: it.Proof.Entry.Letter.Edition,
		JSON: stem + ".json", SignOff: stem + ".signoff", Proof: stem + ".tlog-proof", Page: l.name() + ".html",
	}
	if i > 0 {
		box.What = "How to check this translation"
	}
	for _, c := range it.Proof.ClaimedCosignatures() {
		box.Witnesses = append(box.Witnesses, witnessed{c.Witness, c.Time.Format("2 January 2006, 15:04 MST")})
	}
	box.Seen = fmt.Sprintf("seen by %d witnesses", len(box.Witnesses))
	switch len(box.Witnesses) {
	case 0:
		box.Seen = "not witnessed when this page was made"
	case 1:
		box.Seen = "seen by 1 witness"
	}
	for _, t := range it.Edition.Draft().Texts {
		box.Texts = append(box.Texts, viewColumn(l, t))
	}
	return box
}

type indexView struct {
	style
	Newsroom, Notice, Origin, LogKey string
	Threshold                        int
	Letters                          []letterView
	Editors, Witnesses               []string
}

func renderIndex(log tlog.LogKey, g tlog.Genesis, letters []letter) ([]byte, error) {
	v := indexView{
		style: pageStyle(), Newsroom: g.Newsroom, Notice: g.Notice, Origin: g.Origin, LogKey: log.String(),
		Threshold: g.Threshold, Editors: g.Editors, Witnesses: g.Witnesses,
	}
	for i := len(letters) - 1; i >= 0; i-- {
		one, err := viewLetter(letters[i])
		if err != nil {
			return nil, err
		}
		v.Letters = append(v.Letters, one)
	}
	return execute("index", v)
}

// pages parses the templates once; what it gives is never changed.
var pages = sync.OnceValues(func() (*template.Template, error) {
	return template.New("pages").Parse(pageSource)
})

func execute(name string, v any) ([]byte, error) {
	t, err := pages()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func longDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 January 2006")
}

func creditName(r press.CreditRole) string {
	switch r {
	case press.CreditTranslator:
		return "Translation"
	case press.CreditEditor:
		return "Editing"
	case press.CreditFactChecker:
		return "Fact-checking"
	}
	return "Publisher"
}

func langName(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	names := map[string]string{
		"ar": "Arabic", "be": "Belarusian", "de": "German", "en": "English", "es": "Spanish", "fa": "Farsi",
		"fr": "French", "he": "Hebrew", "ka": "Georgian", "kk": "Kazakh", "pl": "Polish", "ru": "Russian",
		"sr": "Serbian", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
	}
	if n, ok := names[base]; ok {
		return n
	}
	return tag
}
