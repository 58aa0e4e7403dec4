// SPDX-License-Identifier: Apache-2.0

//go:build unix

package cli

import (
	"errors"
	"os"

	"tamizdat/internal/places"
)

// checkWriters refuses a file that another user could have written: it says
// where keys lie and how the network is reached. It looks at the open file, not
// at its name, and not at the folders above it.
func checkWriters(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	switch owner := places.Owner(info); {
	case owner < 0:
		return errors.New("the system does not tell whose it is")
	case owner != 0 && owner != os.Geteuid():
		return errors.New("it belongs to another user")
	case info.Mode().Perm()&0o022 != 0:
		return errors.New("other users may change it")
	}
	return nil
}
