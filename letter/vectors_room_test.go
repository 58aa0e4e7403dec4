// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tamizdat/letter/wire"
)

func roomConstructions() []construction {
	return []construction{
		{
			"bundle", "keys.md §5", "signing is the journalist's Ed25519 seed; dh, pq and pke are the period's secrets (fetch is unused). Refused: a bundle of the same journalist that must not count.",
			[]string{"truncated", "extended", "altered", "tag confusion", "another object"},
			generateBundles, checkBundles,
		},
		{
			"grant", "keys.md §7", "seed gives access and permit, the public keys. Wrap number i of grant opens to seed with the PKE secret readers[i], of the journalist ids[i]. Refused: a wrap opened under other circumstances.",
			[]string{"altered", "another journalist", "another newsroom", "another roster", "wrong key", "ephemeral key"},
			generateGrants, checkGrants,
		},
		{
			"work", "drop.md §8", "counter is work for subject. Refused: it is not.",
			[]string{"too few bits", "another newsroom", "another slot", "another subject", "another counter", "other iterations"},
			generateWork, checkWork,
		},
		{
			"newsroom-key", "keys.md §3", "nr has this text and these four check words in English. Refused: a text that is no key.",
			[]string{"checksum", "length", "letters", "prefix"},
			generateNewsroomKeys, checkNewsroomKeys,
		},
		{
			"fingerprint", "keys.md §3, §6", "request, a journalist's, is read aloud as these six English words. Refused: a request that is none.",
			[]string{"altered", "truncated", "extended", "tag confusion"},
			generateFingerprints, checkFingerprints,
		},
	}
}

// fixedJournalist are a journalist's keys without randomness.
func fixedJournalist(t *testing.T, label, name string) *JournalistKeys {
	t.Helper()
	return &JournalistKeys{
		name: name, identity: mustIdentity(t, fixedSecrets(t, label)), signing: newSigningKey(fixed(label+" signing", 32)),
		admin: newSigningKey(fixed(label+" admin", 32)), editor: newSigningKey(fixed(label+" editor", 32)),
	}
}

type bundleCase struct {
	caseHead
	Signing hexBytes    `json:"signing"`
	NR      hexBytes    `json:"nr"`
	Period  uint32      `json:"period"`
	Roster  uint64      `json:"roster"`
	Secrets *keySecrets `json:"secrets,omitempty"`
	Bundle  hexBytes    `json:"bundle"`
}

func generateBundles(t *testing.T) (any, any) {
	k, nr, secrets := fixedJournalist(t, "bundle", "Anna"), fixedNewsroom(), fixedSecrets(t, "bundle period")
	secrets.Fetch = nil
	in, err := newIntake(secrets.DH, secrets.PQ, secrets.PKE)
	if err != nil {
		t.Fatal(err)
	}
	good := k.Bundle(nr, 7, &PeriodKeys{period: 2960, intake: in})
	base := bundleCase{caseHead{Name: "bundle"}, k.signing.key.Seed(), nr[:], 2960, 7, &secrets, good}
	bad := func(name, class string, b []byte) bundleCase {
		c := base
		c.caseHead, c.Secrets, c.Bundle = caseHead{name, class}, nil, b
		return c
	}
	part := good[:len(good)-64]
	other := k.signing.sign(wire.TagBeat, part)
	bare := ed25519.Sign(k.signing.key, part)
	refuse := []bundleCase{
		bad("a byte less", "truncated", good[:len(good)-1]), bad("a byte more", "extended", append(bytes.Clone(good), 0)),
		bad("signed as a beat", "tag confusion", append(bytes.Clone(part), other[:]...)), bad("signed without tag", "tag confusion", append(bytes.Clone(part), bare...)),
		bad("type", "another object", edited(good, 1)), bad("version", "another object", edited(good, 0)),
	}
	for _, f := range []struct {
		name string
		at   int
	}{{"NR", 2}, {"signing key", 40}, {"period", 69}, {"roster", 77}, {"DH", 80}, {"PQ", 700}, {"PKE", 2000}, {"signature", len(good) - 40}} {
		refuse = append(refuse, bad(f.name, "altered", edited(good, f.at)))
	}
	return []bundleCase{base}, refuse
}

func checkBundles(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *bundleCase) caseHead { return c.caseHead }, func(c *bundleCase) error {
		if _, err := wire.ParseBundle(c.Bundle); err != nil {
			return err
		}
		part, sig := c.Bundle[:len(c.Bundle)-64], c.Bundle[len(c.Bundle)-64:]
		k := newSigningKey(c.Signing)
		public := k.public()
		if !bytes.Equal(part[34:66], public[:]) || !ed25519.Verify(public[:], wire.Preimage(wire.TagBundle, part), sig) {
			return errors.New("signature")
		}
		if c.Class != "" {
			return nil
		}
		in, err := newIntake(c.Secrets.DH, c.Secrets.PQ, c.Secrets.PKE)
		if err != nil {
			return err
		}
		again := (&JournalistKeys{signing: k}).Bundle(wire.NewsroomKey(c.NR), c.Roster, &PeriodKeys{period: wire.Period(c.Period), intake: in})
		if !bytes.Equal(again, c.Bundle) {
			return errors.New("another bundle")
		}
		return nil
	})
}

type grantCase struct {
	caseHead
	NR      hexBytes   `json:"nr"`
	Number  uint64     `json:"number"`
	Seed    hexBytes   `json:"seed"`
	Access  hexBytes   `json:"access"`
	Permit  hexBytes   `json:"permit"`
	Grant   hexBytes   `json:"grant"`
	IDs     []hexBytes `json:"ids"`
	Readers []hexBytes `json:"readers"`
}

func generateGrants(t *testing.T) (any, any) {
	nr, seed := fixedNewsroom(), deskSeedFrom(fixed("desk seed", 32))
	setRandom(t, 400)
	anna, boris := fixedJournalist(t, "grant a", "Anna"), fixedJournalist(t, "grant b", "Boris")
	if a, b := anna.ID(), boris.ID(); bytes.Compare(a[:], b[:]) > 0 {
		anna, boris = boris, anna
	}
	g, err := seed.Grant(nr, 7, []wire.Journalist{anna.Public(), boris.Public()})
	if err != nil {
		t.Fatal(err)
	}
	access, permit := seed.AccessKey(), seed.PermitKey()
	good := grantCase{caseHead: caseHead{Name: "two journalists"}, NR: nr[:], Number: 7, Seed: seed.seed[:], Access: access[:], Permit: permit[:], Grant: g}
	for _, k := range []*JournalistKeys{anna, boris} {
		id := k.ID()
		good.IDs, good.Readers = append(good.IDs, id[:]), append(good.Readers, k.identity.intake.pke.seed())
	}
	bad := func(name, class string, spoil func(c *grantCase)) grantCase {
		c := good
		c.caseHead = caseHead{name, class}
		spoil(&c)
		return c
	}
	const wraps = 2 + 32 + 8 + 1
	strange := []grantCase{}
	for _, name := range slices.Sorted(maps.Keys(strangeEphemerals())) {
		sealed := strangeXWing(t, &anna.identity.tuple.PKE, strangeEphemerals()[name], grantInfo(nr, 7, anna.ID()), seed.seed[:])
		changed := bytes.Clone(g)
		copy(changed[wraps+32:], sealed)
		strange = append(strange, bad(name, "ephemeral key", func(c *grantCase) { c.Grant = changed }))
	}
	return []grantCase{good}, append(strange, []grantCase{
		bad("enc", "altered", func(c *grantCase) { c.Grant = edited(g, wraps+32+7) }), bad("ct", "altered", func(c *grantCase) { c.Grant = edited(g, wraps+32+1120+3) }),
		bad("tag", "altered", func(c *grantCase) { c.Grant = edited(g, len(g)-1) }),
		bad("ids exchanged", "another journalist", func(c *grantCase) { c.IDs = []hexBytes{good.IDs[1], good.IDs[0]} }),
		bad("NR", "another newsroom", func(c *grantCase) { c.NR = edited(c.NR, 1) }), bad("number", "another roster", func(c *grantCase) { c.Number = 8 }),
		bad("readers exchanged", "wrong key", func(c *grantCase) { c.Readers = []hexBytes{good.Readers[1], good.Readers[0]} }),
	}...)
}

func checkGrants(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *grantCase) caseHead { return c.caseHead }, func(c *grantCase) error {
		g, err := wire.ParseGrant(c.Grant)
		if err != nil || len(g.Wraps) != len(c.IDs) {
			t.Fatal(err)
		}
		for i, w := range g.Wraps {
			k, err := pkeSecretFrom(c.Readers[i])
			if err != nil {
				t.Fatal(err)
			}
			sealed := append(bytes.Clone(w.Enc[:]), w.Ct[:]...)
			seed, err := openXWing(k, grantInfo(wire.NewsroomKey(c.NR), c.Number, wire.JournalistID(c.IDs[i])), sealed)
			if err != nil {
				return err
			}
			d := deskSeedFrom(seed)
			access, permit := d.AccessKey(), d.PermitKey()
			if !bytes.Equal(seed, c.Seed) || !bytes.Equal(access[:], c.Access) || !bytes.Equal(permit[:], c.Permit) {
				return errors.New("another seed")
			}
		}
		return nil
	})
}

type workCase struct {
	caseHead
	NR         hexBytes `json:"nr"`
	Slot       uint64   `json:"slot"`
	Subject    hexBytes `json:"subject"`
	Counter    hexBytes `json:"counter"` // u64
	Iterations uint32   `json:"iterations"`
	Bits       int      `json:"bits"`
}

func generateWork(t *testing.T) (any, any) {
	nr := fixedNewsroom()
	setRandom(t, 500)
	var pass []workCase
	for i, p := range []struct {
		iterations uint32
		bits       int
	}{{1, 0}, {1, 12}, {100, 8}, {1000, 8}} {
		subject := wire.Hash(fixed(fmt.Sprint("subject ", i), 32))
		counter, err := wire.DoWork(t.Context(), nr, 497_222, subject, p.iterations, p.bits)
		if err != nil {
			t.Fatal(err)
		}
		pass = append(pass, workCase{
			caseHead{Name: fmt.Sprintf("%d bits of %d iterations", p.bits, p.iterations)},
			nr[:], 497_222, subject[:],
			binary.BigEndian.AppendUint64(nil, counter), p.iterations, p.bits,
		})
	}
	bad := func(name, class string, spoil func(c *workCase)) workCase {
		c := pass[3]
		c.caseHead = caseHead{name, class}
		spoil(&c)
		return c
	}
	return pass, []workCase{
		bad("24 bits", "too few bits", func(c *workCase) { c.Bits = 24 }), bad("NR", "another newsroom", func(c *workCase) { c.NR = edited(c.NR, 0) }),
		bad("next", "another slot", func(c *workCase) { c.Slot++ }), bad("before", "another slot", func(c *workCase) { c.Slot-- }),
		bad("changed", "another subject", func(c *workCase) { c.Subject = edited(c.Subject, 31) }), bad("of another case", "another subject", func(c *workCase) { c.Subject = pass[2].Subject }),
		bad("changed", "another counter", func(c *workCase) { c.Counter = edited(c.Counter, 7) }), bad("one less", "other iterations", func(c *workCase) { c.Iterations-- }),
	}
}

func checkWork(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *workCase) caseHead { return c.caseHead }, func(c *workCase) error {
		counter := binary.BigEndian.Uint64(c.Counter)
		if !wire.WorkDone(wire.NewsroomKey(c.NR), c.Slot, wire.Hash(c.Subject), counter, c.Iterations, c.Bits) {
			return errors.New("not done")
		}
		return nil
	})
}

type newsroomKeyCase struct {
	caseHead
	NR    hexBytes `json:"nr,omitempty"`
	Text  string   `json:"text"`
	Words string   `json:"words,omitempty"`
}

func generateNewsroomKeys(_ *testing.T) (any, any) {
	var pass []newsroomKeyCase
	for i, b := range [][]byte{make([]byte, 32), bytes.Repeat([]byte{0xff}, 32), fixed("newsroom", 32)} {
		nr := wire.NewsroomKey(b)
		words := CheckWords(nr, English())
		pass = append(pass, newsroomKeyCase{caseHead{Name: fmt.Sprint("key ", i)}, b, nr.String(), strings.Join(words[:], " ")})
	}
	good := pass[2].Text
	bad := func(name, class, text string) newsroomKeyCase {
		return newsroomKeyCase{caseHead: caseHead{name, class}, Text: text}
	}
	swapped := []byte(good)
	for i := 20; ; i++ {
		if swapped[i] != swapped[i+1] {
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			break
		}
	}
	return pass, []newsroomKeyCase{
		bad("two letters exchanged", "checksum", string(swapped)), bad("checksum of another", "checksum", good[:len(good)-4]+pass[0].Text[len(good)-4:]),
		bad("a letter less", "length", good[:len(good)-1]), bad("a letter more", "length", good+"a"), bad("padding", "length", good+"="), bad("nothing", "length", ""),
		bad("space around", "length", " "+good), bad("capitals", "letters", strings.ToUpper(good)), bad("one capital", "letters", good[:20]+strings.ToUpper(good[20:])),
		bad("0 for o", "letters", good[:30]+"0"+good[31:]), bad("another prefix", "prefix", "tamizdat2"+good[9:]),
	}
}

func checkNewsroomKeys(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *newsroomKeyCase) caseHead { return c.caseHead }, func(c *newsroomKeyCase) error {
		nr, err := wire.ParseNewsroomKey(c.Text)
		if err != nil || c.Class != "" {
			return err
		}
		words := CheckWords(nr, English())
		if !bytes.Equal(nr[:], c.NR) || strings.Join(words[:], " ") != c.Words {
			return errors.New("another key")
		}
		return nil
	})
}

type fingerprintCase struct {
	caseHead
	Signing hexBytes    `json:"signing,omitempty"`
	Admin   hexBytes    `json:"admin,omitempty"`
	Editor  hexBytes    `json:"editor,omitempty"`
	Name    string      `json:"journalist,omitempty"`
	Secrets *keySecrets `json:"secrets,omitempty"`
	Request hexBytes    `json:"request"`
	Words   string      `json:"words,omitempty"`
}

func generateFingerprints(t *testing.T) (any, any) {
	var pass []fingerprintCase
	for _, name := range []string{"Anna", "Вера Ивановна", "آرش"} {
		secrets := fixedSecrets(t, "request "+name)
		k := fixedJournalist(t, "request "+name, name)
		words := Fingerprint(k.Request(), English())
		pass = append(pass, fingerprintCase{
			caseHead{Name: name},
			k.signing.key.Seed(), k.admin.key.Seed(), k.editor.key.Seed(), name, &secrets,
			k.Request(), strings.Join(words[:], " "),
		})
	}
	good := []byte(pass[0].Request)
	bad := func(name, class string, b []byte) fingerprintCase {
		return fingerprintCase{caseHead: caseHead{name, class}, Request: b}
	}
	k := fixedJournalist(t, "request Anna", "Anna")
	part := good[:len(good)-64]
	wrong := k.admin.sign(wire.TagJournalist, part)
	return pass, []fingerprintCase{
		bad("name", "altered", edited(good, 36)), bad("key", "altered", edited(good, 60)), bad("editor key", "altered", edited(good, len(good)-64-32-64-10)),
		bad("admin key", "altered", edited(good, len(good)-64-9)), bad("signature", "altered", edited(good, len(good)-1)),
		bad("a byte less", "truncated", good[:len(good)-1]), bad("a byte more", "extended", append(bytes.Clone(good), 0)),
		bad("admin signed as a journalist does", "tag confusion", append(bytes.Clone(part), wrong[:]...)),
	}
}

func checkFingerprints(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *fingerprintCase) caseHead { return c.caseHead }, func(c *fingerprintCase) error {
		q, err := wire.ParseRequest(c.Request)
		if err != nil || c.Class != "" {
			return err
		}
		id, err := c.Secrets.identity()
		if err != nil {
			return err
		}
		k := &JournalistKeys{name: c.Name, identity: id, signing: newSigningKey(c.Signing), admin: newSigningKey(c.Admin), editor: newSigningKey(c.Editor)}
		words := Fingerprint(c.Request, English())
		if q.Journalist.Name != c.Name || !bytes.Equal(k.Request(), c.Request) || strings.Join(words[:], " ") != c.Words {
			return errors.New("another request")
		}
		return nil
	})
}
