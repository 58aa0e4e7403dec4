// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
)

// fakeClocks are a wall clock and a waking one that only the test moves.
type fakeClocks struct {
	mu    sync.Mutex
	wall  time.Time
	awake time.Duration
}

func (c *fakeClocks) read() (time.Time, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall, c.awake
}

func (c *fakeClocks) pass(wall, awake time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.awake = c.wall.Add(wall), c.awake+awake
}

func TestGuard(t *testing.T) {
	type step struct {
		wall, awake time.Duration
		use         string // "own" or "other" before the look
		locks       string // part of the reason, "" for none
	}
	const day, hour = 24 * time.Hour, time.Hour
	for name, tt := range map[string]struct {
		idle  time.Duration
		steps []step
	}{
		"nothing happens":           {12 * hour, []step{{hour, hour, "", ""}, {10 * hour, 10 * hour, "", ""}}},
		"idle for long":             {12 * hour, []step{{11 * hour, 11 * hour, "", ""}, {hour, hour, "", "nobody has used it for 12h"}}},
		"used in between":           {12 * hour, []step{{11 * hour, 11 * hour, "other", ""}, {11 * hour, 11 * hour, "", ""}, {hour, hour, "", "nobody"}}},
		"its own rounds are no use": {12 * hour, []step{{11 * hour, 11 * hour, "own", ""}, {hour, hour, "own", "nobody"}}},
		"never for idleness":        {0, []step{{100 * day, 100 * day, "", ""}}},
		"the lid was closed":        {0, []step{{hour, hour, "", ""}, {8 * hour, 10 * time.Second, "", "asleep"}}},
		"a nap":                     {0, []step{{sleptFor + 10*time.Second, 10 * time.Second, "", "asleep"}}},
		"the clock is set right":    {0, []step{{11 * time.Second, 10 * time.Second, "", ""}, {-time.Hour, 10 * time.Second, "", ""}}},
		"set back, then asleep":     {0, []step{{-time.Hour, time.Second, "", ""}, {time.Minute, time.Second, "", "asleep"}}},
	} {
		c := &fakeClocks{wall: time.Unix(1e9, 0)}
		folder := time.Unix(1, 0)
		g := newGuard(tt.idle, c.read, func() time.Time { return folder })
		for i, s := range tt.steps {
			c.pass(s.wall, s.awake)
			if s.use != "" {
				folder = folder.Add(time.Second)
			}
			if s.use == "own" {
				g.own()
			}
			err := g.look()
			if (err == nil) != (s.locks == "") || err != nil && (!errors.Is(err, errLocked) || !strings.Contains(err.Error(), s.locks)) {
				t.Errorf("%s, step %d: %v, want %q", name, i+1, err, s.locks)
			}
		}
	}
}

// TestLidClosed: the desk in the background forgets its key after a sleep, says to
// whoever asks that it is locked, and takes the passphrase again.
func TestLidClosed(t *testing.T) {
	b := newBench(t)
	anna := b.machine("anna")
	anna.mustType("pass\n", "init", "--name", "Anna")
	c := &fakeClocks{wall: time.Now()}
	said, code := &output{}, make(chan int, 1)
	ctx, stop := context.WithCancel(t.Context())
	p := &program{
		now: time.Now, params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}, busyFor: time.Minute,
		joinEvery: 50 * time.Millisecond, clocks: c.read, tick: 10 * time.Millisecond,
	}
	go func() {
		code <- cli.Run(ctx, p.command(), anna.env("", said), []string{"run", "--background", "--dir", anna.path("anna")})
	}()
	defer func() {
		stop()
		if got := <-code; got != 0 {
			t.Errorf("the service ended with %d: %s", got, said.String())
		}
	}()
	locked := func() int { return strings.Count(said.String(), "The desk is locked") }
	for night := 1; night <= 2; night++ {
		until(t, "a locked desk", func() bool { return locked() == night })
		anna.mustType("pass\n", "unlock")
		if out := anna.mustType("pass\n", "status"); !strings.Contains(out, "desk of Anna") {
			t.Errorf("beside it: %s", out)
		}
		if locked() != night {
			t.Error("it locked itself while the machine was awake")
		}
		c.pass(8*time.Hour, time.Second)
	}
	until(t, "a locked desk", func() bool { return locked() == 3 })
	if out, code := anna.types("wrong\n", "unlock"); code == 0 {
		t.Errorf("a wrong passphrase: %s", out)
	}
}

// TestLockedWithoutAPerson ends where nobody can be asked.
func TestLockedWithoutAPerson(t *testing.T) {
	b := newBench(t)
	b.found("default", time.Now)
	c := &fakeClocks{wall: time.Now()}
	said := &output{}
	p := &program{
		now: time.Now, params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}, busyFor: time.Minute,
		clocks: c.read, tick: 10 * time.Millisecond,
	}
	env := &cli.Env{Stdin: strings.NewReader("pass anna\n"), Stdout: said, Stderr: said, Getenv: func(string) string { return "" }}
	code := make(chan int, 1)
	go func() {
		code <- cli.Run(t.Context(), p.command(), env, []string{"run", "--lock-after", "1h", "--dir", b.path("anna")})
	}()
	until(t, "a desk that keeps watch", func() bool { return strings.Contains(said.String(), "keeps watch") })
	for range 6 {
		c.pass(10*time.Minute, 10*time.Minute)
		time.Sleep(20 * time.Millisecond)
	}
	if got := <-code; got != 1 || !strings.Contains(said.String(), "nobody has used it for 1h0m0s") {
		t.Errorf("exit %d: %s", got, said.String())
	}
}
