// SPDX-License-Identifier: Apache-2.0

package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tamizdat/claim"
)

// TestAPageLiesOnADeskForAWeek: meanwhile one of its claims fell, one was worded
// anew, and an editor put words of their own into a footnote.
func TestAPageLiesOnADeskForAWeek(t *testing.T) {
	c := claim.Case{Claims: []claim.Claim{
		{ID: "a", Text: "A."},
		{ID: "b", Text: "B."},
		{ID: "c", Text: "C."},
		{ID: "d", Text: "D."},
	}}
	page, _ := Render(c, claim.Report{Title: "Tides", Text: "[^c:d][^c:a][^c:b][^c:c]"})
	c.Claims[0].Credibility = 5
	c.Claims[1].Text = "B, they say."
	text := strings.Replace(string(page), "“C.” Nobody is", "“C.” Nobody\nhere is", 1)
	for name, text := range map[string]string{
		"as it was":       text,
		"other line ends": strings.ReplaceAll(text, "\n", "\r\n"),
		"no fence":        strings.Replace(strings.Replace(text, fence, "", 1), "Nobody\nhere", "Nobody here", 1),
	} {
		want := []Moved{
			{"a", "“A.” Nobody is known to have said it. Credibility: not judged.", "“A.” Nobody is known to have said it. Credibility 5 of 6: improbable."},
			{"b", "“B.” Nobody is known to have said it. Credibility: not judged.", "“B, they say.” Nobody is known to have said it. Credibility: not judged."},
			{"c", "“C.” Nobody here is known to have said it. Credibility: not judged.", "“C.” Nobody is known to have said it. Credibility: not judged."},
		}
		if diff := cmp.Diff(want, Outdated(c, []byte(text))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := Outdated(c, []byte("no title")); got != nil {
		t.Error(got)
	}
}

func TestPagesInOtherEncodings(t *testing.T) {
	for _, page := range []string{"\xff\xfe#\x00 \x00T\x00", "# \xd2\xe5\xea\xf1\xf2\n"} {
		if _, err := Parse([]byte(page)); err == nil || !strings.Contains(err.Error(), "UTF-8") {
			t.Errorf("%q: %v", page, err)
		}
	}
}

func TestChangedLines(t *testing.T) {
	for _, tt := range []struct{ before, after, want string }{
		{"a\nb\nc\n", "a\nb\nc\n", ""},
		{"a\nb\nc\n", "a\nx\nc\n", "-b+x"},
		{"a\nb\nc\n", "b\nc\nd\n", "-a+d"},
		{"a\nb\n", "a\n", "-b"},
		{"", "a\n", "-+a"},
		{"a\nb\na\nb\n", "b\na\n", "-a-b"},
		{"a", "a\n", ""},
	} {
		if got := marked(Changed(tt.before, tt.after)); got != tt.want {
			t.Errorf("%q to %q: %s, want %s", tt.before, tt.after, got, tt.want)
		}
	}
	many := strings.Repeat("a\n", 3000)
	if got := Changed("x\n"+many+"y", "z\n"+many+many+"u"); len(got) != 3*3000+4 {
		t.Errorf("%d lines", len(got))
	}
}

func marked(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(map[bool]string{false: "-", true: "+"}[l.Added] + l.Text)
	}
	return b.String()
}

// TestChangedLinesLeadFromOneToTheOther: what is taken away stood in the first,
// in this order, and what is added stands in the second; the rest is the same.
func TestChangedLinesLeadFromOneToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []string {
			return rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", ""}), 1, 12).Draw(t, name)
		}
		before, after := draw("before"), draw("after")
		was, is := append([]string{}, before...), append([]string{}, after...)
		if s := strings.Join(before, "\n"); strings.HasSuffix(s, "\n") {
			was = was[:len(was)-1] // an end of line at the end is none
		}
		if s := strings.Join(after, "\n"); strings.HasSuffix(s, "\n") {
			is = is[:len(is)-1]
		}
		changed := Changed(strings.Join(before, "\n"), strings.Join(after, "\n"))
		if removed := pick(changed, false); !within(removed, was) {
			t.Fatalf("%q is not in %q", removed, was)
		}
		if added := pick(changed, true); !within(added, is) {
			t.Fatalf("%q is not in %q", added, is)
		}
		if len(was)-len(pick(changed, false)) != len(is)-len(pick(changed, true)) {
			t.Fatalf("%q to %q: %v", was, is, changed)
		}
	})
}

func pick(lines []Line, added bool) []string {
	var out []string
	for _, l := range lines {
		if l.Added == added {
			out = append(out, l.Text)
		}
	}
	return out
}

// within reports whether a list is part of another, in its order.
func within(part, whole []string) bool {
	for _, s := range whole {
		if len(part) > 0 && part[0] == s {
			part = part[1:]
		}
	}
	return len(part) == 0
}
