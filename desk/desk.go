// SPDX-License-Identifier: Apache-2.0

// Package desk is the newsroom's side: one journalist's program with its
// memory. It founds and renews the newsroom, mirrors the drop's logs and
// watches the drop, opens letters, and answers on a schedule that tells
// nothing.
//
// Call [Create] once and [Open] afterwards. Then [Desk.Found], [Desk.Sign],
// [Desk.Publish] and [Desk.Join] make a newsroom out of several desks;
// [Desk.Round] is one look at the drop with all that is due; [Desk.Letters],
// [Desk.Letter], [Desk.Reply] and [Desk.Save] are what a person does;
// [Desk.Status] says how things stand.
//
// What happened is a row of events in the journal of a [vault.Vault]; the
// state is a fold over them. Nothing is told to a person, and nothing is sent,
// that is not on disk before.
//
// What a desk sends never depends on what it read: every reply slot that it
// owns is written at a moment drawn beforehand, with a reply or a dummy
// ([Desk.Round]), and each look fetches the same number of pieces of attachments.
// The one exception is [Desk.Save], which fetches an attachment when a person
// asks for it, and says so. At other moments drawn beforehand a desk comes as a
// source does ([Desk.Cover]).
//
// The desk trusts its own clock, its vault and the newsroom's key. The drop is
// believed nothing that does not prove itself; what it did wrong becomes an
// [Alarm] with the words of spec/misbehaviour.md.
//
// A desk that was restored from a backup ([Desk.Backup]) begins another numbering
// of its replies when it is first opened, and shows no letters before it has looked
// at all logs once ([Desk.Behind]). A folder that was copied in another way does not
// know that it is a copy: there [Desk.NewIncarnation] must be called.
//
// Unsolved: two copies of one vault that run at the same time, neither of them from
// a backup, would give two replies one number.
package desk

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"tamizdat/desk/casebook"
	"tamizdat/desk/vault"
	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// Errors on which callers branch.
var (
	// ErrNoNewsroom means that this desk has not joined a newsroom yet.
	ErrNoNewsroom = errors.New("this desk belongs to no newsroom yet")
	// ErrExpelled means that the newest roster does not list this journalist.
	ErrExpelled = errors.New("the newsroom's list of journalists does not name you any more")
	// ErrBehind means that this desk came back from a copy and has not looked at
	// all logs since.
	ErrBehind = errors.New("this desk came back from a copy and does not know yet what came since: it shows letters when it has looked at the drop once")
	// ErrUsedUp means that nothing which this desk would tell colleagues counts: somebody
	// has begun so many chains in this journalist's name that the next is void
	// (spec/casebook.md §2).
	ErrUsedUp = errors.New("somebody writes in your name, and what you tell colleagues does not count any more: set up a new desk, and have it listed in place of this")
	// ErrNoLetter means that no letter has this name.
	ErrNoLetter = errors.New("there is no such letter")
)

// Names of secrets in the vault's keyring.
const (
	secretSelf     = "journalist"
	secretSchedule = "schedule"
	secretSeed     = "seed"
	secretPeriod   = "period/"
)

// Options are what a desk is given of the outside world.
type Options struct {
	// Now is the desk's own clock.
	Now func() time.Time
	// Connect returns the drop at an address of the roster. It must not
	// connect before the first call, and never to a host that is not the
	// address.
	Connect func(address string) (drop.Drop, error)
	// Params are the costs of the passphrase; zero means vault.DefaultParams.
	// Only Create looks at them.
	Params vault.Params
	// Fetch is how many MiB of attachments a day are fetched, needed or not; 0: none but
	// when a person asks. Desks of one newsroom should have the same ([FetchADay]).
	Fetch int
}

// Desk is an open desk. It is not for use by several goroutines at once.
type Desk struct {
	v       *vault.Vault
	s       *state
	keys    *letter.JournalistKeys
	seed    *letter.DeskSeed // nil before joining and after being expelled
	plan    []byte           // secret from which the moments of sending come
	now     func() time.Time
	connect func(string) (drop.Drop, error)
	fetch   int                                // MiB of attachments a day
	sent    int                                // slots that the drop took since the last report
	holding bool                               // so the drop said in the last round
	astray  bool                               // no address could be connected to in the last round
	lacks   bool                               // and it signed, or showed, less than this desk has seen, or other than that
	bundles map[wire.Period][]*wire.Bundle     // of the roster's journalists, as the drop showed them last
	opening map[wire.Period]*letter.PeriodKeys // private halves that were read from the keyring
	unshown map[wire.Period]bool               // own bundles that the drop should show, and does not
	broken  error                              // why nothing more is written down
	index   *index                             // of all words; nil before the second search

	searched bool // once at least

	stepLimit, logLimit time.Duration // real time
}

// Create sets up a desk for a person in the folder dir. name is what
// colleagues and sources will read (spec/README.md §1, name8).
func Create(dir, passphrase, name string, o Options) (*Desk, error) {
	keys, err := letter.NewJournalistKeys(name)
	if err != nil {
		return nil, err
	}
	if o.Params == (vault.Params{}) {
		o.Params = vault.DefaultParams()
	}
	v, err := vault.Create(dir, []byte(passphrase), o.Params)
	if err != nil {
		return nil, err
	}
	d := &Desk{v: v, s: newState(), keys: keys, plan: make([]byte, 32)}
	d.use(o)
	rand.Read(d.plan)
	err = v.ChangeSecrets(map[string][]byte{secretSelf: keys.Marshal(), secretSchedule: d.plan})
	if err == nil {
		err = d.commit(&created{Name: name})
	}
	if err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return d, nil
}

// Exists reports whether there is a desk in dir, whole or not.
func Exists(dir string) bool { return vault.Exists(dir) }

// Open opens the desk in dir. Besides the errors of [vault.Open] it fails when
// the set-up was cut short or the journal was written by a later program.
func Open(dir, passphrase string, o Options) (*Desk, error) {
	return open(o, func(apply func([]byte) error) (*vault.Vault, error) {
		return vault.Open(dir, []byte(passphrase), apply)
	})
}

// OpenWith opens the desk with what [Desk.Key] returned.
func OpenWith(key *vault.Key, o Options) (*Desk, error) { return open(o, key.Open) }

func open(o Options, openVault func(func([]byte) error) (*vault.Vault, error)) (*Desk, error) {
	s := newState()
	v, err := s.readJournal(openVault)
	if err != nil {
		return nil, err
	}
	d := &Desk{v: v, s: s}
	d.use(o)
	err = d.loadSecrets()
	if err == nil {
		err = d.beginAgain()
	}
	if err == nil {
		err = errors.Join(d.destroyPeriods(), d.sweepPeriods(), d.sweep())
	}
	if err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return d, nil
}

func (d *Desk) use(o Options) {
	d.now, d.connect, d.fetch = o.Now, o.Connect, o.Fetch
	d.stepLimit, d.logLimit = stepLimit, logLimit
}

// sweep forgets objects that no event names: the desk died between keeping one
// and writing it down, or between writing down its end and forgetting it.
func (d *Desk) sweep() error {
	used := d.s.objects()
	return d.v.Forget(slices.DeleteFunc(d.v.Objects(), func(n vault.Name) bool { return used[n] })...)
}

func (d *Desk) loadSecrets() error {
	self, ok1 := d.v.Secret(secretSelf)
	plan, ok2 := d.v.Secret(secretSchedule)
	if !ok1 || !ok2 || d.s.name == "" {
		return errors.New("the set-up of this desk was cut short: delete the folder and begin again")
	}
	var err error
	if d.keys, err = letter.ParseJournalistKeys(self); err != nil {
		return fmt.Errorf("%w: the journalist's keys: %w", vault.ErrDamaged, err)
	}
	d.plan = plan
	if seed, ok := d.v.Secret(secretSeed); ok {
		if d.seed, err = letter.ParseDeskSeed(seed); err != nil {
			return fmt.Errorf("%w: the desks' seed: %w", vault.ErrDamaged, err)
		}
	}
	return nil
}

// Key is what opens the same desk again without the passphrase, for a program
// that lets go of the folder while it waits.
func (d *Desk) Key() *vault.Key { return d.v.Key() }

// Close lets go of the folder and wipes the vault's keys. Of what happened the desk
// still knows when its next round is due, and nothing else should be asked.
func (d *Desk) Close() error { return d.v.Close() }

// ChangePassphrase takes another passphrase for the same vault.
func (d *Desk) ChangePassphrase(passphrase string, p vault.Params) error {
	return d.v.ChangePassphrase([]byte(passphrase), p)
}

// ID is this journalist's signing key.
func (d *Desk) ID() wire.JournalistID { return d.keys.ID() }

// Request is this journalist's request to be put into a roster
// (spec/keys.md §6): public, always the same bytes.
func (d *Desk) Request() []byte { return d.keys.Request() }

// Editor is the name and seed of this journalist's editor key, with which the
// press is told what may be printed. The seed is secret.
func (d *Desk) Editor() (name string, seed []byte) { return d.s.name, d.keys.EditorSeed() }

// NewIncarnation starts another numbering of this author's replies. It must be
// called on a desk whose folder came back from a copy that is no backup (one from a
// backup calls it by itself): the copy does not know which numbers were used after
// it was made (spec/letter.md §7), nor whether the same copy was restored before
// ([Desk.nextIncarnation]). Afterwards the desk is behind ([Desk.Behind]).
func (d *Desk) NewIncarnation() error {
	if d.s.incarnation == math.MaxUint32 {
		return errors.New("this desk has had all the numberings there are: set up a new one, and have it listed in place of this")
	}
	return d.commit(&numberingBegun{Incarnation: d.nextIncarnation()})
}

// someBits is how much chance is in the number of an incarnation.
const someBits = 1 << 10

// nextIncarnation is above this desk's last, and later ones are above earlier ones, also
// where the same copy was restored twice: seconds of the clock. Two that were restored
// within the same minutes differ by chance (spec/casebook.md §1).
func (d *Desk) nextIncarnation() uint32 {
	var b [2]byte
	rand.Read(b[:])
	chance := int64(binary.BigEndian.Uint16(b[:]) % someBits)
	at := max(d.s.incarnation+1, uint32(min(max(d.unix()+chance, 0), math.MaxUint32)))
	for d.s.book != nil && at < math.MaxUint32 && d.s.book.Knows(casebook.Chain{Author: d.ID(), Incarnation: at}) {
		at++
	}
	return at
}

// Newsroom is the newsroom that this desk belongs to, or ErrNoNewsroom.
func (d *Desk) Newsroom() (*wire.Newsroom, error) {
	if d.s.newsroom == nil {
		return nil, ErrNoNewsroom
	}
	return d.s.newsroom, nil
}

// member returns the newsroom if this desk belongs to it now.
func (d *Desk) member() (*wire.Newsroom, error) {
	n, err := d.Newsroom()
	if err != nil {
		return nil, err
	}
	if _, _, ok := n.Roster().Journalist(d.ID()); !ok {
		return nil, ErrExpelled
	}
	return n, nil
}

// reach returns the newsroom's drop, and what gives its connections back. Each
// piece of work has its own, so that over Tor it takes a way of its own.
func (d *Desk) reach(n *wire.Newsroom) (to drop.Drop, done func(), err error) {
	l := &line{connect: d.connect, addresses: n.Roster().Addresses}
	return l, l.Close, l.next()
}
