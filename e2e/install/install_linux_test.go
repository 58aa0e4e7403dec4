// SPDX-License-Identifier: Apache-2.0

package install

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// guide is a test that follows docs/INSTALL.md.
type guide struct {
	t        *testing.T
	machines map[string]*machine
	known    known
	words    map[string]string // twelve words, by whose machine they stood on
	packages string
	typed    int
	begun    time.Time
}

// TestInstall follows the guide: every command is typed in a terminal of the
// machine that it names, every file goes where the guide sends it, and in the end
// a letter has been read and its answer too.
func TestInstall(t *testing.T) {
	needs(t)
	steps := readGuide(t)
	built := packages(t)
	t.Cleanup(func() { built() })
	base := debian(t)
	n := newNetwork(t)
	g := &guide{t: t, machines: map[string]*machine{}, known: known{}, words: map[string]string{}, packages: built()}
	for i, name := range []string{"server", "anna", "boris", "clara", "source"} {
		user := name
		if name == "server" {
			user = "root"
		}
		g.machines[name] = newMachine(t, n, base, name, user, i)
		g.bring(name)
	}
	g.begun = time.Now()
	for _, s := range steps {
		g.follow(s)
	}
	g.outlivesRestart()
	g.comesBackFromItsCopy()
	g.tellNumbers()
}

// bring puts the packages where the guide says that they are.
func (g *guide) bring(name string) {
	g.t.Helper()
	patterns := []string{"tamizdat_*_amd64.deb", "tamizdat-source_*_amd64.deb"}
	switch name {
	case "server":
		patterns = []string{"tamizdat-drop_*_amd64.deb"}
	case "source":
		patterns = patterns[1:]
	}
	for _, p := range patterns {
		files, err := filepath.Glob(filepath.Join(g.packages, p))
		if err != nil || len(files) != 1 {
			g.t.Fatalf("%d packages are called %s", len(files), p)
		}
		g.machines[name].give(files[0])
	}
}

// follow does one step. What takes its time is tried again, as the guide says.
func (g *guide) follow(s step) {
	g.t.Helper()
	if s.command == "" {
		g.machines[s.to].give(filepath.Join(g.machines[s.machine].home(), s.file))
		return
	}
	m := g.machines[s.machine]
	if m == nil {
		g.t.Fatalf("the guide speaks of a machine called %q", s.machine)
	}
	line := g.known.fill(g.t, s.command)
	if s.command == "tamizdat desk unlock" {
		m.nextMorning()
	}
	g.typed++
	g.t.Logf("%5.0f s  %s: %s", time.Since(g.begun).Seconds(), s.machine, s.command)
	var screen string
	var err error
	for range 60 {
		screen, err = typeIn(g.t, 12*time.Minute, g.answers(s.machine), m.login(line))
		err = onlyWarnings(s.command, screen, err)
		if err == nil && done(s, screen) || !takesTime(s.command) {
			break
		}
		time.Sleep(3 * time.Second)
	}
	if err != nil || !done(s, screen) {
		g.t.Fatalf("%s typed %q: %v\n%s\n%s", s.machine, line, err, screen, g.state())
	}
	g.known.learn(screen)
	g.learnWords(s, screen)
	if s.command == "tamizdat desk read" {
		g.t.Logf("the first letter was read with command %d, %.0f s after the first was typed", g.typed, time.Since(g.begun).Seconds())
	}
}

// onlyWarnings passes over what a doctor finds on every machine here: no clock is
// kept right by a network that is not there.
func onlyWarnings(command, screen string, err error) error {
	if strings.HasSuffix(command, " doctor") && !strings.Contains(screen, "FAIL") && strings.Count(screen, "warn ") <= 1 && strings.Contains(screen, "warn  clock") {
		return nil
	}
	return err
}

// done reports whether a command has shown what its person waits for.
func done(s step, screen string) bool {
	for begin, want := range map[string]string{
		"tamizdat desk read":          "This is a practice letter.",
		"tamizdat desk list":          "week of",
		"tamizdat desk sign":          "The drop has it.",
		"tamizdat desk join":          "You belong to The Lamp now.",
		"tamizdat desk reply":         "Queued.",
		"tamizdat-source practice":    "words: ",
		"tamizdat-source send":        "sent.",
		"tamizdat-drop adopt":         "This drop serves tamizdat1",
		"apt install ./tamizdat-drop": ".onion#",
	} {
		if strings.HasPrefix(s.command, begin) && !strings.Contains(screen, want) {
			return false
		}
	}
	// Whoever sent the practice letter waits for its answer.
	return s.machine != "clara" || !strings.HasPrefix(s.command, "tamizdat-source read") || strings.Contains(screen, "It arrived.")
}

// takesTime: these wait for an onion service to be known, a page to be sealed, or
// a moment that was drawn.
func takesTime(command string) bool {
	return regexp.MustCompile(`^tamizdat(-source|.* desk (read|list|sign --publish))|^tamizdat desk (read|list|sign --publish)`).MatchString(command)
}

const passphrase = "six words that are drawn by lot"

// answers are what the people of the guide type.
func (g *guide) answers(name string) []answer {
	always := func(s string) func(string) string { return func(string) string { return s } }
	return []answer{
		{regexp.MustCompile(`A passphrase for this desk .*: $`), always(passphrase)},
		{regexp.MustCompile(`(The same once more|Passphrase of this desk): $`), always(passphrase)},
		{regexp.MustCompile(`Do you want to continue\? \[Y/n\] $`), always("y")},
		{regexp.MustCompile(`Type yes[^:]*: $`), always("yes")},
		{regexp.MustCompile(`Write the answer\.[^\n]*\s+$`), always("It arrived.\n.")},
		{regexp.MustCompile(`Write the letter\.[^\n]*\s+$`), always("A letter of my own.\n.")},
		{regexp.MustCompile(`Your twelve words: $`), func(string) string { return g.words[name] }},
		{regexp.MustCompile(`Press Enter [^\n]*$`), func(screen string) string { g.rememberShown(name, screen); return "" }},
		{regexp.MustCompile(`Word \d+: $`), func(screen string) string { return g.recall(name, screen) }},
	}
}

// rememberShown keeps the words that the program shows once.
func (g *guide) rememberShown(name, screen string) {
	var words []string
	for _, m := range regexp.MustCompile(`\b(\d+) ([a-z]{3,8})\b`).FindAllStringSubmatch(screen, -1) {
		if m[1] == fmt.Sprint(len(words)+1) {
			words = append(words, m[2])
		}
	}
	if len(words) == 12 {
		g.words[name] = strings.Join(words, " ")
	}
}

// recall is the word that the program asks for.
func (g *guide) recall(name, screen string) string {
	asked := regexp.MustCompile(`Word (\d+): $`).FindStringSubmatch(screen)
	words := strings.Fields(g.words[name])
	for i := range words {
		if fmt.Sprint(i+1) == asked[1] {
			return words[i]
		}
	}
	g.t.Errorf("the program asked for word %s", asked[1])
	return ""
}

// learnWords keeps the words that a practice letter came under.
func (g *guide) learnWords(s step, screen string) {
	if strings.HasPrefix(s.command, "tamizdat-source practice") {
		g.words[s.machine] = g.known["WORDS"]
	}
}

// outlivesRestart: the server starts anew and is found at the same address, with
// the answer still there.
func (g *guide) outlivesRestart() {
	g.t.Helper()
	g.machines["server"].asRoot("systemctl", "restart", "tor@default", "tamizdat-drop")
	g.follow(step{machine: "clara", command: "tamizdat-source read --drop ADDRESS --newsroom KEY"})
}

// comesBackFromItsCopy: as docs/OPERATING.md has it, the administrator makes a
// backup while the drop serves, and it becomes the same drop again elsewhere. The
// drop's folder stays the service's own meanwhile.
func (g *guide) comesBackFromItsCopy() {
	g.t.Helper()
	server := g.machines["server"]
	key := strings.TrimSpace(server.asRoot("sh", "-c", "tamizdat-drop backup-key 2>/dev/null"))
	server.asRoot("sh", "-c", "umask 077; tamizdat-drop backup --to - >/root/drop.age")
	out := server.asRoot("sh", "-c", "echo "+key+" | tamizdat-drop restore --from /root/drop.age --dir /root/trial")
	for _, want := range []string{g.known["KEY"], g.known["ADDRESS"], "letters"} {
		if !strings.Contains(out, want) {
			g.t.Errorf("the restored drop does not show %q:\n%s", want, out)
		}
	}
	if left := server.asRoot("find", "/var/lib/private/tamizdat-drop", "-user", "root"); left != "" {
		g.t.Errorf("files of root's lie in the drop's folder:\n%s", left)
	}
}

func (g *guide) tellNumbers() {
	files, err := filepath.Glob(filepath.Join(g.packages, "*.deb"))
	if err != nil {
		g.t.Fatal(err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			g.t.Logf("package %s: %.1f MB", filepath.Base(f), float64(info.Size())/1e6)
		}
	}
	server := g.machines["server"]
	g.t.Logf("the drop, idle: %d MiB; its tor: %d MiB", server.rss("tamizdat-drop"), server.rss("tor@default"))
}

// state is what a person would look at when something does not work.
func (g *guide) state() string {
	var b strings.Builder
	for name, m := range g.machines {
		out, _ := try(m.inside("journalctl", "--no-pager", "-n", "40", "-o", "cat")...)
		fmt.Fprintf(&b, "--- %s\n%s\n", name, out)
	}
	return b.String()
}
