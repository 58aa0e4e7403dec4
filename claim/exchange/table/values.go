// SPDX-License-Identifier: Apache-2.0

package table

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"tamizdat/claim"
)

// The forms of dates and numbers, made once: a table has many cells.
var (
	dotted     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})$`) })
	byCommas   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$`) })
	byDots     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-?[1-9]\d{0,2}(\.\d{3})+$`) })
	sameLetter = sync.OnceValue(func() *strings.Replacer {
		return strings.NewReplacer("и\u0306", "й", "е\u0308", "е", "і\u0308", "ї", "ё", "е", "_", " ", "’", "'", "ʼ", "'")
	})
)

// readDate takes EDTF, and day.month.year as most of Europe writes it. Two
// numbers and a slash are not taken: half of the world reads them the other way.
func readDate(cell string) (claim.Date, *misfit) {
	cell = strings.TrimSpace(cell)
	if m := dotted().FindStringSubmatch(cell); m != nil {
		cell = fmt.Sprintf("%s-%02s-%02s", m[3], m[2], m[1])
	}
	d, err := claim.ParseDate(cell)
	if err != nil {
		return d, &misfit{"is not a date", "write it as 2022-03-24, 2022-03, 2022, 2022-03-24~ (about), 2022-03? (uncertain) or 2022-03/2022-05"}
	}
	return d, nil
}

// spaced takes the spaces out by which thousands are set apart: common, fixed,
// narrow and thin ones, and the Swiss apostrophe.
func spaced(s string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "\u2009", "", "'", "", "’", "", "\u2212", "-").Replace(s)
}

// readNumber reads 7000, 7 000, 7,000, 0.05 and 0,05. One dot before three
// digits is a decimal point to some and a thousand to others, and is not read.
func readNumber(cell string) (float64, *misfit) {
	s := spaced(strings.TrimSpace(cell))
	switch {
	case byCommas().MatchString(s):
		s = strings.ReplaceAll(s, ",", "")
	case byDots().MatchString(s):
		plain := strings.ReplaceAll(s, ".", "")
		return 0, &misfit{"can be read in two ways", "write " + plain + " if it is thousands, or " + s + "0 if it is a decimal fraction"}
	case strings.Count(s, ",") == 1 && !strings.Contains(s, "."):
		s = strings.Replace(s, ",", ".", 1)
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || strings.ContainsAny(s, "xXpP_") {
		return 0, &misfit{"is not a number", "write digits only, such as 7000 or 0.05; words and units belong in other columns"}
	}
	return n, nil
}

// writeNumber gives the shortest form that is read as the same number, and which
// no reader takes for thousands.
func writeNumber(n float64) string {
	s := strconv.FormatFloat(n, 'f', -1, 64)
	if byDots().MatchString(s) {
		s += "0"
	}
	return s
}

func readShare(cell string) (float64, *misfit) {
	s := strings.TrimSpace(cell)
	number, percent := strings.CutSuffix(s, "%")
	n, bad := readNumber(number)
	if bad != nil {
		return 0, bad
	}
	if percent {
		n /= 100
	}
	if n < 0 || n > 1 {
		return 0, &misfit{"is not between 0 and 1", "write a probability such as 0.05 or 5 %"}
	}
	return n, nil
}

func readYes(cell string) (bool, *misfit) {
	switch fold(cell) {
	case "yes", "y", "true", "1", "да", "так", "ja", "x":
		return true, nil
	case "no", "n", "false", "0", "нет", "ні", "nein":
		return false, nil
	}
	return false, &misfit{"is neither yes nor no", "write yes, no, or nothing where it is not known"}
}

// joinList separates by semicolons; one that belongs to a value has a backslash
// before it.
func joinList(list []string) string {
	var out []string
	for _, v := range list {
		out = append(out, strings.NewReplacer(`\`, `\\`, ";", `\;`).Replace(v))
	}
	return strings.Join(out, "; ")
}

// splitList undoes joinList, and drops what is empty and the spaces around.
func splitList(cell string) []string {
	var out []string
	var item strings.Builder
	end := func() {
		if v := strings.TrimSpace(item.String()); v != "" {
			out = append(out, v)
		}
		item.Reset()
	}
	escaped := false
	for _, r := range cell {
		switch {
		case escaped:
			if r != ';' && r != '\\' {
				item.WriteByte('\\')
			}
			item.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ';':
			end()
		default:
			item.WriteRune(r)
		}
	}
	if escaped {
		item.WriteByte('\\')
	}
	end()
	return out
}

// fold makes words comparable: case, spaces, ё and е, and the letters that some
// keyboards make of two characters.
func fold(s string) string {
	s = strings.ToLower(s)
	s = sameLetter().Replace(s)
	return strings.Join(strings.Fields(s), " ")
}
