// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// An inflation bomb stops one byte past the declared length: memory stays at
// what was declared, whatever would come out.
func TestInflationBombStopsAtTheBound(t *testing.T) {
	bomb := deflate(make([]byte, 50<<20))
	area := rawArea(1, 1, 10, min(len(bomb), 10_000), bomb[:min(len(bomb), 10_000)])
	area = append(area, make([]byte, letterArea-len(area))...)
	const runs = 10
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		if _, _, err := unpackArea(area); !errors.Is(err, errMessage) {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	// What the inflater needs for its own window and tables is some 50 kB.
	if used := (after.TotalAlloc - before.TotalAlloc) / runs; used > 200_000 {
		t.Fatalf("%d bytes for a message that declared 10", used)
	}
}

func TestAreaRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "body")
		kind := Kind(rapid.Byte().Draw(t, "kind"))
		area, err := packArea(kind, body, replyArea)
		if err != nil {
			t.Fatal(err)
		}
		k, b, err := unpackArea(area)
		if err != nil || len(area) != replyArea || k != kind || !bytes.Equal(b, body) {
			t.Fatal(err)
		}
	})
}

// Room says beforehand what sealing does afterwards.
func TestRoom(t *testing.T) {
	n := newTestRoom(t, "Anna")
	_, bundles := n.bundles(1)
	s := newTestSource(t)
	text := string(noise(10_000))
	low, high := 1, len([]rune(text))
	for low+1 < high { // the longest beginning that fits
		mid := (low + high) / 2
		if _, _, err := Room(NewLetter(string([]rune(text)[:mid]), nil)); err == nil {
			low = mid
		} else {
			high = mid
		}
	}
	fits, long := NewLetter(string([]rune(text)[:low-2]), nil), NewLetter(string([]rune(text)[:high+2]), nil)
	used, total, err := Room(fits)
	if err != nil || used > total || total != letterArea {
		t.Fatal(used, total, err)
	}
	if _, err := s.SealLetter(n.key(), n.roster(), bundles, fits); err != nil {
		t.Fatal(err)
	}
	used, total, err = Room(long)
	if !errors.Is(err, ErrTooLong) || used <= total {
		t.Fatal(used, total, err)
	}
	if _, err := s.SealLetter(n.key(), n.roster(), bundles, long); !errors.Is(err, ErrTooLong) {
		t.Fatal(err)
	}
	if _, _, err := Room(NewLetter("\x00", nil)); !errors.Is(err, ErrText) {
		t.Fatal(err)
	}
	if used, total, err := ReplyRoom(&Reply{Number: 1, Lowest: 1, Text: "x"}); err != nil || used > 200 || total != replyArea {
		t.Fatal(used, total, err)
	}
	if _, _, err := ReplyRoom(&Reply{Number: 1, Lowest: 1, Text: strings.Repeat(text, 2)}); !errors.Is(err, ErrTooLong) {
		t.Fatal(err)
	}
}

func TestLabelIsTwoWords(t *testing.T) {
	if got := Label(0).In(English()); got != "abandon abandon" {
		t.Error(got)
	}
	if got := Label(1<<22 - 1).In(English()); got != "zoo zoo" {
		t.Error(got)
	}
	if got := Label(1<<11 | 2).In(English()); got != "ability able" {
		t.Error(got)
	}
	if l := NewLetter("a", nil); l.Label() >= 1<<22 || l.ID == NewLetter("a", nil).ID {
		t.Error("labels or ids")
	}
}
