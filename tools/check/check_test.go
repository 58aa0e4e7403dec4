// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunReportsEveryCheck(t *testing.T) {
	fine := func(string) (string, error) { return "", nil }
	list := []check{
		{"first", fine, ""},
		{"second", func(string) (string, error) { return "a.go is ugly\n", nil }, "gofumpt -w ."},
		{"third", func(string) (string, error) { return "", errors.New("no such tool") }, ""},
		{"fourth", fine, ""},
	}
	var out strings.Builder
	if err := run(&out, "", "", list); err == nil || err.Error() != "2 of 4 checks failed" {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{"ok    first", "FAIL  second", "a.go is ugly", "to mend it: gofumpt -w .", "no such tool", "ok    fourth"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
	if err := run(&out, "", "first", list); err != nil {
		t.Error(err)
	}
	if run(&out, "", "fifth", list) == nil {
		t.Error("a check that does not exist passed")
	}
}

// An invented module whose generator and build script are replaced by ones that
// must be found out.
func TestCopiesAreCompared(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string, perm os.FileMode) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), perm); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module invented\ngo 1.26\n", 0o600)
	write("a.go", "package a\n\n//go:generate sh -c \"echo same >out.txt\"\n", 0o600)
	write("out.txt", "same\n", 0o600)
	write("bin/old", "a program from before", 0o600)
	write("tools/build.sh", "#!/bin/sh\necho program >$1/p\n", 0o700)

	if complaint, err := generated(root); complaint != "" || err != nil {
		t.Errorf("current files gave %q, %v", complaint, err)
	}
	if complaint, err := sameBytes(root); complaint != "" || err != nil {
		t.Errorf("equal programs gave %q, %v", complaint, err)
	}

	write("out.txt", "edited by hand\n", 0o600)
	write("tools/build.sh", "#!/bin/sh\npwd >$1/p\n", 0o700)
	if complaint, err := generated(root); complaint != "out.txt differs\n" || err != nil {
		t.Errorf("an edited file gave %q, %v", complaint, err)
	}
	if complaint, err := sameBytes(root); complaint != "p differs\n" || err != nil {
		t.Errorf("programs that differ gave %q, %v", complaint, err)
	}

	write("a.go", "package a\n\n//go:generate false\n", 0o600)
	write("tools/build.sh", "#!/bin/sh\necho broken; exit 1\n", 0o700)
	if complaint, err := generated(root); complaint == "" || err != nil {
		t.Errorf("a failing generator gave %q, %v", complaint, err)
	}
	if complaint, err := sameBytes(root); !strings.Contains(complaint, "broken") || err != nil {
		t.Errorf("a failing build gave %q, %v", complaint, err)
	}
	write("tools/build.sh", "#!/bin/sh\ntrue\n", 0o700)
	if complaint, err := sameBytes(root); complaint == "" || err != nil {
		t.Errorf("no program at all gave %q, %v", complaint, err)
	}
}
