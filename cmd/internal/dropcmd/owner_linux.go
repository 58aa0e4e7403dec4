// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"tamizdat/internal/cli"
)

// enter gives up root for the rights of the user whose folder dir is, for the
// whole process and for good, and tells by which names the process reaches its
// files from then on. Nothing happens where this is not root, the folder is
// root's, or there is no folder yet.
//
// With root's rights, files would appear in the folder that the service cannot
// touch; and a service that was broken into could plant links there, through
// which root would write or read any place of the machine. So not one capability
// is kept. The owner alone, however, could not get to the folder: that of a
// systemd service with a user of its own lies below /var/lib/private, which only
// root may enter, and SQLite looks at every folder on the way to a file.
// Therefore the folder becomes the root of all names. Nothing outside can be
// named any more but what lies below beside, a folder that the operator chose
// ("" for none): it becomes the current one.
func enter(dir, beside string) (in, other string, err error) {
	f, real, err := ownedByOther(dir)
	if f == nil || err != nil {
		return real, beside, err
	}
	defer f.Close()
	if err := shutIn(f, beside); err != nil {
		return "", "", cannotBecome(dir, err)
	}
	if err := becomeOwner(f); err != nil {
		return "", "", cannotBecome(dir, err)
	}
	return "/", ".", checkOnlyOurs("/")
}

// actAsOwner is enter for the service itself, which goes on seeing the whole
// machine: it starts a tor, and speaks with that of the system. The owner must be
// able to get to the folder.
func actAsOwner(dir string) (real string, err error) {
	f, real, err := ownedByOther(dir)
	if f == nil || err != nil {
		return real, err
	}
	defer f.Close()
	if err := becomeOwner(f); err != nil {
		return "", cannotBecome(dir, err)
	}
	return real, nil
}

func cannotBecome(dir string, err error) error {
	return cli.WithHint(fmt.Errorf("this command was to go on as the owner of %s and cannot: %w", dir, err),
		"run it as that user")
}

// ownedByOther opens the folder if this is root and the folder is not root's;
// nil: all stays as it is. real is its name without links, which nobody else can
// give to another folder: see [reach].
func ownedByOther(dir string) (f *os.File, real string, err error) {
	if os.Geteuid() == 0 {
		if f, err = reach(dir); err != nil {
			return nil, "", err
		}
	}
	real, err = resolve(dir)
	if f == nil || err != nil {
		return nil, real, err
	}
	if uid, _, err := owner(f); uid == 0 || err != nil {
		return nil, real, errors.Join(err, f.Close())
	}
	return f, real, nil
}

// owner tells whose the open folder is. It is never asked for by name, under
// which there can be another folder a moment later.
func owner(f *os.File) (uid, gid int, err error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return 0, 0, err
	}
	return int(st.Uid), int(st.Gid), nil
}

// shutIn makes the folder the root of all names, and beside the current folder.
// All threads share both.
func shutIn(f *os.File, beside string) error {
	outside := -1
	if beside != "" {
		var err error
		if outside, err = unix.Open(beside, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
			return cli.WithHint(fmt.Errorf("%s: %w", beside, err), "make that folder first: one in which the drop's user may write")
		}
		defer unix.Close(outside)
	}
	if err := unix.Fchdir(int(f.Fd())); err != nil {
		return err
	}
	if err := unix.Chroot("."); err != nil {
		return err
	}
	if outside < 0 {
		return unix.Chdir("/")
	}
	return unix.Fchdir(outside)
}

// becomeOwner changes user, group and capabilities of every thread. The order
// matters: groups need root, and capabilities are given up last by name, because
// the kernel lets some users keep them.
func becomeOwner(f *os.File) error {
	uid, gid, err := owner(f)
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error { return syscall.Setgroups(nil) },
		func() error { return syscall.Setresgid(gid, gid, gid) },
		func() error { return syscall.Setresuid(uid, uid, uid) },
		dropCapabilities,
		noNewPrivileges,
		func() error { return checkBecome(uid) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// noNewPrivileges holds for every thread. In a program that was built with cgo it
// fails: threads of C would be left out.
func noNewPrivileges() error {
	if _, _, errno := syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0); errno != 0 {
		return fmt.Errorf("prctl: %w", errno)
	}
	return nil
}

// dropCapabilities leaves every thread without any.
func dropCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	_, _, errno := syscall.AllThreadsSyscall(unix.SYS_CAPSET,
		uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none)), 0)
	if errno != 0 {
		return fmt.Errorf("capset: %w", errno)
	}
	return nil
}

// checkBecome trusts no return value: root must not come back.
func checkBecome(uid int) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var have, none [2]unix.CapUserData
	if err := unix.Capget(&header, &have[0]); err != nil {
		return fmt.Errorf("capget: %w", err)
	}
	if os.Getuid() != uid || os.Geteuid() != uid || have != none || syscall.Setuid(0) == nil {
		return errors.New("the process has more rights than it should")
	}
	return nil
}

// checkOnlyOurs tells the operator that something else than files and folders
// lies in the folder. It could do no harm.
func checkOnlyOurs(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() && !e.IsDir() && e.Type() != os.ModeSocket {
			return cli.WithHint(fmt.Errorf("%s is neither a file nor a folder", e.Name()),
				"the drop does not make such things: somebody else was in this folder")
		}
	}
	return nil
}
