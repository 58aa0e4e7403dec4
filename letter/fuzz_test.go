// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"testing"

	"tamizdat/letter/wire"
	"tamizdat/spec"
)

// addVectors seeds a fuzz target with a field of every case of a vector file.
func addVectors(f *testing.F, name, field string, add func([]byte)) {
	f.Helper()
	raw, err := fs.ReadFile(spec.Vectors(), "letter/"+name+".json")
	if err != nil {
		f.Fatal(err)
	}
	var file struct{ Pass, Refuse []map[string]any }
	if err := json.Unmarshal(raw, &file); err != nil {
		f.Fatal(err)
	}
	for _, c := range append(file.Pass, file.Refuse...) {
		if text, ok := c[field].(string); ok {
			add(mustHex(text))
		}
	}
}

func FuzzArea(f *testing.F) {
	addVectors(f, "message-area", "area", func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, area []byte) {
		kind, body, err := unpackArea(area)
		if err != nil {
			if body != nil && !errors.Is(err, errMessage) {
				t.Fatal(err)
			}
			return
		}
		if len(body) > maxInflated {
			t.Fatalf("%d bytes came out", len(body))
		}
		again, err := packArea(kind, body, maxInflated)
		if err != nil {
			return // compressed better than this compressor can
		}
		if k, b, err := unpackArea(again); err != nil || k != kind || !bytes.Equal(b, body) {
			t.Fatalf("does not come back: %v", err)
		}
	})
}

// sameAgain holds that a body has one encoding: what parses encodes to itself.
func sameAgain(t *testing.T, body []byte, m interface{ encode() ([]byte, error) }) {
	t.Helper()
	again, err := m.encode()
	if err != nil || !bytes.Equal(again, body) {
		t.Fatalf("%x parses, and encodes to %x, %v", body, again, err)
	}
}

func FuzzLetterBody(f *testing.F) {
	addVectors(f, "letter-body", "body", func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := parseLetter(b); err == nil {
			sameAgain(t, b, l)
		}
	})
}

func FuzzReplyBody(f *testing.F) {
	addVectors(f, "reply-body", "body", func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := parseReply(b); err == nil {
			sameAgain(t, b, r)
		}
	})
}

func FuzzNoteBody(f *testing.F) {
	addVectors(f, "note-body", "body", func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, err := parseNote(b); err == nil {
			sameAgain(t, b, n)
		}
	})
}

func FuzzManifest(f *testing.F) {
	addVectors(f, "manifest", "manifest", func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseParcel(b)
		if err != nil {
			return
		}
		again, err := p.Marshal()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%x parses, and encodes to %x, %v", b, again, err)
		}
		for i, file := range p.Files {
			checkSafe(t, "manifest", SafeName(file.Name, i))
		}
	})
}

func FuzzWords(f *testing.F) {
	f.Add(zeroPhrase)
	f.Add("lett advi cage absu amou doct acou avoi lett advi cage abov")
	f.Add("\u200fLETTER, advice-cage\tabsurd ａmount doctor acoustic avoid letter advice cage above")
	f.Add("")
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := ReadWords(typed)
		if err != nil {
			var unknown *WordError
			if errors.As(err, &unknown) && (unknown.Place < 1 || unknown.Place > 12 || len(unknown.Nearest) != nearWords) {
				t.Fatalf("%+v", unknown)
			}
			return
		}
		again, err := ReadWords(got[0].In(English()))
		if err != nil || !sameBytes(again[0].entropy[:], got[0].entropy[:]) {
			t.Fatal("what was read does not read back")
		}
	})
}

func FuzzStoredKeys(f *testing.F) {
	k := &JournalistKeys{
		name: "Anna", identity: randomIdentity(), signing: newSigningKey(fixed("a", 32)),
		admin: newSigningKey(fixed("b", 32)), editor: newSigningKey(fixed("c", 32)),
	}
	f.Add(k.Marshal())
	f.Add(NewPeriodKeys(7).Marshal())
	f.Add(NewDeskSeed().Marshal())
	f.Fuzz(func(t *testing.T, b []byte) {
		if k, err := ParseJournalistKeys(b); err == nil && !bytes.Equal(k.Marshal(), b) {
			t.Fatal("a journalist's keys have two encodings")
		}
		if p, err := ParsePeriodKeys(b); err == nil && !bytes.Equal(p.Marshal(), b) {
			t.Fatal("period keys have two encodings")
		}
		if d, err := ParseDeskSeed(b); err == nil && !bytes.Equal(d.Marshal(), b) {
			t.Fatal("a desk seed has two encodings")
		}
	})
}

// Whatever a stranger posts, opening ends in one error.
func FuzzOpen(f *testing.F) {
	s := sealOne(f)
	f.Add(s.envelope, uint16(0), byte(0))
	f.Add(s.envelope[:wire.ReplySize], uint16(70), byte(1))
	f.Fuzz(func(t *testing.T, envelope []byte, at uint16, flip byte) {
		e := bytes.Clone(envelope)
		if int(at) < len(e) {
			e[at] ^= flip
		}
		if o, err := s.open(e); err != nil && (!errors.Is(err, ErrCannotOpen) || o != nil) {
			t.Fatalf("%v", err)
		} else if err == nil && !bytes.Equal(e, s.envelope) {
			t.Fatal("opened something else")
		}
	})
}
