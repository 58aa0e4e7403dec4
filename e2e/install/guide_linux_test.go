// SPDX-License-Identifier: Apache-2.0

package install

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// step is one thing that the guide has somebody do: type a command at a machine,
// or send a file from one to another.
type step struct {
	machine string // whose
	command string // as it stands there; "" when a file is sent
	file    string
	to      string // whose machine the file goes to
}

// readGuide takes the steps out of docs/INSTALL.md, in their order: the lines of
// every code block that names a machine, and every sentence in which somebody
// sends a file to somebody.
func readGuide(t *testing.T) []step {
	t.Helper()
	text, err := os.ReadFile("../../docs/INSTALL.md")
	if err != nil {
		t.Fatal(err)
	}
	sends := regexp.MustCompile("(Anna|Boris|Clara) sends `([a-z.-]+)` to (Anna|Boris|Clara)")
	var steps []step
	block := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch rest, fence := strings.CutPrefix(line, "```"); {
		case fence && block == "":
			shell, machine, _ := strings.Cut(rest, " ")
			if shell != "sh" || machine == "" {
				t.Fatalf("the code block %q names no machine", line)
			}
			block = machine
		case fence:
			block = ""
		case block != "":
			steps = append(steps, step{machine: block, command: line})
		default:
			for _, m := range sends.FindAllStringSubmatch(line, -1) {
				steps = append(steps, step{machine: strings.ToLower(m[1]), file: m[2], to: strings.ToLower(m[3])})
			}
		}
	}
	return steps
}

// known is what stands for the words in capitals, as soon as it was printed.
type known map[string]string

var printed = map[string]*regexp.Regexp{
	"LINE":    regexp.MustCompile(`http://[a-z2-7]{56}\.onion#[0-9a-f]{64}\.[0-9a-f]{32}`),
	"ADDRESS": regexp.MustCompile(`http://[a-z2-7]{56}\.onion`),
	"KEY":     regexp.MustCompile(`tamizdat1[a-z2-7]{56}`),
	"ID":      regexp.MustCompile(`(?m)^[* ] ([0-9a-f]{6,})  week of`),
	"WORDS":   regexp.MustCompile(`(?m)^words: (([a-z]+ ){11}[a-z]+)`),
}

// learn keeps what a screen shows for the first time.
func (k known) learn(screen string) {
	for word, form := range printed {
		if m := form.FindStringSubmatch(screen); m != nil && k[word] == "" {
			k[word] = m[0]
			if len(m) > 1 {
				k[word] = m[1]
			}
		}
	}
}

// fill puts what is known in place of the words in capitals.
func (k known) fill(t *testing.T, command string) string {
	t.Helper()
	return regexp.MustCompile(`\b(LINE|ADDRESS|KEY|ID)\b`).ReplaceAllStringFunc(command, func(word string) string {
		if k[word] == "" {
			t.Fatalf("the guide asks for %s in %q, and nothing has shown one", word, command)
		}
		return k[word]
	})
}

// TestGuideCountsItsCommands: the guide promises a number of commands to the
// first letter. No machine is needed to hold it to that.
func TestGuideCountsItsCommands(t *testing.T) {
	n := 0
	for _, s := range readGuide(t) {
		if s.command == "" {
			continue
		}
		n++
		if s.command == "tamizdat desk read" {
			break
		}
	}
	if n == 0 || n > 12 {
		t.Errorf("the first letter is read with command %d; at most 12 were to be typed", n)
	}
}
