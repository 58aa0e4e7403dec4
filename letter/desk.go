// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sort"

	"tamizdat/letter/wire"
)

const (
	deskSeedSize = 32
	deskSalt     = "tamizdat-desk-v1"
	tagGrant     = "tamizdat-grant-v1"
)

// DeskSeed is what the desks of one roster share: it gives the key that reads
// the drop's desk calls and the key that signs permits (spec/keys.md §7). Who
// leaves the newsroom keeps it; so each roster that drops a name needs another.
type DeskSeed struct {
	redacted
	seed   *[deskSeedSize]byte
	access *signingKey
	permit *signingKey
}

// NewDeskSeed draws a seed.
func NewDeskSeed() *DeskSeed { return deskSeedFrom(randomBytes(deskSeedSize)) }

func deskSeedFrom(seed []byte) *DeskSeed {
	d := &DeskSeed{seed: new([deskSeedSize]byte)}
	copy(d.seed[:], seed)
	d.access = newSigningKey(deriveKey(seed, deskSalt, "access", 32))
	d.permit = newSigningKey(deriveKey(seed, deskSalt, "permit", 32))
	return d
}

// AccessKey is the public key that the roster lists as desk-access key.
func (d *DeskSeed) AccessKey() wire.AccessKey { return d.access.public() }

// PermitKey is the public key that the roster lists as permit key.
func (d *DeskSeed) PermitKey() wire.PermitKey { return d.permit.public() }

// SignRead makes a log read request (spec/drop.md §9).
func (d *DeskSeed) SignRead(q wire.ReadRequest) []byte {
	part := q.SignedPart()
	return wire.AssembleReadRequest(part, d.access.sign(wire.TagRead, part))
}

// SignChunk makes a chunk read request (spec/drop.md §9).
func (d *DeskSeed) SignChunk(q wire.ChunkRequest) []byte {
	part := q.SignedPart()
	return wire.AssembleChunkRequest(part, d.access.sign(wire.TagChunk, part))
}

// Grant wraps the seed for each of the journalists of roster number
// (spec/keys.md §7). The roster must name the hash of the result.
func (d *DeskSeed) Grant(nr wire.NewsroomKey, number uint64, journalists []wire.Journalist) ([]byte, error) {
	g := &wire.Grant{Newsroom: nr, RosterNumber: number}
	for i := range journalists {
		w, err := d.wrap(nr, number, &journalists[i])
		if err != nil {
			return nil, err
		}
		g.Wraps = append(g.Wraps, w)
	}
	sort.Slice(g.Wraps, func(a, b int) bool { return string(g.Wraps[a].ID[:]) < string(g.Wraps[b].ID[:]) })
	return g.Encode()
}

func (d *DeskSeed) wrap(nr wire.NewsroomKey, number uint64, j *wire.Journalist) (w wire.Wrap, err error) {
	sealed, err := sealXWing(&j.Tuple.PKE, grantInfo(nr, number, j.ID), d.seed[:])
	if err != nil {
		return w, fmt.Errorf("letter: grant for %s: %w", j.Name, err)
	}
	w.ID = j.ID
	copy(w.Enc[:], sealed[:xwingEncSize])
	copy(w.Ct[:], sealed[xwingEncSize:])
	return w, nil
}

func grantInfo(nr wire.NewsroomKey, number uint64, id wire.JournalistID) []byte {
	m := binary.BigEndian.AppendUint64(append([]byte(nil), nr[:]...), number)
	return wire.Preimage(tagGrant, append(m, id[:]...))
}

// OpenGrant takes the seed out of the grant that goes with r. The grant must be
// the one that r names and the seed must give r's two public keys; a grant that
// fails either is refused, whoever made it.
func (k *JournalistKeys) OpenGrant(grant []byte, r *wire.Roster) (*DeskSeed, error) {
	g, err := r.CheckGrant(grant)
	if err != nil {
		return nil, err
	}
	w, ok := g.For(k.ID())
	if !ok {
		return nil, errors.New("letter: this grant holds nothing for this journalist")
	}
	return k.unwrap(w, r)
}

func (k *JournalistKeys) unwrap(w *wire.Wrap, r *wire.Roster) (*DeskSeed, error) {
	sealed := append(append([]byte(nil), w.Enc[:]...), w.Ct[:]...)
	seed, err := openXWing(k.identity.intake.pke, grantInfo(r.Newsroom, r.Number, k.ID()), sealed)
	if err != nil || len(seed) != deskSeedSize {
		return nil, errors.New("letter: this grant cannot be opened")
	}
	d := deskSeedFrom(seed)
	if d.AccessKey() != r.Access || d.PermitKey() != r.Permit {
		return nil, errors.New("letter: this grant does not give the roster's keys")
	}
	return d, nil
}
