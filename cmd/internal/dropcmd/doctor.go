// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"

	"tamizdat/drop/sqlite"
	"tamizdat/internal/cli"
	"tamizdat/internal/doctor"
	"tamizdat/internal/tor"
	"tamizdat/letter/wire"
)

const doctorUsage = `tamizdat-drop doctor [--json]

Looks at everything that this drop needs and says what to do about what is
missing, one line each. It changes nothing, keeps nothing waiting, and tells
nothing about who writes. Its exit code is for monitoring: 0 all is well, 1 there
are warnings, 2 something does not work.
`

// patient is a drop as the doctor finds it. An error stands for what could not
// be had; later fields are then empty.
type patient struct {
	machine *doctor.Machine
	dir     string // by which the process reaches its folder
	called  string // by which the operator knows it

	configured error // what is wrong with the configuration file
	listenOnly bool  // it says where to listen and not how Tor is reached
	tor        asker // nil where torFailed is set
	torFailed  error
	pid        int    // of the process that serves, 0 for none
	unit       string // its control group

	identity  error
	onion     string // its host; empty: none
	keyless   error  // why it has none
	adopted   error  // errNotAdopted: it waits for one
	state     *sqlite.State
	stored    error          // fs.ErrNotExist: it has never served
	newsroom  *wire.Newsroom // nil before one was published
	published error
}

func runDoctor(ctx context.Context, env *cli.Env, args []string) error {
	fl := flag.NewFlagSet("doctor", flag.ContinueOnError)
	asJSON := fl.Bool("json", false, "")
	listen := fl.String("listen", "", "")
	through := fl.String("tor", "", "")
	p := &patient{machine: doctor.This()}
	var err error
	if p.dir, p.configured, err = parse(env, fl, args, 0); err != nil {
		return err
	}
	if p.configured == nil {
		p.configured = checkLoopback(cmp.Or(*listen, "127.0.0.1:0"))
	}
	p.listenOnly = *listen != "" && *through == ""
	// The port is root's and Tor's own. Behind the next step the process is the
	// folder's owner.
	p.tor, p.torFailed = dialTor(ctx, *through)
	if p.tor != nil {
		defer p.tor.Close()
	}
	machine := ""
	p.called = p.dir
	if p.dir, machine, err = enter(p.dir, "/"); err != nil {
		return err
	}
	p.machine.Files = os.DirFS(machine)
	p.look()
	return doctor.Report(ctx, env, p.checks(), *asJSON)
}

// look reads what the checks judge.
func (p *patient) look() {
	p.pid = p.machine.Holder(filepath.Join(p.dir, lockFile))
	p.unit = p.machine.Unit(p.pid)
	var id identity
	if id, p.identity = readIdentity(p.dir); p.identity != nil {
		return
	}
	var k tor.OnionKey
	if k, p.keyless = readOnion(p.dir); p.keyless == nil {
		p.onion = k.Host()
	}
	var key wire.NewsroomKey
	if key, p.adopted = readNewsroom(p.dir); p.adopted != nil {
		return
	}
	if p.state, p.stored = sqlite.Look(p.dir); p.stored != nil || p.state.File == nil {
		return
	}
	p.newsroom, p.published = verified(p.state.File, key, id.public())
}

// verified reads the newsroom that the drop shows to everyone.
func verified(file []byte, key wire.NewsroomKey, drop wire.DropKey) (*wire.Newsroom, error) {
	u, err := wire.ParseNewsroom(file)
	if err != nil {
		return nil, err
	}
	n, err := u.Verify(key)
	if err != nil {
		return nil, err
	}
	if n.Roster().Drop != drop {
		return nil, errors.New("it names another drop")
	}
	return n, nil
}

func (p *patient) checks() []doctor.Check {
	return []doctor.Check{
		{Name: "config", Look: doctor.Now(p.checkConfig)},
		{Name: "drop", Look: doctor.Now(p.checkDrop)},
		{Name: "folder", Look: doctor.Now(p.checkFolder)},
		{Name: "service", Look: doctor.Now(p.checkService)},
		{Name: "version", Look: doctor.Now(p.checkVersion)},
		{Name: "tor", Look: p.checkTor},
		{Name: "newsroom", Look: doctor.Now(p.checkRoster)},
		{Name: "keys", Look: doctor.Now(p.checkBundles)},
		{Name: "restore", Look: doctor.Now(p.checkHolding)},
		{Name: "pages", Look: doctor.Now(p.checkPages)},
		{Name: "heads", Look: doctor.Now(p.checkHeads)},
		{Name: "clock", Look: doctor.Now(p.checkClock)},
		{Name: "disk", Look: doctor.Now(p.checkDisk)},
		{Name: "swap", Look: doctor.Now(func() doctor.Finding { return p.machine.Swap(p.unit) })},
		{Name: "crashes", Look: doctor.Now(p.machine.Crashes)},
	}
}
