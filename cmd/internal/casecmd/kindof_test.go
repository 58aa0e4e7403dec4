// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"strings"
	"testing"

	"tamizdat/claim"
)

// TestAnIDOfTwoThings: what stands is meant by an id, and of two that stand, neither.
func TestAnIDOfTwoThings(t *testing.T) {
	made := func(kind string) claim.Event {
		return claim.Event{Change: claim.Change{Verb: claim.VerbCreate, Kind: kind, Object: "x"}}
	}
	f := &file{path: "log", log: []claim.Event{made(claim.KindClaim), made(claim.KindParty)}}
	f.c.Claims = []claim.Claim{{ID: "x"}}
	if kind, err := f.kindOf("x"); err != nil || kind != claim.KindClaim {
		t.Errorf("%s %v", kind, err)
	}
	f.c.Parties = []claim.Party{{ID: "x"}}
	if _, err := f.kindOf("x"); err == nil || !strings.Contains(err.Error(), "party, claim") {
		t.Errorf("%v", err)
	}
	if err := f.takes(claim.KindSpan, "x"); err == nil {
		t.Error("the id was taken a third time")
	}
}
