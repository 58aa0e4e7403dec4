// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"strings"

	"tamizdat/claim"
)

// ISODate gives what of a date other formats can hold: the day, the month or the
// year that all of it lies in, without its doubts, or nothing.
func ISODate(d claim.Date) string {
	if d.IsZero() {
		return ""
	}
	early, late := d.Bounds()
	a, b := early.String(), late.String()
	for _, n := range []int{len("2022-03-24"), len("2022-03"), len("2022")} {
		if strings.HasPrefix(b, a[:n]) {
			return a[:n]
		}
	}
	return ""
}
