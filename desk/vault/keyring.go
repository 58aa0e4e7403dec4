// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
	"tamizdat/internal/durable"
)

// The keyring file: [8] magic ‖ [24] nonce ‖ XChaCha20-Poly1305 of the padded
// entries, aad = magic. An entry is u8 n ‖ [n] name ‖ u32 m ‖ [m] secret;
// entries ascend by name.
const (
	ringMagic  = "tmzring1"
	maxSecrets = 1 << 20
	// secretCopy stands in the keyring of every backup (backup.go).
	secretCopy = "copy"
)

// keyring holds what must be able to vanish. It is small enough to be written
// anew for each change, so that no file keeps what was taken out.
type keyring struct {
	path         string
	key, copyKey []byte
	secrets      map[string][]byte
}

func newKeyring(dir string, k *dataKey) *keyring {
	return &keyring{filepath.Join(dir, keyringName), k.sub("keyring", nil), k.sub("backup-nonce-v1", nil), map[string][]byte{}}
}

func openKeyring(dir string, k *dataKey) (*keyring, error) {
	r := newKeyring(dir, k)
	b, err := os.ReadFile(r.path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	const start = len(ringMagic) + chacha20poly1305.NonceSizeX
	if len(b) < start || string(b[:len(ringMagic)]) != ringMagic {
		return nil, fmt.Errorf("%w: its keyring is not one", ErrDamaged)
	}
	plain, err := xchacha(r.key).Open(nil, b[len(ringMagic):start], b[start:], []byte(ringMagic))
	if err != nil {
		return nil, fmt.Errorf("%w: its keyring was changed", ErrDamaged)
	}
	entries, ok := unpadded(plain)
	if ok {
		r.secrets, ok = parseSecrets(entries)
	}
	if !ok {
		return nil, fmt.Errorf("%w: its keyring cannot be read", ErrDamaged)
	}
	return r, nil
}

func parseSecrets(b []byte) (map[string][]byte, bool) {
	secrets := map[string][]byte{}
	last := ""
	for len(b) > 0 {
		name, rest, ok := takeBytes(b, 1)
		if !ok || string(name) <= last || len(secrets) == maxSecrets {
			return nil, false
		}
		var secret []byte
		if secret, b, ok = takeBytes(rest, 4); !ok {
			return nil, false
		}
		last = string(name)
		secrets[last] = slices.Clone(secret)
	}
	return secrets, true
}

// takeBytes cuts a length of size bytes (1 or 4) and so many bytes off b.
func takeBytes(b []byte, size int) (data, rest []byte, ok bool) {
	if len(b) < size {
		return nil, nil, false
	}
	n := uint64(b[0])
	if size == 4 {
		n = uint64(binary.BigEndian.Uint32(b))
	}
	if b = b[size:]; n > uint64(len(b)) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

func encodeSecrets(secrets map[string][]byte) []byte {
	var b []byte
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		b = append(b, byte(len(name)))
		b = append(b, name...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(secrets[name])))
		b = append(b, secrets[name]...)
	}
	return b
}

// save makes secrets the whole content, on disk and then in memory.
func (r *keyring) save(secrets map[string][]byte) error {
	if secrets == nil {
		secrets = map[string][]byte{}
	}
	nonce := random(chacha20poly1305.NonceSizeX)
	b := append([]byte(ringMagic), nonce...)
	b = xchacha(r.key).Seal(b, nonce, padded(encodeSecrets(secrets)), []byte(ringMagic))
	if err := durable.WriteFile(r.path, b, 0o600); err != nil {
		return err
	}
	r.secrets = secrets
	return nil
}

// wipe clears the secrets in memory. The names stay.
func (r *keyring) wipe() {
	for _, s := range r.secrets {
		clear(s)
	}
	clear(r.key)
	clear(r.copyKey)
}

// Secret returns a copy of the secret that was stored under name.
func (v *Vault) Secret(name string) ([]byte, bool) {
	s, ok := v.ring.secrets[name]
	return slices.Clone(s), ok
}

// SecretNames returns the names that begin with prefix, ascending.
func (v *Vault) SecretNames(prefix string) []string {
	var names []string
	for name := range v.ring.secrets {
		if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, objectPrefix) && name != secretCopy {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// ChangeSecrets stores the secrets of put, takes out those named in remove
// and leaves the others, all in one step. When it returns nil, no file of the
// vault holds what was removed. Names have 1 to 255 bytes, do not begin
// with "object/" and are not "copy".
func (v *Vault) ChangeSecrets(put map[string][]byte, remove ...string) error {
	for name := range put {
		if name == "" || len(name) > 255 || strings.HasPrefix(name, objectPrefix) || name == secretCopy {
			return fmt.Errorf("a secret cannot be called %q", name)
		}
	}
	return v.ring.change(put, remove)
}

func (r *keyring) change(put map[string][]byte, remove []string) error {
	secrets := maps.Clone(r.secrets)
	for name, s := range put {
		secrets[name] = slices.Clone(s)
	}
	for _, name := range remove {
		delete(secrets, name)
	}
	if len(secrets) > maxSecrets {
		return fmt.Errorf("the keyring holds more than %d secrets", maxSecrets)
	}
	return r.save(secrets)
}
