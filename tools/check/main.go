// SPDX-License-Identifier: Apache-2.0

// Command check makes every check of the source that is no test: format, vet,
// static analysis, the rules of the house, tidy modules, generated files, and
// that two builds in two folders give the same bytes. It is what make check
// calls; run it in the folder tools.
//
// All checks run even if one fails. Each that fails shows why and names the
// command that mends it, where there is one.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// check is one check. It returns what it has to complain about.
type check struct {
	name string
	run  func(root string) (complaint string, err error)
	mend string // the command that mends it, "" if that takes thought
}

func checks() []check {
	return []check{
		{"format", formatted, "go tool -modfile=tools/go.mod gofumpt -w ."},
		{"vet", both("go", "vet", "./..."), ""},
		{"static analysis", staticAnalysis, ""},
		{"rules of the house", only("go", "test", "-count=1", "."), ""},
		{"tidy modules", both("go", "mod", "tidy", "-diff"), "go mod tidy (and the same in tools)"},
		{"current idiom", both("go", "fix", "-diff", "./..."), "go fix ./... (and the same in tools)"},
		{"other systems", otherSystems, ""},
		{"generated files", generated, "make generate"},
		{"same bytes twice", sameBytes, ""},
	}
}

func main() {
	names := flag.String("only", "", "run only the check of this name")
	flag.Parse()
	root, err := filepath.Abs("..")
	if err == nil {
		err = run(os.Stdout, root, *names, checks())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run makes the checks and reports each as it ends.
func run(out io.Writer, root, name string, list []check) error {
	made, failed := 0, 0
	for _, c := range list {
		if name != "" && name != c.name {
			continue
		}
		made++
		start := time.Now()
		complaint, err := c.run(root)
		if err == nil && complaint == "" {
			fmt.Fprintf(out, "ok    %-20s %6.1f s\n", c.name, time.Since(start).Seconds())
			continue
		}
		failed++
		fmt.Fprintf(out, "FAIL  %-20s\n%s\n", c.name, strings.TrimRight(complaint, "\n"))
		if err != nil {
			fmt.Fprintln(out, err)
		}
		if c.mend != "" {
			fmt.Fprintln(out, "to mend it:", c.mend)
		}
	}
	switch {
	case made == 0:
		return fmt.Errorf("there is no check called %q", name)
	case failed > 0:
		return fmt.Errorf("%d of %d checks failed", failed, made)
	}
	return nil
}

// command runs a command in dir with further environment variables. It returns
// all that was printed and whether the command ended with failure; err is for
// a command that could not be run.
func command(dir string, env []string, args ...string) (output string, failed bool, err error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	text, err := cmd.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Sprintf("%s%s: %v\n", text, strings.Join(args, " "), err), true, nil
	}
	return string(text), false, err
}

// quiet runs a command whose output is a complaint only if it fails.
func quiet(dir string, env []string, args ...string) (string, error) {
	output, failed, err := command(dir, env, args...)
	if !failed && err == nil {
		return "", nil
	}
	return output, err
}

// only is a check that succeeds by its exit code in the root module.
func only(args ...string) func(string) (string, error) {
	return func(root string) (string, error) { return quiet(root, nil, args...) }
}

// both is a check that succeeds by its exit code in each of the two modules.
func both(args ...string) func(string) (string, error) {
	return func(root string) (string, error) {
		product, err := quiet(root, nil, args...)
		if err != nil {
			return product, err
		}
		tools, err := quiet(filepath.Join(root, "tools"), nil, args...)
		return product + tools, err
	}
}
