// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNoTorOutlivesTheStory: whether it is interrupted or killed in the middle,
// every tor that was started for the story ends.
func TestNoTorOutlivesTheStory(t *testing.T) {
	needTor(t)
	for name, signal := range map[string]syscall.Signal{"interrupted": syscall.SIGINT, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			cmd := exec.Command(filepath.Join(programs, "tamizdat"), "try", "--onion")
			cmd.Env = append(os.Environ(), "TMPDIR="+s.dir)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			s.until("five tors", func() bool { return len(torsOf(s.dir)) >= 5 })
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if cmd.Wait() == nil {
				t.Error("a story that broke off counts as told")
			}
			s.until("the end of all tors", func() bool { return len(torsOf(s.dir)) == 0 })
		})
	}
}

// torsOf lists the tors that run with files in a folder.
func torsOf(dir string) []string {
	var found []string
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		line, _ := os.ReadFile(path) // it may have ended meanwhile
		words := strings.Split(string(line), "\x00")
		if filepath.Base(words[0]) == "tor" && strings.Contains(string(line), dir) && strings.Contains(string(line), "torrc") {
			found = append(found, path)
		}
	}
	return found
}
