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
	}{}
	measured := map[string]*tally{"tuned": {}, "held": {}}
	for _, p := range readPairs(t) {
		measured[p.part].add(t, p, Propose(asCase(t, p)))
	}
	for part, floor := range floors {
		m := measured[part]
		if m.recall() < floor.recall || m.precision() < floor.precision || m.disturbed > floor.disturbed {
			t.Errorf("%s fell below its floor %v", part, floor)
		}
	}
	for _, part := range []string{"tuned", "held"} {
		t.Log(part, measured[part])
	}
}
