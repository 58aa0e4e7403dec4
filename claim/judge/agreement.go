// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"strconv"
	"strings"

	"tamizdat/claim"
)

const hintPrefix = "credibility/"

// HintDecision records what a person chose beside a hint. The id is a new one.
func HintDecision(id string, h Hint, choice int, reason, by string, at claim.Date) claim.Decision {
	return claim.Decision{
		ID: id, Suggestion: hintPrefix + h.Claim, Object: h.Claim, Reason: reason, By: by, At: at,
		Hint: strconv.Itoa(h.Value), Choice: strconv.Itoa(choice),
	}
}

// Agreements says how often people followed the hints. Neither is the measure of
// the other; a desk that always agrees has perhaps stopped thinking.
type Agreements struct {
	Number   int // of choices where hint and choice are both 1 to 5
	Same     int
	Near     int // same or one apart
	Unjudged int // the hint or the choice was 6
	Table    [7][7]int
}

// Agreement counts the decisions of a case. The table has the hint by row and the
// choice by column, both from 1.
func Agreement(c *claim.Case) Agreements {
	var a Agreements
	for _, d := range c.Decisions {
		hint, err1 := strconv.Atoi(d.Hint)
		choice, err2 := strconv.Atoi(d.Choice)
		if !strings.HasPrefix(d.Suggestion, hintPrefix) || err1 != nil || err2 != nil || Credibilities(hint) == "" || Credibilities(choice) == "" {
			continue
		}
		a.Table[hint][choice]++
		if hint == 6 || choice == 6 {
			a.Unjudged++
			continue
		}
		a.Number++
		if hint == choice {
			a.Same++
		}
		if max(hint, choice)-min(hint, choice) <= 1 {
			a.Near++
		}
	}
	return a
}
