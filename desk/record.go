// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// A record of the journal:
//
//	record = u8 2 ‖ event, …
//	event  = u8 ‖ kind ‖ u64 at ‖ u32 ‖ data
//
// u8 and u32 before it are the length of what follows. data is JSON, except for
// kinds that have a form of their own ([binaryPayload]). Numbers are big-endian.
//
// Journals of the first version have records of the form u8 1 ‖ JSON array of
// {"kind", "at", "data"}, all data in JSON. They are read as they are.
const (
	recordFirst   = 1
	recordVersion = 2
)

// binaryPayload is a payload that is mostly opaque bytes, and too frequent for JSON.
type binaryPayload interface {
	payload
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

var errCut = errors.New("a record is cut short")

func encodeRecord(at int64, payloads []payload) ([]byte, error) {
	record := []byte{recordVersion}
	for _, p := range payloads {
		kind := p.kind()
		record = append(append(record, byte(len(kind))), kind...)
		record = binary.BigEndian.AppendUint64(record, uint64(at))
		start := len(record)
		var err error
		if record, err = appendData(append(record, 0, 0, 0, 0), p); err != nil {
			return nil, err
		}
		length := len(record) - start - 4
		if length > math.MaxInt32 {
			return nil, fmt.Errorf("an event of kind %q is too large", kind)
		}
		binary.BigEndian.PutUint32(record[start:], uint32(length))
	}
	return record, nil
}

func appendData(b []byte, p payload) ([]byte, error) {
	if own, ok := p.(binaryPayload); ok {
		return own.AppendBinary(b)
	}
	buf := bytes.NewBuffer(b)
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false) // it makes six bytes of one that a stranger may choose
	err := e.Encode(p)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// sizeOf is what a payload adds to a record at most.
func sizeOf(p payload) (int, error) {
	b, err := encodeRecord(0, []payload{p})
	return len(b), err
}

func decodeRecord(record []byte) ([]event, error) {
	switch {
	case len(record) == 0:
		return nil, errCut
	case record[0] == recordFirst:
		return decodeFirst(record[1:])
	case record[0] != recordVersion:
		return nil, errLater
	}
	var events []event
	for rest := record[1:]; len(rest) > 0; {
		e, after, err := decodeEvent(rest)
		if err != nil {
			return nil, err
		}
		events, rest = append(events, e), after
	}
	return events, nil
}

// decodeEvent reads the first event of b, and gives what follows it.
func decodeEvent(b []byte) (e event, rest []byte, err error) {
	n := int(b[0])
	if len(b) < 1+n+12 {
		return e, nil, errCut
	}
	kind, b := string(b[1:1+n]), b[1+n:]
	at, length, b := int64(binary.BigEndian.Uint64(b)), uint64(binary.BigEndian.Uint32(b[8:])), b[12:]
	if uint64(len(b)) < length {
		return e, nil, errCut
	}
	p, err := newPayload(kind)
	if err != nil {
		return e, nil, err
	}
	if own, ok := p.(binaryPayload); ok {
		err = own.UnmarshalBinary(b[:length])
	} else {
		err = strictJSON(b[:length], p)
	}
	if err != nil {
		return e, nil, fmt.Errorf("an event of kind %q cannot be read: %w", kind, err)
	}
	return event{kind, at, p}, b[length:], nil
}

func decodeFirst(b []byte) ([]event, error) {
	var raw []struct {
		Kind string          `json:"kind"`
		At   int64           `json:"at"`
		Data json.RawMessage `json:"data"`
	}
	if err := strictJSON(b, &raw); err != nil {
		return nil, fmt.Errorf("an event cannot be read: %w", err)
	}
	events := make([]event, len(raw))
	for i, r := range raw {
		p, err := newPayload(r.Kind)
		if err != nil {
			return nil, err
		}
		if err := strictJSON(r.Data, p); err != nil {
			return nil, fmt.Errorf("an event of kind %q cannot be read: %w", r.Kind, err)
		}
		events[i] = event{r.Kind, r.At, p}
	}
	return events, nil
}

// strictJSON refuses unknown fields and anything after the value.
func strictJSON(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is something after the value")
	}
	return nil
}
