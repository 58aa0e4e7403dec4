// SPDX-License-Identifier: Apache-2.0

// Package verifycmd is the reader's program: it tells offline whether a page,
// an edition or a whole site is what the press published, and where not; and
// whether an article quotes it as it is.
// Call [Command]; it is the root of tamizdat-verify and the verb “verify”.
//
// It trusts the policy file that it is given, and no file that it checks.
package verifycmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tamizdat/internal/cli"
	"tamizdat/press/site"
	"tamizdat/press/tlog"
)

const usage = `tamizdat-verify: is this what they published?

  tamizdat-verify page  FILE [--policy FILE]                 a letter's page, alone or with its folder
  tamizdat-verify proof FILE --edition FILE [--policy FILE]  a .tlog-proof and the .json it is for
  tamizdat-verify site  DIR  [--policy FILE]                 a whole site or mirror: every file, every byte
  tamizdat-verify quote ARTICLE --site DIR [--case FILE]     an article's quotations against the letters

It needs no network. With --json it prints the report for programs.
The policy says which log and which witnesses you believe. Get it from somebody
you trust; the one on the site only shows that the site agrees with itself.

Exit status: 0 verified, 1 not, 2 wrong use.
`

// Command gives the verb “verify”.
func Command() *cli.Command {
	return &cli.Command{
		Name: "verify", Summary: "check a page, a proof or a site, offline", Usage: usage,
		Sub: []*cli.Command{
			{Name: "page", Summary: "check a letter's page", Run: runPage},
			{Name: "proof", Summary: "check a proof and its edition", Run: runProof},
			{Name: "site", Summary: "check every file of a site", Run: runSite},
			{Name: "quote", Summary: "check an article's quotations against letters", Usage: quoteUsage, Run: runQuote},
		},
	}
}

// options are the flags of the verbs page, proof and site.
type options struct {
	policy, edition string
	json            bool
	arg             string
}

// parse allows flags before and after the one argument.
func parse(verb string, args []string) (options, error) {
	var o options
	for {
		fl := flag.NewFlagSet(verb, flag.ContinueOnError)
		fl.StringVar(&o.policy, "policy", o.policy, "")
		fl.StringVar(&o.edition, "edition", o.edition, "")
		fl.BoolVar(&o.json, "json", o.json, "")
		if err := cli.ParseFlags(fl, args); err != nil {
			return o, err
		}
		if fl.NArg() == 0 {
			break
		}
		if o.arg != "" {
			return o, cli.Usagef("%s takes one file or folder", verb)
		}
		o.arg, args = fl.Arg(0), fl.Args()[1:]
	}
	if o.arg == "" {
		return o, cli.Usagef("%s needs a file or folder", verb)
	}
	return o, nil
}

func runPage(_ context.Context, env *cli.Env, args []string) error {
	o, err := parse("page", args)
	if err != nil {
		return err
	}
	if o.edition != "" {
		return cli.Usagef("--edition belongs to the verb proof")
	}
	page, err := cli.ReadFile(o.arg, maxFile)
	if err != nil {
		return err
	}
	dir := filepath.Dir(o.arg)
	policy, err := o.readPolicy(env, filepath.Join(dir, "..", "policy.txt"), filepath.Join(dir, "policy.txt"))
	if err != nil {
		return err
	}
	beside, err := companions(o.arg)
	if err != nil {
		return err
	}
	return o.finish(env, site.VerifyPage(o.arg, page, beside, policy, time.Now()))
}

// companions reads the files of the page's folder that share its stem.
func companions(page string) (map[string][]byte, error) {
	base := filepath.Base(page)
	stem := base[:len(base)-len(filepath.Ext(base))]
	paths, err := filepath.Glob(filepath.Join(escapeGlob(filepath.Dir(page)), escapeGlob(stem)+".*"))
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for _, p := range paths {
		b, err := cli.ReadFile(p, maxFile)
		if err != nil {
			return nil, err
		}
		files[filepath.Base(p)] = b
	}
	return files, nil
}

func escapeGlob(s string) string {
	var out []rune
	for _, r := range s {
		if r == '*' || r == '?' || r == '[' {
			out = append(out, '[', r, ']')
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

func runProof(_ context.Context, env *cli.Env, args []string) error {
	o, err := parse("proof", args)
	if err != nil {
		return err
	}
	if o.edition == "" {
		return cli.Usagef("proof needs --edition with the .json file that the proof is for")
	}
	b, err := cli.ReadFile(o.arg, maxFile)
	if err != nil {
		return err
	}
	edition, err := cli.ReadFile(o.edition, maxFile)
	if err != nil {
		return err
	}
	policy, err := o.readPolicy(env, filepath.Join(filepath.Dir(o.arg), "..", "policy.txt"))
	if err != nil {
		return err
	}
	proof, err := tlog.ParseProof(b)
	if err != nil {
		return fmt.Errorf("not verified: %s: %w", o.arg, err)
	}
	return o.finish(env, site.VerifyEdition(o.edition, edition, proof, policy, time.Now()))
}

func runSite(_ context.Context, env *cli.Env, args []string) error {
	o, err := parse("site", args)
	if err != nil {
		return err
	}
	if o.edition != "" {
		return cli.Usagef("--edition belongs to the verb proof")
	}
	if info, err := os.Stat(o.arg); err != nil || !info.IsDir() {
		return errors.Join(err, fmt.Errorf("%s is not a folder", o.arg))
	}
	policy, err := o.readPolicy(env, filepath.Join(o.arg, "policy.txt"))
	if err != nil {
		return err
	}
	tree, problems := site.ReadTree(os.DirFS(o.arg))
	r := site.VerifySite(tree, policy, time.Now())
	r.Problems = append(r.Problems, problems...)
	return o.finish(env, r)
}

// readPolicy reads the reader's policy, or with a warning the site's own.
func (o options) readPolicy(env *cli.Env, own ...string) (tlog.Policy, error) {
	if o.policy != "" {
		b, err := cli.ReadFile(o.policy, maxFile)
		if err != nil {
			return tlog.Policy{}, err
		}
		return tlog.ParsePolicy(b)
	}
	for _, path := range own {
		b, err := cli.ReadFile(path, maxFile)
		if err != nil {
			continue
		}
		env.Notef("WARNING: you gave no --policy, so the site's own is used. A page cannot vouch for itself:\n" +
			"a forger would put his own policy here. Get the policy from somebody you trust.\n")
		return tlog.ParsePolicy(b)
	}
	return tlog.Policy{}, cli.WithHint(cli.Usagef("there is no policy to check against"), "give --policy FILE; the press and its partners hand it out")
}

// maxFile is more than any file of a press has, in bytes.
const maxFile = 16 << 20

// finish prints the report and gives an error unless all is well.
func (o options) finish(env *cli.Env, r site.Report) error {
	if o.json {
		if err := env.JSON(withAnswer{r.OK(), r.Answer(), r}); err != nil {
			return err
		}
	} else {
		printReport(env, r)
	}
	if r.OK() {
		return nil
	}
	return fmt.Errorf("not verified: %s", r.Answer())
}

// withAnswer is what --json gives of a report.
type withAnswer struct {
	OK     bool   `json:"ok"`
	Answer string `json:"answer"`
	site.Report
}

func printReport(env *cli.Env, r site.Report) {
	if r.OK() {
		env.Printf("VERIFIED: %s\n", r.Answer())
	} else {
		env.Printf("NOT VERIFIED: %s\n", r.Answer())
	}
	for _, p := range r.Problems {
		printProblem(env, p)
	}
	for _, c := range r.Checked {
		env.Printf("  checked: %s\n", c)
	}
	for _, n := range r.Notes {
		env.Printf("  note: %s\n", n)
	}
	for _, u := range r.Unchecked {
		env.Printf("  not checked: %s\n", u)
	}
}

func printProblem(env *cli.Env, p site.Problem) {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s, line %d, character %d", p.File, p.Line, p.Column)
	}
	env.Printf("  wrong: %s: %s\n", where, p.What)
	if p.Expected != "" || p.Found != "" {
		env.Printf("         expected %q\n         found    %q\n", p.Expected, p.Found)
	}
}
