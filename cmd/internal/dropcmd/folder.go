// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"errors"
	"flag"
	"io/fs"
	"path/filepath"

	"tamizdat/internal/cli"
	"tamizdat/internal/places"
)

// service is the name of the service, of its package and of its folder.
const service = "tamizdat-drop"

// configuration is the file that all commands of a drop read. A flag that an
// operator sets once and for all has its name here.
func configuration(env *cli.Env) (*cli.Config, error) {
	dir, err := places.ServiceConfig(env.Getenv)
	return &cli.Config{
		Default: filepath.Join(dir, "drop.conf"),
		Names:   []string{"dir", "listen", "tor"},
		Folders: []string{"dir"},
	}, err
}

// parse reads the command line of a command that takes so many arguments, and
// what the configuration file adds to it. configured is what is wrong with the
// file.
func parse(env *cli.Env, fl *flag.FlagSet, args []string, arguments int) (dir string, configured, err error) {
	fl.StringVar(&dir, "dir", "", "")
	c, err := configuration(env)
	if err != nil {
		return "", nil, err
	}
	c.Flag(fl)
	if err := cli.ParseFlags(fl, args); err != nil {
		return "", nil, err
	}
	if fl.NArg() != arguments {
		return "", nil, cli.Usagef("%s takes %d arguments", fl.Name(), arguments)
	}
	configured = c.Apply(fl)
	if dir == "" {
		dir, err = places.Service(env.Getenv, service)
	}
	return dir, configured, err
}

// folderFlag is parse for a command that works beside the service. From its
// return on the process has only the rights of the folder's owner, and root's
// names may mean nothing any more: see [enter].
func folderFlag(env *cli.Env, fl *flag.FlagSet, args []string, arguments int) (dir string, err error) {
	if dir, err = namedFolder(env, fl, args, arguments); err != nil {
		return "", err
	}
	dir, _, err = enter(dir, "")
	return dir, err
}

// serviceFlag is parse for the service itself, which has no rights but those of
// the folder's owner: see [actAsOwner].
func serviceFlag(env *cli.Env, fl *flag.FlagSet, args []string) (dir string, err error) {
	if dir, err = namedFolder(env, fl, args, 0); err != nil {
		return "", err
	}
	return actAsOwner(dir)
}

// namedFolder is parse for a command that has something to do before it enters
// the folder. Until then it touches nothing in it.
func namedFolder(env *cli.Env, fl *flag.FlagSet, args []string, arguments int) (dir string, err error) {
	dir, configured, err := parse(env, fl, args, arguments)
	if err == nil {
		err = configured
	}
	return dir, err
}

// resolve follows the symbolic link under which systemd shows a service's
// folder. It stays as it is where there is no folder yet.
func resolve(dir string) (string, error) {
	real, err := filepath.EvalSymlinks(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return dir, nil
	case errors.Is(err, fs.ErrPermission):
		return "", cli.WithHint(err, "the folder belongs to the service: put sudo before the command")
	}
	return real, err
}
