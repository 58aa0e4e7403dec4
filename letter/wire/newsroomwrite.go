// SPDX-License-Identifier: Apache-2.0

package wire

// NewsroomWrite gives the drop a newsroom file and the grant that its roster names
// (spec/drop.md §6). Both prove themselves.
type NewsroomWrite struct {
	Newsroom []byte // a newsroom file
	Grant    []byte
}

// Encode builds the write. It fails where ParseNewsroomWrite would.
func (n *NewsroomWrite) Encode() ([]byte, error) {
	w := newWriter(typeNewsroomWrite, 10+len(n.Newsroom)+len(n.Grant))
	w.bytes32(n.Newsroom)
	w.bytes32(n.Grant)
	if _, err := ParseNewsroomWrite(w.b); err != nil {
		return nil, err
	}
	return w.b, nil
}

// ParseNewsroomWrite parts a newsroom write. Both parts are still unparsed: go on
// with ParseNewsroom, and compare GrantHash with the verified roster's.
func ParseNewsroomWrite(b []byte) (*NewsroomWrite, error) {
	r := newReader("newsroom write", b)
	r.header(typeNewsroomWrite)
	n := &NewsroomWrite{
		Newsroom: r.bytes32("the newsroom file", MaxNewsroomSize),
		Grant:    r.bytes32("the grant", MaxGrantSize),
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	return n, nil
}

// CheckGrant reports whether grant is the one that the roster names (ErrMismatch,
// ErrMalformed) and wraps for nobody but its journalists.
func (r *Roster) CheckGrant(grant []byte) (*Grant, error) {
	if GrantHash(grant) != r.Grant {
		return nil, fail("grant", ErrMismatch, "it is not the one that roster %d names", r.Number)
	}
	g, err := ParseGrant(grant)
	if err != nil {
		return nil, err
	}
	if g.Newsroom != r.Newsroom || g.RosterNumber != r.Number {
		return nil, fail("grant", ErrMismatch, "it is of another newsroom or roster")
	}
	for i := range g.Wraps {
		if _, _, ok := r.Journalist(g.Wraps[i].ID); !ok {
			return nil, fail("grant", ErrMismatch, "it wraps for someone who is not in the roster")
		}
	}
	return g, nil
}
