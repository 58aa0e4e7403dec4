// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"testing"
)

func eight() []string {
	return []string{"Anna", "Boris", "Clara", "Dmitri", "Elena", "Farid", "Galina", "Hossein"}
}

// BenchmarkVerifyNewsroomOf8 is what a client does first: one root, a roster of eight
// journalists, all signatures, all keys checked.
func BenchmarkVerifyNewsroomOf8(b *testing.B) {
	h := found(eight()...)
	b.SetBytes(int64(len(h.file)))
	b.ReportAllocs()
	for b.Loop() {
		if err := verifyFile(h, h.file); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadEveryonesView is 30 days of replies, every slot filled, behind 90 days
// of leaf hashes: the head, the hash of each page and the tree are checked.
func BenchmarkReadEveryonesView(b *testing.B) {
	h := found("Anna", "Boris", "Clara")
	view := monthOfReplies(h)
	b.SetBytes(int64(len(view)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.readView(view, Replies); err != nil {
			b.Fatal(err)
		}
	}
}

// monthOfReplies is everyone's view of a log of 600 pages.
func monthOfReplies(h *house) []byte {
	const size, kept = 600, 120
	full, empty := testBody8(), []byte{0}
	l := h.emptyLog(Replies)
	for page := range size {
		if page < size-kept {
			l.seal(empty)
		} else {
			l.seal(full)
		}
	}
	shape := DefaultSchedule().EveryonesView(size)
	return l.view(int(shape.Base), int(shape.Base+shape.Before), size)
}

func testBody8() []byte {
	var list [][]byte
	for i := range 8 {
		list = append(list, envelopeOf("slot "+string(rune('a'+i)), ReplySize))
	}
	return must(EncodeRepliesBody(list))
}

// BenchmarkParseLetterPostTo8 is what the drop does before it looks at the work.
func BenchmarkParseLetterPostTo8(b *testing.B) {
	h := found("Anna")
	post := must(letterPost(h, 8).Encode())
	b.SetBytes(int64(len(post)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseLetterPost(post); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheckWork is one check at a newsroom's usual cost.
func BenchmarkCheckWork(b *testing.B) {
	s := DefaultSchedule()
	for b.Loop() {
		_ = WorkDone(NewsroomKey{}, 1, Hash{}, 2, s.WorkIterations, s.WorkBits)
	}
}

// TestEveryonesViewIsFrugal bounds what reading the view asks of memory: the bodies
// themselves and a few small things a page.
func TestEveryonesViewIsFrugal(t *testing.T) {
	h := found("Anna")
	b := monthOfReplies(h)
	v := must(h.readView(b, Replies))
	if err := v.CheckShape(DefaultSchedule().EveryonesView(600)); err != nil {
		t.Fatal(err)
	}
	if int64(len(b)) > DefaultSchedule().MaxViewBytes() {
		t.Errorf("the view has %d bytes, more than MaxViewBytes allows", len(b))
	}
	allocs := testing.AllocsPerRun(2, func() {
		if _, err := h.readView(bytes.Clone(b), Replies); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 8*120 {
		t.Errorf("%.0f allocations for 120 pages", allocs)
	}
}
