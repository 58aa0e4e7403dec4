// SPDX-License-Identifier: Apache-2.0

package claim

import "strings"

// SamePerson takes “Anna” and “ anna” for one. Where two people are asked for (I8,
// I9, I10), a slip of the keyboard must not make them of one.
func SamePerson(a, b string) bool { return person(a) == person(b) }

// people counts the different people in a list of names. Nobody has no name.
func people(names []string) int {
	seen := make(map[string]bool, len(names))
	for _, n := range names {
		seen[person(n)] = true
	}
	delete(seen, "")
	return len(seen)
}

func person(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
