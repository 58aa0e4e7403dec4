// SPDX-License-Identifier: Apache-2.0

package tor

import "testing"

// TestOnlyMemory: a folder is in memory when its file system says so, whatever it
// is called.
func TestOnlyMemory(t *testing.T) {
	for dir, want := range map[string]bool{"/dev/shm": true, "/proc": false, "/sys": false, "/nowhere": false} {
		if got := onlyMemory(dir); got != want {
			t.Errorf("%s: %v", dir, got)
		}
	}
	if f := (&Finder{memory: []string{"/proc", memoryFolder(t)}}); f.inMemory() != f.memory[1] {
		t.Errorf("taken: %q", f.inMemory())
	}
}
