// SPDX-License-Identifier: Apache-2.0

package site

import (
	"crypto/ed25519"
	"crypto/sha256"
	_ "embed"
	"io/fs"
	"os"
	"testing"
	"time"

	"tamizdat/press"
	"tamizdat/press/tlog"
)

// faFile is apart because it holds ZWNJ, which no one sees in an editor.
//
//go:embed testdata/fa.txt
var faFile string

const (
	testOrigin = "lamp.example/log"
	testNotice = "Everything here is invented for the demonstration"
)

var testNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// fixture is a press in a test: a log on disk, two editors, two witnesses.
type fixture struct {
	t         testing.TB
	log       *tlog.Log
	key       ed25519.PrivateKey
	pub       tlog.LogKey
	editors   []press.EditorKey
	witnesses []tlog.CosignKey
	items     []Item
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	seed := sha256.Sum256([]byte("log"))
	key := ed25519.NewKeyFromSeed(seed[:])
	p, err := press.NewPublicKey(testOrigin, press.KeyEd25519, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, key: key, pub: tlog.LogKey{PublicKey: p}}
	for _, name := range []string{"anna", "boris"} {
		k, err := press.EditorKeyFromSeed(name, sha256.Sum256([]byte(name)))
		if err != nil {
			t.Fatal(err)
		}
		f.editors = append(f.editors, k)
	}
	for _, name := range []string{"partner.example/w1", "friends.example/w2"} {
		k, err := tlog.CosignKeyFromSeed(name, sha256.Sum256([]byte(name)))
		if err != nil {
			t.Fatal(err)
		}
		f.witnesses = append(f.witnesses, k)
	}
	if f.log, err = tlog.Open(t.TempDir(), f.pub); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.log.Close() }) // the folder goes with the test
	f.append(f.genesis())
	return f
}

// SignTree signs anything: the tests need a press that misbehaves.
func (f *fixture) SignTree(t tlog.Tree) ([]byte, error) {
	return f.sign(tlog.FormatTree(testOrigin, t)), nil
}

func (f *fixture) sign(text string) []byte {
	return tlog.FormatNote(text, f.pub, ed25519.Sign(f.key, []byte(text)))
}

func (f *fixture) genesis() tlog.Entry {
	g := tlog.Genesis{Origin: testOrigin, Newsroom: "The Lamp", Notice: testNotice, Threshold: 2, Quorum: 2, Published: "2026-11-20"}
	for _, k := range f.editors {
		g.Editors = append(g.Editors, k.Editor().String())
	}
	for _, k := range f.witnesses {
		g.Witnesses = append(g.Witnesses, k.Witness().String())
	}
	e, err := tlog.NewGenesis(g)
	if err != nil {
		f.t.Fatal(err)
	}
	return e
}

func (f *fixture) append(e tlog.Entry) {
	f.t.Helper()
	if err := f.log.Append(f, e); err != nil {
		f.t.Fatal(err)
	}
	cp, _ := f.log.Checkpoint()
	for _, w := range f.witnesses {
		line, err := w.Cosign(cp, testNow)
		if err != nil {
			f.t.Fatal(err)
		}
		if err := f.log.AddCosignatures(line); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *fixture) signOff(e press.Edition) press.SignOffs {
	f.t.Helper()
	var notes []press.SignOffs
	for _, k := range f.editors {
		s, err := press.SignOff(e, k)
		if err != nil {
			f.t.Fatal(err)
		}
		notes = append(notes, s)
	}
	all, err := press.CollectSignOffs(notes...)
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

// publish logs a draft and gives its item.
func (f *fixture) publish(d press.Draft) Item {
	f.t.Helper()
	e, err := d.Freeze()
	if err != nil {
		f.t.Fatal(err)
	}
	s := f.signOff(e)
	salt := tlog.Salt(sha256.Sum256(e.Bytes()))
	kind := tlog.TypeLetter
	if d.Kind == press.KindTranslation {
		kind = tlog.TypeTranslation
	}
	entry, err := tlog.NewLetter(kind, tlog.Letter{
		Series: d.Series, Number: d.Number, Revision: d.Revision, Langs: d.Langs(), Newsroom: "The Lamp", Notice: testNotice,
		Edition: tlog.ContentHash(salt, e.Bytes()), SignOff: tlog.SignOffHash(s.Bytes()), Published: d.Published,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.append(entry)
	p, err := f.log.Prove(f.log.Size()-1, salt)
	if err != nil {
		f.t.Fatal(err)
	}
	f.items = append(f.items, Item{Edition: e, SignOff: s, Proof: p})
	return f.items[len(f.items)-1]
}

func (f *fixture) record() Record {
	f.t.Helper()
	g, err := f.log.Prove(0, tlog.Salt{})
	if err != nil {
		f.t.Fatal(err)
	}
	cp, _ := f.log.Checkpoint()
	return Record{Log: f.pub, Genesis: g, Items: f.items, Entries: f.log.Entries(), Checkpoint: cp.Bytes()}
}

func (f *fixture) tree() Tree {
	f.t.Helper()
	tree, err := Build(f.record())
	if err != nil {
		f.t.Fatal(err)
	}
	cp, _ := f.log.Checkpoint()
	text, err := Manifest(tree, testOrigin, cp.Tree)
	if err != nil {
		f.t.Fatal(err)
	}
	tree[ManifestName] = f.sign(text)
	return tree
}

func (f *fixture) policy() tlog.Policy {
	f.t.Helper()
	e, err := tlog.ParseEntry(f.log.Entry(0))
	if err != nil {
		f.t.Fatal(err)
	}
	b, err := PublishedPolicy(f.pub, *e.Genesis)
	if err != nil {
		f.t.Fatal(err)
	}
	p, err := tlog.ParsePolicy(b)
	if err != nil {
		f.t.Fatal(err)
	}
	return p
}

const (
	ruBody = `Пишу вам при лампе, потому что свет у нас гасят в десять. То, что я скажу, известно в отделе всем, но вслух об этом не говорит никто.

Архив вывезли в ночь на среду. Три машины, без номеров; грузили свои же, по списку. Список я видел: в нём не дела, а фамилии тех, кто эти дела вёл.

Начальник сказал на совещании: «Мы не отступаем, мы освобождаем полки». Никто не засмеялся.

Я не знаю, куда увезли бумаги. Я знаю только, что накануне сменили замки, а ключей от новых не дали даже дежурному.`
	enBody = `I write to you by lamplight, because they put out our lights at ten. What I am about to say everybody in the department knows, and nobody says aloud.

The archive was taken away in the night to Wednesday. Three lorries without plates; our own people loaded them, by a list. I saw the list: it holds not the cases, but the names of those who handled them.

The chief said at the meeting: “We are not retreating, we are freeing the shelves.” Nobody laughed.

I do not know where the papers went. I know only that the locks were changed the day before, and not even the duty officer was given keys to the new ones.`
)

func letterDraft(number int) press.Draft {
	return press.Draft{
		Kind: press.KindLetter, Origin: testOrigin, Series: "lamp", SeriesName: "Letters by lamplight", Number: number, Revision: 1, Published: "2026-11-23",
		Texts: []press.Text{
			{Lang: "ru", Role: press.RoleOriginal, Title: "Полки освобождают", Body: ruBody},
			{Lang: "en", Role: press.RoleTranslation, From: press.BodyHash(ruBody), Title: "They are freeing the shelves", Body: enBody},
		},
		Credits: []press.Credit{{Role: press.CreditTranslator, Name: "a volunteer"}, {Role: press.CreditEditor, Name: "A. Fictional"}},
		Statements: []press.Statement{
			{Status: press.StatusVerified, Lang: "en", Text: "Two people who worked in the building confirm that the locks were changed that week."},
			{Status: press.StatusClaimed, Lang: "en", Text: "That the archive was taken away, by whom, and what the list held. We found no second source."},
			{Status: press.StatusClaimed, Lang: "en", Text: "The words of the chief at the meeting."},
		},
	}
}

func farsiDraft(number int) press.Draft {
	d := letterDraft(number)
	d.Kind = press.KindTranslation
	d.Texts = []press.Text{{Lang: "fa", Role: press.RoleTranslation, From: press.BodyHash(ruBody), Title: "قفسه\u200cها را خالی می\u200cکنند", Body: press.Tidy(faFile)}}
	d.Statements = nil
	d.Credits = []press.Credit{{Role: press.CreditTranslator, Name: "a second volunteer"}}
	return d
}

// standard is a site of two letters, one with a later translation.
func standard(t testing.TB) (*fixture, Tree) {
	t.Helper()
	f := newFixture(t)
	f.publish(letterDraft(1))
	f.publish(letterDraft(2))
	f.publish(farsiDraft(1))
	return f, f.tree()
}

func dirFS(dir string) fs.FS { return os.DirFS(dir) }
