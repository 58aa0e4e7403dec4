// SPDX-License-Identifier: Apache-2.0

package press

import (
	"errors"
	"strings"
	"testing"

	"tamizdat/press/internal/vectors"
)

func editionVectors(t *testing.T) vectors.File {
	f := vectors.File{About: "Editions (spec/record.md §3). Bad ones must be refused by the parser; the classes gate-* parse and must be stopped by the gate."}
	e := string(freeze(t, testDraft()).Bytes())
	f.AddGood("a letter and its translation", []byte(e))
	withheld := testDraft()
	withheld.Texts = withheld.Texts[1:]
	withheld.Texts[0].From = ""
	f.AddGood("the original withheld", freeze(t, withheld).Bytes())
	later := testDraft()
	later.Kind, later.Texts = KindTranslation, later.Texts[1:]
	f.AddGood("a translation of its own", freeze(t, later).Bytes())
	bare := testDraft()
	bare.Credits, bare.Statements = nil, nil
	f.AddGood("empty lists", freeze(t, bare).Bytes())
	assessed := testDraft()
	assessed.Statements = append(assessed.Statements, Statement{StatusAssessed, "en", "They took everything away. Possibly true (3 of 6): 1 origin behind 1 document."})
	f.AddGood("a statement of how sure the newsroom is", freeze(t, assessed).Bytes())
	for _, c := range [][4]string{
		{"unknown-field", "a sender", "\n \"kind\"", "\n \"sender\": \"x\",\n \"kind\""},
		{"unknown-field", "a time of reception", "\n \"kind\"", "\n \"received\": \"2026-11-20\",\n \"kind\""},
		{"missing-field", "no revision", "\n \"revision\": 1,", ""},
		{"doubled-field", "number twice", "\n \"number\": 1,", "\n \"number\": 1,\n \"number\": 1,"},
		{"reordered", "revision before number", "\n \"number\": 1,\n \"revision\": 1,", "\n \"revision\": 1,\n \"number\": 1,"},
		{"spelling", "a space more", "\"number\": 1", "\"number\":  1"},
		{"spelling", "a number as 1.0", "\"number\": 1", "\"number\": 1.0"},
		{"spelling", "an escape more", "Letters by", "\\u004cetters by"},
		{"spelling", "field in capitals", "\"number\"", "\"Number\""},
		{"type", "a number as a string", "\"number\": 1", "\"number\": \"1\""},
		{"type", "a null list", "\"credits\": [\n  {\n   \"role\": \"translator\",\n   \"name\": \"a volunteer\"\n  }\n ]", "\"credits\": null"},
		{"bounds", "number zero", "\"number\": 1", "\"number\": 0"},
		{"bounds", "a slug that climbs", "\"series\": \"lamp\"", "\"series\": \"../lamp\""},
		{"value", "a day that does not exist", "2026-11-23", "2026-11-31"},
		{"value", "an author credited", "\"translator\"", "\"author\""},
		{"value", "another format", "edition/v1", "edition/v2"},
		{"value", "a status that there is not", "\"claimed\"", "\"rumoured\""},
		{"lineage", "a stale translation", "увезли ночью", "увезли утром"},
		{"text", "a no-break space", "Letters by lamplight", "Letters by\u00a0lamplight"},
		{"text", "a decomposed letter", "Letters by", "Lette\u0301rs by"},
		{"text", "a carriage return", "lamplight.\\nThey", "lamplight.\\r\\nThey"},
		{"text", "a trailing space", "Letters by lamplight", "Letters by lamplight "},
		{"text", "three line feeds", "\\n\\nThe", "\\n\\n\\nThe"},
		{"gate-zero-width", "a zero-width space", "Letters", "Let\u200bters"},
		{"gate-bidi", "an override", "Letters", "Let\u202eters"},
		{"gate-soft-hyphen", "a soft hyphen", "Letters", "Let\u00adters"},
		{"gate-variation", "a variation selector", "Letters", "Let\ufe0eters"},
		{"gate-tag", "a tag character", "Letters", "Let\U000e0061ters"},
		{"gate-joiner", "ZWNJ outside Arabic script", "Letters", "Let\u200cters"},
	} {
		changed := strings.Replace(e, c[2], c[3], 1)
		if changed == e {
			t.Fatalf("%s changes nothing", c[1])
		}
		f.Add(c[0], c[1], []byte(changed))
	}
	f.Add("length", "cut short", []byte(e[:len(e)-1]))
	f.Add("length", "a byte too many", []byte(e+"\n"))
	f.Add("encoding", "not UTF-8", []byte(strings.Replace(e, "Letters", "Let\xffters", 1)))
	return f
}

func TestEditionVectors(t *testing.T) {
	vectors.Check(t, "../spec/vectors/record/edition.json", editionVectors(t), func(b []byte) error {
		e, err := ParseEdition(b)
		if err == nil && Stops(Gate(e)) {
			err = errors.New("stopped by the gate")
		}
		return err
	})
}

func TestSignOffVectors(t *testing.T) {
	e := freeze(t, testDraft())
	ed := editors(t, "anna", "boris", "vera")
	f := vectors.File{
		About: "Edition files: edition and sign-off (spec/record.md §4), threshold 2. An editor's seed is the SHA-256 of the name.",
		Context: map[string]string{
			"anna": ed[0].String(), "boris": ed[1].String(), "vera": ed[2].String(),
		},
	}
	two := string(FormatFile(e, signed(t, e, "anna", "boris")))
	f.AddGood("two of three", []byte(two))
	f.AddGood("three of three", FormatFile(e, signed(t, e, "anna", "boris", "vera")))
	f.Add("threshold", "one signature", FormatFile(e, signed(t, e, "anna")))
	f.Add("stranger", "a third signature by nobody known", FormatFile(e, signed(t, e, "anna", "boris", "mallory")))
	other := testDraft()
	other.Number = 2
	o := freeze(t, other)
	f.Add("other-edition", "signatures over letter 2", FormatFile(e, signed(t, o, "anna", "boris")))
	lines := strings.SplitAfter(two, "\n")
	n := len(lines)
	f.Add("reordered", "signature lines exchanged", []byte(strings.Join(lines[:n-3], "")+lines[n-2]+lines[n-3]))
	f.Add("doubled", "a signature line twice", []byte(two+lines[n-2]))
	f.Add("extended", "a byte too many", []byte(two+"\n"))
	f.Add("cut", "the last line feed gone", []byte(two[:len(two)-1]))
	f.Add("cut", "no sign-off", e.Bytes())
	f.Add("altered", "a word of the letter", []byte(strings.Replace(two, "taken away", "taken Away", 1)))
	f.Add("altered", "the series in the signed text", []byte(strings.Replace(two, "\nletter lamp ", "\nletter lump ", 1)))
	f.Add("altered", "a signature", []byte(two[:len(two)-20]+"A"+two[len(two)-19:]))
	vectors.Check(t, "../spec/vectors/record/signoff.json", f, func(b []byte) error {
		e, s, err := ParseFile(b)
		if err == nil {
			_, err = s.Check(e, ed, 2)
		}
		return err
	})
}
