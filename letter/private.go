// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"fmt"
	"io"
)

// What people wrote is as secret as a key, but its fields are for use. These
// methods only keep whole messages out of logs and error texts that package fmt
// makes. They hide nothing from JSON, so neither from a logger that writes it; nor a
// field that is passed by itself; nor a message that stands by value in an unexported
// field of another struct, which fmt prints by reflection. Do not log them at all.

func writeRedacted(s fmt.State) { _, _ = io.WriteString(s, redactedText) }

// Format hides the letter from every verb; use its fields.
func (l Letter) Format(s fmt.State, _ rune) { writeRedacted(s) }

// Format hides the note from every verb; use its fields.
func (n Note) Format(s fmt.State, _ rune) { writeRedacted(s) }

// Format hides the reply from every verb; use its fields.
func (r Reply) Format(s fmt.State, _ rune) { writeRedacted(s) }

// Format hides the opened message from every verb; use its fields.
func (o Opened) Format(s fmt.State, _ rune) { writeRedacted(s) }

// Format writes what Error says, with every verb: neither what was typed nor the words
// near it, of which one is a word of the phrase.
func (e WordError) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, e.Error()) }

// Format hides the parcel, whose key opens its files, from every verb.
func (p Parcel) Format(s fmt.State, _ rune) { writeRedacted(s) }
