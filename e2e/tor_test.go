// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"testing"
	"time"

	"tamizdat/internal/tornet"
)

// needTor skips where a private Tor network cannot be had.
func needTor(t *testing.T) {
	t.Helper()
	if err := tornet.Installed(); err != nil {
		t.Skipf("%v (make deps installs it)", err)
	}
}

// TestStoryOverTor runs what "make try ONION=1" runs: the whole story with the
// drop as an onion service and everybody else reaching it through Tor, in a
// private network that is begun anew once if it does not come up.
func TestStoryOverTor(t *testing.T) {
	needTor(t)
	s := newStage(t)
	s.limit = 6 * time.Minute
	s.passes(s.run("", "tamizdat", "try", "--onion"), append(landmarks(),
		"ready: programs find it at 127.0.0.1:", // the network stands
		".onion --newsroom tamizdat1",           // it is the onion that she writes to
		"--tor start",                           // and that the drop is reached by
	))
}
