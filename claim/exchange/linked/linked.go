// SPDX-License-Identifier: Apache-2.0

// Package linked writes claims as linked data that other people's programs
// read. Call [ClaimReviews] for what the desk has rated (schema.org),
// [Provenance] for who had it from whom, as a whole chain (W3C PROV), and
// [Annotations] for the passages that were marked (W3C Web Annotation).
//
// All of it is made from the copy that may leave, see [exchange.Public], and the
// same case gives the same bytes. It refuses to rate what the desk has not: a
// claim that is possibly true, or that nobody can judge, has no review.
package linked

import (
	"bytes"
	"encoding/json"
	"net/url"

	"tamizdat/claim"
)

// Desk says who publishes.
type Desk struct {
	Name string     // of the newsroom
	URL  string     // of its site; can be empty
	Date claim.Date // of this publication
}

// encode writes indented JSON with its lines in the order of the types.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(v)
	return b.Bytes(), err
}

// urn names a thing of a case for everybody.
func urn(kind, id string) string { return "urn:tamizdat:" + kind + ":" + url.PathEscape(id) }

// place is where a document can be found, or its name.
func place(d *claim.Document) string {
	if d.Address != "" {
		return d.Address
	}
	return urn(claim.KindDocument, d.ID)
}
