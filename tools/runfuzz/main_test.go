// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An invented module with one target that holds and one that a search breaks
// at its second input.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fuzz := func(name, body string) string {
		return "package a\nimport \"testing\"\nfunc " + name + "(f *testing.F) { f.Add(\"seed\"); f.Fuzz(func(t *testing.T, s string) { " + body + " }) }\n"
	}
	write("go.mod", "module invented\ngo 1.26\n")
	write("none/a.go", "package none\n")
	write("a/holds_test.go", fuzz("FuzzHolds", "_ = s"))
	var out strings.Builder
	if err := run(&out, dir, 200*time.Millisecond); err != nil || !strings.Contains(out.String(), "fuzzed 1 targets, 0 failed") {
		t.Errorf("%v\n%s", err, out.String())
	}
	if err := os.RemoveAll(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	write("b/breaks_test.go", fuzz("FuzzBreaks", `if s != "seed" { t.Error("another input: broken") }`))
	out.Reset()
	if err := run(&out, dir, 10*time.Second); err == nil || !strings.Contains(out.String(), "another input: broken") {
		t.Errorf("a target that breaks gave %v\n%s", err, out.String())
	}
	if err := os.RemoveAll(filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	if run(&out, dir, time.Second) == nil {
		t.Error("no target at all passed")
	}
}
