// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tamizdat/cmd/internal/casecmd"
	"tamizdat/cmd/internal/presscmd"
	"tamizdat/cmd/internal/verifycmd"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
)

// programs are those of the stories. Their vaults open quickly.
func programs() map[string]func() {
	return map[string]func(){
		"tamizdat": func() {
			p := newProgram(time.Now)
			p.params = vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}
			cli.Main(&cli.Command{Name: "tamizdat", Summary: "test", Sub: []*cli.Command{p.command(), casecmd.Command(), presscmd.Command()}})
		},
		"tamizdat-verify": func() { cli.Main(verifycmd.Command()) },
	}
}

// TestStories goes from a register to a published page, and from a lost laptop to a
// new one.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"hasnone": cmdHasNone, "setlines": cmdSetLines, "papers": cmdPapers, "lines": cmdLines,
		},
	})
}

// hasnone FOLDER FILE searches the bytes of all files below a folder, and their
// names, for each line of a file, in whatever case.
func cmdHasNone(ts *testscript.TestScript, _ bool, args []string) {
	searched := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		searched++
		b = bytes.ToLower(append(b, d.Name()...))
		for line := range strings.Lines(ts.ReadFile(args[1])) {
			if word := strings.ToLower(strings.TrimSpace(line)); word != "" && bytes.Contains(b, []byte(word)) {
				ts.Fatalf("%s has %q", path, word)
			}
		}
		return err
	}))
	if searched < 10 {
		ts.Fatalf("only %d files were searched", searched)
	}
}

// setlines FILE VAR... puts the lines of a file into variables.
func cmdSetLines(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(ts.ReadFile(args[0]), "\n")
	for i, name := range args[1:] {
		ts.Setenv(name, lines[i])
	}
}
