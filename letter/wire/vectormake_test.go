// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"crypto/ed25519"
	"maps"
	"slices"
)

// vectorFiles makes all files of objects. Their wanted errors are written down here,
// not asked of the code.
func vectorFiles(h *house) map[string]vectorFile {
	return map[string]vectorFile{
		"root.json":     rootVectors(h),
		"roster.json":   rosterVectors(h),
		"newsroom.json": newsroomVectors(h),
		"request.json":  requestVectors(h),
		"bundle.json":   bundleVectors(h),
		"grant.json":    grantVectors(h),
		"tuple.json":    tupleVectors(),
		"beat.json":     beatVectors(h),
		"head.json":     headVectors(h),
		"page.json":     pageVectors(h),
		"view.json":     viewVectors(h),
		"post.json":     postVectors(h),
		"ticket.json":   ticketVectors(h),
		"write.json":    writeVectorsOf(h),
		"read.json":     readVectors(h),
		"vouch.json":    vouchVectors(h),
		"envelope.json": envelopeVectors(),
	}
}

func rootVectors(h *house) vectorFile {
	m := newMaker("Roots (spec/keys.md §3): the first root of the newsroom, put into a newsroom file with its roster.")
	m.sound("root", "number 1, two of three admins", h.room.RootBytes()[0])
	m.frame()
	m.flip("the number", 5, "malformed")
	m.flip("the period", 40, "mismatch")
	m.flip("the threshold", 42, "mismatch")
	m.flip("a signature", -1, "signature")
	signed := h.root.encode()
	for _, name := range slices.Sorted(maps.Keys(rootFaults())) {
		b := h.root
		rootFaults()[name](&b)
		m.refused("bounds and order", name, "malformed", AssembleRoot(b.encode(), signatures(TagRoot, b.encode(), h.admins[:2])))
	}
	sigs := signatures(TagRoot, signed, h.admins)
	m.refused("threshold", "one of three admins", "threshold", AssembleRoot(signed, sigs[:1]))
	m.refused("threshold", "nobody", "threshold", AssembleRoot(signed, nil))
	m.refused("duplicated", "one admin signs twice", "malformed", AssembleRoot(signed, []Signature{sigs[0], sigs[0]}))
	m.refused("foreign key", "a stranger signs too", "signature", AssembleRoot(signed, append(sigs[:2:2], signatures(TagRoot, signed, []ed25519.PrivateKey{keyOf("stranger")})...)))
	m.refused("tag", "signed under another tag", "signature", AssembleRoot(signed, signatures(TagRoster, signed, h.admins)))
	return m.file
}

func rosterVectors(h *house) vectorFile {
	m := newMaker("Rosters (spec/keys.md §4), put into a newsroom file with the newsroom's root. Those of class bounds are signed by two admins: the content alone is at fault.")
	m.sound("roster", "two journalists, one who has left", h.roster.Bytes())
	m.frame()
	m.flip("the newsroom", 2, "mismatch")
	m.flip("the name", 96, "signature")
	m.flip("a signature", -1, "signature")
	for _, name := range slices.Sorted(maps.Keys(rosterFaults())) {
		b := h.roster.Body()
		rosterFaults()[name](&b)
		if name == "name not in NFC" || len(b.Journalists) > MaxJournalists || len(b.Former) > MaxFormer {
			continue // parsers take the first (spec/README.md §1); the others would be long
		}
		m.refused("bounds and order", name, "malformed", AssembleRoster(b.encode(), signatures(TagRoster, b.encode(), h.admins[:2])))
	}
	b := h.roster.Body()
	slices.Reverse(b.Journalists)
	m.refused("reordered", "journalists in descending order", "malformed", AssembleRoster(reencode(&b), signatures(TagRoster, reencode(&b), h.admins[:2])))
	b = h.roster.Body()
	b.Journalists[0].Tuple, b.Journalists[1].Tuple = b.Journalists[1].Tuple, b.Journalists[0].Tuple
	m.refused("swapped", "two journalists' tuples exchanged", "signature", AssembleRoster(b.encode(), signatures(TagRoster, b.encode(), h.admins[:2])))
	signed := h.body.encode()
	m.refused("threshold", "one of three admins", "threshold", AssembleRoster(signed, signatures(TagRoster, signed, h.admins[:1])))
	m.refused("foreign key", "a stranger signs too", "signature",
		AssembleRoster(signed, signatures(TagRoster, signed, []ed25519.PrivateKey{h.admins[0], h.admins[1], keyOf("stranger")})))
	m.refused("tag", "signed under another tag", "signature", AssembleRoster(signed, signatures(TagRoot, signed, h.admins[:2])))
	return m.file
}

func newsroomVectors(h *house) vectorFile {
	m := newMaker("Newsroom files (spec/keys.md §4) and newsroom writes (spec/drop.md §6).")
	roots, rotated := h.room.RootBytes(), h.rotated(h.room)
	m.sound("newsroom", "after a second root", rotated.Bytes())
	m.sound("newsroom", "as founded", h.file)
	m.frame()
	m.refused("count", "no root", "malformed", AssembleNewsroom(nil, h.roster.Bytes()))
	m.refused("duplicated", "the root twice", "chain", AssembleNewsroom([][]byte{roots[0], roots[0]}, h.roster.Bytes()))
	m.refused("reordered", "roots in descending order", "mismatch", AssembleNewsroom([][]byte{rotated.RootBytes()[1], roots[0]}, h.roster.Bytes()))
	m.refused("chain", "an old roster under a new root", "chain", AssembleNewsroom(rotated.RootBytes(), h.roster.Bytes()))
	m.refused("chain", "a roster of a root that is not there", "chain", AssembleNewsroom(roots, rotated.Roster().Bytes()))
	m.sound("newsroom write", "with its grant", must((&NewsroomWrite{Newsroom: h.file, Grant: h.grant}).Encode()))
	m.frame()
	m.flip("the grant", -1, "mismatch")
	return m.file
}

func requestVectors(h *house) vectorFile {
	m := newMaker("Journalists' requests (spec/keys.md §6).")
	m.sound("request", "of a newcomer", h.request())
	m.frame()
	m.flip("the name", 36, "signature")
	m.flip("the admin key's signature", -1, "signature")
	j, admin := journalistOf("Newcomer"), keyOf("newcomer admin")
	signed := RequestSignedPart(j, publicOf(admin))
	m.refused("tag", "admin key signs under the journalist's tag", "signature", BuildRequest(j, publicOf(admin), sign(admin, TagJournalist, signed)))
	m.refused("foreign key", "a stranger signs for the admin key", "signature", BuildRequest(j, publicOf(admin), sign(keyOf("stranger"), TagRequest, signed)))
	return m.file
}

func bundleVectors(h *house) vectorFile {
	m := newMaker("Bundles and keys files (spec/keys.md §5).")
	m.sound("bundle", "Anna or Boris, period 2959", h.bundle(0, 2959))
	m.frame()
	m.flip("the newsroom", 2, "mismatch")
	m.flip("the signing key", 34, "mismatch")
	m.flip("the period", 69, "signature")
	m.flip("the PQ key", 200, "signature")
	m.flip("the signature", -1, "signature")
	signedAs := func(change func(*BundleBody)) []byte {
		b := with(must(ParseBundle(h.bundle(0, 2959))).body, change)
		return h.signBundle(&b)
	}
	m.refused("chain", "made under a later roster", "chain", signedAs(func(b *BundleBody) { b.RosterNumber = 2 }))
	m.refused("bounds", "roster number 0", "malformed", signedAs(func(b *BundleBody) { b.RosterNumber = 0 }))
	m.refused("bad key", "X25519 key zero", "malformed", signedAs(func(b *BundleBody) { b.DH = DHKey{} }))
	m.refused("bad key", "X25519 key not canonical", "malformed", signedAs(func(b *BundleBody) { b.DH = DHKey(keyBeyond()) }))
	m.refused("bad key", "ML-KEM key past the modulus", "malformed", signedAs(func(b *BundleBody) { b.PQ[0], b.PQ[1] = 0xff, 0xff }))
	m.refused("bad key", "X-Wing key with a bad X25519 half", "malformed", signedAs(func(b *BundleBody) { clear(b.PKE[PQSize:]) }))
	one, other := h.bundle(0, 2959), h.bundle(1, 2959)
	m.sound("keys file", "both", EncodeKeysFile(h.key, 2959, [][]byte{one, other}))
	m.frame()
	m.refused("reordered", "bundles in descending order", "malformed", replaced(EncodeKeysFile(h.key, 2959, [][]byte{one, other}), 39, slices.Concat(other, one)...))
	m.refused("duplicated", "one bundle twice", "malformed", EncodeKeysFile(h.key, 2959, [][]byte{one, one}))
	m.refused("mismatch", "a bundle of another period", "mismatch", EncodeKeysFile(h.key, 2959, [][]byte{h.bundle(0, 2958), other}))
	m.refused("mismatch", "another period", "mismatch", EncodeKeysFile(h.key, 2960, nil))
	return m.file
}

func grantVectors(h *house) vectorFile {
	m := newMaker("Grants (spec/keys.md §7), compared with the hash that the roster names. Their wraps are noise: this layer does not open them.")
	m.sound("grant", "for both", h.grant)
	m.refused("truncated", "last byte missing", "mismatch", h.grant[:len(h.grant)-1])
	m.flip("the ciphertext", -1, "mismatch")
	return m.file
}

func tupleVectors() vectorFile {
	m := newMaker("Key tuples (spec/keys.md §2).")
	tuple := tupleOf("source")
	m.sound("key tuple", "of a source", tuple.Bytes())
	m.cut()
	faults := map[string]func(*Tuple){
		"X25519 key zero":              func(t *Tuple) { t.DH = DHKey{} },
		"X25519 key one":               func(t *Tuple) { t.DH = DHKey{1} },
		"X25519 key not canonical":     func(t *Tuple) { t.DH = DHKey(keyBeyond()) },
		"X25519 key with the top bit":  func(t *Tuple) { t.DH[31] |= 0x80 },
		"ML-KEM coefficient 3329":      func(t *Tuple) { t.PQ[0], t.PQ[1] = 0x01, 0x0d },
		"fetch key identity":           func(t *Tuple) { t.Fetch = FetchKey{} },
		"fetch key not canonical":      func(t *Tuple) { t.Fetch = FetchKey(keyBeyond()) },
		"fetch key negative":           func(t *Tuple) { t.Fetch = FetchKey{1} },
		"X-Wing key past the modulus":  func(t *Tuple) { t.PKE[0], t.PKE[1] = 0xff, 0x0f },
		"X-Wing key's X25519 key zero": func(t *Tuple) { clear(t.PKE[PQSize:]) },
	}
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		changed := with(tuple, faults[name])
		m.refused("bad key", name, "malformed", changed.Bytes())
	}
	return m.file
}
