// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"testing"
	"time"
)

func TestDates(t *testing.T) {
	for _, tt := range []struct{ text, earliest, latest string }{
		{"2022-03-24", "2022-03-24", "2022-03-24"},
		{"2022-03-24~", "2022-03-24", "2022-03-24"},
		{"2022-03?", "2022-03-01", "2022-03-31"},
		{"2022%", "2022-01-01", "2022-12-31"},
		{"2024-02", "2024-02-01", "2024-02-29"},
		{"202X", "2020-01-01", "2029-12-31"},
		{"2022-XX", "2022-01-01", "2022-12-31"},
		{"2022-1X", "2022-10-01", "2022-12-31"},
		{"2022-0X", "2022-01-01", "2022-09-30"},
		{"2022-02-XX", "2022-02-01", "2022-02-28"},
		{"2022-02-2X", "2022-02-20", "2022-02-28"},
		{"2022-XX-XX", "2022-01-01", "2022-12-31"},
		{"2022-21", "2022-03-01", "2022-05-31"},
		{"2022-24", "2022-01-01", "2022-02-28"},
		{"2022-03/2022-05", "2022-03-01", "2022-05-31"},
		{"2022-03-04/..", "2022-03-04", "9999-12-31"},
		{"../2022", "0000-01-01", "2022-12-31"},
		{"2022-03-24T23:30:00-02:00", "2022-03-25", "2022-03-25"},
		{"2022-XX-3X", "2022-01-30", "2022-12-31"},
		{"2022-0X-0X", "2022-01-01", "2022-09-09"},
		{"2024-02-29", "2024-02-29", "2024-02-29"},
		{"0000-02-29", "0000-02-29", "0000-02-29"},
		{"XXXX", "0000-01-01", "9999-12-31"},
	} {
		d, err := ParseDate(tt.text)
		if err != nil {
			t.Error(err)
			continue
		}
		if a, b := d.Bounds(); a.String() != tt.earliest || b.String() != tt.latest {
			t.Errorf("%s is %s to %s, want %s to %s", tt.text, a, b, tt.earliest, tt.latest)
		}
		if d.String() != tt.text {
			t.Errorf("%s is written %s", tt.text, d)
		}
	}
	for _, bad := range []string{
		"", " ", "x", "22", "2022-3", "2022-13", "2022-00", "2022-02-30", "2022-02-00", "2022-04-31", "2022-03-24 ", "24.03.2022", "2022-X3", "+2022",
		"2022-03-24T25:00:00Z", "2022-05/2022-03", "2022/2023/2024", "2022-03-24-01", "20_2", "2022-25", "2022-03-", "2022?-03",
		"/", "../..", "2022-02-3X", "2022-04-4X", "2022-21-05", "2022-24-XX", "2022?~", "2022-03-24~~", "2023-02-29", "1900-02-29", "-0044", "2022-03-24T18:30:00Z?~",
		"9999-12-31T23:30:00-02:00", "0000-01-01T00:00:00+02:00", "20２2", "2022-03-24\x00", "2022-03-24\u202e",
	} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("%q was read as %s", bad, d)
		}
	}
}

func TestBefore(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"2022-03-23", "2022-03-24", true},
		{"2022-03-24", "2022-03-24", false},
		{"2022-03", "2022-03-24", false},
		{"2022-02", "2022-03-24", true},
		{"2022-02~", "2022-03-24", false},
		{"2021", "2022", true},
		{"2022-03-01/..", "2022-03-24", false},
	} {
		if is := date(tt.a).Before(date(tt.b)); is != tt.want {
			t.Errorf("%s before %s: %v", tt.a, tt.b, is)
		}
	}
	if (Date{}).Before(date("2022")) || date("2021").Before(Date{}) {
		t.Error("an absent date is before or after something")
	}
}

func TestDayOf(t *testing.T) {
	for _, s := range []string{"1970-01-01", "1969-12-31", "2022-03-24", "0000-01-01", "9999-12-31", "1600-02-29"} {
		when, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		if is := DayOf(when.Add(23 * time.Hour)).String(); is != s {
			t.Errorf("%s is %s", s, is)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2022-03-24", "202X", "2022-03/..", "2022-24?", "2022-03-24T23:30:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		a, b := d.Bounds()
		if a > b || a < firstDay || b > lastDay {
			t.Errorf("%q is %s to %s", s, a, b)
		}
	})
}
