// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"errors"
	"fmt"
	"io"
)

// fileStream is the plaintext of a parcel: the files one after another, each of
// exactly its declared length, then zeros for ever.
type fileStream struct {
	files []File
	open  func(file int) (io.ReadCloser, error)

	at      int // of files
	left    int64
	current io.ReadCloser
}

// fill fills b. It fails with ErrFileChanged when a file is longer or shorter
// than declared.
func (s *fileStream) fill(b []byte) error {
	for len(b) > 0 && s.at < len(s.files) {
		n, err := s.readSome(b)
		if err != nil {
			return err
		}
		b = b[n:]
	}
	clear(b)
	return nil
}

func (s *fileStream) readSome(b []byte) (int, error) {
	if err := s.begin(); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(s.current, b[:min(int64(len(b)), s.left)])
	s.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return n, fmt.Errorf("%w: file %d is shorter than it was", ErrFileChanged, s.at+1)
	case err != nil:
		return n, fmt.Errorf("letter: reading file %d: %w", s.at+1, err)
	case s.left == 0:
		return n, s.finish()
	}
	return n, nil
}

func (s *fileStream) begin() error {
	if s.current != nil {
		return nil
	}
	f, err := s.open(s.at)
	if err != nil {
		return fmt.Errorf("letter: opening file %d: %w", s.at+1, err)
	}
	s.current, s.left = f, s.files[s.at].Length
	return nil
}

// finish makes sure that nothing follows and goes on to the next file.
func (s *fileStream) finish() error {
	n, err := io.ReadFull(s.current, make([]byte, 1))
	if n != 0 {
		return fmt.Errorf("%w: file %d is longer than it was", ErrFileChanged, s.at+1)
	}
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("letter: reading file %d: %w", s.at+1, err)
	}
	return s.next()
}

func (s *fileStream) next() error {
	err := s.current.Close()
	s.current = nil
	s.at++
	if err != nil {
		return fmt.Errorf("letter: closing file %d: %w", s.at, err)
	}
	return nil
}

// close releases a file that is still open.
func (s *fileStream) close() {
	if s.current != nil {
		_ = s.current.Close() // only read from; the error says nothing new
		s.current = nil
	}
}
