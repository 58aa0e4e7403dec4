// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tamizdat/claim"
	"tamizdat/spec"
)

type claimVectors struct {
	Pass, Refuse []struct{ Name, Class, Payload string }
	Deeds        []struct {
		Name, By, Payload string
		Incarnation       uint32
		Knows             map[string]int
		Time              int64
		Counts            bool
	}
	Events map[string]int
	Case   json.RawMessage
}

// TestClaimVectors reads what spec/vectors says of the kind claim, and folds its deeds.
func TestClaimVectors(t *testing.T) {
	b, err := fs.ReadFile(spec.Vectors(), "casebook/claim.json")
	if err != nil {
		t.Fatal(err)
	}
	var v claimVectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Pass {
		if _, err := claim.ParseChanges([]byte(c.Payload)); err != nil {
			t.Errorf("%q must pass: %v", c.Name, err)
		}
	}
	classes := map[string]bool{}
	for _, c := range v.Refuse {
		classes[c.Class] = true
		if _, err := claim.ParseChanges([]byte(c.Payload)); err == nil {
			t.Errorf("%q must be refused", c.Name)
		}
	}
	if len(classes) < 3 || len(v.Deeds) < 20 {
		t.Fatalf("%d classes and %d deeds are too few", len(classes), len(v.Deeds))
	}
	s := claim.NewShared()
	for _, d := range v.Deeds {
		changes, err := claim.ParseChanges([]byte(d.Payload))
		if err == nil {
			err = s.Take(claim.Deed{Person: d.By, Actor: fmt.Sprintf("%s.%d", d.By, d.Incarnation), Seen: d.Knows, At: time.Unix(d.Time, 0), Changes: changes})
		}
		if (err == nil) != d.Counts {
			t.Errorf("%s: %v", d.Name, err)
		}
	}
	for row, n := range v.Events {
		if s.Count(row) != n {
			t.Errorf("%s has %d events, not %d", row, s.Count(row), n)
		}
	}
	c, err := s.Register().Case()
	if err != nil {
		t.Fatal(err)
	}
	is, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if json.Unmarshal(is, &got) != nil || json.Unmarshal(v.Case, &want) != nil {
		t.Fatal("a case cannot be read")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, is)
	}
}
