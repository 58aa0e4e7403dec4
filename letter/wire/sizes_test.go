// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

const (
	sizesPage  = "../../spec/sizes.md"
	sizesBegin = "<!-- from here on made by go test ./letter/wire -run TestSizes -update -->\n"
)

// TestSizes builds one object of each kind, adds up a year at the default schedule, and
// compares what spec/sizes.md says.
func TestSizes(t *testing.T) {
	page := must(os.ReadFile(sizesPage))
	head, tables, found := bytes.Cut(page, []byte(sizesBegin))
	if !found {
		t.Fatalf("%s lacks the line %q", sizesPage, sizesBegin)
	}
	want := objectSizes(t) + yearSizes()
	if *update {
		if err := os.WriteFile(sizesPage, fmt.Appendf(nil, "%s%s%s", head, sizesBegin, want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(tables) != want {
		t.Errorf("%s does not say what the code does: run the test with -update and look at the difference", sizesPage)
	}
}

// office is a newsroom of n journalists whose names have 16 bytes.
func office(n int) *house {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("Journalist no %02d", i+1))
	}
	return found(names...)
}

// sameSizes are objects of one size, and what the code says it is.
func sameSizes(h *house) []sizeRow {
	write := h.replyWrite(0)
	l := h.log(Replies, 1)
	return []sizeRow{
		{"key tuple", len(tupleBytes(tupleOf("source"))), TupleSize},
		{"bundle", len(h.bundle(0, 1)), BundleSize},
		{"beat", len(h.beat(0)), BeatSize},
		{"head", len(l.head()), HeadSize},
		{"page header", len(l.headers[0]), PageHeaderSize},
		{"letter's envelope", len(envelopeOf("a", EnvelopeSize)), EnvelopeSize},
		{"reply's envelope", len(envelopeOf("a", ReplySize)), ReplySize},
		{"segment", SegmentSize, 8*(WrapEncSize+WrapCtSize) + 23_424},
		{"chunk", ChunkSize, 32 + 1_048_528 + 16},
		{"reply write", len(h.signReplyWrite(&write, 0)), ReplyWriteSize},
		{"segment write", len(h.segmentWrite(0)), SegmentWriteSize},
		{"log read request", len(h.readRequest()), ReadRequestSize},
		{"chunk read request", len(h.chunkRequest()), ChunkRequestSize},
		{"vouch", len(h.vouch(0)), VouchSize},
		{"permit", len(h.permitOf(7)), PermitSize},
	}
}

type sizeRow struct {
	name        string
	got, wanted int
}

func objectSizes(t *testing.T) string {
	t.Helper()
	three, eight := office(3), office(8)
	var b strings.Builder
	b.WriteString("\n## Objects of one size\n\n| object | bytes |\n|---|---|\n")
	for _, row := range sameSizes(three) {
		if row.got != row.wanted {
			t.Errorf("a %s has %d bytes, not %d", row.name, row.got, row.wanted)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", row.name, digits(row.got))
	}
	fmt.Fprintf(&b, "\n## Objects that grow\n\n%d admins, two of whom sign; names of %d bytes, the newsroom's of %d; %d addresses, together %d; a log key of %d; one who has left.\n\n",
		len(three.admins), len(three.body.Journalists[0].Name), len(three.body.Name), len(three.body.Addresses),
		len(strings.Join(three.body.Addresses, "")), len(three.body.LogKey))
	b.WriteString("| object | 3 journalists | 8 journalists | at most |\n|---|---|---|---|\n")
	one, two := grownSizes(three), grownSizes(eight)
	for i, row := range one {
		if two[i].got > two[i].wanted {
			t.Errorf("a %s has %d bytes, more than %d", row.name, two[i].got, two[i].wanted)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", row.name, digits(row.got), digits(two[i].got), digits(row.wanted))
	}
	return b.String()
}

// grownSizes are objects whose size depends on the number of journalists; wanted is
// the bound.
func grownSizes(h *house) []sizeRow {
	n := len(h.roster.Journalists)
	var bundles, beats [][]byte
	for i := range n {
		bundles, beats = append(bundles, h.bundle(i, 1)), append(beats, h.beat(i))
	}
	ticket := TicketRequest{Newsroom: h.key, Permit: h.permitOf(7)}
	return []sizeRow{
		{"root", len(h.room.RootBytes()[0]), MaxRootSize},
		{"roster", len(h.roster.Bytes()), MaxRosterSize},
		{"newsroom file", len(h.file), MaxNewsroomSize},
		{"grant", len(h.grant), MaxGrantSize},
		{"newsroom write", len(must((&NewsroomWrite{Newsroom: h.file, Grant: h.grant}).Encode())), MaxNewsroomWriteSize},
		{"keys file", len(EncodeKeysFile(h.key, 1, bundles)), MaxKeysFileSize},
		{"beats file", len(EncodeBeatsFile(h.key, beats)), MaxBeatsFileSize},
		{"journalist's request", len(h.request()), MaxRequestSize},
		{"letter post", len(must(letterPost(h, n).Encode())), MaxLetterPostSize},
		{"ticket request with a permit", len(must(ticket.Encode())), MaxTicketRequestSize},
		{"letters page without letters", PageHeaderSize + 8, PageHeaderSize + int(maxBody(Letters))},
		{"replies page, all slots filled", PageHeaderSize + 1 + 8*ReplySize, PageHeaderSize + int(maxBody(Replies))},
		{"desk page, all segments there", PageHeaderSize + 1 + n*SegmentSize, PageHeaderSize + int(maxBody(Desk))},
	}
}

// year adds up a year of a newsroom of n journalists at the default schedule, with ten
// letters a day and every slot and segment filled.
type year struct {
	n          int
	s          Schedule
	letterPage int // hourly, without letters
	letter     int // its share of a page
	replyPage  int
	deskPage   int
	pages      [4]int // sealed a year, by log
}

const (
	lettersADay = 10
	daysAYear   = 365
)

func yearOf(n int) year {
	s := DefaultSchedule()
	y := year{
		n: n, s: s, letterPage: PageHeaderSize + 8, letter: n * EnvelopeSize,
		replyPage: PageHeaderSize + 1 + s.Slots*ReplySize, deskPage: PageHeaderSize + 1 + n*SegmentSize,
	}
	for _, l := range []Log{Letters, Replies, Desk} {
		y.pages[l] = daysAYear * daySeconds / int(s.Interval(l))
	}
	return y
}

// kept is the number of bytes of whole pages that lie at the drop.
func (y year) kept(l Log) int {
	switch n := int(y.s.Kept(l)); l {
	case Letters:
		days := n * int(y.s.LettersEvery) / daySeconds
		return n*y.letterPage + days*lettersADay*y.letter
	case Replies:
		return n * y.replyPage
	default:
		return n * y.deskPage
	}
}

// sealed is the number of bytes of all pages sealed in a year.
func (y year) sealed(l Log) int {
	switch l {
	case Letters:
		return y.pages[l]*y.letterPage + daysAYear*lettersADay*y.letter
	case Replies:
		return y.pages[l] * y.replyPage
	default:
		return y.pages[l] * y.deskPage
	}
}

// view is the size of everyone's view, or the week's, of a log of a year.
func (y year) view(shape ViewShape) int {
	tree := Tree{size: shape.Base}
	for n := shape.Base; n > 0; n &= n - 1 {
		tree.frontier = append(tree.frontier, Hash{})
	}
	return viewFixed + 32*(len(tree.frontier)+int(shape.Before)+int(shape.After)) + int(shape.Pages)*y.replyPage
}

func (y year) keptRow(l Log) sizeRow {
	n := int(y.s.Kept(l))
	days := n * int(y.s.Interval(l)) / daySeconds
	return sizeRow{fmt.Sprintf("%s log, the last %s pages (%d days)", l, digits(n), days), y.kept(l), 0}
}

func (y year) rows() []sizeRow {
	h := office(y.n)
	size := uint64(y.pages[Replies])
	hashes := y.pages[Letters] + y.pages[Replies] + y.pages[Desk]
	fixed := grownSizes(h)
	visit := fixed[2].got + fixed[5].got + fixed[6].got // newsroom, keys and beats files
	everyone, week := y.view(y.s.EveryonesView(size)), y.view(y.s.WeeksView(size))
	writes := y.pages[Desk]*SegmentWriteSize + y.pages[Replies]*y.s.Slots/y.n*ReplyWriteSize
	stored := y.kept(Letters) + y.kept(Replies) + y.kept(Desk)
	read := y.sealed(Letters) + y.sealed(Replies) + y.sealed(Desk)
	return []sizeRow{
		{"**at the drop, at any time**", 0, 0},
		y.keptRow(Letters),
		y.keptRow(Replies),
		y.keptRow(Desk),
		{"of these, page headers", (int(y.s.LettersKept) + int(y.s.RepliesKept) + int(y.s.DeskKept)) * PageHeaderSize, 0},
		{"all three", stored, 0},
		{fmt.Sprintf("and for ever: leaf hashes, a year's %s", digits(hashes)), 32 * hashes, 0},
		{"**a source's visit**", 0, 0},
		{"newsroom file, keys file, beats file", visit, 0},
		{"everyone's view of a log one year old", everyone, 0},
		{"or the week's", week, 0},
		{"a letter without attachment, sent", fixed[8].got, 0},
		{"**one desk, a year**", 0, 0},
		{fmt.Sprintf("letters log downloaded, %s pages", digits(y.pages[Letters])), y.sealed(Letters), 0},
		{fmt.Sprintf("replies log downloaded, %s pages", digits(y.pages[Replies])), y.sealed(Replies), 0},
		{fmt.Sprintf("desk log downloaded, %s pages", digits(y.pages[Desk])), y.sealed(Desk), 0},
		{"all three", read, 0},
		{"reply writes and segment writes sent", writes, 0},
		{"**the drop, a year**", 0, 0},
		{"sealed in all three logs", read, 0},
		{fmt.Sprintf("sent to %d desks", y.n), y.n * read, 0},
		{"sent to 10 sources' visits a day, everyone's view", daysAYear * 10 * (visit + everyone), 0},
	}
}

func yearSizes() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## A year\n\nAt the settings in earnest, with %d letters a day, without attachments, every reply slot and segment filled, every desk online. Beside the view a desk's request has %d bytes of its own, "+
		"and a view %s bytes and its leaf hashes.\n\n", lettersADay, ReadRequestSize, digits(viewFixed))
	b.WriteString("| what, in bytes | 3 journalists | 8 journalists |\n|---|---|---|\n")
	three, eight := yearOf(3).rows(), yearOf(8).rows()
	for i, row := range three {
		if row.got == 0 {
			fmt.Fprintf(&b, "| %s | | |\n", row.name)
			continue
		}
		name := strings.Replace(row.name, "3 desks", "all desks", 1)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, digits(row.got), digits(eight[i].got))
	}
	return b.String()
}

// digits writes a number with a comma between each three digits.
func digits(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
