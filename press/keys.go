// SPDX-License-Identifier: Apache-2.0

package press

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"tamizdat/press/internal/signednote"
)

// Types of key in a vkey (C2SP signed-note).
const (
	KeyEd25519     = 0x01 // logs and editors
	KeyCosignature = 0x04 // witnesses
)

// PublicKey is a parsed vkey: a name and an Ed25519 public key with the type
// of signature it makes. The role types (Editor here, those of the log and the
// witness in press/tlog) wrap it.
type PublicKey struct {
	name string
	kind byte
	key  [ed25519.PublicKeySize]byte
}

// NewPublicKey names a public key for one type of signature.
func NewPublicKey(name string, kind byte, key ed25519.PublicKey) (PublicKey, error) {
	if err := signednote.CheckName(name); err != nil {
		return PublicKey{}, err
	}
	if len(key) != ed25519.PublicKeySize {
		return PublicKey{}, fmt.Errorf("an Ed25519 public key has 32 bytes, not %d", len(key))
	}
	return PublicKey{name: name, kind: kind, key: [32]byte(key)}, nil
}

// ParseVKey reads the text form “name+hash+base64” for the wanted type and
// refuses any other spelling of it.
func ParseVKey(vkey string, kind byte) (PublicKey, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	_, b64, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	if err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return PublicKey{}, fmt.Errorf("%q is not a verifier key of the form name+hash+base64", vkey)
	}
	if raw[0] != kind {
		return PublicKey{}, fmt.Errorf("the key of %q makes signatures of type %#02x, not %#02x", name, raw[0], kind)
	}
	p, err := NewPublicKey(name, kind, raw[1:])
	if err != nil {
		return PublicKey{}, err
	}
	if p.String() != vkey {
		return PublicKey{}, fmt.Errorf("the check digits of the key of %q are wrong: copy it again", name)
	}
	return p, nil
}

// Name is the name in signature lines.
func (p PublicKey) Name() string { return p.name }

// Hash is the key id in signature lines.
func (p PublicKey) Hash() uint32 {
	h := sha256.New()
	h.Write([]byte(p.name + "\n"))
	h.Write([]byte{p.kind})
	h.Write(p.key[:])
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// Key gives the bare public key. Two keys with equal bytes are one key,
// whatever their names.
func (p PublicKey) Key() [ed25519.PublicKeySize]byte { return p.key }

// String gives the vkey.
func (p PublicKey) String() string {
	raw := append([]byte{p.kind}, p.key[:]...)
	return fmt.Sprintf("%s+%08x+%s", p.name, p.Hash(), base64.StdEncoding.EncodeToString(raw))
}

// Editor is a person who may sign off editions.
type Editor struct{ PublicKey }

// ParseEditor reads an editor's vkey.
func ParseEditor(vkey string) (Editor, error) {
	p, err := ParseVKey(vkey, KeyEd25519)
	return Editor{p}, err
}

// Verify tells whether sig is the editor's signature over text. It makes
// Editor a note.Verifier.
func (e Editor) Verify(text, sig []byte) bool {
	return ed25519.Verify(e.key[:], text, sig)
}

// KeyHash makes Editor a note.Verifier.
func (e Editor) KeyHash() uint32 { return e.Hash() }

// EditorKey is the private key of an editor. It never prints.
type EditorKey struct {
	public Editor
	seed   [ed25519.SeedSize]byte
}

// NewEditorKey makes a key from 32 bytes of random.
func NewEditorKey(name string, random io.Reader) (EditorKey, error) {
	var seed [ed25519.SeedSize]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return EditorKey{}, fmt.Errorf("no randomness for a key: %w", err)
	}
	return EditorKeyFromSeed(name, seed)
}

// EditorKeyFromSeed brings a stored key back; see [EditorKey.Seed].
func EditorKeyFromSeed(name string, seed [ed25519.SeedSize]byte) (EditorKey, error) {
	pub := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	p, err := NewPublicKey(name, KeyEd25519, pub)
	return EditorKey{public: Editor{p}, seed: seed}, err
}

// Seed gives the secret, for the vault and for nothing else.
func (k EditorKey) Seed() [ed25519.SeedSize]byte { return k.seed }

// Editor gives the public half.
func (k EditorKey) Editor() Editor { return k.public }

// Name makes EditorKey a note.Signer.
func (k EditorKey) Name() string { return k.public.name }

// KeyHash makes EditorKey a note.Signer.
func (k EditorKey) KeyHash() uint32 { return k.public.Hash() }

// Sign makes EditorKey a note.Signer. To sign an edition call [SignOff], which
// also looks at the gate.
func (k EditorKey) Sign(text []byte) ([]byte, error) {
	if k.public.name == "" {
		return nil, errors.New("an empty editor key cannot sign")
	}
	return ed25519.Sign(ed25519.NewKeyFromSeed(k.seed[:]), text), nil
}

const redacted = "REDACTED"

// String hides the key.
func (k EditorKey) String() string { return redacted }

// GoString hides the key.
func (k EditorKey) GoString() string { return redacted }

// Format hides the key from every verb.
func (k EditorKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue hides the key from logs.
func (k EditorKey) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText refuses: a private key is stored by its seed, on purpose.
func (k EditorKey) MarshalText() ([]byte, error) {
	return nil, errors.New("an editor key is not written as text; store " + strconv.Quote("Seed") + " in the vault")
}
