// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// secretsOfAllKinds pairs every type that holds a secret with bytes that must
// never be printed.
func secretsOfAllKinds(t *testing.T) map[string]struct {
	value  any
	secret []byte
} {
	t.Helper()
	words := NewWords()
	source, err := words.Source()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := NewJournalistKeys("Anna")
	if err != nil {
		t.Fatal(err)
	}
	period, seed := NewPeriodKeys(3), NewDeskSeed()
	sealer, err := NewParcel([]FileInfo{{Name: "a", Length: 1}})
	if err != nil {
		t.Fatal(err)
	}
	parcel := &Parcel{key: sealer.key, chunks: 1}
	in := source.identity.intake
	text := "сорок восемь насосов"
	return map[string]struct {
		value  any
		secret []byte
	}{
		"Words":          {words, words.entropy[:]},
		"Source":         {source, in.dh.raw[:]},
		"JournalistKeys": {keys, keys.signing.key.Seed()},
		"PeriodKeys":     {period, period.intake.dh.raw[:]},
		"DeskSeed":       {seed, seed.seed[:]},
		"ParcelSealer":   {sealer, sealer.key[:]},
		"Parcel":         {parcel, parcel.key[:]},
		"fetchSecret":    {source.identity.fetch, source.identity.fetch.scalar.Bytes()},
		"dhSecret":       {in.dh, in.dh.raw[:]},
		"pqSecret":       {in.pq, in.pq.key.Bytes()},
		"pkeSecret":      {in.pke, in.pke.seed()},
		"intake":         {in, in.dh.raw[:]},
		"identity":       {source.identity, in.dh.raw[:]},
		"signingKey":     {keys.editor, keys.editor.key.Seed()},
		"chunkCipher":    {newChunkCipher(sealer.key), sealer.key[:]},
		"Letter":         {NewLetter(text, parcel), []byte(text)},
		"Note":           {NewNote(text), []byte(text)},
		"Reply":          {&Reply{Text: text}, []byte(text)},
		"ReceivedReply":  {&ReceivedReply{Reply: Reply{Text: text}}, []byte(text)},
		"Opened":         {&Opened{Letter: NewLetter(text, parcel)}, []byte(text)},
	}
}

// looksLike finds a secret in the forms in which programs print bytes.
func looksLike(printed string, secret []byte) bool {
	head := secret[:min(len(secret), 8)]
	list := strings.Trim(fmt.Sprint(head), "[]")
	for _, form := range []string{string(secret), hex.EncodeToString(head), fmt.Sprintf("%X", head), list, strings.ReplaceAll(list, " ", ", "), strings.ReplaceAll(list, " ", ",")} {
		if strings.Contains(printed, form) {
			return true
		}
	}
	return false
}

func TestSecretsDoNotPrint(t *testing.T) {
	for name, s := range secretsOfAllKinds(t) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d"} {
			printed := fmt.Sprintf(verb, s.value)
			if looksLike(printed, s.secret) || printed != redactedText {
				t.Errorf("%s with %s prints %.60s", name, verb, printed)
			}
		}
		for where, printed := range map[string]string{
			"fmt.Sprint": fmt.Sprint(s.value), "an error": fmt.Errorf("lost %v", s.value).Error(),
			"inside a slice": fmt.Sprintf("%+v", []any{s.value}), "inside a map": fmt.Sprintf("%#v", map[string]any{"k": s.value}),
		} {
			if looksLike(printed, s.secret) || !strings.Contains(printed, redactedText) {
				t.Errorf("%s in %s prints %.80s", name, where, printed)
			}
		}
	}
}

// fmt cannot call methods of what stands in unexported fields; there the secret
// must lie behind a pointer.
func TestSecretsInUnexportedFieldsDoNotPrint(t *testing.T) {
	all := secretsOfAllKinds(t)
	words := all["Words"].value.(*Words)
	keys := all["JournalistKeys"].value.(*JournalistKeys)
	seed := all["DeskSeed"].value.(*DeskSeed)
	period := all["PeriodKeys"].value.(*PeriodKeys)
	source := all["Source"].value.(*Source)
	sealer := all["ParcelSealer"].value.(*ParcelSealer)
	for name, c := range map[string]struct{ byValue, byPointer any }{
		"Words":          {struct{ x Words }{*words}, struct{ x *Words }{words}},
		"JournalistKeys": {struct{ x JournalistKeys }{*keys}, struct{ x *JournalistKeys }{keys}},
		"DeskSeed":       {struct{ x DeskSeed }{*seed}, struct{ x *DeskSeed }{seed}},
		"PeriodKeys":     {struct{ x PeriodKeys }{*period}, struct{ x *PeriodKeys }{period}},
		"Source":         {struct{ x Source }{*source}, struct{ x *Source }{source}},
		"ParcelSealer":   {struct{ x ParcelSealer }{*sealer}, struct{ x *ParcelSealer }{sealer}},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%x"} {
			for _, v := range []any{c.byValue, c.byPointer} {
				if printed := fmt.Sprintf(verb, v); looksLike(printed, all[name].secret) {
					t.Errorf("%s with %s prints %.80s", name, verb, printed)
				}
			}
		}
	}
}

func TestSecretsDoNotLog(t *testing.T) {
	for name, s := range secretsOfAllKinds(t) {
		var text, js bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("found", "secret", s.value)
		if looksLike(text.String(), s.secret) || !strings.Contains(text.String(), redactedText) {
			t.Errorf("%s is logged as %.120s", name, text.String())
		}
		slog.New(slog.NewJSONHandler(&js, nil)).Info("found", "secret", s.value)
		if isMessage(s.value) {
			continue // fields of a message are for use, in JSON too: TestMessagesInJSON
		}
		if looksLike(js.String(), s.secret) || !strings.Contains(js.String(), redactedText) {
			t.Errorf("%s is logged as %.120s", name, js.String())
		}
	}
}

func isMessage(v any) bool {
	switch v.(type) {
	case *Letter, *Note, *Reply, *ReceivedReply, *Opened, *Parcel:
		return true
	}
	return false
}

// JSON of a message holds its text, which programs may store; never a key.
func TestMessagesInJSON(t *testing.T) {
	all := secretsOfAllKinds(t)
	for name, s := range all {
		if !isMessage(s.value) {
			continue
		}
		b, err := json.Marshal(s.value)
		if err != nil || looksLike(string(b), all["Parcel"].secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
