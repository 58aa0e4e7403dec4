// SPDX-License-Identifier: Apache-2.0

// Package signednote is the strict outer form of a C2SP signed note
// (spec/record.md §1): [Split] takes one apart, [Join] puts it together, and
// the two are inverse, so a note has one spelling.
//
// It checks no signature. What Split returns must not be believed before a
// verifier has seen text and signature.
package signednote

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSignatures is the most signature lines a note may carry.
const MaxSignatures = 16

// MaxName is the longest name of a key, in bytes.
const MaxName = 96

const maxSignature = 8192 // bytes, room for signatures of later algorithms

// Signature is one signature line, not verified.
type Signature struct {
	Name string
	Hash uint32 // key id: first four bytes of the decoded signature
	Raw  []byte // the signature without the key id
}

// Line gives the signature line, with its line feed.
func (s Signature) Line() string {
	b := binary.BigEndian.AppendUint32(nil, s.Hash)
	return "— " + s.Name + " " + base64.StdEncoding.EncodeToString(append(b, s.Raw...)) + "\n"
}

// Split parses a note. The text keeps its final line feed.
func Split(note []byte) (text string, sigs []Signature, err error) {
	if !utf8.Valid(note) {
		return "", nil, errors.New("the note is not valid UTF-8")
	}
	s := string(note)
	cut := strings.LastIndex(s, "\n\n")
	if cut < 1 {
		return "", nil, errors.New("the note has no empty line between text and signatures")
	}
	text = s[:cut+1]
	if i := strings.IndexFunc(s, isControl); i >= 0 {
		return "", nil, fmt.Errorf("the note has a control character at byte %d", i)
	}
	sigs, err = ParseLines(s[cut+2:])
	if err == nil && len(sigs) == 0 {
		err = errors.New("the note has no signature")
	}
	return text, sigs, err
}

// ParseLines parses signature lines that stand alone, as in the answer of a
// witness. The empty string has none.
func ParseLines(s string) ([]Signature, error) {
	var sigs []Signature
	seen := make(map[string]bool)
	for n := 1; s != ""; n++ {
		line, rest, ok := strings.Cut(s, "\n")
		if !ok {
			return nil, fmt.Errorf("signature line %d has no line feed at its end", n)
		}
		sig, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("signature line %d: %w", n, err)
		}
		if n > MaxSignatures || seen[line] {
			return nil, fmt.Errorf("signature line %d is one too many or stands there twice", n)
		}
		seen[line] = true
		sigs, s = append(sigs, sig), rest
	}
	return sigs, nil
}

func parseLine(line string) (Signature, error) {
	rest, ok := strings.CutPrefix(line, "— ")
	name, b64, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 {
		return Signature{}, errors.New("not of the form “— name base64”")
	}
	if err := CheckName(name); err != nil {
		return Signature{}, err
	}
	if len(b64) > base64.StdEncoding.EncodedLen(maxSignature) {
		return Signature{}, errors.New("the signature is too long")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	if err != nil || len(raw) < 5 {
		return Signature{}, errors.New("the signature is not strict base64 of at least five bytes")
	}
	return Signature{Name: name, Hash: binary.BigEndian.Uint32(raw), Raw: raw[4:]}, nil
}

// CheckName refuses what cannot be the name of a key.
func CheckName(name string) error {
	if name == "" || len(name) > MaxName || !utf8.ValidString(name) {
		return fmt.Errorf("a key's name has 1 to %d bytes of UTF-8", MaxName)
	}
	bad := func(r rune) bool { return unicode.IsSpace(r) || r == '+' || !unicode.IsGraphic(r) }
	if strings.ContainsFunc(name, bad) {
		return errors.New("a key's name has no space, no plus sign and no invisible character")
	}
	return nil
}

// Join is the inverse of [Split].
func Join(text string, sigs []Signature) []byte {
	var b strings.Builder
	b.WriteString(text)
	b.WriteByte('\n')
	for _, s := range sigs {
		b.WriteString(s.Line())
	}
	return []byte(b.String())
}

func isControl(r rune) bool {
	return r != '\n' && (r < ' ' || r == 0x7f)
}
