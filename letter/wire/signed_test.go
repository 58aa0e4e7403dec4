// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"testing"
)

// TestBundles covers whose bundle it is, and which roster it was made under (M-2,
// M-18, M-19, M-20).
func TestBundles(t *testing.T) {
	h := found("Anna", "Boris")
	for name, tt := range map[string]struct {
		change func(*BundleBody)
		want   string
	}{
		"sound":                {func(*BundleBody) {}, ""},
		"another newsroom":     {func(b *BundleBody) { b.Newsroom[0]++ }, "mismatch"},
		"a later roster":       {func(b *BundleBody) { b.RosterNumber = 2 }, "chain"},
		"roster 0":             {func(b *BundleBody) { b.RosterNumber = 0 }, "malformed"},
		"roster 2^53":          {func(b *BundleBody) { b.RosterNumber = 1 << 53 }, "malformed"},
		"bad DH":               {func(b *BundleBody) { b.DH = DHKey{} }, "malformed"},
		"DH of small order":    {func(b *BundleBody) { b.DH = DHKey{1} }, "malformed"},
		"DH not canonical":     {func(b *BundleBody) { b.DH = DHKey(keyBeyond()) }, "malformed"},
		"DH with the top bit":  {func(b *BundleBody) { b.DH[31] |= 0x80 }, "malformed"},
		"bad PQ":               {func(b *BundleBody) { b.PQ[0], b.PQ[1] = 0xff, 0xff }, "malformed"},
		"bad PKE, first half":  {func(b *BundleBody) { b.PKE[0], b.PKE[1] = 0xff, 0xff }, "malformed"},
		"bad PKE, second half": {func(b *BundleBody) { clear(b.PKE[PQSize:]) }, "malformed"},
	} {
		b := must(ParseBundle(h.bundle(0, 9))).body
		tt.change(&b)
		t.Run(name, func(t *testing.T) { wantError(t, acceptBundle(h, h.signBundle(&b)), tt.want) })
	}
	b := must(ParseBundle(h.bundle(0, 9))).body
	b.ID = h.id(1)
	wantError(t, acceptBundle(h, AssembleBundle(b.SignedPart(), sign(h.people[h.id(0)], TagBundle, b.SignedPart()))), "signature")
	b.ID = journalistOf("Stranger").ID
	wantError(t, acceptBundle(h, AssembleBundle(b.SignedPart(), sign(keyOf("Stranger"), TagBundle, b.SignedPart()))), "mismatch")
	if v := must(must(ParseBundle(h.bundle(1, 9))).Verify(h.roster)); v.ID != h.id(1) || v.Period != 9 {
		t.Error("a verified bundle says something else")
	}
}

// TestKeysFile covers a file of the wrong bundles, and that one bundle with bad keys
// does not spoil it.
func TestKeysFile(t *testing.T) {
	h := found("Anna", "Boris")
	one, other := h.bundle(0, 7), h.bundle(1, 7)
	b := must(ParseBundle(one)).body
	b.DH = DHKey{}
	spoilt := must(ParseKeysFile(EncodeKeysFile(h.key, 7, [][]byte{h.signBundle(&b), other})))
	_, err := spoilt.Bundles[0].Verify(h.roster)
	wantError(t, err, "malformed")
	_, err = spoilt.Bundles[1].Verify(h.roster)
	wantError(t, err, "")

	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"both":             {EncodeKeysFile(h.key, 7, [][]byte{other, one}), ""},
		"none":             {EncodeKeysFile(h.key, 7, nil), ""},
		"one twice":        {EncodeKeysFile(h.key, 7, [][]byte{one, one}), "malformed"},
		"another period":   {EncodeKeysFile(h.key, 8, [][]byte{one}), "mismatch"},
		"another newsroom": {EncodeKeysFile(NewsroomKey{1}, 7, [][]byte{one}), "mismatch"},
		"nine":             {EncodeKeysFile(h.key, 7, make([][]byte, 9)), "malformed"},
	} {
		_, err := ParseKeysFile(tt.file)
		t.Run(name, func(t *testing.T) { wantError(t, err, tt.want) })
	}
	f := must(ParseKeysFile(EncodeKeysFile(h.key, 7, nil)))
	wantError(t, f.CheckFor(h.key, 7), "")
	wantError(t, f.CheckFor(h.key, 8), "mismatch")
	wantError(t, f.CheckFor(NewsroomKey{}, 7), "mismatch")
}

// TestBeats covers which beats only count as absent, and which show that the drop
// lies (M-2, M-4, M-33).
func TestBeats(t *testing.T) {
	h := found("Anna", "Boris")
	second := with(h.successor(), func(b *RosterBody) { b.Incarnation[0]++ })
	moved := h.with(&second).Roster()
	for name, tt := range map[string]struct {
		change func(*BeatBody)
		roster *Roster
		want   string
	}{
		"sound":                       {func(*BeatBody) {}, h.roster, ""},
		"of no pages":                 {func(b *BeatBody) { b.Size, b.Root = 0, emptyTree() }, h.roster, ""},
		"of no pages, another root":   {func(b *BeatBody) { b.Size = 0 }, h.roster, "malformed"},
		"size 2^53":                   {func(b *BeatBody) { b.Size = 1 << 53 }, h.roster, "malformed"},
		"day past all time":           {func(b *BeatBody) { b.Day = MaxTime/daySeconds + 1 }, h.roster, "malformed"},
		"roster 0":                    {func(b *BeatBody) { b.RosterNumber = 0 }, h.roster, "malformed"},
		"another newsroom":            {func(b *BeatBody) { b.Newsroom[0]++ }, h.roster, "mismatch"},
		"a later roster":              {func(b *BeatBody) { b.RosterNumber = 2 }, h.roster, "chain"},
		"another roster of that name": {func(b *BeatBody) { b.RosterHash[0]++ }, h.roster, "two-rosters"},
		"other logs":                  {func(b *BeatBody) { b.Incarnation[0]++ }, h.roster, "chain"},
		"before new logs":             {func(*BeatBody) {}, moved, "expired"},
		"before the newest roster":    {func(b *BeatBody) { b.Incarnation[0]++ }, moved, ""},
	} {
		b := with(h.beatBody(0), tt.change)
		t.Run(name, func(t *testing.T) {
			u, err := ParseBeat(h.signBeat(&b))
			if err == nil {
				_, err = u.Verify(tt.roster)
			}
			wantError(t, err, tt.want)
		})
	}
	b := with(h.beatBody(0), func(b *BeatBody) { b.ID = h.id(1) })
	wantError(t, acceptBeat(h, AssembleBeat(b.SignedPart(), sign(h.people[h.id(0)], TagBeat, b.SignedPart()))), "signature")
	b.ID = journalistOf("Stranger").ID
	wantError(t, acceptBeat(h, AssembleBeat(b.SignedPart(), sign(keyOf("Stranger"), TagBeat, b.SignedPart()))), "mismatch")
}

// TestNewerBeat covers the order of beats: day, roster number, size.
func TestNewerBeat(t *testing.T) {
	old := &Beat{beatBody: BeatBody{Day: 5, RosterNumber: 5, Size: 5}}
	for _, tt := range []struct {
		day        uint32
		roster, at uint64
		want       bool
	}{{5, 5, 5, false}, {6, 1, 1, true}, {4, 9, 9, false}, {5, 6, 1, true}, {5, 4, 9, false}, {5, 5, 6, true}, {5, 5, 4, false}} {
		b := &Beat{beatBody: BeatBody{Day: tt.day, RosterNumber: tt.roster, Size: tt.at}}
		if b.Newer(old) != tt.want {
			t.Errorf("%+v: newer is %v", tt, !tt.want)
		}
	}
}

// TestBeatsFile covers a file of the wrong beats.
func TestBeatsFile(t *testing.T) {
	h := found("Anna", "Boris")
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"both":             {EncodeBeatsFile(h.key, [][]byte{h.beat(1), h.beat(0)}), ""},
		"none":             {EncodeBeatsFile(h.key, nil), ""},
		"one twice":        {EncodeBeatsFile(h.key, [][]byte{h.beat(0), h.beat(0)}), "malformed"},
		"another newsroom": {EncodeBeatsFile(NewsroomKey{1}, [][]byte{h.beat(0)}), "mismatch"},
		"nine":             {EncodeBeatsFile(h.key, make([][]byte, 9)), "malformed"},
	} {
		_, err := ParseBeatsFile(tt.file)
		t.Run(name, func(t *testing.T) { wantError(t, err, tt.want) })
	}
	wantError(t, must(ParseBeatsFile(EncodeBeatsFile(h.key, nil))).CheckFor(NewsroomKey{}), "mismatch")
}

// TestHeads covers whose head it is, and two that cannot both be honest (M-25).
func TestHeads(t *testing.T) {
	h := found("Anna")
	l := h.log(Replies, 3)
	honest := must(must(ParseHead(l.head())).Verify(h.roster))
	for name, tt := range map[string]struct {
		change   func(*HeadBody)
		want     string
		convicts bool
	}{
		"the same":             {func(*HeadBody) {}, "", false},
		"another root":         {func(b *HeadBody) { b.Root[0]++ }, "", true},
		"another time":         {func(b *HeadBody) { b.Sealed++ }, "", true},
		"another size":         {func(b *HeadBody) { b.Size++; b.Root[0]++ }, "", false},
		"another log":          {func(b *HeadBody) { b.Log = Desk; b.Root[0]++ }, "", false},
		"another newsroom":     {func(b *HeadBody) { b.Newsroom[0]++ }, "mismatch", false},
		"other logs":           {func(b *HeadBody) { b.Incarnation[0]++ }, "mismatch", false},
		"no pages, sealed":     {func(b *HeadBody) { b.Size, b.Root = 0, emptyTree() }, "malformed", false},
		"no pages, a root":     {func(b *HeadBody) { b.Size, b.Sealed = 0, 0 }, "malformed", false},
		"no pages":             {func(b *HeadBody) { b.Size, b.Sealed, b.Root = 0, 0, emptyTree() }, "", false},
		"pages, never sealed":  {func(b *HeadBody) { b.Sealed = 0 }, "malformed", false},
		"log 0":                {func(b *HeadBody) { b.Log = 0 }, "malformed", false},
		"log 4":                {func(b *HeadBody) { b.Log = 4 }, "malformed", false},
		"size 2^53":            {func(b *HeadBody) { b.Size = 1 << 53 }, "malformed", false},
		"sealed past all time": {func(b *HeadBody) { b.Sealed = MaxTime + 1 }, "malformed", false},
	} {
		b := with(l.headBody(), tt.change)
		t.Run(name, func(t *testing.T) {
			raw := AssembleHead(b.SignedPart(), sign(h.drop, TagHead, b.SignedPart()))
			wantError(t, acceptHead(h, raw), tt.want)
			if tt.want != "" {
				return
			}
			other := must(must(ParseHead(raw)).Verify(h.roster))
			if honest.Convicts(other) != tt.convicts || other.Convicts(honest) != tt.convicts {
				t.Errorf("convicts is not %v", tt.convicts)
			}
		})
	}
	b := l.headBody()
	wantError(t, acceptHead(h, AssembleHead(b.SignedPart(), sign(h.access, TagHead, b.SignedPart()))), "signature")
}
