// SPDX-License-Identifier: Apache-2.0

// Package canon is the one JSON encoding of the public record
// (spec/record.md §2): fixed field order, no optional white space, the fewest
// escapes. [Indented] and [Compact] write it, [Parse] reads it and refuses
// every other spelling of the same value.
//
// It trusts the caller to bound the length of the input first. Strings with
// U+2028 or U+2029 have no canonical form here and must be refused by the
// caller's own rules; its values must not contain floats or maps.
package canon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Indented writes v as ECMAScript's JSON.stringify(v, null, 1) does, with a
// final line feed.
func Indented(v any) ([]byte, error) {
	return encode(v, " ")
}

// Compact writes v without white space and without a final line feed.
func Compact(v any) ([]byte, error) {
	b, err := encode(v, "")
	return bytes.TrimSuffix(b, []byte("\n")), err
}

func encode(v any, indent string) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// Parse decodes b into v and then demands that encode(v) gives b again. The
// encode function is the one that the writer of this kind of object uses, so
// whatever it normalises (a missing list, say) is refused here.
func Parse(b []byte, v any, encode func() ([]byte, error)) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("not the JSON of this kind of object: %w", err)
	}
	again, err := encode()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, b) {
		return notCanonical(b, again)
	}
	return nil
}

// ErrNotCanonical says that the value was understood but is not spelt in the
// one permitted way.
var ErrNotCanonical = errors.New("not in canonical form")

func notCanonical(got, want []byte) error {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	return fmt.Errorf("%w: first difference at byte %d", ErrNotCanonical, i)
}
