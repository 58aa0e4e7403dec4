// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// MaxCase is the largest case file, in bytes.
const MaxCase = 64 << 20

// ParseCase reads a case from JSON, strictly: a field that this version does
// not know is an error, and so is anything after the end. Studies of published
// reporting number their questions “question” and “question2”; a case that was
// read so is written so.
func ParseCase(b []byte) (Case, error) {
	if len(b) > MaxCase {
		return Case{}, fmt.Errorf("not a case: %d bytes, more than %d", len(b), MaxCase)
	}
	b, numbered, err := unnumber(b)
	if err != nil {
		return Case{}, fmt.Errorf("not a case: %w", err)
	}
	c := Case{numbered: numbered}
	if err := decodeStrictly(b, &c); err != nil {
		return Case{}, fmt.Errorf("not a case: %w", err)
	}
	if c.Case == "" {
		return Case{}, errors.New("not a case: it has no name; give it one in the field “case”")
	}
	return c, nil
}

// unnumber moves “question”, “question2” … into the list “questions”.
func unnumber(b []byte) ([]byte, bool, error) {
	var fields map[string]json.RawMessage
	if err := decodeStrictly(b, &fields); err != nil {
		return nil, false, err
	}
	if _, ok := fields["question"]; !ok {
		return b, false, nil
	}
	if _, ok := fields["questions"]; ok {
		return nil, false, errors.New("it has both “question” and “questions”")
	}
	var list []json.RawMessage
	for n := 1; ; n++ {
		q, ok := fields[numberedKey(n)]
		if !ok {
			break
		}
		list = append(list, q)
		delete(fields, numberedKey(n))
	}
	joined, err := json.Marshal(list)
	if err != nil {
		return nil, false, err
	}
	fields["questions"] = joined
	b, err = json.Marshal(fields)
	return b, true, err
}

func numberedKey(n int) string {
	if n == 1 {
		return "question"
	}
	return fmt.Sprintf("question%d", n)
}

// Encode gives the case as indented JSON, fields in the order of [Case].
func (c Case) Encode() ([]byte, error) {
	if !c.numbered {
		return indented(c)
	}
	questions := c.Questions
	c.Questions = nil
	b, err := indented(c)
	if err != nil {
		return nil, err
	}
	out := bytes.NewBuffer(bytes.TrimSuffix(b, []byte("\n}\n")))
	for i, q := range questions {
		b, err := json.MarshalIndent(q, " ", " ")
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(out, ",\n %q: %s", numberedKey(i+1), b)
	}
	out.WriteString("\n}\n")
	return out.Bytes(), nil
}

func indented(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
