// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
	"tamizdat/internal/doctor"
)

// soundDesk is one of a newsroom, in the background of a machine that has all
// that it needs.
func soundDesk(t *testing.T) *patient {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desk")
	v, err := vault.Create(dir, []byte("pass"), vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1})
	if err == nil {
		err = v.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	hour := now.Add(-time.Hour).Unix()
	s := &patient{
		dir: dir, running: true, unit: userUnit(1000), torThere: "127.0.0.1:9050", asked: true,
		status: desk.Status{
			Newsroom: "The Lamp", Member: true, RosterUntil: now.Add(40 * 24 * time.Hour).Unix(), KeysUntil: now.Add(9 * 24 * time.Hour).Unix(),
			Logs:   []desk.LogStatus{{Log: "letters", Pages: 1, Sealed: hour, Looked: hour}, {Log: "replies", Looked: hour}},
			Alarms: []*desk.Alarm{{Words: "the drop has taken back pages", Seen: true}},
		},
		machine: &doctor.Machine{
			System: "linux", Now: func() time.Time { return now },
			Kept: func() (bool, error) { return true, nil },
			Free: func(string) (int64, error) { return 100 << 30, nil },
			Files: fstest.MapFS{
				"proc/swaps":                   {Data: []byte("Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n")},
				"proc/sys/kernel/core_pattern": {Data: []byte("core\n")},
				"sys/fs/cgroup/" + userUnit(1000) + "/memory.swap.max": {Data: []byte("0\n")},
			},
		},
	}
	return s
}

// TestDoctorFindsNothing: where all is well the doctor says so, of everything.
func TestDoctorFindsNothing(t *testing.T) {
	s := soundDesk(t)
	for _, c := range s.checks() {
		f := c.Look(t.Context())
		if f.Grade != doctor.Good && !(c.Name == "folder" && runtime.GOOS == "windows") {
			t.Errorf("%s: %v", c.Name, f)
		}
	}
}

// TestDoctorFindsEachHarm harms one thing at a time.
func TestDoctorFindsEachHarm(t *testing.T) {
	s := soundDesk(t)
	later := func(d time.Duration) func(*patient) {
		return func(s *patient) {
			now := s.machine.Now().Add(d)
			s.machine.Now = func() time.Time { return now }
		}
	}
	none := func(s *patient) { s.dir = filepath.Join(s.dir, "none") }
	locked := func(s *patient) { s.asked = false }
	closed := func(s *patient) { s.locked = explain(vault.ErrDamaged) }
	alone := func(s *patient) { s.status = desk.Status{} }
	for _, tt := range []struct {
		check string
		harm  func(*patient)
		grade doctor.Grade
		words string
	}{
		{"config", func(s *patient) { s.configured = errors.New("desk.conf:3: wrong") }, doctor.Critical, "desk.conf:3"},
		{"desk", none, doctor.Critical, "desk init"},
		{"desk", locked, doctor.Good, "--unlock"},
		{"desk", closed, doctor.Critical, "damaged — touch nothing"},
		{"folder", none, doctor.Unseen, ""},
		{"service", none, doctor.Unseen, ""},
		{"service", func(s *patient) { s.waiting = true }, doctor.Warning, "desk unlock"},
		{"service", func(s *patient) { s.running = false }, doctor.Warning, "desk run"},
		{"service", func(s *patient) { s.running, s.machine.System = false, "darwin" }, doctor.Unseen, "desk run"},
		{"tor", func(s *patient) { s.torThere, s.torInstalled = "", true }, doctor.Good, "installed"},
		{"tor", func(s *patient) { s.torThere = "" }, doctor.Critical, "Tor Browser"},
		{"newsroom", locked, doctor.Unseen, "--unlock"},
		{"newsroom", closed, doctor.Unseen, ""},
		{"newsroom", alone, doctor.Warning, "belongs to no newsroom"},
		{"newsroom", func(s *patient) { s.status.Member = false }, doctor.Critical, "not in its list"},
		{"newsroom", later(11 * 24 * time.Hour), doctor.Warning, "29 days more"},
		{"newsroom", later(41 * 24 * time.Hour), doctor.Critical, "expired"},
		{"keys", locked, doctor.Unseen, "--unlock"},
		{"keys", later(8 * 24 * time.Hour), doctor.Warning, "end soon"},
		{"keys", later(10 * 24 * time.Hour), doctor.Critical, "not sealed to you"},
		{"keys", func(s *patient) { s.status.KeysUntil = 0 }, doctor.Critical, "not sealed to you"},
		{"drop", locked, doctor.Unseen, "--unlock"},
		{"drop", later(48 * time.Hour), doctor.Warning, "2 days ago"},
		{"drop", func(s *patient) { s.status.Logs = []desk.LogStatus{{Log: "desk"}} }, doctor.Warning, "desk log of the drop yet"},
		{"alarms", locked, doctor.Unseen, "--unlock"},
		{"alarms", func(s *patient) { s.status.Alarms = []*desk.Alarm{{}} }, doctor.Critical, "1 alarm that"},
		{"clock", later(-2 * time.Hour), doctor.Critical, "newest page"},
		{"clock", func(s *patient) { locked(s); s.status = desk.Status{} }, doctor.Good, ""},
		{"disk", none, doctor.Unseen, ""},
		{"disk", func(s *patient) { s.machine.Free = func(string) (int64, error) { return 1 << 20, nil } }, doctor.Critical, "less than 1 GiB left"},
		{"disk", func(s *patient) { s.machine.Free = func(string) (int64, error) { return 1 << 30, nil } }, doctor.Warning, "1 GiB left"},
		{"swap", func(s *patient) { s.running = false }, doctor.Warning, "/dev/sda2"},
	} {
		sick, machine := *s, *s.machine
		sick.machine = &machine
		tt.harm(&sick)
		for _, c := range sick.checks() {
			if c.Name != tt.check {
				continue
			}
			f := c.Look(t.Context())
			if f.Grade != tt.grade || !strings.Contains(f.What+" — "+f.Do, tt.words) {
				t.Errorf("%s: %v, want %v with %q", tt.check, f, tt.grade, tt.words)
			}
			if (f.Grade == doctor.Warning || f.Grade == doctor.Critical) && f.Do == "" {
				t.Errorf("%s: %v: nobody says what to do", tt.check, f)
			}
		}
	}
}

// TestDoctorOfADesk asks the doctor as a person does.
func TestDoctorOfADesk(t *testing.T) {
	b := newBench(t)
	b.desk("anna", "", "init", "--name", "Anna")
	runtimeDir := t.TempDir()
	doc := func(stdin string, args ...string) (code int, out string) {
		var said bytes.Buffer
		env := &cli.Env{Stdin: strings.NewReader(stdin), Stdout: &said, Stderr: &said, Getenv: func(name string) string {
			switch name {
			case "XDG_RUNTIME_DIR":
				return runtimeDir
			case "XDG_CONFIG_HOME", "HOME", "AppData":
				return b.dir
			}
			return ""
		}}
		code = cli.Run(t.Context(), Doctor(), env, append(args, "--dir", b.path("anna")))
		return code, said.String()
	}
	if code, out := doc("pass anna\n", "--unlock"); code == 0 || !strings.Contains(out, "ok    desk: it opens") || !strings.Contains(out, "warn  newsroom: this desk belongs to no") {
		t.Errorf("exit %d: %s", code, out)
	}
	if code, out := doc("wrong\n", "--unlock"); code != 2 || !strings.Contains(out, "FAIL  desk: this passphrase does not open the vault") {
		t.Errorf("a wrong passphrase: exit %d: %s", code, out)
	}
	// A configuration that is wrong is a finding, not a reason to say nothing.
	config, _ := configOf(t, b.dir)
	if runtime.GOOS == "linux" {
		config = filepath.Join(b.dir, "tamizdat", "desk.conf")
		if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, config, "sokcs 127.0.0.1:9050\n")
	if code, out := doc(""); code != 2 || !strings.Contains(out, "FAIL  config: ") || !strings.Contains(out, "— was socks meant?") || !strings.Contains(out, "ok    desk: ") {
		t.Errorf("a wrong configuration: exit %d: %s", code, out)
	}
	// A desk that waits for its passphrase is seen without a passphrase.
	socket, err := unlockSocket(&cli.Env{Getenv: func(string) string { return runtimeDir }}, b.path("anna"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(socket), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	var waiting sync.WaitGroup
	waiting.Go(func() {
		awaitPassphrase(t.Context(), l, func(string) error { return nil })
		answerUntil(l)
	})
	defer waiting.Wait()
	defer l.Close()
	if _, out := doc(""); !strings.Contains(out, "warn  service: it is locked") {
		t.Errorf("a locked desk: %s", out)
	}
	if err := bringPassphrase(t.Context(), socket, "pass"); err != nil {
		t.Fatal(err)
	}
	if _, out := doc(""); !strings.Contains(out, "ok    service: it keeps watch in the background") {
		t.Errorf("an unlocked desk: %s", out)
	}
	if code, out := doc("", "more"); code != 2 || !strings.Contains(out, "one argument too many") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// TestDoctorFindsTor: one that listens, or else one that could be started.
func TestDoctorFindsTor(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() { // answers as a SOCKS proxy that takes a name and a password
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprintf(conn, "\x05\x02")
			conn.Close()
		}
	}()
	env := &cli.Env{Getenv: func(string) string { return "" }}
	s := &patient{machine: doctor.This(), dir: t.TempDir()}
	if s.look(t.Context(), env, l.Addr().String()); s.torThere != l.Addr().String() {
		t.Errorf("Tor is seen at %q", s.torThere)
	}
	l.Close()
	if s.look(t.Context(), env, l.Addr().String()); s.torThere != "" || s.torInstalled {
		t.Errorf("nothing listens where it was told to be: %q, %v", s.torThere, s.torInstalled)
	}
	for _, far := range []string{"192.0.2.1:9050", "10.0.0.1:9050", "tor.example:9050"} {
		s.look(t.Context(), env, far)
		if f := s.checkTor(); s.torFailed == nil || f.Grade != doctor.Critical {
			t.Errorf("%s: %v, %+v", far, s.torFailed, f)
		}
	}
}
