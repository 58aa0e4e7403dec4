// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"
	"golang.org/x/crypto/chacha20poly1305"
	"tamizdat/internal/durable"
)

// The recovery file (spec/vault.md §2):
//
//	[8] magic ‖ u8 version ‖ [4] vault ‖ [2] set ‖ u8 need ‖ u8 shares ‖ [16] salt     33 bytes, the header
//	[24] nonce ‖ [32 + 16] data key, XChaCha20-Poly1305, aad = header
//	[32] SHA-256 of all before
//
// The key of it is made of a random scalar, which nobody keeps; the shares are
// points on a polynomial that has it at zero. The file does not hold commitments to
// that polynomial: they would let one say which share is false, but they would bind
// the data key to a discrete logarithm, and a folder that is copied today should not
// open to a machine of the day after tomorrow. A false share is known by its sum.
const (
	recoveryMagic   = "tmzrecov"
	recoveryVersion = 1
	recoverySalt    = 16
	recoveryHeader  = 8 + 1 + vaultIDSize + setSize + 2 + recoverySalt
	recoveryLen     = recoveryHeader + 24 + 32 + 16 + 32
	recoveryInfo    = "tamizdat-vault-recovery-v1"
)

// Errors of recovery on which callers branch. All carry a text made for people.
var (
	// ErrNoShares means that no recovery shares were made for the folder.
	ErrNoShares = errors.New("no recovery shares were made for this folder")
	// ErrTooFew means that more shares are needed.
	ErrTooFew = errors.New("more shares are needed")
	// ErrShareTwice means that the same share was given before.
	ErrShareTwice = errors.New("this share was given before: the same paper does not count twice")
	// ErrShareOther means that a share is of another vault or was made void.
	ErrShareOther = errors.New("this share does not belong to this folder")
)

// recoveryHead is what a recovery file says in the clear.
type recoveryHead struct {
	vault  [vaultIDSize]byte
	set    [setSize]byte
	need   int
	shares int
	salt   [recoverySalt]byte
}

func (h recoveryHead) encode() []byte {
	b := append([]byte(recoveryMagic), recoveryVersion)
	b = append(b, h.vault[:]...)
	b = append(b, h.set[:]...)
	b = append(b, byte(h.need), byte(h.shares))
	return append(b, h.salt[:]...)
}

// Recovery is what is known of a vault's shares without them.
type Recovery struct {
	Need   int // so many open the vault
	Shares int // of so many
}

// NewShares makes n shares, 2 to 15, of which need, at least 2, open the vault
// without its passphrase, and voids those that were made before: with them this
// folder opens no more. When it returns, the new ones are good.
//
// An older copy of the folder still opens with the older shares, as with the older
// passphrase, and has the same data key: whoever has enough of the old papers and
// such a copy, or a backup, reads this folder too.
func (v *Vault) NewShares(need, n int) ([]Share, error) {
	head, err := v.newHead(need, n)
	if err != nil {
		return nil, err
	}
	secret := group.Ristretto255.RandomNonZeroScalar(rand.Reader)
	file, err := wrapRecovery(&v.key, head, secret)
	if err != nil {
		return nil, err
	}
	var out []Share
	for i, s := range secretsharing.New(rand.Reader, uint(need-1), secret).Share(uint(n)) {
		share, err := newShare(head, i+1, s.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, share)
	}
	return out, durable.WriteFile(filepath.Join(v.dir, recoveryName), file, 0o600)
}

func (v *Vault) newHead(need, n int) (h recoveryHead, err error) {
	if need < minNeed || n < need || n > maxShares {
		return h, fmt.Errorf("shares are %d to %d, and at least %d and at most all of them are needed", minNeed, maxShares, minNeed)
	}
	h = recoveryHead{vault: v.id(), need: need, shares: n, salt: [recoverySalt]byte(random(recoverySalt))}
	var before [setSize]byte // the old papers must be known for such
	old, err := readRecovery(v.dir)
	switch {
	case err == nil:
		before = parseHead(old).set
	case !errors.Is(err, ErrNoShares) && !errors.Is(err, ErrDamaged):
		return h, err
	}
	for h.set == before {
		h.set = [setSize]byte(random(setSize))
	}
	return h, nil
}

// id names the vault on papers. It is the beginning of the journal's own id, which
// goes with the folder wherever it is restored.
func (v *Vault) id() [vaultIDSize]byte { return [vaultIDSize]byte(v.journal.id[:]) }

// Recovery tells how many shares there are. It fails with [ErrNoShares] or
// [ErrDamaged].
func (v *Vault) Recovery() (Recovery, error) {
	b, err := readRecovery(v.dir)
	if err != nil {
		return Recovery{}, err
	}
	h := parseHead(b)
	return Recovery{h.need, h.shares}, nil
}

func wrapRecovery(k *dataKey, h recoveryHead, secret group.Scalar) ([]byte, error) {
	key, err := recoveryKey(h, secret)
	if err != nil {
		return nil, err
	}
	header := h.encode()
	nonce := random(chacha20poly1305.NonceSizeX)
	b := append(bytes.Clone(header), nonce...)
	b = xchacha(key).Seal(b, nonce, k[:], header)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

func recoveryKey(h recoveryHead, secret group.Scalar) ([]byte, error) {
	ikm, err := secret.MarshalBinary()
	if err != nil {
		return nil, err
	}
	defer clear(ikm)
	return hkdf.Key(sha256.New, ikm, h.salt[:], recoveryInfo, 32)
}

func readRecovery(dir string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(dir, recoveryName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoShares
	}
	if err != nil {
		return nil, err
	}
	return b, checkRecovery(b)
}

func checkRecovery(b []byte) error {
	if err := checkSummed(b, "recovery file", recoveryMagic, recoveryVersion, recoveryHeader); err != nil {
		return err
	}
	h := parseHead(b)
	if len(b) != recoveryLen || h.need < minNeed || h.shares < h.need || h.shares > maxShares {
		return fmt.Errorf("%w: its recovery file is not one", ErrDamaged)
	}
	return nil
}

// parseHead reads what [checkRecovery] has looked at.
func parseHead(b []byte) (h recoveryHead) {
	b = b[9:]
	copy(h.vault[:], b)
	copy(h.set[:], b[vaultIDSize:])
	b = b[vaultIDSize+setSize:]
	h.need, h.shares = int(b[0]), int(b[1])
	copy(h.salt[:], b[2:])
	return h
}
