// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tamizdat/press"
)

// testSigner signs like press/tlog/signer, with its memory in the process.
type testSigner struct {
	key  ed25519.PrivateKey
	pub  LogKey
	last *Tree // shared, so that it outlives a "killed" log
}

func newTestSigner(t testing.TB, origin string) testSigner {
	t.Helper()
	seed := sha256.Sum256([]byte("log " + origin))
	key := ed25519.NewKeyFromSeed(seed[:])
	p, err := press.NewPublicKey(origin, press.KeyEd25519, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return testSigner{key: key, pub: LogKey{p}, last: new(Tree)}
}

func (s testSigner) SignTree(tree Tree) ([]byte, error) {
	if tree.Size < s.last.Size || tree.Size == s.last.Size && tree.Root != s.last.Root {
		return nil, fmt.Errorf("the test signer was asked for a fork at %d", tree.Size)
	}
	*s.last = tree
	text := FormatTree(s.pub.Origin(), tree)
	return FormatNote(text, s.pub, ed25519.Sign(s.key, []byte(text))), nil
}

func testWitness(t testing.TB, name string) CosignKey {
	t.Helper()
	k, err := CosignKeyFromSeed(name, sha256.Sum256([]byte("witness "+name)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func testEditorKey(t testing.TB, name string) press.EditorKey {
	t.Helper()
	k, err := press.EditorKeyFromSeed(name, sha256.Sum256([]byte("editor "+name)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func testEntry(t testing.TB, n int) Entry {
	t.Helper()
	e, err := NewLetter(TypeLetter, Letter{
		Series: "lamp", Number: n + 1, Revision: 1, Langs: []string{"ru", "en"},
		Newsroom: "The Lamp", Notice: "invented for the demonstration",
		Edition: ContentHash(Salt{}, fmt.Append(nil, n)), SignOff: SignOffHash(nil), Published: "2026-11-23",
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func openLog(t testing.TB, dir string, s testSigner) *Log {
	t.Helper()
	l, err := Open(dir, s.pub)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // a second Close of the lock file is harmless
	return l
}

func fill(t testing.TB, l *Log, s testSigner, n int) {
	t.Helper()
	var entries []Entry
	for i := range n {
		entries = append(entries, testEntry(t, int(l.Size())+i))
	}
	if err := l.Append(s, entries...); err != nil {
		t.Fatal(err)
	}
}

var testNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func cosign(t testing.TB, l *Log, names ...string) {
	t.Helper()
	for _, name := range names {
		line, err := testWitness(t, name).Cosign(l.head, testNow)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.AddCosignatures(line); err != nil {
			t.Fatal(err)
		}
	}
}

func testPolicy(t testing.TB, s testSigner, k int, names ...string) Policy {
	t.Helper()
	var list []PolicyWitness
	for _, n := range names {
		list = append(list, PolicyWitness{Name: n, Key: testWitness(t, n).Witness()})
	}
	p, err := NewPolicy(s.pub, list, k)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

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

var errKilled = errors.New("killed")

// dyingDisk is a folder in memory whose writer dies after a number of steps.
// Each file is written wholly or not: that is what internal/durable promises
// and tests.
type dyingDisk struct {
	files map[string][]byte
	left  int
}

func (d *dyingDisk) step() error {
	if d.left == 0 {
		return errKilled
	}
	d.left--
	return nil
}

func (d *dyingDisk) write(path string, data []byte) error {
	if err := d.step(); err != nil {
		return err
	}
	d.files[path] = slices.Clone(data)
	return nil
}

func (d *dyingDisk) remove(path string) error {
	if err := d.step(); err != nil {
		return err
	}
	delete(d.files, path)
	return nil
}

// dyingSigner may die before or after it has noted the tree.
type dyingSigner struct {
	testSigner
	disk *dyingDisk
}

func (s dyingSigner) SignTree(t Tree) ([]byte, error) {
	if err := s.disk.step(); err != nil {
		return nil, err
	}
	note, err := s.testSigner.SignTree(t)
	return note, errors.Join(err, s.disk.step())
}

// TestG1G3LogKilledAtEveryStep kills the writer at each step of an append,
// starts again, and demands: the entry is wholly there or not at all, and one
// size never has two signed trees (peers G-3).
func TestG1G3LogKilledAtEveryStep(t *testing.T) {
	for _, before := range []int{0, 1, 5, 255, 256} {
		for left := 0; ; left++ {
			finished := killedAppend(t, before, left)
			if finished {
				break
			}
		}
	}
}

func killedAppend(t *testing.T, before, left int) (finished bool) {
	t.Helper()
	s := newTestSigner(t, "lamp.example/log")
	dir := t.TempDir()
	l := openLog(t, dir, s)
	if before > 0 {
		fill(t, l, s, before)
	}
	disk := &dyingDisk{files: map[string][]byte{}, left: left}
	l.write, l.remove = disk.write, disk.remove
	err := l.Append(dyingSigner{s, disk}, testEntry(t, before))
	if err != nil && !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	for path, data := range disk.files {
		if err := writeDurably(path, data); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, began := disk.files[filepath.Join(dir, "pending")]
	restarted(t, dir, s, before, began || err == nil, left)
	return err == nil
}

func restarted(t *testing.T, dir string, s testSigner, before int, accepted bool, left int) {
	t.Helper()
	l := openLog(t, dir, s)
	if err := l.Finish(s); err != nil {
		t.Fatalf("size %d, killed after %d steps: %v", before, left, err)
	}
	want := before
	if accepted {
		want++
	}
	if int(l.Size()) != want {
		t.Fatalf("size %d, killed after %d steps: %d entries instead of %d", before, left, l.Size(), want)
	}
	fill(t, l, s, 1) // and the log goes on
	if _, err := os.Stat(filepath.Join(dir, "pending")); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("the pending file is still there")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_ = openLog(t, dir, s).Close()
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
