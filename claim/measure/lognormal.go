// SPDX-License-Identifier: Apache-2.0

package measure

import "math"

// Level is that of all intervals here that were not stated with another.
const Level = 0.8

// AboutFactor is how “about x” is read where nobody says better: with 80 % as
// x/1.3 to x·1.3. It is a convention of the house and no measurement.
const AboutFactor = 1.3

// NormalQuantile gives z with P(Z ≤ z) = p for a standard normal Z; p between 0
// and 1.
func NormalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// NormalCDF gives P(Z ≤ z) for a standard normal Z.
func NormalCDF(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// Lognormal is a distribution of which the logarithm is normal.
type Lognormal struct{ Mu, Sigma float64 }

// LognormalOf has the given share of its probability between low and high, and
// half of the rest on either side: μ = (ln low + ln high)/2 and
// σ = ln(high/low)/(2z) with z the exact normal quantile of (1+level)/2, 1.2816 for
// a level of 0.8. Needs 0 < low ≤ high.
func LognormalOf(low, high, level float64) Lognormal {
	return Lognormal{
		Mu:    (math.Log(low) + math.Log(high)) / 2,
		Sigma: math.Log(high/low) / (2 * NormalQuantile((1+level)/2)),
	}
}

// CDF gives the probability of at most v.
func (d Lognormal) CDF(v float64) float64 {
	switch {
	case v <= 0:
		return 0
	case d.Sigma == 0:
		if math.Log(v) < d.Mu {
			return 0
		}
		return 1
	}
	return NormalCDF((math.Log(v) - d.Mu) / d.Sigma)
}

// Interval gives the part between the tails of equal weight.
func (d Lognormal) Interval(level float64) Interval {
	z := NormalQuantile((1 + level) / 2)
	return Interval{math.Exp(d.Mu - z*d.Sigma), math.Exp(d.Mu + z*d.Sigma)}
}

// Mixture is a linear mixture of distributions; the weights need no sum.
type Mixture []Component

// Component is what one cluster brings into a mixture.
type Component struct {
	Lognormal
	Weight float64

	Estimate string   // that stands for the cluster
	Cluster  []string // the others that lean on the same, of any measurand
	Interval Interval // as read, at 80 %
}

// CDF gives the probability of at most v.
func (m Mixture) CDF(v float64) float64 {
	sum, weight := 0.0, 0.0
	for _, c := range m {
		sum += c.Weight * c.CDF(v)
		weight += c.Weight
	}
	return sum / weight
}

// Quantile finds v with P(at most v) = p, given that v is above the floor (0 for
// none), by bisection on the logarithm until neighbouring numbers are reached.
func (m Mixture) Quantile(p, floor float64) float64 {
	below := 0.0
	if floor > 0 {
		below = m.CDF(floor)
	}
	want := below + p*(1-below)
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range m {
		low, high = min(low, c.Mu-40*c.Sigma), max(high, c.Mu+40*c.Sigma)
	}
	if floor > 0 {
		low = max(low, math.Log(floor))
	}
	for range 200 {
		middle := low + (high-low)/2
		if m.CDF(math.Exp(middle)) < want {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Exp(high)
}
