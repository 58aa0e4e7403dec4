// SPDX-License-Identifier: Apache-2.0

//go:build unix

package doctor

import "golang.org/x/sys/unix"

func free(folder string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(folder, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}
