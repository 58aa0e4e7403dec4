// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// A backup is one file (spec/vault.md §4):
//
//	[8] magic ‖ u8 version
//	entries: u8 n ‖ [n] name ‖ u64 length ‖ content
//	u8 0 ‖ [32] HMAC-SHA256 of all before
//
// Each file of a vault is sealed by itself. The HMAC binds those of one moment
// together: an old keyring beside a new journal would open, and bring back what
// was forgotten.
const (
	backupMagic   = "tmzbackp"
	backupVersion = 1
	backupTag     = sha256.Size
	smallFile     = 64 << 10 // most that a key file or recovery file may have
)

// Copied reports whether the vault came back from a backup and nobody has said yet
// that this was noted. The backup itself says so, in its keyring: whoever restores
// one need not think of it.
func (v *Vault) Copied() bool {
	_, ok := v.ring.secrets[secretCopy]
	return ok
}

// NoteCopied takes note that the vault came back from a backup. Whoever uses the
// vault first does what must be done then, and puts it on disk.
func (v *Vault) NoteCopied() error { return v.ring.change(nil, []string{secretCopy}) }

// Backup writes an encrypted copy of the vault, as it is now, to w. The same vault
// gives the same bytes. It reads and checks everything on the way, and fails with
// [ErrDamaged] rather than copy what could not be restored.
//
// Secrets for which leaveOut says so are not in it: those of which there must be no
// copy. leaveOut may be nil.
//
// The copy opens with the passphrase and the shares of its time, for ever. It holds
// what is forgotten later.
func (v *Vault) Backup(w io.Writer, leaveOut func(secret string) bool) error {
	if v.journal.failed != nil {
		return fmt.Errorf("an earlier write failed, open the folder again first: %w", v.journal.failed)
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	b := &backupWriter{mac: backupMAC(&v.key)}
	b.w = io.MultiWriter(buffered, b.mac)
	b.write(append([]byte(backupMagic), backupVersion))
	v.backUpFiles(b, leaveOut)
	for _, n := range slices.SortedFunc(slices.Values(v.Objects()), func(a, b Name) int { return bytes.Compare(a[:], b[:]) }) {
		v.backUpObject(b, n)
	}
	b.write([]byte{0})
	b.write(b.mac.Sum(nil))
	return cmp.Or(b.err, buffered.Flush())
}

func backupMAC(k *dataKey) hash.Hash { return hmac.New(sha256.New, k.sub("backup-v1", nil)) }

// backupWriter writes entries and keeps the first error.
type backupWriter struct {
	w   io.Writer
	mac hash.Hash
	err error
}

func (b *backupWriter) write(p []byte) {
	if b.err == nil {
		_, b.err = b.w.Write(p)
	}
}

func (b *backupWriter) head(name string, length int64) {
	h := append([]byte{byte(len(name))}, name...)
	b.write(binary.BigEndian.AppendUint64(h, uint64(length)))
}

func (b *backupWriter) entry(name string, content []byte, err error) {
	if b.err = cmp.Or(b.err, err); b.err == nil {
		b.head(name, int64(len(content)))
		b.write(content)
	}
}

func (v *Vault) backUpFiles(b *backupWriter, leaveOut func(string) bool) {
	key, err := os.ReadFile(filepath.Join(v.dir, keyFileName))
	b.entry(keyFileName, key, cmp.Or(err, checkKeyFile(key)))
	if recovery, err := readRecovery(v.dir); !errors.Is(err, ErrNoShares) {
		b.entry(recoveryName, recovery, err)
	}
	v.backUpJournal(b)
	b.entry(markName, v.journal.firstMark(), nil)
	b.entry(keyringName, v.ring.copied(leaveOut), nil)
}

// backUpJournal reads the journal as opening does, so that what would not open is
// not copied.
func (v *Vault) backUpJournal(b *backupWriter) {
	if b.err != nil {
		return
	}
	f, err := os.Open(filepath.Join(v.dir, journalName))
	if err != nil {
		b.err = err
		return
	}
	defer f.Close()
	b.head(journalName, v.journal.end.offset)
	head := make([]byte, journalHead)
	_, err = io.ReadFull(f, head)
	b.write(head)
	again := v.journal.begin()
	if b.err = cmp.Or(b.err, err); b.err == nil {
		rest := io.LimitReader(f, v.journal.end.offset-journalHead)
		b.err = again.replay(io.TeeReader(rest, b.w), v.journal.end, func([]byte) error { return nil })
	}
	if b.err == nil && again.end != v.journal.end {
		b.err = fmt.Errorf("%w: its journal is not the one that was acknowledged", ErrDamaged)
	}
}

// begin is the journal before its first record.
func (j *journal) begin() *journal {
	return &journal{id: j.id, aead: j.aead, end: point{offset: journalHead, chain: sha256.Sum256(j.id[:])}}
}

// copied is the keyring as a backup has it: with the mark of a copy, and under a
// nonce that follows from the content, so that one state has one form.
func (r *keyring) copied(leaveOut func(string) bool) []byte {
	secrets := maps.Clone(r.secrets)
	maps.DeleteFunc(secrets, func(name string, _ []byte) bool {
		return leaveOut != nil && !strings.HasPrefix(name, objectPrefix) && leaveOut(name)
	})
	secrets[secretCopy] = []byte{1}
	plain := padded(encodeSecrets(secrets))
	mac := hmac.New(sha256.New, r.copyKey)
	mac.Write(plain)
	nonce := mac.Sum(nil)[:chacha20poly1305.NonceSizeX]
	return xchacha(r.key).Seal(append([]byte(ringMagic), nonce...), nonce, plain, []byte(ringMagic))
}

// backUpObject reads an object to its end before it copies its file.
func (v *Vault) backUpObject(b *backupWriter, n Name) {
	if b.err != nil {
		return
	}
	r, err := v.OpenObject(n)
	if err != nil {
		b.err = err
		return
	}
	defer r.Close()
	b.head(objectsName+"/"+n.String(), int64(r.total)*segmentSize)
	for r.index < r.total && b.err == nil {
		sealed, err := r.sealed()
		b.err = err
		b.write(sealed)
	}
}
