// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"testing"
	"time"
)

// machine is one that fills so many MiB a second, each pass anew, whatever else
// it does for the first look at a cost.
func machine(speed float64, disturbed time.Duration) func(Params) time.Duration {
	seen := map[Params]bool{}
	return func(p Params) time.Duration {
		d := time.Duration(float64(p.MemoryKiB) / 1024 * float64(p.Passes) / speed * float64(time.Second))
		if !seen[p] {
			d += disturbed
		}
		seen[p] = true
		return d
	}
}

func TestMeasuredCosts(t *testing.T) {
	for _, tt := range []struct {
		name      string
		speed     float64
		disturbed time.Duration
		want      Params
	}{
		{"half a second with 160 MiB", 960, 0, Params{160 << 10, 3, 4}},
		{"between two steps: the lower", 1000, 0, Params{160 << 10, 3, 4}},
		{"a slow machine keeps the floor", 10, 0, Params{64 << 10, 3, 4}},
		{"just the floor", 384, 0, Params{64 << 10, 3, 4}},
		{"just the ceiling", 1536, 0, Params{256 << 10, 3, 4}},
		{"a fast machine gets passes, not memory", 3072, 0, Params{256 << 10, 6, 4}},
		{"no machine gets more than sixteen", 1e6, 0, Params{256 << 10, 16, 4}},
		{"a clock that stands still", 1e300, 0, Params{256 << 10, 16, 4}},
		{"what else runs does not make it cheap", 960, time.Minute, Params{160 << 10, 3, 4}},
	} {
		p := MeasureParams(machine(tt.speed, tt.disturbed))
		if p != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, p, tt.want)
		}
		if err := p.check(); err != nil {
			t.Errorf("%s: the vault refuses them: %v", tt.name, err)
		}
	}
}

// TestMeasuredCostsStandInTheKeyFile: a vault opens with the costs that it was
// made with, whatever the machine would choose now.
func TestMeasuredCostsStandInTheKeyFile(t *testing.T) {
	var k dataKey
	odd := Params{MemoryKiB: 24, Passes: 2, Threads: 3}
	b, err := wrapKey(&k, []byte("x"), odd)
	if err != nil {
		t.Fatal(err)
	}
	if got := paramsOf(b); got != odd {
		t.Errorf("the key file says %+v", got)
	}
	if _, err := unwrapKey(b, []byte("x")); err != nil {
		t.Error(err)
	}
}

func BenchmarkDefaultParams(b *testing.B) {
	for b.Loop() {
		Took(DefaultParams())
	}
}
