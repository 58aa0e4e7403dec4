// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"fmt"
	"io"
)

// What people wrote is as secret as a key, but its fields are for use. These
// methods only keep whole messages out of logs and error texts.

func writeRedacted(s fmt.State) { _, _ = io.WriteString(s, redactedText) }

// Format hides the letter from every verb; use its fields.
func (l Letter) Format(s fmt.State, _ rune) { writeRedacted(s) }

// Format hides the note from every verb; use its fields.
func (n Note) Format(s fmt.State, _ rune) { writeRedacted(s) }

// Format hides the reply from every verb; use its fields.
func (r Reply) Format(s fmt.State, _ rune) { writeRedacted(s) }

// Format hides the opened message from every verb; use its fields.
func (o Opened) Format(s fmt.State, _ rune) { writeRedacted(s) }

// Format hides the parcel, whose key opens its files, from every verb.
func (p Parcel) Format(s fmt.State, _ rune) { writeRedacted(s) }
