// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"testing"

	"tamizdat/letter/wire"
	"tamizdat/spec"
)

var update = flag.Bool("update", false, "write the vectors in spec/vectors/casebook anew")

const vectorPath = "vectors/casebook/event.json"

// hexBytes is written in JSON as lower-case hexadecimal.
type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// seedSigner signs as a journalist does whose Ed25519 seed is known.
type seedSigner struct{ key ed25519.PrivateKey }

func signerOf(label string) seedSigner {
	seed := sha256.Sum256([]byte("tamizdat vectors " + label))
	return seedSigner{ed25519.NewKeyFromSeed(seed[:])}
}

func (s seedSigner) ID() wire.JournalistID {
	return wire.JournalistID(s.key.Public().(ed25519.PublicKey))
}

func (s seedSigner) SignEvent(part []byte) [64]byte {
	return [64]byte(ed25519.Sign(s.key, wire.Preimage(wire.TagEvent, part)))
}

type eventVectors struct {
	Construction string      `json:"construction"`
	Spec         string      `json:"spec"`
	About        string      `json:"about"`
	Pass         []eventCase `json:"pass"`
	Refuse       []eventCase `json:"refuse"`
}

type eventCase struct {
	Name        string      `json:"name"`
	Class       string      `json:"class,omitempty"`
	NR          hexBytes    `json:"nr"`
	Event       hexBytes    `json:"event"`
	Author      hexBytes    `json:"author,omitempty"`
	Incarnation uint32      `json:"incarnation,omitempty"`
	N           uint64      `json:"n,omitempty"`
	Prev        hexBytes    `json:"prev,omitempty"`
	Time        int64       `json:"time,omitempty"`
	Causes      []causeCase `json:"causes,omitempty"`
	Kind        string      `json:"kind,omitempty"`
	Payload     hexBytes    `json:"payload,omitempty"`
	ID          hexBytes    `json:"id,omitempty"`
}

type causeCase struct {
	Author      hexBytes `json:"author"`
	Incarnation uint32   `json:"incarnation"`
	N           uint64   `json:"n"`
	ID          hexBytes `json:"id"`
}

func caseOf(name string, e *Event) eventCase {
	c := eventCase{
		Name: name, NR: e.Newsroom[:], Event: e.raw, Author: e.Chain.Author[:], Incarnation: e.Chain.Incarnation, N: e.N, Prev: e.Prev[:],
		Time: e.At, Kind: e.Kind, Payload: e.Payload, ID: e.id[:],
	}
	for _, k := range e.Causes {
		c.Causes = append(c.Causes, causeCase{k.Chain.Author[:], k.Chain.Incarnation, k.N, k.ID[:]})
	}
	return c
}

func generate(t *testing.T) eventVectors {
	t.Helper()
	anna, boris := signerOf("Anna"), signerOf("Boris")
	sign := func(by Signer, b Body) *Event {
		b.Newsroom = newsroom()
		e, err := Sign(by, b)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first := sign(anna, Body{Chain: Chain{Incarnation: 1}, N: 1, At: 1_790_000_000, Kind: "note", Payload: []byte(`{"text":"посмотреть"}`)})
	second := sign(anna, Body{Chain: Chain{Incarnation: 1}, N: 2, Prev: first.id, At: 0, Kind: "x"})
	answer := sign(boris, Body{Chain: Chain{Incarnation: 4_000_000_000}, N: 1, At: wire.MaxTime, Causes: []Cause{second.cause()}, Kind: "roster", Payload: []byte{0, 0xff}})
	v := eventVectors{
		Construction: "event", Spec: "casebook.md §1",
		About: "event, of newsroom nr, is signed by author and says what is given; id is its id. Refused: bytes that are no event of newsroom nr by a journalist whose key is well formed.",
		Pass:  []eventCase{caseOf("first", first), caseOf("second", second), caseOf("after another's", answer)},
	}
	v.Refuse = refused(t, first, answer)
	return v
}

func refused(t *testing.T, first, answer *Event) []eventCase {
	t.Helper()
	nr := newsroom()
	bad := func(name, class string, b []byte) eventCase {
		return eventCase{Name: name, Class: class, NR: nr[:], Event: b}
	}
	edit := func(e *Event, at int) []byte {
		b := bytes.Clone(e.raw)
		b[at] ^= 1
		return b
	}
	resign := func(e *Event, spoil func(part []byte) []byte) []byte {
		part := spoil(bytes.Clone(e.raw[:len(e.raw)-64]))
		sig := signerOf("Boris").SignEvent(part)
		return append(part, sig[:]...)
	}
	causeAt := 2 + 32 + 36 + 8 + 32 + 8
	other := bad("NR", "another newsroom", first.raw)
	other.NR = append(hexBytes{9}, nr[1:]...)
	out := []eventCase{
		bad("a byte less", "truncated", first.raw[:len(first.raw)-1]), bad("nothing", "truncated", []byte{}), bad("a byte more", "extended", append(bytes.Clone(first.raw), 0)),
		bad("version", "another object", edit(first, 0)), bad("type", "another object", edit(first, 1)), other,
		bad("signed as a segment", "tag confusion", func() []byte {
			part := first.raw[:len(first.raw)-64]
			return append(bytes.Clone(part), ed25519.Sign(signerOf("Anna").key, wire.Preimage(wire.TagSegmentBody, part))...)
		}()),
		bad("n 0", "out of bounds", resign(answer, func(p []byte) []byte { binary.BigEndian.PutUint64(p[70:], 0); return p })),
		bad("n 2^53", "out of bounds", resign(answer, func(p []byte) []byte { binary.BigEndian.PutUint64(p[70:], 1<<53); return p })),
		bad("incarnation 0", "out of bounds", resign(answer, func(p []byte) []byte { binary.BigEndian.PutUint32(p[66:], 0); return p })),
		bad("beyond all time", "out of bounds", resign(answer, func(p []byte) []byte { binary.BigEndian.PutUint64(p[110:], 1<<40+1); return p })),
		bad("a first with prev", "chain", resign(answer, func(p []byte) []byte { p[80] = 1; return p })),
		bad("its own chain", "causes", resign(answer, func(p []byte) []byte { copy(p[causeAt+1:], p[34:70]); return p })),
		bad("twice the same", "causes", resign(answer, func(p []byte) []byte {
			p[causeAt] = 2
			return slices.Insert(p, causeAt+1, p[causeAt+1:causeAt+77]...)
		})),
		bad("capital", "kind", resign(answer, func(p []byte) []byte { p[causeAt+78] = 'R'; return p })),
		bad("empty", "kind", resign(answer, func(p []byte) []byte { p[causeAt+77] = 0; return slices.Delete(p, causeAt+78, causeAt+84) })),
	}
	for name, at := range map[string]int{"author": 40, "n": 77, "time": 117, "payload": len(first.raw) - 70, "signature": len(first.raw) - 5} {
		out = append(out, bad(name, "altered", edit(first, at)))
	}
	slices.SortStableFunc(out, func(a, b eventCase) int { return bytes.Compare([]byte(a.Class+a.Name), []byte(b.Class+b.Name)) })
	return out
}

func TestVectors(t *testing.T) {
	if *update {
		b, err := json.MarshalIndent(generate(t), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("../../spec/"+vectorPath, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := fs.ReadFile(os.DirFS("../../spec"), vectorPath)
	if err != nil {
		t.Fatal(err)
	}
	if built, err := fs.ReadFile(spec.Vectors(), "casebook/event.json"); !*update && (err != nil || !bytes.Equal(raw, built)) {
		t.Errorf("the vectors that are built in are others: %v", err)
	}
	var v eventVectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Pass {
		if err := c.check(); err != nil {
			t.Errorf("%q must pass: %v", c.Name, err)
		}
	}
	classes := map[string]bool{}
	for _, c := range v.Refuse {
		classes[c.Class] = true
		if c.check() == nil {
			t.Errorf("%q (%s) must be refused", c.Name, c.Class)
		}
	}
	for _, class := range []string{"truncated", "extended", "altered", "another object", "another newsroom", "tag confusion", "out of bounds", "chain", "causes", "kind"} {
		if !classes[class] {
			t.Errorf("nothing of class %q", class)
		}
	}
}

func (c *eventCase) check() error {
	u, err := Parse(c.Event)
	if err != nil {
		return err
	}
	e, err := u.Verify(wire.NewsroomKey(c.NR), func(wire.JournalistID) bool { return true })
	if err != nil || c.Class != "" {
		return err
	}
	want, _ := json.Marshal(*c)
	got, _ := json.Marshal(caseOf(c.Name, e))
	if !bytes.Equal(want, got) {
		return fmt.Errorf("it says %s", got)
	}
	return nil
}
