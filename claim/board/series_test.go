// SPDX-License-Identifier: Apache-2.0

package board

import (
	"math"
	"strings"
	"testing"

	"tamizdat/claim"
)

// rouble is invented.
const rouble = `date,value,known_at
2030-03-01,90.5,
2030-03-04,104,2030-03-05
2030-03-05,99.25,2030-03-05
2030-03-04,103,2030-03-20
`

func TestSeriesKnownAt(t *testing.T) {
	points, bad, err := ParseSeries([]byte(rouble))
	if err != nil || len(bad) > 0 || len(points) != 4 {
		t.Fatal(points, bad, err)
	}
	s := &claim.Series{Unit: "roubles for a dollar", Source: "invented", Points: points}
	for at, want := range map[string][]float64{
		"2030-02-28": nil, "2030-03-04": {90.5}, "2030-03-05": {90.5, 104, 99.25}, "2030-03-20": {90.5, 103, 99.25},
	} {
		var got []float64
		for _, p := range Known(s, day(t, at)) {
			got = append(got, p.Value)
		}
		if len(got) != len(want) || (len(got) == 3 && (got[1] != want[1] || got[2] != want[2])) {
			t.Errorf("on %s the series said %v, not %v", at, got, want)
		}
	}
}

func TestThresholdIsDrawnBefore(t *testing.T) {
	points, _, _ := ParseSeries([]byte(rouble))
	s := &claim.Series{Points: points}
	line := claim.Threshold{Name: "past 100", Side: "above", Value: 100, Fixed: date(t, "2030-03-04")}
	rs, err := Readings(s, line, day(t, "2030-03-10"))
	if err != nil || len(rs) != 3 {
		t.Fatal(rs, err)
	}
	if rs[0].Refused == "" || rs[1].Refused != "" || !rs[1].Crossed || rs[2].Crossed {
		t.Errorf("the readings are %+v", rs)
	}
	if state, err := StateFrom(s, line, day(t, "2030-03-08")); err != nil || state != Present {
		t.Errorf("the week is %q, %v", state, err)
	}
	line.Fixed = date(t, "2030-03-05") // on the day itself: nobody can say which came first
	if state, _ := StateFrom(s, line, day(t, "2030-03-08")); state != "" {
		t.Errorf("a threshold that came too late says %q", state)
	}
	line.Fixed = claim.Date{}
	if rs, _ := Readings(s, line, day(t, "2030-03-10")); rs[1].Refused == "" {
		t.Error("a threshold without a day is evidence")
	}
	line.Side = "beside"
	_, err = Readings(s, line, 0)
	refuses(t, err, "above or below")
	line.Side, line.Value = "above", math.NaN()
	_, err = Readings(s, line, 0)
	refuses(t, err, "no number")
}

func TestSeriesNamesBadRows(t *testing.T) {
	file := "\ufeffDate;Value;Known_at\r\n" +
		"2030-03-01;1;\r\n2030-13-01;1;\r\n;1;\r\n2030-03-02;7,000;\r\n2030-03-02;NaN;\r\n2030-03-02;0x10;\r\n2030-03-02;1e999;\r\n" +
		"2030-03-02;1;2030-03-01\r\n2030-03-02\r\n2030-03-01;2;\r\n2030-03-03;1;soon\r\n2030-03-04;\"1;\r\n"
	points, bad, err := ParseSeries([]byte(file))
	if err != nil || points != nil {
		t.Fatal(points, err)
	}
	want := []string{
		"line 3, date", "line 4, date", "line 5, value", "line 6, value", "line 7, value", "line 8, value",
		"line 9, known_at", "line 10: 1 fields", "line 11, date: the same as line 2", "line 12, known_at", "line 13: ",
	}
	if len(bad) != len(want) {
		t.Fatalf("the errors are %v", bad)
	}
	for i := range want {
		if !strings.HasPrefix(bad[i].Error(), want[i]) {
			t.Errorf("%q should begin %q", bad[i].Error(), want[i])
		}
	}
	for says, file := range map[string]string{"empty": "", "first line": "a,b\n", "at most": strings.Repeat(" ", MaxSeries+1)} {
		_, _, err := ParseSeries([]byte(file))
		refuses(t, err, says)
	}
}

func FuzzParseSeries(f *testing.F) {
	for _, s := range []string{rouble, "", "date,value\n2030,1\n", "date;value\n2030-03-XX;-1.5e3\n", "date,value\n\"", "\ufeffdate,value,known_at\n2030,1,2029\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		points, bad, err := ParseSeries(file)
		if len(points) > 0 && (len(bad) > 0 || err != nil) {
			t.Fatal("points in spite of errors")
		}
		for _, p := range points {
			if p.Date.IsZero() || !finite(p.Value) {
				t.Fatalf("%+v", p)
			}
		}
		Known(&claim.Series{Points: points}, 30000)
	})
}
