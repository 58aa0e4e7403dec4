// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"
)

// Papers gathers shares until there are enough of them.
type Papers struct {
	file   []byte
	head   recoveryHead
	shares []Share
}

// GatherShares begins to open the vault in dir with its shares. It fails with
// [ErrNone], [ErrNoShares] or [ErrDamaged].
func GatherShares(dir string) (*Papers, error) {
	if !Exists(dir) {
		return nil, ErrNone
	}
	b, err := readRecovery(dir)
	if err != nil {
		return nil, err
	}
	return papersFor(b), nil
}

func papersFor(file []byte) *Papers { return &Papers{file: file, head: parseHead(file)} }

// Add takes a share. It refuses one of another vault or of a set that was made
// void with [ErrShareOther], and one that was given with [ErrShareTwice].
func (p *Papers) Add(s Share) error {
	switch {
	case !s.ofVault(p.head.vault[:]):
		return fmt.Errorf("%w: it was made for another desk", ErrShareOther)
	case !s.ofSet(p.head.set[:]):
		return fmt.Errorf("%w: other shares were made before or after it, and it opens only a copy of its own time", ErrShareOther)
	case s.Need() != p.head.need || s.Index() > p.head.shares:
		return errShareOff
	}
	for _, known := range p.shares {
		if known.Index() == s.Index() {
			return ErrShareTwice
		}
	}
	p.shares = append(p.shares, s)
	return nil
}

// Missing is how many more are needed.
func (p *Papers) Missing() int { return max(p.head.need-len(p.shares), 0) }

// open returns the data key. It fails with [ErrTooFew], or with [ErrShareOther]
// where the shares, each good in itself, do not make the key.
func (p *Papers) open() (k dataKey, err error) {
	if n := p.Missing(); n > 0 {
		return k, fmt.Errorf("%w: %d", ErrTooFew, n)
	}
	secret, err := combine(p.shares)
	if err != nil {
		return k, err
	}
	key, err := recoveryKey(p.head, secret)
	if err != nil {
		return k, err
	}
	sealed := p.file[recoveryHeader : recoveryLen-sha256.Size]
	plain, err := xchacha(key).Open(nil, sealed[:24], sealed[24:], p.file[:recoveryHeader])
	if err != nil {
		return k, ErrShareOther
	}
	copy(k[:], plain)
	clear(plain)
	clear(key)
	return k, nil
}

// combine is the polynomial's value at zero.
func combine(shares []Share) (group.Scalar, error) {
	points := make([]secretsharing.Share, len(shares))
	for i, s := range shares {
		value, err := s.scalar()
		if err != nil {
			return nil, err
		}
		points[i] = secretsharing.Share{ID: group.Ristretto255.NewScalar().SetUint64(uint64(s.Index())), Value: value}
	}
	return secretsharing.Recover(uint(shares[0].Need()-1), points)
}

// SetPassphrase gives the vault in dir a new passphrase with the help of enough
// shares. The shares stay good. It fails with [ErrInUse] while the vault is open,
// and changes nothing where what the shares open is not the folder's key.
func (p *Papers) SetPassphrase(dir string, passphrase []byte, costs Params) error {
	k, err := p.open()
	if err != nil {
		return err
	}
	defer clear(k[:])
	lock, err := lockFolder(dir)
	if err != nil {
		return err
	}
	err = mayReplaceKey(dir, &k)
	if err == nil {
		err = writeKeyFile(dir, &k, passphrase, costs)
	}
	return errors.Join(err, unlockFolder(lock))
}

// mayReplaceKey refuses to put a key in the place of one that opens the folder,
// unless it does so too, and to touch what a later version wrote. A key file that is
// damaged is what shares are good for.
func mayReplaceKey(dir string, k *dataKey) error {
	old, err := os.ReadFile(filepath.Join(dir, keyFileName))
	if err != nil {
		return err
	}
	if errors.Is(checkKeyFile(old), errLater) {
		return errLater
	}
	_, err = openKeyring(dir, k)
	return err
}
