// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxSafeName = 120 // bytes
	maxMarks    = 4   // on one letter
)

// SafeName turns a stranger's name for attachment index (from 0) into one that
// any file system, shell, archive and header can hold: one path element of 1 to
// 120 bytes, of letters, digits and . _ - only, in NFC, without leading dot or
// dash, trailing dot, or a name that Windows keeps for devices. It begins with
// the attachment's number, so that no two names of a parcel are alike, whatever
// letter case and look-alikes they use.
func SafeName(name string, index int) string {
	prefix := fmt.Sprintf("%02d-", index+1)
	stem, ext := cutExtension(neutral(lastElement(name)))
	stem = clip(stem, maxSafeName-len(prefix)-len(ext))
	stem = strings.Trim(stem, "._-")
	if stem == "" || reserved(stem) {
		stem = "file" + stem
	}
	return prefix + clip(stem, maxSafeName-len(prefix)-len(ext)) + ext
}

// lastElement drops what looks like folders, in the manner of any system.
func lastElement(name string) string {
	name = strings.TrimRight(name, `/\`)
	return name[strings.LastIndexAny(name, `/\:`)+1:]
}

// neutral keeps letters, their marks and digits, and drops what is invisible;
// the rest becomes "_".
func neutral(s string) string {
	var b strings.Builder
	marks := 0
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "_")) {
		switch {
		case invisible(r):
		case unicode.Is(unicode.Mn, r):
			// More than a few marks on a letter are no language's; norm would
			// part more than thirty by an invisible character.
			if marks++; marks <= maxMarks && b.Len() > 0 {
				b.WriteRune(r)
			}
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '-':
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
		marks = 0
	}
	name := norm.NFC.String(b.String())
	for strings.Contains(name, "..") {
		name = strings.ReplaceAll(name, "..", ".")
	}
	return strings.Trim(name, "._-")
}

// invisible are control and format characters and whatever else a screen need
// not show: variation selectors, fillers, tags.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// cutExtension keeps a short, plain extension apart, so that clipping and
// device names do not touch it.
func cutExtension(s string) (stem, ext string) {
	ext = path.Ext(s)
	if len(ext) < 2 || len(ext) > 12 || !plain(ext[1:]) {
		return s, ""
	}
	return strings.TrimSuffix(s, ext), ext
}

func plain(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// clip cuts s to at most n bytes between two characters.
func clip(s string, n int) string {
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// reserved are the device names of Windows, with any extension. The number in
// front already sets a name apart; this keeps it so if the number is cut off.
func reserved(stem string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(stem), ".")
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	return len(base) >= 4 && (strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")) && utf8.RuneCountInString(base) == 4
}
