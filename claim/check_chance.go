// SPDX-License-Identifier: Apache-2.0

package claim

// chances checks probabilities and ratios that stand outside of forecasts. What a
// person typed as 5 for 5 % would be left out of every sum without a word.
func (k *checker) chances() {
	for i := range k.c.Questions {
		q := &k.c.Questions[i]
		k.chance(q.ID, "base_rate", q.BaseRate)
	}
	for i := range k.c.Assessments {
		a := &k.c.Assessments[i]
		k.chance(a.ID, "p", &a.P)
		k.chance(a.ID, "low", a.Low)
		k.chance(a.ID, "high", a.High)
	}
	for i := range k.c.Indicators {
		in := &k.c.Indicators[i]
		for _, lr := range []*float64{in.LRPresent, in.LRAbsent} {
			if lr != nil && !(*lr > 0) {
				k.problem(RuleValue, in.ID, "a likelihood ratio is above 0; 1 says nothing either way")
			}
		}
	}
}

func (k *checker) chance(object, field string, p *float64) {
	if p != nil && !(*p >= 0 && *p <= 1) {
		k.problem(RuleValue, object, "%s is a probability, between 0 and 1; 5 %% is 0.05", field)
	}
}
