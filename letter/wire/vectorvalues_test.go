// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/hex"
	"strings"
)

// vectorValues is values.json: what is computed, not parsed.
type vectorValues struct {
	Description string          `json:"description"`
	Preimages   []preimageValue `json:"preimages"`
	Keys        []keyValue      `json:"newsroom keys"`
	Request     requestValue    `json:"fingerprint"`
	Tuple       tupleValue      `json:"pseudonym"`
	Chunk       [2]string       `json:"chunk id"`
	Padme       [][2]int        `json:"padme"`
	Tree        []treeValue     `json:"trees"`
	Slots       []slotValue     `json:"slot owners"`
	Work        []workValue     `json:"work"`
	Shapes      []shapeValue    `json:"view shapes in earnest"`
	Periods     [][3]int64      `json:"periods of second and length"`
	Names       namesValue      `json:"names"`
	Addresses   namesValue      `json:"addresses"`
}

type preimageValue struct {
	Tag      string `json:"tag"`
	Message  string `json:"message"`
	Preimage string `json:"preimage"`
	Hash     string `json:"hash"`
}

type keyValue struct {
	Key   string    `json:"key"`
	Text  string    `json:"text"`
	Check [4]uint16 `json:"check numbers"`
}

type requestValue struct {
	Bytes   string    `json:"bytes"`
	Numbers [6]uint16 `json:"numbers"`
}

type tupleValue struct {
	Case string `json:"case of tuple.json"`
	Hash string `json:"pseudonym"`
}

type treeValue struct {
	Size     int      `json:"size"`
	Root     string   `json:"root"`
	Frontier []string `json:"frontier"`
	Leaf     string   `json:"next header,omitempty"`
}

type slotValue struct {
	Sealing int64 `json:"sealing"`
	Slot    int   `json:"slot"`
	Index   int   `json:"index of the journalist in context.json"`
}

type workValue struct {
	Slot       uint64 `json:"slot"`
	Subject    string `json:"subject"`
	Counter    string `json:"counter"`
	Iterations uint32 `json:"iterations"`
	Hash       string `json:"hash"`
}

type shapeValue struct {
	Size      uint64    `json:"size"`
	Everyones [4]uint64 `json:"everyones base before pages after"`
	Weeks     [4]uint64 `json:"weeks"`
}

type namesValue struct {
	Good []string `json:"good"`
	Bad  []string `json:"bad in hexadecimal"`
}

func valuesOf(h *house) vectorValues {
	tuple := tupleOf("source")
	p := tuple.Pseudonym()
	request := h.request()
	return vectorValues{
		Description: "Hashes, names and numbers of spec/README.md, keys.md, attachments.md and drop.md that are computed and not parsed.",
		Preimages:   preimageValues(),
		Keys:        []keyValue{keyValueOf(h.key), keyValueOf(NewsroomKey{})},
		Request:     requestValue{hex.EncodeToString(request), FingerprintNumbers(request)},
		Tuple:       tupleValue{"key tuple: of a source", hex.EncodeToString(p[:])},
		Chunk:       [2]string{hex.EncodeToString([]byte("chunk")), ChunkIDOf([]byte("chunk")).String()},
		Padme:       padmeValues(),
		Tree:        treeValues(h),
		Slots:       slotValues(h),
		Work:        workValues(h),
		Shapes:      shapeValues(),
		Periods:     periodValues(),
		Names: namesOf([]string{"A", "Вольный голос", "ایران", "Łódź, № 5", "a b", "\u3042", strings.Repeat("x", 96), "😀", "e\u0301"}, []string{
			"", strings.Repeat("x", 97), "\xff", "\xed\xa0\x80", " a", "a ", "\u00a0a", "a\u3000", "a\nb", "a\x00", "a\x7fb", "a\u0085b", "a\u00adb",
			"a\u200bb", "a\u200cb", "a\u202eb", "a\u2066b", "\ufeffa", "\ue000", "\U000e0041", "\U0010ffff", "a\u2028b", "a\u061cb",
		}),
		Addresses: namesOf([]string{"http://" + strings.Repeat("a", 56) + ".onion", "http://127.0.0.1:1", "http://a", "http://a-b.c:65535"}, []string{
			"", "http://", "https://a", "HTTP://a", "http://A", "http://a/", "http://a?", "http://a:", "http://a:0", "http://a:080", "http://a:65536",
			"http://u@a", "http://.a", "http://a.", "http://a..b", "http://-a", "http://a-", "http://a b", "http://é", "http://a_b", "http://" + strings.Repeat("a", 64),
		}),
	}
}

func preimageValues() []preimageValue {
	var list []preimageValue
	for _, msg := range []string{"", "message"} {
		for _, tag := range []string{TagRoot, tagWork} {
			sum := HashTag(tag, []byte(msg))
			list = append(list, preimageValue{tag, hex.EncodeToString([]byte(msg)), hex.EncodeToString(Preimage(tag, []byte(msg))), sum.String()})
		}
	}
	return list
}

func keyValueOf(k NewsroomKey) keyValue {
	return keyValue{hex.EncodeToString(k[:]), k.String(), k.CheckNumbers()}
}

func padmeValues() [][2]int {
	var list [][2]int
	for _, n := range []int{1, 2, 3, 4, 5, 8, 9, 10, 11, 17, 33, 62, 64, 65, 100, 1000, 10_000, 16_384} {
		list = append(list, [2]int{n, Padme(n)})
	}
	return list
}

func treeValues(h *house) []treeValue {
	l := h.log(Replies, 9)
	tree := NewTree()
	var list []treeValue
	for size := 0; size <= 9; size++ {
		v := treeValue{Size: size, Root: tree.Root().String(), Frontier: []string{}}
		for _, f := range tree.Frontier() {
			v.Frontier = append(v.Frontier, f.String())
		}
		if size < 9 {
			v.Leaf = hex.EncodeToString(l.headers[size])
			tree.Append(l.leaves[size])
		}
		list = append(list, v)
	}
	return list
}

func slotValues(h *house) []slotValue {
	var list []slotValue
	for _, sealing := range []int64{21_600, 1_790_013_600, 1_790_035_200} {
		for _, slot := range []int{0, 1, 7} {
			_, index, _ := h.roster.Journalist(h.roster.SlotOwner(sealing, slot))
			list = append(list, slotValue{sealing, slot, index})
		}
	}
	return list
}

func workValues(h *house) []workValue {
	subject := Hash(seedOf("subject"))
	var list []workValue
	for _, counter := range []uint64{0, 1, 1<<64 - 1} {
		for _, iterations := range []uint32{1, 1000} {
			sum := workHash(workPassword(h.key, testSlot, subject), counter, iterations)
			list = append(list, workValue{testSlot, subject.String(), hex.EncodeToString(be64(counter)), iterations, hex.EncodeToString(sum)})
		}
	}
	return list
}

func shapeValues() []shapeValue {
	var list []shapeValue
	s := DefaultSchedule()
	for _, size := range []uint64{0, 1, 28, 29, 120, 121, 480, 481, 10_000} {
		e, w := s.EveryonesView(size), s.WeeksView(size)
		list = append(list, shapeValue{size, [4]uint64{e.Base, e.Before, e.Pages, e.After}, [4]uint64{w.Base, w.Before, w.Pages, w.After}})
	}
	return list
}

func periodValues() [][3]int64 {
	var list [][3]int64
	for _, v := range [][2]int64{{0, 60}, {59, 60}, {60, 60}, {testIssued, testPeriod}} {
		list = append(list, [3]int64{v[0], v[1], int64(PeriodAt(v[0], uint32(v[1])))})
	}
	return list
}

// namesOf keeps the bad ones in hexadecimal, since some are not UTF-8.
func namesOf(good, bad []string) namesValue {
	v := namesValue{Good: good}
	for _, s := range bad {
		v.Bad = append(v.Bad, hex.EncodeToString([]byte(s)))
	}
	return v
}
