// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

const passphrase = "six invented words for a test"

// newsroom is three desks and a drop that knows them.
type newsroom struct {
	*stage
	key     string // tamizdat1…
	drop    string // http://127.0.0.1:port
	stopFor map[string]func()

	expelled string // who has been told to leave
}

func signed(rest string) string { return passphrase + "\n" + rest }

// desk runs a command of one desk that must succeed.
func (n *newsroom) desk(name, rest string, args ...string) string {
	n.t.Helper()
	return n.run(signed(rest), append(append([]string{"tamizdat", "desk"}, args...), "--dir", name)...)
}

// source runs a command of the source's program.
func (n *newsroom) source(stdin string, args ...string) (string, string, error) {
	return n.try(stdin, append([]string{"tamizdat-source", args[0], "--drop", n.drop, "--newsroom", n.key}, args[1:]...)...)
}

// found makes a newsroom of anna, boris and vera, with a drop that serves it
// and three desks that run.
func found(t *testing.T) *newsroom {
	t.Helper()
	n := &newsroom{stage: newStage(t), stopFor: map[string]func(){}}
	identity := n.run("", "tamizdat-drop", "init", "--dir", "drop")
	for _, name := range []string{"anna", "boris", "vera"} {
		n.desk(name, passphrase+"\n", "init", "--name", name)
		n.desk(name, "", "request", "--out", name+".request")
	}
	address := freeAddress(t)
	n.drop = "http://" + address
	out := n.desk("anna", "", "found", "--name", "The Lamp", "--drop", n.drop, "--drop-key", last(t, identity, "drop key"),
		"--incarnation", last(t, identity, "incarnation"), "--schedule", "fast", "--yes", "--out", "draft", "boris.request", "vera.request")
	n.key = regexp.MustCompile(`tamizdat1[a-z2-7]{56}`).FindString(out)
	n.desk("anna", "", "sign", "--yes", "draft")
	n.refused(signed(""), "", "tamizdat", "desk", "publish", "--dir", "anna", "draft") // one of two is not enough
	n.desk("vera", "", "sign", "--yes", "draft")
	n.run("", "tamizdat-drop", "adopt", "--dir", "drop", n.key)
	n.stopFor["drop"] = n.start("", "tamizdat-drop", "serve", "--dir", "drop", "--listen", address)
	n.until("the drop", func() bool { return listening(address) })
	n.desk("anna", "", "publish", "draft")
	n.desk("boris", "", "join", "draft")
	n.desk("vera", "", "join", "--drop", n.drop, "--newsroom", n.key)
	for _, name := range []string{"anna", "boris", "vera"} {
		n.keepWatch(name)
	}
	return n
}

// keepWatch runs a desk. Its end is bad unless it was asked for, or the desk
// says that it was expelled.
func (n *newsroom) keepWatch(name string) {
	n.stopFor[name] = n.startAny(signed(""), func(err error, said string) {
		if err != nil && !(name == n.expelled && strings.Contains(said, "does not name you any more")) {
			n.t.Errorf("the desk of %s ended with %v:\n%s", name, err, said)
		}
	}, "tamizdat", "desk", "run", "--dir", name)
}

// last finds the last word of the line that begins with a label.
func last(t *testing.T, out, label string) string {
	t.Helper()
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), label); ok {
			if words := strings.Fields(rest); len(words) > 0 {
				return words[len(words)-1]
			}
		}
	}
	t.Fatalf("no line %q in:\n%s", label, out)
	return ""
}

// newWords gets twelve words as soon as the desks have been heard of.
func (n *newsroom) newWords() string {
	n.t.Helper()
	var words string
	n.until("twelve words", func() bool {
		out, _, err := n.source("", "new")
		for line := range strings.Lines(out) {
			if w, ok := strings.CutPrefix(line, "words: "); ok {
				words = strings.TrimSpace(w)
			}
		}
		return err == nil && len(strings.Fields(words)) == 12
	})
	return words
}

// send sends a letter, trying again until the desks have posted their keys.
func (n *newsroom) send(words, text string, more ...string) string {
	n.t.Helper()
	var out string
	n.until("a letter to go out", func() bool {
		var err error
		out, _, err = n.source(words+"\n"+text, append([]string{"send"}, more...)...)
		return err == nil
	})
	return out
}

// letterAt waits until a desk has a letter that begins with the given text and
// returns the desk's name for it.
func (n *newsroom) letterAt(name, begins string) (id string) {
	n.t.Helper()
	defer func() {
		if id == "" {
			status, _, _ := n.try(signed(""), "tamizdat", "desk", "status", "--dir", name)
			drop, _, _ := n.try("", "tamizdat-drop", "status", "--dir", "drop")
			n.t.Logf("the desk of %s:\n%s\nthe drop:\n%s", name, status, drop)
		}
	}()
	n.until("the letter at "+name, func() bool {
		var letters []struct{ ID, Begins string }
		if err := json.Unmarshal([]byte(n.desk(name, "", "list", "--json")), &letters); err != nil {
			n.t.Fatal(err)
		}
		for _, l := range letters {
			if strings.HasPrefix(l.Begins, begins) {
				id = l.ID
			}
		}
		return id != ""
	})
	return id
}

// replyWith waits until a source's words show a reply.
func (n *newsroom) replyWith(words, text string) string {
	n.t.Helper()
	var out string
	n.until("the reply", func() bool {
		out, _, _ = n.source(words+"\n", "read")
		return strings.Contains(out, text)
	})
	return out
}

// TestLetterOutlivesARestart: what was answered with "sent" is read by the
// desks although the drop is stopped at once and started again.
func TestLetterOutlivesARestart(t *testing.T) {
	t.Parallel()
	n := found(t)
	words := n.newWords()
	n.send(words, "before the restart")
	n.stopFor["drop"]()
	n.start("", "tamizdat-drop", "serve", "--dir", "drop", "--listen", strings.TrimPrefix(n.drop, "http://"))
	n.letterAt("vera", "before the restart")
}

// TestExpelledJournalist: after a new roster the one who left reads nothing
// new, and the source sees who is on the list.
func TestExpelledJournalist(t *testing.T) {
	t.Parallel()
	n := found(t)
	words := n.newWords()
	n.send(words, "to all three")
	id := n.letterAt("boris", "to all three")
	n.desk("boris", "An answer from before.\n", "reply", id)
	n.replyWith(words, "An answer from before.")

	n.desk("anna", "", "sync") // what she has not seen when she proposes would not count any more
	n.desk("anna", "", "roster", "propose", "--expel", "boris", "--out", "second", "--yes")
	n.desk("anna", "", "sign", "--yes", "second")
	n.desk("vera", "", "sign", "--yes", "second")
	n.expelled = "boris"
	n.desk("anna", "", "publish", "second")
	n.until("the new list", func() bool {
		out, _, err := n.source("", "new")
		return err == nil && strings.Contains(out, "number 2") && !strings.Contains(out, "boris")
	})
	n.send(words, "to the two who stayed")
	n.letterAt("vera", "to the two who stayed")
	n.letterAt("anna", "to the two who stayed")
	if out := n.desk("boris", "", "list"); strings.Contains(out, "to the two who stayed") {
		t.Errorf("who left reads on:\n%s", out)
	}
	if out, _, _ := n.source(words+"\n", "read"); !strings.Contains(out, "An answer from before.") {
		t.Errorf("a reply from before the change is gone:\n%s", out)
	}
}

// TestStrangersWords: words of nobody see nothing, and are told so in the same
// way as words that have no letters yet.
func TestStrangersWords(t *testing.T) {
	t.Parallel()
	n := found(t)
	words := n.newWords()
	out, errs, _ := n.source(words+"\n", "read")
	if !strings.Contains(out+errs, "no letters for these words") {
		t.Errorf("words without letters: %s%s", out, errs)
	}
	_, errs, err := n.source("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandom\n", "read")
	if err == nil || !strings.Contains(errs, "abandon") {
		t.Errorf("a mistyped word: %v %s", err, errs)
	}
}
