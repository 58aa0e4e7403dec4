// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"tamizdat/letter/wire"
)

// hexBytes is written in JSON as lower-case hexadecimal.
type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

func readTestdata(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

// The four public keys that entropy of zeros gives in the SecureDrop Protocol.
func TestSourceKeysOfZeroEntropy(t *testing.T) {
	w, err := WordsFromEntropy(make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Source()
	if err != nil {
		t.Fatal(err)
	}
	tuple := s.Tuple()
	pq, pke := sha256.Sum256(tuple.PQ[:]), sha256.Sum256(tuple.PKE[:])
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"fetch", tuple.Fetch[:], "806db396b82f156be1e12b3c32ddad99a2d62d1180dcee6025325bfbf0fea639"},
		{"DH", tuple.DH[:], "2e59330289558e54d3d7061eddea1cfc8f682ab5ff4f9df6ef44d63fb32dc86f"},
		{"H(PQ)", pq[:], "685ab8005f89bf7a1862921b323b38307c81ffc999cde44c17f09607669d56ae"},
		{"H(PKE)", pke[:], "41083170c9f45e2b7072d803618e11c6d8267c66bb07121bdcfaeec4f3c51921"},
	} {
		if hex.EncodeToString(c.got) != c.want {
			t.Errorf("%s is %x, want %s", c.name, c.got, c.want)
		}
	}
}

type hpkeVector struct {
	Info, Enc, Psk                      hexBytes
	PskID                               hexBytes `json:"psk_id"`
	IkmE, SkRm, SkSm, PkRm, PkSm, IkmRm hexBytes
	Encryptions                         []struct{ Aad, Ct, Pt hexBytes }
}

// RFC 9180, mode_auth_psk, in exactly SD-APKE's suite, in both directions.
func TestAuthPSKOfRFC9180(t *testing.T) {
	var file struct{ Vectors []hpkeVector }
	readTestdata(t, "rfc9180-authpsk.json", &file)
	if len(file.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range file.Vectors {
		receiver, err := dhSecretFrom(v.SkRm)
		if err != nil {
			t.Fatal(err)
		}
		sender, err := dhSecretFrom(v.SkSm)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(receiver.pub[:], v.PkRm) || !bytes.Equal(sender.pub[:], v.PkSm) {
			t.Fatal("public keys differ")
		}
		e := v.Encryptions[0]
		psk := preShared{v.Psk, v.PskID}
		got, err := authPSKOpen(receiver, &sender.pub, psk, v.Info, v.Enc, e.Aad, e.Ct)
		if err != nil || !bytes.Equal(got, e.Pt) {
			t.Fatalf("opened %x, %v", got, err)
		}
		enc, ct, err := authPSKSeal(bytes.NewReader(v.IkmE), sender, &receiver.pub, psk, v.Info, e.Aad, e.Pt)
		if err != nil || !bytes.Equal(enc, v.Enc) || !bytes.Equal(ct, e.Ct) {
			t.Fatalf("sealed %x %x, %v", enc, ct, err)
		}
	}
}

// X-Wing in HPKE base mode, in exactly SD-PKE's suite.
func TestXWingOfHPKEPQ(t *testing.T) {
	var file struct{ Vectors []hpkeVector }
	readTestdata(t, "hpke-pq-xwing.json", &file)
	if len(file.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range file.Vectors {
		k, err := pkeSecretFrom(v.SkRm)
		if err != nil {
			t.Fatal(err)
		}
		if pub := k.public(); !bytes.Equal(pub[:], v.PkRm) {
			t.Fatal("public keys differ")
		}
		r, err := hpke.NewRecipient(v.Enc, k.key, pkeKDF(), pkeAEAD(), v.Info)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range v.Encryptions {
			if got, err := r.Open(e.Aad, e.Ct); err != nil || !bytes.Equal(got, e.Pt) {
				t.Fatalf("message %d: %x, %v", i, got, err)
			}
		}
	}
}

func TestWordsOfBIP39(t *testing.T) {
	var file struct {
		Vectors []struct {
			Entropy  hexBytes
			Mnemonic string
		}
	}
	readTestdata(t, "bip39-128.json", &file)
	if len(file.Vectors) < 8 {
		t.Fatalf("%d vectors", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		w, err := WordsFromEntropy(v.Entropy)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.In(English()); got != v.Mnemonic {
			t.Errorf("%x is %q, want %q", v.Entropy, got, v.Mnemonic)
		}
		back, err := ReadWords(v.Mnemonic)
		if err != nil || len(back) != 1 || !bytes.Equal(back[0].entropy[:], v.Entropy) {
			t.Errorf("%q reads as %v, %v", v.Mnemonic, back, err)
		}
	}
}

func TestSizesOfTheSpecification(t *testing.T) {
	if letterArea != 10_560 || replyArea != 3_392 || pkeCipherSize != 2352 || chunkRoom != 1_048_528 {
		t.Fatalf("areas %d and %d, SD-PKE %d, room %d", letterArea, replyArea, pkeCipherSize, chunkRoom)
	}
	if wire.EnvelopeSize != 15_360 || wire.ReplySize != 8_192 {
		t.Fatal("envelope sizes")
	}
}
