// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A small release, signed, and all that is done to it between those who made it
// and those who use it.
type stage struct {
	t                *testing.T
	base             string
	release, signers string
}

func newStage(t *testing.T) *stage {
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t, base, filepath.Join(base, "release"), filepath.Join(base, "signers")}
	s.write("release/RELEASE", "commit   0000000000000000000000000000000000000000\ngo       go1.1\n")
	s.write("release/tamizdat_1.0~dev_amd64.deb", "a package")
	s.write("release/sbom/tamizdat.json", "{}")
	s.key("key")
	s.trust("key")
	s.list()
	s.sign("key", "tamizdat-release")
	return s
}

func (s *stage) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.base, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.base, filepath.FromSlash(name)))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// do runs a command that must succeed.
func (s *stage) do(args ...string) string {
	s.t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = s.base
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.invalid", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.invalid")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (s *stage) key(name string) {
	s.t.Helper()
	s.do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", name)
}

// trust makes the key the only one that may sign releases.
func (s *stage) trust(key string) {
	s.t.Helper()
	s.write("signers", `project namespaces="tamizdat-release" `+s.read(key+".pub"))
}

// list writes the sums of what is there now.
func (s *stage) list() {
	s.t.Helper()
	var lines []string
	s.must(filepath.WalkDir(s.release, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "SHA256SUMS") {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(s.release, path)
		lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), filepath.ToSlash(name)))
		return err
	}))
	slices.Sort(lines)
	s.write("release/SHA256SUMS", strings.Join(lines, ""))
}

func (s *stage) sign(key, namespace string) {
	s.t.Helper()
	s.must(os.RemoveAll(filepath.Join(s.release, "SHA256SUMS.sig")))
	s.do("ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", namespace, filepath.Join(s.release, "SHA256SUMS"))
}

// verify runs the script as a person would, and returns all that it said.
func (s *stage) verify(args ...string) (said string, good bool) {
	s.t.Helper()
	script, err := filepath.Abs("../verify-release")
	s.must(err)
	cmd := exec.Command("sh", append([]string{script}, args...)...)
	cmd.Dir = s.base
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		s.t.Fatal(err)
	}
	return string(out), err == nil
}

func TestGoodReleaseIsAccepted(t *testing.T) {
	s := newStage(t)
	said, good := s.verify("--signers", "signers", "release")
	if !good || said != "signed by project\nall 3 files are those on the list, and there are no others\nthis release is good\n" {
		t.Errorf("a good release: %v\n%s", good, said)
	}
	said, good = s.verify("--unsigned", "release")
	if !good || !strings.Contains(said, "NOT checked: who made this") || strings.Contains(said, "good") {
		t.Errorf("told not to look at the signature: %v\n%s", good, said)
	}
}

// TestBadReleasesAreRefused: F-3 and F-4 of what has happened to others, and
// what else can happen to files on their way.
func TestBadReleasesAreRefused(t *testing.T) {
	const deb = "release/tamizdat_1.0~dev_amd64.deb"
	sums := "release/SHA256SUMS"
	for name, tt := range map[string]struct {
		spoil func(s *stage)
		want  string // "" where only the signature notices
	}{
		"one byte":       {func(s *stage) { s.write(deb, "b package") }, "was changed"},
		"a file less":    {func(s *stage) { s.must(os.Remove(filepath.Join(s.base, deb))) }, "is missing"},
		"a file more":    {func(s *stage) { s.write("release/sbom/more", "") }, "is not part of the release"},
		"a hidden file":  {func(s *stage) { s.write("release/.more", "") }, "is not part of the release"},
		"a strange file": {func(s *stage) { s.write("release/RELEASE\n./RELEASE", "") }, "is not part of the release"},
		"a link": {func(s *stage) {
			s.must(os.Symlink("RELEASE", filepath.Join(s.release, "more")))
		}, "neither a file nor a folder"},
		"a link for a file": {func(s *stage) {
			s.must(os.Rename(filepath.Join(s.base, deb), filepath.Join(s.base, "deb")))
			s.must(os.Symlink("../deb", filepath.Join(s.base, deb)))
		}, "neither a file nor a folder"},
		"a link for a folder": {func(s *stage) {
			s.must(os.Rename(filepath.Join(s.release, "sbom"), filepath.Join(s.base, "sbom")))
			s.must(os.Symlink("../sbom", filepath.Join(s.release, "sbom")))
		}, "neither a file nor a folder"},
		"a list elsewhere": {func(s *stage) {
			s.must(os.Rename(filepath.Join(s.base, sums), filepath.Join(s.base, "list")))
			s.must(os.Symlink("../list", filepath.Join(s.base, sums)))
		}, "neither a file nor a folder"},
		"no list":        {func(s *stage) { s.must(os.Remove(filepath.Join(s.base, sums))) }, "there is no list"},
		"an empty list":  {func(s *stage) { s.write(sums, "") }, "is empty"},
		"no list at all": {func(s *stage) { s.write(sums, "all is well\n") }, "not a sum and a name"},
		"a path that leads out": {func(s *stage) {
			s.write(sums, s.read(sums)+strings.Repeat("0", 64)+"  ../key\n")
		}, "not a sum and a name"},
		"a name twice": {func(s *stage) { s.write(sums, s.read(sums)+s.read(sums)) }, "a name twice"},
		"a new list": {func(s *stage) {
			s.write(deb, "another package")
			s.list()
		}, ""},
		"no signature": {func(s *stage) { s.must(os.Remove(filepath.Join(s.release, "SHA256SUMS.sig"))) }, ""},
		"another's signature": {func(s *stage) {
			s.key("other")
			s.sign("other", "tamizdat-release")
		}, ""},
		"a signature for something else": {func(s *stage) { s.sign("key", "file") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			tt.spoil(s)
			if said, good := s.verify("--signers", "signers", "release"); good || !strings.Contains(said, "verify-release: ") {
				t.Errorf("with a signature it was accepted:\n%s", said)
			}
			said, good := s.verify("--unsigned", "release")
			if good != (tt.want == "") || !strings.Contains(said, tt.want) {
				t.Errorf("without a signature: %v, want %q\n%s", good, tt.want, said)
			}
		})
	}
}

// TestKeysComeAnotherWay: a key that lies beside what it vouches for is the key
// of whoever put it there.
func TestKeysComeAnotherWay(t *testing.T) {
	s := newStage(t)
	s.write("release/signers", s.read("signers"))
	s.list()
	s.sign("key", "tamizdat-release")
	if said, good := s.verify("--signers", "release/signers", "release"); good || !strings.Contains(said, "lies in the release") {
		t.Errorf("the release's own list of signers: %v\n%s", good, said)
	}
	for _, args := range [][]string{
		{},
		{"release"},
		{"--signers", "signers", "--unsigned", "release"},
		{"--signers"},
		{"--nonsense", "release"},
		{"--signers", "absent", "release"},
		{"--unsigned", "absent"},
		{"--unsigned", "release", "release"},
	} {
		if said, good := s.verify(args...); good {
			t.Errorf("%v was accepted:\n%s", args, said)
		}
	}
}

// TestBuildingAgain: the source of a release is a repository whose make dist
// gives the same bytes.
func TestBuildingAgain(t *testing.T) {
	s := newStage(t)
	s.write("source/Makefile", "dist:\n\t@mkdir dist; cp -R sbom *.deb dist; printf 'commit %s\\ngo %s\\n' $$(git rev-parse HEAD) $$(go env GOVERSION) >dist/RELEASE\n"+
		"\t@cd dist; find * -type f | LC_ALL=C sort | xargs sha256sum >../sums; mv ../sums SHA256SUMS\n.PHONY: dist\n")
	s.write("source/sbom/tamizdat.json", "{}")
	s.write("source/tamizdat_1.0~dev_amd64.deb", "a package")
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "first"}} {
		s.do(append([]string{"git", "-C", "source"}, args...)...)
	}
	commit := s.do("git", "-C", "source", "rev-parse", "HEAD")
	build := func(commit, golang string) (string, bool) {
		s.write("release/RELEASE", "commit "+commit+"\ngo "+golang+"\n")
		s.list()
		s.sign("key", "tamizdat-release")
		return s.verify("--signers", "signers", "--rebuild", "source", "release")
	}
	golang := s.do("go", "env", "GOVERSION")
	if said, good := build(commit, golang); !good || !strings.Contains(said, "the same bytes") {
		t.Errorf("the same source: %v\n%s", good, said)
	}
	if said, good := build(commit, "go1.1"); good || !strings.Contains(said, "gives other bytes") {
		t.Errorf("another Go: %v\n%s", good, said)
	}
	for _, bad := range []string{strings.Repeat("0", 40), "main", ""} {
		if said, good := build(bad, golang); good {
			t.Errorf("commit %q: %v\n%s", bad, good, said)
		}
	}
	s.write("release/tamizdat_1.0~dev_amd64.deb", "a package with more in it")
	if said, good := build(commit, golang); good || !strings.Contains(said, "something else than the release: tamizdat_1.0~dev_amd64.deb") {
		t.Errorf("a release from another source: %v\n%s", good, said)
	}
}
