// SPDX-License-Identifier: Apache-2.0

package durable

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
)

func TestOneHoldsTheLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	unlock, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second holder: %v", err)
	}
	unlock()
	unlock, err = Lock(path)
	if err != nil {
		t.Errorf("after it was given back: %v", err)
	}
	unlock()
}
