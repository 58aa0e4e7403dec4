// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tamizdat/internal/cli"
)

// examined runs a doctor with these findings as a program does.
func examined(asJSON bool, findings ...Finding) (code int, out string) {
	var checks []Check
	for i, f := range findings {
		checks = append(checks, Check{string(rune('a' + i)), func(context.Context) Finding { return f }})
	}
	var stdout, stderr bytes.Buffer
	env := &cli.Env{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
	root := &cli.Command{Name: "doctor", Usage: "x", Run: func(ctx context.Context, env *cli.Env, _ []string) error {
		return Report(ctx, env, checks, asJSON)
	}}
	code = cli.Run(context.Background(), root, env, nil)
	return code, stdout.String() + stderr.String()
}

func TestStory(t *testing.T) {
	ok, warn, fail, unknown := OK("fine"), Warn("swap is open", "close it"), Fail("no tor", "start it"), Unknown("the moon")
	for _, tt := range []struct {
		findings []Finding
		code     int
		out      string
	}{
		{nil, 0, ""},
		{[]Finding{ok, unknown}, 0, "ok    a: fine\n?     b: the moon\n"},
		{[]Finding{warn, ok}, 1, "warn  a: swap is open — close it\nok    b: fine\n"},
		{[]Finding{warn, fail, ok}, 2, "warn  a: swap is open — close it\nFAIL  b: no tor — start it\nok    c: fine\n"},
	} {
		code, out := examined(false, tt.findings...)
		if code != tt.code || out != tt.out {
			t.Errorf("exit %d with\n%s, want %d with\n%s", code, out, tt.code, tt.out)
		}
	}
	code, out := examined(true, warn, unknown)
	var got, want any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	const text = `{"grade":"warn","checks":[{"check":"a","grade":"warn","what":"swap is open","do":"close it"},{"check":"b","grade":"?","what":"the moon"}]}`
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); code != 1 || diff != "" {
		t.Errorf("exit %d, JSON (-want +got):\n%s", code, diff)
	}
}

// TestTheResultMustArrive: a doctor who was not heard has not said that all is
// well, nor how bad it is.
func TestTheResultMustArrive(t *testing.T) {
	var stderr bytes.Buffer
	env := &cli.Env{Stdout: closed{}, Stderr: &stderr}
	root := &cli.Command{Name: "doctor", Usage: "x", Run: func(ctx context.Context, env *cli.Env, _ []string) error {
		return Report(ctx, env, []Check{{"a", func(context.Context) Finding { return Fail("x", "y") }}}, false)
	}}
	if code := cli.Run(context.Background(), root, env, nil); code != 1 || !strings.Contains(stderr.String(), "incomplete") {
		t.Errorf("exit %d, %q", code, stderr.String())
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, errors.New("closed") }

// expect compares a finding's grade and a part of its words.
func expect(t *testing.T, name string, f Finding, g Grade, words string) {
	t.Helper()
	if f.Grade != g || !strings.Contains(f.What+" — "+f.Do, words) {
		t.Errorf("%s: %v, want %v with %q", name, f, g, words)
	}
	if (f.Grade == Warning || f.Grade == Critical) && f.Do == "" {
		t.Errorf("%s: nobody says what to do", name)
	}
}

func TestClock(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	yes := func() (bool, error) { return true, nil }
	no := func() (bool, error) { return false, nil }
	for name, tt := range map[string]struct {
		newest, built time.Time
		kept          func() (bool, error)
		grade         Grade
		words         string
	}{
		"kept":           {now, now, yes, Good, "by the network"},
		"kept, no drop":  {time.Time{}, time.Time{}, yes, Good, "by the network"},
		"a little late":  {now.Add(time.Minute), now, yes, Good, "by the network"},
		"not kept":       {now, now, no, Warning, "nothing keeps"},
		"behind a page":  {now.Add(time.Hour), now, yes, Critical, "behind the newest page"},
		"behind itself":  {now, now.Add(48 * time.Hour), yes, Critical, "was made"},
		"unseen":         {now, now, func() (bool, error) { return false, errUnseen }, Unseen, "nobody can tell"},
		"refused":        {now, now, func() (bool, error) { return false, errors.New("not permitted") }, Unseen, "not permitted"},
		"unseen, behind": {now.Add(time.Hour), now, func() (bool, error) { return false, errUnseen }, Critical, "behind the newest page"},
	} {
		m := &Machine{Now: func() time.Time { return now }, Kept: tt.kept, Built: tt.built}
		expect(t, name, m.Clock(tt.newest, "the newest page"), tt.grade, tt.words)
	}
}

func TestDisk(t *testing.T) {
	for name, tt := range map[string]struct {
		free  int64
		err   error
		grade Grade
		words string
	}{
		"wide":    {100 << 30, nil, Good, "100 GiB left"},
		"narrow":  {3 << 30, nil, Warning, "3 GiB left"},
		"at last": {1<<30 - 1, nil, Critical, "below 1024 MiB not everything is taken"},
		"none":    {0, nil, Critical, "less than 1 GiB left"},
		"a piece": {3<<30 - 1<<20, nil, Warning, "2 GiB left"},
		"pieces":  {3<<30 - 9<<20, nil, Warning, "2 GiB left"},
		"broken":  {0, errors.New("input/output error"), Critical, "input/output error"},
		"unseen":  {0, errUnseen, Unseen, "how much room"},
	} {
		m := &Machine{Free: func(string) (int64, error) { return tt.free, tt.err }}
		expect(t, name, m.Disk("/x", 1<<30, 4<<30), tt.grade, tt.words)
	}
}

const swapHeading = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

// device adds a block device of the device mapper, on others.
func device(files fstest.MapFS, number, name, uuid string, below ...string) {
	files["sys/block/"+number+"/dm/name"] = &fstest.MapFile{Data: []byte(name + "\n")}
	files["sys/block/"+number+"/dm/uuid"] = &fstest.MapFile{Data: []byte(uuid + "\n")}
	for _, b := range below {
		files["sys/block/"+number+"/slaves/"+b] = &fstest.MapFile{Data: []byte{}}
	}
}

func TestD6Swap(t *testing.T) {
	files := fstest.MapFS{}
	device(files, "dm-0", "disk_crypt", "CRYPT-LUKS2-00", "sda3")
	device(files, "dm-1", "vg-swap", "LVM-00", "dm-0")
	device(files, "dm-2", "vg-open", "LVM-01", "sda4")
	device(files, "dm-3", "vg-both", "LVM-02", "dm-0", "sda4")
	device(files, "dm-4", "circle", "LVM-03", "dm-4")
	files["sys/block/zram1/backing_dev"] = &fstest.MapFile{Data: []byte("/dev/sda5\n")}
	files["sys/block/zram0/backing_dev"] = &fstest.MapFile{Data: []byte("none\n")}
	files["sys/fs/cgroup/system.slice/tamizdat-drop.service/memory.swap.max"] = &fstest.MapFile{Data: []byte("0\n")}
	files["sys/fs/cgroup/system.slice/other.service/memory.swap.max"] = &fstest.MapFile{Data: []byte("max\n")}
	for _, tt := range []struct {
		places, unit string
		grade        Grade
		words        string
	}{
		{"", "", Good, "not written to a disk"},
		{"/dev/sda2", "", Warning, "/dev/sda2"},
		{"/dev/sda2", "system.slice/tamizdat-drop.service", Good, "its unit forbids it"},
		{"/dev/sda2", "system.slice/other.service", Warning, "/dev/sda2"},
		{"/dev/sda2", "system.slice/none.service", Warning, "/dev/sda2"},
		{"/dev/zram0", "", Good, "not written"},
		{"/dev/zram1", "", Warning, "/dev/zram1"},
		{"/dev/dm-0", "", Good, "not written"},
		{"/dev/mapper/disk_crypt", "", Good, "not written"},
		{"/dev/dm-1", "", Good, "not written"},
		{"/dev/zram0 /dev/dm-2", "", Warning, "/dev/dm-2"},
		{"/dev/dm-3", "", Warning, "/dev/dm-3"},
		{"/dev/dm-4", "", Warning, "/dev/dm-4"},
		{"/dev/mapper/unknown", "", Warning, "/dev/mapper/unknown"},
		{"/swapfile", "", Warning, "/swapfile"},
	} {
		var table strings.Builder
		table.WriteString(swapHeading)
		for place := range strings.FieldsSeq(tt.places) {
			table.WriteString(place + "\tpartition\t2097148\t0\t-2\n")
		}
		files["proc/swaps"] = &fstest.MapFile{Data: []byte(table.String())}
		m := &Machine{System: "linux", Files: files}
		expect(t, tt.places+" in "+tt.unit, m.Swap(tt.unit), tt.grade, tt.words)
	}
	expect(t, "no /proc", (&Machine{System: "linux", Files: fstest.MapFS{}}).Swap(""), Unseen, "/proc/swaps")
	expect(t, "elsewhere", (&Machine{System: "darwin", Files: files}).Swap(""), Unseen, "Linux")
}

func TestD6Crashes(t *testing.T) {
	for pattern, want := range map[string]Grade{
		"core":  Good,
		"/c/%p": Good,
		"|/usr/lib/systemd/systemd-coredump %P %u %g %s %t %c %h": Good,
		"|/usr/share/apport/apport -p%p -s%s":                     Warning,
		"|/bin/evil":                                              Warning,
	} {
		m := &Machine{System: "linux", Files: fstest.MapFS{"proc/sys/kernel/core_pattern": {Data: []byte(pattern + "\n")}}}
		expect(t, pattern, m.Crashes(), want, "")
	}
	expect(t, "no /proc", (&Machine{System: "linux", Files: fstest.MapFS{}}).Crashes(), Unseen, "core_pattern")
	expect(t, "elsewhere", (&Machine{System: "windows"}).Crashes(), Unseen, "Linux")
}

func TestFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: this system has no permission bits")
	}
	m := &Machine{System: "linux"}
	fresh := func() string {
		dir := filepath.Join(t.TempDir(), "drop")
		must(t, os.MkdirAll(filepath.Join(dir, "chunks"), 0o700))
		must(t, os.WriteFile(filepath.Join(dir, "chunks", "secretname"), nil, 0o600))
		return dir
	}
	for name, tt := range map[string]struct {
		harm  func(dir string) error
		grade Grade
		words string
	}{
		"sound":         {func(string) error { return nil }, Good, "nobody else"},
		"open folder":   {func(dir string) error { return os.Chmod(dir, 0o750) }, Critical, "other users may"},
		"open file":     {func(dir string) error { return os.Chmod(filepath.Join(dir, "chunks", "secretname"), 0o604) }, Critical, "other users may"},
		"planted link":  {func(dir string) error { return os.Symlink("/etc/passwd", filepath.Join(dir, "newsroom")) }, Critical, "neither a file"},
		"no folder":     {os.RemoveAll, Critical, "cannot be looked at"},
		"of another":    {func(dir string) error { return os.Chown(filepath.Join(dir, "chunks"), 61184, 61184) }, Critical, "another user's"},
		"all another's": {chownAll, Good, "nobody else"},
	} {
		dir := fresh()
		if err := tt.harm(dir); errors.Is(err, os.ErrPermission) {
			t.Logf("SKIPPED: %s can be tried by root only", name)
			continue
		}
		f := m.Folder(dir)
		expect(t, name, f, tt.grade, tt.words)
		if strings.Contains(f.What+f.Do, "secretname") {
			t.Errorf("%s: a file's name is told: %v", name, f)
		}
	}
	expect(t, "Windows", (&Machine{System: "windows"}).Folder(fresh()), Unseen, "access list")
}

// TestFoldersErrors: names of files in the folder tell what they hold.
func TestFoldersErrors(t *testing.T) {
	err := fmt.Errorf("x: %w", &fs.PathError{Op: "lstat", Path: "/drop/chunks/secretname", Err: fs.ErrPermission})
	for name, f := range map[string]Finding{"a path": unseenFolder(err), "another": unseenFolder(errors.New("secretname"))} {
		if f.Grade != Critical || strings.Contains(f.What+f.Do, "secretname") {
			t.Errorf("%s: %v", name, f)
		}
	}
	expect(t, "the kind", unseenFolder(err), Critical, "permission denied")
}

func chownAll(dir string) error {
	for _, name := range []string{"chunks/secretname", "chunks", "."} {
		if err := os.Chown(filepath.Join(dir, name), 61184, 61184); err != nil {
			return err
		}
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestHolderAndUnit(t *testing.T) {
	table := "1: POSIX  ADVISORY  WRITE 77 fd:01:4242 0 EOF\n2: FLOCK  ADVISORY  READ 78 fd:01:4242 0 EOF\n" +
		"3: FLOCK  ADVISORY  WRITE 79 fd:01:4243 0 EOF\n4: FLOCK  ADVISORY  WRITE 80 00:1c:4242 0 EOF\nx\n5: -> FLOCK ADVISORY WRITE 9 fd:01:1 0 EOF\n"
	for inode, want := range map[uint64]int{4242: 80, 4243: 79, 1: 0} {
		if got := holder(table, inode); got != want {
			t.Errorf("inode %d is locked by %d, want %d", inode, got, want)
		}
	}
	m := &Machine{Files: fstest.MapFS{
		"proc/80/cgroup": {Data: []byte("0::/system.slice/tamizdat-drop.service\n")},
		"proc/81/cgroup": {Data: []byte("12:cpu:/old\n0::/user.slice/x.scope\n")},
		"proc/82/cgroup": {Data: []byte("12:cpu:/old\n")},
	}}
	for pid, want := range map[int]string{80: "system.slice/tamizdat-drop.service", 81: "user.slice/x.scope", 82: "", 83: ""} {
		if got := m.Unit(pid); got != want {
			t.Errorf("process %d is in %q, want %q", pid, got, want)
		}
	}
}
