// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"archive/tar"
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"tamizdat/drop"
	"tamizdat/drop/client"
	"tamizdat/drop/droptest"
	"tamizdat/drop/sqlite"
	"tamizdat/internal/cli"
	"tamizdat/letter/wire"
)

// restoring runs restore with a secret key on standard input.
func restoring(t *testing.T, key, from, dir string) (code int, errs string) {
	t.Helper()
	var out, stderr bytes.Buffer
	env := &cli.Env{Stdin: strings.NewReader(key + "\n"), Stdout: &out, Stderr: &stderr, Getenv: getenv}
	code = cli.Run(t.Context(), Command(), env, []string{"restore", "--from", from, "--dir", dir})
	return code, stderr.String()
}

// busyDrop is a drop that serves, with a letter, a chunk and some pages sealed.
type busyDrop struct {
	dir    string
	n      *droptest.Newsroom
	p      *process
	letter *wire.LetterPost
	chunk  wire.ChunkID
	key    string // secret half of the backup key
}

func newBusyDrop(t *testing.T) *busyDrop {
	t.Helper()
	s := droptest.Schedule()
	s.LettersEvery, s.RepliesEvery, s.DeskEvery = 1, 1, 1
	s.LettersKept, s.RepliesKept, s.DeskKept = 65536, 4096, 65536
	b := &busyDrop{}
	b.dir, b.n = founded(t, 2, s)
	b.key = strings.TrimSpace(must(t, "backup-key", "--dir", b.dir))
	b.p = start(t, b.dir)
	c := b.p.client(t)
	ctx := t.Context()
	droptest.Expect(t, "newsroom", c.PostNewsroom(ctx, b.n.Write()), nil)
	ticket, err := c.OpenTicket(ctx, b.n.TicketRequest(now(), nil))
	droptest.Expect(t, "ticket", err, nil)
	chunk, id := b.n.Chunk()
	droptest.Expect(t, "chunk", c.PutChunk(ctx, ticket, id, chunk), nil)
	b.chunk, b.letter = id, b.send(t, c)
	eventually(t, "pages with all of it", func() bool {
		_, err := c.Chunk(ctx, b.n.ChunkRequest(t, c, id))
		return err == nil && b.has(t, c, b.letter)
	})
	return b
}

func (b *busyDrop) send(t *testing.T, c *client.Client) *wire.LetterPost {
	t.Helper()
	l := b.n.Letter(now())
	post, err := l.Encode()
	droptest.Expect(t, "letter", err, nil)
	droptest.Expect(t, "letter", c.PostLetter(t.Context(), post), nil)
	return l
}

func (b *busyDrop) has(t *testing.T, c *client.Client, l *wire.LetterPost) bool {
	t.Helper()
	for from, size := uint64(0), uint64(1); from < size; {
		v := b.n.View(t, c, wire.Letters, from, from, 64)
		size = v.Head.Size
		for _, p := range v.Pages {
			if bytes.Contains(p.Body, l.Envelopes[0]) {
				return true
			}
		}
		from += uint64(len(v.Pages))
	}
	return false
}

func (b *busyDrop) size(t *testing.T, c *client.Client) uint64 {
	return b.n.View(t, c, wire.Letters, 0, 0, 0).Head.Size
}

// vouch has every desk look at a drop that holds.
func (b *busyDrop) vouch(t *testing.T, c *client.Client) {
	t.Helper()
	size := b.size(t, c)
	for i, desk := range b.n.Desks {
		if b.size(t, c) != size {
			t.Fatalf("with %d of two desks it seals", i)
		}
		droptest.Expect(t, "vouch", c.PostVouch(t.Context(), b.n.Vouch(t, c, desk, func(*wire.VouchBody) {})), nil)
	}
}

// onionText is the file with the address's key.
func onionText(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, onionFile))
	droptest.Expect(t, "onion", err, nil)
	return string(text)
}

// TestF6RestoreDrill: back up while serving, wipe, restore on a new machine. It has
// the same address and what was sealed, and takes nothing until the newsroom has
// spoken: first with new logs, because a desk has seen more.
func TestF6RestoreDrill(t *testing.T) {
	b := newBusyDrop(t)
	to := filepath.Join(t.TempDir(), "away")
	file := strings.TrimSpace(must(t, "backup", "--dir", b.dir, "--to", to))
	c := b.p.client(t)
	after := b.send(t, c)
	eventually(t, "a later page", func() bool { return b.has(t, c, after) })
	seen := b.n.View(t, c, wire.Letters, 0, 0, 0).Head
	onion := onionText(t, b.dir)
	b.p.stop(t)
	droptest.Expect(t, "wiping", os.RemoveAll(b.dir), nil)

	dir := filepath.Join(t.TempDir(), "new")
	must(t, "init", "--dir", dir) // a package does it when it is installed
	if code, errs := restoring(t, b.key, file, dir); code != 0 {
		t.Fatalf("restore: %s", errs)
	}
	if onionText(t, dir) != onion {
		t.Error("the restored drop has another address")
	}
	if out := must(t, "status", "--dir", dir); !strings.Contains(out, "HOLDS") || !strings.Contains(out, "started from a backup") {
		t.Errorf("status says %q", out)
	}
	p := start(t, dir)
	c = p.client(t)
	ctx := t.Context()
	if !b.has(t, c, b.letter) || b.has(t, c, after) {
		t.Error("the restored drop has other letters than the backup")
	}
	chunk, err := c.Chunk(ctx, b.n.ChunkRequest(t, c, b.chunk))
	if err != nil || wire.ChunkIDOf(chunk) != b.chunk {
		t.Errorf("a chunk: %v", err)
	}
	post, err := b.n.Letter(now()).Encode()
	droptest.Expect(t, "letter", err, nil)
	droptest.Expect(t, "a letter while it holds", c.PostLetter(ctx, post), drop.ErrBusy)
	droptest.Expect(t, "what a desk has seen", c.PostHead(ctx, seen.Bytes()), drop.ErrConflict)
	size := b.size(t, c)
	time.Sleep(1500 * time.Millisecond) // more than a sealing
	if b.size(t, c) != size {
		t.Fatal("it seals while it holds")
	}
	p.kill()
	p = start(t, dir)
	c = p.client(t)
	if out := must(t, "status", "--dir", dir); !strings.Contains(out, "not the newest") {
		t.Errorf("status says %q", out)
	}
	b.n.Renew(func() {})
	droptest.Expect(t, "new logs", c.PostNewsroom(ctx, b.n.Write()), nil)
	b.vouch(t, c)
	last := b.send(t, c)
	eventually(t, "a page of the new log", func() bool { return b.has(t, c, last) })
	p.kill()
	p = start(t, dir)
	if !b.has(t, p.client(t), last) {
		t.Error("after a restart the new log is not there")
	}
	file = strings.TrimSpace(must(t, "backup", "--dir", dir, "--to", to))
	again := filepath.Join(t.TempDir(), "again")
	if code, errs := restoring(t, b.key, file, again); code != 0 {
		t.Errorf("a drop with its second logs cannot be restored: %s", errs)
	}
}

// TestF5MoveToAnotherHost: the old folder never serves again, and the new one goes
// on with the same logs, and the letters that waited, when both desks have looked.
func TestF5MoveToAnotherHost(t *testing.T) {
	b := newBusyDrop(t)
	file := filepath.Join(t.TempDir(), "move")
	fails(t, "stop the drop", "backup", "--dir", b.dir, "--to", file, "--move")
	queued := b.send(t, b.p.client(t))
	b.p.kill()
	file = strings.TrimSpace(must(t, "backup", "--dir", b.dir, "--to", file, "--move"))
	fails(t, "was moved", "serve", "--dir", b.dir, "--tor", "none")
	must(t, "backup", "--dir", b.dir, "--to", filepath.Dir(file), "--move") // again, as after a full disk
	fails(t, "was moved", "backup", "--dir", b.dir)                         // as every night

	dir := filepath.Join(t.TempDir(), "new")
	if code, errs := restoring(t, b.key, file, dir); code != 0 {
		t.Fatalf("restore: %s", errs)
	}
	c := start(t, dir).client(t)
	size := b.size(t, c)
	b.vouch(t, c)
	eventually(t, "the letter that waited", func() bool { return b.has(t, c, queued) })
	if !b.has(t, c, b.letter) || b.size(t, c) <= size {
		t.Error("the logs did not go on")
	}
	if out := must(t, "status", "--dir", dir); strings.Contains(out, "HOLDS") {
		t.Errorf("status says %q", out)
	}
}

// TestMoveAfterAKill: a drop that was killed has what it accepted in logs of writes,
// of desks' slots too, and perhaps the log of a spool that is gone. All of it comes
// along. Where the copy cannot be made the folder is not given up: it serves.
func TestMoveAfterAKill(t *testing.T) {
	s := droptest.Schedule()
	dir, n := founded(t, 2, s)
	key := strings.TrimSpace(must(t, "backup-key", "--dir", dir))
	p := start(t, dir)
	c := p.client(t)
	ctx := t.Context()
	droptest.Expect(t, "newsroom", c.PostNewsroom(ctx, n.Write()), nil)
	size, root := n.State(t, c)
	every := s.Interval(wire.Replies)
	at := (now()/every + 1) * every
	slot := n.Verified().Roster().SlotsOf(n.Desks[0].ID, at)[0]
	reply := n.Reply(n.Desks[0], n.Beat(n.Desks[0], now(), size, root), at, slot, n.Envelope(wire.ReplySize))
	droptest.Expect(t, "reply", c.PostReply(ctx, reply), nil)
	p.kill()

	spool := filepath.Join(dir, "spool")
	droptest.Expect(t, "orphan", os.WriteFile(filepath.Join(spool, "letters-000000000007.db-wal"), []byte("x"), 0o600), nil)
	stray := filepath.Join(spool, "stray")
	droptest.Expect(t, "stray", os.WriteFile(stray, nil, 0o600), nil)
	to := t.TempDir()
	fails(t, "stray", "backup", "--dir", dir, "--to", to, "--move")
	start(t, dir).kill()
	droptest.Expect(t, "stray", os.Remove(stray), nil)
	file := strings.TrimSpace(must(t, "backup", "--dir", dir, "--to", to, "--move"))

	moved := filepath.Join(t.TempDir(), "new")
	if code, errs := restoring(t, key, file, moved); code != 0 {
		t.Fatalf("restore: %s", errs)
	}
	store, err := sqlite.Open(moved)
	droptest.Expect(t, "store", err, nil)
	defer store.Close()
	if times, err := store.Waiting(ctx, wire.Replies); err != nil || len(times) != 1 || times[0] != at {
		t.Errorf("the reply that waited is lost: %v %v", times, err)
	}
}

// TestF5DoubtfulBackups: nothing becomes of a backup that is not whole, not ours,
// or newer, nor of a folder in which something could be lost.
func TestF5DoubtfulBackups(t *testing.T) {
	b := newBusyDrop(t)
	file := strings.TrimSpace(must(t, "backup", "--dir", b.dir))
	good, err := os.ReadFile(file)
	droptest.Expect(t, "backup", err, nil)
	try := func(what, words, key string, content []byte) {
		t.Helper()
		bad := filepath.Join(t.TempDir(), "bad")
		droptest.Expect(t, "write", os.WriteFile(bad, content, 0o600), nil)
		dir := filepath.Join(t.TempDir(), "new")
		code, errs := restoring(t, key, bad, dir)
		if code == 0 || !strings.Contains(errs, words) {
			t.Errorf("%s: exit %d, %q", what, code, errs)
		}
		fails(t, "no drop in this folder", "status", "--dir", dir)
	}
	stranger, err := age.GenerateX25519Identity()
	droptest.Expect(t, "key", err, nil)
	try("another key", "does not open", stranger.String(), good)
	try("no key", "begins with AGE-SECRET-KEY-1", "secret", good)
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	try("a flipped bit", "damaged", b.key, flipped)
	try("a cut file", "damaged", b.key, good[:len(good)-100000])
	try("another file", "damaged", b.key, []byte("hello"))
	try("a later version", "newer version", b.key, b.repack(t, good, "tamizdat-drop backup 2\n", nil))
	try("a name outside", "holds", b.key, b.repack(t, good, backupFirstLine, func(h *tar.Header, body []byte) []byte {
		h.Name = strings.Replace(h.Name, "newsroom", "../newsroom", 1)
		return body
	}))
	try("a page changed", "is damaged", b.key, b.repack(t, good, backupFirstLine, func(h *tar.Header, body []byte) []byte {
		if isContent(h.Name) && len(body) > 0 {
			body[len(body)-1] ^= 1
		}
		return body
	}))
	try("a page missing", "not whole", b.key, b.repack(t, good, backupFirstLine, func(h *tar.Header, body []byte) []byte {
		if h.Name == "letters/000000000000" {
			return nil
		}
		return body
	}))
	try("no records", "no state.db", b.key, b.repack(t, good, backupFirstLine, func(h *tar.Header, body []byte) []byte {
		if h.Name == stateFile || isContent(h.Name) {
			return nil
		}
		return body
	}))
	code, errs := restoring(t, b.key, file, b.dir)
	if code == 0 || !strings.Contains(errs, "another process uses this folder") {
		t.Errorf("into a folder in use: %q", errs)
	}
	b.p.stop(t)
	if code, errs := restoring(t, b.key, file, b.dir); code == 0 || !strings.Contains(errs, "serves a newsroom already") {
		t.Errorf("over a drop: %q", errs)
	}
	other := t.TempDir()
	droptest.Expect(t, "chmod", os.Chmod(other, 0o700), nil)
	droptest.Expect(t, "write", os.WriteFile(filepath.Join(other, "thesis.txt"), nil, 0o600), nil)
	if code, errs := restoring(t, b.key, file, other); code == 0 || !strings.Contains(errs, "thesis.txt") {
		t.Errorf("into somebody's folder: %q", errs)
	}
}

// repack makes the backup again with another first line and files changed; nil
// leaves a file out.
func (b *busyDrop) repack(t *testing.T, good []byte, line string, change func(*tar.Header, []byte) []byte) []byte {
	t.Helper()
	id, err := age.ParseX25519Identity(b.key)
	droptest.Expect(t, "key", err, nil)
	in, err := age.Decrypt(bytes.NewReader(good), id)
	droptest.Expect(t, "decrypt", err, nil)
	_, err = io.CopyN(io.Discard, in, int64(len(backupFirstLine)))
	droptest.Expect(t, "first line", err, nil)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, id.Recipient())
	droptest.Expect(t, "encrypt", err, nil)
	_, err = io.WriteString(w, line)
	droptest.Expect(t, "first line", err, nil)
	to := tar.NewWriter(w)
	for r := tar.NewReader(in); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		droptest.Expect(t, "next", err, nil)
		body, err := io.ReadAll(r)
		droptest.Expect(t, "read", err, nil)
		if change != nil {
			if body = change(h, body); body == nil {
				continue
			}
		}
		droptest.Expect(t, "header", to.WriteHeader(h), nil)
		_, err = to.Write(body)
		droptest.Expect(t, "write", err, nil)
	}
	droptest.Expect(t, "close", to.Close(), nil)
	droptest.Expect(t, "close", w.Close(), nil)
	return out.Bytes()
}

// TestF6RestoreThatWasCutOff can be repeated, from every point.
func TestF6RestoreThatWasCutOff(t *testing.T) {
	b := newBusyDrop(t)
	file := strings.TrimSpace(must(t, "backup", "--dir", b.dir))
	dir := filepath.Join(t.TempDir(), "new")
	if code, errs := restoring(t, b.key, file, dir); code != 0 {
		t.Fatalf("restore: %s", errs)
	}
	droptest.Expect(t, "undoing the last step", os.Remove(filepath.Join(dir, newsroomFile)), nil)
	if code, errs := restoring(t, b.key, file, dir); code == 0 {
		t.Fatalf("a folder with a drop's things and no mark was overwritten: %s", errs)
	}
	droptest.Expect(t, "mark", os.Mkdir(filepath.Join(dir, restoreDir), 0o700), nil)
	if code, errs := restoring(t, b.key, file, dir); code != 0 {
		t.Fatalf("restore again: %s", errs)
	}
	if !b.has(t, start(t, dir).client(t), b.letter) {
		t.Error("the letter is not there")
	}
}

// TestF14BackupKeys: no backup without a key that is kept elsewhere, and nothing in
// it that can be read without.
func TestF14BackupKeys(t *testing.T) {
	dir, n := founded(t, 2, droptest.Schedule())
	fails(t, "no backup key yet", "backup", "--dir", dir)
	key := strings.TrimSpace(must(t, "backup-key", "--dir", dir))
	fails(t, "has a backup key already", "backup-key", "--dir", dir)
	if again := strings.TrimSpace(must(t, "backup-key", "--dir", dir, "--new")); again == key || !strings.HasPrefix(again, "AGE-SECRET-KEY-1") {
		t.Errorf("the new key is %q", again)
	}
	p := start(t, dir)
	droptest.Expect(t, "newsroom", p.client(t).PostNewsroom(t.Context(), n.Write()), nil)
	file := strings.TrimSpace(must(t, "backup", "--dir", dir))
	text, err := os.ReadFile(file)
	droptest.Expect(t, "backup", err, nil)
	if bytes.Contains(text, []byte("identity")) || bytes.Contains(text, n.NR[:]) {
		t.Error("the backup can be read")
	}
	for _, name := range []string{copyDir, filepath.Join(backupsDir, filepath.Base(file)+".part")} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is left", name)
		}
	}
}

// TestTwoBackupsAtOnce: they would write into the same temporary files.
func TestTwoBackupsAtOnce(t *testing.T) {
	dir, n := founded(t, 2, droptest.Schedule())
	must(t, "backup-key", "--dir", dir)
	droptest.Expect(t, "newsroom", start(t, dir).client(t).PostNewsroom(t.Context(), n.Write()), nil)
	l, err := takeBackupLock(dir)
	droptest.Expect(t, "lock", err, nil)
	fails(t, "another backup", "backup", "--dir", dir)
	droptest.Expect(t, "release", l.release(), nil)
	must(t, "backup", "--dir", dir)
}

// TestOldBackupsGo: what the drop deleted is gone when the last backup is that has
// it. Other files in the folder stay.
func TestOldBackupsGo(t *testing.T) {
	dir, n := founded(t, 2, droptest.Schedule())
	must(t, "backup-key", "--dir", dir)
	p := start(t, dir)
	droptest.Expect(t, "newsroom", p.client(t).PostNewsroom(t.Context(), n.Write()), nil)
	to := t.TempDir()
	today := time.Now().UTC()
	id, err := readIdentity(dir)
	droptest.Expect(t, "identity", err, nil)
	mine := hex.EncodeToString(id.key().Public().(ed25519.PublicKey)[:4])
	nameOf := func(drop string, days int, suffix string) string {
		return filepath.Join(to, namePrefix+drop+"-"+today.AddDate(0, 0, -days).Format(dayLayout)+suffix)
	}
	name := func(days int) string { return nameOf(mine, days, nameSuffix) }
	cut := nameOf(mine, 4, nameSuffix+partSuffix)
	others := []string{
		filepath.Join(to, "thesis.txt"), filepath.Join(to, namePrefix+mine+"-2001.age"), name(3),
		nameOf("00000000", 400, nameSuffix), nameOf(mine, 400, moveSuffix),
	}
	for _, f := range append(others, name(4), name(400), cut) {
		droptest.Expect(t, "write", os.WriteFile(f, nil, 0o600), nil)
	}
	file := strings.TrimSpace(must(t, "backup", "--dir", dir, "--to", to, "--keep", "3"))
	for _, f := range append(others, file) {
		if _, err := os.Lstat(f); err != nil {
			t.Errorf("gone: %v", err)
		}
	}
	for _, f := range []string{name(4), name(400), cut} {
		if _, err := os.Lstat(f); err == nil {
			t.Errorf("%s is still there", f)
		}
	}
	info, err := os.Stat(file)
	if err != nil || info.ModTime().Unix()%86400 != 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup's time or mode: %v %v", info, err)
	}
	if code, _, _ := run(t, "backup", "--dir", dir, "--keep", "0"); code != 2 {
		t.Errorf("--keep 0: exit %d", code)
	}
}
