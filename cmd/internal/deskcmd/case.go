// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tamizdat/claim"
	"tamizdat/cmd/internal/casecmd"
	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
)

const caseUsage = `tamizdat desk case VERB [--dir D] …

The register of claims that the newsroom's desks share. The verbs are those of
"tamizdat case" (see "tamizdat case help"), without CASE or LOG and without --by:
it is you, and whatever says who did it is signed with this desk's key. So nobody
signs off, forecasts or resolves for somebody else, and nobody twice.

  tamizdat desk case list
  tamizdat desk case mark --letter ID --quote WORDS --kind KIND --speaker WHO
           [--text SENTENCE] [--document ID] [--title TITLE] [--id ID] …
  tamizdat desk case set CLAIM status=disputed
  tamizdat desk case check

check lists what breaks a rule, fields that two have set at once (set them again
to choose), and what a colleague's program sent that counts for nothing (aside).
Where something names people, type their names.

load FILE   takes in a case or a log. All of it becomes your word; what somebody
            else would have to sign (forecasts, sign-offs, resolutions) is left
            out, and told
mark --letter ID   marks a sentence of a letter of this desk. --document names the
            document that stands for the letter from then on; without it, it gets a
            random name. This desk's own names for senders and letters are refused
            everywhere: the register is what exports are made of
new --name NAME    gives the register a name
study, template    have nothing to do with a desk

Colleagues see it within hours: it goes with what this desk sends anyway.
`

// deskCase is the verb “case” on a desk's register.
func (p *program) deskCase() *cli.Command { return casecmd.On(p.now, caseUsage, p.openRegister) }

// onDesk is a desk's register of claims, for one verb.
type onDesk struct {
	p   *program
	ctx context.Context
	env *cli.Env
	o   *options
	key *vault.Key
	me  string
}

// openRegister takes the desk's flags from the arguments of a verb.
func (p *program) openRegister(ctx context.Context, env *cli.Env, args []string) (casecmd.Register, []string, error) {
	o := &options{}
	own, rest := deskFlags(args)
	if _, err := o.parse(env, o.flags("case"), own, 0, 0); err != nil {
		return nil, nil, err
	}
	return &onDesk{p: p, ctx: ctx, env: env, o: o}, rest, nil
}

// deskFlags takes out of the arguments of a verb what tells which desk is meant.
func deskFlags(args []string) (own, rest []string) {
	for i := 0; i < len(args); i++ {
		name, _, whole := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		switch {
		case !strings.HasPrefix(args[i], "-") || !slices.Contains([]string{"dir", "socks", "config"}, name):
			rest = append(rest, args[i])
		case whole || i+1 == len(args):
			own = append(own, args[i])
		default:
			own = append(own, args[i], args[i+1])
			i++
		}
	}
	return own, rest
}

// Me implements [casecmd.Register].
func (r *onDesk) Me() (string, error) {
	if r.me != "" {
		return r.me, nil
	}
	err := r.Use(func(casecmd.Held) error { return nil })
	return r.me, err
}

// Use implements [casecmd.Register]. The passphrase is asked for at the first time.
func (r *onDesk) Use(do func(casecmd.Held) error) error {
	d, err := r.open()
	if err != nil {
		return explain(err)
	}
	c, err := d.Claims()
	if err == nil {
		r.key, r.me = d.Key(), c.Name(c.Person)
		err = do(&held{d, r.env, r.p.now})
	}
	return explain(errors.Join(err, d.Close()))
}

func (r *onDesk) open() (*desk.Desk, error) {
	if r.key == nil {
		return r.p.open(r.ctx, r.env, r.o)
	}
	return waitFor(r.ctx, r.env, patience, func() (*desk.Desk, error) { return desk.OpenWith(r.key, r.p.options(r.ctx, r.env, r.o)) })
}

// held is a desk that is open.
type held struct {
	d   *desk.Desk
	env *cli.Env
	now func() time.Time
}

// Standing implements [casecmd.Held].
func (h *held) Standing() (*casecmd.Standing, error) {
	c, err := h.d.Claims()
	if err != nil {
		return nil, err
	}
	s := &casecmd.Standing{
		Case: c.Case.Named(c.Name), Me: c.Name(c.Person), Events: c.Events,
		Hash:     func(id string) string { hash, _ := c.Case.Hash(id); return hash },
		Problems: func() []claim.Problem { return spoken(c, c.Problems()) },
		Conflicts: func() []claim.Conflict {
			out := c.Conflicts()
			for i := range out {
				for j := range out[i].Values {
					out[i].Values[j].Actor = c.Name(out[i].Values[j].Actor)
				}
			}
			return out
		},
		Betrays: c.Betrays,
		Admit: func(changes []claim.Change) error {
			changes, err := signed(c, changes)
			if err != nil {
				return err
			}
			return spokenRefusal(c, c.Admit(h.now(), changes...))
		},
	}
	for _, a := range c.Aside {
		s.Aside = append(s.Aside, casecmd.Aside{By: a.By, At: time.Unix(a.At, 0).UTC(), Why: c.Say(a.Why)})
	}
	return s, nil
}

// Change implements [casecmd.Held].
func (h *held) Change(changes []claim.Change) error {
	c, err := h.d.Claims()
	if err != nil {
		return err
	}
	if changes, err = signed(c, changes); err != nil {
		return err
	}
	if err := spokenRefusal(c, h.d.Change(changes...)); err != nil {
		return err
	}
	if size, takes := h.d.Untold(); takes > farOff {
		h.env.Notef("This desk has %d KB to tell; until your colleagues have it all, about %d hours go by.\n", size>>10, int(takes.Hours()+0.5))
	}
	return nil
}

// farOff is how long it takes at least before it is worth a word.
const farOff = 6 * time.Hour

// signed puts keys for the names that people type.
func signed(c *desk.Claims, changes []claim.Change) ([]claim.Change, error) {
	out := make([]claim.Change, len(changes))
	for i, ch := range changes {
		var err error
		if out[i], err = c.Case.Completed(ch).SignedBy(c.Person, c.PersonNamed); err != nil {
			return nil, fmt.Errorf("%s %s: %w", ch.Kind, ch.Object, err)
		}
	}
	return out, nil
}

// spoken gives problems with the names of people.
func spoken(c *desk.Claims, problems []claim.Problem) []claim.Problem {
	for i := range problems {
		problems[i].Says = c.Say(problems[i].Says)
	}
	return problems
}

func spokenRefusal(c *desk.Claims, err error) error {
	if refused, ok := errors.AsType[claim.Refusal](err); ok {
		return claim.Refusal(spoken(c, slices.Clone(refused)))
	}
	return err
}

// Letter implements [casecmd.Held].
func (h *held) Letter(typed string) (text, document string, err error) {
	id, err := find(h.d, typed)
	if err != nil {
		return "", "", err
	}
	l, err := h.d.Letter(id)
	if err != nil {
		return "", "", err
	}
	if l.Agreement.Doubtful() {
		return "", "", fmt.Errorf("nothing is marked in this letter before somebody has looked into it: %s", l.Agreement.Words())
	}
	document, err = h.d.LetterDocument(id)
	return l.Text, document, err
}

// NameLetter implements [casecmd.Held].
func (h *held) NameLetter(typed, document string) error {
	id, err := find(h.d, typed)
	if err != nil {
		return err
	}
	return h.d.NameLetter(id, document)
}

// claimChoices lists what waits for a choice in the register.
func claimChoices(d *desk.Desk) ([]desk.Choice, error) {
	c, err := d.Claims()
	if err != nil {
		return nil, err
	}
	var out []desk.Choice
	for _, con := range c.Conflicts() {
		choice := desk.Choice{Thing: con.Kind + " " + con.Object + " of the register", Field: con.Field}
		for _, v := range con.Values {
			choice.Values = append(choice.Values, desk.ChoiceValue{Value: v.Value, By: c.Name(v.Actor), At: v.At.Unix()})
		}
		out = append(out, choice)
	}
	return out, nil
}
