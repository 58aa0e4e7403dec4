// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"time"

	"tamizdat/claim"
	"tamizdat/claim/door"
)

// admits asks the door whether changes come in. A register that is shared knows who
// asks, and when.
func (f *file) admits(by string, at time.Time, changes []claim.Change) error {
	if f.shared != nil {
		return f.shared.Admit(changes)
	}
	return door.Admit(f.register, &f.c, by, at, changes)
}
