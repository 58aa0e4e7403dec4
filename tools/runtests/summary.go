// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// event is one line of go test -json, as documented by go doc test2json.
type event struct {
	Action, Package, Test, Output string
	ImportPath, FailedBuild       string
	Elapsed                       float64
}

// summary counts tests and prints packages as they finish and tests as they
// fail.
type summary struct {
	out                       io.Writer
	ran, failed, skipped      int
	failedPackages            int
	reasons                   map[string]int       // why tests were skipped, how often
	packages                  map[string]*progress // the packages that are running
	buildOutput               map[string]string    // what the compiler said, by import path
	reasonLine, chatter, note *regexp.Regexp
}

// progress is what is known of one running package.
type progress struct {
	ran, skipped, failed int
	output               map[string]string // by test not finished yet; "" is the package's own
}

func newSummary(out io.Writer) *summary {
	return &summary{
		out:         out,
		reasons:     map[string]int{},
		packages:    map[string]*progress{},
		buildOutput: map[string]string{},
		reasonLine:  regexp.MustCompile(`(?m)^\s+\S+\.go:\d+: (.*)$`),
		chatter:     regexp.MustCompile(`(?m)^(=== .*|-test\.shuffle \d+|PASS|FAIL)\n`),
		note:        regexp.MustCompile(`(?m)^(FAIL|ok|\?)\s+\S+\s.*\n`),
	}
}

// read consumes the output of go test -json. Lines that are no events are
// printed as they come.
func (s *summary) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(s.out, lines.Text())
			continue
		}
		s.add(e)
	}
	return lines.Err()
}

// add takes in one event.
func (s *summary) add(e event) {
	if e.ImportPath != "" {
		s.buildOutput[e.ImportPath] += e.Output
		return
	}
	p := s.packages[e.Package]
	if p == nil {
		p = &progress{output: map[string]string{}}
		s.packages[e.Package] = p
	}
	switch e.Action {
	case "output":
		p.output[e.Test] += e.Output
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.finish(e, p)
			return
		}
		s.count(e, p)
		delete(p.output, e.Test)
	}
}

// count takes in the end of one test or subtest.
func (s *summary) count(e event, p *progress) {
	switch e.Action {
	case "skip":
		p.skipped++
		reason := "no reason given"
		if m := s.reasonLine.FindAllStringSubmatch(p.output[e.Test], -1); m != nil {
			reason = m[len(m)-1][1]
		}
		s.reasons[reason]++
		fmt.Fprintf(s.out, "      not run: %s: %s\n", e.Test, reason)
	case "fail":
		p.failed++
		p.ran++
		s.print(p.output[e.Test])
	case "pass":
		p.ran++
	}
}

// finish takes in the end of a package. What is still open then was cut short
// by a crash or a time limit and is shown.
func (s *summary) finish(e event, p *progress) {
	delete(s.packages, e.Package)
	s.ran += p.ran
	s.skipped += p.skipped
	s.failed += p.failed
	if e.Action != "fail" {
		if p.ran+p.skipped > 0 {
			fmt.Fprintf(s.out, "ok    %-40s %6.1f s %5d tests\n", e.Package, e.Elapsed, p.ran)
		}
		return
	}
	s.failedPackages++
	s.print(s.buildOutput[e.FailedBuild])
	if p.failed == 0 {
		for _, test := range slices.Sorted(maps.Keys(p.output)) {
			s.print(p.output[test])
		}
	}
	fmt.Fprintf(s.out, "FAIL  %-40s %6.1f s %5d tests, %d failed\n", e.Package, e.Elapsed, p.ran, p.failed)
}

// print shows output without the lines by which go test talks about itself.
func (s *summary) print(output string) {
	output = s.note.ReplaceAllString(s.chatter.ReplaceAllString(output, ""), "")
	fmt.Fprint(s.out, output)
}

func (s *summary) failures() int { return s.failed + s.failedPackages }

// line is the last line of a run.
func (s *summary) line() string {
	var line strings.Builder
	fmt.Fprintf(&line, "ran %d", s.ran)
	if s.failures() > 0 {
		fmt.Fprintf(&line, " (%d failed, in %d packages)", s.failed, s.failedPackages)
	}
	fmt.Fprintf(&line, ", not run %d", s.skipped)
	for i, reason := range slices.Sorted(maps.Keys(s.reasons)) {
		if i == 0 {
			line.WriteString(" because ")
		} else {
			line.WriteString("; ")
		}
		line.WriteString(reason)
		if n := s.reasons[reason]; n > 1 {
			fmt.Fprintf(&line, " (%d times)", n)
		}
	}
	return line.String()
}

// verdict is the outcome of the run as an error.
func (s *summary) verdict(strict bool) error {
	open := slices.Sorted(maps.Keys(s.packages))
	switch {
	case s.failures() > 0:
		return errors.New("there are failures")
	case len(open) > 0:
		return fmt.Errorf("no result came from %s", strings.Join(open, ", "))
	case s.ran == 0:
		return errors.New("no test ran at all")
	case strict && s.skipped > 0:
		return errors.New("in CI every test must run: add what is missing to tools/deps.txt")
	}
	return nil
}
