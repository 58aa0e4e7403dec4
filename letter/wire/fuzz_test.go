// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Each target gives hostile bytes to one parser. What it refuses must be refused by
// one kind of error; what it accepts must, built again, be the same bytes: one value
// has one encoding. The sound object of each kind is added here; testdata/fuzz holds
// damaged ones.

func FuzzRoot(f *testing.F)          { fuzzParser(f, "root") }
func FuzzRoster(f *testing.F)        { fuzzParser(f, "roster") }
func FuzzNewsroom(f *testing.F)      { fuzzParser(f, "newsroom") }
func FuzzRequest(f *testing.F)       { fuzzParser(f, "request") }
func FuzzBundle(f *testing.F)        { fuzzParser(f, "bundle") }
func FuzzKeysFile(f *testing.F)      { fuzzParser(f, "keys file") }
func FuzzGrant(f *testing.F)         { fuzzParser(f, "grant") }
func FuzzBeat(f *testing.F)          { fuzzParser(f, "beat") }
func FuzzBeatsFile(f *testing.F)     { fuzzParser(f, "beats file") }
func FuzzHead(f *testing.F)          { fuzzParser(f, "head") }
func FuzzPageHeader(f *testing.F)    { fuzzParser(f, "page header") }
func FuzzLettersPage(f *testing.F)   { fuzzParser(f, "letters page") }
func FuzzRepliesPage(f *testing.F)   { fuzzParser(f, "replies page") }
func FuzzDeskPage(f *testing.F)      { fuzzParser(f, "desk page") }
func FuzzView(f *testing.F)          { fuzzParser(f, "view") }
func FuzzLetterPost(f *testing.F)    { fuzzParser(f, "letter post") }
func FuzzTicketRequest(f *testing.F) { fuzzParser(f, "ticket request") }
func FuzzPermit(f *testing.F)        { fuzzParser(f, "permit") }
func FuzzReplyWrite(f *testing.F)    { fuzzParser(f, "reply write") }
func FuzzSegmentWrite(f *testing.F)  { fuzzParser(f, "segment write") }
func FuzzReadRequest(f *testing.F)   { fuzzParser(f, "read request") }
func FuzzChunkRequest(f *testing.F)  { fuzzParser(f, "chunk request") }
func FuzzVouch(f *testing.F)         { fuzzParser(f, "vouch") }
func FuzzNewsroomWrite(f *testing.F) { fuzzParser(f, "newsroom write") }
func FuzzTuple(f *testing.F)         { fuzzParser(f, "key tuple") }

func FuzzNewsroomKey(f *testing.F) {
	f.Add(NewsroomKey{1}.String())
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := ParseNewsroomKey(text); nameOf(t, err) == "" && k.String() != text {
			t.Errorf("%q has another form, %q", text, k)
		}
	})
}

func FuzzAddress(f *testing.F) {
	f.Add("http://127.0.0.1:8080")
	f.Fuzz(func(t *testing.T, s string) {
		_ = nameOf(t, CheckAddress(s))
		_ = nameOf(t, CheckName(s))
	})
}

func fuzzParser(f *testing.F, kind string) {
	h := found("Anna")
	again := codecOf(kind).again
	f.Add(fuzzSeeds(h)[kind])
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		built, err := again(h, b)
		if !bytes.Equal(before, b) {
			t.Fatal("the parser writes into its input")
		}
		if nameOf(t, err) == "" && !bytes.Equal(built, b) {
			t.Fatal("what was accepted is built again as something else")
		}
	})
}

func codecOf(kind string) codec {
	for _, c := range codecs() {
		if c.kind == kind {
			return c
		}
	}
	panic("no parser of a " + kind)
}

// fuzzSeeds are small sound objects of a newsroom of one.
func fuzzSeeds(h *house) map[string][]byte {
	write := h.replyWrite(0)
	return map[string][]byte{
		"root":           h.room.RootBytes()[0],
		"roster":         h.roster.Bytes(),
		"newsroom":       h.file,
		"request":        h.request(),
		"bundle":         h.bundle(0, 1),
		"keys file":      EncodeKeysFile(h.key, 1, [][]byte{h.bundle(0, 1)}),
		"grant":          h.grant,
		"beat":           h.beat(0),
		"beats file":     EncodeBeatsFile(h.key, [][]byte{h.beat(0)}),
		"head":           h.log(Replies, 3).head(),
		"page header":    h.log(Letters, 1).headers[0],
		"letters page":   testBody(Letters, 0, 0),
		"replies page":   testBody(Replies, 0, 1),
		"desk page":      testBody(Desk, 0, 0),
		"view":           h.log(Replies, 4).view(1, 3, 4),
		"letter post":    must(letterPost(h, 1).Encode()),
		"ticket request": must((&TicketRequest{Newsroom: h.key, Permit: h.permitOf(7)}).Encode()),
		"permit":         h.permitOf(7),
		"reply write":    h.signReplyWrite(&write, 0),
		"segment write":  h.segmentWrite(0),
		"read request":   h.readRequest(),
		"chunk request":  h.chunkRequest(),
		"vouch":          h.vouch(0),
		"newsroom write": must((&NewsroomWrite{Newsroom: h.file, Grant: h.grant}).Encode()),
		"key tuple":      tupleBytes(tupleOf("source")),
	}
}

// fuzzTargets maps kinds to the targets above.
func fuzzTargets() map[string]string {
	return map[string]string{
		"root":           "FuzzRoot",
		"roster":         "FuzzRoster",
		"newsroom":       "FuzzNewsroom",
		"request":        "FuzzRequest",
		"bundle":         "FuzzBundle",
		"keys file":      "FuzzKeysFile",
		"grant":          "FuzzGrant",
		"beat":           "FuzzBeat",
		"beats file":     "FuzzBeatsFile",
		"head":           "FuzzHead",
		"page header":    "FuzzPageHeader",
		"letters page":   "FuzzLettersPage",
		"replies page":   "FuzzRepliesPage",
		"desk page":      "FuzzDeskPage",
		"view":           "FuzzView",
		"letter post":    "FuzzLetterPost",
		"ticket request": "FuzzTicketRequest",
		"permit":         "FuzzPermit",
		"reply write":    "FuzzReplyWrite",
		"segment write":  "FuzzSegmentWrite",
		"read request":   "FuzzReadRequest",
		"chunk request":  "FuzzChunkRequest",
		"vouch":          "FuzzVouch",
		"newsroom write": "FuzzNewsroomWrite",
		"key tuple":      "FuzzTuple",
	}
}

// TestFuzzCorpus writes testdata/fuzz with -update, and else checks that each parser
// has a committed corpus.
func TestFuzzCorpus(t *testing.T) {
	h := found("Anna")
	for kind, target := range fuzzTargets() {
		folder := filepath.Join("testdata", "fuzz", target)
		for name, b := range damaged(fuzzSeeds(h)[kind]) {
			path := filepath.Join(folder, name)
			want := fmt.Appendf(nil, "go test fuzz v1\n[]byte(%q)\n", b)
			if *update {
				writeCorpus(t, path, want)
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s is missing or another: run the test with -update (%v)", path, err)
			}
		}
	}
}

func writeCorpus(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// damaged keeps the corpus small: the beginning of an object only, where it is long.
func damaged(b []byte) map[string][]byte {
	const small = 600
	list := map[string][]byte{
		"nothing": {},
		"start":   b[:min(len(b)-1, 64)],
		"ones":    bytes.Repeat([]byte{0xff}, min(len(b), 128)),
	}
	if len(b) < small {
		list["sound"] = b
		list["flipped"] = replaced(b, len(b)/2, b[len(b)/2]^1)
		list["extended"] = append(bytes.Clone(b), 0)
	}
	return list
}
