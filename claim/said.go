// SPDX-License-Identifier: Apache-2.0

package claim

// Reliability of a source is a letter of the Admiralty code (AJP-2.1): A
// completely, B usually, C fairly, D not usually, E unreliable, F cannot be
// judged. Empty means that nobody has judged yet. F and empty take no part in
// any arithmetic.
type Reliability string

// Judged reports whether the letter takes part in arithmetic: A to E.
func (r Reliability) Judged() bool { return r >= "A" && r <= "E" && len(r) == 1 }

// Party is anybody who speaks, hears or publishes.
type Party struct {
	ID             string      `json:"id"`
	Kind           string      `json:"kind"` // see [PartyKinds]
	Label          string      `json:"label"`
	Reliability    Reliability `json:"reliability,omitempty"`
	PossiblySameAs []string    `json:"possibly_same_as,omitempty"` // parties
	Interest       string      `json:"interest,omitempty"`         // what the party gains by being believed
	MemberOf       string      `json:"member_of,omitempty"`        // the party that it belongs to or speaks for
	Note           string      `json:"note,omitempty"`
}

// PartyKinds lists what a party can be.
func PartyKinds() []string {
	return []string{"person", "outlet", "government", "organisation", "unnamed_official", "unnamed_person", "unnamed_group", "collective", "newsroom"}
}

// Source is what the newsroom keeps about a party that writes to it. Nothing
// refers to a source, so that deleting one leaves the rest whole (I12), and no
// export reads this list. Who the person is has no field here.
type Source struct {
	ID             string                 `json:"id"`
	Pseudonym      string                 `json:"pseudonym"`
	Kind           string                 `json:"kind,omitempty"`
	Party          string                 `json:"party,omitempty"`       // as whom it speaks in utterances
	Reliability    map[string]Reliability `json:"reliability,omitempty"` // by topic; "" is for all
	Interests      string                 `json:"interests,omitempty"`
	Access         string                 `json:"access,omitempty"` // what this person could know first-hand
	PossiblySameAs []string               `json:"possibly_same_as,omitempty"`
	Handling       string                 `json:"handling,omitempty"`
}

// Letter says which document holds a letter. Its sender, its way and the time
// of its arrival are the desk's, and stay there.
type Letter struct {
	ID       string `json:"id"`
	Document string `json:"document"`
	SHA256   string `json:"sha256"` // of the evidentiary original, hex
	Language string `json:"language,omitempty"`
	State    string `json:"state,omitempty"` // new, reading, in_work, closed
}

// Document is something that words stand in, held or only known of.
type Document struct {
	ID           string        `json:"id"`
	Kind         string        `json:"kind"` // see [DocumentKinds]
	Title        string        `json:"title,omitempty"`
	Publisher    string        `json:"publisher,omitempty"` // party
	Published    Date          `json:"published,omitzero"`
	Held         *bool         `json:"held,omitempty"`
	SHA256       string        `json:"sha256,omitempty"`  // hex
	Address      string        `json:"address,omitempty"` // where it was found
	Language     string        `json:"language,omitempty"`
	Archive      []string      `json:"archive,omitempty"` // captures: WACZ, screenshot
	DerivativeOf string        `json:"derivative_of,omitempty"`
	Method       string        `json:"method,omitempty"` // of the derivation: translation, redaction, transcription …
	By           string        `json:"by,omitempty"`     // person who made the derivative
	Authenticity *Authenticity `json:"authenticity,omitempty"`
	Note         string        `json:"note,omitempty"`
}

// DocumentKinds lists what a document can be.
func DocumentKinds() []string {
	return []string{"letter", "article", "interview", "report", "post", "translation", "dataset", "recording", "note"}
}

// Span is a passage of a document. The quotation with its surroundings finds it
// again after the text has been set anew (W3C Web Annotation,
// TextQuoteSelector); the offsets are Unicode code points (TextPositionSelector).
type Span struct {
	ID       string `json:"id"`
	Document string `json:"document"`
	Exact    string `json:"exact"`
	Prefix   string `json:"prefix,omitempty"`
	Suffix   string `json:"suffix,omitempty"`
	Start    *int   `json:"start,omitempty"`
	End      *int   `json:"end,omitempty"`
}

// Claim is one sentence that can be true or false.
type Claim struct {
	ID                string   `json:"id"`
	Kind              string   `json:"kind"` // see [ClaimKinds]
	Text              string   `json:"text"`
	Time              Date     `json:"time,omitzero"` // of what it tells
	Place             string   `json:"place,omitempty"`
	Topic             string   `json:"topic,omitempty"`
	Status            string   `json:"status,omitempty"`      // open, confirmed, refuted, disputed, withdrawn
	Credibility       int      `json:"credibility,omitempty"` // 1 to 6 of the Admiralty code; 0 where nobody has judged
	CredibilityReason string   `json:"credibility_reason,omitempty"`
	VariantOf         string   `json:"variant_of,omitempty"`
	Mutation          string   `json:"mutation,omitempty"` // what the variant changes
	Contradicts       []string `json:"contradicts,omitempty"`
	Exposure          string   `json:"exposure,omitempty"`         // how many could know this: see [Exposures]
	DeskObservation   bool     `json:"desk_observation,omitempty"` // the newsroom saw it; nobody has to say it
	Measurand         string   `json:"measurand,omitempty"`
	Note              string   `json:"note,omitempty"`
}

// ClaimKinds lists what a claim can be about.
func ClaimKinds() []string {
	return []string{"event", "state", "quantity", "estimate", "causal", "inference", "prediction", "characterisation", "content_of_document", "authenticity"}
}

// Exposures lists the answers to “how many could know this?”, fewest first.
func Exposures() []string { return []string{"<=10", "<=100", "more", "public"} }

// Utterance is one act of saying: a speaker, at a date, to somebody, in a
// document. An interview is an utterance that relays a letter, or one that is
// the speaker's own inference and only informed by it.
type Utterance struct {
	ID               string   `json:"id"`
	Speaker          string   `json:"speaker"` // party
	To               string   `json:"to,omitempty"`
	AttributedTo     string   `json:"attributed_to,omitempty"` // party whom the speaker credits
	Doc              string   `json:"doc,omitempty"`
	Span             string   `json:"span,omitempty"`
	Quote            string   `json:"quote,omitempty"` // the words, where no span of a held document has them
	At               Date     `json:"at,omitzero"`
	Mode             string   `json:"mode,omitempty"` // asserts, denies, estimates, predicts, asks; empty is asserts
	Basis            string   `json:"basis,omitempty"`
	Claims           []string `json:"claims"`
	Relays           []string `json:"relays"`                // utterances that it repeats
	InformedBy       []string `json:"informed_by,omitempty"` // utterances that the speaker knew when inferring
	Fidelity         string   `json:"fidelity,omitempty"`    // verbatim, translation, paraphrase, distorted
	UpstreamUnknown  bool     `json:"upstream_unknown,omitempty"`
	UpstreamInferred string   `json:"upstream_inferred,omitempty"` // by what the desk found the relay
	Note             string   `json:"note,omitempty"`
}

// Bases lists on what a speaker can rest what is said.
func Bases() []string {
	return []string{"witnessed", "document", "told", "inferred", "judgement", "estimated", "own_act", "own_voice", "unknown"}
}

// Evidence lets an item speak for or against a claim.
type Evidence struct {
	ID        string `json:"id"`
	Claim     string `json:"claim"`
	Item      string `json:"item"`      // utterance, document or claim
	Direction string `json:"direction"` // --, -, 0, +, ++
	Reason    string `json:"reason,omitempty"`
	By        string `json:"by,omitempty"`
	At        Date   `json:"at,omitzero"`
}

// Decision is what a person said to a suggestion or a hint of the program. A
// suggestion that was refused does not come again.
type Decision struct {
	ID         string `json:"id"`
	Suggestion string `json:"suggestion"` // its key
	Choice     string `json:"choice"`     // accepted, refused, or the value chosen beside a hint
	Hint       string `json:"hint,omitempty"`
	Object     string `json:"object,omitempty"`
	Reason     string `json:"reason,omitempty"`
	By         string `json:"by,omitempty"`
	At         Date   `json:"at,omitzero"`
}
