// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The names under which a release vouches for itself. tools/verify-release
// knows them too.
const (
	sumsFile  = "SHA256SUMS"
	signature = sumsFile + ".sig"
	namespace = "tamizdat-release"
)

// everything makes a whole release in an empty folder and signs it, if there is
// a key.
func (f *factory) everything(key string) error {
	if key != "" && (f.commit == "" || f.changed) {
		return errors.New("nothing is signed that no commit holds: commit what was changed, or do without a key")
	}
	if err := f.emptyFolder(); err != nil {
		return err
	}
	steps := []func() error{
		func() error { return f.debs("") },
		f.archives, f.source, f.verifier, f.about, f.sums,
		func() error { return f.sign(key) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// emptyFolder: what lay there from before would be signed as well.
func (f *factory) emptyFolder() error {
	entries, err := os.ReadDir(f.out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: a release begins with an empty folder", f.out)
	}
	return nil
}

// archives are for systems without packages of ours, and for people without
// the right to install any.
func (f *factory) archives() error {
	for _, s := range systems() {
		list, err := f.archived(s)
		if err != nil {
			return err
		}
		pack, ending := tarball, "tar.gz"
		if s.os == "windows" {
			pack, ending = zipped, "zip"
		}
		data, err := pack(list, f.folder(), f.when)
		if err != nil {
			return err
		}
		if err := f.put(fmt.Sprintf("tamizdat_%s_%s_%s.%s", f.version, s.os, s.arch, ending), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// folder is what an archive unpacks to.
func (f *factory) folder() string { return "tamizdat-" + f.version + "/" }

func (f *factory) archived(s system) ([]entry, error) {
	programs, err := f.build(s)
	if err != nil {
		return nil, err
	}
	list, err := f.papers(programs, "")
	for _, p := range programs {
		list = append(list, entry{p.file, 0o755, p.data})
	}
	return list, err
}

// sourceName is the archive of what the commit holds.
func (f *factory) sourceName() string { return "tamizdat_" + f.version + "_source.tar.gz" }

// source packs what the commit holds. It would be a lie beside programs that
// were made of something else, so then there is none.
func (f *factory) source() error {
	if f.commit == "" || f.changed {
		fmt.Fprintln(f.say, "no archive of the source: no commit holds what this was made of")
		return nil
	}
	// The settings of whoever makes the release must not show.
	cmd := exec.Command("git", "-c", "tar.umask=0022", "-c", "core.autocrlf=false",
		"archive", "--format=tar", "--prefix="+f.folder(), f.commit)
	cmd.Dir, cmd.Stderr = f.root, f.say
	data, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("git archive: %w", err)
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.put(f.sourceName(), out.Bytes(), 0o644)
}

// verifier lays the script beside what it checks. Who does not trust it as it
// lies there takes it from the source.
func (f *factory) verifier() error {
	data, err := os.ReadFile(filepath.Join(f.root, "tools", "verify-release"))
	if err != nil {
		return err
	}
	return f.put("verify-release", data, 0o755)
}

// about is the file RELEASE. tools/verify-release reads time and go from it.
func (f *factory) about() error {
	commit := f.commit
	switch {
	case commit == "":
		commit = "unknown: made without git"
	case f.changed:
		commit += ", and changes that no commit holds"
	}
	var never []string
	for _, s := range systems()[1:] {
		never = append(never, s.String())
	}
	text := fmt.Sprintf(`version  %s
commit   %s
time     %d (%s)
go       %s

The tests run on %s. The programs for these systems were built, and were
never run by us: %s.

verify-release checks the signature and every file, and with --rebuild that the
source gives these same bytes. docs/RELEASING.md in the source says how.
`, f.version, commit, f.when.Unix(), f.when.Format(time.RFC3339), f.golang, systems()[0], strings.Join(never, ", "))
	return f.put("RELEASE", []byte(text), 0o644)
}

// sums lists every file with its hash.
func (f *factory) sums() error {
	entries, err := os.ReadDir(f.out)
	if err != nil {
		return err
	}
	var text []byte
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(f.out, e.Name()))
		if err != nil {
			return err
		}
		text = fmt.Appendf(text, "%x  %s\n", sha256.Sum256(data), e.Name())
	}
	return f.put(sumsFile, text, 0o644)
}

// sign signs the sums with a key of ssh, which may be on a token or in an
// agent: ssh-keygen asks for what it needs.
func (f *factory) sign(key string) error {
	if key == "" {
		fmt.Fprintln(f.say, "NOTHING WAS SIGNED: there was no key. To sign: make dist KEY=path")
		return nil
	}
	cmd := exec.Command("ssh-keygen", "-Y", "sign", "-f", key, "-n", namespace, filepath.Join(f.out, sumsFile))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, f.say, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("ssh-keygen -Y sign: %w", err)
	}
	if _, err := os.Stat(filepath.Join(f.out, signature)); err != nil {
		return err
	}
	fmt.Fprintln(f.say, "signed:", signature)
	return nil
}
