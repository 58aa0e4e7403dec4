// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"tamizdat/claim"
	"tamizdat/claim/wording"
)

// betrays finds changes that would carry a desk's names for senders and letters into
// the register: exports are made of it, and must not have them. What a person keeps
// under “source” never leaves, and may say them.
func betrays(changes []claim.Change, secrets map[string]bool) []claim.Problem {
	var out []claim.Problem
	for _, c := range changes {
		if c.Kind == claim.KindSource {
			continue
		}
		if s := secretIn(c, secrets); s != "" {
			out = append(out, claim.Problem{Object: c.Object, Says: fmt.Sprintf("“%s” is this desk's own name for a sender or a letter, which must not get into what is published; give it another", s)})
		}
	}
	return out
}

// Betrays finds one of this desk's names for senders and letters in a text that is to
// leave, or nothing: a colleague's program may have asked no door.
func (c *Claims) Betrays(text string) string { return secretInText(text, c.secrets()) }

// ownNames are what this desk calls senders and letters, in lower case.
func (d *Desk) ownNames() map[string]bool {
	out := make(map[string]bool, 2*len(d.s.senders)+3*len(d.s.letters))
	for p := range d.s.senders {
		out[strings.ToLower(SenderName(p))], out[fmt.Sprintf("%x", p[:])] = true, true
	}
	for id, l := range d.s.letters {
		out[id.String()], out[id.Short()], out[fmt.Sprintf("%x", l.OwnID[:])] = true, true, true
	}
	return out
}

// secretIn finds one of some names in a change, or nothing. Three words are a name
// whatever stands between them, and whatever nobody sees in them.
func secretIn(c claim.Change, secrets map[string]bool) string {
	texts := []string{c.Object}
	for _, v := range c.Fields {
		var tree any
		if json.Unmarshal(v, &tree) == nil {
			texts = textsIn(texts, tree)
		}
	}
	for _, t := range texts {
		if s := secretInText(t, secrets); s != "" {
			return s
		}
	}
	return ""
}

func secretInText(text string, secrets map[string]bool) string {
	words := strings.FieldsFunc(wording.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		if secrets[w] {
			return w
		}
		if three := strings.Join(words[i:min(i+3, len(words))], "-"); secrets[three] {
			return three
		}
	}
	return ""
}

// textsIn adds every text of a value, its keys too.
func textsIn(out []string, tree any) []string {
	switch v := tree.(type) {
	case string:
		return append(out, v)
	case []any:
		for _, e := range v {
			out = textsIn(out, e)
		}
	case map[string]any:
		for k, e := range v {
			out = textsIn(append(out, k), e)
		}
	}
	return out
}
