// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cheap makes a try at the passphrase cost nothing; only tests may.
var cheap = Params{MemoryKiB: 8, Passes: 1, Threads: 1}

const phrase = "четыре слова и запятая"

func newVault(t *testing.T) (*Vault, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desk")
	v, err := Create(dir, []byte(phrase), cheap)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.lock.Close() })
	return v, dir
}

func reopen(t *testing.T, v *Vault) (*Vault, []string) {
	t.Helper()
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	again, records, err := openAll(v.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { again.lock.Close() })
	return again, records
}

func openAll(dir string) (*Vault, []string, error) {
	var records []string
	v, err := Open(dir, []byte(phrase), func(r []byte) error {
		records = append(records, string(r))
		return nil
	})
	return v, records, err
}

func TestVaultGivesBackWhatItAcknowledged(t *testing.T) {
	v, _ := newVault(t)
	var want []string
	for i := range 20 {
		r := strings.Repeat("x", i*i*17) + fmt.Sprint(i)
		if err := v.Append([]byte(r)); err != nil {
			t.Fatal(err)
		}
		want = append(want, r)
	}
	big := bytes.Repeat([]byte("0123456789abcdef"), 5000)
	name, err := v.PutObject(big)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Keep(name); err != nil {
		t.Fatal(err)
	}
	if err := v.ChangeSecrets(map[string][]byte{"period/7": []byte("key")}); err != nil {
		t.Fatal(err)
	}

	v, got := reopen(t, v)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("records: got %d, want %d, or others", len(got), len(want))
	}
	if b, err := v.Object(name, 1<<20); err != nil || !bytes.Equal(b, big) {
		t.Errorf("object: %d bytes, %v", len(b), err)
	}
	if s, ok := v.Secret("period/7"); !ok || string(s) != "key" {
		t.Errorf("secret: %q, %v", s, ok)
	}
	if err := v.Append([]byte("more")); err != nil {
		t.Fatal(err)
	}
	if _, got = reopen(t, v); got[len(got)-1] != "more" {
		t.Error("a record appended after opening is not there")
	}
}

func TestObjectsOfEveryLength(t *testing.T) {
	v, _ := newVault(t)
	for _, n := range []int{0, 1, 15360, segmentPlain - 1, segmentPlain, segmentPlain + 1, 9*segmentPlain + 5, 1 << 20} {
		want := bytes.Repeat([]byte{7}, n)
		name, err := v.PutObject(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.Object(name, uint64(n)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: got %d, %v", n, len(got), err)
		}
	}
}

func TestWrongPassphraseIsOneSentence(t *testing.T) {
	v, dir := newVault(t)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir, []byte("password"), func([]byte) error { return nil })
	if !errors.Is(err, ErrPassphrase) || err.Error() != "this passphrase does not open the vault" {
		t.Errorf("got %v", err)
	}
}

func TestPassphraseInAnotherUnicodeFormOpens(t *testing.T) {
	dir := t.TempDir()
	v, err := Create(dir, []byte("й"), cheap) // one code point
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	v, err = Open(dir, []byte("и\u0306"), func([]byte) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	v.Close()
}

func TestChangePassphrase(t *testing.T) {
	v, dir := newVault(t)
	if err := v.Append([]byte("kept")); err != nil {
		t.Fatal(err)
	}
	if err := v.ChangePassphrase([]byte("new one"), cheap); err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := openAll(dir); !errors.Is(err, ErrPassphrase) {
		t.Errorf("the old passphrase: %v", err)
	}
	n := 0
	v, err := Open(dir, []byte("new one"), func([]byte) error { n++; return nil })
	if err != nil || n != 1 {
		t.Fatalf("the new passphrase: %d records, %v", n, err)
	}
	v.Close()
}

func TestSecondOpenerIsRefused(t *testing.T) {
	v, dir := newVault(t)
	if _, _, err := openAll(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("open: %v", err)
	}
	if _, err := Create(dir, []byte(phrase), cheap); !errors.Is(err, ErrInUse) {
		t.Errorf("create: %v", err)
	}
	key := v.Key()
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	v, err := key.Open(func([]byte) error { return nil })
	if err != nil {
		t.Fatalf("open again with the key: %v", err)
	}
	v.Close()
}

func TestCreateLeavesOtherFoldersAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, []byte(phrase), cheap); !errors.Is(err, ErrExists) {
		t.Errorf("got %v", err)
	}
	v, used := newVault(t)
	v.Close()
	if _, err := Create(used, []byte(phrase), cheap); !errors.Is(err, ErrExists) {
		t.Errorf("over a vault: %v", err)
	}
	if _, _, err := openAll(t.TempDir()); !errors.Is(err, ErrNone) {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestForgottenIsGoneFromTheFiles(t *testing.T) {
	v, dir := newVault(t)
	kept, err := v.PutObject([]byte("kept"))
	if err != nil {
		t.Fatal(err)
	}
	lost, err := v.PutObject([]byte("lost"))
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Keep(kept, lost); err != nil {
		t.Fatal(err)
	}
	if err := v.ChangeSecrets(map[string][]byte{"period/3": []byte("three"), "period/4": []byte("four")}); err != nil {
		t.Fatal(err)
	}
	copyOfFile, err := os.ReadFile(v.objectPath(lost))
	if err != nil {
		t.Fatal(err)
	}
	key := v.pendingOrKept(t, lost)

	if err := v.Forget(lost); err != nil {
		t.Fatal(err)
	}
	if err := v.ChangeSecrets(nil, "period/3"); err != nil {
		t.Fatal(err)
	}
	// A thief with passphrase, folder and an old copy of the object's file.
	if err := os.WriteFile(v.objectPath(lost), copyOfFile, 0o600); err != nil {
		t.Fatal(err)
	}
	if plain := ringPlain(t, v); bytes.Contains(plain, key.key[:]) || bytes.Contains(plain, []byte("three")) {
		t.Error("the keyring file still holds what was removed")
	}
	v, _ = reopen(t, v)
	if _, err := v.Object(lost, 100); !errors.Is(err, ErrForgotten) {
		t.Errorf("forgotten object: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, objectsName, lost.String())); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file without key was not swept: %v", err)
	}
	if b, err := v.Object(kept, 100); err != nil || string(b) != "kept" {
		t.Errorf("kept object: %q, %v", b, err)
	}
	if got := v.SecretNames("period/"); fmt.Sprint(got) != "[period/4]" {
		t.Errorf("secrets: %v", got)
	}
}

func (v *Vault) pendingOrKept(t *testing.T, n Name) objectKey {
	t.Helper()
	k, ok := v.objectKey(n)
	if !ok {
		t.Fatal("no key")
	}
	return k
}

// ringPlain opens the keyring file as one does who has the data key.
func ringPlain(t *testing.T, v *Vault) []byte {
	t.Helper()
	r, err := openKeyring(v.dir, &v.key)
	if err != nil {
		t.Fatal(err)
	}
	return encodeSecrets(r.secrets)
}

func TestUnkeptObjectsVanish(t *testing.T) {
	v, _ := newVault(t)
	name, err := v.PutObject([]byte("never kept"))
	if err != nil {
		t.Fatal(err)
	}
	path := v.objectPath(name)
	reopen(t, v)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
}

func TestNoPlaintextOnDisk(t *testing.T) {
	v, dir := newVault(t)
	const marker = "PLAINTEXT-MARKER-0451"
	name, err := v.PutObject([]byte(strings.Repeat(marker, 2000)))
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(v.Keep(name),
		v.Append([]byte(strings.Repeat(marker, 100))),
		v.ChangeSecrets(map[string][]byte{marker: []byte(marker)}))
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(marker)) || bytes.Contains(b, []byte(phrase)) || bytes.Contains(b, v.key[:]) {
			t.Errorf("%s holds plaintext", path)
		}
		if strings.Contains(path, marker) {
			t.Errorf("%s is a telling name", path)
		}
		return err
	})
	if err != nil || files < 5 {
		t.Fatalf("looked at %d files: %v", files, err)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	v, _ := newVault(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		if s := fmt.Sprintf(verb+" "+verb, v.key, v.Key()); strings.ReplaceAll(s, redacted, "") != " " {
			t.Errorf("%s prints %s", verb, s)
		}
	}
}
