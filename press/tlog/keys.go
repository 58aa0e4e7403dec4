// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"tamizdat/press"
)

// maxKeys bounds lists of editors and witnesses in an entry.
const maxKeys = 16

// LogKey is the public key of a log. Its name is the log's origin.
type LogKey struct{ press.PublicKey }

// ParseLogKey reads a log's vkey (type 0x01).
func ParseLogKey(vkey string) (LogKey, error) {
	p, err := press.ParseVKey(vkey, press.KeyEd25519)
	return LogKey{p}, err
}

// Origin is the log's name, for ever.
func (k LogKey) Origin() string { return k.Name() }

// Verify tells whether sig is the log's signature over text.
func (k LogKey) Verify(text, sig []byte) bool {
	key := k.Key()
	return ed25519.Verify(key[:], text, sig)
}

// WitnessKey is the public key of a witness (type 0x04).
type WitnessKey struct{ press.PublicKey }

// ParseWitness reads a witness's vkey.
func ParseWitness(vkey string) (WitnessKey, error) {
	p, err := press.ParseVKey(vkey, press.KeyCosignature)
	return WitnessKey{p}, err
}

// Verify checks a timestamped cosignature (C2SP tlog-cosignature, Ed25519)
// over the text of a checkpoint and gives the time that the witness claims.
func (k WitnessKey) Verify(text, sig []byte) (time.Time, bool) {
	if len(sig) != 8+ed25519.SignatureSize {
		return time.Time{}, false
	}
	stamp := binary.BigEndian.Uint64(sig)
	if stamp > 1<<40 {
		return time.Time{}, false
	}
	key := k.Key()
	ok := ed25519.Verify(key[:], cosignedText(stamp, text), sig[8:])
	return time.Unix(int64(stamp), 0).UTC(), ok
}

func cosignedText(stamp uint64, text []byte) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", stamp, text)
}

// CosignKey is the private key of a witness. It never prints.
type CosignKey struct {
	public WitnessKey
	seed   [ed25519.SeedSize]byte
}

// NewCosignKey makes a key from 32 bytes of random.
func NewCosignKey(name string, random io.Reader) (CosignKey, error) {
	var seed [ed25519.SeedSize]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return CosignKey{}, fmt.Errorf("no randomness for a key: %w", err)
	}
	return CosignKeyFromSeed(name, seed)
}

// CosignKeyFromSeed brings a stored key back; see [CosignKey.Seed].
func CosignKeyFromSeed(name string, seed [ed25519.SeedSize]byte) (CosignKey, error) {
	pub := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	p, err := press.NewPublicKey(name, press.KeyCosignature, pub)
	return CosignKey{public: WitnessKey{p}, seed: seed}, err
}

// Seed gives the secret, for the key file and for nothing else.
func (k CosignKey) Seed() [ed25519.SeedSize]byte { return k.seed }

// Witness gives the public half.
func (k CosignKey) Witness() WitnessKey { return k.public }

// Cosign gives the signature line over the checkpoint at the time now. Whoever
// calls it has checked that the checkpoint continues what was cosigned before.
func (k CosignKey) Cosign(cp Checkpoint, now time.Time) (string, error) {
	if k.public.Name() == "" || now.Unix() < 0 {
		return "", errors.New("an empty key, or a clock before 1970, cannot cosign")
	}
	stamp := uint64(now.Unix())
	sig := ed25519.Sign(ed25519.NewKeyFromSeed(k.seed[:]), cosignedText(stamp, []byte(cp.Text())))
	raw := append(binary.BigEndian.AppendUint64(nil, stamp), sig...)
	return signatureLine(k.public.PublicKey, raw), nil
}

const redacted = "REDACTED"

// String hides the key.
func (k CosignKey) String() string { return redacted }

// GoString hides the key.
func (k CosignKey) GoString() string { return redacted }

// Format hides the key from every verb.
func (k CosignKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue hides the key from logs.
func (k CosignKey) LogValue() slog.Value { return slog.StringValue(redacted) }

// ParseEditors reads a list of editors and refuses one key under two names.
func ParseEditors(vkeys []string) ([]press.Editor, error) {
	if len(vkeys) < 1 || len(vkeys) > maxKeys {
		return nil, fmt.Errorf("%d editors, not 1 to %d", len(vkeys), maxKeys)
	}
	var list []press.Editor
	for _, v := range vkeys {
		e, err := press.ParseEditor(v)
		if err != nil {
			return nil, err
		}
		for _, other := range list {
			if other.Key() == e.Key() || other.Name() == e.Name() {
				return nil, fmt.Errorf("the editors %s and %s share a key or a name; two signatures must mean two people", other.Name(), e.Name())
			}
		}
		list = append(list, e)
	}
	return list, nil
}

// ParseWitnesses reads a list of witnesses and refuses one key under two names.
func ParseWitnesses(vkeys []string) ([]WitnessKey, error) {
	if len(vkeys) > maxKeys {
		return nil, fmt.Errorf("%d witnesses, more than %d", len(vkeys), maxKeys)
	}
	var list []WitnessKey
	for _, v := range vkeys {
		w, err := ParseWitness(v)
		if err != nil {
			return nil, err
		}
		for _, other := range list {
			if other.Key() == w.Key() {
				return nil, fmt.Errorf("the witnesses %s and %s are one key", other.Name(), w.Name())
			}
		}
		list = append(list, w)
	}
	return list, nil
}

// ApplyKey gives the editors in force after a key entry. It refuses to add
// someone twice, to revoke someone who is not there, and to leave fewer than
// threshold.
func ApplyKey(editors []press.Editor, threshold int, k KeyChange) ([]press.Editor, error) {
	e, err := press.ParseEditor(k.VKey)
	if err != nil {
		return nil, err
	}
	var vkeys []string
	found := false
	for _, have := range editors {
		if have.Key() == e.Key() {
			found = true
			if k.Action == "revoke" {
				continue
			}
		}
		vkeys = append(vkeys, have.String())
	}
	if found == (k.Action == "add") {
		return nil, fmt.Errorf("cannot %s %s: found among the editors: %t", k.Action, e.Name(), found)
	}
	if k.Action == "add" {
		vkeys = append(vkeys, k.VKey)
	}
	if len(vkeys) < threshold {
		return nil, fmt.Errorf("without %s only %d editors are left and %d must sign; add another first", e.Name(), len(vkeys), threshold)
	}
	return ParseEditors(vkeys)
}
