// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// target is one line of bench.targets.
type target struct {
	pkg, benchmark, metric string
	atMost                 bool    // the measured value may be at most the limit; else at least
	limit                  float64 // in the metric's unit
	rival                  string  // or the benchmark whose value is the limit
	what                   string
}

// parseTargets reads the whole file.
func parseTargets(text string) ([]target, error) {
	var targets []target
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		t, err := parseTarget(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		targets = append(targets, t)
	}
	if targets == nil {
		return nil, fmt.Errorf("no target in it")
	}
	return targets, nil
}

func parseTarget(line string) (target, error) {
	f := strings.Fields(line)
	if len(f) < 6 {
		return target{}, fmt.Errorf("%d columns, six are needed", len(f))
	}
	t := target{pkg: f[0], benchmark: f[1], metric: f[2], atMost: f[3] == "<=", what: strings.Join(f[5:], " ")}
	if !t.atMost && f[3] != ">=" {
		return target{}, fmt.Errorf("%q is neither <= nor >=", f[3])
	}
	if strings.HasPrefix(f[4], "Benchmark") {
		t.rival = f[4]
		return t, nil
	}
	if d, err := time.ParseDuration(f[4]); err == nil && t.metric == "ns/op" {
		t.limit = float64(d.Nanoseconds())
		return t, nil
	}
	limit, err := strconv.ParseFloat(f[4], 64)
	if err != nil || t.metric == "ns/op" {
		return target{}, fmt.Errorf("%q is no target for %s", f[4], t.metric)
	}
	t.limit = limit
	return t, nil
}

// results holds every value that was printed.
type results struct {
	values map[string][]float64 // by key
	cpu    string
}

func key(pkg, benchmark, metric string) string { return pkg + " " + benchmark + " " + metric }

// benchmarkLine is a result of go test -bench -cpu 2: the name with the number
// of processors, the number of rounds, then pairs of value and unit.
func benchmarkLine() *regexp.Regexp { return regexp.MustCompile(`^(Benchmark\S+)-2\s+\d+\s+(.*)$`) }

// read takes the output of go test for pkg.
func (r *results) read(pkg, output string) {
	if r.values == nil {
		r.values = map[string][]float64{}
	}
	pattern := benchmarkLine()
	for line := range strings.SplitSeq(output, "\n") {
		if cpu, ok := strings.CutPrefix(line, "cpu: "); ok {
			r.cpu = cpu
		}
		m := pattern.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		pairs := strings.Fields(m[2])
		for i := 0; i+1 < len(pairs); i += 2 {
			if v, err := strconv.ParseFloat(pairs[i], 64); err == nil {
				k := key(pkg, m[1], pairs[i+1])
				r.values[k] = append(r.values[k], v)
			}
		}
	}
}

// median returns the middle value, and false if there is none.
func (r results) median(pkg, benchmark, metric string) (float64, bool) {
	values := slices.Sorted(slices.Values(r.values[key(pkg, benchmark, metric)]))
	if len(values) == 0 {
		return 0, false
	}
	return values[len(values)/2], true
}

// verdict is a target beside what was measured.
type verdict struct {
	measured, target string
	reached          bool
	missing          string // what was not measured, "" if nothing
}

func (v verdict) word() string {
	switch {
	case v.missing != "":
		return "not measured"
	case v.reached:
		return "yes"
	}
	return "NO"
}

// judge compares t with what was measured.
func (t target) judge(r results) verdict {
	value, ok := r.median(t.pkg, t.benchmark, t.metric)
	if !ok {
		return verdict{measured: "-", target: "-", missing: t.benchmark + " (" + t.metric + ")"}
	}
	limit := t.limit
	if t.rival != "" {
		if limit, ok = r.median(t.pkg, t.rival, t.metric); !ok {
			return verdict{measured: show(value, t.metric), target: "-", missing: t.rival + " (" + t.metric + ")"}
		}
	}
	v := verdict{measured: show(value, t.metric), target: "at least " + show(limit, t.metric), reached: value >= limit}
	if t.atMost {
		v.target, v.reached = "at most "+show(limit, t.metric), value <= limit
	}
	if t.rival != "" {
		v.target += " (" + t.rival[strings.LastIndex(t.rival, "/")+1:] + ")"
	}
	return v
}

// show writes a value with three digits and its unit, times in a fitting one.
func show(value float64, metric string) string {
	if metric != "ns/op" {
		return threeDigits(value) + " " + metric
	}
	switch {
	case value >= 1e9:
		return threeDigits(value/1e9) + " s"
	case value >= 1e6:
		return threeDigits(value/1e6) + " ms"
	case value >= 1e3:
		return threeDigits(value/1e3) + " µs"
	}
	return threeDigits(value) + " ns"
}

func threeDigits(value float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 3, 64), 64)
	if err != nil {
		panic(err) // what FormatFloat writes can be parsed
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
