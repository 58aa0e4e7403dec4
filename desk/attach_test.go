// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// attach sends a letter with files and returns its name on desk 0.
func (w *world) attach(files map[string][]byte) LetterID {
	w.t.Helper()
	w.sendFiles(newSource(w.t), files)
	w.pass(2 * time.Hour)
	d := w.desks[0]
	return d.s.order[len(d.s.order)-1]
}

// sendFiles sends a letter with files.
func (w *world) sendFiles(src *letter.Source, files map[string][]byte) {
	w.t.Helper()
	var infos []letter.FileInfo
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		infos = append(infos, letter.FileInfo{Name: name, Type: "application/pdf", Length: int64(len(files[name]))})
	}
	sealer, err := letter.NewParcel(infos)
	w.must(err)
	ticket := w.ticket()
	w.must(sealer.SealAll(w.t.Context(),
		func(i int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files[names[i]])), nil },
		func(_ int, id wire.ChunkID, ct []byte) error {
			return w.drop.PutChunk(w.t.Context(), ticket, id, slices.Clone(ct))
		}))
	parcel, err := sealer.Manifest()
	w.must(err)
	w.send(src, letter.NewLetter("see attached", parcel))
}

func (w *world) ticket() wire.Ticket {
	w.t.Helper()
	q := wire.TicketRequest{Newsroom: w.draft.Key(), Slot: w.sched.WorkSlot(w.clock.Unix())}
	rand.Read(q.Random[:])
	var err error
	q.Counter, err = wire.DoWork(w.t.Context(), q.Newsroom, q.Slot, q.Subject(), w.sched.WorkIterations, w.sched.WorkBits)
	w.must(err)
	b, err := q.Encode()
	w.must(err)
	ticket, err := w.drop.OpenTicket(w.t.Context(), b)
	w.must(err)
	return ticket
}

func noProgress(int, int) {}

// TestChunkThatNeverEnds does not hold the folder.
func TestChunkThatNeverEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	id := w.attach(map[string][]byte{"a": []byte("b")})
	d := w.desks[0]
	d.stepLimit = time.Millisecond
	w.double.chunkWait = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	if err := d.Fetch(t.Context(), id, noProgress); !silent(err) {
		t.Errorf("told %v", err)
	}
}

// TestSaveAttachments: what comes out is what went in, under names that can do
// no harm, beside what is there already.
func TestSaveAttachments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	big := make([]byte, 3<<20)
	rand.Read(big)
	files := map[string][]byte{
		"../../etc/passwd": []byte("one"), "C:\\Windows\\system.ini": []byte("two"),
		"invoice\u202egnp.exe": []byte("three"), "report.pdf": big, "con": nil,
	}
	id := w.attach(files)
	d := w.desks[0]
	dir := t.TempDir()
	w.must(os.WriteFile(filepath.Join(dir, letter.SafeName("report.pdf", 4)), []byte("mine"), 0o600))

	pieces := 0
	names, err := d.Save(t.Context(), id, dir, func(done, all int) { pieces = all; _ = done })
	w.must(err)
	if len(names) != len(files) || pieces != 4 {
		t.Fatalf("saved %q from %d pieces", names, pieces)
	}
	entries, err := os.ReadDir(dir)
	w.must(err)
	if len(entries) != len(files)+1 {
		t.Errorf("the folder holds %d files", len(entries))
	}
	for _, name := range names {
		if strings.ContainsAny(name, "/\\\u202e") || strings.HasPrefix(name, ".") {
			t.Errorf("the name %q can do harm", name)
		}
		got, err := os.ReadFile(filepath.Join(dir, name))
		w.must(err)
		if !slices.ContainsFunc(mapValues(files), func(b []byte) bool { return bytes.Equal(b, got) }) {
			t.Errorf("%s holds %d other bytes", name, len(got))
		}
	}
	if b, _ := os.ReadFile(filepath.Join(dir, letter.SafeName("report.pdf", 4))); string(b) != "mine" {
		t.Error("a file that was there was overwritten")
	}
	// A second time nothing is fetched, and the originals are as they came.
	w.double.chunk = func([]byte, []byte, error) ([]byte, error) { return nil, errors.New("nobody asked") }
	d = w.reopen(0)
	if _, err = d.Save(t.Context(), id, dir, noProgress); err != nil {
		t.Errorf("saved again: %v", err)
	}
	whole, err := d.Letter(id)
	w.must(err)
	if len(whole.Attached) != len(files) || len(whole.Attached[0].SHA256) != 64 || len(d.s.chunks) != 0 {
		t.Errorf("%d files, %d chunks left", len(whole.Attached), len(d.s.chunks))
	}
}

func mapValues(m map[string][]byte) (out [][]byte) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// hostileChunks saves from a drop that does something to its chunks, and wants
// the folder empty afterwards; then the drop behaves, and all is well.
func hostileChunks(t *testing.T, hook func(call int, ct []byte, err error) ([]byte, error), told string) {
	t.Helper()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	secret := bytes.Repeat([]byte("a page of the ledger "), 150_000)
	id := w.attach(map[string][]byte{"ledger.txt": secret})
	d := w.desks[0]
	dir := t.TempDir()
	call := 0
	w.double.chunk = func(_ []byte, ct []byte, err error) ([]byte, error) {
		call++
		return hook(call, ct, err)
	}
	if _, err := d.Save(t.Context(), id, dir, noProgress); err == nil || err.Error() != told {
		t.Errorf("told %v, want %q", err, told)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("something was saved: %v", entries)
	}
	w.double.chunk = nil
	d = w.reopen(0)
	if _, err := d.Save(t.Context(), id, dir, noProgress); err != nil {
		t.Errorf("when the drop behaves: %v", err)
	}
	if entries, _ := os.ReadDir(filepath.Join(filepath.Dir(dir))); len(entries) == 0 {
		t.Error("nothing was saved")
	}
}

func TestM21DamagedChunk(t *testing.T) {
	t.Parallel()
	const told = "attachment is damaged: nothing was saved"
	t.Run("altered", func(t *testing.T) {
		hostileChunks(t, func(call int, ct []byte, err error) ([]byte, error) {
			if call == 3 {
				ct[1000] ^= 1
			}
			return ct, err
		}, told)
	})
	t.Run("cut", func(t *testing.T) {
		hostileChunks(t, func(call int, ct []byte, err error) ([]byte, error) {
			if call == 2 {
				ct = ct[:len(ct)-1]
			}
			return ct, err
		}, told)
	})
	t.Run("swapped", func(t *testing.T) {
		var first []byte
		hostileChunks(t, func(call int, ct []byte, err error) ([]byte, error) {
			if call == 1 {
				first = ct
			}
			return first, err
		}, told)
	})
}

func TestM22WithheldChunks(t *testing.T) {
	t.Parallel()
	hostileChunks(t, func(call int, ct []byte, err error) ([]byte, error) {
		if call >= 2 && call <= 3 {
			return nil, drop.ErrAbsent
		}
		return ct, err
	}, "2 of 4 pieces of the attachment are missing")
}

// TestInterruptedFetchGoesOn: pieces that came stay, so that a cut line costs
// only what is missing.
func TestInterruptedFetchGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	id := w.attach(map[string][]byte{"a": make([]byte, 3<<20)})
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	w.double.chunk = func(_ []byte, ct []byte, err error) ([]byte, error) {
		if asked++; asked == 2 {
			cancel()
		}
		return ct, err
	}
	if err := w.desks[0].Fetch(ctx, id, noProgress); err == nil {
		t.Fatal("a cancelled fetch succeeded")
	}
	d := w.reopen(0)
	if len(d.s.chunks) != 2 {
		t.Fatalf("%d pieces stayed", len(d.s.chunks))
	}
	w.must(d.Fetch(t.Context(), id, noProgress))
	if asked != 4 {
		t.Errorf("%d pieces were asked for in all", asked)
	}
}

// TestRawDisk reads the folder of a desk that was used: no name, no text, no
// file, no key of it is there in the clear.
func TestRawDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	const marker = "PLAINTEXT MARKER 0451"
	id := w.attach(map[string][]byte{marker + ".txt": bytes.Repeat([]byte(marker), 10000)})
	src := newSource(t)
	w.write(src, strings.Repeat(marker+" ", 50))
	w.pass(2 * time.Hour)
	d := w.desks[0]
	_, err := d.Reply(id, marker)
	w.must(err)
	w.must(d.Fetch(t.Context(), id, noProgress))
	w.pass(7 * time.Hour)
	var object []byte
	for _, l := range d.s.letters {
		object = l.Parcel
		if object != nil {
			break
		}
	}
	period, _ := d.v.Secret(periodSecret(d.currentPeriod()))
	dir := w.dirs[0]
	for name, b := range map[string][]byte{
		"a text": []byte(marker), "the passphrase": []byte("pass Anna"), "the journalist's name": []byte("Anna"),
		"the newsroom's name": []byte("Free Voice"), "the address": []byte("127.0.0.1"), "a manifest": object[:32],
		"long-term keys": d.keys.Marshal()[10:42], "period keys": period[len(period)-32:],
		"an event": []byte("letter.kept"), "a colleague's key": func() []byte { id := w.desks[1].ID(); return id[:] }(),
	} {
		if len(b) < 4 || filesHold(t, dir, b) {
			t.Errorf("%s lies in the clear in the desk's folder", name)
		}
	}
	if !filesHold(t, dir, []byte("tmzvault")) {
		t.Error("the test reads the wrong folder")
	}
}
