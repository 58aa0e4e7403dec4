// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"io/fs"
	"path"
	"strings"
)

// What is in memory must not get onto a disk unencrypted (peers.md D-6 lists
// who was caught by it): not by swapping and not by the dump of a crash.

// linuxOnly is the finding where a check can read nothing.
func (m *Machine) linuxOnly(what string) (Finding, bool) {
	return Unknown(what + " can be looked at on Linux only"), m.System != "linux"
}

// Swap looks at where memory may be written to. unit is the folder of the
// program's own control group below /sys/fs/cgroup, "" for none: a unit can
// forbid that its memory is swapped.
func (m *Machine) Swap(unit string) Finding {
	if f, other := m.linuxOnly("swap"); other {
		return f
	}
	if limit, err := m.text(path.Join("sys/fs/cgroup", unit, "memory.swap.max")); unit != "" && err == nil && limit == "0" {
		return OK("this program's memory is never swapped: its unit forbids it")
	}
	table, err := m.text("proc/swaps")
	if err != nil {
		return Unknown("/proc/swaps cannot be read")
	}
	for i, line := range strings.Split(table, "\n") {
		place := strings.Fields(line)
		if i == 0 || len(place) == 0 { // the heading
			continue
		}
		if !m.safeSwap(place[0]) {
			return Warn("memory may be written unencrypted to "+place[0], "switch it off with swapoff and in /etc/fstab, or encrypt it")
		}
	}
	return OK("memory is not written to a disk unencrypted")
}

// safeSwap tells whether what is swapped there stays in memory or is encrypted.
func (m *Machine) safeSwap(place string) bool {
	name, ok := strings.CutPrefix(place, "/dev/")
	switch {
	case !ok:
		return false // a file; what is below it cannot be seen from here
	case strings.HasPrefix(name, "zram"):
		return !m.writesBack(name)
	case strings.HasPrefix(name, "mapper/"):
		name = m.mapped(strings.TrimPrefix(name, "mapper/"))
	}
	return m.encrypted(name, 0)
}

// writesBack tells whether a compressed swap in memory has a disk behind it.
func (m *Machine) writesBack(zram string) bool {
	device, err := m.text("sys/block/" + zram + "/backing_dev")
	return err == nil && device != "none"
}

// mapped finds the device of the device mapper that has a name.
func (m *Machine) mapped(name string) string {
	devices, _ := fs.Glob(m.Files, "sys/block/dm-*")
	for _, d := range devices {
		if text, err := m.text(d + "/dm/name"); err == nil && text == name {
			return path.Base(d)
		}
	}
	return ""
}

// encrypted tells whether a device is dm-crypt, or lies on nothing else. Devices
// are not stacked deeply.
func (m *Machine) encrypted(device string, depth int) bool {
	const deepest = 8
	if device == "" || depth > deepest || strings.Contains(device, "/") {
		return false
	}
	if id, err := m.text("sys/block/" + device + "/dm/uuid"); err == nil && strings.HasPrefix(id, "CRYPT-") {
		return true
	}
	below, err := fs.ReadDir(m.Files, "sys/block/"+device+"/slaves")
	if err != nil || len(below) == 0 {
		return false
	}
	for _, d := range below {
		if !m.encrypted(d.Name(), depth+1) {
			return false
		}
	}
	return true
}

// Crashes looks at what becomes of the memory of a program that crashes. Our
// programs forbid it for themselves, which a handler that gets it through a pipe
// may obey or not.
func (m *Machine) Crashes() Finding {
	if f, other := m.linuxOnly("what happens to crashed programs"); other {
		return f
	}
	pattern, err := m.text("proc/sys/kernel/core_pattern")
	if err != nil {
		return Unknown("/proc/sys/kernel/core_pattern cannot be read")
	}
	handler, piped := strings.CutPrefix(pattern, "|")
	name, _, _ := strings.Cut(handler, " ")
	switch {
	case !piped:
		return OK("this program's memory is not kept when it crashes")
	case path.Base(name) == "systemd-coredump":
		return OK("this program's memory is not kept when it crashes: systemd-coredump obeys its limit")
	}
	return Warn("what crashes is handed to "+name+", which may keep its memory on the disk",
		"switch it off: sysctl -w kernel.core_pattern=core, and remove what sets it")
}

// text is a small file without its last line feed.
func (m *Machine) text(name string) (string, error) {
	b, err := fs.ReadFile(m.Files, name)
	return strings.TrimSuffix(string(b), "\n"), err
}
