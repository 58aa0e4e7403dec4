// SPDX-License-Identifier: Apache-2.0

// Command bench runs the benchmarks that have a target in bench.targets and
// prints what was measured beside it. It is what make bench calls; run it in
// the folder tools.
//
// Each benchmark runs five times on two processors, and the median counts. A
// benchmark that is named in the file and does not exist is an error. A target
// that was missed is not: machines differ, and the table says it.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"text/tabwriter"
)

func main() {
	count := flag.Int("count", 5, "how often each benchmark runs; the median counts")
	flag.Parse()
	if err := run(os.Stdout, "..", *count, "1s"); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run measures all that root's bench.targets names, each benchmark count times
// and each time for as long as benchtime says.
func run(out io.Writer, root string, count int, benchtime string) error {
	text, err := os.ReadFile(root + "/bench.targets")
	if err != nil {
		return err
	}
	targets, err := parseTargets(string(text))
	if err != nil {
		return fmt.Errorf("bench.targets: %w", err)
	}
	measured := results{}
	for _, pkg := range packages(targets) {
		fmt.Fprintf(out, "measuring %s\n", pkg)
		output, err := measure(root, pkg, topLevel(targets, pkg), count, benchtime)
		if err != nil {
			return err
		}
		measured.read(pkg, output)
	}
	if cpu := measured.cpu; cpu != "" {
		fmt.Fprintf(out, "\non two cores of: %s\n", cpu)
	}
	return table(out, targets, measured)
}

// measure runs the top-level benchmarks called names in pkg and returns the
// text that go test prints.
func measure(root, pkg string, names []string, count int, benchtime string) (string, error) {
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", "^("+strings.Join(names, "|")+")$",
		"-count", fmt.Sprint(count), "-benchtime", benchtime, "-cpu", "2", "-timeout", "30m", pkg)
	cmd.Dir = root
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", pkg, err, output.String())
	}
	return output.String(), nil
}

// packages lists the packages of targets in their order, each once.
func packages(targets []target) []string {
	var list []string
	for _, t := range targets {
		if !slices.Contains(list, t.pkg) {
			list = append(list, t.pkg)
		}
	}
	return list
}

// topLevel lists the benchmark functions that targets of pkg need.
func topLevel(targets []target, pkg string) []string {
	var list []string
	for _, t := range targets {
		if t.pkg != pkg {
			continue
		}
		for _, name := range []string{t.benchmark, t.rival} {
			top, _, _ := strings.Cut(name, "/")
			if top != "" && !slices.Contains(list, top) {
				list = append(list, top)
			}
		}
	}
	return list
}

// table prints one line a target. It fails if something was not measured.
func table(out io.Writer, targets []target, measured results) error {
	var missing []string
	reached := 0
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nwhat\tbenchmark\tmeasured\ttarget\treached")
	for _, t := range targets {
		v := t.judge(measured)
		if v.missing != "" {
			missing = append(missing, v.missing)
		}
		if v.reached {
			reached++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.what, t.benchmark, v.measured, v.target, v.word())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%d of %d targets reached\n", reached, len(targets))
	if missing != nil {
		return fmt.Errorf("bench.targets names what was not measured: %s", strings.Join(missing, ", "))
	}
	return nil
}
