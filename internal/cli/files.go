// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"tamizdat/internal/durable"
)

// ReadFile reads a whole file of at most limit bytes. Whatever size a file
// claims to have, no more than that is taken into memory, so that a wrong name,
// a device or a stranger's file costs nothing.
func ReadFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // nothing was written
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder, not a file", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s is too large to be what it should be: it has more than %s", path, inUnits(limit))
	}
	return b, err
}

// ReadInput is [ReadFile], in which “-” is what is left of Stdin.
func (e *Env) ReadInput(path string, limit int64) ([]byte, error) {
	if path != "-" {
		return ReadFile(path, limit)
	}
	b, err := e.ReadAll()
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("standard input is too large to be what it should be: it has more than %s", inUnits(limit))
	}
	return b, err
}

// WriteNew writes a file that only its owner can read, and replaces none: what
// is there may be all that somebody has.
func WriteNew(path string, b []byte) error {
	err := durable.CreateFile(path, b, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return WithHint(fmt.Errorf("%s is there already", path), "give another name, or remove it if nobody needs it")
	}
	return err
}

func inUnits(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
