// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tamizdat/spec"
)

var update = flag.Bool("update", false, "write spec/vectors/wire and the fuzzing corpus anew")

// vectorFile is one file of spec/vectors/wire.
type vectorFile struct {
	Description string       `json:"description"`
	Seeds       string       `json:"seeds"`
	Context     string       `json:"context"`
	Cases       []vectorCase `json:"cases"`
}

// vectorCase is one object and what becomes of it. Error is empty for a sound one.
// Where From is given the object is that of the case From, changed by each Splice in
// the order given: Remove bytes at At are replaced by Insert. Else it is Hex.
type vectorCase struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`
	Class  string   `json:"class"`
	Error  string   `json:"error"`
	Hex    string   `json:"hex,omitempty"`
	From   string   `json:"from,omitempty"`
	Splice []change `json:"splice,omitempty"`
}

type change struct {
	At     int    `json:"at"`
	Remove int    `json:"remove"`
	Insert string `json:"insert"`
}

const (
	vectorSeeds = "seed(label) = SHA-256(\"tamizdat wire vectors \" ‖ label). Ed25519 seeds are seed(name), X25519 private keys seed(label), opaque bytes " +
		"the ChaCha8 stream (Go's math/rand/v2) of seed(label). See letter/wire/fixture_test.go for the labels."
	vectorContext = "context.json holds the newsroom in which every object is verified. A case with 'from' is the object of that case, changed by each splice in " +
		"the order given: 'remove' bytes at 'at' are replaced by 'insert'. Errors are the names of errors.go in letter/wire: " +
		"malformed, signature, threshold, chain, expired, mismatch, work, rollback, two-rosters."
)

// maker collects the cases of one file.
type maker struct {
	file  vectorFile
	bases map[string][]byte // by case name
	kind  string
	base  string // name of the sound case that others differ from
}

func newMaker(description string) *maker {
	return &maker{file: vectorFile{Description: description, Seeds: vectorSeeds, Context: vectorContext}, bases: map[string][]byte{}}
}

// sound adds an object that must be accepted; the following refused ones are written as
// differences from it.
func (m *maker) sound(kind, name string, b []byte) {
	m.kind, m.base = kind, kind+": "+name
	m.bases[m.base] = b
	m.file.Cases = append(m.file.Cases, vectorCase{Name: m.base, Kind: kind, Class: "sound", Hex: hex.EncodeToString(b)})
}

// refused adds an object that must be refused with the named error.
func (m *maker) refused(class, name, want string, b []byte) {
	c := vectorCase{Name: m.kind + ": " + name, Kind: m.kind, Class: class, Error: want}
	c.From, c.Splice = m.base, differences(m.bases[m.base], b)
	m.file.Cases = append(m.file.Cases, c)
}

// differences looks for the shortest way from a to b: one stretch, or one before and
// one within the signatures at the end (one of them, or two with keys and count). The
// later stretch comes first, so that places in the earlier one hold.
func differences(a, b []byte) []change {
	best := []change{difference(a, b)}
	for _, tail := range []int{SignatureSize, 1 + 2*96} {
		if len(a) < tail || len(b) < tail {
			continue
		}
		from := len(a) - tail
		late := difference(a[from:], b[len(b)-tail:])
		late.At += from
		early := difference(a[:from], b[:len(b)-tail])
		if two := []change{late, early}; inserted(two) < inserted(best) {
			best = two
		}
	}
	return best
}

func inserted(list []change) (n int) {
	for _, c := range list {
		n += len(c.Insert)
	}
	return n
}

// difference finds the one stretch in which b is unlike a.
func difference(a, b []byte) change {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return change{At: head, Remove: len(a) - head - tail, Insert: hex.EncodeToString(b[head : len(b)-tail])}
}

// frame adds the classes that every object has: another version or type, cut short,
// too long.
func (m *maker) frame() {
	b := m.bases[m.base]
	m.refused("version", "version 0", "malformed", replaced(b, 0, 0))
	m.refused("version", "version 2", "malformed", replaced(b, 0, 2))
	m.refused("type", "type of another object", "malformed", replaced(b, 1, b[1]%0x14+1))
	m.cut()
}

func (m *maker) cut() {
	b := m.bases[m.base]
	m.refused("truncated", "nothing", "malformed", nil)
	m.refused("truncated", "half of it", "malformed", b[:len(b)/2])
	m.refused("truncated", "last byte missing", "malformed", b[:len(b)-1])
	m.refused("extended", "one zero byte more", "malformed", append(bytes.Clone(b), 0))
}

// flip adds the object with one bit flipped at an offset.
func (m *maker) flip(what string, at int, want string) {
	b := bytes.Clone(m.bases[m.base])
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 1
	m.refused("flipped bit", "bit flipped in "+what, want, b)
}

// TestVectors makes the vectors anew, compares them with those that the specification
// carries (or writes them, with -update), and then runs those it carries.
func TestVectors(t *testing.T) {
	h := found("Anna", "Boris")
	files := vectorFiles(h)
	if *update {
		writeVectors(t, h, files)
	}
	checkContext(t, h)
	carried := must(fs.Glob(spec.Vectors(), "wire/*.json"))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !slices.Contains(carried, "wire/"+name) {
			t.Errorf("the specification lacks %s: run the test with -update", name)
			continue
		}
		raw := must(fs.ReadFile(spec.Vectors(), "wire/"+name))
		if !*update && !bytes.Equal(raw, encodeJSON(files[name])) {
			t.Errorf("%s is not what this package makes: run the test with -update and look at the difference", name)
		}
		var file vectorFile
		if err := json.Unmarshal(raw, &file); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { runVectors(t, h, file) })
	}
	if len(carried) != len(files)+2 { // and context.json, values.json
		t.Errorf("%d files, %d are known", len(carried), len(files)+2)
	}
}

func runVectors(t *testing.T, h *house, file vectorFile) {
	objects := map[string][]byte{}
	for _, c := range file.Cases {
		b := must(hex.DecodeString(c.Hex))
		if c.From != "" {
			b = objects[c.From]
		}
		for _, s := range c.Splice {
			b = splice(b, s.At, s.Remove, must(hex.DecodeString(s.Insert)))
		}
		if _, twice := objects[c.Name]; twice {
			t.Errorf("two cases are called %q", c.Name)
		}
		objects[c.Name] = b
		t.Run(c.Name, func(t *testing.T) { wantError(t, vectorKinds()[c.Kind](h, b), c.Error) })
	}
}

// vectorKinds are acceptances and the parsers of what is bound elsewhere.
func vectorKinds() map[string]acceptance {
	kinds := acceptances()
	for _, c := range codecs() {
		if _, known := kinds[c.kind]; !known {
			kinds[c.kind] = func(h *house, b []byte) error {
				_, err := c.again(h, b)
				return err
			}
		}
	}
	kinds["letter envelope"] = func(_ *house, b []byte) error { return CheckEnvelope(b, EnvelopeSize) }
	kinds["reply envelope"] = func(_ *house, b []byte) error { return CheckEnvelope(b, ReplySize) }
	return kinds
}

const vectorFolder = "../../spec/vectors/wire"

func writeVectors(t *testing.T, h *house, files map[string]vectorFile) {
	t.Helper()
	if err := os.MkdirAll(vectorFolder, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string, v any) {
		if err := os.WriteFile(filepath.Join(vectorFolder, name), encodeJSON(v), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, file := range files {
		write(name, file)
	}
	write("context.json", contextOf(h))
	write("values.json", valuesOf(h))
	t.Log("vectors written; they are compiled in, so run the test again without -update")
}

func encodeJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// vectorHouse is context.json.
type vectorHouse struct {
	Description  string            `json:"description"`
	Seeds        string            `json:"seeds"`
	Ed25519Seeds map[string]string `json:"ed25519 seeds"`
	Newsroom     string            `json:"newsroom key"`
	File         string            `json:"newsroom file"`
	Now          int64             `json:"now"`
	WorkSlot     uint64            `json:"work slot"`
	WorkBits     int               `json:"work bits"`
	Iterations   uint32            `json:"work iterations"`
	KeysPeriod   Period            `json:"period of keys files"`
}

func contextOf(h *house) vectorHouse {
	seeds := map[string]string{}
	for _, label := range []string{
		"admin 1", "admin 2", "admin 3", "admin 4", "Anna", "Boris", "Anna editor", "Boris editor", "drop", "access", "permit",
		"Newcomer", "newcomer admin", "Stranger", "stranger",
	} {
		seed := seedOf(label)
		seeds[label] = hex.EncodeToString(seed[:])
	}
	return vectorHouse{
		Description: "The newsroom of all vectors in this folder: journalists Anna and Boris, admins 1 to 3 of whom two sign. Objects of kind root and roster are verified " +
			"inside of a newsroom file with the other part from here. Work is checked with the bits and iterations given here, not the roster's, so that it is quickly done.",
		Seeds: vectorSeeds, Ed25519Seeds: seeds, Newsroom: hex.EncodeToString(h.key[:]), File: hex.EncodeToString(h.file),
		Now: testIssued, WorkSlot: testSlot, WorkBits: testBits, Iterations: 1, KeysPeriod: 2959,
	}
}

func checkContext(t *testing.T, h *house) {
	t.Helper()
	for name, want := range map[string]any{"context.json": contextOf(h), "values.json": valuesOf(h)} {
		raw, err := fs.ReadFile(spec.Vectors(), "wire/"+name)
		if err != nil {
			t.Errorf("the specification lacks %s: run the test with -update", name)
		} else if !*update && !bytes.Equal(raw, encodeJSON(want)) {
			t.Errorf("%s is not what this package makes: run the test with -update and look at the difference", name)
		}
	}
	v := valuesOf(h)
	checkNames(t, "name", nameFault, v.Names)
	checkNames(t, "address", addressFault, v.Addresses)
}

func checkNames(t *testing.T, what string, fault func(string) string, v namesValue) {
	t.Helper()
	for _, s := range v.Good {
		if why := fault(s); why != "" {
			t.Errorf("%s %q: %s", what, s, why)
		}
	}
	for _, s := range v.Bad {
		if fault(string(must(hex.DecodeString(s)))) == "" {
			t.Errorf("%s in hexadecimal %s is accepted", what, s)
		}
	}
}
