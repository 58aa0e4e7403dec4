// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"io"

	"tamizdat/letter/wire"
)

// Store is where a server keeps everything but page bodies, chunks and views.
// One store serves one newsroom. drop/droptest holds the suite that each
// implementation must pass.
//
// All methods may be called at the same time, by several servers over one
// store too: what must be decided once is decided inside the store. A method
// that returns nil has put its effect where a power cut cannot undo it. A
// method that returns an error has had no effect, or the full effect whose
// repetition is harmless.
type Store interface {
	Queue
	Records
}

// Queue holds what was accepted and is not sealed yet: the spool. Its layout
// must not tell the order in which things came, as far as the medium allows,
// and nothing of a spool may outlive Discard: neither rows nor logs of writes.
type Queue interface {
	// AddLetter stores all envelopes or none. An envelope that lies in the
	// current spool already counts as stored. ErrSpoolFull: there would be
	// more than wire.MaxPageItems envelopes in one page.
	AddLetter(ctx context.Context, envelopes [][]byte) error

	// AddChunk stores a chunk that the caller has checked against its id.
	AddChunk(ctx context.Context, id wire.ChunkID, chunk []byte) error

	// AddSlot stores a write to a named place of a page to come. The first
	// write counts: ErrTaken if other bytes lie there. If the same body does,
	// only its beat is replaced. ErrSealed: the page was frozen.
	AddSlot(ctx context.Context, s Slot) error

	// HasSlot tells whether the same body lies in that place; beats are not
	// compared.
	HasSlot(ctx context.Context, s Slot) (bool, error)

	// Waiting tells the times, ascending, that slots of a log were written
	// for and whose spool was not discarded yet.
	Waiting(ctx context.Context, log wire.Log) ([]int64, error)

	// AddSerial remembers a permit's serial. ErrTaken: it was used before.
	AddSerial(ctx context.Context, s Serial) error

	// Usage tells how much the current spool of the letters log holds, and
	// the one that is being sealed.
	Usage() Usage

	// Freeze fixes what page number of log consists of and the time it will
	// be sealed under, durably, before anything of the page is written. From
	// then on new letters go to the next spool, and slots for this time or an
	// earlier one get ErrSealed. Frozen again under the same number it is the
	// same page with the same time, whatever time is asked for: so a sealing
	// that was cut off is repeated to the byte.
	Freeze(ctx context.Context, log wire.Log, number uint64, sealed int64) (Frozen, error)

	// Discard deletes the spool of a page that Append has recorded, and all
	// slots for its time and earlier ones.
	Discard(ctx context.Context, log wire.Log, number uint64, sealed int64) error
}

// Frozen is the unchanging content of a page in the making. Close it.
type Frozen interface {
	// Sealed is the time the page is sealed under, which is the one of the
	// first Freeze.
	Sealed() int64
	// Envelopes calls yield for each envelope, ascending by SHA-256. The
	// slice is valid during the call. Count tells how many there will be.
	Envelopes(yield func(envelope []byte) error) error
	// Chunks calls yield for each chunk, ascending by id.
	Chunks(yield func(id wire.ChunkID, chunk []byte) error) error
	// Count tells how many envelopes and chunks there are.
	Count() (envelopes, chunks int)
	// Slots are the writes to the page of exactly this time, in any order.
	Slots() ([]Slot, error)
	// Serials are those that came since the page before.
	Serials() ([]Serial, error)
	// Close gives back what reading needed. It deletes nothing.
	Close() error
}

// Records holds what stays.
type Records interface {
	// Load returns everything that the store remembers.
	Load(ctx context.Context) (*Snapshot, error)

	// PutNewsroom replaces the newsroom file and grant and remembers their
	// roster as ref. ErrTaken: that number, or a later one, was put before.
	PutNewsroom(ctx context.Context, ref RosterRef, file, grant []byte) error

	// Hold notes whether the drop holds, and why; and in the same step the
	// incarnations of logs that it was shown to have lost, as past.
	Hold(ctx context.Context, why Holding, lost ...wire.Incarnation) error

	// Renew begins new logs, all of it in one step: what PutNewsroom does; the
	// incarnation past is remembered; the drop is Doubtful; headers, heads,
	// beats, slots and what was frozen are gone, and of the bodies it remembers
	// that they are left over. Chunks count as named by page 0. What lies in
	// spools of the letters log, with the serials there, comes into its first
	// pages.
	Renew(ctx context.Context, past wire.Incarnation, ref RosterRef, file, grant []byte) error

	// Cleared notes that no bodies of pages are left over from logs that ended.
	Cleared(ctx context.Context, log wire.Log) error

	// PutBundle keeps the first bundle of a journalist and period. ErrTaken
	// if there are other bytes; nil, and no change, if the same.
	PutBundle(ctx context.Context, b BundleRecord) error

	// Append records a sealed page: all of it in one step. ErrTaken if the
	// log does not have exactly s.Number pages; so of two servers that seal
	// at the same time one fails, and no two heads of one size get out.
	Append(ctx context.Context, s Sealing) error

	// Orphans lists the chunks that no letters page from number keep on names.
	Orphans(ctx context.Context, keep uint64) ([]wire.ChunkID, error)

	// Forget notes that the bodies of the pages of log before number keep are
	// deleted, and strikes out those chunks. The headers stay.
	Forget(ctx context.Context, log wire.Log, keep uint64) error
}

// Blobs holds what is large and never changes under its name: page bodies and
// chunks; and the two views, which are replaced. Names come from this package
// alone, in the form letters/000000000042, without dots.
type Blobs interface {
	// Put stores what write writes under name, replacing what was there, in
	// one step and durably: after an error, or a power cut before Put has
	// returned, the name holds what it held. at is the only time, in Unix
	// seconds, that the medium may show for it. drop.ErrFull: no room.
	Put(name string, at int64, write func(io.Writer) error) error

	// Open returns the content of name and its length in bytes. What was
	// opened stays readable when it is replaced or deleted meanwhile.
	// An absent name is fs.ErrNotExist.
	Open(name string) (io.ReadCloser, int64, error)

	// Delete removes name durably. An absent name is no error.
	Delete(name string) error
}

// Slot is one write of a desk to a page to come. In the replies log Key is the
// slot's number in one byte, in the desk log the journalist's signing key.
type Slot struct {
	Log     wire.Log
	Sealing int64
	Key     string
	Body    []byte
	Beat    []byte // the beat that came with it
}

// Serial is a used permit's (spec/attachments.md §4).
type Serial struct {
	Number [16]byte
	Expiry uint16 // months since January 1970
}

// Usage is the extent of a spool.
type Usage struct {
	Envelopes, Chunks int
	Bytes             int64
	Frozen            int64 // bytes of the spool before, if its page is frozen and not discarded
}

// RosterRef is what is remembered of each roster that was accepted.
type RosterRef struct {
	Number      uint64
	Hash        wire.Hash
	Journalists int
	Since       int64 // the sealing of the letters log that came next; no exact time
}

// BundleRecord is a bundle with what it is found by.
type BundleRecord struct {
	Period wire.Period
	ID     wire.JournalistID
	Bundle []byte
}

// Sealing is all that becomes true at once when a page is sealed.
type Sealing struct {
	Log     wire.Log
	Number  uint64
	Sealed  int64
	Header  []byte         // of the page
	Head    []byte         // of the log, with the page
	Chunks  []wire.ChunkID // that the page names
	Beats   []BeatRecord   // newest by journalist, replacing the former
	Serials []Serial       // used since the page before
	Purge   Purge          // what has become useless
}

// BeatRecord is a beat with what it is found by.
type BeatRecord struct {
	ID   wire.JournalistID
	Beat []byte
}

// Purge bounds what a store may forget.
type Purge struct {
	Bundles wire.Period // those of earlier periods
	Serials uint16      // those that expired in earlier months
}

// Snapshot is what a store remembers.
type Snapshot struct {
	File, Grant []byte      // nil before the first newsroom write
	Rosters     []RosterRef // ascending by number
	Bundles     []BundleRecord
	Beats       []BeatRecord // recorded or queued: several by one journalist are possible
	Serials     []Serial     // recorded or queued
	Logs        map[wire.Log]LogRecord
	Holding     Holding
	Past        []wire.Incarnation    // of logs that ended
	Leftovers   map[wire.Log]Leftover // bodies of pages of logs that ended
}

// Leftover is where bodies of pages of logs that ended may lie: under the
// numbers from First to before Beyond. With a Beyond of 0 there are none.
type Leftover struct{ First, Beyond uint64 }

// With is one that covers both.
func (l Leftover) With(o Leftover) Leftover {
	if l.Beyond == 0 {
		return o
	}
	return Leftover{First: min(l.First, o.First), Beyond: max(l.Beyond, o.Beyond)}
}

// LogRecord is one log.
type LogRecord struct {
	Headers [][]byte // of all pages, from number 0 on
	Head    []byte   // nil while there is no page
	Kept    uint64   // number of the first page whose body is kept
	Frozen  bool     // the next page is frozen and not appended yet
}

// Errors of a Store, for the server to branch on.
var (
	// ErrTaken says that something else is there already.
	ErrTaken = errors.New("store: something else is there already")
	// ErrSealed says that the page is closed to writes.
	ErrSealed = errors.New("store: the page is frozen")
	// ErrSpoolFull says that a page can hold no more.
	ErrSpoolFull = errors.New("store: the spool holds as much as a page can")
)

// The names of blobs. None contains anything that a stranger chose, but a
// chunk's id, which is a hash in hexadecimal.

// pageName names a page's body. Twelve digits keep names in order for ages.
func pageName(log wire.Log, number uint64) string {
	return fmt.Sprintf("%s/%012d", log, number)
}

// chunkName spreads chunks over 256 folders.
func chunkName(id wire.ChunkID) string {
	text := id.String()
	return "chunks/" + text[:2] + "/" + text
}

// viewName names one of the two views of the replies log.
func viewName(week bool) string {
	if week {
		return "views/week"
	}
	return "views/everyone"
}
