// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"tamizdat/internal/cli"
)

// mostLinks is how many symbolic links may lie on the way to a folder, as for
// the kernel.
const mostLinks = 40

// longest is how long the target of a link can be.
const longest = 4096

// way is how far root has come to a folder. Every step is taken from an open
// folder, so that what was judged is what was passed.
type way struct {
	at    *os.File
	left  []string // the names still to go
	links int
	users []uint32 // who, besides root, can lead it elsewhere
}

// reach opens the folder that dir names, for root. It refuses a way on which
// somebody other than root and the folder's owner could put another folder in
// its place: root would act in a folder that nobody meant. nil: there is no
// folder yet, and only root can make one there.
func reach(dir string) (*os.File, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	w := &way{left: names(dir)}
	if err := w.begin(); err != nil {
		return nil, err
	}
	for len(w.left) > 0 && err == nil {
		err = w.step()
	}
	missing := errors.Is(err, unix.ENOENT)
	if missing {
		err = nil
	}
	if err == nil {
		err = w.judge(dir, missing)
	}
	if missing || err != nil {
		return nil, errors.Join(err, w.at.Close())
	}
	return w.at, nil
}

func names(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// begin goes to where absolute names begin.
func (w *way) begin() error {
	fd, err := unix.Open("/", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return w.moveTo(os.NewFile(uintptr(fd), "/"))
}

func (w *way) moveTo(to *os.File) error {
	var err error
	if w.at != nil {
		err = w.at.Close()
	}
	w.at = to
	return err
}

// step follows the next name.
func (w *way) step() error {
	if err := w.pass(); err != nil {
		return err
	}
	name := w.left[0]
	w.left = w.left[1:]
	fd, err := unix.Openat(int(w.at.Fd()), name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	next := os.NewFile(uintptr(fd), name)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return errors.Join(err, next.Close())
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return w.moveTo(next)
	case unix.S_IFLNK:
		w.users = append(w.users, st.Uid)
		return errors.Join(w.follow(next), next.Close())
	}
	return errors.Join(fmt.Errorf("%s: %w", name, unix.ENOTDIR), next.Close())
}

// pass notes who can change the names in the folder that is passed. In a sticky
// one, such as /tmp, those are the owners of what the names stand for, and they
// are noted when they are met.
func (w *way) pass() error {
	var st unix.Stat_t
	if err := unix.Fstat(int(w.at.Fd()), &st); err != nil {
		return err
	}
	if st.Mode&0o022 != 0 && st.Mode&unix.S_ISVTX == 0 {
		return cli.WithHint(fmt.Errorf("users other than the owner may change the folder %s, which leads to the drop's", w.at.Name()),
			"take that from them with chmod go-w, or run this as the user to whom the drop's folder belongs")
	}
	w.users = append(w.users, st.Uid)
	return nil
}

// follow goes where a symbolic link leads.
func (w *way) follow(link *os.File) error {
	if w.links++; w.links > mostLinks {
		return unix.ELOOP
	}
	target := make([]byte, longest)
	n, err := unix.Readlinkat(int(link.Fd()), "", target)
	if err != nil {
		return err
	}
	w.left = append(names(string(target[:n])), w.left...)
	if n > 0 && target[0] == '/' {
		return w.begin()
	}
	return nil
}

// judge decides, at the end, whether those who can change the way may.
func (w *way) judge(dir string, missing bool) error {
	uid := 0
	if !missing {
		var err error
		if uid, _, err = owner(w.at); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(w.users, func(u uint32) bool { return u != 0 && int(u) != uid }) {
		return cli.WithHint(fmt.Errorf("somebody who is neither root nor the owner of %s can put another folder in its place", dir),
			"run this as the user to whom the drop's folder belongs")
	}
	return nil
}
