// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// needs skips, aloud, what cannot run here. tools/deps.txt names the packages.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: there is no %s on this machine", tool)
		}
	}
}

// command runs something that must succeed and returns what it said.
func command(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// smallSource is a repository that looks like this one, with the true
// packaging, whose every program is the same small one.
func smallSource(t *testing.T) (root string) {
	t.Helper()
	needs(t, "git", "bash")
	root = t.TempDir()
	small := filepath.Join(t.TempDir(), "small")
	write(t, filepath.Join(root, "go.mod"), "module small\n\ngo 1.26\n", 0o644)
	write(t, filepath.Join(root, "main.go"), "package main\n\nfunc main() {}\n", 0o644)
	command(t, root, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", small, ".")
	write(t, filepath.Join(root, "internal/version/version.go"), "package version\n\nconst Version = \"1.2.3-dev\"\n", 0o644)
	write(t, filepath.Join(root, "tools/build.sh"), "#!/bin/bash\nset -e\nout=$1; shift; mkdir -p $out\n"+
		"for p; do cp "+small+" $out/$p; [ $GOOS != windows ] || mv $out/$p $out/$p.exe; done\n", 0o755)
	for _, name := range []string{"LICENSE", "NOTICE", "README.md", "docs/THREATMODEL.md"} {
		write(t, filepath.Join(root, name), "this is "+name+"\n", 0o644)
	}
	if err := os.CopyFS(filepath.Join(root, "packaging"), os.DirFS("../../packaging")); err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("../verify-release")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "tools/verify-release"), string(script), 0o755)
	// As in the true source, make dist calls what is tested here.
	if err := os.CopyFS(filepath.Join(root, "tools", "dist"), os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "tools/go.mod"), "module small/tools\n\ngo 1.26\n", 0o644)
	write(t, filepath.Join(root, "Makefile"), "dist:\n\tgo -C tools run ./dist -out ../dist\n.PHONY: dist\n", 0o644)
	write(t, filepath.Join(root, ".gitignore"), "/dist/\n", 0o644)
	command(t, root, "git", "init", "-q")
	command(t, root, "git", "add", ".")
	command(t, root, "git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "all")
	return root
}

// makeDist makes what is ordered, of root, in a new folder.
func makeDist(t *testing.T, root string, o order) (dir, said string) {
	t.Helper()
	var say bytes.Buffer
	o.out = filepath.Join(t.TempDir(), "dist")
	if err := run(&say, root, o); err != nil {
		t.Fatal(err)
	}
	return o.out, say.String()
}

// TestPackages reads the packages back with Debian's own tool.
func TestPackages(t *testing.T) {
	needs(t, "dpkg-deb")
	dir, _ := makeDist(t, smallSource(t), order{only: "deb", arch: "arm64"})
	names := listOf(t, dir)
	if want := []string{"tamizdat-drop_1.2.3~dev_arm64.deb", "tamizdat-source_1.2.3~dev_arm64.deb", "tamizdat_1.2.3~dev_arm64.deb"}; !slices.Equal(names, want) {
		t.Fatalf("made %q", names)
	}
	drop := filepath.Join(dir, names[0])
	for _, want := range []string{"tamizdat-drop", "1.2.3~dev", "arm64"} {
		if got := command(t, dir, "dpkg-deb", "--show", "--showformat=${Package} ${Version} ${Architecture}", drop); !strings.Contains(got, want) {
			t.Errorf("%q does not say %s", got, want)
		}
	}
	if got := command(t, dir, "dpkg-deb", "--field", drop, "Depends"); !strings.HasPrefix(got, "tor,") {
		t.Errorf("the drop depends on %q", got)
	}
	if got := command(t, dir, "dpkg-deb", "--info", drop, "conffiles"); got != "/etc/tamizdat/drop.conf\n" {
		t.Errorf("conffiles: %q", got)
	}
	contents := command(t, dir, "dpkg-deb", "--contents", drop)
	for _, want := range []string{
		"drwxr-xr-x root/root", " ./usr/bin/\n", " ./usr/bin/tamizdat-drop\n", " ./etc/tamizdat/drop.conf\n",
		" ./usr/lib/systemd/system/tamizdat-drop.service\n", " ./usr/share/doc/tamizdat-drop/copyright\n",
	} {
		if !strings.Contains(contents, want) {
			t.Errorf("%q is not in\n%s", want, contents)
		}
	}
	unpacked := t.TempDir()
	command(t, dir, "dpkg-deb", "--raw-extract", drop, unpacked)
	command(t, unpacked, "md5sum", "--check", "--strict", "--quiet", "DEBIAN/md5sums")
	if info, err := os.Stat(filepath.Join(unpacked, "usr/bin/tamizdat-drop")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the program: %v, %v", info, err)
	}
}

// TestScriptsParse: a script with a mistake leaves a machine with half a
// package.
func TestScriptsParse(t *testing.T) {
	needs(t, "sh")
	scripts, err := filepath.Glob("../../packaging/*/p*")
	if err != nil || len(scripts) < 6 {
		t.Fatalf("found %q, %v", scripts, err)
	}
	for _, script := range append(scripts, "../verify-release") {
		command(t, ".", "sh", "-n", script)
	}
}

// TestRelease makes a release as its maker does, and looks at it as others do.
func TestRelease(t *testing.T) {
	needs(t, "ssh-keygen", "sh", "tar", "make")
	root := smallSource(t)
	st := &stage{t: t, base: t.TempDir()}
	st.key("key")
	st.trust("key")
	dir, said := makeDist(t, root, order{key: filepath.Join(st.base, "key")})
	if !strings.Contains(said, "signed: SHA256SUMS.sig") {
		t.Errorf("said %s", said)
	}
	again, said := makeDist(t, root, order{})
	if !strings.Contains(said, "NOTHING WAS SIGNED") {
		t.Errorf("said %s", said)
	}
	t.Run("two releases of one source are the same bytes", func(t *testing.T) {
		one, two := read(t, dir), read(t, again)
		delete(one, signature)
		if err := sameFiles(one, two); err != nil {
			t.Error(err)
		}
		if got := len(two); got != 2*3+5+4 {
			t.Errorf("there are %d files: %q", got, listOf(t, again))
		}
	})
	t.Run("archive for Linux", func(t *testing.T) { archiveForLinux(t, dir) })
	t.Run("archive for Windows", func(t *testing.T) { archiveForWindows(t, dir) })
	if said, good := st.verify("--signers", "signers", "--rebuild", root, dir); !good || !strings.Contains(said, "this release is good") {
		t.Errorf("verify-release: %s", said)
	}
	if said, good := st.verify("--signers", "signers", again); good || !strings.Contains(said, "is not signed") {
		t.Errorf("verify-release of what nobody signed: %s", said)
	}
}

// sameFiles compares two folders.
func sameFiles(a, b map[string]string) error {
	for name := range a {
		if a[name] != b[name] {
			return fmt.Errorf("%s differs", name)
		}
	}
	if len(a) != len(b) {
		return fmt.Errorf("%d files, then %d", len(a), len(b))
	}
	return nil
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range listOf(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	return files
}

func listOf(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func archiveForLinux(t *testing.T, dir string) {
	listed := command(t, dir, "tar", "--list", "--file", "tamizdat_1.2.3-dev_linux_amd64.tar.gz")
	for _, want := range []string{"LICENSE", "docs/THREATMODEL.md", "tamizdat-drop", "tamizdat-drop.cdx.json", "LICENCES-OF-OTHERS"} {
		if !strings.Contains(listed, "tamizdat-1.2.3-dev/"+want+"\n") {
			t.Errorf("%s is not in\n%s", want, listed)
		}
	}
	source := command(t, dir, "tar", "--list", "--file", "tamizdat_1.2.3-dev_source.tar.gz")
	if !strings.Contains(source, "tamizdat-1.2.3-dev/packaging/drop/control\n") {
		t.Errorf("the source holds\n%s", source)
	}
}

// archiveForWindows reads also the list of what a program was built of.
func archiveForWindows(t *testing.T, dir string) {
	z, err := zip.OpenReader(filepath.Join(dir, "tamizdat_1.2.3-dev_windows_amd64.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	in := map[string]*zip.File{}
	for _, f := range z.File {
		in[strings.TrimPrefix(f.Name, "tamizdat-1.2.3-dev/")] = f
	}
	if in["tamizdat.exe"] == nil || in["tamizdat-drop.exe"] != nil || in["tamizdat.cdx.json"] == nil {
		t.Fatalf("in the archive: %q", slices.Sorted(maps.Keys(in)))
	}
	f, err := in["tamizdat.cdx.json"].Open()
	if err != nil {
		t.Fatal(err)
	}
	var b bill
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil || b.Format != "CycloneDX" || b.Metadata.Component.Version != "1.2.3-dev" ||
		len(b.Components) != 1 || b.Components[0].Name != "std" {
		t.Errorf("%+v, %v", b, err)
	}
}

// TestBill: each module that is linked is named with its sum, and one that
// stands for another under its own name.
func TestBill(t *testing.T) {
	other := &debug.Module{Path: "example.org/b", Version: "v2.0.0", Sum: "h1:bb="}
	p := program{name: "p", data: []byte("p"), info: &debug.BuildInfo{GoVersion: "go1.26.1", Deps: []*debug.Module{
		{Path: "example.org/z", Version: "v1.0.0", Sum: "h1:zz="},
		{Path: "example.org/a", Version: "v1.0.0", Sum: "h1:aa=", Replace: other},
	}}}
	text, err := (&factory{}).sbom(p)
	if err != nil {
		t.Fatal(err)
	}
	last := -1
	for _, want := range []string{
		"148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940", // SHA-256 of "p"
		"pkg:golang/std@1.26.1", "pkg:golang/example.org/b@v2.0.0", "h1:bb=", "pkg:golang/example.org/z@v1.0.0", "h1:zz=",
	} {
		at := strings.Index(string(text), want)
		if at <= last {
			t.Errorf("%s is missing or not in order in\n%s", want, text)
		}
		last = at
	}
}

// TestRefusals: what would make a release that says something false.
func TestRefusals(t *testing.T) {
	root := smallSource(t)
	full := t.TempDir()
	write(t, filepath.Join(full, "old"), "", 0o644)
	refused := func(o order, want string) {
		t.Helper()
		if err := run(io.Discard, root, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	refused(order{out: full}, "is not empty")
	refused(order{only: "rpm"}, "-only takes deb")
	refused(order{arch: "amd64"}, "-arch goes with it")
	refused(order{only: "deb", arch: "mips"}, "there are no packages")
	write(t, filepath.Join(root, "new"), "", 0o644)
	refused(order{out: filepath.Join(full, "new"), key: "key"}, "nothing is signed that no commit holds")
}

// TestChangesAreTold: what was made of something that no commit holds says so,
// and comes without a source.
func TestChangesAreTold(t *testing.T) {
	root := smallSource(t)
	write(t, filepath.Join(root, "new"), "", 0o644)
	r, err := describe(root)
	if err != nil || !r.changed {
		t.Fatalf("%+v, %v", r, err)
	}
	var say bytes.Buffer
	f := &factory{release: r, say: &say, out: filepath.Join(t.TempDir(), "dist")}
	for _, step := range []func() error{f.source, f.about} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, f.out)
	if len(got) != 1 || !strings.Contains(got["RELEASE"], "changes that no commit holds") || !strings.Contains(say.String(), "no archive of the source") {
		t.Errorf("%q, %s", got, &say)
	}
}

// TestTimeOfFiles: $SOURCE_DATE_EPOCH is a stranger's text.
func TestTimeOfFiles(t *testing.T) {
	for epoch, fine := range map[string]bool{"0": true, "1790000000": true, "": false, "-1": false, "soon": false, "99999999999999": false} {
		if _, err := (release{}).timeOfFiles(epoch); (err == nil) != fine {
			t.Errorf("%q: %v", epoch, err)
		}
	}
}
