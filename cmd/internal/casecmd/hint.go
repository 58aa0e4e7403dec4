// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/judge"
	"tamizdat/internal/cli"
)

// hint is what the program has to say of how far a claim can be believed. The
// four judgements stay apart in it.
type hint struct {
	judge.Hint
	Voices   []voice
	Exposure judge.Exposure
}

// voice is an origin of a claim: did this speaker say it, and how reliable is who
// says it.
type voice struct {
	Utterance   string
	Speaker     string
	Attribution judge.Attribution
	Why         string
	Reliability claim.Reliability
	Where       string
	Record      []judge.Topic
}

// runHint shows what the evidence suggests for a claim, with every step. With
// --choose a person sets the number, and the choice is kept beside the hint.
func (p *program) runHint(_ context.Context, env *cli.Env, args []string) error {
	var o options
	var against []string
	fs := o.writing("hint")
	choose, reason := fs.String("choose", "", ""), fs.String("reason", "", "")
	listFlag(fs, "against", &against)
	if err := o.parse(fs, args, 2, 2); err != nil {
		return err
	}
	if *choose != "" {
		return p.choose(env, &o, against, *choose, *reason)
	}
	f, err := p.open(env, o.words[0])
	if err != nil {
		return err
	}
	x := claim.NewIndex(&f.c)
	h, err := hintFor(x, o.words[1], against)
	if err != nil {
		return err
	}
	if o.json {
		return env.JSON(h)
	}
	printHint(env, x.Claim(o.words[1]), &h)
	return nil
}

func hintFor(x *claim.Index, id string, against []string) (hint, error) {
	if x.Claim(id) == nil {
		return hint{}, fmt.Errorf("there is no claim %q in the case", id)
	}
	admitted := map[string]bool{}
	for _, u := range against {
		if x.Utterance(u) == nil {
			return hint{}, fmt.Errorf("there is no utterance %q in the case", u)
		}
		admitted[u] = true
	}
	h := hint{Hint: judge.HintFor(x, id, x.Origins, admitted), Exposure: judge.Exposed(x, id, waivers(x.Case))}
	for _, r := range x.Origins(id).Roots {
		if u := x.Utterance(r.Utterance); u != nil {
			h.Voices = append(h.Voices, voiceOf(x, u, x.Claim(id).Topic))
		}
	}
	return h, nil
}

func voiceOf(x *claim.Index, u *claim.Utterance, topic string) voice {
	v := voice{Utterance: u.ID, Speaker: x.Name(u.Speaker), Record: judge.Record(x, u.Speaker)}
	v.Attribution, v.Why = judge.AttributionOf(x, u.ID)
	v.Reliability, v.Where = judge.ReliabilityFor(x, u.Speaker, topic)
	return v
}

// waivers are those of all publications.
func waivers(c *claim.Case) []claim.Waiver {
	var out []claim.Waiver
	for _, p := range c.Publications {
		out = append(out, p.Waivers...)
	}
	return out
}

func printHint(env *cli.Env, k *claim.Claim, h *hint) {
	env.Printf("%s  %s\n", k.ID, k.Text)
	env.Printf("hint: %d, %s (a convention of the house; a person decides)\n", h.Value, judge.Credibilities(h.Value))
	for _, line := range h.Lines {
		env.Text("    ", line)
	}
	env.Printf("ceiling: %d\n", h.Ceiling.Best)
	for _, line := range h.Ceiling.Reasons {
		env.Text("    ", line)
	}
	env.Printf("did they say it, and how reliable are they\n")
	for _, v := range h.Voices {
		env.Text("    ", fmt.Sprintf("%s (%s): %s, for %s", v.Speaker, v.Utterance, v.Attribution, v.Why))
		env.Text("        ", fmt.Sprintf("reliability %s; %s", rated(v), record(v.Record)))
	}
	env.Text("", "how many could know: "+h.Exposure.Why)
	if k.Credibility == 0 {
		env.Printf("credibility: nobody has judged\n")
		return
	}
	env.Text("", strings.TrimRight(fmt.Sprintf("credibility: %d, %s. %s", k.Credibility, judge.Credibilities(k.Credibility), k.CredibilityReason), " "))
}

func rated(v voice) string {
	if v.Reliability == "" {
		return v.Where
	}
	return string(v.Reliability) + " (" + v.Where + ")"
}

// record counts how what a speaker said first-hand turned out.
func record(topics []judge.Topic) string {
	right, wrong, open := 0, 0, 0
	for _, t := range topics {
		right, wrong, open = right+len(t.Confirmed), wrong+len(t.Refuted), open+len(t.Open)
	}
	return fmt.Sprintf("of what they said, %d confirmed, %d refuted, %d open", right, wrong, open)
}

// choose sets a credibility, and keeps it beside the hint of that moment.
func (p *program) choose(env *cli.Env, o *options, against []string, text, reason string) error {
	if err := p.needsName(o); err != nil {
		return err
	}
	value, err := strconv.Atoi(text)
	if err != nil || judge.Credibilities(value) == "" {
		return cli.Usagef("%q is no credibility; it is 1 to 6", text)
	}
	id := o.words[1]
	var h hint
	f, err := p.change(env, o.words[0], o.by, func(f *file) (_ []claim.Change, err error) {
		x := claim.NewIndex(&f.c)
		if h, err = hintFor(x, id, against); err != nil {
			return nil, err
		}
		if err := judge.MayBelieve(x, id, value, x.Origins); err != nil {
			return nil, err
		}
		return p.chosen(h, value, reason, o.by)
	})
	if err != nil {
		return err
	}
	a := judge.Agreement(&f.c)
	env.Printf("%s: %d, %s; the hint was %d\n", id, value, judge.Credibilities(value), h.Value)
	env.Notef("of %d choices so far, %d were the hint's, %d at most one apart; a desk that always agrees has perhaps stopped thinking\n", a.Number, a.Same, a.Near)
	return nil
}

func (p *program) chosen(h hint, value int, reason, by string) ([]claim.Change, error) {
	today := claim.DateOn(claim.DayOf(p.now()))
	changes, err := things(claim.Case{Decisions: []claim.Decision{judge.HintDecision(claim.NewID(), h.Hint, value, reason, by, today)}})
	if err != nil {
		return nil, err
	}
	fields, err := fieldsFrom(claim.KindClaim, []string{"credibility=" + strconv.Itoa(value), "credibility_reason=" + strings.TrimSpace(reason)})
	return append(changes, claim.Change{Verb: claim.VerbSet, Kind: claim.KindClaim, Object: h.Claim, Fields: fields}), err
}
