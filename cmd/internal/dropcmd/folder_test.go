// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/internal/cli"
	"tamizdat/letter/wire"
)

// installed runs the program on a machine with these two folders.
func installed(t *testing.T, state, config string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	getenv := func(name string) string {
		return map[string]string{"STATE_DIRECTORY": state, "CONFIGURATION_DIRECTORY": config}[name]
	}
	env := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: getenv}
	code = cli.Run(t.Context(), Command(), env, args)
	return code, out.String(), errs.String()
}

// TestNoFolderNeedsToBeNamed: on a machine with the package, the commands are
// typed as the documents have them.
func TestNoFolderNeedsToBeNamed(t *testing.T) {
	// systemd shows the folder of a service through a link.
	base := t.TempDir()
	state, config := filepath.Join(base, "tamizdat-drop"), filepath.Join(base, "etc")
	droptest.Expect(t, "folder", os.MkdirAll(filepath.Join(base, "private", "tamizdat-drop"), 0o700), nil)
	droptest.Expect(t, "chmod", os.Chmod(filepath.Join(base, "private", "tamizdat-drop"), 0o700), nil)
	droptest.Expect(t, "link", os.Symlink("private/tamizdat-drop", state), nil)
	droptest.Expect(t, "folder", os.Mkdir(config, 0o755), nil)

	key := wire.NewsroomKey{1}.String()
	for _, args := range [][]string{{"init"}, {"adopt", key}, {"status"}} {
		if code, _, errs := installed(t, state, config, args...); code != 0 {
			t.Fatalf("%v: exit %d: %s", args, code, errs)
		}
	}
	if _, err := readIdentity(filepath.Join(base, "private", "tamizdat-drop")); err != nil {
		t.Errorf("the drop is not in its folder: %v", err)
	}

	// A configuration file may move it, and the command line has the last word.
	file := filepath.Join(config, "drop.conf")
	other := filepath.Join(base, "other")
	droptest.Expect(t, "file", os.WriteFile(file, []byte("# ours\nlisten 192.0.2.1:80\ndir "+other+"\n"), 0o644), nil)
	if code, _, errs := installed(t, state, config, "status"); code != 1 || !strings.Contains(errs, "there is no drop in this folder") {
		t.Errorf("status of another folder: exit %d: %s", code, errs)
	}
	if code, out, errs := installed(t, state, config, "status", "--dir", state); code != 0 || !strings.Contains(out, key) {
		t.Errorf("status of the named folder: exit %d: %s", code, errs)
	}
	if code, _, errs := installed(t, state, config, "serve", "--dir", state); code != 1 || !strings.Contains(errs, "refusing to listen on 192.0.2.1:80") {
		t.Errorf("serve did not read the file: exit %d: %s", code, errs)
	}
	droptest.Expect(t, "file", os.WriteFile(file, []byte("listne 127.0.0.1:0\n"), 0o644), nil)
	if code, _, errs := installed(t, state, config, "status"); code != 1 || !strings.Contains(errs, "drop.conf:1: ") || !strings.Contains(errs, "was listen meant?") {
		t.Errorf("a slip in the file: exit %d: %s", code, errs)
	}
}

// witnesses is the number of threads, besides those that Go has, whose rights
// are told.
const witnesses = 8

// tellRights prints the rights of each thread of this process, after it became
// the owner of a folder.
func tellRights(how string) {
	var door, dir string
	if _, err := fmt.Sscan(how, &door, &dir); err != nil {
		panic(err)
	}
	release := manyThreads()
	defer release()
	machine, err := "/", error(nil)
	if door == "enter" {
		_, machine, err = enter(dir, machine)
	} else {
		_, err = actAsOwner(dir)
	}
	if err != nil {
		panic(err)
	}
	threads, err := filepath.Glob(machine + "/proc/self/task/*/status")
	if err != nil {
		panic(err)
	}
	for _, file := range threads {
		b, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		lines := regexp.MustCompile(`(?m)^(Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs):.*$`).FindAllString(string(b), -1)
		fmt.Println(strings.Join(strings.Fields(strings.Join(lines, " ")), " "))
	}
}

// manyThreads lets the process have several, each of which must lose its
// rights.
func manyThreads() (release func()) {
	var ready, done sync.WaitGroup
	end := make(chan struct{})
	ready.Add(witnesses)
	for range witnesses {
		done.Go(func() {
			runtime.LockOSThread()
			ready.Done()
			<-end
		})
	}
	ready.Wait()
	return func() { close(end); done.Wait() }
}
