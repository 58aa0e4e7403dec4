// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
)

const (
	areaVersion = 1
	areaHeader  = 8
	maxInflated = 262144
)

// packArea compresses a body into a message area of exactly size bytes
// (spec/letter.md §5). A body that does not fit gives an error that wraps
// [ErrTooLong].
func packArea(kind Kind, body []byte, size int) ([]byte, error) {
	if len(body) > maxInflated {
		return nil, fmt.Errorf("%w: %d bytes before compression, %d at most", ErrTooLong, len(body), maxInflated)
	}
	packed := deflate(body)
	if areaHeader+len(packed) > size {
		return nil, fmt.Errorf("%w: it needs %d bytes, there are %d", ErrTooLong, areaHeader+len(packed), size)
	}
	area := make([]byte, areaHeader, size)
	area[0], area[1] = areaVersion, byte(kind)
	binary.BigEndian.PutUint32(area[2:], uint32(len(body)))
	binary.BigEndian.PutUint16(area[6:], uint16(len(packed)))
	return append(area, packed...)[:size], nil
}

// deflate writes one raw DEFLATE stream. Writing to memory cannot fail.
func deflate(body []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("letter: deflate in memory: " + err.Error())
	}
	return b.Bytes()
}

// unpackArea takes a message area apart. Its bytes come from whoever knows a
// journalist's public keys: from anyone.
func unpackArea(area []byte) (Kind, []byte, error) {
	if len(area) < areaHeader || area[0] != areaVersion {
		return 0, nil, fmt.Errorf("%w: unknown version", errMessage)
	}
	inflated := binary.BigEndian.Uint32(area[2:])
	packed := int(binary.BigEndian.Uint16(area[6:]))
	if inflated > maxInflated || packed > len(area)-areaHeader {
		return 0, nil, fmt.Errorf("%w: length out of bounds", errMessage)
	}
	if !allZero(area[areaHeader+packed:]) {
		return 0, nil, fmt.Errorf("%w: padding is not zero", errMessage)
	}
	body, err := inflate(area[areaHeader:areaHeader+packed], int(inflated))
	return Kind(area[1]), body, err
}

// inflate returns exactly size bytes or an error. It never produces more than
// one byte past size, whatever the stream holds.
func inflate(packed []byte, size int) ([]byte, error) {
	// bytes.Reader reads byte by byte, so flate takes no byte past its end.
	left := bytes.NewReader(packed)
	r := flate.NewReader(left)
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("%w: compressed text is damaged or shorter than declared", errMessage)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return nil, fmt.Errorf("%w: compressed text is damaged or longer than declared", errMessage)
	}
	if left.Len() != 0 {
		return nil, fmt.Errorf("%w: bytes after the compressed text", errMessage)
	}
	return body, nil
}

func allZero(b []byte) bool {
	var sum byte
	for _, c := range b {
		sum |= c
	}
	return sum == 0
}
