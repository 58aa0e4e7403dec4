// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestPolicyTable(t *testing.T) {
	log := newTestSigner(t, "lamp.example/log").pub
	w := func(n string) string { return testWitness(t, n).Witness().String() }
	base := fmt.Sprintf("# whom we believe\nlog %s https://lamp.example\n\twitness a %s\nwitness b %s http://b\n witness c %s\n", log, w("a.example"), w("b.example"), w("c.example"))
	for name, c := range map[string]struct {
		text string
		bad  bool
		need [][]string // witnesses that are just enough
		lack [][]string // and that are not
	}{
		"two of three": {base + "group g 2 a b c\nquorum g\n", false, [][]string{{"a", "b"}, {"b", "c"}}, [][]string{{"a"}, {}}},
		"any":          {base + "group g any a b\nquorum g\n", false, [][]string{{"a"}, {"b"}}, [][]string{{"c"}}},
		"all":          {base + "group g all a b\nquorum g\n", false, [][]string{{"a", "b"}}, [][]string{{"a", "c"}}},
		"one witness":  {base + "quorum c\n", false, [][]string{{"c"}}, [][]string{{"a", "b"}}},
		"nested":       {base + "group g any a b\ngroup h all g c\nquorum h\n", false, [][]string{{"a", "c"}}, [][]string{{"a", "b"}}},
		"no quorum":    {base, true, nil, nil},
		"two quorums":  {base + "quorum a\nquorum a\n", true, nil, nil},
		"unknown":      {base + "quorum x\n", true, nil, nil},
		"later member": {base + "group g any x\nwitness x " + w("x") + "\nquorum g\n", true, nil, nil},
		"member twice": {base + "group g 2 a a\nquorum g\n", true, nil, nil},
		"two groups":   {base + "group g any a\ngroup h any a\nquorum h\n", true, nil, nil},
		"k too large":  {base + "group g 4 a b c\nquorum g\n", true, nil, nil},
		"k zero":       {base + "group g 0 a\nquorum g\n", true, nil, nil},
		"k as 01":      {base + "group g 01 a\nquorum g\n", true, nil, nil},
		"none a name":  {base + "witness none " + w("x") + "\nquorum none\n", true, nil, nil},
		"one key, two": {base + "witness d " + w("a.example") + "\nquorum a\n", true, nil, nil},
		"log twice":    {base + "log " + log.String() + "\nquorum a\n", true, nil, nil},
		"cut":          {base + "quorum a", true, nil, nil},
		"other line":   {base + "trust me\nquorum a\n", true, nil, nil},
		"carriage ret": {base + "quorum a\r\n", true, nil, nil},
		"log as vkey":  {base + "witness d " + log.String() + "\nquorum a\n", true, nil, nil},
	} {
		p, err := ParsePolicy([]byte(c.text))
		if (err != nil) != c.bad || (err != nil && !errors.Is(err, ErrPolicy)) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, names := range c.need {
			if !p.satisfied(p.quorum, set(names)) {
				t.Errorf("%s: %v should be enough", name, names)
			}
		}
		for _, names := range c.lack {
			if p.satisfied(p.quorum, set(names)) {
				t.Errorf("%s: %v should not be enough", name, names)
			}
		}
	}
}

func set(names []string) map[string]bool {
	m := make(map[string]bool)
	for _, n := range names {
		m[n] = true
	}
	return m
}

func TestWitnessCountsOnce(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	l := openLog(t, t.TempDir(), s)
	fill(t, l, s, 1)
	policy := testPolicy(t, s, 2, "w1.example", "w2.example")
	for _, at := range []time.Time{testNow, testNow.Add(time.Second)} {
		line, err := testWitness(t, "w1.example").Cosign(l.head, at)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.AddCosignatures(line); err != nil {
			t.Fatal(err)
		}
	}
	v, _, err := policy.JudgeCheckpoint(l.head.Bytes(), testNow)
	if err != nil || v.Accepted || len(v.Cosignatures) != 1 {
		t.Errorf("one witness twice: %v, %v", v, err)
	}
}
