// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// testProof is a witnessed proof of the middle of seven entries.
func testProof(t testing.TB) (Proof, Policy, testSigner) {
	t.Helper()
	s := newTestSigner(t, "lamp.example/log")
	l := openLog(t, t.TempDir(), s)
	fill(t, l, s, 7)
	cosign(t, l, "w1.example", "w2.example")
	p, err := l.Prove(3, Salt{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	return p, testPolicy(t, s, 2, "w1.example", "w2.example"), s
}

// asGood tells whether a changed file still gets the full answer for the same
// entry: that must never be.
func asGood(b []byte, policy Policy, want Proof) bool {
	p, err := ParseProof(b)
	if err != nil {
		return false
	}
	v, err := policy.Judge(p, testNow)
	return err == nil && v.Answer == Witnessed && p.Salt == want.Salt
}

// TestG1ProofEveryByte changes a proof in every way (peers G-1). The salt is
// bound by the content hash, which the caller checks; so it is compared here.
func TestG1ProofEveryByte(t *testing.T) {
	p, policy, _ := testProof(t)
	file := p.Bytes()
	if !asGood(file, policy, p) {
		t.Fatal("the true proof does not verify")
	}
	for i, b := range mutations(file) {
		if asGood(b, policy, p) {
			t.Fatalf("mutation %d was taken:\n%s", i, b)
		}
	}
}

// TestG1CheckpointEveryByte does the same for a checkpoint.
func TestG1CheckpointEveryByte(t *testing.T) {
	p, policy, s := testProof(t)
	file := p.Checkpoint()
	for i, b := range mutations(file) {
		v, _, err := policy.JudgeCheckpoint(b, testNow)
		if err == nil && v.Answer == Witnessed && len(v.Ignored) == 0 {
			t.Fatalf("mutation %d was taken:\n%s", i, b)
		}
		if cp, err := ParseCheckpoint(b, s.pub); err == nil && cp.Tree != p.Tree() {
			t.Fatalf("mutation %d gave another tree", i)
		}
	}
}

// mutations gives every one-bit flip, cut, deletion and doubling of a byte,
// every doubled, dropped and exchanged line, and some extensions.
func mutations(b []byte) [][]byte {
	var out [][]byte
	for i := range b {
		for bit := range 8 {
			c := bytes.Clone(b)
			c[i] ^= 1 << bit
			out = append(out, c)
		}
		out = append(out, bytes.Clone(b[:i]), slices.Delete(bytes.Clone(b), i, i+1), slices.Insert(bytes.Clone(b), i, b[i]))
	}
	lines := bytes.SplitAfter(b, []byte("\n"))
	for i := range lines {
		out = append(out, bytes.Join(slices.Delete(slices.Clone(lines), i, i+1), nil), bytes.Join(slices.Insert(slices.Clone(lines), i, lines[i]), nil))
		for j := range i {
			l := slices.Clone(lines)
			l[i], l[j] = l[j], l[i]
			out = append(out, bytes.Join(l, nil))
		}
	}
	for _, tail := range []string{"\n", " ", "\x00", "x"} {
		out = append(out, append(bytes.Clone(b), tail...))
	}
	// Signature lines may stand in any order; an inserted equal byte may give
	// the same file.
	return slices.DeleteFunc(out, func(c []byte) bool { return sameLines(b, c) })
}

func sameLines(a, b []byte) bool {
	x, y := strings.SplitAfter(string(a), "\n"), strings.SplitAfter(string(b), "\n")
	slices.Sort(x)
	slices.Sort(y)
	return bytes.Equal(a, b) || len(a) == len(b) && slices.Equal(x, y) && strings.Split(string(a), "\n")[0] == strings.Split(string(b), "\n")[0] && signaturesOnly(a, b)
}

// signaturesOnly tells whether two files differ only within their signature
// lines.
func signaturesOnly(a, b []byte) bool {
	i, j := bytes.Index(a, []byte("\n\n—")), bytes.Index(b, []byte("\n\n—"))
	return i > 0 && i == j && bytes.Equal(a[:i], b[:j])
}

func TestEntryEveryByte(t *testing.T) {
	raw := testEntry(t, 0).Bytes()
	for i := range raw {
		for bit := range 8 {
			b := bytes.Clone(raw)
			b[i] ^= 1 << bit
			e, err := ParseEntry(b)
			if err == nil && !bytes.Equal(e.Bytes(), b) {
				t.Fatalf("byte %d: two spellings of one entry", i)
			}
			if err != nil && !errors.Is(err, ErrEntry) {
				t.Fatal(err)
			}
		}
	}
}

func TestEntryRefused(t *testing.T) {
	anna, boris := testEditorKey(t, "anna").Editor().String(), testEditorKey(t, "boris").Editor().String()
	w := testWitness(t, "w1.example").Witness().String()
	good := Genesis{Origin: "lamp.example/log", Newsroom: "The Lamp", Editors: []string{anna, boris}, Threshold: 2, Witnesses: []string{w}, Quorum: 1, Published: "2026-11-23"}
	if _, err := NewGenesis(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Genesis){
		"threshold above":       func(g *Genesis) { g.Threshold = 3 },
		"threshold zero":        func(g *Genesis) { g.Threshold = 0 },
		"no editor":             func(g *Genesis) { g.Editors, g.Threshold = nil, 0 },
		"one editor twice":      func(g *Genesis) { g.Editors = []string{anna, anna} },
		"one witness twice":     func(g *Genesis) { g.Witnesses = []string{w, w} },
		"quorum zero":           func(g *Genesis) { g.Quorum = 0 },
		"quorum above":          func(g *Genesis) { g.Quorum = 2 },
		"notice of two lines":   func(g *Genesis) { g.Notice = "a\nb" },
		"no newsroom":           func(g *Genesis) { g.Newsroom = "" },
		"origin with a space":   func(g *Genesis) { g.Origin = "a b" },
		"a witness as editor":   func(g *Genesis) { g.Editors[0] = w },
		"a time in the day":     func(g *Genesis) { g.Published = "2026-11-23 10:00" },
		"seventeen of the same": func(g *Genesis) { g.Editors = slices.Repeat([]string{anna}, 17) },
	} {
		g := good
		g.Editors = slices.Clone(good.Editors)
		change(&g)
		if _, err := NewGenesis(g); !errors.Is(err, ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyChangesKeepTheThreshold(t *testing.T) {
	anna, boris, vera := testEditorKey(t, "anna").Editor(), testEditorKey(t, "boris").Editor(), testEditorKey(t, "vera").Editor()
	both, err := ParseEditors([]string{anna.String(), boris.String()})
	if err != nil {
		t.Fatal(err)
	}
	change := func(action, vkey string) error {
		_, err := ApplyKey(both, 2, KeyChange{Action: action, Role: "editor", VKey: vkey})
		return err
	}
	if change("add", vera.String()) != nil {
		t.Error("a third editor was refused")
	}
	for name, err := range map[string]error{
		"revoke below the threshold": change("revoke", anna.String()),
		"revoke a stranger":          change("revoke", vera.String()),
		"add one twice":              change("add", anna.String()),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
