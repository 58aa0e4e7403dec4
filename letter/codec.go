// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// A cursor reads fields from bytes that strangers wrote. After the first field
// that is not there all others are zero, and done reports false: check once.
type cursor struct {
	rest  []byte
	short bool
}

// take returns n bytes of the input itself, or nil.
func (c *cursor) take(n int) []byte {
	if c.short || n < 0 || n > len(c.rest) {
		c.short = true
		return nil
	}
	b := c.rest[:n:n]
	c.rest = c.rest[n:]
	return b
}

func (c *cursor) fill(b []byte) { copy(b, c.take(len(b))) }

func (c *cursor) u8() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) u16() uint16 {
	if b := c.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (c *cursor) u32() uint32 {
	if b := c.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (c *cursor) u64() uint64 {
	if b := c.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// bytes32 reads a length and so many bytes; the length is checked against what
// is left before anything is allocated.
func (c *cursor) bytes32() []byte {
	n := c.u32()
	if uint64(n) > uint64(len(c.rest)) {
		c.short = true
		return nil
	}
	return c.take(int(n))
}

// done tells that every field was there and nothing is left.
func (c *cursor) done() bool { return !c.short && len(c.rest) == 0 }

func appendBytes32(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// lineFeeds brings the line ends of all systems to one (spec/letter.md §5).
func lineFeeds(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// goodText is UTF-8 in which line feed and tab are the only control
// characters (spec/letter.md §5).
func goodText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return false
		}
	}
	return true
}
