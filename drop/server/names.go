// SPDX-License-Identifier: Apache-2.0

package server

import (
	"fmt"

	"tamizdat/letter/wire"
)

// The names of blobs. None contains anything that a stranger chose, but a
// chunk's id, which is a hash in hexadecimal.

// pageName names a page's body. Twelve digits keep names in order for ages.
func pageName(log wire.Log, number uint64) string {
	return fmt.Sprintf("%s/%012d", log, number)
}

// chunkName spreads chunks over 256 folders.
func chunkName(id wire.ChunkID) string {
	text := id.String()
	return "chunks/" + text[:2] + "/" + text
}

// viewName names one of the two views of the replies log.
func viewName(week bool) string {
	if week {
		return "views/week"
	}
	return "views/everyone"
}
