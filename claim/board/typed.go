// SPDX-License-Identifier: Apache-2.0

package board

import (
	"fmt"
	"strings"

	"tamizdat/claim"
)

// ParseChance reads a probability as a person types it: “5%”, “5 %” or “0.05”. A
// bare 5 is refused, and so is a bare 1: one writer means points and another the
// whole. Percent lie in [0, 100]; what is written without them lies below 1.
func ParseChance(s string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	x, err := parseValue(strings.TrimRight(number, " \u00a0\u202f"))
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is no probability; write 5%% or 0.05", s)
	case percent && x >= 0 && x <= 100:
		return x / 100, nil
	case percent:
		return 0, fmt.Errorf("%s lies outside 0 to 100 %%", s)
	case x < 0:
		return 0, fmt.Errorf("%s is below 0; a probability is not", s)
	case x >= 1:
		return 0, fmt.Errorf("%s can be meant in two ways: write %s%%, or a number below 1 such as 0.05", s, strings.TrimPrefix(s, "+"))
	}
	return x, nil
}

// ParseHazard reads the chance of one week, if nothing has happened before, and how
// it grows from week to week: “0.15%/week”, “0.15%/week+5%”. It reports false for
// what is not written so.
func ParseHazard(s string) (hazard, growth float64, ok bool, err error) {
	chance, rest, ok := strings.Cut(s, "/week")
	if !ok {
		return 0, 0, false, nil
	}
	if hazard, err = ParseChance(chance); err != nil {
		return 0, 0, true, err
	}
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return hazard, 0, true, nil
	}
	number, percent := strings.CutSuffix(rest, "%")
	growth, err = parseValue(strings.TrimSpace(number))
	if err != nil || !percent || !strings.ContainsAny(rest[:1], "+-") {
		return 0, 0, true, fmt.Errorf("%q says not how the hazard grows; write +5%% or -2%%", rest)
	}
	growth /= 100
	_, err = Growing(hazard, growth)
	return hazard, growth, true, err
}

// ParseQuantiles reads what a person expects of a number: levels and values, such
// as “10%=90, 50%=100, 90%=115”. Winkler's score needs the levels 10 % and 90 %.
func ParseQuantiles(s string) ([]claim.Quantile, error) {
	var out []claim.Quantile
	for part := range strings.SplitSeq(s, ",") {
		level, value, ok := strings.Cut(part, "=")
		if !ok {
			return nil, fmt.Errorf("%q is no quantile; write 10%%=90,50%%=100,90%%=115", strings.TrimSpace(part))
		}
		q, err := ParseChance(level)
		if err != nil {
			return nil, err
		}
		x, err := parseValue(strings.TrimSpace(value))
		if err != nil {
			return nil, err
		}
		if out = append(out, claim.Quantile{Q: q, X: x}); len(out) > MaxQuantiles {
			break
		}
	}
	return out, checkQuantiles(out)
}
