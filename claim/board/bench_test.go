// SPDX-License-Identifier: Apache-2.0

package board

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tamizdat/claim"
)

// BenchmarkBoard1k reads 1,000 resolved questions with 100,000 forecasts of ten
// people, and computes all scores.
func BenchmarkBoard1k(b *testing.B) {
	c := manyQuestions(b, 1000, 100)
	b.ResetTimer()
	for b.Loop() {
		if s := New(claim.NewIndex(&c)).Scores(); len(s.Questions) != 1000 {
			b.Fatalf("%d questions are scored", len(s.Questions))
		}
	}
}

func manyQuestions(b *testing.B, questions, each int) claim.Case {
	b.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	opens := day(b, "2022-01-01")
	c := claim.Case{Case: "many", Documents: []claim.Document{{ID: "d", Kind: "article"}}}
	for i := range questions {
		q := claim.Question{ID: fmt.Sprint("q", i), Text: "?", Opens: claim.DateOn(opens), Closes: claim.DateOn(opens + 300), ResolutionCriteria: "a wire", BaseRate: new(0.2)}
		q.Resolution, q.ResolvedAt, q.ResolvedBy, q.ResolutionDocument = [2]string{No, Yes}[r.IntN(2)], claim.DateOn(opens+301), []string{"Ann", "Bea"}, "d"
		c.Questions = append(c.Questions, q)
		for k := range each {
			c.Forecasts = append(c.Forecasts, claim.Forecast{
				ID: fmt.Sprintf("f%d-%d", i, k), Question: q.ID, By: fmt.Sprint("person", k%10), At: claim.DateOn(opens + claim.Day(k*3)),
				P: new(0.01 + 0.98*r.Float64()), Because: []string{claim.BecauseTime}, Blind: new(k < 10),
			})
		}
	}
	return c
}
