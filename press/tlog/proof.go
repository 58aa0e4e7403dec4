// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	sumdb "golang.org/x/mod/sumdb/tlog"
)

// MaxProof is the largest proof file, in bytes.
const MaxProof = 64 << 10

const (
	sumdbHashSize = sumdb.HashSize
	proofHeader   = "c2sp.org/tlog-proof@v1\n"
	maxPath       = 63 // hashes; a tree of 2^63 entries has no longer path
)

// ErrProof is wrapped by every refusal of a proof.
var ErrProof = errors.New("not a valid proof")

// Proof is a tlog-proof@v1 that carries its entry (spec/record.md §7). It has
// not been verified: see [Policy.Judge].
type Proof struct {
	Salt  Salt
	Entry Entry
	Index int64

	path []Hash
	head Checkpoint // log signature not verified
}

// Bytes gives the file form, the inverse of [ParseProof].
func (p Proof) Bytes() []byte {
	var b strings.Builder
	b.WriteString(proofHeader)
	extra := append(p.Salt[:], p.Entry.raw...)
	fmt.Fprintf(&b, "extra %s\nindex %d\n", base64.StdEncoding.EncodeToString(extra), p.Index)
	for _, h := range p.path {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(p.head.Bytes())
	return []byte(b.String())
}

// Tree is the tree that the proof leads to.
func (p Proof) Tree() Tree { return p.head.Tree }

// Checkpoint gives the bytes of the checkpoint inside.
func (p Proof) Checkpoint() []byte { return p.head.Bytes() }

// ParseProof reads a proof file. It refuses one without an entry, and one with
// more or fewer hashes than index and size demand.
func ParseProof(b []byte) (Proof, error) {
	if len(b) > MaxProof {
		return Proof{}, fmt.Errorf("%w: more than %d bytes", ErrProof, MaxProof)
	}
	p, err := parseProof(string(b))
	if err != nil {
		return Proof{}, fmt.Errorf("%w: %w", ErrProof, err)
	}
	return p, nil
}

func parseProof(s string) (Proof, error) {
	var p Proof
	rest, ok := strings.CutPrefix(s, proofHeader)
	if !ok {
		return p, errors.New("line 1 is not “c2sp.org/tlog-proof@v1”")
	}
	upper, head, ok := strings.Cut(rest, "\n\n")
	if !ok {
		return p, errors.New("no checkpoint follows an empty line")
	}
	lines := strings.Split(upper, "\n")
	if len(lines) < 2 || len(lines) > 2+maxPath {
		return p, errors.New("it has too few or too many lines before the checkpoint")
	}
	if err := p.parseExtra(lines[0]); err != nil {
		return p, fmt.Errorf("line 2: %w", err)
	}
	if err := p.parsePath(lines[1], lines[2:]); err != nil {
		return p, err
	}
	var err error
	if p.head, err = splitCheckpoint([]byte(head)); err != nil {
		return p, err
	}
	return p, p.checkShape()
}

func (p *Proof) parseExtra(line string) error {
	b64, ok := strings.CutPrefix(line, "extra ")
	if !ok {
		return errors.New("it does not carry the entry in an extra line")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	if err != nil || len(raw) <= SaltSize || strings.Contains(b64, "\r") {
		return errors.New("the extra data is not strict base64 of salt and entry")
	}
	p.Salt = Salt(raw[:SaltSize])
	p.Entry, err = ParseEntry(raw[SaltSize:])
	return err
}

func (p *Proof) parsePath(index string, hashes []string) error {
	digits, ok := strings.CutPrefix(index, "index ")
	if !ok {
		return errors.New("line 3 does not begin with “index”")
	}
	var err error
	if p.Index, err = parseDecimal(digits); err != nil {
		return fmt.Errorf("line 3: %w", err)
	}
	for i, s := range hashes {
		h, err := parseHash(s)
		if err != nil {
			return fmt.Errorf("line %d: %w", i+4, err)
		}
		p.path = append(p.path, h)
	}
	return nil
}

func (p *Proof) checkShape() error {
	if p.Index >= p.head.Size {
		return fmt.Errorf("index %d is not within a tree of %d entries", p.Index, p.head.Size)
	}
	if n := pathLength(p.Index, p.head.Size); len(p.path) != n {
		return fmt.Errorf("%d hashes instead of the %d from entry %d to a root over %d", len(p.path), n, p.Index, p.head.Size)
	}
	return nil
}

// pathLength is the number of hashes in the inclusion proof of RFC 6962 §2.1.1.
func pathLength(index, size int64) int {
	n := 0
	for size > 1 {
		k := int64(1)
		for k*2 < size {
			k *= 2
		}
		if index < k {
			size = k
		} else {
			index, size = index-k, size-k
		}
		n++
	}
	return n
}

// checkInclusion verifies that the entry is the leaf at Index.
func (p Proof) checkInclusion() error {
	leaf := LeafHash(p.Entry.raw)
	if err := sumdb.CheckRecord(p.path, p.head.Size, p.head.Root, p.Index, leaf); err != nil {
		return fmt.Errorf("%w: the entry is not number %d of the tree that the checkpoint signs", ErrProof, p.Index)
	}
	return nil
}

// ClaimedCosignatures reads names and times of all lines that have the form of
// a cosignature, unverified. It is for showing what a page says of itself;
// whether it is so, [Policy.Judge] tells.
func (p Proof) ClaimedCosignatures() []Cosignature {
	var list []Cosignature
	for _, s := range p.head.sigs {
		if len(s.Raw) != 8+ed25519.SignatureSize {
			continue
		}
		stamp := binary.BigEndian.Uint64(s.Raw)
		if stamp <= 1<<40 {
			list = append(list, Cosignature{Witness: s.Name, Time: time.Unix(int64(stamp), 0).UTC()})
		}
	}
	return list
}
