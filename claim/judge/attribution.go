// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"fmt"
	"slices"

	"tamizdat/claim"
)

// Attribution says how sure it is that a speaker said something. It is worked out
// from the chain and tells nothing on whether what was said is true.
type Attribution string

// The attributions, surest first. [AttributionUnknown] is where the case names
// neither a document nor anybody who repeats it.
const (
	HeldDocument       Attribution = "held document"
	Recording          Attribution = "recording"
	NamedOutlet        Attribution = "named outlet"
	Hearsay            Attribution = "hearsay"
	AttributionUnknown Attribution = "unknown"
)

// AttributionOf looks for the surest way on which the case knows that an utterance
// was made: in the speaker's own document that the desk holds, in a recording that
// it holds, in a document of somebody named who heard it, or through more mouths.
func AttributionOf(x *claim.Index, utterance string) (Attribution, string) {
	u := x.Utterance(utterance)
	if u == nil {
		return AttributionUnknown, fmt.Sprintf("there is no utterance %q in the case", utterance)
	}
	own, why := ownAttribution(x, u)
	if own != AttributionUnknown {
		return own, why
	}
	return heard(x, u)
}

// ownAttribution judges by the document in which the utterance itself stands.
func ownAttribution(x *claim.Index, u *claim.Utterance) (Attribution, string) {
	d := x.Document(u.Doc)
	if d == nil {
		return AttributionUnknown, ""
	}
	held := d.Held != nil && *d.Held
	who := x.Name(u.Speaker)
	switch {
	case held && d.Kind == "recording":
		return Recording, fmt.Sprintf("the desk holds the recording %s of %s", title(d), who)
	case held && (d.Publisher == u.Speaker || d.Kind == "letter"):
		return HeldDocument, fmt.Sprintf("the desk holds %s, in which %s says it", title(d), who)
	case d.Publisher != "" && d.Publisher != u.Speaker && named(x, d.Publisher):
		return NamedOutlet, fmt.Sprintf("%s reports in %s that %s said it%s", x.Name(d.Publisher), title(d), who, unseen(held))
	case d.Publisher == u.Speaker && named(x, u.Speaker):
		return NamedOutlet, fmt.Sprintf("%s published it in %s%s", who, title(d), unseen(held))
	}
	return AttributionUnknown, ""
}

func unseen(held bool) string {
	if held {
		return ""
	}
	return ", which the desk does not hold"
}

// heard judges by who repeats the utterance. One named speaker with a document is
// an outlet; everything further away is hearsay.
func heard(x *claim.Index, u *claim.Utterance) (Attribution, string) {
	best, why := AttributionUnknown, standing(x, u)+", and nobody who repeats it is in the case"
	for i := range x.Case.Utterances {
		r := &x.Case.Utterances[i]
		if !repeats(r, u.ID) {
			continue
		}
		d := x.Document(r.Doc)
		if d != nil && d.Publisher == r.Speaker && named(x, r.Speaker) {
			return NamedOutlet, fmt.Sprintf("%s reports in %s that %s said it", x.Name(r.Speaker), title(d), x.Name(u.Speaker))
		}
		if best == AttributionUnknown {
			best, why = Hearsay, fmt.Sprintf("%s; %s says that %s said it, and that is known through others", standing(x, u), x.Name(r.Speaker), x.Name(u.Speaker))
		}
	}
	return best, why
}

// standing says why the document in which an utterance stands does not settle it.
func standing(x *claim.Index, u *claim.Utterance) string {
	d := x.Document(u.Doc)
	switch {
	case d == nil:
		return "no document in which it stands is in the case"
	case d.Held == nil:
		return fmt.Sprintf("it stands in %s, and nobody has noted whether the desk holds that (held)", title(d))
	case !*d.Held:
		return fmt.Sprintf("it stands in %s, which the desk does not hold", title(d))
	}
	return fmt.Sprintf("it stands in %s, which nobody published who puts a name to it", title(d))
}

func repeats(u *claim.Utterance, id string) bool {
	return slices.Contains(u.Relays, id)
}

// named reports whether a party puts its name to what it reports.
func named(x *claim.Index, party string) bool {
	p := x.Party(party)
	if p == nil {
		return false
	}
	switch p.Kind {
	case "unnamed_official", "unnamed_person", "unnamed_group":
		return false
	}
	return true
}
