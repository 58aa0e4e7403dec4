// SPDX-License-Identifier: Apache-2.0

package release

import (
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/exchange"
	"tamizdat/claim/judge"
)

// claim gives the statement about a claim: its sentence, how sure, how many
// origins, who said it first and how sure that is, who denies it.
func (m *maker) claim(id string) (Line, []string) {
	c := m.all.Claim(id)
	if c == nil {
		return Line{}, []string{"there is no such claim in the case"}
	}
	if why := m.keeps(c); len(why) > 0 {
		return Line{}, why
	}
	l := Line{Claims: []string{id}, Verified: c.Credibility == 1 || c.DeskObservation}
	return m.finish(l, sentence(c.Text), m.standing(c), m.first(id), m.denied(id))
}

// keeps lists why a claim may not be printed.
func (m *maker) keeps(c *claim.Claim) []string {
	var why []string
	if w, kept := m.withheld[[2]string{claim.KindClaim, c.ID}]; kept {
		why = append(why, "it is withheld: "+w)
	}
	if c.Fallen() {
		why = append(why, "it has fallen: "+fell(c))
	}
	if e := judge.Exposed(m.all, c.ID, nil); e.Ask {
		why = append(why, e.Why)
	}
	return slices.Concat(why, m.wrong(m.restsOn(c.ID)...), english(c.Text))
}

// restsOn lists what a claim's count and words come from.
func (m *maker) restsOn(id string) []thing {
	rests := []thing{{claim.KindClaim, id}}
	for _, c := range m.all.Family(id) {
		rests = append(rests, thing{claim.KindClaim, c})
	}
	for _, sid := range m.all.Saying(id) {
		u := m.all.Utterance(sid)
		rests = append(rests, thing{claim.KindUtterance, sid}, thing{claim.KindParty, u.Speaker}, thing{claim.KindDocument, u.Doc})
	}
	return rests
}

// fell says what the desk now holds a claim for.
func fell(c *claim.Claim) string {
	if c.Status == "refuted" || c.Status == "withdrawn" {
		return c.Status
	}
	return exchange.Credibilities(c.Credibility)
}

func (m *maker) standing(c *claim.Claim) string {
	sure := "Nobody here has judged it yet"
	switch words := exchange.Credibilities(c.Credibility); {
	case words != "":
		sure = fmt.Sprintf("%s (%d of 6)", capital(words), c.Credibility)
	case c.DeskObservation:
		sure = "Seen by this newsroom"
	}
	if c.Status == "disputed" {
		sure += ", disputed"
	}
	o := m.all.Origins(c.ID)
	if o.Max == 0 {
		return sure + "."
	}
	return fmt.Sprintf("%s; %s%s.", sure, o.Count(), exchange.Behind(m.all, c.ID, m.open))
}

// first says who is known to have said it first, and how sure that is.
func (m *maker) first(id string) string {
	u := exchange.First(m.public, id)
	if u == nil {
		return ""
	}
	sure, _ := judge.AttributionOf(m.all, u.ID)
	return "Said first, as far as known, by " + m.public.Name(u.Speaker) + m.known(u, sure) + "."
}

// known puts the attribution in words that may leave; those of [judge] are for
// the desk.
func (m *maker) known(u *claim.Utterance, sure judge.Attribution) string {
	switch sure {
	case judge.HeldDocument:
		if d := m.public.Document(u.Doc); d != nil && d.Kind == "letter" {
			return ", in a letter that this newsroom holds"
		}
		return ", in a document that this newsroom holds"
	case judge.Recording:
		return ", in a recording that this newsroom holds"
	case judge.NamedOutlet:
		return m.reported(u)
	case judge.Hearsay:
		return "; known only through others"
	}
	return "; how sure that is, is not known"
}

// reported names who published it, where that may be told.
func (m *maker) reported(u *claim.Utterance) string {
	by := ""
	if d := m.public.Document(u.Doc); d != nil {
		by = d.Publisher
	}
	for i := range m.public.Case.Utterances {
		r := &m.public.Case.Utterances[i]
		if d := m.public.Document(r.Doc); by == "" && d != nil && d.Publisher == r.Speaker && slices.Contains(r.Relays, u.ID) {
			by = r.Speaker
		}
	}
	switch by {
	case "":
		return ", as others report"
	case u.Speaker:
		return ", in print"
	}
	return ", as " + m.public.Name(by) + " reports"
}

// most is how many of those who deny a claim are named.
const most = 3

func (m *maker) denied(id string) string {
	var who []string
	for i := range m.public.Case.Utterances {
		if u := &m.public.Case.Utterances[i]; u.Mode == "denies" && slices.Contains(u.Claims, id) {
			who = append(who, m.public.Name(u.Speaker))
		}
	}
	who = once(who)
	if more := len(who) - most; more > 0 {
		who = append(who[:most:most], fmt.Sprintf("%d more", more))
	}
	switch n := len(who); n {
	case 0:
		return ""
	case 1:
		return "Denied by " + who[0] + "."
	default:
		return "Denied by " + strings.Join(who[:n-1], ", ") + " and " + who[n-1] + "."
	}
}
