// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/exchange/report"
	"tamizdat/internal/cli"
)

// runReport writes a report as a page whose footnotes are claims, or takes an
// edited page back.
func (p *program) runReport(_ context.Context, env *cli.Env, args []string) error {
	var r reporting
	fs := r.writing("report")
	fs.StringVar(&r.out, "out", "", "")
	fs.StringVar(&r.page, "read", "", "")
	fs.StringVar(&r.newID, "id", "", "")
	fs.BoolVar(&r.dry, "dry-run", false, "")
	if err := r.parse(fs, args, 1, 2); err != nil {
		return err
	}
	if r.page == "" {
		return p.writeReport(env, &r)
	}
	return p.readReport(env, &r)
}

// reporting is which report a person wants, and which way.
type reporting struct {
	options
	out, page, newID string
	dry              bool
}

// id is the report that was named, if any.
func (r *reporting) id() string {
	if len(r.words) == 2 {
		return r.words[1]
	}
	return ""
}

func (p *program) writeReport(env *cli.Env, r *reporting) error {
	if r.newID != "" || r.dry || r.by != "" {
		return cli.Usagef("--id, --dry-run and --by are for --read FILE")
	}
	f, err := p.open(env, r.words[0])
	if err != nil {
		return err
	}
	chosen, err := r.choose(f)
	if err != nil {
		return err
	}
	page, warnings := report.Render(f.c, *chosen)
	if err := f.mayLeave(string(page)); err != nil {
		return err
	}
	if r.json {
		return env.JSON(struct {
			ID       string           `json:"id"`
			Page     string           `json:"page"`
			Warnings []report.Warning `json:"warnings"`
		}{chosen.ID, string(page), append([]report.Warning{}, warnings...)})
	}
	for _, w := range warnings {
		env.Notef("WARNING: %s\n", w)
	}
	return deliver(env, r.out, page)
}

// choose finds the report that was named, or the only one.
func (r *reporting) choose(f *file) (*claim.Report, error) {
	c := &f.c
	for i := range c.Reports {
		if c.Reports[i].ID == r.id() || r.id() == "" && len(c.Reports) == 1 {
			return &c.Reports[i], nil
		}
	}
	switch {
	case r.id() != "":
		return nil, cli.WithHint(fmt.Errorf("there is no report %s in %s", r.id(), f.path), f.shell("list", "report", false)+" tells what there is")
	case len(c.Reports) == 0:
		return nil, cli.WithHint(fmt.Errorf("there is no report in %s", f.path),
			"write one in Markdown, with [^c:ID] behind what claim ID says, and take it in: "+f.shell("report", "--read FILE", true))
	}
	var names []string
	for i := range c.Reports {
		names = append(names, fmt.Sprintf("%s (%s)", c.Reports[i].ID, short(c.Reports[i].Title)))
	}
	return nil, cli.Usagef("say which report: %s", strings.Join(names, ", "))
}

// readReport takes a page back into the register, and tells what it changes and
// what the register says otherwise since the page was written.
func (p *program) readReport(env *cli.Env, r *reporting) error {
	if r.out != "" {
		return cli.Usagef("--out writes a page and --read reads one; give one of them")
	}
	if !r.dry {
		if err := p.needsName(&r.options); err != nil {
			return err
		}
	}
	page, err := env.ReadInput(r.page, report.MaxReport)
	if err != nil {
		return err
	}
	read, err := report.Parse(page)
	if err != nil {
		return fmt.Errorf("%s: %w", r.page, err)
	}
	var back *comeBack
	err = p.changeOrTry(env, &r.options, r.dry, func(f *file) (changes []claim.Change, err error) {
		back, changes, err = r.compare(f, page, read)
		return changes, err
	})
	if err != nil {
		return err
	}
	back.TakenOver = !r.dry && len(back.fields) > 0
	return back.say(env, r)
}

// comeBack is what an edited page brings.
type comeBack struct {
	ID        string           `json:"id,omitempty"` // empty for a new one in a dry run
	New       bool             `json:"new"`
	TakenOver bool             `json:"taken_over"`
	WasTitle  string           `json:"was_title,omitempty"` // if it is another now
	Title     string           `json:"title"`
	Lines     []report.Line    `json:"lines"`     // that changed
	Cited     []string         `json:"cited"`     // claims that it did not cite
	Dropped   []string         `json:"dropped"`   // claims that it does not cite any more
	Footnotes []report.Moved   `json:"footnotes"` // that the register writes otherwise now
	Warnings  []report.Warning `json:"warnings"`

	fields map[string]json.RawMessage
}

// compare holds a page against the report that it is, or makes a new one of it.
func (r *reporting) compare(f *file, page []byte, read claim.Report) (*comeBack, []claim.Change, error) {
	was, err := r.target(f, read.Title)
	if err != nil {
		return nil, nil, err
	}
	back := &comeBack{
		ID: was.ID, New: was.ID == "", Title: read.Title,
		Cited: missing(report.Cited(read.Text), report.Cited(was.Text)), Dropped: missing(report.Cited(was.Text), report.Cited(read.Text)),
		Footnotes: append([]report.Moved{}, report.Outdated(f.c, page)...),
	}
	_, warnings := report.Render(f.c, read)
	back.Warnings = append([]report.Warning{}, warnings...)
	back.hold(was, read)
	return back, r.changes(back), nil
}

// hold finds the fields that a page changes.
func (b *comeBack) hold(was, read claim.Report) {
	b.fields, b.Lines = map[string]json.RawMessage{}, []report.Line{}
	if was.Title != read.Title {
		b.WasTitle, b.fields["title"] = was.Title, mustJSON(read.Title)
	}
	if was.Text != read.Text {
		b.Lines, b.fields["text"] = report.Changed(was.Text, read.Text), mustJSON(read.Text)
	}
}

// changes are what the log is to take, which is nothing for a page that comes
// back as it went.
func (r *reporting) changes(b *comeBack) []claim.Change {
	if !b.New && len(b.fields) == 0 {
		return nil
	}
	change := claim.Change{Verb: claim.VerbSet, Kind: claim.KindReport, Object: b.ID, Fields: b.fields}
	if b.New {
		change.Verb, change.Object = claim.VerbCreate, r.freshID()
	}
	if !r.dry || r.newID != "" {
		b.ID = change.Object
	}
	return []claim.Change{change}
}

func (r *reporting) freshID() string {
	if r.newID != "" {
		return r.newID
	}
	return claim.NewID()
}

// target is the report that a page is to change, and an empty one for a new. A
// page that nobody placed and whose title is there is one of two things, and
// only a person knows which.
func (r *reporting) target(f *file, title string) (claim.Report, error) {
	if r.id() != "" {
		if r.newID != "" {
			return claim.Report{}, cli.Usagef("--id is for a new report")
		}
		chosen, err := r.choose(f)
		if err != nil {
			return claim.Report{}, err
		}
		return *chosen, nil
	}
	for _, there := range f.c.Reports {
		if there.Title == title {
			return there, cli.WithHint(fmt.Errorf("a report with this title is there already: %s", there.ID),
				"to change it: "+f.shell("report", word(there.ID)+" --read "+word(r.page), true),
				"to add another, give it another title")
		}
	}
	return claim.Report{}, nil
}

// missing lists what a list has and another has not.
func missing(from, in []string) []string {
	return slices.DeleteFunc(append([]string{}, from...), func(s string) bool { return slices.Contains(in, s) })
}

func mustJSON(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		panic("casecmd: a text without a JSON form: " + err.Error())
	}
	return b
}

func (b *comeBack) say(env *cli.Env, r *reporting) error {
	if r.json {
		return env.JSON(b)
	}
	env.Printf("%s\n", b.heading())
	if !b.New {
		printSome(env, b.Lines, func(l report.Line) string { return map[bool]string{true: "+ ", false: "- "}[l.Added] + l.Text })
	}
	for _, id := range b.Cited {
		env.Printf("cites now: %s\n", id)
	}
	for _, id := range b.Dropped {
		env.Printf("cites no more: %s\n", id)
	}
	for _, m := range b.Footnotes {
		env.Printf("the footnote of %s is made anew\n  in the page: %s\n  now:         %s\n", m.Claim, m.Was, m.Is)
	}
	for _, w := range b.Warnings {
		env.Notef("WARNING: %s\n", w)
	}
	env.Printf("%s\n", b.ending(r.dry))
	return nil
}

func (b *comeBack) heading() string {
	switch {
	case b.New:
		return "a new report: " + b.Title
	case b.WasTitle != "":
		return fmt.Sprintf("report %s: %s (the title was: %s)", b.ID, b.Title, b.WasTitle)
	}
	return fmt.Sprintf("report %s: %s", b.ID, b.Title)
}

func (b *comeBack) ending(dry bool) string {
	switch {
	case len(b.fields) == 0:
		return "the text is what it was; nothing to take over"
	case dry:
		return "this was a dry run, and nothing was written"
	}
	return "taken over as report " + b.ID
}
