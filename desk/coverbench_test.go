// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"testing"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// BenchmarkCoverLetter is what one cover letter costs each colleague, besides its 46 kB.
func BenchmarkCoverLetter(b *testing.B) {
	keys, err := letter.NewJournalistKeys("Anna")
	if err != nil {
		b.Fatal(err)
	}
	envelopes, err := letter.CoverLetter(wire.NewsroomKey{1}, 3)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, e := range envelopes {
			if wire.CheckEnvelope(e, wire.EnvelopeSize) != nil || keys.Mine(e) {
				b.Fatal("a cover letter is for somebody")
			}
		}
	}
}
