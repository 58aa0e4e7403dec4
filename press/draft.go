// SPDX-License-Identifier: Apache-2.0

package press

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Format is the first value of every edition of this version.
const Format = "tamizdat-edition/v1"

// Kind says what an edition adds to the record.
type Kind string

// The kinds of edition of this version (spec/record.md §3).
const (
	KindLetter      Kind = "letter"      // a letter, with or without translations
	KindTranslation Kind = "translation" // translations of a letter that is in the log
)

// Role says what a text is.
type Role string

// The roles of a text.
const (
	RoleOriginal    Role = "original"
	RoleTranslation Role = "translation"
)

// CreditRole is the work that a credit thanks for. There is none for an
// author, and there must never be.
type CreditRole string

// The roles of a credit.
const (
	CreditTranslator  CreditRole = "translator"
	CreditEditor      CreditRole = "editor"
	CreditFactChecker CreditRole = "fact-checker"
	CreditPublisher   CreditRole = "publisher"
)

// Status tells a checked statement from one that only the letter makes, and from
// one that says how sure the newsroom is.
type Status string

// The states of a statement.
const (
	StatusVerified Status = "verified"
	StatusClaimed  Status = "claimed"
	StatusAssessed Status = "assessed"
)

// Draft is the allow-list, still open: these fields and no others can become
// public. The JSON names are those of spec/record.md §3, in its order; the
// order of fields here is the order in the canonical form.
type Draft struct {
	Format     string      `json:"format"` // empty is taken as [Format]
	Kind       Kind        `json:"kind"`
	Origin     string      `json:"origin"` // of the log it is meant for
	Series     string      `json:"series"` // slug
	SeriesName string      `json:"series_name"`
	Number     int         `json:"number"`
	Revision   int         `json:"revision"`
	Published  string      `json:"published"` // YYYY-MM-DD
	Texts      []Text      `json:"texts"`
	Credits    []Credit    `json:"credits"`
	Statements []Statement `json:"statements"`
}

// Text is one language version of the letter.
type Text struct {
	Lang  string `json:"lang"` // such as "ru", "sr-Cyrl", "pt-BR"
	Role  Role   `json:"role"`
	From  string `json:"from"` // see [BodyHash]; empty for an original or where it is withheld
	Title string `json:"title"`
	Body  string `json:"body"`
}

// Paragraphs splits the body at its empty lines.
func (t Text) Paragraphs() []string { return strings.Split(t.Body, "\n\n") }

// Credit thanks a person or a group for work on the edition, never for
// writing the letter.
type Credit struct {
	Role CreditRole `json:"role"`
	Name string     `json:"name"`
}

// Statement says in one line what is verified, only claimed, or how sure it is.
type Statement struct {
	Status Status `json:"status"`
	Lang   string `json:"lang"`
	Text   string `json:"text"`
}

// BodyHash is what a translation's From holds: hex SHA-256 of the body of the
// original as the translator had it. A translation of an earlier wording is
// thereby noticed.
func BodyHash(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// clone copies the draft and makes its lists non-nil, because a nil list has
// another JSON form.
func (d Draft) clone() Draft {
	if d.Format == "" {
		d.Format = Format
	}
	d.Texts = append([]Text{}, d.Texts...)
	d.Credits = append([]Credit{}, d.Credits...)
	d.Statements = append([]Statement{}, d.Statements...)
	return d
}

// Original gives the original text, if the edition has one.
func (d Draft) Original() (Text, bool) {
	i := slices.IndexFunc(d.Texts, func(t Text) bool { return t.Role == RoleOriginal })
	if i < 0 {
		return Text{}, false
	}
	return d.Texts[i], true
}

// Langs lists the languages of the texts in their order.
func (d Draft) Langs() []string {
	langs := make([]string, 0, len(d.Texts))
	for _, t := range d.Texts {
		langs = append(langs, t.Lang)
	}
	return langs
}
