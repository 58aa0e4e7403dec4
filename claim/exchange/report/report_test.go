// SPDX-License-Identifier: Apache-2.0

package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

// TestAStoryWithItsFootnotes goes out with what stands behind each sentence, is
// edited, and comes back as it was written.
func TestAStoryWithItsFootnotes(t *testing.T) {
	r := claim.Report{Title: "Who said it", Text: "The letter says that the risk grows.[^c:C1] NATO speaks of soldiers killed.[^c:C21k] Again.[^c:C1]\n"}
	got, warnings := Render(study.Case(), r)
	want := `# Who said it

The letter says that the risk grows.[^c:C1] NATO speaks of soldiers killed.[^c:C21k] Again.[^c:C1]


<!-- What follows is made from the register. Edit the text above. -->

[^c:C1]: “The risk that Putin is deposed by the Russian security service grows every week.” Said first, as far as known, by an unnamed person. Credibility: not judged. 1–2 independent origins behind 3 public documents.

[^c:C21k]: “NATO estimates 7,000 to 15,000 Russian soldiers killed in four weeks.” Said first, as far as known, by Ukrainian authorities / General Staff. Credibility: not judged. 1–2 independent origins behind 2 public documents.
`
	if diff := cmp.Diff(want, string(got)); diff != "" || len(warnings) != 0 {
		t.Error(diff, warnings)
	}
	back, err := Parse(got)
	if diff := cmp.Diff(r, back); diff != "" || err != nil {
		t.Error(diff, err)
	}
	again, _ := Render(study.Case(), back)
	if string(again) != string(got) {
		t.Error("the second page differs from the first")
	}
}

// TestASourceStaysUnnamed, under its pseudonym too.
func TestASourceStaysUnnamed(t *testing.T) {
	c := claim.Case{
		Sources:    []claim.Source{{ID: "s1", Pseudonym: "Kestrel", Party: "p1"}},
		Parties:    []claim.Party{{ID: "p1", Kind: "unnamed_official", Label: "Kestrel"}},
		Claims:     []claim.Claim{{ID: "c1", Text: "The tide is late."}},
		Utterances: []claim.Utterance{{ID: "u1", Speaker: "p1", Claims: []string{"c1"}}},
	}
	got, warnings := Render(c, claim.Report{Title: "Tides", Text: "Late.[^c:c1]"})
	if len(warnings) != 0 {
		t.Error(warnings)
	}
	if _, warnings := Render(c, claim.Report{Title: "Tides", Text: "Late, says kestrel."}); len(warnings) != 1 || warnings[0].String() != "the text names a source or a letter as only the desk may" {
		t.Error(warnings)
	}
	if !strings.Contains(string(got), "an unnamed official") || strings.Contains(string(got), "Kestrel") {
		t.Errorf("%s", got)
	}
}

// TestWarnings: what an editor must know before printing.
func TestWarnings(t *testing.T) {
	c := claim.Case{Claims: []claim.Claim{
		{ID: "a", Text: "A.", Status: "withdrawn"},
		{ID: "b", Text: "B.", Status: "refuted"},
		{ID: "c", Text: "C.", Credibility: 5},
		{ID: "d", Text: "D.", Exposure: "<=10"},
		{ID: "e", Text: "E.", Credibility: 6, DeskObservation: true},
	}}
	r := claim.Report{Title: "t", Text: "[^c:a][^c:b][^c:c][^c:d][^c:e][^c:f]"}
	page, warnings := Render(c, r)
	var got []string
	for _, w := range warnings {
		got = append(got, strings.SplitN(w.String(), ":", 2)[0])
	}
	want := []string{"claim a has fallen", "claim b has fallen", "claim c has fallen", "claim d may not leave", "claim f is not in the register"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(string(page), "D.") || !strings.Contains(string(page), "Seen by this newsroom. Credibility 6 of 6: cannot be judged.") {
		t.Errorf("%s", page)
	}
	if _, warnings := Render(c, r, "d"); len(warnings) != 4 {
		t.Error(warnings)
	}
}

// TestTextsComeBackExactly, whatever they hold.
func TestTextsComeBackExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{"\n", "\r\n", " ", "# ", "слово", "[^c:a]", "[^c:b]: note", fence, "\ufeff", "```", "`[^c:x]`", "\t"})).Draw(t, "parts")
		r := claim.Report{Title: rapid.StringMatching(`([^\s\x00-\x20\x{85}\x{a0}]{1,8}( [^\s\x00-\x20\x{85}\x{a0}]{1,5})?)?`).Draw(t, "title"), Text: strings.Join(parts, "")}
		r.Title = oneLine(r.Title)
		page, _ := Render(claim.Case{}, r)
		got, err := Parse(page)
		if diff := cmp.Diff(r, got); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
	})
}

// TestPagesOfOtherHands: an editor may lose the fence or change the line ends.
func TestPagesOfOtherHands(t *testing.T) {
	page, _ := Render(claim.Case{}, claim.Report{Title: "T", Text: "a\n\nb[^c:x]"})
	for name, text := range map[string]string{
		"other line ends": strings.ReplaceAll(string(page), "\n", "\r\n"),
		"no fence":        strings.Replace(string(page), fence, "", 1),
		"by hand":         "# T\n\na\n\nb[^c:x]\n\n[^c:x]: mine\n",
		"by other hands":  "# T\r\n\r\na\r\n\r\nb[^c:x]\r\n\r\n[^c:x]: mine\r\n",
		"a mark":          "\ufeff" + string(page),
	} {
		got, err := Parse([]byte(text))
		if err != nil || got.Title != "T" || got.Text != "a\n\nb[^c:x]" {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	for _, bad := range []string{"", "no title", strings.Repeat(" ", MaxReport+1)} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%.10q was read", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("# T\n\ntext[^c:a]" + fence + "\n[^c:a]: note\n")
	f.Add("# T\r\n[^c:]\r\n")
	f.Add("#")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := Parse([]byte(s))
		if err != nil {
			return
		}
		r.Title = oneLine(r.Title)
		page, _ := Render(claim.Case{}, r)
		if again, err := Parse(page); err != nil || again.Text != r.Text {
			t.Fatalf("%q became %q, %v", r.Text, again.Text, err)
		}
		Outdated(claim.Case{}, []byte(s))
		if moved := Outdated(claim.Case{}, page); len(moved) > 0 {
			t.Fatalf("a fresh page is outdated: %+v", moved)
		}
	})
}

// TestFootnotesAreText: a claim and a name come from strangers, and a page is made
// of this. An image in it would tell its maker who reads.
func TestFootnotesAreText(t *testing.T) {
	c := claim.Case{
		Parties:    []claim.Party{{ID: "p1", Kind: "outlet", Label: "The ![x](https://x.example/1.png) Courier"}},
		Claims:     []claim.Claim{{ID: "c1", Kind: "state", Text: "<script>alert(1)</script> *late* [^c:c2] `x` \\ a_b"}},
		Utterances: []claim.Utterance{{ID: "u1", Speaker: "p1", Claims: []string{"c1"}}},
	}
	b, _ := Render(c, claim.Report{Title: "T", Text: "It is *late*.[^c:c1]"})
	page := string(b)
	for _, want := range []string{
		"It is *late*.[^c:c1]", "[^c:c1]: “\\<script>alert(1)\\</script> \\*late\\* \\[^c:c2\\] \\`x\\` \\\\ a\\_b”", "The !\\[x\\](https://x.example/1.png) Courier",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s\nis not in\n%s", want, page)
		}
	}
}
