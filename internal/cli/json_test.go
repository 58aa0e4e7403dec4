// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestJSONCannotSteerATerminal: what a stranger wrote comes out as escapes, and a
// program reads what was written.
func TestJSONCannotSteerATerminal(t *testing.T) {
	said := "a\u202eb \x1b[2J <b> \U000e0041 дом"
	var out bytes.Buffer
	env := &Env{Stdout: &out, Stderr: &out}
	if err := env.JSON(map[string]string{"said": said}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\u202e\x1b\U000e0041") || !strings.Contains(out.String(), "<b>") || !strings.Contains(out.String(), "дом") {
		t.Errorf("it prints %q", out.String())
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["said"] != said {
		t.Errorf("a program reads %q, %v", back["said"], err)
	}
}
