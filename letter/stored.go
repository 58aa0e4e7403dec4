// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/ed25519"
	"encoding/binary"

	"tamizdat/letter/wire"
)

// Stored keys are u8 version ‖ u8 kind ‖ fields of fixed length, except a
// journalist's name, which comes with its length. They are for a vault that
// encrypts what it holds, and for nothing else.

const (
	storedVersion = 1

	storedJournalist = 'J'
	storedPeriod     = 'P'
	storedDeskSeed   = 'D'
)

// Marshal writes the secrets for a vault. It is the only way out of them.
func (k *JournalistKeys) Marshal() []byte {
	b := append([]byte{storedVersion, storedJournalist, byte(len(k.name))}, k.name...)
	for _, s := range []*signingKey{k.signing, k.admin, k.editor} {
		b = append(b, s.key.Seed()...)
	}
	b = append(b, k.identity.fetch.scalar.Bytes()...)
	return k.identity.intake.appendTo(b)
}

// ParseJournalistKeys reads what Marshal wrote.
func ParseJournalistKeys(stored []byte) (*JournalistKeys, error) {
	c := &cursor{rest: stored}
	if c.u8() != storedVersion || c.u8() != storedJournalist {
		return nil, errStored
	}
	name := string(c.take(int(c.u8())))
	signing, admin, editor := c.take(ed25519.SeedSize), c.take(ed25519.SeedSize), c.take(ed25519.SeedSize)
	scalar, in := c.take(scalarSize), c.take(intakeSize)
	if !c.done() || wire.CheckName(name) != nil {
		return nil, errStored
	}
	fetch, err := fetchSecretFromScalar(scalar)
	if err != nil {
		return nil, errStored
	}
	keys, err := intakeFromStored(in)
	if err != nil {
		return nil, errStored
	}
	return &JournalistKeys{
		name: name, identity: newIdentity(fetch, keys),
		signing: newSigningKey(signing), admin: newSigningKey(admin), editor: newSigningKey(editor),
	}, nil
}

// Marshal writes the secrets for a vault that can destroy them.
func (p *PeriodKeys) Marshal() []byte {
	b := binary.BigEndian.AppendUint32([]byte{storedVersion, storedPeriod}, uint32(p.period))
	return p.intake.appendTo(b)
}

// ParsePeriodKeys reads what Marshal wrote.
func ParsePeriodKeys(stored []byte) (*PeriodKeys, error) {
	c := &cursor{rest: stored}
	if c.u8() != storedVersion || c.u8() != storedPeriod {
		return nil, errStored
	}
	p := &PeriodKeys{period: wire.Period(c.u32())}
	in := c.take(intakeSize)
	if !c.done() {
		return nil, errStored
	}
	var err error
	if p.intake, err = intakeFromStored(in); err != nil {
		return nil, errStored
	}
	return p, nil
}

// Marshal writes the seed for a vault.
func (d *DeskSeed) Marshal() []byte {
	return append([]byte{storedVersion, storedDeskSeed}, d.seed[:]...)
}

// ParseDeskSeed reads what Marshal wrote.
func ParseDeskSeed(stored []byte) (*DeskSeed, error) {
	c := &cursor{rest: stored}
	if c.u8() != storedVersion || c.u8() != storedDeskSeed {
		return nil, errStored
	}
	seed := c.take(deskSeedSize)
	if !c.done() {
		return nil, errStored
	}
	return deskSeedFrom(seed), nil
}
