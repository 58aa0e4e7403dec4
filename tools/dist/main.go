// SPDX-License-Identifier: Apache-2.0

// Command dist makes what people install: Debian packages, archives for other
// systems, the source, sums, and a signature. It is what make dist calls; run
// it in the folder tools.
//
// The same source gives the same bytes on any machine that has the same Go:
// times are the last commit's (or $SOURCE_DATE_EPOCH), names are sorted, owners
// are root. docs/RELEASING.md says how a release is made and checked.
//
// It refuses to put a release into a folder that holds something already, and
// to sign one that no commit describes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// order is what was asked for on the command line.
type order struct {
	out  string // the folder to fill
	only string // "deb": the Debian packages and nothing else; "": everything
	arch string // of the packages; "" for all
	key  string // of ssh, to sign with; "" for none
}

func main() {
	var o order
	flag.StringVar(&o.out, "out", "../dist", "the folder to fill")
	flag.StringVar(&o.only, "only", "", "deb: only the Debian packages")
	flag.StringVar(&o.arch, "arch", "", "with -only deb: amd64 or arm64 alone")
	flag.StringVar(&o.key, "key", "", "sign with this ssh key")
	flag.Parse()
	root, err := filepath.Abs("..")
	if err == nil {
		err = run(os.Stdout, root, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(say io.Writer, root string, o order) error {
	if o.only != "" && o.only != "deb" || o.arch != "" && o.only == "" {
		return errors.New("-only takes deb, and -arch goes with it")
	}
	r, err := describe(root)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "dist-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	f := &factory{release: r, say: say, work: work, out: o.out, built: map[system][]program{}}
	if o.only == "deb" {
		return f.debs(o.arch)
	}
	return f.everything(o.key)
}

// factory makes the files of one release.
type factory struct {
	release
	say       io.Writer
	work, out string
	built     map[system][]program
}

// put writes one file of the release and says so.
func (f *factory) put(name string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(f.out, name), data, mode); err != nil {
		return err
	}
	fmt.Fprintf(f.say, "%9.1f MB  %s\n", float64(len(data))/1e6, name)
	return nil
}
