// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	blobs "tamizdat/drop/fs"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
)

// restoreDir is where a backup is unpacked and checked. While it is there, what
// the folder holds besides is left of a restore that was cut off.
const restoreDir = "restore.tmp"

const restoreUsage = `tamizdat-drop restore --from FILE

Makes this folder the drop that the backup was made of: same keys, same address,
same newsroom. The folder must be new, or that of a drop that serves nobody yet.
It asks for the secret half of the backup key.

A restored drop holds: it hands out what it has and takes no letters, because
pages may have been sealed after the backup was made. The newsroom begins new logs:

  tamizdat desk roster propose --new-logs --out draft      on one desk
  tamizdat desk sign draft                                 on as many as must
  tamizdat desk publish draft

They go on by themselves when every journalist's desk has looked at the drop, as
does one that was moved (backup --move), which needs no new logs.

Letters that no desk has read are lost, but for those in the file of a move. Stop the
old machine for good before this one starts: two that run with one key would
convict each other.
`

func runRestore(ctx context.Context, env *cli.Env, args []string) error {
	fl := flag.NewFlagSet("restore", flag.ContinueOnError)
	from := fl.String("from", "", "")
	dir, err := namedFolder(env, fl, args, 0)
	if err != nil {
		return err
	}
	if *from == "" {
		return cli.Usagef("restore needs --from FILE")
	}
	file, err := os.Open(*from) // with the rights of the operator, who names it
	if err != nil {
		return err
	}
	defer file.Close()
	if dir, _, err = enter(dir, ""); err != nil {
		return err
	}
	if err := makeFolder(dir); err != nil {
		return err
	}
	l, err := takeLock(dir)
	if err != nil {
		return err
	}
	defer l.release()
	if err := checkVacant(dir); err != nil {
		return err
	}
	text, err := env.Secret("Secret half of the backup key (AGE-SECRET-KEY-1...): ")
	if err != nil {
		return err
	}
	key, err := age.ParseX25519Identity(text)
	if err != nil {
		return errors.New("this is not the secret half of a backup key; it begins with AGE-SECRET-KEY-1")
	}
	if err := restore(ctx, file, key, dir); err != nil {
		return err
	}
	return tellRestored(ctx, env, dir)
}

// tellRestored tells what the folder is now. Who has the key that backups are
// encrypted to, which is no secret on the drop's machine, can make one of any drop.
func tellRestored(ctx context.Context, env *cli.Env, dir string) error {
	newsroom, err := readNewsroom(dir)
	if err != nil {
		return err
	}
	store, err := sqlite.Open(dir)
	if err != nil {
		return err
	}
	snap, err := store.Load(ctx)
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	env.Printf("restored\nnewsroom  %s\n", newsroom)
	if onion, err := readOnion(dir); err == nil {
		env.Printf("address   http://%s\n", onion.Host())
	}
	if n := len(snap.Rosters); n > 0 {
		env.Printf("list      of journalists, number %d\n", snap.Rosters[n-1].Number)
	}
	logs, err := sqlite.Summary(dir)
	if err != nil {
		return err
	}
	for _, l := range logs {
		env.Printf("%-8s  %d pages, newest %s\n", l.Log, l.Pages, sealed(l.Sealed))
	}
	env.Notef("Compare that with what the newsroom knows before you start it: anybody who has broken into the old machine can make a backup of another drop.\n%s\n", snap.Holding.Told())
	return nil
}

// vacant is what may lie in the folder of a drop that serves nobody yet.
func vacant() []string {
	return []string{identityFile, onionFile, backupKeyFile, backupsDir, copyDir, "lock", "tor"}
}

// checkVacant refuses a folder in which anything could be lost.
func checkVacant(dir string) error {
	if _, err := os.Lstat(filepath.Join(dir, newsroomFile)); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, cli.WithHint(errors.New("the drop in this folder serves a newsroom already"), "restore into another folder, or take this one away first"))
	}
	if _, err := os.Lstat(filepath.Join(dir, restoreDir)); err == nil {
		return nil // cut off; what is there came from a backup
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !slices.Contains(vacant(), e.Name()) {
			return cli.WithHint(fmt.Errorf("the folder holds %q, which is not of a fresh drop", e.Name()), "restore into an empty folder")
		}
	}
	return nil
}

// restore unpacks, checks everything, and only then makes the folder that drop's.
// The newsroom comes last: without it the folder serves nobody, and the restore
// can be repeated.
func restore(ctx context.Context, file *os.File, key age.Identity, dir string) error {
	temp := filepath.Join(dir, restoreDir)
	if err := errors.Join(os.RemoveAll(temp), os.Mkdir(temp, 0o700)); err != nil {
		return err
	}
	names, err := unpack(file, key, temp)
	if err == nil {
		err = checkCopy(ctx, temp, names)
	}
	if err == nil {
		err = syncFolders(temp)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(temp))
	}
	order := []string{"spool", "letters", "replies", "desk", "chunks", "views", stateFile, stateFile + "-wal", stateFile + "-shm", onionFile, backupKeyFile, identityFile, newsroomFile}
	for _, name := range order {
		if err := replace(filepath.Join(temp, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return os.RemoveAll(temp)
}

// syncFolders makes sure that a power cut leaves the names of what was unpacked,
// as their files were synced one by one.
func syncFolders(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = durable.SyncDir(path)
		}
		return err
	})
}

// replace moves what is there to its place, which a restore that was cut off may
// have filled.
func replace(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	err := durable.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// checkCopy starts a drop from the copy, as serving would: so newsroom, headers
// and heads are checked. Then it compares every page and chunk with its hash.
func checkCopy(ctx context.Context, dir string, names map[string]bool) error {
	for _, name := range []string{identityFile, newsroomFile, stateFile} {
		if !names[name] {
			return fmt.Errorf("%w: it has no %s", errNoBackup, name)
		}
	}
	id, err := readIdentity(dir)
	if err != nil {
		return err
	}
	newsroom, err := readNewsroom(dir)
	if err != nil {
		return err
	}
	if names[onionFile] {
		if _, err := readOnion(dir); err != nil {
			return err
		}
	}
	store, err := sqlite.Open(dir)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.Hold(ctx, max(heldAs(ctx, store), server.Doubtful)); err != nil {
		return err
	}
	b, err := blobs.Open(dir)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := checkContents(ctx, store, dir, names); err != nil {
		return err
	}
	_, err = server.New(ctx, server.Config{
		Newsroom: newsroom, Key: id.key(), Incarnation: id.incarnation,
		Store: store, Blobs: b, Now: time.Now, Random: rand.Reader,
	})
	if err != nil {
		return fmt.Errorf("the backup is of no sound drop: %w", err)
	}
	return nil
}

// heldAs is what the copy says of itself.
func heldAs(ctx context.Context, store server.Store) server.Holding {
	snap, err := store.Load(ctx)
	if err != nil {
		return server.Doubtful // New will say what is wrong
	}
	return snap.Holding
}

func checkContents(ctx context.Context, store server.Store, dir string, names map[string]bool) error {
	contents, err := server.Contents(ctx, store)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, c := range contents {
		wanted[c.Name] = true
		sum, err := sumOf(filepath.Join(dir, filepath.FromSlash(c.Name)))
		if err != nil {
			return fmt.Errorf("the backup is not whole: %w", err)
		}
		if err := checkSum(c.Name, sum, c.Hash[:]); err != nil {
			return err
		}
	}
	for name := range names {
		if isContent(name) && !wanted[name] {
			return fmt.Errorf("%w: it holds %q, which its records do not name", errNoBackup, name)
		}
	}
	return nil
}
