// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"os"
	"path"
	"strconv"
	"strings"
)

// Holder tells which process holds the lock on a file, without asking for the
// lock: to ask for it could keep a program from starting. 0: none that can be
// seen.
func (m *Machine) Holder(file string) int {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	table, err := m.text("proc/locks")
	if err != nil {
		return 0
	}
	return holder(table, inode(info))
}

// holder reads the kernel's table of locks: number, kind, way, access, process,
// device and inode, range. The device is not compared: some file systems show
// another one there than to stat.
func holder(table string, inode uint64) int {
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 6 || f[1] != "FLOCK" || f[3] != "WRITE" {
			continue
		}
		parts := strings.Split(f[5], ":")
		n, err := strconv.ParseUint(parts[len(parts)-1], 10, 64)
		pid, err2 := strconv.Atoi(f[4])
		if err == nil && err2 == nil && n == inode {
			return pid
		}
	}
	return 0
}

// Unit is the control group of a process, as a path below /sys/fs/cgroup; ""
// where it cannot be seen.
func (m *Machine) Unit(pid int) string {
	text, err := m.text(path.Join("proc", strconv.Itoa(pid), "cgroup"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(text) {
		if group, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "0::/"); ok {
			return group
		}
	}
	return ""
}
