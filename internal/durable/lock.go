// SPDX-License-Identifier: Apache-2.0

package durable

import "os"

// LockName is the file that stands beside path while it is locked.
func LockName(path string) string { return path + ".lock" }

// Lock keeps the commands that read, change and write the file path apart. Where
// another holds it, the error is [fs.ErrExist]. The system does not release it
// when a process is killed: say so to the person, with [LockName].
func Lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(LockName(path), os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return func() { os.Remove(LockName(path)) }, f.Close()
}
