// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

const asProgram = "CLI_TEST_IS_PROGRAM"

// TestMain lets the test binary be a program that tells its limits.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	Main(&Command{Name: "program", Usage: "x", Run: func(_ context.Context, env *Env, _ []string) error {
		b, err := os.ReadFile("/proc/self/limits")
		env.Printf("%s", b)
		return err
	}})
}

// TestD6NoCoreDumps: whatever the shell allows, no program of ours leaves its
// memory behind.
func TestD6NoCoreDumps(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !regexp.MustCompile(`Max core file size +0 +0 `).Match(out) {
		t.Errorf("%v: %q", err, out)
	}
}
