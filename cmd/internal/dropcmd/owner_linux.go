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

// What is kept of root's power: nothing, or reading what the owner alone could
// not. The folder of a systemd service with a user of its own lies below
// /var/lib/private, which only root may enter, and SQLite looks at every folder
// on the way to a file.
const (
	mayNothing uint32 = 0
	mayRead    uint32 = 1 << unix.CAP_DAC_READ_SEARCH
)

// actAsOwner gives up root for the rights of the user whose folder dir is, for
// the whole process and for good. Otherwise files would appear in the folder
// that the service cannot touch; and a service that was broken into could plant
// links there, through which root would write to any place of the machine.
// Nothing happens where this is not root, the folder is root's, or there is no
// folder yet.
func actAsOwner(dir string, keep uint32) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := owner(dir)
	if errors.Is(err, unix.ENOENT) || err == nil && uid == 0 {
		return nil
	}
	if err == nil {
		err = become(uid, gid, keep)
	}
	if err != nil {
		return cli.WithHint(fmt.Errorf("this command was to go on as the owner of %s and cannot: %w", dir, err),
			"run it as that user")
	}
	if keep == mayNothing {
		return nil
	}
	return checkOnlyOurs(dir)
}

// owner tells whose the folder is that dir names at this moment.
func owner(dir string) (uid, gid int, err error) {
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		return 0, 0, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return 0, 0, unix.ENOTDIR
	}
	return int(st.Uid), int(st.Gid), nil
}

// become changes user, group and capabilities of every thread. The order
// matters: groups need root, and capabilities would go with root if they were
// not told to stay.
func become(uid, gid int, keep uint32) error {
	steps := []func() error{
		func() error { return option(unix.PR_SET_KEEPCAPS) },
		func() error { return syscall.Setgroups(nil) },
		func() error { return syscall.Setresgid(gid, gid, gid) },
		func() error { return syscall.Setresuid(uid, uid, uid) },
		func() error { return capset(keep) },
		func() error { return option(unix.PR_SET_NO_NEW_PRIVS) },
		func() error { return checkBecome(uid, keep) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// option switches something on for every thread. In a program that was built
// with cgo it fails: threads of C would be left out.
func option(name uintptr) error {
	if _, _, errno := syscall.AllThreadsSyscall(unix.SYS_PRCTL, name, 1, 0); errno != 0 {
		return fmt.Errorf("prctl %d: %w", name, errno)
	}
	return nil
}

// capset leaves every thread with the capabilities in keep and no others.
func capset(keep uint32) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	data := [2]unix.CapUserData{{Effective: keep, Permitted: keep}}
	_, _, errno := syscall.AllThreadsSyscall(unix.SYS_CAPSET,
		uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data)), 0)
	if errno != 0 {
		return fmt.Errorf("capset: %w", errno)
	}
	return nil
}

// checkBecome trusts no return value: root must not come back.
func checkBecome(uid int, keep uint32) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return fmt.Errorf("capget: %w", err)
	}
	want := [2]unix.CapUserData{{Effective: keep, Permitted: keep}}
	if os.Getuid() != uid || os.Geteuid() != uid || data != want || syscall.Setuid(0) == nil {
		return errors.New("the process has more rights than it should")
	}
	return nil
}

// checkOnlyOurs refuses a folder in which something else than files and folders
// lies: whoever may read all must not be led elsewhere.
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
