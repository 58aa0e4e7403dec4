// SPDX-License-Identifier: Apache-2.0

// Package quote tells whether an article quotes what was published: word for
// word, altered, from another mouth, or not from here at all.
//
// Make an [Index] of published texts with [NewIndex]; [FromCase] gives the words
// that a case file holds. Read the article into blocks with [Plain] or
// [Markdown], or make [Block] values from another format, and call
// [Index.Check].
//
// It compares words and nothing else. It can tell that a number was changed; it
// cannot tell whether a summary is fair, and says so where it meets one
// ([OwnWords]). It trusts the texts that it is given: whether they are what was
// published is for others to verify first. Texts and articles beyond
// [MaxWords] and [MaxArticle] are refused.
package quote

// The bounds of what is taken.
const (
	MaxWords    = 16 << 20 // words of all published texts together
	MaxArticle  = 2 << 20  // bytes of an article's text
	maxPassages = 20_000   // quotations and sentences of an article
)

// Kind says whose words a [Text] holds.
type Kind string

// The kinds of text, in the order in which they are believed to be the source
// of words that stand in more than one.
const (
	Letter    Kind = "letter"    // a published letter, or one of a case
	Publisher Kind = "publisher" // what the publisher said elsewhere
	Other     Kind = "other"     // what somebody else said, as the case has it
)

// Text is one text that words can come from. The texts of one letter share its
// Letter: a quotation joined from two revisions or languages of it is not
// stitched from two letters.
type Text struct {
	Kind       Kind
	Letter     string   // what it belongs to, such as “letter 7”
	Name       string   // in full, such as “letter 7, revision 2”
	Revision   int      // 0 where there are none
	Lang       string   // BCP 47, or empty
	Role       string   // original or translation, or empty
	Speaker    string   // who said it; empty for a letter
	DeskWords  bool     // the words are the desk's account of what was said
	Remark     string   // what a reader must know about it
	Paragraphs []string // counted from 1 in answers; see HasTitle
	HasTitle   bool     // Paragraphs[0] is the title, and the count begins after it
}

// Answer is what can be told about one passage of an article.
type Answer string

// The answers.
const (
	Verbatim Answer = "verbatim"       // these are the words, perhaps shortened in order and marked so
	Altered  Answer = "altered"        // ours, but for the differences
	Reworded Answer = "reworded"       // no quotation marks, and only plain words differ
	Said     Answer = "said elsewhere" // the publisher's words or close to them, and in no letter
	NotOurs  Answer = "not ours"       // nothing published is near
	TooShort Answer = "too short to tell"
	OwnWords Answer = "own words" // an account of a letter that no comparison of words can judge
)

// Form says how a passage stands in the article.
type Form string

// The forms.
const (
	Quotation  Form = "quotation"  // in quotation marks, or set apart as one
	Attributed Form = "attributed" // a sentence that credits somebody
	Follows    Form = "follows"    // a sentence that follows a published text
)

// About names what a difference touches.
type About string

// What differences touch, gravest first.
const (
	Negation About = "negation"
	Number   About = "number"
	Name     About = "name"
	Modality About = "modality"
	Word     About = "word"
)

// Change is the kind of a difference.
type Change string

// The kinds of difference.
const (
	Changed   Change = "changed"   // other words stand there
	Dropped   Change = "dropped"   // words are missing, without a mark
	Added     Change = "added"     // words were put in
	LeftOut   Change = "left out"  // words are missing, and a mark says so
	Respelled Change = "respelled" // the same number, written in another way
)

// Difference is one place where article and published text part.
type Difference struct {
	Change    Change `json:"change"`
	About     About  `json:"about"`
	Article   string `json:"article,omitempty"`
	Published string `json:"published,omitempty"`
	After     string `json:"after,omitempty"` // the words before, where both agree
}

// Place is where words stand.
type Place struct {
	Text          string `json:"text"` // name
	Kind          Kind   `json:"kind"`
	Letter        string `json:"letter,omitempty"`
	Revision      int    `json:"revision,omitempty"`
	Lang          string `json:"lang,omitempty"`
	Role          string `json:"role,omitempty"`
	Speaker       string `json:"speaker,omitempty"`
	Paragraph     int    `json:"paragraph"` // 0 is the title
	LastParagraph int    `json:"last_paragraph,omitempty"`
	Words         string `json:"words"` // as published, from the first to the last word that fits
	Remark        string `json:"remark,omitempty"`
	deskWords     bool
}

// Finding is the answer to one passage of the article.
type Finding struct {
	Line        int          `json:"line"`
	Form        Form         `json:"form"`
	Words       string       `json:"words"` // as they stand in the article
	Answer      Answer       `json:"answer"`
	Sentence    string       `json:"sentence"`         // the answer in words
	Places      []Place      `json:"places,omitempty"` // more than one if it was stitched
	Differences []Difference `json:"differences,omitempty"`
	Credits     string       `json:"credits,omitempty"` // whom the article credits, where a name stands near
	Miscredited bool         `json:"miscredited,omitempty"`
	Nearest     *Place       `json:"nearest,omitempty"` // of what is not ours
	Notes       []string     `json:"notes,omitempty"`
}

// Good reports whether the passage harms nobody's words: it is unaltered and
// credited to nobody else, or cannot be judged.
func (f Finding) Good() bool {
	return f.Answer != Altered && f.Answer != NotOurs && !f.Miscredited
}

// Report is the outcome for one article.
type Report struct {
	Findings []Finding `json:"findings"` // in the order of the article
	Letters  int       `json:"letters"`  // different letters that were compared
	Texts    int       `json:"texts"`    // texts that were compared
}

// Good reports whether every passage is [Finding.Good].
func (r Report) Good() bool {
	for _, f := range r.Findings {
		if !f.Good() {
			return false
		}
	}
	return true
}

// Count counts the findings with an answer.
func (r Report) Count(a Answer) int {
	n := 0
	for _, f := range r.Findings {
		if f.Answer == a {
			n++
		}
	}
	return n
}
