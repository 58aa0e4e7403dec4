// SPDX-License-Identifier: Apache-2.0

// Package signer holds the private key of a log. Only the press's own command
// may link it: whoever has this key can add to the record.
//
// Call [Create] once, then [Open] with the passphrase. [Key.SignTree] signs
// tree heads and [Key.SignText] the manifest of a site. At rest the key is
// sealed under Argon2id and XChaCha20-Poly1305, in a folder of its own that
// belongs on another medium than the log.
//
// Beside the key lies a note of the largest tree signed so far. It is written
// before the signature leaves, so a log folder restored from an old copy
// cannot make the key sign a second history. A key folder restored from an
// old copy can: then only the witnesses notice.
//
// Memory is not locked and Go may leave copies of the key in it until the
// process ends; the process is meant to be short.
package signer

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/internal/durable"
	"tamizdat/press"
	"tamizdat/press/tlog"
)

const (
	keyFile  = "log.key"
	headFile = "signed"
)

// ErrFork says that the tree contradicts one that this key has signed.
var ErrFork = errors.New("this key has signed another history")

// Key is the unlocked private key of a log. It never prints. It keeps its
// folder locked until Close.
type Key struct {
	dir     string
	public  tlog.LogKey
	private ed25519.PrivateKey
	unlock  func() error
}

// Create makes a key named origin in the new folder dir, sealed under the
// passphrase, and gives its public half.
func Create(dir, origin, passphrase string, cost Cost, random io.Reader) (tlog.LogKey, error) {
	var seed [ed25519.SeedSize]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return tlog.LogKey{}, fmt.Errorf("no randomness for a key: %w", err)
	}
	public, _, err := keys(origin, seed)
	if err != nil {
		return tlog.LogKey{}, err
	}
	sealed, err := seal(public.String(), passphrase, seed, cost, random)
	if err != nil {
		return tlog.LogKey{}, err
	}
	if err := durable.MkdirAll(dir, 0o700); err != nil {
		return tlog.LogKey{}, err
	}
	return public, durable.CreateFile(filepath.Join(dir, keyFile), sealed, 0o600)
}

// Open unseals the key in dir.
func Open(dir, passphrase string) (*Key, error) {
	b, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	vkey, seed, err := unseal(b, passphrase)
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(vkey, "+")
	public, private, err := keys(name, seed)
	if err != nil {
		return nil, err
	}
	if public.String() != vkey {
		return nil, errWrong
	}
	unlock, err := tlog.Lock(filepath.Join(dir, ".lock"))
	if err != nil {
		return nil, err
	}
	if err := durable.Sweep(dir); err != nil {
		return nil, errors.Join(err, unlock())
	}
	return &Key{dir: dir, public: public, private: private, unlock: unlock}, nil
}

func keys(origin string, seed [ed25519.SeedSize]byte) (tlog.LogKey, ed25519.PrivateKey, error) {
	private := ed25519.NewKeyFromSeed(seed[:])
	p, err := press.NewPublicKey(origin, press.KeyEd25519, private.Public().(ed25519.PublicKey))
	return tlog.LogKey{PublicKey: p}, private, err
}

// Close forgets the key as far as Go lets it, and gives the folder free.
func (k *Key) Close() error {
	clear(k.private)
	return k.unlock()
}

// Public gives the log's public key.
func (k *Key) Public() tlog.LogKey { return k.public }

// SignTree signs a checkpoint over t. It fails with [ErrFork] for a tree that
// is smaller than the largest signed one, or as large with another root. A
// larger tree is believed to continue the smaller: the log, which holds the
// entries, has checked that, and the witnesses will.
func (k *Key) SignTree(t tlog.Tree) ([]byte, error) {
	if err := k.remember(t); err != nil {
		return nil, err
	}
	return k.sign(tlog.FormatTree(k.public.Origin(), t)), nil
}

// SignText signs any other note of the press, such as a manifest. The text of
// a checkpoint is refused: that goes through [Key.SignTree].
func (k *Key) SignText(text string) ([]byte, error) {
	if _, _, err := tlog.ParseTree(text); err == nil {
		return nil, errors.New("this text is a tree head and is not signed as anything else")
	}
	return k.sign(text), nil
}

func (k *Key) sign(text string) []byte {
	return tlog.FormatNote(text, k.public, ed25519.Sign(k.private, []byte(text)))
}

func (k *Key) remember(t tlog.Tree) error {
	path := filepath.Join(k.dir, headFile)
	text := tlog.FormatTree(k.public.Origin(), t)
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err == nil {
		if string(b) == text {
			return nil
		}
		if err := k.checkOlder(string(b), t); err != nil {
			return err
		}
	}
	return durable.WriteFile(path, []byte(text), 0o600)
}

func (k *Key) checkOlder(note string, t tlog.Tree) error {
	_, older, err := tlog.ParseTree(note)
	if err != nil {
		return fmt.Errorf("the key folder's note of what it signed cannot be read: %w", err)
	}
	if t.Size <= older.Size {
		return fmt.Errorf("%w: a tree of %d entries, and now one of %d is to be signed; restore the log folder from its newest copy", ErrFork, older.Size, t.Size)
	}
	return nil
}

const redacted = "REDACTED"

// String hides the key.
func (k *Key) String() string { return redacted }

// GoString hides the key.
func (k *Key) GoString() string { return redacted }

// Format hides the key from every verb.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue hides the key from logs.
func (k *Key) LogValue() slog.Value { return slog.StringValue(redacted) }
