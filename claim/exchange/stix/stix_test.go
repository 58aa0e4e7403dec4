// SPDX-License-Identifier: Apache-2.0

package stix

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

func options() Options {
	return Options{Desk: "Demo Desk", Date: claim.DateOn(20000), TLP: "amber"}
}

// published compiles the schemas of OASIS; see testdata/README.md.
func published(t testing.TB) func(name string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	ids := map[string]string{}
	root := os.DirFS("testdata/schemas")
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(path.Base(p), ".json")
		if name == "bundle" {
			delete(doc.(map[string]any)["properties"].(map[string]any)["objects"].(map[string]any), "items")
		}
		ids[name] = doc.(map[string]any)["$id"].(string)
		return compiler.AddResource(ids[name], doc)
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(name string) *jsonschema.Schema {
		s, err := compiler.Compile(ids[name])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return s
	}
}

// validate holds a bundle against the schema of bundles, and each object against
// the schema of its type, and looks whether references lead somewhere. That is
// how OASIS's own validator does it: what the schema of bundles says of their
// objects no note can meet, because it matches two alternatives of which it has
// to match one.
func validate(t testing.TB, b []byte) map[string]int {
	t.Helper()
	schema := published(t)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema("bundle").Validate(doc); err != nil {
		t.Error(err)
	}
	var bundle struct{ Objects []object }
	if err := json.Unmarshal(b, &bundle); err != nil {
		t.Fatal(err)
	}
	ids, count := map[string]bool{}, map[string]int{}
	for i, o := range doc.(map[string]any)["objects"].([]any) {
		kind := bundle.Objects[i].Type
		if err := schema(kind).Validate(o); err != nil {
			t.Errorf("%s: %v", bundle.Objects[i].ID, err)
		}
		if ids[bundle.Objects[i].ID] {
			t.Errorf("%s stands there twice", bundle.Objects[i].ID)
		}
		ids[bundle.Objects[i].ID] = true
		count[kind]++
	}
	for _, o := range bundle.Objects {
		e := o.Extensions[ExtensionID]
		refs := append(append([]string{o.CreatedBy, o.Source, o.Target, e.VariantOf, e.Document, e.AttributedTo}, o.Objects...), o.Markings...)
		for _, ref := range refs {
			if ref != "" && !ids[ref] {
				t.Errorf("%s leads to %s, which is not in the bundle", o.ID, ref)
			}
		}
	}
	return count
}

// TestTheFoundingCaseIsValid, and the same bytes each time.
func TestTheFoundingCaseIsValid(t *testing.T) {
	c := study.Case()
	b, err := Bundle(c, options())
	if err != nil {
		t.Fatal(err)
	}
	says, repeats := 0, 0
	for _, u := range c.Utterances {
		says += len(u.Claims)
		repeats += len(u.Relays)
	}
	want := map[string]int{
		"marking-definition": 1, "extension-definition": 1, "identity": 1 + len(c.Parties), "note": len(c.Claims) + 2, "report": len(c.Documents) - 2,
		"relationship": says + repeats,
	}
	if diff := cmp.Diff(want, validate(t, b)); diff != "" {
		t.Error(diff)
	}
	again, _ := Bundle(c, options())
	if !bytes.Equal(b, again) {
		t.Error("the same case gave other bytes")
	}
}

// TestEveryKindIsValid with all fields filled. All of it is invented.
func TestEveryKindIsValid(t *testing.T) {
	c := invented()
	b, err := Bundle(c, options())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"marking-definition": 1, "extension-definition": 1, "identity": 9, "note": 4, "report": 1, "relationship": 4, "opinion": 5}
	if diff := cmp.Diff(want, validate(t, b)); diff != "" {
		t.Error(diff)
	}
	for _, never := range []string{"Kestrel", "secret", "lt1"} {
		if strings.Contains(string(b), never) {
			t.Errorf("%q leaves: %s", never, b)
		}
	}
}

func invented() claim.Case {
	day := claim.DateOn(20001)
	c := claim.Case{
		Sources: []claim.Source{{ID: "source one", Pseudonym: "Kestrel", Party: "p0"}},
		Letters: []claim.Letter{{ID: "lt1", Document: "d1"}},
		Documents: []claim.Document{
			{ID: "d1", Kind: "letter", Publisher: "p0", Published: day},
			{ID: "d2", Kind: "article", Title: "Tides", Publisher: "p1", Published: day, Address: "https://courier.example/a b?c", SHA256: strings.Repeat("AB", 32), Language: "uk"},
		},
		Claims: []claim.Claim{
			{ID: "c1", Kind: "state", Text: "The tide is late.", Credibility: 2, Status: "confirmed", Time: day},
			{ID: "c2", Kind: "state", Text: "The tide is very late.", Credibility: 6, VariantOf: "c1", Mutation: "modality"},
			{ID: "c3", Kind: "state", Text: "The clock is slow."},
			{ID: "c4", Kind: "state", Text: "secret", Exposure: "<=10"},
		},
		Utterances: []claim.Utterance{
			{ID: "u1", Speaker: "p0", Doc: "d1", Claims: []string{"c1", "c4"}, Basis: "witnessed", At: day},
			{ID: "u2", Speaker: "p1", Doc: "d2", Claims: []string{"c1", "c2"}, Relays: []string{"u1"}, Mode: "predicts", AttributedTo: "p2", Fidelity: "distorted", Quote: "late", UpstreamUnknown: true},
		},
		Evidence: []claim.Evidence{
			{ID: "e1", Claim: "c1", Item: "u2", Direction: "--"},
			{ID: "e2", Claim: "c1", Item: "d2", Direction: "-"},
			{ID: "e3", Claim: "c1", Item: "c2", Direction: "0"},
			{ID: "e4", Claim: "c1", Item: "u2", Direction: "+"},
			{ID: "e5", Claim: "c1", Item: "u2", Direction: "++"},
			{ID: "e6", Claim: "c4", Item: "u2", Direction: "++"},
		},
	}
	for i, kind := range []string{"unnamed_official", "outlet", "government", "person", "unnamed_group", "collective", "newsroom", "organisation"} {
		c.Parties = append(c.Parties, claim.Party{ID: "p" + string(rune('0'+i)), Kind: kind, Label: "Invented " + kind, Reliability: "B"})
	}
	return c
}

// TestUnknownIsAbsent: no default becomes a judgement.
func TestUnknownIsAbsent(t *testing.T) {
	for credibility, want := range map[int]int{0: -1, 1: 90, 2: 70, 3: 50, 4: 30, 5: 10, 6: -1, 7: -1, -1: -1} {
		got := -1
		if n := Confidence(credibility); n != nil {
			got = *n
		}
		if got != want {
			t.Errorf("credibility %d became %d, want %d", credibility, got, want)
		}
	}
	b, _ := Bundle(study.Case(), options())
	if strings.Contains(string(b), `"confidence"`) || strings.Contains(string(b), "information_credibility") {
		t.Error("the founding case rates nothing, and its export does")
	}
}

// TestBadOptions are refused with what to do.
func TestBadOptions(t *testing.T) {
	for _, o := range []Options{{Desk: "x", Date: claim.DateOn(1)}, {Date: claim.DateOn(1), TLP: "red"}, {Desk: "x", TLP: "red"}} {
		if _, err := Bundle(claim.Case{}, o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	for _, colour := range []string{"white", "green", "amber", "red"} {
		o := options()
		o.TLP = colour
		b, err := Bundle(claim.Case{}, o)
		if err != nil {
			t.Fatal(err)
		}
		validate(t, b)
	}
}

// TestTheSchemasRefuse: a validation that passes everything would prove nothing.
func TestTheSchemasRefuse(t *testing.T) {
	b, _ := Bundle(invented(), options())
	schema := published(t)
	for _, broken := range [][2]string{
		{`"confidence": 70`, `"confidence": 700`},
		{`"opinion": "agree"`, `"opinion": "perhaps"`},
		{"T00:00:00.000Z", "T00:00:00"},
		{`"source_ref": "identity--`, `"source_ref": "relationship--`},
	} {
		text := strings.ReplaceAll(string(b), broken[0], broken[1])
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil || text == string(b) {
			t.Fatal(err, broken)
		}
		bad := false
		for _, o := range doc.(map[string]any)["objects"].([]any) {
			bad = bad || schema(o.(map[string]any)["type"].(string)).Validate(o) != nil
		}
		if !bad {
			t.Errorf("%s passes", broken[1])
		}
	}
}
