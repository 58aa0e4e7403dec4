// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/wording"
)

// ErrMeasurands is wrapped where somebody asks to pool what counts different
// things (I5).
var ErrMeasurands = errors.New("different measurands are never pooled")

// Weights of a cluster by who stands behind it. They are a convention of the
// house: half for who fights in it, a quarter for whom nobody can judge.
const (
	WeightThirdParty   = 1.0
	WeightBelligerent  = 0.5
	WeightUnjudgeable  = 0.25
	maxPooled          = 100
	leastLeft          = 1e-9 // of probability above the floor
	maxAbout, minAbout = 10, 1.01
)

// Ask is a request to make one range of several estimates.
type Ask struct {
	Estimates []string
	// Weights, by estimate, go before those of the house. A speaker of whom the
	// case does not say what they gain has no weight but this.
	Weights map[string]float64
	// Floors are estimates that a person holds to count a part of the measurand,
	// such as names confirmed one by one: the total cannot lie below them. Floors of
	// the measurand itself that are in Estimates count without being named here.
	Floors []string
	About  float64 // in place of [AboutFactor], 1.01 to 10; 0 for none
}

// Pooled is the answer to an [Ask]. Low, Median and High are nil where the
// sources disagree: then the intervals of the components stand for themselves.
type Pooled struct {
	Measurand         claim.Measurand
	Mixture           Mixture
	Floor             *float64 // the highest
	Low, Median, High *float64 // 10 %, 50 % and 90 %
	Disagree          bool
	LeftOut           []string // and why
	Steps             []string // every step and assumption, in words
}

// Pool makes one 80 % interval of estimates of one measurand: a linear mixture of
// lognormals, one for each cluster, weighted by who stands behind it, and cut off
// below the highest floor. Linear, because a logarithmic pool would be narrow
// where sources contradict each other (Stone 1961; Genest and Zidek 1986). Within
// a cluster the estimate as of the latest day stands for all.
//
// It refuses different measurands with [ErrMeasurands], and what has no low end
// above zero. Confidence in the result is low whenever a step says so.
func Pool(x *claim.Index, ask Ask) (Pooled, error) {
	p := pooler{x: x, ask: ask, about: cmp.Or(ask.About, AboutFactor)}
	if err := p.admit(); err != nil {
		return Pooled{}, fmt.Errorf("pooling %s: %w", strings.Join(ask.Estimates, ", "), err)
	}
	p.cluster()
	if err := p.components(); err != nil {
		return Pooled{}, fmt.Errorf("pooling %s: %w", strings.Join(ask.Estimates, ", "), err)
	}
	p.floor()
	p.mix()
	return p.out, nil
}

type pooler struct {
	x     *claim.Index
	ask   Ask
	about float64
	from  []*claim.Estimate // what can take part
	reps  []*claim.Estimate // one for each cluster
	kin   [][]string        // the rest of its cluster
	out   Pooled
}

// admit checks the request and that all count the same.
func (p *pooler) admit() error {
	if len(p.ask.Estimates) == 0 || len(p.ask.Estimates) > maxPooled || len(p.ask.Floors) > maxPooled {
		return fmt.Errorf("it takes 1 to %d estimates", maxPooled)
	}
	if !(p.about >= minAbout && p.about <= maxAbout) {
		return fmt.Errorf("“about” is read with a factor between %v and %v", minAbout, maxAbout)
	}
	for _, id := range p.ask.Estimates {
		e := p.x.Estimate(id)
		if e == nil {
			return fmt.Errorf("there is no estimate %q in the case", id)
		}
		m := p.x.Measurand(e.Measurand)
		if m == nil {
			return fmt.Errorf("the measurand of %s is not in the case", id)
		}
		if p.out.Measurand.ID != "" && !Same(p.out.Measurand, *m) {
			return fmt.Errorf("%w: %s counts %s of %s, %s counts %s of %s", ErrMeasurands,
				p.ask.Estimates[0], p.out.Measurand.Quantity, p.out.Measurand.Population, id, m.Quantity, m.Population)
		}
		p.out.Measurand = *m
		if w, given := p.ask.Weights[id]; given && !(w > 0 && w <= 100) {
			return fmt.Errorf("the weight of %s is not between 0 and 100", id)
		}
		if !slices.Contains(p.from, e) {
			p.from = append(p.from, e)
		}
	}
	return nil
}

func (p *pooler) leave(id, why string) { p.out.LeftOut = append(p.out.LeftOut, id+": "+why) }
func (p *pooler) step(format string, args ...any) {
	p.out.Steps = append(p.out.Steps, fmt.Sprintf(format, args...))
}

// cluster picks for each cluster the estimate as of the latest day.
func (p *pooler) cluster() {
	for _, c := range Clusters(p.x) {
		var best *claim.Estimate
		for _, e := range p.from {
			if slices.Contains(c.Estimates, e.ID) && p.takes(e) && (best == nil || later(e, best)) {
				best = e
			}
		}
		if best == nil {
			continue
		}
		p.reps = append(p.reps, best)
		p.kin = append(p.kin, slices.DeleteFunc(slices.Clone(c.Estimates), func(id string) bool { return id == best.ID }))
		for _, e := range p.from {
			if e != best && slices.Contains(c.Estimates, e.ID) && p.takes(e) {
				p.leave(e.ID, "it is not independent of "+best.ID+", which is the later one")
			}
		}
		if len(c.Because) > 0 {
			p.step("%s stands for one cluster: %s", best.ID, strings.Join(c.Because, "; "))
		}
	}
	for _, e := range p.from {
		if why := setAside(e); why != "" {
			p.leave(e.ID, why)
		}
	}
}

// takes reports whether an estimate can be a component: a floor or ceiling has no
// other end.
func (p *pooler) takes(e *claim.Estimate) bool {
	v, ok := Stated(e)
	return ok && setAside(e) == "" && !math.IsInf(v.Low, 0) && !math.IsInf(v.High, 0)
}

func later(a, b *claim.Estimate) bool {
	return cmp.Or(cmp.Compare(dayOrNever(a.AsOf), dayOrNever(b.AsOf)), cmp.Compare(dayOrNever(a.KnownAt), dayOrNever(b.KnownAt)), cmp.Compare(b.ID, a.ID)) > 0
}

func dayOrNever(d claim.Date) claim.Day {
	if d.IsZero() {
		return math.MinInt
	}
	_, day := d.Bounds()
	return day
}

func (p *pooler) components() error {
	for i, e := range p.reps {
		v, assumed, _ := read(e, p.about)
		if v.Low <= 0 {
			return fmt.Errorf("%s has no low end above zero, which a lognormal needs", e.ID)
		}
		w, why := p.weight(e)
		if w == 0 {
			p.leave(e.ID, why)
			continue
		}
		d := LognormalOf(v.Low, v.High, Level)
		if math.IsNaN(d.Mu) || math.IsInf(d.Mu+40*d.Sigma, 0) || d.Mu+40*d.Sigma > 700 {
			return fmt.Errorf("%s is too wide or too large to reckon with", e.ID)
		}
		p.out.Mixture = append(p.out.Mixture, Component{Lognormal: d, Weight: w, Estimate: e.ID, Cluster: p.kin[i], Interval: v})
		p.step("%s, %s, as of %s: %s, weight %s (%s)", e.ID, nameOf(p.x, e), e.AsOf, rounded(v), wording.Write(w), why)
		if assumed != "" {
			p.step("%s: %s", e.ID, assumed)
		}
	}
	if len(p.out.Mixture) == 0 {
		why := strings.Join(p.out.LeftOut, "; ")
		return fmt.Errorf("none of them can take part: %s", cmp.Or(why, "a floor or a ceiling alone has no other end"))
	}
	p.step("z = %.6f is the exact normal quantile of 90 %%; σ = ln(high/low)/(2z)", NormalQuantile((1+Level)/2))
	return nil
}

// weight gives 0 where nobody has said what the speaker gains.
func (p *pooler) weight(e *claim.Estimate) (float64, string) {
	if w, given := p.ask.Weights[e.ID]; given {
		return w, "given for this pool"
	}
	if s := p.x.Party(SpeakerOf(p.x, e)); s != nil && s.Reliability == "F" {
		return WeightUnjudgeable, "the reliability of the speaker cannot be judged"
	}
	switch interest := InterestOf(p.x, e); interest {
	case ThirdParty:
		return WeightThirdParty, string(interest)
	case EnemyClaims, OwnSideAdmits, Belligerent:
		return WeightBelligerent, string(interest)
	}
	return 0, "the case does not say what the speaker gains; note it at the party, or give a weight"
}

// floor takes the highest of the floors of this measurand and of those that were
// named. One of another measurand is believed to be a part on a person's word.
func (p *pooler) floor() {
	use := func(e *claim.Estimate, why string) {
		v, ok := Stated(e)
		if !ok || math.IsInf(v.Low, 0) || v.Low <= 0 || setAside(e) != "" {
			p.leave(e.ID, "it is no floor")
			return
		}
		p.step("%s: floor of %s (%s)", e.ID, wording.Write(v.Low), why)
		if p.out.Floor == nil || *p.out.Floor < v.Low {
			p.out.Floor = &v.Low
		}
	}
	for _, e := range p.from {
		if v, ok := Stated(e); ok && setAside(e) == "" && math.IsInf(v.High, 1) {
			use(e, "of the same measurand")
		} else if ok && setAside(e) == "" && math.IsInf(v.Low, -1) {
			p.leave(e.ID, "a ceiling has no low end")
		}
	}
	for _, id := range p.ask.Floors {
		if e := p.x.Estimate(id); e != nil {
			use(e, "named for this pool as a part of what is counted")
		} else {
			p.leave(id, "there is no such estimate")
		}
	}
}

// mix finds the numbers, unless two clusters or a floor and a cluster do not meet.
func (p *pooler) mix() {
	m := p.out.Mixture
	for i, a := range m {
		if p.out.Floor != nil && *p.out.Floor > a.Interval.High {
			p.disagree("the floor of %s lies above %s (%s)", wording.Write(*p.out.Floor), rounded(a.Interval), a.Estimate)
		}
		for _, b := range m[i+1:] {
			if !a.Interval.meets(b.Interval) {
				p.disagree("%s (%s) and %s (%s) do not meet", rounded(a.Interval), a.Estimate, rounded(b.Interval), b.Estimate)
			}
		}
	}
	floor := 0.0
	if p.out.Floor != nil {
		floor = *p.out.Floor
	}
	if !p.out.Disagree && floor > 0 && 1-m.CDF(floor) < leastLeft {
		p.disagree("hardly anything is left above the floor of %s", wording.Write(floor))
	}
	if p.out.Disagree {
		return
	}
	low, median, high := m.Quantile(0.1, floor), m.Quantile(0.5, floor), m.Quantile(0.9, floor)
	p.out.Low, p.out.Median, p.out.High = &low, &median, &high
	p.step("80 %%: %s, median %s", rounded(Interval{low, high}), rounded(exactly(median)))
}

func (p *pooler) disagree(format string, args ...any) {
	p.out.Disagree = true
	p.step("sources disagree, so there is no median: "+format, args...)
}

// rounded leaves out what nobody needs of a large number.
func rounded(v Interval) Interval {
	if math.Abs(v.High) < 100 {
		return v
	}
	return Interval{math.Round(v.Low), math.Round(v.High)}
}
