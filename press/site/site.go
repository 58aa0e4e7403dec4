// SPDX-License-Identifier: Apache-2.0

// Package site makes the public pages and checks them (spec/record.md §10).
//
// The press calls [Build], has the text of [Manifest] signed and calls
// [Write]. A reader calls [VerifyPage] with one file or [VerifySite] with a
// tree. Both make the page again from the edition and compare every byte, so
// any change is found and named with its place.
//
// Pages are static, hold no script, load nothing, and depend on nothing but
// the editions, the log and the proofs: the same input gives the same bytes.
// Whoever serves them is not trusted. What is trusted is the reader's policy,
// which must not come from the site itself.
//
// A page cannot show that a newer one exists; for that the whole site or
// another mirror is needed. Nothing here judges whether a letter is true.
package site

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tamizdat/press"
	"tamizdat/press/tlog"
)

// Item is one edition in the record, with what shows that it is there.
type Item struct {
	Edition press.Edition
	SignOff press.SignOffs
	Proof   tlog.Proof
}

// Record is all that a site is made from.
type Record struct {
	Log        tlog.LogKey
	Genesis    tlog.Proof
	Items      []Item // in the order of the log
	Entries    [][]byte
	Checkpoint []byte
}

// Tree is a site: content by slash-separated path.
type Tree map[string][]byte

// ManifestName is the one file that the manifest does not list.
const ManifestName = "MANIFEST"

// Build makes every file of the site but the manifest.
func Build(r Record) (Tree, error) {
	g := r.Genesis.Entry.Genesis
	if g == nil || r.Genesis.Index != 0 {
		return nil, errors.New("the record does not begin with a genesis entry")
	}
	tree := Tree{
		"genesis.tlog-proof": r.Genesis.Bytes(),
		"log/checkpoint":     r.Checkpoint,
	}
	policy, err := PublishedPolicy(r.Log, *g)
	if err != nil {
		return nil, err
	}
	tree["policy.txt"] = policy
	files, _, err := tlog.Files(r.Entries)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		tree["log/"+f.Path] = f.Data
	}
	letters, err := group(r.Items)
	if err != nil {
		return nil, err
	}
	for _, l := range letters {
		if err := tree.addLetter(l); err != nil {
			return nil, err
		}
	}
	tree["index.html"], err = renderIndex(r.Log, *g, letters)
	return tree, err
}

// PublishedPolicy is the policy that a press puts beside its pages: its log,
// its witnesses, and the quorum of its genesis. Of use to somebody who has it
// from a trusted hand.
func PublishedPolicy(log tlog.LogKey, g tlog.Genesis) ([]byte, error) {
	keys, err := tlog.ParseWitnesses(g.Witnesses)
	if err != nil {
		return nil, err
	}
	var list []tlog.PolicyWitness
	for i, k := range keys {
		list = append(list, tlog.PolicyWitness{Name: fmt.Sprintf("w%d", i+1), Key: k})
	}
	return tlog.FormatPolicy(log, list, g.Quorum), nil
}

// letter is one page: the letter's edition first, then later translations.
type letter []Item

func (l letter) name() string { return l[0].Edition.Name() }

// stem is the path of an item's own files, without ending.
func (l letter) stem(i int) string {
	if i == 0 {
		return "letters/" + l.name()
	}
	return fmt.Sprintf("letters/%s.t%d", l.name(), l[i].Proof.Index)
}

// group puts translations to their letters.
func group(items []Item) ([]letter, error) {
	var letters []letter
	for _, it := range items {
		d := it.Edition.Draft()
		i := slices.IndexFunc(letters, func(l letter) bool { return sameLetter(l[0], it) })
		switch {
		case d.Kind == press.KindLetter && i < 0:
			letters = append(letters, letter{it})
		case d.Kind == press.KindTranslation && i >= 0:
			if err := CheckTranslation(letters[i][0].Edition, it.Edition); err != nil {
				return nil, err
			}
			letters[i] = append(letters[i], it)
		default:
			return nil, fmt.Errorf("%s: a letter stands there twice, or a translation before its letter", it.Edition.Name())
		}
	}
	return letters, nil
}

func sameLetter(a, b Item) bool {
	x, y := a.Edition.Draft(), b.Edition.Draft()
	return x.Series == y.Series && x.Number == y.Number && x.Revision == y.Revision
}

// CheckTranslation refuses a translation that was made from another wording
// than the letter's original, or that does not run beside it (peers G-5).
func CheckTranslation(letter, translation press.Edition) error {
	original, ok := letter.Draft().Original()
	if !ok {
		return fmt.Errorf("%s was published without its original, so a translation cannot be held against it", letter.Name())
	}
	for _, t := range translation.Draft().Texts {
		if t.From != press.BodyHash(original.Body) {
			return fmt.Errorf("the %s translation of %s was made from another wording than the one in the log", t.Lang, letter.Name())
		}
		if n, want := len(t.Paragraphs()), len(original.Paragraphs()); n != want {
			return fmt.Errorf("the %s translation of %s has %d paragraphs, the original %d", t.Lang, letter.Name(), n, want)
		}
		if slices.Contains(letter.Draft().Langs(), t.Lang) {
			return fmt.Errorf("%s is in the log in %s already", letter.Name(), t.Lang)
		}
	}
	return nil
}

func (tree Tree) addLetter(l letter) error {
	page, err := renderLetter(l)
	if err != nil {
		return err
	}
	tree["letters/"+l.name()+".html"] = page
	for i, it := range l {
		stem := l.stem(i)
		tree[stem+".json"] = it.Edition.Bytes()
		tree[stem+".signoff"] = it.SignOff.Bytes()
		tree[stem+".tlog-proof"] = it.Proof.Bytes()
		for _, t := range it.Edition.Draft().Texts {
			tree["letters/"+textFile(l, t.Lang)] = []byte(t.Title + "\n\n" + t.Body + "\n")
		}
	}
	return nil
}

func textFile(l letter, lang string) string { return l.name() + "." + lang + ".txt" }

// Paths lists the tree's paths in order.
func (tree Tree) Paths() []string {
	paths := make([]string, 0, len(tree))
	for p := range tree {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}

// Equal tells whether two trees have the same files.
func (tree Tree) Equal(other Tree) bool {
	if len(tree) != len(other) {
		return false
	}
	for p, b := range tree {
		if o, ok := other[p]; !ok || !bytes.Equal(o, b) {
			return false
		}
	}
	return true
}

// pageStem gives the part of a page's file name that its companions share.
func pageStem(name string) string { return strings.TrimSuffix(name, ".html") }
