// SPDX-License-Identifier: Apache-2.0

package press

import "strings"

// Dir gives the writing direction of a language tag, "ltr" or "rtl".
func Dir(lang string) string {
	if arabicScript(lang) || baseLang(lang) == "he" || baseLang(lang) == "yi" || script(lang) == "Hebr" {
		return "rtl"
	}
	return "ltr"
}

func arabicScript(lang string) bool {
	if s := script(lang); s != "" {
		return s == "Arab"
	}
	switch baseLang(lang) {
	case "ar", "fa", "ur", "ps", "ckb", "ug", "sd":
		return true
	}
	return false
}

func cyrillicScript(lang string) bool {
	if s := script(lang); s != "" {
		return s == "Cyrl"
	}
	switch baseLang(lang) {
	case "ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "tg", "mn", "tt":
		return true
	}
	return false
}

func baseLang(lang string) string {
	base, _, _ := strings.Cut(lang, "-")
	return base
}

func script(lang string) string {
	for _, part := range strings.Split(lang, "-")[1:] {
		if len(part) == 4 {
			return part
		}
	}
	return ""
}
