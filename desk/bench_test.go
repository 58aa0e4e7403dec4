// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"encoding/json"
	"fmt"
	"testing"

	"tamizdat/desk/casebook"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// foldRecords are 10,000 events by three journalists, who now and then hear of each
// other, as a desk's journal has them.
func foldRecords(b *testing.B) (nr wire.NewsroomKey, records [][]byte) {
	b.Helper()
	nr = wire.NewsroomKey{7}
	var keys []*letter.JournalistKeys
	var books []*casebook.Book
	for _, name := range testNames {
		k, err := letter.NewJournalistKeys(name)
		if err != nil {
			b.Fatal(err)
		}
		keys, books = append(keys, k), append(books, casebook.New(nr))
	}
	var heard [3]int
	var all []*casebook.Event
	for i := range 10_000 {
		who := i / 7 % 3
		for ; i%7 == 0 && heard[who] < len(all); heard[who]++ {
			if _, err := books[who].Add(all[heard[who]]); err != nil {
				b.Fatal(err)
			}
		}
		body := books[who].Next(casebook.Chain{Author: keys[who].ID(), Incarnation: 1})
		body.At, body.Kind = int64(testStart+i), kindSet
		var err error
		body.Payload, err = json.Marshal(fieldsSet{Thing: fmt.Sprintf("thread/%064x", i%500), Fields: map[string]json.RawMessage{FieldState: json.RawMessage(`"in-work"`), FieldTags: json.RawMessage(`["a","b"]`)}})
		if err != nil {
			b.Fatal(err)
		}
		e, err := casebook.Sign(keys[who], body)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := books[who].Add(e); err != nil {
			b.Fatal(err)
		}
		all = append(all, e)
		record, err := encodeRecord(int64(testStart+i), []payload{&eventsKept{Events: [][]byte{e.Bytes()}}})
		if err != nil {
			b.Fatal(err)
		}
		records = append(records, record)
	}
	return nr, records
}

// BenchmarkFold10k makes the state of 10,000 events of the casebook.
func BenchmarkFold10k(b *testing.B) {
	nr, records := foldRecords(b)
	b.ResetTimer()
	for b.Loop() {
		s := newState()
		s.name = "Anna"
		s.book, s.shared = casebook.New(nr), newShared()
		for _, r := range records {
			if err := s.fold(r); err != nil {
				b.Fatal(err)
			}
		}
		if s.book.Len() != len(records) {
			b.Fatalf("%s", s.book)
		}
	}
}
