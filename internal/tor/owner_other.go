// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package tor

import (
	"errors"
	"io/fs"
	"os"
)

// ours cannot be told here, so that nothing is.
func ours(fs.FileInfo) bool { return false }

var errNoOwners = errors.New("on this system it cannot be told whose a control socket is")

// checkSocket refuses: see errNoOwners.
func checkSocket(string) (string, error) { return "", errNoOwners }

// checkPlace refuses: see errNoOwners.
func checkPlace(string) (string, error) { return "", errNoOwners }

// openTrusted opens the cookie of a tor of our own. Its folder was made for us
// alone, as far as this system does that.
func openTrusted(file string) (*os.File, error) {
	info, err := os.Lstat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("its cookie is not a file")
	}
	return os.Open(file)
}
