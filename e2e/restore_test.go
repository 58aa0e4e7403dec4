// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// backUp makes a backup key and a backup, and returns the secret half and the file.
func (n *newsroom) backUp(flags ...string) (key, file string) {
	n.t.Helper()
	key = n.run("", "tamizdat-drop", "backup-key", "--dir", "drop")
	file = n.run("", append([]string{"tamizdat-drop", "backup", "--dir", "drop", "--to", "away"}, flags...)...)
	return key, strings.TrimSpace(file)
}

// restoreAs makes the drop again in another folder and starts it where it was.
func (n *newsroom) restoreAs(dir, key, file string) {
	n.t.Helper()
	n.run(key, "tamizdat-drop", "restore", "--from", file, "--dir", dir)
	address := strings.TrimPrefix(n.drop, "http://")
	n.stopFor["drop"] = n.start("", "tamizdat-drop", "serve", "--dir", dir, "--listen", address)
	n.until("the drop", func() bool { return listening(address) })
}

func (n *newsroom) status(dir string) string {
	out, errs, _ := n.try("", "tamizdat-drop", "status", "--dir", dir)
	return out + errs
}

// answered has a source write, and boris answer.
func (n *newsroom) answered(letter, answer string) (words string) {
	n.t.Helper()
	words = n.newWords()
	n.send(words, letter)
	n.desk("boris", answer+"\n", "reply", n.letterAt("boris", letter))
	n.replyWith(words, answer)
	return words
}

// TestF6TheMachineIsLost: backed up, written to, lost, restored on a new machine. It
// holds until two of three begin new logs. Then the unanswered reply is there
// again, and the source writes a new letter.
func TestF6TheMachineIsLost(t *testing.T) {
	t.Parallel()
	n := found(t)
	words := n.answered("before the backup", "An answer from before.")
	key, file := n.backUp()
	others := n.answered("after the backup", "An answer from after.")
	n.stopFor["drop"]()
	if err := os.RemoveAll(filepath.Join(n.dir, "drop")); err != nil {
		t.Fatal(err)
	}
	n.restoreAs("new", key, file)
	if out := n.status("new"); !strings.Contains(out, "not the newest") {
		t.Errorf("the drop says:\n%s", out)
	}
	n.replyWith(words, "An answer from before.")
	if out, _, err := n.source(words+"\nwhile it holds", "send"); err == nil {
		t.Errorf("a letter was taken by a drop that holds:\n%s", out)
	}
	n.until("vera to be told", func() bool { return strings.Contains(n.desk("vera", "", "status"), "has lost pages") })

	n.desk("anna", "", "roster", "propose", "--new-logs", "--out", "again", "--yes")
	n.desk("anna", "", "sign", "--yes", "again")
	n.desk("vera", "", "sign", "--yes", "again")
	n.desk("anna", "", "publish", "again")
	for _, w := range []struct{ words, answer string }{{words, "An answer from before."}, {others, "An answer from after."}} {
		n.replyWith(w.words, w.answer)
	}
	n.send(words, "into the new log")
	for _, name := range []string{"anna", "boris", "vera"} {
		n.letterAt(name, "into the new log")
		n.letterAt(name, "after the backup")
	}
	if out := n.status("new"); strings.Contains(out, "HOLDS") {
		t.Errorf("the drop says:\n%s", out)
	}
}

// TestF5TheMachineIsReplaced: a planned move loses nothing, and needs nobody's
// signature: it goes on when all desks have looked.
func TestF5TheMachineIsReplaced(t *testing.T) {
	t.Parallel()
	n := found(t)
	words := n.answered("before the move", "An answer from before.")
	n.send(words, "just before the move")
	n.stopFor["drop"]()
	key, file := n.backUp("--move")
	n.refused("", "was moved", "tamizdat-drop", "serve", "--dir", "drop", "--tor", "none")
	n.restoreAs("new", key, file)
	n.until("all desks to look", func() bool { return !strings.Contains(n.status("new"), "HOLDS") })
	n.replyWith(words, "An answer from before.")
	n.send(words, "after the move")
	for _, name := range []string{"anna", "boris", "vera"} {
		n.letterAt(name, "just before the move")
		n.letterAt(name, "after the move")
	}
}

// TestF7ALostLaptop: boris's laptop is gone with his keys. The two others let his
// new ones in; letters reach him again, and the sources get their answers.
func TestF7ALostLaptop(t *testing.T) {
	t.Parallel()
	n := found(t)
	words := n.answered("before the loss", "An answer from before.")
	n.expelled = "boris"
	n.stopFor["boris"]()
	n.desk("boris2", passphrase+"\n", "init", "--name", "boris")
	n.desk("boris2", "", "request", "--out", "boris2.request")
	n.desk("anna", "", "sync")
	n.desk("anna", "", "roster", "propose", "--expel", "boris", "--add", "boris2.request", "--out", "second", "--yes")
	n.desk("anna", "", "sign", "--yes", "second")
	n.desk("vera", "", "sign", "--yes", "second")
	n.desk("anna", "", "publish", "second")
	n.desk("boris2", "", "join", "--drop", n.drop, "--newsroom", n.key)
	n.desk("boris2", "", "renew") // until his keys are there, letters are not sealed to him
	n.keepWatch("boris2")
	n.send(words, "after the loss")
	n.letterAt("boris2", "after the loss")
	n.desk("anna", "An answer from a colleague.\n", "reply", n.letterAt("anna", "before the loss"))
	n.replyWith(words, "An answer from a colleague.")
	if out := n.replyWith(words, "An answer from before."); strings.Contains(out, "left the newsroom") {
		t.Errorf("what he wrote before he lost the laptop does not count:\n%s", out)
	}
}
