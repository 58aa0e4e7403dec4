// SPDX-License-Identifier: Apache-2.0

package tamizdat_test

import (
	"slices"
	"strings"
	"testing"
)

// invent builds a graph from lines such as "letter → letter/wire". A name is
// ours unless it is marked with a star.
func invent(lines ...string) graph {
	g := graph{map[string][]string{}, map[string][]string{}}
	name := func(s string) string {
		if outside, ok := strings.CutPrefix(s, "*"); ok {
			return outside
		}
		return strings.TrimSuffix(module+"/"+s, "/")
	}
	for _, line := range lines {
		into := g.imports
		if inTest, ok := strings.CutPrefix(line, "test: "); ok {
			into, line = g.tests, inTest
		}
		chain := strings.Split(line, " → ")
		for i, s := range chain {
			if g.imports[name(s)] == nil {
				g.imports[name(s)] = []string{}
			}
			if i > 0 {
				before := name(chain[i-1])
				into[before] = append(into[before], name(s))
			}
		}
	}
	return g
}

// TestThePlanAllowsTheDesign: a plan that forbids everything would also pass
// the test of the source as long as there is little source.
func TestThePlanAllowsTheDesign(t *testing.T) {
	g := invent(
		"letter → letter/wire → internal/x",
		"letter → letter/internal/y",
		"drop → letter/wire",
		"drop/server → drop", "drop/client → drop", "drop/sqlite → drop", "drop/sqlite → *database/sql", "drop/memory → drop/server",
		"drop/droptest → drop/server", "drop/droptest → *testing",
		"test: drop/sqlite → drop/droptest",
		"source → letter", "source → drop/client",
		"desk → letter", "desk → drop/client", "desk → sanitize", "desk → claim", "desk → claim/door → claim/judge → claim", "desk → claim/wording", "desk → press", "desk → press/site", "desk/vault → internal/x", "desk → desk/vault",
		"claim/board → claim", "claim/quote → claim/wording", "press → claim", "press/site → press", "press/tlog/signer → press/tlog → press",
		"cmd/tamizdat → cmd/internal/deskcmd → desk", "cmd/internal/deskcmd → cmd/internal/casecmd → claim", "cmd/tamizdat → cmd/internal/presscmd → press/tlog/signer",
		"cmd/tamizdat-drop → cmd/internal/dropcmd → drop/server", "cmd/internal/dropcmd → drop/sqlite",
		"cmd/tamizdat-source → cmd/internal/sourcecmd → source",
		"cmd/tamizdat-verify → cmd/internal/verifycmd → press/tlog",
		"cmd/internal/witnesscmd → press/tlog", "cmd/internal/trycmd → internal/x",
		"test: e2e → internal/x", "test: e2e → *testing",
		"internal/y → *os", "desk → internal/y", "spec → *embed", "letter → *crypto/rand",
	)
	for _, v := range g.violations() {
		t.Error(v)
	}
}

// TestThePlanRefuses: every rule must refuse at least one invented import.
func TestThePlanRefuses(t *testing.T) {
	tripped := map[string]bool{}
	for _, tt := range []struct{ line, rule string }{
		{" → letter/wire", "direction of ."},
		{"internal/x → letter/wire", "direction of ./internal/..."},
		{"spec → letter", "direction of ./spec/..."},
		{"letter → drop", "direction of ./letter"},
		{"letter/wire → letter", "direction of ./letter/wire"},
		{"letter/internal/y → letter", "direction of ./letter/wire"},
		{"drop → letter", "direction of ./drop"},
		{"drop/sqlite → drop/memory", "direction of ./drop/sqlite"},
		{"drop/server → drop/sqlite", "direction of ./drop/client"},
		{"drop/client → drop/server", "direction of ./drop/client"},
		{"drop/droptest → letter", "direction of ./drop/droptest"},
		{"source → desk", "direction of ./source/..."},
		{"source → drop/server", "direction of ./source/..."},
		{"desk → press/tlog", "direction of ./desk/..."},
		{"desk → drop/sqlite", "direction of ./desk/..."},
		{"desk → claim/exchange", "direction of ./desk/..."},
		{"claim/door → desk", "direction of ./claim/..."},
		{"sanitize → desk", "direction of ./sanitize/..."},
		{"claim → press", "direction of ./claim"},
		{"claim/board → press", "direction of ./claim/..."},
		{"claim/wording → claim", "direction of ./claim/wording"},
		{"press → press/site", "direction of ./press"},
		{"press/site → press/tlog/signer", "direction of ./press/site"},
		{"press/tlog → press/site", "direction of ./press/tlog"},
		{"press/tlog/signer → press/site", "direction of ./press/tlog/..."},
		{"cmd/internal/deskcmd → drop/server", "direction of ./cmd/internal/deskcmd"},
		{"cmd/internal/casecmd → desk", "direction of ./cmd/internal/casecmd"},
		{"cmd/internal/sourcecmd → desk", "direction of ./cmd/internal/sourcecmd"},
		{"cmd/internal/dropcmd → letter", "direction of ./cmd/internal/dropcmd"},
		{"cmd/internal/verifycmd → letter", "direction of ./cmd/internal/presscmd"},
		{"cmd/internal/casecmd → press", "direction of ./cmd/internal/casecmd"},
		{"cmd/internal/trycmd → letter/wire", "direction of ./cmd/internal/trycmd"},
		{"cmd/tamizdat → desk", "direction of ./cmd/tamizdat"},
		{"e2e → letter", "direction of ./e2e/..."},
		{"helpers → internal/x", "every room is on the plan"},
		{"drop/redis → drop", "every room is on the plan"},
		{"cmd/tamizdat-drop → cmd/internal/dropcmd → drop/server → internal/x → letter", "the drop cannot open a letter"},
		{"press/site → press → internal/x → letter/wire", "the public side cannot name a source"},
		{"claim → internal/x → desk", "the public side cannot name a source"},
		{"cmd/internal/deskcmd → press/tlog/signer", "the log's key has one user"},
		{"cmd/internal/presscmd → press → internal/x → letter", "the press process holds no letters"},
		{"cmd/tamizdat-source → cmd/internal/sourcecmd → source → *example.org/cache → *database/sql", "the source's program is small"},
		{"source → *modernc.org/sqlite", "the source's program is small"},
		{"letter → *net/http", "pure rooms touch nothing"},
		{"letter → internal/x → *os", "pure rooms touch nothing"},
		{"claim → *log/slog", "pure rooms touch nothing"},
		{"desk/search → *os", "the index of letters stays in memory"},
		{"test: e2e → letter", "the demonstration has no back door"},
		{"drop/server → *testing", "test code stays out of programs"},
		{"cmd/internal/dropcmd → drop/droptest", "test code stays out of programs"},
		{"cmd/tamizdat → *example.org/odd → *testing", "no test framework in a program"},
		{"drop/server → *math/rand/v2", "no guessable randomness"},
		{"letter → *filippo.io/age", "age seals backups and nothing else"},
	} {
		tripped[tt.rule] = true
		broken := invent(tt.line).violations()
		if !slices.ContainsFunc(broken, func(v violation) bool { return v.rule == tt.rule }) {
			t.Errorf("%q does not break %q but %v", tt.line, tt.rule, broken)
		}
	}
	for _, r := range append(directions(), prohibitions()...) {
		if !tripped[r.name] {
			t.Errorf("nothing was invented that breaks %q", r.name)
		}
		if r.reason == "" {
			t.Errorf("%q has no reason", r.name)
		}
	}
}
