// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"strings"
)

// typedLine is what a terminal hands on of one line. It drops the rest without
// a word, so a line of this length cannot be trusted.
const typedLine = 4095

// ErrCut says that a terminal swallowed the end of a line that was typed or
// pasted into it.
var ErrCut = errors.New("a line was longer than the terminal takes, and its end is lost")

// Typed returns a text of many lines from the person at the terminal. A line
// with a single dot, or the end of input (Ctrl-D), ends it; neither is part of
// it, nor are line ends at its end. [ErrCut] if it cannot be whole: what comes
// after the long line is still read then, so that it does not land in a shell.
func (e *Env) Typed() (string, error) {
	var text strings.Builder
	cut := false
	for {
		line, err := e.Line("")
		if err != nil && !errors.Is(err, ErrEnd) {
			return "", err
		}
		if err != nil || line == "." {
			break
		}
		if len(line) >= typedLine && !cut {
			cut = true
			e.Notef("%v; it cannot be used any more, end it\n", ErrCut)
		}
		text.WriteString(line + "\n")
	}
	if cut {
		return "", ErrCut
	}
	return strings.TrimRight(text.String(), "\n"), nil
}
