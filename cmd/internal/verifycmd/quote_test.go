// SPDX-License-Identifier: Apache-2.0

package verifycmd

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestManyTagsCostNoMore: a page of short pieces takes memory in proportion.
func TestManyTagsCostNoMore(t *testing.T) {
	const pieces = 20_000
	page := []byte(strings.Repeat("a<b>", pieces))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	blocks, err := htmlBlocks(page)
	if err != nil || len(blocks) != 1 || len(blocks[0].Text) != pieces {
		t.Fatalf("%d blocks, %v", len(blocks), err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 2000*pieces {
		t.Errorf("%d bytes for %d pieces", used, pieces)
	}
}

// TestLinesOfAPage: tags with line ends inside keep the count.
func TestLinesOfAPage(t *testing.T) {
	blocks, err := htmlBlocks([]byte("<p>\n one\n<b\n>two</b>\n</p>\n\n<blockquote>\nthree</blockquote>"))
	if err != nil || len(blocks) != 2 {
		t.Fatalf("%+v, %v", blocks, err)
	}
	if b := blocks[0]; b.Line != 2 || b.Quote || strings.Join(strings.Fields(b.Text), " ") != "one two" || strings.Count(b.Text, "\n") != 3 {
		t.Errorf("%+v", b)
	}
	if b := blocks[1]; b.Line != 8 || !b.Quote || b.Text != "three" {
		t.Errorf("%+v", b)
	}
}

// TestAnotherEncodingIsNoCleanArticle: words that cannot be read must not come out
// as “no quotation”.
func TestAnotherEncodingIsNoCleanArticle(t *testing.T) {
	for name, article := range map[string]string{
		"UTF-16":                        "\xff\xfeS\x00h\x00e\x00",
		"UTF-16 without its mark":       "S\x00h\x00e\x00",
		"windows-1251 in a page":        "<html><meta charset=windows-1251><p>\xcc\xfb \xed\xe5 \xee\xf2\xf1\xf2\xf3\xef\xe0\xe5\xec</p></html>",
		"windows-1251 in standard text": "\xcc\xfb \xed\xe5",
	} {
		path := filepath.Join(t.TempDir(), "article.txt")
		if err := os.WriteFile(path, []byte(article), 0o600); err != nil {
			t.Fatal(err)
		}
		if blocks, err := (quoteOptions{options: options{arg: path}}).readArticle(nil); err == nil {
			t.Errorf("%s was read as %+v", name, blocks)
		}
	}
}

// TestAPageThatTurnsItsCharacters says so, as a text does.
func TestAPageThatTurnsItsCharacters(t *testing.T) {
	blocks, err := htmlBlocks([]byte("<p>lost <bdo dir=rtl>12</bdo> crates</p>"))
	if err != nil || len(blocks) != 1 || blocks[0].Text != "lost \u202e12\u202c crates" {
		t.Errorf("%q, %v", blocks[0].Text, err)
	}
}

// TestRaisedMarksAreTheArticles: the number of a footnote belongs to no word.
func TestRaisedMarksAreTheArticles(t *testing.T) {
	for page, want := range map[string]string{
		"<p>seven crates<sup>1</sup> sank<sup><a href=#2>[2]</a></sup> here<sup>*</sup>.": "seven crates[1] sank[[2]] here[*].",
		"<p>lost <sup>12</sup> crates</sup>, <sup></sup>13</sup>":                         "lost 12 crates, 13",
		"<p>the 5<sup>th</sup> of May, 10<sup>6</sup> shells":                             "the 5th of May, 106 shells",
	} {
		blocks, err := htmlBlocks([]byte(page))
		if err != nil || len(blocks) != 1 || blocks[0].Text != want {
			t.Errorf("%s was read as %+v, want %s", page, blocks, want)
		}
	}
}

// TestALogIsReadAsTheCaseItMakes, and one that was cut short is not.
func TestALogIsReadAsTheCaseItMakes(t *testing.T) {
	const log = `{"actor":"anna","n":1,"at":"2026-01-02T03:04:05Z","verb":"create","kind":"case","object":"case","fields":{"case":"the archive (invented)"}}` + "\n"
	path := filepath.Join(t.TempDir(), "archive.log")
	for text, want := range map[string]string{log: "", log[:len(log)-20]: path, log + "{}\n": path + ", line 2"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		switch c, err := readCase(path); {
		case want == "" && (err != nil || c.Case != "the archive (invented)"):
			t.Errorf("%q, %v", c.Case, err)
		case want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)):
			t.Errorf("%q was read: %v, want %s", text, err, want)
		}
	}
}
