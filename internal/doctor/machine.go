// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"time"
)

// Machine is what the checks see of the machine. Its fields stand for the real
// one, see [This]; tests put another in their place.
type Machine struct {
	System string                             // as in runtime.GOOS
	Files  fs.FS                              // all files, from the root folder on
	Now    func() time.Time                   // its clock
	Kept   func() (bool, error)               // whether the clock is kept right by the network; errUnseen where nobody can tell
	Free   func(folder string) (int64, error) // bytes that may still be written there
	Built  time.Time                          // of this program's file; zero: unknown
}

// errUnseen says that this system does not show something.
var errUnseen = errors.New("this system does not show it")

// This is the machine that the program runs on.
func This() *Machine {
	m := &Machine{System: runtime.GOOS, Files: os.DirFS("/"), Now: time.Now, Kept: clockIsKept, Free: free}
	if self, err := os.Executable(); err == nil {
		if info, err := os.Stat(self); err == nil {
			m.Built = info.ModTime()
		}
	}
	return m
}

// clockSlack is by how much clocks may differ before anybody is harmed: letters
// are taken for a day after their period, and a roster from a day before it.
const clockSlack = 5 * time.Minute

// Clock compares the clock with the newest time that something trustworthy has
// shown, where it is known; what tells what that was.
func (m *Machine) Clock(newest time.Time, what string) Finding {
	const set = "set it, and keep it by the network: timedatectl set-ntp true"
	now := m.Now()
	switch {
	case now.Add(clockSlack).Before(newest):
		return Fail("this machine's clock is behind "+what, set)
	case now.Add(24 * time.Hour).Before(m.Built): // builds and packages round
		return Fail("this machine's clock is behind the day on which this program was made", set)
	}
	kept, err := m.Kept()
	switch {
	case errors.Is(err, errUnseen):
		return Unknown("nobody can tell whether the clock is right; it is not behind what is known")
	case err != nil:
		return Unknown("whether the clock is kept: " + err.Error())
	case !kept:
		return Warn("nothing keeps this machine's clock right", set)
	}
	return OK("kept right by the network")
}

// Disk compares the free space of a folder's disk with what is needed: below
// least the program refuses to take something.
func (m *Machine) Disk(folder string, least, comfort int64) Finding {
	left, err := m.Free(folder)
	const do = "make room, or move the folder to a larger disk"
	switch {
	case errors.Is(err, errUnseen):
		return Unknown("how much room is left")
	case err != nil:
		return Fail("nobody can tell how much room is left: "+err.Error(), "look at the disk")
	case left < least:
		return Fail(fmt.Sprintf("%s left, and below %d MiB not everything is taken", Room(left), least>>20), do)
	case left < comfort:
		return Warn(Room(left)+" left", do)
	}
	return OK(Room(left) + " left")
}

// Room tells a person how many bytes are free, no closer than to the gibibyte.
// Pieces of what sources attach are of one mebibyte, and whoever looked often
// would see when how many of them came.
func Room(n int64) string {
	if n < 1<<30 {
		return "less than 1 GiB"
	}
	return fmt.Sprintf("%d GiB", n>>30)
}
