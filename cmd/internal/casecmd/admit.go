// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"time"

	"tamizdat/claim"
	"tamizdat/claim/door"
)

// admits asks the door whether changes come in.
func (f *file) admits(by string, at time.Time, changes []claim.Change) error {
	return door.Admit(f.register, &f.c, by, at, changes)
}
