// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/judge"
	"tamizdat/internal/cli"
)

// runACH sets rival explanations against evidence, hypotheses in rows: three to
// five claims against the evidence that the case holds, or the five explanations of
// a letter against the checks that were made of it.
func (p *program) runACH(_ context.Context, env *cli.Env, args []string) error {
	var o options
	var found []string
	fs := o.reading("ach")
	listFlag(fs, "found", &found)
	if err := o.parse(fs, args, 2, 1+judge.MaxHypotheses); err != nil {
		return err
	}
	f, err := p.open(env, o.words[0])
	if err != nil {
		return err
	}
	x := claim.NewIndex(&f.c)
	if d := x.Document(o.words[1]); d != nil && len(o.words) == 2 {
		return achLetter(env, &o, d, found)
	}
	if len(found) > 0 {
		return cli.Usagef("--found is for the checks of a letter; name one document")
	}
	return achClaims(env, &o, x, o.words[1:])
}

// achClaims compares claims; of one, all that it contradicts.
func achClaims(env *cli.Env, o *options, x *claim.Index, claims []string) error {
	if len(claims) == 1 && x.Claim(claims[0]) != nil {
		claims = judge.Contradicting(x, claims[0])
	}
	m, err := judge.Compare(x, claims)
	if err != nil {
		return err
	}
	g := grid{m: m}
	if err := g.work(); err != nil {
		return cli.WithHint(err, "name the claims that rival each other, or let them contradict each other in the case")
	}
	if o.json {
		return env.JSON(g.answer())
	}
	g.rows = claims
	g.draw(env)
	for _, id := range claims {
		env.Text("  ", id+": "+x.Claim(id).Text)
	}
	if len(m.Items) == 0 {
		env.Printf("the case holds no evidence about any of them; it is entered as “evidence”, with claim=ID item=ID direction=+\n")
	}
	g.legend(env, func(id string) string { return itemName(x, id) })
	return nil
}

func itemName(x *claim.Index, id string) string {
	switch {
	case x.Utterance(id) != nil:
		return id + ", said by " + x.Name(x.Utterance(id).Speaker)
	case x.Document(id) != nil && x.Document(id).Title != "":
		return id + ", " + x.Document(id).Title
	case x.Claim(id) != nil:
		return id + ", " + x.Claim(id).Text
	}
	return id
}

// achLetter sets the five explanations of a letter against checks. Those are
// numbered; which of them were found, the command line says, for the case keeps
// only the judgement.
func achLetter(env *cli.Env, o *options, d *claim.Document, found []string) error {
	signs := judge.Checks()
	if len(found) > 0 {
		var err error
		if signs, err = pick(signs, found); err != nil {
			return err
		}
	}
	w, err := judge.Weigh(signs)
	if err != nil {
		return err
	}
	g := grid{m: w.Matrix(), plain: len(found) == 0, number: checkNumber}
	if err := g.work(); err != nil {
		return err
	}
	if g.plain {
		slices.SortFunc(g.columns, func(a, b judge.Column) int { return checkNumber(a.ID) - checkNumber(b.ID) })
	}
	if o.json {
		return env.JSON(struct {
			judge.Weighing
			Answer any `json:"Matrix"`
		}{w, g.answer()})
	}
	for _, r := range w.Rivals {
		g.rows = append(g.rows, r.Words)
	}
	env.Printf("%s: is it what and whose it says?%s\n", d.ID, judgedSo(d.Authenticity))
	g.draw(env)
	g.legend(env, func(id string) string { return id })
	if g.plain {
		env.Printf("these are usual checks, and none is taken as made; say which were found with --found NUMBER\n")
		return nil
	}
	env.Text("", w.Sentence)
	return nil
}

// pick finds the signs whose numbers a person typed.
func pick(signs []judge.Sign, numbers []string) ([]judge.Sign, error) {
	var out []judge.Sign
	for _, text := range numbers {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > len(signs) {
			return nil, cli.Usagef("--found %q is no check; they are 1 to %d", text, len(signs))
		}
		if !slices.ContainsFunc(out, func(s judge.Sign) bool { return s.Item == signs[n-1].Item }) {
			out = append(out, signs[n-1])
		}
	}
	return out, nil
}

// checkNumber is the number by which --found names a check.
func checkNumber(item string) int {
	return slices.IndexFunc(judge.Checks(), func(s judge.Sign) bool { return s.Item == item }) + 1
}

func judgedSo(a *claim.Authenticity) string {
	if a == nil || a.Value == "" {
		return " Nobody has judged."
	}
	return " Judged: " + strings.ReplaceAll(a.Value, "_", " ") + ". " + a.Reasons
}

// grid draws a matrix.
type grid struct {
	m       judge.Matrix
	rows    []string              // what the hypotheses are called
	plain   bool                  // without sums
	number  func(item string) int // of a column; nil numbers them as they stand
	results []judge.Row
	columns []judge.Column // the most diagnostic first
}

func (g *grid) work() (err error) {
	g.results, g.columns, err = g.m.Analyse()
	return err
}

// answer is what --json gives.
func (g *grid) answer() any {
	return struct {
		Items   []judge.Item
		Rows    []judge.Row
		Columns []judge.Column
	}{g.m.Items, g.results, g.columns}
}

// draw prints the rows. A column in brackets tells nothing apart.
func (g *grid) draw(env *cli.Env) {
	width := 0
	for _, r := range g.rows {
		width = max(width, len([]rune(r)))
	}
	cells := make([]string, len(g.columns))
	for i, c := range g.columns {
		cells[i] = heading(g.numberOf(i), c.Grey)
	}
	g.line(env, width, "", cells, "inconsistency")
	for i, r := range g.rows {
		for n, c := range g.columns {
			cells[n] = cell(g.item(c.ID).Consistent[i])
		}
		g.line(env, width, r, cells, fmt.Sprintf("%.2f, of %d that apply", g.results[i].Inconsistency, g.results[i].Judged))
	}
}

// line prints a name, cells of five columns each, and a sum unless the grid is plain.
func (g *grid) line(env *cli.Env, width int, name string, cells []string, sum string) {
	var b strings.Builder
	for _, c := range cells {
		fmt.Fprintf(&b, "%5s", c)
	}
	if !g.plain {
		b.WriteString("   " + sum)
	}
	env.Printf("%s%s%s\n", name, strings.Repeat(" ", width-len([]rune(name))), b.String())
}

func (g *grid) numberOf(column int) int {
	if g.number == nil {
		return column + 1
	}
	return g.number(g.columns[column].ID)
}

func heading(number int, grey bool) string {
	if grey {
		return fmt.Sprintf("(%d)", number)
	}
	return strconv.Itoa(number)
}

// cell is a direction; what does not apply stays empty, and is not neutral.
func cell(v int) string {
	if v == 0 {
		return ""
	}
	return claim.Directions()[v-1]
}

func (g *grid) item(id string) judge.Item {
	return g.m.Items[slices.IndexFunc(g.m.Items, func(i judge.Item) bool { return i.ID == id })]
}

// legend tells what the columns are, and what each weighs.
func (g *grid) legend(env *cli.Env, name func(string) string) {
	for i, c := range g.columns {
		text := fmt.Sprintf("%d: %s", g.numberOf(i), name(c.ID))
		if c.Weight != 1 {
			text += fmt.Sprintf("; weight %.2g", c.Weight)
		}
		if c.Grey {
			text += "; does not tell them apart"
		}
		env.Text("  ", text)
	}
	if !g.plain && len(g.columns) > 0 {
		env.Text("", "The explanation with the least against it is not therefore true; one that is missing has no row.")
	}
}
