// SPDX-License-Identifier: Apache-2.0

package presscmd

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tamizdat/press"
)

const killPassphrase = "six words of a long phrase"

// TestPressKilledAtRandomMoments kills the real program while it publishes,
// again and again, and then demands that every letter that was taken is in the
// log once and that the whole site verifies. TAMIZDAT_SOAK makes it long.
func TestPressKilledAtRandomMoments(t *testing.T) {
	rounds := 6
	if os.Getenv("TAMIZDAT_SOAK") != "" {
		rounds = 200
	}
	dir := t.TempDir()
	p := filepath.Join(dir, "p")
	args := []string{"press", "init", "--dir", p, "--origin", "lamp.example/log", "--name", "The Lamp"}
	for _, name := range []string{"anna", "boris"} {
		args = append(args, "--editor", killKey(t, name).Editor().String())
	}
	run(t, killPassphrase+"\n"+killPassphrase+"\n", args...)
	random := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= rounds; n++ {
		file := filepath.Join(dir, "edition")
		writeEdition(t, file, n)
		run(t, "", "press", "take", "--dir", p, file)
		killed(t, p, time.Duration(random.IntN(600))*time.Millisecond)
	}
	run(t, killPassphrase+"\n", "press", "publish", "--dir", p)
	status := run(t, "", "press", "status", "--dir", p)
	for n := 1; n <= rounds; n++ {
		if got := strings.Count(status, fmt.Sprintf("logged lamp-%d revision", n)); got != 1 {
			t.Errorf("letter %d is in the log %d times", n, got)
		}
	}
	if !strings.Contains(status, fmt.Sprintf("%d entries", rounds+1)) {
		t.Errorf("status:\n%s", status)
	}
	out := runProgram(t, "", "tamizdat-verify", "site", filepath.Join(p, "site"), "--policy", filepath.Join(p, "policy.txt"))
	if !strings.Contains(out, "VERIFIED: in the log") {
		t.Errorf("verify:\n%s", out)
	}
}

func killed(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	cmd := exec.Command("tamizdat", "press", "publish", "--dir", dir)
	cmd.Stdin = strings.NewReader(killPassphrase + "\n")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	_ = cmd.Process.Kill() // it may have ended by itself
	_ = cmd.Wait()         // it was killed
}

func run(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	return runProgram(t, stdin, "tamizdat", args...)
}

func runProgram(t *testing.T, stdin, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func killKey(t *testing.T, name string) press.EditorKey {
	t.Helper()
	k, err := press.EditorKeyFromSeed(name, sha256.Sum256([]byte(name)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func writeEdition(t *testing.T, file string, number int) {
	t.Helper()
	d := press.Draft{
		Kind: press.KindLetter, Origin: "lamp.example/log", Series: "lamp", SeriesName: "Letters by lamplight",
		Number: number, Revision: 1, Published: time.Now().UTC().Format(time.DateOnly),
		Texts: []press.Text{{Lang: "en", Role: press.RoleOriginal, Title: "A letter", Body: "I write by lamplight."}},
	}
	e, err := d.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	var notes []press.SignOffs
	for _, name := range []string{"anna", "boris"} {
		s, err := press.SignOff(e, killKey(t, name))
		if err != nil {
			t.Fatal(err)
		}
		notes = append(notes, s)
	}
	all, err := press.CollectSignOffs(notes...)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, press.FormatFile(e, all), 0o600); err != nil {
		t.Fatal(err)
	}
}
