// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"tamizdat/letter/wire"
)

// requestWith puts a journalist's public entry beside an admin key that is not
// theirs. Anyone can.
func requestWith(w *world, of *Desk) (*wire.JournalistRequest, wire.AdminKey) {
	w.t.Helper()
	q, err := wire.ParseRequest(of.Request())
	w.must(err)
	public, private, err := ed25519.GenerateKey(rand.Reader)
	w.must(err)
	admin := wire.AdminKey(public)
	sig := ed25519.Sign(private, wire.Preimage(wire.TagRequest, wire.RequestSignedPart(q.Journalist, admin)))
	forged, err := wire.ParseRequest(wire.BuildRequest(q.Journalist, admin, [64]byte(sig)))
	w.must(err)
	return forged, admin
}

// TestStrangersKeyUnderAColleaguesName: a request that travels with a draft of
// other things makes no key a colleague's, even where his own is not known.
func TestStrangersKeyUnderAColleaguesName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	vera := w.desks[2]
	for _, d := range []*Desk{vera, w.desks[0]} { // as those who joined by the address
		d.s.requests = map[wire.JournalistID]*wire.JournalistRequest{}
	}
	forged, key := requestWith(w, w.desks[1])
	n := vera.s.newsroom
	root := n.Root()
	root.Admins = append(root.Admins, key)
	next, err := nextRoot(n, root)
	w.must(err)
	body := n.Roster().Body()
	body.Number++
	body.Previous, body.Root = n.Roster().Hash(), 2
	draft, err := finishDraft(append(n.RootBytes(), next), &body, []*wire.JournalistRequest{forged})
	w.must(err)
	if got := explained(t, vera, draft); !strings.Contains(got, "A KEY THAT BELONGS TO NOBODY") {
		t.Errorf("the signer is told\n%s", got)
	}
	w.must(vera.Sign(draft))
	w.must(w.desks[0].Sign(draft))
	w.must(w.desks[0].Publish(t.Context(), draft))
	w.must(vera.Join(t.Context(), draft))
	if q := vera.s.requests[forged.Journalist.ID]; q != nil {
		t.Errorf("the false request is believed: %x", q.Admin[:4])
	}
}

// TestNewcomerWithAColleaguesKey: a request that gives the newcomer an admin key
// which is there already would have the wrong key taken out with them.
func TestNewcomerWithAColleaguesKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	dora := w.newDesk("Dora")
	forged, key := requestWith(w, dora)
	n := w.desks[1].s.newsroom
	root := n.Root()
	root.Admins = append(root.Admins, key)
	next, err := nextRoot(n, root)
	w.must(err)
	body := n.Roster().Body()
	body.Number++
	body.Previous, body.Root = n.Roster().Hash(), 2
	first, err := finishDraft(append(n.RootBytes(), next), &body, nil)
	w.must(err)
	w.must(w.desks[0].Sign(first)) // a key of nobody, overlooked
	w.must(w.desks[1].Sign(first))
	w.must(w.desks[0].Publish(t.Context(), first))
	w.round(w.desks[1])
	body = w.desks[1].s.newsroom.Roster().Body()
	body.Number++
	body.Previous = w.desks[1].s.newsroom.Roster().Hash()
	body.Journalists = append(body.Journalists, forged.Journalist)
	second, err := finishDraft(w.desks[1].s.newsroom.RootBytes(), &body, []*wire.JournalistRequest{forged})
	w.must(err)
	if err := w.desks[1].Sign(second); err == nil || !strings.Contains(err.Error(), "is somebody's already") {
		t.Errorf("signed, or refused with %v", err)
	}
}

// ofTwo is a world whose newsroom is two desks that both must sign.
func ofTwo(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.desks = []*Desk{w.newDesk("Yan"), w.newDesk("Zoya")}
	var err error
	w.draft, err = w.desks[0].Found(Founding{
		Name: "The Lamp", Addresses: []string{"http://127.0.0.1:1"}, Drop: w.key, Incarnation: w.inc,
		Threshold: 2, Period: testPeriod, Schedule: w.sched, Requests: [][]byte{w.desks[1].Request()},
	})
	w.must(err)
	w.startDrop(w.dropPrivate)
	w.signAndJoin(w.draft, 0, 1)
	w.pass(3 * time.Hour)
	return w
}

// TestLeaverSignsTheRoot: of two who both must sign, one can go if he agrees.
func TestLeaverSignsTheRoot(t *testing.T) {
	t.Parallel()
	w := ofTwo(t)
	draft, err := w.desks[0].Propose(Change{Expel: []string{"Zoya"}})
	w.must(err)
	w.must(w.desks[0].Sign(draft))
	if signed, needed := draft.Departure(); signed != 1 || needed != 2 {
		t.Errorf("the root is signed by %d of %d", signed, needed)
	}
	if err := w.desks[0].Publish(t.Context(), draft); !errors.Is(err, wire.ErrThreshold) {
		t.Errorf("without the leaver: %v", err)
	}
	w.must(w.desks[1].Sign(draft))
	if signed, needed := draft.Departure(); signed != 2 || needed != 2 {
		t.Errorf("the root is signed by %d of %d", signed, needed)
	}
	if signed, needed := draft.Signers(); signed != 1 || needed != 1 {
		t.Errorf("the roster is signed by %d of %d", signed, needed)
	}
	draft, err = ParseDraft(draft.Bytes())
	w.must(err)
	w.must(w.desks[0].Publish(t.Context(), draft))
	if got := w.newsroom(); got.Threshold() != 1 || len(got.Roster().Journalists) != 1 {
		t.Errorf("%d must sign, %d are listed", got.Threshold(), len(got.Roster().Journalists))
	}
	again, err := w.desks[0].Propose(Change{})
	w.must(err)
	if err := w.desks[1].Sign(again); err == nil {
		t.Error("who left signs a later draft")
	}
}

// TestForgedSignatures: what was not signed is not counted, and does not spoil
// what was.
func TestForgedSignatures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	draft, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
	w.must(err)
	w.must(w.desks[0].Sign(draft))
	for _, key := range []wire.AdminKey{w.desks[1].keys.AdminKey(), w.newDesk("Nobody").keys.AdminKey()} {
		draft.roster, err = withSignature(draft.roster, wire.Signature{Key: key}, wire.SplitRoster, wire.AssembleRoster)
		w.must(err)
		draft.roots[1], err = withSignature(draft.roots[1], wire.Signature{Key: key}, wire.SplitRoot, wire.AssembleRoot)
		w.must(err)
	}
	draft, err = ParseDraft(draft.Bytes())
	w.must(err)
	if signed, needed := draft.Signers(); signed != 1 || needed != 2 {
		t.Errorf("signed by %d of %d", signed, needed)
	}
	if got := explained(t, w.desks[1], draft); !strings.Contains(got, "SIGNATURES THAT ARE NO GOOD stood in the file: 4.") {
		t.Errorf("the signer is told\n%s", got)
	}
	w.must(w.desks[1].Sign(draft))
	w.must(w.desks[0].Publish(t.Context(), draft))
}

// TestJoinOfWhatNobodyPublished: a desk that took over a draft the drop never
// got would say that an honest drop went back.
func TestJoinOfWhatNobodyPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	draft, err := w.desks[0].Propose(Change{})
	w.must(err)
	w.must(w.desks[0].Sign(draft))
	w.must(w.desks[1].Sign(draft))
	d := w.desks[1]
	if err := d.Join(t.Context(), draft); err == nil || !strings.Contains(err.Error(), "have it published") {
		t.Errorf("joined: %v", err)
	}
	w.round(d)
	if got := rows(d); got != "" {
		t.Errorf("told %s of an honest drop", tell(d.Alarms()))
	}
	w.must(w.desks[0].Publish(t.Context(), draft))
	w.must(d.Join(t.Context(), draft))
	if got := d.s.newsroom.Roster().Number; got != 2 {
		t.Errorf("after joining the roster is %d", got)
	}
}

// TestRequestOfADraftThatCameToNothing is not remembered, and one of a draft that
// a desk signed and found at the drop is.
func TestRequestOfADraftThatCameToNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	signer, dora := w.desks[1], w.newDesk("Dora")
	forged, _ := requestWith(w, dora)
	first, err := w.desks[0].Propose(Change{Add: [][]byte{forged.Bytes()}})
	w.must(err)
	w.must(signer.Sign(first))
	signer = w.reopen(1)
	second, err := w.desks[0].Propose(Change{Add: [][]byte{dora.Request()}})
	w.must(err)
	w.must(signer.Sign(second))
	w.must(w.desks[0].Sign(second))
	if signer.s.requests[dora.ID()] != nil {
		t.Error("a request is known before its draft became a roster")
	}
	w.must(w.desks[0].Publish(t.Context(), second))
	w.round(signer)
	signer = w.reopen(1)
	if q := signer.s.requests[dora.ID()]; q == nil || q.Admin != dora.keys.AdminKey() {
		t.Fatalf("the newcomer's request: %v", q)
	}
	if _, err := signer.Propose(Change{Expel: []string{"Dora"}}); err != nil {
		t.Errorf("who signed her in cannot let her go: %v", err)
	}
}

// TestProposeWithAWrongClock: a draft from a laptop whose battery died would be
// refused by everybody, so it is not made.
func TestProposeWithAWrongClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.clock = w.clock.Add(-48 * time.Hour)
	if _, err := w.desks[0].Propose(Change{}); err == nil || !strings.Contains(err.Error(), "set the clock first") {
		t.Errorf("proposed: %v", err)
	}
}

// TestProposeBeforeSync: a roster that knows less of the replies log than the one
// before would be refused too.
func TestProposeBeforeSync(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(14 * time.Hour)
	draft, err := w.desks[0].Propose(Change{})
	w.must(err)
	w.signAndJoin(draft, 0, 1)
	w.desks[0].s.logs = map[wire.Log]*position{} // as after joining by the address
	if _, err := w.desks[0].Propose(Change{}); err == nil || !strings.Contains(err.Error(), "sync first") {
		t.Errorf("proposed: %v", err)
	}
}
