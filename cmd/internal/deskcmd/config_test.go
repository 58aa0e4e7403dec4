// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"tamizdat/internal/cli"
)

// at is the environment of a person whose home is dir.
func at(dir string) *cli.Env {
	return &cli.Env{Getenv: func(name string) string {
		if name == "XDG_DATA_HOME" || name == "XDG_CONFIG_HOME" {
			return ""
		}
		return dir
	}}
}

// configOf is where the configuration file of that person lies.
func configOf(t *testing.T, home string) (config, data string) {
	t.Helper()
	switch runtime.GOOS {
	case "windows":
		config, data = filepath.Join(home, "tamizdat"), filepath.Join(home, "tamizdat")
	case "darwin":
		config = filepath.Join(home, "Library", "Application Support", "tamizdat")
		data = config
	default:
		config, data = filepath.Join(home, ".config", "tamizdat"), filepath.Join(home, ".local", "share", "tamizdat")
	}
	if err := os.MkdirAll(config, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(config, "desk.conf"), filepath.Join(data, "desk")
}

// parsed parses the flags of a verb that takes one argument at most.
func parsed(env *cli.Env, args ...string) (*options, error) {
	o := &options{}
	_, err := o.parse(env, o.flags("status"), args, 0, 1)
	return o, err
}

func TestNoFolderNeedsToBeNamed(t *testing.T) {
	home := t.TempDir()
	config, data := configOf(t, home)
	o, err := parsed(at(home))
	if err != nil || o.dir != data || o.socks != "" {
		t.Errorf("without a word: %q, %q, %v", o.dir, o.socks, err)
	}
	mine := filepath.Join(home, "mine")
	write(t, config, "socks 127.0.0.1:9050\ndir "+mine+"\n")
	o, err = parsed(at(home), "letter")
	if err != nil || o.dir != mine || o.socks != "127.0.0.1:9050" {
		t.Errorf("with a file: %q, %q, %v", o.dir, o.socks, err)
	}
	o, err = parsed(at(home), "--dir", "here", "letter", "--socks", "127.0.0.1:9150")
	if err != nil || o.dir != "here" || o.socks != "127.0.0.1:9150" {
		t.Errorf("with flags around the argument: %q, %q, %v", o.dir, o.socks, err)
	}
	write(t, config, "\nsocks 127.0.0.1:9050\npassphrase secret\n")
	if _, err = parsed(at(home)); err == nil || !strings.Contains(err.Error(), "desk.conf:3: ") {
		t.Errorf("a passphrase in the file: %v", err)
	}
	// A file that was named takes the place of the person's own.
	other := filepath.Join(home, "other.conf")
	write(t, other, "socks 127.0.0.1:1\n")
	if o, err = parsed(at(home), "--config", other); err != nil || o.dir != data || o.socks != "127.0.0.1:1" {
		t.Errorf("with a file that was named: %q, %q, %v", o.dir, o.socks, err)
	}
	if _, err = parsed(at("")); err == nil {
		t.Error("nobody says where home is, and there is a folder")
	}
	if o, err = parsed(at(""), "--dir", "here"); err != nil || o.dir != "here" {
		t.Errorf("a named folder needs no home: %v", err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
