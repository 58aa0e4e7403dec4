// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tamizdat/internal/durable"
)

// ErrNoBackup means that a file is not a backup, or was changed or cut.
var ErrNoBackup = errors.New("this is no whole backup of a desk")

// Backup is a backup file. Call [OpenBackup], then [Backup.Unlock] or
// [Backup.UnlockWith], then [Backup.Restore]. It is not for use by several
// goroutines at once.
type Backup struct {
	f        io.ReadSeeker
	keyFile  []byte
	recovery []byte // nil where no shares had been made
	key      dataKey
	checked  bool
}

// OpenBackup looks at the beginning of a backup. It fails with [ErrNoBackup] or
// with what a later version's file is refused with. Nothing is believed yet.
func OpenBackup(f io.ReadSeeker) (*Backup, error) {
	b := &Backup{f: f}
	err := b.walk(nil, func(e entry) (err error) {
		switch e.name {
		case keyFileName:
			b.keyFile, err = e.small()
		case recoveryName:
			b.recovery, err = e.small()
		default:
			return errEnough
		}
		return err
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if err := checkKeyFile(b.keyFile); err != nil {
		return nil, notWhole(err)
	}
	if b.recovery == nil {
		return b, nil
	}
	return b, notWhole(checkRecovery(b.recovery))
}

// errEnough ends a walk that has seen what it came for.
var errEnough = errors.New("enough")

// notWhole keeps the word of damage to a folder out of what is said of a file.
func notWhole(err error) error {
	if errors.Is(err, ErrDamaged) {
		return ErrNoBackup
	}
	return err
}

// Unlock opens the backup with the passphrase of its time and checks all of it. It
// fails with [ErrPassphrase] or [ErrNoBackup].
func (b *Backup) Unlock(passphrase []byte) error {
	k, err := unwrapKey(b.keyFile, passphrase)
	if err != nil {
		return notWhole(err)
	}
	return b.check(k)
}

// Papers begins to open the backup with the shares of its time. It fails with
// [ErrNoShares].
func (b *Backup) Papers() (*Papers, error) {
	if b.recovery == nil {
		return nil, ErrNoShares
	}
	return papersFor(b.recovery), nil
}

// UnlockWith is Unlock with enough shares.
func (b *Backup) UnlockWith(p *Papers) error {
	k, err := p.open()
	if err != nil {
		return err
	}
	return b.check(k)
}

// CheckBackup reads a backup that this vault wrote, to its end, and fails with
// [ErrNoBackup] if it is not whole.
func (v *Vault) CheckBackup(f io.ReadSeeker) error {
	b, err := OpenBackup(f)
	if err != nil {
		return err
	}
	defer clear(b.key[:])
	return b.check(v.key)
}

// check reads the whole file and compares what it ends in.
func (b *Backup) check(k dataKey) error {
	if err := b.walk(&k, func(entry) error { return nil }); err != nil {
		return err
	}
	b.key, b.checked = k, true
	return nil
}

// Restore makes dir, which must be empty or absent, the vault of the backup. With a
// passphrase it gets that one, with these costs; with an empty one it keeps that
// of the backup. The vault says [Vault.Copied] until that is noted. Killed at any
// moment it leaves a folder that is no vault yet, in which it can be repeated.
func (b *Backup) Restore(dir string, passphrase []byte, costs Params) (err error) {
	if !b.checked {
		return ErrPassphrase
	}
	keyFile := b.keyFile
	if len(passphrase) > 0 {
		if keyFile, err = wrapKey(&b.key, passphrase, costs); err != nil {
			return err
		}
	}
	return b.restore(dir, keyFile, createPlain)
}

// maker makes a new file; tests put a disk that fails in its place.
type maker func(path string) (file, error)

func createPlain(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}

func (b *Backup) restore(dir string, keyFile []byte, create maker) error {
	if err := durable.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return err
	}
	return errors.Join(b.restoreLocked(dir, keyFile, create), lock.Close())
}

// restoreLocked writes the key file last, when all others and their names are on
// disk.
func (b *Backup) restoreLocked(dir string, keyFile []byte, create maker) error {
	if err := checkUnused(dir); err != nil {
		return err
	}
	objects := filepath.Join(dir, objectsName)
	if err := durable.MkdirAll(objects, 0o700); err != nil {
		return err
	}
	err := b.walk(&b.key, func(e entry) error {
		path := filepath.Join(dir, filepath.FromSlash(e.name))
		switch e.name {
		case keyFileName:
			return nil
		case recoveryName: // whole or not there, so that a leftover is known for what it is
			return durable.WriteFile(path, b.recovery, 0o600)
		}
		return writeSynced(create, path, e)
	})
	if err != nil {
		return err
	}
	if err := errors.Join(durable.SyncDir(objects), durable.SyncDir(dir)); err != nil {
		return err
	}
	return durable.CreateFile(filepath.Join(dir, keyFileName), keyFile, 0o600)
}

func writeSynced(create maker, path string, e entry) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, e.content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Close wipes the key. The file is the caller's.
func (b *Backup) Close() { clear(b.key[:]) }

// entry is one file in a backup.
type entry struct {
	name    string
	length  uint64
	content io.Reader
}

// small reads an entry that is one of the little ones.
func (e entry) small() ([]byte, error) {
	if e.length > smallFile {
		return nil, ErrNoBackup
	}
	return io.ReadAll(e.content)
}

// walk hands the entries to take, in order, and lets it leave content unread. With
// a key it wants the whole file to be what was written under it; where take writes
// something down, the file has been checked before, and this finds one that was
// replaced meanwhile.
func (b *Backup) walk(k *dataKey, take func(entry) error) error {
	if _, err := b.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(b.f, 1<<16)
	mac := backupMAC(&dataKey{})
	if k != nil {
		mac = backupMAC(k)
	}
	r := io.TeeReader(in, mac)
	if err := readMagic(r); err != nil {
		return err
	}
	var order nameOrder
	for {
		e, err := readEntry(r)
		if err != nil {
			return short(err)
		}
		if e.name == "" {
			break
		}
		if err := order.next(e); err != nil {
			return err
		}
		if err := takeEntry(e, take); err != nil {
			return short(err)
		}
	}
	sum := mac.Sum(nil)
	tag := make([]byte, backupTag)
	if _, err := io.ReadFull(in, tag); err != nil {
		return short(err)
	}
	if _, err := in.ReadByte(); err != io.EOF || !order.whole() || (k != nil && !hmac.Equal(sum, tag)) {
		return ErrNoBackup
	}
	return nil
}

// short tells a file that ends too early from one that cannot be read.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrNoBackup
	}
	return err
}

func readMagic(r io.Reader) error {
	magic := make([]byte, len(backupMagic)+1)
	if _, err := io.ReadFull(r, magic); err != nil {
		return short(err)
	}
	if !bytes.Equal(magic[:len(backupMagic)], []byte(backupMagic)) {
		return ErrNoBackup
	}
	if magic[len(backupMagic)] != backupVersion {
		return errLater
	}
	return nil
}

// readEntry returns an entry without a name at the end.
func readEntry(r io.Reader) (e entry, err error) {
	var n [1]byte
	if _, err := io.ReadFull(r, n[:]); err != nil || n[0] == 0 {
		return e, err
	}
	head := make([]byte, int(n[0])+8)
	if _, err := io.ReadFull(r, head); err != nil {
		return e, err
	}
	e.name, e.length = string(head[:n[0]]), binary.BigEndian.Uint64(head[n[0]:])
	if e.length > 1<<53 {
		return e, ErrNoBackup
	}
	e.content = io.LimitReader(r, int64(e.length))
	return e, nil
}

// takeEntry sees to it that the next entry begins where this one ends.
func takeEntry(e entry, take func(entry) error) error {
	counted := &counter{r: e.content}
	e.content = counted
	if err := take(e); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, counted); err != nil {
		return err
	}
	if counted.n != e.length {
		return ErrNoBackup
	}
	return nil
}

type counter struct {
	r io.Reader
	n uint64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += uint64(n)
	return n, err
}

// nameOrder refuses any name but those of a vault's files, each once and in one
// order: a name leads to a place on a disk.
type nameOrder struct {
	seen []string
	last string // of the objects
}

var backupOrder = [...]string{keyFileName, recoveryName, journalName, markName, keyringName}

func (o *nameOrder) next(e entry) error {
	if hexName, ok := strings.CutPrefix(e.name, objectsName+"/"); ok {
		var n Name
		if n.UnmarshalText([]byte(hexName)) != nil || hexName <= o.last || !o.whole() {
			return ErrNoBackup
		}
		o.last = hexName
		return nil
	}
	place := slices.Index(backupOrder[:], e.name)
	if place < 0 || o.last != "" || (len(o.seen) > 0 && place <= slices.Index(backupOrder[:], o.seen[len(o.seen)-1])) {
		return ErrNoBackup
	}
	o.seen = append(o.seen, e.name)
	return nil
}

// whole reports whether every file was there that a vault must have.
func (o *nameOrder) whole() bool {
	for _, name := range backupOrder {
		if name != recoveryName && !slices.Contains(o.seen, name) {
			return false
		}
	}
	return true
}

// String implements [fmt.Stringer] and hides the key.
func (*Backup) String() string { return redacted }

// GoString implements [fmt.GoStringer] and hides the key.
func (*Backup) GoString() string { return redacted }

// Format implements [fmt.Formatter] and hides the key from every verb.
func (*Backup) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }
