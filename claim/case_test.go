// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// foundingCase is a study of published reporting; see claim/study.
func foundingCase(t testing.TB) Case {
	t.Helper()
	b, err := os.ReadFile("study/founding-case.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseCase(b)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFoundingCaseLosesNothing reads the case and writes it: every value is
// there again, under the same name.
func TestFoundingCaseLosesNothing(t *testing.T) {
	was, err := os.ReadFile("study/founding-case.json")
	if err != nil {
		t.Fatal(err)
	}
	is, err := foundingCase(t).Encode()
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := json.Unmarshal(was, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(is, &b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	again, err := ParseCase(is)
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := again.Encode(); err != nil || string(twice) != string(is) {
		t.Errorf("the second writing differs from the first, %v", err)
	}
}
