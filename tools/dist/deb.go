// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/md5"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// pack is one Debian package. Its folder below packaging/ holds "control", in
// which version, architecture and size are still missing, and the scripts that
// dpkg calls.
type pack struct {
	name     string
	folder   string            // below packaging/
	programs []string          // go to /usr/bin
	files    map[string]string // from the folder to places in the package
}

// packs are all packages. Every file that they put below /etc is the
// administrator's from then on.
func packs() []pack {
	return []pack{
		{"tamizdat-drop", "drop", []string{"tamizdat-drop"}, map[string]string{
			"tamizdat-drop.service": "usr/lib/systemd/system/tamizdat-drop.service",
			"drop.conf":             "etc/tamizdat/drop.conf",
		}},
		{"tamizdat", "desk", []string{"tamizdat", "tamizdat-verify"}, map[string]string{
			"tamizdat-desk.service": "usr/lib/systemd/user/tamizdat-desk.service",
			"apparmor":              "usr/share/tamizdat/apparmor",
		}},
		{"tamizdat-source", "source", []string{"tamizdat-source"}, nil},
	}
}

// debs makes every package, for one architecture or for all.
func (f *factory) debs(arch string) error {
	made := 0
	for _, s := range systems() {
		if s.os != "linux" || arch != "" && arch != s.arch {
			continue
		}
		for _, p := range packs() {
			data, err := f.deb(p, s)
			if err != nil {
				return fmt.Errorf("package %s: %w", p.name, err)
			}
			if err := f.put(fmt.Sprintf("%s_%s_%s.deb", p.name, f.debian(), s.arch), data, 0o644); err != nil {
				return err
			}
			made++
		}
	}
	if made == 0 {
		return fmt.Errorf("there are no packages for %q", arch)
	}
	return nil
}

func (f *factory) deb(p pack, s system) ([]byte, error) {
	contents, err := f.contents(p, s)
	if err != nil {
		return nil, err
	}
	control, err := f.control(p, s, contents)
	if err != nil {
		return nil, err
	}
	first, err := tarball(control, "./", f.when)
	if err != nil {
		return nil, err
	}
	second, err := tarball(contents, "./", f.when)
	if err != nil {
		return nil, err
	}
	return arArchive(f.when, []entry{
		{"debian-binary", 0o644, []byte("2.0\n")},
		{"control.tar.gz", 0o644, first},
		{"data.tar.gz", 0o644, second},
	}), nil
}

// contents is what the package puts on the machine.
func (f *factory) contents(p pack, s system) ([]entry, error) {
	programs, err := f.build(s)
	if err != nil {
		return nil, err
	}
	doc := "usr/share/doc/" + p.name + "/"
	list, err := f.papers(choose(programs, p.programs), doc)
	if err != nil {
		return nil, err
	}
	list = append(list, copyright(list, doc))
	for _, prog := range choose(programs, p.programs) {
		list = append(list, entry{"usr/bin/" + prog.file, 0o755, prog.data})
	}
	for from, to := range p.files {
		data, err := os.ReadFile(filepath.Join(f.root, "packaging", p.folder, from))
		if err != nil {
			return nil, err
		}
		list = append(list, entry{to, 0o644, data})
	}
	return list, nil
}

// copyright is the licence under the name by which Debian looks for it.
func copyright(list []entry, doc string) entry {
	for _, e := range list {
		if e.name == doc+"LICENSE" {
			return entry{doc + "copyright", e.mode, e.data}
		}
	}
	return entry{doc + "copyright", 0o644, nil}
}

// choose picks programs by name.
func choose(all []program, names []string) []program {
	var list []program
	for _, name := range names {
		for _, p := range all {
			if p.name == name {
				list = append(list, p)
			}
		}
	}
	return list
}

// control is what the package tells dpkg.
func (f *factory) control(p pack, s system, contents []entry) ([]entry, error) {
	dir := filepath.Join(f.root, "packaging", p.folder)
	head, err := os.ReadFile(filepath.Join(dir, "control"))
	if err != nil {
		return nil, err
	}
	list := []entry{
		{"control", 0o644, f.controlFile(head, s, contents)},
		{"md5sums", 0o644, md5sums(contents)},
	}
	if conf := conffiles(contents); conf != "" {
		list = append(list, entry{"conffiles", 0o644, []byte(conf)})
	}
	for _, script := range []string{"preinst", "postinst", "prerm", "postrm"} {
		data, err := os.ReadFile(filepath.Join(dir, script))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, entry{script, 0o755, data})
	}
	return list, nil
}

// controlFile adds to the written head what only the build knows. The head
// begins with the line "Package:".
func (f *factory) controlFile(head []byte, s system, contents []entry) []byte {
	size := 0
	for _, e := range contents {
		size += (len(e.data) + 1023) / 1024
	}
	first, rest, _ := bytes.Cut(head, []byte("\n"))
	return fmt.Appendf(nil, "%s\nVersion: %s\nArchitecture: %s\nInstalled-Size: %d\n%s", first, f.debian(), s.arch, size, rest)
}

// md5sums is for dpkg --verify, which knows no better hash. It guards against
// bad disks, not against people.
func md5sums(contents []entry) []byte {
	var text []byte
	for _, e := range sorted(contents) {
		if !strings.HasPrefix(e.name, "etc/") {
			text = fmt.Appendf(text, "%x  %s\n", md5.Sum(e.data), e.name)
		}
	}
	return text
}

// conffiles names what dpkg must not overwrite once the administrator changed it.
func conffiles(contents []entry) string {
	var text strings.Builder
	for _, e := range sorted(contents) {
		if strings.HasPrefix(e.name, "etc/") {
			text.WriteString("/" + e.name + "\n")
		}
	}
	return text.String()
}

// arArchive is the outer container of a package, deb(5): members in this
// order, with short names.
func arArchive(when time.Time, members []entry) []byte {
	out := []byte("!<arch>\n")
	for _, m := range members {
		out = fmt.Appendf(out, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", m.name, when.Unix(), 0, 0, 0o100000|m.mode, len(m.data))
		out = append(out, m.data...)
		if len(m.data)%2 == 1 {
			out = append(out, '\n')
		}
	}
	return out
}
