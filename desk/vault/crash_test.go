// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestPowerCutAtEveryByte builds every state of the disk that a cut during an
// append can leave: any part of the record, and then any part of the mark.
func TestPowerCutAtEveryByte(t *testing.T) {
	v, dir := newVault(t)
	for i := range 3 {
		if err := v.Append([]byte{byte('a' + i)}); err != nil {
			t.Fatal(err)
		}
	}
	oldJournal, oldMark := readBoth(t, dir)
	if err := v.Append([]byte("d")); err != nil {
		t.Fatal(err)
	}
	newJournal, newMark := readBoth(t, dir)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	for n := len(oldJournal); n <= len(newJournal); n += 1 + (len(newJournal)-n)/40 {
		check(t, dir, newJournal[:n], oldMark, "abc", n == len(newJournal))
	}
	for n := 0; n <= len(newMark); n += 16 { // a torn sector of the mark
		check(t, dir, newJournal, append(newMark[:n:n], oldMark[n:]...), "abcd", true)
	}
	rubbish := append(newJournal[:len(newJournal)-40:len(newJournal)-40], make([]byte, 40)...)
	check(t, dir, rubbish, oldMark, "abc", false) // length reached the disk, content did not
}

func readBoth(t *testing.T, dir string) (journal, mark []byte) {
	t.Helper()
	journal, err1 := os.ReadFile(filepath.Join(dir, journalName))
	mark, err2 := os.ReadFile(filepath.Join(dir, markName))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return journal, mark
}

// check opens the given state and wants the records of acked, and one more at
// most where more says so. Then it appends and opens again.
func check(t *testing.T, dir string, journal, mark []byte, acked string, more bool) {
	t.Helper()
	err := errors.Join(os.WriteFile(filepath.Join(dir, journalName), journal, 0o600),
		os.WriteFile(filepath.Join(dir, markName), mark, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	v, records, err := openAll(dir)
	if err != nil {
		t.Fatalf("cut at %d: %v", len(journal), err)
	}
	got := strings.Join(records, "")
	if got != acked && (!more || got != acked+"d") {
		t.Fatalf("cut at %d: records %q, want %q", len(journal), got, acked)
	}
	if err := errors.Join(v.Append([]byte("e")), v.Close()); err != nil {
		t.Fatal(err)
	}
	v, records, err = openAll(dir)
	if err != nil || strings.Join(records, "") != got+"e" {
		t.Fatalf("cut at %d, then appended: %q, %v", len(journal), records, err)
	}
	v.Close()
}

// TestDamageIsRefused flips each byte of what was acknowledged.
func TestDamageIsRefused(t *testing.T) {
	v, dir := newVault(t)
	err := errors.Join(v.Append([]byte("one")), v.Append([]byte("two")),
		v.ChangeSecrets(map[string][]byte{"a": []byte("b")}), v.Close())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{keyFileName, journalName, keyringName} {
		eachDamage(t, filepath.Join(dir, name), func(what string) {
			if v, records, err := openAll(dir); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s, %s: %q, %v", name, what, records, err)
				if err == nil {
					v.Close()
				}
			}
		})
	}
	// Of the mark one slot may be lost, nothing else may change.
	eachDamage(t, filepath.Join(dir, markName), func(what string) {
		v, records, err := openAll(dir)
		if err == nil {
			v.Close()
			if strings.Join(records, " ") != "one two" {
				t.Errorf("mark, %s: %q", what, records)
			}
		} else if !errors.Is(err, ErrDamaged) {
			t.Errorf("mark, %s: %v", what, err)
		}
	})
}

func eachDamage(t *testing.T, path string, try func(what string)) {
	t.Helper()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < len(whole); i += 1 + i/64 {
		changed := append([]byte(nil), whole...)
		changed[i] ^= 0x10
		write(changed)
		try(fmt.Sprintf("byte %d changed", i))
		write(whole[:i])
		try(fmt.Sprintf("cut to %d bytes", i))
	}
	write(whole)
}

func TestRecordsOfAnotherJournalAreRefused(t *testing.T) {
	v, dir := newVault(t)
	w, other := newVault(t)
	err := errors.Join(v.Append([]byte("mine")), w.Append([]byte("theirs")), v.Close(), w.Close())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{journalName, markName, keyringName} {
		b, err := os.ReadFile(filepath.Join(other, name))
		if err != nil {
			t.Fatal(err)
		}
		mine, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(dir, name), b, 0o600)
		if _, _, err := openAll(dir); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		os.WriteFile(filepath.Join(dir, name), mine, 0o600)
	}
}

// failing is a disk that takes some bytes and then no more.
type failing struct {
	file
	room     int
	syncFail bool
}

var errNoSpace = errors.New("no space left")

func (f *failing) Write(b []byte) (int, error) {
	if f.room >= len(b) {
		return f.file.Write(b)
	}
	n, _ := f.file.Write(b[:f.room])
	return n, errNoSpace
}

func (f *failing) Sync() error {
	if f.syncFail {
		return errNoSpace
	}
	return f.file.Sync()
}

func TestA17FullDiskLosesNothing(t *testing.T) {
	for _, c := range []failing{{room: 0}, {room: 3}, {room: 200}, {room: 1 << 20, syncFail: true}} {
		v, _ := newVault(t)
		if err := v.Append([]byte("before")); err != nil {
			t.Fatal(err)
		}
		c.file = v.journal.f
		v.journal.f = &c
		if err := v.Append([]byte("lost")); !errors.Is(err, errNoSpace) {
			t.Fatalf("append on a full disk: %v", err)
		}
		v.journal.f = c.file
		if err := v.Append([]byte("after")); !errors.Is(err, errNoSpace) {
			t.Errorf("append after a failed one: %v", err)
		}
		v, records := reopen(t, v)
		got := strings.Join(records, " ")
		if got != "before" && (!c.syncFail || got != "before lost") {
			t.Errorf("room %d: %q", c.room, got)
		}
		if err := v.Append([]byte("again")); err != nil {
			t.Errorf("room %d, opened again: %v", c.room, err)
		}
	}
}

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("VAULT_TEST_CHILD"); dir != "" {
		os.Exit(child(dir))
	}
	if dir := os.Getenv("VAULT_TEST_COPIER"); dir != "" {
		os.Exit(copier(dir))
	}
	os.Exit(m.Run())
}

// child appends numbers for ever and prints each when it is acknowledged. Its
// keyring and objects change in the same rhythm.
func child(dir string) int {
	v, records, err := openAll(dir)
	if err != nil {
		fmt.Println("open:", err)
		return 1
	}
	for i := len(records); ; i++ {
		name, err := v.PutObject([]byte(strconv.Itoa(i)))
		if err == nil {
			err = v.Keep(name)
		}
		if err == nil {
			err = v.Append(fmt.Appendf(nil, "%d %s", i, name))
		}
		if err != nil {
			fmt.Println("write:", err)
			return 1
		}
		fmt.Println(i)
	}
}

func TestKillNeverLosesWhatWasAcknowledged(t *testing.T) {
	v, dir := newVault(t)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	acked := -1
	for range 15 {
		acked = max(acked, runAndKill(t, dir, time.Duration(20+rand.IntN(60))*time.Millisecond))
		v, records, err := openAll(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(records) <= acked {
			t.Fatalf("%d records, but number %d was acknowledged", len(records), acked)
		}
		for i, r := range records {
			checkChildRecord(t, v, i, r)
		}
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if acked < 5 {
		t.Fatalf("only %d records were written: the test saw nothing", acked+1)
	}
}

func checkChildRecord(t *testing.T, v *Vault, i int, record string) {
	t.Helper()
	number, hexName, _ := strings.Cut(record, " ")
	var name Name
	if err := name.UnmarshalText([]byte(hexName)); err != nil || number != strconv.Itoa(i) {
		t.Fatalf("record %d is %q", i, record)
	}
	if b, err := v.Object(name, 100); err != nil || string(b) != number {
		t.Fatalf("object of record %d: %q, %v", i, b, err)
	}
}

// runAndKill returns the last number that the child printed.
func runAndKill(t *testing.T, dir string, after time.Duration) int {
	t.Helper()
	return killSoon(t, "VAULT_TEST_CHILD="+dir, after)
}

// killSoon starts this test binary as a child, kills it, and returns the last
// number that it printed.
func killSoon(t *testing.T, setting string, after time.Duration) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), setting)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(after, func() { cmd.Process.Kill() })
	last := -1
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Errorf("the child says: %s", lines.Text())
			break
		}
		last = n
	}
	_ = cmd.Wait()
	return last
}
