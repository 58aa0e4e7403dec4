// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tamizdat/press"
	"tamizdat/press/tlog"
)

// checkLog reads the entries and holds them against the checkpoint. When the
// bundle was changed, the proofs of the letters supply true entries.
func (c *siteCheck) checkLog() {
	entries, err := tlog.ReadEntries(c.readLog, c.head.Size)
	if err == nil {
		if _, tree, err := tlog.Files(entries); err == nil && tree == c.head.Tree {
			c.entries = entries
			return
		}
	}
	what := "the entries of the log do not have the root that its checkpoint signs"
	if err != nil {
		what = err.Error()
	}
	c.problem(Problem{File: "log/tile/entries", What: what})
	c.entries = c.recoverEntries(entries)
}

func (c *siteCheck) readLog(path string) ([]byte, error) {
	b, ok := c.tree["log/"+path]
	if !ok {
		return nil, errors.New("it is missing")
	}
	return b, nil
}

// recoverEntries puts the entries of proofs in the place of the bundle's and
// gives them if the root is then right.
func (c *siteCheck) recoverEntries(entries [][]byte) [][]byte {
	fixed := make([][]byte, c.head.Size)
	copy(fixed, entries)
	for path, b := range c.tree {
		if !strings.HasSuffix(path, ".tlog-proof") {
			continue
		}
		p, err := tlog.ParseProof(b)
		if err != nil || p.Index >= c.head.Size {
			continue
		}
		if _, err := c.policy.Judge(p, c.now); err == nil {
			fixed[p.Index] = p.Entry.Bytes()
		}
	}
	if _, tree, err := tlog.Files(fixed); err != nil || tree != c.head.Tree {
		return nil
	}
	c.Problems = slices.DeleteFunc(c.Problems, func(p Problem) bool { return p.File == "log/tile/entries" })
	return fixed
}

// rules are the settings in force at a place of the log.
type rules struct {
	editors   []press.Editor
	threshold int
	day       string // of the entry before
}

// checkEntries walks the log from its first entry.
func (c *siteCheck) checkEntries() {
	replay, err := tlog.NewReplay(c.entries)
	if err != nil {
		c.problem(Problem{File: "log/tile/entries", What: err.Error()})
		return
	}
	c.replay = replay
	var now rules
	for i, leaf := range c.entries {
		e, err := tlog.ParseEntry(leaf)
		if err == nil {
			err = c.checkEntry(int64(i), e, &now)
		}
		if err != nil {
			c.problem(Problem{File: fmt.Sprintf("log entry %d", i), What: err.Error()})
		}
	}
}

func (c *siteCheck) checkEntry(i int64, e tlog.Entry, now *rules) error {
	if !e.Known() {
		c.note("entry %d is of the type %q (version %d), which this verifier does not know; get a newer one to see it", i, e.Type, e.Version)
		return nil
	}
	if e.Published() < now.day {
		return fmt.Errorf("it is dated %s, before the entry above it (%s): back-dated", e.Published(), now.day)
	}
	now.day = e.Published()
	switch {
	case (e.Genesis != nil) != (i == 0):
		return errors.New("the genesis is entry 0, and there is one")
	case e.Genesis != nil:
		return c.checkGenesis(e, now)
	case e.Key != nil:
		return now.applyKey(*e.Key)
	}
	return c.checkLetter(i, e, now)
}

func (c *siteCheck) checkGenesis(e tlog.Entry, now *rules) (err error) {
	if e.Genesis.Origin != c.log.Origin() {
		return fmt.Errorf("the genesis is of the log %q", e.Genesis.Origin)
	}
	now.threshold = e.Genesis.Threshold
	now.editors, err = tlog.ParseEditors(e.Genesis.Editors)
	if err != nil {
		return err
	}
	const file = "genesis.tlog-proof"
	p, err := tlog.ParseProof(c.tree[file])
	if err == nil {
		_, err = c.policy.Judge(p, c.now)
	}
	if err == nil && p.Index != 0 {
		err = errors.New("it is the proof of another entry")
	}
	if err != nil {
		c.problem(Problem{File: file, What: err.Error()})
		return nil
	}
	c.genesis = p
	return nil
}

// applyKey changes the list of editors (spec/record.md §5, peers G-12).
func (r *rules) applyKey(k tlog.KeyChange) error {
	editors, err := tlog.ApplyKey(r.editors, r.threshold, k)
	if err == nil {
		r.editors = editors
	}
	return err
}

// checkLetter finds the entry's edition, sign-off and proof and holds them
// against it.
func (c *siteCheck) checkLetter(i int64, e tlog.Entry, now *rules) error {
	stem := fmt.Sprintf("letters/%s-%d", e.Letter.Series, e.Letter.Number)
	pageFile := stem + ".html"
	if e.Type == tlog.TypeTranslation {
		stem = fmt.Sprintf("%s.t%d", stem, i)
	}
	proof, ok := c.proofOf(i, stem+".tlog-proof", pageFile)
	if !ok {
		return nil
	}
	edition, ok := c.editionOf(proof, stem+".json", pageFile)
	if !ok {
		return nil
	}
	c.expected[stem+".json"] = edition.Bytes()
	c.expected[stem+".tlog-proof"] = proof.Bytes()
	signOff, err := c.signOffOf(edition, e.Letter.SignOff, stem+".signoff", now)
	if err != nil {
		c.signOffProblem(stem+".signoff", edition, err)
	}
	c.items = append(c.items, Item{Edition: edition, SignOff: signOff, Proof: proof})
	return nil
}

// signOffProblem places a difference in the text; of a damaged signature it
// can only say whose it is.
func (c *siteCheck) signOffProblem(file string, e press.Edition, err error) {
	c.unmade = append(c.unmade, file)
	text := press.SignOffText(e)
	diff := compare(file, []byte(text), firstLines(c.tree[file], strings.Count(text, "\n")))
	if len(diff) == 0 {
		diff = []Problem{{File: file, What: err.Error()}}
	}
	c.Problems = append(c.Problems, diff...)
}

// proofOf takes the proof of entry i from its file, or from the page where the
// file was changed.
func (c *siteCheck) proofOf(i int64, file, pageFile string) (tlog.Proof, bool) {
	p, err := tlog.ParseProof(c.tree[file])
	if err == nil {
		err = c.judgeAt(p, i)
	}
	if err == nil && c.isListed(file) {
		return p, true
	}
	if err == nil {
		err = errors.New("changed: it is not the file that the manifest lists")
	}
	c.problem(Problem{File: file, What: err.Error()})
	items, _ := pageItems(string(c.tree[pageFile]))
	for _, it := range items {
		if it.proof.Index == i && c.judgeAt(it.proof, i) == nil {
			return it.proof, true
		}
	}
	return tlog.Proof{}, false
}

func (c *siteCheck) judgeAt(p tlog.Proof, i int64) error {
	if p.Index != i {
		return fmt.Errorf("it is the proof of entry %d, not %d", p.Index, i)
	}
	if _, err := c.policy.Judge(p, c.now); err != nil {
		return err
	}
	// A proof from a tree that this log never had: two histories (peers G-3).
	if tree, err := c.replay.TreeAt(p.Tree().Size); err != nil || tree != p.Tree() {
		return errors.New("it leads to a tree that this log never had: the log's key has signed two histories")
	}
	return nil
}

// editionOf takes the edition from its file, or puts it together from the
// page.
func (c *siteCheck) editionOf(p tlog.Proof, file, pageFile string) (press.Edition, bool) {
	e, err := press.ParseEdition(c.tree[file])
	if err == nil {
		err = matchEntry(e, p)
	}
	if err == nil {
		return e, true
	}
	c.problem(Problem{File: file, What: err.Error()})
	page := string(c.tree[pageFile])
	items, _ := pageItems(page)
	for _, it := range items {
		if it.proof.Index != p.Index {
			continue
		}
		e, err := it.skeleton.draft(page).Freeze()
		if err == nil && matchEntry(e, p) == nil {
			return e, true
		}
	}
	return press.Edition{}, false
}

func (c *siteCheck) signOffOf(e press.Edition, hash, file string, now *rules) (press.SignOffs, error) {
	b := c.tree[file]
	s, err := press.ParseSignOffs(b)
	if err != nil {
		return press.SignOffs{}, err
	}
	if _, err := s.Check(e, now.editors, now.threshold); err != nil {
		return press.SignOffs{}, err
	}
	if tlog.SignOffHash(b) != hash {
		return press.SignOffs{}, errors.New("it is not the sign-off that the log names: a signature line was added or taken away")
	}
	return s, nil
}
