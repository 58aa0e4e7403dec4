// SPDX-License-Identifier: Apache-2.0

package main

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// system is one for which programs are built.
type system struct{ os, arch string }

func (s system) String() string { return s.os + "/" + s.arch }

// systems are all of them. The tests run on the first alone, and RELEASE says so.
func systems() []system {
	return []system{
		{"linux", "amd64"},
		{"linux", "arm64"},
		{"darwin", "arm64"},
		{"darwin", "amd64"},
		{"windows", "amd64"},
	}
}

// program is one that was built.
type program struct {
	name string // as it is called, without .exe
	file string // the name of its file
	data []byte
	info *buildinfo.BuildInfo // what it was built of
}

// programsFor are those that make sense on s. A drop is a service of Linux.
func programsFor(s system) []string {
	if s.os != "linux" {
		return []string{"tamizdat", "tamizdat-source", "tamizdat-verify"}
	}
	return []string{"tamizdat", "tamizdat-drop", "tamizdat-source", "tamizdat-verify"}
}

// build builds the programs for s, once.
func (f *factory) build(s system) ([]program, error) {
	if p, ok := f.built[s]; ok {
		return p, nil
	}
	fmt.Fprintf(f.say, "programs for %s\n", s)
	dir := filepath.Join(f.work, s.os+"-"+s.arch)
	names := programsFor(s)
	cmd := exec.Command(filepath.Join(f.root, "tools", "build.sh"), append([]string{dir}, names...)...)
	cmd.Dir = f.root
	cmd.Env = append(os.Environ(), "GOOS="+s.os, "GOARCH="+s.arch)
	cmd.Stdout, cmd.Stderr = f.say, f.say
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("building for %s: %w", s, err)
	}
	for _, name := range names {
		p, err := readProgram(dir, name, s)
		if err != nil {
			return nil, err
		}
		f.built[s] = append(f.built[s], p)
	}
	return f.built[s], nil
}

func readProgram(dir, name string, s system) (program, error) {
	p := program{name: name, file: name}
	if s.os == "windows" {
		p.file += ".exe"
	}
	path := filepath.Join(dir, p.file)
	var err error
	if p.data, err = os.ReadFile(path); err != nil {
		return p, err
	}
	p.info, err = buildinfo.ReadFile(path)
	return p, err
}

// licences are the terms of everything that is linked into the programs besides
// our own code. They ask to go wherever the programs go.
func (f *factory) licences(programs []program) ([]byte, error) {
	var text strings.Builder
	goroot, err := output(f.root, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	if err := addTerms(&text, "the Go standard library", goroot); err != nil {
		return nil, err
	}
	for _, m := range modules(programs) {
		dir, err := output(f.root, "go", "list", "-m", "-f", "{{.Dir}}", m.Path)
		if err != nil {
			return nil, err
		}
		if err := addTerms(&text, m.Path+" "+m.Version, dir); err != nil {
			return nil, err
		}
	}
	return []byte(text.String()), nil
}

// addTerms adds what lies in the folder of a module about its licence. A module
// without any may not be handed on.
func addTerms(text *strings.Builder, title, dir string) error {
	found := 0
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		about := strings.HasPrefix(name, "LICEN") || strings.HasPrefix(name, "COPYING") || strings.HasPrefix(name, "NOTICE") || strings.HasPrefix(name, "PATENTS")
		if !about || !e.Type().IsRegular() || strings.HasSuffix(name, ".GO") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		found++
		fmt.Fprintf(text, "%s\n%s: %s\n\n%s\n\n", strings.Repeat("-", 78), title, e.Name(), strings.TrimSpace(string(data)))
	}
	if found == 0 {
		return fmt.Errorf("%s comes without a licence in %s", title, dir)
	}
	return nil
}
