// SPDX-License-Identifier: Apache-2.0

package claim

// Case is a register at one moment. The lists are in the order of creation.
// References between things are by id.
type Case struct {
	Case         string        `json:"case"` // its name
	Note         string        `json:"note,omitempty"`
	Parties      []Party       `json:"parties,omitempty"`
	Sources      []Source      `json:"sources,omitempty"`
	Letters      []Letter      `json:"letters,omitempty"`
	Documents    []Document    `json:"documents,omitempty"`
	Spans        []Span        `json:"spans,omitempty"`
	Claims       []Claim       `json:"claims,omitempty"`
	Utterances   []Utterance   `json:"utterances,omitempty"`
	Evidence     []Evidence    `json:"evidence,omitempty"`
	Measurands   []Measurand   `json:"measurands,omitempty"`
	Estimates    []Estimate    `json:"estimates,omitempty"`
	Indicators   []Indicator   `json:"indicators,omitempty"`
	Questions    []Question    `json:"questions,omitempty"`
	Forecasts    []Forecast    `json:"forecasts,omitempty"`
	Assessments  []Assessment  `json:"assessments,omitempty"`
	Reports      []Report      `json:"reports,omitempty"`
	Publications []Publication `json:"publications,omitempty"`
	Corrections  []Correction  `json:"corrections,omitempty"`
	SignOffs     []SignOff     `json:"sign_offs,omitempty"`
	Decisions    []Decision    `json:"decisions,omitempty"`

	// numbered says that the questions stood under “question”, “question2” …
	// in the file; see [ParseCase].
	numbered bool
	// turned is what the register that gave this case knows of when claims came to
	// stand as they do; see [Case.Tasks].
	turned *turned
	// later lists, by the ids that things of several kinds have, the kinds of all but
	// the first.
	later map[string][]string
	// hidden is what is not to leave beside what stands here; see [Case.Hidden].
	hidden *Hidden
}
