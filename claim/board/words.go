// SPDX-License-Identifier: Apache-2.0

package board

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"tamizdat/claim"
)

// Band is a range of probability with the words that stand for it.
type Band struct {
	Words     string
	Low, High float64
}

// icd203 is the scale of US Intelligence Community Directive 203.
func icd203() []Band {
	return []Band{
		{"remote / almost no chance", 0.01, 0.05},
		{"very unlikely", 0.05, 0.20},
		{"unlikely", 0.20, 0.45},
		{"roughly even chance", 0.45, 0.55},
		{"likely", 0.55, 0.80},
		{"very likely", 0.80, 0.95},
		{"almost certain", 0.95, 0.99},
	}
}

// phia is the yardstick of the UK's Professional Head of Intelligence Assessment.
func phia() []Band {
	return []Band{
		{"remote chance", 0, 0.05},
		{"highly unlikely", 0.10, 0.20},
		{"unlikely", 0.25, 0.35},
		{"realistic possibility", 0.40, 0.50},
		{"likely / probable", 0.55, 0.75},
		{"highly likely", 0.80, 0.90},
		{"almost certain", 0.95, 1},
	}
}

// ICD203 gives the words for a probability. A number on the edge of two bands
// takes the one nearer to an even chance, which says less; below 1 % and above
// 99 %, for which the directive has no words, the outermost bands stand.
func ICD203(p float64) (Band, error) { return bandOf(icd203(), p) }

// PHIA gives the words for a probability. The yardstick leaves gaps, such as
// from 5 to 10 %: a number in one takes the band whose edge is nearest, and in
// the middle of a gap the one nearer to an even chance.
func PHIA(p float64) (Band, error) { return bandOf(phia(), p) }

func bandOf(scale []Band, p float64) (Band, error) {
	if err := checkChance(p); err != nil {
		return Band{}, err
	}
	return slices.MinFunc(scale, func(a, b Band) int {
		if d := a.distance(p) - b.distance(p); math.Abs(d) > tie {
			return sign(d)
		}
		return sign(a.extremity() - b.extremity())
	}), nil
}

// tie is how near two decimal fractions are that are meant to be equal.
const tie = 1e-9

func (b Band) distance(p float64) float64 { return max(b.Low-p, p-b.High, 0) }

func (b Band) extremity() float64 { return math.Abs((b.Low+b.High)/2 - 0.5) }

func sign(x float64) int {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

// Percent prints a probability: one digit after the point below 10 % and above
// 90 %, where it matters. It never prints certainty.
func Percent(p float64) string {
	switch {
	case p < 0.0005:
		return "<0.1 %"
	case p > 0.9995:
		return ">99.9 %"
	case p < 0.0995 || p > 0.9005:
		return fmt.Sprintf("%.1f %%", 100*p)
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// SayQuantiles prints what is expected of a number.
func SayQuantiles(qs []claim.Quantile) string {
	parts := make([]string, len(qs))
	for i, q := range qs {
		parts[i] = fmt.Sprintf("%g %%: %g", 100*q.Q, q.X)
	}
	return strings.Join(parts, ", ")
}

// Say prints a probability as it has to be printed: number, date, words,
// confidence. The date can be absent, and so can the confidence, low, moderate
// or high; then it says that nobody has judged it.
func Say(p float64, by claim.Date, confidence string) (string, error) {
	band, err := ICD203(p)
	if err != nil {
		return "", err
	}
	date := ""
	if !by.IsZero() {
		date = " by " + by.String()
	}
	if confidence == "" {
		return fmt.Sprintf("%s%s, %s, confidence not judged", Percent(p), date, band.Words), nil
	}
	if !slices.Contains(Confidences(), confidence) {
		return "", fmt.Errorf("confidence is low, moderate or high, not %q", confidence)
	}
	return fmt.Sprintf("%s%s, %s, %s confidence", Percent(p), date, band.Words, confidence), nil
}

// Confidences lists the three levels of ICD 203, lowest first.
func Confidences() []string { return []string{"low", "moderate", "high"} }
