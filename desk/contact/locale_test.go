// SPDX-License-Identifier: Apache-2.0

package contact

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func allLocales(t *testing.T) []*locale {
	t.Helper()
	all, err := choose(nil)
	if err != nil || len(all) != 6 {
		t.Fatalf("%d languages, want 6: %v", len(all), err)
	}
	return all
}

func placeholders(text string) []string {
	return slices.Sorted(slices.Values(regexp.MustCompile(`\{[a-z_0-9]+\}`).FindAllString(text, -1)))
}

// TestLocalesSayTheSame: the same keys and placeholders in every language, so
// that no reader is told less than another.
func TestLocalesSayTheSame(t *testing.T) {
	all := allLocales(t)
	english := all[0]
	for _, l := range all {
		for key := range maps.Keys(english.Texts) {
			if l.Texts[key] == "" {
				t.Errorf("%s has no text %q", l.Lang, key)
			}
		}
		for key, text := range l.Texts {
			if _, ok := english.Texts[key]; !ok {
				t.Errorf("%s has a text %q that English has not", l.Lang, key)
			}
			if got, want := placeholders(text), placeholders(english.Texts[key]); !sameSet(got, want) {
				t.Errorf("%s, %q: placeholders %v, want %v", l.Lang, key, got, want)
			}
		}
	}
}

// sameSet: a language may need to name a thing twice.
func sameSet(a, b []string) bool { return slices.Equal(slices.Compact(a), slices.Compact(b)) }

// TestEveryTextIsUsed by a template, and every template has its text.
func TestEveryTextIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`\{\{t "([a-z_.]+)"\}\}`).FindAllStringSubmatch(strings.ReplaceAll(pageSource+cardSource, "{{if", "\n{{if"), -1) {
		used[m[1]] = true
	}
	for key := range allLocales(t)[0].Texts {
		if !used[key] {
			t.Errorf("nothing uses the text %q", key)
		}
		delete(used, key)
	}
	if len(used) > 0 {
		t.Errorf("there are no texts for %v", slices.Collect(maps.Keys(used)))
	}
}

// TestLocalesAreWellFormed: bounds, normal form, nothing invisible but the mark
// that Farsi is written with, and no Latin letter loose in Arabic script.
func TestLocalesAreWellFormed(t *testing.T) {
	for _, l := range allLocales(t) {
		if len(l.Months) != 12 || utf8.RuneCountInString(l.Digits) != 10 || !slices.Contains([]string{"done", "owed"}, l.Review) {
			t.Errorf("%s: %d months, digits %q, review %q", l.Lang, len(l.Months), l.Digits, l.Review)
		}
		for key, text := range l.Texts {
			if fault := faultOf(l, key, text); fault != "" {
				t.Errorf("%s, %q: %s", l.Lang, key, fault)
			}
		}
	}
}

// bound is how many characters a text may have.
func bound(key string) int {
	switch {
	case strings.HasSuffix(key, "title"), key == "languages":
		return 60
	case strings.HasPrefix(key, "card.") && key != "card.print":
		return 180
	}
	return 440
}

func faultOf(l *locale, key, text string) string {
	bare := regexp.MustCompile(`\{[a-z_0-9]+\}`).ReplaceAllString(text, "")
	switch {
	case utf8.RuneCountInString(text) > bound(key):
		return "too long"
	case !norm.NFC.IsNormalString(text):
		return "not in normal form C"
	case strings.TrimSpace(text) != text || strings.Contains(text, "  "):
		return "spaces too many"
	case strings.ContainsAny(bare, "{}<>&"):
		return "markup, or a placeholder that is none"
	}
	for _, c := range bare {
		if fault := faultOfRune(l, c); fault != "" {
			return fault
		}
	}
	return ""
}

const zeroWidthNonJoiner = '\u200c' // parts of Farsi words

func faultOfRune(l *locale, c rune) string {
	rtl := l.Dir == "rtl"
	switch {
	case c == zeroWidthNonJoiner && l.Lang == "fa", c == ' ':
		return ""
	case unicode.In(c, unicode.Cf, unicode.Cc, unicode.Zs):
		return "something invisible"
	case rtl && unicode.In(c, unicode.Latin, unicode.Cyrillic):
		return "letters from left to right that nothing sets apart: make them a placeholder"
	case !rtl && unicode.Is(unicode.Arabic, c):
		return "letters from right to left"
	case l.Lang != "en" && !rtl && unicode.Is(unicode.Latin, c):
		return "a Latin letter among Cyrillic ones"
	case l.Lang == "fa" && (c == 'ي' || c == 'ك' || c == 'ى'):
		return "an Arabic letter that looks like a Farsi one"
	}
	return ""
}

// TestOwedReviewsAreListed: docs/TRANSLATIONS.md says of each language what its
// file says.
func TestOwedReviewsAreListed(t *testing.T) {
	b, err := os.ReadFile("../../docs/TRANSLATIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range allLocales(t) {
		row := regexp.MustCompile(`(?m)^\| ` + l.Lang + ` \|[^|]*\| (\w+) \|$`).FindSubmatch(b)
		if row == nil || string(row[1]) != l.Review {
			t.Errorf("%s: the list says %q, the file says %q", l.Lang, row, l.Review)
		}
	}
}

// TestNoTextTwice: of two texts with one key the first would vanish silently.
func TestNoTextTwice(t *testing.T) {
	for _, tag := range tags() {
		b, err := localeFiles.ReadFile("locales/" + tag + ".json")
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		d := json.NewDecoder(strings.NewReader(string(b)))
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			key, ok := token.(string)
			if !ok || !regexp.MustCompile(`^[a-z]+\.[a-z_]+$`).MatchString(key) {
				continue
			}
			if seen[key] {
				t.Errorf("%s: %q twice", tag, key)
			}
			seen[key] = true
		}
	}
}
