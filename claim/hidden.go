// SPDX-License-Identifier: Apache-2.0

package claim

import "slices"

// Hidden is what must not leave and no longer stands in a case, or never stood there.
type Hidden struct {
	Names   []string               // of sources and letters: pseudonyms, ids and hashes that there were
	Letters []string               // documents that were letters once, or held one
	Also    func(text string) bool // whether a text has something in it that its holder keeps back; nil is no
}

// Hidden gives what the register that gave this case, and [Case.Hiding], know of.
func (c *Case) Hidden() Hidden {
	if c.hidden == nil {
		return Hidden{}
	}
	return *c.hidden
}

// Hiding gives a case of which nothing leaves that has something in it which only its
// holder can tell, such as a desk its own names for senders.
func (c *Case) Hiding(has func(text string) bool) Case {
	out, hidden := *c, c.Hidden()
	hidden.Also = has
	out.hidden = &hidden
	return out
}

// hidden looks up what sources and letters were called before. An export does not name
// somebody because they have another pseudonym now, or none.
func (r *Register) hidden() *Hidden {
	var out Hidden
	for k, t := range r.things {
		switch k.kind {
		case KindSource:
			out.Names = append(out.Names, t.formerly(k, "pseudonym")...)
		case KindLetter:
			out.Names = append(out.Names, t.formerly(k, "sha256")...)
			out.Letters = append(out.Letters, t.formerly(k, "document")...)
		case KindDocument:
			if slices.Contains(t.formerly(k, "kind"), "letter") {
				out.Letters = append(out.Letters, k.object)
			}
		}
	}
	if len(out.Names)+len(out.Letters) == 0 {
		return nil
	}
	out.Names, out.Letters = union(nil, out.Names), union(nil, out.Letters)
	return &out
}

// formerly gives the values of a field that are not shown; of a thing that was removed
// all, and the id.
func (t *thing) formerly(k key, field string) []string {
	now := ""
	var out []string
	if t.present() {
		now = text(t.field(field))
	} else {
		out = append(out, k.object)
	}
	for _, v := range t.past[field] {
		if was := text(v.value); was != "" && was != now {
			out = append(out, was)
		}
	}
	return out
}
