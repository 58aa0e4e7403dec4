// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"unicode/utf8"

	"tamizdat/claim"
	"tamizdat/claim/suggest"
	"tamizdat/internal/cli"
)

// runSuggest lists relays and hops that may be missing, and in texts of documents
// whom they quote and what they share.
func (p *program) runSuggest(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	var t texts
	fs := o.reading("suggest")
	t.flag(fs)
	f, err := p.read(ctx, env, &o, fs, args, 1, 1)
	if err != nil {
		return err
	}
	x := claim.NewIndex(&f.c)
	read, err := t.read(env, x)
	if err != nil {
		return err
	}
	found := suggest.Texts(x, read)
	if o.json {
		return env.JSON(append([]suggest.Suggestion{}, found...))
	}
	for _, s := range found {
		env.Printf("%s: %s\n", s.Kind, s.Reason)
		env.Printf("    key %s\n", s.Key)
	}
	if len(found) == 0 {
		env.Printf("there is nothing to suggest\n")
	}
	return nil
}

// texts are files with the words of documents. A case does not hold those.
type texts struct{ pairs []string }

func (t *texts) flag(fs *flag.FlagSet) { listFlag(fs, "text", &t.pairs) }

// mostTexts and maxTexts bound what is compared at once.
const (
	mostTexts = 1000
	maxTexts  = 64 << 20 // bytes
)

// read opens the files, by document.
func (t *texts) read(env *cli.Env, x *claim.Index) (map[string]string, error) {
	if len(t.pairs) > mostTexts {
		return nil, cli.Usagef("at most %d texts are compared at once", mostTexts)
	}
	out, size := make(map[string]string, len(t.pairs)), 0
	for _, pair := range t.pairs {
		document, path, ok := strings.Cut(pair, "=")
		_, twice := out[document]
		switch {
		case !ok:
			return nil, cli.Usagef("%q has not the form DOCUMENT=FILE", pair)
		case x.Document(document) == nil:
			return nil, fmt.Errorf("there is no document %q in the case", document)
		case twice:
			return nil, cli.Usagef("%s has two texts", document)
		}
		b, err := env.ReadInput(path, maxText)
		if err != nil {
			return nil, err
		}
		if size += len(b); size > maxTexts {
			return nil, fmt.Errorf("the texts together have more than %d bytes", maxTexts)
		}
		if !utf8.Valid(b) {
			return nil, cli.WithHint(fmt.Errorf("%s is not in UTF-8: its words cannot be compared", path), "save it as UTF-8")
		}
		out[document] = string(b)
	}
	return out, nil
}
