// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"tamizdat/claim"
	"tamizdat/internal/cli"
)

// marking collects the flags of mark.
type marking struct {
	from, quote, text, kind, id, speaker, document, title string
	at, basis, held                                       string // as the fields are written
	letter                                                string // of the desk
}

// maxText bounds a text from which a claim is marked, in bytes.
const maxText = 16 << 20

// runMark makes, from a sentence of a text, what the register needs to know where
// the sentence comes from: the document, the passage, who speaks, the claim, and
// that they say it.
func (p *program) runMark(_ context.Context, env *cli.Env, args []string) error {
	var o options
	var m marking
	fs := o.writing("mark")
	for name, to := range map[string]*string{
		"from": &m.from, "quote": &m.quote, "text": &m.text, "kind": &m.kind,
		"id": &m.id, "speaker": &m.speaker, "document": &m.document, "title": &m.title,
		"at": &m.at, "basis": &m.basis, "held": &m.held, "letter": &m.letter,
	} {
		fs.StringVar(to, name, "", "")
	}
	if err := p.parseEdit(&o, fs, args, 1, 1); err != nil {
		return err
	}
	if (m.from == "") == (m.letter == "") || m.quote == "" || m.kind == "" || m.speaker == "" {
		return cli.Usagef("mark needs --from FILE, or --letter ID on a desk, --quote WORDS, --kind KIND and --speaker WHO")
	}
	f, err := p.markIn(env, &o, &m)
	if err != nil {
		return err
	}
	x := claim.NewIndex(&f.c)
	env.Printf("claim %s: %s\n%s: %s\n", m.id, x.Claim(m.id).Text, x.Origins(m.id).Count(), x.Origins(m.id).Sentence)
	return nil
}

// markIn marks a passage of the file, or of the letter of the desk.
func (p *program) markIn(env *cli.Env, o *options, m *marking) (*file, error) {
	switch {
	case m.letter != "" && p.register == nil:
		return nil, errNoDesk
	case m.letter != "":
		m.from = "letter " + m.letter
		return p.markLetter(m)
	}
	b, err := env.ReadInput(m.from, maxText)
	if err != nil {
		return nil, err
	}
	return p.change(env, o.words[0], o.by, func(f *file) ([]claim.Change, error) { return m.changes(f, string(b)) })
}

func (m *marking) changes(f *file, text string) ([]claim.Change, error) {
	at, err := m.place(text)
	if err != nil {
		return nil, err
	}
	if m.id == "" {
		m.id = claim.NewID()
	}
	if m.text == "" {
		m.text = m.quote
	}
	if err := f.takes(claim.KindClaim, m.id); err != nil {
		return nil, err
	}
	x := claim.NewIndex(&f.c)
	if err := m.findSpeaker(x); err != nil {
		return nil, err
	}
	if m.held != "" && x.Document(m.document) != nil {
		return nil, cli.WithHint(fmt.Errorf("%s is there already; --held is for a document that mark makes", m.document),
			f.shell("set", word(m.document)+" held="+word(m.held), true))
	}
	changes, err := things(m.made(x, text, at))
	if err != nil {
		return nil, err
	}
	return changes, m.tell(changes)
}

// tell adds when it was said, on what it rests, and whether the desk holds the
// document. What is not given stays unknown.
func (m *marking) tell(changes []claim.Change) error {
	given := map[string][]string{
		claim.KindUtterance: {"at=" + m.at, "basis=" + m.basis},
		claim.KindDocument:  {"held=" + m.held},
	}
	for _, c := range changes {
		fields, err := fieldsFrom(c.Kind, given[c.Kind])
		if err != nil {
			return err
		}
		for name, v := range fields {
			if string(v) != "null" {
				c.Fields[name] = v
			}
		}
	}
	return nil
}

// place finds the words in the text. Where they stand more than once, only who
// marks them knows which passage is meant: a span at another would be evidence of
// what is not said there.
func (m *marking) place(text string) (int, error) {
	at, times := strings.Index(text, m.quote), 0
	for from := at; from >= 0; times++ {
		next := strings.Index(text[from+1:], m.quote)
		if next < 0 {
			from = next
		} else {
			from += 1 + next
		}
	}
	switch {
	case times == 0:
		return 0, cli.WithHint(fmt.Errorf("these words are not in %s", m.from), "copy them from the text, to the letter")
	case times > 1:
		return 0, cli.WithHint(fmt.Errorf("these words stand in %s %d times", m.from, times), "give more of the words around those that are meant, so that they stand there once; --text says what is claimed")
	}
	return at, nil
}

// findSpeaker takes one who was named before for the same: a second party of one
// name would be a second origin of what it says.
func (m *marking) findSpeaker(x *claim.Index) error {
	var found []string
	for _, p := range x.Case.Parties {
		if p.ID == m.speaker {
			return nil
		}
		if strings.EqualFold(strings.Join(strings.Fields(p.Label), " "), strings.Join(strings.Fields(m.speaker), " ")) {
			found = append(found, p.ID)
		}
	}
	switch len(found) {
	case 0:
		return nil
	case 1:
		m.speaker = found[0]
		return nil
	}
	return cli.WithHint(fmt.Errorf("%d parties are called “%s”", len(found), m.speaker), "give the id of the one that speaks: "+strings.Join(found, ", "))
}

// made is what the register needs to know: the claim and its passage, that it is
// said there, and where the register has neither yet, the speaker and the document.
func (m *marking) made(x *claim.Index, text string, at int) claim.Case {
	var made claim.Case
	if x.Party(m.speaker) == nil {
		label := m.speaker
		m.speaker = claim.NewID()
		made.Parties = []claim.Party{{ID: m.speaker, Label: label, Kind: "unnamed_person"}}
	}
	if x.Document(m.document) == nil {
		if m.document == "" {
			m.document = claim.NewID()
		}
		made.Documents = []claim.Document{{ID: m.document, Kind: "letter", Title: m.title, Publisher: m.speaker}}
	}
	span := spanAt(m.document, text, at, len(m.quote))
	made.Spans = []claim.Span{span}
	made.Claims = []claim.Claim{{ID: m.id, Text: m.text, Kind: m.kind}}
	made.Utterances = []claim.Utterance{{ID: claim.NewID(), Speaker: m.speaker, Doc: m.document, Span: span.ID, Claims: []string{m.id}, Relays: []string{}}}
	return made
}

// around is how many characters of the surroundings a span keeps.
const around = 32

func spanAt(document, text string, at, length int) claim.Span {
	start := utf8.RuneCountInString(text[:at])
	end := start + utf8.RuneCountInString(text[at:at+length])
	before, after := []rune(text[:at]), []rune(text[at+length:])
	return claim.Span{
		ID: claim.NewID(), Document: document, Exact: text[at : at+length], Start: &start, End: &end,
		Prefix: string(before[max(0, len(before)-around):]), Suffix: string(after[:min(len(after), around)]),
	}
}
