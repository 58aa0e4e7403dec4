// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

// FuzzRecord: whatever lies in a journal, folding it ends in a state or an
// error. (The vault vouches for the bytes; an older program may have written
// them.)
func FuzzRecord(f *testing.F) {
	add := func(p ...payload) {
		b, err := encodeRecord(testStart, p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	add(&created{Name: "Anna"})
	add(&created{Name: "Anna"}, &numberingBegun{Incarnation: 2}, &alarmRaised{Row: "M-7", Words: "x", Subject: "y"})
	add(&periodMade{Period: 7, Bundle: []byte("b")}, &periodPosted{Period: 7}, &periodDestroyed{Period: 7})
	add(&letterKept{Text: "t"}, &letterRead{}, &replyWritten{Number: 1}, &slotFilled{}, &slotClosed{})
	add(&created{Name: "Anna"}, &eventsKept{Events: [][]byte{{1}, {}}})
	f.Add([]byte("\x01[{}]"))
	f.Add([]byte("\x01[] x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := newState()
		start, err := encodeRecord(testStart, []payload{&created{Name: "Anna"}})
		if err == nil {
			err = s.fold(start)
		}
		if err != nil {
			t.Fatal(err)
		}
		events, err := decodeRecord(b)
		if err != nil {
			return
		}
		for _, e := range events {
			if err := s.apply(e); err != nil {
				return
			}
		}
	})
}

func TestLaterKindsAreNotForgotten(t *testing.T) {
	for _, b := range []string{
		"\x03[]", "\x01[{\"kind\":\"claim.made\",\"at\":1,\"data\":{}}]", "\x02\x0aclaim.made\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02{}",
	} {
		if err := newState().fold([]byte(b)); !errors.Is(err, errLater) {
			t.Errorf("%q: %v", b, err)
		}
	}
	for _, b := range []string{
		"", "\x01{}", "\x01[{\"kind\":\"desk.created\",\"at\":1,\"data\":{\"name\":\"A\",\"x\":1}}]", "\x01[] ]",
		"\x01[{\"kind\":\"letter.read\",\"at\":1,\"data\":{\"id\":\"00000000000000000000000000000000\"}}]",
		"\x02\x0cdesk.created\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x12{\"name\":\"A\",\"x\":1}",
		"\x02\x0cdesk.created\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0e{\"name\":\"A\"} ]",
	} {
		if err := newState().fold([]byte(b)); err == nil || errors.Is(err, errLater) {
			t.Errorf("%q: %v", b, err)
		}
	}
}

// TestRecordForms reads one record in the form of today and in that of the first
// version, and today's cut short at each byte.
func TestRecordForms(t *testing.T) {
	want := []payload{
		&created{Name: "Анна <a&b>"}, &eventsKept{Events: [][]byte{[]byte("one"), {}, bytes.Repeat([]byte{0xff}, 300)}},
		&slotAnswered{Sealing: -1, Slot: 3, Taken: true},
	}
	record, err := encodeRecord(testStart, want)
	if err != nil {
		t.Fatal(err)
	}
	first, err := json.Marshal([]map[string]any{
		{"kind": want[0].kind(), "at": int64(testStart), "data": want[0]},
		{"kind": want[1].kind(), "at": int64(testStart), "data": want[1]},
		{"kind": want[2].kind(), "at": int64(testStart), "data": want[2]},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{record, append([]byte{recordFirst}, first...)} {
		events, err := decodeRecord(b)
		if err != nil || len(events) != len(want) {
			t.Fatalf("%d events, %v", len(events), err)
		}
		for i, e := range events {
			if e.At != testStart || e.Kind != want[i].kind() || !reflect.DeepEqual(e.Data, want[i]) {
				t.Errorf("event %d: %+v", i, e)
			}
		}
	}
	whole := map[int]bool{}
	for i := range want {
		b, err := encodeRecord(testStart, want[:i])
		if err != nil {
			t.Fatal(err)
		}
		whole[len(b)] = true
	}
	for n := range record {
		if _, err := decodeRecord(record[:n]); (err == nil) != whole[n] {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
}
