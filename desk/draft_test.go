// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"tamizdat/letter/wire"
)

func TestOneOfTwoIsNotEnough(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	draft, err := w.desks[0].Propose(Change{})
	w.must(err)
	w.must(w.desks[0].Sign(draft))
	w.must(w.desks[0].Sign(draft)) // twice is once
	if signed, needed := draft.Signers(); signed != 1 || needed != 2 {
		t.Errorf("%d of %d", signed, needed)
	}
	if err := w.desks[0].Publish(t.Context(), draft); !errors.Is(err, wire.ErrThreshold) {
		t.Errorf("publish: %v", err)
	}
	if err := w.desks[1].Join(t.Context(), draft); !errors.Is(err, wire.ErrThreshold) {
		t.Errorf("join: %v", err)
	}
	stranger := w.newDesk("Stranger")
	if err := stranger.Sign(draft); err == nil {
		t.Error("a stranger signs")
	}
}

func TestDraftsThatDoNotFollow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	old, err := w.desks[0].Propose(Change{})
	w.must(err)
	next, err := w.desks[0].Propose(Change{})
	w.must(err)
	w.signAndJoin(next, 0, 1)
	if err := w.desks[0].Sign(old); err == nil {
		t.Error("a draft that was overtaken is signed")
	}
	other := newWorld(t)
	foreign, err := other.desks[0].Propose(Change{})
	w.must(err)
	if err := w.desks[0].Sign(foreign); err == nil {
		t.Error("another newsroom's draft is signed")
	}
	founding := *w.draft
	if err := w.newDesk("Late").Join(t.Context(), &founding); err == nil {
		t.Error("a desk joins a newsroom that does not list it")
	}
}

// sampleDraft is always built anew: keys are random.
func sampleDraft(t testing.TB) []byte {
	t.Helper()
	tt, ok := t.(*testing.T)
	if !ok {
		t.Fatal("not a test")
	}
	return newWorld(tt).draft.Bytes()
}

// TestForgedRequest: a colleague cannot make a desk believe that his admin key
// is another's, and so have the wrong key taken out with her.
func TestForgedRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	boris, vera := w.desks[1], w.desks[2]
	q, err := wire.ParseRequest(boris.Request())
	w.must(err)
	draft, err := w.desks[0].Propose(Change{})
	w.must(err)
	for name, requests := range map[string][][]byte{
		"twice":           {boris.Request(), boris.Request()},
		"of a stranger":   {w.newDesk("Stranger").Request()},
		"in a wrong form": {q.Bytes()[1:]},
	} {
		d := *draft
		d.requests = requests
		if _, err := ParseDraft(d.Bytes()); err == nil {
			t.Errorf("a request %s is accepted", name)
		}
	}
	// What is known is not replaced.
	known := *w.desks[0].s.requests[vera.ID()]
	known.Admin = q.Admin
	w.desks[0].s.requests[vera.ID()] = &known
	if err := w.desks[0].Sign(draft); err == nil || !strings.Contains(err.Error(), "another admin key") {
		t.Errorf("a draft with another admin key than known: %v", err)
	}
}

// TestSweepForgetsWhatNobodyNames: a desk that died between two steps leaves no
// object behind.
func TestSweepForgetsWhatNobodyNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "kept")
	w.pass(8 * time.Hour)
	d := w.desks[0]
	before := len(d.v.Objects())
	object, err := d.v.PutObject([]byte("orphan"))
	w.must(err)
	w.must(d.v.Keep(object))
	d = w.reopen(0)
	if after := len(d.v.Objects()); after != before {
		t.Errorf("%d objects, then %d", before, after)
	}
	if b, err := d.v.Object(d.s.letters[d.s.order[0]].Envelope, wire.EnvelopeSize); err != nil || len(b) != wire.EnvelopeSize {
		t.Errorf("the original is %d bytes, %v", len(b), err)
	}
}

// TestDraftMutations: a draft with any part cut, prolonged or altered is
// refused, or is another draft with other bytes; never the same twice.
func TestDraftMutations(t *testing.T) {
	t.Parallel()
	whole := sampleDraft(t)
	back, err := ParseDraft(whole)
	if err != nil || !bytes.Equal(back.Bytes(), whole) {
		t.Fatalf("a draft does not survive: %v", err)
	}
	for i := 0; i < len(whole); i += 1 + i/50 {
		changed := bytes.Clone(whole)
		changed[i] ^= 0x40
		if d, err := ParseDraft(changed); err == nil && d.Ignored() == 0 && !bytes.Equal(d.Bytes(), changed) {
			t.Errorf("byte %d changed: two encodings of one draft", i)
		}
		if _, err := ParseDraft(whole[:i]); err == nil {
			t.Errorf("cut to %d bytes and accepted", i)
		}
	}
	if _, err := ParseDraft(append(whole, 0)); err == nil {
		t.Error("a byte too many is accepted")
	}
}

func FuzzDraft(f *testing.F) {
	f.Add([]byte(draftMagic))
	f.Add([]byte(draftMagic + "\x01\x00\x02ab\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := ParseDraft(b); err == nil && d.Ignored() == 0 && !bytes.Equal(d.Bytes(), b) {
			t.Fatal("two encodings of one draft")
		}
	})
}
