// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"tamizdat/press"
	"tamizdat/press/internal/canon"
)

// MaxEntry is the longest entry, in bytes.
const MaxEntry = 16 << 10

// SaltSize is the length of the random bytes that go into a content hash.
const SaltSize = 32

// Salt keeps a content hash from being guessed once text and salt have been
// withdrawn together.
type Salt [SaltSize]byte

// Type is the kind of an entry.
type Type string

// The types of entry that this version writes (spec/record.md §5).
const (
	TypeGenesis     Type = "genesis"
	TypeKey         Type = "key"
	TypeLetter      Type = "letter"
	TypeTranslation Type = "translation"
)

// ErrEntry is wrapped by every refusal of an entry.
var ErrEntry = errors.New("not a valid log entry")

// Entry is one parsed leaf. Exactly one of the pointers is set, according to
// Type; none for a type or version that this program does not know.
type Entry struct {
	Version int
	Type    Type
	Genesis *Genesis
	Key     *KeyChange
	Letter  *Letter // also for TypeTranslation
	raw     []byte
}

// Genesis opens the log and fixes who may sign off and who witnesses.
type Genesis struct {
	Origin    string   `json:"origin"`
	Newsroom  string   `json:"newsroom"`
	Notice    string   `json:"notice"`
	Editors   []string `json:"editors"`
	Threshold int      `json:"threshold"`
	Witnesses []string `json:"witnesses"`
	Quorum    int      `json:"quorum"` // witnesses that the published policy asks for
	Published string   `json:"published"`
}

// KeyChange adds or revokes an editor from the next entry on.
type KeyChange struct {
	Action    string `json:"action"` // "add" or "revoke"
	Role      string `json:"role"`   // "editor"
	VKey      string `json:"vkey"`
	Published string `json:"published"`
}

// Letter commits to an edition without showing it.
type Letter struct {
	Series    string   `json:"series"`
	Number    int      `json:"number"`
	Revision  int      `json:"revision"`
	Langs     []string `json:"langs"`
	Newsroom  string   `json:"newsroom"`
	Notice    string   `json:"notice"`
	Edition   string   `json:"edition"` // see [ContentHash]
	SignOff   string   `json:"signoff"` // hex SHA-256
	Published string   `json:"published"`
}

// ContentHash is the salted hash of spec/record.md §5, in hex.
func ContentHash(salt Salt, content []byte) string {
	h := sha256.New()
	h.Write([]byte("tamizdat-content-v1\n"))
	h.Write(salt[:])
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

// SignOffHash is the plain hash of a sign-off. It needs no salt: nobody can
// guess the signatures in it.
func SignOffHash(signOff []byte) string {
	sum := sha256.Sum256(signOff)
	return hex.EncodeToString(sum[:])
}

// Known tells whether this program understands the entry.
func (e Entry) Known() bool { return e.Genesis != nil || e.Key != nil || e.Letter != nil }

// Bytes gives the leaf.
func (e Entry) Bytes() []byte { return append([]byte(nil), e.raw...) }

// Published gives the entry's day, or "" for one that is not known.
func (e Entry) Published() string {
	switch {
	case e.Genesis != nil:
		return e.Genesis.Published
	case e.Key != nil:
		return e.Key.Published
	case e.Letter != nil:
		return e.Letter.Published
	}
	return ""
}

type header struct {
	Version int  `json:"v"`
	Type    Type `json:"type"`
}

// The wire forms put the header before the fields of the type.
type (
	wireGenesis struct {
		header
		Genesis
	}
	wireKey struct {
		header
		KeyChange
	}
	wireLetter struct {
		header
		Letter
	}
)

// NewGenesis makes the entry that opens a log.
func NewGenesis(g Genesis) (Entry, error) {
	g.Editors = append([]string{}, g.Editors...)
	g.Witnesses = append([]string{}, g.Witnesses...)
	e := Entry{Version: 1, Type: TypeGenesis, Genesis: &g}
	return e.seal(wireGenesis{header{1, TypeGenesis}, g}, g.validate())
}

// NewKeyChange makes an entry that adds or revokes an editor.
func NewKeyChange(k KeyChange) (Entry, error) {
	e := Entry{Version: 1, Type: TypeKey, Key: &k}
	return e.seal(wireKey{header{1, TypeKey}, k}, k.validate())
}

// NewLetter makes an entry of type letter or translation.
func NewLetter(t Type, l Letter) (Entry, error) {
	l.Langs = append([]string{}, l.Langs...)
	e := Entry{Version: 1, Type: t, Letter: &l}
	err := l.validate()
	if t != TypeLetter && t != TypeTranslation {
		err = fmt.Errorf("type %q is not one of a letter", t)
	}
	return e.seal(wireLetter{header{1, t}, l}, err)
}

func (e Entry) seal(wire any, invalid error) (Entry, error) {
	if invalid != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrEntry, invalid)
	}
	raw, err := canon.Compact(wire)
	if err == nil && len(raw) > MaxEntry {
		err = fmt.Errorf("%d bytes, more than %d", len(raw), MaxEntry)
	}
	if err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	e.raw = raw
	return e, nil
}

// ParseEntry reads a leaf. One of an unknown type or version is returned with
// Known false; a malformed one of a known type is refused.
func ParseEntry(b []byte) (Entry, error) {
	if len(b) > MaxEntry || !utf8.Valid(b) {
		return Entry{}, fmt.Errorf("%w: longer than %d bytes or not UTF-8", ErrEntry, MaxEntry)
	}
	var h header
	if err := json.Unmarshal(b, &h); err != nil || h.Type == "" || h.Version == 0 {
		return Entry{}, fmt.Errorf("%w: it has no version and type", ErrEntry)
	}
	if h.Version != 1 {
		return Entry{Version: h.Version, Type: h.Type, raw: append([]byte(nil), b...)}, nil
	}
	e, err := parseKnown(h, b)
	if err == nil && !bytes.Equal(e.raw, b) {
		err = canon.ErrNotCanonical
	}
	if err != nil && !errors.Is(err, ErrEntry) {
		err = fmt.Errorf("%w: %w", ErrEntry, err)
	}
	if err != nil {
		return Entry{}, err
	}
	return e, nil
}

func parseKnown(h header, b []byte) (Entry, error) {
	switch h.Type {
	case TypeGenesis:
		var w wireGenesis
		if err := canon.Parse(b, &w, func() ([]byte, error) { return canon.Compact(w) }); err != nil {
			return Entry{}, err
		}
		return NewGenesis(w.Genesis)
	case TypeKey:
		var w wireKey
		if err := canon.Parse(b, &w, func() ([]byte, error) { return canon.Compact(w) }); err != nil {
			return Entry{}, err
		}
		return NewKeyChange(w.KeyChange)
	case TypeLetter, TypeTranslation:
		var w wireLetter
		if err := canon.Parse(b, &w, func() ([]byte, error) { return canon.Compact(w) }); err != nil {
			return Entry{}, err
		}
		return NewLetter(h.Type, w.Letter)
	}
	return Entry{Version: h.Version, Type: h.Type, raw: append([]byte(nil), b...)}, nil
}

func checkDigest(what, s string) error {
	if raw, err := hex.DecodeString(s); err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != s {
		return fmt.Errorf("%s is not the 64 hex digits of a SHA-256", what)
	}
	return nil
}

func (l Letter) validate() error {
	_, dayErr := press.ParseDay(l.Published)
	var langErr error
	if len(l.Langs) < 1 || len(l.Langs) > 8 {
		langErr = fmt.Errorf("%d languages, not 1 to 8", len(l.Langs))
	}
	for _, lang := range l.Langs {
		langErr = errors.Join(langErr, press.CheckLang(lang))
	}
	return errors.Join(dayErr, langErr,
		press.CheckLetterID(l.Series, l.Number, l.Revision),
		checkNewsroom(l.Newsroom, l.Notice),
		checkDigest("edition", l.Edition),
		checkDigest("signoff", l.SignOff))
}

func checkNewsroom(name, notice string) error {
	err := press.CheckLine("newsroom", name, 200)
	if notice != "" {
		err = errors.Join(err, press.CheckLine("notice", notice, 300))
	}
	return err
}

func (k KeyChange) validate() error {
	_, dayErr := press.ParseDay(k.Published)
	_, keyErr := press.ParseEditor(k.VKey)
	var err error
	if k.Role != "editor" || (k.Action != "add" && k.Action != "revoke") {
		err = fmt.Errorf("a key entry adds or revokes an editor; this one says %q and %q", k.Action, k.Role)
	}
	return errors.Join(dayErr, keyErr, err)
}

func (g Genesis) validate() error {
	_, dayErr := press.ParseDay(g.Published)
	_, edErr := ParseEditors(g.Editors)
	_, witErr := ParseWitnesses(g.Witnesses)
	var err error
	if g.Threshold < 1 || g.Threshold > len(g.Editors) {
		err = fmt.Errorf("a threshold of %d cannot be reached by %d editors", g.Threshold, len(g.Editors))
	}
	if g.Quorum < 0 || g.Quorum > len(g.Witnesses) || g.Quorum == 0 && len(g.Witnesses) > 0 {
		err = errors.Join(err, fmt.Errorf("a quorum of %d cannot be of %d witnesses", g.Quorum, len(g.Witnesses)))
	}
	return errors.Join(dayErr, edErr, witErr, err, checkOrigin(g.Origin), checkNewsroom(g.Newsroom, g.Notice))
}
