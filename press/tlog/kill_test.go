// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

var errKilled = errors.New("killed")

// dyingDisk is a folder in memory whose writer dies after a number of steps.
// Each file is written wholly or not: that is what internal/durable promises
// and tests.
type dyingDisk struct {
	mu    sync.Mutex
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
	d.mu.Lock()
	defer d.mu.Unlock()
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
