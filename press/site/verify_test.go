// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"maps"
	"path"
	"strings"
	"testing"

	"tamizdat/press"
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

// TestPageSaysHowSureWeAre below what is verified and claimed, and verifies.
func TestPageSaysHowSureWeAre(t *testing.T) {
	f := newFixture(t)
	d := letterDraft(1)
	d.Statements = append(d.Statements, press.Statement{Status: press.StatusAssessed, Lang: "en", Text: "The locks were changed. Possibly true (3 of 6): 1–2 origins behind 3 documents."})
	page, err := renderLetter(letter{f.publish(d)})
	if err != nil {
		t.Fatal(err)
	}
	_, below, found := strings.Cut(string(page), "<h2>How sure we are</h2>")
	if !found || strings.Count(below, "1–2 origins behind 3 documents.</li>") != 1 || strings.Contains(below, "<h2>") {
		t.Errorf("the page does not say how sure the newsroom is: %s", page)
	}
	if r := VerifyPage("lamp-1.html", page, nil, f.policy(), testNow); !r.OK() {
		t.Errorf("a true page: %v", r.Problems)
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
	for _, i := range everyByte(page) {
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

// everyByte lists each place of a page, but of the style, which is the same
// constant in all pages, only each eleventh.
func everyByte(page []byte) []int {
	from, to := bytes.Index(page, []byte("<style>")), bytes.Index(page, []byte("</style>"))
	var places []int
	for i := range page {
		if i < from || i > to || i%11 == 0 {
			places = append(places, i)
		}
	}
	return places
}

// TestG1PageAloneEveryByte does the same for a page on a stick.
func TestG1PageAloneEveryByte(t *testing.T) {
	t.Parallel()
	f, tree := standard(t)
	const name = "letters/lamp-2.html"
	page, policy := tree[name], f.policy()
	for _, i := range everyByte(page) {
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
