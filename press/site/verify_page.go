// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"tamizdat/press"
	"tamizdat/press/tlog"
)

// VerifyPage checks one letter page. The page alone is enough to find that it
// was changed; beside holds the files of the same folder by name, and with the
// letter's .json and .tlog-proof among them the report shows the true words.
func VerifyPage(name string, page []byte, beside map[string][]byte, policy tlog.Policy, now time.Time) Report {
	alone, l := verifyAlone(name, page, policy, now)
	r := alone
	if len(alone.Problems) > 0 {
		if ref, verdicts := referenceFrom(pageStem(path.Base(name)), beside, policy, now); ref != nil {
			if want, err := renderLetter(ref); err == nil {
				if diff := compare(name, want, page); len(diff) > 0 {
					r = Report{Verdicts: verdicts, Problems: diff, Notes: alone.Notes}
					r.note("compared with the edition and the proof that lie beside the page; these are as logged")
				}
			}
		}
	}
	if len(r.Problems) == 0 {
		r.Checked = append(r.Checked, "every byte of this page: words, titles, statements, layout and style",
			fmt.Sprintf("that the edition is entry %d of the log %s, under the witnesses of your policy", l[0].Proof.Index, l[0].Edition.Draft().Origin))
		r.addDates(l)
	}
	r.Unchecked = append(r.Unchecked,
		"the editors' signatures (check the whole site: tamizdat-verify site)",
		"whether the press has corrected or withdrawn this letter since (ask its site, or another mirror)",
		"whether what the letter says is true")
	return r
}

// addDates holds the printed day against what witnesses saw (peers G-2).
func (r *Report) addDates(l letter) {
	for i, v := range r.Verdicts {
		printed := l[i].Edition.Draft().Published
		since, ok := v.Since()
		if !ok {
			r.note("the date %s is the press's own word: no witness confirms it", printed)
			continue
		}
		r.note("proven to exist since %s, when %s saw it", since.Format("2 January 2006, 15:04 MST"), earliest(v))
		day, err := press.ParseDay(printed)
		if gap := since.Sub(day); err == nil && (gap > 8*24*time.Hour || gap < -36*time.Hour) {
			r.note("CAUTION: the printed date %s and the day it was first seen are far apart; believe only the latter", printed)
		}
	}
}

func earliest(v tlog.Verdict) string {
	since, _ := v.Since()
	for _, c := range v.Cosignatures {
		if c.Time.Equal(since) {
			return c.Witness
		}
	}
	return ""
}

// verifyAlone checks a page with nothing but itself.
func verifyAlone(name string, page []byte, policy tlog.Policy, now time.Time) (Report, letter) {
	var r Report
	if len(page) > maxPage {
		r.problem(Problem{File: name, What: fmt.Sprintf("larger than %d bytes, which no page of a press is", maxPage)})
		return r, nil
	}
	items, err := pageItems(string(page))
	if err != nil {
		r.problem(Problem{File: name, What: "the record inside the page was changed: " + err.Error()})
		return r, nil
	}
	var l letter
	for _, it := range items {
		full, v, problems := checkItem(name, string(page), it, policy, now)
		for _, p := range problems {
			r.problem(p)
		}
		if len(problems) == 0 {
			l = append(l, full)
			r.Verdicts = append(r.Verdicts, v)
			r.ignored(v)
		}
	}
	if len(r.Problems) > 0 {
		return r, nil
	}
	r.rerender(name, page, l)
	return r, l
}

func pageItems(page string) ([]pageItem, error) {
	block, err := findRecord(page)
	if err != nil {
		return nil, err
	}
	return parseRecord(block)
}

func (r *Report) rerender(name string, page []byte, l letter) {
	if err := checkGroup(l); err != nil {
		r.problem(Problem{File: name, What: err.Error()})
		return
	}
	want, err := renderLetter(l)
	if err != nil {
		r.problem(Problem{File: name, What: err.Error()})
		return
	}
	r.Problems = append(r.Problems, compare(name, want, page)...)
}

// checkGroup demands one letter and translations that belong to it.
func checkGroup(l letter) error {
	letters, err := group(l)
	if err != nil {
		return err
	}
	if len(letters) != 1 {
		return fmt.Errorf("the page holds %d letters in one", len(letters))
	}
	return nil
}

// checkItem puts an edition together from the page and holds it against the
// log.
func checkItem(name, page string, it pageItem, policy tlog.Policy, now time.Time) (Item, tlog.Verdict, []Problem) {
	v, err := policy.Judge(it.proof, now)
	if err != nil {
		return Item{}, v, []Problem{{File: name, What: "the proof inside the page does not hold: " + err.Error()}}
	}
	e, err := it.skeleton.draft(page).Freeze()
	if err == nil {
		err = matchEntry(e, it.proof)
	}
	if err != nil {
		return Item{}, v, changedParagraphs(name, page, it.skeleton, err)
	}
	return Item{Edition: e, Proof: it.proof}, v, nil
}

// matchEntry tells whether the entry that the proof carries commits to the
// edition.
func matchEntry(e press.Edition, p tlog.Proof) error {
	entry, d := p.Entry.Letter, e.Draft()
	wantType := tlog.TypeLetter
	if d.Kind == press.KindTranslation {
		wantType = tlog.TypeTranslation
	}
	switch {
	case entry == nil || p.Entry.Type != wantType:
		return fmt.Errorf("the log entry is of type %q, not %q", p.Entry.Type, wantType)
	case tlog.ContentHash(p.Salt, e.Bytes()) != entry.Edition:
		return fmt.Errorf("the edition is not the one in the log: its salted hash is %s, the log has %s", tlog.ContentHash(p.Salt, e.Bytes()), entry.Edition)
	case d.Series != entry.Series || d.Number != entry.Number || d.Revision != entry.Revision || d.Published != entry.Published || !slices.Equal(d.Langs(), entry.Langs):
		return fmt.Errorf("the log entry names another letter or another day than the edition")
	}
	return nil
}

// changedParagraphs says which paragraphs are not those of the skeleton. What
// they were, a page alone cannot tell.
func changedParagraphs(name, page string, s skeleton, cause error) []Problem {
	var list []Problem
	for _, b := range s.Texts {
		for k, digest := range b.Paragraphs {
			text, at, ok := findParagraph(page, b.Lang, k)
			if ok && shortDigest(text) == digest {
				continue
			}
			p := Problem{File: name, What: fmt.Sprintf("changed, in paragraph %d of the text %s; the true words are in the letter's .json", k+1, b.Lang), Found: shorten(text)}
			if ok {
				p.Line, p.Column = position([]byte(page), at)
			} else {
				p.What = fmt.Sprintf("paragraph %d of the text %s is missing or its markup was changed", k+1, b.Lang)
			}
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		list = append(list, Problem{File: name, What: cause.Error()})
	}
	return list
}

func shorten(s string) string {
	r := []rune(s)
	if len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}

// referenceFrom gathers the letter from the files beside a page, if they hold.
func referenceFrom(stem string, beside map[string][]byte, policy tlog.Policy, now time.Time) (letter, []tlog.Verdict) {
	var l letter
	var verdicts []tlog.Verdict
	for _, s := range stemsOf(stem, beside) {
		e, err := press.ParseEdition(beside[s+".json"])
		p, err2 := tlog.ParseProof(beside[s+".tlog-proof"])
		if err != nil || err2 != nil || matchEntry(e, p) != nil {
			return nil, nil
		}
		v, err := policy.Judge(p, now)
		if err != nil {
			return nil, nil
		}
		l, verdicts = append(l, Item{Edition: e, Proof: p}), append(verdicts, v)
	}
	if checkGroup(l) != nil {
		return nil, nil
	}
	return l, verdicts
}

// stemsOf lists the letter's stem and those of its later translations in the
// order of the log.
func stemsOf(stem string, files map[string][]byte) []string {
	var indexes []int
	for name := range files {
		rest, ok := strings.CutPrefix(name, stem+".t")
		digits, ok2 := strings.CutSuffix(rest, ".json")
		if n, err := strconv.Atoi(digits); ok && ok2 && err == nil {
			indexes = append(indexes, n)
		}
	}
	slices.Sort(indexes)
	stems := []string{stem}
	for _, n := range indexes {
		stems = append(stems, fmt.Sprintf("%s.t%d", stem, n))
	}
	return stems
}

// VerifyEdition checks an edition file's content against a proof, with nothing
// else.
func VerifyEdition(name string, edition []byte, proof tlog.Proof, policy tlog.Policy, now time.Time) Report {
	var r Report
	v, err := policy.Judge(proof, now)
	if err != nil {
		r.problem(Problem{File: "proof", What: err.Error()})
		return r
	}
	e, err := press.ParseEdition(edition)
	if err == nil {
		err = matchEntry(e, proof)
	}
	if err != nil {
		r.Verdicts = []tlog.Verdict{v}
		r.problem(Problem{File: name, What: err.Error()})
		return r
	}
	r.Verdicts = []tlog.Verdict{v}
	r.ignored(v)
	r.Checked = append(r.Checked, "every byte of the edition, and its entry in the log")
	r.addDates(letter{{Edition: e, Proof: proof}})
	r.Unchecked = append(r.Unchecked, "the editors' signatures", "whether the press has corrected or withdrawn it since", "whether what it says is true")
	return r
}
