// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"time"

	blobs "tamizdat/drop/fs"
	"tamizdat/drop/sqlite"
	"tamizdat/internal/cli"
	"tamizdat/internal/doctor"
)

// runStatus tells what an operator needs and nothing about sources: not how
// much lies in the spool, which would count letters as they come.
func runStatus(_ context.Context, env *cli.Env, args []string) error {
	dir, err := folderFlag(env, flag.NewFlagSet("status", flag.ContinueOnError), args, 0)
	if err != nil {
		return err
	}
	if _, err := readIdentity(dir); err != nil {
		return err
	}
	key, err := readNewsroom(dir)
	if err != nil {
		return err
	}
	env.Printf("newsroom  %s\n", key)
	if err := checkNotMoved(dir); err != nil {
		return err
	}
	onion, err := readOnion(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := checkNoneTold(dir); err != nil {
			return err
		}
		env.Printf("address   none yet; serve makes one\n")
	case err != nil:
		return err
	default:
		env.Printf("address   http://%s\n", onion.Host())
	}
	logs, err := sqlite.Summary(dir)
	if errors.Is(err, fs.ErrNotExist) {
		env.Printf("never served\n")
		return nil
	}
	if err != nil {
		return err
	}
	for _, l := range logs {
		env.Printf("%-8s  %d pages, %d kept, newest %s\n", l.Log, l.Pages, l.Pages-l.Kept, sealed(l.Sealed))
	}
	why, err := sqlite.Holds(dir)
	if err != nil {
		return err
	}
	if told := why.Told(); told != "" {
		env.Printf("HOLDS     %s\n", told)
	}
	free, err := blobs.Free(dir)
	if err != nil {
		return err
	}
	env.Printf("free      %s\n", doctor.Room(free))
	return nil
}

func sealed(at int64) string {
	if at == 0 {
		return "never"
	}
	return time.Unix(at, 0).UTC().Format("2006-01-02 15:04:05 UTC")
}
