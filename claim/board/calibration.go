// SPDX-License-Identifier: Apache-2.0

package board

import (
	"errors"
	"math"
	"slices"
)

// Result is a probability of YES and what happened.
type Result struct {
	P   float64
	Yes bool
}

// bins is into how many equal parts probabilities are put; 1 is in the last.
const bins = 10

// MinVerdict is how many results a bin needs before it says anything.
const MinVerdict = 20

// wilsonZ is the normal quantile of a two-sided interval of 90 %.
const wilsonZ = 1.6448536269514722

// Bin is one bin of a calibration: what was said, and how often it happened.
type Bin struct {
	Low, High             float64
	N                     int
	Said                  float64 // mean of the probabilities; 0 where N is
	Happened              float64 // share; 0 where N is
	WilsonLow, WilsonHigh float64 // 90 % interval of the share; 0 to 1 where N is 0
	Verdict               string  // empty under [MinVerdict]; else calibrated, said too much, said too little
}

// Calibrate puts results into ten bins and compares what was said with what
// happened, by Wilson's interval (Wilson 1927).
func Calibrate(results []Result) ([]Bin, error) {
	groups, err := group(results)
	if err != nil {
		return nil, err
	}
	out := make([]Bin, bins)
	for i, g := range groups {
		b := &out[i]
		b.Low, b.High = float64(i)/bins, float64(i+1)/bins
		b.N, b.Said, b.Happened = g.n, g.said, g.happened
		b.WilsonLow, b.WilsonHigh = Wilson(int(math.Round(g.happened*float64(g.n))), g.n)
		b.Verdict = b.verdict()
	}
	return out, nil
}

func (b *Bin) verdict() string {
	switch {
	case b.N < MinVerdict:
		return ""
	case b.Said > b.WilsonHigh:
		return "said too much"
	case b.Said < b.WilsonLow:
		return "said too little"
	}
	return "calibrated"
}

// Wilson gives the 90 % interval of a share of which k in n were seen.
func Wilson(k, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z2 = wilsonZ * wilsonZ
	nf := float64(n)
	share := float64(k) / nf
	middle := (share + z2/(2*nf)) / (1 + z2/nf)
	half := wilsonZ / (1 + z2/nf) * math.Sqrt(share*(1-share)/nf+z2/(4*nf*nf))
	return max(0, middle-half), min(1, middle+half)
}

type binned struct {
	n              int
	said, happened float64 // means
	results        []Result
}

func group(results []Result) ([]binned, error) {
	out := make([]binned, bins)
	for _, r := range results {
		if err := checkChance(r.P); err != nil {
			return nil, err
		}
		g := &out[min(int(r.P*bins+tie), bins-1)]
		g.results = append(g.results, r)
	}
	for i := range out {
		g := &out[i]
		g.n = len(g.results)
		for _, r := range g.results {
			g.said += r.P / float64(g.n)
			g.happened += outcome(r.Yes) / float64(g.n)
		}
	}
	return out, nil
}

// Decomposition takes a mean Brier score apart (Murphy 1973). With each number
// replaced by the mean of its bin,
//
//	Binned = Reliability - Resolution + Uncertainty
//
// holds exactly. The numbers inside a bin differ, so the score itself is
// Brier = Binned + WithinVariance - WithinCovariance (Stephenson, Coelho and
// Jolliffe 2008).
type Decomposition struct {
	Brier            float64
	Binned           float64
	Reliability      float64 // how far what was said lay from what happened; 0 is best
	Resolution       float64 // how far the bins differ from the mean; more is better
	Uncertainty      float64 // of the questions themselves: o(1-o)
	WithinVariance   float64
	WithinCovariance float64 // twice the covariance, as it is subtracted
}

// Decompose takes the mean Brier score of results apart, over ten bins.
func Decompose(results []Result) (Decomposition, error) {
	if len(results) == 0 {
		return Decomposition{}, errors.New("there are no results to take apart")
	}
	groups, err := group(results)
	if err != nil {
		return Decomposition{}, err
	}
	var d Decomposition
	n, mean := float64(len(results)), 0.0
	for _, r := range results {
		mean += outcome(r.Yes) / n
		d.Brier += Brier(r.P, r.Yes) / n
	}
	d.Uncertainty = mean * (1 - mean)
	for _, g := range groups {
		d.Reliability += float64(g.n) * square(g.said-g.happened) / n
		d.Resolution += float64(g.n) * square(g.happened-mean) / n
		for _, r := range g.results {
			d.Binned += Brier(g.said, r.Yes) / n
			d.WithinVariance += square(r.P-g.said) / n
			d.WithinCovariance += 2 * (r.P - g.said) * (outcome(r.Yes) - g.happened) / n
		}
	}
	return d, nil
}

func square(x float64) float64 { return x * x }

func finite(xs ...float64) bool {
	return !slices.ContainsFunc(xs, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}
