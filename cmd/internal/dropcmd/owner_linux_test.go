// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"

	"tamizdat/drop/droptest"
	"tamizdat/internal/oldstores"
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

// TestRightsThatAreLeft: every thread is the owner and nothing more.
func TestRightsThatAreLeft(t *testing.T) {
	binary := withoutC(t)
	_, dir := serviceFolder(t)
	const caps = "0000000000000000"
	for _, door := range []string{"enter", "act"} {
		cmd := exec.Command(binary)
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s", asWitness, door, dir))
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

// taken is the folder of a service that somebody broke into, as [serviceFolder]
// makes it: with pages, and with a backup key that they have themselves.
func taken(t *testing.T, filled string) (link, dir string, key *age.X25519Identity) {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	droptest.Expect(t, "key", err, nil)
	link, dir = serviceFolder(t)
	droptest.Expect(t, "an empty folder", os.Remove(dir), nil)
	droptest.Expect(t, "moving", os.Rename(filled, dir), nil)
	put(t, filepath.Join(dir, backupKeyFile), key.Recipient().String()+"\n")
	droptest.Expect(t, "giving it away", filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, dynamic, dynamic)
	}), nil)
	return link, dir, key
}

func put(t *testing.T, file, text string) {
	t.Helper()
	droptest.Expect(t, "file", os.WriteFile(file, []byte(text), 0o600), nil)
}

// foreign is a file that only root may read, too large to stay in a buffer.
const foreign = "this is root's alone; "

func foreignFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "shadow")
	put(t, file, strings.Repeat(foreign, 20_000))
	return file
}

// shows runs the program as root and gives back all that somebody learns who
// sees what it writes and has the backup key.
func shows(t *testing.T, binary string, key age.Identity, args ...string) (out string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "CONFIGURATION_DIRECTORY=/nonexistent")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	out = stdout.String() + stderr.String()
	if plain, err := age.Decrypt(&stdout, key); err == nil {
		b, _ := io.ReadAll(plain) // as far as it got
		out += string(b)
	}
	return out, err
}

// TestH1RootReadsNothingForOthers: whoever broke into the service, and can plant
// anything anywhere in its folder, gets no file of root's into what root's
// commands write, and cannot keep them waiting either.
func TestH1RootReadsNothingForOthers(t *testing.T) {
	binary := withoutC(t)
	page := func(dir string) string { return filepath.Join(dir, "letters", "000000000000") }
	for name, tt := range map[string]struct {
		plant func(dir, secret string) error
		args  []string
		fails bool
	}{
		"nothing": {func(string, string) error { return nil }, []string{"backup", "--to", "-"}, false},
		"a link for a page": {func(dir, secret string) error {
			return os.Symlink(secret, page(dir))
		}, []string{"backup", "--to", "-"}, true},
		"a hard link for a page": {func(dir, secret string) error {
			return os.Link(secret, page(dir))
		}, []string{"backup", "--to", "-"}, true},
		"a pipe for a page": {func(dir, _ string) error {
			return syscall.Mkfifo(page(dir), 0o666)
		}, []string{"backup", "--to", "-"}, true},
		"a link among the spools": {func(dir, secret string) error {
			return os.Symlink(secret, filepath.Join(dir, "spool", "more.db"))
		}, []string{"backup", "--move", "--to", "-"}, true},
		"a hard link among the spools": {func(dir, secret string) error {
			return os.Link(secret, filepath.Join(dir, "spool", "more.db"))
		}, []string{"backup", "--move", "--to", "-"}, true},
		"a hard link for the newsroom": {func(dir, secret string) error {
			return os.Link(secret, filepath.Join(dir, "newsroom.new"))
		}, []string{"status"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			oldstores.Each(t, "drop", func(t *testing.T, filled string) {
				link, dir, key := taken(t, filled)
				if name != "nothing" && strings.HasSuffix(name, "page") {
					droptest.Expect(t, "remove", os.Remove(page(dir)), nil)
				}
				droptest.Expect(t, "planting", tt.plant(dir, foreignFile(t)), nil)
				args := append([]string{tt.args[0], "--dir", link}, tt.args[1:]...)
				out, err := shows(t, binary, key, args...)
				if strings.Contains(out, foreign) || (err != nil) != tt.fails {
					t.Errorf("root's file in what it wrote: %v; %v: %.300q", strings.Contains(out, foreign), err, out)
				}
			})
		})
	}
}

// TestH1SwapWhileRootCopies: nor do they if they wait until it is at work.
func TestH1SwapWhileRootCopies(t *testing.T) {
	binary := withoutC(t)
	oldstores.Each(t, "drop", func(t *testing.T, filled string) {
		link, dir, key := taken(t, filled)
		secret, onion := foreignFile(t), onionText(t, dir)
		for range 10 {
			end, ended := make(chan struct{}), make(chan error)
			planted := filepath.Join(dir, "views", "x")
			droptest.Expect(t, "link", os.Symlink(secret, planted), nil)
			go func() { ended <- swapAtWork(dir, planted, end) }()
			out, _ := shows(t, binary, key, "backup", "--dir", link, "--to", "-")
			close(end)
			droptest.Expect(t, "swapping", <-ended, nil)
			if strings.Contains(out, foreign) {
				t.Fatal("root's file is in the backup")
			}
			droptest.Expect(t, "remove", os.Remove(filepath.Join(dir, onionFile)), nil)
			put(t, filepath.Join(dir, onionFile), onion)
			droptest.Expect(t, "chown", os.Chown(filepath.Join(dir, onionFile), dynamic, dynamic), nil)
		}
	})
}

// swapAtWork puts what was planted in the place of a small file as soon as a
// backup has begun, and at the latest when it has ended.
func swapAtWork(dir, planted string, end <-chan struct{}) error {
	for {
		select {
		case <-end:
			return os.Rename(planted, filepath.Join(dir, onionFile))
		default:
		}
		if _, err := os.Lstat(filepath.Join(dir, copyDir)); err == nil {
			return os.Rename(planted, filepath.Join(dir, onionFile))
		}
	}
}

// TestRootsBackupElsewhere: a folder that the operator names is reached from
// within the drop's, and only with the rights of the drop's user.
func TestRootsBackupElsewhere(t *testing.T) {
	binary := withoutC(t)
	oldstores.Each(t, "drop", func(t *testing.T, filled string) {
		link, dir, key := taken(t, filled)
		away := t.TempDir()
		if out, err := program(t, binary, "backup", "--dir", link, "--to", away); err == nil || !strings.Contains(out, "permission denied") {
			t.Errorf("into a folder of root's: %v: %s", err, out)
		}
		droptest.Expect(t, "chown", os.Chown(away, dynamic, dynamic), nil)
		if out, err := program(t, binary, "backup", "--dir", link, "--to", filepath.Join(away, "none")); err == nil || !strings.Contains(out, "make that folder first") {
			t.Errorf("into a folder that is not there: %v: %s", err, out)
		}
		for to, want := range map[string]string{away: away, "": filepath.Join(link, backupsDir)} {
			out, err := program(t, binary, "backup", "--dir", link, "--to", to)
			file := strings.TrimSpace(out)
			if err != nil || filepath.Dir(file) != want {
				t.Fatalf("--to %q: %v: %s", to, err, out)
			}
			droptest.Expect(t, "root's copy", os.Chown(file, 0, 0), nil)
			fresh, freshDir := serviceFolder(t)
			restore := exec.Command(binary, "restore", "--from", file, "--dir", fresh)
			restore.Env = append(os.Environ(), asProgram+"=1", "CONFIGURATION_DIRECTORY=/nonexistent")
			restore.Stdin = strings.NewReader(key.String() + "\n")
			if out, err := restore.CombinedOutput(); err != nil || onionText(t, freshDir) != onionText(t, dir) {
				t.Fatalf("restoring: %v: %s", err, out)
			}
		}
	})
}

// TestRootsDoctor: the doctor sees the machine from within the folder.
func TestRootsDoctor(t *testing.T) {
	binary := withoutC(t)
	oldstores.Each(t, "drop", func(t *testing.T, filled string) {
		link, _, _ := taken(t, filled)
		out, _ := program(t, binary, "doctor", "--dir", link) // some checks fail here
		for _, want := range []string{"nobody else may read", "the drop does not run", "GiB left", "memory", "crashe"} {
			if !strings.Contains(out, want) {
				t.Errorf("the doctor does not say %q: %s", want, out)
			}
		}
		if strings.Contains(out, "cannot be read") {
			t.Errorf("the machine cannot be seen: %s", out)
		}
	})
}

// TestL1WaysThatOthersCanChange: root refuses a folder in whose place somebody
// else can put another one.
func TestL1WaysThatOthersCanChange(t *testing.T) {
	binary := withoutC(t)
	const other = dynamic + 1
	for name, tt := range map[string]struct {
		owner int         // of the folder above
		mode  fs.FileMode // of the folder above
		drop  int         // owner of the drop's folder, -1 for none
		link  bool        // what is named is a link to a folder of root's
		words string      // "" for success
	}{
		"root's":                     {0, 0o755, 0, false, ""},
		"root's, a new one":          {0, 0o755, -1, false, ""},
		"the owner's":                {dynamic, 0o755, dynamic, false, ""},
		"for everyone":               {0, 0o777, 0, false, "users other than the owner"},
		"for a group":                {0, 0o775, dynamic, false, "users other than the owner"},
		"for everyone, sticky":       {0, 0o777 | fs.ModeSticky, 0, false, ""},
		"somebody's, root's":         {other, 0o755, 0, false, "can put another folder"},
		"somebody's, another's":      {other, 0o755, dynamic, false, "can put another folder"},
		"somebody's, a new one":      {other, 0o755, -1, false, "can put another folder"},
		"somebody's link to root's":  {other, 0o755, 0, true, "can put another folder"},
		"root's link to root's":      {0, 0o755, 0, true, ""},
		"the owner's link to root's": {dynamic, 0o755, 0, true, "can put another folder"},
	} {
		t.Run(name, func(t *testing.T) {
			above := filepath.Join(t.TempDir(), "above")
			dir := filepath.Join(above, "drop")
			droptest.Expect(t, "folder", os.Mkdir(above, 0o700), nil)
			if tt.drop >= 0 {
				real := dir
				if tt.link {
					real = filepath.Join(t.TempDir(), "real")
					droptest.Expect(t, "link", os.Symlink(real, dir), nil)
				}
				droptest.Expect(t, "folder", os.Mkdir(real, 0o700), nil)
				droptest.Expect(t, "chown", os.Chown(real, tt.drop, tt.drop), nil)
			}
			droptest.Expect(t, "chown", os.Chown(above, tt.owner, tt.owner), nil)
			droptest.Expect(t, "chmod", os.Chmod(above, tt.mode), nil)
			out, err := program(t, binary, "init", "--dir", dir)
			if (err == nil) != (tt.words == "") || !strings.Contains(out, tt.words) {
				t.Errorf("%v: %s", err, out)
			}
			if _, err := os.Lstat(filepath.Join(dir, identityFile)); (err == nil) != (tt.words == "") {
				t.Errorf("the drop's key: %v", err)
			}
		})
	}
}
