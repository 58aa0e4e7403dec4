// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tamizdat/claim"
	"tamizdat/desk/casebook"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

func change(verb claim.Verb, kind, object string, pairs ...string) claim.Change {
	c := claim.Change{Verb: verb, Kind: kind, Object: object}
	for i := 0; i < len(pairs); i += 2 {
		if c.Fields == nil {
			c.Fields = map[string]json.RawMessage{}
		}
		c.Fields[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return c
}

func create(kind, object string, pairs ...string) claim.Change {
	return change(claim.VerbCreate, kind, object, pairs...)
}

func set(kind, object string, pairs ...string) claim.Change {
	return change(claim.VerbSet, kind, object, pairs...)
}

// register is what a person sees of a desk's register.
func register(t testing.TB, d *Desk) (string, []SetAside) {
	t.Helper()
	c, err := d.Claims()
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Case.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s%+v%+v", b, c.Problems(), c.Conflicts()), c.Aside
}

// sameRegister fails unless all desks see one register, within hours: when each writes
// is drawn by chance.
func (w *world) sameRegister() {
	w.t.Helper()
	diff := w.otherRegisters()
	for hours := 0; diff != "" && hours < 12; hours++ {
		w.pass(time.Hour)
		diff = w.otherRegisters()
	}
	if diff != "" {
		w.t.Error(diff)
	}
}

// otherRegisters tells where desks see another register than the first.
func (w *world) otherRegisters() string {
	one, aside := register(w.t, w.desks[0])
	for _, d := range w.desks[1:] {
		other, theirs := register(w.t, d)
		if diff := cmp.Diff(one, other) + cmp.Diff(aside, theirs); diff != "" {
			return fmt.Sprintf("%s sees it otherwise than %s:\n%s", d.s.name, w.desks[0].s.name, diff)
		}
	}
	return ""
}

// TestColleaguesShareTheRegister: what Anna enters comes to all; what two set at once
// waits for a choice; nobody signs twice or for somebody else, whatever their program
// sends; and all of it is there after a restart.
func TestColleaguesShareTheRegister(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	w.must(anna.Change(
		create("party", "clerk", "label", `"a clerk"`, "kind", `"unnamed_person"`), create("document", "letter-1", "kind", `"letter"`),
		create("claim", "boxes", "text", `"Eleven boxes were carried out."`, "kind", `"quantity"`),
		create("utterance", "u1", "speaker", `"clerk"`, "doc", `"letter-1"`, "claims", `["boxes"]`),
		create("publication", "page", "channels", `["site"]`),
	))
	w.must(anna.Change(set("claim", "boxes", "topic", `"archive"`)))
	w.pass(4 * time.Hour)
	w.sameRegister()
	w.must(anna.Change(set("claim", "boxes", "exposure", `"<=100"`)))
	w.clock = w.clock.Add(time.Second)
	w.must(boris.Change(
		create("party", "tide", "label", `"The Tide"`, "kind", `"outlet"`),
		create("utterance", "u2", "speaker", `"tide"`, "claims", `["boxes"]`, "relays", `["u1"]`), set("claim", "boxes", "exposure", `"more"`),
	))
	w.pass(4 * time.Hour)
	w.sameRegister()
	c, err := vera.Claims()
	w.must(err)
	if con := c.Conflicts(); len(con) != 1 || con[0].Field != "exposure" || c.Name(con[0].Values[0].Actor) != "Boris" {
		t.Errorf("what waits for a choice: %+v", con)
	}
	if o := claim.NewIndex(&c.Case).Origins("boxes"); o.Count() != "1 origin" {
		t.Errorf("Vera counts %s", o.Count())
	}
	w.must(vera.Change(set("claim", "boxes", "exposure", `"<=100"`)))

	hash, _ := c.Case.Hash("page")
	sign := func(id string, d *Desk) claim.Change {
		return create("sign_off", id, "object", `"page"`, "object_hash", fmt.Sprintf("%q", hash), "person", fmt.Sprintf("%q", personOf(d.ID())), "decision", `"approve"`)
	}
	w.must(anna.Change(sign("s1", anna)))
	w.must(anna.Change(sign("s2", anna)))
	if refusal, ok := errors.AsType[claim.Refusal](anna.Change(sign("s3", boris))); !ok || !strings.Contains(refusal.Error(), "signs for themselves") {
		t.Errorf("Anna signs for Boris: %v", refusal)
	}
	if _, ok := errors.AsType[claim.Refusal](anna.Change(set("claim", "boxes", "credibility", "1"))); !ok {
		t.Error("the door let a credibility of 1 in")
	}
	w.must(anna.tell(kindClaim, []claim.Change{sign("s3", boris)})) // by a program that asks no door
	w.must(anna.tell(kindClaim, "nonsense"))
	w.must(anna.tell(kindClaim, []claim.Change{set("claim", "boxes", "credibility", "1")}))
	w.pass(4 * time.Hour)
	w.sameRegister()
	for i := range w.desks {
		w.reopen(i)
	}
	w.sameRegister()
	c, err = w.desks[1].Claims()
	w.must(err)
	if len(c.Conflicts()) > 0 || len(c.Aside) != 2 || c.Aside[0].By != "Anna" || len(c.Case.SignOffs) != 2 {
		t.Errorf("%d wait for a choice, aside %+v, %d signed", len(c.Conflicts()), c.Aside, len(c.Case.SignOffs))
	}
	if err := c.Case.Approved("page"); err == nil || !strings.Contains(err.Error(), "and 1 did") {
		t.Errorf("Anna has signed twice: %v", err)
	}
	if !slices.ContainsFunc(c.Problems(), func(p claim.Problem) bool { return p.Object == "boxes" && strings.Contains(p.Says, "at best") }) {
		t.Errorf("a credibility above its ceiling is not shown: %+v", c.Problems())
	}
	w.must(w.desks[1].Change(sign("s4", w.desks[1])))
	c, err = w.desks[1].Claims()
	w.must(err)
	w.must(c.Case.Approved("page"))
}

// TestTwoIncarnationsAreOnePerson: a restored desk writes another row, and its owner
// has no second vote by it.
func TestTwoIncarnationsAreOnePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.desks[0]
	w.must(anna.Change(create("publication", "page", "channels", `["site"]`)))
	for _, id := range []string{"s1", "s2"} {
		c, err := anna.Claims()
		w.must(err)
		hash, _ := c.Case.Hash("page")
		w.must(anna.Change(create("sign_off", id, "object", `"page"`, "object_hash", fmt.Sprintf("%q", hash), "person", fmt.Sprintf("%q", c.Person), "decision", `"approve"`)))
		w.must(anna.NewIncarnation())
	}
	c, err := anna.Claims()
	w.must(err)
	if err := c.Case.Approved("page"); err == nil || len(c.Case.SignOffs) != 2 || len(c.Aside) > 0 {
		t.Errorf("%v, %d signed, %+v", err, len(c.Case.SignOffs), c.Aside)
	}
}

// TestTheRegisterNamesNoSender: the desk's own names for senders and letters do not get
// into it, but for what is kept about a source.
func TestTheRegisterNamesNoSender(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "The risk grows every week.")
	w.pass(2 * time.Hour)
	anna := w.desks[0]
	l := anna.Letters()[0]
	for _, name := range []string{l.From, strings.ToUpper(l.From), strings.ReplaceAll(l.From, "-", " "), l.ID.String(), "letter " + l.ID.Short()} {
		for _, c := range []claim.Change{
			create("party", "p", "label", fmt.Sprintf("%q", name), "kind", `"unnamed_person"`), create("document", name, "kind", `"letter"`),
			create("document", "d", "kind", `"letter"`, "archive", fmt.Sprintf("[%q]", name)),
		} {
			if _, ok := errors.AsType[claim.Refusal](anna.Change(c)); !ok {
				t.Errorf("%q was let into %s", name, c.Kind)
			}
		}
	}
	w.must(anna.Change(create("source", "s", "pseudonym", fmt.Sprintf("%q", l.From)), create("document", "letter-1", "kind", `"letter"`)))
	w.must(anna.tell(kindClaim, []claim.Change{create("claim", "c", "kind", `"event"`, "text", fmt.Sprintf("%q", "Told by "+l.From+"."))}))
	c, err := anna.Claims()
	w.must(err)
	if !slices.ContainsFunc(c.Problems(), func(p claim.Problem) bool { return p.Object == "c" && strings.Contains(p.Says, l.From) }) {
		t.Error("what a program without a door entered is not shown")
	}
	hidden := strings.Join(strings.Split(l.From, ""), "\u200b")
	if !c.Case.Hidden().Also(l.From) || c.Betrays(hidden) == "" || c.Betrays("It says so, "+l.From+".") == "" || c.Betrays("It says so.") != "" {
		t.Error("a text that names a sender may leave")
	}
}

// bookDesk is a casebook with a register, without a vault.
type bookDesk struct {
	key  *letter.JournalistKeys
	book *casebook.Book
	shared
}

func newBookDesk(k *letter.JournalistKeys) *bookDesk {
	return &bookDesk{k, casebook.New(wire.NewsroomKey{7}), *newShared()}
}

func (d *bookDesk) add(t testing.TB, e *casebook.Event) {
	t.Helper()
	taken, err := d.book.Add(e)
	if err != nil {
		t.Fatal(err)
	}
	if d.book.Cut() {
		d.shared, taken = *newShared(), slices.Collect(d.book.All())
	}
	for _, e := range taken {
		d.fold(e)
	}
}

func (d *bookDesk) write(t testing.TB, inc uint32, at int64, payload any) *casebook.Event {
	t.Helper()
	b := d.book.Next(casebook.Chain{Author: d.key.ID(), Incarnation: inc})
	b.At, b.Kind = at, kindClaim
	var err error
	if b.Payload, err = json.Marshal(payload); err != nil {
		t.Fatal(err)
	}
	e, err := casebook.Sign(d.key, b)
	if err != nil {
		t.Fatal(err)
	}
	d.add(t, e)
	return e
}

// seenBy is all that a desk has of the register.
func (d *bookDesk) seenBy(t testing.TB) string {
	t.Helper()
	c, err := d.claims.state()
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var aside []string
	for _, a := range d.claims.aside {
		aside = append(aside, fmt.Sprint(a.in.Chain, a.in.N, a.why))
	}
	slices.Sort(aside)
	events := slices.Clone(d.claims.register.Events())
	slices.SortFunc(events, func(a, b claim.Event) int { return strings.Compare(fmt.Sprint(a.Actor, a.N), fmt.Sprint(b.Actor, b.N)) })
	return fmt.Sprintf("%s\n%s\n%+v\n%+v\n%v", b, strings.Join(aside, "\n"), d.claims.register.Register().Conflicts(), claim.CheckLog(events), events)
}

func testKeys(t testing.TB) []*letter.JournalistKeys {
	t.Helper()
	var keys []*letter.JournalistKeys
	for _, name := range testNames {
		k, err := letter.NewJournalistKeys(name)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	return keys
}

// randomDeed is what somebody, or their program, may do; much of it does not fold.
func randomDeed(draw func(int) int, people []string) any {
	who := func() string { return fmt.Sprintf("%q", people[draw(len(people))]) }
	id := func() string { return fmt.Sprint(draw(3)) }
	one := func() claim.Change {
		switch draw(13) {
		case 10:
			return set("evidence", "e"+id(), "claim", `"c0"`, "item", `"c1"`, "direction", `"-"`, "by", who(), "at", "null", "reason", fmt.Sprintf("%q", id()))
		case 11:
			return create("party", "c"+id(), "label", `"x"`, "kind", `"outlet"`)
		case 12:
			return change([]claim.Verb{claim.VerbRemove, claim.VerbRestore}[draw(2)], "evidence", "e"+id())
		case 0:
			return create("claim", "c"+id(), "text", fmt.Sprintf("%q", id()), "kind", `"event"`)
		case 1:
			return create("decision", "d"+id(), "suggestion", `"resolution \"q0\" YES 2027-07-01 \"\""`, "choice", `"YES"`, "by", who(), "object", `"q0"`)
		case 2:
			return change(claim.VerbRemove, "decision", "d"+id())
		case 3:
			return change(claim.VerbRestore, "decision", "d"+id())
		case 4:
			return set("question", "q0", "resolution", `"YES"`, "resolved_at", `"2027-07-01"`, "resolved_by", "["+who()+","+who()+"]", "resolution_document", "null")
		case 5:
			return set("publication", "p0", "waivers", `[{"claim":"c0","reason":"r","by":[`+who()+","+who()+`]}]`)
		case 6:
			return create("evidence", "e"+id(), "claim", `"c0"`, "item", `"c1"`, "direction", `"+"`, "by", who())
		case 7:
			return change(claim.VerbAppend, "publication", "p0", "fetched", fmt.Sprintf("%q", id()))
		case 8:
			return set("publication", "p0", "authors", "["+who()+"]")
		}
		return set("claim", "c"+id(), "text", fmt.Sprintf("%q", id()))
	}
	if draw(12) == 0 {
		return "nonsense"
	}
	deed := make([]claim.Change, 1+draw(2))
	for i := range deed {
		deed[i] = one()
	}
	return deed
}

// TestEveryOrderGivesTheSameRegister lets three people write and hear of each other at
// random, with clocks that are wrong, and desks that were restored or run twice; then all
// hear of all, some of it twice, in orders of their own.
func TestEveryOrderGivesTheSameRegister(t *testing.T) {
	keys := testKeys(t)
	people := []string{"somebody"}
	for _, k := range keys {
		people = append(people, personOf(k.ID()))
	}
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "") }
		var desks []*bookDesk
		for _, i := range []int{0, 1, 2, 0} { // the last is a copy of Anna's
			desks = append(desks, newBookDesk(keys[i]))
		}
		var all []*casebook.Event
		first := desks[0].write(t, 1, 100, []claim.Change{create("question", "q0", "text", `"?"`), create("publication", "p0", "channels", `["x"]`), create("claim", "c0", "text", `"0"`, "kind", `"event"`)})
		all = append(all, first)
		for _, d := range desks[1:] {
			d.add(t, first)
		}
		for range 5 + draw(25) {
			d := desks[draw(4)]
			for range draw(4) {
				d.add(t, all[draw(len(all))])
			}
			inc := uint32(1 + draw(2)*draw(2))
			if d.book.IsCut(casebook.Chain{Author: d.key.ID(), Incarnation: inc}) {
				inc = 3 + uint32(draw(2))
			}
			all = append(all, d.write(t, inc, int64(draw(300)), randomDeed(draw, people)))
		}
		var want string
		for i := range 4 {
			d := newBookDesk(keys[1])
			order := rand.New(rand.NewPCG(uint64(draw(1<<30)), 0)).Perm(len(all))
			for _, j := range slices.Concat(order, order[:len(order)/2]) {
				d.add(t, all[j])
				if draw(8) == 0 {
					d.claims.catchUp() // now and then somebody looks
				}
			}
			if len(d.book.Waiting()) > 0 {
				rt.Fatalf("%d events wait", len(d.book.Waiting()))
			}
			if got := d.seenBy(t); i == 0 {
				want = got
			} else if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatal(diff)
			}
		}
	})
}

// BenchmarkClaims10k folds a register of 10,000 events of three people's casebook.
func BenchmarkClaims10k(b *testing.B) {
	keys := testKeys(b)
	var desks []*bookDesk
	for _, k := range keys {
		desks = append(desks, newBookDesk(k))
	}
	var all []*casebook.Event
	var heard [3]int
	for i := range 10_000 {
		who := i / 7 % 3
		for ; i%7 == 0 && heard[who] < len(all); heard[who]++ {
			desks[who].add(b, all[heard[who]])
		}
		c := create("utterance", fmt.Sprint("u", i), "speaker", `"p"`, "claims", fmt.Sprintf(`["c%d"]`, i-i%10), "relays", "[]", "quote", `"The boxes were carried out at night, and nobody asked."`)
		switch {
		case i == 0:
			c = create("party", "p", "label", `"The Tide"`, "kind", `"outlet"`)
		case i%10 == 0:
			c = create("claim", fmt.Sprint("c", i), "text", `"Eleven boxes of duty logs were carried out."`, "kind", `"event"`)
		case i%10 > 6 && i/7%3 == (i-i%10)/7%3:
			c = set("claim", fmt.Sprint("c", i-i%10), "topic", `"archive"`)
		}
		all = append(all, desks[who].write(b, 1, int64(testStart+i), []claim.Change{c}))
	}
	reader := newBookDesk(keys[0])
	for _, e := range all {
		reader.add(b, e)
	}
	taken := reader.claims.waiting
	b.ResetTimer()
	for b.Loop() {
		book := claimBook{waiting: taken}
		book.catchUp()
		if n := len(book.register.Events()); n < 9000 {
			b.Fatalf("%d events, %s", n, book.aside[0].why)
		}
	}
}

// TestManyChangesAtOnce: what is more than an event can hold is one record and several
// events, all of it or nothing, and the desk says how long it travels.
func TestManyChangesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna := w.desks[0]
	var all []claim.Change
	for i := range 1500 {
		all = append(all, create("claim", fmt.Sprint("c", i), "kind", `"event"`, "text", fmt.Sprintf("%q", strings.Repeat("boxes ", 90))))
	}
	before := anna.s.book.Len()
	if _, ok := errors.AsType[claim.Refusal](anna.Change(append(all, set("claim", "gone", "text", `"x"`))...)); !ok || anna.s.book.Len() != before {
		t.Errorf("half of it was taken: %d events", anna.s.book.Len()-before)
	}
	w.must(anna.Change(all...))
	if n := anna.s.book.Len() - before; n < 2 || n > 4 {
		t.Errorf("%d events", n)
	}
	if size, takes := anna.Untold(); size < 700_000 || takes < 5*time.Hour || takes > 48*time.Hour {
		t.Errorf("%d bytes take %s", size, takes)
	}
	w.reopen(0)
	c, err := w.desks[0].Claims()
	w.must(err)
	if len(c.Case.Claims) != 1500 || len(c.Aside) > 0 {
		t.Errorf("%d claims, %d aside", len(c.Case.Claims), len(c.Aside))
	}
}
