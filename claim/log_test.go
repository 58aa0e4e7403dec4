// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func logOf(t testing.TB, events []Event) []byte {
	t.Helper()
	var out []byte
	for _, e := range events {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(out, line...), '\n')
	}
	return out
}

// TestLogGrows: what was there keeps its bytes, and a refused change leaves none.
func TestLogGrows(t *testing.T) {
	before := logOf(t, eventsOf(t, Case{Case: "invented", Claims: []Claim{{ID: "c1", Text: "It was.", Kind: "event", DeskObservation: true}}}))
	if !IsLog(before) || IsLog([]byte(`{"case": "invented"}`)) {
		t.Error("a log is not told from a case")
	}
	l, err := ParseLog(before)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Add("boris", moment(1), []Change{set(KindClaim, "c2", "text", `"x"`)}); err == nil {
		t.Error("a change of what is not there was taken")
	}
	if !bytes.Equal(l.Bytes(), before) {
		t.Error("a refused change left something")
	}
	if err := l.Add("boris", moment(1), []Change{set(KindClaim, "c1", "text", `"It is."`)}); err != nil {
		t.Fatal(err)
	}
	again, err := ParseLog(l.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(l.Bytes(), before) || again.Case.Claims[0].Text != "It is." || len(again.Events) != len(l.Events) {
		t.Errorf("read again: %+v", again.Case)
	}
}

// TestLogNamesTheLine that is not whole, or was changed.
func TestLogNamesTheLine(t *testing.T) {
	whole := string(logOf(t, eventsOf(t, Case{Case: "invented", Note: "one", Claims: []Claim{{ID: "c1", Text: "It was.", Kind: "event"}}})))
	for want, log := range map[string]string{
		"line 2: the last line has no end": strings.TrimSuffix(whole, "\n"),
		"line 2: event 2 of anna does not": strings.Replace(whole, "one", "two", 1),
		"line 1: not an event":             "{}\n" + whole,
	} {
		if _, err := ParseLog([]byte(log)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func FuzzParseLog(f *testing.F) {
	f.Add(logOf(f, eventsOf(f, Case{Case: "invented", Claims: []Claim{{ID: "c1", Text: "It was.", Kind: "event"}}})))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := ParseLog(b)
		if err == nil && !bytes.Equal(l.Bytes(), b) {
			t.Fatal("what was read is not what is kept")
		}
	})
}
