// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
)

// Exposure is what follows from how many people could know a claim.
type Exposure struct {
	Answer string // one of claim.Exposures, or "" where nobody was asked
	Ask    bool   // the desk has still to answer, once for this claim
	Blocks bool   // it cannot be printed as it stands
	Why    string
}

// Exposed tells what the answer about a claim blocks. Few who could know are few
// who can have told: at ten or fewer nothing is printed unless two different
// people have waived it. The answer is that of the whole family
// ([claim.Index.Exposure]), a waiver that of one claim.
func Exposed(x *claim.Index, id string, waivers []claim.Waiver) Exposure {
	if x.Claim(id) == nil {
		return Exposure{Blocks: true, Why: fmt.Sprintf("there is no claim %q in the case", id)}
	}
	answer := x.Exposure(id)
	switch answer {
	case "":
		return Exposure{Ask: true, Why: "nobody has said yet how many could know this: ten or fewer, a hundred or fewer, more, or is it public? Answer before it is printed"}
	case "<=10":
		return few(id, waivers)
	case "<=100":
		return Exposure{Answer: answer, Why: "a hundred or fewer could know this; leave out dates, numbers and names that narrow it further"}
	case "more", "public":
		return Exposure{Answer: answer, Why: "many could know this"}
	}
	return Exposure{Answer: answer, Ask: true, Blocks: true, Why: fmt.Sprintf("%q is no answer; it is one of %s", answer, strings.Join(claim.Exposures(), ", "))}
}

func few(id string, waivers []claim.Waiver) Exposure {
	by := waivedBy(id, waivers)
	if len(by) >= 2 {
		return Exposure{Answer: "<=10", Why: "ten or fewer could know this; waived by " + strings.Join(by, " and ")}
	}
	return Exposure{Answer: "<=10", Blocks: true, Why: fmt.Sprintf("ten or fewer could know this, and who told is found among them: leave it out, or let two different people waive it (%d so far)", len(by))}
}

// waivedBy lists the different people who waived a claim, with a reason.
func waivedBy(id string, waivers []claim.Waiver) []string {
	var by []string
	for _, w := range waivers {
		if w.Claim != id || strings.TrimSpace(w.Reason) == "" {
			continue
		}
		for _, person := range w.By {
			same := func(other string) bool { return strings.EqualFold(other, strings.TrimSpace(person)) }
			if strings.TrimSpace(person) != "" && !slices.ContainsFunc(by, same) {
				by = append(by, strings.TrimSpace(person))
			}
		}
	}
	return by
}
