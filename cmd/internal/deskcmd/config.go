// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"flag"
	"path/filepath"

	"tamizdat/internal/cli"
	"tamizdat/internal/places"
)

// configure adds to the parsed flags what the person's configuration file says,
// and the folder where nobody named one. A system on which nobody can tell
// where the person's things are has no such file.
func (o *options) configure(env *cli.Env, fs *flag.FlagSet) error {
	if dir, err := places.Config(env.Getenv); err == nil {
		o.config.Default = filepath.Join(dir, "desk.conf")
	}
	o.config.Names = []string{"dir", "socks", "schedule", "covers", "fetch"}
	o.config.Folders = []string{"dir"}
	if err := o.config.Apply(fs); err != nil || o.dir != "" {
		return err
	}
	return o.configureFolder(env)
}

// configureFolder is the folder where nobody named one.
func (o *options) configureFolder(env *cli.Env) error {
	data, err := places.Data(env.Getenv)
	if err != nil {
		return cli.WithHint(err, "name this desk's folder with --dir")
	}
	o.dir = filepath.Join(data, "desk")
	return nil
}
