// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"tamizdat/press/tlog"
)

const (
	maxFiles    = 200_000
	maxFileSize = 16 << 20 // bytes
)

// ReadTree reads a site from a folder. What is not a plain file, or too large,
// is reported and left out.
func ReadTree(files fs.FS) (Tree, []Problem) {
	tree := make(Tree)
	var problems []Problem
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() || info.Size() > maxFileSize || len(tree) == maxFiles {
			problems = append(problems, Problem{File: p, What: "not a plain file of a site: a link, a device, or far too large"})
			return nil
		}
		tree[p], err = fs.ReadFile(files, p)
		return err
	})
	if err != nil {
		problems = append(problems, Problem{File: ".", What: "the folder cannot be read: " + err.Error()})
	}
	return tree, problems
}

// VerifySite checks a whole tree: the manifest and its signature, the log from
// its first entry, every edition, every sign-off by the editors who were in
// force, and every page, byte by byte, against one made anew.
func VerifySite(tree Tree, policy tlog.Policy, now time.Time) Report {
	c := &siteCheck{tree: tree, policy: policy, now: now, expected: make(Tree)}
	if !c.checkCheckpoint() {
		return c.Report
	}
	c.checkManifest()
	c.checkLog()
	c.checkEntries()
	c.checkTree()
	c.checkListed()
	if len(c.Problems) == 0 {
		c.Checked = append(c.Checked,
			fmt.Sprintf("all %d files, byte by byte", len(tree)),
			fmt.Sprintf("the log from entry 0 to entry %d, and its tree", c.head.Size-1),
			fmt.Sprintf("%d editions, each signed off by enough editors in force at the time", len(c.items)))
	}
	c.Unchecked = append(c.Unchecked,
		"whether a newer state of this site exists (compare with another mirror)",
		"whether what the letters say is true")
	return c.Report
}

// siteCheck is one run of VerifySite.
type siteCheck struct {
	Report
	tree     Tree
	policy   tlog.Policy
	now      time.Time
	log      tlog.LogKey
	head     tlog.Checkpoint
	entries  [][]byte
	replay   tlog.Replay
	items    []Item
	genesis  tlog.Proof
	expected Tree     // what could be made anew
	unmade   []string // files that could not: their problem has been told
	manifest map[string]listed
}

const checkpointFile = "log/checkpoint"

// checkCheckpoint finds the log; without one there is nothing to hold the rest
// against.
func (c *siteCheck) checkCheckpoint() bool {
	v, head, err := c.policy.JudgeCheckpoint(c.tree[checkpointFile], c.now)
	if err != nil {
		c.problem(Problem{File: checkpointFile, What: err.Error()})
		c.recoverHead()
	} else {
		c.head = head
		c.Verdicts = []tlog.Verdict{v}
		c.ignored(v)
	}
	if c.head.Size == 0 {
		return false
	}
	for _, k := range c.policy.Logs() {
		if k.Origin() == c.head.Origin() {
			c.log = k
		}
	}
	return true
}

// recoverHead looks for the newest checkpoint inside the proofs, so that the
// rest of a tree with a damaged checkpoint can still be looked at and the
// damage be placed.
func (c *siteCheck) recoverHead() {
	for path, b := range c.tree {
		if !strings.HasSuffix(path, ".tlog-proof") {
			continue
		}
		p, err := tlog.ParseProof(b)
		if err != nil {
			continue
		}
		if v, head, err := c.policy.JudgeCheckpoint(p.Checkpoint(), c.now); err == nil && head.Size > c.head.Size {
			c.head, c.Verdicts = head, []tlog.Verdict{v}
		}
	}
	if c.head.Size == 0 {
		return
	}
	diff := compare(checkpointFile, []byte(c.head.Text()), firstLines(c.tree[checkpointFile], 3))
	for i := range diff {
		diff[i].What += " (held against the newest proof of this site)"
	}
	if len(diff) > 0 {
		c.replaceProblem(checkpointFile, diff, "")
	}
}

func firstLines(b []byte, n int) []byte {
	at := 0
	for range n {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return b
		}
		at += i + 1
	}
	return b[:at]
}

func (c *siteCheck) checkManifest() {
	b, ok := c.tree[ManifestName]
	if !ok {
		c.problem(Problem{File: ManifestName, What: "missing; what should be here is known only from the log"})
		return
	}
	if len(b) > maxManifest {
		c.problem(Problem{File: ManifestName, What: "far too large"})
		return
	}
	text, err := tlog.OpenNote(b, c.log)
	if err != nil {
		c.problem(Problem{File: ManifestName, What: "the list of files was changed: " + err.Error()})
		return
	}
	origin, head, files, err := parseManifest(text)
	if err != nil {
		c.problem(Problem{File: ManifestName, What: err.Error()})
		return
	}
	if origin != c.log.Origin() || head != c.head.Tree {
		c.problem(Problem{File: ManifestName, What: fmt.Sprintf("it is for a log of %d entries, the checkpoint beside it for %d: files of two states of the site are mixed", head.Size, c.head.Size)})
	}
	c.manifest = files
}

// isListed tells whether the file is the one that the manifest lists; without
// a manifest it cannot say no.
func (c *siteCheck) isListed(path string) bool {
	l, ok := c.manifest[path]
	sum := sha256.Sum256(c.tree[path])
	return !ok || l.sum == hex.EncodeToString(sum[:])
}

// checkListed reports what the manifest knows and the comparison with the
// tree made anew did not: missing, added and swapped files.
func (c *siteCheck) checkListed() {
	for path, l := range c.manifest {
		got, ok := c.tree[path]
		sum := sha256.Sum256(got)
		switch {
		case !ok && !c.has(path):
			c.problem(Problem{File: path, What: "missing"})
		case ok && !c.has(path) && (hex.EncodeToString(sum[:]) != l.sum || int64(len(got)) != l.size):
			c.problem(Problem{File: path, What: "changed: it is not the file that the manifest lists" + c.sameAs(path, got)})
		}
	}
	for path := range c.tree {
		_, listed := c.manifest[path]
		_, known := c.expected[path]
		if path != ManifestName && !listed && !known && !c.has(path) {
			c.problem(Problem{File: path, What: "added: the press did not publish it" + c.sameAs(path, c.tree[path])})
		}
	}
}

// sameAs recognises a file that stands in another's place (a swap).
func (c *siteCheck) sameAs(path string, got []byte) string {
	for other, want := range c.expected {
		if other != path && len(want) > 0 && bytes.Equal(want, got) {
			return "; it holds what belongs to " + other
		}
	}
	sum := sha256.Sum256(got)
	for other, l := range c.manifest {
		if other != path && l.sum == hex.EncodeToString(sum[:]) {
			return "; it holds what belongs to " + other
		}
	}
	return ""
}

// checkTree makes the site again and compares.
func (c *siteCheck) checkTree() {
	if c.genesis.Entry.Genesis != nil && c.entries != nil {
		built, err := Build(Record{Log: c.log, Genesis: c.genesis, Items: c.items, Entries: c.entries, Checkpoint: c.tree[checkpointFile]})
		if err != nil {
			c.problem(Problem{File: ".", What: err.Error()})
			return
		}
		for _, path := range c.unmade {
			delete(built, path)
		}
		c.expected = built
	}
	for _, path := range c.expected.Paths() {
		got, ok := c.tree[path]
		switch {
		case !ok:
			if !c.has(path) {
				c.problem(Problem{File: path, What: "missing"})
			}
		case !bytes.Equal(got, c.expected[path]):
			c.replaceProblem(path, compare(path, c.expected[path], got), c.sameAs(path, got))
		}
	}
	c.checkOlderTiles()
}

// replaceProblem prefers a placed difference to a general complaint.
func (c *siteCheck) replaceProblem(path string, diff []Problem, swap string) {
	kept := c.Problems[:0:0]
	for _, p := range c.Problems {
		if p.File != path {
			kept = append(kept, p)
		}
	}
	if swap != "" {
		diff = []Problem{{File: path, What: "swapped" + swap}}
	}
	c.Problems = append(kept, diff...)
}

// checkOlderTiles accepts partial tiles of earlier checkpoints, which
// tlog-tiles keeps, if they are right.
func (c *siteCheck) checkOlderTiles() {
	for path, got := range c.tree {
		rest, ok := strings.CutPrefix(path, "log/tile/")
		if _, known := c.expected[path]; !ok || known || c.entries == nil {
			continue
		}
		want, ok := tlog.Tile(c.entries, "tile/"+rest)
		if !ok {
			continue // checkListed reports it as added
		}
		c.expected[path] = want
		if !bytes.Equal(got, want) {
			c.replaceProblem(path, compare(path, want, got), "")
		}
	}
}
