// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tamizdat/claim"
	"tamizdat/internal/cli"
)

// Register is a register of claims that lies in no file: that of a newsroom, which
// its desks share. Who works on it is known by a key.
type Register interface {
	// Me is the name of who works on it.
	Me() (string, error)
	// Use holds the register while one thing is done with it. No person is waited
	// for meanwhile.
	Use(do func(Held) error) error
}

// Held is a register that nobody else changes now.
type Held interface {
	Standing() (*Standing, error)
	Change(changes []claim.Change) error
	// Letter gives the text of a letter of this desk, and the document that stands
	// for it in the register, empty where none does yet.
	Letter(typed string) (text, document string, err error)
	// NameLetter says which document stands for a letter.
	NameLetter(typed, document string) error
}

// Standing is a register at one moment. People in it have their names.
type Standing struct {
	Case      claim.Case
	Me        string // who looks
	Events    []claim.Event
	Aside     []Aside
	Hash      func(id string) string // as all desks reckon it; empty where there is none
	Problems  func() []claim.Problem
	Conflicts func() []claim.Conflict
	Admit     func([]claim.Change) error // what [Held.Change] would refuse
	Betrays   func(text string) string   // what only the desk knows of a source; empty where nothing is
}

// Aside is what came from a colleague and counts for nothing.
type Aside struct {
	By  string    `json:"by"`
	At  time.Time `json:"at"`
	Why string    `json:"why"`
}

// registerName stands in sentences where else the name of a file does.
const registerName = "the register of this desk"

// On gives the verb “case” for a register, opened for each verb with the arguments
// that are the opener's.
func On(now func() time.Time, usage string, open func(ctx context.Context, env *cli.Env, args []string) (Register, []string, error)) *cli.Command {
	var verbs []*cli.Command
	for _, v := range (&program{}).verbs() {
		verbs = append(verbs, &cli.Command{Name: v.Name, Summary: v.Summary, Run: func(ctx context.Context, env *cli.Env, args []string) error {
			if slices.Contains([]string{"study", "template"}, v.Name) {
				return cli.Usagef("case %s has nothing to do with a desk: tamizdat case %s", v.Name, v.Name)
			}
			register, args, err := open(ctx, env, args)
			if err != nil {
				return err
			}
			p := &program{now: now, register: register}
			run := p.verbs()[slices.IndexFunc(p.verbs(), func(c *cli.Command) bool { return c.Name == v.Name })]
			return run.Run(ctx, env, append([]string{registerName}, args...))
		}})
	}
	return &cli.Command{Name: "case", Summary: summary, Usage: usage, Sub: verbs}
}

// openShared reads the register as it stands.
func openShared(h Held) (*file, error) {
	s, err := h.Standing()
	if err != nil {
		return nil, err
	}
	return &file{path: registerName, c: s.Case, log: s.Events, shared: s}, nil
}

// changeShared is change for a register that is shared.
func (p *program) changeShared(what func(*file) ([]claim.Change, error)) (f *file, err error) {
	err = p.register.Use(func(h Held) error {
		before, err := openShared(h)
		if err != nil {
			return err
		}
		changes, err := what(before)
		if err == nil {
			f, err = changed(h, changes)
		}
		return err
	})
	return f, err
}

// changed changes the register, and opens it as it stands then.
func changed(h Held, changes []claim.Change) (*file, error) {
	if err := h.Change(changes); err != nil {
		return nil, err
	}
	return openShared(h)
}

// nameShared names the register; its case is there as soon as it has a name.
func (p *program) nameShared(env *cli.Env, fields map[string]json.RawMessage) error {
	_, err := p.changeShared(func(f *file) ([]claim.Change, error) {
		if f.c.Case != "" {
			return nil, cli.WithHint(fmt.Errorf("the register has a name already: %s", f.c.Case), f.shell("set", "case case=NAME", true)+" gives it another")
		}
		return []claim.Change{{Verb: claim.VerbCreate, Kind: claim.KindCase, Object: claim.KindCase, Fields: fields}}, nil
	})
	if err == nil {
		env.Printf("it is there, and has its name now\n")
	}
	return err
}

// markLetter marks a passage of a letter of the desk, while nobody else does: two
// documents of one letter would look like two.
func (p *program) markLetter(m *marking) (f *file, err error) {
	err = p.register.Use(func(h Held) error {
		before, err := openShared(h)
		if err != nil {
			return err
		}
		text, err := m.letterOf(h)
		if err != nil {
			return err
		}
		changes, err := m.changes(before, text)
		if err == nil {
			err = before.shared.Admit(changes)
		}
		if err == nil { // first: were it cut off behind this, the next mark goes on from here
			err = h.NameLetter(m.letter, m.document)
		}
		if err == nil {
			f, err = changed(h, changes)
		}
		return err
	})
	return f, err
}

// letterOf gives the text of the letter, and takes the document that stands for it
// where it was marked before.
func (m *marking) letterOf(h Held) (string, error) {
	text, document, err := h.Letter(m.letter)
	switch {
	case err != nil:
		return "", err
	case m.document == "":
		m.document = document
	case document != "" && document != m.document:
		return "", fmt.Errorf("this letter stands in the register as %s already", document)
	}
	return text, nil
}

// signable takes out of what a file says all that its loader cannot sign for: in a
// shared register everybody signs for themselves. It tells what it took.
func signable(changes []claim.Change, me string) (out []claim.Change, left []string) {
	for _, c := range changes {
		c, what := signableOf(c, me)
		if left = append(left, what...); len(c.Fields) > 0 {
			out = append(out, c)
		}
	}
	return out, left
}

func signableOf(c claim.Change, me string) (claim.Change, []string) {
	var left []string
	t := thing(c.Fields)
	for _, field := range [...]string{"by", "author", "person"} {
		who := t.text(field)
		if who == "" || claim.SamePerson(who, me) || !namesDoer(c.Kind, field) {
			continue
		}
		return claim.Change{}, []string{fmt.Sprintf("%s %s, which is %s's", strings.ReplaceAll(c.Kind, "_", " "), c.Object, who)}
	}
	drop := func(why string, fields ...string) {
		for _, field := range fields {
			if _, there := c.Fields[field]; there {
				c = without(c, field)
				left = append(left, fmt.Sprintf("%s.%s%s", c.Object, field, why))
			}
		}
	}
	switch c.Kind {
	case claim.KindQuestion:
		drop(": two people have to resolve it here", "resolution", "resolved_at", "resolved_by", "resolution_document")
	case claim.KindPublication:
		drop(": it has to be signed off here", "released")
		drop(": everybody puts their own name there", "waivers", "authors")
	case claim.KindReport:
		drop(": everybody puts their own name there", "authors")
	case claim.KindAssessment:
		drop(": a reviewer signs off themselves", "reviewer")
	case claim.KindIndicator:
		if looks, others := ownLooks(c.Fields["checks"], me); others > 0 {
			c = without(c, "checks")
			c.Fields["checks"] = looks
			left = append(left, fmt.Sprintf("who made %d of the checks of %s", others, c.Object))
		}
	}
	return c, left
}

// namesDoer reports whether a field of a kind says who did what it is.
func namesDoer(kind, field string) bool {
	switch field {
	case "author":
		return kind == claim.KindAssessment
	case "person":
		return kind == claim.KindSignOff
	}
	return slices.Contains([]string{claim.KindForecast, claim.KindCorrection, claim.KindDecision, claim.KindEvidence}, kind)
}

// ownLooks takes the names of others from the checks of an indicator, and counts
// them. What was seen stays.
func ownLooks(v json.RawMessage, me string) (json.RawMessage, int) {
	var looks []map[string]json.RawMessage
	if json.Unmarshal(v, &looks) != nil {
		return v, 0
	}
	others := 0
	for _, l := range looks {
		if who := thing(l).text("by"); who != "" && !claim.SamePerson(who, me) {
			delete(l, "by")
			others++
		}
	}
	b, err := json.Marshal(looks)
	if err != nil {
		return v, 0
	}
	return b, others
}

// mayLeave refuses what has in it how the desk calls a sender or a letter.
func (f *file) mayLeave(text string) error {
	if f.shared == nil {
		return nil
	}
	if s := f.shared.Betrays(text); s != "" {
		return cli.WithHint(fmt.Errorf("“%s” is the desk's own name for a sender or a letter, and would leave with this; nothing was written", s), f.verb("check")+" tells where it stands")
	}
	return nil
}

// textsOf gives every text of a case, one a line, as it is and not as JSON writes it.
func textsOf(c claim.Case) string {
	b, err := json.Marshal(c)
	var tree any
	if err != nil || json.Unmarshal(b, &tree) != nil {
		panic("casecmd: a case without a JSON form")
	}
	var lines []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			lines = append(lines, v)
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				lines = append(lines, k)
				walk(e)
			}
		}
	}
	walk(tree)
	return strings.Join(lines, "\n")
}

// errNoDesk is for what only a desk has.
var errNoDesk = errors.New("a file has no letters: --from FILE; on a desk it is tamizdat desk case mark --letter ID")
