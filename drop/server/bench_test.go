// SPDX-License-Identifier: Apache-2.0

//go:build unix

package server_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tamizdat/drop/client"
	"tamizdat/drop/droptest"
	"tamizdat/drop/fs"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
	"tamizdat/letter/wire"
)

// BenchmarkVisit is what a source costs the drop: newsroom, beats, keys and
// thirty days of replies, 120 pages of 8, over real TCP to a client that reads
// all of it. The drop is a process of its own, so that cpu-ms/visit is its
// user and system time and nothing of the client's.
func BenchmarkVisit(b *testing.B) {
	dir := b.TempDir()
	fillReplies(b, dir)
	d := startVisited(b, dir)
	size := d.visit(b) // also warms the page cache
	before := d.cpu(b)
	visits := 0
	for b.Loop() {
		d.visit(b)
		visits++
	}
	used := d.cpu(b) - before
	b.SetBytes(size)
	b.ReportMetric(float64(used.Microseconds())/1000/float64(visits), "cpu-ms/visit")
}

// fillReplies makes a drop that has sealed thirty days of full pages.
func fillReplies(b *testing.B, dir string) {
	b.Helper()
	s := wire.DefaultSchedule()
	start := droptest.Noon - 30*86400
	clock := droptest.NewClock(start)
	n := droptest.NewNewsroom(b, 3, s, start)
	saveVisited(b, dir, n)
	d, shut := onDisk(b, n, clock, dir)
	defer shut()
	droptest.Expect(b, "newsroom", d.PostNewsroom(b.Context(), n.Write()), nil)
	roster := n.Verified().Roster()
	for clock.Unix() < droptest.Noon {
		now := clock.Unix()
		at := now/s.Interval(wire.Replies)*s.Interval(wire.Replies) + s.Interval(wire.Replies)
		size, root := n.State(b, d)
		for _, desk := range n.Desks {
			beat := n.Beat(desk, now, size, root)
			for _, slot := range roster.SlotsOf(desk.ID, at) {
				w := n.Reply(desk, beat, at, slot, n.Envelope(wire.ReplySize))
				droptest.Expect(b, "reply", d.PostReply(b.Context(), w), nil)
			}
		}
		clock.Set(at)
		droptest.Expect(b, "sealing", d.Seal(b.Context()), nil)
	}
	period := wire.PeriodAt(droptest.Noon, 604800)
	for _, desk := range n.Desks {
		droptest.Expect(b, "bundle", d.PostBundle(b.Context(), n.BundleOf(desk, period)), nil)
	}
}

// visited is a drop in a process of its own.
type visited struct {
	url  string
	ask  io.Writer
	tell *bufio.Scanner
}

func startVisited(b *testing.B, dir string) *visited {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asVisited+"="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	droptest.Expect(b, "pipe", err, nil)
	out, err := cmd.StdoutPipe()
	droptest.Expect(b, "pipe", err, nil)
	droptest.Expect(b, "start", cmd.Start(), nil)
	b.Cleanup(func() {
		in.Close() // which ends it
		droptest.Expect(b, "the drop's end", cmd.Wait(), nil)
	})
	v := &visited{ask: in, tell: bufio.NewScanner(out)}
	v.tell.Scan()
	v.url = v.tell.Text()
	return v
}

// cpu asks the drop how much time it has used.
func (v *visited) cpu(b *testing.B) time.Duration {
	b.Helper()
	fmt.Fprintln(v.ask)
	v.tell.Scan()
	n, err := strconv.ParseInt(v.tell.Text(), 10, 64)
	droptest.Expect(b, "the drop's answer", err, nil)
	return time.Duration(n)
}

// visit makes the requests of a visit over one fresh connection.
func (v *visited) visit(b *testing.B) (size int64) {
	b.Helper()
	tr := &http.Transport{DisableCompression: true}
	defer tr.CloseIdleConnections()
	c := &http.Client{Transport: tr}
	period := wire.PeriodAt(droptest.Noon, 604800)
	for _, path := range []string{"/v1/beats", fmt.Sprintf("/v1/keys/%d", period), "/v1/newsroom", "/v1/replies"} {
		resp, err := c.Get(v.url + path)
		droptest.Expect(b, path, err, nil)
		n, err := io.Copy(io.Discard, resp.Body)
		droptest.Expect(b, path, errors.Join(err, resp.Body.Close()), nil)
		if resp.StatusCode != http.StatusOK {
			b.Fatalf("%s: %s", path, resp.Status)
		}
		size += n
	}
	if least := int64(120 * 8 * wire.ReplySize); size < least {
		b.Fatalf("a visit brought %d bytes and not %d", size, least)
	}
	return size
}

// BenchmarkAcceptLetters is letters of four envelopes that come over HTTP from
// clients at the same time, each on disk before it is answered.
func BenchmarkAcceptLetters(b *testing.B) {
	clock := droptest.NewClock(droptest.Noon)
	n := droptest.NewNewsroom(b, 4, wire.DefaultSchedule(), droptest.Noon)
	n.Roster.Schedule.WorkBits = 0
	d, shut := onDisk(b, n, clock, b.TempDir())
	defer shut()
	droptest.Expect(b, "newsroom", d.PostNewsroom(b.Context(), n.Write()), nil)
	c := served(b, d)
	b.SetParallelism(16)
	b.ResetTimer()
	var mu sync.Mutex
	posted := 0
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			post, err := n.Letter(droptest.Noon).Encode()
			if err != nil {
				b.Error(err)
			}
			mu.Lock()
			if posted++; posted%15000 == 0 { // a page can hold no more
				clock.Add(3600)
				droptest.Expect(b, "sealing", d.Seal(b.Context()), nil)
				clock.Set(droptest.Noon)
			}
			mu.Unlock()
			if err := c.PostLetter(b.Context(), post); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}

// served puts a server behind HTTP on loopback.
func served(t testing.TB, s *server.Server) *client.Client {
	t.Helper()
	c, err := client.New("http://"+listen(t, s), nil)
	droptest.Expect(t, "client", err, nil)
	t.Cleanup(c.Close)
	return c
}

// asVisited makes the test binary serve the folder that it names: on its
// standard output it writes its address, and then its used CPU time in
// nanoseconds for each line it gets.
const asVisited = "TAMIZDAT_TEST_VISITED"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asVisited); dir != "" {
		serveVisited(dir)
		return
	}
	os.Exit(m.Run())
}

func serveVisited(dir string) {
	s := loadVisited(dir)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go server.Serve(context.Background(), l, s.Handler(), 200)
	fmt.Println("http://" + l.Addr().String())
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			panic(err)
		}
		fmt.Println(u.Utime.Nano() + u.Stime.Nano())
	}
}

// saveVisited writes down what loadVisited needs: newsroom, incarnation, key.
func saveVisited(b *testing.B, dir string, n *droptest.Newsroom) {
	b.Helper()
	text := fmt.Sprintf("%s %x %x", n.NR, n.Incarnation[:], n.Drop.Seed())
	droptest.Expect(b, "identity", os.WriteFile(dir+"/identity", []byte(text), 0o600), nil)
}

func loadVisited(dir string) *server.Server {
	text, err := os.ReadFile(dir + "/identity")
	parts := strings.Fields(string(text))
	if err != nil || len(parts) != 3 {
		panic("no identity")
	}
	return visitedServer(dir, parts[0], parts[1], parts[2])
}

// visitedServer opens the drop of BenchmarkVisit in its own process, at the
// time at which its last page was sealed.
func visitedServer(dir, newsroom, incarnation, seed string) *server.Server {
	nr, err := wire.ParseNewsroomKey(newsroom)
	if err != nil {
		panic(err)
	}
	store, err := sqlite.Open(dir)
	if err != nil {
		panic(err)
	}
	blobs, err := fs.Open(dir)
	if err != nil {
		panic(err)
	}
	s, err := server.New(context.Background(), server.Config{
		Newsroom: nr, Incarnation: wire.Incarnation(unhex(incarnation)),
		Key: ed25519.NewKeyFromSeed(unhex(seed)), Store: store, Blobs: blobs,
		Now: droptest.NewClock(droptest.Noon).Now, Random: rand.Reader,
	})
	if err != nil {
		panic(err)
	}
	return s
}

func unhex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return b
}
