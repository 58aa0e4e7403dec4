// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// readersFiles is what a reader of the pages has: the letter that they quote, and
// files that they name.
const readersFiles = `
-- letter.txt --
I was on duty, and saw that eleven boxes of duty logs were carried out.
-- draft.md --
# Boxes (invented)

Eleven boxes were carried out.[^c:boxes]
-- list.csv --
Satz;Art;Город
A boat came (invented).;event;Harbour
`

// TestPagesAsTyped types the commands of the pages on claims and on the board into
// a shell, in their order, as they stand there. Only the id that a list has shown is
// filled in, and what the text says is refused has to be.
func TestPagesAsTyped(t *testing.T) {
	commands := append(typedOn(t, "CLAIMS.md"), typedOn(t, "BOARD.md")...)
	if len(commands) < 40 {
		t.Fatalf("the pages have %d commands only", len(commands))
	}
	script := "exec sh pages.sh\nstdout '1–2 origins'\nstdout 'inquiry resolved NO'\nstdout 'Brier 0.000232 over 282 days'\n" +
		readersFiles + "-- pages.sh --\nset -e\n" + strings.Join(commands, "\n") + "\n"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pages.txtar"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: dir})
}

// typedOn gives the indented commands of a page that are ours, for a shell that ends
// at the first failure. The verifier is another program, and has stories of its own.
func typedOn(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	shown := "$(tamizdat case list archive.log utterance | grep -v retold | cut -d ' ' -f 1)"
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^ {4}(tamizdat case (?:[^\n]*\\\n)*[^\n]*)$`).FindAllStringSubmatch(string(text), -1) {
		c := strings.ReplaceAll(m[1], " ID ", " "+shown+" ")
		if strings.Contains(c, "credibility=1") {
			c = "if " + c + "; then exit 1; fi"
		}
		out = append(out, c)
	}
	return out
}
