// SPDX-License-Identifier: Apache-2.0

package tamizdat_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "tamizdat"

// graph holds what each package imports, and what its tests import besides.
type graph struct {
	imports, tests map[string][]string
}

// TestImports holds the source to the plan, for every system that people run
// it on, since a file for one system can import what the others do not.
func TestImports(t *testing.T) {
	for _, system := range []string{"linux", "windows", "darwin"} {
		g, err := loadGraph(system)
		if err != nil {
			t.Fatal(err)
		}
		if len(g.ours()) < 3 {
			t.Fatalf("only %d packages were found", len(g.ours()))
		}
		for _, v := range g.violations() {
			t.Errorf("%s: %s", system, v)
		}
	}
}

// loadGraph asks the go command, as it would build for one system.
func loadGraph(system string) (graph, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,TestImports,XTestImports,Standard", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return graph{}, fmt.Errorf("go list: %w\n%s", err, stderr.String())
	}
	g := graph{map[string][]string{}, map[string][]string{}}
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return g, nil
		} else if err != nil {
			return graph{}, err
		}
		g.imports[p.ImportPath] = p.Imports
		g.tests[p.ImportPath] = append(p.TestImports, p.XTestImports...)
	}
}

// ours lists the packages of this module.
func (g graph) ours() []string {
	var list []string
	for pkg := range g.imports {
		if isOurs(pkg) {
			list = append(list, pkg)
		}
	}
	slices.Sort(list)
	return list
}

func isOurs(pkg string) bool {
	return pkg == module || strings.HasPrefix(pkg, module+"/")
}

// violation is one broken rule, with the chain of imports that breaks it.
type violation struct {
	rule, reason string
	chain        []string
}

func (v violation) String() string {
	return fmt.Sprintf("%s\n\tbreaks the rule %q: %s", strings.Join(v.chain, " → "), v.rule, v.reason)
}

// violations holds every package against every rule.
func (g graph) violations() []violation {
	var list []violation
	for _, pkg := range g.ours() {
		placed := false
		for _, r := range directions() {
			if r.isAbout(pkg) {
				placed = true
				list = append(list, g.breaches(r, pkg)...)
			}
		}
		if !placed {
			list = append(list, violation{"every room is on the plan", "what may be imported from where is decided before code is written: add the package to plan_test.go", []string{pkg}})
		}
		for _, r := range prohibitions() {
			if r.isAbout(pkg) {
				list = append(list, g.breaches(r, pkg)...)
			}
		}
	}
	return list
}

// breaches follows the imports of pkg as far as r looks.
func (g graph) breaches(r rule, pkg string) []violation {
	var list []violation
	seen := map[string]bool{pkg: true}
	chains := [][]string{{pkg}}
	for len(chains) > 0 {
		chain := chains[0]
		chains = chains[1:]
		last := chain[len(chain)-1]
		next := g.imports[last]
		if r.reach == tested {
			next = append(slices.Clone(next), g.tests[last]...)
		}
		for _, imported := range next {
			if seen[imported] {
				continue
			}
			seen[imported] = true
			longer := append(slices.Clone(chain), imported)
			switch {
			case r.refuses(imported):
				list = append(list, violation{r.name, r.reason, longer})
			case r.reach == linked, r.reach == own && isOurs(imported):
				chains = append(chains, longer)
			}
		}
	}
	return list
}

func (r rule) isAbout(pkg string) bool {
	return matches(r.about, pkg) && !matches(r.except, pkg)
}

func (r rule) refuses(imported string) bool {
	if matches(r.never, imported) {
		return true
	}
	return isOurs(imported) && (r.none || r.only != nil && !matches(r.only, imported))
}

func matches(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if rest, ok := strings.CutPrefix(pattern, "."); ok {
			pattern = module + rest
		}
		stem, deep := strings.CutSuffix(pattern, "/...")
		return pkg == stem || deep && strings.HasPrefix(pkg, stem+"/")
	})
}
