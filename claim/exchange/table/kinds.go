// SPDX-License-Identifier: Apache-2.0

package table

import "tamizdat/claim"

// kinds lists the tables. A thing comes after what it usually refers to.
func kinds() []tableKind {
	return []tableKind{parties(), documents(), claims(), utterances(), measurands(), estimates(), evidence(), questions(), forecasts()}
}

func kindOf(name string) tableKind {
	for _, k := range kinds() {
		if k.name() == name {
			return k
		}
	}
	return nil
}

func reliabilities() []string { return []string{"A", "B", "C", "D", "E", "F"} }

func parties() tableKind {
	type T = claim.Party
	return &kind[T]{
		label: claim.KindParty,
		list:  func(c *claim.Case) *[]T { return &c.Parties },
		id:    func(v *T) *string { return &v.ID },
		words: func(v *T) string { return v.Label },
		cols: []column[T]{
			text("label", func(v *T) *string { return &v.Label }).required().help("name as it may be printed", "The Invented Courier"),
			choice("kind", func(v *T) *string { return &v.Kind }, claim.PartyKinds()...).required().help("what it is", "outlet"),
			choice("reliability", func(v *T) *claim.Reliability { return &v.Reliability }, reliabilities()...).help("track record, F cannot be judged, empty where nobody has judged", ""),
			text("interest", func(v *T) *string { return &v.Interest }).help("what it gains by being believed", ""),
			ref("member_of", func(v *T) *string { return &v.MemberOf }, claim.KindParty).help("the party that it speaks for", ""),
			refs("possibly_same_as", func(v *T) *[]string { return &v.PossiblySameAs }, claim.KindParty).help("parties that may be the same", ""),
			text("note", func(v *T) *string { return &v.Note }).help("for colleagues", ""),
		},
	}
}

func documents() tableKind {
	type T = claim.Document
	return &kind[T]{
		label: claim.KindDocument,
		list:  func(c *claim.Case) *[]T { return &c.Documents },
		id:    func(v *T) *string { return &v.ID },
		words: func(v *T) string { return v.Title },
		cols: []column[T]{
			choice("kind", func(v *T) *string { return &v.Kind }, claim.DocumentKinds()...).required().help("what it is", "article"),
			text("title", func(v *T) *string { return &v.Title }).help("title or first line", "Tide tables questioned"),
			ref("publisher", func(v *T) *string { return &v.Publisher }, claim.KindParty).help("party", "The Invented Courier"),
			date("published", func(v *T) *claim.Date { return &v.Published }).help("date", "2031-05-20"),
			maybe("held", func(v *T) **bool { return &v.Held }).help("yes if the newsroom has it", "yes"),
			text("sha256", func(v *T) *string { return &v.SHA256 }).help("hash in hex", ""),
			text("address", func(v *T) *string { return &v.Address }).help("where it was found", "https://courier.example/tides"),
			text("language", func(v *T) *string { return &v.Language }).help("code", "en"),
			texts("archive", func(v *T) *[]string { return &v.Archive }).help("captures", ""),
			ref("derivative_of", func(v *T) *string { return &v.DerivativeOf }, claim.KindDocument).help("document that it was made of", ""),
			text("method", func(v *T) *string { return &v.Method }).help("how: translation, redaction, transcription", ""),
			text("by", func(v *T) *string { return &v.By }).help("who made the derivative", ""),
			text("note", func(v *T) *string { return &v.Note }).help("for colleagues", ""),
		},
	}
}

func claims() tableKind {
	type T = claim.Claim
	return &kind[T]{
		label: claim.KindClaim,
		list:  func(c *claim.Case) *[]T { return &c.Claims },
		id:    func(v *T) *string { return &v.ID },
		words: func(v *T) string { return v.Text },
		cols: []column[T]{
			text("text", func(v *T) *string { return &v.Text }).required().help("one sentence that can be true or false", "The tide was 40 minutes late."),
			choice("kind", func(v *T) *string { return &v.Kind }, claim.ClaimKinds()...).required().help("what it is about", "event"),
			date("time", func(v *T) *claim.Date { return &v.Time }).help("when it happened", "2031-05-18"),
			text("place", func(v *T) *string { return &v.Place }).help("where", "Invented Harbour"),
			text("topic", func(v *T) *string { return &v.Topic }).help("for reliability by topic", "tides"),
			choice("status", func(v *T) *string { return &v.Status }, "open", "confirmed", "refuted", "disputed", "withdrawn").help("state of the check", "open"),
			credibility(),
			text("credibility_reason", func(v *T) *string { return &v.CredibilityReason }).help("why", ""),
			ref("variant_of", func(v *T) *string { return &v.VariantOf }, claim.KindClaim).help("claim that it changes", ""),
			text("mutation", func(v *T) *string { return &v.Mutation }).help("what the variant changes", ""),
			refs("contradicts", func(v *T) *[]string { return &v.Contradicts }, claim.KindClaim).help("claims that cannot be true beside it", ""),
			choice("exposure", func(v *T) *string { return &v.Exposure }, claim.Exposures()...).help("how many could know this", "more"),
			yes("desk_observation", func(v *T) *bool { return &v.DeskObservation }).help("yes if the newsroom saw it itself", ""),
			ref("measurand", func(v *T) *string { return &v.Measurand }, claim.KindMeasurand).help("what its number counts", ""),
			text("note", func(v *T) *string { return &v.Note }).help("for colleagues", ""),
		},
	}
}

// credibility is a number to the case and a choice to people: 6 and empty are
// not numbers to count with.
func credibility() column[claim.Claim] {
	codes := []string{"1", "2", "3", "4", "5", "6"}
	c := choice("credibility", func(v *claim.Claim) *string { return new(string) }, codes...)
	c.get = func(v *claim.Claim) string {
		if v.Credibility < 1 || v.Credibility > len(codes) {
			return ""
		}
		return codes[v.Credibility-1]
	}
	c.set = func(v *claim.Claim, cell string) *misfit {
		for i, code := range codes {
			if fold(cell) == code {
				v.Credibility = i + 1
				return nil
			}
		}
		return &misfit{"is not a credibility", "write 1 (confirmed) to 5 (improbable), 6 (cannot be judged), or nothing"}
	}
	return c.help("1 confirmed, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged, empty where nobody has judged", "")
}

func utterances() tableKind {
	type T = claim.Utterance
	return &kind[T]{
		label: claim.KindUtterance,
		list:  func(c *claim.Case) *[]T { return &c.Utterances },
		id:    func(v *T) *string { return &v.ID },
		words: func(*T) string { return "" },
		fresh: func(v *T) { v.Relays = []string{} },
		cols: []column[T]{
			ref("speaker", func(v *T) *string { return &v.Speaker }, claim.KindParty).required().help("party, by its label or id", "The Invented Courier"),
			refs("claims", func(v *T) *[]string { return &v.Claims }, claim.KindClaim).required().help("claims, by their text or id", "The tide was 40 minutes late."),
			ref("to", func(v *T) *string { return &v.To }, claim.KindParty).help("party that was told", ""),
			ref("attributed_to", func(v *T) *string { return &v.AttributedTo }, claim.KindParty).help("party whom the speaker credits", ""),
			ref("doc", func(v *T) *string { return &v.Doc }, claim.KindDocument).help("document", "Tide tables questioned"),
			ref("span", func(v *T) *string { return &v.Span }, claim.KindSpan).help("passage", ""),
			text("quote", func(v *T) *string { return &v.Quote }).help("the words", "“forty minutes late”"),
			date("at", func(v *T) *claim.Date { return &v.At }).help("when it was said", "2031-05-20"),
			choice("mode", func(v *T) *string { return &v.Mode }, "asserts", "denies", "estimates", "predicts", "asks").help("how, empty is asserts", ""),
			choice("basis", func(v *T) *string { return &v.Basis }, claim.Bases()...).help("on what it rests", "document"),
			refs("relays", func(v *T) *[]string { return &v.Relays }, claim.KindUtterance).help("utterances that it repeats, by id", ""),
			refs("informed_by", func(v *T) *[]string { return &v.InformedBy }, claim.KindUtterance).help("utterances that the speaker knew", ""),
			choice("fidelity", func(v *T) *string { return &v.Fidelity }, "verbatim", "translation", "paraphrase", "distorted").help("how faithfully", ""),
			yes("upstream_unknown", func(v *T) *bool { return &v.UpstreamUnknown }).help("yes if it was heard from somebody who is not named", ""),
			text("upstream_inferred", func(v *T) *string { return &v.UpstreamInferred }).help("by what the relay was found", ""),
			text("note", func(v *T) *string { return &v.Note }).help("for colleagues", ""),
		},
	}
}
