// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/letter"
)

// Save fetches a letter's attachments if that was not done yet, and writes
// copies into the folder dir, which is made if it is not there. The names are
// made safe and nothing is ever overwritten. It returns the names in the folder. The
// originals stay sealed in the vault.
//
// What lies in dir is plaintext, on a disk that may never forget it.
func (d *Desk) Save(ctx context.Context, id LetterID, dir string, progress func(done, all int)) ([]string, error) {
	if err := d.Fetch(ctx, id, progress); err != nil {
		return nil, err
	}
	l, parcel, err := d.parcel(id)
	if err != nil {
		return nil, err
	}
	var files []namedFile
	for i, f := range l.files {
		files = append(files, namedFile{parcel.Files[i].Name, f})
	}
	return d.saveFiles(dir, files)
}

// saveFiles writes copies into a folder, which is made if it is not there.
func (d *Desk) saveFiles(dir string, files []namedFile) ([]string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var names []string
	for i, f := range files {
		name, err := d.saveFile(root, f.file, letter.SafeName(f.name, i))
		if err != nil {
			return names, fmt.Errorf("save file %d: %w", i+1, err)
		}
		names = append(names, name)
	}
	return names, nil
}

func (d *Desk) saveFile(root *os.Root, f storedFile, name string) (string, error) {
	in, err := d.v.OpenObject(f.Object)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, name, err := createNew(root, name)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return "", errors.Join(err, root.Remove(name))
	}
	return name, nil
}

// maxSameName is how many files of one name a folder may hold.
const maxSameName = 1000

// createNew makes a file of that name in root, or of that name with a number
// where it is taken. It never opens what is there.
func createNew(root *os.Root, name string) (*os.File, string, error) {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for i := 1; i <= maxSameName; i++ {
		try := name
		if i > 1 {
			try = fmt.Sprintf("%s (%d)%s", stem, i, ext)
		}
		f, err := root.OpenFile(try, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		return f, try, err
	}
	return nil, "", fmt.Errorf("the folder holds too many files called %q", name)
}
