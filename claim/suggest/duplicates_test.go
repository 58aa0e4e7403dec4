// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestAParagraphThatTravelled: one paragraph of two stories is the same, in other
// clothes. The shared passage is shown on both sides.
func TestAParagraphThatTravelled(t *testing.T) {
	a := "The port was closed on Monday, and nobody could say when it would open.\n\n" +
		"По словам очевидцев, колонна ещё до рассвета повернула на север, и никто её больше не видел в этих местах."
	b := "Another paper told of other things entirely on that day, and of the weather.\n\n" +
		"По словам очевидцев колонна еще до рассвета повернула на Север — и никто ее больше не видел в этих местах!"
	got := Duplicates(map[string]string{"b": b, "a": a})
	if len(got) != 1 {
		t.Fatalf("got %d pairs", len(got))
	}
	p := got[0]
	if p.A != "a" || p.B != "b" || p.Of != "paragraphs" || p.Jaccard != 1 {
		t.Errorf("got %+v", p)
	}
	for text, s := range map[string]string{a: p.InA.Exact, b: p.InB.Exact} {
		if !strings.HasPrefix(s, "По словам") || !strings.HasSuffix(s, "местах") || !strings.Contains(text, s) {
			t.Errorf("the passage is %q", s)
		}
	}
	if r := []rune(a); string(r[*p.InA.Start:*p.InA.End]) != p.InA.Exact {
		t.Error("the offsets do not find the passage")
	}
}

func TestAQuotationInAnotherText(t *testing.T) {
	got := Duplicates(map[string]string{
		"letter": "For every week and month that the war goes on the possibility of a rebellion increases. The rest is of no concern here.",
		"paper":  "He said: “For every week and month that the war goes on the possibility grows.” Then came sports, and nothing else of note.",
	})
	if len(got) != 1 || got[0].Of != "a quotation" {
		t.Fatalf("got %+v", got)
	}
	if want := 8.0 / 9; math.Abs(got[0].Containment-want) > 1e-12 { // of 13 words, nine runs of five; the last has “grows”
		t.Errorf("containment %v, want %v", got[0].Containment, want)
	}
}

// words makes texts of random words; the vocabulary is large, so that two have no
// five words in common by chance.
func randomWords(t *rapid.T, n int, label string) []string {
	out := make([]string, n)
	for i, k := range rapid.SliceOfN(rapid.IntRange(0, 99999), n, n).Draw(t, label) {
		out[i] = fmt.Sprintf("w%d", k)
	}
	return out
}

func TestUnrelatedTextsGetNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := map[string]string{}
		for _, id := range []string{"a", "b", "c"} {
			texts[id] = strings.Join(randomWords(t, 80, id), " ")
		}
		if got := Duplicates(texts); len(got) > 0 {
			t.Fatalf("got %+v", got)
		}
	})
}

// TestTheEstimateIsNear: of 128 permutations, the share that agrees lies around
// the Jaccard similarity with a standard deviation of sqrt(J(1−J)/128). Over sets
// that are the same in every run, the mean is tested at three of its own. (Sets
// drawn anew would fail one run in 370.)
func TestTheEstimateIsNear(t *testing.T) {
	salt, random := salts(), rand.New(rand.NewPCG(4, 2))
	var off, n float64
	for range 200 {
		a, b := overlappingSets(random.Uint64(), random.IntN(301), 1+random.IntN(300), 1+random.IntN(300))
		j := jaccard(a, b)
		if sigma := math.Sqrt(j * (1 - j) / permutations); sigma > 0 {
			off, n = off+(sign(a, salt).similarity(sign(b, salt))-j)/sigma, n+1
		}
	}
	if math.Abs(off/n) > 3/math.Sqrt(n) {
		t.Errorf("the mean of %v estimates is off by %.2f standard deviations of the mean", n, off/n*math.Sqrt(n))
	}
}

// overlappingSets gives two sorted sets of hashes with so many in common.
func overlappingSets(start uint64, both, onlyA, onlyB int) (a, b []uint64) {
	next := func() uint64 { start += 0x9e3779b97f4a7c15; return mix(start) }
	for range both {
		h := next()
		a, b = append(a, h), append(b, h)
	}
	for range onlyA {
		a = append(a, next())
	}
	for range onlyB {
		b = append(b, next())
	}
	slices.Sort(a)
	slices.Sort(b)
	return a, b
}

// TestWithinThreeSigma counts over fixed sets: of 1,000 estimates at most ten lie
// outside of three standard deviations, where 2.7 are expected.
func TestWithinThreeSigma(t *testing.T) {
	salt := salts()
	outside := 0
	for i := range 1000 {
		a, b := overlappingSets(uint64(i)<<32, i%97+1, i%41+1, i%29+1)
		j := jaccard(a, b)
		if math.Abs(sign(a, salt).similarity(sign(b, salt))-j) > 3*math.Sqrt(j*(1-j)/permutations) {
			outside++
		}
	}
	t.Logf("%d of 1,000 outside", outside)
	if outside > 10 {
		t.Errorf("%d of 1,000 estimates lie outside of three sigma", outside)
	}
}

// TestRecallOfTheBands compares LSH with brute force over sets of J ≥ 0.5. The
// theory gives 1−(1−J⁴)³²: 0.87 at 0.5, and more above.
func TestRecallOfTheBands(t *testing.T) {
	var sets [][]uint64
	for i := range 150 {
		a, b := overlappingSets(uint64(i)<<40, 100, i%51, i%51)
		sets = append(sets, a, b)
	}
	near := map[[2]int32]bool{}
	for _, n := range neighbours(sets) {
		near[n] = true
	}
	all, hit := 0, 0
	for i := range sets {
		for j := i + 1; j < len(sets); j++ {
			if jaccard(sets[i], sets[j]) >= MinJaccard {
				all++
				if near[[2]int32{int32(i), int32(j)}] {
					hit++
				}
			}
		}
	}
	t.Logf("%d of %d pairs", hit, all)
	if all < 150 || float64(hit) < 0.95*float64(all) {
		t.Errorf("the bands find %d of %d pairs", hit, all)
	}
}

// TestNamesDoNotMatter: with other ids in another order the same texts pair up.
func TestNamesDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := randomWords(t, 60, "base")
		other := slices.Clone(base)
		copy(other, randomWords(t, rapid.IntRange(0, 20).Draw(t, "n"), "other"))
		x, y := strings.Join(base, " "), strings.Join(other, " ")
		one := Duplicates(map[string]string{"a": x, "b": y})
		two := Duplicates(map[string]string{"a": y, "b": x})
		if len(one) != len(two) {
			t.Fatalf("%d and %d pairs", len(one), len(two))
		}
		for i := range one {
			if one[i].Jaccard != two[i].Jaccard || one[i].InA.Exact != two[i].InB.Exact {
				t.Fatalf("%+v\n%+v", one[i], two[i])
			}
		}
	})
}

// TestACrowdOfCopies: ten thousand texts of one disclaimer stay linear.
func TestACrowdOfCopies(t *testing.T) {
	texts := map[string]string{}
	for i := range 10000 {
		texts[fmt.Sprint(i)] = copied
	}
	if n := len(Duplicates(texts)); n < 9999 || n > 20000 {
		t.Errorf("%d pairs", n)
	}
}

func BenchmarkDuplicates1k(b *testing.B) {
	texts := map[string]string{}
	x := uint64(1)
	for d := range 1000 {
		var s strings.Builder
		for w := range 400 {
			x += 0x9e3779b97f4a7c15
			fmt.Fprintf(&s, "w%d ", mix(x)%5000)
			if w%80 == 79 {
				s.WriteString("\n\n")
			}
		}
		texts[fmt.Sprint(d)] = s.String()
	}
	for i := range 50 {
		texts[fmt.Sprint(i)] = texts[fmt.Sprint(999-i)]
	}
	b.ResetTimer()
	for b.Loop() {
		if len(Duplicates(texts)) != 50 {
			b.Fatal("the copies are not found")
		}
	}
}
