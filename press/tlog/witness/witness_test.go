// SPDX-License-Identifier: Apache-2.0

package witness

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tamizdat/press"
	"tamizdat/press/tlog"
)

var testNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return testNow }

// badSigner signs whatever it is given: the press that witnesses are for.
type badSigner struct {
	key ed25519.PrivateKey
	pub tlog.LogKey
}

func newSigner(t testing.TB, origin string) badSigner {
	t.Helper()
	seed := sha256.Sum256([]byte(origin))
	key := ed25519.NewKeyFromSeed(seed[:])
	p, err := press.NewPublicKey(origin, press.KeyEd25519, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return badSigner{key, tlog.LogKey{PublicKey: p}}
}

func (s badSigner) SignTree(t tlog.Tree) ([]byte, error) {
	text := tlog.FormatTree(s.pub.Origin(), t)
	return tlog.FormatNote(text, s.pub, ed25519.Sign(s.key, []byte(text))), nil
}

func newLog(t testing.TB, s badSigner, words ...string) *tlog.Log {
	t.Helper()
	l, err := tlog.Open(t.TempDir(), s.pub)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // the folder goes with the test
	add(t, l, s, words...)
	return l
}

func add(t testing.TB, l *tlog.Log, s badSigner, words ...string) {
	t.Helper()
	for _, w := range words {
		e, err := tlog.NewLetter(tlog.TypeLetter, tlog.Letter{
			Series: "lamp", Number: int(l.Size()) + 1, Revision: 1, Langs: []string{"ru"}, Newsroom: "The Lamp",
			Edition: tlog.ContentHash(tlog.Salt{}, []byte(w)), SignOff: tlog.SignOffHash(nil), Published: "2026-11-23",
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Append(s, e); err != nil {
			t.Fatal(err)
		}
	}
}

func newWitness(t testing.TB, trust ...tlog.LogKey) (*Witness, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "w")
	seed := sha256.Sum256([]byte("witness"))
	if _, err := Init(dir, "partner.example/w1", bytes.NewReader(seed[:])); err != nil {
		t.Fatal(err)
	}
	for _, k := range trust {
		if err := Trust(dir, k); err != nil {
			t.Fatal(err)
		}
	}
	return open(t, dir), dir
}

func open(t testing.TB, dir string) *Witness {
	t.Helper()
	w, err := Open(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() }) // the folder goes with the test
	return w
}

// request makes a call from what the log knows.
func request(t testing.TB, l *tlog.Log, old int64) Request {
	t.Helper()
	proof, err := l.Consistency(old)
	if err != nil {
		t.Fatal(err)
	}
	cp, _ := l.Checkpoint()
	return Request{Old: old, Proof: proof, Checkpoint: cp.Bytes()}
}

// TestWitnessSuite runs the same story against the witness in the process and
// over real HTTP.
func TestWitnessSuite(t *testing.T) {
	for name, dial := range map[string]func(*testing.T, *Witness) Adder{
		"in process": func(_ *testing.T, w *Witness) Adder { return w },
		"HTTP": func(t *testing.T, w *Witness) Adder {
			s := httptest.NewServer(w.Handler())
			t.Cleanup(s.Close)
			return Client{URL: s.URL + "/", HTTP: s.Client()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Run("growth", func(t *testing.T) { suiteGrowth(t, dial) })
			t.Run("G-3 fork and rollback", func(t *testing.T) { suiteFork(t, dial) })
			t.Run("refusals", func(t *testing.T) { suiteRefusals(t, dial) })
		})
	}
}

func suiteGrowth(t *testing.T, dial func(*testing.T, *Witness) Adder) {
	s := newSigner(t, "lamp.example/log")
	l := newLog(t, s, "a")
	w, _ := newWitness(t, s.pub)
	a := dial(t, w)
	for range 5 {
		line, err := Cosign(context.Background(), a, w.Key(), l, testNow)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.AddCosignatures(line); err != nil {
			t.Fatal(err)
		}
		if _, err := Cosign(context.Background(), a, w.Key(), l, testNow); err != nil {
			t.Fatalf("the same tree once more: %v", err)
		}
		add(t, l, s, "b", "c")
	}
}

// suiteFork: rewritten history, the same size and larger, and a rollback.
func suiteFork(t *testing.T, dial func(*testing.T, *Witness) Adder) {
	s := newSigner(t, "lamp.example/log")
	honest := newLog(t, s, "a", "b", "c")
	w, dir := newWitness(t, s.pub)
	a := dial(t, w)
	ctx := context.Background()
	if _, err := Cosign(ctx, a, w.Key(), honest, testNow); err != nil {
		t.Fatal(err)
	}
	rewritten := newLog(t, s, "a", "CHANGED", "c")
	if _, err := Cosign(ctx, a, w.Key(), rewritten, testNow); !errors.Is(err, ErrFork) {
		t.Errorf("another tree of the same size: %v", err)
	}
	add(t, rewritten, s, "d", "e")
	if _, err := Cosign(ctx, a, w.Key(), rewritten, testNow); !errors.Is(err, ErrInconsistent) {
		t.Errorf("a larger tree over a rewritten history: %v", err)
	}
	short := newLog(t, s, "a", "b")
	if _, err := Cosign(ctx, a, w.Key(), short, testNow); !errors.Is(err, ErrBehind) {
		t.Errorf("a log rolled back: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again := dial(t, open(t, dir))
	if _, err := Cosign(ctx, again, w.Key(), rewritten, testNow); !errors.Is(err, ErrInconsistent) {
		t.Errorf("after a restart: %v", err)
	}
	if _, err := Cosign(ctx, again, w.Key(), honest, testNow); err != nil {
		t.Errorf("the honest log after a restart: %v", err)
	}
}

func suiteRefusals(t *testing.T, dial func(*testing.T, *Witness) Adder) {
	s := newSigner(t, "lamp.example/log")
	l := newLog(t, s, "a", "b", "c")
	w, _ := newWitness(t, s.pub)
	a := dial(t, w)
	ask := func(r Request) error {
		_, err := a.AddCheckpoint(context.Background(), r)
		return err
	}
	other := newSigner(t, "other.example/log")
	if err := ask(request(t, newLog(t, other, "a"), 0)); !errors.Is(err, ErrUnknownLog) {
		t.Errorf("unknown log: %v", err)
	}
	thief := badSigner{ed25519.NewKeyFromSeed(make([]byte, 32)), s.pub}
	r := request(t, l, 0)
	cp, _ := l.Checkpoint()
	text := cp.Text()
	r.Checkpoint = tlog.FormatNote(text, thief.pub, ed25519.Sign(thief.key, []byte(text)))
	if err := ask(r); !errors.Is(err, ErrUnsigned) {
		t.Errorf("signed by another key: %v", err)
	}
	r = request(t, l, 0)
	r.Old = 4
	if err := ask(r); !errors.Is(err, ErrMalformed) {
		t.Errorf("old above new: %v", err)
	}
	r = request(t, l, 2)
	var size *SizeError
	if err := ask(r); !errors.As(err, &size) || size.Size != 0 {
		t.Errorf("old size that was never cosigned: %v", err)
	}
	r = request(t, l, 0)
	r.Proof = []tlog.Hash{{}}
	if err := ask(r); !errors.Is(err, ErrInconsistent) {
		t.Errorf("a proof from zero that is not empty: %v", err)
	}
	r = request(t, l, 0)
	r.Checkpoint = append(r.Checkpoint, '\n')
	if err := ask(r); !errors.Is(err, ErrMalformed) {
		t.Errorf("a checkpoint with a byte too many: %v", err)
	}
}

// TestStatusesAreThoseOfTheProtocol pins the numbers of C2SP tlog-witness.
func TestStatusesAreThoseOfTheProtocol(t *testing.T) {
	s := newSigner(t, "lamp.example/log")
	l := newLog(t, s, "a", "b")
	w, _ := newWitness(t, s.pub)
	server := httptest.NewServer(w.Handler())
	defer server.Close()
	post := func(body []byte) (int, string, string) {
		res, err := server.Client().Post(server.URL+"/add-checkpoint", "", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, res.Header.Get("Content-Type"), string(b)
	}
	good := FormatRequest(request(t, l, 0))
	if code, _, body := post(good); code != http.StatusOK || !strings.HasPrefix(body, "— partner.example/w1 ") || strings.Count(body, "\n") != 1 {
		t.Errorf("good: %d %q", code, body)
	}
	if code, kind, body := post(good); code != http.StatusConflict || kind != "text/x.tlog.size" || body != "2\n" {
		t.Errorf("old size: %d %q %q", code, kind, body)
	}
	fork := newLog(t, s, "a", "X")
	if code, kind, _ := post(FormatRequest(request(t, fork, 2))); code != http.StatusConflict || kind == "text/x.tlog.size" {
		t.Errorf("fork: %d %q", code, kind)
	}
	add(t, fork, s, "c")
	if code, _, _ := post(FormatRequest(request(t, fork, 2))); code != http.StatusUnprocessableEntity {
		t.Errorf("inconsistent: %d", code)
	}
	stranger := newSigner(t, "other.example/log")
	if code, _, _ := post(FormatRequest(request(t, newLog(t, stranger, "a"), 0))); code != http.StatusNotFound {
		t.Errorf("unknown: %d", code)
	}
	if code, _, _ := post([]byte("old x\n\n")); code != http.StatusBadRequest {
		t.Errorf("malformed: %d", code)
	}
	if code, _, _ := post(make([]byte, MaxRequest+1)); code != http.StatusBadRequest {
		t.Errorf("too large: %d", code)
	}
}

// TestOnlyOneOfTwoForksIsCosigned asks for both at once, many times.
func TestOnlyOneOfTwoForksIsCosigned(t *testing.T) {
	s := newSigner(t, "lamp.example/log")
	w, _ := newWitness(t, s.pub)
	logs := []*tlog.Log{newLog(t, s, "a"), newLog(t, s, "b")}
	var mu sync.Mutex
	cosigned := make(map[int]bool)
	var wg sync.WaitGroup
	for i := range 40 {
		r := request(t, logs[i%2], 0)
		wg.Go(func() {
			if _, err := w.AddCheckpoint(context.Background(), r); err == nil {
				mu.Lock()
				cosigned[i%2] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(cosigned) != 1 {
		t.Errorf("%d of two forks were cosigned", len(cosigned))
	}
}

func TestTrustRefusesASecondKey(t *testing.T) {
	s := newSigner(t, "lamp.example/log")
	_, dir := newWitness(t, s.pub)
	p, err := press.NewPublicKey("lamp.example/log", press.KeyEd25519, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	if err := Trust(dir, tlog.LogKey{PublicKey: p}); err == nil {
		t.Error("a second key for one log was trusted")
	}
	if err := Trust(dir, s.pub); err != nil {
		t.Errorf("the same key again: %v", err)
	}
	if _, err := Init(dir, "again", bytes.NewReader(make([]byte, 32))); err == nil {
		t.Error("the key of a witness was overwritten")
	}
	if _, err := Open(dir, clock); !errors.Is(err, tlog.ErrLocked) {
		t.Errorf("a second process on the folder: %v", err)
	}
}

func TestLyingWitnessIsNotBelieved(t *testing.T) {
	s := newSigner(t, "lamp.example/log")
	l := newLog(t, s, "a")
	w, _ := newWitness(t, s.pub)
	for name, answer := range map[string]func(http.ResponseWriter){
		"nothing":      func(http.ResponseWriter) {},
		"another key":  func(rw http.ResponseWriter) { fmt.Fprintln(rw, "— x.example AAAAAAAAAAAAAAAA") },
		"not a note":   func(rw http.ResponseWriter) { fmt.Fprint(rw, "hello") },
		"far too much": func(rw http.ResponseWriter) { _, _ = rw.Write(make([]byte, maxAnswer+1)) },
		"size not number": func(rw http.ResponseWriter) {
			rw.Header().Set("Content-Type", sizeType)
			rw.WriteHeader(409)
			fmt.Fprintln(rw, "x")
		},
		"endless conflict": func(rw http.ResponseWriter) {
			rw.Header().Set("Content-Type", sizeType)
			rw.WriteHeader(409)
			fmt.Fprintln(rw, "0")
		},
		"redirect": func(rw http.ResponseWriter) { rw.Header().Set("Location", "/"); rw.WriteHeader(302) },
	} {
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { answer(rw) }))
		if _, err := Cosign(context.Background(), Client{URL: server.URL, HTTP: server.Client()}, w.Key(), l, testNow); err == nil {
			t.Errorf("%s: believed", name)
		}
		server.Close()
	}
}

func TestRequestEveryByte(t *testing.T) {
	s := newSigner(t, "lamp.example/log")
	l := newLog(t, s, "a", "b", "c")
	body := FormatRequest(request(t, l, 2))
	for i := range body {
		for bit := range 8 {
			b := bytes.Clone(body)
			b[i] ^= 1 << bit
			if r, err := ParseRequest(b); err == nil && !bytes.Equal(FormatRequest(r), b) {
				t.Fatalf("byte %d: two spellings of one request", i)
			}
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte("old 2\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\nlamp.example/log\n3\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\n— x AAAAAAA=\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRequest(b)
		if err == nil && !bytes.Equal(FormatRequest(r), b) {
			t.Fatal("two spellings of one request")
		}
	})
}
