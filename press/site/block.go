// SPDX-License-Identifier: Apache-2.0

package site

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"strconv"
	"strings"

	"tamizdat/press"
	"tamizdat/press/internal/canon"
	"tamizdat/press/tlog"
)

const (
	recordHeader = "tamizdat-page/v1\n"
	recordOpen   = `<template id="record">`
	recordClose  = `</template>`
	maxEditions  = 64
	maxPage      = 8 << 20 // bytes
)

// skeleton is an edition without its words (spec/record.md §10).
type skeleton struct {
	Format     string            `json:"format"`
	Kind       press.Kind        `json:"kind"`
	Origin     string            `json:"origin"`
	Series     string            `json:"series"`
	SeriesName string            `json:"series_name"`
	Number     int               `json:"number"`
	Revision   int               `json:"revision"`
	Published  string            `json:"published"`
	Texts      []bone            `json:"texts"`
	Credits    []press.Credit    `json:"credits"`
	Statements []press.Statement `json:"statements"`
}

type bone struct {
	Lang       string     `json:"lang"`
	Role       press.Role `json:"role"`
	From       string     `json:"from"`
	Title      string     `json:"title"`
	Paragraphs []string   `json:"paragraphs"`
}

// shortDigest only tells where something was changed; it proves nothing.
func shortDigest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

func newSkeleton(d press.Draft) skeleton {
	s := skeleton{
		Format: d.Format, Kind: d.Kind, Origin: d.Origin, Series: d.Series, SeriesName: d.SeriesName,
		Number: d.Number, Revision: d.Revision, Published: d.Published,
		Texts: []bone{}, Credits: d.Credits, Statements: d.Statements,
	}
	for _, t := range d.Texts {
		b := bone{Lang: t.Lang, Role: t.Role, From: t.From, Title: t.Title, Paragraphs: []string{}}
		for _, p := range t.Paragraphs() {
			b.Paragraphs = append(b.Paragraphs, shortDigest(p))
		}
		s.Texts = append(s.Texts, b)
	}
	return s
}

// formatRecord writes the block that lets a page be checked alone.
func formatRecord(l letter) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%seditions %d\n", recordHeader, len(l))
	for _, it := range l {
		s, err := canon.Compact(newSkeleton(it.Edition.Draft()))
		if err != nil {
			return "", err
		}
		proof := string(it.Proof.Bytes())
		fmt.Fprintf(&b, "edition %s\nproof %d %s\n%s", s, strings.Count(proof, "\n"), shortDigest(proof), proof)
	}
	return b.String(), nil
}

// pageItem is one edition as a page alone shows it, not verified.
type pageItem struct {
	skeleton skeleton
	proof    tlog.Proof
}

// parseRecord reads the text of a block.
func parseRecord(s string) ([]pageItem, error) {
	rest, ok := strings.CutPrefix(s, recordHeader)
	line, rest, _ := strings.Cut(rest, "\n")
	n, err := decimal(line, "editions ")
	if !ok || err != nil || n < 1 || n > maxEditions {
		return nil, errors.New("it does not begin with its version and the number of editions")
	}
	items := make([]pageItem, n)
	for i := range items {
		if rest, err = items[i].parse(rest); err != nil {
			return nil, fmt.Errorf("edition %d: %w", i+1, err)
		}
	}
	if rest != "" {
		return nil, errors.New("something follows its last edition")
	}
	return items, nil
}

func (it *pageItem) parse(s string) (rest string, err error) {
	line, rest, _ := strings.Cut(s, "\n")
	compact, ok := strings.CutPrefix(line, "edition ")
	if !ok {
		return "", errors.New("it has no edition line")
	}
	sk := &it.skeleton
	if err := canon.Parse([]byte(compact), sk, func() ([]byte, error) { return canon.Compact(*sk) }); err != nil {
		return "", err
	}
	line, rest, _ = strings.Cut(rest, "\n")
	cut := max(0, strings.LastIndexByte(line, ' '))
	n, err := decimal(line[:cut], "proof ")
	if err != nil {
		return "", err
	}
	end := 0
	for range n {
		i := strings.IndexByte(rest[end:], '\n')
		if i < 0 {
			return "", errors.New("its proof is cut short")
		}
		end += i + 1
	}
	// A cosignature whose line was damaged would else only seem to be by an
	// unknown witness.
	if " "+shortDigest(rest[:end]) != line[cut:] {
		return "", errors.New("its proof is not the one that was printed")
	}
	it.proof, err = tlog.ParseProof([]byte(rest[:end]))
	return rest[end:], err
}

func decimal(line, prefix string) (int, error) {
	digits, ok := strings.CutPrefix(line, prefix)
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || n > 10_000 || strconv.Itoa(n) != digits {
		return 0, fmt.Errorf("no line “%snumber”", prefix)
	}
	return n, nil
}

// findRecord takes the block out of a page.
func findRecord(page string) (string, error) {
	_, after, ok := strings.Cut(page, recordOpen)
	block, _, ok2 := strings.Cut(after, recordClose)
	if !ok || !ok2 || strings.Count(page, recordOpen) != 1 {
		return "", errors.New("the page carries no record of ours, or two")
	}
	return html.UnescapeString(block), nil
}

// findParagraph takes a paragraph's words out of a page. at is where they
// begin, in bytes.
func findParagraph(page, lang string, k int) (text string, at int, ok bool) {
	open := fmt.Sprintf(`<p id="%s" lang="%s" dir="%s">`, paragraphID(lang, k), lang, press.Dir(lang))
	i := strings.Index(page, open)
	if i < 0 {
		return "", 0, false
	}
	at = i + len(open)
	inner, _, ok := strings.Cut(page[at:], "</p>")
	lines := strings.Split(inner, "<br>")
	for i, l := range lines {
		lines[i] = html.UnescapeString(l)
	}
	return strings.Join(lines, "\n"), at, ok
}

// draft puts the edition together from the skeleton and the page's words.
func (s skeleton) draft(page string) press.Draft {
	d := press.Draft{
		Format: s.Format, Kind: s.Kind, Origin: s.Origin, Series: s.Series, SeriesName: s.SeriesName,
		Number: s.Number, Revision: s.Revision, Published: s.Published, Credits: s.Credits, Statements: s.Statements,
	}
	for _, b := range s.Texts {
		var ps []string
		for k := range b.Paragraphs {
			p, _, _ := findParagraph(page, b.Lang, k)
			ps = append(ps, p)
		}
		d.Texts = append(d.Texts, press.Text{Lang: b.Lang, Role: b.Role, From: b.From, Title: b.Title, Body: strings.Join(ps, "\n\n")})
	}
	return d
}
