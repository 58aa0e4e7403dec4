// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"os"
	"slices"
	"strings"
	"testing"

	"rsc.io/qr"

	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
	"tamizdat/letter"
)

// cheapParams make a passphrase cost nothing; only tests may.
var cheapParams = vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}

// TestALaptopIsLostAndRestoredFromShares, with commands and over a real drop: what
// was answered after the backup is not answered again, and she reads on.
func TestALaptopIsLostAndRestoredFromShares(t *testing.T) {
	b := newBench(t)
	n := b.found("default", b.now)
	all := []string{"anna", "boris", "vera"}
	b.pass(2, all...)
	src, err := letter.NewWords().Source()
	b.must(err)
	b.write(n, src, "one", b.now())
	b.pass(2, all...)
	papers := numbered.FindAllString(b.desk("anna", "", "shares", "make"), -1)
	id := listOf(t, b.desk("anna", "", "list", "--json"))[0].ID.Short()
	b.desk("anna", "a", "reply", id)
	b.desk("anna", "", "backup", b.path("stick"))
	b.desk("anna", "b", "reply", id)
	b.pass(13, all...)
	if got := b.replies(n, src); !slices.Contains(got, "a") || !slices.Contains(got, "b") {
		t.Fatalf("before the loss the source reads %q", got)
	}
	b.must(os.RemoveAll(b.path("anna")))

	oneLine := func(i int) string { return strings.Join(strings.Fields(papers[i]), " ") }
	// The first line of input is the passphrase elsewhere; here it is a paper.
	said := &output{}
	p := &program{now: b.now, params: cheapParams}
	env := &cli.Env{Stdin: strings.NewReader(oneLine(0) + "\n" + oneLine(2) + "\npass anna\n"), Stdout: said, Stderr: said, Getenv: os.Getenv}
	if code := cli.Run(t.Context(), p.command(), env, []string{"restore", b.path("stick"), b.path("anna"), "--shares"}); code != 0 {
		t.Fatalf("restore: %d %s", code, said.String())
	}
	if out, code := b.try(b.now, "anna", "", "list"); code == 0 || !strings.Contains(out, "hint: tamizdat desk sync") {
		t.Errorf("before it looked: %d %s", code, out)
	}
	b.desk("anna", "", "sync")
	if got := listOf(t, b.desk("anna", "", "list", "--json")); len(got) != 1 || got[0].ID.Short() != id {
		t.Errorf("after it looked: %+v", got)
	}
	b.desk("anna", "c", "reply", id)
	b.pass(13, all...)
	count := map[string]int{}
	for _, text := range b.replies(n, src) {
		count[text]++
	}
	if count["b"] != 1 || count["c"] != 1 || count["a"] == 0 {
		t.Errorf("then the source reads %v", count)
	}
}

// TestPictureOfAShare: the characters are the code's modules, with the light margin
// that readers need, and on a screen the other way round. It is not wider than a
// page.
func TestPictureOfAShare(t *testing.T) {
	code, err := qr.Encode(strings.TrimSpace(strings.Repeat("ABSTRACT ", 32)), qr.M) // no word is longer
	if err != nil {
		t.Fatal(err)
	}
	for _, screen := range []bool{false, true} {
		rows := picture(code, screen)
		for y := -quietZone; y < code.Size+quietZone; y++ {
			row := []rune(rows[(y+quietZone)/2])
			if len(row) > 78 {
				t.Fatalf("a row of %d characters", len(row))
			}
			for x := -quietZone; x < code.Size+quietZone; x++ {
				drawn := false
				if i := x + quietZone; i < len(row) {
					drawn = strings.ContainsRune([]string{"▀█", "▄█"}[(y+quietZone)%2], row[i])
				}
				if drawn != (code.Black(x, y) != screen) {
					t.Fatalf("module %d, %d, screen %v: drawn %v", x, y, screen, drawn)
				}
			}
		}
	}
}
