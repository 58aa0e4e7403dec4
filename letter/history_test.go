// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// TestHistoryComesBackWhole: whatever is written, in whatever pieces, is read by the one
// whom it is for, followed by zeros; and cut anywhere it is refused.
func TestHistoryComesBackWhole(t *testing.T) {
	k, nr := fixedJournalist(t, "history", "Anna"), fixedNewsroom()
	public := k.Public()
	rapid.Check(t, func(t *rapid.T) {
		plain := bytes.Repeat([]byte{7}, rapid.IntRange(0, 3*historyRoom).Draw(t, "length"))
		var out bytes.Buffer
		w, err := NewHistory(&out, nr, &public)
		if err != nil {
			t.Fatal(err)
		}
		for rest := plain; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		whole := out.Bytes()
		r, err := k.OpenHistory(nr, iotest.HalfReader(bytes.NewReader(whole)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.HasPrefix(got, plain) || !allZero(got[len(plain):]) || len(got)-len(plain) > historyRoom {
			t.Fatalf("%d bytes of %d: %v", len(got), len(plain), err)
		}
		cut := rapid.IntRange(historyHead, len(whole)-1).Draw(t, "cut")
		r, err = k.OpenHistory(nr, bytes.NewReader(whole[:cut]))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); !errors.Is(err, ErrHistory) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	})
}

// TestHistoryFromABrokenDisk: a disk that fails is not taken for a file that was altered.
func TestHistoryFromABrokenDisk(t *testing.T) {
	k, nr := fixedJournalist(t, "history", "Anna"), fixedNewsroom()
	public, broken := k.Public(), errors.New("the disk is broken")
	var out bytes.Buffer
	w, err := NewHistory(&out, nr, &public)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte{1}); err == nil {
		t.Error("something was written behind the end")
	}
	for _, n := range []int{0, historyHead, historyHead + 5, out.Len()} {
		r, err := k.OpenHistory(nr, io.MultiReader(bytes.NewReader(out.Bytes()[:n]), iotest.ErrReader(broken)))
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, broken) || errors.Is(err, ErrHistory) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

// TestLetterBodyHasOneForm: what a colleague gives has the digest that desks have told.
func TestLetterBodyHasOneForm(t *testing.T) {
	n := newTestRoom(t, "Anna")
	periods, bundles := n.bundles(1)
	envelopes, err := newTestSource(t).SealLetter(n.key(), n.roster(), bundles, NewLetter("The risk grows.\r\nEvery week.", nil))
	if err != nil {
		t.Fatal(err)
	}
	o, err := n.members[0].Open(n.key(), n.roster(), periods[:1], envelopes[0])
	if err != nil {
		t.Fatal(err)
	}
	body, err := o.Letter.Body()
	if err != nil {
		t.Fatal(err)
	}
	got, digest, err := ParseLetterBody(body)
	if err != nil || got.Text != o.Letter.Text || got.ID != o.Letter.ID || digest != o.Digest {
		t.Fatal("it is another letter", err)
	}
	if _, _, err := ParseLetterBody(append(body, 0)); err == nil {
		t.Error("a body with a tail was read")
	}
	if _, _, err := ParseLetterBody(make([]byte, MaxLetterBody+1)); err == nil {
		t.Error("a body without end was read")
	}
}
