// SPDX-License-Identifier: Apache-2.0

package board

import (
	"slices"
	"testing"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

// TestTwoSayTheSame: who says another outcome, day or document says something
// else, a name is a person however it is typed, and who says it twice is one.
func TestTwoSayTheSame(t *testing.T) {
	c := study.Case()
	c.Questions[0].Resolution, c.Questions[0].ResolvedAt = "", claim.Date{}
	v := Verdict{Resolution: No, At: date(t, "2023-01-01"), Document: "D1"}
	other := v
	other.Document = "D3"
	yes := v
	yes.Resolution = Yes
	for i, d := range []claim.Decision{
		Saying("1", "Q1", v, "Ann (invented)", v.At), Saying("2", "Q1", v, " ann (invented) ", v.At),
		Saying("3", "Q1", other, "Bea (invented)", v.At), Saying("4", "Q1", yes, "Cem (invented)", v.At),
		Saying("5", "Q2", v, "Bea (invented)", v.At),
		{ID: "6", Suggestion: "credibility/C1", Object: "Q1", By: "Bea (invented)"},
	} {
		c.Decisions = append(c.Decisions, d)
		if got := boardOf(&c).SaidSo("Q1", v); !slices.Equal(got, []string{"Ann (invented)"}) {
			t.Errorf("after decision %d it is said by %q", i+1, got)
		}
	}
	if got := boardOf(&c).Sayings("Q1"); len(got) != 4 {
		t.Errorf("%d sayings", len(got))
	}
	c.Decisions = append(c.Decisions, Saying("7", "Q1", v, "Bea (invented)", v.At))
	b := boardOf(&c)
	v.By = b.SaidSo("Q1", v)
	if err := b.CheckResolution("Q1", v, day(t, "2023-01-02")); err != nil {
		t.Error(err)
	}
	v.By = []string{"Ann", "ann "}
	refuses(t, b.CheckResolution("Q1", v, day(t, "2023-01-02")), "two different people")
	refuses(t, b.CheckVerdict("Q1", v, day(t, "2022-12-31")), "yet to come")
	if (Verdict{Resolution: "104.5"}).key("q") != (Verdict{Resolution: "104.50"}).key("q") {
		t.Error("one number has two keys")
	}
}

// TestDecayForOnePerson follows a person's own number and not the pool.
func TestDecayForOnePerson(t *testing.T) {
	c := study.Case()
	c.Questions[0].Resolution, c.Questions[0].ResolvedAt = "", claim.Date{}
	c.Forecasts = []claim.Forecast{forecast(t, "1", "Ann", "2022-03-26", 0.04), forecast(t, "2", "Bea", "2022-03-26", 0.2)}
	got, err := boardOf(&c).DecayFor("Q1", "Ann", day(t, "2022-08-13"))
	if err != nil {
		t.Fatal(err)
	}
	// 20 of 40 weeks: 1 - 0.96^(1/2).
	near(t, "what is left", got.To, 0.020204102886728767, 1e-12)
	_, err = boardOf(&c).DecayFor("Q1", "Cem", day(t, "2022-08-13"))
	refuses(t, err, "has given no number")
	_, err = boardOf(&c).DecayFor("Q2", "Ann", day(t, "2022-08-13"))
	refuses(t, err, "before a fixed day")
}
