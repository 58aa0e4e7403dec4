// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"io"

	"tamizdat/source"
)

// file is an attachment in memory.
func file(name string, content []byte) source.File {
	return source.File{
		Name: name, Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}
