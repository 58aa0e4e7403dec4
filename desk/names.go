// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxSameName is how many files of one name a folder may hold.
const maxSameName = 1000

// createNew makes a file of that name in root, or of that name with a number
// where it is taken. It never opens what is there.
func createNew(root *os.Root, name string) (*os.File, string, error) {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for i := 1; i <= maxSameName; i++ {
		try := name
		if i > 1 {
			try = fmt.Sprintf("%s (%d)%s", stem, i, ext)
		}
		f, err := root.OpenFile(try, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		return f, try, err
	}
	return nil, "", fmt.Errorf("the folder holds too many files called %q", name)
}
