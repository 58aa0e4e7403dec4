// SPDX-License-Identifier: Apache-2.0

// Package report turns a report into Markdown whose footnotes are claims, and
// back. An editor writes in whatever program they like; what a reader sees
// behind each sentence comes from the register.
//
// [Render] writes the page and says what is wrong with what it cites: a claim
// that is not there, has fallen, or may not leave. [Parse] takes
// the page back, with the text exactly as it was. [Cited] lists what a text
// cites.
//
// It refuses nothing: a page with a warning is the desk's to mend or to print.
//
// Of a page that comes back, [Outdated] tells what the register says otherwise
// since it was written, and [Changed] which lines an editor changed.
package report

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"tamizdat/claim"
	"tamizdat/claim/exchange"
)

// MaxReport is the largest page that [Parse] reads, in bytes.
const MaxReport = 8 << 20

// cite matches [^c:ID], where ID has neither spaces nor brackets.
const cite = `\[\^c:([^\]\s]+)\]`

// fence stands between the text and the footnotes, which are made anew each time.
const fence = "\n\n<!-- What follows is made from the register. Edit the text above. -->\n"

// Warning says what is wrong with a claim that a text cites, or with the text
// itself where it names no claim.
type Warning struct {
	Claim string `json:"claim,omitempty"`
	What  string `json:"what"`
}

func (w Warning) String() string {
	if w.Claim == "" {
		return "the text " + w.What
	}
	return fmt.Sprintf("claim %s %s", w.Claim, w.What)
}

// Cited lists the claims that a text cites, in the order in which it does first.
func Cited(text string) []string {
	var out []string
	for _, m := range regexp.MustCompile(cite).FindAllStringSubmatch(text, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// Render writes a report as Markdown with one footnote for each claim that its
// text cites. The footnotes say only what may leave, see [exchange.Public]; the
// origins are counted on the whole case, and of documents those that are open.
func Render(c claim.Case, r claim.Report, waived ...string) ([]byte, []Warning) {
	public := exchange.Public(c, waived...)
	page := &page{all: claim.NewIndex(&c), public: claim.NewIndex(&public), open: exchange.Open(&c)}
	if exchange.NamesSource(c, r.Title+"\n"+r.Text) {
		page.warn("", "names a source or a letter as only the desk may")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s%s", oneLine(r.Title), r.Text, fence)
	for _, id := range Cited(r.Text) {
		fmt.Fprintf(&b, "\n[^c:%s]: %s\n", id, unmarked(oneLine(page.footnote(id))))
	}
	return []byte(b.String()), page.warnings
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// unmarked takes the meaning from signs of Markdown and HTML: what stands in a
// footnote was written by strangers.
func unmarked(s string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, "~", `\~`).Replace(s)
}

// Parse reads a page that [Render] wrote, or one that somebody wrote alike: a
// title behind one #, the text, and footnotes, which it drops. Of a page of ours
// the text is what it was, byte for byte. The id is for the caller to give.
func Parse(page []byte) (claim.Report, error) {
	r, _, err := split(page)
	return r, err
}

// split takes a page apart into the report and its footnotes.
func split(page []byte) (r claim.Report, notes string, err error) {
	if len(page) > MaxReport {
		return r, "", fmt.Errorf("the page has %d bytes, more than %d", len(page), MaxReport)
	}
	if !utf8.Valid(page) {
		return r, "", errors.New("the page is not in UTF-8: save it as plain text in UTF-8")
	}
	s := strings.TrimPrefix(string(page), "\ufeff")
	if first, _, _ := strings.Cut(s, "\n"); strings.HasSuffix(first, "\r") {
		s = strings.ReplaceAll(s, "\r\n", "\n") // an editor changed all line ends; no title of ours has one
	}
	title, rest, _ := strings.Cut(s, "\n")
	heading, ok := strings.CutPrefix(title, "# ")
	if !ok && title != "#" {
		return r, "", errors.New("the page has no title: begin it with a line such as “# Title”")
	}
	rest = strings.TrimPrefix(rest, "\n")
	text := withoutFootnotes(rest)
	if at := strings.LastIndex(rest, fence); at >= 0 {
		text = rest[:at]
	}
	return claim.Report{Title: strings.TrimSpace(heading), Text: text}, rest[len(text):], nil
}

// withoutFootnotes drops footnotes of claims from the end of a page whose fence
// was lost.
func withoutFootnotes(text string) string {
	note := regexp.MustCompile(`(?s)\n+` + cite + `:[^\n]*\n*$`)
	for {
		at := note.FindStringIndex(text)
		if at == nil {
			return text
		}
		text = text[:at[0]]
	}
}

// page makes the footnotes of one report.
type page struct {
	all, public *claim.Index
	open        func(document string) bool
	warnings    []Warning
}

func (p *page) warn(id, format string, args ...any) {
	p.warnings = append(p.warnings, Warning{id, fmt.Sprintf(format, args...)})
}

// footnote: the sentence, who said it first, what the desk makes of it, and how
// many origins it has.
func (p *page) footnote(id string) string {
	c := p.public.Claim(id)
	switch {
	case c == nil && p.all.Claim(id) == nil:
		p.warn(id, "is not in the register")
		return "This claim is not in the register."
	case c == nil:
		p.warn(id, "may not leave: few could know it, or it names a source. Take the sentence out, or have two people waive that")
		return "This claim is not published."
	}
	p.judge(c)
	parts := []string{"“" + strings.TrimSpace(c.Text) + "”"}
	parts = append(parts, p.speaker(c), standing(c), p.origins(id))
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// judge warns of what has happened to a claim since it was cited.
func (p *page) judge(c *claim.Claim) {
	if how := c.FallenAs(); how != "" {
		p.warn(c.ID, "has fallen: %s", how)
	}
}

func (p *page) speaker(c *claim.Claim) string {
	first := exchange.FirstSpeaker(p.public, c.ID)
	switch {
	case first == nil && c.DeskObservation:
		return "Seen by this newsroom."
	case first == nil:
		return "Nobody is known to have said it."
	}
	return "Said first, as far as known, by " + first.Label + "."
}

func standing(c *claim.Claim) string {
	var parts []string
	if words := exchange.Credibilities(c.Credibility); words != "" {
		parts = append(parts, fmt.Sprintf("Credibility %d of 6: %s.", c.Credibility, words))
	} else {
		parts = append(parts, "Credibility: not judged.")
	}
	if c.Status != "" && c.Status != "open" {
		parts = append(parts, "Status: "+c.Status+".")
	}
	return strings.Join(parts, " ")
}

func (p *page) origins(id string) string {
	o := p.all.Origins(id)
	if o.Max == 0 {
		return ""
	}
	count := fmt.Sprintf("%d", o.Max)
	if o.Min != o.Max {
		count = fmt.Sprintf("%d–%d", o.Min, o.Max)
	}
	return fmt.Sprintf("%s independent %s%s.", count, plural(o.Max, "origin"), exchange.Behind(p.all, id, p.open))
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
