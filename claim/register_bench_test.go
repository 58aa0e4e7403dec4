// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkRegister10k proposes and applies one edit after another, on a register
// of 10,000 utterances and their claims.
func BenchmarkRegister10k(b *testing.B) {
	c := largeCase(10_000, rand.New(rand.NewPCG(3, 4)))
	r := registerOf(b, c)
	b.ResetTimer()
	for n := 0; b.Loop(); n++ {
		e, err := r.Propose("boris", moment(1), set(KindUtterance, fmt.Sprint("u", n%10_000), "note", fmt.Sprintf("%q", fmt.Sprint("looked at ", n))))
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Apply(e); err != nil {
			b.Fatal(err)
		}
	}
}
