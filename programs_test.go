// SPDX-License-Identifier: Apache-2.0

package tamizdat_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite cmd/*/deps.txt")

// TestDependenciesOfPrograms compares what is linked into each program, on any
// system, with the list committed beside it, so that a module that comes in by
// a side door shows in the review.
func TestDependenciesOfPrograms(t *testing.T) {
	mains, err := filepath.Glob("cmd/*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, main := range mains {
		program := filepath.ToSlash(filepath.Dir(main))
		got := linkedModules(t, "./"+program)
		list := program + "/deps.txt"
		if *update {
			if err := os.WriteFile(list, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(list)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s is not what the program links; if that is meant: go test . -update\n(-list +program):\n%s", list, diff)
		}
	}
}

// linkedModules lists the modules and versions that program is built from.
func linkedModules(t *testing.T, program string) string {
	t.Helper()
	var modules []string
	for _, system := range []string{"linux", "windows", "darwin"} {
		cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", program)
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list %s: %v", program, err)
		}
		for line := range strings.Lines(string(out)) {
			if line != "\n" {
				modules = append(modules, line)
			}
		}
	}
	slices.Sort(modules)
	return strings.Join(slices.Compact(modules), "")
}
