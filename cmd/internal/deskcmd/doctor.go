// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"tamizdat/desk"
	"tamizdat/internal/cli"
	"tamizdat/internal/doctor"
	"tamizdat/internal/tor"
)

const (
	deskRoom      = 512 << 20 // free bytes below which a laptop is about to stop working
	deskComfort   = 4 << 30
	keysWarning   = 48 * time.Hour // left of the keys at the drop
	lookedWarning = 26 * time.Hour // since the last look: a night and a day without one
)

// Doctor gives the verb "doctor", which stands beside "desk": whoever needs it
// must not have to know to whom something belongs.
func Doctor() *cli.Command {
	p := newProgram(time.Now)
	return &cli.Command{Name: "doctor", Summary: "look whether this desk is well, and say what to do", Usage: doctorUsage, Run: p.runDoctor}
}

const doctorUsage = `tamizdat doctor [--unlock] [--json]

Looks at everything that this desk needs and says what to do about what is
missing, one line each. --unlock asks for the passphrase and looks inside as well:
at the list of journalists, your keys, and the last look at the drop. It changes
nothing. Its exit code is for monitoring: 0 all is well, 1 there are warnings, 2
something does not work.
`

// patient is a desk as the doctor finds it.
type patient struct {
	machine    *doctor.Machine
	dir        string
	configured error // what is wrong with the configuration file

	waiting bool   // a desk waits in the background for its passphrase
	running bool   // a desk runs in the background
	unit    string // its control group

	torThere     string // where one listens
	torFailed    error  // why it cannot be where it was said to be
	torInstalled bool   // one could be started

	asked  bool // for the passphrase
	status desk.Status
	locked error // why it could not be looked inside
}

func (p *program) runDoctor(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("doctor")
	unlock := fs.Bool("unlock", false, "")
	if err := cli.ParseFlags(fs, args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return cli.Usagef("%q is one argument too many", fs.Arg(0))
	}
	s := &patient{machine: doctor.This(), asked: *unlock}
	s.machine.Now = p.now
	s.configured = o.configure(env, fs)
	if s.configured != nil && o.dir == "" { // the folder does not depend on a line that is wrong
		plain := &options{}
		if err := plain.configureFolder(env); err != nil {
			return err
		}
		o.dir = plain.dir
	}
	s.dir = o.dir
	s.look(ctx, env, o.socks)
	if s.asked {
		s.locked = p.with(ctx, env, o, func(d *desk.Desk) error {
			s.status = d.Status()
			return nil
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return doctor.Report(ctx, env, s.checks(), o.json)
}

// look reads what needs no passphrase.
func (s *patient) look(ctx context.Context, env *cli.Env, socks string) {
	if socket, err := unlockSocket(env, s.dir); err == nil {
		state, err := ask(ctx, socket, "", stateLimit)
		s.running = err == nil
		s.waiting = state == answerLocked
	}
	s.unit = userUnit(os.Getuid())
	s.torThere, s.torFailed = (&tor.Finder{Socks: socks, Getenv: env.Getenv}).There(ctx)
	_, err := exec.LookPath("tor")
	s.torInstalled = err == nil && socks == ""
}

// stateLimit is how long a desk in the background may take to say how it stands.
const stateLimit = 5 * time.Second

// userUnit is the control group of the background service of a user.
func userUnit(uid int) string {
	return fmt.Sprintf("user.slice/user-%d.slice/user@%d.service/app.slice/tamizdat-desk.service", uid, uid)
}

func (s *patient) checks() []doctor.Check {
	return []doctor.Check{
		{Name: "config", Look: doctor.Now(s.checkConfig)},
		{Name: "desk", Look: doctor.Now(s.checkDesk)},
		{Name: "folder", Look: doctor.Now(s.checkFolder)},
		{Name: "service", Look: doctor.Now(s.checkService)},
		{Name: "tor", Look: doctor.Now(s.checkTor)},
		{Name: "newsroom", Look: doctor.Now(s.checkNewsroom)},
		{Name: "keys", Look: doctor.Now(s.checkKeys)},
		{Name: "drop", Look: doctor.Now(s.checkLooks)},
		{Name: "alarms", Look: doctor.Now(s.checkAlarms)},
		{Name: "clock", Look: doctor.Now(s.checkClock)},
		{Name: "disk", Look: doctor.Now(s.checkDisk)},
		{Name: "swap", Look: doctor.Now(func() doctor.Finding { return s.machine.Swap(s.unitIfAlive()) })},
		{Name: "crashes", Look: doctor.Now(s.machine.Crashes)},
	}
}

func (s *patient) unitIfAlive() string {
	if s.running {
		return s.unit
	}
	return ""
}

func (s *patient) checkConfig() doctor.Finding {
	if s.configured != nil {
		return doctor.Failed(s.configured, "correct the file; until then no command of the desk works")
	}
	return doctor.OK("there is no desk.conf, or it is right")
}

// absent tells that there is no desk in the folder.
func (s *patient) absent() bool {
	_, err := os.Stat(filepath.Join(s.dir, "vault"))
	return errors.Is(err, fs.ErrNotExist)
}

func (s *patient) checkDesk() doctor.Finding {
	switch {
	case s.absent():
		return doctor.Fail("there is no desk in "+s.dir, "set one up: tamizdat desk init --name NAME")
	case s.asked && s.locked != nil:
		return doctor.Failed(s.locked, "bring back a copy of the folder, and then say: tamizdat desk restored")
	case s.asked:
		return doctor.OK("it opens with its passphrase")
	}
	return doctor.OK("there is one; whether it opens is told with --unlock")
}

func (s *patient) checkFolder() doctor.Finding {
	if s.absent() {
		return doctor.Later()
	}
	return s.machine.Folder(s.dir)
}

func (s *patient) checkService() doctor.Finding {
	switch {
	case s.absent():
		return doctor.Later()
	case s.waiting:
		return doctor.Warn("it is locked: nobody looks at the drop or answers on time", "tamizdat desk unlock")
	case s.running:
		return doctor.OK("it keeps watch in the background")
	case s.machine.System != "linux":
		return doctor.Unknown("whether it keeps watch; it does while this runs: tamizdat desk run")
	}
	return doctor.Warn("no desk keeps watch in the background", "systemctl --user enable --now tamizdat-desk, or keep this running: tamizdat desk run")
}

func (s *patient) checkTor() doctor.Finding {
	switch {
	case s.torFailed != nil:
		return doctor.Failed(s.torFailed, "correct socks in desk.conf")
	case s.torThere != "":
		return doctor.OK("one listens at " + s.torThere)
	case s.torInstalled:
		return doctor.OK("none runs, but one is installed and is started when it is needed")
	}
	return doctor.Fail("there is none, or not where desk.conf says", "install tor, or open Tor Browser and leave it open")
}

// inside tells whether the desk could be looked into and has a newsroom.
func (s *patient) inside() (doctor.Finding, bool) {
	switch {
	case !s.asked:
		return doctor.Unknown("looked at with --unlock only"), false
	case s.locked != nil:
		return doctor.Later(), false
	case s.status.Newsroom == "":
		return doctor.Warn("this desk belongs to no newsroom yet", "found one or join one: tamizdat desk -h"), false
	}
	return doctor.Finding{}, true
}

func (s *patient) checkNewsroom() doctor.Finding {
	if f, ok := s.inside(); !ok {
		return f
	}
	const renew = "tamizdat desk roster propose --renew"
	left := time.Unix(s.status.RosterUntil, 0).Sub(s.machine.Now())
	days := count(int(left.Hours()/24), "day", "days")
	switch {
	case !s.status.Member:
		return doctor.Fail("you are not in its list of journalists any more", "ask your colleagues whether they wanted that")
	case left < 0:
		return doctor.Fail("its list of journalists has expired: sources cannot write", renew)
	case left < rosterWarning:
		return doctor.Warn("its list of journalists is valid for "+days+" more", renew)
	}
	return doctor.OK("its list of journalists is valid for " + days + " more")
}

func (s *patient) checkKeys() doctor.Finding {
	if f, ok := s.inside(); !ok {
		return f
	}
	left := time.Unix(s.status.KeysUntil, 0).Sub(s.machine.Now())
	const do = "keep the desk running, or: tamizdat desk renew"
	switch {
	case left < 0:
		return doctor.Fail("the drop has no keys of yours: letters are not sealed to you", do)
	case left < keysWarning:
		return doctor.Warn("your keys at the drop end soon", do)
	}
	return doctor.OK("the drop has your keys for this period and the next")
}

func (s *patient) checkLooks() doctor.Finding {
	if f, ok := s.inside(); !ok {
		return f
	}
	const do = "keep the desk running, or: tamizdat desk sync"
	for _, l := range s.status.Logs {
		switch late := s.machine.Now().Sub(time.Unix(l.Looked, 0)); {
		case l.Looked == 0:
			return doctor.Warn("this desk has not seen the "+l.Log+" log of the drop yet", do)
		case late > lookedWarning:
			return doctor.Warn("the last look at the drop's "+l.Log+" log is "+ago(int64(late.Seconds()))+" ago", do)
		}
	}
	return doctor.OK("looked at within a day, and its logs follow from those seen before")
}

// checkAlarms tells of what the drop did, contradictory heads among it.
func (s *patient) checkAlarms() doctor.Finding {
	if f, ok := s.inside(); !ok {
		return f
	}
	unseen := 0
	for _, a := range s.status.Alarms {
		if !a.Seen {
			unseen++
		}
	}
	if unseen > 0 {
		return doctor.Fail(count(unseen, "alarm", "alarms")+" that nobody has taken note of", "tamizdat desk status, and talk to your colleagues; then tamizdat desk status --seen")
	}
	return doctor.OK("none that nobody has taken note of")
}

// checkClock compares the clock with the newest page that this desk knows.
func (s *patient) checkClock() doctor.Finding {
	var newest time.Time
	for _, l := range s.status.Logs {
		if at := time.Unix(l.Sealed, 0); l.Sealed != 0 && at.After(newest) {
			newest = at
		}
	}
	return s.machine.Clock(newest, "the newest page of the drop")
}

func (s *patient) checkDisk() doctor.Finding {
	if s.absent() {
		return doctor.Later()
	}
	return s.machine.Disk(s.dir, deskRoom, deskComfort)
}
