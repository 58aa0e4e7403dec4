// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tamizdat/internal/durable"
)

// used is a vault with something of each kind in it.
func used(t *testing.T) (v *Vault, dir string, object Name) {
	t.Helper()
	v, dir = newVault(t)
	object, err := v.PutObject(bytes.Repeat([]byte("body "), 9000))
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(v.Keep(object), v.Append([]byte("one")), v.Append([]byte("two")),
		v.ChangeSecrets(map[string][]byte{"period/7": []byte("seven")}))
	if err != nil {
		t.Fatal(err)
	}
	return v, dir, object
}

func (v *Vault) backupBytes(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := v.Backup(&b, nil); err != nil {
		t.Fatal(err)
	}
	if err := v.CheckBackup(bytes.NewReader(b.Bytes())); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func restoreBytes(file []byte, dir string) error {
	b, err := OpenBackup(bytes.NewReader(file))
	if err == nil {
		err = b.Unlock([]byte(phrase))
	}
	if err == nil {
		err = b.Restore(dir, nil, Params{})
	}
	return err
}

// TestF6ABackupRestores: what was there when it was made is there after, on another
// machine, with the passphrase of then; and the vault knows that it is a copy.
func TestF6ABackupRestores(t *testing.T) {
	v, _, object := used(t)
	file := v.backupBytes(t)
	if err := errors.Join(v.Append([]byte("later")), v.ChangeSecrets(nil, "period/7"), v.ChangePassphrase([]byte("later"), cheap), v.Forget(object)); err != nil {
		t.Fatal(err)
	}
	if v.Copied() {
		t.Error("the original takes itself for a copy")
	}
	dir := filepath.Join(t.TempDir(), "new", "desk")
	if err := restoreBytes(file, dir); err != nil {
		t.Fatal(err)
	}
	r, records, err := openAll(dir)
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := r.Secret("period/7")
	body, err := r.Object(object, 1<<20)
	if fmt.Sprint(records) != "[one two]" || string(secret) != "seven" || err != nil || len(body) != 45000 {
		t.Errorf("restored: %q, %q, %d bytes, %v", records, secret, len(body), err)
	}
	if !r.Copied() {
		t.Error("the restored one does not know that it is a copy")
	}
	if names := r.SecretNames(""); fmt.Sprint(names) != "[period/7]" {
		t.Errorf("secrets: %v", names)
	}
	r, _ = reopen(t, r)
	if !r.Copied() {
		t.Error("it forgot without being told")
	}
	if err := errors.Join(r.NoteCopied(), r.Append([]byte("on"))); err != nil {
		t.Fatal(err)
	}
	if r, _ = reopen(t, r); r.Copied() {
		t.Error("it was noted and is said again")
	}
}

// TestBackupIsReproducible: the same state gives the same bytes, also after the
// vault was closed, and another state gives others.
func TestBackupIsReproducible(t *testing.T) {
	v, _, _ := used(t)
	first := v.backupBytes(t)
	v, _ = reopen(t, v)
	if !bytes.Equal(first, v.backupBytes(t)) {
		t.Error("the same state has two forms")
	}
	if err := v.ChangeSecrets(map[string][]byte{"a": nil}); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first, v.backupBytes(t)) {
		t.Error("two states have one form")
	}
}

// TestRestoreWithShares: the passphrase is lost with the laptop.
func TestRestoreWithShares(t *testing.T) {
	v, _, _ := used(t)
	shares := v.mustShares(t, 2, 3)
	b, err := OpenBackup(bytes.NewReader(v.backupBytes(t)))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "desk")
	if err := b.Restore(dir, []byte("x"), cheap); !errors.Is(err, ErrPassphrase) {
		t.Errorf("before it was unlocked: %v", err)
	}
	if err := b.Unlock([]byte("wrong")); !errors.Is(err, ErrPassphrase) {
		t.Errorf("a wrong passphrase: %v", err)
	}
	p, err := b.Papers()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Add(shares[2]), p.Add(shares[1]), b.UnlockWith(p), b.Restore(dir, []byte("set anew"), cheap)); err != nil {
		t.Fatal(err)
	}
	n := 0
	v, err = Open(dir, []byte("set anew"), func([]byte) error { n++; return nil })
	if err != nil || n != 2 {
		t.Fatalf("%d records, %v", n, err)
	}
	if r, err := v.Recovery(); err != nil || r.Need != 2 {
		t.Errorf("its shares: %+v, %v", r, err)
	}
	v.Close()
}

// TestABackupWithoutShares says so.
func TestABackupWithoutShares(t *testing.T) {
	v, _, _ := used(t)
	b, err := OpenBackup(bytes.NewReader(v.backupBytes(t)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Papers(); !errors.Is(err, ErrNoShares) {
		t.Error(err)
	}
}

// TestDamagedBackupIsRefused: each changed or missing byte, and bytes too many, and
// a file of another state in the place of this one's. Nothing is written then.
func TestDamagedBackupIsRefused(t *testing.T) {
	t.Parallel()
	v, _ := newVault(t)
	v.mustShares(t, 2, 2)
	file := v.backupBytes(t)
	dir := filepath.Join(t.TempDir(), "desk")
	refuse := func(what string, b []byte) {
		err := restoreBytes(b, dir)
		if !errors.Is(err, ErrNoBackup) && !errors.Is(err, errLater) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := 0; i < len(file); i += 1 + i/40 {
		changed := bytes.Clone(file)
		changed[i] ^= 0x10
		refuse(fmt.Sprintf("byte %d changed", i), changed)
		refuse(fmt.Sprintf("cut to %d bytes", i), file[:i])
	}
	refuse("a byte too many", append(bytes.Clone(file), 0))
	if err := errors.Join(v.Append([]byte("on")), v.ChangeSecrets(map[string][]byte{"a": nil})); err != nil {
		t.Fatal(err)
	}
	later := v.backupBytes(t)
	at := bytes.Index(file, []byte(ringMagic))
	refuse("the keyring of another moment", append(later[:bytes.Index(later, []byte(ringMagic))], file[at:]...))
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}

// TestBackupNames: a name leads to a place on a disk, so only a vault's own are
// taken, in their order.
func TestBackupNames(t *testing.T) {
	object := objectsName + "/" + strings.Repeat("0a", 16)
	for _, tt := range []struct {
		names string
		ok    bool
	}{
		{"vault journal mark keyring", true},
		{"vault recovery journal mark keyring " + object, true},
		{"vault journal mark", false},
		{"journal vault mark keyring", false},
		{"vault vault journal mark keyring", false},
		{"vault journal mark keyring lock", false},
		{"vault journal mark keyring ../vault", false},
		{"vault journal mark keyring objects/../../x", false},
		{"vault journal mark keyring " + object + " " + object, false},
		{"vault journal mark " + object + " keyring", false},
		{"vault journal mark keyring " + strings.ToUpper(object), false},
		{"vault journal mark keyring /etc/passwd", false},
	} {
		var o nameOrder
		var err error
		for name := range strings.FieldsSeq(tt.names) {
			if err = o.next(entry{name: name}); err != nil {
				break
			}
		}
		if got := err == nil && o.whole(); got != tt.ok {
			t.Errorf("%s: %v", tt.names, err)
		}
	}
}

// TestDamageIsNotBackedUp: an object or a record that nobody could restore.
func TestDamageIsNotBackedUp(t *testing.T) {
	v, dir, object := used(t)
	for _, path := range []string{filepath.Join(objectsName, object.String()), journalName} {
		path = filepath.Join(dir, path)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := bytes.Clone(whole)
		changed[len(changed)/2] ^= 1
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := v.Backup(io.Discard, nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", path, err)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSecretsThatMustHaveNoCopy are left out, and the vault keeps them.
func TestSecretsThatMustHaveNoCopy(t *testing.T) {
	v, _, object := used(t)
	var file bytes.Buffer
	if err := v.Backup(&file, func(name string) bool { return strings.HasPrefix(name, "period/") || strings.HasPrefix(name, "object") }); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "desk")
	if err := restoreBytes(file.Bytes(), dir); err != nil {
		t.Fatal(err)
	}
	r, _, err := openAll(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, ok := r.Secret("period/7"); ok {
		t.Error("the copy has it")
	}
	if _, err := r.Object(object, 1<<20); err != nil {
		t.Errorf("an object's key was left out: %v", err)
	}
	if _, ok := v.Secret("period/7"); !ok {
		t.Error("the original lost it")
	}
}

// TestD7WhatWasForgottenIsInNoLaterBackup: neither its file nor its key.
func TestD7WhatWasForgottenIsInNoLaterBackup(t *testing.T) {
	v, _, object := used(t)
	sealed, err := os.ReadFile(v.objectPath(object))
	if err != nil {
		t.Fatal(err)
	}
	before := v.backupBytes(t)
	if !bytes.Contains(before, sealed[:512]) {
		t.Fatal("the test looks for the wrong bytes")
	}
	if err := v.Forget(object); err != nil {
		t.Fatal(err)
	}
	after := v.backupBytes(t)
	if bytes.Contains(after, sealed[:512]) || bytes.Contains(after, []byte(object.String())) {
		t.Error("the later backup has its file")
	}
	dir := filepath.Join(t.TempDir(), "desk")
	if err := restoreBytes(after, dir); err != nil {
		t.Fatal(err)
	}
	r, _, err := openAll(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Object(object, 1<<20); !errors.Is(err, ErrForgotten) {
		t.Errorf("restored: %v", err)
	}
}

func TestRestoreLeavesOtherFoldersAlone(t *testing.T) {
	v, dir, _ := used(t)
	file := v.backupBytes(t)
	if err := restoreBytes(file, dir); !errors.Is(err, ErrInUse) {
		t.Errorf("over an open vault: %v", err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if err := restoreBytes(file, dir); !errors.Is(err, ErrExists) {
		t.Errorf("over a vault: %v", err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "thesis.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := restoreBytes(file, other); !errors.Is(err, ErrExists) {
		t.Errorf("over somebody's files: %v", err)
	}
}

// full is a writer with room for so many bytes.
type full struct{ room int }

func (w *full) Write(b []byte) (int, error) {
	n := min(w.room, len(b))
	if w.room -= n; n < len(b) {
		return n, errNoSpace
	}
	return n, nil
}

// TestBackupToAFullDisk fails at every room, leaves no file, and the vault goes on.
func TestBackupToAFullDisk(t *testing.T) {
	t.Parallel()
	v, _, _ := used(t)
	size := len(v.backupBytes(t))
	path := filepath.Join(t.TempDir(), "backup")
	for room := 0; room < size; room += 1 + size/40 {
		err := durable.CreateFileFrom(path, 0o600, func(w io.Writer) error { return v.Backup(io.MultiWriter(&full{room}, w), nil) })
		if !errors.Is(err, errNoSpace) {
			t.Fatalf("room for %d: %v", room, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
			t.Fatalf("room for %d: %v is left", room, left[0].Name())
		}
	}
	if err := v.Append([]byte("on")); err != nil {
		t.Error(err)
	}
}

// sick is a disk on which the n-th call of a restore fails, and which remembers
// what was not synced.
type sick struct {
	failAt, calls int
	unsynced      map[string]bool
}

func (s *sick) step() error {
	if s.calls++; s.calls == s.failAt {
		return errNoSpace
	}
	return nil
}

func (s *sick) create(path string) (file, error) {
	if err := s.step(); err != nil {
		return nil, err
	}
	f, err := createPlain(path)
	s.unsynced[path] = true
	return &sickFile{f, s, path}, err
}

type sickFile struct {
	file
	s    *sick
	path string
}

func (f *sickFile) Write(b []byte) (int, error) {
	if err := f.s.step(); err != nil {
		n, _ := f.file.Write(b[:len(b)/2])
		return n, err
	}
	return f.file.Write(b)
}

func (f *sickFile) Sync() error {
	if err := f.s.step(); err != nil {
		return err
	}
	delete(f.s.unsynced, f.path)
	return f.file.Sync()
}

// TestEachCallOfARestoreFailsInTurn: a full disk, or a cut that loses what was not
// synced. The folder is no vault then, and the restore can be repeated there.
func TestEachCallOfARestoreFailsInTurn(t *testing.T) {
	t.Parallel()
	v, _, _ := used(t)
	v.mustShares(t, 2, 2)
	backup := v.backupBytes(t)
	for failAt := 1; ; failAt++ {
		dir := filepath.Join(t.TempDir(), "desk")
		b, err := OpenBackup(bytes.NewReader(backup))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Unlock([]byte(phrase)); err != nil {
			t.Fatal(err)
		}
		disk := &sick{failAt: failAt, unsynced: map[string]bool{}}
		err = b.restore(dir, b.keyFile, disk.create)
		if disk.calls < failAt {
			if err != nil || failAt < 12 || len(disk.unsynced) > 0 {
				t.Fatalf("%d calls, then %v; not synced: %v", failAt-1, err, disk.unsynced)
			}
			return
		}
		if !errors.Is(err, errNoSpace) || Exists(dir) {
			t.Fatalf("call %d failed: %v, a vault: %v", failAt, err, Exists(dir))
		}
		for path := range disk.unsynced { // the power goes
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := restoreBytes(backup, dir); err != nil {
			t.Fatalf("call %d failed, then again: %v", failAt, err)
		}
		r, records, err := openAll(dir)
		if err != nil || len(records) != 2 {
			t.Fatalf("call %d failed, then again: %d records, %v", failAt, len(records), err)
		}
		r.Close()
	}
}

// TestALaterRestoreForgetsAnEarliersShares: what a killed restore left of another
// backup must not stand beside this one's files.
func TestALaterRestoreForgetsAnEarliersShares(t *testing.T) {
	v, _, _ := used(t)
	plain := v.backupBytes(t)
	dir := filepath.Join(t.TempDir(), "desk")
	w, other := newVault(t)
	w.mustShares(t, 2, 2)
	if err := errors.Join(w.Close(), os.Remove(filepath.Join(other, keyFileName)), os.CopyFS(dir, os.DirFS(other))); err != nil {
		t.Fatal(err)
	}
	if err := restoreBytes(plain, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := GatherShares(dir); !errors.Is(err, ErrNoShares) {
		t.Errorf("shares of another: %v", err)
	}
}

func FuzzOpenBackup(f *testing.F) {
	f.Add(append([]byte(backupMagic), backupVersion, 0))
	f.Add(append([]byte(backupMagic), backupVersion, 5, 'v', 'a', 'u', 'l', 't', 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0))
	f.Fuzz(func(t *testing.T, file []byte) {
		b, err := OpenBackup(bytes.NewReader(file))
		if err == nil && b.check(dataKey{1}) == nil {
			t.Fatal("a backup under a key that nobody used")
		}
	})
}

// BenchmarkBackup copies and checks 32 MiB of attachments.
func BenchmarkBackup(b *testing.B) {
	v, err := Create(filepath.Join(b.TempDir(), "desk"), []byte(phrase), cheap)
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	for range 4 {
		n, err := v.PutObject(make([]byte, 8<<20))
		if err == nil {
			err = v.Keep(n)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(32 << 20)
	for b.Loop() {
		if err := v.Backup(io.Discard, nil); err != nil {
			b.Fatal(err)
		}
	}
}
