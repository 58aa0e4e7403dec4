// SPDX-License-Identifier: Apache-2.0

// Command runfuzz lets every fuzz target of the repository search for new
// inputs, one after another, each for a while. It is part of make soak; run it
// in the folder tools.
//
// What a target finds, the go command writes to testdata/fuzz of its package:
// commit it with the repair, and every later make test tries it.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	each := flag.Duration("each", time.Minute, "how long each target searches")
	flag.Parse()
	if err := run(os.Stdout, "..", *each); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// target is one fuzz function.
type target struct{ pkg, name string }

// run fuzzes every target of the module in root.
func run(out io.Writer, root string, each time.Duration) error {
	list, err := targets(root)
	if err != nil {
		return err
	}
	failed := 0
	for _, t := range list {
		fmt.Fprintf(out, "fuzzing %s %s\n", t.pkg, t.name)
		cmd := exec.Command("go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", each.String(), t.pkg)
		cmd.Dir = root
		if text, err := cmd.CombinedOutput(); err != nil {
			failed++
			fmt.Fprintf(out, "%s%v\n", text, err)
		}
	}
	fmt.Fprintf(out, "fuzzed %d targets, %d failed\n", len(list), failed)
	switch {
	case failed > 0:
		return fmt.Errorf("%d fuzz targets found something", failed)
	case len(list) == 0:
		return fmt.Errorf("no fuzz target was found")
	}
	return nil
}

// targets asks the test programs for their fuzz functions.
func targets(root string) ([]target, error) {
	cmd := exec.Command("go", "test", "-list", "^Fuzz", "./...")
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list the fuzz targets: %w\n%s", err, text)
	}
	return parseList(string(text)), nil
}

// parseList reads what go test -list prints: the names in a package, then a
// line with the package itself.
func parseList(text string) []target {
	var list []target
	var names []string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 1 && strings.HasPrefix(fields[0], "Fuzz"):
			names = append(names, fields[0])
		case len(fields) > 1 && fields[0] == "ok":
			for _, name := range names {
				list = append(list, target{fields[1], name})
			}
			names = nil
		}
	}
	return list
}
