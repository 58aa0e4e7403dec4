// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// memory is what a desk shows of a thread; those parts are here that the story asks for.
type memory struct {
	Hands    []string
	Letters  []string
	State    string
	Assigned string
	Tags     []string
	Notes    []struct{ By, Text string }
	Replies  []struct {
		By        string
		Numbering int
		Number    uint64
		Sent      bool
		Text      string
	}
}

// thread asks a desk for a thread, whole and as it was said.
func (n *newsroom) thread(name, who string) (m memory, said string) {
	n.t.Helper()
	said = n.desk(name, "", "threads", who, "--json")
	if err := json.Unmarshal([]byte(said), &m); err != nil {
		n.t.Fatal(err)
	}
	return m, said
}

// agreed waits until desks show one thread word for word alike, and as it should be.
func (n *newsroom) agreed(who string, yes func(memory) bool, names ...string) {
	n.t.Helper()
	var all []string
	defer func() {
		if n.t.Failed() {
			n.t.Log(strings.Join(all, "\n"))
		}
	}()
	n.until("desks to agree", func() bool {
		all = nil
		for _, name := range names {
			m, said := n.thread(name, who)
			if all = append(all, said); said != all[0] || !yes(m) {
				return false
			}
		}
		return true
	})
}

// kill ends a desk as a power cut would, and starts it again.
func (n *newsroom) kill(name string, after time.Duration) {
	n.t.Helper()
	cmd := exec.Command(filepath.Join(programs, "tamizdat"), "desk", "run", "--dir", name)
	cmd.Dir, cmd.Stdin = n.dir, strings.NewReader(signed(""))
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	time.Sleep(after)
	if err := cmd.Process.Kill(); err != nil {
		n.t.Errorf("the desk of %s ended by itself: %v", name, err)
	}
	_ = cmd.Wait() // it was killed
}

// papers are the recovery shares' words, as printed.
func papers(printed string) []string {
	var out []string
	for _, paper := range strings.Split(printed, "Recovery share ")[1:] {
		var words []string
		for _, m := range regexp.MustCompile(`\d+ ([a-z]+)`).FindAllStringSubmatch(strings.SplitN(paper, "\n\n", 3)[1], -1) {
			words = append(words, m[1])
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

// alarms are what a desk warns of.
func (n *newsroom) alarms(name string) (rows []string) {
	n.t.Helper()
	var status struct {
		Alarms  []struct{ Row string }
		Replays int
	}
	if err := json.Unmarshal([]byte(n.desk(name, "", "status", "--json")), &status); err != nil {
		n.t.Fatal(err)
	}
	if status.Replays > 0 {
		n.t.Errorf("%s counts %d replays", name, status.Replays)
	}
	for _, a := range status.Alarms {
		rows = append(rows, a.Row)
	}
	return rows
}

// TestThreeDesksShareAMemory is the story of the desk's memory, with real programs: three
// agree on a letter; write while apart and choose; one is killed and one is long away; one
// loses his laptop and restores it; one leaves.
func TestThreeDesksShareAMemory(t *testing.T) {
	t.Parallel()
	n := found(t)
	for _, name := range []string{"anna", "boris", "vera"} {
		n.desk(name, "", "renew") // until all keys are there, letters are not sealed to all three
	}
	words := n.newWords()
	n.send(words, "The risk grows every week.")
	id := n.letterAt("anna", "The risk grows")
	for _, name := range []string{"boris", "vera"} {
		if other := n.letterAt(name, "The risk grows"); other != id {
			t.Errorf("%s calls the letter %s, anna %s", name, other, id)
		}
	}
	n.apart(id)
	away := time.Now()
	n.stopFor["vera"]()
	n.losesLaptop(words, id)
	n.longAway(id, away)
	n.leaves(id)
}

// apart: they write without hearing of each other, boris is killed in the middle, and two
// gave the thread to different people. Then all see both values, and one chooses.
func (n *newsroom) apart(id string) {
	n.t.Helper()
	for _, name := range []string{"anna", "boris", "vera"} {
		n.stopFor[name]()
	}
	n.desk("anna", "", "thread", "set", id, "state=in-work", "tags=risk,weekly", "assigned=boris")
	n.desk("anna", "Compare with March.\n", "thread", "note", id)
	n.desk("vera", "", "thread", "set", id, "assigned=vera")
	n.desk("vera", "Сравнить с февралём.\n", "thread", "note", id)
	n.desk("boris", "A first answer.\n", "reply", id)
	for _, name := range []string{"anna", "vera"} {
		n.keepWatch(name)
	}
	for _, after := range []time.Duration{1500, 2500, 3500} {
		n.kill("boris", after*time.Millisecond)
	}
	n.keepWatch("boris")
	whole := func(m memory) bool {
		return m.State == "in-work" && len(m.Tags) == 2 && len(m.Notes) == 2 && len(m.Replies) == 1 && m.Replies[0].Sent
	}
	n.agreed(id, whole, "anna", "boris", "vera")
	if out := n.desk("boris", "", "choices"); !strings.Contains(out, "by anna") || !strings.Contains(out, "by vera") {
		n.t.Errorf("boris is asked to choose:\n%s", out)
	}
	n.desk("boris", "", "thread", "set", id, "assigned=anna")
	n.agreed(id, func(m memory) bool { return whole(m) && m.Assigned == "anna" }, "anna", "boris", "vera")
	for _, name := range []string{"anna", "boris", "vera"} {
		if out := n.desk(name, "", "choices", "--json"); strings.Contains(out, "values") {
			n.t.Errorf("%s is still asked to choose:\n%s", name, out)
		}
		if rows := n.alarms(name); len(rows) > 0 {
			n.t.Errorf("%s is warned of %q", name, rows)
		}
	}
}

// losesLaptop: boris has papers and a backup, answers once more, and the laptop is gone. On
// another he has the letters with his marks, what was said meanwhile, and other numbers.
func (n *newsroom) losesLaptop(words, id string) {
	n.t.Helper()
	shares := papers(n.desk("boris", "", "shares", "make"))
	if len(shares) != 3 {
		n.t.Fatalf("there are %d papers", len(shares))
	}
	n.desk("boris", "", "backup", "boris.backup")
	n.desk("boris", "An answer after the backup.\n", "reply", id)
	n.replyWith(words, "An answer after the backup.")
	n.agreed(id, func(m memory) bool { return len(m.Replies) == 2 && m.Replies[1].Sent }, "anna", "boris")
	n.stopFor["boris"]()
	if err := os.RemoveAll(filepath.Join(n.dir, "boris")); err != nil {
		n.t.Fatal(err)
	}

	out := n.run(shares[2]+"\n"+shares[0]+"\n"+passphrase+"\n", "tamizdat", "desk", "restore", "boris.backup", "laptop", "--shares")
	if !strings.Contains(out, "1 letter, and your answers are numbered anew") {
		n.t.Errorf("restored: %s", out)
	}
	n.refused(signed(""), "does not know yet", "tamizdat", "desk", "read", id, "--dir", "laptop")
	n.desk("laptop", "", "sync")
	var letters []struct {
		ID   string
		Read bool
	}
	if err := json.Unmarshal([]byte(n.desk("laptop", "", "list", "--json")), &letters); err != nil {
		n.t.Fatal(err)
	}
	if len(letters) != 1 || letters[0].ID != id {
		n.t.Errorf("what was seen before is shown anew: %+v", letters)
	}
	n.alarms("laptop")
	n.history("boris", "laptop") // the keys to which it was sealed are in no backup
	n.keepWatch("laptop")
	n.desk("laptop", "An answer from the new laptop.\n", "reply", id)
	n.replyWith(words, "An answer from the new laptop.")
	got := n.replyWith(words, "An answer after the backup.")
	for _, text := range []string{"A first answer.", "An answer after the backup.", "An answer from the new laptop."} {
		if strings.Count(got, text) != 1 {
			n.t.Errorf("the source reads %q %d times:\n%s", text, strings.Count(got, text), got)
		}
	}
	n.agreed(id, func(m memory) bool {
		return len(m.Replies) == 3 && m.Replies[1].Number == 2 && m.Replies[1].Numbering == 1 && m.Replies[2].Number == 1 && m.Replies[2].Numbering == 2
	}, "anna", "laptop")
}

// history brings what somebody missed as a file from anna.
func (n *newsroom) history(name, dir string) {
	n.t.Helper()
	n.desk("anna", "", "history", "make", "--for", name, dir+".history")
	n.desk(dir, "", "history", "take", dir+".history")
}

// longAway: vera comes back when the drop has no page any more of what was said while she
// was away. A file from anna has it before she is in any network; then what she wrote on
// the way comes to the others too, and she and anna export the same bytes.
func (n *newsroom) longAway(id string, away time.Time) {
	n.t.Helper()
	n.desk("anna", "While Vera is away.\n", "thread", "note", id)
	n.desk("vera", "On the train, without a network.\n", "thread", "note", id)
	kept := 2 * deskPagesKept * time.Second
	time.Sleep(time.Until(away.Add(kept)))
	n.history("vera", "vera")
	if m, said := n.thread("vera", id); len(m.Notes) != 4 || len(m.Replies) != 3 || len(n.alarms("vera")) > 0 {
		n.t.Errorf("without a network vera knows only:\n%s", said)
	}
	n.keepWatch("vera")
	n.agreed(id, func(m memory) bool { return len(m.Notes) == 4 && len(m.Replies) == 3 }, "anna", "vera")
	var first []byte
	for _, name := range []string{"anna", "vera"} {
		n.desk(name, "", "export", id, "--to", name+".zip")
		b, err := os.ReadFile(filepath.Join(n.dir, name+".zip"))
		if err != nil {
			n.t.Fatal(err)
		}
		if first == nil {
			first = b
		}
		if !bytes.Equal(first, b) {
			n.t.Errorf("%s exports other bytes", name)
		}
	}
}

// deskPagesKept is of the fast schedule: a page each two seconds.
const deskPagesKept = 20

// leaves: boris is expelled while his desk is off. What he writes before he hears of it
// reaches nobody, and what is said after it does not reach him.
func (n *newsroom) leaves(id string) {
	n.t.Helper()
	n.expelled = "laptop"
	n.stopFor["laptop"]()
	n.desk("anna", "", "roster", "propose", "--expel", "boris", "--out", "second", "--yes")
	n.desk("anna", "", "sign", "--yes", "second")
	n.desk("vera", "", "sign", "--yes", "second")
	n.desk("anna", "", "publish", "second")
	n.desk("laptop", "From one who left.\n", "thread", "note", id)
	n.desk("anna", "After he left.\n", "thread", "note", id)
	n.refused(signed(""), "does not name you any more", "tamizdat", "desk", "sync", "--dir", "laptop")
	n.refused(signed("More from one who left.\n"), "does not name you any more", "tamizdat", "desk", "thread", "note", id, "--dir", "laptop")
	n.agreed(id, func(m memory) bool { return len(m.Notes) == 5 && m.Notes[4].Text == "After he left." }, "anna", "vera")
	if _, said := n.thread("laptop", id); strings.Contains(said, "After he left.") || !strings.Contains(said, "From one who left.") {
		n.t.Errorf("who left sees %s", said)
	}
}
