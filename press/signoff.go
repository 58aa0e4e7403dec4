// SPDX-License-Identifier: Apache-2.0

package press

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tamizdat/press/internal/signednote"
)

// MaxSignOff is the largest sign-off, in bytes.
const MaxSignOff = 16 << 10

// ErrSignOff is wrapped by every refusal of a sign-off.
var ErrSignOff = errors.New("the sign-off does not hold")

// SignOffs are signatures of editors over one edition, not yet verified: see
// [SignOffs.Check].
type SignOffs struct {
	text string
	sigs []signednote.Signature
}

// SignOff signs the edition's hash as one editor (spec/record.md §4). It
// refuses an edition that the gate stops, because two people are asked so that
// neither has to be the one who looks.
func SignOff(e Edition, k EditorKey) (SignOffs, error) {
	if f := Gate(e); Stops(f) {
		return SignOffs{}, fmt.Errorf("%w: the gate stops this edition: %s", ErrSignOff, firstStop(f))
	}
	text := SignOffText(e)
	raw, err := k.Sign([]byte(text))
	if err != nil {
		return SignOffs{}, err
	}
	sig := signednote.Signature{Name: k.Name(), Hash: k.KeyHash(), Raw: raw}
	return SignOffs{text: text, sigs: []signednote.Signature{sig}}, nil
}

func firstStop(all []Finding) Finding {
	return all[slices.IndexFunc(all, func(f Finding) bool { return f.Stop })]
}

// SignOffText is the text that editors sign for an edition.
func SignOffText(e Edition) string {
	d := e.draft
	return fmt.Sprintf("tamizdat sign-off v1\norigin %s\nedition %s\nletter %s %d %d\n",
		d.Origin, e.Hash(), d.Series, d.Number, d.Revision)
}

// CollectSignOffs joins the notes of several editors over one edition. Notes
// over different editions are refused; the same signature twice counts once.
func CollectSignOffs(notes ...SignOffs) (SignOffs, error) {
	if len(notes) == 0 {
		return SignOffs{}, fmt.Errorf("%w: no signature was given", ErrSignOff)
	}
	out := SignOffs{text: notes[0].text}
	for _, n := range notes {
		if n.text != out.text {
			return SignOffs{}, fmt.Errorf("%w: the signatures are over different editions; any change after the first signature asks for all of them again", ErrSignOff)
		}
		out.sigs = append(out.sigs, n.sigs...)
	}
	slices.SortFunc(out.sigs, compareSigs)
	out.sigs = slices.CompactFunc(out.sigs, func(a, b signednote.Signature) bool { return compareSigs(a, b) == 0 })
	if len(out.sigs) > signednote.MaxSignatures {
		return SignOffs{}, fmt.Errorf("%w: more than %d signatures", ErrSignOff, signednote.MaxSignatures)
	}
	return out, nil
}

func compareSigs(a, b signednote.Signature) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.Line(), b.Line())
}

// ParseSignOffs reads a sign-off file. The signatures are not verified by
// this: see [SignOffs.Check].
func ParseSignOffs(b []byte) (SignOffs, error) {
	if len(b) > MaxSignOff {
		return SignOffs{}, fmt.Errorf("%w: more than %d bytes", ErrSignOff, MaxSignOff)
	}
	text, sigs, err := signednote.Split(b)
	if err != nil {
		return SignOffs{}, fmt.Errorf("%w: %w", ErrSignOff, err)
	}
	if !strings.HasPrefix(text, "tamizdat sign-off v1\n") {
		return SignOffs{}, fmt.Errorf("%w: it is a note of another kind", ErrSignOff)
	}
	if !slices.IsSortedFunc(sigs, compareSigs) {
		return SignOffs{}, fmt.Errorf("%w: its signature lines are not in order", ErrSignOff)
	}
	return SignOffs{text: text, sigs: sigs}, nil
}

// Bytes gives the file form, the inverse of [ParseSignOffs].
func (s SignOffs) Bytes() []byte { return signednote.Join(s.text, s.sigs) }

// Check verifies that at least threshold different editors signed exactly this
// edition, that every line is by one of them, and gives those who signed in
// the order of the lines. A signature by an unknown key or one that does not
// verify makes the whole sign-off fail: it was put there by somebody.
func (s SignOffs) Check(e Edition, editors []Editor, threshold int) ([]Editor, error) {
	if want := SignOffText(e); s.text != want {
		return nil, fmt.Errorf("%w: it is for another edition: %s", ErrSignOff, firstOtherLine(s.text, want))
	}
	var signed []Editor
	for _, sig := range s.sigs {
		ed, err := checkLine(s.text, sig, editors)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSignOff, err)
		}
		if slices.ContainsFunc(signed, func(x Editor) bool { return x.Key() == ed.Key() }) {
			return nil, fmt.Errorf("%w: %s signed twice", ErrSignOff, ed.Name())
		}
		signed = append(signed, ed)
	}
	if threshold < 1 || len(signed) < threshold {
		return nil, fmt.Errorf("%w: %d of the %d needed editors signed", ErrSignOff, len(signed), threshold)
	}
	return signed, nil
}

func checkLine(text string, sig signednote.Signature, editors []Editor) (Editor, error) {
	i := slices.IndexFunc(editors, func(e Editor) bool { return e.Name() == sig.Name && e.Hash() == sig.Hash })
	if i < 0 {
		return Editor{}, fmt.Errorf("%s (key %08x) is not an editor of this press", sig.Name, sig.Hash)
	}
	if !editors[i].Verify([]byte(text), sig.Raw) {
		return Editor{}, fmt.Errorf("the signature of %s is not over this edition", sig.Name)
	}
	return editors[i], nil
}

func firstOtherLine(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("it says “%s” where this one is “%s”", g[i], w[i])
		}
	}
	return "it has lines too many or too few"
}

// editionEnd is where the edition stops within an edition file: no other line
// of canonical JSON is a lone closing brace.
var editionEnd = []byte("\n}\n\n")

// FormatFile puts an edition and its sign-off into the one file that goes from
// the desk to the press (spec/record.md §4).
func FormatFile(e Edition, s SignOffs) []byte {
	return append(append(e.Bytes(), '\n'), s.Bytes()...)
}

// ParseFile is the inverse of [FormatFile]. The sign-off is not verified yet.
func ParseFile(b []byte) (Edition, SignOffs, error) {
	if len(b) > MaxEdition+1+MaxSignOff {
		return Edition{}, SignOffs{}, fmt.Errorf("%w: the file is too large", ErrEdition)
	}
	i := bytes.Index(b, editionEnd)
	if i < 0 {
		return Edition{}, SignOffs{}, fmt.Errorf("%w: no sign-off follows the edition", ErrEdition)
	}
	end := i + len(editionEnd) - 1
	e, err := ParseEdition(b[:end])
	if err != nil {
		return Edition{}, SignOffs{}, err
	}
	s, err := ParseSignOffs(b[end+1:])
	return e, s, err
}
