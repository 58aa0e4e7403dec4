// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"strings"
	"testing"
)

// TestI8ATestIsFrozenByALook has indicators that were written on 1 April 2022. What
// the door refuses, the log tells of a colleague whose desk asks no rules.
func TestI8ATestIsFrozenByALook(t *testing.T) {
	series := func(threshold float64, days ...string) string {
		var points []string
		for _, d := range days {
			points = append(points, fmt.Sprintf(`{"date":%q,"value":1}`, d))
		}
		return fmt.Sprintf(`{"unit":"RUB","source":"x","points":[%s],"thresholds":[{"name":"weak","side":"above","value":%g,"fixed":"2022-03-01"}]}`, strings.Join(points, ","), threshold)
	}
	checked := func(d string) Change {
		return Change{Verb: VerbAppend, Kind: KindIndicator, Object: "i", Fields: raw("checks", `{"id":"k`+d+`","date":"`+d+`","state":"absent"}`)}
	}
	look := []Change{checked("2022-04-08")}
	for _, tt := range []struct {
		name   string
		first  []Change
		change Change
		bad    bool
	}{
		{"nobody looked", nil, set(KindIndicator, "i", "observable_test", `"y"`), false},
		{"a look of before", []Change{checked("2022-03-25")}, set(KindIndicator, "i", "observable_test", `"y"`), false},
		{"a look of the same day", []Change{checked("2022-04-01")}, set(KindIndicator, "i", "observable_test", `"y"`), true},
		{"another test", look, set(KindIndicator, "i", "observable_test", `"y"`), true},
		{"the same test", look, set(KindIndicator, "i", "observable_test", `"x"`), false},
		{"no test", look, set(KindIndicator, "i", "observable_test", "null"), true},
		{"the other direction", look, set(KindIndicator, "i", "direction", `"-"`), true},
		{"a ratio", look, set(KindIndicator, "i", "lr_present", "3"), true},
		{"a ratio where there was none", look, set(KindIndicator, "i", "lr_absent", "0.9"), true},
		{"no ratio where there was none", look, set(KindIndicator, "i", "lr_absent", "null"), false},
		{"its rhythm", look, set(KindIndicator, "i", "cadence", `"daily"`), false},
		{"another threshold before a number", nil, set(KindIndicator, "i", "series", series(90, "2022-03-30")), false},
		{"another threshold after a look", look, set(KindIndicator, "i", "series", series(90, "2022-03-30")), true},
		{"more numbers", look, set(KindIndicator, "i", "series", series(100, "2022-03-30", "2022-04-08")), false},
		{"no series", look, set(KindIndicator, "i", "series", "null"), true},
		{"a test after a number", []Change{set(KindIndicator, "i", "series", series(100, "2022-04-02"))}, set(KindIndicator, "i", "observable_test", `"y"`), true},
		{"a threshold after a number", []Change{set(KindIndicator, "i", "series", series(100, "2022-04-02"))}, set(KindIndicator, "i", "series", series(90, "2022-04-02")), true},
	} {
		made := create(KindIndicator, "i", "name", `"n"`, "observable_test", `"x"`, "direction", `"+"`, "lr_present", "2", "series", series(100, "2022-03-30"))
		r, log := NewRegister(), []Event(nil)
		for i, c := range append([]Change{made}, tt.first...) {
			e, err := r.Propose("anna", moment(i), c)
			if err != nil {
				t.Fatal(tt.name, err)
			}
			if err := r.Apply(e); err != nil {
				t.Fatal(tt.name, err)
			}
			log = append(log, e)
		}
		_, err := r.Propose("anna", moment(100), tt.change)
		if (err != nil) != tt.bad || err != nil && !strings.Contains(err.Error(), "make a new indicator") {
			t.Errorf("%s: the door says %v", tt.name, err)
		}
		found := CheckLog(append(log, r.event("eve", moment(100), tt.change)))
		if (len(found) > 0) != tt.bad || len(found) > 0 && found[0].Rule != I8 {
			t.Errorf("%s: the log says %v", tt.name, found)
		}
	}
}

// TestNoNumberIsTakenBackToUnfreeze: with the numbers gone that were looked at, the
// test could be written anew.
func TestNoNumberIsTakenBackToUnfreeze(t *testing.T) {
	r := NewRegister()
	e, err := r.Propose("anna", moment(0), create(KindIndicator, "i", "name", `"n"`, "series", `{"unit":"RUB","source":"x","points":[{"date":"2022-04-02","value":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Apply(e); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Propose("anna", moment(1), set(KindIndicator, "i", "series", `{"unit":"RUB","source":"x","points":[{"date":"2022-04-02","value":2}]}`)); err != nil {
		t.Errorf("a number was corrected: %v", err)
	}
	if _, err := r.Propose("anna", moment(1), set(KindIndicator, "i", "series", `{"unit":"RUB","source":"x"}`)); err == nil {
		t.Error("the numbers were taken back")
	}
}
