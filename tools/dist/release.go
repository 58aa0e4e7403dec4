// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// release says what is being packed.
type release struct {
	root    string // of the source
	version string // as in internal/version
	when    time.Time
	commit  string // "" where there is no git
	changed bool   // the source is not that of the commit
	golang  string // the version of Go
}

// describe looks at the source in root. Without git, as in a source archive,
// $SOURCE_DATE_EPOCH must say which time the files are to have.
func describe(root string) (release, error) {
	r := release{root: root}
	var err error
	if r.version, err = readVersion(root); err != nil {
		return r, err
	}
	if r.golang, err = output(root, "go", "env", "GOVERSION"); err != nil {
		return r, err
	}
	if top, err := output(root, "git", "rev-parse", "--show-toplevel"); err == nil && sameFolder(top, root) {
		if r.commit, err = output(root, "git", "rev-parse", "HEAD"); err != nil {
			return r, err
		}
		status, err := output(root, "git", "status", "--porcelain")
		if err != nil {
			return r, err
		}
		r.changed = status != ""
	}
	r.when, err = r.timeOfFiles(os.Getenv("SOURCE_DATE_EPOCH"))
	return r, err
}

// timeOfFiles is the time that everything in the release carries.
func (r release) timeOfFiles(epoch string) (time.Time, error) {
	if epoch == "" && r.commit == "" {
		return time.Time{}, fmt.Errorf("%s is no git repository, so set SOURCE_DATE_EPOCH to the release's time (it is in the file RELEASE)", r.root)
	}
	if epoch == "" {
		var err error
		if epoch, err = output(r.root, "git", "log", "-1", "--format=%ct"); err != nil {
			return time.Time{}, err
		}
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil || seconds < 0 || seconds > 1<<33 { // a tar header holds no more
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH must be seconds since 1970, not %q", epoch)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// readVersion reads the constant. The product is another module, of which this
// one imports nothing.
func readVersion(root string) (string, error) {
	file := filepath.Join(root, "internal", "version", "version.go")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	found := regexp.MustCompile(`(?m)^const Version = "([0-9]+\.[0-9]+\.[0-9]+(?:-[a-z0-9]+)?)"$`).FindSubmatch(text)
	if found == nil {
		return "", fmt.Errorf("%s has no line const Version = \"1.2.3\"", file)
	}
	return string(found[1]), nil
}

// debian is the version as Debian writes it: what comes before a release sorts
// before it.
func (r release) debian() string { return strings.ReplaceAll(r.version, "-", "~") }

// output is what a command prints in dir, without the end of line.
func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

func sameFolder(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	two, err := os.Stat(b)
	return err == nil && os.SameFile(one, two)
}
