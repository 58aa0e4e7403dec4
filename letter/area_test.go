// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"errors"
	"runtime"
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
	text := noise(10_000)
	long := string(text)
	verdicts := map[bool]int{}
	for runes := 4000; runes < len(text); runes += 40 {
		l := NewLetter(string(text[:runes]), nil)
		used, total, err := Room(l)
		_, sealing := s.SealLetter(n.key(), n.roster(), bundles, l)
		if (err == nil) != (sealing == nil) || (err == nil) != (used <= total) || total != letterArea {
			t.Fatalf("%d of %d bytes: Room says %v, sealing %v", used, total, err, sealing)
		}
		if err != nil && !(errors.Is(err, ErrTooLong) && errors.Is(sealing, ErrTooLong)) {
			t.Fatal(err, sealing)
		}
		verdicts[err == nil]++
	}
	if verdicts[true] < 5 || verdicts[false] < 5 {
		t.Fatalf("the limit was not crossed: %v", verdicts)
	}
	if _, _, err := Room(NewLetter("\x00", nil)); !errors.Is(err, ErrText) {
		t.Fatal(err)
	}
	if used, total, err := ReplyRoom(&Reply{Number: 1, Lowest: 1, Text: "x"}); err != nil || used > 200 || total != replyArea {
		t.Fatal(used, total, err)
	}
	if _, _, err := ReplyRoom(&Reply{Number: 1, Lowest: 1, Text: long}); !errors.Is(err, ErrTooLong) {
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
