// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxConfig bounds a configuration file.
const maxConfig = 64 << 10

// Config is a program's configuration file. It has one "name value" on a line;
// an empty line and one that begins with "#" say nothing. The names are those
// of flags, and what the command line says wins. A program must be sane
// without any such file.
//
// Call [Config.Flag] where a command's flags are made and [Config.Apply] after
// they were parsed.
type Config struct {
	Default string   // this file is read if it is there; "" for none
	Names   []string // all that the file may say; a command passes over what it has no flag for
	Folders []string // those of Names that name a place, which must be absolute

	named string // by --config; it must be there
}

// Flag adds --config FILE, which takes the place of the default.
func (c *Config) Flag(flags *flag.FlagSet) { flags.StringVar(&c.named, "config", "", "") }

// File is the file that is read, whether it is there or not.
func (c *Config) File() string {
	if c.named != "" {
		return c.named
	}
	return c.Default
}

// Apply sets the flags that the file has and the command line has not. Its
// errors name file and line.
func (c *Config) Apply(flags *flag.FlagSet) error {
	file := c.File()
	text, err := readConfig(file)
	if errors.Is(err, fs.ErrNotExist) && c.named == "" {
		return nil
	}
	if err != nil {
		return err
	}
	settings, err := parseConfig(text)
	if err != nil {
		return inFile(file, err)
	}
	for _, s := range settings {
		if err := c.check(s); err != nil {
			return inFile(file, err)
		}
	}
	return inFile(file, set(flags, settings))
}

// set gives the flags their values, but for those that were given already.
func set(flags *flag.FlagSet, settings []setting) error {
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for _, s := range settings {
		if given[s.name] || flags.Lookup(s.name) == nil {
			continue
		}
		if err := flags.Set(s.name, s.value); err != nil {
			return lineError{s.line, WithHint(fmt.Errorf("%q is no value for %s: %w", s.value, s.name, err), "correct the line, or take it out")}
		}
	}
	return nil
}

// check judges one line by what the program knows.
func (c *Config) check(s setting) error {
	switch {
	case !slices.Contains(c.Names, s.name):
		return lineError{s.line, WithHint(fmt.Errorf("%q is nothing that this file can say", s.name), c.suggest(s.name))}
	case slices.Contains(c.Folders, s.name) && !filepath.IsAbs(s.value):
		return lineError{s.line, WithHint(fmt.Errorf("%s must be a whole path, not %q", s.name, s.value),
			"otherwise it would be another place wherever the command is typed")}
	}
	return nil
}

// suggest names what was probably meant, or else all there is.
func (c *Config) suggest(name string) string {
	best, least := "", 3
	for _, known := range c.Names {
		if d := distance(strings.ToLower(name), known); d < least {
			best, least = known, d
		}
	}
	if best != "" {
		return fmt.Sprintf("was %s meant?", best)
	}
	return "it can say: " + strings.Join(c.Names, ", ")
}

// distance counts the letters to add, drop or change to make b of a. Names are
// short and a stranger's are cut.
func distance(a, b string) int {
	a = a[:min(len(a), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		above := row[0]
		row[0] = i + 1
		for j := range len(b) {
			here := above
			if a[i] != b[j] {
				here = 1 + min(above, row[j], row[j+1])
			}
			above, row[j+1] = row[j+1], here
		}
	}
	return row[len(b)]
}

// setting is one line that says something.
type setting struct {
	line        int
	name, value string
}

// lineError is an error with its place in the file.
type lineError struct {
	line int
	error
}

func (e lineError) Unwrap() error { return e.error }

func inFile(file string, err error) error {
	if e, ok := errors.AsType[lineError](err); ok {
		return fmt.Errorf("%s:%d: %w", file, e.line, e.error)
	}
	return err
}

// parseConfig takes a file apart. It knows no names.
func parseConfig(text []byte) ([]setting, error) {
	var out []setting
	lines := map[string]int{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if err := checkLine(line); err != nil {
			return nil, lineError{n, err}
		}
		name, value, _ := strings.Cut(strings.ReplaceAll(strings.Trim(line, " \t"), "\t", " "), " ")
		value = strings.TrimLeft(value, " ")
		switch {
		case name == "" || name[0] == '#':
			continue
		case value == "":
			return nil, lineError{n, WithHint(fmt.Errorf("%s has no value", name), "a line is a name, a space and a value")}
		case lines[name] > 0:
			return nil, lineError{n, WithHint(fmt.Errorf("%s stands in line %d already", name, lines[name]), "take one of them out")}
		}
		lines[name] = n
		out = append(out, setting{n, name, value})
	}
	return out, nil
}

// checkLine refuses what no editor of text leaves behind.
func checkLine(line string) error {
	if !utf8.ValidString(line) {
		return WithHint(errors.New("the line is not UTF-8"), "save the file as plain text in UTF-8")
	}
	if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return WithHint(errors.New("the line holds a character that no text has"), "type it anew")
	}
	return nil
}

// readConfig reads a file that only its owner and the administrator can have
// written. fs.ErrNotExist: there is none.
func readConfig(path string) ([]byte, error) {
	if path == "" {
		return nil, fs.ErrNotExist
	}
	info, err := os.Stat(path) // before opening: a pipe would never open
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, WithHint(err, "only those who may read it can use this command")
	}
	defer f.Close()
	if err := checkWriters(f); err != nil {
		return nil, WithHint(fmt.Errorf("%s is not to be trusted: %w", path, err), "look at what it says, and make it yours alone: chmod go-w, chown")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(text) > maxConfig {
		err = fmt.Errorf("%s has more than %d KiB", path, maxConfig>>10)
	}
	return text, err
}
