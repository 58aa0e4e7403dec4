// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
)

const (
	movedFile  = "moved"      // this folder's drop went elsewhere
	copyDir    = "copy.tmp"   // the state while a backup is made
	backupsDir = "backups"    // where backups go unless told otherwise
	dayLayout  = "2006-01-02" // a backup's name tells the day and no hour
	namePrefix = "tamizdat-drop-"
	nameSuffix = ".age"
	moveSuffix = ".move.age" // of a drop that was moved: the only one of its kind
	partSuffix = ".part"
)

const backupUsage = `tamizdat-drop backup-key [--new]
tamizdat-drop backup [--to FOLDER] [--keep DAYS] [--move]

backup-key makes the key that backups are encrypted to, prints its secret half
once, and keeps the other. Write the secret half down, away from this machine:
without it no backup opens. --new makes another; old backups need the old one.

backup writes everything that this drop is into one encrypted file, named by the
beginning of the drop's key and the day: its keys, its address, and all it holds, but for the letters that came since
the last sealing. It can run while the drop serves. Copy the file to another
place: on this machine it is lost with it.

--to     default is "backups" in the drop's folder; - for standard output. With sudo,
         a folder that is there, and in which the drop's user may write
--keep   delete backups in FOLDER that are older; default 7 days. What the drop
         deletes is gone for good only when the last backup that has it is
--move   for good: stop the drop first. It never serves from this folder again, and
         the file has the letters since the last sealing too. Restore it elsewhere
`

func runBackupKey(_ context.Context, env *cli.Env, args []string) error {
	fl := flag.NewFlagSet("backup-key", flag.ContinueOnError)
	again := fl.Bool("new", false, "")
	dir, err := folderFlag(env, fl, args, 0)
	if err != nil {
		return err
	}
	if _, err := readIdentity(dir); err != nil {
		return err
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	if _, err := readBackupKey(dir); err == nil && !*again {
		return cli.WithHint(errors.New("this drop has a backup key already"), "if its secret half was lost: tamizdat-drop backup-key --new, then a new backup")
	}
	// First shown and then kept: a key whose secret half nobody saw would seal
	// backups that nobody opens.
	if _, err := fmt.Fprintf(env.Stdout, "%s\n", key); err != nil {
		return fmt.Errorf("the key could not be shown, and was not kept: %w", err)
	}
	write := durable.CreateFile
	if *again {
		write = durable.WriteFile
	}
	err = write(filepath.Join(dir, backupKeyFile), []byte(key.Recipient().String()+"\n"), 0o600)
	if errors.Is(err, fs.ErrExist) {
		return cli.WithHint(errors.New("this drop has a backup key already"), "if its secret half was lost: tamizdat-drop backup-key --new, then a new backup")
	}
	if err != nil {
		return err
	}
	env.Notef("Write this line down and keep it away from this machine: without it no backup opens.\nWith it and a backup anyone can answer at the drop's address.\n")
	return nil
}

func readBackupKey(dir string) (age.Recipient, error) {
	b, err := readPrivate(dir, backupKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, cli.WithHint(errors.New("this drop has no backup key yet"), "make one with tamizdat-drop backup-key, and write down what it prints")
	}
	if err != nil {
		return nil, err
	}
	return age.ParseX25519Recipient(strings.TrimSuffix(string(b), "\n"))
}

// backing is what the flags of backup say.
type backing struct {
	dir, to string // by which the process reaches the folders
	called  string // by which the operator knows the second
	drop    string // begins the names of its backups
	keep    int
	move    bool
	key     age.Recipient
}

func runBackup(ctx context.Context, env *cli.Env, args []string) error {
	b := &backing{}
	fl := flag.NewFlagSet("backup", flag.ContinueOnError)
	fl.StringVar(&b.to, "to", "", "")
	fl.IntVar(&b.keep, "keep", 7, "")
	fl.BoolVar(&b.move, "move", false, "")
	var err error
	if b.dir, err = namedFolder(env, fl, args, 0); err != nil {
		return err
	}
	if b.keep < 1 {
		return cli.Usagef("--keep takes a number of days")
	}
	if b.to == "-" && env.ShowsResults() {
		return cli.Usagef("--to - writes bytes that are not for a screen; add >FILE")
	}
	if err := b.enter(); err != nil {
		return err
	}
	id, err := readIdentity(b.dir)
	if err != nil {
		return err
	}
	b.drop = fmt.Sprintf("%x-", id.key().Public().(ed25519.PublicKey)[:4])
	if _, err = readNewsroom(b.dir); err != nil {
		return err
	}
	if b.key, err = readBackupKey(b.dir); err != nil {
		return err
	}
	one, err := takeBackupLock(b.dir)
	if err != nil {
		return err
	}
	defer one.release()
	if !b.move {
		if err := checkNotMoved(b.dir); err != nil {
			return err
		}
	} else {
		l, err := b.retire(ctx)
		if err != nil {
			return err
		}
		defer l.release()
	}
	if b.called == "-" {
		return b.write(ctx, env.Stdout)
	}
	return b.writeFile(ctx, env, time.Now())
}

// enter goes into the drop's folder, from which only the place of the backups can
// still be reached.
func (b *backing) enter() (err error) {
	b.called = cmp.Or(b.to, filepath.Join(b.dir, backupsDir))
	if b.to == "-" {
		b.to = ""
	}
	own := b.to == ""
	if b.dir, b.to, err = enter(b.dir, b.to); own {
		b.to = filepath.Join(b.dir, backupsDir)
	}
	return err
}

// retire ends this folder's service for good, before the copy is made: so the
// copy is the newest state that there will ever be. The folder is marked only
// when all is there that the copy is made of: until then the drop can serve
// again. It may be repeated.
func (b *backing) retire(ctx context.Context) (*lock, error) {
	l, err := takeLock(b.dir)
	if err != nil {
		return nil, cli.WithHint(err, "stop the drop before it is moved: systemctl disable --now tamizdat-drop")
	}
	err = sqlite.Complete(ctx, b.dir)
	if err == nil {
		_, err = sqlite.SpoolFiles(b.dir)
	}
	if err == nil {
		err = b.copyState(server.Doubtful)
	}
	if err == nil {
		err = durable.WriteFile(filepath.Join(b.dir, movedFile), []byte("this drop was moved; it does not serve from here again\n"), 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, l.release())
	}
	return l, nil
}

// checkNotMoved refuses to serve a drop that went elsewhere.
func checkNotMoved(dir string) error {
	if _, err := os.Lstat(filepath.Join(dir, movedFile)); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, cli.WithHint(errors.New("this drop was moved (tamizdat-drop backup --move) and never serves from this folder again"),
			"it would sign another history than the one that was moved", "restore the backup that was made then, or the newest one"))
	}
	return nil
}

// writeFile writes the backup of today, in the place of an earlier one, and
// deletes those that are too old.
func (b *backing) writeFile(ctx context.Context, env *cli.Env, now time.Time) error {
	if err := durable.MkdirAll(b.to, 0o700); err != nil {
		return err
	}
	day := now.UTC().Truncate(24 * time.Hour)
	suffix := nameSuffix
	if b.move {
		suffix = moveSuffix
	}
	name := namePrefix + b.drop + day.Format(dayLayout) + suffix
	path := filepath.Join(b.to, name)
	if err := b.writePart(ctx, path+partSuffix, day); err != nil {
		return errors.Join(err, os.Remove(path+partSuffix))
	}
	if err := durable.Rename(path+partSuffix, path); err != nil {
		return err
	}
	env.Printf("%s\n", filepath.Join(b.called, name))
	return b.deleteOld(day.AddDate(0, 0, -b.keep))
}

func (b *backing) writePart(ctx context.Context, part string, day time.Time) error {
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = b.write(ctx, f)
	if err == nil {
		err = os.Chtimes(part, day, day)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// deleteOld deletes this drop's backups of days before the first, and what is left
// of those that were cut off. The file of a move stays: it may be the only place
// where the drop is.
func (b *backing) deleteOld(first time.Time) error {
	entries, err := os.ReadDir(b.to)
	if err != nil {
		return err
	}
	for _, e := range entries {
		text, ok := strings.CutPrefix(e.Name(), namePrefix+b.drop)
		text, ok2 := strings.CutSuffix(strings.TrimSuffix(text, partSuffix), nameSuffix)
		day, err := time.Parse(dayLayout, text)
		if !ok || !ok2 || err != nil || !day.Before(first) {
			continue
		}
		if err := durable.Remove(filepath.Join(b.to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// write makes the backup. Where the drop deletes an old page meanwhile, all of it
// fails and can be made again.
func (b *backing) write(ctx context.Context, to io.Writer) error {
	temp := filepath.Join(b.dir, copyDir)
	var err error
	if !b.move { // else it is there
		err = b.copyState(server.Behind)
	}
	if err == nil {
		err = b.pack(ctx, to, temp)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = cli.WithHint(fmt.Errorf("a page was deleted while it was copied, or is missing: %w", err), "try again")
	}
	return errors.Join(err, os.RemoveAll(temp))
}

// copyState copies the state. Only the copy of a drop that was moved may be the
// newest there is: after any other pages may have been sealed that no desk has
// seen, but a visitor.
func (b *backing) copyState(why server.Holding) error {
	temp := filepath.Join(b.dir, copyDir)
	if err := errors.Join(os.RemoveAll(temp), os.Mkdir(temp, 0o700)); err != nil {
		return err
	}
	return sqlite.CopyState(b.dir, temp, why)
}

func (b *backing) pack(ctx context.Context, to io.Writer, temp string) error {
	store, err := sqlite.Open(temp)
	if err != nil {
		return err
	}
	contents, err := server.Contents(ctx, store)
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	p, err := newPacker(to, b.key)
	if err != nil {
		return err
	}
	if err := b.packSmall(p, temp); err != nil {
		return err
	}
	for _, c := range contents {
		if err := p.add(c.Name, filepath.Join(b.dir, filepath.FromSlash(c.Name)), c.Hash[:]); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return p.close()
}

// packSmall adds all but pages and chunks.
func (b *backing) packSmall(p *packer, temp string) error {
	for _, name := range []string{identityFile, newsroomFile, onionFile, backupKeyFile} {
		err := p.add(name, filepath.Join(b.dir, name), nil)
		if err != nil && !(name == onionFile && errors.Is(err, fs.ErrNotExist)) {
			return err
		}
	}
	if err := p.add(stateFile, filepath.Join(temp, stateFile), nil); err != nil || !b.move {
		return err
	}
	spools, err := sqlite.SpoolFiles(b.dir)
	if err != nil {
		return err
	}
	for _, name := range spools {
		if err := p.add(name, filepath.Join(b.dir, filepath.FromSlash(name)), nil); err != nil {
			return err
		}
	}
	return nil
}
