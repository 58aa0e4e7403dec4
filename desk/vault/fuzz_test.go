// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bytes"
	"testing"
)

// memory is a journal's disk without a disk.
type memory struct{ bytes.Buffer }

func (*memory) Sync() error                                    { return nil }
func (*memory) Close() error                                   { return nil }
func (*memory) WriteAt(b []byte, off int64) (n int, err error) { return len(b), nil }

// fuzzJournal is always the same journal, so that a corpus stays valid.
func fuzzJournal() (*journal, *memory) {
	j := newJournal(&dataKey{1}, append([]byte(journalMagic), make([]byte, 16)...))
	m := &memory{}
	j.f, j.mark = m, m
	return j, m
}

func FuzzJournal(f *testing.F) {
	j, disk := fuzzJournal()
	for _, r := range []string{"one", "two", ""} {
		if err := j.append([]byte(r)); err != nil {
			f.Fatal(err)
		}
	}
	whole := disk.Bytes()
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		j, _ := fuzzJournal()
		ignore := func([]byte) error { return nil }
		if err := j.replay(bytes.NewReader(b), point{}, ignore); err == nil {
			t.Fatal("a mark of another journal was accepted")
		}
		if err := j.replay(bytes.NewReader(b), j.end, ignore); err != nil {
			t.Fatalf("a torn tail must be cut: %v", err)
		}
		if j.end.offset > int64(journalHead+len(b)) {
			t.Fatal("the end lies behind the file")
		}
	})
}

func FuzzKeyring(f *testing.F) {
	f.Add(encodeSecrets(map[string][]byte{"a": []byte("b"), "period/7": make([]byte, 40)}))
	f.Add([]byte{1, 'a', 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		secrets, ok := parseSecrets(b)
		if ok && !bytes.Equal(encodeSecrets(secrets), b) {
			t.Fatal("two encodings of one keyring")
		}
	})
}
