// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"errors"
)

// Changes gives a case as the changes that make it, in an order that a register
// accepts.
func (c Case) Changes() ([]Change, error) {
	var out []Change
	add := func(kind string, list any) error {
		made, err := changesOf(kind, list)
		out = append(out, made...)
		return err
	}
	return out, errors.Join(
		add(KindCase, []caseFields{{ID: "case", Case: c.Case, Note: c.Note}}), add(KindParty, c.Parties), add(KindSource, c.Sources),
		add(KindDocument, c.Documents), add(KindLetter, c.Letters), add(KindSpan, c.Spans), add(KindClaim, c.Claims), add(KindUtterance, c.Utterances),
		add(KindEvidence, c.Evidence), add(KindMeasurand, c.Measurands), add(KindEstimate, c.Estimates), add(KindQuestion, c.Questions),
		add(KindIndicator, c.Indicators), add(KindForecast, c.Forecasts), add(KindAssessment, c.Assessments), add(KindReport, c.Reports),
		add(KindPublication, c.Publications), add(KindCorrection, c.Corrections), add(KindSignOff, c.SignOffs), add(KindDecision, c.Decisions))
}

func changesOf(kind string, list any) ([]Change, error) {
	b, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	var things []map[string]json.RawMessage
	if err := json.Unmarshal(b, &things); err != nil {
		return nil, err
	}
	var out []Change
	for _, fields := range things {
		var id string
		if err := json.Unmarshal(fields["id"], &id); err != nil {
			return nil, err
		}
		delete(fields, "id")
		out = append(out, Change{Verb: VerbCreate, Kind: kind, Object: id, Fields: fields})
	}
	return out, nil
}
