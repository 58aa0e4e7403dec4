// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"slices"
	"testing"
)

// TestSight: a service is called reachable when its descriptor was fetched and
// never otherwise; looks in vain are told once, and the looking goes on.
func TestSight(t *testing.T) {
	var told []string
	s := sight{
		reachable: func() { told = append(told, "reachable") },
		unseen:    func() { told = append(told, "unseen") },
	}
	if s.looks() || s.hears("") {
		t.Error("it is looked for before it was announced")
	}
	if !s.hears("UPLOADED") || s.hears("UPLOADED") {
		t.Error("the first announcement, and no other, is a reason to look at once")
	}
	for range 2 * looks {
		if !s.looks() {
			t.Error("the looking ended")
		}
	}
	if !slices.Equal(told, []string{"unseen"}) {
		t.Errorf("after looks in vain: %q", told)
	}
	s.hears("RECEIVED")
	s.hears("RECEIVED")
	if !slices.Equal(told, []string{"unseen", "reachable"}) || s.looks() {
		t.Errorf("when it was found: %q", told)
	}
}
