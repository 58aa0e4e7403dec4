// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"
	"reflect"
	"sync"

	"tamizdat/desk/vault"
)

// An event is one thing that happened. A record of the journal is one or more
// events that happened together (record.go): all or none of them are ever there.
// What the state is follows from the events alone, in their order. Kinds are
// only ever added; a kind that this program does not know was written by a
// later one, and the desk refuses to open rather than forget it.
type event struct {
	Kind string
	At   int64 // Unix seconds of the desk's own clock
	Data payload
}

// payload is what one kind of event says. apply changes the state; its error
// means that the journal holds what this program would not have written.
type payload interface {
	kind() string
	apply(s *state, at int64) error
}

// errLater means that the journal was written by a later program.
var errLater = errors.New("this desk was last used with a later version of the program")

// payloads makes empty payloads by kind.
var payloads = sync.OnceValue(func() map[string]func() payload {
	all := map[string]func() payload{}
	for _, p := range []payload{
		&created{}, &requestsKnown{}, &newsroomKnown{}, &periodMade{}, &periodPosted{}, &periodRefused{}, &periodDestroyed{}, &clockJumped{},
		&logMoved{}, &senderSeen{}, &letterKept{}, &letterRead{}, &filesKept{}, &lettersDropped{},
		&replyWritten{}, &slotFilled{}, &slotAnswered{}, &slotClosed{}, &replyLeft{},
		&alarmRaised{}, &alarmSeen{}, &numberingBegun{}, &chunkKept{}, &chunksGone{}, &draftSigned{}, &newsroomDrafted{}, &behindAccepted{},
		&itemTaken{}, &letterGiven{}, &itemGiven{}, &chunksSeen{}, &chunksAsked{}, &chunksTried{}, &chunksMissed{},
		&dropSilent{}, &dropAnswered{}, &logUnseen{},
		&eventsKept{}, &segmentFilled{}, &segmentAnswered{}, &segmentClosed{}, &segmentTaken{}, &bundlesSeen{},
	} {
		t := reflect.TypeOf(p).Elem()
		all[p.kind()] = func() payload { return reflect.New(t).Interface().(payload) }
	}
	return all
})

// newPayload returns an empty payload of the kind.
func newPayload(kind string) (payload, error) {
	if empty, ok := payloads()[kind]; ok {
		return empty(), nil
	}
	return nil, fmt.Errorf("%w: it knows events of kind %q", errLater, kind)
}

// The payloads. They belong to this laptop alone: positions, slots, keys, alarms,
// letters as they opened here. What colleagues share are the events of the casebook,
// which lie in one of them ([eventsKept]).

// created begins every journal.
type created struct {
	Name string `json:"name"`
}

// requestsKnown keeps journalists' requests, which tell whose an admin key is.
type requestsKnown struct {
	Requests [][]byte `json:"requests"`
}

// newsroomKnown is a verified newsroom file that replaces the one before.
type newsroomKnown struct {
	Key  hash32 `json:"key"`
	File []byte `json:"file"`
}

// periodMade tells that private halves of a period lie in the keyring.
type periodMade struct {
	Period uint32 `json:"period"`
	Bundle []byte `json:"bundle"` // signed once and never again otherwise
}

// periodPosted tells that the drop has the bundle.
type periodPosted struct {
	Period uint32 `json:"period"`
}

// periodRefused tells that the drop keeps another bundle of this journalist's
// for the period.
type periodRefused struct {
	Period uint32 `json:"period"`
}

// clockJumped tells that this desk's clock went ahead or back by more than a week at
// once.
type clockJumped struct {
	From int64 `json:"from"` // time of the event before
}

// periodDestroyed tells that the private halves are gone.
type periodDestroyed struct {
	Period uint32 `json:"period"`
}

// logMoved is a verified step of a log: the pages up to it are processed.
type logMoved struct {
	Log    uint8    `json:"log"`
	From   uint64   `json:"from"`   // number of the first page of the step
	Leaves [][]byte `json:"leaves"` // leaf hashes of its pages
	Head   []byte   `json:"head"`   // whole and signed: evidence
	Sealed int64    `json:"sealed"` // of the last page, 0 without one
	Whole  bool     `json:"whole"`  // the step reaches to the head
}

// senderSeen is the first message of a sender's.
type senderSeen struct {
	Tuple []byte `json:"tuple"`
	Claim hash32 `json:"claim,omitzero"` // quarantined: the known sender whose key it shares
}

// letterKept is a letter or note that opened.
type letterKept struct {
	ID         LetterID   `json:"id"`
	Note       bool       `json:"note,omitempty"`
	Sender     hash32     `json:"sender"`
	OwnID      hash16     `json:"own_id"` // the random id inside
	Digest     hash32     `json:"digest"` // of the body
	Label      uint32     `json:"label"`
	Text       string     `json:"text"`
	Parcel     []byte     `json:"parcel,omitempty"` // manifest with its key
	Page       uint64     `json:"page"`
	PageSealed int64      `json:"page_sealed"`
	Period     uint32     `json:"period"`
	Envelope   vault.Name `json:"envelope"` // the original, sealed
}

// letterRead tells that the person has looked at it.
type letterRead struct {
	ID LetterID `json:"id"`
}

// filesKept are attachments, opened and sealed again as they came.
type filesKept struct {
	ID    LetterID     `json:"id"`
	Files []storedFile `json:"files"`
}

type storedFile struct {
	Object vault.Name `json:"object"`
	Length int64      `json:"length"`
	SHA256 hash32     `json:"sha256"`
}

// chunkKept is a chunk's ciphertext that was fetched and not yet extracted.
type chunkKept struct {
	Chunk  hash32     `json:"chunk"`
	Object vault.Name `json:"object"`
}

// chunksGone tells that chunks were extracted and are not needed any more.
type chunksGone struct {
	Chunks []hash32 `json:"chunks"`
}

// lettersDropped counts what was not shown.
type lettersDropped struct {
	Replays uint64 `json:"replays,omitempty"` // M-13
	Kinds   uint64 `json:"kinds,omitempty"`   // of a kind their sender may not send
	Opaque  uint64 `json:"opaque,omitempty"`  // hinted at this desk and did not open
}

// replyWritten queues a reply.
type replyWritten struct {
	Sender      hash32 `json:"sender"`
	Incarnation uint32 `json:"incarnation"`
	Number      uint64 `json:"number"`
	Day         uint32 `json:"day"`
	Text        string `json:"text"`
}

// slotFilled fixes what will be written to a slot, before it is sent.
type slotFilled struct {
	Sealing  int64      `json:"sealing"`
	Slot     int        `json:"slot"`
	Envelope vault.Name `json:"envelope"`
	Hash     hash32     `json:"hash"` // of the envelope
	Reply    *replyKey  `json:"reply,omitempty"`
}

// slotAnswered tells that the drop took the write, or never will.
type slotAnswered struct {
	Sealing int64 `json:"sealing"`
	Slot    int   `json:"slot"`
	Taken   bool  `json:"taken"`
}

// slotClosed tells what became of a slot when its page was sealed.
type slotClosed struct {
	Sealing int64  `json:"sealing"`
	Slot    int    `json:"slot"`
	Sealed  bool   `json:"sealed"` // it is in the page
	Page    uint64 `json:"page"`
}

// replyLeft tells that an unanswered reply has left the log.
type replyLeft struct {
	Reply replyKey `json:"reply"`
}

// alarmRaised is a misbehaviour of the drop, with what proves it.
type alarmRaised struct {
	Row      string   `json:"row"` // of spec/misbehaviour.md
	Words    string   `json:"words"`
	Subject  string   `json:"subject"` // the same row and subject is one alarm
	Evidence [][]byte `json:"evidence,omitempty"`
}

// alarmSeen tells that the person has taken note.
type alarmSeen struct {
	Row     string `json:"row"`
	Subject string `json:"subject"`
}

// numberingBegun starts a new incarnation of this author's reply numbers.
type numberingBegun struct {
	Incarnation uint32 `json:"incarnation"`
}

// replyKey names a reply of this desk.
type replyKey struct {
	Sender      hash32 `json:"sender"`
	Incarnation uint32 `json:"incarnation"`
	Number      uint64 `json:"number"`
}

func (*created) kind() string         { return "desk.created" }
func (*requestsKnown) kind() string   { return "newsroom.requests" }
func (*newsroomKnown) kind() string   { return "newsroom.known" }
func (*periodMade) kind() string      { return "period.made" }
func (*periodPosted) kind() string    { return "period.posted" }
func (*periodRefused) kind() string   { return "period.refused" }
func (*clockJumped) kind() string     { return "clock.jumped" }
func (*periodDestroyed) kind() string { return "period.destroyed" }
func (*logMoved) kind() string        { return "log.moved" }
func (*senderSeen) kind() string      { return "sender.seen" }
func (*letterKept) kind() string      { return "letter.kept" }
func (*letterRead) kind() string      { return "letter.read" }
func (*filesKept) kind() string       { return "letter.files" }
func (*lettersDropped) kind() string  { return "letters.dropped" }
func (*replyWritten) kind() string    { return "reply.written" }
func (*slotFilled) kind() string      { return "slot.filled" }
func (*slotAnswered) kind() string    { return "slot.answered" }
func (*slotClosed) kind() string      { return "slot.closed" }
func (*replyLeft) kind() string       { return "reply.left" }
func (*alarmRaised) kind() string     { return "alarm.raised" }
func (*alarmSeen) kind() string       { return "alarm.seen" }
func (*numberingBegun) kind() string  { return "numbering.begun" }
func (*chunkKept) kind() string       { return "chunk.kept" }
func (*chunksGone) kind() string      { return "chunks.gone" }
