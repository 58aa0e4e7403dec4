// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
	"tamizdat/letter"
)

// slowly runs a verb whose person takes time: it gets the passphrase at once and
// the rest when the test says so. The folder must be free meanwhile.
func (b *bench) slowly(name, rest string, args ...string) string {
	b.t.Helper()
	in, person := io.Pipe()
	p := &program{now: b.now, params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}}
	said, code := &output{}, make(chan int, 1)
	env := &cli.Env{Stdin: in, Stdout: said, Stderr: said, Getenv: os.Getenv}
	go func() {
		code <- cli.Run(b.t.Context(), p.command(), env, append(args, "--dir", b.path(name)))
		in.Close()
	}()
	_, err := io.WriteString(person, "pass "+name+"\n")
	b.must(err)
	b.isLeft(name)
	_, err = io.WriteString(person, rest)
	b.must(err)
	b.must(person.Close())
	if c := <-code; c != 0 {
		b.t.Errorf("%s: desk %v: exit %d\n%s", name, args, c, said.String())
	}
	return said.String()
}

// isLeft waits until the folder is free and then sees it free for a while.
func (b *bench) isLeft(name string) {
	b.t.Helper()
	free := 0
	until(b.t, "a free folder", func() bool {
		d, err := desk.Open(b.path(name), "pass "+name, desk.Options{Now: b.now})
		if errors.Is(err, vault.ErrInUse) {
			free = 0
			return false
		}
		b.must(err)
		b.must(d.Close())
		free++
		return free == 5
	})
}

// TestNobodyWaitsForAPersonWithTheFolder: what takes a person time is asked while
// the folder is free, or a desk that runs could not look and write on time.
func TestNobodyWaitsForAPersonWithTheFolder(t *testing.T) {
	b := newBench(t)
	n := b.found("default", b.now)
	all := []string{"anna", "boris", "vera"}
	b.pass(2, all...)
	src, err := letter.NewWords().Source()
	b.must(err)
	b.write(n, src, "hello", b.now())
	b.pass(2, all...)
	id := listOf(t, b.desk("anna", "", "list", "--json"))[0].ID.Short()
	if out := b.slowly("anna", "the answer\n", "reply", id); !strings.Contains(out, "Queued.") {
		t.Errorf("reply: %s", out)
	}
	b.must(os.WriteFile(b.path("en.txt"), []byte("It is so.\n"), 0o600))
	b.desk("anna", "", "edition", "make", "--origin", "voice.example/log", "--series", "lamp", "--number", "1",
		"--lang", "en", "--title", "One", "--original", b.path("en.txt"), "-o", b.path("one.edition"))
	b.slowly("anna", "yes\n", "edition", "sign", b.path("one.edition"))
	b.slowly("anna", "pass anna\n", "passphrase")
	b.desk("boris", "", "roster", "propose", "--renew", "-o", b.path("next"))
	b.slowly("anna", "yes\n", "sign", b.path("next"))
	b.desk("extra", "", "init", "--name", "Extra")
	b.desk("extra", "", "request", "-o", b.path("extra.request"))
	b.slowly("anna", "yes\n", "roster", "propose", "--add", b.path("extra.request"), "-o", b.path("larger"))
}

// TestRunOutlivesATakenFolder: a desk that runs says once that its folder is
// taken, and goes on when it is free.
func TestRunOutlivesATakenFolder(t *testing.T) {
	b := newBench(t)
	b.found("fast", time.Now)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	p := &program{now: time.Now, params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}, busyFor: 50 * time.Millisecond}
	said, code := &output{}, make(chan int, 1)
	env := &cli.Env{Stdin: strings.NewReader("pass anna\n"), Stdout: said, Stderr: said, Getenv: os.Getenv}
	go func() { code <- cli.Run(ctx, p.command(), env, []string{"run", "--dir", b.path("anna")}) }()
	until(t, "the watch", func() bool { return strings.Contains(said.String(), "keeps watch") })
	d, err := waitFor(t.Context(), nil, patience, func() (*desk.Desk, error) {
		return desk.Open(b.path("anna"), "pass anna", desk.Options{Now: time.Now})
	})
	b.must(err)
	const taken = "another program is using this folder"
	until(t, "a word about it", func() bool { return strings.Contains(said.String(), taken) })
	if sleep(t.Context(), 5*time.Second); strings.Count(said.String(), taken) != 1 { // at least one more moment that is due
		t.Errorf("it said\n%s", said.String())
	}
	b.must(d.Close())
	until(t, "the next round", func() bool { return strings.Contains(said.String(), "the folder is free again") })
	stop()
	if c := <-code; c != 0 {
		t.Errorf("run ended with %d:\n%s", c, said.String())
	}
}

// TestMissedRoundIsNotMadeUp: what a desk sends must not tell when somebody let go
// of its folder. The next round is at the next moment drawn beforehand.
func TestMissedRoundIsNotMadeUp(t *testing.T) {
	b := newBench(t)
	b.found("default", b.now)
	b.pass(1, "anna")
	p := &program{now: b.now, busyFor: 10 * time.Millisecond}
	o := &options{dir: b.path("anna")}
	d, err := desk.Open(o.dir, "pass anna", p.options(t.Context(), &cli.Env{Getenv: os.Getenv}, o))
	b.must(err)
	for next, err := d.Next(); next.Sub(b.now()) < time.Minute; next, err = d.Next() {
		b.must(err)
		b.mu.Lock()
		b.clock = b.clock.Add(time.Minute)
		b.mu.Unlock()
	}
	said := &output{}
	w := &watch{p: p, env: &cli.Env{Stdout: said, Stderr: said}, o: o, key: d.Key()}
	w.guard = w.newGuard()
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	time.AfterFunc(500*time.Millisecond, func() { _ = d.Close() })
	if got, err := w.await(ctx, d, b.now()); got != nil || ctx.Err() == nil {
		t.Errorf("a round began when the folder was free again: %v", errors.Join(err, closeIf(got)))
	}
	if !strings.Contains(said.String(), "another program is using this folder") {
		t.Errorf("it said %q", said.String())
	}
	b.isLeft("anna")
}

// TestReadsAndWritesApart: no connection carries what all desks ask for with one
// key and also what a journalist signs.
func TestReadsAndWritesApart(t *testing.T) {
	var mu sync.Mutex
	carried := map[string]map[string]bool{} // of each connection, what went over it
	drop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		mu.Lock()
		defer mu.Unlock()
		if carried[r.RemoteAddr] == nil {
			carried[r.RemoteAddr] = map[string]bool{}
		}
		carried[r.RemoteAddr][r.Method+" "+r.URL.Path] = true
	}))
	defer drop.Close()
	to, err := (&program{}).connect(t.Context(), &cli.Env{Getenv: os.Getenv}, &options{})(drop.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	for range 3 {
		_, _ = to.Newsroom(ctx)
		_, _ = to.Nonce(ctx)
		if in, err := to.Read(ctx, []byte("read")); err == nil {
			_, _ = io.Copy(io.Discard, in)
			in.Close()
		}
		_, _ = to.Chunk(ctx, []byte("chunk"))
		_ = to.PostReply(ctx, []byte("signed"))
		_ = to.PostSegment(ctx, []byte("signed"))
		_ = to.PostBundle(ctx, []byte("signed"))
		_ = to.PostNewsroom(ctx, []byte("signed"))
	}
	to.(interface{ Close() }).Close()
	mu.Lock()
	defer mu.Unlock()
	signed := map[string]bool{"POST /v1/replies": true, "POST /v1/segments": true, "POST /v1/bundles": true, "POST /v1/newsroom": true}
	for _, paths := range carried {
		kinds := map[bool]bool{}
		for path := range paths {
			kinds[signed[path]] = true
		}
		if len(kinds) != 1 {
			t.Errorf("one connection carried %v", paths)
		}
	}
	if len(carried) < 2 {
		t.Errorf("%d connections", len(carried))
	}
}

// TestEditionIsNobodyElses: an edition is not public before it is printed, and no
// file is replaced that may hold signatures.
func TestEditionIsNobodyElses(t *testing.T) {
	b := newBench(t)
	b.found("default", b.now)
	b.must(os.WriteFile(b.path("en.txt"), []byte("It is so.\n"), 0o600))
	file := b.path("one.edition")
	edition := []string{
		"edition", "make", "--origin", "voice.example/log", "--series", "lamp", "--number", "1",
		"--lang", "en", "--title", "One", "--original", b.path("en.txt"), "-o", file,
	}
	if out := b.desk("anna", "", edition...); !strings.Contains(out, "edition sign --dir "+b.path("anna")+" "+file) {
		t.Errorf("make: %s", out)
	}
	b.isOwn(file)
	b.desk("anna", "yes\n", "edition", "sign", file)
	b.isOwn(file)
	before, err := os.ReadFile(file)
	b.must(err)
	if out, code := b.try(b.now, "anna", "", edition...); code != 1 || !strings.Contains(out, "is there already") {
		t.Errorf("make over signatures: %d %s", code, out)
	}
	b.isOwn(b.path("draft")) // as published
	if out, code := b.try(b.now, "anna", "", "roster", "propose", "--renew", "-o", b.path("draft")); code != 1 || !strings.Contains(out, "is there already") {
		t.Errorf("a draft over signatures: %d %s", code, out)
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
		t.Errorf("the signatures are gone: %v", err)
	}
}

func (b *bench) isOwn(file string) {
	b.t.Helper()
	info, err := os.Stat(file)
	b.must(err)
	if filepath.Separator == '/' && info.Mode().Perm() != 0o600 {
		b.t.Errorf("%s has the mode %v", filepath.Base(file), info.Mode())
	}
}

func TestOneFileNotOneFiles(t *testing.T) {
	said := &output{}
	env := &cli.Env{Stdout: said, Stderr: said}
	printLine(env, desk.LetterInfo{Files: 1, Replies: 1, Week: 3000, From: "x", Begins: "a" + strings.Repeat(" ", 70) + "ALARM \"b\" \u202e"})
	printLine(env, desk.LetterInfo{Files: 2, Replies: 2, Week: 3000, From: "x"})
	for _, want := range []string{"  1 file  1 reply  \"a ALARM \\\"b\\\" \\u202e\"\n", "  2 files  2 replies  \"\"\n"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the list lacks %q:\n%s", want, said.String())
		}
	}
}
