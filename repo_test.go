// SPDX-License-Identifier: Apache-2.0

package tamizdat_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const licence = "// SPDX-License-Identifier: Apache-2.0"

// sources returns every file of the repository by name, with "/" in it, in
// both modules. What git ignores at the root is not read.
func sources(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", "bin", "dist", ".try"}, path) {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		files[filepath.ToSlash(path)] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// houseRule looks at one file and returns what is wrong with it, or "".
type houseRule func(name string, data []byte) (complaint string)

func TestRulesOfTheHouse(t *testing.T) {
	for name, data := range sources(t) {
		for _, rule := range []houseRule{hasLicence, namesNoMachine, hasNoInit} {
			if c := rule(name, data); c != "" {
				t.Errorf("%s: %s", name, c)
			}
		}
	}
}

// hasLicence: whoever copies one file must see what it may be used for.
func hasLicence(name string, data []byte) string {
	if strings.HasSuffix(name, ".go") && !bytes.HasPrefix(data, []byte(licence+"\n")) {
		return "the first line must be " + licence
	}
	return ""
}

// namesNoMachine: a path of the machine on which something was made tells
// about its author and helps nobody else.
func namesNoMachine(_ string, data []byte) string {
	homes := regexp.MustCompile(`(?:^|[\s"'=(:` + "`" + `])(/(?:home|Users|work)/[A-Za-z0-9._-]+)`)
	if found := homes.FindSubmatch(data); found != nil && !bytes.ContainsRune(data, 0) {
		return "names a folder of somebody's machine: " + string(found[1])
	}
	return ""
}

// hasNoInit: work that nobody asked for cannot be tested, ordered or refused.
func hasNoInit(name string, data []byte) string {
	if !strings.HasSuffix(name, ".go") {
		return ""
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.SkipObjectResolution)
	if err != nil {
		return err.Error()
	}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			return "has an init function; let main or the caller do it"
		}
	}
	for _, spec := range file.Imports {
		if spec.Path.Value == `"C"` {
			return "uses cgo, and all programs are built without it"
		}
	}
	return ""
}

// TestTheRulesRefuse: each rule must refuse what it is against.
func TestTheRulesRefuse(t *testing.T) {
	good := licence + "\n\npackage a\n\ntype t int\n\nfunc (t) init() {}\n"
	for _, tt := range []struct {
		name, text string
		rule       houseRule
		fine       bool
	}{
		{"a.go", good, hasLicence, true},
		{"a.go", "package a\n", hasLicence, false},
		{"a.md", "text", hasLicence, true},
		{"a.go", good, hasNoInit, true},
		{"a.go", good + "func init() {}\n", hasNoInit, false},
		{"a.go", licence + "\n\npackage a\n\nimport \"C\"\n", hasNoInit, false},
		{"a.go", "no Go at all", hasNoInit, false},
		{"a.md", "see /ho" + "me/anna/notes", namesNoMachine, false},
		{"a.md", "proof-of-work/field, GET /home", namesNoMachine, true},
	} {
		if got := tt.rule(tt.name, []byte(tt.text)); (got == "") != tt.fine {
			t.Errorf("%q in %s gave %q", tt.text, tt.name, got)
		}
	}
}

// TestEveryPackageIsDocumented: a package begins with the reader's question.
func TestEveryPackageIsDocumented(t *testing.T) {
	documented := map[string]bool{}
	for name, data := range sources(t) {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "testdata/") {
			continue
		}
		dir := filepath.Dir(name)
		file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		documented[dir] = documented[dir] || file.Doc != nil && len(file.Doc.Text()) > 40
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment that says what it is for", dir)
		}
	}
	if len(documented) < 3 {
		t.Errorf("only %d packages were found", len(documented))
	}
}

// TestEveryDependencyIsExplained: a dependency is a colleague who may change
// everything; docs/RATIONALE.md says why each was let in.
func TestEveryDependencyIsExplained(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	rationale, err := os.ReadFile("docs/RATIONALE.md")
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^\t?(?:require )?(\S+\.\S+/\S+) v\S+$`).FindAllSubmatch(mod, -1)
	for _, m := range direct {
		if !bytes.Contains(rationale, []byte("`"+string(m[1])+"`")) {
			t.Errorf("docs/RATIONALE.md does not explain the dependency `%s`", m[1])
		}
	}
}
