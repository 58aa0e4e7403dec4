// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/hex"
	"strings"
)

// DropLine is what a newsroom's founder must be told of a drop, in one line that
// can be pasted:
//
//	http://….onion#<drop key, 64 hex digits>.<incarnation, 32 hex digits>
//
// All of it is public. It must come from the drop's operator by a way that is
// trusted: the roster will name this key and no other.
type DropLine struct {
	Address     string
	Key         DropKey
	Incarnation Incarnation
}

// String implements [fmt.Stringer].
func (l DropLine) String() string {
	return l.Address + "#" + hex.EncodeToString(l.Key[:]) + "." + hex.EncodeToString(l.Incarnation[:])
}

// ParseDropLine reads a drop's line. It fails with ErrMalformed.
func ParseDropLine(text string) (l DropLine, err error) {
	address, rest, _ := strings.Cut(text, "#")
	key, incarnation, _ := strings.Cut(rest, ".")
	if err := CheckAddress(address); err != nil {
		return l, err
	}
	l.Address = address
	b, err := parseHex("the drop's key", key, len(l.Key))
	if err != nil {
		return l, err
	}
	copy(l.Key[:], b)
	if b, err = parseHex("the drop's incarnation", incarnation, len(l.Incarnation)); err != nil {
		return l, err
	}
	copy(l.Incarnation[:], b)
	return l, nil
}
