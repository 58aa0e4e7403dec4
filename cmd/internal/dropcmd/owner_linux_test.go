// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/letter/wire"
)

// dynamic is a user as systemd makes one up: no file of users has it.
const dynamic = 61184

// withoutC builds this test binary as the programs are built: with cgo a
// process cannot give up root for all its threads.
func withoutC(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: giving up root can be tried by root only")
	}
	binary := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "test", "-c", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v: %s", err, out)
	}
	return binary
}

// serviceFolder is the folder of a service as systemd makes it for a user of
// its own: below a folder that only root may enter, seen through a link.
func serviceFolder(t *testing.T) (link, dir string) {
	t.Helper()
	base := t.TempDir()
	link, dir = filepath.Join(base, "tamizdat-drop"), filepath.Join(base, "private", "tamizdat-drop")
	droptest.Expect(t, "folder", os.MkdirAll(dir, 0o700), nil)
	droptest.Expect(t, "chmod", os.Chmod(filepath.Dir(dir), 0o700), nil)
	droptest.Expect(t, "chmod", os.Chmod(dir, 0o700), nil)
	droptest.Expect(t, "chown", os.Chown(dir, dynamic, dynamic), nil)
	droptest.Expect(t, "link", os.Symlink("private/tamizdat-drop", link), nil)
	return link, dir
}

// program runs it as root and gives back what it printed.
func program(t *testing.T, binary string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "CONFIGURATION_DIRECTORY=/nonexistent")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestRootActsAsOwner: an operator types sudo; the folder stays the service's,
// and root's power is gone before anything in it is touched.
func TestRootActsAsOwner(t *testing.T) {
	binary := withoutC(t)
	link, dir := serviceFolder(t)
	key := wire.NewsroomKey{1}.String()
	for _, args := range [][]string{{"init"}, {"adopt", key}, {"status"}} {
		args = append([]string{args[0], "--dir", link}, args[1:]...)
		if out, err := program(t, binary, args...); err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
	}
	// The service has served, and its database is there to be read.
	serve(t, binary, dir)
	if out, err := program(t, binary, "status", "--dir", link); err != nil || !strings.Contains(out, "letters   0 pages") {
		t.Errorf("status: %v: %s", err, out)
	}
	owned := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		droptest.Expect(t, "walk", err, nil)
		info, err := d.Info()
		droptest.Expect(t, "info", err, nil)
		if st := info.Sys().(*syscall.Stat_t); st.Uid != dynamic || st.Gid != dynamic {
			t.Errorf("%s belongs to %d:%d", d.Name(), st.Uid, st.Gid)
		}
		owned++
		return nil
	})
	droptest.Expect(t, "walk", err, nil)
	if owned < 5 {
		t.Errorf("only %d files were made", owned)
	}
}

// serve runs the service once as systemd does: as the owner, in its folder.
func serve(t *testing.T, binary, dir string) {
	t.Helper()
	// Its own user can reach the folder by a path without the locked one.
	open := filepath.Join(t.TempDir(), "drop")
	droptest.Expect(t, "moving", os.Rename(dir, open), nil)
	for p := open; p != os.TempDir() && p != "/"; p = filepath.Dir(p) {
		if p != open {
			droptest.Expect(t, "chmod", os.Chmod(p, 0o755), nil)
		}
	}
	for p := binary; p != os.TempDir() && p != "/"; p = filepath.Dir(p) {
		droptest.Expect(t, "chmod", os.Chmod(p, 0o755), nil)
	}
	addr := filepath.Join(open, "addr")
	cmd := exec.Command(binary, "serve", "--tor", "none", "--dir", open, "--addr-file", addr)
	cmd.Env = []string{asProgram + "=1", "CONFIGURATION_DIRECTORY=/nonexistent"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: dynamic, Gid: dynamic}}
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	droptest.Expect(t, "starting", cmd.Start(), nil)
	eventually(t, "serving", func() bool { _, err := os.Stat(addr); return err == nil })
	droptest.Expect(t, "asking it to end", cmd.Process.Signal(os.Interrupt), nil)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("serving: %v: %s", err, &said)
	}
	droptest.Expect(t, "moving back", os.Rename(open, dir), nil)
}

// TestRightsThatAreLeft: every thread is the owner and may read besides, or
// not even that.
func TestRightsThatAreLeft(t *testing.T) {
	binary := withoutC(t)
	_, dir := serviceFolder(t)
	for keep, caps := range map[uint32]string{mayNothing: "0000000000000000", mayRead: "0000000000000004"} {
		cmd := exec.Command(binary)
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", asWitness, keep, dir))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if len(lines) < witnesses {
			t.Errorf("only %d threads told: %s", len(lines), out)
		}
		want := fmt.Sprintf("Uid: %[1]d %[1]d %[1]d %[1]d Gid: %[1]d %[1]d %[1]d %[1]d Groups: "+
			"CapInh: 0000000000000000 CapPrm: %[2]s CapEff: %[2]s CapAmb: 0000000000000000 NoNewPrivs: 1", dynamic, caps)
		for _, line := range lines {
			if line != want {
				t.Errorf("a thread has the rights\n%s, want\n%s", line, want)
			}
		}
	}
}

// TestPlantedLinks: whoever broke into the service cannot lead root elsewhere.
func TestPlantedLinks(t *testing.T) {
	binary := withoutC(t)
	link, dir := serviceFolder(t)
	secret := filepath.Join(t.TempDir(), "shadow")
	droptest.Expect(t, "file", os.WriteFile(secret, []byte("tamizdat1secret\n"), 0o600), nil)
	for _, name := range []string{identityFile, newsroomFile, "state.db", "else"} {
		planted := filepath.Join(dir, name)
		droptest.Expect(t, "link", os.Symlink(secret, planted), nil)
		for _, args := range [][]string{{"init"}, {"adopt", wire.NewsroomKey{1}.String()}, {"status"}} {
			out, err := program(t, binary, append([]string{args[0], "--dir", link}, args[1:]...)...)
			if err == nil || !strings.Contains(out, "somebody else was in this folder") || strings.Contains(out, "secret") {
				t.Errorf("%v with a planted %s: %v: %s", args, name, err, out)
			}
		}
		droptest.Expect(t, "link", os.Remove(planted), nil)
	}
}
