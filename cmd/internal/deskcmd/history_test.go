// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"os"
	"strings"
	"testing"

	"tamizdat/letter"
)

// TestHistoryByCommand: Vera was away. She gets a file from Anna, and reads the thread
// that she was given and what colleagues noted.
func TestHistoryByCommand(t *testing.T) {
	b := newBench(t)
	n := b.found("default", b.now)
	b.pass(3, "anna", "boris", "vera")
	src, err := letter.NewWords().Source()
	b.must(err)
	b.write(n, src, "The risk grows every week.", b.now())
	b.pass(4, "anna", "boris")
	who := strings.Fields(b.desk("anna", "", "threads"))[1]
	b.desk("anna", "Compare with March.\n", "thread", "note", who)

	out := b.desk("anna", "", "history", "make", "--for", "vera", "--thread", who, b.path("for-vera"))
	if !strings.Contains(out, "1 letter") || !strings.Contains(out, "Only Vera's desk opens it") {
		t.Errorf("made: %q", out)
	}
	if b.onDisk("for-vera", "risk") || b.onDisk("for-vera", "March") {
		t.Error("it can be read")
	}
	if out := b.desk("vera", "", "history", "take", b.path("for-vera")); !strings.Contains(out, "1 new letter") {
		t.Errorf("taken: %q", out)
	}
	if out := b.desk("vera", "", "list"); !strings.Contains(out, "[given by Anna, not opened here]") {
		t.Errorf("list: %q", out)
	}
	out = b.desk("vera", "", "read")
	for _, want := range []string{"given by Anna, not opened here; the same text opened at the desk of ", "| The risk grows every week."} {
		if !strings.Contains(out, want) {
			t.Errorf("read lacks %q: %q", want, out)
		}
	}
	if out := b.desk("vera", "", "threads", who); !strings.Contains(out, "# Compare with March.") || !strings.Contains(out, "given by Anna") {
		t.Errorf("the thread: %q", out)
	}

	if out := b.desk("vera", "", "aside"); !strings.Contains(out, "Nothing was set aside") {
		t.Errorf("aside: %q", out)
	}
	if out := b.desk("anna", "", "leaving", "vera"); !strings.Contains(out, "Vera is on the list of journalists") || !strings.Contains(out, "1 letter that colleagues gave") {
		t.Errorf("leaving: %q", out)
	}
	whole, err := os.ReadFile(b.path("for-vera"))
	b.must(err)
	b.must(os.WriteFile(b.path("cut"), whole[:len(whole)-100], 0o600))
	for _, c := range []struct {
		who  string
		want string
		args []string
	}{
		{"vera", "nothing was taken in", []string{"history", "take", b.path("cut")}},
		{"boris", "no history for this desk", []string{"history", "take", b.path("for-vera")}},
		{"anna", "nothing is ever overwritten", []string{"history", "make", "--for", "Vera", b.path("for-vera")}},
		{"anna", "do not go together", []string{"history", "make", "--for", "Vera", "--thread", who, "--all-letters", b.path("x")}},
		{"anna", "nothing of this name was set aside", []string{"aside", "zzzz"}},
		{"anna", "listed nobody called", []string{"leaving", "Dora"}},
		{"anna", "listed first", []string{"history", "make", "--for", "Dora", b.path("x")}},
		{"anna", "--for is missing", []string{"history", "make", b.path("x")}},
	} {
		if out, code := b.try(b.now, c.who, "", c.args...); code == 0 || !strings.Contains(out, c.want) {
			t.Errorf("%v: exit %d, %q", c.args, code, out)
		}
	}
}
