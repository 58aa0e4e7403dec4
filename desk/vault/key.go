// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/text/unicode/norm"
)

// The key file:
//
//	[8] magic ‖ u8 version ‖ u32 KiB ‖ u32 passes ‖ u8 threads ‖ [16] salt     34 bytes, the header
//	[24] nonce ‖ [32 + 16] data key, XChaCha20-Poly1305, aad = header
//	[32] SHA-256 of all before
//
// The sum is no protection. It tells a damaged file from a wrong passphrase.
// The version is that of the whole folder: a change to the form of journal, mark,
// keyring or objects raises it too.
const (
	keyMagic   = "tmzvault"
	keyVersion = 1
	headerSize = 34
	keyFileLen = headerSize + 24 + 32 + 16 + 32
)

// Params are the costs of one try at the passphrase (Argon2id, RFC 9106).
type Params struct {
	MemoryKiB uint32 // 8 to 4,194,304
	Passes    uint32 // 1 to 64
	Threads   uint8  // 1 to 64
}

// DefaultParams are the least that [MeasureParams] chooses, and cost a laptop about
// a fifth of a second: 64 MiB, 3 passes, 4 threads.
func DefaultParams() Params {
	return Params{MemoryKiB: costFloor, Passes: costPasses, Threads: costThreads}
}

// check refuses costs that would protect nothing or stop the machine. It runs
// before any memory is taken, because the key file may come from elsewhere.
func (p Params) check() error {
	if p.Threads < 1 || p.Threads > 64 || p.Passes < 1 || p.Passes > 64 ||
		p.MemoryKiB < 8*uint32(p.Threads) || p.MemoryKiB > 4<<20 {
		return fmt.Errorf("%w: its costs are out of bounds", ErrDamaged)
	}
	return nil
}

// dataKey is the key under which everything else lies. It never changes.
type dataKey [32]byte

const redacted = "REDACTED"

// String implements [fmt.Stringer] and hides the key.
func (dataKey) String() string { return redacted }

// GoString implements [fmt.GoStringer] and hides the key.
func (dataKey) GoString() string { return redacted }

// Format implements [fmt.Formatter] and hides the key from every verb.
func (dataKey) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }

// LogValue implements [slog.LogValuer] and hides the key.
func (dataKey) LogValue() slog.Value { return slog.StringValue(redacted) }

// String implements [fmt.Stringer] and hides the key.
func (*Key) String() string { return redacted }

// GoString implements [fmt.GoStringer] and hides the key.
func (*Key) GoString() string { return redacted }

// Format implements [fmt.Formatter] and hides the key from every verb.
func (*Key) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }

// LogValue implements [slog.LogValuer] and hides the key.
func (*Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// sub derives the key for one purpose.
func (k *dataKey) sub(purpose string, salt []byte) []byte {
	key, err := hkdf.Key(sha256.New, k[:], salt, "tamizdat-vault-"+purpose, 32)
	if err != nil {
		panic("vault: HKDF refuses 32 bytes: " + err.Error())
	}
	return key
}

func wrapKey(k *dataKey, passphrase []byte, p Params) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	b := make([]byte, 0, keyFileLen)
	b = append(b, keyMagic...)
	b = append(b, keyVersion)
	b = binary.BigEndian.AppendUint32(b, p.MemoryKiB)
	b = binary.BigEndian.AppendUint32(b, p.Passes)
	b = append(b, p.Threads)
	b = append(b, random(16)...)
	header := bytes.Clone(b)
	nonce := random(chacha20poly1305.NonceSizeX)
	b = append(b, nonce...)
	b = xchacha(stretch(passphrase, header[18:], p)).Seal(b, nonce, k[:], header)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// checkSummed looks at the form of a file that begins with a magic and a version, has a
// header of so many bytes, and ends with its sum. Every version ends it so: then a later
// version's, of whatever length, is told from a damaged one.
func checkSummed(b []byte, what, magic string, version byte, header int) error {
	end := len(b) - sha256.Size
	if end < header || string(b[:8]) != magic {
		return fmt.Errorf("%w: its %s is not one", ErrDamaged, what)
	}
	if sum := sha256.Sum256(b[:end]); !bytes.Equal(sum[:], b[end:]) {
		return fmt.Errorf("%w: its %s was changed", ErrDamaged, what)
	}
	if b[8] != version {
		return errLater
	}
	return nil
}

func checkKeyFile(b []byte) error {
	if err := checkSummed(b, "key file", keyMagic, keyVersion, headerSize); err != nil {
		return err
	}
	if len(b) != keyFileLen {
		return fmt.Errorf("%w: its key file is not one", ErrDamaged)
	}
	return nil
}

// errLater means that the folder was written by a later version, which is no
// damage.
var errLater = errors.New("the vault was made by a later version of this program: use that one")

// unwrapKey returns the data key, or ErrPassphrase, or ErrDamaged.
func unwrapKey(b, passphrase []byte) (k dataKey, err error) {
	if err := checkKeyFile(b); err != nil {
		return k, err
	}
	header, sealed := b[:headerSize], b[headerSize:keyFileLen-32]
	p := paramsOf(b)
	if err := p.check(); err != nil {
		return k, err
	}
	plain, err := xchacha(stretch(passphrase, header[18:], p)).Open(nil, sealed[:24], sealed[24:], header)
	if err != nil {
		return k, ErrPassphrase
	}
	copy(k[:], plain)
	clear(plain)
	return k, nil
}

// paramsOf reads the costs from a key file's header.
func paramsOf(b []byte) Params {
	return Params{binary.BigEndian.Uint32(b[9:]), binary.BigEndian.Uint32(b[13:]), b[17]}
}

// stretch makes a key of what a person typed. Two keyboards may write one
// phrase in two Unicode forms, so it is brought to one.
func stretch(passphrase, salt []byte, p Params) []byte {
	return argon2.IDKey(norm.NFKC.Bytes(passphrase), salt, p.Passes, p.MemoryKiB, p.Threads, 32)
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
