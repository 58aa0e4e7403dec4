// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"

	"tamizdat/desk/casebook"
	"tamizdat/desk/vault"
	"tamizdat/letter/wire"
)

// state is what the events add up to. Only apply methods change it.
type state struct {
	name        string
	requests    map[wire.JournalistID]*wire.JournalistRequest
	newsroom    *wire.Newsroom         // nil before joining
	signed      map[wire.Hash][][]byte // requests of newcomers, by roster signed and not yet adopted
	drafted     *newsroomDrafted       // the newsroom that this desk drafted last, until it belongs to one
	rosters     map[uint64]wire.Hash
	ended       map[wire.Incarnation]bool // of logs that others took the place of
	incarnation uint32                    // of this author's reply numbers
	restored    int64                     // when that last began; 0: never since the beginning
	unseen      map[wire.Log]bool         // logs that were not seen whole since then
	paced       map[wire.Log]int64        // since when each log has its interval, as far as this desk knows
	changed     int64                     // when the roster was replaced or the desk restored
	last        int64                     // time of the last event
	jumped      int64                     // own clock when it had last gone far ahead at once; 0: never
	jumpedFrom  int64                     // what it had said before
	held        int64                     // end of the day on which the drop last held; 0: never

	periods map[wire.Period]*period
	logs    map[wire.Log]*position

	letters map[LetterID]*keptLetter
	order   []LetterID // as they were kept
	ownIDs  map[ownID][]LetterID
	senders map[wire.Pseudonym]*sender
	byKey   map[keyPart]wire.Pseudonym
	dropped lettersDropped
	chunks  map[wire.ChunkID]vault.Name
	slots   map[slotKey]*slot
	replies map[replyKey]*reply
	outbox  []replyKey // all replies in the order of writing
	alarms  []*Alarm
	alarmAt map[[2]string]*Alarm

	items     map[ItemID]*keptItem
	itemOrder []ItemID // as they were taken in

	reading bool   // the journal
	budget  budget // of attachments
	contact contact

	book     *casebook.Book // nil before joining
	shared   *shared        // what its events add up to
	pieces   map[wire.JournalistID]*casebook.Assembler
	heard    map[wire.JournalistID]heard // what each colleague has, by the newest segment
	spoke    map[wire.JournalistID]int64 // when each author wrote an event last
	carried  map[wire.Hash]uint64        // the newest page that holds the end of an event
	sent     map[wire.Hash]int           // how much of an event sealed segments of this desk hold
	outgoing map[int64]*outgoing         // by sealing
	bundles  map[wire.Period][][]byte    // that the drop showed last
}

// period is one key period of this desk's.
type period struct {
	bundle            []byte
	posted, destroyed bool
	refused           bool // the drop has other keys of this journalist's for it
}

// position is how far a log of the roster's incarnation was verified and
// processed.
type position struct {
	size   uint64
	tree   *wire.Tree
	roots  map[uint64]wire.Hash // of the replies log, at every size
	head   []byte
	sealed int64 // of the last page
	looked int64 // own clock when all there was had been seen; 0: not all
	grew   int64 // own clock when there were more pages than before
	// The size when last all had been seen, and the own clock then.
	wholeSize uint64
	wholeAt   int64
}

// keptLetter is a letter or note as the desk holds it.
type keptLetter struct {
	letterKept
	at    int64
	read  bool
	files []storedFile
	given *wire.JournalistID // who gave it; nil: it opened here
}

// ownID is what a sender says a letter is.
type ownID struct {
	sender wire.Pseudonym
	id     [16]byte
}

// keyPart is one key of a tuple: which of the four, and a hash of it.
type keyPart struct {
	part byte
	hash wire.Hash
}

// sender is one who wrote.
type sender struct {
	tuple   *wire.Tuple
	claim   *wire.Pseudonym // quarantined
	letters []LetterID
	newest  int64  // sealing of the newest page with a letter
	next    uint64 // number of the next reply in this incarnation
	replies int    // in all incarnations
}

type slotKey struct {
	sealing int64
	slot    int
}

// posting is a write of this desk's to a page that it has not seen sealed yet.
type posting struct {
	envelope vault.Name
	hash     wire.Hash
	taken    bool // the drop said yes
	refused  bool // and it never will
}

// done reports whether the drop has answered once for all.
func (p *posting) done() bool { return p.taken || p.refused }

// slot is a write to a page of the replies log.
type slot struct {
	posting
	reply *replyKey
}

// reply is what this desk wrote to a source.
type reply struct {
	replyWritten
	at      int64
	pending *slotKey // on its way in this slot
	sealed  bool     // it is or was in a page
	page    uint64   // the newest that has it
	when    int64    // sealing of that page
	left    bool     // left the log unanswered
	again   bool     // its page was of an earlier incarnation of the log, and it goes into this one
	lost    bool     // its page was of an earlier incarnation of the log, and it does not
}

func newState() *state {
	return &state{
		requests: map[wire.JournalistID]*wire.JournalistRequest{},
		signed:   map[wire.Hash][][]byte{},
		rosters:  map[uint64]wire.Hash{},
		ended:    map[wire.Incarnation]bool{},
		periods:  map[wire.Period]*period{},
		logs:     map[wire.Log]*position{},
		paced:    map[wire.Log]int64{},
		letters:  map[LetterID]*keptLetter{},
		ownIDs:   map[ownID][]LetterID{},
		senders:  map[wire.Pseudonym]*sender{},
		byKey:    map[keyPart]wire.Pseudonym{},
		chunks:   map[wire.ChunkID]vault.Name{},
		slots:    map[slotKey]*slot{},
		replies:  map[replyKey]*reply{},
		items:    map[ItemID]*keptItem{},
		budget:   newBudget(),
		alarmAt:  map[[2]string]*Alarm{},

		pieces:   map[wire.JournalistID]*casebook.Assembler{},
		heard:    map[wire.JournalistID]heard{},
		spoke:    map[wire.JournalistID]int64{},
		carried:  map[wire.Hash]uint64{},
		sent:     map[wire.Hash]int{},
		outgoing: map[int64]*outgoing{},
		bundles:  map[wire.Period][][]byte{},
	}
}

// fold applies a record of the journal.
func (s *state) fold(record []byte) error {
	events, err := decodeRecord(record)
	if err != nil {
		return err
	}
	for _, e := range events {
		if err := s.apply(e); err != nil {
			return fmt.Errorf("%s: %w", e.Kind, err)
		}
	}
	return nil
}

var errFirst = errors.New("a journal begins with its creation, and only begins with it")

func (s *state) apply(e event) error {
	_, first := e.Data.(*created)
	if first != (s.name == "") {
		return errFirst
	}
	if s.last = e.At; e.At < s.jumped {
		s.jumped = 0 // it was wrong
	}
	return e.Data.apply(s, e.At)
}

func (e *created) apply(s *state, _ int64) error {
	if e.Name == "" {
		return errors.New("the name is empty")
	}
	s.name, s.incarnation = e.Name, 1
	return nil
}

func (e *requestsKnown) apply(s *state, _ int64) error {
	for _, b := range e.Requests {
		r, err := wire.ParseRequest(b)
		if err != nil {
			return err
		}
		if s.requests[r.Journalist.ID] == nil { // the first was compared by voice
			s.requests[r.Journalist.ID] = r
		}
	}
	return nil
}

func (e *newsroomKnown) apply(s *state, at int64) error {
	u, err := wire.ParseNewsroom(e.File)
	if err != nil {
		return err
	}
	n, err := u.Verify(wire.NewsroomKey(e.Key))
	if err != nil {
		return err
	}
	if s.newsroom != nil && n.Key() != s.newsroom.Key() {
		return errors.New("it is another newsroom's")
	}
	r := n.Roster()
	if s.newsroom != nil && s.newsroom.Roster().Incarnation != r.Incarnation {
		s.ended[s.newsroom.Roster().Incarnation] = true
		s.forgetLogs()
	}
	for _, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		if s.newsroom == nil || s.newsroom.Roster().Schedule.Interval(log) != r.Schedule.Interval(log) {
			s.paced[log] = at
		}
	}
	s.newsroom, s.changed = n, at
	s.rosters[r.Number] = r.Hash()
	for i := range r.Journalists {
		s.meetJournalist(&r.Journalists[i].Tuple)
	}
	s.openBook(r)
	return s.learnSigned(r.Hash())
}

// forgetLogs begins with a new incarnation of the drop's logs. Page numbers of
// the one before mean nothing any more, so what nobody has answered is written
// again, and nobody is blamed for slots of pages that will never be seen.
func (s *state) forgetLogs() {
	clear(s.logs)
	clear(s.contact.cut)
	clear(s.budget.pool)
	for key, sl := range s.slots {
		s.release(key, sl)
		sl.taken, sl.refused = false, true
	}
	s.forgetPages()
	for _, r := range s.replies {
		if r.sealed && !r.left && !s.answered(r) {
			r.sealed, r.page, r.again = false, 0, true
		}
		r.lost = r.sealed
	}
}

// meetJournalist remembers the keys of one whom a roster listed, also after he
// has left: no stranger may use one of them.
func (s *state) meetJournalist(t *wire.Tuple) {
	for _, part := range keyParts(t) {
		s.byKey[part] = t.Pseudonym()
	}
}

func (e *periodMade) apply(s *state, _ int64) error {
	s.periods[wire.Period(e.Period)] = &period{bundle: e.Bundle}
	return nil
}

func (e *periodPosted) apply(s *state, _ int64) error {
	return s.withPeriod(e.Period, func(p *period) { p.posted = true })
}

func (e *periodRefused) apply(s *state, _ int64) error {
	return s.withPeriod(e.Period, func(p *period) { p.refused = true })
}

func (e *clockJumped) apply(s *state, at int64) error {
	s.jumped, s.jumpedFrom = at, e.From
	return nil
}

func (e *periodDestroyed) apply(s *state, _ int64) error {
	return s.withPeriod(e.Period, func(p *period) { p.destroyed = true })
}

func (s *state) withPeriod(n uint32, change func(*period)) error {
	p, ok := s.periods[wire.Period(n)]
	if !ok {
		return fmt.Errorf("period %d was never made", n)
	}
	change(p)
	return nil
}

func (e *logMoved) apply(s *state, at int64) error {
	if s.newsroom == nil {
		return errors.New("no newsroom is known")
	}
	p := s.position(wire.Log(e.Log))
	if e.From != p.size {
		return errors.New("it does not begin where the log was")
	}
	for _, b := range e.Leaves {
		if len(b) != len(wire.Hash{}) {
			return errors.New("a hash has a wrong length")
		}
		p.tree.Append(wire.Hash(b))
		if wire.Log(e.Log) == wire.Replies {
			p.roots[p.tree.Size()] = p.tree.Root()
		}
	}
	p.size, p.head, p.sealed = p.tree.Size(), e.Head, e.Sealed
	if len(e.Leaves) > 0 {
		p.grew = at
	}
	if p.looked = 0; e.Whole {
		p.looked, p.wholeSize, p.wholeAt = at, p.size, at
		delete(s.contact.cut, wire.Log(e.Log))
		delete(s.unseen, wire.Log(e.Log))
	}
	s.logs[wire.Log(e.Log)] = p
	return nil
}

// position is how far a log is known; a new log is known up to its beginning.
func (s *state) position(log wire.Log) *position {
	if p := s.logs[log]; p != nil {
		return p
	}
	tree := wire.NewTree()
	return &position{tree: tree, roots: map[uint64]wire.Hash{0: tree.Root()}}
}

func (e *alarmRaised) apply(s *state, at int64) error {
	key := [2]string{e.Row, e.Subject}
	if s.alarmAt[key] != nil {
		return errors.New("this alarm was raised before")
	}
	a := &Alarm{Row: e.Row, Words: e.Words, Do: advice(e.Row), At: at, subject: e.Subject, evidence: e.Evidence}
	if e.Row == "holding" {
		s.held = (dayOf(at) + 1) * daySeconds
	}
	s.alarms = append(s.alarms, a)
	s.alarmAt[key] = a
	return nil
}

func (e *alarmSeen) apply(s *state, _ int64) error {
	a := s.alarmAt[[2]string{e.Row, e.Subject}]
	if a == nil {
		return errors.New("no such alarm")
	}
	a.Seen = true
	return nil
}

func (e *numberingBegun) apply(s *state, at int64) error {
	if e.Incarnation <= s.incarnation {
		return errors.New("an incarnation does not go back")
	}
	s.incarnation, s.restored, s.changed = e.Incarnation, at, at
	s.unseen = map[wire.Log]bool{wire.Letters: true, wire.Replies: true, wire.Desk: true}
	for _, snd := range s.senders {
		snd.next = 1
	}
	return nil
}

// objects are the names of all sealed objects that the state refers to. What
// is not among them is swept when a desk opens, so whoever adds an event that
// names an object must add it here.
func (s *state) objects() map[vault.Name]bool {
	names := map[vault.Name]bool{}
	for _, l := range s.letters {
		names[l.Envelope] = true
		for _, f := range l.files {
			names[f.Object] = true
		}
	}
	for _, object := range s.chunks {
		names[object] = true
	}
	for _, sl := range s.slots {
		names[sl.envelope] = true
	}
	s.itemObjects(names)
	for _, o := range s.outgoing {
		names[o.envelope] = true
	}
	return names
}
