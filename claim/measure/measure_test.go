// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"math"
	"slices"
	"strings"
	"testing"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

// founding is the study with all that an editor noted about it taken out, so
// that what is found here is found by reckoning.
func founding(t testing.TB) *claim.Index {
	t.Helper()
	c := study.Case()
	for i := range c.Estimates {
		c.Estimates[i].Check, c.Estimates[i].Misquotes, c.Estimates[i].Note = "", "", ""
	}
	return claim.NewIndex(&c)
}

func day(t testing.TB, s string) *claim.Day {
	t.Helper()
	d, err := claim.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := d.Bounds()
	return &first
}

func date(t testing.TB, s string) claim.Date {
	t.Helper()
	d, err := claim.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(a), math.Abs(b)) }

// TestWhatNATOSaidOfTheDead follows one range through the study: it stands in a
// lane of its own, its own sum does not come out, and the misquotation is never
// pooled with it.
func TestWhatNATOSaidOfTheDead(t *testing.T) {
	x := founding(t)
	f, checked, err := Check(x, x.Estimate("E2"))
	if err != nil || !checked {
		t.Fatalf("checked %v, %v", checked, err)
	}
	if want := "E1 × 4 = 28,000–60,000, but 30,000–40,000 was stated: the top end does not follow"; f.Sentence != want {
		t.Errorf("the check says\n %s, want\n %s", f.Sentence, want)
	}
	if _, checked, err := Check(x, x.Estimate("E1")); checked || err != nil {
		t.Errorf("E1 has no formula, and was checked (%v, %v)", checked, err)
	}
	for _, other := range []string{"E2", "E4", "E5", "E7", "E9"} {
		if _, err := Pool(x, Ask{Estimates: []string{"E1", other}}); err == nil || !strings.Contains(err.Error(), ErrMeasurands.Error()) {
			t.Errorf("pooling E1 with %s gave %v", other, err)
		}
	}
	var together []string
	for _, c := range Clusters(x) {
		if slices.Contains(c.Estimates, "E1") {
			together = c.Estimates
		}
	}
	if want := []string{"E1", "E2", "E4", "E9"}; !slices.Equal(together, want) {
		t.Errorf("NATO's figure stands with %v, want %v: it used Kyiv's, and the seed repeats it", together, want)
	}
}

func TestWhatWasKnownThen(t *testing.T) {
	x := founding(t)
	l := Chart(x, day(t, "2022-03-25"))
	if !slices.Equal(l.Hidden, []string{"E8"}) || len(l.Undated)+len(l.Broken) > 0 {
		t.Errorf("hidden %v, undated %v, broken %v; want E8 hidden alone", l.Hidden, l.Undated, l.Broken)
	}
	shown := map[string][]string{}
	for _, lane := range l.Lanes {
		for _, b := range lane.Bars {
			shown[lane.Measurand.ID] = append(shown[lane.Measurand.ID], b.Estimate)
		}
	}
	want := map[string][]string{"M1": {"E6", "E3", "E1"}, "M1m": {"E5"}, "M2": {"E2", "E9"}, "M3": {"E4"}, "M4": {"E7"}}
	for m, ids := range want {
		if !slices.Equal(shown[m], ids) {
			t.Errorf("lane %s shows %v, want %v", m, shown[m], ids)
		}
	}
	if now := Chart(x, nil); len(now.Hidden) != 0 || len(now.Lanes) != 5 {
		t.Errorf("without a day %v is hidden in %d lanes", now.Hidden, len(now.Lanes))
	}
	if before := Chart(x, day(t, "2022-03-03")); len(before.Lanes) != 0 {
		t.Errorf("on 3 March nothing was known, and %d lanes are shown", len(before.Lanes))
	}
}

func TestInterestIsWhatTheCaseSays(t *testing.T) {
	x := founding(t)
	for id, want := range map[string]Interest{
		"E1": ThirdParty, "E3": InterestUnknown, "E4": EnemyClaims, "E5": OwnSideAdmits, "E6": InterestUnknown, "E7": NamedCount, "E9": InterestUnknown,
	} {
		if got := InterestOf(x, x.Estimate(id)); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	x.Estimate("E4").Method = "daily_report"
	if got := InterestOf(x, x.Estimate("E4")); got != Belligerent {
		t.Errorf("without the method Kyiv's interest is %s", got)
	}
}

func TestSameMeasurand(t *testing.T) {
	m := claim.Measurand{ID: "a", Quantity: "persons killed", Population: "all", Unit: "persons", Area: "here", From: date(t, "2022-02-24"), InclusionRule: "named"}
	same := m
	same.ID, same.Quantity = "b", " persons  killed"
	if !Same(m, same) {
		t.Error("the same content under another id is another measurand")
	}
	for name, change := range map[string]func(*claim.Measurand){
		"quantity":   func(m *claim.Measurand) { m.Quantity = "wounded" },
		"population": func(m *claim.Measurand) { m.Population = "some" },
		"unit":       func(m *claim.Measurand) { m.Unit = "thousands" },
		"area":       func(m *claim.Measurand) { m.Area = "" },
		"from":       func(m *claim.Measurand) { m.From = date(t, "2022-02") },
		"rule":       func(m *claim.Measurand) { m.InclusionRule = "" },
	} {
		other := same
		change(&other)
		if Same(m, other) {
			t.Errorf("another %s is the same measurand", name)
		}
	}
}

func TestDrawing(t *testing.T) {
	x := founding(t)
	for _, width := range []int{1, 60, 81, 120, 10000} {
		text := Chart(x, day(t, "2022-03-25")).Draw(width)
		for line := range strings.SplitSeq(text, "\n") {
			if n := columns(line); n > min(max(width, MinWidth), MaxWidth) {
				t.Errorf("at width %d a line has %d columns: %s", width, n, line)
			}
		}
		for _, want := range []string{"7,000–15,000", "at least 1,351", "≈", "●·", "○", "not yet known on this day: E8"} {
			if !strings.Contains(text, want) {
				t.Errorf("at width %d the drawing lacks %q", width, want)
			}
		}
	}
	if got := fit("a\x1b[2Jb\u202ec", 8); got != "a [2Jbc " {
		t.Errorf("steering signs come through: %q", got)
	}
	low, point := 5.0, 8.0
	hollow := Bar{Low: &low, OpenHigh: true}.line(11, 10)
	if string(hollow) != "     ●····○" {
		t.Errorf("a floor is drawn %q", string(hollow))
	}
	if got := string(Bar{Point: &point, About: true, OpenLow: true}.line(11, 10)); got != "○·······≈  " {
		t.Errorf("an enemy's claim is drawn %q", got)
	}
}
