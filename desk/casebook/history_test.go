// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"

	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/spec"
)

const historyPath = "vectors/casebook/history.json"

type historyVectors struct {
	Construction string        `json:"construction"`
	Spec         string        `json:"spec"`
	About        string        `json:"about"`
	Pass         []historyCase `json:"pass"`
	Refuse       []historyCase `json:"refuse"`
}

// historyCase writes what is long as a head and a number of zeros.
type historyCase struct {
	Name      string       `json:"name"`
	Class     string       `json:"class,omitempty"`
	Plaintext hexBytes     `json:"plaintext"`
	Zeros     int          `json:"zeros,omitempty"`
	Records   []recordCase `json:"records,omitempty"`
}

type recordCase struct {
	Type   int      `json:"type"`
	ID     hexBytes `json:"id,omitempty"`
	Sender hexBytes `json:"sender,omitempty"` // the pseudonym
	Body   hexBytes `json:"body,omitempty"`
	SHA256 hexBytes `json:"sha256,omitempty"`
	Offset uint64   `json:"offset,omitempty"`
	Bytes  hexBytes `json:"bytes,omitempty"`
}

func casesOf(c *historyCase) ([]recordCase, error) {
	var out []recordCase
	for r, err := range Records(bytes.NewReader(append(bytes.Clone(c.Plaintext), make([]byte, c.Zeros)...))) {
		if err != nil {
			return nil, err
		}
		switch {
		case r.Event != nil:
			id := r.Event.ID()
			out = append(out, recordCase{Type: 1, ID: id[:]})
		case r.Letter != nil:
			p := r.Letter.Sender.Pseudonym()
			out = append(out, recordCase{Type: 2, Sender: p[:], Body: r.Letter.Body})
		default:
			out = append(out, recordCase{Type: 3, SHA256: r.Part.SHA256[:], Offset: r.Part.Offset, Bytes: r.Part.Bytes})
		}
	}
	return out, nil
}

// historyMaterial is an event, and the keys of one who wrote a letter.
func historyMaterial(t *testing.T) (event []byte, tuple *wire.Tuple) {
	t.Helper()
	e, err := Sign(signerOf("Anna"), Body{Newsroom: newsroom(), Chain: Chain{Incarnation: 1}, N: 1, At: 1_790_000_000, Kind: "note", Payload: []byte(`{"text":"x"}`)})
	if err != nil {
		t.Fatal(err)
	}
	w, err := letter.ReadWords("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about", letter.English())
	if err != nil {
		t.Fatal(err)
	}
	s, err := w[0].Source()
	if err != nil {
		t.Fatal(err)
	}
	return e.raw, s.Tuple()
}

func generateHistory(t *testing.T) historyVectors {
	event, tuple := historyMaterial(t)
	record := func(kind byte, content ...[]byte) []byte {
		var b bytes.Buffer
		if err := writeRecord(&b, kind, content...); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	e, l := record(1, event), record(2, tuple.Bytes(), []byte("body"))
	p := record(3, bytes.Repeat([]byte{9}, 32), []byte{0, 0, 0, 0, 0, 0, 1, 0}, []byte("part"))
	badTuple := tuple.Bytes()
	clear(badTuple[:32])
	v := historyVectors{
		Construction: "history plaintext", Spec: "casebook.md §5",
		About: "plaintext, followed by as many zeros as zeros says, holds records; id is an event's, sender the pseudonym of a letter's key tuple. Signatures and digests are not looked at.",
		Pass: []historyCase{
			{Name: "nothing"}, {Name: "zeros", Zeros: 16368}, {Name: "one of each", Plaintext: slices.Concat(e, l, p), Zeros: 100}, {Name: "to the last byte", Plaintext: p},
		},
		Refuse: []historyCase{
			{Name: "type 4", Class: "type", Plaintext: record(4, []byte("x"))},
			{Name: "behind the end", Class: "not zeros", Plaintext: slices.Concat(p, []byte{0, 0, 3}), Zeros: 9},
			{Name: "no event", Class: "length", Plaintext: []byte{1}, Zeros: 20},
			{Name: "an event too long", Class: "length", Plaintext: []byte{1, 0, 8, 0x13, 0xdd}, Zeros: 529373},
			{Name: "a letter without a body", Class: "length", Plaintext: record(2, tuple.Bytes())},
			{Name: "a part of nothing", Class: "length", Plaintext: record(3, make([]byte, 40))},
			{Name: "without end", Class: "length", Plaintext: []byte{3, 0xff, 0xff, 0xff, 0xff}, Zeros: 100},
			{Name: "in the length", Class: "truncated", Plaintext: e[:3]},
			{Name: "in the content", Class: "truncated", Plaintext: slices.Concat(l, p[:len(p)-1])},
			{Name: "the event", Class: "content", Plaintext: record(1, event[1:])},
			{Name: "the tuple", Class: "content", Plaintext: record(2, badTuple, []byte("body"))},
		},
	}
	for i := range v.Pass {
		records, err := casesOf(&v.Pass[i])
		if err != nil {
			t.Fatal(err)
		}
		v.Pass[i].Records = records
	}
	return v
}

// TestHistoryVectors reads the vectors as any other implementation would.
func TestHistoryVectors(t *testing.T) {
	if *update {
		b, err := json.MarshalIndent(generateHistory(t), "", " ")
		if err == nil {
			err = os.WriteFile("../../spec/"+historyPath, append(b, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile("../../spec/" + historyPath)
	if err != nil {
		t.Fatal(err)
	}
	if built, err := fs.ReadFile(spec.Vectors(), "casebook/history.json"); !*update && (err != nil || !bytes.Equal(raw, built)) {
		t.Errorf("the vectors that are built in are others: %v", err)
	}
	var v historyVectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Pass {
		got, err := casesOf(&c)
		if err != nil || !sameJSON(t, got, c.Records) {
			t.Errorf("%q must pass: %v, %v", c.Name, got, err)
		}
	}
	classes := map[string]bool{}
	for _, c := range v.Refuse {
		classes[c.Class] = true
		if _, err := casesOf(&c); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q (%s) must be refused: %v", c.Name, c.Class, err)
		}
	}
	if len(classes) != 5 {
		t.Errorf("classes of refusal: %v", classes)
	}
}

func sameJSON(t *testing.T, a, b any) bool {
	t.Helper()
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// FuzzRecords: what was sealed for a colleague need not be what it should be. What is
// read is what would be written again.
func FuzzRecords(f *testing.F) {
	raw, err := os.ReadFile("../../spec/" + historyPath)
	if err != nil {
		f.Fatal(err)
	}
	var v historyVectors
	if err := json.Unmarshal(raw, &v); err != nil {
		f.Fatal(err)
	}
	for _, c := range append(v.Pass, v.Refuse...) {
		f.Add([]byte(c.Plaintext))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		var again bytes.Buffer
		for r, err := range Records(bytes.NewReader(plain)) {
			if err != nil {
				return
			}
			switch {
			case r.Event != nil:
				err = r.Event.Trust().writeRecord(&again)
			case r.Letter != nil:
				err = r.Letter.Write(&again)
			default:
				err = r.Part.Write(&again)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if n := again.Len(); !bytes.Equal(plain[:n], again.Bytes()) || len(bytes.Trim(plain[n:], "\x00")) > 0 {
			t.Errorf("%s is written as %s", hex.EncodeToString(plain), hex.EncodeToString(again.Bytes()))
		}
	})
}
