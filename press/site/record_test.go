// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/press"
	"tamizdat/press/tlog"
)

// TestG3SecondHistory: the press signs another tree of the same size. Each
// part verifies alone, the witnesses' absence and the mixture show.
func TestG3SecondHistory(t *testing.T) {
	f := newFixture(t)
	honest := f.publish(letterDraft(1))
	g := newFixture(t)
	g.witnesses = nil // they have seen the other history and refuse
	d := letterDraft(1)
	d.Texts[1].Body = strings.Replace(enBody, "Three lorries", "Nine lorries", 1)
	g.publish(d)
	forged := g.tree()
	if r := VerifySite(forged, f.policy(), testNow); r.OK() || r.Answer() != "in the log, not witnessed" {
		t.Errorf("the second history alone: %s %v", r.Answer(), r.Problems)
	}
	forged["letters/lamp-1.tlog-proof"] = honest.Proof.Bytes()
	if r := VerifySite(forged, f.policy(), testNow); r.OK() || !r.has("letters/lamp-1.tlog-proof") {
		t.Errorf("mixed histories: %v", r.Problems)
	}
}

// TestG2BackDated: a printed date far from what the witnesses saw is told.
func TestG2BackDated(t *testing.T) {
	f := newFixture(t)
	d := letterDraft(1)
	d.Published = "2026-11-20"
	it := f.publish(d)
	page, err := renderLetter(letter{it})
	if err != nil {
		t.Fatal(err)
	}
	r := VerifyPage("lamp-1.html", page, nil, f.policy(), testNow)
	if !r.OK() || strings.Contains(strings.Join(r.Notes, " "), "CAUTION") {
		t.Errorf("three days: %v %v", r.Problems, r.Notes)
	}
	d = letterDraft(2)
	d.Published = "2020-01-01"
	it = f.publish(d)
	if page, err = renderLetter(letter{it}); err != nil {
		t.Fatal(err)
	}
	r = VerifyPage("lamp-2.html", page, nil, f.policy(), testNow)
	if !strings.Contains(strings.Join(r.Notes, " "), "CAUTION") {
		t.Errorf("six years: %v", r.Notes)
	}
	if r := VerifySite(f.tree(), f.policy(), testNow); r.OK() || !strings.Contains(fmt.Sprint(r.Problems), "back-dated") {
		t.Errorf("an entry dated before the one above it: %v", r.Problems)
	}
}

// TestG5StaleTranslation: a translation of another wording is refused.
func TestG5StaleTranslation(t *testing.T) {
	f := newFixture(t)
	it := f.publish(letterDraft(1))
	d := farsiDraft(1)
	d.Texts[0].From = press.BodyHash(ruBody + " ")
	e, err := d.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckTranslation(it.Edition, e); err == nil {
		t.Error("a translation of another wording was taken")
	}
	f.publish(d)
	if _, err := Build(f.record()); err == nil {
		t.Error("and printed")
	}
}

// TestG12RevokedEditor: what was signed before stays good, what is signed
// after is not.
func TestG12RevokedEditor(t *testing.T) {
	f := newFixture(t)
	third, err := press.EditorKeyFromSeed("vera", [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	f.publish(letterDraft(1))
	for _, c := range []tlog.KeyChange{
		{Action: "add", Role: "editor", VKey: third.Editor().String(), Published: "2026-11-23"},
		{Action: "revoke", Role: "editor", VKey: f.editors[1].Editor().String(), Published: "2026-11-23"},
	} {
		e, err := tlog.NewKeyChange(c)
		if err != nil {
			t.Fatal(err)
		}
		f.append(e)
	}
	if r := VerifySite(f.tree(), f.policy(), testNow); !r.OK() {
		t.Errorf("letter 1, signed before the revocation: %v", r.Problems)
	}
	f.publish(letterDraft(2)) // still signed by anna and boris
	r := VerifySite(f.tree(), f.policy(), testNow)
	if p := problemWith(r, "letters/lamp-2.signoff"); r.OK() || !strings.Contains(p.What, "not an editor") {
		t.Errorf("letter 2, signed with a revoked key: %v", r.Problems)
	}
}

func TestUnknownEntryIsShownAsUnknown(t *testing.T) {
	f := newFixture(t)
	f.publish(letterDraft(1))
	c := &siteCheck{policy: f.policy(), now: testNow}
	e, err := tlog.ParseEntry([]byte(`{"v":1,"type":"denial","text":"…"}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.checkEntry(2, e, &rules{}); err != nil || len(c.Notes) != 1 {
		t.Errorf("%v, %v", err, c.Notes)
	}
}

func TestFutureCosignatureIsRefused(t *testing.T) {
	f, tree := standard(t)
	early := testNow.Add(-time.Hour)
	if r := VerifySite(tree, f.policy(), early); r.OK() {
		t.Error("cosignatures of an hour ahead were counted")
	}
}

func TestWriteMendsAndSweeps(t *testing.T) {
	f, tree := standard(t)
	dir := t.TempDir()
	for _, state := range []Tree{f.tree(), tree} {
		if _, err := Write(dir, state, f.pub); err != nil {
			t.Fatal(err)
		}
	}
	g := newFixture(t)
	small := g.tree()
	strangers, err := Write(dir, small, f.pub)
	if err != nil || len(strangers) > 0 {
		t.Fatal(strangers, err)
	}
	got, problems := ReadTree(dirFS(dir))
	if len(problems) > 0 || !got.Equal(small) {
		t.Errorf("after shrinking: %v, %v", got.Paths(), problems)
	}
}

// TestKilledWriteLeavesNoStrangers stops a Write after each of its files, and
// then writes a tree that has other files: a log that has grown meanwhile.
func TestKilledWriteLeavesNoStrangers(t *testing.T) {
	f, tree := standard(t)
	small := newFixture(t).tree()
	f.publish(letterDraft(9))
	grown := f.tree()
	paths := tree.Paths()
	paths = append(slices.DeleteFunc(paths, func(p string) bool { return p == ManifestName }), ManifestName)
	for n := range len(paths) + 1 {
		dir := t.TempDir()
		killAfter(t, dir, small, tree, paths[:n])
		strangers, err := Write(dir, grown, f.pub)
		if err != nil || len(strangers) > 0 {
			t.Fatalf("killed after %d files: %v, %v", n, strangers, err)
		}
		got, problems := ReadTree(dirFS(dir))
		if len(problems) > 0 || !got.Equal(grown) {
			t.Fatalf("killed after %d files: %v, %v", n, got.Paths(), problems)
		}
	}
}

// killAfter leaves dir as a Write of next over first does that is killed when
// it has written these files.
func killAfter(t *testing.T, dir string, first, next Tree, written []string) {
	t.Helper()
	if _, err := Write(dir, first, newFixture(t).pub); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, announced), next[ManifestName], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range written {
		if p == ManifestName {
			if err := removeOthers(dir, filesOf(filepath.Join(dir, ManifestName), newFixture(t).pub), next); err != nil {
				t.Fatal(err)
			}
		}
		if err := writeChanged(filepath.Join(dir, filepath.FromSlash(p)), next[p]); err != nil {
			t.Fatal(err)
		}
	}
}
