// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/internal/cli"
)

// runResolve lets two people resolve a question. The first one's word is kept and
// resolves nothing; when a second person says the same, the question is resolved.
// That two names are two people, a file takes on trust; in a shared register they are
// two keys.
func (p *program) runResolve(_ context.Context, env *cli.Env, args []string) error {
	var o options
	var v board.Verdict
	fs := o.writing("resolve")
	at := fs.String("at", "", "")
	fs.StringVar(&v.Document, "document", "", "")
	if err := p.parseEdit(&o, fs, args, 3, 3); err != nil {
		return err
	}
	day, err := p.dayNamed("--at", *at)
	if err != nil {
		return err
	}
	question := o.words[1]
	v.Resolution, v.At = strings.ToUpper(o.words[2]), claim.DateOn(day)
	f, err := p.change(env, o.words[0], o.by, func(f *file) (_ []claim.Change, err error) {
		v.By, err = p.backers(f, question, v, o.by)
		if err != nil {
			return nil, err
		}
		return p.resolving(question, v, o.by)
	})
	if err != nil {
		return err
	}
	return tellResolution(env, &o, f, question, v)
}

// backers gives who says so, with the one who says it now; a name counts only
// where the log has it from that name.
func (p *program) backers(f *file, question string, v board.Verdict, by string) ([]string, error) {
	b := board.New(claim.NewIndex(f.own()))
	if err := b.CheckVerdict(question, v, claim.DayOf(p.now())); err != nil {
		return nil, due(b, question, claim.DayOf(p.now()), err)
	}
	said := b.SaidSo(question, v)
	mine := func(other string) bool { return strings.EqualFold(strings.TrimSpace(other), strings.TrimSpace(by)) }
	others := slices.DeleteFunc(slices.Clone(said), mine)
	if len(others) == 0 && len(said) > 0 {
		return nil, cli.WithHint(cli.Usagef("%s has said so already; somebody else has to say the same", by), "whoever changes their mind removes the decision: "+f.shell("list", "decision", false))
	}
	return append(others[:min(1, len(others))], by), nil
}

// own is the case without decisions that were entered in somebody else's name.
func (f *file) own() *claim.Case {
	if f.shared != nil {
		return &f.c // nobody can
	}
	makers := map[string]string{}
	for _, e := range f.log {
		if e.Kind == claim.KindDecision && e.Verb == claim.VerbCreate {
			makers[e.Object] = e.Actor
		}
	}
	c := f.c
	c.Decisions = slices.DeleteFunc(slices.Clone(c.Decisions), func(d claim.Decision) bool { return makers[d.ID] != d.By })
	return &c
}

// resolving records one person's word and, where it is the second, the resolution.
func (p *program) resolving(question string, v board.Verdict, by string) ([]claim.Change, error) {
	said := board.Saying(claim.NewID(), question, v, by, claim.DateOn(claim.DayOf(p.now())))
	changes, err := things(claim.Case{Decisions: []claim.Decision{said}})
	if err != nil || len(v.By) < 2 {
		return changes, err
	}
	who, err := json.Marshal(v.By)
	if err != nil {
		return nil, err
	}
	fields, err := fieldsFrom(claim.KindQuestion, []string{
		"resolution=" + v.Resolution, "resolved_at=" + v.At.String(), "resolved_by=" + string(who), "resolution_document=" + v.Document,
	})
	return append(changes, claim.Change{Verb: claim.VerbSet, Kind: claim.KindQuestion, Object: question, Fields: fields}), err
}

// due adds to a refusal what was agreed for silence.
func due(b *board.Board, question string, today claim.Day, err error) error {
	if agreed := b.Silence(question, today); agreed != "" {
		return cli.WithHint(err, "it was agreed that "+question+" resolves "+agreed+" where nothing is reported")
	}
	return err
}

func tellResolution(env *cli.Env, o *options, f *file, question string, v board.Verdict) error {
	x := claim.NewIndex(&f.c)
	q := x.Question(question)
	if o.json {
		return env.JSON(q)
	}
	if q.Resolution == "" {
		env.Printf("%s says that %s resolves %s, known on %s. Nothing is resolved until a second person says the same.\n", o.by, question, v.Resolution, v.At)
		for _, d := range board.New(x).Sayings(question) {
			if d.Choice != v.Resolution {
				env.Notef("%s says %s\n", d.By, d.Choice)
			}
		}
		return nil
	}
	env.Printf("%s resolved %s on %s, by %s\n", question, q.Resolution, q.ResolvedAt, strings.Join(q.ResolvedBy, " and "))
	if s, err := board.New(x).QuestionScore(question); err == nil {
		env.Printf("Brier %s over %d days; %s tells more\n", small(s.Desk.Brier), s.Desk.Days, f.shell("board", question, false))
	}
	return nil
}
