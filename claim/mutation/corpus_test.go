// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tamizdat/claim"
)

//go:embed testdata/pairs.txt
var pairsText string

// pair is a line of testdata/pairs.txt.
type pair struct {
	part             string
	labels           []string // empty for a correct relay
	saidAt, relayed  string
	original, relays string
}

func readPairs(t testing.TB) []pair {
	t.Helper()
	var out []pair
	for line := range strings.Lines(pairsText) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "|")
		if len(f) != 6 {
			t.Fatalf("this line has not six fields: %s", line)
		}
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		p := pair{part: f[0], saidAt: f[2], relayed: f[3], original: f[4], relays: f[5]}
		if f[1] != "-" {
			p.labels = strings.Split(f[1], ", ")
		}
		out = append(out, p)
	}
	return out
}

func date(t testing.TB, s string) claim.Date {
	t.Helper()
	if s == "" {
		return claim.Date{}
	}
	d, err := claim.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// asCase makes utterances of pairs: one that says all the originals, and one that
// relays it and says all the relays. Nothing tells which belong together.
func asCase(t testing.TB, pairs ...pair) *claim.Index {
	c := claim.Case{Case: "invented"}
	said := claim.Utterance{ID: "U1", Speaker: "P1", At: date(t, pairs[0].saidAt)}
	relay := claim.Utterance{ID: "U2", Speaker: "P2", At: date(t, pairs[0].relayed), Relays: []string{"U1"}}
	for i, p := range pairs {
		a, b := fmt.Sprintf("C%d", i), fmt.Sprintf("C%dv", i)
		c.Claims = append(c.Claims, claim.Claim{ID: a, Text: p.original}, claim.Claim{ID: b, Text: p.relays})
		said.Claims, relay.Claims = append(said.Claims, a), append([]string{b}, relay.Claims...)
	}
	c.Utterances = []claim.Utterance{said, relay}
	return claim.NewIndex(&c)
}

// tally counts how proposals meet what a line expects.
type tally struct{ mutations, found, proposals, right, correct, disturbed int }

func (m *tally) add(t testing.TB, p pair, proposals []Proposal) {
	hit := false
	for _, q := range proposals {
		right := slices.Contains(p.labels, string(q.Label))
		m.proposals++
		if right {
			m.right++
			hit = true
		} else {
			t.Logf("%s: wrong %s: %s", p.part, q.Label, q.Reason)
		}
	}
	if len(p.labels) == 0 {
		m.correct++
		if len(proposals) > 0 {
			m.disturbed++
		}
		return
	}
	m.mutations++
	if hit {
		m.found++
	} else {
		t.Logf("%s: missed %v: %s → %s", p.part, p.labels, p.original, p.relays)
	}
}

func (m tally) recall() float64    { return float64(m.found) / float64(m.mutations) }
func (m tally) precision() float64 { return float64(m.right) / float64(m.proposals) }

func (m tally) String() string {
	return fmt.Sprintf("recall %.3f (%d of %d mutations), precision %.3f (%d of %d proposals), %d of %d correct relays disturbed",
		m.recall(), m.found, m.mutations, m.precision(), m.right, m.proposals, m.disturbed, m.correct)
}

// TestPairs measures on invented pairs, one relay at a time. The floors are a
// little below what was measured; the part “held” was never adjusted on.
func TestPairs(t *testing.T) {
	floors := map[string]struct {
		recall, precision float64
		disturbed         int
	}{
		"tuned":  {0.96, 0.99, 0},
		"second": {0.99, 0.99, 0},
		"held":   {0.97, 0.97, 1},
		"blind":  {0.81, 0.92, 2},
	}
	measured := map[string]*tally{"tuned": {}, "second": {}, "held": {}, "blind": {}}
	for _, p := range readPairs(t) {
		measured[p.part].add(t, p, Propose(asCase(t, p)))
	}
	for part, floor := range floors {
		m := measured[part]
		if m.recall() < floor.recall || m.precision() < floor.precision || m.disturbed > floor.disturbed {
			t.Errorf("%s fell below its floor %v", part, floor)
		}
	}
	for _, part := range []string{"tuned", "second", "held", "blind"} {
		t.Log(part, measured[part])
	}
}

// TestPairsInCompany puts many sentences into one utterance and their relays into
// another, so that the engine must first find out which belong together. The
// table has many lines about one matter; each matter is taken once. A proposal
// counts as right only between the two of one line.
func TestPairsInCompany(t *testing.T) {
	group := strangers(t)
	of := make([][]Proposal, len(group))
	for _, q := range Propose(asCase(t, group...)) {
		var from, to int
		if _, err := fmt.Sscanf(q.From.ID+" "+q.To.ID, "C%d C%dv", &from, &to); err != nil {
			t.Fatal(err)
		}
		if from != to {
			q.Label = "of different lines"
		}
		of[to] = append(of[to], q)
	}
	var m tally
	for i, p := range group {
		m.add(t, p, of[i])
	}
	if m.recall() < 0.85 || m.precision() < 0.85 {
		t.Error("in company it fell below its floor")
	}
	t.Log("in company:", m)
}

// strangers picks lines that are about different matters, mutations first.
func strangers(t testing.TB) []pair {
	l := readLexicon(lexiconText)
	all := readPairs(t)
	slices.SortStableFunc(all, func(a, b pair) int { return len(b.labels) - len(a.labels) })
	var out []pair
	for _, p := range all {
		near := func(o pair) bool {
			return likeness(l.read(p.original).keys, l.read(o.original).keys) >= likeRelay || likeness(l.read(p.original).keys, l.read(o.relays).keys) >= likeRelay
		}
		if p.saidAt == "" && p.relayed == "" && !slices.ContainsFunc(out, near) {
			out = append(out, p)
		}
	}
	return out
}
