// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tamizdat/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tamizdat": func() {
			cli.Main(&cli.Command{Name: "tamizdat", Summary: "test", Sub: []*cli.Command{Command()}})
		},
	})
}

// TestStories works on a case as an editor would.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}
