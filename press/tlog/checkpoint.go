// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tamizdat/press"
	"tamizdat/press/internal/signednote"
)

// MaxCheckpoint is the largest checkpoint with its signatures, in bytes.
const MaxCheckpoint = 16 << 10

// ErrCheckpoint is wrapped by every refusal of a checkpoint.
var ErrCheckpoint = errors.New("not a valid checkpoint")

// ErrSignature says that a checkpoint is well formed, but the log's key has not
// signed it.
var ErrSignature = errors.New("the log's signature does not hold")

// Checkpoint is a signed tree head whose log signature has been verified. Its
// other signatures have not: see [Policy.Judge].
type Checkpoint struct {
	Tree
	origin string
	sigs   []signednote.Signature
}

// FormatTree gives the text that a log signs: origin, size, root.
func FormatTree(origin string, t Tree) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, t.Size, base64.StdEncoding.EncodeToString(t.Root[:]))
}

// FormatNote puts a text and one signature of the log into a signed note.
func FormatNote(text string, log LogKey, sig []byte) []byte {
	return signednote.Join(text, []signednote.Signature{{Name: log.Name(), Hash: log.Hash(), Raw: sig}})
}

// OpenNote verifies a note that the log's key alone has signed, such as a
// site's manifest, and gives its text. A second signature line is refused.
func OpenNote(b []byte, log LogKey) (string, error) {
	text, sigs, err := signednote.Split(b)
	if err != nil {
		return "", err
	}
	if len(sigs) != 1 || sigs[0].Name != log.Name() || sigs[0].Hash != log.Hash() {
		return "", fmt.Errorf("it is not signed by the key of %s, and by that alone", log.Name())
	}
	if !log.Verify([]byte(text), sigs[0].Raw) {
		return "", fmt.Errorf("the signature of %s is not over this text", log.Name())
	}
	return text, nil
}

// Text gives the signed text.
func (c Checkpoint) Text() string { return FormatTree(c.origin, c.Tree) }

// Bytes gives the signed note.
func (c Checkpoint) Bytes() []byte { return signednote.Join(c.Text(), c.sigs) }

// Origin names the log.
func (c Checkpoint) Origin() string { return c.origin }

// ParseCheckpoint reads a checkpoint and verifies the log's signature. Lines
// of extension are refused (spec/record.md §6).
func ParseCheckpoint(b []byte, log LogKey) (Checkpoint, error) {
	c, err := splitCheckpoint(b)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.origin != log.Origin() {
		return Checkpoint{}, fmt.Errorf("%w: it is of the log %q, not of %q", ErrCheckpoint, c.origin, log.Origin())
	}
	if err := c.checkLog(log); err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	return c, nil
}

// splitCheckpoint parses without verifying anything.
func splitCheckpoint(b []byte) (Checkpoint, error) {
	if len(b) > MaxCheckpoint {
		return Checkpoint{}, fmt.Errorf("%w: more than %d bytes", ErrCheckpoint, MaxCheckpoint)
	}
	text, sigs, err := signednote.Split(b)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	origin, tree, err := ParseTree(text)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	return Checkpoint{Tree: tree, origin: origin, sigs: sigs}, nil
}

// ParseTree reads the text of a checkpoint, without its signatures.
func ParseTree(text string) (string, Tree, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return "", Tree{}, errors.New("its text has not exactly three lines")
	}
	size, err := parseDecimal(lines[1])
	if err != nil {
		return "", Tree{}, fmt.Errorf("line 2: %w", err)
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return "", Tree{}, fmt.Errorf("line 3: %w", err)
	}
	return lines[0], Tree{Size: size, Root: root}, checkOrigin(lines[0])
}

func (c Checkpoint) checkLog(log LogKey) error {
	for _, s := range c.sigs {
		if s.Name != log.Name() || s.Hash != log.Hash() {
			continue
		}
		if !log.Verify([]byte(c.Text()), s.Raw) {
			return fmt.Errorf("%w: it is not over this text", ErrSignature)
		}
		return nil
	}
	return fmt.Errorf("%w: there is none by the key of %s", ErrSignature, log.Name())
}

// WithSignatures adds signature lines, such as a witness's answer, without
// believing them. A line that is there already is not added twice.
func (c Checkpoint) WithSignatures(lines string) (Checkpoint, error) {
	more, err := signednote.ParseLines(lines)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	out := c
	out.sigs = append([]signednote.Signature(nil), c.sigs...)
	for _, s := range more {
		if !out.has(s) {
			out.sigs = append(out.sigs, s)
		}
	}
	if len(out.sigs) > signednote.MaxSignatures {
		return Checkpoint{}, fmt.Errorf("%w: more than %d signatures", ErrCheckpoint, signednote.MaxSignatures)
	}
	return out, nil
}

func (c Checkpoint) has(s signednote.Signature) bool {
	for _, x := range c.sigs {
		if x.Line() == s.Line() {
			return true
		}
	}
	return false
}

func signatureLine(k press.PublicKey, raw []byte) string {
	return signednote.Signature{Name: k.Name(), Hash: k.Hash(), Raw: raw}.Line()
}

func checkOrigin(s string) error { return signednote.CheckName(s) }

// parseDecimal reads a size: ASCII digits, no leading zero, below 2^53 so that
// every language can hold it.
func parseDecimal(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > 1<<53 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%q is not a plain decimal number", s)
	}
	return n, nil
}

func parseHash(s string) (Hash, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != sumdbHashSize || len(s) != 44 {
		return Hash{}, fmt.Errorf("%q is not the base64 of 32 bytes", s)
	}
	return Hash(raw), nil
}
