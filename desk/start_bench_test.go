// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"tamizdat/desk/vault"
	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// fullDesk is the folder of a desk with 10,000 events of the casebook and so many letters,
// by 500 sources, of about 300 words each.
func fullDesk(b *testing.B, letters int) *vault.Key {
	b.Helper()
	now := func() time.Time { return time.Unix(testStart+1000, 0) }
	o := Options{Now: now, Params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}, Connect: func(string) (drop.Drop, error) { panic("no drop") }}
	d, err := Create(filepath.Join(b.TempDir(), "desk"), "pass", "Anna", o)
	must(b, err)
	dropKey, _, err := ed25519.GenerateKey(rand.Reader)
	must(b, err)
	draft, err := d.Found(Founding{
		Name: "Free Voice", Addresses: []string{"http://127.0.0.1:1"}, Drop: wire.DropKey(dropKey), Incarnation: wire.Incarnation{1},
		Threshold: 1, Period: testPeriod, Schedule: testSchedule(),
	})
	must(b, err)
	must(b, d.Sign(draft))
	must(b, d.Join(b.Context(), draft))
	fillLetters(b, d, letters)
	for i := range 10_000 {
		thing := fmt.Sprintf("thread/%064x", i%500)
		fields := map[string]json.RawMessage{FieldState: json.RawMessage(`"in-work"`), FieldTags: json.RawMessage(`["a","b"]`)}
		must(b, d.tell(kindSet, &fieldsSet{Thing: thing, Fields: fields}))
	}
	key := d.Key()
	must(b, d.Close())
	return key
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func fillLetters(b *testing.B, d *Desk, letters int) {
	b.Helper()
	r := mathrand.New(mathrand.NewPCG(1, 2))
	words := inventedWords(r)
	var senders []wire.Pseudonym
	for i := 0; i < letters; {
		var batch []payload
		var objects []vault.Name
		for range maxBatch {
			if len(senders) < 500 {
				src, err := letter.NewWords().Source()
				must(b, err)
				t := src.Tuple()
				senders = append(senders, t.Pseudonym())
				batch = append(batch, &senderSeen{Tuple: t.Bytes()})
			}
			object, err := d.v.PutObject([]byte("an envelope, much shorter than real ones"))
			must(b, err)
			objects = append(objects, object)
			k := &letterKept{
				Sender: hash32(senders[i%len(senders)]), Text: inventedText(r, words), Page: uint64(i), PageSealed: testStart, Envelope: object,
			}
			rand.Read(k.ID[:])
			rand.Read(k.OwnID[:])
			batch = append(batch, k)
			i++
		}
		must(b, d.v.Keep(objects...))
		must(b, d.commit(batch...))
	}
}

// inventedWords are 45,000 words without a meaning, each with its endings.
func inventedWords(r *mathrand.Rand) [][]string {
	syllables := strings.Fields("ба ве ги до жу за ки ло мы не по ру си та уф хо ча шту при стра ней вол")
	endings := []string{"", "а", "у", "ом", "е", "ы", "ов", "ам", "ый", "ого"}
	out := make([][]string, 45_000)
	for i := range out {
		var stem strings.Builder
		for range 1 + i/12_000 + r.IntN(3) {
			stem.WriteString(syllables[r.IntN(len(syllables))])
		}
		for _, e := range endings {
			out[i] = append(out[i], stem.String()+"т"+e)
		}
	}
	return out
}

// inventedText has words as unequally common as they are in life (Zipf).
func inventedText(r *mathrand.Rand, words [][]string) string {
	var b strings.Builder
	for range 225 + r.IntN(150) {
		forms := words[int(math.Pow(float64(len(words)), r.Float64()))-1]
		b.WriteString(forms[int(float64(len(forms))*math.Pow(r.Float64(), 3))] + " ")
	}
	return b.String()
}

// BenchmarkStart10k opens a desk with 10,000 events, without letters and with as many, and
// lists threads and letters. Of its metrics argon2-ms is what the passphrase costs by
// itself, with the measured parameters, and start-ms all from the passphrase to the lists.
func BenchmarkStart10k(b *testing.B) {
	params := vault.MeasureParams(vault.Took)
	passphrase := vault.Took(params)
	for _, letters := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("letters=%d", letters), func(b *testing.B) {
			key := fullDesk(b, letters)
			for b.Loop() {
				d := openFull(b, key)
				if got := len(d.Letters()); got != letters || letters > 0 && len(d.Threads()) != 500 {
					b.Fatalf("%d letters", got)
				}
				must(b, d.Close())
			}
			each := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(passphrase.Milliseconds()), "argon2-ms")
			b.ReportMetric(float64((passphrase + each).Milliseconds()), "start-ms")
		})
	}
}

func openFull(b *testing.B, key *vault.Key) *Desk {
	b.Helper()
	d, err := OpenWith(key, Options{Now: func() time.Time { return time.Unix(testStart+2000, 0) }})
	must(b, err)
	return d
}

// BenchmarkMemory10k is what a desk with 10,000 events and 10,000 letters keeps of memory:
// open, and with the index of all words. live-MB is the heap after a collection; peak-MB
// is the greatest size of the whole process since the desk was opened, as Linux tells it.
func BenchmarkMemory10k(b *testing.B) {
	key := fullDesk(b, 10_000)
	for b.Loop() {
		before := heap()
		debug.FreeOSMemory()
		_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak begins anew
		d := openFull(b, key)
		open := heap() - before
		for range 2 {
			_, _, err := d.Search("приветом", 20)
			must(b, err)
		}
		b.ReportMetric(float64(open)/1e6, "open-MB")
		b.ReportMetric(float64(heap()-before)/1e6, "live-MB")
		b.ReportMetric(peak(), "peak-MB")
		must(b, d.Close())
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// peak is 0 where the system does not tell.
func peak() (megabytes float64) {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes float64
	fmt.Sscan(rest, &kilobytes)
	return kilobytes / 1000
}
