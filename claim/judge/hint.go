// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"fmt"
	"math"

	"tamizdat/claim"
)

// MaxLR is how far all evidence together can move a hint, either way.
const MaxLR = 30

// tolerance keeps the last bit of a logarithm from deciding.
const tolerance = 1e-12

// Hint is a credibility that the evidence suggests, with its working. The person
// sets the number.
type Hint struct {
	Claim   string
	Value   int     // 1 to 5; 6 where nothing contributes
	LogLR   float64 // natural logarithm of the likelihood ratio, within ±ln 30
	Ceiling Ceiling
	Lines   []string // every step, in words and numbers
}

// Conventions of the house, no measurements.

// directionRatio gives the likelihood ratio of a direction of evidence.
func directionRatio(direction string) (float64, bool) {
	switch direction {
	case "--":
		return 1.0 / 6, true
	case "-":
		return 1.0 / 2, true
	case "0":
		return 1, true
	case "+":
		return 2, true
	case "++":
		return 6, true
	}
	return 0, false
}

// houseRatio gives what a report of such a source is worth where nobody judged the
// evidence. F, and what nobody has judged, is worth nothing.
func houseRatio(r claim.Reliability) (float64, bool) {
	switch r {
	case "A":
		return 10, true
	case "B":
		return 5, true
	case "C":
		return 2.5, true
	case "D":
		return 1.3, true
	case "E":
		return 1, true
	}
	return 0, false
}

// HintFor works out what the evidence suggests for a claim. against holds the
// utterances of which a person says that they are against the speaker's own
// interest; nil for none.
//
// All evidence of one origin counts once, by its strongest link; against a link of
// the same strength the other way the one that speaks against the claim stands. An
// origin of which no evidence was judged counts with the house ratio of its
// speaker. The logarithms of the origins are added and scaled by n_eff/n; evidence
// that comes from no origin of the claim is added in full; the sum is cut at
// ±ln 30. From it follows a number as if the odds had been even beforehand: 80 % is
// 1, 60 % is 2, 40 % is 3, 20 % is 4, below is 5; and never better than the ceiling.
func HintFor(x *claim.Index, id string, origins Counter, against map[string]bool) Hint {
	o := origins(id)
	w := weigher{x: x, claim: id, origins: o, against: against, clusters: map[string]*cluster{}}
	for _, r := range o.Roots {
		w.at(r.Utterance, true)
	}
	for i := range x.Case.Evidence {
		if x.Case.Evidence[i].Claim == id {
			w.add(&x.Case.Evidence[i])
		}
	}
	h := Hint{Claim: id, Ceiling: CeilingOf(x, id, origins)}
	sum, any := w.sum()
	h.LogLR = min(max(sum, -math.Log(MaxLR)), math.Log(MaxLR))
	if h.LogLR != sum {
		w.say("cut to %+.3f: together no evidence moves further than a ratio of %d", h.LogLR, MaxLR)
	}
	h.Value = 6
	if any {
		h.Value = suggested(h.LogLR)
		w.say("%+.3f is %.0f %% if the odds were even before, which suggests %d (%s)", h.LogLR, 100/(1+math.Exp(-h.LogLR)), h.Value, Credibilities(h.Value))
	} else {
		w.say("nothing contributes, so it cannot be judged: 6")
	}
	if h.Ceiling.Best > h.Value {
		h.Value = h.Ceiling.Best
		w.say("the ceiling is %d: %s", h.Value, h.Ceiling.Reasons[0])
	}
	h.Lines = w.lines
	return h
}

func suggested(logLR float64) int {
	for i, ratio := range []float64{4, 1.5, 1 / 1.5, 0.25} {
		if logLR >= math.Log(ratio)-tolerance {
			return i + 1
		}
	}
	return 5
}

// cluster is the evidence of one origin.
type cluster struct {
	key    string // an utterance, or an item that is no utterance
	origin bool   // of the claim itself
	links  []link
}

type link struct {
	log  float64
	text string
}

type weigher struct {
	x        *claim.Index
	claim    string
	origins  claim.Origins
	against  map[string]bool
	clusters map[string]*cluster
	order    []*cluster
	lines    []string
}

func (w *weigher) say(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

func (w *weigher) at(key string, origin bool) *cluster {
	c := w.clusters[key]
	if c == nil {
		c = &cluster{key: key, origin: origin}
		w.clusters[key] = c
		w.order = append(w.order, c)
	}
	return c
}

func (w *weigher) add(e *claim.Evidence) {
	ratio, ok := directionRatio(e.Direction)
	if !ok {
		w.say("%s is left out: %q is no direction", e.ID, e.Direction)
		return
	}
	key, ok := w.originOf(e.Item)
	if !ok {
		w.say("%s is left out: its item %q is not in the case", e.ID, e.Item)
		return
	}
	c := w.at(key, false)
	c.links = append(c.links, link{math.Log(ratio), fmt.Sprintf("%s (%s)", e.Direction, e.ID)})
}

// sum adds what each cluster brings, and reports whether any brings something.
func (w *weigher) sum() (sum float64, any bool) {
	own, others := 0.0, 0.0
	for _, c := range w.order {
		v, counts := w.strongest(c)
		any = any || counts
		if c.origin {
			own += v
		} else {
			others += v
		}
	}
	if n := len(w.origins.Roots); n > 1 && own != 0 {
		scale := min(w.origins.Effective/float64(n), 1)
		w.say("%d origins that are worth %.2f: %+.3f × %.2f/%d = %+.3f", n, w.origins.Effective, own, w.origins.Effective, n, own*scale)
		own *= scale
	}
	return own + others, any
}

// strongest gives the link that counts for a cluster.
func (w *weigher) strongest(c *cluster) (float64, bool) {
	if len(c.links) == 0 {
		return w.house(c)
	}
	best := c.links[0]
	for _, l := range c.links[1:] {
		d := math.Abs(l.log) - math.Abs(best.log)
		if d > tolerance || d > -tolerance && l.log < best.log {
			best = l
		}
	}
	w.say("%s: the strongest of %d is %s, %+.3f", w.name(c), len(c.links), best.text, best.log)
	return best.log, true
}

func (w *weigher) name(c *cluster) string {
	if u := w.x.Utterance(c.key); u != nil {
		return fmt.Sprintf("origin %s (%s)", c.key, w.x.Name(u.Speaker))
	}
	return c.key
}
