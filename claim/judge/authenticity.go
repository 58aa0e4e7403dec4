// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
)

// Sign is a piece of evidence about the authenticity of a letter: for each rival,
// by its key, how well it fits: -- - 0 + ++. A rival that is absent was not judged.
type Sign struct {
	Item   string // utterance, document, or a word for the check
	Says   map[string]string
	Reason string
}

// SignView is a sign as it is shown.
type SignView struct {
	Sign
	Tells bool // it fits some of the rivals better than others
}

// Weighing shows what was found and what that leaves open. It has no verdict, and
// it says nothing on whether the content is true.
type Weighing struct {
	Rivals   []claim.Rival
	Signs    []SignView
	Open     [][2]claim.Rival // pairs that no sign tells apart
	Sentence string
}

// Weigh sets signs against the five rivals.
func Weigh(signs []Sign) (Weighing, error) {
	w := Weighing{Rivals: claim.Rivals()}
	for _, s := range signs {
		if err := s.check(w.Rivals); err != nil {
			return Weighing{}, err
		}
		w.Signs = append(w.Signs, SignView{s, s.tells(w.Rivals)})
	}
	for i, a := range w.Rivals {
		for _, b := range w.Rivals[i+1:] {
			if !slices.ContainsFunc(signs, func(s Sign) bool { return s.apart(a, b) }) {
				w.Open = append(w.Open, [2]claim.Rival{a, b})
			}
		}
	}
	w.Sentence = w.sentence()
	return w, nil
}

func (s Sign) check(rivals []claim.Rival) error {
	known := 0
	for _, r := range rivals {
		direction, ok := s.Says[r.Key]
		if !ok {
			continue
		}
		known++
		if _, ok := directionRatio(direction); !ok {
			return fmt.Errorf("sign %s: %q is no direction; it is --, -, 0, + or ++", s.Item, direction)
		}
	}
	if known != len(s.Says) {
		return fmt.Errorf("sign %s names a rival that is none of the five", s.Item)
	}
	return nil
}

func (s Sign) tells(rivals []claim.Rival) bool {
	for i, a := range rivals {
		for _, b := range rivals[i+1:] {
			if s.apart(a, b) {
				return true
			}
		}
	}
	return false
}

func (s Sign) apart(a, b claim.Rival) bool {
	da, okA := s.Says[a.Key]
	db, okB := s.Says[b.Key]
	return okA && okB && da != db
}

func (w Weighing) sentence() string {
	silent := 0
	for _, s := range w.Signs {
		if !s.Tells {
			silent++
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%d signs, of which %d fit all rivals alike", len(w.Signs), silent)
	for i, p := range w.Open {
		text.WriteString([2]string{"; nothing tells ", ", nor "}[min(i, 1)] + p[0].Words + " from " + p[1].Words)
	}
	return text.String() + ". Whether the content is true is another question."
}

// Checks lists usual checks of a letter with what their success says about each
// rival: a beginning for a desk, to be changed. The values are conventions.
func Checks() []Sign {
	return []Sign{
		sign("colleagues recognise the manner", "++", "++", "--", "0", "0", "people of the service have no doubt that one of them wrote it; whoever employs such people can write so too"),
		sign("a detail that was not public comes true", "++", "++", "--", "+", "+", "the writer, or who sent the writer, knew it"),
		sign("all details were public before", "-", "-", "+", "+", "+", "anybody could have written it"),
		sign("an anachronism or a wrong form", "--", "--", "++", "+", "+", "somebody who works there would not have made this mistake; look for a copyist's error first"),
		sign("one hand through all letters", "0", "0", "0", "0", "0", "the key or the style is the same; that says who wrote again, not who it is"),
		sign("a trap for who prints it", "-", "-", "0", "++", "-", "a claim that can easily be shown false afterwards"),
		sign("it serves one side's campaign at that time", "-", "+", "0", "0", "++", "timing and message fit a campaign"),
		sign("forgeries of this kind are known", "-", "0", "+", "+", "+", "others in this series of events were made up"),
	}
}

func sign(item, genuine, agenda, outside, hostile, friendly, reason string) Sign {
	says := map[string]string{}
	for i, d := range []string{genuine, agenda, outside, hostile, friendly} {
		says[claim.Rivals()[i].Key] = d
	}
	return Sign{Item: item, Says: says, Reason: reason}
}
