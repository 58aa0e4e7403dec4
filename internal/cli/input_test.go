// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestAnswersFromAPipe(t *testing.T) {
	var errs bytes.Buffer
	env := &Env{Stdin: strings.NewReader("pass phrase\r\nname\nthe rest\nof it"), Stderr: &errs}
	if env.Terminal() {
		t.Fatal("a string is not a terminal")
	}
	secret, err := env.Secret("passphrase: ")
	if err != nil || secret != "pass phrase" {
		t.Errorf("secret %q, %v", secret, err)
	}
	line, err := env.Line("name: ")
	if err != nil || line != "name" {
		t.Errorf("line %q, %v", line, err)
	}
	rest, err := env.ReadAll()
	if err != nil || string(rest) != "the rest\nof it" {
		t.Errorf("rest %q, %v", rest, err)
	}
	if errs.Len() > 0 {
		t.Errorf("prompts went into the pipe: %q", errs.String())
	}
	if _, err := env.Line("more? "); err == nil {
		t.Error("the end of the input passed for an answer")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	for _, tt := range []struct {
		bytes int
		ok    bool
	}{{maxLine, true}, {maxLine + 1, false}} {
		env := &Env{Stdin: strings.NewReader(strings.Repeat("x", tt.bytes))}
		if _, err := env.Line(""); (err == nil) != tt.ok {
			t.Errorf("line of %d bytes: %v", tt.bytes, err)
		}
	}
	for _, tt := range []struct {
		bytes int
		ok    bool
	}{{maxInput, true}, {maxInput + 1, false}} {
		env := &Env{Stdin: strings.NewReader(strings.Repeat("x", tt.bytes))}
		if _, err := env.ReadAll(); (err == nil) != tt.ok {
			t.Errorf("input of %d bytes: %v", tt.bytes, err)
		}
	}
}

func TestProgress(t *testing.T) {
	var errs bytes.Buffer
	env := &Env{Stdin: strings.NewReader(""), Stderr: &errs}
	p := env.Progress("sending \x1b[2J", 200)
	p.Add(100)
	p.Add(100)
	p.Done()
	p.Done()
	if want := "sending \\x1b[2J: 100 %\n"; errs.String() != want {
		t.Errorf("off a terminal: %q, want %q", errs.String(), want)
	}

	errs.Reset()
	clock := time.Unix(0, 0).Add(time.Hour)
	p = env.Progress("sending", 200)
	p.live, p.now = true, func() time.Time { return clock }
	for range 200 {
		p.Add(1)
		clock = clock.Add(10 * time.Millisecond)
	}
	p.Done()
	if n := strings.Count(errs.String(), "\r"); n != 21 {
		t.Errorf("%d drawings in two seconds, want 20 and the last", n)
	}
	if !strings.HasSuffix(errs.String(), "\rsending: 100 %\n") {
		t.Errorf("ends in %q", errs.String())
	}
}

func TestTyped(t *testing.T) {
	long := strings.Repeat("x", typedLine-1)
	for stdin, want := range map[string]string{
		"one\n\n two\n.\nrest\n": "one\n\n two",
		"one\ntwo":               "one\ntwo",
		"..\n\n\n.\n":            "..",
		long + "\n.\n":           long,
		"":                       "",
	} {
		env := &Env{Stdin: strings.NewReader(stdin), Stderr: &bytes.Buffer{}}
		if got, err := env.Typed(); err != nil || got != want {
			t.Errorf("%q: %q, %v", stdin, got, err)
		}
	}
	env := &Env{Stdin: strings.NewReader("a\nx" + long + "\nrm -r it\n.\nafter\n"), Stderr: &bytes.Buffer{}}
	if got, err := env.Typed(); !errors.Is(err, ErrCut) || got != "" {
		t.Errorf("a line that a terminal cut: %.20q, %v", got, err)
	}
	if next, err := env.Line(""); err != nil || next != "after" {
		t.Errorf("what was typed behind the long line is left for a shell: %q, %v", next, err)
	}
}
