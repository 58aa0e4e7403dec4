// SPDX-License-Identifier: Apache-2.0

package places

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for _, p := range pairs {
			if value, ok := strings.CutPrefix(p, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

func TestEachSystemsCustom(t *testing.T) {
	for _, tt := range []struct {
		system       string
		env          []string
		data, config string // "" for an error
	}{
		{"linux", []string{"HOME=/h/anna"}, "/h/anna/.local/share/tamizdat", "/h/anna/.config/tamizdat"},
		{"linux", []string{"HOME=/h/anna/", "XDG_DATA_HOME=/d"}, "/d/tamizdat", "/h/anna/.config/tamizdat"},
		{"linux", []string{"XDG_DATA_HOME=/d", "XDG_CONFIG_HOME=/c"}, "/d/tamizdat", "/c/tamizdat"},
		{"linux", []string{"HOME=/h/anna", "XDG_DATA_HOME=d", "XDG_CONFIG_HOME=c"}, "", ""},
		{"linux", nil, "", ""},
		{"freebsd", []string{"HOME=/h/anna"}, "/h/anna/.local/share/tamizdat", "/h/anna/.config/tamizdat"},
		{
			"darwin",
			[]string{"HOME=/u/anna", "XDG_DATA_HOME=/d"},
			"/u/anna/Library/Application Support/tamizdat", "/u/anna/Library/Application Support/tamizdat",
		},
		{"darwin", []string{"HOME=anna"}, "", ""},
		{
			"windows",
			[]string{`LocalAppData=C:\anna\AppData\Local`, `AppData=C:\anna\AppData\Roaming`},
			`C:\anna\AppData\Local\tamizdat`, `C:\anna\AppData\Roaming\tamizdat`,
		},
		{"windows", []string{`LocalAppData=\\server\anna`, `AppData=anna`}, `\\server\anna\tamizdat`, ""},
		{"windows", []string{"LocalAppData=C:", "HOME=/h/anna"}, "", ""},
	} {
		got, err := data(tt.system, env(tt.env...))
		if got != tt.data || (err == nil) != (tt.data != "") {
			t.Errorf("%s %v: data in %q, %v; want %q", tt.system, tt.env, got, err, tt.data)
		}
		got, err = config(tt.system, env(tt.env...))
		if got != tt.config || (err == nil) != (tt.config != "") {
			t.Errorf("%s %v: configuration in %q, %v; want %q", tt.system, tt.env, got, err, tt.config)
		}
	}
}

// TestConfigIsWhereOthersLook: a person looks where all programs look.
func TestConfigIsWhereOthersLook(t *testing.T) {
	for _, variable := range []string{"HOME", "XDG_CONFIG_HOME", "AppData"} {
		t.Setenv(variable, t.TempDir())
	}
	want, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Config(os.Getenv); err != nil || got != filepath.Join(want, "tamizdat") {
		t.Errorf("on %s: %q, %v; want it in %q", runtime.GOOS, got, err, want)
	}
	if _, err := Data(env()); err == nil {
		t.Error("without any environment there is a folder")
	}
}

func TestServices(t *testing.T) {
	for variable, want := range map[string]string{
		"":      "/var/lib/tamizdat-drop",
		"/a/b":  "/a/b",
		"/a:/b": "",
		"a":     "",
	} {
		got, err := Service(env("STATE_DIRECTORY="+variable), "tamizdat-drop")
		if got != want || (err == nil) != (want != "") {
			t.Errorf("$STATE_DIRECTORY %q: %q, %v; want %q", variable, got, err, want)
		}
	}
	if got, err := ServiceConfig(env()); err != nil || got != "/etc/tamizdat" {
		t.Errorf("configuration in %q, %v", got, err)
	}
	if got, err := ServiceConfig(env("CONFIGURATION_DIRECTORY=/c")); err != nil || got != "/c" {
		t.Errorf("configuration in %q, %v", got, err)
	}
}
