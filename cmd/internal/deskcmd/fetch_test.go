// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"bytes"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// attach uploads a file as a source does, and returns its manifest.
func (b *bench) attach(n *wire.Newsroom, name string, content []byte) *letter.Parcel {
	b.t.Helper()
	sched := n.Roster().Schedule
	q := wire.TicketRequest{Newsroom: n.Key(), Slot: sched.WorkSlot(b.now().Unix())}
	rand.Read(q.Random[:])
	var err error
	q.Counter, err = wire.DoWork(b.t.Context(), q.Newsroom, q.Slot, q.Subject(), sched.WorkIterations, sched.WorkBits)
	b.must(err)
	request, err := q.Encode()
	b.must(err)
	ticket, err := b.drop.OpenTicket(b.t.Context(), request)
	b.must(err)
	sealer, err := letter.NewParcel([]letter.FileInfo{{Name: name, Length: int64(len(content))}})
	b.must(err)
	b.must(sealer.SealAll(b.t.Context(),
		func(int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		func(_ int, id wire.ChunkID, ct []byte) error {
			return b.drop.PutChunk(b.t.Context(), ticket, id, bytes.Clone(ct))
		}))
	p, err := sealer.Manifest()
	b.must(err)
	return p
}

// TestAttachmentsInTheTerminal come by themselves, whoever waits is told how many are
// here, and at once they come only with a warning.
func TestAttachmentsInTheTerminal(t *testing.T) {
	b := newBench(t)
	b.clock = b.clock.Add(2500 * time.Second) // late in the hour: each look is due
	n := b.found("default", b.now)
	b.pass(2, "anna", "boris")
	src, err := letter.NewWords().Source()
	b.must(err)
	content := bytes.Repeat([]byte("a page of the ledger "), 140_000)
	b.writeLetter(n, src, letter.NewLetter("see attached", b.attach(n, "ledger.txt", content)), b.now())
	b.pass(1, "anna", "boris")
	id := listOf(t, b.desk("boris", "", "list", "--json"))[0].ID.Short()

	calls := b.listener.(*countingListener)
	before := calls.count.Load()
	out, code := b.try(b.now, "boris", "", "save", id, "--to", b.path("boris-files"))
	if code == 0 || !strings.Contains(out, "0 of 3 pieces") || !strings.Contains(out, "--now") {
		t.Errorf("save: exit %d, %s", code, out)
	}
	if out := b.desk("boris", "", "status"); !strings.Contains(out, "attachments: 3 pieces still to come") || !strings.Contains(out, "the drop answered 0 seconds ago; the next look is in") {
		t.Errorf("status: %s", out)
	}
	if out := b.desk("boris", "", "read", id); !strings.Contains(out, "0 of 3 pieces are here") {
		t.Errorf("read: %s", out)
	}
	if n := calls.count.Load() - before; n != 0 {
		t.Errorf("without --now the drop was called %d times", n)
	}
	out = b.desk("boris", "", "save", id, "--to", b.path("boris-files"), "--now")
	if !strings.Contains(out, "The drop learns that a desk fetches these pieces now.") {
		t.Errorf("save --now: %s", out)
	}

	b.pass(1, "anna")
	if out := b.desk("anna", "", "status"); !strings.Contains(out, "attachments: all are here; 10 pieces fetched today") &&
		!strings.Contains(out, "attachments: all are here; 11 pieces fetched today") {
		t.Errorf("status: %s", out)
	}
	if out := b.desk("anna", "", "save", id, "--to", b.path("anna-files")); strings.Contains(out, "learns") {
		t.Errorf("save of what is here: %s", out)
	}
	for _, name := range []string{"boris-files", "anna-files"} {
		files, err := filepath.Glob(filepath.Join(b.path(name), "*ledger.txt"))
		if err != nil || len(files) != 1 {
			t.Fatalf("%s holds %q, %v", name, files, err)
		}
		if got, err := os.ReadFile(files[0]); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	b.silence()
}

// silence has the drop go away, and anna look.
func (b *bench) silence() {
	b.t.Helper()
	b.must(b.listener.Close())
	if out, code := b.try(b.now, "anna", "", "sync"); code == 0 {
		b.t.Errorf("sync: %s", out)
	}
	b.mu.Lock()
	b.clock = b.clock.Add(3 * time.Hour)
	b.mu.Unlock()
	if out := b.desk("anna", "", "status"); !strings.Contains(out, "the drop has not answered for 3 hours: tried 1 time, last 3 hours ago; the next try is in") {
		b.t.Errorf("status: %s", out)
	}
}

// TestFetchAndCoversAreNumbers that a desk can keep to.
func TestFetchAndCoversAreNumbers(t *testing.T) {
	b := newBench(t)
	b.desk("anna", "", "init", "--name", "Anna")
	for _, args := range [][]string{
		{"run", "--covers", "49"}, {"run", "--covers", "-1"}, {"run", "--fetch", "-1"}, {"sync", "--fetch", "16385"}, {"sync", "--fetch", "much"},
	} {
		if out, code := b.try(b.now, "anna", "", args...); code != 2 {
			t.Errorf("%v: exit %d, %s", args, code, out)
		}
	}
	b.must(os.WriteFile(b.path("desk.conf"), []byte("covers 3\nfetch 99999\n"), 0o600))
	if out, code := b.try(b.now, "anna", "", "run", "--config", b.path("desk.conf")); code == 0 || !strings.Contains(out, "--fetch is a number of MiB") {
		t.Errorf("exit %d, %s", code, out)
	}
}
