// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"strings"
	"testing"
	"time"

	"tamizdat/press"
	"tamizdat/press/internal/vectors"
	"tamizdat/press/tlog"
)

func TestSiteAndPageVerify(t *testing.T) {
	f, tree := standard(t)
	r := VerifySite(tree, f.policy(), testNow)
	if !r.OK() || r.Answer() != "in the log, and witnessed by 2 of 2" {
		t.Fatalf("%s %v", r.Answer(), r.Problems)
	}
	for _, p := range []string{"letters/lamp-1.html", "letters/lamp-2.html"} {
		if r := VerifyPage(p, tree[p], nil, f.policy(), testNow); !r.OK() {
			t.Errorf("%s: %v", p, r.Problems)
		}
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	_, a := standard(t)
	_, b := standard(t)
	if !a.Equal(b) {
		t.Error("the same record gave two different sites")
	}
}

func TestPageIsSmallAndLoadsNothing(t *testing.T) {
	_, tree := standard(t)
	for _, p := range []string{"index.html", "letters/lamp-1.html", "letters/lamp-2.html"} {
		page := string(tree[p])
		if len(page) > 20_000 {
			t.Errorf("%s has %d bytes, more than 20,000", p, len(page))
		}
		for _, bad := range []string{"<script", "http://", "https://", " src=", "@import", "url("} {
			if strings.Contains(page, bad) {
				t.Errorf("%s contains %q", p, bad)
			}
		}
		for _, need := range []string{"default-src 'none'", testNotice, `name="referrer" content="no-referrer"`} {
			if !strings.Contains(page, need) {
				t.Errorf("%s lacks %q", p, need)
			}
		}
	}
	words := len(ruBody) + len(enBody)
	if extra := len(tree["letters/lamp-2.html"]) - words; extra > 11_000 {
		t.Errorf("the page adds %d bytes to the words", extra)
	}
}

func TestPageEscapesHostileText(t *testing.T) {
	f := newFixture(t)
	d := letterDraft(1)
	d.Texts[1].Body = "</template><script>alert(1)</script>\n\n<p id=\"ru-1\">&amp; \"quoted\" + more\n\nthree\n\nfour"
	d.Texts[1].Title = "</title><img src=x onerror=alert(1)>"
	d.Statements[0].Text = "<!-- --><template id=\"record\">"
	it := f.publish(d)
	page, err := renderLetter(letter{it})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(page), "<script") || strings.Contains(string(page), "<img") {
		t.Error("markup from a text stands in the page")
	}
	if r := VerifyPage("lamp-1.html", page, nil, f.policy(), testNow); !r.OK() {
		t.Errorf("an odd but true page: %v", r.Problems)
	}
}

// TestG1PageEveryByte flips each byte of a page and demands that the verifier,
// with the files beside it, names the very line and shows a difference there
// (peers G-1).
func TestG1PageEveryByte(t *testing.T) {
	t.Parallel()
	f, tree := standard(t)
	const name = "letters/lamp-2.html"
	page, policy := tree[name], f.policy()
	beside := besideOf(tree, name)
	for i := range page {
		changed := bytes.Clone(page)
		changed[i] ^= 0x04
		line, _ := position(page, i)
		r := VerifyPage(name, changed, beside, policy, testNow)
		if r.OK() || len(r.Problems) == 0 {
			t.Fatalf("byte %d: not noticed", i)
		}
		p := r.Problems[0]
		if p.File != name || p.Line != line || p.Expected == p.Found {
			t.Fatalf("byte %d on line %d: %+v", i, line, p)
		}
	}
}

// TestG1PageAloneEveryByte does the same for a page on a stick.
func TestG1PageAloneEveryByte(t *testing.T) {
	t.Parallel()
	f, tree := standard(t)
	const name = "letters/lamp-2.html"
	page, policy := tree[name], f.policy()
	for i := range page {
		changed := bytes.Clone(page)
		changed[i] ^= 0x01
		if r := VerifyPage("lamp-2.html", changed, nil, policy, testNow); r.OK() || len(r.Problems) == 0 {
			t.Fatalf("byte %d: not noticed", i)
		}
	}
}

func besideOf(tree Tree, page string) map[string][]byte {
	beside := make(map[string][]byte)
	for p, b := range tree {
		if strings.HasPrefix(p, pageStem(page)+".") {
			beside[path.Base(p)] = b
		}
	}
	return beside
}

func TestPageCutOrExtended(t *testing.T) {
	f, tree := standard(t)
	const name = "letters/lamp-1.html"
	page := tree[name]
	for cut := 0; cut < len(page); cut += 97 {
		if r := VerifyPage(name, page[:cut], besideOf(tree, name), f.policy(), testNow); r.OK() {
			t.Errorf("cut at %d: not noticed", cut)
		}
	}
	for _, tail := range []string{"\n", " ", "<p>more</p>"} {
		r := VerifyPage(name, append(bytes.Clone(page), tail...), besideOf(tree, name), f.policy(), testNow)
		if r.OK() {
			t.Errorf("%q at the end: not noticed", tail)
		}
	}
}

// TestG1SiteEveryFile changes every file of the site at many places, and wants
// the file named each time.
func TestG1SiteEveryFile(t *testing.T) {
	f, tree := standard(t)
	policy := f.policy()
	for _, p := range tree.Paths() {
		step := max(1, len(tree[p])/25)
		for i := 0; i < len(tree[p]); i += step {
			changed := maps.Clone(tree)
			changed[p] = bytes.Clone(tree[p])
			changed[p][i] ^= 0x01
			r := VerifySite(changed, policy, testNow)
			if r.OK() || !r.has(p) {
				t.Fatalf("%s, byte %d: %s %v", p, i, r.Answer(), r.Problems)
			}
		}
	}
}

// TestSitePlacesTheChange wants line and words where they can be known.
func TestSitePlacesTheChange(t *testing.T) {
	f, tree := standard(t)
	for _, c := range []struct{ file, find, wantFound string }{
		{"letters/lamp-1.html", "lamplight,", "mamplight"},
		{"letters/lamp-1.en.txt", "lamplight", "mamplight"},
		{"letters/lamp-1.json", "lamplight,", "mamplight"},
		{"letters/lamp-1.tlog-proof", "index", "hndex"},
		{"log/checkpoint", "lamp.example/log\n", "mamp.example/log"},
		{"letters/lamp-1.signoff", "letter lamp", "metter"},
		{"policy.txt", "quorum", "puorum"},
		{"index.html", "shelves", "rhelves"},
		{"log/tile/entries/000.p/4", `"letter"`, `#letter"`},
	} {
		changed := maps.Clone(tree)
		b := bytes.Clone(tree[c.file])
		i := bytes.Index(b, []byte(c.find))
		if i < 0 {
			t.Fatalf("%s lacks %q", c.file, c.find)
		}
		b[i] ^= 1
		changed[c.file] = b
		r := VerifySite(changed, f.policy(), testNow)
		line, column := position(tree[c.file], i)
		p := problemWith(r, c.file)
		if p.Line != line || p.Column != column || !strings.Contains(p.Found, c.wantFound) {
			t.Errorf("%s: want line %d, character %d: %+v", c.file, line, column, r.Problems)
		}
	}
}

func problemWith(r Report, file string) Problem {
	for _, p := range r.Problems {
		if p.File == file {
			return p
		}
	}
	return Problem{}
}

func TestSiteFileAddedMissingSwapped(t *testing.T) {
	f, tree := standard(t)
	for _, p := range tree.Paths() {
		changed := maps.Clone(tree)
		delete(changed, p)
		if r := VerifySite(changed, f.policy(), testNow); r.OK() || !r.has(p) {
			t.Errorf("%s missing: %v", p, r.Problems)
		}
	}
	for _, p := range []string{"letters/lamp-3.html", "extra.txt", ".hidden", "log/tile/0/001", "letters/lamp-1.t9.json"} {
		changed := maps.Clone(tree)
		changed[p] = []byte("x")
		if r := VerifySite(changed, f.policy(), testNow); r.OK() || !r.has(p) {
			t.Errorf("%s added: %v", p, r.Problems)
		}
	}
	changed := maps.Clone(tree)
	a, b := "letters/lamp-1.html", "letters/lamp-2.html"
	changed[a], changed[b] = tree[b], tree[a]
	r := VerifySite(changed, f.policy(), testNow)
	if p := problemWith(r, a); !strings.Contains(p.What, "belongs to "+b) {
		t.Errorf("swapped: %v", r.Problems)
	}
}

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

// TestSiteBlamesOnlyWhatWasChanged: one changed byte in a text, an edition, a
// page or a proof accuses that file and no other.
func TestSiteBlamesOnlyWhatWasChanged(t *testing.T) {
	f, tree := standard(t)
	for _, p := range tree.Paths() {
		if !strings.HasPrefix(p, "letters/") {
			continue
		}
		for i := 0; i < len(tree[p]); i += max(1, len(tree[p])/40) {
			changed := maps.Clone(tree)
			changed[p] = bytes.Clone(tree[p])
			changed[p][i] ^= 0x02
			r := VerifySite(changed, f.policy(), testNow)
			for _, problem := range r.Problems {
				if problem.File != p {
					t.Fatalf("%s, byte %d: accuses %v", p, i, problem)
				}
			}
		}
	}
}

func TestPageVectors(t *testing.T) {
	f, tree := standard(t)
	e, err := tlog.ParseEntry(f.log.Entry(0))
	if err != nil {
		t.Fatal(err)
	}
	policy, err := PublishedPolicy(f.pub, *e.Genesis)
	if err != nil {
		t.Fatal(err)
	}
	v := vectors.File{
		About:   "Letter pages, to be checked alone (spec/record.md §10) at the time and under the policy given.",
		Context: map[string]string{"now": testNow.Format(time.RFC3339), "policy": string(policy)},
	}
	good := string(tree["letters/lamp-2.html"])
	v.AddGood("two languages", []byte(good))
	v.AddGood("a translation logged later, right to left", tree["letters/lamp-1.html"])
	for _, c := range [][4]string{
		{"words", "a letter of the text", "lamplight,", "lamplighy,"},
		{"words", "a title", "<h1>They are", "<h1>We are"},
		{"words", "a statement", "no second source", "one second source"},
		{"style", "a colour", "--ink:#1b1a18", "--ink:#1b1a19"},
		{"policy", "a looser content policy", "default-src 'none'", "default-src *"},
		{"script", "a script", "</body>", "<script>1</script></body>"},
		{"record", "no record", `<template id="record">`, `<template>`},
		{"record", "two records", `</body>`, `<template id="record"></template></body>`},
		{"record", "another number of editions", "editions 1", "editions 2"},
		{"record", "a digit of the proof", "index 2", "index 1"},
		{"record", "a witness renamed", "partner.example/w1 V", "partner.example/w9 V"},
		{"facts", "another number", "&#34;number&#34;:2", "&#34;number&#34;:3"},
		{"extended", "a line feed more", "</html>\n", "</html>\n\n"},
		{"cut", "the end gone", "</html>\n", ""},
	} {
		changed := strings.Replace(good, c[2], c[3], 1)
		if changed == good {
			t.Fatalf("%s changes nothing", c[1])
		}
		v.Add(c[0], c[1], []byte(changed))
	}
	vectors.Check(t, "../../spec/vectors/record/page.json", v, func(b []byte) error {
		if r := VerifyPage("page.html", b, nil, f.policy(), testNow); !r.OK() {
			return fmt.Errorf("%s %v", r.Answer(), r.Problems)
		}
		return nil
	})
}

func FuzzVerifyPage(f *testing.F) {
	fix, tree := standard(f)
	policy := fix.policy()
	good := tree["letters/lamp-2.html"]
	f.Add(good)
	f.Fuzz(func(t *testing.T, b []byte) {
		r := VerifyPage("page.html", b, nil, policy, testNow)
		if r.OK() && !bytes.Equal(b, good) {
			t.Fatal("a page that was never printed was verified")
		}
	})
}

func FuzzParseRecord(f *testing.F) {
	_, tree := standard(f)
	block, err := findRecord(string(tree["letters/lamp-1.html"]))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(block)
	f.Fuzz(func(_ *testing.T, s string) {
		_, _ = parseRecord(s) // must not panic, and ends
	})
}

func FuzzParseManifest(f *testing.F) {
	fix, tree := standard(f)
	text, err := tlog.OpenNote(tree[ManifestName], fix.pub)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, s string) {
		_, _, files, err := parseManifest(s)
		for p := range files {
			if err == nil && (strings.Contains(p, "..") && strings.Contains(p, "/..") || strings.HasPrefix(p, "/")) {
				t.Fatalf("the path %q climbs", p)
			}
		}
	})
}
