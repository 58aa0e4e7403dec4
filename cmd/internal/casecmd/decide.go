// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/mutation"
	"tamizdat/claim/suggest"
	"tamizdat/internal/cli"
)

func (p *program) runAccept(_ context.Context, env *cli.Env, args []string) error {
	return p.decide(env, args, "accept", "accepted")
}

func (p *program) runRefuse(_ context.Context, env *cli.Env, args []string) error {
	return p.decide(env, args, "refuse", "refused")
}

// decide keeps what a person said to a proposal; it does not come again. A key that
// no proposal has is a slip: the proposal that was meant would come again, and one
// that comes to have the key would not be seen by anybody.
func (p *program) decide(env *cli.Env, args []string, verb, choice string) error {
	var o options
	fs := o.writing(verb)
	reason := fs.String("reason", "", "")
	var t texts
	t.flag(fs)
	if err := p.parseEdit(&o, fs, args, 2, 2); err != nil {
		return err
	}
	made := claim.Decision{ID: claim.NewID(), Suggestion: o.words[1], Choice: choice, Reason: *reason, By: o.by}
	return p.changeOne(env, &o, func(f *file) (claim.Change, error) {
		x := claim.NewIndex(&f.c)
		read, err := t.read(env, x)
		if err != nil {
			return claim.Change{}, err
		}
		if err := f.proposes(made.Suggestion, x, read); err != nil {
			return claim.Change{}, err
		}
		changes, err := things(claim.Case{Decisions: []claim.Decision{made}})
		if err != nil {
			return claim.Change{}, err
		}
		return changes[0], nil
	})
}

// mostNear is how many keys are named that may have been meant.
const mostNear = 3

// proposes refuses a key that no proposal has now. What texts propose has to be
// proposed again by the same texts.
func (f *file) proposes(key string, x *claim.Index, texts map[string]string) error {
	var keys []string
	for _, m := range mutation.Propose(x) {
		keys = append(keys, m.Key)
	}
	for _, s := range suggest.Texts(x, texts) {
		keys = append(keys, s.Key)
	}
	if slices.Contains(keys, key) {
		return nil
	}
	says := fmt.Errorf("no proposal has the key %q now", key)
	for i := range f.c.Decisions {
		if d := &f.c.Decisions[i]; d.Suggestion == key {
			says = fmt.Errorf("the proposal %q is decided already: %s by %s", key, d.Choice, d.By)
		}
	}
	var hints []string
	if len(texts) == 0 {
		hints = append(hints, "if texts proposed it, give them again: --text DOCUMENT=FILE")
	}
	if len(keys) == 0 {
		return cli.WithHint(says, append(hints, "nothing is proposed now; "+f.verb("mutations")+" and "+f.verb("suggest")+" tell what is")...)
	}
	return cli.WithHint(says, append(hints, "the nearest keys: "+strings.Join(nearest(key, keys), ", "))...)
}

// nearest gives the few of some keys that differ least from one, best first.
func nearest(key string, keys []string) []string {
	far := make(map[string]int, len(keys))
	for _, k := range keys {
		far[k] = distance([]rune(key), []rune(k))
	}
	keys = slices.SortedFunc(slices.Values(keys), func(a, b string) int { return cmp.Or(cmp.Compare(far[a], far[b]), cmp.Compare(a, b)) })
	return keys[:min(len(keys), mostNear)]
}

// distance counts the letters to be put in, taken out or replaced to make one text
// of another (Levenshtein).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		corner := row[0]
		row[0] = i + 1
		for j := range b {
			replaced := corner
			if a[i] != b[j] {
				replaced++
			}
			corner = row[j+1]
			row[j+1] = min(replaced, row[j]+1, corner+1)
		}
	}
	return row[len(b)]
}
