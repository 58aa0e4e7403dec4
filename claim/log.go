// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Log is a register with the events that made it, as a file keeps them: one JSON
// object a line, in an order in which each comes after what it knew.
type Log struct {
	Register *Register
	Case     Case // as it stands
	Events   []Event

	raw []byte
}

// IsLog tells a log from a case by its first line.
func IsLog(b []byte) bool {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	var first struct {
		Actor *string `json:"actor"`
	}
	return json.Unmarshal(line, &first) == nil && first.Actor != nil
}

// ParseLog reads a log and verifies it (I13). An error names the line; those
// before it are whole.
func ParseLog(b []byte) (*Log, error) {
	l := &Log{Register: NewRegister(), raw: slices.Clip(b)}
	n := 0
	for line := range bytes.Lines(b) {
		n++
		if err := l.take(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	var err error
	l.Case, err = l.Register.Case()
	return l, err
}

func (l *Log) take(line []byte) error {
	if !bytes.HasSuffix(line, []byte("\n")) {
		return errors.New("the last line has no end; the machine may have stopped while it was written")
	}
	e, err := ParseEvent(bytes.TrimSuffix(line, []byte("\n")))
	if err != nil {
		return err
	}
	if err := l.Register.Apply(e); err != nil {
		return err
	}
	l.Events = append(l.Events, e)
	return nil
}

// Add puts changes that belong together behind what is there, all of them or
// none: see [Register.ProposeAll] for what is refused. After an error that is not
// a refusal the log is of no further use. Nothing is on a disk until the caller
// has written [Log.Bytes].
func (l *Log) Add(actor string, at time.Time, changes []Change) error {
	events, err := l.Register.ProposeAll(actor, at, changes)
	if err != nil {
		return err
	}
	for _, e := range events {
		if err := l.Register.Apply(e); err != nil {
			return err
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		l.raw = append(append(l.raw, line...), '\n')
	}
	l.Events = append(l.Events, events...)
	l.Case, err = l.Register.Case()
	return err
}

// Bytes gives the log as a file keeps it.
func (l *Log) Bytes() []byte { return l.raw }
