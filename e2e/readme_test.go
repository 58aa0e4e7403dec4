// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeWithYourOwnLetter types the commands of the README's section "With
// your own letter", in their order, as they stand there. Only what the text
// tells a reader to fill in is filled in, and ports that may be taken are
// exchanged.
func TestReadmeWithYourOwnLetter(t *testing.T) {
	t.Parallel()
	r := &reader{newsroom: &newsroom{stage: newStage(t)}, known: map[string]string{}}
	r.drop = "http://" + freeAddress(t)
	r.ports = strings.NewReplacer("127.0.0.1:8080", strings.TrimPrefix(r.drop, "http://"), "127.0.0.1:8081", freeAddress(t))
	r.write("letter.txt", "Моё письмо.\n\nВ нём два абзаца.\n")
	r.write("photograph.jpg", "not really a photograph")
	r.write("english.txt", "A title in English\n\nA letter of my own.\n\nIt has two paragraphs.\n")
	if err := os.Mkdir(filepath.Join(r.dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	commands := readmeCommands(t)
	if len(commands) < 30 {
		t.Fatalf("the section has %d commands only", len(commands))
	}
	for _, c := range commands {
		r.typeIn(c)
	}
	if !r.verified {
		t.Error("the section ends without a verified page")
	}
}

// readmeCommands are the indented lines of the section that start a program.
func readmeCommands(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "## With your own letter")
	if !ok {
		t.Fatal("the README has no section with that name")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	section = strings.ReplaceAll(section, "\\\n", " ")
	var commands []string
	for line := range strings.Lines(section) {
		if rest, ok := strings.CutPrefix(line, "    "); ok && strings.HasPrefix(rest, "tamizdat") {
			commands = append(commands, strings.TrimSpace(rest))
		}
	}
	return commands
}

// reader is somebody who follows the README.
type reader struct {
	*newsroom
	ports    *strings.Replacer
	known    map[string]string // what the capital words of the text stand for
	words    string
	verified bool
}

// typeIn types one command, waits where a person would, and remembers what the
// next commands need.
func (r *reader) typeIn(command string) {
	r.t.Helper()
	background := strings.HasSuffix(command, "&") || strings.Contains(command, "desk run")
	args := r.fill(strings.TrimSuffix(command, "&"))
	stdin := r.stdin(args)
	if background {
		r.start(stdin, args...)
		return
	}
	var out, errs string
	defer func() {
		if r.t.Failed() {
			r.t.Logf("%s said:\n%s%s", strings.Join(args, " "), out, errs)
		}
	}()
	r.until("success of: "+command, func() bool {
		var err error
		out, errs, err = r.try(stdin, args...)
		if err != nil && !worthWaiting(args) {
			r.t.Fatal(err)
		}
		return err == nil && r.learn(args, out)
	})
}

// worthWaiting: these need something that comes with the next page or the
// desks' first keys, or a server that has only just been started.
func worthWaiting(args []string) bool {
	switch args[0] {
	case "tamizdat-source":
		return true
	case "tamizdat":
		return args[1] == "desk" && (args[2] == "list" || args[2] == "publish" || args[2] == "join" || args[2] == "threads")
	}
	return false
}

// fill splits a command as a shell would and puts values for capital words.
func (r *reader) fill(command string) []string {
	var args []string
	for _, m := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(command, -1) {
		arg := m[1] + m[2]
		if m[1] == "" {
			arg = r.value(r.ports.Replace(arg), args)
		}
		args = append(args, arg)
	}
	return args
}

// value replaces the capital words; HEX means what the flag before it says.
func (r *reader) value(arg string, before []string) string {
	if arg == "HEX" {
		return r.known[before[len(before)-1]]
	}
	for _, word := range []string{"KEY", "ID", "ANNA", "BORIS", "CLARA", "WITNESS", "LOGKEY"} {
		if arg == word || strings.HasPrefix(arg, word+"=") {
			if r.known[word] == "" {
				r.t.Fatalf("the README asks for %s, and nothing has shown one", word)
			}
			return r.known[word] + strings.TrimPrefix(arg, word)
		}
	}
	return arg
}

func (r *reader) stdin(args []string) string {
	line := strings.Join(args, " ")
	switch {
	case strings.HasPrefix(line, "tamizdat-source new"):
		return ""
	case strings.HasPrefix(line, "tamizdat-source"):
		return r.words + "\n"
	case strings.Contains(line, "desk init"), strings.Contains(line, "press init"):
		return signed(passphrase + "\n")
	case strings.Contains(line, "desk reply"):
		return signed("An answer.\n")
	case strings.Contains(line, "desk thread note"):
		return signed("Compare with March.\n")
	case strings.Contains(line, "desk search"):
		return signed("письма\n")
	}
	return signed("yes\nyes\nyes\n")
}

// learn takes from the output what later commands need, and says whether the
// command has done what a reader waits for.
func (r *reader) learn(args []string, out string) bool {
	r.t.Helper()
	line := strings.Join(args, " ")
	switch {
	case strings.HasPrefix(line, "tamizdat-drop init"):
		r.known["--drop-key"], r.known["--incarnation"] = last(r.t, out, "drop key"), last(r.t, out, "incarnation")
	case strings.Contains(line, "desk found"):
		r.key = regexp.MustCompile(`tamizdat1[a-z2-7]{56}`).FindString(out)
		r.known["KEY"] = r.key
	case strings.HasPrefix(line, "tamizdat-source new"):
		r.words = strings.TrimSpace(regexp.MustCompile(`(?m)^words: (.*)$`).FindString(out))
		r.words = strings.TrimPrefix(r.words, "words: ")
		return r.hasKeys("anna") // who reads the letter; without them it would go to the others alone
	case strings.HasPrefix(line, "tamizdat-source read"):
		return strings.Contains(out, "An answer.")
	case strings.Contains(line, "desk list"):
		return r.learnLetter()
	case strings.Contains(line, "desk threads"):
		return strings.Contains(out, "Compare with March.") && strings.Contains(out, "with Boris") && strings.Contains(out, "An answer.")
	case strings.Contains(line, "desk search"):
		return strings.Contains(out, "письмо")
	case strings.Contains(line, "desk editors"):
		for key := range strings.FieldsSeq(out) {
			r.known[strings.ToUpper(strings.SplitN(key, "+", 2)[0])] = key
		}
	case strings.Contains(line, "witness init"):
		r.known["WITNESS"] = strings.TrimSpace(out)
	case strings.Contains(line, "press init"):
		r.known["LOGKEY"] = strings.TrimSpace(out)
	case strings.HasPrefix(line, "tamizdat-verify page"):
		r.verified = strings.Contains(out, "witnessed by 1 of 1")
	}
	return true
}

// hasKeys reports whether a desk has brought its keys to the drop.
func (r *reader) hasKeys(name string) bool {
	var s struct {
		KeysUntil int64 `json:"keys_until"`
	}
	if err := json.Unmarshal([]byte(r.desk(name, "", "status", "--json")), &s); err != nil {
		r.t.Fatal(err)
	}
	return s.KeysUntil > 0
}

func (r *reader) learnLetter() bool {
	var letters []struct{ ID string }
	if err := json.Unmarshal([]byte(r.desk("anna", "", "list", "--json")), &letters); err != nil {
		r.t.Fatal(err)
	}
	if len(letters) == 0 {
		return false
	}
	r.known["ID"] = letters[0].ID
	return true
}
