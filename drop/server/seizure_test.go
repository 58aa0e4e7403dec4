// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"tamizdat/drop/droptest"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// seized reads all files of a drop's folder, as whoever takes the disk does.
func seized(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		files[name], err = os.ReadFile(path)
		return err
	})
	droptest.Expect(t, "reading the disk", err, nil)
	return files
}

// holders names the files that contain what.
func holders(files map[string][]byte, what []byte) (names []string) {
	for name, data := range files {
		if bytes.Contains(data, what) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// TestD3SeizedAfterSealing takes the disk of a drop after a busy hour. It holds
// pages in the order of hashes, and no order of arrival, time, address, ticket,
// or signature of a slot's writer; every file is dated by a sealing.
func TestD3SeizedAfterSealing(t *testing.T) {
	dir := t.TempDir()
	clock := droptest.NewClock(droptest.Noon + 1234)
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	s, shut := onDisk(t, n, clock, dir)
	defer shut()
	addr := listen(t, s)
	h := busyHour(t, n, s, addr, clock)
	during := seized(t, dir)
	h.mustNotHold(t, "during the hour", during)
	if len(holders(during, h.envelopes[0][:200])) == 0 {
		t.Error("the test looks in the wrong place: a letter of the hour is nowhere")
	}

	clock.Set(droptest.Noon + 7200)
	droptest.Expect(t, "sealing", s.Seal(t.Context()), nil)
	after := seized(t, dir)
	h.mustNotHold(t, "after sealing", after)
	if got := holders(after, h.oldBeat); got != nil {
		t.Errorf("a beat that was replaced is still in %v", got)
	}
	for _, e := range h.envelopes {
		if got := holders(after, e); len(got) != 1 || got[0] != "letters/000000000000" {
			t.Fatalf("an envelope is in %v", got)
		}
	}
	body, err := wire.ParseLettersBody(after["letters/000000000000"])
	droptest.Expect(t, "page", err, nil)
	if !slices.IsSortedFunc(body.Envelopes, byHash) || slices.IsSortedFunc(h.envelopes, byHash) {
		t.Error("the page is not in the order of hashes, or the letters came in it")
	}
	checkTimes(t, dir)
	for name := range after {
		if strings.HasPrefix(name, "spool/") {
			t.Errorf("%s is left", name)
		}
	}
	if wal := after["state.db-wal"]; len(wal) != 0 {
		t.Errorf("the state's log of writes has %d bytes", len(wal))
	}
}

func byHash(a, b []byte) int {
	x, y := sha256.Sum256(a), sha256.Sum256(b)
	return bytes.Compare(x[:], y[:])
}

// checkTimes demands that files and folders are dated by sealings of the test's clock,
// which is far from the real one.
func checkTimes(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() && !e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if at := info.ModTime(); at.Unix()%3600 != 0 || at.Nanosecond() != 0 || time.Since(at).Abs() < time.Hour {
			t.Errorf("%s is dated %v", path, at)
		}
		if info.Mode().Perm()&0o077 != 0 && path != dir {
			t.Errorf("%s may be read by others: %v", path, info.Mode())
		}
		return nil
	})
	droptest.Expect(t, "looking at times", err, nil)
}

// hour is what a drop must not keep of a busy hour.
type hour struct {
	envelopes [][]byte
	secrets   map[string][]byte
	oldBeat   []byte
}

const agent = "A-Telling-User-Agent/1.0"

// busyHour writes to all logs, over HTTP where a stranger would.
func busyHour(t *testing.T, n *droptest.Newsroom, s *server.Server, addr string, clock *droptest.Clock) *hour {
	t.Helper()
	h := &hour{secrets: map[string][]byte{"agent": []byte(agent), "address": []byte("127.0.0.1")}}
	droptest.Expect(t, "newsroom", s.PostNewsroom(t.Context(), n.Write()), nil)
	send := func(method, path string, body []byte, want int) []byte {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+addr+path, bytes.NewReader(body))
		droptest.Expect(t, "request", err, nil)
		req.Header.Set("User-Agent", agent)
		resp, err := http.DefaultClient.Do(req)
		droptest.Expect(t, "sending", err, nil)
		defer resp.Body.Close()
		if resp.StatusCode != want {
			t.Fatalf("%s: %s", path, resp.Status)
		}
		var b bytes.Buffer
		_, err = b.ReadFrom(resp.Body)
		droptest.Expect(t, "answer", err, nil)
		return b.Bytes()
	}
	for range 12 {
		clock.Add(60)
		p := n.Letter(clock.Unix())
		h.envelopes = append(h.envelopes, p.Envelopes...)
		post, err := p.Encode()
		droptest.Expect(t, "letter", err, nil)
		send("POST", "/v1/letters", post, 204)
	}
	req := n.TicketRequest(clock.Unix(), nil)
	ticket := wire.Ticket(send("POST", "/v1/tickets", req, 201))
	h.secrets["ticket"], h.secrets["ticket as text"] = ticket[:], []byte(ticket.String())
	h.secrets["ticket request"] = req[34:66]
	chunk, id := n.Chunk()
	send("PUT", "/v1/tickets/"+ticket.String()+"/"+id.String(), chunk, 204)
	for i, day := range []int64{-1, 0} {
		beat := n.Beat(n.Desks[0], clock.Unix()+day*86400, 0, sha256.Sum256(nil))
		at := droptest.Noon + 3600*int64(i+1)
		w := n.SegmentWrite(n.Desks[0], beat, at, n.Envelope(wire.SegmentSize))
		send("POST", "/v1/segments", w, 204)
		h.secrets["signature of a segment write "+strconv.Itoa(i)] = w[len(w)-64:]
		if day < 0 {
			h.oldBeat = beat[len(beat)-64:]
		}
	}
	return h
}

func (h *hour) mustNotHold(t *testing.T, when string, files map[string][]byte) {
	t.Helper()
	for what, secret := range h.secrets {
		for _, name := range holders(files, secret) {
			// The roster names the drop's address; the roster is public.
			if what == "address" && strings.HasPrefix(name, "state.db") {
				continue
			}
			t.Errorf("%s: %s holds the %s", when, name, what)
		}
	}
}

// TestSpoolsHaveNoRowNumbers: the tables of a spool lie by hash or slot; a
// table with row numbers would count arrivals.
func TestSpoolsHaveNoRowNumbers(t *testing.T) {
	dir := t.TempDir()
	clock := droptest.NewClock(droptest.Noon)
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	s, shut := onDisk(t, n, clock, dir)
	busyHour(t, n, s, listen(t, s), clock)
	shut()
	spools, err := filepath.Glob(filepath.Join(dir, "spool", "*.db"))
	if err != nil || len(spools) != 3 {
		t.Fatalf("the spools are %v: %v", spools, err)
	}
	for _, path := range spools {
		db, err := sql.Open("sqlite", path)
		droptest.Expect(t, "open", err, nil)
		defer db.Close()
		var tables, rowless int
		err = db.QueryRow(`SELECT count(*), count(*) FILTER (WHERE wr) FROM pragma_table_list
			WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'`).Scan(&tables, &rowless)
		droptest.Expect(t, "tables", err, nil)
		if tables < 4 || rowless != tables {
			t.Errorf("%s: %d of %d tables are without row numbers", filepath.Base(path), rowless, tables)
		}
	}
}
