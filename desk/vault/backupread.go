// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
)

// entry is one file in a backup.
type entry struct {
	name    string
	length  uint64
	content io.Reader
}

// small reads an entry that is one of the little ones.
func (e entry) small() ([]byte, error) {
	if e.length > smallFile {
		return nil, ErrNoBackup
	}
	return io.ReadAll(e.content)
}

// walk hands the entries to take, in order, and lets it leave content unread. With
// a key it wants the whole file to be what was written under it; where take writes
// something down, the file has been checked before, and this finds one that was
// replaced meanwhile.
func (b *Backup) walk(k *dataKey, take func(entry) error) error {
	if _, err := b.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(b.f, 1<<16)
	mac := backupMAC(&dataKey{})
	if k != nil {
		mac = backupMAC(k)
	}
	r := io.TeeReader(in, mac)
	if err := readMagic(r); err != nil {
		return err
	}
	var order nameOrder
	for {
		e, err := readEntry(r)
		if err != nil {
			return short(err)
		}
		if e.name == "" {
			break
		}
		if err := order.next(e); err != nil {
			return err
		}
		if err := takeEntry(e, take); err != nil {
			return short(err)
		}
	}
	sum := mac.Sum(nil)
	tag := make([]byte, backupTag)
	if _, err := io.ReadFull(in, tag); err != nil {
		return short(err)
	}
	if _, err := in.ReadByte(); err != io.EOF || !order.whole() || (k != nil && !hmac.Equal(sum, tag)) {
		return ErrNoBackup
	}
	return nil
}

// short tells a file that ends too early from one that cannot be read.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrNoBackup
	}
	return err
}

func readMagic(r io.Reader) error {
	magic := make([]byte, len(backupMagic)+1)
	if _, err := io.ReadFull(r, magic); err != nil {
		return short(err)
	}
	if !bytes.Equal(magic[:len(backupMagic)], []byte(backupMagic)) {
		return ErrNoBackup
	}
	if magic[len(backupMagic)] != backupVersion {
		return errLater
	}
	return nil
}

// readEntry returns an entry without a name at the end.
func readEntry(r io.Reader) (e entry, err error) {
	var n [1]byte
	if _, err := io.ReadFull(r, n[:]); err != nil || n[0] == 0 {
		return e, err
	}
	head := make([]byte, int(n[0])+8)
	if _, err := io.ReadFull(r, head); err != nil {
		return e, err
	}
	e.name, e.length = string(head[:n[0]]), binary.BigEndian.Uint64(head[n[0]:])
	if e.length > 1<<53 {
		return e, ErrNoBackup
	}
	e.content = io.LimitReader(r, int64(e.length))
	return e, nil
}

// takeEntry sees to it that the next entry begins where this one ends.
func takeEntry(e entry, take func(entry) error) error {
	counted := &counter{r: e.content}
	e.content = counted
	if err := take(e); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, counted); err != nil {
		return err
	}
	if counted.n != e.length {
		return ErrNoBackup
	}
	return nil
}

type counter struct {
	r io.Reader
	n uint64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += uint64(n)
	return n, err
}

// nameOrder refuses any name but those of a vault's files, each once and in one
// order: a name leads to a place on a disk.
type nameOrder struct {
	seen []string
	last string // of the objects
}

var backupOrder = [...]string{keyFileName, recoveryName, journalName, markName, keyringName}

func (o *nameOrder) next(e entry) error {
	if hexName, ok := strings.CutPrefix(e.name, objectsName+"/"); ok {
		var n Name
		if n.UnmarshalText([]byte(hexName)) != nil || hexName <= o.last || !o.whole() {
			return ErrNoBackup
		}
		o.last = hexName
		return nil
	}
	place := slices.Index(backupOrder[:], e.name)
	if place < 0 || o.last != "" || (len(o.seen) > 0 && place <= slices.Index(backupOrder[:], o.seen[len(o.seen)-1])) {
		return ErrNoBackup
	}
	o.seen = append(o.seen, e.name)
	return nil
}

// whole reports whether every file was there that a vault must have.
func (o *nameOrder) whole() bool {
	for _, name := range backupOrder {
		if name != recoveryName && !slices.Contains(o.seen, name) {
			return false
		}
	}
	return true
}
