// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tamizdat/desk/casebook"
	"tamizdat/internal/disjoint"
	"tamizdat/letter/wire"
)

// Thread is all that one hand wrote, as colleagues see it: the letters of one pseudonym,
// and of those that a person has joined to it.
type Thread struct {
	ID          string     `json:"id"` // hexadecimal, of the least of its pseudonyms
	Hands       []string   `json:"hands"`
	Letters     []LetterID `json:"letters"` // in the order of their pages
	State       string     `json:"state"`
	Assigned    string     `json:"assigned"` // a colleague's name
	Tags        []string   `json:"tags"`
	Deadline    string     `json:"deadline"`
	NextContact string     `json:"next_contact"` // the day on which the source promised to write
	Missed      bool       `json:"missed"`       // that day is over, and nothing came since
	Gaps        []string   `json:"gaps"`         // letters that colleagues have and this desk has not
	Notes       []Note     `json:"notes"`
	Items       []ItemID   `json:"items"`  // that were put into it, wherever they lie
	Joined      []string   `json:"joined"` // why pseudonyms are taken for one hand

	Replies []ThreadReply `json:"replies"` // by anybody, oldest first
}

// Fields of a thread.
const (
	FieldState       = "state"
	FieldAssigned    = "assigned"
	FieldTags        = "tags"
	FieldDeadline    = "deadline"
	FieldNextContact = "next-contact"
)

// ThreadStates are what a thread's state can be.
func ThreadStates() []string { return []string{"new", "reading", "in-work", "closed"} }

// ErrNoThread means that nobody of that name has written to this desk.
var ErrNoThread = errors.New("there is no such thread")

func threadThing(p wire.Pseudonym) string { return fmt.Sprintf("thread/%x", p[:]) }

// joined is the value of the field “joined” of two pseudonyms: taken for one hand, or no
// more, and why.
type joined struct {
	One    bool   `json:"one"`
	Reason string `json:"reason"`
}

const fieldJoined = "joined"

// pairThing names two pseudonyms, the lesser first.
func pairThing(a, b wire.Pseudonym) string {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return fmt.Sprintf("hands/%x/%x", a[:], b[:])
}

// Threads lists all threads, the one with the newest letter last; none while the desk is
// behind ([Desk.Behind]). All desks with the same letters list the same.
func (d *Desk) Threads() []Thread {
	if d.Behind() {
		return nil
	}
	var out []Thread
	gaps, wrote, filed := d.gaps(), d.wrote(), d.filed()
	groups := d.hands()
	newest := func(hands []wire.Pseudonym) (page uint64) {
		for _, p := range hands {
			page = max(page, wrote[p])
		}
		return page
	}
	slices.SortFunc(groups, func(a, b []wire.Pseudonym) int {
		return cmp.Or(cmp.Compare(newest(a), newest(b)), comparePseudonyms(a[0], b[0]))
	})
	for _, hands := range groups {
		out = append(out, d.thread(hands, gaps, filed))
	}
	return out
}

// wrote gives the pseudonyms who wrote letters, here or as colleagues' desks say, and the
// newest page that has one.
func (d *Desk) wrote() map[wire.Pseudonym]uint64 {
	newest := map[wire.Pseudonym]uint64{}
	for p, s := range d.s.senders {
		for _, id := range s.letters {
			newest[p] = max(newest[p], d.s.letters[id].Page)
		}
	}
	if d.s.shared == nil {
		return newest
	}
	for id, said := range d.s.shared.opened {
		if d.isJournalists(id.sender) {
			continue
		}
		for _, s := range said {
			newest[id.sender] = max(newest[id.sender], s.page)
		}
	}
	return newest
}

// hands groups the pseudonyms who wrote, by people's decisions.
func (d *Desk) hands() [][]wire.Pseudonym {
	all := slices.SortedFunc(maps.Keys(d.wrote()), comparePseudonyms)
	groups := disjoint.New(len(all))
	for _, pair := range d.pairs() {
		i, wrote := slices.BinarySearchFunc(all, pair[0], comparePseudonyms)
		j, wroteToo := slices.BinarySearchFunc(all, pair[1], comparePseudonyms)
		if wrote && wroteToo && d.joined(pair[0], pair[1]).One {
			groups.Join(i, j)
		}
	}
	var out [][]wire.Pseudonym
	at := map[int]int{}
	for i, p := range all {
		k, ok := at[groups.Top(i)]
		if !ok {
			k, at[groups.Top(i)] = len(out), len(out)
			out = append(out, nil)
		}
		out[k] = append(out[k], p)
	}
	return out
}

func comparePseudonyms(a, b wire.Pseudonym) int { return bytes.Compare(a[:], b[:]) }

// pairs lists the pseudonyms about which somebody has decided.
func (d *Desk) pairs() [][2]wire.Pseudonym {
	if d.s.shared == nil {
		return nil
	}
	var out [][2]wire.Pseudonym
	for _, c := range d.s.shared.cells.Cells(fieldJoined) {
		names, ok := strings.CutPrefix(c.Thing, "hands/")
		first, second, _ := strings.Cut(names, "/")
		var a, b hash32
		if !ok || a.UnmarshalText([]byte(first)) != nil || b.UnmarshalText([]byte(second)) != nil {
			continue
		}
		if pair := [2]wire.Pseudonym{wire.Pseudonym(a), wire.Pseudonym(b)}; pairThing(pair[0], pair[1]) == c.Thing {
			out = append(out, pair)
		}
	}
	return out
}

func (d *Desk) joined(a, b wire.Pseudonym) (j joined) {
	if d.s.shared == nil {
		return j
	}
	_ = json.Unmarshal(d.s.shared.cells.Get(casebook.Cell{Thing: pairThing(a, b), Field: fieldJoined}), &j)
	return j
}

func (d *Desk) thread(hands []wire.Pseudonym, gaps map[wire.Pseudonym][]string, filed map[wire.Pseudonym][]ItemID) Thread {
	t := Thread{
		ID: fmt.Sprintf("%x", hands[0][:]), State: d.threadText(hands, FieldState),
		Deadline: d.threadText(hands, FieldDeadline), NextContact: d.threadText(hands, FieldNextContact), Letters: []LetterID{}, Items: []ItemID{},
	}
	if t.State == "" {
		t.State = ThreadStates()[0]
	}
	if id, ok := d.journalistBy(d.threadText(hands, FieldAssigned)); ok {
		t.Assigned = d.nameOf(id)
	}
	for i, p := range hands {
		for _, tag := range d.tags(threadThing(p)) {
			if !slices.Contains(t.Tags, tag) {
				t.Tags = append(t.Tags, tag)
			}
		}
		t.Hands = append(t.Hands, SenderName(p))
		if s := d.s.senders[p]; s != nil {
			t.Letters = append(t.Letters, s.letters...)
		}
		t.Notes = append(t.Notes, d.notes(threadThing(p))...)
		t.Items = append(t.Items, filed[p]...)
		t.Gaps = append(t.Gaps, gaps[p]...)
		for _, r := range d.repliesTo(p) {
			t.Replies = append(t.Replies, r.ThreadReply)
		}
		for _, o := range hands[:i] {
			if j := d.joined(p, o); j.One {
				t.Joined = append(t.Joined, fmt.Sprintf("%s and %s: %s", SenderName(o), SenderName(p), j.Reason))
			}
		}
	}
	slices.SortFunc(t.Letters, d.inOrder)
	slices.SortStableFunc(t.Replies, func(a, b ThreadReply) int { return cmp.Compare(a.Day, b.Day) })
	t.Missed = d.missed(&t)
	return t
}

// threadText is a field of a thread: of all that was said of its hands, the latest that
// nobody has replaced.
func (d *Desk) threadText(hands []wire.Pseudonym, field string) string {
	values := d.threadValues(hands, field)
	if len(values) == 0 {
		return ""
	}
	var text string
	_ = json.Unmarshal(values[0].Bytes, &text) // what is no text shows nothing
	return text
}

// threadValues lists what people set a field of a thread to without knowing of each other,
// be it for one hand or for several that were joined since. The first counts.
func (d *Desk) threadValues(hands []wire.Pseudonym, field string) []casebook.Value {
	if d.s.shared == nil {
		return nil
	}
	var cells []casebook.Cell
	for _, p := range hands {
		cells = append(cells, casebook.Cell{Thing: threadThing(p), Field: field})
	}
	return d.s.shared.cells.Among([]byte("null"), cells...)
}

// inOrder sorts letters by their pages. Within a page nobody knows which came first, and
// their names decide.
func (d *Desk) inOrder(a, b LetterID) int {
	return cmp.Or(d.s.byPage(a, b), bytes.Compare(a[:], b[:]))
}

func (s *state) byPage(a, b LetterID) int { return cmp.Compare(s.letters[a].Page, s.letters[b].Page) }

// missed reports whether the promised day is over and no letter came since the day
// before it.
func (d *Desk) missed(t *Thread) bool {
	day, err := time.Parse(time.DateOnly, t.NextContact)
	if err != nil || len(t.Letters) == 0 {
		return false
	}
	newest := int64(0)
	for _, id := range t.Letters {
		if l := d.s.letters[id]; l.given == nil || d.unproven(l) == "" {
			newest = max(newest, l.PageSealed)
		}
	}
	return d.unix() >= day.Unix()+daySeconds && newest < day.Unix()-daySeconds
}

// gaps are letters, by sender, that colleagues opened and this desk did not.
func (d *Desk) gaps() map[wire.Pseudonym][]string {
	out := map[wire.Pseudonym][]string{}
	if d.s.shared == nil {
		return out
	}
	for id, said := range d.s.shared.opened {
		if len(d.s.ownIDs[id]) > 0 {
			continue
		}
		var names []string
		for _, s := range said {
			if name := d.nameOf(s.by); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		words := fmt.Sprintf("a letter in page %d opened at the desk of %s and not here", said[0].page, strings.Join(names, " and of "))
		out[id.sender] = append(out[id.sender], words)
	}
	for _, words := range out {
		slices.Sort(words)
	}
	return out
}

func (d *Desk) tags(thing string) []string {
	var tags []string
	if d.s.shared != nil {
		_ = json.Unmarshal(d.s.shared.cells.Get(casebook.Cell{Thing: thing, Field: FieldTags}), &tags)
	}
	return tags
}

func (d *Desk) notes(thing string) []Note {
	if d.s.shared == nil {
		return nil
	}
	kept := slices.Clone(d.s.shared.notes[thing])
	slices.SortFunc(kept, compareNotes)
	kept = slices.CompactFunc(kept, func(a, b keptNote) bool { return a.origin == b.origin })
	var notes []Note
	for _, n := range kept {
		if !d.s.knowsAuthor(n.By) { // one that was taken over may be nobody's
			continue
		}
		n.Name = d.nameOf(n.By)
		if n.over != nil {
			n.Over = d.nameOf(*n.over)
		}
		notes = append(notes, n.Note)
	}
	return notes
}

// compareNotes sorts by time. Of one that counts by itself and was taken over too, the
// first is shown.
func compareNotes(a, b keptNote) int {
	over := func(n keptNote) []byte {
		if n.over == nil {
			return nil
		}
		return n.over[:]
	}
	return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.origin[:], b.origin[:]), bytes.Compare(over(a), over(b)))
}

func (d *Desk) journalistBy(hex string) (wire.JournalistID, bool) {
	var id hash32
	if id.UnmarshalText([]byte(hex)) != nil {
		return wire.JournalistID{}, false
	}
	return wire.JournalistID(id), true
}

// FindThread resolves what a person typed: the three words of a pseudonym, the thread's
// id or its beginning, or that of one of its letters. It fails with ErrNoThread or ErrBehind.
func (d *Desk) FindThread(typed string) (*Thread, error) {
	if d.Behind() {
		return nil, ErrBehind
	}
	typed = strings.ToLower(strings.TrimSpace(typed))
	letterID, letterErr := d.Find(typed)
	var hits []Thread
	for _, t := range d.Threads() {
		named := slices.Contains(t.Hands, typed) || len(typed) >= 4 && strings.HasPrefix(t.ID, typed)
		if named || letterErr == nil && slices.Contains(t.Letters, letterID) {
			hits = append(hits, t)
		}
	}
	switch len(hits) {
	case 0:
		return nil, ErrNoThread
	case 1:
		return &hits[0], nil
	}
	return nil, errors.New("several threads are called so: type more of the id")
}

// SetThread sets a field of a thread, for all colleagues; an empty text takes the value
// back. Assigned wants a colleague's name, tags a list with commas, days a date such as
// 2026-03-06.
func (d *Desk) SetThread(t *Thread, field, text string) error {
	text = strings.TrimSpace(text)
	thing := "thread/" + t.ID
	switch field {
	case FieldState:
		if text != "" && !slices.Contains(ThreadStates(), text) {
			return fmt.Errorf("a thread is %s, not %q", strings.Join(ThreadStates(), ", "), text)
		}
	case FieldAssigned:
		if text == "" {
			return d.clearThread(t, field)
		}
		return d.assign(thing, text)
	case FieldTags:
		return d.setTags(thing, text)
	case FieldDeadline, FieldNextContact:
		if _, err := time.Parse(time.DateOnly, text); text != "" && err != nil {
			return fmt.Errorf("%q is no day; write it as 2026-03-06", text)
		}
	default:
		return fmt.Errorf("a thread has no field %q; it has %s, %s, %s, %s and %s", field, FieldState, FieldAssigned, FieldTags, FieldDeadline, FieldNextContact)
	}
	if text == "" {
		return d.clearThread(t, field)
	}
	return d.setText(thing, field, text)
}

// clearThread takes a field back for each hand of a thread that has it.
func (d *Desk) clearThread(t *Thread, field string) error {
	hands, err := d.handsOf(t)
	if err != nil {
		return err
	}
	for i, p := range hands {
		if i > 0 && d.s.text(threadThing(p), field) == "" {
			continue
		}
		if err := d.setText(threadThing(p), field, ""); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) assign(thing, name string) error {
	n, err := d.member()
	if err != nil {
		return err
	}
	for _, j := range n.Roster().Journalists {
		if strings.EqualFold(j.Name, name) {
			return d.setText(thing, FieldAssigned, fmt.Sprintf("%x", j.ID[:]))
		}
	}
	return fmt.Errorf("the roster lists nobody called %q", name)
}

// Bounds of what people type.
const (
	maxTags = 32
	maxTag  = 64 // bytes
)

func (d *Desk) setTags(thing, text string) error {
	var tags []string
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag == "" || slices.Contains(tags, tag) {
			continue
		}
		if len(tag) > maxTag {
			return fmt.Errorf("a tag has at most %d bytes", maxTag)
		}
		tags = append(tags, tag)
	}
	if len(tags) > maxTags {
		return fmt.Errorf("a thread has at most %d tags", maxTags)
	}
	value, err := json.Marshal(tags) // null where there are none
	if err != nil {
		return err
	}
	return d.tell(kindSet, &fieldsSet{Thing: thing, Fields: map[string]json.RawMessage{FieldTags: value}})
}

// WriteNote adds a text about a thread that colleagues read. It stays.
func (d *Desk) WriteNote(t *Thread, text string) error {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxNote {
		return fmt.Errorf("a note has 1 to %d bytes", maxNote)
	}
	return d.tell(kindNote, &noteWritten{On: "thread/" + t.ID, Text: text})
}

// JoinHands takes two pseudonyms for one hand, or no more, by a person's decision and
// with the reason. Each is named by its three words, or by one of its letters. Nothing is
// merged in what is kept: either way can be gone back.
func (d *Desk) JoinHands(a, b string, one bool, reason string) error {
	first, err := d.FindSender(a)
	if err != nil {
		return err
	}
	second, err := d.FindSender(b)
	if err != nil {
		return err
	}
	x, y := first.pseudonym, second.pseudonym
	reason = strings.TrimSpace(reason)
	switch {
	case x == y:
		return errors.New("these are one pseudonym")
	case !one && !d.joined(x, y).One:
		return errors.New("nobody has joined these two")
	case reason == "" || len(reason) > maxExplanation:
		return fmt.Errorf("say why, in 1 to %d bytes: others must be able to judge it", maxExplanation)
	}
	value, err := json.Marshal(joined{one, reason})
	if err != nil {
		return err
	}
	return d.tell(kindSet, &fieldsSet{Thing: pairThing(x, y), Fields: map[string]json.RawMessage{fieldJoined: value}})
}
