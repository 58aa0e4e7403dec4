// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"fmt"
	"io"
)

const redactedText = "REDACTED"

// redacted is embedded in every type that holds a secret. Whatever prints the
// type (fmt with any verb, a structured logger, JSON) gets one word instead.
// It also makes the type incomparable, so that == never meets a secret.
//
// It protects the value itself. A secret type nested in an unexported field of
// somebody else's struct is printed by reflection, past every method; there
// the secret is safe only because all these types keep it behind a pointer.
type redacted struct{ _ [0]func() }

// String hides the secret.
func (redacted) String() string { return redactedText }

// GoString hides the secret from %#v.
func (redacted) GoString() string { return redactedText }

// Format hides the secret from every verb.
func (redacted) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redactedText) }

// MarshalText hides the secret from JSON and from structured loggers, which
// ask for it (so that this package need not import one).
func (redacted) MarshalText() ([]byte, error) { return []byte(redactedText), nil }
