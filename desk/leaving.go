// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tamizdat/letter/wire"
)

// Leaving is what somebody still has who leaves the newsroom, or has left, as far as this
// desk knows. Nothing of it can be taken back; what can be made worthless is named.
type Leaving struct {
	Name      string     `json:"name"`
	Left      bool       `json:"left"`     // the newest roster does not list them
	Heard     int64      `json:"heard"`    // Unix seconds of the newest event by them; 0: none
	Opened    int        `json:"opened"`   // letters that opened at their desk
	Given     int        `json:"given"`    // letters that colleagues gave them
	Hands     []string   `json:"hands"`    // senders of both
	Pages     uint64     `json:"pages"`    // of the letters log that they had processed
	KeysEnd   int64      `json:"keys_end"` // Unix seconds: letters sealed until then may be to their keys
	Access    bool       `json:"access"`   // they can read the drop's logs
	Signs     bool       `json:"signs"`    // they may sign rosters
	Assigned  []string   `json:"assigned"` // hands of threads that are theirs to do
	OnlyThere []ItemInfo `json:"only"`     // items whose bytes lie at their desk, and not at this one
	Copies    []ItemID   `json:"copies"`   // items of which they were given a copy
	Aside     int        `json:"aside"`    // events by them that count for nobody
	Shares    string     `json:"shares"`   // this desk's recovery shares, of which they may hold one
	Says      []string   `json:"says"`     // all of it in sentences
}

// Leaving tells what somebody of this name, now or formerly of the newsroom, still has.
func (d *Desk) Leaving(name string) (*Leaving, error) {
	n, err := d.Newsroom()
	if err != nil {
		return nil, err
	}
	r := n.Roster()
	l := &Leaving{Hands: []string{}, Assigned: []string{}, OnlyThere: []ItemInfo{}, Copies: []ItemID{}}
	id, ok := l.find(r, name)
	if !ok {
		return nil, fmt.Errorf("the roster lists and listed nobody called %q", name)
	}
	l.Heard = d.s.spoke[id]
	d.lettersOf(l, id)
	d.itemsOf(l, id)
	for _, t := range d.Threads() {
		if t.Assigned == l.Name {
			l.Assigned = append(l.Assigned, strings.Join(t.Hands, " + "))
		}
	}
	for _, e := range d.aside() {
		if e.Chain.Author == id {
			l.Aside++
		}
	}
	if q := d.s.requests[id]; q != nil {
		l.Signs = slices.Contains(n.Admins(), q.Admin)
	}
	l.Access = !l.Left
	posted := d.unix()
	if l.Left {
		posted = d.s.changed // they were let go by then, whatever their clock said
	}
	l.KeysEnd = (wire.PeriodAt(posted, n.PeriodSeconds()) + periodsAhead).End(n.PeriodSeconds())
	if rec, err := d.v.Recovery(); err == nil {
		l.Shares = fmt.Sprintf("%d of %d", rec.Need, rec.Shares)
	}
	l.say()
	return l, nil
}

func (l *Leaving) find(r *wire.Roster, name string) (wire.JournalistID, bool) {
	for i := range r.Journalists {
		if j := &r.Journalists[i]; strings.EqualFold(j.Name, name) {
			l.Name = j.Name
			return j.ID, true
		}
	}
	for _, f := range r.Body().Former {
		if strings.EqualFold(f.Name, name) {
			l.Name, l.Left = f.Name, true
			return f.ID, true
		}
	}
	return wire.JournalistID{}, false
}

// lettersOf counts what opened at somebody's desk or was given to them.
func (d *Desk) lettersOf(l *Leaving, id wire.JournalistID) {
	senders := map[wire.Pseudonym]bool{}
	opened := map[LetterID]bool{}
	for own, said := range d.s.shared.opened {
		for _, s := range said {
			if letter := letterID(own.sender, own.id, s.digest); s.by == id && !opened[letter] && !d.isJournalists(own.sender) {
				opened[letter], senders[own.sender] = true, true
				l.Opened++
			}
		}
	}
	for letter, gifts := range d.s.shared.given {
		i := slices.IndexFunc(gifts, func(g gift) bool { return g.to == id })
		if i >= 0 && !opened[letter] {
			senders[wire.Pseudonym(gifts[i].Sender)] = true
			l.Given++
		}
	}
	for p := range senders {
		l.Hands = append(l.Hands, SenderName(p))
	}
	slices.Sort(l.Hands)
	l.Pages = d.s.shared.looked[id].pages
}

func (d *Desk) itemsOf(l *Leaving, id wire.JournalistID) {
	for _, o := range d.s.allElsewhere() {
		if o.by == id {
			l.OnlyThere = append(l.OnlyThere, o.info(d))
		}
	}
	for item, gifts := range d.s.shared.givenItems {
		if slices.ContainsFunc(gifts, func(g itemGift) bool { return g.to == id }) {
			l.Copies = append(l.Copies, item)
		}
	}
	slices.SortFunc(l.Copies, func(a, b ItemID) int { return strings.Compare(a.String(), b.String()) })
}

// say writes the sentences: what cannot be taken back first, then what is to be done.
func (l *Leaving) say() {
	add := func(format string, a ...any) { l.Says = append(l.Says, fmt.Sprintf(format, a...)) }
	if l.Left {
		add("%s has left: what is sealed with the newest list of journalists does not open at %s's desk", l.Name, l.Name)
	} else {
		add("%s is on the list of journalists; until a list without %s is signed and published, all of this goes on", l.Name, l.Name)
	}
	add("%s has %s that opened there, in the first %s of the log, and %s that colleagues gave, by %s; what was copied out cannot be known", l.Name,
		plural(l.Opened, "letter"), plural(int(l.Pages), "page"), plural(l.Given, "letter"), plural(len(l.Hands), "sender"))
	add("letters that sources seal before they see a list without %s open there too: keys of %s lie at the drop for letters until %s", l.Name, l.Name, time.Unix(l.KeysEnd, 0).UTC().Format(time.DateOnly))
	add("%s has what desks told each other until then: notes, threads, what was taken in", l.Name)
	if l.Access {
		add("%s has the key that reads the drop's logs, and signs permits; the next list has another", l.Name)
	}
	if l.Signs {
		add("%s may sign for the newsroom; a list that lets %s go takes that away", l.Name, l.Name)
	}
	add("%s's key signs editions as long as the press lists it: take it off there (tamizdat desk editors shows who is left)", l.Name)
	if len(l.Copies) > 0 {
		add("%s was given copies of %s", l.Name, plural(len(l.Copies), "item"))
	}
	if len(l.OnlyThere) > 0 {
		add("at %s's desk and not here: %s. Have a copy given before (tamizdat desk history make)", l.Name, plural(len(l.OnlyThere), "item"))
	}
	if len(l.Assigned) > 0 {
		add("%s assigned to %s: %s", plural(len(l.Assigned), "thread"), l.Name, strings.Join(l.Assigned, ", "))
	}
	if l.Aside > 0 {
		add("%s by %s counting for nobody (tamizdat desk aside)", plural(l.Aside, "event"), l.Name)
	}
	if l.Shares != "" {
		add("any %s recovery shares open this desk, and this program does not know who holds them: if %s has one, make new ones (tamizdat desk shares make)", l.Shares, l.Name)
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
