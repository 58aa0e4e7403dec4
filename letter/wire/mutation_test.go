// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"maps"
	"slices"
	"testing"
)

// These tests hold every byte of every object to account. In objects below shortObject
// bytes each bit of each byte is flipped; in longer ones each byte once, with 0x01
// and 0x80 in turn. Inside ciphertext, which this layer cannot read, every 97th byte
// is taken: there each byte is bound by the same one hash or signature. So in a
// roster within a newsroom file, and a newsroom file within a newsroom write, which
// are tried whole by themselves.
const (
	shortObject  = 300
	opaqueStride = 97
)

// TestEveryFlippedBitIsRefused covers every kind that is bound to a signature, a hash
// or work.
func TestEveryFlippedBitIsRefused(t *testing.T) {
	h := found("Anna", "Boris")
	objects := bound(h)
	for _, kind := range slices.Sorted(maps.Keys(objects)) {
		t.Run(kind, func(t *testing.T) {
			accept, b := acceptances()[kind], objects[kind]
			wantError(t, accept(h, b), "")
			for _, at := range places(kind, b) {
				for _, mask := range masks(len(b), at) {
					b[at] ^= mask
					if nameOf(t, accept(h, b)) == "" {
						t.Errorf("byte %d with 0x%02x flipped is accepted", at, mask)
					}
					b[at] ^= mask
				}
			}
			wantError(t, accept(h, b), "")
		})
	}
}

// places are the offsets to try: all outside of opaque stretches, samples inside.
func places(kind string, b []byte) []int {
	var out []int
	hidden := opaque(kind, len(b))
	if kind == "view" {
		hidden = opaqueInView(b)
	}
	for at := range b {
		inside := slices.ContainsFunc(hidden, func(s [2]int) bool { return at > s[0] && at < s[1]-1 })
		if !inside || at%opaqueStride == 0 {
			out = append(out, at)
		}
	}
	return out
}

// opaqueInView finds the envelopes of the two pages of the view that whole builds:
// page 4 with one envelope, page 5 with two.
func opaqueInView(b []byte) [][2]int {
	const first = 2 + HeadSize + 9 + 32 + 4 + 2*32 + 4 + PageHeaderSize + 1
	const second = first + ReplySize + PageHeaderSize + 1
	return [][2]int{{first, first + ReplySize}, {second, second + 2*ReplySize}}
}

func masks(size, at int) []byte {
	if size < shortObject {
		return []byte{0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80}
	}
	if at%2 == 0 {
		return []byte{0x01}
	}
	return []byte{0x80}
}

// TestEveryTruncationIsRefused cuts each object at each length (every 61st of long
// ones), and TestExtensionIsRefused adds bytes: both are malformed before anything
// else is looked at. A grant is bound by its hash first.
func TestEveryTruncationIsRefused(t *testing.T) {
	h := found("Anna", "Boris")
	for kind, b := range bound(h) {
		accept, step := acceptances()[kind], 1
		if len(b) > shortObject {
			step = 61
		}
		for n := 0; n < len(b); n += step {
			wantLengthFault(t, kind, accept(h, bytes.Clone(b[:n])))
		}
		wantLengthFault(t, kind, accept(h, bytes.Clone(b[:len(b)-1])))
	}
}

func TestExtensionIsRefused(t *testing.T) {
	h := found("Anna", "Boris")
	for kind, b := range bound(h) {
		accept := acceptances()[kind]
		for _, tail := range [][]byte{{0}, {1}, make([]byte, 64), b} {
			wantLengthFault(t, kind, accept(h, append(bytes.Clone(b), tail...)))
		}
	}
}

func wantLengthFault(t *testing.T, kind string, err error) {
	t.Helper()
	want := "malformed"
	if kind == "grant" || (kind == "page" && nameOf(t, err) == "mismatch") {
		want = "mismatch" // the roster, or the page's header, names the hash of all bytes
	}
	if got := nameOf(t, err); got != want {
		t.Errorf("%s: got %q (%v), want %q", kind, got, err, want)
	}
}

// TestWrongVersionAndType tries all other versions and types, where the parser alone
// must say no.
func TestWrongVersionAndType(t *testing.T) {
	h := found("Anna", "Boris")
	objects := whole(h)
	for _, c := range codecs() {
		b := bytes.Clone(objects[c.kind])
		if slices.Contains([]string{"letters page", "replies page", "desk page", "key tuple"}, c.kind) {
			continue // these carry neither (spec/README.md §2)
		}
		for at := range 2 {
			for _, v := range []byte{0, 1, 2, 7, 0x15, 0xff} {
				changed := replaced(b, at, v)
				if bytes.Equal(changed, b) {
					continue
				}
				_, err := c.again(h, changed)
				if nameOf(t, err) != "malformed" {
					t.Errorf("%s: byte %d as 0x%02x: %v", c.kind, at, v, err)
				}
			}
		}
	}
}

// list is a list of items of one size inside an object; counts of one byte.
type list struct {
	kind            string
	count, at, size int
}

func lists() []list {
	return []list{
		{"root", 43, 44, 32},
		{"keys file", 38, 39, BundleSize},
		{"beats file", 34, 35, BeatSize},
		{"grant", 42, 43, 1200},
		{"letter post", 50, 51, EnvelopeSize},
	}
}

// TestListsSwappedDuplicatedReordered changes lists whose items are not otherwise
// bound: the parser or, for a letter post, the work refuses. Lists in rosters are in
// roster_test.go, signed anew; pages and views in page_test.go and view_test.go.
func TestListsSwappedDuplicatedReordered(t *testing.T) {
	h := found("Anna", "Boris")
	objects := bound(h)
	for _, l := range lists() {
		b := objects[l.kind]
		first, second := b[l.at:l.at+l.size], b[l.at+l.size:l.at+2*l.size]
		for name, changed := range map[string][]byte{
			"swapped":       splice(b, l.at, 2*l.size, slices.Concat(second, first)),
			"first twice":   splice(b, l.at, 2*l.size, slices.Concat(first, first)),
			"second twice":  splice(b, l.at, 2*l.size, slices.Concat(second, second)),
			"one more":      replaced(splice(b, l.at, l.size, slices.Concat(first, first)), l.count, b[l.count]+1),
			"one less":      replaced(splice(b, l.at, l.size, nil), l.count, b[l.count]-1),
			"count too big": replaced(b, l.count, b[l.count]+1),
			"count too low": replaced(b, l.count, b[l.count]-1),
			"count 255":     replaced(b, l.count, 255),
		} {
			err := acceptances()[l.kind](h, changed)
			got := nameOf(t, err)
			absent := name == "one less" && (l.kind == "keys file" || l.kind == "beats file")
			if absent != (got == "") {
				t.Errorf("%s, %s: %v", l.kind, name, err)
			}
		}
	}
}

// splice replaces n bytes at an offset.
func splice(b []byte, at, n int, by []byte) []byte {
	return slices.Concat(b[:at], by, b[at+n:])
}
