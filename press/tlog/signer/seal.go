// SPDX-License-Identifier: Apache-2.0

package signer

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
)

// Cost is what Argon2id spends on one try of a passphrase.
type Cost struct {
	Passes  uint32
	KiB     uint32 // memory
	Threads uint8
}

// DefaultCost takes about a quarter of a second on a small laptop.
func DefaultCost() Cost { return Cost{Passes: 3, KiB: 64 << 10, Threads: 4} }

// maxCost bounds what a key file may ask of this machine.
func maxCost() Cost { return Cost{Passes: 16, KiB: 1 << 20, Threads: 16} }

const (
	keyFormat = "tamizdat-log-key/v1"
	saltSize  = 16
	// MinPassphrase is the shortest passphrase, in bytes, that Create takes.
	MinPassphrase = 10
)

var errWrong = errors.New("the log key cannot be opened: the passphrase is wrong, or the key file was damaged")

// seal writes the key file: five lines of text. The vkey is authenticated with
// the seed, so a file cannot be relabelled.
func seal(vkey, passphrase string, seed [ed25519.SeedSize]byte, c Cost, random io.Reader) ([]byte, error) {
	if len(passphrase) < MinPassphrase {
		return nil, fmt.Errorf("the passphrase has fewer than %d characters; take five or more random words", MinPassphrase)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	buf := make([]byte, saltSize+chacha20poly1305.NonceSizeX)
	if _, err := io.ReadFull(random, buf); err != nil {
		return nil, fmt.Errorf("no randomness for the key file: %w", err)
	}
	salt, nonce := buf[:saltSize], buf[saltSize:]
	head := fmt.Sprintf("%s\n%s\nargon2id %d %d %d\n%s\n", keyFormat, vkey, c.Passes, c.KiB, c.Threads, base64.StdEncoding.EncodeToString(salt))
	aead, err := chacha20poly1305.NewX(c.derive(passphrase, salt))
	if err != nil {
		return nil, err
	}
	box := aead.Seal(nonce, nonce, seed[:], []byte(head))
	return []byte(head + base64.StdEncoding.EncodeToString(box) + "\n"), nil
}

func unseal(file []byte, passphrase string) (vkey string, seed [ed25519.SeedSize]byte, err error) {
	lines := strings.Split(string(file), "\n")
	if lines[0] != keyFormat && strings.HasPrefix(lines[0], keyFormat[:len(keyFormat)-1]) {
		return "", seed, errors.New("the key of this log was made by a newer version of this program: use that one")
	}
	if len(file) > 4096 || len(lines) != 6 || lines[0] != keyFormat || lines[5] != "" {
		return "", seed, errors.New("the key file is damaged: restore it from a copy")
	}
	var c Cost
	_, err = fmt.Sscanf(lines[2], "argon2id %d %d %d", &c.Passes, &c.KiB, &c.Threads)
	salt, err1 := base64.StdEncoding.Strict().DecodeString(lines[3])
	box, err2 := base64.StdEncoding.Strict().DecodeString(lines[4])
	if err := errors.Join(err, err1, err2, c.check()); err != nil {
		return "", seed, fmt.Errorf("the key file is damaged: %w", err)
	}
	if len(salt) != saltSize || len(box) != chacha20poly1305.NonceSizeX+ed25519.SeedSize+chacha20poly1305.Overhead {
		return "", seed, errWrong
	}
	aead, err := chacha20poly1305.NewX(c.derive(passphrase, salt))
	if err != nil {
		return "", seed, err
	}
	head := strings.Join(lines[:4], "\n") + "\n"
	plain, err := aead.Open(nil, box[:chacha20poly1305.NonceSizeX], box[chacha20poly1305.NonceSizeX:], []byte(head))
	if err != nil {
		return "", seed, errWrong
	}
	return lines[1], [ed25519.SeedSize]byte(plain), nil
}

func (c Cost) derive(passphrase string, salt []byte) []byte {
	return argon2.IDKey([]byte(passphrase), salt, c.Passes, c.KiB, c.Threads, chacha20poly1305.KeySize)
}

func (c Cost) check() error {
	top := maxCost()
	if c.Passes < 1 || c.KiB < 8 || c.Threads < 1 || c.Passes > top.Passes || c.KiB > top.KiB || c.Threads > top.Threads {
		return errors.New("the cost of its passphrase is out of bounds")
	}
	return nil
}
