// SPDX-License-Identifier: Apache-2.0

// Package dropcmd is the program tamizdat-drop: a drop for one newsroom, with
// everything in one folder. Call [Command].
//
// It refuses to listen anywhere but on loopback, to serve a newsroom that the
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

	"tamizdat/internal/cli"
	"tamizdat/letter/wire"
)

const usage = `tamizdat-drop: the server between sources and a newsroom

  tamizdat-drop init                  make a drop's key; prints what the newsroom's founder needs
  tamizdat-drop adopt tamizdat1...    fix the newsroom that this drop serves, for good
  tamizdat-drop serve                 take, seal and hand out letters
                [--listen ADDR]       on loopback only; default 127.0.0.1:0, any free port
                [--addr-file FILE]    write the address there
  tamizdat-drop status                how full and how fresh it is

Each takes --dir D, the drop's folder; otherwise it is $STATE_DIRECTORY, or
/var/lib/tamizdat-drop. /etc/tamizdat/drop.conf (--config FILE names another) may
say "dir" and "listen", one name and value a line.

The order is: init here; the newsroom is founded elsewhere, with the two lines
that init printed; adopt here, with the newsroom's key; serve; then a desk
publishes the newsroom. A drop that was told its newsroom takes it from nobody
else, so no stranger can be first.

A drop can open nothing that it holds. Its key lies in the folder unencrypted,
because a server must start again by itself: whoever takes the folder can sign
false logs in the drop's name, which desks and sources then notice. Do not start
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
		},
	}
}

func runInit(_ context.Context, env *cli.Env, args []string) error {
	dir, err := folderFlag(env, flag.NewFlagSet("init", flag.ContinueOnError), args, 0)
	if err != nil {
		return err
	}
	id, err := newIdentity(rand.Reader)
	if err != nil {
		return err
	}
	err = createIdentity(dir, id)
	if errors.Is(err, fs.ErrExist) {
		return cli.WithHint(errors.New("there is a drop in this folder already"), "choose another --dir")
	}
	if err != nil {
		return err
	}
	public := id.public()
	env.Printf("drop key     %s\nincarnation  %s\n", hex.EncodeToString(public[:]), hex.EncodeToString(id.incarnation[:]))
	env.Notef("Give these two lines to whoever founds the newsroom.\n")
	return nil
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
