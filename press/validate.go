// SPDX-License-Identifier: Apache-2.0

package press

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"tamizdat/press/internal/signednote"
)

const (
	maxTexts      = 8
	maxCredits    = 16
	maxStatements = 40
	maxNumber     = 99_999
	maxRevision   = 999
	maxSeriesName = 200
	maxTitle      = 300
	maxCreditName = 120
	maxStatement  = 600
)

var (
	slugForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	langForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$`)
)

// CheckSlug refuses what cannot name a series in a path.
func CheckSlug(s string) error {
	if !slugForm.MatchString(s) {
		return fmt.Errorf("%q cannot name a series: use 1 to 40 small Latin letters, digits and hyphens", s)
	}
	return nil
}

// CheckLang refuses what is not one of the language tags of spec/record.md §3.
func CheckLang(s string) error {
	if !langForm.MatchString(s) {
		return fmt.Errorf("%q is not a language tag such as ru, sr-Cyrl or pt-BR", s)
	}
	return nil
}

// ParseDay reads a day of the form YYYY-MM-DD between 1990 and 2199, in UTC.
func ParseDay(s string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil || day.Format(time.DateOnly) != s || day.Year() < 1990 || day.Year() > 2199 {
		return time.Time{}, fmt.Errorf("%q is not a day such as 2026-03-14", s)
	}
	return day, nil
}

// CheckLetterID refuses a series, number or revision out of bounds.
func CheckLetterID(series string, number, revision int) error {
	if err := CheckSlug(series); err != nil {
		return err
	}
	if number < 1 || number > maxNumber {
		return fmt.Errorf("number %d is not between 1 and %d", number, maxNumber)
	}
	if revision < 1 || revision > maxRevision {
		return fmt.Errorf("revision %d is not between 1 and %d", revision, maxRevision)
	}
	return nil
}

func (d Draft) validate() error {
	if d.Format != Format {
		return fmt.Errorf("format %q is not %q", d.Format, Format)
	}
	if d.Kind != KindLetter && d.Kind != KindTranslation {
		return fmt.Errorf("kind %q is neither letter nor translation", d.Kind)
	}
	_, dayErr := ParseDay(d.Published)
	return errors.Join(
		signednote.CheckName(d.Origin),
		CheckLetterID(d.Series, d.Number, d.Revision),
		CheckLine("series name", d.SeriesName, maxSeriesName),
		dayErr,
		d.validateTexts(),
		d.validateCredits(),
		d.validateStatements(),
	)
}

func (d Draft) validateTexts() error {
	if len(d.Texts) < 1 || len(d.Texts) > maxTexts {
		return fmt.Errorf("%d texts, not 1 to %d", len(d.Texts), maxTexts)
	}
	seen := make(map[string]bool)
	for i, t := range d.Texts {
		if err := d.validateText(i, t); err != nil {
			return fmt.Errorf("text %d (%s): %w", i+1, t.Lang, err)
		}
		if seen[t.Lang] {
			return fmt.Errorf("two texts are in %s", t.Lang)
		}
		seen[t.Lang] = true
	}
	return nil
}

func (d Draft) validateText(i int, t Text) error {
	if err := errors.Join(
		CheckLang(t.Lang),
		CheckLine("title", t.Title, maxTitle),
		checkBody(t.Body),
		d.checkLineage(i, t),
	); err != nil {
		return err
	}
	if n, want := len(t.Paragraphs()), len(d.Texts[0].Paragraphs()); n != want {
		return fmt.Errorf("%d paragraphs, but the first text has %d; they must run side by side", n, want)
	}
	return nil
}

// checkLineage ties a translation to the wording it was made from (peers G-5).
func (d Draft) checkLineage(i int, t Text) error {
	original, hasOriginal := d.Original()
	switch {
	case t.Role == RoleOriginal && (i != 0 || d.Kind != KindLetter):
		return errors.New("the original stands first, once, and only in a letter")
	case t.Role == RoleOriginal && t.From != "":
		return errors.New("an original is not made from another text")
	case t.Role == RoleOriginal:
		return nil
	case t.Role != RoleTranslation:
		return fmt.Errorf("role %q is neither original nor translation", t.Role)
	case d.Kind == KindTranslation:
		return checkHex("from", t.From)
	case hasOriginal && t.From != BodyHash(original.Body):
		return errors.New("made from another wording of the original than the one beside it; have it checked against this one, then freeze again")
	case !hasOriginal && t.From != "":
		return errors.New("the original is withheld, so its hash must not be given: short texts can be guessed from it")
	}
	return nil
}

func (d Draft) validateCredits() error {
	if len(d.Credits) > maxCredits {
		return fmt.Errorf("%d credits, more than %d", len(d.Credits), maxCredits)
	}
	for i, c := range d.Credits {
		switch c.Role {
		case CreditTranslator, CreditEditor, CreditFactChecker, CreditPublisher:
		default:
			return fmt.Errorf("credit %d: there is no role %q", i+1, c.Role)
		}
		if err := CheckLine("name", c.Name, maxCreditName); err != nil {
			return fmt.Errorf("credit %d: %w", i+1, err)
		}
	}
	return nil
}

func (d Draft) validateStatements() error {
	if len(d.Statements) > maxStatements {
		return fmt.Errorf("%d statements, more than %d", len(d.Statements), maxStatements)
	}
	for i, s := range d.Statements {
		switch s.Status {
		case StatusVerified, StatusClaimed, StatusAssessed:
		default:
			return fmt.Errorf("statement %d: %q is neither verified nor claimed nor assessed", i+1, s.Status)
		}
		if err := errors.Join(CheckLang(s.Lang), CheckLine("text", s.Text, maxStatement)); err != nil {
			return fmt.Errorf("statement %d: %w", i+1, err)
		}
	}
	return nil
}
