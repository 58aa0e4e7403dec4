// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tamizdat/claim"
	"tamizdat/claim/exchange/table"
	"tamizdat/internal/cli"
)

// run runs the command, and gives what it says.
func run(t *testing.T, args ...string) (out, said string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := &cli.Env{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
	code = cli.Run(context.Background(), Command(), env, args)
	return stdout.String(), stderr.String(), code
}

// fiveHundred is a table of 500 claims, of which the first twenty-fifth and each
// after is bad, and which cell of it.
func fiveHundred() (text string, bad map[int]string) {
	var b strings.Builder
	bad = map[int]string{}
	b.WriteString("text,kind,time,variant_of\n")
	for row := 2; row <= 501; row++ {
		cells := []string{fmt.Sprintf("Sentence %d.", row), "state", "2031-05-18", ""}
		if row%25 == 0 {
			at := row / 25 % 4
			cells[at] = []string{"", "guess", "05/18/2031", "what nobody wrote"}[at]
			bad[row] = []string{"text", "kind", "time", "variant_of"}[at]
		}
		b.WriteString(strings.Join(cells, ",") + "\n")
	}
	return b.String(), bad
}

// TestTwentyBadRowsOfFiveHundred is test A12, as an editor would see it: each is
// named with row and column, and the log does not change by a byte.
func TestTwentyBadRowsOfFiveHundred(t *testing.T) {
	dir := t.TempDir()
	log, file := filepath.Join(dir, "log"), filepath.Join(dir, "500.csv")
	text, want := fiveHundred()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, said, code := run(t, "new", log, "--name", "demo", "--by", "anna"); code != 0 {
		t.Fatal(said)
	}
	before := contents(t, log)
	for _, how := range [][]string{{"--dry-run"}, {"--by", "anna"}} {
		out, said, code := run(t, append([]string{"import", log, file, "--kind", "claim"}, how...)...)
		if code != 1 || !strings.Contains(said, "20 problems in 500 rows: nothing w") {
			t.Errorf("%v: %d, %s", how, code, said)
		}
		for row, column := range want {
			if !strings.Contains(out, fmt.Sprintf("\nrow %d, column %s:", row, column)) {
				t.Errorf("%v: row %d, column %s is not named", how, row, column)
			}
		}
		out, _, _ = run(t, append([]string{"import", log, file, "--kind", "claim", "--json"}, how...)...)
		if diff := cmp.Diff(want, named(t, out)); diff != "" {
			t.Errorf("%v: %s", how, diff)
		}
		if contents(t, log) != before {
			t.Fatalf("%v: the log was changed", how)
		}
	}
	good := strings.NewReplacer("guess", "state", "05/18/2031", "2031-05-18", "what nobody wrote", "", "\n,", "\nSentence.,").Replace(text)
	if err := os.WriteFile(file, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, said, code := run(t, "import", log, file, "--kind", "claim", "--by", "anna"); code != 0 || !strings.Contains(out, "500 added, 0 changed\n") {
		t.Errorf("%d, %s%s", code, out, said)
	}
	if out, _, _ := run(t, "load", log); !strings.Contains(out, "500 claims") {
		t.Error(out)
	}
}

func contents(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// named reads rows and columns of problems.
func named(t *testing.T, text string) map[int]string {
	t.Helper()
	var out struct{ Problems []table.Problem }
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	got := map[int]string{}
	for _, p := range out.Problems {
		got[p.Row] = p.Column
	}
	return got
}

// TestRulesNameRowsToo: twenty cells that only the rules refuse.
func TestRulesNameRowsToo(t *testing.T) {
	dir := t.TempDir()
	log, file := filepath.Join(dir, "log"), filepath.Join(dir, "sure.csv")
	var b strings.Builder
	b.WriteString("Sentence,Type,Rating\n")
	want := map[int]string{}
	for row := 2; row <= 101; row++ {
		rating := "3"
		if row%5 == 0 {
			rating, want[row] = "1", "Rating"
		}
		fmt.Fprintf(&b, "Sentence %d.,state,%s\n", row, rating)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, said, code := run(t, "new", log, "--name", "demo", "--by", "anna"); code != 0 {
		t.Fatal(said)
	}
	out, _, code := run(t, "import", log, file, "--kind", "claim", "--dry-run", "--json")
	if diff := cmp.Diff(want, named(t, out)); diff != "" || code != 1 {
		t.Errorf("%d, %s", code, diff)
	}
	out, _, _ = run(t, "import", log, file, "--kind", "claim", "--dry-run")
	if a, b := strings.Index(out, "row 5, column"), strings.Index(out, "row 100, column"); a < 0 || b < a {
		t.Errorf("the rows are not in their order:\n%s", out)
	}
}

func TestWordsForAShell(t *testing.T) {
	for in, want := range map[string]string{
		"log": "log", "a b": "'a b'", "": "''", "it's": `'it'\''s'`, "$(x)": "'$(x)'", "архив.log": "архив.log", "a\u00a0b": "'a\u00a0b'", "../x": "../x",
	} {
		if got := word(in); got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
}

// TestALogCanBeOpenedAgain: an import that would make it too large is refused
// while the old one is whole.
func TestALogCanBeOpenedAgain(t *testing.T) {
	if err := readable(make([]byte, claim.MaxCase)); err != nil {
		t.Error(err)
	}
	if err := readable(make([]byte, claim.MaxCase+1)); err == nil || len(cli.Hints(err)) != 1 {
		t.Error(err)
	}
}
