// SPDX-License-Identifier: Apache-2.0

// Package casecmd is “tamizdat case”: the editorial rules at a command line, on a
// case file. It reads what claims were made, by whom and through whose hands, and
// tells how many origins stand behind them, what was changed on the way, what the
// numbers say and how a risk moves. Call [Command].
//
// It knows no letter's sender and no desk: what it works on is a file that people
// made, and what it prints is for them to judge. A file is either a case as JSON,
// which it only reads, or a log of events (one JSON object a line), to which it
// adds.
package casecmd

import (
	"context"
	"flag"
	"strings"
	"time"

	"tamizdat/claim"
	"tamizdat/internal/cli"
)

// Command gives the verb “case”.
func Command() *cli.Command {
	p := &program{now: time.Now}
	return &cli.Command{Name: "case", Summary: summary, Usage: usage, Sub: p.verbs()}
}

const summary = "who said it first, how sure we are, how the risk moves"

func (p *program) verbs() []*cli.Command {
	return []*cli.Command{
		{Name: "study", Summary: "write the founding case, a study of published reporting", Run: p.runStudy},
		{Name: "new", Summary: "begin a log", Run: p.runNew},
		{Name: "load", Summary: "read a case, check it, and add it to a log", Run: p.runLoad},
		{Name: "check", Summary: "what breaks a rule, and what waits for a choice", Run: p.runCheck},
		{Name: "list", Summary: "list what a case holds", Run: p.runList},
		{Name: "show", Summary: "show one thing; a claim with its chain", Run: p.runShow},
		{Name: "origins", Summary: "how many independent origins stand behind a claim", Run: p.runOrigins},
		{Name: "mutations", Summary: "what was changed on the way", Run: p.runMutations},
		{Name: "hint", Summary: "how far the evidence lets a claim be believed", Run: p.runHint},
		{Name: "ach", Summary: "rival explanations against the evidence", Run: p.runACH},
		{Name: "suggest", Summary: "relays and hops that may be missing", Run: p.runSuggest},
		{Name: "lanes", Summary: "the numbers, one lane for each thing that is measured", Run: p.runLanes},
		{Name: "pool", Summary: "one range of several estimates, on request", Run: p.runPool},
		{Name: "board", Summary: "one row a question: number, words, days to close", Run: p.runBoard},
		{Name: "forecast", Summary: "give a number for a question", Run: p.runForecast},
		{Name: "assess", Summary: "freeze what the desk says of a question in a week", Run: p.runAssess},
		{Name: "resolve", Summary: "say how a question turned out; it takes two", Run: p.runResolve},
		{Name: "scores", Summary: "how good the numbers were", Run: p.runScores},
		{Name: "template", Summary: "an empty table to fill in", Run: p.runTemplate},
		{Name: "table", Summary: "what the desk has, as a table to work on", Run: p.runTable},
		{Name: "import", Summary: "take in a table: all of it, or nothing", Run: p.runImport},
		{Name: "report", Summary: "a report with claims as footnotes, and back", Run: p.runReport},
		{Name: "export", Summary: "what may leave, in a format of the trade", Run: p.runExport},
		{Name: "series", Summary: "take dated numbers into an indicator", Run: p.runSeries},
		{Name: "accept", Summary: "take a proposal", Run: p.runAccept},
		{Name: "refuse", Summary: "refuse a proposal, so that it does not come again", Run: p.runRefuse},
		{Name: "add", Summary: "add a thing", Run: p.runAdd},
		{Name: "set", Summary: "change fields of a thing", Run: p.runSet},
		{Name: "remove", Summary: "take a thing away", Run: p.runRemove},
		{Name: "restore", Summary: "bring it back", Run: p.runRestore},
		{Name: "mark", Summary: "make a claim from a sentence of a text", Run: p.runMark},
	}
}

// program holds what tests hold still.
type program struct {
	now      func() time.Time
	register Register // nil where a verb's first word names a file
}

// options are the flags that most verbs share.
type options struct {
	json  bool
	by    string
	words []string
}

// parse reads flags before, between and after the words, and counts the words.
func (o *options) parse(fs *flag.FlagSet, args []string, least, most int) error {
	for {
		if err := cli.ParseFlags(fs, args); err != nil {
			return err
		}
		if fs.NArg() == 0 {
			break
		}
		o.words, args = append(o.words, fs.Arg(0)), fs.Args()[1:]
	}
	switch {
	case len(o.words) < least:
		return cli.Usagef("case %s needs more words than that", fs.Name())
	case most >= 0 && len(o.words) > most:
		return cli.Usagef("case %s has no use for %q", fs.Name(), o.words[most])
	}
	return nil
}

// reading gives the flags of a verb that only reads.
func (o *options) reading(verb string) *flag.FlagSet {
	fs := flag.NewFlagSet(verb, flag.ContinueOnError)
	fs.BoolVar(&o.json, "json", false, "")
	return fs
}

// writing gives the flags of a verb that adds to a log.
func (o *options) writing(verb string) *flag.FlagSet {
	fs := o.reading(verb)
	fs.StringVar(&o.by, "by", "", "")
	return fs
}

// parseEdit parses for a verb that adds to a log.
func (p *program) parseEdit(o *options, fs *flag.FlagSet, args []string, least, most int) error {
	if err := o.parse(fs, args, least, most); err != nil {
		return err
	}
	return p.needsName(o)
}

// needsName refuses an edit by nobody. Who edits a shared register is known, and can
// be nobody else.
func (p *program) needsName(o *options) error {
	if p.register != nil {
		me, err := p.register.Me()
		if err != nil {
			return err
		}
		if o.by != "" && !claim.SamePerson(o.by, me) {
			return cli.Usagef("this desk is %s's, and signs for nobody else", me)
		}
		o.by = me
	}
	if o.by == "" {
		return cli.WithHint(cli.Usagef("the log keeps who does what"), "say who you are: --by NAME")
	}
	return nil
}

// read opens the case that a verb's first word names.
func (p *program) read(_ context.Context, env *cli.Env, o *options, fs *flag.FlagSet, args []string, least, most int) (*file, error) {
	if err := o.parse(fs, args, least, most); err != nil {
		return nil, err
	}
	return p.open(env, o.words[0])
}

// shell is a command that goes on with a case, to be typed: its verb and what comes
// behind the file. Where it changes something, by says so.
func (f *file) shell(verb, rest string, by bool) string {
	parts := []string{f.verb(verb)}
	if f.shared == nil {
		parts = append(parts, word(f.path))
	}
	if rest != "" {
		parts = append(parts, rest)
	}
	if f.shared == nil && by {
		parts = append(parts, "--by NAME")
	}
	return strings.Join(parts, " ")
}

// verb is how a verb on such a case is called.
func (f *file) verb(name string) string {
	if f.shared != nil {
		return "tamizdat desk case " + name
	}
	return "tamizdat case " + name
}
