// SPDX-License-Identifier: Apache-2.0

package ftm

import "strings"

// language gives the code of three letters (ISO 639-3) for those of two that a
// newsroom here meets; three letters stay.
func language(code string) string {
	two := map[string]string{
		"en": "eng", "ru": "rus", "uk": "ukr", "be": "bel", "de": "deu", "fr": "fra", "es": "spa", "it": "ita", "pl": "pol", "fa": "fas", "ar": "ara",
		"zh": "zho", "tr": "tur", "ka": "kat", "kk": "kaz", "lt": "lit", "lv": "lav", "et": "est", "ro": "ron", "cs": "ces",
	}
	code, _, _ = strings.Cut(strings.ToLower(code), "-")
	if len(code) == 3 && strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") == "" {
		return code
	}
	return two[code]
}
