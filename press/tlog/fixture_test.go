// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
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
