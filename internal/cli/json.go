// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// JSON writes v to Stdout for programs. What a terminal would obey is written as an
// escape, which means the same to a program.
func (e *Env) JSON(v any) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		e.Printf("%s\n", escapeUnseen(strings.TrimSuffix(line, "\n")))
	}
	return nil
}

// escapeUnseen writes each character that would be invisible as JSON's \u.
func escapeUnseen(s string) string {
	var b strings.Builder
	for _, r := range s {
		if Clean(string(r)) == string(r) {
			b.WriteRune(r)
			continue
		}
		if hi, lo := utf16.EncodeRune(r); r > 0xffff {
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}
