// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Limits of a [Matrix]. People skip steps of larger ones, and of less than three
// hypotheses it makes more than it shows.
const (
	MinHypotheses = 3
	MaxHypotheses = 5
	MaxItems      = 12
)

// Matrix is an analysis of competing hypotheses (Heuer 1999) that stays small:
// hypotheses are the rows, evidence the columns.
type Matrix struct {
	Hypotheses []string
	Items      []Item
}

// Item is one column.
type Item struct {
	ID         string
	Cluster    string // of its origin; "" where it stands alone
	Unjudged   bool   // from a source of F with a credibility of 6: shown, without weight
	Consistent []int  // for each hypothesis 1 (very inconsistent) to 5 (very consistent), 0 for not applicable
}

// Row is what a matrix says of one hypothesis.
type Row struct {
	Hypothesis    string
	Inconsistency float64 // Σ w(3−v)² over v < 3; a hypothesis with much of it is in trouble
	Judged        int     // how many items applied
}

// Column is what a matrix says of one item.
type Column struct {
	ID            string
	Weight        float64  // 1 / how many items share its origin; 0 for Unjudged
	Diagnosticity *float64 // population standard deviation over the hypotheses; nil where fewer than two apply
	Grey          bool     // it does not tell the hypotheses apart
}

// Analyse works a matrix out: rows in the given order, columns with the most
// diagnostic first. What does not apply is left out, and is no neutral value.
func (m Matrix) Analyse() ([]Row, []Column, error) {
	if err := m.check(); err != nil {
		return nil, nil, fmt.Errorf("this matrix cannot be worked out: %w", err)
	}
	rows := make([]Row, len(m.Hypotheses))
	for i, h := range m.Hypotheses {
		rows[i].Hypothesis = h
	}
	var columns []Column
	for _, item := range m.Items {
		w := m.weight(item)
		for i, v := range item.Consistent {
			rows[i].add(v, w)
		}
		d := diagnosticity(item.Consistent)
		columns = append(columns, Column{ID: item.ID, Weight: w, Diagnosticity: d, Grey: d == nil || *d == 0 || w == 0})
	}
	slices.SortStableFunc(columns, func(a, b Column) int { return cmp.Compare(spread(b), spread(a)) })
	return rows, columns, nil
}

func (m Matrix) check() error {
	if n := len(m.Hypotheses); n < MinHypotheses || n > MaxHypotheses {
		return fmt.Errorf("it has %d hypotheses; use it for %d to %d", n, MinHypotheses, MaxHypotheses)
	}
	if len(m.Items) > MaxItems {
		return fmt.Errorf("it has %d items; leave out those that fit every hypothesis, down to %d", len(m.Items), MaxItems)
	}
	for _, item := range m.Items {
		if len(item.Consistent) != len(m.Hypotheses) {
			return fmt.Errorf("item %s has %d values for %d hypotheses", item.ID, len(item.Consistent), len(m.Hypotheses))
		}
		for _, v := range item.Consistent {
			if v < 0 || v > 5 {
				return fmt.Errorf("item %s has the value %d; values are 1 to 5, or 0 where it does not apply", item.ID, v)
			}
		}
	}
	return nil
}

func (m Matrix) weight(item Item) float64 {
	if item.Unjudged {
		return 0
	}
	if item.Cluster == "" {
		return 1
	}
	n := 0
	for _, other := range m.Items {
		if other.Cluster == item.Cluster && !other.Unjudged {
			n++
		}
	}
	return 1 / float64(n)
}

func (r *Row) add(v int, weight float64) {
	if v == 0 {
		return
	}
	r.Judged++
	if v < 3 {
		r.Inconsistency += weight * float64((3-v)*(3-v))
	}
}

func diagnosticity(values []int) *float64 {
	n, sum, squares := 0.0, 0.0, 0.0
	for _, v := range values {
		if v > 0 {
			n, sum, squares = n+1, sum+float64(v), squares+float64(v*v)
		}
	}
	if n < 2 {
		return nil
	}
	sd := math.Sqrt(max(0, n*squares-sum*sum)) / n
	return &sd
}

// spread puts last what has no diagnosticity.
func spread(c Column) float64 {
	if c.Diagnosticity == nil {
		return -1
	}
	return *c.Diagnosticity
}
