// SPDX-License-Identifier: Apache-2.0

//go:build unix

package tor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"tamizdat/internal/places"
)

// systemFolder is where the system's tor has its control socket and its cookie.
// Only root can make it, and its owner is the user to whom root gave it, in Debian
// debian-tor.
const systemFolder = "/run/tor"

// noOwner is shown for every user whom a user namespace does not have: in a
// service with systemd's PrivateUsers, for all but root and its own.
const noOwner = 65534

// writableByOthers are the permissions with which users other than the owner
// change a file, or what is in a folder.
const writableByOthers = 0o022

// ours reports whether a file belongs to the user who runs this.
func ours(info fs.FileInfo) bool { return places.Own(info) }

// torUser is the user of the system's tor, or -1.
func torUser() int {
	info, err := os.Lstat(systemFolder)
	if err != nil || !info.IsDir() {
		return -1
	}
	return places.Owner(info)
}

// trusts reports whether what an owner has at a path is as good as ours: root
// could do anything in any case, and tor's user has the key once tor has it.
func trusts(owner, self, tor int, path string) bool {
	switch {
	case owner < 0:
		return false
	case owner == 0 || owner == self:
		return true
	case owner == noOwner && path != systemFolder && !strings.HasPrefix(path, systemFolder+"/"):
		return false // it may be anybody
	}
	return owner == tor
}

func checkOwner(path string, info fs.FileInfo) error {
	if !trusts(places.Owner(info), os.Geteuid(), torUser(), path) {
		return fmt.Errorf("%s belongs to another user, who could be listening in tor's place", path)
	}
	return nil
}

// checkFolder refuses a folder in which others could put something in the place
// of what is there. In a sticky one they cannot.
func checkFolder(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", path)
	}
	if info.Mode().Perm()&writableByOthers != 0 && info.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("other users can change what is in the folder %s", path)
	}
	return checkOwner(path, info)
}

// checkPlace checks a folder and all above it, and returns where it really is.
func checkPlace(dir string) (string, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	if !filepath.IsAbs(real) {
		return "", fmt.Errorf("%q is not a path from / on", dir)
	}
	for at := real; ; at = filepath.Dir(at) {
		if err := checkFolder(at); err != nil {
			return "", err
		}
		if at == filepath.Dir(at) {
			return real, nil
		}
	}
}

// checkSocket checks a socket and all folders above it, and returns where it
// really is.
func checkSocket(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	if _, err := checkPlace(filepath.Dir(real)); err != nil {
		return "", err
	}
	info, err := os.Lstat(real)
	if err != nil {
		return "", err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return "", fmt.Errorf("%s is not a socket", path)
	}
	return real, checkOwner(real, info)
}

// openTrusted opens a file for reading that nobody else could have put where it
// is. What is asked is the open file, which nobody can exchange any more.
func openTrusted(path string) (*os.File, error) {
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0) // a pipe must not hold us
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errors.New("its cookie is not a file")
	case info.Mode().Perm()&writableByOthers != 0:
		err = errors.New("other users can change its cookie")
	default:
		err = checkOwner(path, info)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
