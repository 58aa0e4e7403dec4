// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// altered is a draft that nobody's program would make: base with other values in
// its roster and last root, and everything that can be made to fit made to fit.
// nil where no such roster or root can be written down.
func altered(base *Draft, change func(*wire.RosterBody, *wire.RootBody)) *Draft {
	body, root := *base.body, *base.root
	body.Addresses, body.Journalists = slices.Clone(body.Addresses), slices.Clone(body.Journalists)
	body.Former, root.Admins = slices.Clone(body.Former), slices.Clone(root.Admins)
	change(&body, &root)
	rootPart, err := root.Encode()
	if err != nil {
		return nil
	}
	d := &Draft{roots: slices.Clone(base.roots), grant: base.grant, requests: slices.Clone(base.requests)}
	if !reflect.DeepEqual(&root, base.root) {
		d.roots[len(d.roots)-1] = wire.AssembleRoot(rootPart, nil)
		if len(d.roots) == 1 { // another founding root is another newsroom
			body.Newsroom = wire.NewsroomKeyOf(rootPart)
		}
	}
	if body.Grant == base.body.Grant && grantMustFollow(&body, base.body) {
		seed := letter.NewDeskSeed()
		if d.grant, err = seed.Grant(body.Newsroom, body.Number, body.Journalists); err != nil {
			return nil
		}
		body.Access, body.Permit, body.Grant = seed.AccessKey(), seed.PermitKey(), wire.GrantHash(d.grant)
	}
	part, err := body.Encode()
	if err != nil {
		return nil
	}
	d.roster = wire.AssembleRoster(part, nil)
	d.requests = slices.DeleteFunc(d.requests, func(b []byte) bool {
		q, err := wire.ParseRequest(b)
		return err != nil || !slices.Contains(body.Journalists, q.Journalist) || !slices.Contains(root.Admins, q.Admin)
	})
	if d.check() != nil {
		return nil
	}
	return d
}

func grantMustFollow(a, b *wire.RosterBody) bool {
	return a.Newsroom != b.Newsroom || a.Number != b.Number || !reflect.DeepEqual(a.Journalists, b.Journalists)
}

// explained is what a signer reads, without the lines that only say which
// newsroom it is.
func explained(t *testing.T, d *Desk, draft *Draft) string {
	t.Helper()
	lines, err := d.explain(draft, func(b []byte) string { return fmt.Sprintf("words of %x", sha256.Sum256(b)) })
	if err != nil {
		return err.Error()
	}
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, "tamizdat1") }), "\n")
}

// TestEveryFieldIsToldOrRefused: whatever field of a roster or root somebody
// changes, a signer reads it or the desk does not sign.
func TestEveryFieldIsToldOrRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(14 * time.Hour)
	grigori := w.newDesk("Grigori")
	renewal, err := w.desks[0].Propose(Change{})
	w.must(err)
	bigger, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}, Add: [][]byte{grigori.Request()}})
	w.must(err)
	founder := w.newDesk("Zoya")
	founding, err := founder.Found(Founding{
		Name: "The Lamp", Addresses: []string{"http://127.0.0.1:2"}, Drop: w.key, Incarnation: w.inc,
		Threshold: 1, Period: testPeriod, Schedule: w.sched, LogKey: "log.example+0", Requests: [][]byte{grigori.Request()},
	})
	w.must(err)
	spare := spareParts(w)
	for name, c := range map[string]struct {
		desk *Desk
		base *Draft
	}{
		"renewal": {w.desks[1], renewal}, "change": {w.desks[1], bigger}, "founding": {founder, founding},
	} {
		told := explained(t, c.desk, c.base)
		if signing := *c.base; c.desk.Sign(&signing) != nil {
			t.Fatalf("%s: the draft itself is not signed:\n%s", name, told)
		}
		for _, whole := range []any{*c.base.body, *c.base.root} {
			for _, path := range fieldsOf(reflect.TypeOf(whole), nil) {
				if name == "renewal" && reflect.TypeOf(whole) == reflect.TypeFor[wire.RootBody]() {
					continue // it has no root of its own
				}
				for _, v := range spare.other(reflect.ValueOf(whole).FieldByIndex(path)) {
					d := altered(c.base, func(b *wire.RosterBody, r *wire.RootBody) {
						into := reflect.ValueOf(b).Elem()
						if reflect.TypeOf(whole) == reflect.TypeFor[wire.RootBody]() {
							into = reflect.ValueOf(r).Elem()
						}
						into.FieldByIndex(path).Set(v)
					})
					if d == nil {
						continue // no desk can read it, so none signs it
					}
					if now := explained(t, c.desk, d); now == told && c.desk.Sign(d) == nil {
						t.Errorf("%s: %s becomes %v, and the signer is told nothing and signs", name,
							reflect.TypeOf(whole).FieldByIndex(path).Name, v)
					}
				}
			}
		}
	}
}

// fieldsOf lists the fields of a struct, and of structs in it.
func fieldsOf(t reflect.Type, under []int) (out [][]int) {
	for i := range t.NumField() {
		path := append(slices.Clone(under), i)
		if f := t.Field(i); f.Type.Kind() == reflect.Struct {
			out = append(out, fieldsOf(f.Type, path)...)
		} else {
			out = append(out, path)
		}
	}
	return out
}

// spares are valid keys and people to put in another's place.
type spares struct {
	journalist wire.Journalist
	admin      wire.AdminKey
	key        [32]byte
}

func spareParts(w *world) *spares {
	w.t.Helper()
	q, err := wire.ParseRequest(w.newDesk("Spare").Request())
	w.must(err)
	return &spares{journalist: q.Journalist, admin: q.Admin, key: letter.NewDeskSeed().AccessKey()}
}

// other lists values of v's type that are not v's.
func (s *spares) other(v reflect.Value) (out []reflect.Value) {
	add := func(x any) { out = append(out, reflect.ValueOf(x).Convert(v.Type())) }
	switch x := v.Interface().(type) {
	case []wire.Journalist:
		add(append(slices.Clone(x), s.journalist))
		add(x[1:])
		for i := range x {
			add(slices.Concat(x[:i], []wire.Journalist{s.journalist}, x[i+1:]))
		}
		return out
	case []wire.Former:
		add(append(slices.Clone(x), wire.Former{ID: s.journalist.ID, Name: "Spare", Pseudonym: s.journalist.Tuple.Pseudonym()}))
		for i := range x {
			add(slices.Delete(slices.Clone(x), i, i+1))
			for _, change := range []func(*wire.Former){
				func(f *wire.Former) { f.Name += "x" }, func(f *wire.Former) { f.Pages-- },
				func(f *wire.Former) { f.Pages++ }, func(f *wire.Former) { f.Pseudonym[0] ^= 1 },
			} {
				c := slices.Clone(x)
				change(&c[i])
				add(c)
			}
		}
		return out
	case []wire.AdminKey:
		add(append(slices.Clone(x), s.admin))
		add(x[1:])
		add(append(slices.Clone(x[1:]), s.admin))
		return out
	case []string:
		add(append(slices.Clone(x), "http://evil.onion"))
		add([]string{"http://evil.onion"})
		return out
	}
	switch v.Kind() {
	case reflect.String:
		add(v.String() + "x")
		if v.String() != "" {
			add("")
		}
	case reflect.Array:
		b := reflect.New(v.Type()).Elem()
		b.Set(v)
		b.Index(0).SetUint(v.Index(0).Uint() ^ 1)
		out = append(out, b)
		if v.Len() == 32 {
			add(s.key)
		}
	case reflect.Int, reflect.Int64:
		add(v.Int() + 1)
		add(v.Int() - 1)
		add(v.Int() + 300*daySeconds)
	default:
		add(v.Uint() + 1)
		add(v.Uint() - 1)
	}
	return out
}

// TestFieldsAreReallyAltered: the test above sees nothing where altered gives up,
// so each field that is not bound to another must be alterable.
func TestFieldsAreReallyAltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(14 * time.Hour)
	base, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
	w.must(err)
	spare := spareParts(w)
	bound := []string{"Newsroom", "Grant"} // check() binds them to the rest
	for _, path := range fieldsOf(reflect.TypeFor[wire.RosterBody](), nil) {
		f := reflect.TypeFor[wire.RosterBody]().FieldByIndex(path)
		some := false
		for _, v := range spare.other(reflect.ValueOf(*base.body).FieldByIndex(path)) {
			some = some || altered(base, func(b *wire.RosterBody, _ *wire.RootBody) {
				reflect.ValueOf(b).Elem().FieldByIndex(path).Set(v)
			}) != nil
		}
		if !some && !slices.Contains(bound, f.Name) {
			t.Errorf("no other value of %s was tried", f.Name)
		}
	}
}

// TestSignerIsTold: the sentences of the changes that matter.
func TestSignerIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(14 * time.Hour)
	d := w.desks[1]
	n := d.s.newsroom
	base, err := w.desks[0].Propose(Change{})
	w.must(err)
	bare := n.Root()
	next, err := nextRoot(n, bare)
	w.must(err)
	rooted, err := finishDraft(append(n.RootBytes(), next), func() *wire.RosterBody { b := *base.body; b.Root = 2; return &b }(), nil)
	w.must(err)
	nobody := w.newDesk("Nobody")
	for want, draft := range map[string]*Draft{
		`the addresses of the drop: from ["http://127.0.0.1:1"] to ["http://evil.onion"]`: altered(base, func(b *wire.RosterBody, _ *wire.RootBody) { b.Addresses = []string{"http://evil.onion"} }),
		"THE DROP'S LOGS BEGIN ANEW":  altered(base, func(b *wire.RosterBody, _ *wire.RootBody) { b.Incarnation[0] ^= 1 }),
		"replies a page: from 8 to 9": altered(base, func(b *wire.RosterBody, _ *wire.RootBody) { b.Schedule.Slots = 9 }),
		"letters are kept for: from 1080 pages (45.0 days) to 100 pages (4.2 days)": altered(base, func(b *wire.RosterBody, _ *wire.RootBody) { b.Schedule.LettersKept = 100 }),
		`the newsroom's name: from "Free Voice" to "Free Voices"`:                   altered(base, func(b *wire.RosterBody, _ *wire.RootBody) { b.Name = "Free Voices" }),
		"Vera leaves":                    altered(base, func(b *wire.RosterBody, _ *wire.RootBody) { dropVera(b) }),
		"WHO LEAVES COULD GO ON SIGNING": altered(base, func(b *wire.RosterBody, _ *wire.RootBody) { dropVera(b) }),
		"A NEW ROOT, number 2: 3 may sign for the newsroom (before: 3), and 1 must (before: 2)": altered(rooted, func(_ *wire.RosterBody, r *wire.RootBody) { r.Threshold = 1 }),
		"ANY ONE OF THEM can change everything":                                                 altered(rooted, func(_ *wire.RosterBody, r *wire.RootBody) { r.Threshold = 1 }),
		"ALL MUST SIGN":                                                                         altered(rooted, func(_ *wire.RosterBody, r *wire.RootBody) { r.Threshold = 3 }),
		"3 may sign for the newsroom and 2":                                                     base,
		"A KEY THAT BELONGS TO NOBODY":                                                          altered(rooted, func(_ *wire.RosterBody, r *wire.RootBody) { r.Admins = append(r.Admins, nobody.keys.AdminKey()) }),
	} {
		if draft == nil {
			t.Fatalf("%s: no such draft can be made", want)
		}
		if got := explained(t, d, draft); !strings.Contains(got, want) {
			t.Errorf("the signer is not told %q but\n%s", want, got)
		}
	}
}

func dropVera(b *wire.RosterBody) {
	b.Journalists = slices.DeleteFunc(b.Journalists, func(j wire.Journalist) bool { return j.Name == "Vera" })
}

// TestSignRefuses: what a person should not have to find.
func TestSignRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(14 * time.Hour)
	out, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
	w.must(err)
	w.signAndJoin(out, 0, 1)
	w.desks = w.desks[:2]
	w.pass(14 * time.Hour)
	d := w.desks[1]
	base, err := w.desks[0].Propose(Change{})
	w.must(err)
	w.must(d.Sign(altered(base, func(*wire.RosterBody, *wire.RootBody) {})))
	dora, err := wire.ParseRequest(w.newDesk("Dora").Request())
	w.must(err)
	for want, change := range map[string]func(*wire.RosterBody){
		"later replies of Vera, who has left, would count again": func(b *wire.RosterBody) { b.Former[0].Pages++ },
		"would be taken off the list of those who left":          func(b *wire.RosterBody) { b.Former = nil },
		"Dora would join without a request":                      func(b *wire.RosterBody) { b.Journalists = append(b.Journalists, dora.Journalist) },
		"but was never here": func(b *wire.RosterBody) {
			b.Former = append(b.Former, wire.Former{ID: dora.Journalist.ID, Name: "Dora", Pseudonym: dora.Journalist.Tuple.Pseudonym(), Pages: 1})
		},
		"which lies ahead": func(b *wire.RosterBody) {
			b.Issued, b.Expires = b.Issued+300*daySeconds, b.Expires+300*daySeconds
		},
		"sync first": func(b *wire.RosterBody) { b.HeadSize++ },
		"the replies log it speaks of is not the one": func(b *wire.RosterBody) { b.HeadRoot[0] ^= 1 },
		"and the roster before of":                    func(b *wire.RosterBody) { b.HeadSize, b.HeadRoot = 0, wire.NewTree().Root(); b.Former[0].Pages = 0 },
		"the pages kept would rise":                   func(b *wire.RosterBody) { b.Schedule.RepliesKept++ },
		"the roster names root 1":                     func(b *wire.RosterBody) { b.Root = 1 },
	} {
		draft := altered(base, func(b *wire.RosterBody, _ *wire.RootBody) { change(b) })
		if draft == nil {
			t.Fatalf("%s: no such draft can be made", want)
		}
		if err := d.Sign(draft); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: signed, or refused with %v", want, err)
		}
		if got := explained(t, d, draft); !strings.Contains(got, "WILL NOT BE SIGNED HERE") {
			t.Errorf("%s: the signer is told\n%s", want, got)
		}
	}
}

// TestGrantIsOpenedBeforeSigning: a seed that does not open, is missing for
// somebody or is the old one again is seen before it is signed.
func TestGrantIsOpenedBeforeSigning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	d := w.desks[1]
	base, err := w.desks[0].Propose(Change{})
	w.must(err)
	make := func(seed, named *letter.DeskSeed, of int) *Draft {
		body := *base.body
		grant, err := seed.Grant(body.Newsroom, body.Number, body.Journalists[:of])
		w.must(err)
		body.Access, body.Permit, body.Grant = named.AccessKey(), named.PermitKey(), wire.GrantHash(grant)
		part, err := body.Encode()
		w.must(err)
		draft := &Draft{roots: base.roots, roster: wire.AssembleRoster(part, nil), grant: grant}
		w.must(draft.check())
		return draft
	}
	one, two := letter.NewDeskSeed(), letter.NewDeskSeed()
	w.must(d.Sign(make(one, one, 3)))
	for want, draft := range map[string]*Draft{
		"does not open here":        make(one, two, 3),
		"would get no seed":         make(one, one, 2),
		"seed is not a new one":     make(d.seed, d.seed, 3),
		"is of another newsroom or": base.withGrantOf(t, w, one),
	} {
		if err := d.Sign(draft); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: signed, or refused with %v", want, err)
		}
	}
}

// withGrantOf gives the draft a grant for another roster's number.
func (d *Draft) withGrantOf(t *testing.T, w *world, seed *letter.DeskSeed) *Draft {
	t.Helper()
	body := *d.body
	grant, err := seed.Grant(body.Newsroom, body.Number+1, body.Journalists)
	w.must(err)
	body.Access, body.Permit, body.Grant = seed.AccessKey(), seed.PermitKey(), wire.GrantHash(grant)
	part, err := body.Encode()
	w.must(err)
	out := &Draft{roots: d.roots, roster: wire.AssembleRoster(part, nil), grant: grant}
	w.must(out.check())
	return out
}

// TestFoundingTellsEverything: there is nothing to compare a founding with, so
// all of it is said.
func TestFoundingTellsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, other := w.newDesk("Zoya"), w.newDesk("Yan")
	f := Founding{
		Name: "The Lamp", Addresses: []string{"http://127.0.0.1:2"}, Drop: w.key, Incarnation: w.inc,
		Threshold: 2, Period: testPeriod, Schedule: wire.DefaultSchedule(), LogKey: "log.example+0", Requests: [][]byte{other.Request()},
	}
	draft, err := d.Found(f)
	w.must(err)
	lines, err := d.Explain(draft)
	w.must(err)
	got := strings.Join(lines, "\n")
	words := letter.Fingerprint(other.Request(), letter.English())
	for _, want := range []string{
		"a period of keys lasts 7 days", fmt.Sprintf("the drop's key: %x", w.key[:]), fmt.Sprintf("logs: %x", w.inc[:]),
		`the key of the public record: "log.example+0"`, "letters are kept for: 1080 pages (45.0 days)", "replies are kept for: 120 pages (30.0 days)",
		"work for a letter, in bits: 8", "in steps: 1000", "sealed: every 6 hours", "A NEW ROOT", "2 may sign for the newsroom, and 2 must",
		"ALL MUST SIGN", strings.Join(words[:], " "), "Zoya joins: this is you",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not told: %q in\n%s", want, got)
		}
	}
}
