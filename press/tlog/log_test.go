// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestLogTellsThreeAnswers(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	l := openLog(t, t.TempDir(), s)
	fill(t, l, s, 300)
	policy := testPolicy(t, s, 2, "w1.example", "w2.example", "w3.example")

	p, err := l.Prove(7, Salt{1})
	if err != nil {
		t.Fatal(err)
	}
	v, err := policy.Judge(p, testNow)
	if err != nil || v.Answer != Unwitnessed || v.Accepted || v.String() != "in the log, not witnessed" {
		t.Errorf("without witnesses: %v, %v", v, err)
	}
	cosign(t, l, "w1.example", "w3.example")
	p, err = l.Prove(7, Salt{1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseProof(p.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	v, err = policy.Judge(again, testNow)
	if err != nil || v.Answer != Witnessed || v.String() != "in the log, and witnessed by 2 of 3" || v.Index != 7 {
		t.Errorf("with two witnesses: %v, %v", v, err)
	}
	stranger := testPolicy(t, newTestSigner(t, "other.example/log"), 0)
	if _, err := stranger.Judge(again, testNow); !errors.Is(err, ErrNotOurs) {
		t.Errorf("a stranger's policy said %v", err)
	}
}

func TestLogSurvivesReopening(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	dir := t.TempDir()
	for _, n := range []int{1, 254, 1, 1, 300} {
		l := openLog(t, dir, s)
		fill(t, l, s, n)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	l := openLog(t, dir, s)
	if l.Size() != 557 {
		t.Fatalf("size %d", l.Size())
	}
	files, tree, err := Files(l.entries)
	if err != nil || tree != l.head.Tree {
		t.Fatalf("tree %v, %v", tree, err)
	}
	for _, f := range files {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil || string(got) != string(f.Data) {
			t.Errorf("%s: %v", f.Path, err)
		}
		if want, ok := Tile(l.entries, f.Path); !ok || string(want) != string(f.Data) {
			t.Errorf("Tile(%s) disagrees", f.Path)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "tile", "0", "000.p")); !errors.Is(err, os.ErrNotExist) {
		t.Error("partial tiles of a full one are still there")
	}
}

func TestLogRefusesASecondProcess(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	dir := t.TempDir()
	openLog(t, dir, s)
	if _, err := Open(dir, s.pub); !errors.Is(err, ErrLocked) {
		t.Errorf("the second opening said %v", err)
	}
}

func TestLogRefusesAChangedEntry(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	dir := t.TempDir()
	l := openLog(t, dir, s)
	fill(t, l, s, 3)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "tile", "entries", "000.p", "3")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[40] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := Open(dir, s.pub); err == nil {
		t.Error("a log with a changed entry was opened", l.Size())
	}
}

func TestLogWritesNoUnknownEntry(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	l := openLog(t, t.TempDir(), s)
	e, err := ParseEntry([]byte(`{"v":1,"type":"denial","text":"…"}`))
	if err != nil || e.Known() || e.Type != "denial" {
		t.Fatalf("%v, %v", e, err)
	}
	if err := l.Append(s, e); !errors.Is(err, ErrEntry) {
		t.Errorf("writing it said %v", err)
	}
}

func TestConsistencyHoldsBetweenAllSizes(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	l := openLog(t, t.TempDir(), s)
	trees := map[int64]Tree{0: {}}
	for range 20 {
		fill(t, l, s, 1)
		trees[l.Size()] = l.head.Tree
	}
	for _, size := range slices.Sorted(maps.Keys(trees)) {
		proof, err := l.Consistency(size)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckConsistency(proof, trees[size], l.head.Tree); err != nil {
			t.Errorf("from %d: %v", size, err)
		}
		wrong := trees[size]
		wrong.Root[0] ^= 1
		if size > 0 && CheckConsistency(proof, wrong, l.head.Tree) == nil {
			t.Errorf("from %d: a changed history was taken", size)
		}
		if CheckConsistency(append(proof, Hash{}), trees[size], l.head.Tree) == nil {
			t.Errorf("from %d: a proof with one hash too many was taken", size)
		}
	}
}

func TestPathLengthIsThatOfRealProofs(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	l := openLog(t, t.TempDir(), s)
	for range 40 {
		fill(t, l, s, 1)
		for i := range l.Size() {
			p, err := l.Prove(i, Salt{})
			if err != nil || len(p.path) != pathLength(i, l.Size()) {
				t.Fatalf("entry %d of %d: %d hashes, %v", i, l.Size(), len(p.path), err)
			}
		}
	}
}

func TestReadEntriesRefusesShortBundles(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	l := openLog(t, t.TempDir(), s)
	fill(t, l, s, 3)
	whole := formatBundle(l.entries)
	for cut := range whole {
		read := func(string) ([]byte, error) { return whole[:cut], nil }
		if _, err := ReadEntries(read, 3); err == nil {
			t.Errorf("a bundle cut at %d was read", cut)
		}
	}
}
