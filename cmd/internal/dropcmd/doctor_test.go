// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
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

	"tamizdat/drop/droptest"
	blobs "tamizdat/drop/fs"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
	"tamizdat/internal/doctor"
	"tamizdat/letter/wire"
)

// fakeTor answers as a tor does, by the beginning of the key.
type fakeTor map[string]string

func (f fakeTor) Close() error { return nil }

func (f fakeTor) GetInfo(_ context.Context, key string) (string, error) {
	for begin, answer := range f {
		if strings.HasPrefix(key, begin) {
			return answer, nil
		}
	}
	return "", errors.New("tor answers GETINFO with 551")
}

func goodTor() fakeTor {
	return fakeTor{
		"version":                "0.4.9.11 (git-1)",
		"status/bootstrap-phase": `NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"`,
		"hs/service/desc/id/":    "hs-descriptor 3",
	}
}

const hostOfTest = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.onion"

// sound is a drop that serves, two hours after two journalists founded its
// newsroom, on a machine that has all that it needs.
func sound(t *testing.T) *patient {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "drop")
	must(t, "init", "--dir", dir)
	id, err := readIdentity(dir)
	droptest.Expect(t, "identity", err, nil)
	clock := droptest.NewClock(droptest.Noon)
	n := droptest.NewNewsroom(t, 3, droptest.Schedule(), clock.Unix())
	n.ServedBy(id.key(), id.incarnation)
	n.Succeed(func() { n.Roster.Addresses = []string{"http://" + hostOfTest} })
	must(t, "adopt", "--dir", dir, n.NR.String())

	store, err := sqlite.Open(dir)
	droptest.Expect(t, "store", err, nil)
	defer store.Close()
	b, err := blobs.Open(dir)
	droptest.Expect(t, "blobs", err, nil)
	defer b.Close()
	srv := droptest.NewServer(t, n, clock, server.Limits{}, store, b)
	droptest.Expect(t, "newsroom", srv.PostNewsroom(t.Context(), n.Write()), nil)
	for _, d := range n.Desks {
		for _, p := range []wire.Period{wire.PeriodAt(clock.Unix(), 604800), wire.PeriodAt(clock.Unix(), 604800) + 1} {
			droptest.Expect(t, "bundle", srv.PostBundle(t.Context(), n.BundleOf(d, p)), nil)
		}
	}
	for range 2 {
		clock.Add(3600)
		droptest.Expect(t, "sealing", srv.Seal(t.Context()), nil)
	}
	p := &patient{
		dir: dir, called: dir, tor: goodTor(), pid: 80, unit: "system.slice/tamizdat-drop.service",
		machine: &doctor.Machine{
			System: "linux", Now: clock.Now,
			Kept: func() (bool, error) { return true, nil },
			Free: func(string) (int64, error) { return 100 << 30, nil },
			Files: fstest.MapFS{
				"proc/swaps":                   {Data: []byte("Filename Type Size Used Priority\n")},
				"proc/sys/kernel/core_pattern": {Data: []byte("core\n")},
			},
		},
	}
	pid, unit := p.pid, p.unit
	p.look()
	p.pid, p.unit, p.onion = pid, unit, hostOfTest
	return p
}

// TestDoctorFindsNothing: where all is well the doctor says so, of everything.
func TestDoctorFindsNothing(t *testing.T) {
	p := sound(t)
	for _, c := range p.checks() {
		if f := c.Look(t.Context()); f.Grade != doctor.Good {
			t.Errorf("%s: %v", c.Name, f)
		}
	}
}

// TestDoctorFindsEachHarm harms one thing at a time.
func TestDoctorFindsEachHarm(t *testing.T) {
	p := sound(t)
	later := func(d time.Duration) func(*patient) {
		return func(p *patient) {
			now := p.machine.Now().Add(d)
			p.machine.Now = func() time.Time { return now }
		}
	}
	for _, tt := range []struct {
		check string
		harm  func(*patient)
		grade doctor.Grade
		words string
	}{
		{"config", func(p *patient) { p.configured = errors.New("drop.conf:3: wrong") }, doctor.Critical, "drop.conf:3"},
		{"config", func(p *patient) { p.listenOnly, p.unit = true, "x.scope" }, doctor.Warning, "tor auto"},
		{"config", func(p *patient) { p.listenOnly = true }, doctor.Good, ""},
		{"drop", func(p *patient) { p.identity = errIdentity() }, doctor.Critical, "damaged"},
		{"drop", func(p *patient) { p.adopted = fmt.Errorf("x: %w", errNotAdopted) }, doctor.Warning, "adopt KEY"},
		{"drop", func(p *patient) { p.adopted = errors.New("checksum") }, doctor.Critical, "checksum"},
		{"folder", func(p *patient) { p.dir = filepath.Join(p.dir, "none") }, doctor.Critical, "cannot be looked at"},
		{"folder", func(p *patient) { p.identity, p.pid = errIdentity(), 0 }, doctor.Unseen, ""},
		{"service", func(p *patient) { p.pid = 0 }, doctor.Critical, "does not run"},
		{"service", func(p *patient) { p.unit = "user.slice/x.scope" }, doctor.Warning, "not as a service"},
		{"service", func(p *patient) { p.adopted = errNotAdopted }, doctor.Unseen, ""},
		{"service", func(p *patient) { p.machine.System = "freebsd" }, doctor.Unseen, "Linux"},
		{"version", func(p *patient) { p.state.Schema-- }, doctor.Warning, "older version"},
		{"version", func(p *patient) { p.state.Schema--; p.pid = 0 }, doctor.Good, ""},
		{"version", func(p *patient) { p.stored = errors.New("made by a newer version of this program") }, doctor.Critical, "newer version"},
		{"version", func(p *patient) { p.state, p.stored = nil, fs.ErrNotExist }, doctor.Good, "never served"},
		{"version", func(p *patient) { p.state = nil }, doctor.Unseen, ""},
		{"tor", func(p *patient) { p.torFailed = errors.New("no such file") }, doctor.Critical, "start tor"},
		{"tor", func(p *patient) { p.torFailed = errNotAsked }, doctor.Unseen, ""},
		{"tor", func(p *patient) { p.tor = fakeTor{} }, doctor.Critical, "551"},
		{"tor", func(p *patient) {
			tor := goodTor()
			tor["status/bootstrap-phase"] = `NOTICE BOOTSTRAP PROGRESS=10 TAG=conn SUMMARY="Connecting PROGRESS=1000"`
			p.tor = tor
		}, doctor.Critical, "bridge"},
		{"tor", func(p *patient) {
			tor := goodTor()
			delete(tor, "hs/service/desc/id/")
			p.tor = tor
		}, doctor.Critical, "nobody reaches it"},
		{"tor", func(p *patient) { p.onion, p.keyless = "", fs.ErrNotExist }, doctor.Critical, "init --new-address"},
		{"tor", func(p *patient) { p.onion, p.keyless, p.newsroom = "", fs.ErrNotExist, nil }, doctor.Critical, "no onion address"},
		{"tor", func(p *patient) { p.onion, p.keyless = "", errors.New("the file onion is damaged") }, doctor.Critical, "damaged"},
		{"tor", func(p *patient) { p.onion = "b" + hostOfTest[1:] }, doctor.Warning, "another address"},
		{"tor", func(p *patient) { p.pid, p.tor = 0, fakeTor{"version": "1", "status": "X PROGRESS=100 Y"} }, doctor.Good, "tor 1 "},
		{"newsroom", func(p *patient) { p.newsroom = nil }, doctor.Warning, "not published"},
		{"newsroom", func(p *patient) { p.published = errors.New("it names another drop") }, doctor.Critical, "another drop"},
		{"newsroom", func(p *patient) { p.stored = errors.New("x") }, doctor.Unseen, ""},
		{"newsroom", later(19 * 24 * time.Hour), doctor.Good, "30 days more"},
		{"newsroom", later(21 * 24 * time.Hour), doctor.Warning, "28 days more"},
		{"newsroom", later(51 * 24 * time.Hour), doctor.Critical, "sources cannot write"},
		{"newsroom", later(-48 * time.Hour), doctor.Critical, "sources cannot write"},
		{"keys", later(7 * 24 * time.Hour), doctor.Warning, "0 of 3 journalists have keys here for the next"},
		{"keys", later(14 * 24 * time.Hour), doctor.Critical, "sources cannot write"},
		{"keys", func(p *patient) { p.state.Bundles = p.state.Bundles[:5] }, doctor.Warning, "only "},
		{"keys", func(p *patient) { p.state.Bundles[0].Bundle = []byte("x"); p.state.Bundles = p.state.Bundles[:1] }, doctor.Critical, "0 of 3"},
		{"keys", func(p *patient) { p.newsroom = nil }, doctor.Unseen, ""},
		{"restore", func(p *patient) { p.state.Holding = server.Doubtful }, doctor.Critical, "every journalist's desk"},
		{"restore", func(p *patient) { p.state.Holding = server.Behind }, doctor.Critical, "--new-logs"},
		{"restore", func(p *patient) { p.state = nil }, doctor.Unseen, ""},
		{"pages", func(p *patient) { p.state.Holding = server.Doubtful; later(7201 * time.Second)(p) }, doctor.Unseen, ""},
		{"pages", later(7201 * time.Second), doctor.Critical, "letters log"},
		{"pages", func(p *patient) { p.state.Logs = nil; later(3601 * time.Second)(p) }, doctor.Critical, "letters log"},
		{"pages", func(p *patient) { p.pid = 0; later(7201 * time.Second)(p) }, doctor.Unseen, ""},
		{"heads", func(p *patient) { letters(p, func(r *server.LogRecord) { r.Headers = r.Headers[:1] }) }, doctor.Critical, "other pages"},
		{"heads", func(p *patient) { letters(p, func(r *server.LogRecord) { r.Head = nil }) }, doctor.Critical, "without a head"},
		{"heads", func(p *patient) {
			letters(p, func(r *server.LogRecord) { r.Head[len(r.Head)-1] ^= 1 })
		}, doctor.Critical, "not what the drop has signed"},
		{"heads", func(p *patient) { p.newsroom = nil }, doctor.Unseen, ""},
		{"clock", later(-time.Hour), doctor.Critical, "behind what was signed"},
		{"clock", func(p *patient) { p.machine.Kept = func() (bool, error) { return false, nil } }, doctor.Warning, "timedatectl"},
		{"clock", func(p *patient) { p.newsroom = nil; later(-time.Hour)(p) }, doctor.Good, ""},
		{"disk", func(p *patient) { p.machine.Free = func(string) (int64, error) { return 1 << 29, nil } }, doctor.Critical, "not everything is taken"},
		{"disk", func(p *patient) { p.machine.Free = func(string) (int64, error) { return 3 << 30, nil } }, doctor.Warning, "3 GiB left"},
		{"swap", func(p *patient) {
			p.machine.Files.(fstest.MapFS)["proc/swaps"] = &fstest.MapFile{Data: []byte("Filename\n/dev/sda2 partition 1 0 -2\n")}
		}, doctor.Warning, "swapoff"},
		{"crashes", func(p *patient) {
			p.machine.Files.(fstest.MapFS)["proc/sys/kernel/core_pattern"] = &fstest.MapFile{Data: []byte("|/usr/share/apport/apport\n")}
		}, doctor.Warning, "apport"},
	} {
		sick := *p
		machine := *p.machine
		state := *p.state
		state.Bundles = append([]server.BundleRecord(nil), p.state.Bundles...)
		sick.machine, sick.state = &machine, &state
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

// letters changes what the store has of the letters log.
func letters(p *patient, change func(*server.LogRecord)) {
	logs := map[wire.Log]server.LogRecord{}
	for log, r := range p.state.Logs {
		if log == wire.Letters {
			r.Head = append([]byte(nil), r.Head...)
			if change(&r); len(r.Head) == 0 {
				r.Head = nil
			}
		}
		logs[log] = r
	}
	p.state.Logs = logs
}

// TestDoctorBesideTheService: the doctor finds the process that serves, keeps it
// from nothing, and says nothing of what waits.
func TestDoctorBesideTheService(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: which process serves can be seen on Linux only")
	}
	dir, n := founded(t, 2, droptest.Schedule())
	p := start(t, dir)
	c := p.client(t)
	droptest.Expect(t, "newsroom", c.PostNewsroom(t.Context(), n.Write()), nil)
	for _, d := range n.Desks {
		droptest.Expect(t, "bundle", c.PostBundle(t.Context(), n.BundleOf(d, wire.PeriodAt(now(), 604800))), nil)
	}
	post, err := n.Letter(now()).Encode()
	droptest.Expect(t, "letter", err, nil)
	before := examine(t, dir)
	droptest.Expect(t, "letter", c.PostLetter(t.Context(), post), nil)
	after := examine(t, dir)
	if before != after {
		t.Errorf("a letter that waits is told of:\n%s%s", before, after)
	}
	for check, grade := range map[string]string{"drop": "ok", "folder": "ok", "version": "ok", "service": "warn", "heads": "ok", "pages": "ok", "newsroom": "ok", "keys": "warn"} {
		if !strings.Contains(after, `{"check":"`+check+`","grade":"`+grade+`"`) {
			t.Errorf("%s is not graded %s: %s", check, grade, after)
		}
	}
	p.stop(t)
	if out := examine(t, dir); !strings.Contains(out, "the drop does not run") {
		t.Errorf("the drop has ended, and the doctor says %s", out)
	}
	start(t, dir)
}

// examine runs the doctor and gives back what it says of everything but the
// machine that the test runs on.
func examine(t *testing.T, dir string) string {
	t.Helper()
	_, out, errs := run(t, "doctor", "--dir", dir, "--tor", "none", "--json")
	var r struct {
		Checks []struct {
			Check, Grade, What, Do string
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s %s", err, out, errs)
	}
	var b strings.Builder
	for _, c := range r.Checks {
		if c.Check != "disk" && c.Check != "clock" {
			fmt.Fprintf(&b, `{"check":%q,"grade":%q}: %s — %s`+"\n", c.Check, c.Grade, c.What, c.Do)
		}
	}
	return b.String()
}

// TestDoctorOfABrokenConfiguration: it is a finding, not a reason to say nothing.
func TestDoctorOfABrokenConfiguration(t *testing.T) {
	state, config := t.TempDir(), t.TempDir()
	droptest.Expect(t, "file", os.WriteFile(filepath.Join(config, "drop.conf"), []byte("tro none\n"), 0o600), nil)
	code, out, _ := installed(t, state, config, "doctor")
	if code != 2 || !strings.Contains(out, "FAIL  config: ") || !strings.Contains(out, "drop.conf:1: ") || !strings.Contains(out, "— was tor meant?") {
		t.Errorf("exit %d: %s", code, out)
	}
}
