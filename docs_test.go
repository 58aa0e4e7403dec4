// SPDX-License-Identifier: Apache-2.0

package tamizdat_test

import (
	"bytes"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestWhatNobodyNoticesIsAdmitted: a thing that a hostile drop can do unseen
// is a promise we do not make, and the people who decide must be told.
func TestWhatNobodyNoticesIsAdmitted(t *testing.T) {
	table, err := os.ReadFile("spec/misbehaviour.md")
	if err != nil {
		t.Fatal(err)
	}
	admitted, err := os.ReadFile("docs/THREATMODEL.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?mi)^\| (M-\d+) \|.*\bnobody\b.*$`).FindAllSubmatch(table, -1)
	if len(rows) == 0 {
		t.Fatal("no row of spec/misbehaviour.md has the word nobody; has its form changed?")
	}
	for _, row := range rows {
		if id := string(row[1]); !regexp.MustCompile(`\b` + id + `\b`).Match(admitted) {
			t.Errorf("docs/THREATMODEL.md does not speak of %s, which nobody notices", id)
		}
	}
}

// TestLinksLeadSomewhere checks the links between our own pages, to sections
// as well as files.
func TestLinksLeadSomewhere(t *testing.T) {
	files := sources(t)
	links := regexp.MustCompile(`\]\(([^)\s]+)\)|<img[^>]* src="([^"]+)"`)
	for name, text := range files {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		for _, m := range links.FindAllSubmatch(text, -1) {
			link := string(append(m[1], m[2]...))
			if strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:") {
				continue
			}
			file, section, _ := strings.Cut(link, "#")
			target := path.Join(path.Dir(name), file)
			if file == "" {
				target = name
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: the link %s leads nowhere", name, link)
				continue
			}
			if section != "" && !sections(files[target])[section] {
				t.Errorf("%s: there is no section for the link %s", name, link)
			}
		}
	}
}

// sections lists the anchors of a page's headings, made as code hosts make
// them: lower case, spaces to hyphens, other punctuation dropped.
func sections(page []byte) map[string]bool {
	anchors := map[string]bool{}
	drop := regexp.MustCompile(`[^\p{L}\p{N}\- _]`)
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllSubmatch(page, -1) {
		title := strings.ToLower(string(bytes.TrimSpace(m[1])))
		anchors[strings.ReplaceAll(drop.ReplaceAllString(title, ""), " ", "-")] = true
	}
	return anchors
}

// TestReadmeIsShort: it is read by people who have not decided to read it.
func TestReadmeIsShort(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\n")); n > 200 {
		t.Errorf("README.md has %d lines, 200 are allowed", n)
	}
}
