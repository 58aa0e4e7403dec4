// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The events come from go test itself, run over an invented module, so that a
// change of its format shows here.
func TestSummary(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"go.mod":         "module invented\ngo 1.26\n",
		"good/a_test.go": "package good\nimport \"testing\"\nfunc TestA(t *testing.T) { t.Run(\"sub\", func(*testing.T) {}) }\nfunc TestSkip(t *testing.T) { t.Log(\"looking\"); t.Skip(\"no lamp here\") }\n",
		"bad/a_test.go":  "package bad\nimport \"testing\"\nfunc TestB(t *testing.T) { t.Error(\"two is not three\") }\nfunc TestC(t *testing.T) { t.Log(\"quiet\") }\n",
		"dead/a_test.go": "package dead\nimport (\"os\"; \"testing\")\nfunc TestD(t *testing.T) { println(\"last words\"); os.Exit(7) }\n",
		"odd/a_test.go":  "package odd\nimport \"testing\"\nfunc TestE(t *testing.T) { undefined() }\n",
		"none/a.go":      "package none\n",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(packages ...string) (*summary, string) {
		t.Helper()
		cmd := exec.Command("go", append([]string{"test", "-json"}, packages...)...)
		cmd.Dir = dir
		events, _ := cmd.Output() // it fails where tests fail
		var out strings.Builder
		s := newSummary(&out)
		if err := s.read(strings.NewReader(string(events))); err != nil {
			t.Fatal(err)
		}
		return s, out.String()
	}

	s, out := run("./good", "./none")
	if want := "ran 2, not run 1 because no lamp here"; s.line() != want {
		t.Errorf("line %q, want %q", s.line(), want)
	}
	if s.verdict(false) != nil || s.verdict(true) == nil {
		t.Errorf("a skip must fail in CI and only there: %v, %v", s.verdict(false), s.verdict(true))
	}
	if !strings.Contains(out, "not run: TestSkip: no lamp here") {
		t.Errorf("the skip was not named:\n%s", out)
	}

	s, out = run("./...")
	if want := "ran 4 (1 failed, in 3 packages), not run 1 because no lamp here"; s.line() != want {
		t.Errorf("line %q, want %q", s.line(), want)
	}
	if s.verdict(false) == nil {
		t.Error("failures passed")
	}
	for _, want := range []string{"two is not three", "last words", "undefined: undefined"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	for _, noise := range []string{"quiet", "=== RUN"} {
		if strings.Contains(out, noise) {
			t.Errorf("%q should not be in:\n%s", noise, out)
		}
	}

	if s, _ := run("./none"); s.verdict(false) == nil {
		t.Error("a run without any test passed")
	}
}

func TestSoakPackages(t *testing.T) {
	dir := t.TempDir()
	asks := `os.Getenv("TAMIZDAT_` + `SOAK")` // in two parts, or this file would count
	for name, text := range map[string]string{
		"a/long_test.go":  asks,
		"a/other_test.go": asks,
		"b/x_test.go":     `nothing`,
		"b/x.go":          asks,
		"mod/go.mod":      "module other",
		"mod/x_test.go":   asks,
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := testPackages(dir, `"TAMIZDAT_SOAK"`)
	if err != nil || !slices.Equal(got, []string{"./a"}) {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestNetworksComeLast: what starts a Tor network is tested by itself, after all
// else, and nothing is tested twice or left out.
func TestNetworksComeLast(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":                             "module invented\n",
		"a/a_test.go":                        "package a",
		"b/b_test.go":                        "package b\nimport \"invented/internal/tornet\"",
		"b/c/c_test.go":                      "package c",
		"internal/tornet/tornet_test.go":     "package tornet",
		"internal/tornet/testdata/x_test.go": "package x",
		"none/none.go":                       "package none",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	waves, err := wavesOf(dir, false)
	if err != nil || len(waves) != 2 || waves[0].alone || !waves[1].alone ||
		!slices.Equal(waves[0].packages, []string{"./a", "./b/c"}) || !slices.Equal(waves[1].packages, []string{"./b", "./internal/tornet"}) {
		t.Errorf("got %v, %v", waves, err)
	}
	if waves, err := wavesOf(dir, true); err != nil || len(waves) != 0 {
		t.Errorf("no package has long rounds, got %v, %v", waves, err)
	}
}
