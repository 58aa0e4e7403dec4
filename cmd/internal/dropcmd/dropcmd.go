// SPDX-License-Identifier: Apache-2.0

// Package dropcmd is the program tamizdat-drop: a drop for one newsroom, with
// everything in one folder. Call [Command].
//
// It is reached as an onion service, through the tor of the machine or one of its
// own. It refuses to listen anywhere but on loopback, to run where that tor
// would show where it is, to serve a newsroom that the
// operator did not name, to touch a folder that others can read or that
// another process uses, and to open files of a newer version. It trusts the
// machine's clock and disk. Nothing about those who connect is ever printed.
package dropcmd

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"

	"tamizdat/internal/cli"
	"tamizdat/internal/tor"
	"tamizdat/letter/wire"
)

const usage = `tamizdat-drop: the server between sources and a newsroom

  tamizdat-drop init                  make a drop's keys; prints what the newsroom's founder needs
                [--if-none]           where there is a drop already, only print
                [--new-address]       give another address to a drop that lost its key
  tamizdat-drop adopt tamizdat1...    fix the newsroom that this drop serves, for good
  tamizdat-drop serve                 take, seal and hand out letters
                [--tor auto]          how it is reached, see below
                [--listen ADDR]       on loopback only; default 127.0.0.1:0, any free port
                [--addr-file FILE]    write the loopback address there
                [--wait]              before adopt, wait for it, listening nowhere
  tamizdat-drop status                how full and how fresh it is
  tamizdat-drop doctor                look whether all is well, and say what to do
  tamizdat-drop backup-key            make the key that backups are encrypted to
  tamizdat-drop backup                write everything into one encrypted file
  tamizdat-drop restore --from FILE   make the drop again from such a file

Each takes --dir D, the drop's folder; otherwise it is $STATE_DIRECTORY, or
/var/lib/tamizdat-drop. /etc/tamizdat/drop.conf (--config FILE names another) may
say "dir", "listen" and "tor", one name and value a line.

A drop is reached through Tor alone, at the address that init printed; on any
other way it would see who comes. --tor takes

  auto       the tor of this machine at /run/tor/control, else one of its own
  start      a tor of its own, which it starts, in D/tor
  PATH       the tor with its control socket there, where no other user could
             have put it; a control port is not taken
  none       no Tor: only programs on this machine reach the drop, for trying.
             So it is too if --listen is given and --tor is not

serve prints the loopback address at once, and the onion address as soon as
visitors find it.

The order is: init here; the newsroom is founded elsewhere, with what
init printed; adopt here, with the newsroom's key; serve; then a desk
publishes the newsroom. A drop that was told its newsroom takes it from nobody
else, so no stranger can be first.

A drop can open nothing that it holds. Its keys lie in the folder unencrypted,
because a server must start again by itself: whoever takes the folder can answer
at the drop's address and sign false logs in its name, which desks and sources
then notice. Do not start
a second drop from a copy of the folder.
`

// Command is the whole program.
func Command() *cli.Command {
	return &cli.Command{
		Name: "tamizdat-drop", Summary: "the server between sources and a newsroom", Usage: usage,
		Sub: []*cli.Command{
			{Name: "init", Summary: "make a drop's key", Usage: usage, Run: runInit},
			{Name: "adopt", Summary: "fix the newsroom that this drop serves", Usage: usage, Run: runAdopt},
			{Name: "serve", Summary: "take, seal and hand out letters", Usage: usage, Run: runServe},
			{Name: "status", Summary: "how full and how fresh it is", Usage: usage, Run: runStatus},
			{Name: "doctor", Summary: "look whether all is well, and say what to do", Usage: doctorUsage, Run: runDoctor},
			{Name: "backup-key", Summary: "make the key that backups are encrypted to", Usage: backupUsage, Run: runBackupKey},
			{Name: "backup", Summary: "write everything into one encrypted file", Usage: backupUsage, Run: runBackup},
			{Name: "restore", Summary: "make the drop again from a backup", Usage: restoreUsage, Run: runRestore},
		},
	}
}

func runInit(_ context.Context, env *cli.Env, args []string) error {
	fl := flag.NewFlagSet("init", flag.ContinueOnError)
	ifNone := fl.Bool("if-none", false, "")
	newAddress := fl.Bool("new-address", false, "")
	dir, err := folderFlag(env, fl, args, 0)
	if err != nil {
		return err
	}
	if *newAddress {
		return giveAddress(env, dir)
	}
	id, err := newIdentity(rand.Reader)
	if err != nil {
		return err
	}
	key, err := createDrop(dir, id)
	if errors.Is(err, fs.ErrExist) {
		if !*ifNone {
			return cli.WithHint(errors.New("there is a drop in this folder already"), "choose another --dir", "to see what it is: --if-none")
		}
		id, key, err = openDrop(dir)
	}
	if err != nil {
		return err
	}
	introduce(env, id, key)
	return nil
}

// giveAddress makes a new address for a drop that has lost the key of its own.
func giveAddress(env *cli.Env, dir string) error {
	id, err := readIdentity(dir)
	if err != nil {
		return err
	}
	key, err := makeOnion(dir)
	if errors.Is(err, fs.ErrExist) {
		return cli.WithHint(errors.New("this drop has an address, which sources may have been told"), "to see it: tamizdat-drop init --if-none")
	}
	if err != nil {
		return err
	}
	introduce(env, id, key)
	return nil
}

// introduce prints what a newsroom's founder must know of a drop.
func introduce(env *cli.Env, id identity, key tor.OnionKey) {
	public, incarnation := id.public(), hex.EncodeToString(id.incarnation[:])
	env.Printf("drop key     %s\nincarnation  %s\n", hex.EncodeToString(public[:]), incarnation)
	env.Printf("address      http://%s\n", key.Host())
	env.Printf("drop's line  http://%s#%s.%s\n", key.Host(), hex.EncodeToString(public[:]), incarnation)
	env.Notef("Give the drop's line to whoever founds the newsroom; it is all the others together.\n")
}

// openDrop reads the keys of a drop that is there.
func openDrop(dir string) (id identity, key tor.OnionKey, err error) {
	if id, err = readIdentity(dir); err != nil {
		return id, key, err
	}
	key, _, err = onionOf(dir)
	return id, key, err
}

// createDrop writes the keys of a new drop. The identity comes last: with it
// the folder is a drop's. An onion key without it is left of an init that was
// cut off, and nobody knows its address.
func createDrop(dir string, id identity) (tor.OnionKey, error) {
	if err := makeFolder(dir); err != nil {
		return tor.OnionKey{}, err
	}
	if _, err := os.Lstat(filepath.Join(dir, identityFile)); err == nil {
		return tor.OnionKey{}, fs.ErrExist
	}
	key, _, err := onionOf(dir)
	if err != nil {
		return key, err
	}
	return key, createIdentity(dir, id)
}

func runAdopt(_ context.Context, env *cli.Env, args []string) error {
	fl := flag.NewFlagSet("adopt", flag.ContinueOnError)
	dir, err := folderFlag(env, fl, args, 1)
	if err != nil {
		return err
	}
	key, err := wire.ParseNewsroomKey(fl.Arg(0))
	if err != nil {
		return cli.WithHint(err, "the key of a newsroom begins with tamizdat1")
	}
	if _, err := readIdentity(dir); err != nil {
		return err
	}
	if err := adopt(dir, key); err != nil {
		return err
	}
	env.Printf("This drop serves %s.\n", key)
	return nil
}
