// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"crypto/ecdh"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/cryptotest"

	"tamizdat/letter/wire"
)

func sealConstructions() []construction {
	return []construction{
		{
			"sd-pke", "letter.md §1",
			"receiver is the X-Wing seed. ephemeral is X25519 private key [32] ‖ ML-KEM m [32] (the randomness of X-Wing's encapsulation); with it sealing gives ciphertext.",
			[]string{"truncated", "extended", "altered", "wrong key", "ephemeral key"},
			generateSDPKE, checkSDPKE,
		},
		{
			"sd-apke", "letter.md §2",
			"ephemeral is ML-KEM m [32] ‖ ikmE [32], which DHKEM's DeriveKeyPair turns into the ephemeral key; with it sealing gives ciphertext. sender_dh and sender_pq are public.",
			[]string{"wrong NR", "swapped fetch key", "swapped sender PQ", "swapped sender DH", "re-encapsulated c2", "small order", "altered", "truncated", "extended", "wrong key", "ephemeral key"},
			generateSDAPKE, checkSDAPKE,
		},
		{
			"envelope", "letter.md §4",
			"receiver opens envelope: sender and message area are as given (area: its first bytes; the rest is zeros). Refused: envelope of the case named by of, changed by edits (offset, bytes) and length, opened under nr with receiver where given.",
			[]string{
				"altered hint", "identity", "non-canonical point", "altered c2", "re-encapsulated c2", "altered c1", "altered text", "altered sender",
				"exchanged fields", "truncated", "extended", "wrong NR", "swapped fetch key", "wrong key",
			},
			generateEnvelopes, checkEnvelopes,
		},
	}
}

// setRandom makes the randomness of package crypto what follows from n, and
// returns its first 64 bytes.
func setRandom(t *testing.T, n uint64) []byte {
	t.Helper()
	cryptotest.SetGlobalRandom(t, n)
	first := make([]byte, 64)
	_, _ = rand.Read(first)
	cryptotest.SetGlobalRandom(t, n)
	return first
}

type sdpkeCase struct {
	caseHead
	Receiver   hexBytes `json:"receiver"`
	SenderDH   hexBytes `json:"sender_dh,omitempty"`
	SenderPQ   hexBytes `json:"sender_pq,omitempty"`
	Ephemeral  hexBytes `json:"ephemeral,omitempty"`
	Ciphertext hexBytes `json:"ciphertext"`
}

func generateSDPKE(t *testing.T) (any, any) {
	receiver := mustIdentity(t, fixedSecrets(t, "sd-pke receiver"))
	seed := receiver.intake.pke.seed()
	var pass []sdpkeCase
	for i := range 2 {
		sender := mustIdentity(t, fixedSecrets(t, fmt.Sprint("sd-pke sender ", i))).tuple
		ephemeral := setRandom(t, uint64(100+i))
		ct, err := sealSender(&receiver.tuple.PKE, sender)
		if err != nil {
			t.Fatal(err)
		}
		checkXWingEphemeral(t, &receiver.tuple.PKE, ephemeral, ct)
		pass = append(pass, sdpkeCase{caseHead{Name: fmt.Sprint("sender ", i)}, seed, sender.DH[:], sender.PQ[:], ephemeral, ct})
	}
	good := pass[0].Ciphertext
	bad := func(name, class string, ct []byte) sdpkeCase {
		return sdpkeCase{caseHead: caseHead{name, class}, Receiver: seed, Ciphertext: ct}
	}
	mixed := bytes.Clone(good)
	copy(mixed, pass[1].Ciphertext[:xwingEncSize])
	other := bad("another receiver", "wrong key", good)
	other.Receiver = fixed("sd-pke other", 32)
	strange := []sdpkeCase{}
	keys := append(bytes.Clone(pass[0].SenderDH), pass[0].SenderPQ...)
	for _, name := range slices.Sorted(maps.Keys(strangeEphemerals())) {
		strange = append(strange, bad(name, "ephemeral key", strangeXWing(t, &receiver.tuple.PKE, strangeEphemerals()[name], nil, keys)))
	}
	return pass, append(strange, []sdpkeCase{
		bad("a byte less", "truncated", good[:len(good)-1]), bad("nothing", "truncated", []byte{}), bad("only enc", "truncated", good[:xwingEncSize]),
		bad("a byte more", "extended", append(bytes.Clone(good), 0)),
		bad("ML-KEM part of enc", "altered", edited(good, 3)), bad("X25519 part of enc", "altered", edited(good, 1100)),
		bad("text", "altered", edited(good, xwingEncSize+7)), bad("tag", "altered", edited(good, len(good)-1)),
		bad("enc of another", "altered", mixed), other,
	}...)
}

// checkXWingEphemeral makes sure that the randomness written down is what was used.
func checkXWingEphemeral(t *testing.T, to *wire.PKEKey, ephemeral, enc []byte) {
	t.Helper()
	x, err := ecdh.X25519().NewPrivateKey(ephemeral[:32])
	if err != nil {
		t.Fatal(err)
	}
	ek, err := mlkem.NewEncapsulationKey768(to[:1184])
	if err != nil {
		t.Fatal(err)
	}
	_, ct, err := mlkemtest.Encapsulate768(ek, ephemeral[32:])
	if err != nil || !bytes.Equal(enc[:1088], ct) || !bytes.Equal(enc[1088:1120], x.PublicKey().Bytes()) {
		t.Fatalf("the randomness written down is not what was used: %v", err)
	}
}

func checkSDPKE(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *sdpkeCase) caseHead { return c.caseHead }, func(c *sdpkeCase) error {
		k, err := pkeSecretFrom(c.Receiver)
		if err != nil {
			t.Fatal(err)
		}
		dh, pq, err := openSender(k, c.Ciphertext)
		if err != nil || c.Class != "" {
			return err
		}
		if !bytes.Equal(dh[:], c.SenderDH) || !bytes.Equal(pq[:], c.SenderPQ) {
			return errors.New("another sender")
		}
		public := k.public()
		checkXWingEphemeral(t, &public, c.Ephemeral, c.Ciphertext)
		return nil
	})
}

type sdapkeCase struct {
	caseHead
	NR         hexBytes    `json:"nr"`
	Receiver   *keySecrets `json:"receiver"`
	Fetch      hexBytes    `json:"receiver_fetch"` // public
	Sender     *keySecrets `json:"sender,omitempty"`
	SenderDH   hexBytes    `json:"sender_dh"`
	SenderPQ   hexBytes    `json:"sender_pq"`
	Ephemeral  hexBytes    `json:"ephemeral,omitempty"`
	Plaintext  hexBytes    `json:"plaintext,omitempty"`
	Ciphertext hexBytes    `json:"ciphertext"`
}

func generateSDAPKE(t *testing.T) (any, any) {
	nr := fixedNewsroom()
	rk, sk := fixedSecrets(t, "sd-apke receiver"), fixedSecrets(t, "sd-apke sender")
	receiver, sender := mustIdentity(t, rk), mustIdentity(t, sk)
	var pass []sdapkeCase
	for i, text := range []string{"", "a message", string(fixed("long", 3000))} {
		ephemeral := setRandom(t, uint64(200+i))
		ct, err := sealAPKE(nr, sender, receiver.tuple, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		pass = append(pass, sdapkeCase{
			caseHead{Name: fmt.Sprintf("%d bytes", len(text))},
			nr[:], &rk, receiver.tuple.Fetch[:], &sk,
			sender.tuple.DH[:], sender.tuple.PQ[:], ephemeral, []byte(text), ct,
		})
	}
	refuse := badSDAPKE(t, pass[1], receiver)
	for _, name := range slices.Sorted(maps.Keys(strangeEphemerals())) {
		c := pass[1]
		c.caseHead, c.Sender, c.Ephemeral, c.Plaintext = caseHead{name, "ephemeral key"}, nil, nil, nil
		c.Ciphertext = strangeAPKE(t, nr, sender, receiver, strangeEphemerals()[name], []byte("a message"))
		refuse = append(refuse, c)
	}
	return pass, refuse
}

func badSDAPKE(t *testing.T, good sdapkeCase, receiver *identity) []sdapkeCase {
	other := fixedSecrets(t, "sd-apke other")
	stranger := mustIdentity(t, other).tuple
	bad := func(name, class string, spoil func(c *sdapkeCase)) sdapkeCase {
		c := good
		c.caseHead, c.Sender, c.Ephemeral, c.Plaintext = caseHead{name, class}, nil, nil, nil
		spoil(&c)
		return c
	}
	text := func(name, class string, ct []byte) sdapkeCase {
		return bad(name, class, func(c *sdapkeCase) { c.Ciphertext = ct })
	}
	ct := good.Ciphertext
	zeroC1 := bytes.Clone(ct)
	clear(zeroC1[pqCipherSize : pqCipherSize+32])
	return []sdapkeCase{
		bad("newsroom", "wrong NR", func(c *sdapkeCase) { c.NR = edited(c.NR, 31) }),
		bad("fetch", "swapped fetch key", func(c *sdapkeCase) { c.Fetch = stranger.Fetch[:] }),
		bad("sender's PQ", "swapped sender PQ", func(c *sdapkeCase) { c.SenderPQ = stranger.PQ[:] }),
		bad("sender's DH", "swapped sender DH", func(c *sdapkeCase) { c.SenderDH = stranger.DH[:] }),
		bad("sender's DH with top bit", "swapped sender DH", func(c *sdapkeCase) { c.SenderDH = topBit(c.SenderDH) }),
		text("c2 of a fresh encapsulation", "re-encapsulated c2", reencapsulated(t, ct, &receiver.tuple.PQ)),
		text("c1 zero", "small order", zeroC1),
		text("c2", "altered", edited(ct, 9)), text("c1", "altered", edited(ct, pqCipherSize)),
		text("c1 with top bit", "altered", append(append(bytes.Clone(ct[:pqCipherSize]), topBit(ct[pqCipherSize:pqCipherSize+32])...), ct[pqCipherSize+32:]...)),
		text("text", "altered", edited(ct, pqCipherSize+32)), text("tag", "altered", edited(ct, len(ct)-1)),
		text("a byte less", "truncated", ct[:len(ct)-1]), text("only c2 and c1", "truncated", ct[:pqCipherSize+32]), text("nothing", "truncated", []byte{}),
		text("a byte more", "extended", append(bytes.Clone(ct), 0)),
		bad("another receiver", "wrong key", func(c *sdapkeCase) { c.Receiver = &other }),
	}
}

func topBit(b []byte) []byte {
	c := bytes.Clone(b)
	c[31] ^= 0x80
	return c
}

// reencapsulated puts a fresh, valid c2 in front: a receiver's PQ key is public.
func reencapsulated(t *testing.T, ct []byte, to *wire.PQKey) []byte {
	t.Helper()
	ek, err := mlkem.NewEncapsulationKey768(to[:])
	if err != nil {
		t.Fatal(err)
	}
	_, c2, err := mlkemtest.Encapsulate768(ek, fixed("again", 32))
	if err != nil {
		t.Fatal(err)
	}
	return append(bytes.Clone(c2), ct[pqCipherSize:]...)
}

func checkSDAPKE(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *sdapkeCase) caseHead { return c.caseHead }, func(c *sdapkeCase) error {
		k, err := c.Receiver.identity()
		if err != nil {
			t.Fatal(err)
		}
		fetch, dh, pq := wire.FetchKey(c.Fetch), wire.DHKey(c.SenderDH), wire.PQKey(c.SenderPQ)
		got, err := openAPKE(wire.NewsroomKey(c.NR), k.intake, &fetch, &dh, &pq, c.Ciphertext)
		if err != nil || c.Class != "" {
			return err
		}
		if !bytes.Equal(got, c.Plaintext) {
			return errors.New("another plaintext")
		}
		return resealAPKE(c, k)
	})
}

// resealAPKE seals with the randomness written down.
func resealAPKE(c *sdapkeCase, k *identity) error {
	sender, err := c.Sender.identity()
	if err != nil {
		return err
	}
	ek, err := mlkem.NewEncapsulationKey768(k.tuple.PQ[:])
	if err != nil {
		return err
	}
	k2, c2, err := mlkemtest.Encapsulate768(ek, c.Ephemeral[:32])
	if err != nil {
		return err
	}
	info := apkeInfo(c2, &k.tuple.Fetch, &sender.tuple.PQ)
	c1, ct, err := authPSKSeal(bytes.NewReader(c.Ephemeral[32:]), sender.intake.dh, &k.tuple.DH, preShared{k2, []byte(pskID)}, info, c.NR, c.Plaintext)
	if err != nil {
		return err
	}
	if !bytes.Equal(append(append(c2, c1...), ct...), c.Ciphertext) {
		return errors.New("seals to another ciphertext")
	}
	return nil
}

type edit struct {
	At    int      `json:"at"`
	Bytes hexBytes `json:"bytes"`
}

type envelopeCase struct {
	caseHead
	NR       hexBytes    `json:"nr,omitempty"`
	Receiver *keySecrets `json:"receiver,omitempty"`
	Sender   *keySecrets `json:"sender,omitempty"`
	Size     int         `json:"size,omitempty"` // of the class: 15,360 or 8,192
	Area     hexBytes    `json:"area,omitempty"`
	Envelope hexBytes    `json:"envelope,omitempty"`

	Of     string `json:"of,omitempty"`
	Edits  []edit `json:"edits,omitempty"`
	Length int    `json:"length,omitempty"`
}

func generateEnvelopes(t *testing.T) (any, any) {
	rk, sk := fixedSecrets(t, "envelope receiver"), fixedSecrets(t, "envelope sender")
	receiver, sender := mustIdentity(t, rk), mustIdentity(t, sk)
	nr := fixedNewsroom()
	var pass []envelopeCase
	for i, c := range []struct {
		name string
		kind Kind
		size int
		m    interface{ encode() ([]byte, error) }
	}{
		{"letter", KindLetter, wire.EnvelopeSize, &Letter{ID: [16]byte(fixed("id", 16)), Text: "Прошу передать редактору: всё правда."}},
		{"note", KindNote, wire.EnvelopeSize, &Note{ID: [16]byte(fixed("note id", 16)), Text: "seen, I take it"}},
		{"reply", KindReply, wire.ReplySize, &Reply{Number: 2, Lowest: 1, Day: 20_800, Author: wire.JournalistID{1}, Text: "thank you"}},
		{"another reply", KindReply, wire.ReplySize, &Reply{Number: 3, Lowest: 1, Day: 20_801, Author: wire.JournalistID{1}, Text: "one more thing"}},
	} {
		area, err := packArea(c.kind, body(t, c.m), c.size-envelopeOverhead)
		if err != nil {
			t.Fatal(err)
		}
		setRandom(t, uint64(300+i))
		from := sender
		if i == 3 {
			from = mustIdentity(t, fixedSecrets(t, "envelope other sender"))
		}
		e, err := sealEnvelope(nr, from, receiver.tuple, area)
		if err != nil {
			t.Fatal(err)
		}
		keys := keySecrets{from.fetch.scalar.Bytes(), from.intake.dh.raw[:], from.intake.pq.key.Bytes(), from.intake.pke.seed()}
		pass = append(pass, envelopeCase{
			caseHead: caseHead{Name: c.name}, NR: nr[:], Receiver: &rk, Sender: &keys, Size: c.size,
			Area: bytes.TrimRight(area, "\x00"), Envelope: e,
		})
	}
	return pass, badEnvelopes(t, pass[2], pass[3], receiver)
}

func badEnvelopes(t *testing.T, good, second envelopeCase, receiver *identity) []envelopeCase {
	e, other := good.Envelope, second.Envelope
	who := len(e) - pkeCipherSize
	text := hintSize + pqCipherSize + 32
	change := func(name, class string, edits ...edit) envelopeCase {
		return envelopeCase{caseHead: caseHead{name, class}, Of: good.Name, Edits: edits}
	}
	flip := func(name, class string, at int) envelopeCase { return change(name, class, edit{at, []byte{e[at] ^ 1}}) }
	length := func(name, class string, n int) envelopeCase {
		c := change(name, class)
		c.Length = n
		return c
	}
	under := func(name, class string, spoil func(c *envelopeCase)) envelopeCase {
		c := change(name, class)
		spoil(&c)
		return c
	}
	zero, ones := make([]byte, 32), bytes.Repeat([]byte{0xff}, 32)
	otherKeys := fixedSecrets(t, "envelope somebody else")
	otherFetch := *good.Receiver
	otherFetch.Fetch = otherKeys.Fetch
	otherOpen := otherKeys
	otherOpen.Fetch = good.Receiver.Fetch
	return []envelopeCase{
		flip("Z", "altered hint", 40), change("Z of another", "altered hint", edit{32, other[32:64]}),
		change("X", "identity", edit{0, zero}), change("X and Z", "identity", edit{0, zero}, edit{32, zero}), change("Z", "identity", edit{32, zero}),
		change("X", "non-canonical point", edit{0, ones}), change("Z", "non-canonical point", edit{32, ones}), flip("X negative", "non-canonical point", 0),
		flip("c2", "altered c2", hintSize+5), change("c2 encapsulated anew", "re-encapsulated c2", edit{hintSize, reencapsulated(t, e[hintSize:who], &receiver.tuple.PQ)[:pqCipherSize]}),
		flip("c1", "altered c1", hintSize+pqCipherSize), change("c1 zero", "altered c1", edit{hintSize + pqCipherSize, zero}),
		change("c1 with top bit", "altered c1", edit{hintSize + pqCipherSize + 31, []byte{e[hintSize+pqCipherSize+31] ^ 0x80}}),
		flip("text", "altered text", text), flip("tag", "altered text", who-1),
		flip("enc", "altered sender", who), flip("sender's keys", "altered sender", who+xwingEncSize), flip("tag", "altered sender", len(e)-1),
		change("CT_PKE of another sender", "exchanged fields", edit{who, other[who:]}),
		change("CT_APKE of another sender", "exchanged fields", edit{hintSize, other[hintSize:who]}),
		change("c1 and text of another", "exchanged fields", edit{hintSize + pqCipherSize, other[hintSize+pqCipherSize : who]}),
		length("a byte less", "truncated", len(e)-1), length("nothing", "truncated", -1), length("a byte more", "extended", len(e)+1),
		length("of the other class", "extended", wire.EnvelopeSize),
		under("newsroom", "wrong NR", func(c *envelopeCase) { c.NR = edited(good.NR, 0) }),
		under("fetch key", "swapped fetch key", func(c *envelopeCase) { c.Receiver = &otherFetch }),
		under("all but fetch key", "wrong key", func(c *envelopeCase) { c.Receiver = &otherOpen }),
		under("stranger", "wrong key", func(c *envelopeCase) { c.Receiver = &otherKeys }),
	}
}

// from fills in what a refused case shares with the case it is made of.
func (c *envelopeCase) from(all []envelopeCase) error {
	for i := range all {
		if all[i].Name != c.Of || c.Of == "" {
			continue
		}
		base := all[i]
		c.Size, c.Envelope = base.Size, bytes.Clone(base.Envelope)
		if c.NR == nil {
			c.NR = base.NR
		}
		if c.Receiver == nil {
			c.Receiver = base.Receiver
		}
		for _, e := range c.Edits {
			copy(c.Envelope[e.At:], e.Bytes)
		}
		if c.Length != 0 {
			c.Envelope = append(c.Envelope, make([]byte, wire.EnvelopeSize)...)[:max(0, c.Length)]
		}
		return nil
	}
	return errors.New("made of no case")
}

func checkEnvelopes(t *testing.T, raw []byte) {
	all := readVectors[envelopeCase](t, raw).Pass
	eachCase(t, raw, func(c *envelopeCase) caseHead { return c.caseHead }, func(c *envelopeCase) error {
		if c.Class != "" {
			if err := c.from(all); err != nil {
				t.Fatal(err)
			}
		}
		k, err := c.Receiver.identity()
		if err != nil {
			t.Fatal(err)
		}
		p, err := cutEnvelope(c.Envelope, c.Size)
		if err != nil {
			return err
		}
		// The class "swapped fetch key" is about SD-APKE: it must hold without the hint.
		if !k.mine(c.Envelope, c.Size) && c.Class != "swapped fetch key" {
			return ErrCannotOpen
		}
		m, err := openParts(wire.NewsroomKey(c.NR), &k.tuple.Fetch, []*intake{k.intake}, p)
		if err != nil || c.Class != "" {
			return err
		}
		sender, err := c.Sender.identity()
		if err != nil || m.sender != *sender.tuple || !bytes.Equal(bytes.TrimRight(m.area, "\x00"), c.Area) || len(m.area) != c.Size-envelopeOverhead {
			return fmt.Errorf("opens to something else: %w", err)
		}
		return nil
	})
}
