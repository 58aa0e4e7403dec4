// SPDX-License-Identifier: Apache-2.0

// Command runtests runs every test of the repository and says at the end, in
// one line, how many ran and how many did not and why. It is what make test
// calls; run it in the folder tools.
//
// A skipped test is a check that was not made. Elsewhere that is only said; in
// CI, where nothing may be missing, it is a failure.
//
// With -soak it runs only the packages whose tests know long rounds, which
// they do by the environment variable TAMIZDAT_SOAK, and sets no time limit.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// modules are the folders with a go.mod, seen from the folder tools.
func modules() []string { return []string{"..", "."} }

func main() {
	soak := flag.Bool("soak", false, "only the packages with long rounds, without a time limit")
	flag.Parse()
	if err := run(os.Stdout, *soak, os.Getenv("CI") == "true"); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run tests all modules and writes what happens to out. With strict set, a
// skipped test is an error as a failed one is.
func run(out io.Writer, soak, strict bool) error {
	sum := newSummary(out)
	for _, dir := range modules() {
		waves, err := wavesOf(dir, soak)
		if err != nil {
			return err
		}
		for _, w := range waves {
			if err := test(dir, w, soak, sum); err != nil {
				return err
			}
		}
	}
	fmt.Fprintln(out, sum.line())
	return sum.verdict(strict)
}

// wave are packages that are tested together.
type wave struct {
	packages []string
	alone    bool // one package after another
}

// wavesOf lists what is to be tested below dir. What starts a Tor network comes
// last and one after another: on a machine that is busy with something else its
// circuits time out, and the test would tell about the machine.
func wavesOf(dir string, soak bool) ([]wave, error) {
	if soak {
		packages, err := testPackages(dir, `"TAMIZDAT_SOAK"`)
		return some(wave{packages: packages}), err
	}
	all, err := testPackages(dir, "")
	if err != nil {
		return nil, err
	}
	networks, err := testPackages(dir, `/tornet"`)
	if err != nil {
		return nil, err
	}
	busy := func(p string) bool { return slices.Contains(networks, p) || strings.HasSuffix(p, "/tornet") }
	var last []string
	for _, p := range all {
		if busy(p) {
			last = append(last, p)
		}
	}
	return some(wave{packages: slices.DeleteFunc(all, busy)}, wave{last, true}), nil
}

// some leaves out waves without a package.
func some(waves ...wave) []wave {
	return slices.DeleteFunc(waves, func(w wave) bool { return len(w.packages) == 0 })
}

// test runs go test in one module and feeds sum. An error means that go test
// could not be run or did not make sense; failed tests are in sum.
func test(dir string, w wave, soak bool, sum *summary) error {
	args := []string{"test", "-json", "-shuffle=on", "-timeout", "30m"} // for one package
	if soak {
		args[len(args)-1] = "0"
	}
	if w.alone {
		args = append(args, "-p", "1")
	}
	cmd := exec.Command("go", append(args, w.packages...)...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	if !soak && !w.alone {
		env, remove, err := inMemory()
		if err != nil {
			return err
		}
		defer remove()
		cmd.Env = env
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start go test: %w", err)
	}
	readErr := sum.read(stdout)
	if err := cmd.Wait(); err != nil && sum.failures() == 0 {
		return fmt.Errorf("go test failed without naming a test: %w", err)
	}
	return readErr
}

// testPackages lists the packages below dir that have a test file with this text
// in it.
func testPackages(dir, text string) ([]string, error) {
	found := map[string]bool{}
	var list []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != dir && (holdsModule(path) || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(src, []byte(text)) {
			return err
		}
		rel, err := filepath.Rel(dir, filepath.Dir(path))
		if err == nil && !found[rel] {
			found[rel] = true
			list = append(list, "./"+filepath.ToSlash(rel))
		}
		return err
	})
	return list, err
}

func holdsModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
