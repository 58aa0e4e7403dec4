// SPDX-License-Identifier: Apache-2.0

package tamizdat_test

import (
	"bytes"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// TestCommandsOnPagesExist asks the programs for help on every command that a
// page shows, and looks there for every flag that the page uses. The pages of
// the specification show bytes, not commands.
func TestCommandsOnPagesExist(t *testing.T) {
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin+"/", "./cmd/...").CombinedOutput(); err != nil {
		t.Fatalf("build the programs: %v\n%s", err, out)
	}
	shown := 0
	for name, text := range sources(t) {
		if !strings.HasSuffix(name, ".md") || strings.HasPrefix(name, "spec/") {
			continue
		}
		for _, c := range commandsOn(string(text)) {
			shown++
			help, err := exec.Command(filepath.Join(bin, c.words[0]), append(c.words[1:], "-h")...).Output()
			if err != nil {
				t.Errorf("%s: there is no command %q: %v", name, strings.Join(c.words, " "), err)
				continue
			}
			for _, flag := range c.flags {
				if !regexp.MustCompile(`(^|[^\w-])--?` + flag + `\b`).Match(help) {
					t.Errorf("%s: the help of %q has no flag %s", name, strings.Join(c.words, " "), flag)
				}
			}
		}
	}
	if shown == 0 {
		t.Error("no page shows any command")
	}
}

// shownCommand is a command as a page shows it: the program and its verbs,
// and the flags without their hyphens.
type shownCommand struct{ words, flags []string }

// commandsOn finds the indented lines of a page that begin with a program of
// ours. A backslash at the end continues a line. What stands after a pipe or a
// redirection is somebody else's, and so is what stands before a pipe.
func commandsOn(page string) []shownCommand {
	var list []shownCommand
	page = strings.ReplaceAll(page, "\\\n", " ")
	start := regexp.MustCompile(`(?m)^ {4}(?:[^\n]*\| *)?(?:bin/)?(tamizdat(?:-[a-z]+)?)\b([^\n|<>&#]*)`)
	verb, flag := regexp.MustCompile(`^[a-z]+$`), regexp.MustCompile(`^--?([a-z][a-z-]*)`)
	for _, m := range start.FindAllStringSubmatch(page, -1) {
		c := shownCommand{words: []string{m[1]}}
		verbs := true
		for field := range strings.FieldsSeq(m[2]) {
			if verbs = verbs && verb.MatchString(field); verbs {
				c.words = append(c.words, field)
			}
			if f := flag.FindStringSubmatch(field); f != nil {
				c.flags = append(c.flags, f[1])
			}
		}
		list = append(list, c)
	}
	return list
}

func TestCommandsAreFound(t *testing.T) {
	page := "text tamizdat desk x\n\n    tamizdat desk read --thread 3 LABEL   # why -x\n" +
		"    cat a | bin/tamizdat-source send -drop=URL \\\n      --text - >out --no\n    make try\n"
	want := []shownCommand{
		{[]string{"tamizdat", "desk", "read"}, []string{"thread"}},
		{[]string{"tamizdat-source", "send"}, []string{"drop", "text"}},
	}
	if diff := cmp.Diff(want, commandsOn(page), cmp.AllowUnexported(shownCommand{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
