// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var numbered = regexp.MustCompile(`(?m)^  +1 .*(\n +\d.*){7}$`)

// papers FILE PREFIX cuts what "shares make" printed into papers, PREFIX1 and on,
// with nothing on them but the numbered words.
func cmdPapers(ts *testscript.TestScript, _ bool, args []string) {
	for i, block := range numbered.FindAllString(ts.ReadFile(args[0]), -1) {
		oneLine := strings.Join(strings.Fields(block), " ") + "\n"
		ts.Check(os.WriteFile(ts.MkAbs(args[1]+strconv.Itoa(i+1)), []byte(oneLine), 0o600))
	}
}

// lines FILE ARG... writes a file of lines; an argument @F stands for the text of
// the file F.
func cmdLines(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	for _, a := range args[1:] {
		if file, ok := strings.CutPrefix(a, "@"); ok {
			b.WriteString(ts.ReadFile(file))
			continue
		}
		b.WriteString(a + "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}
