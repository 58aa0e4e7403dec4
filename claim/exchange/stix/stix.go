// SPDX-License-Identifier: Apache-2.0

// Package stix writes a case as a STIX 2.1 bundle (OASIS Standard, 10 June 2021),
// which platforms for threat intelligence read. Call [Bundle].
//
// STIX has no claim and no speaker. Parties become identities, documents become
// reports, or notes where their day is not known; claims become notes, evidence
// becomes opinions, and each act of saying a relationship between a speaker and
// a claim, or between a speaker and whom they repeat. What STIX has no place for
// stands in one extension, [ExtensionID].
//
// The bundle is made from the copy that may leave, see [exchange.Public]. Ids are
// UUIDs of version 5 over the ids of the case, and times are the day of the
// export, so that the same case gives the same bytes. A claim that nobody has
// judged, or nobody can, has no confidence, and never one in the middle.
package stix

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"tamizdat/claim"
	"tamizdat/claim/exchange"
)

// Options say who exports, when, and how far the bundle may travel.
type Options struct {
	Desk   string     // name of the newsroom
	Date   claim.Date // one certain day
	TLP    string     // white, green, amber or red
	Waived []string   // see [exchange.Public]
}

// Bundle gives the case as indented JSON.
func Bundle(c claim.Case, o Options) ([]byte, error) {
	w, err := newWriter(o)
	if err != nil {
		return nil, err
	}
	c = exchange.Public(c, o.Waived...)
	w.x = claim.NewIndex(&c)
	for _, p := range c.Parties {
		w.add(w.identity(p))
	}
	for i := range c.Claims {
		w.add(w.claim(&c.Claims[i]))
	}
	for i := range c.Documents {
		w.add(w.document(&c.Documents[i]))
	}
	for i := range c.Utterances {
		w.utterance(&c.Utterances[i])
	}
	for _, e := range c.Evidence {
		w.evidence(e)
	}
	return w.encode()
}

// writer makes one bundle.
type writer struct {
	x       *claim.Index
	desk    string // id of the newsroom's identity
	marking string
	time    string
	objects []object
	seen    map[string]bool
}

func newWriter(o Options) (*writer, error) {
	marking, ok := tlp(o.TLP)
	switch {
	case !ok:
		return nil, fmt.Errorf("%q is no marking: choose white, green, amber or red", o.TLP)
	case o.Desk == "":
		return nil, errors.New("a bundle names who made it: give the name of the newsroom")
	case !o.Date.Exact():
		return nil, fmt.Errorf("a bundle has one day: %q is none", o.Date)
	}
	w := &writer{desk: id("identity", "desk", o.Desk), marking: marking.ID, time: midnight(o.Date), seen: map[string]bool{}}
	w.objects = append(w.objects, marking)
	w.add(object{Type: "identity", ID: w.desk, Name: o.Desk, IdentityClass: "organization"}, extensionDefinition())
	return w, nil
}

// midnight gives a day as STIX writes times.
func midnight(d claim.Date) string {
	early, _ := d.Bounds()
	return early.String() + "T00:00:00.000Z"
}

// add gives objects what all have, and leaves out the second of two.
func (w *writer) add(list ...object) {
	for _, o := range list {
		if w.seen[o.ID] {
			continue
		}
		w.seen[o.ID] = true
		o.SpecVersion, o.Created, o.Modified = "2.1", w.time, w.time
		o.Markings = []string{w.marking}
		o.CreatedBy = w.desk
		w.objects = append(w.objects, o)
	}
}

func (w *writer) encode() ([]byte, error) {
	var ids bytes.Buffer
	for _, o := range w.objects {
		ids.WriteString(o.ID)
	}
	bundle := struct {
		Type    string   `json:"type"`
		ID      string   `json:"id"`
		Objects []object `json:"objects"`
	}{"bundle", id("bundle", w.time, ids.String()), w.objects}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(bundle)
	return b.Bytes(), err
}

// Confidence gives the number by which STIX tells a credibility (STIX 2.1,
// appendix A), and nil for 6 and for what nobody has judged.
func Confidence(credibility int) *int {
	numbers := [...]int{90, 70, 50, 30, 10}
	if credibility < 1 || credibility > len(numbers) {
		return nil
	}
	return &numbers[credibility-1]
}
