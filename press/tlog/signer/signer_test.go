// SPDX-License-Identifier: Apache-2.0

package signer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tamizdat/press/tlog"
)

const testPassphrase = "six words of a long phrase"

func cheap() Cost { return Cost{Passes: 1, KiB: 64, Threads: 1} }

func random() *bytes.Reader { return bytes.NewReader(bytes.Repeat([]byte{7, 1, 9}, 100)) }

func newKey(t *testing.T) (*Key, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "key")
	public, err := Create(dir, "lamp.example/log", testPassphrase, cheap(), random())
	if err != nil {
		t.Fatal(err)
	}
	k, err := Open(dir, testPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	if k.Public() != public {
		t.Fatal("another key came back")
	}
	t.Cleanup(func() { _ = k.Close() }) // the folder goes with the test
	return k, dir
}

func TestSignedTreeVerifies(t *testing.T) {
	k, _ := newKey(t)
	tree := tlog.Tree{Size: 3, Root: tlog.Hash{1}}
	note, err := k.SignTree(tree)
	if err != nil {
		t.Fatal(err)
	}
	cp, err := tlog.ParseCheckpoint(note, k.Public())
	if err != nil || cp.Tree != tree {
		t.Errorf("%v, %v", cp, err)
	}
}

// TestG12KeySignsOneHistory: a log folder from an old copy cannot make the key
// sign a fork, not even after a restart (peers G-3, G-12).
func TestG12KeySignsOneHistory(t *testing.T) {
	k, dir := newKey(t)
	sign := func(size int64, root byte) error {
		_, err := k.SignTree(tlog.Tree{Size: size, Root: tlog.Hash{root}})
		return err
	}
	if err := errors.Join(sign(1, 1), sign(1, 1), sign(2, 2)); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if err := sign(2, 9); !errors.Is(err, ErrFork) {
			t.Errorf("round %d: two trees of one size: %v", i, err)
		}
		if err := sign(1, 1); !errors.Is(err, ErrFork) {
			t.Errorf("round %d: back to a smaller tree: %v", i, err)
		}
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
		var err error
		if k, err = Open(dir, testPassphrase); err != nil {
			t.Fatal(err)
		}
	}
	if err := sign(3, 3); err != nil {
		t.Errorf("the true continuation: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, headFile), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sign(4, 4); err == nil {
		t.Error("signed although it no longer knows what it signed")
	}
}

func TestSignTextRefusesATreeHead(t *testing.T) {
	k, _ := newKey(t)
	text := tlog.FormatTree("lamp.example/log", tlog.Tree{Size: 1})
	if _, err := k.SignText(text); err == nil {
		t.Error("a tree head was signed past the memory")
	}
	if _, err := k.SignText("tamizdat-site/v1\norigin lamp.example/log\nsize 1\n"); err != nil {
		t.Error(err)
	}
}

func TestKeyFileEveryByte(t *testing.T) {
	_, dir := newKey(t)
	path := filepath.Join(dir, keyFile)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the key file: %v, %v", info.Mode(), err)
	}
	for i := range file {
		b := bytes.Clone(file)
		b[i] ^= 1
		if vkey, _, err := unseal(b, testPassphrase); err == nil {
			t.Fatalf("byte %d changed: opened as %s", i, vkey)
		}
	}
	for i := range file {
		if _, _, err := unseal(file[:i], testPassphrase); err == nil {
			t.Fatalf("cut at %d: opened", i)
		}
	}
	if _, _, err := unseal(file, testPassphrase+" "); err == nil || strings.Contains(err.Error(), "mac") {
		t.Errorf("another passphrase: %v", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Create(dir, "lamp.example/log", "short", cheap(), random()); err == nil {
		t.Error("a short passphrase was taken")
	}
	if _, err := Create(dir, "a b", testPassphrase, cheap(), random()); err == nil {
		t.Error("a name with a space was taken")
	}
	if _, err := Create(dir, "a", testPassphrase, cheap(), random()); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, "a", testPassphrase, cheap(), random()); !errors.Is(err, os.ErrExist) {
		t.Errorf("the key of a log was overwritten: %v", err)
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	_, dir := newKey(t)
	if _, err := Open(dir, testPassphrase); !errors.Is(err, tlog.ErrLocked) {
		t.Errorf("%v", err)
	}
}

func TestKeyDoesNotPrint(t *testing.T) {
	k, _ := newKey(t)
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%+v %#v %x", k, k, k), k.LogValue().String()} {
		if strings.Contains(strings.ReplaceAll(s, "REDACTED", ""), "7") || !strings.Contains(s, "REDACTED") {
			t.Errorf("printed %q", s)
		}
	}
}

func FuzzUnseal(f *testing.F) {
	b, err := seal("a+b+c", testPassphrase, [32]byte{}, cheap(), random())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.Count(b, []byte("\n")) == 5 && !bytes.Contains(b, []byte("argon2id 1 64 1\n")) {
			t.Skip("a cost that would only take time")
		}
		_, _, _ = unseal(b, "another passphrase") // must not panic
	})
}
