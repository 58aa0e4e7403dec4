// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// serving runs a program with three flags, two of which a file may set, and a
// file that may say something of another command as well.
func serving(file string, args ...string) result {
	root := &Command{Name: "drop", Usage: "usage\n", Run: func(_ context.Context, env *Env, args []string) error {
		fs := flag.NewFlagSet("serve", flag.ContinueOnError)
		dir, n, yes := fs.String("dir", "/d", ""), fs.Int("number", 1, ""), fs.Bool("yes", false, "")
		c := &Config{Default: file, Names: []string{"dir", "number", "elsewhere"}, Folders: []string{"dir"}}
		c.Flag(fs)
		if err := ParseFlags(fs, args); err != nil {
			return err
		}
		if err := c.Apply(fs); err != nil {
			return err
		}
		env.Printf("%s %d %v\n", *dir, *n, *yes)
		return nil
	}}
	return run(root, "", args...)
}

// written makes a file that only its owner can write.
func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "drop.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestConfigStory(t *testing.T) {
	file := written(t, "# where things are\n\n  dir\t /srv/a drop  \nnumber 3\r\n\t# elsewhere 1\nelsewhere x # y\n")
	for args, want := range map[string]string{
		"":                      "/srv/a drop 3 false\n",
		"--number 4":            "/srv/a drop 4 false\n",
		"--number 1 --yes":      "/srv/a drop 1 true\n",
		"--dir /x --number 5":   "/x 5 false\n",
		"--config " + file + "": "/srv/a drop 3 false\n",
	} {
		if diff := cmp.Diff(result{0, want, ""}, serving(file, strings.Fields(args)...)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", args, diff)
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	if diff := cmp.Diff(result{0, "/d 1 false\n", ""}, serving(none)); diff != "" {
		t.Errorf("without a file (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(result{0, "/d 1 false\n", ""}, serving("")); diff != "" {
		t.Errorf("with no place for a file (-want +got):\n%s", diff)
	}
	if got := serving(file, "--config", none); got.Code != 1 || !strings.Contains(got.Err, "no such file") && !strings.Contains(got.Err, "cannot find") {
		t.Errorf("with a file that was named and is not there: %+v", got)
	}
}

func TestConfigErrorsNameTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"\nnumbr 3\n":           ":2: \"numbr\" is nothing that this file can say\nhint: was number meant?\n",
		"Number 3":              ":1: \"Number\" is nothing that this file can say\nhint: was number meant?\n",
		"yes true":              ":1: \"yes\" is nothing that this file can say\nhint: it can say: dir, number, elsewhere\n",
		"config /etc/x":         ":1: \"config\" is nothing that this file can say\nhint: it can say: dir, number, elsewhere\n",
		"number 3\n#\nnumber 3": ":3: number stands in line 1 already\nhint: take one of them out\n",
		"number":                ":1: number has no value\nhint: a line is a name, a space and a value\n",
		"number=3":              ":1: number=3 has no value\nhint: a line is a name, a space and a value\n",
		"number three":          ":1: \"three\" is no value for number: parse error\nhint: correct the line, or take it out\n",
		"dir srv":               ":1: dir must be a whole path, not \"srv\"\nhint: otherwise it would be another place wherever the command is typed\n",
		"number 3\x00":          ":1: the line holds a character that no text has\nhint: type it anew\n",
		"# \x1b[2J":             ":1: the line holds a character that no text has\nhint: type it anew\n",
		"number 3\rdir /x":      ":1: the line holds a character that no text has\nhint: type it anew\n",
		"dir /\xff":             ":1: the line is not UTF-8\nhint: save the file as plain text in UTF-8\n",
	} {
		file := written(t, text)
		if diff := cmp.Diff(result{1, "", "error: " + file + want}, serving(file)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestConfigIsBounded(t *testing.T) {
	full := "number 3\n" + strings.Repeat("#", maxConfig-9)
	if got := serving(written(t, full)); got.Out != "/d 3 false\n" {
		t.Errorf("a file of the largest size: %+v", got)
	}
	if got := serving(written(t, full+"#")); got.Code != 1 || !strings.Contains(got.Err, "more than 64 KiB") {
		t.Errorf("a file too large: %+v", got)
	}
	if got := serving(t.TempDir()); got.Code != 1 || !strings.Contains(got.Err, "is not a file") {
		t.Errorf("a folder: %+v", got)
	}
}

// TestConfigOfOthersIsRefused: whoever can write the file can send the desk
// past Tor or a drop's key to another disk.
func TestConfigOfOthersIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: this system has no permission bits")
	}
	for mode, want := range map[os.FileMode]string{
		0o600: "", 0o644: "", 0o440: "",
		0o620: "other users may change it", 0o602: "other users may change it", 0o666: "other users may change it",
	} {
		file := written(t, "number 3\n")
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		got := serving(file)
		if (got.Code == 0) != (want == "") || !strings.Contains(got.Err, want) {
			t.Errorf("mode %v: %+v, want %q", mode, got, want)
		}
	}
	file := written(t, "number 3\n")
	if err := os.Chown(file, 61184, 61184); err != nil {
		t.Skipf("SKIPPED: whose a file is can be changed by root only: %v", err)
	}
	if got := serving(file); got.Code != 1 || !strings.Contains(got.Err, "belongs to another user") {
		t.Errorf("another user's file: %+v", got)
	}
}

// TestConfigPipeDoesNotHang: a program must not wait for ever for a file.
func TestConfigPipeDoesNotHang(t *testing.T) {
	if got := serving(os.DevNull); got.Code != 1 || !strings.Contains(got.Err, "is not a file") {
		t.Errorf("a device: %+v", got)
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("# a\n\ndir /srv/a  b \nnumber\t3\r\n"))
	f.Add([]byte("a 1\na 2"))
	f.Add([]byte("a\x00 \xff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		settings, err := parseConfig(text)
		if err != nil {
			return
		}
		// What was understood says the same when it is written plainly.
		var plain bytes.Buffer
		for i, s := range settings {
			if s.name == "" || s.value == "" || strings.ContainsAny(s.name+s.value, "\n\x00") || strings.Trim(s.value, " \t") != s.value {
				t.Fatalf("%q gave %+v", text, s)
			}
			plain.WriteString(s.name + " " + s.value + "\n")
			settings[i].line = i + 1
		}
		again, err := parseConfig(plain.Bytes())
		if err != nil || !cmp.Equal(settings, again, cmp.AllowUnexported(setting{})) {
			t.Fatalf("%q gave %+v, and written plainly %+v, %v", text, settings, again, err)
		}
		c := Config{Names: []string{"dir", "listen"}}
		for _, s := range settings {
			if err := c.check(s); (err == nil) != (s.name == "dir" || s.name == "listen") {
				t.Fatalf("%q: %v", s.name, err)
			}
		}
	})
}
