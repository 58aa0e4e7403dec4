// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"tamizdat/drop/sqlite"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/internal/tor"
	"tamizdat/letter/wire"
)

// The file that keeps the key of the drop's onion service. It is read as
// strictly as the identity: a wrong key would be another address, to which
// nobody comes.
const (
	onionFile      = "onion"
	onionFirstLine = "tamizdat-drop onion 1"
)

func encodeOnion(k tor.OnionKey) []byte {
	seed := k.Seed()
	return fmt.Appendf(nil, "%s\nkey %s\naddress %s\n", onionFirstLine, hex.EncodeToString(seed[:]), k.Host())
}

// makeOnion makes the key of a new onion service. fs.ErrExist: there is one.
func makeOnion(dir string) (tor.OnionKey, error) {
	k, err := tor.NewOnionKey(rand.Reader)
	if err != nil {
		return k, err
	}
	return k, durable.CreateFile(filepath.Join(dir, onionFile), encodeOnion(k), 0o600)
}

// readOnion reads the key of the drop in dir. fs.ErrNotExist: it has none, as
// it was made before drops had onions.
func readOnion(dir string) (tor.OnionKey, error) {
	b, err := readPrivate(dir, onionFile)
	if err != nil {
		return tor.OnionKey{}, err
	}
	lines := strings.Split(string(b), "\n")
	if strings.HasPrefix(lines[0], "tamizdat-drop onion ") && lines[0] != onionFirstLine {
		return tor.OnionKey{}, errors.New("the onion key in this folder was made by a newer version of this program: use that one")
	}
	var seed [tor.SeedSize]byte
	if len(lines) == 4 {
		copyHex(seed[:], strings.TrimPrefix(lines[1], "key "))
	}
	k := tor.OnionKeyFromSeed(seed)
	if string(encodeOnion(k)) != string(b) {
		return tor.OnionKey{}, fmt.Errorf("the file %s is damaged: restore it from a copy; without it the drop has another address", onionFile)
	}
	return k, nil
}

// onionOf is the key of the drop in dir, made now if it has none and no source
// was told another.
func onionOf(dir string) (k tor.OnionKey, made bool, err error) {
	k, err = readOnion(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, false, err
	}
	if err := checkNoneTold(dir); err != nil {
		return k, false, err
	}
	k, err = makeOnion(dir)
	return k, err == nil, err
}

// checkNoneTold refuses where the newsroom that was published here tells sources
// an onion address. It is the newsroom's, and with another nobody would come: the
// key was lost, or belongs to a tor that the operator configured by hand.
func checkNoneTold(dir string) error {
	st, err := sqlite.Look(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && st.File == nil {
		return nil
	}
	if err != nil {
		return err
	}
	key, err := readNewsroom(dir)
	if err != nil {
		return err
	}
	u, err := wire.ParseNewsroom(st.File)
	if err != nil {
		return err
	}
	n, err := u.Verify(key)
	if err != nil {
		return err
	}
	return noneTold(n.Roster())
}

func noneTold(r *wire.Roster) error {
	for _, address := range r.Addresses {
		if u, err := url.Parse(address); err == nil && strings.HasSuffix(u.Hostname(), ".onion") {
			return cli.WithHint(fmt.Errorf("the newsroom tells sources the address %s, and its key, the file %s, is not in this folder", address, onionFile),
				"bring it back: tamizdat-drop restore unpacks a backup into another folder, and the file is in it",
				"if it is lost for good: tamizdat-drop init --new-address, and put that address into the newsroom's next roster")
		}
	}
	return nil
}

// The values of --tor that are no place.
const (
	torAuto  = "auto"
	torStart = "start"
	torNone  = "none"
)

// systemControl is where Debian's tor has its control socket.
const systemControl = "/run/tor/control"

// gate is the tor that makes a drop reachable.
type gate struct {
	connect func(context.Context) (*tor.Control, error)
	close   func() error
	where   string // for a person
}

// chooseGate does what --tor says; for none there is no gate.
func chooseGate(dir, said string, getenv func(string) string) (*gate, error) {
	if said == torNone {
		return nil, nil
	}
	if said == torAuto {
		var err error
		if said, err = findTor(); err != nil {
			return nil, err
		}
	}
	if said != torStart {
		return &gate{
			connect: func(ctx context.Context) (*tor.Control, error) { return tor.Dial(ctx, said) },
			close:   func() error { return nil },
			where:   "the tor at " + said,
		}, nil
	}
	extra, err := tor.Extra(getenv)
	if err != nil {
		return nil, err
	}
	own := &ownTor{options: tor.Options{Dir: filepath.Join(dir, "tor"), Extra: extra}}
	return &gate{connect: own.connect, close: own.close, where: "a tor of its own"}, nil
}

// findTor is what auto means on this machine.
func findTor() (string, error) {
	if _, err := os.Stat(systemControl); err == nil {
		return systemControl, nil
	}
	if _, err := exec.LookPath("tor"); err == nil {
		return torStart, nil
	}
	return "", cli.WithHint(errors.New("there is no tor on this machine, and without it a drop is reached by nobody, or sees who comes"),
		"install it, on Debian and Ubuntu with: sudo apt install tor",
		"to try a drop on this machine alone: --tor none")
}

// ownTor is a tor that the drop starts, and starts again if it ends. Only the
// goroutine that runs the service uses it.
type ownTor struct {
	options tor.Options
	process *tor.Process
}

func (o *ownTor) connect(ctx context.Context) (*tor.Control, error) {
	if o.process != nil && o.process.Ended() {
		if err := o.close(); err != nil {
			return nil, err
		}
	}
	if o.process == nil {
		var err error
		if o.process, err = tor.Start(ctx, o.options); err != nil {
			return nil, err
		}
	}
	return o.process.Control(ctx)
}

func (o *ownTor) close() error {
	if o.process == nil {
		return nil
	}
	err := o.process.Close()
	o.process = nil
	return err
}

// stay keeps the drop's onion service up until ctx ends, and tells the operator
// how it stands.
func (g *gate) stay(ctx context.Context, env *cli.Env, key tor.OnionKey, to netip.AddrPort, tell notifier) error {
	url := "http://" + key.Host()
	known := false
	s := &tor.Service{
		Key: key, Target: to, Connect: g.connect,
		Added: func() { tell.status("announced to Tor, not yet reachable") },
		Unseen: func() {
			tell.status("announced at " + url + "; whether it can be reached was not seen")
			env.Notef("The drop is announced at %s; whether it can be reached was not seen. Tor goes on looking.\n", url)
		},
		Reachable: func() {
			tell.status("reachable at " + url)
			if known {
				env.Notef("The drop is reachable again.\n")
				return
			}
			known = true
			env.Printf("%s\n", url)
			env.Notef("The drop is reachable through Tor at this address.\n")
		},
		Lost: func(err error) {
			tell.status("not reachable: tor went away")
			env.Notef("tor went away (%v). The drop will be back at its address when tor is.\n", err)
		},
		Weaker: func(why string) { env.Notef("warning: %s\n", why) },
	}
	env.Notef("Announcing the drop through %s. This can take some minutes.\n", g.where)
	err := s.Run(ctx)
	if err != nil {
		err = cli.WithHint(fmt.Errorf("the drop cannot be reached through Tor, so it does not run: %w", err),
			"on Debian the tor of the system lets in members of the group debian-tor; --tor start runs one of its own")
	}
	return errors.Join(err, g.close())
}
