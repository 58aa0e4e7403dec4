// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/ed25519"
	"fmt"

	"tamizdat/letter/wire"
)

// JournalistKeys are a journalist's long-term secrets: three signing keys by
// role and the key tuple she writes with. They open nothing that is sent to
// her: for that see [PeriodKeys]. They do tell which envelopes are hers.
type JournalistKeys struct {
	redacted
	name     string
	signing  *signingKey // writes, bundles, the entry in the roster
	admin    *signingKey // roots and rosters
	editor   *signingKey // editions of the press
	identity *identity
}

// PeriodKeys are the secrets that open letters of one key period. Once its
// pages are processed they must be destroyed, and be in no backup: then nobody
// can open those letters any more (spec/keys.md §5).
type PeriodKeys struct {
	redacted
	period wire.Period
	intake *intake
}

// signingKey is an Ed25519 private key of some role.
type signingKey struct {
	redacted
	key ed25519.PrivateKey
}

func newSigningKey(seed []byte) *signingKey {
	return &signingKey{key: ed25519.NewKeyFromSeed(seed)}
}

func (s *signingKey) public() (k [32]byte) {
	copy(k[:], s.key.Public().(ed25519.PublicKey))
	return k
}

// sign is the only way anything is signed: always under a tag.
func (s *signingKey) sign(tag string, message []byte) (sig [64]byte) {
	copy(sig[:], ed25519.Sign(s.key, wire.Preimage(tag, message)))
	return sig
}

// NewJournalistKeys draws all long-term keys of a journalist who will stand in
// the roster under name (spec/README.md §1, name8).
func NewJournalistKeys(name string) (*JournalistKeys, error) {
	if err := wire.CheckName(name); err != nil {
		return nil, err
	}
	return &JournalistKeys{
		name:     name,
		signing:  newSigningKey(randomBytes(ed25519.SeedSize)),
		admin:    newSigningKey(randomBytes(ed25519.SeedSize)),
		editor:   newSigningKey(randomBytes(ed25519.SeedSize)),
		identity: randomIdentity(),
	}, nil
}

// NewPeriodKeys draws the keys of one period.
func NewPeriodKeys(p wire.Period) *PeriodKeys {
	return &PeriodKeys{period: p, intake: randomIntake()}
}

// Period is the period these keys are for.
func (p *PeriodKeys) Period() wire.Period { return p.period }

// ID is the journalist's signing key.
func (k *JournalistKeys) ID() wire.JournalistID { return k.signing.public() }

// AdminKey is the public half of the key that signs roots and rosters.
func (k *JournalistKeys) AdminKey() wire.AdminKey { return k.admin.public() }

// Pseudonym is what this journalist's own messages are known by.
func (k *JournalistKeys) Pseudonym() wire.Pseudonym { return k.identity.tuple.Pseudonym() }

// Public is the journalist's entry in the roster, signed by herself.
func (k *JournalistKeys) Public() wire.Journalist {
	j := wire.Journalist{ID: k.ID(), Name: k.name, Tuple: *k.identity.tuple, Editor: k.editor.public()}
	j.Sig = k.signing.sign(wire.TagJournalist, j.SignedPart())
	return j
}

// EditorSeed is the secret Ed25519 seed, 32 bytes, with which the press signs
// editions. It leaves this package because the press must not see the rest.
func (k *JournalistKeys) EditorSeed() []byte { return k.editor.key.Seed() }

// Request is the file with which a journalist asks to be listed
// (spec/keys.md §6). Compare its [Fingerprint] aloud.
func (k *JournalistKeys) Request() []byte {
	j, admin := k.Public(), k.AdminKey()
	return wire.BuildRequest(j, admin, k.admin.sign(wire.TagRequest, wire.RequestSignedPart(j, admin)))
}

// SignRoot signs the signed part of a root with the admin key. Show a person what it
// says before. What is no root is not signed: the error is wire.ErrMalformed.
func (k *JournalistKeys) SignRoot(part []byte) (wire.Signature, error) {
	if _, err := wire.ParseRootBody(part); err != nil {
		return wire.Signature{}, fmt.Errorf("letter: not signed: %w", err)
	}
	return wire.Signature{Key: k.AdminKey(), Sig: k.admin.sign(wire.TagRoot, part)}, nil
}

// SignRoster signs the signed part of a roster with the admin key. Show a person what it
// says before. What is no roster is not signed: the error is that of
// wire.ParseRosterBody.
func (k *JournalistKeys) SignRoster(part []byte) (wire.Signature, error) {
	if _, err := wire.ParseRosterBody(part); err != nil {
		return wire.Signature{}, fmt.Errorf("letter: not signed: %w", err)
	}
	return wire.Signature{Key: k.AdminKey(), Sig: k.admin.sign(wire.TagRoster, part)}, nil
}

// Bundle publishes the keys of a period (spec/keys.md §5). rosterNumber is the
// newest this journalist knows. Sign one bundle a period.
func (k *JournalistKeys) Bundle(nr wire.NewsroomKey, rosterNumber uint64, p *PeriodKeys) []byte {
	part := (&wire.BundleBody{
		Newsroom: nr, ID: k.ID(), Period: p.period, RosterNumber: rosterNumber,
		DH: p.intake.dh.pub, PQ: p.intake.pq.public(), PKE: p.intake.pke.public(),
	}).SignedPart()
	return wire.AssembleBundle(part, k.signing.sign(wire.TagBundle, part))
}

// Vouch tells a drop that holds what this desk has seen (spec/drop.md §11); the ID
// is filled in.
func (k *JournalistKeys) Vouch(b wire.VouchBody) []byte {
	b.ID = k.ID()
	part := b.SignedPart()
	return wire.AssembleVouch(part, k.signing.sign(wire.TagVouch, part))
}

// Beat signs what this desk knows of the drop (spec/drop.md §3); the ID is
// filled in.
func (k *JournalistKeys) Beat(b wire.BeatBody) []byte {
	b.ID = k.ID()
	part := b.SignedPart()
	return wire.AssembleBeat(part, k.signing.sign(wire.TagBeat, part))
}
