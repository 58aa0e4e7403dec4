// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestF5ALaterVersionIsNoDamage: what a later version wrote is refused with a
// sentence that says so, however long its key file has become, and is not
// touched.
func TestF5ALaterVersionIsNoDamage(t *testing.T) {
	for name, longer := range map[string]int{"as long": 0, "longer": 40, "shorter": -16} {
		dir := filepath.Join(t.TempDir(), "vault")
		v, err := Create(dir, []byte("pass"), Params{MemoryKiB: 8, Passes: 1, Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, keyFileName)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		body := append(b[:len(b)-sha256.Size:len(b)-sha256.Size], make([]byte, 40)...)[:len(b)-sha256.Size+longer]
		body[8] = keyVersion + 1
		sum := sha256.Sum256(body)
		later := append(body, sum[:]...)
		if err := os.WriteFile(path, later, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = Open(dir, []byte("pass"), func([]byte) error { return nil })
		if err == nil || errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "later version") {
			t.Errorf("%s: %v", name, err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != string(later) {
			t.Errorf("%s: the file was touched: %v", name, err)
		}
		later[len(later)-1] ^= 1
		if err := os.WriteFile(path, later, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err = Open(dir, []byte("pass"), func([]byte) error { return nil }); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s, damaged: %v", name, err)
		}
	}
}
