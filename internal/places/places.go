// SPDX-License-Identifier: Apache-2.0

// Package places says where the programs keep their things when nobody told
// them otherwise, and whose a thing is.
//
// Call [Service] and [ServiceConfig] for a program that runs as a service of
// the machine, [Data] and [Config] for one that belongs to a person. They only
// name folders; nothing is made and nothing is looked at.
//
// It trusts the environment of the person who started the program, and refuses
// a variable that does not hold one absolute path: a folder that depended on
// where a command is typed would be another folder each time.
package places

import (
	"fmt"
	"runtime"
	"strings"
)

// Service is the folder in which the service called name keeps its state. The
// service manager of Linux names it in $STATE_DIRECTORY; without one it is the
// folder that the packages make.
func Service(getenv func(string) string, name string) (string, error) {
	return oneOf(getenv, "STATE_DIRECTORY", "/var/lib/"+name)
}

// ServiceConfig is the folder of the configuration of all our services.
func ServiceConfig(getenv func(string) string) (string, error) {
	return oneOf(getenv, "CONFIGURATION_DIRECTORY", "/etc/tamizdat")
}

func oneOf(getenv func(string) string, variable, otherwise string) (string, error) {
	dir := getenv(variable)
	switch {
	case dir == "":
		return otherwise, nil
	case !strings.HasPrefix(dir, "/") || strings.Contains(dir, ":"):
		return "", fmt.Errorf("$%s is not one folder: %s", variable, dir)
	}
	return dir, nil
}

// Data is the folder for what the person's programs keep, by the custom of the
// system that this runs on.
func Data(getenv func(string) string) (string, error) { return data(runtime.GOOS, getenv) }

// Config is the folder for what the person writes for them. It is where
// os.UserConfigDir looks.
func Config(getenv func(string) string) (string, error) { return config(runtime.GOOS, getenv) }

func data(system string, getenv func(string) string) (string, error) {
	switch system {
	case "windows":
		return below(getenv, `\`, "LocalAppData", "tamizdat")
	case "darwin", "ios":
		return below(getenv, "/", "HOME", "Library", "Application Support", "tamizdat")
	}
	return xdg(getenv, "XDG_DATA_HOME", ".local", "share")
}

func config(system string, getenv func(string) string) (string, error) {
	switch system {
	case "windows":
		return below(getenv, `\`, "AppData", "tamizdat")
	case "darwin", "ios":
		return below(getenv, "/", "HOME", "Library", "Application Support", "tamizdat")
	}
	return xdg(getenv, "XDG_CONFIG_HOME", ".config")
}

// xdg follows the XDG Base Directory Specification.
func xdg(getenv func(string) string, variable string, otherwise ...string) (string, error) {
	if getenv(variable) != "" {
		return below(getenv, "/", variable, "tamizdat")
	}
	return below(getenv, "/", "HOME", append(otherwise, "tamizdat")...)
}

// below is a folder below the one that the environment names.
func below(getenv func(string) string, separator, variable string, names ...string) (string, error) {
	base := getenv(variable)
	switch {
	case base == "":
		return "", fmt.Errorf("nobody says where your things are: $%s is empty", variable)
	case !absolute(base, separator):
		return "", fmt.Errorf("$%s is not an absolute path: %s", variable, base)
	}
	return strings.Join(append([]string{strings.TrimRight(base, separator)}, names...), separator), nil
}

// absolute judges by the rules of the system that has the separator, so that
// every rule can be tried on every system.
func absolute(path, separator string) bool {
	if separator == "/" {
		return strings.HasPrefix(path, "/")
	}
	return strings.HasPrefix(path, `\\`) || len(path) > 2 && path[1] == ':' && path[2] == '\\'
}
