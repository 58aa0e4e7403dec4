// SPDX-License-Identifier: Apache-2.0

package presscmd

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tamizdat/cmd/internal/verifycmd"
	"tamizdat/cmd/internal/witnesscmd"
	"tamizdat/internal/cli"
	"tamizdat/press"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tamizdat": func() {
			cli.Main(&cli.Command{Name: "tamizdat", Summary: "test", Sub: []*cli.Command{Command(), witnesscmd.Command()}})
		},
		"tamizdat-verify": func() { cli.Main(verifycmd.Command()) },
	})
}

// TestStories runs the press from its founding to a reader who finds one
// changed byte.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"editor":  cmdEditor,
			"edition": cmdEdition,
			"flip":    cmdFlip,
			"setenvf": cmdSetEnvFile,
			"waitfor": cmdWaitFor,
		},
	})
}

func editorKey(ts *testscript.TestScript, name string) press.EditorKey {
	k, err := press.EditorKeyFromSeed(name, sha256.Sum256([]byte(name)))
	ts.Check(err)
	return k
}

// editor NAME VAR puts an editor's vkey into the variable.
func cmdEditor(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[1], editorKey(ts, args[0]).Editor().String())
}

// edition FILE key=value ... does what a desk does: texts from files, frozen,
// signed by the named editors.
func cmdEdition(ts *testscript.TestScript, _ bool, args []string) {
	opt := map[string]string{"number": "1", "origin": "lamp.example/log", "day": "0", "by": "anna,boris", "kind": "letter"}
	for _, a := range args[1:] {
		k, v, _ := strings.Cut(a, "=")
		opt[k] = v
	}
	e, err := draftOf(ts, opt).Freeze()
	ts.Check(err)
	var notes []press.SignOffs
	for name := range strings.SplitSeq(opt["by"], ",") {
		s, err := press.SignOff(e, editorKey(ts, name))
		ts.Check(err)
		notes = append(notes, s)
	}
	all, err := press.CollectSignOffs(notes...)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), press.FormatFile(e, all), 0o600))
}

func draftOf(ts *testscript.TestScript, opt map[string]string) press.Draft {
	number, err := strconv.Atoi(opt["number"])
	ts.Check(err)
	days, err := strconv.Atoi(opt["day"])
	ts.Check(err)
	d := press.Draft{
		Kind: press.Kind(opt["kind"]), Origin: opt["origin"], Series: "lamp", SeriesName: "Letters by lamplight", Number: number, Revision: 1,
		Published:  time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly),
		Statements: []press.Statement{{Status: press.StatusClaimed, Lang: "en", Text: "That the archive was moved at night."}},
		Credits:    []press.Credit{{Role: press.CreditTranslator, Name: "a volunteer"}},
	}
	original := press.Tidy(ts.ReadFile("ru.txt"))
	if d.Kind == press.KindLetter {
		d.Texts = append(d.Texts, press.Text{Lang: "ru", Role: press.RoleOriginal, Title: "Письмо", Body: original})
	}
	lang := "en"
	if d.Kind == press.KindTranslation {
		lang = "fa"
	}
	d.Texts = append(d.Texts, press.Text{Lang: lang, Role: press.RoleTranslation, From: press.BodyHash(original), Title: "A letter", Body: press.Tidy(ts.ReadFile(lang + ".txt"))})
	return d
}

// flip FILE TEXT changes one bit of the first byte of TEXT in FILE.
func cmdFlip(ts *testscript.TestScript, _ bool, args []string) {
	b := []byte(ts.ReadFile(args[0]))
	i := strings.Index(string(b), args[1])
	if i < 0 {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	b[i] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

// setenvf VAR FILE puts a file's first line into the variable.
func cmdSetEnvFile(ts *testscript.TestScript, _ bool, args []string) {
	line, _, _ := strings.Cut(ts.ReadFile(args[1]), "\n")
	ts.Setenv(args[0], line)
}

// waitfor FILE waits until a background program has written the file.
func cmdWaitFor(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	for range 1000 {
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("%s never came", fmt.Sprint(args))
}
