// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"filippo.io/age"

	"tamizdat/internal/durable"
	"tamizdat/letter/wire"
)

// A backup is an age file of backupFirstLine and a tar archive (spec/drop.md §11).
const (
	backupFirstLine = "tamizdat-drop backup 1\n"
	backupKeyFile   = "backup-key" // whom backups are encrypted to
	stateFile       = "state.db"
)

// inBackup is every name that may stand in a backup.
var inBackup = regexp.MustCompile(`^(identity|newsroom|onion|backup-key|state\.db` +
	`|spool/(letters|replies|desk)-[0-9]{12}\.db` +
	`|(letters|replies|desk)/[0-9]{12}` +
	`|chunks/[0-9a-f]{2}/[0-9a-f]{64})$`)

// packer writes a backup.
type packer struct {
	age io.WriteCloser
	tar *tar.Writer
}

func newPacker(to io.Writer, key age.Recipient) (*packer, error) {
	w, err := age.Encrypt(to, key)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, backupFirstLine); err != nil {
		return nil, err
	}
	return &packer{age: w, tar: tar.NewWriter(w)}, nil
}

// add puts a file into the backup under a name; without times and owners, which
// are nobody's business. With a hash the content must have it.
func (p *packer) add(name, file string, want []byte) error {
	f, err := openOurs(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := p.tar.WriteHeader(&tar.Header{Name: name, Size: info.Size(), Mode: 0o600, Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(p.tar, sum), f); err != nil {
		return err
	}
	return checkSum(name, sum, want)
}

func checkSum(name string, sum hash.Hash, want []byte) error {
	if want != nil && string(sum.Sum(nil)) != string(want) {
		return fmt.Errorf("%s is damaged", name)
	}
	return nil
}

func (p *packer) close() error {
	return errors.Join(p.tar.Close(), p.age.Close())
}

var errNoBackup = errors.New("this is not a backup of a drop, or it is damaged")

// unpack writes the files of a backup below dir, which is empty, and returns
// their names. It trusts nothing in it: names are few and fixed, each comes once,
// and all is authenticated to its last byte.
func unpack(from io.Reader, key age.Identity, dir string) (map[string]bool, error) {
	in, err := age.Decrypt(from, key)
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
		return nil, errors.New("this key does not open the backup")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoBackup, err)
	}
	plain := bufio.NewReader(genuine{in})
	first, err := plain.ReadSlice('\n') // no longer than the buffer
	line := string(first)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errNoBackup, err)
	case line != backupFirstLine && strings.HasPrefix(line, "tamizdat-drop backup "):
		return nil, errors.New("the backup was made by a newer version of this program: use that one")
	case line != backupFirstLine:
		return nil, errNoBackup
	}
	names, err := unpackFiles(tar.NewReader(plain), dir)
	if err != nil {
		return nil, err
	}
	rest, err := io.Copy(io.Discard, plain)
	if err != nil || rest > 0 {
		return nil, errors.Join(errNoBackup, err)
	}
	return names, nil
}

// genuine tells a backup that does not prove itself from a disk that fails.
type genuine struct{ r io.Reader }

// Read implements io.Reader.
func (g genuine) Read(b []byte) (int, error) {
	n, err := g.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", errNoBackup, err)
	}
	return n, err
}

func unpackFiles(in *tar.Reader, dir string) (map[string]bool, error) {
	names := map[string]bool{}
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, errors.Join(errNoBackup, err)
		}
		if h.Typeflag != tar.TypeReg || !inBackup.MatchString(h.Name) || names[h.Name] {
			return nil, fmt.Errorf("%w: it holds %q", errNoBackup, h.Name)
		}
		if most := mostOf(h.Name); h.Size > most {
			return nil, fmt.Errorf("%w: %q is larger than it can be", errNoBackup, h.Name)
		}
		names[h.Name] = true
		if err := writeNew(filepath.Join(dir, filepath.FromSlash(h.Name)), in); err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
	}
}

// mostOf bounds a file of a backup by what it is, before a byte of it is written:
// whoever made the backup may not have been the drop.
func mostOf(name string) int64 {
	switch folder, _, _ := strings.Cut(name, "/"); folder {
	case "chunks":
		return wire.ChunkSize
	case "letters", "replies", "desk":
		return 256 << 20 // a page of letters (spec/drop.md §1)
	case "spool":
		return 8 << 30 // server.Limits.SpoolBytes and what a database adds
	case stateFile:
		return 4 << 30
	}
	return mostPrivate
}

// writeNew writes a file that is not there yet, and syncs it.
func writeNew(file string, from io.Reader) error {
	if err := durable.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// sumOf is the SHA-256 of a file.
func sumOf(file string) (hash.Hash, error) {
	f, err := openOurs(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return sum, err
}

// isContent tells names of pages and chunks from those of other files.
func isContent(name string) bool {
	top, _, _ := strings.Cut(path.Dir(name), "/")
	return top == "letters" || top == "replies" || top == "desk" || top == "chunks"
}
