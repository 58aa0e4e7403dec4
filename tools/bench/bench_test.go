// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A whole run over an invented module whose figures are known.
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
	write("go.mod", "module invented\ngo 1.26\n")
	write("a/a_test.go", `package a
import "testing"
func BenchmarkVisit(b *testing.B) { for b.Loop() {}; b.ReportMetric(2.5, "cpu-ms/visit"); b.ReportMetric(3e6, "ns/op") }
func BenchmarkCopy(b *testing.B) {
	b.Run("ours", func(b *testing.B) { for b.Loop() {}; b.ReportMetric(700, "MB/s") })
	b.Run("theirs", func(b *testing.B) { for b.Loop() {}; b.ReportMetric(900, "MB/s") })
}
`)
	good := `# comment
./a BenchmarkVisit cpu-ms/visit <= 10 a visit
./a BenchmarkVisit ns/op <= 2ms the same in time
./a BenchmarkCopy/ours MB/s >= BenchmarkCopy/theirs a copy
`
	write("bench.targets", good)
	var out strings.Builder
	if err := run(&out, dir, 1, "1x"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2.5 cpu-ms/visit", "at most 10 cpu-ms/visit", "3 ms", "at least 900 MB/s (theirs)", "1 of 3 targets reached"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
	if yes, no := strings.Count(out.String(), " yes"), strings.Count(out.String(), " NO"); yes != 1 || no != 2 {
		t.Errorf("%d reached and %d missed, want 1 and 2:\n%s", yes, no, out.String())
	}

	write("bench.targets", good+"./a BenchmarkGone ns/op <= 1s gone\n./a BenchmarkCopy/ours MB/s >= BenchmarkCopy/nobody rival\n")
	out.Reset()
	err := run(&out, dir, 1, "1x")
	if err == nil || !strings.Contains(err.Error(), "BenchmarkGone") || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("a benchmark that does not exist gave %v", err)
	}
}

func TestTargetsAreStrict(t *testing.T) {
	for _, line := range []string{
		"",
		"./a BenchmarkX ns/op <= 1ms",
		"./a BenchmarkX ns/op < 1ms what",
		"./a BenchmarkX ns/op <= 1 what",
		"./a BenchmarkX MB/s >= fast what",
	} {
		if _, err := parseTargets(line); err == nil {
			t.Errorf("accepted %q", line)
		}
	}
}
