// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/internal/places"
	"tamizdat/letter/wire"
)

// The files that make a folder a drop's, beside that of its onion. Both are read strictly: a byte out of
// place is an error.
const (
	identityFile = "identity" // key and incarnation
	newsroomFile = "newsroom" // key of the newsroom served
	lockFile     = "lock"     // held by the process that serves
	firstLine    = "tamizdat-drop 1"
)

// identity is what makes a drop this drop.
type identity struct {
	seed        [ed25519.SeedSize]byte
	incarnation wire.Incarnation
}

func newIdentity(random io.Reader) (id identity, err error) {
	if _, err := io.ReadFull(random, id.seed[:]); err != nil {
		return id, err
	}
	_, err = io.ReadFull(random, id.incarnation[:])
	return id, err
}

func (id identity) key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(id.seed[:]) }

func (id identity) public() wire.DropKey {
	return wire.DropKey(id.key().Public().(ed25519.PublicKey))
}

// String keeps the seed out of anything that prints.
func (id identity) String() string { return "REDACTED" }

// Format does so for every verb.
func (id identity) Format(f fmt.State, _ rune) { io.WriteString(f, id.String()) }

// LogValue does so for logs.
func (id identity) LogValue() slog.Value { return slog.StringValue(id.String()) }

func (id identity) encode() []byte {
	return fmt.Appendf(nil, "%s\nkey %s\nincarnation %s\n", firstLine,
		hex.EncodeToString(id.seed[:]), hex.EncodeToString(id.incarnation[:]))
}

// makeFolder makes the folder of a new drop. Who was quicker, where others may
// make folders too, would get its keys.
func makeFolder(dir string) error {
	if err := durable.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || !places.Own(info) {
		return fmt.Errorf("%s is not a folder of the user who runs this", dir)
	}
	return judgePrivate(info)
}

// createIdentity writes the identity of a new drop. fs.ErrExist: there is one.
func createIdentity(dir string, id identity) error {
	return durable.CreateFile(filepath.Join(dir, identityFile), id.encode(), 0o600)
}

// readIdentity reads the identity of the drop in dir.
func readIdentity(dir string) (identity, error) {
	var id identity
	b, err := readPrivate(dir, identityFile)
	if errors.Is(err, fs.ErrNotExist) {
		return id, cli.WithHint(errors.New("there is no drop in this folder"), "make one with tamizdat-drop init")
	}
	if err != nil {
		return id, err
	}
	lines := strings.Split(string(b), "\n")
	if strings.HasPrefix(lines[0], "tamizdat-drop ") && lines[0] != firstLine {
		return id, errors.New("the drop in this folder was made by a newer version of this program: use that one")
	}
	if len(lines) != 4 {
		return id, errIdentity()
	}
	copyHex(id.seed[:], strings.TrimPrefix(lines[1], "key "))
	copyHex(id.incarnation[:], strings.TrimPrefix(lines[2], "incarnation "))
	if string(id.encode()) != string(b) {
		return identity{}, errIdentity()
	}
	return id, nil
}

func errIdentity() error {
	return fmt.Errorf("the file %s is damaged: restore it from a copy", identityFile)
}

// copyHex decodes what it can; the caller compares the whole file.
func copyHex(dst []byte, text string) {
	b, err := hex.DecodeString(text)
	if err == nil {
		copy(dst, b)
	}
}

// adopt fixes the newsroom. The same again is fine, another is not.
func adopt(dir string, key wire.NewsroomKey) error {
	err := durable.CreateFile(filepath.Join(dir, newsroomFile), []byte(key.String()+"\n"), 0o600)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	have, err := readNewsroom(dir)
	if err == nil && have != key {
		err = cli.WithHint(errors.New("this drop serves another newsroom already"), "make a drop for each newsroom, in a folder of its own")
	}
	return err
}

// errNotAdopted is the error of a drop that is nobody's yet.
var errNotAdopted = errors.New("this drop was not told which newsroom it serves")

// readNewsroom reads which newsroom the drop in dir serves.
func readNewsroom(dir string) (wire.NewsroomKey, error) {
	b, err := readPrivate(dir, newsroomFile)
	if errors.Is(err, fs.ErrNotExist) {
		return wire.NewsroomKey{}, cli.WithHint(errNotAdopted,
			"tell it with tamizdat-drop adopt; without that, whoever came first could take it")
	}
	if err != nil {
		return wire.NewsroomKey{}, err
	}
	return wire.ParseNewsroomKey(strings.TrimSuffix(string(b), "\n"))
}

// mostPrivate is more than any of the small files has.
const mostPrivate = 4096

// errNotOurs is the error of something in the folder that no drop puts there.
var errNotOurs = errors.New("this is not a file of the drop's user: somebody else was in this folder")

// readPrivate reads a small file that nobody else may read.
func readPrivate(dir, name string) ([]byte, error) {
	if err := checkPrivate(dir); err != nil {
		return nil, err
	}
	f, err := openOurs(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := judgePrivate(info); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, mostPrivate+1))
	if err == nil && len(b) > mostPrivate {
		err = fmt.Errorf("the file %s is damaged: restore it from a copy", name)
	}
	return b, err
}

// checkPrivate refuses a folder that other users may touch.
func checkPrivate(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	return judgePrivate(info)
}

func judgePrivate(info fs.FileInfo) error {
	if info.Mode().Perm()&0o077 != 0 {
		return cli.WithHint(fmt.Errorf("other users may read or change %s", info.Name()),
			"take that from them with chmod go-rwx; if they had the time to read the key, make a new drop")
	}
	return nil
}
