// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/internal/cli"
	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/press"
)

// A bench is a table with desks, as persons use them, and a real drop on
// loopback.
type bench struct {
	t        *testing.T
	dir      string
	address  string
	dropKey  ed25519.PrivateKey
	inc      wire.Incarnation
	listener net.Listener
	drop     *server.Server

	mu    sync.Mutex
	clock time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir(), clock: time.Unix(3000*7*86400+1000, 0)}
	_, b.dropKey, _ = ed25519.GenerateKey(rand.Reader)
	rand.Read(b.inc[:])
	l, err := net.Listen("tcp", "127.0.0.1:0")
	b.must(err)
	b.listener, b.address = &countingListener{Listener: l}, "http://"+l.Addr().String()
	return b
}

// countingListener counts the calls that come to the drop.
type countingListener struct {
	net.Listener
	count atomic.Int64
}

func (l *countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.count.Add(1)
	}
	return conn, err
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

// start starts the drop for a newsroom.
func (b *bench) start(nr wire.NewsroomKey, now func() time.Time) {
	b.t.Helper()
	s, err := server.New(b.t.Context(), server.Config{
		Newsroom: nr, Key: b.dropKey, Incarnation: b.inc, Store: memory.New(), Blobs: memory.NewBlobs(),
		Now: now, Random: rand.Reader,
	})
	b.must(err)
	b.drop = s
	ctx, stop := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() { server.Serve(ctx, b.listener, s.Handler(), 16); close(done) }()
	b.t.Cleanup(func() { stop(); <-done })
}

// pass moves the clock on by steps of a sealing and has every desk sync.
func (b *bench) pass(steps int, desks ...string) {
	b.t.Helper()
	for range steps {
		b.mu.Lock()
		b.clock = b.clock.Add(time.Hour)
		b.mu.Unlock()
		b.must(b.drop.Seal(b.t.Context()))
		for _, d := range desks {
			b.desk(d, "", "sync")
		}
	}
}

// desk runs a verb as one person and returns what it printed.
func (b *bench) desk(name, stdin string, args ...string) string {
	b.t.Helper()
	out, code := b.try(b.now, name, stdin, args...)
	if code != 0 {
		b.t.Fatalf("%s: desk %s: exit %d\n%s", name, strings.Join(args, " "), code, out)
	}
	return out
}

func (b *bench) try(now func() time.Time, name, stdin string, args ...string) (string, int) {
	return b.run(b.t.Context(), now, name, stdin, &bytes.Buffer{}, args...)
}

func (b *bench) run(ctx context.Context, now func() time.Time, name, stdin string, both interface {
	Write([]byte) (int, error)
	String() string
}, args ...string,
) (string, int) {
	p := &program{now: now, params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}, busyFor: time.Minute}
	env := &cli.Env{Stdin: strings.NewReader("pass " + name + "\n" + stdin), Stdout: both, Stderr: both, Getenv: os.Getenv}
	args = append(args, "--dir", filepath.Join(b.dir, name))
	code := cli.Run(ctx, p.command(), env, args)
	return both.String(), code
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// found founds a newsroom of anna, boris and vera by their commands.
func (b *bench) found(schedule string, now func() time.Time) *wire.Newsroom {
	b.t.Helper()
	for _, name := range []string{"anna", "boris", "vera"} {
		b.desk(name, "", "init", "--name", strings.ToUpper(name[:1])+name[1:])
		b.desk(name, "", "request", "-o", b.path(name+".request"))
	}
	out, code := b.try(now, "anna", "", "found", "--name", "Free Voice", "--address", b.address,
		"--drop-key", hex.EncodeToString(b.dropKey.Public().(ed25519.PublicKey)),
		"--incarnation", hex.EncodeToString(b.inc[:]), "--threshold", "2", "--schedule", schedule, "--yes",
		b.path("boris.request"), b.path("vera.request"), "-o", b.path("draft"))
	if code != 0 {
		b.t.Fatalf("found: %s", out)
	}
	key := regexp.MustCompile(`newsroom: (tamizdat1\S+)`).FindStringSubmatch(out)
	nr, err := wire.ParseNewsroomKey(key[1])
	b.must(err)
	b.start(nr, now)
	for _, name := range []string{"anna", "boris"} {
		if out, code := b.try(now, name, "", "sign", b.path("draft"), "--yes"); code != 0 {
			b.t.Fatalf("sign: %s", out)
		}
	}
	for name, args := range map[string][]string{
		"anna":  {"publish", b.path("draft")},
		"boris": {"join", b.path("draft")},
	} {
		if out, code := b.try(now, name, "", args...); code != 0 {
			b.t.Fatalf("%s: %s", args[0], out)
		}
	}
	if out, code := b.try(now, "vera", "", "join", "--drop", b.address, "--newsroom", nr.String()); code != 0 {
		b.t.Fatalf("join: %s", out)
	}
	return b.newsroom(nr)
}

func (b *bench) newsroom(nr wire.NewsroomKey) *wire.Newsroom {
	b.t.Helper()
	file, err := b.drop.Newsroom(b.t.Context())
	b.must(err)
	u, err := wire.ParseNewsroom(file)
	b.must(err)
	n, err := u.Verify(nr)
	b.must(err)
	return n
}

// write sends a letter as a source does.
func (b *bench) write(n *wire.Newsroom, s *letter.Source, text string, now time.Time) {
	b.t.Helper()
	b.writeLetter(n, s, letter.NewLetter(text, nil), now)
}

func (b *bench) writeLetter(n *wire.Newsroom, s *letter.Source, l *letter.Letter, now time.Time) {
	b.t.Helper()
	raw, err := b.drop.Keys(b.t.Context(), wire.PeriodAt(now.Unix(), n.PeriodSeconds()))
	b.must(err)
	keys, err := wire.ParseKeysFile(raw)
	b.must(err)
	var bundles []*wire.Bundle
	for _, u := range keys.Bundles {
		v, err := u.Verify(n.Roster())
		b.must(err)
		bundles = append(bundles, v)
	}
	envelopes, err := s.SealLetter(n.Key(), n.Roster(), bundles, l)
	b.must(err)
	sched := n.Roster().Schedule
	post := wire.LetterPost{Newsroom: n.Key(), Slot: sched.WorkSlot(now.Unix()), Envelopes: envelopes}
	post.Counter, err = wire.DoWork(b.t.Context(), post.Newsroom, post.Slot, post.Subject(), sched.WorkIterations, sched.WorkBits)
	b.must(err)
	body, err := post.Encode()
	b.must(err)
	b.must(b.drop.PostLetter(b.t.Context(), body))
}

func (b *bench) replies(n *wire.Newsroom, s *letter.Source) []string {
	b.t.Helper()
	in, err := b.drop.Replies(b.t.Context(), false)
	b.must(err)
	defer in.Close()
	r := n.Roster()
	v, err := wire.ReadView(in, r.Newsroom, wire.Replies, r.Incarnation, r.Drop, r.Schedule.MaxViewBytes())
	b.must(err)
	var out []string
	for _, p := range v.Pages {
		envelopes, err := wire.ParseRepliesBody(p.Body)
		b.must(err)
		for _, i := range s.Scan(envelopes) {
			if got, err := s.OpenReply(r.Newsroom, r, p.Header.Number, envelopes[i]); err == nil {
				out = append(out, got.Text)
			}
		}
	}
	return out
}

func listOf(t *testing.T, out string) []desk.LetterInfo {
	t.Helper()
	var list []desk.LetterInfo
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return list
}

// TestStoryInTheTerminal goes from three empty folders to an answer that the
// source reads and an edition that two have signed.
func TestStoryInTheTerminal(t *testing.T) {
	b := newBench(t)
	n := b.found("default", b.now)
	all := []string{"anna", "boris", "vera"}
	b.pass(2, all...)
	src, err := letter.NewWords().Source()
	b.must(err)
	b.write(n, src, "First line.\n\nIt is \u202etrue.", b.now()) // D-5: what a terminal would obey
	b.pass(2, all...)

	out := b.desk("boris", "", "list", "--json")
	list := listOf(t, out)
	if len(list) != 1 || list[0].Read || strings.ContainsAny(out, "\x1b\u202e") {
		t.Fatalf("list: %s", out)
	}
	id := list[0].ID.Short()
	if out = b.desk("boris", "", "read", id); strings.ContainsAny(out, "\x1b\u202e") || !strings.Contains(out, "| First line.") {
		t.Errorf("read: %q", out)
	}
	if out = b.desk("boris", "", "list"); strings.Contains(out, "*") || !strings.Contains(out, id) || !strings.Contains(out, `"First line."`) {
		t.Errorf("after reading: %q", out)
	}
	if out = b.desk("boris", "We hear you.\nWho else knows?\n", "reply", id); !strings.Contains(out, "Queued. It goes to the drop about") {
		t.Errorf("reply: %q", out)
	}
	b.pass(14, all...)
	if got := b.replies(n, src); len(got) != 1 || got[0] != "We hear you.\nWho else knows?" {
		t.Errorf("the source reads %q", got)
	}
	out = b.desk("anna", "", "status")
	for _, want := range []string{"newsroom Free Voice: ", "roster 1: 59 days left", "letters log: 18 pages, last page", "no alarms", "1 letter, 1 not read"} {
		if !strings.Contains(out, want) {
			t.Errorf("status lacks %q:\n%s", want, out)
		}
	}
	b.edition(id)
}

// edition prepares what the press will take.
func (b *bench) edition(id string) {
	b.t.Helper()
	b.must(os.WriteFile(b.path("en.txt"), []byte("The first letter\n\nPremier.\n\nIt is so.\n"), 0o600))
	b.must(os.WriteFile(b.path("ru.txt"), []byte("Первое.\n\nЭто так.\n"), 0o600))
	b.desk("anna", "", "edition", "make", "--origin", "voice.example/log", "--series", "lamp", "--number", "1",
		"--lang", "ru", "--title", "Первое письмо", "--original", b.path("ru.txt"), "--translation", "en="+b.path("en.txt"),
		"--credit", "translator=A friend", "--claimed", "en=All of it.", "-o", b.path("one.edition"))
	var editors []press.Editor
	for vkey := range strings.Lines(b.desk("vera", "", "editors")) {
		e, err := press.ParseEditor(strings.TrimSpace(vkey))
		b.must(err)
		editors = append(editors, e)
	}
	for _, name := range []string{"anna", "boris"} {
		b.desk(name, "yes\n", "edition", "sign", b.path("one.edition"))
	}
	file, err := os.ReadFile(b.path("one.edition"))
	b.must(err)
	e, signed, err := press.ParseFile(file)
	b.must(err)
	if _, err := signed.Check(e, editors, 2); err != nil {
		b.t.Error(err)
	}
	// The letter holds a mark that the gate stops: it cannot be signed.
	b.desk("anna", "", "edition", "make", "--origin", "voice.example/log", "--series", "lamp", "--number", "2",
		"--lang", "en", "--title", "Raw", "--letter", id, "-o", b.path("two.edition"))
}

func TestWrongUseAndWrongPassphrase(t *testing.T) {
	b := newBench(t)
	b.desk("anna", "", "init", "--name", "Anna")
	out, code := b.run(t.Context(), b.now, "anna", "", &bytes.Buffer{}, "status")
	if code != 0 || !strings.Contains(out, "belongs to no newsroom yet") {
		t.Errorf("status of a new desk: %d %s", code, out)
	}
	p := &program{now: b.now}
	var both bytes.Buffer
	env := &cli.Env{Stdin: strings.NewReader("password\n"), Stdout: &both, Stderr: &both, Getenv: os.Getenv}
	if code := cli.Run(t.Context(), p.command(), env, []string{"list", "--dir", b.path("anna")}); code != 1 ||
		both.String() != "error: this passphrase does not open the vault\n" {
		t.Errorf("wrong passphrase: %d %q", code, both.String())
	}
	if out, code := b.try(b.now, "nobody", "", "list"); code != 1 || !strings.Contains(out, "there is no vault in this folder\nhint: ") {
		t.Errorf("no desk: %d %q", code, out)
	}
	for want, args := range map[string][]string{
		"there is no such letter":                    {"read", "abcd"},
		"belongs to no newsroom yet":                 {"sync"},
		"\"extra\" is one argument too many":         {"list", "extra"},
		"found needs --name, --drop, --drop-key":     {"found"},
		"found needs --name\n":                       {"found", "--address", "http://127.0.0.1:1", "--drop-key", strings.Repeat("11", 32), "--incarnation", strings.Repeat("11", len(b.inc))},
		"--schedule is default, trial or fast":       {"found", "--name", "x", "--drop", "http://127.0.0.1:1", "--drop-key", strings.Repeat("11", 32), "--incarnation", strings.Repeat("11", len(b.inc)), "--schedule", "slow", "-o", "x"},
		"it has 64 hexadecimal digits":               {"found", "--drop-key", "xyz"},
		"no such file":                               {"sign", b.path("nowhere")},
		"join needs a draft, or --drop and --newsro": {"join"},
	} {
		if out, code := b.try(b.now, "anna", "", args...); code == 0 || !strings.Contains(out, want) {
			t.Errorf("%v: %d %q, want %q", args, code, out, want)
		}
	}
}

func TestNotConfirmedIsNotDone(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"anna", "boris"} {
		b.desk(name, "", "init", "--name", name)
		b.desk(name, "", "request", "--out", b.path(name+".request"))
	}
	out, code := b.try(b.now, "anna", "no\n", "found", "--name", "Free Voice", "--drop", b.address,
		"--drop-key", hex.EncodeToString(b.dropKey.Public().(ed25519.PublicKey)), "--incarnation", hex.EncodeToString(b.inc[:]),
		b.path("boris.request"), "--out", b.path("draft"))
	if code != 1 || !strings.Contains(out, "not confirmed") {
		t.Errorf("%d %s", code, out)
	}
	if _, err := os.Stat(b.path("draft")); err == nil {
		t.Error("a draft was written")
	}
}

// output is a buffer that a running command and a test share.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// TestRunningDeskSharesItsFolder runs a desk by the real clock on the fast
// schedule, and works with the other verbs beside it.
func TestRunningDeskSharesItsFolder(t *testing.T) {
	b := newBench(t)
	n := b.found("fast", time.Now)
	sealing, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for sleep(sealing, 100*time.Millisecond) {
			if err := b.drop.Seal(sealing); err != nil && sealing.Err() == nil {
				t.Errorf("seal: %v", err)
			}
		}
	})
	codes := make([]int, 3)
	said := make([]output, 3)
	for i, name := range []string{"anna", "boris", "vera"} {
		wg.Go(func() { _, codes[i] = b.run(sealing, time.Now, name, "", &said[i], "run") })
	}
	src, err := letter.NewWords().Source()
	b.must(err)
	until(t, "bundles", func() bool {
		raw, err := b.drop.Keys(t.Context(), wire.PeriodAt(time.Now().Unix(), n.PeriodSeconds()))
		b.must(err)
		keys, err := wire.ParseKeysFile(raw)
		b.must(err)
		return len(keys.Bundles) == 3
	})
	b.write(n, src, "hello", time.Now())
	until(t, "the letter", func() bool { return strings.Contains(said[2].String(), "something arrived") })
	out, code := b.try(time.Now, "vera", "", "list", "--json")
	list := listOf(t, out)
	if code != 0 || len(list) != 1 {
		t.Fatalf("list beside a running desk: %d %s", code, out)
	}
	if out, code = b.try(time.Now, "vera", "hello yourself", "reply", list[0].ID.Short()); code != 0 {
		t.Fatalf("reply beside a running desk: %s", out)
	}

	until(t, "the answer", func() bool { return len(b.replies(n, src)) > 0 })
	stop()
	wg.Wait()
	for i, code := range codes {
		if out := said[i].String(); code != 0 || strings.Contains(out, "hello") || strings.Contains(out, "alarm") {
			t.Errorf("run ended with %d and said %q", code, out)
		}
	}
}

// until waits for something that will come, for a minute at most.
func until(t *testing.T, what string, there func() bool) {
	t.Helper()
	for range 600 {
		if there() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s did not come", what)
}

// sleep waits; false means that ctx ended.
func sleep(ctx context.Context, span time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(span):
		return true
	}
}
