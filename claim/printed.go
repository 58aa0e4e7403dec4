// SPDX-License-Identifier: Apache-2.0

package claim

// Report is a draft with footnotes that name claims.
type Report struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Text      string   `json:"text"` // Markdown; [^c:ID] is a claim
	Documents []string `json:"documents,omitempty"`
	Status    string   `json:"status,omitempty"`
	Authors   []string `json:"authors,omitempty"`
}

// Publication is a frozen list of what is let out, and of nothing else.
type Publication struct {
	ID           string      `json:"id"`
	Report       string      `json:"report,omitempty"`
	ReportHash   string      `json:"report_hash,omitempty"` // of the report as it is signed; see [Frozen]
	Claims       []Frozen    `json:"claims,omitempty"`
	Documents    []Frozen    `json:"documents,omitempty"`
	Estimates    []Frozen    `json:"estimates,omitempty"`
	Assessments  []Frozen    `json:"assessments,omitempty"`
	Redactions   []Redaction `json:"redactions,omitempty"`
	Waivers      []Waiver    `json:"waivers,omitempty"`
	Authors      []string    `json:"authors,omitempty"`
	Released     Date        `json:"released,omitzero"`
	Channels     []string    `json:"channels,omitempty"`
	ManifestHash string      `json:"manifest_hash,omitempty"` // of the edition that was frozen with it
	Embargo      Date        `json:"embargo,omitzero"`
	Supersedes   string      `json:"supersedes,omitempty"`
	Fetched      []string    `json:"fetched,omitempty"` // partners who took it
}

// Frozen names a thing at the state it had: its hash is that of [Hash].
type Frozen struct {
	ID        string `json:"id"`
	Hash      string `json:"hash"`
	Statement int    `json:"statement,omitempty"` // of the edition, from 1; 0 where none is made of it
}

// Redaction names what was taken out, and the code of the reason.
type Redaction struct {
	Span   string `json:"span"`
	Reason string `json:"reason"`
}

// Waiver lets a claim out that few could know. It takes two people.
type Waiver struct {
	Claim  string   `json:"claim"`
	By     []string `json:"by"`
	Reason string   `json:"reason"`
}

// Correction says what was wrong in a publication, and what is right.
type Correction struct {
	ID           string   `json:"id"`
	Publication  string   `json:"publication"`
	WhatWasWrong string   `json:"what_was_wrong"`
	WhatIsRight  string   `json:"what_is_right"`
	Severity     string   `json:"severity,omitempty"` // clarify, correct, retract
	Claims       []string `json:"claims,omitempty"`
	At           Date     `json:"at,omitzero"`
	By           string   `json:"by,omitempty"`
	Notified     []string `json:"notified,omitempty"` // partners who acknowledged it
}

// SignOff is one person's word on one state of one thing. It is void as soon as
// the thing changes.
type SignOff struct {
	ID         string `json:"id"`
	Object     string `json:"object"`
	ObjectHash string `json:"object_hash"`
	Person     string `json:"person"`
	Role       string `json:"role,omitempty"`
	Decision   string `json:"decision"` // approve, refuse
	At         Date   `json:"at,omitzero"`
	Signature  string `json:"signature,omitempty"`
}
