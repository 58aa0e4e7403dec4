// SPDX-License-Identifier: Apache-2.0

package presscmd

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tamizdat/internal/oldstores"
)

// stores makes a test write what this version writes, under that name.
var stores = flag.String("stores", "", "write testdata/stores/`VERSION`")

// script runs one script of testdata/old with the commands of the stories.
func script(t *testing.T, name string, cmds map[string]func(*testscript.TestScript, bool, []string), setup func(*testscript.Env) error) {
	t.Helper()
	all := map[string]func(*testscript.TestScript, bool, []string){
		"editor": cmdEditor, "edition": cmdEdition, "setenvf": cmdSetEnvFile, "waitfor": cmdWaitFor,
	}
	maps.Copy(all, cmds)
	testscript.Run(t, testscript.Params{Files: []string{filepath.Join("testdata", "old", name)}, Cmds: all, Setup: setup})
}

// TestWriteStores keeps the folders of a press and of its witness.
func TestWriteStores(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	script(t, "write.txtar", map[string]func(*testscript.TestScript, bool, []string){
		// keep NAME DIR keeps a folder as that of this version.
		"keep": func(ts *testscript.TestScript, _ bool, args []string) {
			if *stores == "" {
				return // that it could be made is what is tested
			}
			ts.Check(oldstores.Copy(filepath.Join(here, "testdata", "stores", *stores, args[0]), ts.MkAbs(args[1])))
		},
	}, nil)
}

// TestF5PressesOfOlderVersions: a press and a witness that an earlier version
// wrote, copied from another machine, open, have what they had, and go on.
func TestF5PressesOfOlderVersions(t *testing.T) { onOld(t, "open.txtar") }

// TestF5NewerPresses: what a newer version wrote is refused.
func TestF5NewerPresses(t *testing.T) { onOld(t, "newer.txtar") }

// onOld runs a script on copies p and w of each old press and its witness.
func onOld(t *testing.T, name string) {
	oldstores.Each(t, "press", func(t *testing.T, press string) {
		version := filepath.Base(t.Name())
		script(t, name, map[string]func(*testscript.TestScript, bool, []string){
			"readdress": cmdReaddress, "newer": cmdNewer,
		}, func(env *testscript.Env) error {
			if err := oldstores.Copy(filepath.Join(env.WorkDir, "w"), filepath.Join("testdata", "stores", version, "witness")); err != nil {
				return err
			}
			return oldstores.Copy(filepath.Join(env.WorkDir, "p"), press)
		})
	})
}

// newer FILE makes the version in a file's first line that of a later program.
func cmdNewer(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	later := regexp.MustCompile(`^(.*v)1\n`).ReplaceAllString(text, "${1}2\n")
	if later == text {
		ts.Fatalf("%s has no version", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(later), 0o600))
}

// readdress POLICY FILE gives the witness the address in FILE.
func cmdReaddress(ts *testscript.TestScript, _ bool, args []string) {
	address := regexp.MustCompile(`http://[0-9.:]+`)
	policy := ts.ReadFile(args[0])
	if !address.MatchString(policy) {
		ts.Fatalf("%s has no witness with an address", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(address.ReplaceAllString(policy, address.FindString(ts.ReadFile(args[1])))), 0o600))
}
