// SPDX-License-Identifier: Apache-2.0

// Package study holds the founding case: one published article of March 2022
// and the reporting about it, encoded for study. Everything in it was said in
// public by those whom it names; letters for reliability stand only at outlets,
// offices and unnamed people, as examples of what a desk might enter, and none
// at a living person. The sentences are ours, made from reports of reports; the
// originals were not seen. Call [Case], or
// [FoundingCase] for the file.
package study

import (
	_ "embed" // the file is part of the program

	"tamizdat/claim"
)

//go:embed founding-case.json
var foundingCase []byte

// FoundingCase gives the case as a file that claim.ParseCase reads.
func FoundingCase() []byte { return append([]byte(nil), foundingCase...) }

// Case gives the case. Each call reads it anew, so that a caller may change it.
func Case() claim.Case {
	c, err := claim.ParseCase(foundingCase)
	if err != nil {
		panic("study: the founding case is not a case: " + err.Error())
	}
	return c
}
