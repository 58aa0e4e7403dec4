// SPDX-License-Identifier: Apache-2.0

package verifycmd

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tamizdat/claim"
	"tamizdat/claim/quote"
	"tamizdat/internal/cli"
	"tamizdat/press"
	"tamizdat/press/site"
)

const quoteUsage = `tamizdat-verify quote: does the article say what the letters say?

  tamizdat-verify quote ARTICLE --site DIR [--case FILE] [--policy FILE]
  tamizdat-verify quote ARTICLE --edition FILE [--edition FILE] [--case FILE]
  tamizdat-verify quote ARTICLE --case FILE

ARTICLE is text, Markdown (.md) or HTML (.html); - is standard input. Every
quotation, and every sentence that follows a letter closely, gets an answer:
verbatim, altered (with what was dropped, added or changed), said elsewhere by
the publisher, or not ours.

  --site DIR      the published letters; the site is verified first, and one that
                  is not as it was published is refused
  --edition FILE  an edition that is not on a site yet; no log vouches for it
  --case FILE     a case file or a log of one, for what the publisher said elsewhere.
                  It knows letters that nobody has published: an answer from it tells
                  of them, and is for the desk's eyes only
  --policy FILE   the log and the witnesses that you believe
  --json          the findings for programs

It compares words. Whether an account of a letter is fair, it cannot tell.

Exit status: 0 nothing is altered or foreign, 1 something is, 2 wrong use.
`

// quoteOptions are the flags of the verb quote.
type quoteOptions struct {
	options
	site, caseFile string
	editions       []string
}

func parseQuote(args []string) (quoteOptions, error) {
	var o quoteOptions
	for {
		fl := flag.NewFlagSet("quote", flag.ContinueOnError)
		fl.StringVar(&o.policy, "policy", o.policy, "")
		fl.StringVar(&o.site, "site", o.site, "")
		fl.StringVar(&o.caseFile, "case", o.caseFile, "")
		fl.BoolVar(&o.json, "json", o.json, "")
		fl.Func("edition", "", func(s string) error {
			o.editions = append(o.editions, s)
			return nil
		})
		if err := cli.ParseFlags(fl, args); err != nil {
			return o, err
		}
		if fl.NArg() == 0 {
			break
		}
		if o.arg != "" {
			return o, cli.Usagef("quote takes one article")
		}
		o.arg, args = fl.Arg(0), fl.Args()[1:]
	}
	return o, o.check()
}

func (o quoteOptions) check() error {
	switch {
	case o.arg == "":
		return cli.Usagef("quote needs an article, or - for standard input")
	case o.site == "" && o.caseFile == "" && len(o.editions) == 0:
		return cli.WithHint(cli.Usagef("there is nothing to compare the article with"), "give --site, --edition or --case")
	case o.policy != "" && o.site == "":
		return cli.Usagef("--policy is for --site")
	}
	return nil
}

func runQuote(_ context.Context, env *cli.Env, args []string) error {
	o, err := parseQuote(args)
	if err != nil {
		return err
	}
	article, err := o.readArticle(env)
	if err != nil {
		return err
	}
	texts, basis, err := o.readTexts(env)
	if err != nil {
		return err
	}
	index, err := quote.NewIndex(texts)
	if err != nil {
		return err
	}
	r, err := index.Check(article)
	if err != nil {
		return err
	}
	return o.tell(env, r, basis)
}

func (o quoteOptions) tell(env *cli.Env, r quote.Report, basis []string) error {
	if o.json {
		if err := printQuoteJSON(env, r, basis); err != nil {
			return err
		}
	} else {
		printQuotes(env, r, basis)
	}
	if r.Good() {
		return nil
	}
	return errors.New("the article does not keep to what was published: " + counts(r))
}

// readArticle reads the article by the ending of its name, or by its beginning.
func (o quoteOptions) readArticle(env *cli.Env) ([]quote.Block, error) {
	b, err := env.ReadInput(o.arg, maxFile)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return nil, cli.WithHint(fmt.Errorf("%s is not in UTF-8: its words cannot be compared", o.arg), "save it as UTF-8, or copy the words from a browser into a text file")
	}
	start := strings.ToLower(string(bytes.TrimSpace(b[:min(len(b), 200)])))
	switch ext := strings.ToLower(filepath.Ext(o.arg)); {
	case ext == ".html" || ext == ".htm" || ext == ".xhtml" || strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html"):
		return htmlBlocks(b)
	case ext == ".md" || ext == ".markdown":
		return quote.Markdown(string(b)), nil
	}
	return quote.Plain(string(b)), nil
}

// readTexts gathers what the article is compared with, and says in lines what
// that rests on. Published letters come first.
func (o quoteOptions) readTexts(env *cli.Env) (texts []quote.Text, basis []string, err error) {
	if o.site != "" {
		editions, line, err := o.readSite(env)
		if err != nil {
			return nil, nil, err
		}
		texts, basis = append(texts, textsOf(editions, "")...), append(basis, line)
	}
	for _, path := range o.editions {
		e, err := readEdition(path)
		if err != nil {
			return nil, nil, err
		}
		texts = append(texts, textsOf([]press.Edition{e}, "from an edition file; no log was asked whether it was published")...)
		basis = append(basis, path+": an edition that was not held against any log")
	}
	if o.caseFile != "" {
		c, err := readCase(o.caseFile)
		if err != nil {
			return nil, nil, err
		}
		texts, basis = append(texts, quote.FromCase(&c)...), append(basis, fmt.Sprintf("the case %s, as the desk has it", c.Case))
	}
	return texts, basis, nil
}

// readSite verifies a site before anything of it is compared: a record that was
// changed would call the true words altered, and the altered ones true.
func (o quoteOptions) readSite(env *cli.Env) ([]press.Edition, string, error) {
	if info, err := os.Stat(o.site); err != nil || !info.IsDir() {
		return nil, "", errors.Join(err, fmt.Errorf("%s is not a folder", o.site))
	}
	policy, err := o.readPolicy(env, filepath.Join(o.site, "policy.txt"))
	if err != nil {
		return nil, "", err
	}
	tree, problems := site.ReadTree(os.DirFS(o.site))
	r := site.VerifySite(tree, policy, time.Now())
	r.Problems = append(r.Problems, problems...)
	if !r.OK() {
		return nil, "", cli.WithHint(fmt.Errorf("not verified: %s: %s; nothing was compared with it", o.site, r.Answer()),
			"tamizdat-verify site "+o.site+" shows what is wrong; use another mirror, or a policy that its witnesses satisfy")
	}
	editions, err := editionsOf(tree)
	return editions, fmt.Sprintf("the site %s: verified, %s", o.site, r.Answer()), err
}

// editionsOf relies on [site.VerifySite], which lets no other file stand there.
func editionsOf(tree site.Tree) ([]press.Edition, error) {
	var list []press.Edition
	for _, path := range tree.Paths() {
		if !strings.HasPrefix(path, "letters/") || !strings.HasSuffix(path, ".json") {
			continue
		}
		e, err := press.ParseEdition(tree[path])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b press.Edition) int { return compareEditions(a.Draft(), b.Draft()) })
	return list, nil
}

func compareEditions(a, b press.Draft) int {
	if a.Series != b.Series {
		return strings.Compare(a.Series, b.Series)
	}
	if a.Number != b.Number {
		return a.Number - b.Number
	}
	return a.Revision - b.Revision
}

// readEdition reads an edition's .json, or the file that a desk hands to the
// press.
func readEdition(path string) (press.Edition, error) {
	b, err := cli.ReadFile(path, maxFile)
	if err != nil {
		return press.Edition{}, err
	}
	e, err := press.ParseEdition(b)
	if err == nil {
		return e, nil
	}
	if e, _, err2 := press.ParseFile(b); err2 == nil {
		return e, nil
	}
	return e, fmt.Errorf("%s: %w", path, err)
}

// readCase reads a case, or the log that makes one.
func readCase(path string) (claim.Case, error) {
	b, err := cli.ReadFile(path, claim.MaxCase)
	if err != nil {
		return claim.Case{}, err
	}
	if claim.IsLog(b) {
		l, err := claim.ParseLog(b)
		if err != nil {
			return claim.Case{}, fmt.Errorf("%s, %w", path, err)
		}
		return l.Case, nil
	}
	c, err := claim.ParseCase(b)
	if err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// textsOf gives every language of every edition, the originals first.
func textsOf(editions []press.Edition, remark string) []quote.Text {
	var originals, translations []quote.Text
	for _, e := range editions {
		d := e.Draft()
		for _, t := range d.Texts {
			text := quote.Text{
				Kind: quote.Letter, Letter: fmt.Sprintf("letter %d of %s", d.Number, d.SeriesName), Revision: d.Revision,
				Lang: t.Lang, Role: string(t.Role), Remark: remark, HasTitle: true,
				Paragraphs: append([]string{t.Title}, t.Paragraphs()...),
			}
			text.Name = fmt.Sprintf("%s, revision %d", text.Letter, d.Revision)
			if t.Role == press.RoleOriginal {
				originals = append(originals, text)
			} else {
				translations = append(translations, text)
			}
		}
	}
	return append(originals, translations...)
}
