// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tamizdat/desk/vault"
)

// archive gathers the files of an export. Texts lie in memory, objects stay in the
// vault until they are written.
type archive struct {
	d       *Desk
	files   []archived
	texts   map[string]string // by the name of the file
	missing int
}

// archived is one file.
type archived struct {
	ExportedFile
	open     func() (io.ReadCloser, error)
	measured bool
}

const aboutExport = `This archive holds what a source wrote to a newsroom and what was answered. It is
not encrypted: whoever has it can read it.

thread-en.txt    all of it, to be read by people, in English
thread-ru.txt    the same in Russian
manifest.json    the same for programs: what each file is, and how it came here
SHA256SUMS       the hash of each file. To check them, type in the folder into which
                 the archive was unpacked:    sha256sum -c SHA256SUMS
                 (macOS: shasum -a 256 -c SHA256SUMS)

letters/, notes/ and replies/ have each text alone, byte for byte. All texts are in
UTF-8. Other files in letters/ and documents/ are a stranger's; they can harm a machine
and betray, when opened, where it is.

Этот архив содержит то, что источник написал редакции, и то, что ему ответили. Он не
зашифрован: кто его получит, тот его прочтёт.

thread-ru.txt    всё целиком, для чтения, по-русски
thread-en.txt    то же по-английски
manifest.json    то же для программ: что есть каждый файл и как он сюда попал
SHA256SUMS       хеш каждого файла. Чтобы их проверить, наберите в папке, куда архив
                 распакован:    sha256sum -c SHA256SUMS
                 (macOS: shasum -a 256 -c SHA256SUMS)

В letters/, notes/ и replies/ лежит каждый текст отдельно, байт в байт. Все тексты в
UTF-8. Прочие файлы в letters/ и documents/ прислал посторонний; открытые, они могут
навредить компьютеру и выдать, где он находится.
`

func (a *archive) text(name, content string) string {
	a.texts[name] = content
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
	a.files = append(a.files, archived{ExportedFile: ExportedFile{Name: name}, open: open})
	return name
}

func (a *archive) object(name string, f storedFile) string {
	open := func() (io.ReadCloser, error) { return a.d.v.OpenObject(f.Object) }
	a.files = append(a.files, archived{ExportedFile: ExportedFile{name, f.Length, f.hex()}, open: open})
	return name
}

// finish measures all files and adds those that speak of the others.
func (a *archive) finish(m *Manifest) error {
	a.text("about.txt", aboutExport)
	a.text("thread-en.txt", readable(a, m, english()))
	a.text("thread-ru.txt", readable(a, m, russian()))
	if err := a.measure(); err != nil {
		return err
	}
	for _, f := range a.files {
		m.Files = append(m.Files, f.ExportedFile)
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	a.text("manifest.json", string(b)+"\n")
	if err := a.measure(); err != nil {
		return err
	}
	var sums bytes.Buffer
	for _, f := range a.files {
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Name)
	}
	a.text("SHA256SUMS", sums.String())
	return a.measure()
}

// measure puts the files in order, and reads those that were not yet read. What
// the vault gives must be what was sealed.
func (a *archive) measure() error {
	slices.SortFunc(a.files, func(x, y archived) int { return cmp.Compare(x.Name, y.Name) })
	for i := range a.files {
		if f := &a.files[i]; !f.measured {
			if err := f.measure(); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
		}
	}
	return nil
}

func (f *archived) measure() error {
	in, err := f.open()
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(sum, in)
	if err = errors.Join(err, in.Close()); err != nil {
		return err
	}
	got := ExportedFile{f.Name, n, fmt.Sprintf("%x", sum.Sum(nil))}
	if f.SHA256 != "" && f.ExportedFile != got {
		return fmt.Errorf("%w: the file is not the one that was sealed", vault.ErrDamaged)
	}
	f.ExportedFile, f.measured = got, true
	return nil
}

// write writes the archive. Files are stored, not compressed: what a compressor
// makes changes from one version to the next.
func (a *archive) write(to io.Writer) error {
	z := zip.NewWriter(to)
	for _, f := range a.files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			err = f.copyTo(w)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return z.Close()
}

func (f *archived) copyTo(w io.Writer) error {
	in, err := f.open()
	if err != nil {
		return err
	}
	_, err = io.Copy(w, in)
	return errors.Join(err, in.Close())
}
