// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tamizdat/drop/client"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// ErrSent says that a draft has been sent already.
var ErrSent = errors.New("this letter was sent already")

// A File is an attachment. Its name is sent as it stands, so it must be the
// bare name, and one that gives nobody away.
type File struct {
	Name string
	Size int64
	// Open returns the file from its beginning. It may be called again when an
	// upload goes on after a cut; the bytes must be the same then.
	Open func() (io.ReadCloser, error)
}

// A Draft is a letter on its way. It lives in memory only and keeps all that
// another try needs: what was uploaded, the ticket, the sealed envelopes.
type Draft struct {
	src    *letter.Source
	letter *letter.Letter
	files  []File
	parcel *letter.ParcelSealer // nil without files

	outline *letter.Parcel // as long as the manifest will be

	upload client.Upload
	stored int // chunks that the drop has answered for

	post    []byte // the sealed letter with its work
	made    madeFor
	refused bool // by the drop; not to be repeated
	sent    bool

	perhaps []string // labels of posts that got no answer
}

// madeFor is the state of things that a post was made for. In another it must be
// made anew.
type madeFor struct {
	roster  wire.Hash
	period  wire.Period
	leftOut string
	slot    uint64
}

// Compose makes a draft of text and files by the source who has words. Line
// ends become line feeds; otherwise nothing of the text is changed.
//
// Errors: [ErrOwnWords]; letter.ErrText, letter.ErrTooLong; a reason that names
// the number of files or their size. Nothing is asked of the drop.
func (v *Visit) Compose(words *letter.Words, text string, files ...File) (*Draft, error) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	if err := checkOwnWords(words, append(namesOf(files), text), v.opt.Lists); err != nil {
		return nil, err
	}
	src, err := words.Source()
	if err != nil {
		return nil, fmt.Errorf("make keys of the words: %w", err)
	}
	d := &Draft{src: src, letter: letter.NewLetter(text, nil), files: files}
	if err := v.pack(d); err != nil {
		return nil, err
	}
	_, _, err = d.Room()
	return d, err
}

func namesOf(files []File) []string {
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

// pack prepares the parcel and holds it against what the roster allows.
func (v *Visit) pack(d *Draft) error {
	if len(d.files) == 0 {
		return nil
	}
	p, err := newParcel(d.files)
	if err != nil {
		return err
	}
	if allowed := v.roster().Schedule.Chunks; p.Chunks() > allowed {
		return fmt.Errorf("the files need %d pieces of 1 MiB, and this newsroom takes %d with a letter", p.Chunks(), allowed)
	}
	d.parcel = p
	d.outline, err = manifestLike(d.files)
	return err
}

func newParcel(files []File) (*letter.ParcelSealer, error) {
	var infos []letter.FileInfo
	for _, f := range files {
		infos = append(infos, letter.FileInfo{Name: f.Name, Length: f.Size})
	}
	p, err := letter.NewParcel(infos)
	if err != nil {
		return nil, fmt.Errorf("pack the files: %w", err)
	}
	return p, nil
}

// Room tells how much of a letter's space is used, of how much. The error wraps
// letter.ErrTooLong when it is too much; the numbers hold then too.
func (d *Draft) Room() (used, total int, err error) {
	if d.parcel == nil || d.letter.Parcel != nil {
		return letter.Room(d.letter)
	}
	standIn := letter.Letter{ID: d.letter.ID, Text: d.letter.Text, Parcel: d.outline}
	used, total, err = letter.Room(&standIn)
	used += idSlack
	if err == nil && used > total {
		err = fmt.Errorf("%w: it needs up to %d bytes, there are %d", letter.ErrTooLong, used, total)
	}
	return used, total, err
}

// idSlack is how much longer a letter may get by compression when other chunk
// ids stand in it. A letter must not turn out too long after its files are up.
const idSlack = 128

// manifestLike makes a manifest for files of the same names and sizes and no
// content: the ids in a manifest look random and do not compress, so this one
// takes as much room as the real one will.
func manifestLike(files []File) (*letter.Parcel, error) {
	p, err := newParcel(files)
	if err != nil {
		return nil, err
	}
	empty := func(i int) (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(zeros{}, files[i].Size)), nil
	}
	if err := p.SealAll(context.Background(), empty, func(int, wire.ChunkID, []byte) error { return nil }); err != nil {
		return nil, err
	}
	return p.Manifest()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// Chunks is how many pieces of 1 MiB the files of the letter take: the one
// thing about them that the drop learns.
func (d *Draft) Chunks() int {
	if d.parcel == nil {
		return 0
	}
	return d.parcel.Chunks()
}

// Perhaps returns the labels under which this letter may lie at the drop though
// nobody said so: those of posts that got no answer. It is empty as long as every
// post was answered; after more than one of them, the drop may have each.
func (d *Draft) Perhaps() []string { return slices.Clone(d.perhaps) }

// unanswered notes that nobody knows what became of a post.
func (d *Draft) unanswered(label string) {
	if !slices.Contains(d.perhaps, label) {
		d.perhaps = append(d.perhaps, label)
	}
}

// Discard forgets what the draft holds. The collector decides when the memory
// is really gone. A draft that was given up half-way leaves chunks at the drop
// that nobody can read any more.
func (d *Draft) Discard() { *d = Draft{sent: true} }
