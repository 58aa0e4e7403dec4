// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"fmt"
	"slices"
	"strings"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// Explain says in sentences what a draft would do, beside the newsroom that
// this desk knows: every value that changes, old and new, and at a founding
// every value. What [Desk.Sign] would refuse stands in it too. The names and
// texts in it are strangers' until signed.
func (d *Desk) Explain(draft *Draft) ([]string, error) { return d.explain(draft, sixWords) }

// sixWords is the fingerprint of a request. It takes long on purpose.
func sixWords(request []byte) string {
	words := letter.Fingerprint(request, letter.English())
	return strings.Join(words[:], " ")
}

func (d *Desk) explain(draft *Draft, words func(request []byte) string) ([]string, error) {
	if err := d.checkFollows(draft); err != nil {
		return nil, err
	}
	e := &explanation{d: d, draft: draft, words: words, old: d.known(), now: draft.body}
	e.begin()
	e.people()
	e.former()
	e.root()
	e.settings()
	e.end()
	return e.lines, nil
}

// explanation collects the sentences.
type explanation struct {
	d        *Desk
	draft    *Draft
	words    func(request []byte) string
	old, now *wire.RosterBody
	lines    []string
}

func (e *explanation) say(format string, a ...any) {
	e.lines = append(e.lines, fmt.Sprintf(format, a...))
}

func (e *explanation) begin() {
	if e.now.Number == 1 {
		e.say("founds the newsroom %q with the key %s", e.now.Name, e.draft.Key())
	} else {
		e.say("makes roster %d of the newsroom %q", e.now.Number, e.now.Name)
	}
}

func (e *explanation) people() {
	was := map[wire.JournalistID]wire.Journalist{}
	for _, j := range e.old.Journalists {
		was[j.ID] = j
	}
	for _, j := range e.now.Journalists {
		if before, ok := was[j.ID]; ok {
			e.sameTill(before, j)
		} else {
			e.joins(j)
		}
		delete(was, j.ID)
	}
	for _, j := range e.old.Journalists {
		if _, ok := was[j.ID]; ok {
			e.leaves(j)
		}
	}
}

func (e *explanation) joins(j wire.Journalist) {
	q := e.draft.requested()[j.ID]
	switch {
	case j.ID == e.d.ID():
		e.say("%s joins: this is you", j.Name)
	case q == nil:
		e.say("%s joins WITHOUT A REQUEST: nobody can tell whose keys these are", j.Name)
	default:
		e.say("%s joins. Have %s read six words aloud, and compare: %s", j.Name, j.Name, e.words(q.Bytes()))
	}
	named := func(name string) bool { return name == j.Name }
	if slices.ContainsFunc(e.old.Journalists, func(o wire.Journalist) bool { return named(o.Name) }) ||
		slices.ContainsFunc(e.old.Former, func(f wire.Former) bool { return named(f.Name) }) {
		e.say("ANOTHER %s: somebody of this name is or was here already, with other keys", j.Name)
	}
}

// sameTill compares two entries of one person.
func (e *explanation) sameTill(before, j wire.Journalist) {
	if before.Name != j.Name {
		e.say("%s is called %s from now on", before.Name, j.Name)
	}
	if before.Tuple != j.Tuple {
		a, b := before.Tuple.Pseudonym(), j.Tuple.Pseudonym()
		e.say("THE KEYS OF %s CHANGE, to which letters are sealed (from %x to %x): ask %s aloud", j.Name, a[:8], b[:8], j.Name)
	}
	if before.Editor != j.Editor {
		e.say("THE KEY OF %s CHANGES that tells the press what to print (from %x to %x): ask %s aloud", j.Name, before.Editor[:], j.Editor[:], j.Name)
	}
	if before.Sig != j.Sig {
		e.say("%s has signed this entry anew", j.Name)
	}
}

func (e *explanation) leaves(j wire.Journalist) {
	f, ok := formers(e.now)[j.ID]
	if !ok {
		e.say("%s leaves: letters are not sealed to them any more, and NONE of their replies count, the earlier ones neither", j.Name)
		return
	}
	e.say("%s leaves: letters are not sealed to them any more, and their replies count in the first %d pages of the log and not after", j.Name, f.Pages)
}

// former compares the lists of those who left before. Whoever leaves now was
// named above.
func (e *explanation) former() {
	was, now := formers(e.old), formers(e.now)
	for _, f := range e.old.Former {
		g, ok := now[f.ID]
		switch {
		case !ok:
			e.say("%s is TAKEN OFF the list of those who left", f.Name)
		case g != f:
			e.say("%s, who left: the entry changes from %s to %s", f.Name, formerText(f), formerText(g))
		}
	}
	for _, f := range e.now.Former {
		if _, ok := was[f.ID]; !ok {
			e.say("is now on the list of those who left: %s", formerText(f))
		}
	}
}

func formerText(f wire.Former) string {
	return fmt.Sprintf("%q (writes as %x, replies count in the first %d pages)", f.Name, f.Pseudonym[:8], f.Pages)
}

// root says who may sign, and how many must. A threshold that falls is the
// shortest way to take a newsroom over, so it is always told.
func (e *explanation) root() {
	root, people := e.draft.root, len(e.draft.root.Admins)
	e.keysLeft()
	if !e.d.newRoot(e.draft) {
		e.say("%d may sign for the newsroom and %d must, as before", people, root.Threshold)
		return
	}
	if n := e.d.s.newsroom; n != nil {
		e.say("A NEW ROOT, number %d: %d may sign for the newsroom (before: %d), and %d must (before: %d)",
			root.Number, people, len(n.Admins()), root.Threshold, n.Threshold())
		e.keys(n.Admins())
		signed, needed := e.draft.Departure()
		e.say("the new root is signed by %d of those who may sign until now, needs %d", signed, needed)
	} else {
		e.say("A NEW ROOT, the first: %d may sign for the newsroom, and %d must", people, root.Threshold)
		e.say("a period of keys lasts %s; this can never be changed", span(root.Period))
		e.keys(nil)
	}
	switch {
	case people == 1:
		e.say("ONE PERSON decides alone what this newsroom is")
	case root.Threshold == 1:
		e.say("ANY ONE OF THEM can change everything without the others")
	case root.Threshold == people:
		e.say("ALL MUST SIGN: nobody can be let go who does not sign it, and one lost key stops the newsroom for good")
	}
}

// keysLeft warns of somebody who leaves and keeps a key that signs. Whose key it
// is need not be known: the numbers tell.
func (e *explanation) keysLeft() {
	if e.d.s.newsroom == nil {
		return
	}
	leave, taken := 0, 0
	for _, j := range e.old.Journalists {
		if !lists(e.now, j.ID) {
			leave++
		}
	}
	for _, k := range e.d.s.newsroom.Admins() {
		if !slices.Contains(e.draft.root.Admins, k) {
			taken++
		}
	}
	if taken < leave {
		e.say("WHO LEAVES COULD GO ON SIGNING: %d leave, and %d keys may sign no more", leave, taken)
	}
}

// keys tells whose keys come and go.
func (e *explanation) keys(old []wire.AdminKey) {
	owners := e.d.owners(e.draft)
	for _, k := range e.draft.root.Admins {
		owner, known := owners[k]
		switch {
		case known && !lists(e.now, owner.ID):
			e.say("THE KEY OF %s, WHO IS NOT ON THE LIST, may sign for the newsroom: %x", owner.Name, k[:])
		case slices.Contains(old, k):
		case known:
			e.say("%s may sign for the newsroom: %x", owner.Name, k[:])
		default:
			e.say("A KEY THAT BELONGS TO NOBODY may sign for the newsroom: %x", k[:])
		}
	}
	for _, k := range old {
		if slices.Contains(e.draft.root.Admins, k) {
			continue
		}
		name := "somebody whom this desk does not know"
		if owner, known := owners[k]; known {
			name = owner.Name
		}
		e.say("the key of %s may sign no more: %x", name, k[:])
	}
}

// end tells from when to when it holds, who has signed, and what stands against
// signing.
func (e *explanation) end() {
	e.say("is valid from %s to %s (%d days)", moment(e.now.Issued), moment(e.now.Expires), (e.now.Expires-e.now.Issued)/daySeconds)
	signed, needed := e.draft.Signers()
	e.say("is signed by %d, needs %d", signed, needed)
	if n := e.draft.Ignored(); n > 0 {
		e.say("SIGNATURES THAT ARE NO GOOD stood in the file: %d. They do not count", n)
	}
	for _, fault := range e.d.faults(e.draft) {
		e.say("WILL NOT BE SIGNED HERE: %v", fault)
	}
}
