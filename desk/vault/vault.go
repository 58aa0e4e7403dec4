// SPDX-License-Identifier: Apache-2.0

// Package vault keeps a desk's memory on its disk, encrypted, and gives back
// after a crash exactly what it acknowledged before.
//
// A vault is a folder. Call [Create] once, [Open] afterwards; both take the
// folder's lock, so a second process is refused with [ErrInUse]. The folder
// holds
//
//   - vault: the data key, wrapped under Argon2id of the passphrase
//     ([MeasureParams] chooses the costs);
//   - recovery, if [Vault.NewShares] made shares: the data key once more,
//     wrapped under what so many of the shares make together;
//   - journal: an append-only chain of sealed records ([Vault.Append]), and
//     mark, which says how far it was acknowledged;
//   - keyring: named secrets that must be able to vanish
//     ([Vault.ChangeSecrets]), rewritten as a whole;
//   - objects: larger sealed bodies under random names, each with a key of
//     its own in the keyring ([Vault.NewObject]), so that losing the key is
//     losing the object.
//
// Who loses the passphrase sets another with enough shares ([GatherShares]). A backup
// ([Vault.Backup], [OpenBackup]) is one file of ciphertext that says of itself that it
// is a copy. Both are fixed in spec/vault.md.
//
// What was acknowledged is on disk and survives a power cut. A record that
// was being written when the power went is recognised and cut off; damage to
// anything acknowledged is refused with [ErrDamaged] and never repaired by
// guessing. After a failed write the vault takes no more of them: what lies
// behind a failed sync is unknown until the folder is opened again.
//
// The vault trusts the running machine. Whoever holds folder and passphrase
// reads everything but what was forgotten. Whoever can replace the whole
// folder by an older copy of itself is not noticed here; the logs of the drop
// show it to the desk. A deleted or replaced file may survive on the medium
// below the file system, and nothing here can change that.
package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tamizdat/internal/durable"
)

// Errors on which callers branch. All carry a text made for people.
var (
	// ErrPassphrase means that the passphrase is not the vault's.
	ErrPassphrase = errors.New("this passphrase does not open the vault")
	// ErrInUse means that another process has the vault open.
	ErrInUse = errors.New("another program is using this folder")
	// ErrNone means that the folder holds no vault.
	ErrNone = errors.New("there is no vault in this folder")
	// ErrExists means that the folder holds a vault or other files already.
	ErrExists = errors.New("this folder is already in use for something")
	// ErrDamaged means that something acknowledged cannot be read any more.
	ErrDamaged = errors.New("the vault is damaged")
	// ErrLocked means that the key was forgotten and the passphrase is needed.
	ErrLocked = errors.New("the vault is locked: its passphrase is needed")
	// ErrForgotten means that an object or its key is not there (any more).
	ErrForgotten = errors.New("this object is not in the vault")
)

var errEmpty = errors.New("an empty passphrase protects nothing")

// Names inside the folder.
const (
	keyFileName  = "vault"
	recoveryName = "recovery"
	journalName  = "journal"
	markName     = "mark"
	keyringName  = "keyring"
	objectsName  = "objects"
	lockName     = "lock"
)

// Vault is an open vault. It is not for use by several goroutines at once.
type Vault struct {
	dir     string
	key     dataKey
	lock    *os.File
	journal *journal
	ring    *keyring
	pending map[Name]objectKey // sealed, but not yet kept
}

// Create makes a vault in dir, which must be empty or absent, and opens it.
// It refuses an empty passphrase.
func Create(dir string, passphrase []byte, p Params) (*Vault, error) {
	if len(passphrase) == 0 {
		return nil, errEmpty
	}
	if err := durable.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	v, err := create(dir, passphrase, p)
	if err != nil {
		return nil, errors.Join(err, unlockFolder(lock))
	}
	v.lock = lock
	return v, nil
}

// create writes the key file last: a folder without it is no vault yet, and
// what a killed Create left in it may be replaced.
func create(dir string, passphrase []byte, p Params) (*Vault, error) {
	if err := checkUnused(dir); err != nil {
		return nil, err
	}
	v := &Vault{dir: dir, pending: map[Name]objectKey{}}
	rand.Read(v.key[:])
	wrapped, err := wrapKey(&v.key, passphrase, p)
	if err != nil {
		return nil, err
	}
	if err := durable.MkdirAll(filepath.Join(dir, objectsName), 0o700); err != nil {
		return nil, err
	}
	if v.journal, err = createJournal(dir, &v.key); err != nil {
		return nil, err
	}
	v.ring = newKeyring(dir, &v.key)
	if err := v.ring.save(nil); err != nil {
		return nil, errors.Join(err, v.journal.close())
	}
	if err := durable.CreateFile(filepath.Join(dir, keyFileName), wrapped, 0o600); err != nil {
		return nil, errors.Join(err, v.journal.close())
	}
	return v, nil
}

// checkUnused refuses a folder that holds a vault or a file of somebody else. What
// a killed Create or restore left there, without the key that comes last, opens to
// nobody; of it only the recovery file could be taken for the new vault's.
func checkUnused(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch e.Name() {
		case recoveryName, journalName, markName, keyringName, objectsName, lockName:
		default:
			return fmt.Errorf("%w: it holds %s", ErrExists, e.Name())
		}
	}
	if err := removeLeftRecovery(dir); err != nil {
		return err
	}
	return durable.Sweep(dir)
}

func removeLeftRecovery(dir string) error {
	switch _, err := readRecovery(dir); {
	case errors.Is(err, ErrNoShares):
		return nil
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("%w: it holds %s", ErrExists, recoveryName) // perhaps not ours
	case err != nil:
		return err
	}
	return durable.Remove(filepath.Join(dir, recoveryName))
}

// Exists reports whether there is a vault in dir, whole or not.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, keyFileName))
	return err == nil
}

// LastOpened is when a program last opened the vault in dir or wrote to it, by the
// clock of the file system; the zero time where nobody can tell.
func LastOpened(dir string) time.Time {
	info, err := os.Stat(filepath.Join(dir, markName))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// Open opens the vault in dir and hands each record of the journal, in order,
// to apply, which must not keep the slice. It fails with [ErrNone],
// [ErrInUse], [ErrPassphrase] or [ErrDamaged], or with what apply returned.
func Open(dir string, passphrase []byte, apply func(record []byte) error) (*Vault, error) {
	return open(dir, apply, func() (dataKey, error) {
		wrapped, err := os.ReadFile(filepath.Join(dir, keyFileName))
		if err != nil {
			return dataKey{}, err
		}
		return unwrapKey(wrapped, passphrase)
	})
}

// Key is an unlocked vault's data key, with which a program that runs for
// long can let go of the folder between two pieces of work and take it up
// again without asking for the passphrase. It prints as REDACTED.
type Key struct {
	dir string
	key dataKey
}

// Key returns what is needed to open the same folder again.
func (v *Vault) Key() *Key { return &Key{v.dir, v.key} }

// Open is [Open] without the passphrase. It fails with [ErrLocked] after Forget.
func (k *Key) Open(apply func(record []byte) error) (*Vault, error) {
	return open(k.dir, apply, func() (dataKey, error) {
		if k.key == (dataKey{}) {
			return dataKey{}, ErrLocked
		}
		return k.key, nil
	})
}

// Forget wipes the key: nothing opens with it any more.
func (k *Key) Forget() { clear(k.key[:]) }

func open(dir string, apply func([]byte) error, getKey func() (dataKey, error)) (*Vault, error) {
	if _, err := os.Stat(filepath.Join(dir, keyFileName)); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	} else if err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	v := &Vault{dir: dir, lock: lock, pending: map[Name]objectKey{}}
	if v.key, err = getKey(); err == nil {
		err = v.load(apply)
	}
	if err != nil {
		return nil, errors.Join(err, unlockFolder(lock))
	}
	return v, nil
}

func (v *Vault) load(apply func([]byte) error) error {
	for _, dir := range []string{v.dir, filepath.Join(v.dir, objectsName)} {
		if err := durable.Sweep(dir); err != nil {
			return err
		}
	}
	var err error
	if v.ring, err = openKeyring(v.dir, &v.key); err != nil {
		return err
	}
	if err := v.sweepObjects(); err != nil {
		return err
	}
	v.journal, err = openJournal(v.dir, &v.key, apply)
	return err
}

// Append adds one record to the journal. When it returns nil the record is on
// disk. Records are 0 to [MaxRecord] bytes and are padded, so that the folder
// shows only a coarse size. After an error nothing can be appended until the
// vault is opened again; the record may then turn out to be there or not.
func (v *Vault) Append(record []byte) error { return v.journal.append(record) }

// Records is the number of records in the journal.
func (v *Vault) Records() uint64 { return v.journal.end.count }

// ChangePassphrase wraps the same data key under another passphrase, in one
// step: a power cut leaves the old or the new one. An old copy of the folder
// still opens with the old passphrase.
func (v *Vault) ChangePassphrase(passphrase []byte, p Params) error {
	return writeKeyFile(v.dir, &v.key, passphrase, p)
}

func writeKeyFile(dir string, k *dataKey, passphrase []byte, p Params) error {
	if len(passphrase) == 0 {
		return errEmpty
	}
	wrapped, err := wrapKey(k, passphrase, p)
	if err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, keyFileName), wrapped, 0o600)
}

// Close lets go of the folder and wipes the keys that lie in this vault's own
// memory. Objects that were not kept are deleted.
//
// What it cannot wipe: what the ciphers keep of the keys they were made with, the
// memory that Argon2id filled, copies that the garbage collector has moved or not
// yet written over, and what the system has swapped out. A [Key] lives on until
// [Key.Forget].
func (v *Vault) Close() error {
	var errs []error
	for name := range v.pending {
		errs = append(errs, v.drop(name))
	}
	errs = append(errs, v.journal.close(), unlockFolder(v.lock))
	clear(v.key[:])
	clear(v.journal.markKey)
	v.ring.wipe()
	return errors.Join(errs...)
}
