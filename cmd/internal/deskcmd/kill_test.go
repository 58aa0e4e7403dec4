// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
	"tamizdat/letter"
)

// TestMain lets the test binary be the desk that is killed, and the programs of
// the stories in testdata. No test reads the configuration of whoever runs it.
func TestMain(m *testing.M) {
	os.Setenv("XDG_CONFIG_HOME", "/nonexistent")
	if dir := os.Getenv("DESKCMD_TEST_CHILD"); dir != "" {
		p := &program{now: time.Now, params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}, busyFor: time.Minute}
		env := &cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
		os.Exit(cli.Run(context.Background(), p.command(), env, []string{"run", "--dir", dir}))
	}
	testscript.Main(m, programs())
}

// TestKilledDeskLosesNothing kills a running desk again and again. Every letter
// is there once, every answer goes out once, and the drop is blamed for
// nothing.
func TestKilledDeskLosesNothing(t *testing.T) {
	b := newBench(t)
	n := b.found("fast", time.Now)
	sealing, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for sleep(sealing, 100*time.Millisecond) {
			if err := b.drop.Seal(sealing); err != nil && sealing.Err() == nil {
				t.Errorf("seal: %v", err)
			}
		}
	})
	defer wg.Wait()
	defer stop()
	for _, name := range []string{"anna", "boris", "vera"} {
		b.mustNow(name, "", "renew")
	}
	src, err := letter.NewWords().Source()
	b.must(err)
	const rounds = 8
	for i := range rounds {
		b.write(n, src, fmt.Sprintf("letter %d", i), time.Now())
		b.killSoon(time.Duration(300+rand.IntN(1500)) * time.Millisecond)
		if list := listOf(t, b.mustNow("anna", "", "list", "--json")); len(list) > 0 {
			b.mustNow("anna", fmt.Sprintf("answer %d", i), "reply", list[0].ID.Short())
		}
	}
	// D-6: what the killed ones left on the disk tells nothing, nor does a backup of it.
	b.mustNow("anna", "", "backup", b.path("anna.backup"))
	for _, secret := range []string{"letter 0", "answer 0", "pass anna", "Free Voice", "Boris", "letter.kept"} {
		if b.onDisk("anna", secret) || b.onDisk("anna.backup", secret) {
			t.Errorf("%q stands on the disk", secret)
		}
	}
	if !b.onDisk("boris.request", "Boris") {
		t.Error("what stands on the disk is not found")
	}
	var list []desk.LetterInfo
	until(t, "all letters", func() bool {
		b.mustNow("anna", "", "sync")
		list = listOf(t, b.mustNow("anna", "", "list", "--json"))
		return len(list) >= rounds
	})
	seen := map[string]int{}
	for _, l := range list {
		seen[l.Begins]++
	}
	var status desk.Status
	b.must(json.Unmarshal([]byte(b.mustNow("anna", "", "status", "--json")), &status))
	if len(list) != rounds || len(seen) != rounds || status.Replays != 0 || len(status.Alarms) != 0 {
		t.Errorf("letters %v, %d replays, %d alarms", seen, status.Replays, len(status.Alarms))
	}
	b.mustNow("anna", "the last", "reply", list[0].ID.Short())
	var texts []string
	until(t, "the answers", func() bool {
		b.mustNow("anna", "", "sync")
		texts = b.replies(n, src)
		return strings.Contains(strings.Join(texts, "|"), "the last")
	})
	count := map[string]int{}
	for _, text := range texts {
		if count[text]++; count[text] > 1 {
			t.Errorf("%q went out twice", text)
		}
	}
}

// onDisk reports whether any file of a folder, or a file, or a name, holds a text.
func (b *bench) onDisk(name, text string) (found bool) {
	b.t.Helper()
	b.must(filepath.WalkDir(b.path(name), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found = found || bytes.Contains(content, []byte(text)) || strings.Contains(filepath.Base(path), text)
		return err
	}))
	return found
}

// mustNow is desk by the real clock.
func (b *bench) mustNow(name, stdin string, args ...string) string {
	b.t.Helper()
	out, code := b.try(time.Now, name, stdin, args...)
	if code != 0 {
		b.t.Fatalf("%s: desk %v: exit %d\n%s", name, args, code, out)
	}
	return out
}

// killSoon runs anna's desk as a process of its own and kills it.
func (b *bench) killSoon(after time.Duration) {
	b.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DESKCMD_TEST_CHILD="+b.path("anna"))
	cmd.Stdin = strings.NewReader("pass anna\n")
	b.must(cmd.Start())
	time.Sleep(after)
	if err := cmd.Process.Kill(); err != nil {
		b.t.Errorf("the desk ended by itself: %v", err)
	}
	_ = cmd.Wait()
}
