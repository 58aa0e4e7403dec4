// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"tamizdat/claim"
	"tamizdat/internal/cli"
)

// runList lists the claims, or another kind.
func (p *program) runList(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	f, err := p.read(ctx, env, &o, o.reading("list"), args, 1, 2)
	if err != nil {
		return err
	}
	if len(o.words) == 1 && !o.json {
		listClaims(env, &f.c)
		return nil
	}
	kind := claim.KindClaim
	if len(o.words) == 2 {
		kind = o.words[1]
	}
	if all, _ := claim.Fields(kind); all == nil {
		return cli.Usagef("%q is no kind of thing; there are %s", kind, strings.Join(claim.Kinds(), ", "))
	}
	changes, err := f.c.Changes()
	if err != nil {
		return err
	}
	list := []thing{}
	for _, c := range changes {
		if c.Kind == kind {
			list = append(list, thingOf(c))
		}
	}
	if o.json {
		return env.JSON(list)
	}
	x := claim.NewIndex(&f.c)
	for _, t := range list {
		line := t.line()
		if u := x.Utterance(t.id()); u != nil && kind == claim.KindUtterance {
			line = sayLine(x, u)
		}
		env.Printf("%s  %s\n", t.id(), line)
	}
	if len(list) == 0 {
		env.Printf("there is no %s in it\n", kind)
	}
	return nil
}

// sayLine tells who says which claims when.
func sayLine(x *claim.Index, u *claim.Utterance) string {
	line := x.Name(u.Speaker)
	if line == "" {
		line = "nobody who is named"
	}
	if u.At.IsZero() {
		line += ", no day"
	} else {
		line += ", " + u.At.String()
	}
	if u.Mode != "" {
		line += ", " + u.Mode
	}
	return line + ": " + strings.Join(u.Claims, ", ")
}

// listClaims gives each claim with the count that matters, variants below what
// they vary.
func listClaims(env *cli.Env, c *claim.Case) {
	x := claim.NewIndex(c)
	for i := range c.Claims {
		k := &c.Claims[i]
		if x.Head(k.ID) != k.ID {
			continue
		}
		o := x.Origins(k.ID)
		env.Printf("%s  %s\n", k.ID, k.Text)
		env.Printf("    %s behind %s%s\n", o.Count(), count(o.Documents, "document"), judged(k))
		for _, v := range x.Family(k.ID) {
			if v != k.ID {
				env.Printf("    variant %s: %s%s\n", v, x.Claim(v).Text, labelled(x.Claim(v)))
			}
		}
	}
	if len(c.Claims) == 0 {
		env.Printf("there is no claim in it yet\n")
	}
}

func judged(k *claim.Claim) string {
	if k.Credibility == 0 {
		return ""
	}
	return fmt.Sprintf("; credibility %d", k.Credibility)
}

func labelled(k *claim.Claim) string {
	if k.Mutation == "" {
		return ""
	}
	return " (" + k.Mutation + ")"
}

// thing is something of a case, as its fields.
type thing map[string]json.RawMessage

func (t thing) text(field string) string {
	var s string
	if json.Unmarshal(t[field], &s) != nil {
		return string(t[field])
	}
	return s
}

func (t thing) id() string { return t.text("id") }

// line names a thing by the first of these fields that it has.
func (t thing) line() string {
	for _, field := range []string{"title", "text", "label", "name", "exact", "quantity", "pseudonym", "what_was_wrong", "suggestion", "speaker", "publisher", "question", "claim", "kind"} {
		if s := t.text(field); s != "" {
			return s
		}
	}
	return ""
}

// thingOf is what a change that creates a thing makes.
func thingOf(c claim.Change) thing {
	t := thing(c.Fields)
	b, err := json.Marshal(c.Object)
	if err != nil {
		panic("casecmd: an id without a JSON form: " + err.Error())
	}
	t["id"] = b
	return t
}

// runShow shows a claim with its chain, and anything else as its fields.
func (p *program) runShow(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	f, err := p.read(ctx, env, &o, o.reading("show"), args, 2, 2)
	if err != nil {
		return err
	}
	x := claim.NewIndex(&f.c)
	if k := x.Claim(o.words[1]); k != nil {
		return p.showClaim(env, &o, x, k)
	}
	changes, err := f.c.Changes()
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.Object == o.words[1] {
			hash := f.hash(c.Object)
			return showThing(env, &o, c.Kind, thingOf(c), hash)
		}
	}
	return cli.WithHint(fmt.Errorf("there is no %s in %s", o.words[1], f.path), f.shell("list", "", false)+" tells what there is")
}

// showThing shows the fields of a thing, and the hash under which a publication lists
// it, if it can be published.
func showThing(env *cli.Env, o *options, kind string, t thing, hash string) error {
	if o.json {
		return env.JSON(t)
	}
	env.Printf("%s %s\n", kind, t.id())
	fields, _ := claim.Fields(kind)
	for _, name := range fields {
		if v, ok := t[name]; ok && string(v) != "null" {
			env.Printf("  %s: %s\n", strings.ReplaceAll(name, "_", " "), t.text(name))
		}
	}
	if hash != "" {
		env.Printf("  its hash: %s\n", hash)
	}
	return nil
}

// card is what --json gives of a claim.
type card struct {
	Claim   *claim.Claim  `json:"claim"`
	Family  []string      `json:"family"`
	Origins claim.Origins `json:"origins"`
	Chain   []claim.Link  `json:"chain"`
}

func (p *program) showClaim(env *cli.Env, o *options, x *claim.Index, k *claim.Claim) error {
	c := card{Claim: k, Family: x.Family(k.ID), Origins: x.Origins(k.ID), Chain: x.Chain(k.ID)}
	if o.json {
		return env.JSON(c)
	}
	env.Printf("%s  %s\n", k.ID, k.Text)
	env.Printf("  %s", strings.ReplaceAll(k.Kind, "_", " "))
	if k.Credibility > 0 {
		env.Printf("; credibility %d", k.Credibility)
	} else {
		env.Printf("; credibility: nobody has judged")
	}
	env.Printf("\n  %s behind %s: %s\n", c.Origins.Count(), count(c.Origins.Documents, "document"), c.Origins.Sentence)
	for _, id := range c.Family {
		if id != k.ID {
			env.Printf("  also told as %s: %s%s\n", id, x.Claim(id).Text, labelled(x.Claim(id)))
		}
	}
	env.Printf("\n")
	drawChain(env, x, k.ID, c.Chain)
	return nil
}
