// SPDX-License-Identifier: Apache-2.0

package ftm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

// schema is one of the published schemata; see testdata/README.md.
type schema struct {
	Abstract   bool
	Extends    []string
	Required   []string
	Edge       *struct{ Source, Target string }
	Properties map[string]struct {
		Type, Range string
		Deprecated  bool
	}
}

type model map[string]schema

func published(t testing.TB) model {
	t.Helper()
	b, err := os.ReadFile("testdata/schemata.json")
	if err != nil {
		t.Fatal(err)
	}
	var m model
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// line lists a schema and all that it extends.
func (m model) line(name string) []string {
	out := []string{name}
	for _, up := range m[name].Extends {
		out = append(out, m.line(up)...)
	}
	return out
}

// complaints holds entities against the schemata: that those exist and can have
// entities, that each property exists for its schema, that values have its type
// and references its range, and that nothing required is missing.
func (m model) complaints(list []Entity) []string {
	var out []string
	byID := map[string]string{}
	for _, e := range list {
		if byID[e.ID] != "" {
			out = append(out, e.ID+" stands there twice")
		}
		byID[e.ID] = e.Schema
	}
	for _, e := range list {
		s, ok := m[e.Schema]
		if !ok || s.Abstract {
			out = append(out, e.ID+": no entity can be a "+e.Schema)
		}
		for _, up := range m.line(e.Schema) {
			for _, p := range m[up].Required {
				if len(e.Properties[p]) == 0 {
					out = append(out, e.ID+": lacks "+p)
				}
			}
		}
		for p, values := range e.Properties {
			for _, v := range values {
				if why := m.value(e.Schema, p, v, byID); why != "" {
					out = append(out, fmt.Sprintf("%s: %s %q %s", e.ID, p, v, why))
				}
			}
		}
		if s.Edge != nil && (len(e.Properties[s.Edge.Source]) != 1 || len(e.Properties[s.Edge.Target]) != 1) {
			out = append(out, e.ID+": an edge has two ends")
		}
	}
	slices.Sort(out)
	return out
}

func (m model) value(schema, property, v string, byID map[string]string) string {
	for _, up := range m.line(schema) {
		p, ok := m[up].Properties[property]
		if !ok {
			continue
		}
		switch {
		case v == "" || p.Deprecated:
			return "is empty or deprecated"
		case p.Type == "entity" && !slices.Contains(m.line(byID[v]), p.Range):
			return "is no " + p.Range
		case p.Type == "date" && !regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`).MatchString(v):
			return "is no date"
		case p.Type == "language" && !regexp.MustCompile(`^[a-z]{3}$`).MatchString(v):
			return "is no language"
		}
		if u, err := url.Parse(v); p.Type == "url" && (err != nil || u.Host == "") {
			return "is no address"
		}
		return ""
	}
	return "is no property of " + schema
}

func parse(t testing.TB, b []byte) []Entity {
	t.Helper()
	var list []Entity
	for line := range bytes.Lines(b) {
		var e Entity
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// TestTheFoundingCaseIsValid, whole, and the same bytes each time.
func TestTheFoundingCaseIsValid(t *testing.T) {
	c := study.Case()
	b, err := Entities(c)
	if err != nil {
		t.Fatal(err)
	}
	list := parse(t, b)
	for _, complaint := range published(t).complaints(list) {
		t.Error(complaint)
	}
	count := map[string]int{}
	for _, e := range list {
		count[e.Schema]++
	}
	relays := 0
	for _, u := range c.Utterances {
		relays += len(u.Relays)
	}
	want := map[string]int{
		"Person": 7, "Organization": 4, "PublicBody": 2, "LegalEntity": 1, "Article": 6, "Document": 2, "PlainText": 1, "Event": 2,
		"Note": len(c.Utterances), "UnknownLink": relays,
	}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Error(diff)
	}
	if again, _ := Entities(c); !bytes.Equal(again, b) {
		t.Error("the same case gave other bytes")
	}
}

// TestSourcesStayBehind, with the days and the words of their letters.
func TestSourcesStayBehind(t *testing.T) {
	day, _ := claim.ParseDate("2031-05-14")
	c := claim.Case{
		Sources:   []claim.Source{{ID: "source one", Pseudonym: "Kestrel", Party: "p1"}},
		Letters:   []claim.Letter{{ID: "letter one", Document: "d1"}},
		Parties:   []claim.Party{{ID: "p1", Kind: "person", Label: "Kestrel", MemberOf: "p2"}, {ID: "p2", Kind: "government", Label: "Office", PossiblySameAs: []string{"p3"}}, {ID: "p3", Kind: "outlet", Label: "Gazette", MemberOf: "p2", PossiblySameAs: []string{"p2"}}},
		Documents: []claim.Document{{ID: "d1", Kind: "letter", Title: "Dear all", Publisher: "p1", Published: day, Language: "uk"}, {ID: "d2", Kind: "post", Address: "onion", Language: "tlh-x"}},
		Claims:    []claim.Claim{{ID: "c1", Kind: "event", Text: "It sank.", Place: "Harbour", Time: day}, {ID: "c2", Kind: "event", Text: "secret", Exposure: "<=10"}},
		Utterances: []claim.Utterance{
			{ID: "u1", Speaker: "p1", Doc: "d1", Claims: []string{"c1", "c2"}, At: day},
			{ID: "u2", Speaker: "p3", Doc: "d2", Claims: []string{"c1"}, Relays: []string{"u1"}, Mode: "denies"},
		},
	}
	b, err := Entities(c)
	if err != nil {
		t.Fatal(err)
	}
	list := parse(t, b)
	for _, complaint := range published(t).complaints(list) {
		t.Error(complaint)
	}
	for _, never := range []string{"Kestrel", "Dear all", "secret", "source one", "letter one", "onion", "Message"} {
		if strings.Contains(string(b), never) {
			t.Errorf("%q leaves: %s", never, b)
		}
	}
	links := 0
	for _, e := range list {
		if e.Schema == "UnknownLink" {
			links++
		}
	}
	if links != 3 {
		t.Errorf("%d links, want repeats, belongs to, may be the same: %s", links, b)
	}
}

// TestTheSchemataRefuse: a check that passes everything would prove nothing.
func TestTheSchemataRefuse(t *testing.T) {
	m := published(t)
	for _, bad := range []Entity{
		{"a", "Thing", map[string][]string{"name": {"x"}}},
		{"a", "Claim", nil},
		{"a", "Person", nil},
		{"a", "Person", map[string][]string{"name": {"x"}, "colour": {"red"}}},
		{"a", "Person", map[string][]string{"name": {"x"}, "birthDate": {"in spring"}}},
		{"a", "Article", map[string][]string{"name": {"x"}, "fileName": {"x"}, "language": {"English"}}},
		{"a", "UnknownLink", map[string][]string{"subject": {"a"}, "object": {"b"}}},
		{"a", "Message", map[string][]string{"name": {"x"}, "fileName": {"x"}, "bodyText": {"x"}}},
	} {
		if len(m.complaints([]Entity{bad})) == 0 {
			t.Errorf("%+v passes", bad)
		}
	}
}
